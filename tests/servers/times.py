# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock of a real server, which nobody can move. So the past is moved.

To let 20 days pass, all times that the server holds of tokens, API keys and sessions are set 20 days back in its database:
for the server they are 20 days older. What it answers about them, and its ``Date`` header, is set 20 days ahead by the front,
so that a client sees the same times as before, at a later time. Other times (of dashboards, organizations) stay as they are.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

#: Up to so many seconds are waited. The caches of the server, which the database does not hold, follow these only.
WAITED = 130.0

_TOKENS = re.compile(r"/api/serviceaccounts/\d+/tokens$|/api/auth/keys$")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?")


class RealClock:
    """The server's clock as clients see it. *ahead* is in seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        """Return the time that clients see, in seconds since the epoch."""
        return time.time() + self.ahead


def moment(text: Any) -> datetime:
    """Return a time as the API or SQLite writes it: text with or without an offset, or seconds since the epoch."""
    if isinstance(text, (int, float)):
        return datetime.fromtimestamp(text, timezone.utc)
    found = _TIME.match(text)
    if not found:
        raise ValueError(f"not a time: {text!r}")
    read = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=timezone.utc)
    zone = found[3] or "Z"
    if zone == "Z":
        return read
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return read + offset if zone[0] == "-" else read - offset


@contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database; at the end commit, or roll back after an error, and close it."""
    connection = sqlite3.connect(database, timeout=20)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def make_older(database: Path, seconds: int) -> None:
    """Set the times of tokens, API keys and sessions in the server's database *seconds* back."""
    with opened(database) as connection:
        for number, *times in connection.execute("SELECT id, created, updated, last_used_at FROM api_key").fetchall():
            older = [value and (moment(value) - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S") for value in times]
            connection.execute("UPDATE api_key SET created = ?, updated = ?, last_used_at = ? WHERE id = ?", (*older, number))
        connection.execute("UPDATE api_key SET expires = expires - ? WHERE expires IS NOT NULL", (seconds,))
        columns = ("created_at", "updated_at", "rotated_at", "seen_at")
        changes = ", ".join(f"{column} = max(0, {column} - :seconds)" for column in columns)
        connection.execute(f"UPDATE user_auth_token SET {changes}", {"seconds": seconds})


def shift_answer(
    path: str, headers: Sequence[tuple[str, str]], content: bytes, seconds: int
) -> tuple[list[tuple[str, str]], bytes]:
    """Return headers and body with the times of lists of tokens, and of the ``Date`` header, set *seconds* ahead."""
    later = [(name, _later_date(value, seconds) if name.lower() == "date" else value) for name, value in headers]
    if not _TOKENS.search(path):
        return later, content
    try:
        found = json.loads(content)
    except ValueError:
        return later, content
    if not isinstance(found, list):
        return later, content
    for entry in found:
        for name in ("created", "lastUsedAt", "expiration"):
            if entry.get(name):
                entry[name] = (moment(entry[name]) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return later, json.dumps(found).encode()


def _later_date(text: str, seconds: int) -> str:
    return formatdate(parsedate_to_datetime(text).timestamp() + seconds, usegmt=True)
