# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says at the end how long each directory of tests took."""

from __future__ import annotations

import os
from collections import Counter

# The keys of tests may end with a container that the tests run in; all processes of the tests inherit this.
os.environ.setdefault("ORGSMITH_ALLOW_EPHEMERAL", "true")

PHASES = ("passed", "failed", "error", "skipped", "xfailed", "")  # "" is the setup and the teardown of a test that passed


def part(nodeid):
    """Return the directory below tests/ that a test stands in."""
    return nodeid.split("::")[0].replace("\\", "/").removeprefix("tests/").split("/")[0]


def pytest_terminal_summary(terminalreporter):
    seconds: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    slowest: dict[str, tuple[float, str]] = {}
    for phase in PHASES:
        for report in terminalreporter.getreports(phase):
            if not hasattr(report, "duration"):
                continue
            name = part(report.nodeid)
            seconds[name] += report.duration
            if report.when == "call":
                tests[name] += 1
                slowest[name] = max(slowest.get(name, (0.0, "")), (report.duration, report.nodeid.partition("::")[2]))
    if len(seconds) < 2:
        return
    write = terminalreporter.write_line
    write("seconds of work, summed over the processes that ran beside each other:")
    write(f"  {'part':<12} {'tests':>6} {'seconds':>8}  slowest")
    for name, spent in sorted(seconds.items()):
        longest, nodeid = slowest.get(name, (0.0, ""))
        write(f"  {name:<12} {tests[name]:>6} {spent:>8.0f}  {longest:.0f} s: {nodeid}")
    write(f"  {'all':<12} {sum(tests.values()):>6} {sum(seconds.values()):>8.0f}")
