# hotbed: `make help` lists what can be made. Needs only Python 3.12+ and make.
SHELL = /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test walks check docs bench format setup clean

# Only relative paths, so that a folder with spaces in its name works.
BIN = .venv/bin
JOBS ?= 2

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

demo: ## set up, then compare two policies for Beijing AI Origin at equal cost
	@sh tools/setup.sh core
	@$(BIN)/hotbed compare beijing-ai-origin --baseline no-policy \
		--policy service-for-equity --policy heavy-rent-subsidy --equal-cost --reps 16

# The first run compiles the engine: once here, instead of side by side in every worker.
test: ## set up, then run the tests
	@sh tools/setup.sh dev
	-@$(BIN)/hotbed run starter-park --months 2 >/dev/null
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --durations=10 -m "not walk"

walks: ## follow CONTRIBUTING.md step by step in a copy (compiles the engine anew)
	@sh tools/setup.sh dev
	@$(BIN)/python -m pytest -q tests/test_contributing.py

check: ## format, lint, types and the fast tests
	@sh tools/setup.sh dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup -m "not slow"

docs: ## write docs/odd.md, its reference pages and docs/coverage.md from the declarations
	@sh tools/setup.sh dev
	@$(BIN)/python -m tools.odd
	@$(BIN)/python -m tools.coverage

bench: ## measure speed and memory, into results/bench/latest.json and docs/performance.md
	@sh tools/setup.sh dev
	@$(BIN)/python -m tests.benchmarks

format: ## format the sources and mend what the linter can mend
	@sh tools/setup.sh dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

setup: ## only set up .venv, with the developers' tools
	@sh tools/setup.sh dev

clean: ## remove .venv and caches; results stay
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache build dist
