# Switchboard from a clone: `make demo`, `make test`, `make serve`. Each target first makes .venv from
# requirements.lock, if it is not there or the lock has changed; after that nothing is fetched.
#
#   make demo ARGS=--fast        recorded callers ring in; no account, no key, no network
#   make serve ARGS="--config switchboard.yaml"
#   make test                    ruff, mypy, then every test
#   make check                   ruff and mypy alone

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=

# The demonstration and the tests start many processes: none should compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help venv demo serve test check format lock wheel clean
help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

venv: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@python=; \
	for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	  if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Switchboard needs Python 3.11 or newer with its venv module; found: $$(python3 --version 2>&1 || true)." >&2; \
	  echo "Install it (on Debian: python3 and python3-venv), or name one: make PYTHON=/path/to/python3.12" >&2; \
	  exit 1; \
	fi; \
	echo "== $$($$python --version) into $(VENV)"; \
	"$$python" -m venv $(VENV)
	@echo "== installing what requirements.lock names (once; about 200 MB)"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "== installing Switchboard itself, in place"
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

# The small models are part of this repository: neither the demo nor the tests may ask the hub for anything.
demo test check: export HF_HUB_OFFLINE = 1

# What the demonstration leaves stays in this folder.
demo: export SWITCHBOARD_HOME ?= .switchboard

demo: $(STAMP)
	@$(BIN)/switchboard demo $(ARGS)

serve: $(STAMP)
	@$(BIN)/switchboard serve $(ARGS)

check: $(STAMP)
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== mypy --strict"
	@$(BIN)/mypy

# While mypy keeps one core busy, the tests are compiled on another, once for all of pytest's workers.
test: $(STAMP)
	@$(BIN)/pytest -q --collect-only >/dev/null 2>&1 & \
	$(MAKE) --no-print-directory check; wait $$! || true
	@echo "== pytest"
	@$(BIN)/pytest -q -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

format: $(STAMP)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# Needs uv on the PATH; one file serves every supported Python and platform.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-annotate --extra dev --output-file requirements.lock pyproject.toml

wheel: $(STAMP)
	@$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
	find voice sop tests audio_fixtures -name __pycache__ -type d -prune -exec rm -rf {} +
