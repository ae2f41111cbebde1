# Everything happens in .venv, made with pip from nothing but Python 3.11 or later and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve test check lint types layers coverage clean

serve: .venv/installed  ## start a seeded server
	@$(BIN)/canopy-mock serve

test: .venv/installed-dev  ## pass all tests
	@$(BIN)/pytest

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("canopy-mock needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing canopy-mock into .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/installed-dev: .venv/installed
	@echo "Installing what the tests need into .venv …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv dist build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
