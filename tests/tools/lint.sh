#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What `make lint` checks, with the tools of the lint venv on PATH. Runs every check, and fails if one has failed.
set -uo pipefail

failed=

check() {
    echo "--- $1"
    "${@:2}" || failed="$failed, $1"
}

mapfile -t scripts < <(git ls-files --cached --others --exclude-standard --deduplicate -- '*.sh' .ci)
mapfile -t modules < <(git ls-files --cached --others --exclude-standard --deduplicate -- '*.py')

# the rules of `ansible-test sanity --test pep8` of the oldest ansible-core, which ruff does not have all of
check "pycodestyle" pycodestyle --max-line-length=160 --ignore=E203,E402,E741,W503,W504 "${modules[@]}"
check "ruff" ruff check --quiet .
check "generated documentation" python -m tools.moduledocs --check
check "mypy (strict)" mypy -p ansible_collections.orgsmith.grafana.plugins
check "import-linter" lint-imports --no-cache
check "shellcheck" shellcheck "${scripts[@]}"
check "antsibull-changelog" antsibull-changelog lint
# its home is moved because it would leave a log there
mkdir -p .build/home
check "antsibull-docs" env HOME="$PWD/.build/home" antsibull-docs lint-collection-docs --plugin-docs .
check "ansible-lint (production profile)" ansible-lint --strict

if [ -n "$failed" ]; then
    echo "lint failed: ${failed#, }"
    exit 1
fi
echo "lint: nothing found"
