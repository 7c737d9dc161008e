# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refresh interval of a dashboard, and the server's minimum for it (``[dashboards] min_refresh_interval``). Pure.

A server compares both as durations. For a shorter interval, the legacy route stores the minimum (8.5 to 12.4), or answers 400
(13.1); ``/apis`` answers 400 (recorded).
"""

from __future__ import annotations

import re
import typing as t

from ..._grafana.errors import BadInput
from .forms import CLASSIC

#: The seconds of each unit of Go's ``time.ParseDuration``, and of the units that Grafana adds. Grafana counts a year as 365.25
#: days, and a month as a twelfth of it (gtime.ParseDuration).
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONG = {"d": 86400.0, "w": 604800.0, "M": 2629800.0, "y": 31557600.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_LONG_PART = re.compile(r"([0-9]{1,9})([dwMy])")
#: The longest text that is read as a duration.
_LONGEST = 100


def seconds(interval: str) -> float | None:
    """Return the seconds of an interval such as ``1m30s`` or ``1d``; ``None`` for what Grafana cannot parse."""
    long = _LONG_PART.fullmatch(interval)
    if long:
        return int(long.group(1)) * _LONG[long.group(2)]
    sign = -1 if interval[:1] == "-" else 1
    text = interval[1:] if interval[:1] in ("+", "-") else interval
    if text == "0":
        return 0.0
    parts = _PART.findall(text) if len(text) <= _LONGEST else []
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sign * sum(float(number) * _SECONDS[unit] for number, unit in parts)


def interval(body: t.Mapping[str, t.Any], layout: str) -> str:
    """Return the refresh interval of a dashboard, ``""`` if it has none; ``auto`` also means none.

    The classic layout has it in ``refresh``, where servers ignore other values than text (``false``); version 2 layouts have
    it in ``timeSettings.autoRefresh``.
    """
    if layout in ("", CLASSIC):
        found = body.get("refresh")
    else:
        times = body.get("timeSettings")
        found = times.get("autoRefresh") if isinstance(times, dict) else None
    return found if isinstance(found, str) and found != "auto" else ""


def check_interval(body: t.Mapping[str, t.Any], layout: str, what: str) -> None:
    """Raise :class:`BadInput` for a refresh interval that is neither a duration nor an input; *what* names the dashboard."""
    found = interval(body, layout)
    if found and "${" not in found and seconds(found) is None:
        raise BadInput(
            "%s has the refresh interval %r, which is not a duration: use a value such as 30s, 5m or 1h, or an empty one"
            % (what, found[:_LONGEST])
        )


def too_short(body: t.Mapping[str, t.Any], layout: str, minimum: str) -> bool:
    """Return whether a dashboard has a refresh interval below *minimum*; an empty or invalid minimum is none."""
    found = interval(body, layout)
    most, own = seconds(minimum), seconds(found) if found else None
    return most is not None and own is not None and own < most


def with_interval(body: t.Mapping[str, t.Any], layout: str, value: str) -> dict[str, t.Any]:
    """Return *body* with the refresh interval *value*."""
    if layout in ("", CLASSIC):
        return {**body, "refresh": value}
    return {**body, "timeSettings": {**body["timeSettings"], "autoRefresh": value}}


__all__ = ["check_interval", "interval", "seconds", "too_short", "with_interval"]
