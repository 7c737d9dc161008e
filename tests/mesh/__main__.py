# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command ``python -m mesh``: run the scenario, print its report, and write it to a folder."""

import argparse
import sys
from pathlib import Path

from .report import lines, write
from .scenario import run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="mesh", description=__doc__)
    parser.add_argument("--receptor", help="the program receptor; without it, workers are started directly")
    parser.add_argument("--report", type=Path, default=Path(".build/mesh"), help="the folder for report.json and report.txt")
    options = parser.parse_args()
    found = run(options.receptor)
    write(found, options.report)
    print("\n".join(lines(found)))
    sys.exit(0 if found["right"] else 1)
