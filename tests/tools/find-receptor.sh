#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints the path of the program receptor: RECEPTOR, the one on PATH, or one that Go installs from its module, once, into the
# user's cache directory. RECEPTOR=none stays "none": make mesh then starts the workers without a mesh.
set -euo pipefail

version=1.6.4
cache=${XDG_CACHE_HOME:-$HOME/.cache}/orgsmith-grafana/receptor-$version

if [ -n "${RECEPTOR:-}" ]; then
    echo "$RECEPTOR"
    exit 0
fi
if type -P receptor; then
    exit 0
fi
if [ ! -x "$cache/receptor-cl" ]; then
    if ! type -P go >/dev/null; then
        echo "receptor is not installed, and Go, which would install it, is not either (or name the program with RECEPTOR)" >&2
        exit 1
    fi
    # two processes, because tests run at the same time
    if ! CGO_ENABLED=0 GOBIN=$cache go install -p 2 "github.com/ansible/receptor/cmd/receptor-cl@v$version" >&2; then
        echo "receptor is not installed, and Go cannot install it, for the reason above (or name the program with RECEPTOR)" >&2
        exit 1
    fi
fi
echo "$cache/receptor-cl"
