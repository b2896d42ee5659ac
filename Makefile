# `make` alone lists the targets. Every path is relative, so that the directory may be called anything.

PYTHON ?= python3
BUDGET ?= 60

# The cluster, the release, and the programs that reach them. kubectl and helm use the KUBECONFIG of the caller.
HELM ?= helm
CLUSTER ?= tablee
RELEASE ?= tablee
NAMESPACE ?= tablee
HOST ?= tablee.localhost
VALUES ?=
VERSION := $(shell sed -n 's/^appVersion: *//p' charts/tablee/Chart.yaml)

# What builds an image, and what brings it into the cluster: `docker build` or anything that reads the same arguments;
# `kind load docker-image` or anything that takes names (`make load LOAD='minikube image load'`).
BUILD ?= docker build
LOAD ?= kind load docker-image --name $(CLUSTER)
NAMES := api controller ui train score mlflow h2o minio
TAGGED := $(NAMES:%=tablee/%:$(VERSION))
STAMP = --build-arg VERSION=$(VERSION) --build-arg REVISION=$(shell git rev-parse HEAD 2>/dev/null)

MEMBERS := packages/core packages/scoring packages/data packages/client packages/cli services/api services/controller services/ui jobs/train jobs/score
PACKAGES := tablee tablee_scoring tablee_data tablee_client tablee_cli tablee_api tablee_controller tablee_ui tablee_train tablee_score
BIN := .venv/bin
INSTALL := $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help demo up down status test test-fast test-h2o test-stack nightly lint types format bench bench-peers \
    bench-recipe screenshots version docs java requirements clean \
    images $(NAMES:%=image-%) wheels chart load kind-up minikube-up install uninstall image-list \
    test-charts test-cluster test-runtime test-images test-mutants

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/run ## The whole chain on real data, then stay up until Ctrl-C (DETACH=1 returns, BUDGET=60 seconds of search)
	@$(BIN)/tablee demo --seconds $(BUDGET) $(if $(DETACH),--detach)

up: .venv/run ## Start the local stack
	@$(BIN)/tablee up

down: .venv/run ## Stop the local stack; what was trained is kept
	@$(BIN)/tablee down

status: .venv/run ## Show what runs, and where
	@$(BIN)/tablee status

test: lint types test-fast test-h2o test-stack test-charts ## Everything that needs no cluster: lint, types, all tests

test-fast: .venv/dev ## The tests that need nothing but Python, on two cores (PYTEST=options for pytest, here as below)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not jvm and not h2o and not mlflow and not stack and not browser' $(PYTEST)

test-h2o: .venv/dev ## The tests that need a JVM, H2O or an MLflow server; H2O's models are kept in TABLEE_TEST_CACHE
	$(BIN)/python -m pytest -m '(jvm or h2o or mlflow) and not stack and not browser' $(PYTEST)

test-stack: .venv/dev ## The tests of the whole local stack, from the command line and in Chromium
	$(BIN)/python -m pytest -m 'stack or browser' $(PYTEST)

lint: .venv/dev ## Style, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/dev ## mypy --strict over all members, benchmarks and tools
	$(BIN)/mypy $(addprefix -p ,$(PACKAGES)) -p benchmarks
	$(BIN)/mypy infra/dev/reload.py tools/image_list.py tools/version.py
	cd tools && ../$(BIN)/mypy --config-file ../pyproject.toml -p chart_values -p dashboards -p mutants -m tree

format: .venv/dev ## Put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/dev ## The platform beside the limits of its parts, in turns (DOCS=1 writes docs/benchmarks.md)
	$(BIN)/python -m benchmarks $(if $(DOCS),--docs)

bench-peers: .venv/dev ## Other servers of models in turns with ours; installs them below .tablee/bench, writes docs/benchmarks.md
	$(BIN)/python -m benchmarks.peers

bench-recipe: .venv/dev ## AutoML with the proposed recipe and without, on public tables out of packages (DOCS=1 writes docs/benchmarks.md)
	$(BIN)/python -m benchmarks.recipes $(if $(DOCS),--docs)

screenshots: .venv/dev ## Draw the pictures of the documents from the running UI
	$(BIN)/tablee demo --detach
	$(BIN)/tablee up --json | $(BIN)/python -c 'import json, sys; print(json.load(sys.stdin)["urls"]["ui"])' > .venv/ui
	$(BIN)/python services/ui/screenshots.py --url "$$(cat .venv/ui)"

version: .venv/dev ## Write the version of `tablee` to members, charts and images (NEW=1.2.3 changes it first)
	$(BIN)/python tools/version.py $(NEW)

docs: .venv/dev ## Write the reference pages, the chart's values and the dashboards from the code
	$(BIN)/python tools/reference.py
	$(BIN)/python tools/tree.py
	cd tools && ../$(BIN)/python -m chart_values
	cd tools && ../$(BIN)/python -m dashboards

java: .venv/dev ## Compile the scorer's Java again (needs a JDK)
	$(BIN)/python packages/scoring/build_jars.py

requirements: .venv/dev ## Compile requirements/*.in to pinned, hashed *.txt; the images' are a part of dev.txt
	@for name in dev run bootstrap api controller ui train score mlflow h2o; do \
		case $$name in dev) only= ;; h2o) only="-c requirements/dev.txt --no-deps" ;; *) only="-c requirements/dev.txt" ;; esac; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $$only \
			$(patsubst %,--no-emit-package %,tablee tablee-core $(subst _,-,$(filter-out tablee tablee_cli,$(PACKAGES)))) "requirements/$$name.in" -o "requirements/$$name.txt" || exit 1; done

images: $(NAMES:%=image-%) ## Build all images (BUILD=docker build) and print their sizes
	@tools/image_sizes $(VERSION)

$(filter-out image-minio,$(NAMES:%=image-%)): image-%:
	$(BUILD) -t tablee/$*:$(VERSION) --target $* $(STAMP) -f Dockerfile .

image-minio:
	$(BUILD) -t tablee/minio:$(VERSION) $(STAMP) infra/minio

wheels: .venv/dev ## Build the wheels of all members into dist/
	@rm -rf dist/*.whl
	$(foreach member,$(MEMBERS),$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist $(member) &&) true

chart: ## Package the chart into dist/ (needs helm)
	$(HELM) package charts/tablee --destination dist

load: ## Bring the images into the cluster (LOAD=kind load docker-image)
	$(LOAD) $(TAGGED)

kind-up: ## A kind cluster with an ingress controller on ports 80 and 443
	@kind get clusters 2>/dev/null | grep -qx '$(CLUSTER)' || kind create cluster --name '$(CLUSTER)' --config infra/kind/cluster.yaml
	$(HELM) upgrade --install traefik traefik --repo https://traefik.github.io/charts --kube-context 'kind-$(CLUSTER)' \
		--namespace traefik --create-namespace --values infra/kind/traefik.yaml --wait

minikube-up: ## A minikube cluster with an ingress controller and metrics
	minikube start --profile '$(CLUSTER)' --cpus 4 --memory 8g --addons ingress,metrics-server

install: ## Install or upgrade the platform (RELEASE, NAMESPACE, HOST, VALUES=file, ARGS)
	$(HELM) upgrade --install '$(RELEASE)' charts/tablee --namespace '$(NAMESPACE)' --create-namespace \
		--set access.ingress.enabled=true --set 'access.host=$(HOST)' $(VALUES:%=--values %) --wait --timeout 15m $(ARGS)

uninstall: ## Remove the platform; data and passwords are kept
	$(HELM) uninstall '$(RELEASE)' --namespace '$(NAMESPACE)' --wait

image-list: .venv/dev ## Write the images that the charts ask for to docs/images.txt (needs helm)
	$(BIN)/python tools/image_list.py --helm $(HELM)

test-charts: .venv/dev ## The chart's tests, with its alerts and dashboards; they need helm, promtool and Go, and no cluster
	$(BIN)/python -m pytest tests/charts $(PYTEST)

test-cluster: .venv/dev $(if $(filter skip,$(IMAGES)),,images load) ## Install and try everything on a real cluster (IMAGES=skip: the images are there)
	$(BIN)/python -m pytest tests/cluster --ignore tests/cluster/runtime $(PYTEST)

test-runtime: .venv/dev ## The controller's Kubernetes runtime by itself, on a real cluster, with the chart's rights
	$(BIN)/python -m pytest tests/cluster/runtime $(PYTEST)

nightly: .venv/dev ## What is measured rather than tested: ratios of speed against their baseline
	$(BIN)/python -m pytest tests/nightly $(PYTEST)

test-images: ## Stand-ins for foreign images that the cluster's tests scrape with, where those cannot be pulled
	$(BUILD) -t tablee-test/prometheus:1 tests/cluster/images/prometheus
	$(BUILD) -t tablee-test/postgres-exporter:1 tests/cluster/images/postgres-exporter
	$(LOAD) tablee-test/prometheus:1 tablee-test/postgres-exporter:1

test-mutants: .venv/dev ## Small changes that tests should notice (AREAS="gate split", SAMPLE=20 of each, SEED=1); takes a while
	cd tools && ../$(BIN)/python -m mutants --sample $(or $(SAMPLE),20) --seed $(or $(SEED),1) $(AREAS)

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
