# Two commands for people: `make certify [URL=http://…]` and `make test`. Both set up once, from locked dependencies.
PYTHON ?= python3
VENV   := .venv
AUDIT  := .venv-audit
FUZZ   := .venv-fuzz
BIN    := $(VENV)/bin
RUNS   := $(VENV)/.runs
READY  := $(VENV)/.ready
URL    ?=
ARGS   ?=
CODE   := conformance tests benchmarks artefacts action.py

.PHONY: certify test gate rewritten lint format generate check-generated bench cassettes sdk-cassettes lock audit sbom fuzz clean
.DEFAULT_GOAL := certify
# what depends on none of each other is made on both processors
MAKEFLAGS += --jobs=2

# what the suite runs with; what only its development needs is installed beside it, when it is needed
$(RUNS): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(READY): requirements-dev.lock $(RUNS)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

certify: $(RUNS)
	@$(BIN)/acs-conformance endpoint $(URL) $(ARGS)

# compiled modules are kept in the environment and not beside their sources: each process of a test would compile them anew
test gate rewritten: export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/pycache
test gate rewritten: export PYTHONDONTWRITEBYTECODE :=

# four workers on two processors, since some tests wait; whoever is done takes over from the others
test: lint rewritten
	@$(BIN)/pytest -q -n 4 --dist worksteal $(ARGS)

gate: $(READY)
	@$(BIN)/pytest -q -n 2 --dist worksteal -m gate $(ARGS)

# pytest rewrites each module with an assertion and keeps it: once beside the linters, and not in each worker
rewritten: $(READY)
	@$(if $(ARGS),true,$(BIN)/pytest -q --collect-only >/dev/null 2>&1 || true)

lint: $(READY)
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/ruff format --check --quiet $(CODE) || { echo "not formatted: run make format" >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/vulture

format: $(READY)
	@$(BIN)/ruff format --quiet $(CODE)
	@$(BIN)/ruff check --quiet --fix $(CODE)

# every file that is made from others of this repository: schemas, OpenAPI descriptions, ledgers, contracts under tests/
generate: $(READY)
	@$(BIN)/python -m artefacts

check-generated: $(READY)
	@$(BIN)/python -m artefacts --check

bench: $(READY)
	@$(BIN)/python -m benchmarks $(ARGS)

# the last thing to do after a change to what a check draws or sends: the shipped recordings hold both
cassettes: $(READY)
	@$(BIN)/acs-conformance cassettes samples -o cassettes/samples
	@$(BIN)/acs-conformance record --seed 1 --max-examples 4 --quiet --report-dir reports/cassettes \
		-o cassettes/DescribeTasks-reference-default.yaml.gz
	@for v in every-choice-last every-choice-otherwise; do \
		$(BIN)/acs-conformance record --seed 1 --max-examples 2 --quiet --report-dir reports/cassettes --variant $$v \
			-o cassettes/DescribeTasks-reference-$$v.yaml.gz || exit 1; done
	@$(BIN)/acs-conformance cassettes lint

# a recording of the newest release of each SDK that can be installed here; needs the registries and the toolchains
SDKS ?= python-ecs20140526 python-legacy python-libcloud python-tea-openapi \
	node-ecs20140526 node-pop-core node-openapi-core node-openapi-client \
	java-ecs20140526 java-legacy java-tea-openapi go-ecs20140526 go-legacy go-darabonba-openapi
sdk-cassettes: $(READY)
	@for sdk in $(SDKS); do rm -f cassettes/sdk/$$sdk-*.yaml.gz; \
		$(BIN)/acs-conformance sdk $$sdk --release latest --allow-build --record cassettes/sdk --quiet \
			--report-dir reports/cassettes/$$sdk || [ $$? = 1 ] || exit 1; done
	@$(BIN)/acs-conformance cassettes lint cassettes/sdk

lock:
	@$(PYTHON) -m venv .lock-venv && .lock-venv/bin/pip install --quiet uv
	@.lock-venv/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements-dev.lock
	@.lock-venv/bin/uv pip compile pyproject.toml --extra editable --universal --python-version 3.11 --generate-hashes \
		--constraint requirements-dev.lock \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock
	@.lock-venv/bin/uv pip compile audit.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements-audit.lock
	@.lock-venv/bin/uv pip compile fuzz.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements-fuzz.lock
	@rm -rf .lock-venv

# tools that look at an installation from outside, in an environment of their own
$(AUDIT)/.ready: requirements-audit.lock
	@$(PYTHON) -m venv --clear $(AUDIT)
	@$(AUDIT)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@

# known vulnerabilities of what is locked; exit status 3 where the registry tells nothing
audit: $(READY) $(AUDIT)/.ready
	@$(BIN)/python -m artefacts.audit

# what an installation consists of, in CycloneDX
sbom: $(READY) $(AUDIT)/.ready
	@mkdir -p dist
	@$(AUDIT)/bin/cyclonedx-py environment $(VENV) --pyproject pyproject.toml --output-reproducible -o dist/sbom.cdx.json
	@echo dist/sbom.cdx.json

# every reader of what others wrote, by coverage: SECONDS each, READER one of them; findings in reports/fuzzing
SECONDS ?= 180
READER ?=
$(FUZZ)/.ready: requirements-fuzz.lock | $(READY)
	@rm -rf $(FUZZ)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--target $(FUZZ) -r requirements-fuzz.lock
	@touch $@

fuzz: $(READY) $(FUZZ)/.ready
	@PYTHONPATH=$(FUZZ) $(BIN)/python -m tests.fuzzing.guided $(SECONDS) $(if $(READER),"$(READER)")

clean:
	rm -rf $(VENV) $(AUDIT) $(FUZZ) .pytest_cache .ruff_cache .mypy_cache .hypothesis dist build
