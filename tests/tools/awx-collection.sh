#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Usage: awx-collection.sh PYTHON DIRECTORY
# Puts the collection awx.awx into DIRECTORY/ansible_collections, once. It comes from the package `ansible`, of which nothing else
# is unpacked. The version is fixed: the stand-in of the tests has the rules of the AWX that this version belongs to.
set -euo pipefail

python=$1
directory=$2

[ -d "$directory/ansible_collections/awx/awx" ] && exit
mkdir -p "$directory"
"$python" -m pip download --quiet --no-deps --dest "$directory" ansible==12.3.0
"$python" - "$directory" <<'PYTHON'
import pathlib, sys, zipfile

directory = pathlib.Path(sys.argv[1])
(wheel,) = directory.glob("ansible-*.whl")
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(directory, [name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")])
wheel.unlink()
PYTHON
