# `make` lists what there is. Everything runs in .venv, which `make setup` makes from the locked packages.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := PYTHONPATH=.:layers/billing $(BIN)/python
STAGE ?= dev
FROM ?=
OUT ?= out
EMPTY ?=

help:            ## list the commands
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/ready $(VENV)/checkov/ready   ## make .venv from the locked packages (once)

$(VENV)/ready: requirements-dev.txt
	@PYTHON=$(PYTHON) .ci/venv $(VENV) $<

$(VENV)/checkov/ready: requirements-checkov.txt $(VENV)/ready
	@PYTHON=$(PYTHON) .ci/venv $(VENV)/checkov $<

$(VENV)/proof/ready: requirements-proof.txt $(VENV)/ready
	@PYTHON=$(PYTHON) .ci/venv $(VENV)/proof $<

demo: $(VENV)/ready      ## play a quarter of a small company; papers, letters and reports go to out/ (FROM=folder: your own messages)
	$(RUN) -m local.demo --out $(OUT) $(if $(FROM),--from $(FROM))

local: $(VENV)/ready     ## keep the cloud up on this machine: page and API on 127.0.0.1:3000, AWS endpoint on :5000 (EMPTY=1: nothing in it)
	$(RUN) -m local up $(if $(EMPTY),--empty)

test: lint       ## lint, and every test that a change can break: minutes
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not proof"

proof: setup $(VENV)/proof/ready   ## the wide proof: worlds with faults, a second emulator, a foreign ledger, the browser, the demo
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m proof --ignore=tests/mutation

mutations: setup $(VENV)/proof/ready   ## plant 200 mutations by a foreign tool and list those that no test of their rooms notices
	$(BIN)/python -m pytest -q -s tests/mutation

lint: setup      ## ruff, mypy, cfn-lint, checkov, bandit
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/cfn-lint
	$(VENV)/checkov/bin/checkov
	$(BIN)/bandit -q -r layers functions -ll

bench: $(VENV)/ready     ## measure: papers, ledger, store calls, a local month
	$(RUN) -m bench

fonts: $(VENV)/ready     ## cut the fonts of papers anew
	$(RUN) layers/build_fonts.py

build:           ## what `make deploy` uploads (needs the SAM CLI, uv and python3.13)
	@command -v sam >/dev/null || { echo "sam is not here; in a virtual environment of its own: pip install aws-sam-cli"; exit 1; }
	@command -v uv >/dev/null || { echo "uv is not here: pip install uv"; exit 1; }
	@python3.13 -c "" 2>/dev/null || { echo "python3.13 does not run from here: the functions run on it, and sam asks for it on the path (uv python install 3.13, or pyenv install 3.13 && pyenv local 3.13)"; exit 1; }
	sam build

deploy: build    ## build and deploy to AWS (STAGE=dev or prod)
	sam deploy --config-env $(STAGE)

lock:            ## lock the packages anew, with hashes and without addresses
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -c requirements-dev.txt -o layers/billing/requirements.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --group checkov -o requirements-checkov.txt
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --group proof -o requirements-proof.txt

.PHONY: help setup demo local test proof mutations lint bench fonts build deploy lock
