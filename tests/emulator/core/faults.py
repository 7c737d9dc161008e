# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: the Nth request that matches ends otherwise than it should."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import Any

from .replies import JSON, Reply, message

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
    "object",
    "list",
    "text",
    "without_id",
    "no_content",
    "failed",
    "outage",
)
#: Kinds in which the request is handled before its answer is spoilt.
HANDLED = ("empty", "broken_json", "drop", "slow", "object", "list", "text", "without_id", "no_content", "failed", "outage")
#: Handled kinds in which no answer arrives.
LOST = ("drop", "outage")
#: The fields that ``without_id`` removes, at every depth.
IDS = ("id", "uid", "orgId", "userId")


@dataclass
class Fault:
    """What goes wrong, from the *nth* match on, *times* times; *path* is a regular expression.

    An ``outage`` lasts: the server handles the request, but its answer and all later requests are lost.
    """

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
        found = next((fault for fault in self._all if fault.strikes(method, path)), None)
        if found is not None and found.kind == "outage":
            self._all.append(Fault("refuse", times=sys.maxsize))
        return found


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
    if fault.kind == "no_content":
        return Reply(204, b"", JSON)
    if fault.kind == "failed":
        return message("Internal Server Error", 500)
    found = _parsed(reply)
    if fault.kind == "without_id":
        return Reply(reply.status, _without_ids(found), reply.type)
    shapes: dict[str, Any] = {"object": {}, "list": ["x"], "text": "x"}
    return Reply(200, shapes[fault.kind], JSON) if fault.kind in shapes else reply


def _parsed(reply: Reply) -> Any:
    """Return the body of *reply*, parsed if it is JSON."""
    content = reply.encoded()
    try:
        return json.loads(content)
    except ValueError:
        return content


def _without_ids(value: Any) -> Any:
    """Return *value* (parsed JSON) without ids."""
    if isinstance(value, dict):
        return {name: _without_ids(inner) for name, inner in value.items() if name not in IDS}
    return [_without_ids(one) for one in value] if isinstance(value, list) else value
