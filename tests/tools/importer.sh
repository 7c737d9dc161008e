#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: importer.sh TARBALL
# Checks a built collection with the program that Galaxy runs on upload. It would only print what ansible-lint says;
# `make lint` fails for it.
set -euo pipefail

tarball=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=.build/importer
mkdir -p "$work"
cat >"$work/galaxy-importer.cfg" <<'SETTINGS'
[galaxy-importer]
CHECK_REQUIRED_TAGS = True
REQUIRE_V1_OR_GREATER = False
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = False
RUN_ANSIBLE_TEST = False
SETTINGS
# it leaves a report where it runs
cd "$work"
GALAXY_IMPORTER_CONFIG=galaxy-importer.cfg python -m galaxy_importer.main "$tarball"
