# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: the Nth request that matches ends otherwise than it should."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .replies import Reply, message

KINDS = (
    "rate_limit",
    "database_locked",
    "bad_gateway",
    "empty",
    "broken_json",
    "drop",
    "refuse",
    "hang",
    "slow",
    "unavailable",
    "request_timeout",
    "redirect",
)
#: Kinds in which the request is handled before its answer is spoilt.
HANDLED = ("empty", "broken_json", "drop", "slow")


@dataclass
class Fault:
    """What goes wrong, from the *nth* match on, *times* times; *path* is a regular expression."""

    kind: str
    method: str = "*"
    path: str = ".*"
    nth: int = 1
    times: int = 1
    seconds: float = 1.0
    retry_after: float = 0.0
    location: str = "https://elsewhere.invalid/"
    seen: int = 0
    done: int = 0

    def strikes(self, method: str, path: str) -> bool:
        """Tell whether this request is to go wrong, and count it."""
        if self.method not in ("*", method) or not re.search(self.path, path):
            return False
        self.seen += 1
        if self.seen < self.nth or self.done >= self.times:
            return False
        self.done += 1
        return True


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self._all: list[Fault] = []

    def add(self, wanted: dict[str, Any]) -> None:
        """Set a fault. Raises ``ValueError`` for a kind that is none."""
        if wanted.get("kind") not in KINDS:
            raise ValueError(f"kind has to be one of {', '.join(KINDS)}")
        known = {name: wanted[name] for name in wanted if name in Fault.__dataclass_fields__}
        self._all.append(Fault(**known))

    def clear(self) -> None:
        """Unset them all."""
        self._all.clear()

    def shown(self) -> list[dict[str, Any]]:
        """Return them as JSON."""
        return [dict(vars(fault)) for fault in self._all]

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, if any."""
        return next((fault for fault in self._all if fault.strikes(method, path)), None)


def instead(fault: Fault) -> Reply | None:
    """Return what is answered in place of handling a request; ``None`` for a fault that is no answer."""
    if fault.kind == "rate_limit":
        headers = {"Retry-After": f"{fault.retry_after:g}"}
        return Reply(429, {"message": "Too many requests"}, headers=headers)
    if fault.kind == "unavailable":
        return Reply(503, {"message": "Service unavailable"}, headers={"Retry-After": f"{fault.retry_after:g}"})
    if fault.kind == "request_timeout":
        return message("Request timeout", 408)
    if fault.kind == "redirect":
        return Reply(301, "", "text/html", {"Location": fault.location})
    if fault.kind == "database_locked":
        return message("database is locked", 500)
    if fault.kind == "bad_gateway":
        return Reply(502, "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "text/html")
    return None


def spoilt(fault: Fault, reply: Reply) -> Reply:
    """Return *reply* as the fault leaves it."""
    if fault.kind == "empty":
        return Reply(reply.status, b"", reply.type)
    if fault.kind == "broken_json":
        return Reply(reply.status, reply.encoded()[:-1] or b"{", reply.type)
    return reply
