# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command ``python -m faults``. Processes that it starts cannot import this file, so it contains nothing else."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
