#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: find-python.sh [MIN [MAX]]    e.g. find-python.sh 3.11, find-python.sh 3.12 3.12
# Prints the path of the newest Python from MIN to MAX that works and can make virtual environments.
set -euo pipefail

min=${1:-3.11}
max=${2:-3.14}

# Prints "MINOR path", or "no-venv path" where the distribution has taken ensurepip out (Debian's python3-venv).
probe='
import os, sys
# The one behind a virtual environment that is activated: it may be the very one that is to be made anew.
base = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
try:
    import ensurepip, ssl, venv
except ImportError:
    print("no-venv", base)
else:
    print(sys.version_info[1], base)
'

# Every match on PATH, not only the first: a version manager may have put a dead shim before a good interpreter.
candidates() {
    if [ -n "${PYTHON:-}" ]; then
        type -P "$PYTHON" || true
        return
    fi
    local minor
    for minor in $(seq "${max#3.}" -1 "${min#3.}"); do
        type -aP "python3.$minor" || true
    done
    type -aP python3 || true
    ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3 2>/dev/null || true
}

best=0
best_path=
without_venv=
while read -r candidate; do
    # Each is run, because being on PATH says nothing.
    answer=$(PYENV_VERSION='' "$candidate" -c "$probe" 2>/dev/null </dev/null) || continue
    minor=${answer%% *}
    path=${answer#* }
    if [ "$minor" = no-venv ]; then
        without_venv="$without_venv $path"
    elif [ "$minor" -ge "${min#3.}" ] && [ "$minor" -le "${max#3.}" ] && [ "$minor" -gt "$best" ]; then
        best=$minor
        best_path=$path
    fi
done < <(candidates)

if [ -n "$best_path" ]; then
    echo "$best_path"
    exit 0
fi

{
    if [ "$min" = "$max" ]; then
        echo "No working Python $min was found"
    else
        echo "No working Python from $min to $max was found"
    fi
    echo "  (on PATH as python3, python3.N, and in ~/.pyenv/versions; name another one with PYTHON=/path/to/python3)."
    if [ -n "$without_venv" ]; then
        echo "  These lack the modules venv, ensurepip or ssl; on Debian and Ubuntu install python3-venv:$without_venv"
    fi
} >&2
exit 1
