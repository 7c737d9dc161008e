# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of pytest: the marker ``emulator_only``, and the results by kind.

A ``conftest.py`` switches it on with ``from servers.plugin import pytest_configure``.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from .choice import CHOICE, REPORT
from .kinds import KINDS, MARKER, kind_of, not_applicable

_NAME = "orgsmith-servers"


def pytest_configure(config):
    """Declare the marker, and count: once, however many conftests ask for it."""
    if config.pluginmanager.has_plugin(_NAME):
        return
    config.addinivalue_line("markers", f"{MARKER}(kind, reason): the test cannot run on a real server; see servers/kinds.py")
    config.pluginmanager.register(Plugin(writes=not hasattr(config, "workerinput")), _NAME)


class Plugin:
    """Skips what is marked, and reports the results.

    *writes* is false in the workers of pytest-xdist: they send their reports to the process that prints the results.
    """

    def __init__(self, writes):
        self._writes = writes

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        marker = item.get_closest_marker(MARKER)
        if marker is None:
            return
        kind, reason = marker.args
        if kind not in KINDS:
            raise ValueError(f"{item.nodeid}: the marker's kind {kind!r} is not one of {', '.join(KINDS)}")
        if CHOICE is not None:
            not_applicable(kind, reason)

    def pytest_unconfigure(self):
        if CHOICE is not None:
            from .pool import close_pool

            close_pool()

    def pytest_terminal_summary(self, terminalreporter):
        if CHOICE is None:
            return
        reports = terminalreporter.getreports("skipped")
        found = Counter(kind_of(_skip_reason(report)) or "skipped for another reason" for report in reports)
        terminalreporter.write_line(f"real server {CHOICE.version}, not applicable: {sum(found.values())}")
        for kind, count in found.most_common():
            terminalreporter.write_line(f"  {count:5} {kind}: {KINDS.get(kind, 'see above')}")

    def pytest_runtest_logreport(self, report):
        """Append a line to the file that GRAFANA_REPORT names."""
        if REPORT and self._writes and _is_last_word(report):
            with open(REPORT, "a", encoding="utf-8") as stream:
                stream.write(json.dumps(_line(report)) + "\n")


def _is_last_word(report):
    """Tell whether *report* decides about its test: its call, or a setup or teardown that did not pass."""
    return report.when == "call" or report.outcome != "passed"


def _skip_reason(report):
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


def _line(report):
    reason = ""
    if report.outcome == "skipped":
        reason = _skip_reason(report)
    elif report.outcome == "failed":
        crash = getattr(report.longrepr, "reprcrash", None)
        reason = crash.message if crash else str(report.longrepr)
    return {
        "test": report.nodeid,
        "when": report.when,
        "outcome": report.outcome,
        "kind": kind_of(reason) if report.outcome == "skipped" else None,
        "seconds": round(report.duration, 2),
        "reason": reason[:2000],
    }
