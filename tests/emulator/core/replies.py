# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers, in the shapes that each version gives them."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from .profile import Profile

JSON = "application/json"
EMPTY = object()


@dataclass
class Reply:
    """An answer: *body* is JSON-able, or text or bytes where *type* is none of JSON."""

    status: int
    body: Any = EMPTY
    type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    #: The organization that the request ran in, 0 for none.
    org_id: int = 0

    def encoded(self) -> bytes:
        """Return the body as it goes over the wire."""
        if self.body is EMPTY:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        if self.type != JSON:
            return str(self.body).encode()
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()


class Refusal(Exception):
    """Ends the handling of a request with *reply*."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def ok(body: Any, status: int = 200) -> Reply:
    """Return *body* as JSON."""
    return Reply(status, body)


def message(text: str, code: int = 200, /, **more: Any) -> Reply:
    """Return ``{"message": text}`` and *more*; as an error it is one without a cause."""
    return Reply(code, {"message": text, **more})


def fail(profile: Profile, code: int, text: str, /, **more: Any) -> Reply:
    """Return an error that has a cause: up to 10.x with a trace id, which 8.5 fills."""
    body: dict[str, Any] = {"message": text, **more}
    if profile.traced:
        body["traceID"] = secrets.token_hex(16) if profile < (9, 0) else ""
    return Reply(code, body)


def typed(status: int, text: str, message_id: str) -> Reply:
    """Return an error of a handler, from 10 on: with a message id."""
    return Reply(status, {"statusCode": status, "messageId": message_id, "message": text})


def barrier(status: int, text: str, message_id: str) -> Reply:
    """Return an error of the authentication, from 10 on."""
    body = {"extra": None, "message": text, "messageId": message_id, "statusCode": status, "traceID": ""}
    return Reply(status, body)


def denied(profile: Profile, permission: str, old: str = "Permission denied") -> Reply:
    """Return the 403 of a caller without *permission*; before 9.0 it names none, and says *old*."""
    if not profile.rbac:
        return message(old, 403)
    text = "You'll need additional permissions to perform this action. Permissions needed: " + permission
    return Reply(403, {"accessErrorId": "ACE" + secrets.token_hex(5), "message": text, "title": "Access denied"})


def bad_request(profile: Profile, text: str = "bad request data") -> Reply:
    """Return the 400 of a body that is none."""
    return fail(profile, 400, text)


def not_found() -> Reply:
    """Return the 404 of a route that is none."""
    return message("Not found", 404)


def unauthorized(profile: Profile) -> Reply:
    """Return the 401 of a request that says nobody."""
    return barrier(401, "Unauthorized", "auth.unauthorized") if profile.typed_errors else message("Unauthorized", 401)
