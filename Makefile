# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything here makes the virtual environment that it needs, and only once: the second time takes seconds. Environments
# lie in the user's cache directory and serve all checkouts; what is here are links (see tests/tools/shared_venv.py).
# The newest Python from 3.11 on is found by itself; PYTHON=/path/to/python3 names another one.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 3000
GRAFANA_VERSION ?= 12.4.3
# further arguments of pytest, the emulator, the benchmark or the demo
ARGS ?=

VENV := .venv
LINT := .build/venv-lint
DOCS := .build/venv-docs
BENCH := .build/venv-bench
BROWSER := .build/venv-browser
MESH := .build/venv-mesh
TARBALL := .build/dist/orgsmith-grafana-$(shell sed -n 's/^version: *//p' galaxy.yml).tar.gz
# One process more than there are processors, as tests also wait.
PROCESSES := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
TESTS = $(wildcard tests/unit tests/tools tests/conformance tests/servers tests/modules tests/interrupted tests/e2e)

# Ansible sees the checkout as an installed collection through the link .build/ansible_collections/orgsmith/grafana.
# Its configuration is named, because it ignores one that lies in a world-writable directory.
export PYTHONPATH := $(CURDIR)/.build:$(CURDIR)/tests
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.build
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
# Processes of the tests start faster with the bytecode that an earlier one has written. Python without buffers reads a module
# that comes through a pipe byte by byte.
unexport PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED
# $(call in,VENV): run a command with the tools of a virtual environment first on PATH
in = PATH="$(CURDIR)/$(1)/bin:$$PATH"

.PHONY: help
help: ## list these commands
	@echo "make COMMAND, one of:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|'
	@echo "Settings: PORT=$(PORT) GRAFANA_VERSION=$(GRAFANA_VERSION) PYTHON=python3.N ARGS='further arguments'"

.PHONY: demo
demo: .run-venv ## take a tenant from nothing to a working organization, on the embedded Grafana or on GRAFANA_URL
	@$(call in,$(VENV)) python tests/tools/demo.py $(ARGS)

.PHONY: emulator
emulator: .run-venv ## run the embedded Grafana in the foreground
	@exec $(VENV)/bin/python -m emulator --port $(PORT) --grafana-version $(GRAFANA_VERSION) $(ARGS)

.PHONY: test
test: .test-venv ## run the tests, but for those with a command of their own: histories, faults, browser, awx, mesh, real
	@$(call in,$(VENV)) python -m pytest --numprocesses $(PROCESSES) --dist worksteal \
		--ignore tests/interrupted/test_histories.py --ignore tests/e2e/test_organizations.py $(TESTS) $(ARGS)

.PHONY: real
real: .test-venv ## run the tests on a real server: GRAFANA_START='command', or GRAFANA_URL with GRAFANA_USER, GRAFANA_PASSWORD
	@$(call in,$(VENV)) python tests/tools/real.py $(ARGS)

.PHONY: replay
replay: .test-venv ## replay the recordings of GRAFANA_VERSION on a fresh GRAFANA_URL (or GRAFANA_START): list the differences
	@$(call in,$(VENV)) python tests/tools/replay.py "$(GRAFANA_VERSION)" $(ARGS)

.PHONY: histories
histories: .test-venv ## try 2,000 histories of what may happen to a token
	@$(call in,$(VENV)) HISTORIES=500 python -m pytest --numprocesses auto --dist worksteal \
		tests/interrupted/test_histories.py $(ARGS)

.PHONY: faults
faults: .test-venv ## let each request of each module's normal jobs fail in each way, and run again: nothing may be lost
	@$(call in,$(VENV)) python -m faults $(ARGS)

.PHONY: browser
browser: .browser-venv ## look at the pages that the collection makes in Chromium; pictures of them go to .build/browser
	@tests/tools/find-chromium.sh >/dev/null
	@$(call in,$(BROWSER)) CHROMIUM="$$(tests/tools/find-chromium.sh)" python -m pytest tests/browser/test_*.py $(ARGS)

.PHONY: awx
awx: .test-venv ## set up a stand-in of AWX with the modules of awx.awx, and run the example project and slices as AWX runs jobs
	@tests/tools/awx-collection.sh $(VENV)/bin/python .build/awx
	@$(call in,$(VENV)) AWX_COLLECTION="$(CURDIR)/.build/awx" python -m pytest --timeout 900 tests/awx tests/e2e/test_organizations.py $(ARGS)

.PHONY: mesh
mesh: .mesh-venv ## run three slices of a job on a receptor mesh and kill one machine: the report goes to .build/mesh
	@tests/tools/find-receptor.sh >/dev/null
	@$(call in,$(MESH)) RECEPTOR="$$(tests/tools/find-receptor.sh)" python -m pytest tests/mesh/test_*.py $(ARGS)

.PHONY: bench
bench: .link ## compare with plain requests, today's collections and Terraform: seconds and requests, tenants and dashboards
	@tests/tools/venv.sh $(BENCH) tests/requirements-bench.txt
	@$(call in,$(BENCH)) python tests/bench/bench.py $(ARGS)

.PHONY: generate
generate: .run-venv ## write the generated parts of the documentation of modules and role
	@$(call in,$(VENV)) python -m tools.moduledocs

.PHONY: lint
lint: .lint-venv ## check style, types, documentation and packaging; runs nothing
	@$(call in,$(LINT)) tests/tools/lint.sh

.PHONY: importer
importer: .lint-venv build ## check the tarball as Galaxy would
	@$(call in,$(LINT)) tests/tools/importer.sh $(TARBALL)

.PHONY: build
build: .run-venv ## build the tarball of the collection
	@tests/tools/copy-tree.sh .build/tree
	@$(call in,$(VENV)) ansible-galaxy collection build --force --output-path .build/dist \
		.build/tree/ansible_collections/orgsmith/grafana

.PHONY: docs
docs: .link ## build the documentation as HTML
	@tests/tools/venv.sh $(DOCS) tests/requirements-docs.txt
	@$(call in,$(DOCS)) tests/tools/docs.sh

.PHONY: clean
clean: ## remove everything that was made here; virtual environments stay in the cache for other checkouts
	rm -rf .venv .build .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: .link .run-venv .test-venv .lint-venv .browser-venv .mesh-venv
# made once only: tests that run at this moment need it
.link:
	@mkdir -p .build/ansible_collections/orgsmith
	@[ -L .build/ansible_collections/orgsmith/grafana ] || ln -s ../../.. .build/ansible_collections/orgsmith/grafana

.run-venv: .link
	@tests/tools/venv.sh $(VENV) tests/requirements-run.txt

.test-venv: .link
	@tests/tools/venv.sh $(VENV) tests/requirements.txt

.lint-venv: .link
	@tests/tools/venv.sh $(LINT) tests/requirements-lint.txt

.browser-venv: .link
	@tests/tools/venv.sh $(BROWSER) tests/requirements-browser.txt

.mesh-venv: .link
	@tests/tools/venv.sh $(MESH) tests/requirements-mesh.txt
