#!/bin/sh
# Print the path of a Python 3.11 or newer that can make virtual environments, or say how to get one.
# $PYTHON, where it is set, is the only one tried.
set -u

fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

found=
for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    path=$(command -v "$name") && fits "$path" || continue
    if can_make_environments "$path"; then
        echo "$path"
        exit 0
    fi
    found=$path
done

if [ -n "$found" ]; then
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$found cannot make virtual environments: Debian and Ubuntu package that part by itself." >&2
    echo "    sudo apt-get install python$version-venv" >&2
else
    if [ -n "${PYTHON:-}" ]; then
        echo "$PYTHON is no Python 3.11 or newer that runs." >&2
    else
        echo "Python 3.11 or newer is needed, and none is on the PATH." >&2
    fi
    echo "    sudo apt-get install python3 python3-venv        Debian 12 and newer, Ubuntu 24.04 and newer" >&2
    echo "    sudo apt-get install python3.11 python3.11-venv  Ubuntu 22.04" >&2
    echo "    make PYTHON=/path/to/python3.11 ...              another one that you have" >&2
fi
exit 1
