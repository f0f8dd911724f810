# `make` alone lists the targets. Everything is made in .venv and .tools, which Git ignores.
PYTHON ?= python3
BIN := .venv/bin
# Ours first: a folder whose owner has not written its part yet is left out.
CODE := $(wildcard cisco components rollout lab docsite tests benchmarks plugin examples __main__.py)
TESTS ?= tests

# Every process of a test starts Python anew: compiled files are to be kept.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types check docs reference bench wire soak clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make everything the others need; a second run does nothing
	@$(PYTHON) -m lab.setup

demo: setup ## the whole life of a link in the lab: up, verify, change, a rollback, destroy
	@$(BIN)/python -m lab.demo

test: setup ## the tests, on all cores (some of them: make test TESTS=tests/unit)
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(TESTS)

lint: setup ## style: ruff; and that the reference says what the code says
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/python -m docsite reference --check

types: setup ## types: mypy --strict
	@$(BIN)/mypy $(filter-out examples,$(CODE))
	@rm -rf build/examples && mkdir -p build/examples && ln -s ../../components build/examples/aws_cisco_vpn
	@for main in examples/*/__main__.py; do \
	  ln -s ../../$$main build/examples/$$(basename $$(dirname $$main) | tr - _).py; done
	@MYPYPATH=build/examples $(BIN)/mypy build/examples/*.py

check: lint types test ## what CI runs: lint, types and tests

docs: setup ## the documentation as a site, in build/site: warnings and dead links are errors
	@cmp -s docsite/requirements.txt .tools/docsite-requirements.txt || { \
	  $(BIN)/python -m pip install -q --disable-pip-version-check -r docsite/requirements.txt && \
	  cp docsite/requirements.txt .tools/docsite-requirements.txt; }
	@$(BIN)/python -m sphinx -q -W --keep-going -E -c docsite -d build/doctrees . build/site
	@echo "build/site/index.html"

reference: setup ## write the reference pages anew from the code's docstrings
	@$(BIN)/python -m docsite reference

bench: setup ## the benchmarks, as a table
	@$(BIN)/python -m benchmarks

wire: setup ## the demo on real IKE, ESP and BGP between network namespaces (Linux, root)
	@$(BIN)/python -m lab.demo --wire

soak: setup ## a day's worth of faults in five minutes, on the same (Linux, root)
	@$(BIN)/python -m lab.wire soak

clean: ## remove what the targets made
	rm -rf .venv .tools .lab .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis build
