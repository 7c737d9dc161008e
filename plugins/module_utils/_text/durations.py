# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lifetimes as people write them, and times as the server writes them."""

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta, timezone

from .._grafana.errors import BadInput

#: Seconds a unit; ``M`` is a month of 30 days and ``y`` a year of 365, as in Grafana's own pages.
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
_DURATION = re.compile(r"(\d+)([smhdwMy])")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")


def seconds(value: t.Any, option: str) -> int:
    """Return a number of seconds from ``3600``, ``"3600"``, ``"30d"`` or ``"1d12h"``.

    Raises :class:`BadInput` for anything else, negative numbers and fractions included.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str):
        text = value.strip()
        if text.isdigit():
            return int(text)
        parts = _DURATION.findall(text)
        if parts and "".join(number + unit for number, unit in parts) == text:
            return sum(int(number) * UNITS[unit] for number, unit in parts)
    raise BadInput(
        "%s has to be a number of seconds or a duration such as 12h, 30d, 6M (M is 30 days) or 1y, not %r" % (option, value)
    )


def iso(moment: datetime) -> str:
    """Return *moment* as ISO 8601 in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> datetime:
    """Return the time on this host."""
    return datetime.now(timezone.utc)


def after(moment: datetime, lifetime: int | None) -> str | None:
    """Return when *lifetime* seconds from *moment* are over; ``None`` for a lifetime of none or 0."""
    return iso(moment + timedelta(seconds=lifetime)) if lifetime else None


def moment(text: str | None) -> datetime | None:
    """Return a time as the server writes it (ISO 8601, with or without fractions); ``None`` for none."""
    if not text:
        return None
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    there = datetime.strptime(found.group(1), "%Y-%m-%dT%H:%M:%S")
    zone = found.group(2)
    if zone == "Z":
        return there.replace(tzinfo=timezone.utc)
    sign = 1 if zone[0] == "+" else -1
    away = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return (there - sign * away).replace(tzinfo=timezone.utc)
