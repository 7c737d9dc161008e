# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server that the tests run on: the emulator, or a real Grafana. See README.md in this folder."""

from __future__ import annotations

from .choice import CHOICE
from .interface import Seen, TestServer
from .kinds import not_applicable, only_on_the_emulator

if CHOICE is None:
    from .embedded import EmbeddedServer as Grafana
else:
    from .real import RealServer as Grafana

__all__ = ["CHOICE", "Grafana", "Seen", "TestServer", "not_applicable", "only_on_the_emulator"]
