# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says at the end how much was tried."""

from __future__ import annotations

from collections import Counter

from servers import plugin

#: pytest calls it: it switches the plugin on.
pytest_configure = plugin.pytest_configure

NAMES = ("histories", "runs", "kills", "kill points", "rotations", "lost answers")


def pytest_terminal_summary(terminalreporter):
    found: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        if "interrupted" in report.nodeid and report.when == "call":
            for name, value in report.user_properties:
                found[name] += value
    if found:
        terminalreporter.write_line("interrupted: " + ", ".join(f"{found[name]} {name}" for name in NAMES if name in found))
