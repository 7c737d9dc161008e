#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: copy-tree.sh ROOT
# Copies what git tracks, and what it would track, to ROOT/ansible_collections/orgsmith/grafana: the tools of Ansible
# want a real directory of that name, without the leftovers of a working checkout.
set -euo pipefail

target=$1/ansible_collections/orgsmith/grafana

rm -rf "$target"
mkdir -p "$target"
git ls-files --cached --others --exclude-standard --deduplicate -z |
    while IFS= read -r -d '' file; do
        # a tracked file that was deleted and not yet committed is still listed
        if [ -e "$file" ]; then printf '%s\0' "$file"; fi
    done |
    tar -cf - --null -T - |
    tar -xf - -C "$target"
# ansible-test asks git for the files: the repository around this copy would answer that all of it is ignored.
git init --quiet "$target"
