# Each target sets up the environment it needs, once; a second make does not install again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto
# Checkers do not follow the mapping from folders to the package runbench: they are given links
LINKS := build/links
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --benchmark-disable

.PHONY: bench reference test test-all lint perf clean
.DELETE_ON_ERROR:

bench: $(VENV)/.installed
	$(BIN)/python run_bench.py --suite rotation

# The whole reference run from nothing, and its report: hours
reference: $(VENV)/.installed
	$(BIN)/python run_bench.py --suite rotation scale translation parts overlap --seeds 0 1 2 --name reference --overwrite
	$(BIN)/python run_bench.py claims --run --seeds 0 1 2 --name reference

test: $(VENV)/.installed-test
	$(PYTEST) -m "not slow"

test-all: $(VENV)/.installed-test
	$(PYTEST) --durations=15

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	.ci/small-files
	rm -rf $(LINKS)
	$(BIN)/python -c 'import os, shutil; [shutil.copytree(os.path.abspath(folder), "$(LINKS)/" + name, copy_function=os.symlink) for folder, name in (("bench", "runbench"), ("models", "runbench/models"), ("transforms", "runbench/transforms"))]'
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini
	PYTHONPATH=$(LINKS) $(BIN)/lint-imports

perf: $(VENV)/.installed-test
	$(BIN)/python -m pytest tests/perf/overhead.py --benchmark-only

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .benchmarks .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e '.[test,lint]'
	touch $@ $(VENV)/.installed
