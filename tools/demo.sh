#!/bin/sh
# Offer Prometheus and Alertmanager, install what the demo needs, and become the demo. Arguments are the demo's.
set -eu
trap 'exit 0' INT # Ctrl-C while installing: whoever runs this has said enough, and make has nothing to report
cd "$(dirname "$0")/.."
python=$(sh tools/python.sh)
"$python" tools/debian.py offer prometheus prometheus-alertmanager # first: it may ask, and the rest takes a while
"$python" tools/environment.py demo
exec .venv/bin/ppbe-observe demo "$@"
