# `make` alone lists the targets. Every path is relative, so that the directory may be called anything.

PYTHON ?= python3
BUDGET ?= 60
MEMBERS := packages/core packages/scoring packages/cli services/api services/controller services/ui jobs/train
PACKAGES := tablee tablee_scoring tablee_cli tablee_api tablee_controller tablee_ui tablee_train
BIN := .venv/bin
INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help demo up down status test lint types format bench screenshots docs java requirements clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/run ## The whole chain on real data, then stay up until Ctrl-C (DETACH=1 returns, BUDGET=60 seconds of search)
	@$(BIN)/tablee demo --seconds $(BUDGET) $(if $(DETACH),--detach)

up: .venv/run ## Start the local stack
	@$(BIN)/tablee up

down: .venv/run ## Stop the local stack; what was trained is kept
	@$(BIN)/tablee down

status: .venv/run ## Show what runs, and where
	@$(BIN)/tablee status

test: lint types ## Everything that needs no cluster: lint, types, all tests
	$(BIN)/python -m pytest $(PYTEST)

lint: .venv/dev ## Style, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/dev ## mypy --strict over all members
	$(BIN)/mypy $(addprefix -p ,$(PACKAGES))

format: .venv/dev ## Put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev ## Latency and rows per second, beside H2O's own scorer in the same run
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/api.py

screenshots: .venv/dev ## Draw the pictures of the documents from the running UI
	$(BIN)/tablee demo --detach
	$(BIN)/tablee up --json | $(BIN)/python -c 'import json, sys; print(json.load(sys.stdin)["urls"]["ui"])' > .venv/ui
	$(BIN)/python services/ui/screenshots.py --url "$$(cat .venv/ui)"

docs: .venv/dev ## Write the reference pages from the code
	$(BIN)/python tools/reference.py

java: .venv/dev ## Compile the scorer's Java again (needs a JDK)
	$(BIN)/python packages/scoring/build_jars.py

requirements: .venv/dev ## Compile requirements/*.in to pinned, hashed *.txt
	for name in dev run bootstrap; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header "requirements/$$name.in" -o "requirements/$$name.txt" || exit 1; done

clean: ## Stop the stack, remove the environment and caches; .tablee, with all that was trained, stays
	@if [ -x $(BIN)/tablee ]; then $(BIN)/tablee down; fi
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find packages services jobs tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +

# A stamp is older than what it was made from, or it is true. A directory that was moved needs a new environment,
# for scripts carry their interpreter's path.
ifneq ($(shell .venv/bin/python -c '' 2>/dev/null && cat .venv/here 2>/dev/null),$(CURDIR))
.PHONY: .venv/here
endif

.venv/here:
	@command -v $(PYTHON) >/dev/null || { echo "there is no $(PYTHON): install Python 3.11 or later, or say make PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python %d.%d is too old: 3.11 or later is needed; say make PYTHON=python3.12 or the like" % sys.version_info[:2])'
	@echo "creating .venv"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { echo "no environment could be made; on Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }
	@pwd -P > .venv/here

.venv/bootstrap: .venv/here requirements/bootstrap.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

.venv/run: .venv/bootstrap requirements/run.txt $(MEMBERS:=/pyproject.toml)
	@echo "installing the pinned packages"
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	@echo "installing what tests and checks need"
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
