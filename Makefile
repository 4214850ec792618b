# Thin lines over the tools. Needs make and Python 3.11 or newer (with venv); nothing else.
# `make` alone lists the targets. Paths are relative, so a checkout may live under a folder with spaces.

PYTHON ?= python3
STUDY ?= harbour
UV_VERSION := 0.13.9

UV := .tools/bin/uv
BIN := .venv/bin
STAMP := .venv/.synced
BENCH_STAMP := .venv-bench/.synced
SPARK_STAMP := .venv-spark/.synced

CLEAN := env PYTHONHASHSEED=0

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup study lab test check format record pictures bench browser spark lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## make .venv: every package at its locked version, mapkit editable

study: $(STAMP) ## run a study end to end and write its report (STUDY=harbour)
	$(BIN)/mapkit study "$(STUDY)"

lab: $(STAMP) ## open JupyterLab on the first notebook
	$(BIN)/mapkit lab

test: $(STAMP) ## the test suite, notebooks included
	$(CLEAN) $(BIN)/python -m pytest -n 2 --dist loadfile

check: $(STAMP) ## style, formatting, types, import contracts, the rules of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(CLEAN) $(BIN)/python -m pytest -q tests/house

format: $(STAMP) ## rewrite the code in the house's format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

record: $(STAMP) ## run the notebooks and store their outputs (NOTEBOOKS="notebooks/02*.ipynb")
	$(CLEAN) $(BIN)/python -m tests.notebooks.record $(NOTEBOOKS)

pictures: $(STAMP) ## draw the README's picture anew
	$(BIN)/python docs/pictures/make.py

browser: $(STAMP) ## the tests in a real browser (needs Chromium)
	$(CLEAN) MAPKIT_TEST_BROWSER=1 $(BIN)/python -m pytest -m browser tests

spark: $(SPARK_STAMP) ## the tests on a local Spark (needs Java 17 or newer)
	$(CLEAN) MAPKIT_TEST_SPARK=1 .venv-spark/bin/python -m pytest -m spark tests

bench: $(BENCH_STAMP) ## measure beside the peers, in an environment of their own
	.venv-bench/bin/python -m benchmarks

# Spark is 400 MB, so it stays out of the one lock; the range is what Ibis accepts.
lock: $(UV) ## resolve requirements*.lock anew from pyproject.toml
	$(UV) pip compile pyproject.toml --group test $(LOCK_OPTIONS) -o requirements.lock
	printf 'pyspark>=4.0,<4.1\n' | $(UV) pip compile - -c requirements.lock $(LOCK_OPTIONS) -o requirements-spark.lock

clean: ## remove environments, caches and reports
	rm -rf .venv .venv-bench .venv-spark .tools reports .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# --- environments -----------------------------------------------------------------------------------

# No index address and no machine path may enter a lock: it must hold for every mirror.
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

$(UV):
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "mapkit needs Python 3.11 or newer, and there is no '$(PYTHON)' here."; \
	  echo "Install one, or name it: make setup PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "mapkit needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1)."; \
	  echo "Install a newer one, or name it: make setup PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' comes without venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# $(call sync,ENVIRONMENT,LOCKS): exactly what the locks say, then mapkit itself, editable.
define sync
	$(UV) venv --quiet --allow-existing --python "$(PYTHON)" $(1)
	$(UV) pip sync --quiet --require-hashes --python $(1)/bin/python $(2)
	$(UV) pip install --quiet --no-deps --python $(1)/bin/python -e .
	@touch $(1)/.synced
endef

$(STAMP): requirements.lock pyproject.toml | $(UV)
	$(call sync,.venv,requirements.lock)

$(SPARK_STAMP): requirements-spark.lock pyproject.toml | $(UV)
	$(call sync,.venv-spark,requirements.lock requirements-spark.lock)

# The peers pin old versions of what mapkit uses, so each run resolves them beside mapkit, not into the lock.
$(BENCH_STAMP): benchmarks/requirements.txt pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python "$(PYTHON)" .venv-bench
	$(UV) pip install --quiet --python .venv-bench/bin/python -e . -r benchmarks/requirements.txt
	@touch $(BENCH_STAMP)
