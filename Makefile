# One command sets up, one checks, one tests. Everything lands in .venv/ and .cache/; the second time is quick and
# needs no network. A fresh machine needs Python 3.11 and make; tests get the rest from Debian's packages and Maven.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .cache/stamps
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# TESTS=tests/unit runs some of the tests. PAGES is a folder of real news pages for the benchmarks, in the layout of the
# article extraction benchmark: one that lies in .cache or in a folder beside this one is found; without any, only our
# own pages are read. SAMPLES are folders of annotated pages of portals (tests/bench/reading.py tells their layout), found
# the same way, and so is LABELLED, a folder of labelled articles as `reformwatch evaluate` reads them. BENCH names one
# benchmark.
TESTS ?=
PAGES ?= $(patsubst %/,%,$(dir $(firstword $(wildcard .cache/*/ground-truth.json ../*/bench/*/ground-truth.json))))
SAMPLES ?= $(patsubst %/,%,$(dir $(wildcard .cache/*/truth.json ../*/samples/*/truth.json)))
LABELLED ?= $(patsubst %/,%,$(dir $(firstword $(wildcard .cache/*/articles.jsonl ../*/*/articles.jsonl))))
BENCH ?=

.PHONY: help
help:
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

.PHONY: demo
demo: $(STAMPS)/program  ## Show the whole pipeline on sample pages, without services.
	$(BIN)/reformwatch demo

.PHONY: setup
setup: $(STAMPS)/development $(STAMPS)/parts  ## Set up everything that development and the tests need.

# Tests of faults mostly wait: four files at a time fill two cores, the long ones first. Each process has its own parts.
JOBS ?= 4

.PHONY: test
test: setup  ## Run every test but the long ones (TESTS=folder for some, JOBS=0 one after the other).
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

.PHONY: check
check: $(STAMPS)/development  ## Run the linter, the formatter's check and the type checker.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: soak
soak: setup  ## Run the long forms of the fault tests.
	$(BIN)/python -m pytest -m soak $(TESTS)

.PHONY: bench
bench: setup  ## Measure speed and memory, as ratios against baselines of the same run (PAGES, SAMPLES=folder, BENCH=part).
	$(BIN)/python -m tests.bench $(BENCH) $(if $(PAGES),--pages $(PAGES)) $(if $(SAMPLES),--samples $(SAMPLES)) \
		$(if $(LABELLED),--labelled $(LABELLED))

.PHONY: lock
lock: $(STAMPS)/development  ## Resolve the dependencies anew and write the lock files.
	tests/parts/lock.sh $(BIN)/uv

$(STAMPS)/venv:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/program: requirements.lock pyproject.toml | $(STAMPS)/venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/development: requirements-dev.lock | $(STAMPS)/program
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# Exit code 3: some parts cannot be had here; the tests say which, and the next run tries again.
$(STAMPS)/parts: tests/parts/kafka/pom.xml tests/parts/install.sh
	@mkdir -p $(STAMPS)
	@sh tests/parts/install.sh .cache/kafka && touch $@ || test $$? -eq 3
