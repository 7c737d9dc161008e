#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: venv.sh DIR REQUIREMENTS [PACKAGE...]
# Makes the virtual environment DIR, or brings it up to date, with a file of requirements (and further packages).
# Does nothing when neither interpreter, place nor requirements have changed since the last time. Several files can
# be installed into one DIR, one after the other. VENV_PYTHON names the interpreter to use.
set -euo pipefail

dir=$1
requirements=$2
shift 2
tools=$(cd "$(dirname "$0")" && pwd)

python=${VENV_PYTHON:-$("$tools/find-python.sh")}

# Console scripts hold the path of the venv in their first line: a checkout that was moved needs a new one.
interpreter="$("$python" -VV | tr '\n' ' ') $python $(pwd)/$dir"
if [ "$(cat "$dir/.interpreter" 2>/dev/null)" != "$interpreter" ]; then
    echo "Making $dir with $("$python" -V) ($python)" >&2
    rm -rf "$dir"
    "$python" -m venv "$dir"
    echo "$interpreter" >"$dir/.interpreter"
fi

wanted=$(printf '%s\n' "$@"; cat tests/requirements-run.txt "$requirements")
stamp="$dir/.installed-$(basename "$requirements")"
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "Installing $requirements $* into $dir" >&2
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" "$@" >&2
    printf '%s\n' "$wanted" >"$stamp"
fi
