#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the documentation in .build/docs/html: the pages in docs/, and one for each module and role.
set -euo pipefail

source=.build/docs/source
rm -rf "$source"
mkdir -p "$source"
cp -R docs/. "$source"

# The directory must exist, and only its owner may write to it. The home is moved because a log would be left there.
mkdir -m 755 "$source/collection"
mkdir -p .build/home
HOME="$PWD/.build/home" antsibull-docs collection --use-current --squash-hierarchy --fail-on-error \
    --dest-dir "$source/collection" orgsmith.grafana
sphinx-build -q -W --keep-going -b html "$source" .build/docs/html
echo "The documentation is in .build/docs/html/index.html"
