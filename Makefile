# 揭榜 (Jiebang). Two commands matter: `make run` and `make test`.
# Every step leaves a stamp, so a second run does only what changed. Nothing is written outside the checkout
# (except that `make test`, as root on Debian, installs a browser, a font and a database server when they are missing).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
INSTALLED := $(VENV)/.installed
FRONTEND := service/web/frontend
NODE_MODULES := $(FRONTEND)/node_modules/.installed
DIST := service/web/static/dist/.built
SOURCES := $(shell find $(FRONTEND) \( -name node_modules -o -path $(FRONTEND)/tests \) -prune -o -type f -print 2>/dev/null)

.PHONY: help
help: ## show this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

.PHONY: run
run: $(INSTALLED) $(DIST) ## build what is missing, then serve on http://127.0.0.1:8000 with demonstration data
	@JIEBANG_DEMO=1 exec $(BIN)/jiebang serve

.PHONY: test
test: $(INSTALLED) $(DIST) ## everything that must pass; DATABASES=both asks everything of PostgreSQL, too
	@.ci/system
	@$(MAKE) --no-print-directory check
	@cd $(FRONTEND) && ../../../.ci/node npm run --silent test
	@DATABASES=$(DATABASES) .ci/node $(BIN)/pytest -n auto --dist worksteal $(PYTEST_ARGS)

.PHONY: check
check: $(INSTALLED) ## lint, types and the laws of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check service tests
	@$(BIN)/mypy
	@$(BIN)/pytest --noconftest tests/house
	@$(BIN)/python -m tests.house.figures

.PHONY: conformance
conformance: $(INSTALLED) ## DIR=…: the language and the decision tables against the public DMN cases in that folder
	@test -d "$(DIR)" || { echo "usage: make conformance DIR=folder-of-the-dmn-cases" >&2; exit 2; }
	@DMN_TCK="$(abspath $(DIR))" $(BIN)/pytest tests/conformance

.PHONY: bench
bench: $(INSTALLED) ## what things cost, beside the floor; QUICK=1 within five minutes; writes var/bench.json
	@QUICK=$(QUICK) $(BIN)/python -m tests.bench

.PHONY: pictures
pictures: $(INSTALLED) $(NODE_MODULES) ## draw the diagrams that have changed into bpmn/pictures
	@$(BIN)/python -m tests.pictures

.PHONY: indexes
indexes: $(INSTALLED) ## the lists of decisions and of refusals, from the code
	@$(BIN)/python -m tests.indexes

.PHONY: papers
papers: $(INSTALLED) ## every paper from sample cases into var/papers; with LibreOffice also as PDF and pictures
	@$(BIN)/python -m tests.papers $(ONLY)

.PHONY: frontend
frontend: $(DIST) ## build the pages

.PHONY: image
image: ## build the container image `jiebang` (docker, podman or buildah)
	@.ci/image

.PHONY: bundle
bundle: $(INSTALLED) $(DIST) ## dist/jiebang-bundle-*.tar.gz: everything for an installation without internet
	@.ci/bundle $(BIN)/python

.PHONY: clean
clean: ## remove everything that was built; the data in var/ stays
	rm -rf $(VENV) .venv-node $(FRONTEND)/node_modules service/web/static/dist dist build .pytest_cache .mypy_cache .ruff_cache

# The environment: first the locked packages, then the program itself, editable.

# One whose Python is gone (the system has a newer one) loses its stamps, and is made anew.
ifneq ($(wildcard $(LOCKED)),)
ifneq ($(shell $(BIN)/python -c 'import pip; print("works")' 2>/dev/null),works)
$(shell rm -f $(LOCKED) $(INSTALLED))
endif
endif

$(LOCKED): requirements.lock
	@.ci/environment $(VENV)
	@.ci/pip $(VENV) --require-hashes -r requirements.lock
	@touch $@

$(INSTALLED): $(LOCKED) pyproject.toml
	@.ci/pip $(VENV) --no-deps --no-build-isolation --editable .
	@touch $@

# The pages: the libraries first, then our own sources.

$(NODE_MODULES): $(FRONTEND)/package-lock.json
	@.ci/npm
	@touch $@

$(DIST): $(NODE_MODULES) $(SOURCES)
	@cd $(FRONTEND) && ../../../.ci/node npm run --silent build
	@touch $@
