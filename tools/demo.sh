#!/bin/sh
# Install what the demo needs, offer Prometheus, and become the demo. Arguments are the demo's.
set -eu
trap 'exit 0' INT # Ctrl-C while installing: whoever runs this has said enough, and make has nothing to report
cd "$(dirname "$0")/.."
python=$(sh tools/python.sh)
"$python" tools/environment.py demo
"$python" tools/debian.py offer prometheus
exec .venv/bin/ppbe-observe demo "$@"
