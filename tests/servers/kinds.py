# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a test does not run on a real server: a kind from :data:`KINDS`, and a sentence."""

from __future__ import annotations

import re
from typing import NoReturn

import pytest

from .choice import CHOICE

#: The name of the marker: ``@pytest.mark.emulator_only(kind, reason)``.
MARKER = "emulator_only"

KINDS = {
    "version": "the test is about another version of Grafana",
    "upgrade": "the test restarts the server as a newer version",
    "cloud": "the test needs a stack of Grafana Cloud",
    "setting": "the test changes a setting that real servers do not have, or a setting of a running server",
    "state": "the test brings the server into a state to which no request leads",
    "clock": "the test needs a clock that stands still or moves while a request is answered",
    "database": "the test changes the server's SQLite database, and the start command does not use GF_PATHS_DATA",
}

_PREFIX = "not on a real server"
_REASON = re.compile(rf"{_PREFIX} \((\w+)\): ")


def not_applicable(kind: str, reason: str) -> NoReturn:
    """Skip the running test, because it cannot run on a real server. *kind* is one of :data:`KINDS`."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not one of {', '.join(KINDS)}")
    pytest.skip(f"{_PREFIX} ({kind}): {reason}")


def only_on_the_emulator(kind: str, reason: str) -> None:
    """Skip the rest of the running test if it runs on a real server."""
    if CHOICE is not None:
        not_applicable(kind, reason)


def kind_of(skipped: str) -> str | None:
    """Return the kind in the reason of a skipped test; ``None`` if the test was skipped for another reason."""
    found = _REASON.search(skipped)
    return found[1] if found else None
