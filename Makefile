# Everything a person runs here. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
# The first that runs and is new enough: a name on the PATH may be a shim that does not.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help dev demo demo-ready packages test covered trials lint bench screenshot record-hosts record-monitoring lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.12 …"; exit 4; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

dev: $(STAMP) ## set up .venv with everything for development

demo: $(STAMP) ## judge the embedded example as it is: NOT READY, and why
	@.ci/expect 1 not_ready $(BIN)/python -m pytest readiness/ $(ARGS)

demo-ready: $(STAMP) ## judge the embedded example after its repair: READY
	@ORR_EXAMPLE=repaired .ci/expect 0 ready $(BIN)/python -m pytest readiness/ $(ARGS)

packages: $(STAMP) ## install what some tests use from Debian (as root) and npm, or say what is not run
	@.ci/packages
	@.ci/npm

test: $(STAMP) packages ## lint, types, fences and all tests with coverage
	@# Types are checked while tests wait for servers.
	@$(MAKE) --no-print-directory --jobs=2 lint covered

covered: $(STAMP)
	$(BIN)/coverage erase
	@# Files in their order: by number of tests, the few that run for minutes would come last.
	$(BIN)/coverage run -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=95

trials: $(STAMP) ## the long trials in full, with their figures in docs/trials.md
	ORR_TRIALS=full $(BIN)/python -m pytest tests -m trial -n 2 $(ARGS)

lint: $(STAMP) ## ruff, mypy strict, import fences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(STAMP) ## ratios against rivals and limits
	$(BIN)/python -m benchmarks plugin
	$(BIN)/python -m benchmarks ssh || test $$? -eq 4 # what this machine lacks was said
	$(BIN)/python -m benchmarks aws || test $$? -eq 4
	$(BIN)/python -m benchmarks report || test $$? -eq 4
	$(BIN)/python -m benchmarks sign || test $$? -eq 4

screenshot: packages demo ## pictures of the report and of a board, at 1280 and 390 px, into docs/
	$(BIN)/python docs/screenshot.py
	$(BIN)/python docs/screenshot.py tests/golden/board.html

record-hosts: $(STAMP) packages ## boot real hosts and record what they print, for the example (as root)
	$(BIN)/python -m tests.system.hosts.record

record-monitoring: $(STAMP) packages ## run real monitoring and record what it answers, for the example (as root)
	$(BIN)/python -m tests.system.monitoring.record

lock: $(STAMP) ## write readiness/suite.lock anew after a change of the suite
	@$(BIN)/python -c 'from pytest_orr.suite import relock; relock("readiness")'

clean: ## remove what the targets made
	rm -rf $(VENV) readiness-report .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
