# Guanxiao 馆校通. Needs Python ≥ 3.11, make and the package index; everything else comes by itself.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check fix lock seed shots storm main dev

help: ## Show these lines
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name line; do printf '  make %-7s %s\n' "$$name" "$$line"; done

run: main ## Serve the portal with its demo; Ctrl-C stops everything
	@$(BIN)/python -m house.run

test: dev ## Run every test against throw-away services
	@$(BIN)/python -m house.test

check: dev ## Format, lint, types, templates, migrations, translations, locks
	@$(BIN)/python -m house.check

fix: dev ## Format code and templates, gather and compile translations
	@$(BIN)/python -m house.fix

lock: dev ## Write requirements/*.txt from pyproject.toml
	@$(BIN)/python -m house.locks

seed: main ## Fill the database of `make run` with a fresh demo
	@$(BIN)/python -m house.seed

shots: dev ## Pictures of every page into shots/
	@$(BIN)/python -m house.shots

storm: dev ## Loads and kills against real servers; one of them: ONLY=ledger
	@$(BIN)/python -m house.storm $(ONLY)

main dev:
	@$(PYTHON) -m house.install $@
