# Everything that a fresh machine needs besides Python >= 3.11 and make is installed here, into .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help demo run test fuzz lint lock soak bench clean
help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

demo: $(VENV)/run.stamp     ## the real service against a bundled newswire, about 30 s
	@$(BIN)/watcher demo

run: $(VENV)/run.stamp      ## the service on ./rules (settings: .env.example)
	@$(BIN)/watcher run

test: lint                  ## ruff, mypy --strict, import-linter, pytest
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

fuzz: $(VENV)/test.stamp    ## property tests alone, with 2,000 new examples each, about an hour
	HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest --numprocesses auto --maxprocesses 4 -m hypothesis -o faulthandler_timeout=7200

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

lock:                       ## pin what pyproject.toml asks for (needs uv: pip install uv)
	uv pip compile pyproject.toml --extra postgres --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -q -o requirements.lock
	uv pip compile pyproject.toml --extra apprise --extra postgres --extra test --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -c requirements.lock -q -o requirements-test.lock

soak: $(VENV)/test.stamp    ## kill the running service 200 times and see what is lost, about 7 minutes
	$(BIN)/python -m tests.soak

bench: $(VENV)/test.stamp   ## the figures of docs/performance.md
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis build dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages into $(VENV) (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/test.stamp: requirements-test.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the pinned packages and the test tools into $(VENV) (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/run.stamp
