# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make awx` runs: playbooks in processes of their own, without the shortcuts of the end-to-end tests."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "docs/examples/awx-project"
#: The password of Grafana's admin. It must not be a word that tests look for.
PASSWORD = "awx-Passw0rd-4d17"
