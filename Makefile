# `make demo` and `make test` do all set-up: a virtual environment in .venv, from pins with hashes.
PYTHON ?= python3
DEMO_ARGS ?=
# A file's tests stay in one process, whose fixtures they share.
TEST_ARGS ?= -n auto --dist loadfile
BIN := .venv/bin
SOURCES := src api tests docs benchmarks ui
BUNDLE := api/ineq_kg_api/static/ui/LICENSES.txt
UI_SOURCES := ui/build.py ui/build.mjs ui/package-lock.json requirements/node.txt $(wildcard ui/src/*.ts ui/src/*/*.ts)

.PHONY: demo test check ui ui-check format lint types layers dependencies docs docs-check lock screenshots clean

# Where the scripts cannot be built (no npm registry in reach), the pages work without them, and say so.
demo: .venv/run.stamp
	-$(MAKE) --no-print-directory ui
	$(BIN)/ineq-kg demo $(DEMO_ARGS)

test: .venv/dev.stamp .venv/sssom.stamp $(BUNDLE)
	$(BIN)/python -m pytest $(TEST_ARGS)

check: lint types layers dependencies docs-check ui-check test

ui: $(BUNDLE)

ui-check: $(BUNDLE)
	$(BIN)/python ui/build.py check test

lint: .venv/dev.stamp
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

format: .venv/dev.stamp
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

types: .venv/dev.stamp
	$(BIN)/mypy

layers: .venv/dev.stamp
	$(BIN)/lint-imports

dependencies: .venv/dev.stamp
	$(BIN)/deptry .

docs: .venv/dev.stamp
	$(BIN)/python -m cogapp -r README.md

docs-check: .venv/dev.stamp
	$(BIN)/python -m cogapp --check --diff README.md

screenshots: .venv/dev.stamp
	$(BIN)/python docs/screenshots.py

# The W3C's suites over HTTP: an EARL report, and the figures that docs/conformance.md states.
.PHONY: conformance
conformance: .venv/dev.stamp
	$(BIN)/python -m pytest tests/conformance $(TEST_ARGS) --earl build/earl.ttl --figures docs/conformance.md

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements/run.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

# Its licences are what a build of the scripts writes last.
$(BUNDLE): $(UI_SOURCES) | .venv/bin/python
	$(BIN)/python ui/build.py build

# sssom-py does not get on with what else is installed: see requirements/sssom.in.
.venv/sssom.stamp: .venv/bin/python requirements/sssom.txt
	$(PYTHON) -m venv .venv/sssom
	.venv/sssom/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/sssom.txt
	touch $@

# Pins for all platforms and Pythons from 3.11 on. Needs `uv`; the lock files name no index.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock:
	$(LOCK) --extra docs --extra agreement pyproject.toml requirements/build.in -o requirements/run.txt
	$(LOCK) --extra docs --extra agreement pyproject.toml --group dev requirements/build.in -c requirements/run.txt -o requirements/dev.txt
	$(LOCK) requirements/sssom.in -o requirements/sssom.txt
	$(LOCK) requirements/node.in -o requirements/node.txt

clean:
	rm -rf .venv build dist ui/node_modules api/ineq_kg_api/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: bench-reasoning bench-queries bench-search bench-shapes bench-kills bench-http
bench-http: .venv/dev.stamp
	$(BIN)/python benchmarks/service.py $(BENCH_ARGS)

bench-kills: .venv/dev.stamp
	$(BIN)/python benchmarks/kills.py $(BENCH_ARGS)

bench-queries: .venv/dev.stamp
	$(BIN)/python benchmarks/queries.py $(BENCH_ARGS)

bench-search: .venv/dev.stamp
	$(BIN)/python benchmarks/search.py $(BENCH_ARGS)

bench-reasoning: .venv/dev.stamp
	$(BIN)/python benchmarks/reasoning.py $(BENCH_ARGS)

bench-shapes: .venv/dev.stamp
	$(BIN)/python benchmarks/shapes.py $(BENCH_ARGS)
