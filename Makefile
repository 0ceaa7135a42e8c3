# Every target sets up what it needs; `make` alone lists them.
SHELL := /bin/bash
BIN := .venv/bin
PACKAGES := allocation scenarios api
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test nightly fuzz kills bench lint types format hooks constraints .venv system

help: ## this list
	@grep -hE '^[.a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([^:]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.venv: ## the Python environment, with pinned versions and hashes
	@scripts/setup-python

demo: .venv ## a finished committee session on the demonstration register, in out/demo
	@scripts/setup-system documents
	@scripts/demo

test: lint types ## everything the project checks
	@scripts/setup-system documents pictures browser database provider
	$(BIN)/pytest -q -n 2 --dist worksteal -m 'not slow and not benchmark and not browser'
	$(BIN)/pytest -q -n 2 --dist worksteal -m browser  # apart: its driver keeps an event loop of its own

nightly: .venv ## a million random rounds against exhaustive search (ROUNDS=n, FIRST=n; goes on where it stopped)
	nice $(BIN)/python -m tests.nightly --first $(or $(FIRST),0) --rounds $(or $(ROUNDS),1000000)

fuzz: .venv ## what schemathesis makes of the API, on both databases (EXAMPLES=n of each route, SEED=n)
	FUZZ_EXAMPLES=$(or $(EXAMPLES),300) FUZZ_SEED=$(or $(SEED),20261129) nice $(BIN)/pytest -q -n 2 tests/contract/test_fuzz.py

kills: .venv ## kills the service two hundred times at work on each database (KILLS=n, SEED=n)
	$(BIN)/python -m tests.kills sqlite --kills $(or $(KILLS),200) --seed $(or $(SEED),1)
	$(BIN)/python -m tests.kills postgresql --kills $(or $(KILLS),200) --seed $(or $(SEED),1)

bench: .venv ## measures the engine beside its rivals, on this machine (ONLY=name for one)
	$(BIN)/python -m tests.benchmarks.run $(ONLY)

lint: .venv ## style, formatting, import contract, declared dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/deptry .

types: .venv ## strict types on the three packages
	$(BIN)/mypy

format: .venv ## puts every Python file in the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

hooks: .venv ## runs the quick checks before each commit
	$(BIN)/pre-commit install

constraints: .venv ## recompiles constraints.txt after a change of dependencies
	@scripts/compile-constraints
