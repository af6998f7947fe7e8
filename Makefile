# Everything a person runs here; what does the work is in tools/. `make PYTHON=/path/to/python3` names another Python.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help demo test fmt lock bench image check-image docs screenshots clean setup
export PYTHON

PY = $$(sh tools/python.sh)
IMAGE ?= ppbe-observe
# The digest that was reviewed: make image PYTHON_IMAGE=python@sha256:...
PYTHON_IMAGE ?=
ARGS ?=

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo:  ## a simulated GovCloud estate, the daemon, Prometheus, Alertmanager and dashboards on loopback, installed first; ARGS="--help" for its options
	@sh tools/demo.sh $(ARGS)

test: setup  ## install what the checks need and run all of them; ARGS="-k counters" goes to pytest
	@python=$(PY) && $$python tools/debian.py need prometheus prometheus-alertmanager postgresql chromium
	@# Only root can build the image without an engine; where its tools are missing that test is skipped.
	@[ "$$(id -u)" != 0 ] || { python=$(PY) && $$python tools/debian.py offer buildah debootstrap; }
	@.venv/bin/python tools/checks.py $(ARGS)

setup:  ## .venv with everything that development needs
	@python=$(PY) && $$python tools/environment.py dev

fmt: setup  ## format the code and mend what ruff can mend
	@.venv/bin/ruff check --fix-only && .venv/bin/ruff format

bench: setup  ## measure against the promised numbers, all or ARGS=alerts; writes build/bench.json
	@cd tests && ../.venv/bin/python -m benchmarks $(ARGS)

docs: setup  ## write the generated part of docs/ again
	@mkdir -p build
	@.venv/bin/ppbe-observe config schema --format markdown > build/settings.md
	@mv build/settings.md docs/reference/settings.md
	@.venv/bin/python tools/exporters_reference.py > build/exporters.md
	@mv build/exporters.md docs/reference/exporters.md
	@.venv/bin/python tools/checks_reference.py docs/reference/checks

screenshots: setup  ## take the pictures of docs/images/ from a demo that has run for a while; ARGS="--minutes 30"
	@PYTHONPATH=tests .venv/bin/python tools/screenshots.py $(ARGS)

lock: setup  ## pin requirements/*.txt again; ARGS=--upgrade takes newer versions
	@sh tools/lock.sh $(ARGS)

image:  ## build the container image with docker, podman or buildah
	@sh tools/image.sh $(IMAGE) $(PYTHON_IMAGE)

check-image: setup  ## build the image without an engine, on a Debian made here, and try it; needs root
	@python=$(PY) && $$python tools/debian.py need buildah debootstrap
	@.venv/bin/pytest -m image tests/image

clean:  ## remove what the targets above made, .venv included
	@rm -rf .venv build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find src tests tools exporters alerts dashboards -name __pycache__ -type d -prune -exec rm -rf {} +
