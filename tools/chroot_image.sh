#!/bin/sh
# Build the container image where no container engine runs: buildah in a chroot, on a Debian (or Ubuntu) of this
# machine's release that debootstrap makes. Needs root, buildah and debootstrap.
#   tools/chroot_image.sh [DIRECTORY]      build/image without an argument
# Leaves there: root/, the image's file system; config.json, its configuration; base.tar, the base, for the next
# time. Where this machine takes packages from, and whom it trusts, is handed to the build, never written down.
set -eu
cd "$(dirname "$0")/.."
work=$(mkdir -p "${1:-build/image}" && cd "${1:-build/image}" && pwd)
PATH=$PATH:/usr/sbin:/sbin

say() { echo "image: $*"; }
fail() {
    echo "image: $*" >&2
    exit 1
}
# vfs works on any file system; a storage of its own leaves the machine's images alone.
buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
clean() { rm -rf "$work/storage" "$work/run" "$work/pip.conf" "$work/bootstrap"; }

make_base() {
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    components=$(. /etc/os-release && if [ "$ID" = ubuntu ]; then echo main,universe; else echo main; fi)
    mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk -v release="$release" '$1 == release && $2 == "main" {print $3; exit}')
    [ -n "$mirror" ] || fail "apt-get knows no mirror for $release: apt-get update"
    say "making a $release root file system"
    debootstrap --variant=minbase --components="$components" --include=ca-certificates,python3,python3-venv \
        "$release" "$work/bootstrap" "$mirror" >"$work/debootstrap.log" 2>&1 ||
        fail "debootstrap failed: $work/debootstrap.log"
    cp /etc/ssl/certs/ca-certificates.crt "$work/bootstrap/etc/ssl/certs/"
    tar --directory "$work/bootstrap" --create --file "$work/base.tar.new" .
    mv "$work/base.tar.new" "$work/base.tar"
}

pip_configuration() { # what pip's files and environment say here, as one file
    python=$(sh tools/python.sh)
    echo '[global]'
    "$python" -m pip config list 2>/dev/null |
        sed -n "s/^[^=]*\.\(cert\|index-url\|extra-index-url\|trusted-host\|proxy\)='\(.*\)'\$/\1 = \2/p" | sort -u
}

[ "$(id -u)" = 0 ] || fail "needs root: it makes a root file system"
command -v buildah debootstrap >/dev/null || fail "needs buildah and debootstrap: make check-image"
trap clean EXIT
clean
[ -f "$work/base.tar" ] || make_base

say "importing the base"
container=$(buildah from scratch)
buildah add --quiet "$container" "$work/base.tar" / >/dev/null
buildah commit --quiet --rm "$container" localhost/base >/dev/null

say "building"
pip_configuration >"$work/pip.conf"
# The format is docker's, because OCI's has no health check.
buildah bud --isolation=chroot --layers=false --format=docker --tag localhost/ppbe-observe \
    --build-arg PYTHON_IMAGE=localhost/base --secret id=pip_conf,src="$work/pip.conf" \
    . >"$work/build.log" 2>&1 || {
    tail -n 30 "$work/build.log" >&2
    fail "the build failed: $work/build.log"
}

container=$(buildah from --pull-never localhost/ppbe-observe)
buildah inspect "$container" >"$work/config.json"
rm -rf "$work/root"
cp --archive --reflink=auto "$(buildah mount "$container")" "$work/root"
say "built: $work/root"
