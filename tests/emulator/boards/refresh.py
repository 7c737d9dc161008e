# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The minimum of a dashboard's refresh interval (``[dashboards] min_refresh_interval``)."""

from __future__ import annotations

import re
from typing import Any

from ..core.settings import Settings

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2629800, "y": 31557600}


def problem(settings: Settings, interval: Any) -> str:
    """Return what is wrong with a refresh interval; empty for nothing."""
    minimum = settings.text("dashboards.min_refresh_interval")
    if not minimum or not isinstance(interval, str) or interval in ("", "auto"):
        return ""
    own = _seconds(interval)
    if own is None:
        return f'parsing refresh duration "{interval}" failed: time: invalid duration "{interval}"'
    return "Dashboard refresh interval is too low" if own < (_seconds(minimum) or 0) else ""


def _seconds(text: str) -> float | None:
    parts = re.findall(r"(\d+)(ms|[smhdwMy])", text)
    if "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(int(number) * UNITS[unit] for number, unit in parts)
