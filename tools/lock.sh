#!/bin/sh
# Pin what pyproject.toml asks for, with hashes, for every supported Python and platform.
#   tools/lock.sh             keep the pins that still fit
#   tools/lock.sh --upgrade   take the newest that fits
# dev.txt is resolved first and holds the others to its versions, so that one .venv serves all of them.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v .venv/bin/uv || command -v uv) || {
    .venv/bin/pip install --quiet uv
    uv=.venv/bin/uv
}

pin() { # FILE then what to compile
    file=requirements/$1
    shift
    echo "pinning $file"
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --output-file "$file" "$@"
}

pin dev.txt --extra dev "$@" pyproject.toml
pin demo.txt --extra demo --constraint requirements/dev.txt pyproject.toml
# The image can keep its state in PostgreSQL, too.
pin run.txt --extra postgres --constraint requirements/dev.txt pyproject.toml
pin build.txt --constraint requirements/dev.txt requirements/build.in
