# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations as users write them (``30d``), and times as the server writes them (ISO 8601)."""

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timedelta, timezone

from .._grafana.errors import BadInput

#: The seconds of each unit; ``M`` is a month of 30 days and ``y`` a year of 365 days, as in Grafana's own pages.
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
#: The longest duration in seconds: 1000 years. Python cannot calculate with times after the year 9999.
_LONGEST = 1000 * UNITS["y"]
_DURATION = re.compile(r"(\d+)([smhdwMy])")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")


def seconds(value: t.Any, option: str) -> int:
    """Return the seconds in *value*: ``3600``, ``"3600"``, ``"30d"`` or ``"1d12h"``.

    *option* is the option's name for messages. Raises :class:`BadInput` for anything else, also for negative numbers,
    fractions, and more than 1000 years.
    """
    found = _seconds(value)
    if found is not None and 0 <= found <= _LONGEST:
        return found
    raise BadInput(
        "%s has to be a number of seconds or a duration such as 12h, 30d, 6M (M is 30 days) or 1y, not %r" % (option, value)
    )


def _seconds(value: t.Any) -> int | None:
    """Return the seconds in *value*; ``None`` if it is neither a whole number nor a duration."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # Python refuses to convert numbers with thousands of digits.
    if isinstance(value, str) and len(value) <= 100:
        text = value.strip()
        if text.isdecimal():
            return int(text)
        parts = _DURATION.findall(text)
        if parts and "".join(number + unit for number, unit in parts) == text:
            return sum(int(number) * UNITS[unit] for number, unit in parts)
    return None


def age(created: str | None, now: datetime) -> int | None:
    """Return the seconds from *created* (ISO 8601) to *now*, at least 0; ``None`` if *created* is unknown."""
    began = moment(created)
    return None if began is None else max(0, int((now - began).total_seconds()))


def iso(moment: datetime) -> str:
    """Return *moment* as ISO 8601 in UTC, without fractions of a second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def now() -> datetime:
    """Return the current time of this host, in UTC."""
    return datetime.now(timezone.utc)


def after(moment: datetime, lifetime: int | None) -> str | None:
    """Return the time *lifetime* seconds after *moment* as ISO 8601; ``None`` for a lifetime of ``None`` or 0."""
    return iso(moment + timedelta(seconds=lifetime)) if lifetime else None


def moment(text: str | None) -> datetime | None:
    """Return the time in *text*, ISO 8601 with or without fractions, in UTC; ``None`` for anything else."""
    if not text:
        return None
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    local = datetime.strptime(match.group(1), "%Y-%m-%dT%H:%M:%S")
    zone = match.group(2)
    if zone == "Z":
        return local.replace(tzinfo=timezone.utc)
    sign = 1 if zone[0] == "+" else -1
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return (local - sign * offset).replace(tzinfo=timezone.utc)
