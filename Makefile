# One front door: `make help`. Needs git, make and Python 3.11 or newer; everything else it fetches
# into .venv, in the versions that constraints.txt names.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test lint types imports docs docs-check tests bench pins build clean

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# The Python that .venv is made of: `make test PYTHON=python3.13`. Empty: the first that is new enough.
PYTHON ?=
# Processes that run the tests, and more options for pytest: `make test JOBS=0 ARGS=-x`.
JOBS ?= auto
ARGS ?=
# Where `make demo` puts its knowledge base.
DEMO ?= demo

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

help: ## Show this list
	@printf 'make demo and make test set up all they need; start with one of them.\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

demo: $(BIN)/.kmkit ## Lay out a knowledge base in demo/, replay its history, print its digest and scorecard
	@if [ -e "$(DEMO)" ]; then \
	  if [ -e "$(DEMO)/.made-by-make-demo" ]; then rm -rf "$(DEMO)"; else \
	    echo "'$(DEMO)' exists and is not make's. Move it away, or choose another: make demo DEMO=folder" >&2; exit 1; fi; fi
	@$(BIN)/kmkit demo "$(DEMO)"
	@: > "$(DEMO)/.made-by-make-demo"
	@printf '\nHere kmkit is %s, so: %s -C %s status\n' "$(BIN)/kmkit" "$(BIN)/kmkit" "$(DEMO)"

test: lint types imports docs-check tests ## Run every check: lint, types, imports, docs, tests

lint: $(BIN)/.dev ## Check the style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(BIN)/.dev ## Check the types
	$(BIN)/mypy

imports: $(BIN)/.dev ## Check that imports run only downward (docs/architecture.md)
	$(BIN)/lint-imports

docs: $(BIN)/.dev ## Write the generated parts of the documentation anew
	$(BIN)/python -m tools.docs write

docs-check: $(BIN)/.dev ## Check that the documentation is up to date and its links lead somewhere
	$(BIN)/python -m tools.docs check

tests: $(BIN)/.dev ## Run the tests alone
	$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 8 $(ARGS)

bench: $(BIN)/.kmkit ## Measure how long the start, listings, a move and an audit take; small sizes
	$(BIN)/python benchmarks/startup.py 5
	$(BIN)/python -m benchmarks.index --notes 1000 --runs 3
	$(BIN)/python -m benchmarks.moves --notes 1000 --runs 5
	$(BIN)/python -m benchmarks.audit --notes 1000 --runs 1

pins: $(BIN)/.dev ## Write constraints.txt anew from what is installed in .venv
	$(BIN)/python -m tools.pins

build: $(BIN)/.dev ## Build the wheel and the source archive into dist/
	$(BIN)/python -m build --no-isolation

clean: ## Remove everything that make made: .venv, caches, dist/, the demo
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -e "$(DEMO)/.made-by-make-demo" ]; then rm -rf "$(DEMO)"; fi

# What the program needs, and nothing more: the demo does not wait for the developers' tools.
$(BIN)/.kmkit: $(BIN)/.venv pyproject.toml constraints.txt
	@echo "Installing kmkit into .venv …"
	@$(PIP) install -c constraints.txt hatchling
	@$(PIP) install -c constraints.txt --no-build-isolation -e '.[office]'
	@touch $@

$(BIN)/.dev: $(BIN)/.kmkit
	@echo "Installing the developers' tools into .venv …"
	@$(PIP) install -r constraints.txt
	@touch $@

$(BIN)/.venv:
	@set -e; python='$(PYTHON)'; \
	new='import sys; sys.exit(sys.version_info < (3, 11))'; \
	if [ -z "$$python" ] && "$(BIN)/python" -c "$$new" >/dev/null 2>&1; then \
	  touch $@; echo "Using the .venv that is there."; exit 0; fi; \
	for it in $${python:-python3 python3.14 python3.13 python3.12 python3.11 python}; do \
	  if "$$it" -c "$$new" >/dev/null 2>&1; then found=$$it; break; fi; done; \
	if [ -z "$${found:-}" ]; then \
	  echo "kmkit needs Python 3.11 or newer; $${python:-python3} is older or missing. Install one, or name yours: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	echo "Making .venv with $$("$$found" --version) …"; \
	if ! "$$found" -m venv --clear .venv >.venv-error 2>&1; then \
	  cat .venv-error >&2; rm -rf .venv .venv-error; \
	  echo "This Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; fi; \
	rm -f .venv-error
	@touch $@
