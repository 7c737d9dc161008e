# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server that the tests run on: the emulator, or a real Grafana. See README.md in this folder."""

from __future__ import annotations

from emulator import DEFAULT, VERSIONS

from .choice import CHOICE
from .interface import Seen, TestServer
from .kinds import not_applicable, only_on_the_emulator

#: The newest version that can delete organizations.
DELETES_ORGS = DEFAULT
#: The version of tests that are about no version: the newest, or the real server's own if that is one of the newest two.
NEWEST = VERSIONS[-1]
if CHOICE is None:
    from .embedded import EmbeddedServer as Grafana
else:
    from .real import RealServer as Grafana
    from .real import tested_version

    # `make real` asks the server for its version first, without having one.
    if CHOICE.version and tested_version(CHOICE.version) == DELETES_ORGS:
        NEWEST = DELETES_ORGS

__all__ = ["CHOICE", "DELETES_ORGS", "NEWEST", "Grafana", "Seen", "TestServer", "not_applicable", "only_on_the_emulator"]
