# The only commands that a newcomer needs. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
STAGE ?= dev
# Every branch of the rules is taken by some test, or the tests fail.
COVERED := --cov=relance.domain --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100
# Tests that do a part of their work in `make test` and all of it in `make validate`.
WHOLE := tests/property tests/unit/archiving/test_fault_matrix.py tests/unit/archiving/test_archive_machine.py tests/browser
OUT ?= out
# The version that runs the packages: Lambda's, unless the local cloud builds for the interpreter at hand.
export LAYER_PYTHON ?= 3.13
export SAM_CLI_TELEMETRY := 0
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Tests and tools start hundreds of processes: without kept bytecode each compiles again what it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run demo tour test unit check bench build deploy lock clean golden validate rebuild keys grant

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what is missing (Debian packages, virtual environment, locked dependencies)
	@tools/setup.sh

run: setup ## local cloud, demo company, the main job once; stays up (FRESH=1 starts anew)
	@exec $(BIN)/python -m local.run $(if $(FRESH),--fresh)

demo: setup ## the main job on a fresh local cloud with a fast clock; leaves its papers in OUT=dir
	@exec $(BIN)/python -m local.demo --out '$(OUT)'

tour: setup ## every kind of document, by the commands of docs/tour.md, on a fresh local cloud; papers in OUT=dir
	@exec $(BIN)/python -m local.tour --out '$(OUT)'

test: setup ## every test: first those of the rules, then the others beside the local cloud and the browser
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m 'rules and not cloud' $(COVERED) tests/property tests/unit
	@tools/test.sh

unit: setup ## the tests that need no local cloud and no browser
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not cloud and not browser'

check: setup ## format, lint, strict types, import contracts, template, unit tests
	@tools/check.sh

validate: setup ## what takes minutes: the official validators on every invoice of the corpus, PDFs too; mutants of the verifier; every fault and ten thousand steps of the archive; 200 scenarios killed
	@WHOLE_CORPUS=1 $(BIN)/python -m pytest -n 2 --dist worksteal tests/validation tests/layer tests/mutation
	@WHOLE_CORPUS=1 $(BIN)/python -m pytest -n 2 --dist worksteal $(WHOLE)
	@WHOLE_CORPUS=1 $(BIN)/python -m pytest tests/e2e/test_killing.py

golden: setup ## draw the golden documents again: look at the pictures before you commit them
	@GOLDEN_UPDATE=1 $(BIN)/python -m pytest tests/golden

bench: setup ## ratios and counts; a table, and flat JSON in OUT=file.json
	@PYTHONPATH=shared:functions:. $(BIN)/python -m bench $(if $(filter-out out,$(OUT)),--out '$(OUT)')

build: setup ## packages and layers for AWS
	@sam build

deploy: build ## deploy the build to AWS (STAGE=dev or prod)
	@sam deploy --config-env $(if $(filter prod,$(STAGE)),prod,default) $(if $(filter-out prod,$(STAGE)),--stack-name relance-$(STAGE) --parameter-overrides Stage=$(STAGE))

rebuild: setup ## after a restore of the tables: what journal and documents lack of the archive (TENANT=…); WRITE=1 puts it back, FROM=… lends lines
	@PYTHONPATH=shared:. $(BIN)/python -m tools.rebuild_journal '$(TENANT)' --stack relance-$(STAGE) $(if $(WRITE),--write) $(if $(RESTORED),--restored) $(if $(FROM),--from '$(FROM)')

keys: setup ## which signing key each archive is on; before one is disabled, none may be (STAGE=dev or prod)
	@PYTHONPATH=shared:. $(BIN)/python -m tools.signing_keys --stack relance-$(STAGE)

grant: setup ## let somebody in, or out, and chain it (TENANT=… BY=… WHO=… ROLE=…; ARGS="--revoke --key …")
	@PYTHONPATH=shared:. $(BIN)/python -m tools.grant '$(TENANT)' --stack relance-$(STAGE) --by '$(BY)' --user '$(WHO)' --role '$(or $(ROLE),member)' $(ARGS)

lock: ## resolve the dependencies again: requirements.lock, the layers' subsets of it, layers/pdf/native.lock
	@tools/lock.sh

clean: ## remove what builds and runs left (not the virtual environment)
	@rm -rf .aws-sam build out .local .mypy_cache .ruff_cache .pytest_cache .hypothesis

# `sam build` calls these with ARTIFACTS_DIR; the logical id tells the folder (QuotesApiFunction -> functions/quotes_api).
build-%:
	@python -m tools.build_package '$*' '$(ARTIFACTS_DIR)' '$(LAYER_PYTHON)'
