# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded Grafana: an emulator of the API that the collection uses, held to recordings of real servers."""

from __future__ import annotations

from .core.profile import DEFAULT, VERSIONS
from .core.web import Emulator

__all__ = ["DEFAULT", "VERSIONS", "Emulator"]
