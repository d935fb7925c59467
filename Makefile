# Every verb that a user or a developer needs. All of it lives in .venv; nothing needs root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# PyBaMM, which the virtual cell is measured against, brings half a gigabyte and version limits of its own.
BENCH_VENV := .venv-bench
PYTEST_ARGS ?= -n auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test browser lint bench soak soak-channels calibrate docs words clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("cellbench needs Python 3.11 or newer, not %s; say make PYTHON=python3.12" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,postgres]'
	@touch $@ $(VENV)/.run

$(VENV)/.browser: pyproject.toml | $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,postgres,browser]'
	@touch $@ $(VENV)/.dev $(VENV)/.run

$(BENCH_VENV)/.bench: pyproject.toml | $(BIN)/python
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,postgres,bench]'
	@touch $@

demo: $(VENV)/.run ## the whole study of the first lab on virtual instruments, beside the paper and what was set
	$(BIN)/cellbench demo

test: $(VENV)/.dev ## all tests that need no root and no browser
	$(BIN)/python -m pytest --ignore=tests/browser $(PYTEST_ARGS)

browser: $(VENV)/.browser ## every page in the chromium of the system; pictures of them in build/screenshots
	$(BIN)/python -m pytest tests/browser --dist loadfile -n $(or $(BROWSERS),2)

lint: $(VENV)/.dev ## ruff, strict types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(BENCH_VENV)/.bench ## measure, all or NAMES="download recorder"; writes build/bench.json
	$(BENCH_VENV)/bin/python -m benchmarks $(NAMES)

soak: $(VENV)/.dev ## kill -9 at random and at every named point, compare with the instruments; KILLS=10 SECONDS=60 is short
	$(BIN)/python -m tests.soak --kills $(or $(KILLS),100) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m tests.soak.disturbed

soak-channels: $(VENV)/.dev ## 1,000 virtual channels in real time for ten minutes: lateness, losses, memory, processor
	$(BIN)/python -m benchmarks channels_1000

calibrate: $(VENV)/.run ## the virtual cell's parameters anew, from the paper's figures
	$(BIN)/python -m simulators.cell.calibrate

docs: $(VENV)/.dev ## regenerate what docs/ takes from the code, and check every link and example
	$(BIN)/python -m tests.docs.generated
	$(BIN)/python -m pytest tests/docs -q

words: $(VENV)/.dev ## take new texts of the pages into the catalogues to be translated, and compile these
	$(BIN)/python -m tests.docs.words

clean: ## forget the environment and everything built
	rm -rf $(VENV) $(BENCH_VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
