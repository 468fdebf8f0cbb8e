# OOM Guard: `make demo` to see it, `make test` to prove it, `make check` before a commit.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_PORT ?= 8765

.DEFAULT_GOAL := help
# Images for containers often set it: then each of a few hundred processes would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup setup-dev browser screenshots demo test bench chaos check format lint types modest-types contracts catalog lock clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## Build .venv with what the product needs

setup-dev: $(VENV)/.dev ## Build .venv with what tests and checks need

$(VENV)/.runtime: requirements.txt tools/venv.sh
	@PYTHON="$(PYTHON)" tools/venv.sh $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt tools/venv.sh
	@PYTHON="$(PYTHON)" tools/venv.sh $(VENV) requirements-dev.txt
	@touch $@ $(VENV)/.runtime

browser: ## Find Chromium for the browser tests, or install Debian's
	@tools/chromium.sh

demo: setup ## Run the product in the sandbox, on loopback, without any account
	@echo "Ctrl-C stops it. If port $(DEMO_PORT) is taken: make demo DEMO_PORT=8766"
	@$(BIN)/python -m sandbox --port $(DEMO_PORT) -- $(BIN)/python app.py serve --migrate

screenshots: setup-dev browser ## Take the pictures of the documentation anew, of the running product (a minute)
	$(BIN)/python tools/screenshots.py

test: setup-dev browser ## Run all tests, on SQLite and PostgreSQL and in a browser
	$(BIN)/pytest

bench: setup-dev ## Measure: ingest, latency, storm, stats, footprint (about an hour; BENCH="ingest --runs 1")
	@$(BIN)/python -m benchmarks $(BENCH)

chaos: setup-dev ## Live through bad days: processes killed or hung; Slack, AWS and the database in trouble; then audit (about 20 minutes)
	@$(BIN)/python -m tests.chaos $(CHAOS)

check: format lint contracts ## All that CI runs
	@$(MAKE) --no-print-directory --jobs 2 modest-types test

modest-types: setup-dev # what the tests leave of two cores while they wait
	nice $(BIN)/mypy

format: setup-dev
	$(BIN)/ruff format --check .

lint: setup-dev
	$(BIN)/ruff check .

types: setup-dev
	$(BIN)/mypy

contracts: setup-dev
	$(BIN)/lint-imports

catalog: setup-dev ## Bring the translators' catalogs up to date with the source (AREAS="alert answers")
	@$(BIN)/python -m tools.catalog $(AREAS)

lock: setup-dev ## Rewrite the hash-locked requirements from the .in files
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements-otel.in -o requirements-otel.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean: ## Remove what make built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
