#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: venv.sh LINK REQUIREMENTS [PACKAGE...]
# Makes LINK a link to a virtual environment with a file of requirements (and further packages), which lies in the user's
# cache directory and serves all checkouts: see shared_venv.py. VENV_PYTHON names the interpreter to use.
set -euo pipefail

tools=$(cd "$(dirname "$0")" && pwd)
exec "${VENV_PYTHON:-$("$tools/find-python.sh")}" "$tools/shared_venv.py" "$@"
