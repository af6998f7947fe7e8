#!/bin/sh
# Build the container image with the engine that is there.
#   tools/image.sh NAME [PYTHON_IMAGE]     PYTHON_IMAGE: the base, best by digest: python@sha256:...
set -eu
cd "$(dirname "$0")/.."
name=$1
base=${2:-}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

set -- --tag "$name:$version" --tag "$name:latest" \
    --build-arg "VERSION=$version" \
    --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
    --build-arg "CREATED=$(git log -1 --format=%cI 2>/dev/null || date -u +%Y-%m-%dT%H:%M:%SZ)"
[ -z "$base" ] || set -- "$@" --build-arg "PYTHON_IMAGE=$base"
[ ! -r /etc/pip.conf ] || set -- "$@" --secret id=pip_conf,src=/etc/pip.conf

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    DOCKER_BUILDKIT=1 exec docker build "$@" .
elif command -v podman >/dev/null; then
    exec podman build --format docker "$@" .
elif command -v buildah >/dev/null; then
    exec buildah bud --format docker "$@" .
fi
echo "make image needs docker (running), podman or buildah; make check-image needs none of them." >&2
exit 1
