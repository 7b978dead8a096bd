# One line for each thing to do here. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input install
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)

# The newest Python that works and is new enough; `make PYTHON=/some/python3 run` takes another.
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$name"; break; }; done)

# All tests are shared out among the cores; a few are done before workers have started. A worker takes 1 GB.
ON_EVERY_CORE := --numprocesses logical --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help run test check fmt bench soak lock secrets
.DELETE_ON_ERROR:

help: ## List what make can do
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: $(VENV)/.run-ready ## Set up if need be, and serve on http://localhost:8080
	@if [ -z "$$MANYWAYS_DATABASE_URL$$MANYWAYS_DATABASE_URL_FILE" ] \
		&& [ ! -e "$${MANYWAYS_HOME:-var}/manyways.db" ]; then $(BIN)/manyways demo >/dev/null; fi
	@MANYWAYS_LOG_LEVEL=$${MANYWAYS_LOG_LEVEL:-warning} exec $(BIN)/manyways serve

test: $(VENV)/.dev-ready ## Run every test, on both databases and in a real browser
	@.ci/lacking $(BIN)/python
	@$(BIN)/python -m pytest $(if $(TESTS),$(TESTS),$(ON_EVERY_CORE))

check: $(VENV)/.dev-ready ## Check style, types, imports, and that migrations equal models
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m service.storage.migrations.check

fmt: $(VENV)/.dev-ready ## Put the code into its one shape
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev-ready ## Measure, and write a table
	@$(BIN)/python -m pytest tests/bench -m bench --quiet --capture=no

soak: $(VENV)/.dev-ready ## Try for long what other tests try for seconds
	@$(BIN)/python -m pytest tests -m soak --quiet

lock: $(VENV)/.dev-ready ## Lock what is installed; `make lock UPGRADE=--upgrade` takes newer
	@[ -x $(BIN)/uv ] || $(PIP) uv
	$(LOCK) requirements/run.in --output-file requirements/run.txt
	$(LOCK) requirements/dev.in --constraints requirements/run.txt \
		--output-file requirements/dev.txt

secrets: ## Make up the passwords that docker-compose.yml hands to its services; what is there stays
	@umask 022 && mkdir -p -m 700 secrets && cd secrets \
		&& for name in database_password jitsi_tokens jitsi_bearer jicofo jvb jigasi; do \
			[ -s "$$name" ] || od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' > "$$name"; done \
		&& for name in manyways manyways_keys; do \
			printf 'postgresql://manyways:%s@database/%s' "$$(cat database_password)" "$$name" \
				> "$${name}_url"; done \
		&& umask 077 \
		&& printf 'JICOFO_AUTH_PASSWORD=%s\n' "$$(cat jicofo)" > jicofo.env \
		&& printf 'JVB_AUTH_PASSWORD=%s\n' "$$(cat jvb)" > jvb.env \
		&& printf 'JIGASI_XMPP_PASSWORD=%s\n' "$$(cat jigasi)" > jigasi.env \
		&& { printf 'JWT_APP_SECRET=%s\nROOMS_BEARER=%s\n' "$$(cat jitsi_tokens)" "$$(cat jitsi_bearer)" \
			&& cat jicofo.env jvb.env jigasi.env; } > prosody.env \
		&& { [ -e sip.env ] || printf 'JIGASI_SIP_%s=\n' URI PASSWORD SERVER PORT TRANSPORT > sip.env; }

# The stamps say what has been installed, so that a second time takes no time.

$(VENV)/.run-ready: requirements/run.txt pyproject.toml | $(BIN)/pip
	@$(PIP) --require-hashes --requirement requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-ready: requirements/dev.txt pyproject.toml | $(BIN)/pip
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.run-ready $@

$(BIN)/pip:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: install the package python3"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install the package python3-venv"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
