# Everything happens in .venv, made with pip from nothing but Python 3.11 or later and make. What pip
# does not compile, as it stays where it is, is compiled here: commands start in six tenths of the time.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve test check lint types layers coverage mutations proofs zoo bench lock clean help

help:  ## say what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

serve: .venv/installed  ## install, and start a seeded server on http://127.0.0.1:8080
	@$(BIN)/canopy-mock serve

test: .venv/installed-dev  ## install, and pass all tests
	@$(BIN)/pytest

check: lint types layers coverage test  ## all that has to hold

lint: .venv/installed-dev  ## format and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .venv/installed-dev  ## mypy, strict
	@$(BIN)/mypy

layers: .venv/installed-dev  ## arrows point down
	@$(BIN)/lint-imports --no-logo

coverage: .venv/installed-dev  ## every line and branch of the ledger
	@$(BIN)/coverage run -m pytest -q tests/ledger tests/sandbox
	@$(BIN)/coverage report

mutations: .venv/installed-dev  ## break the ledger, rule by rule: does a test notice?
	@$(BIN)/python -m tests.mutations

proofs: .venv/installed-dev  ## ask 10 000 times whether the exchanges tell what was answered
	@EXCHANGE_ROUNDS=10000 $(BIN)/pytest --durations=3 tests/test_exchanges_never_lie.py

zoo: .venv/installed-dev  ## let the kit loose on servers with planted defects (takes hours)
	@$(BIN)/python -m tests.zoo.judge --write

bench: .venv/installed-dev  ## the figures of the README; needs wrk
	@$(BIN)/python -m benchmarks.ledger
	@$(BIN)/python -m benchmarks.sandbox
	@$(BIN)/python -m benchmarks.throughput

lock:  ## write constraints.txt anew, from the newest versions there are
	@rm -rf .venv-lock
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@{ sed -n '/^#/p' constraints.txt; .venv-lock/bin/pip freeze --exclude-editable; } > constraints.new
	@mv constraints.new constraints.txt
	@rm -rf .venv-lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("canopy-mock needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing canopy-mock into .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@$(BIN)/python -m compileall -q mockserver contract_tests
	@touch $@

.venv/installed-dev: .venv/installed
	@echo "Installing what the tests need into .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q tests
	@touch $@

clean:  ## remove everything that was made
	rm -rf .venv dist build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
