# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed errors, and the one place that turns an HTTP answer into one of them."""

from __future__ import annotations

import json
import re
import typing as t
from urllib.parse import urlsplit, urlunsplit

#: How much of a server's plain-text or HTML answer an error quotes, in characters.
QUOTED = 300
_KEY = re.compile(r"glsa_\w+")


class GrafanaError(Exception):
    """Whatever keeps an object from being what was asked for.

    ``code`` is stable and meant for playbooks, ``message`` is for people, ``details`` (JSON-able,
    free of secrets) is for logs. ``fatal`` errors concern the connection or the identity, not one
    object: nothing else in the same run can succeed.
    """

    code = "error"
    fatal = False
    #: How long the server asked to wait, in seconds, if it did.
    retry_after: float | None = None

    def __init__(self, message: str, code: str | None = None, **details: t.Any) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code
        self.details = {key: value for key, value in details.items() if value is not None}

    def failure(self) -> dict[str, t.Any]:
        """Return the error as the ``failure`` of a module result."""
        return {"code": self.code, "message": self.message, "details": self.details}

    @property
    def status(self) -> int | None:
        """The HTTP status that the server answered with, if it did."""
        return t.cast("int | None", self.details.get("status"))


class BadInput(GrafanaError):
    """The task is wrong whatever the server says; found before the first request."""

    code = "bad_input"


class Unsupported(GrafanaError):
    """This version of Grafana, or this one's settings, cannot do what is asked."""

    code = "unsupported"


class NotGrafana(GrafanaError):
    """Something else than Grafana answered: a proxy's HTML page, a redirect, broken JSON."""

    code = "not_grafana"
    fatal = True


class Unreachable(GrafanaError):
    """No answer came, and the server cannot have acted on the request."""

    code = "unreachable"
    fatal = True


class Unauthorized(GrafanaError):
    """The credentials are refused (401). Never repeated: five failures lock the user out."""

    code = "unauthorized"
    fatal = True


class Forbidden(GrafanaError):
    """The caller lacks a permission (403)."""

    code = "forbidden"


class NotFound(GrafanaError):
    """The object, or the route, is not there (404)."""

    code = "not_found"


class Refused(GrafanaError):
    """The server refuses the request as it stands (other 4xx)."""

    code = "refused"


class Conflict(GrafanaError):
    """What is on the server is not what the request assumed (409, 412): a question, not an answer."""

    code = "conflict"


class RateLimited(GrafanaError):
    """429, still after every retry."""

    code = "rate_limited"


class ServerError(GrafanaError):
    """5xx. A write that ended so may have happened or not: look before repeating it."""

    code = "server_error"


class LostAnswer(GrafanaError):
    """A write was sent and no answer came back: it may have happened or not."""

    code = "lost_answer"


class Stale(GrafanaError):
    """Another run changed the object between the look and the work: look again."""

    code = "changed_meanwhile"


class Abandoned(GrafanaError):
    """The process that started this module has died; nothing more is written."""

    code = "abandoned"
    fatal = True


#: Errors after which the server has to be asked again before anything else is concluded.
QUESTIONS = (Conflict, ServerError, LostAnswer, Stale)

#: What servers answer to a caller who is not a member of the organization: 403; from 12.4 on also 500 "Search failed".
MEMBERS_ONLY = (Forbidden, ServerError)

#: What to do next, where the status alone tells.
ADVICE = {
    401: "check username and password, or the token; a refused password is not sent again",
    403: "give the caller the permission, or use a caller that has it",
    404: "",
    429: "lower concurrency, or raise retries",
}


def public_url(url: str) -> str:
    """Return *url* without user, password and query, for messages."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = "[%s]" % host
    if parts.port:
        host = "%s:%d" % (host, parts.port)
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def quoted(text: str, secret: str = "", most: int = QUOTED) -> str:
    """Return the beginning of what somebody says, on one line, without *secret* and without anything that looks like a key.

    They are masked before the rest is cut off: half a key would not be recognised as one any more.
    """
    if secret:
        text = text.replace(secret, "***")
    return _KEY.sub("***", " ".join(text.split()))[:most]


class Answer(t.NamedTuple):
    """An HTTP answer: *status*, *headers* (any case), *text* as received."""

    status: int
    headers: t.Mapping[str, str]
    text: str

    def json(self) -> t.Any:
        """Return the body parsed; ``None`` for an empty one. Raises ``ValueError`` if it is no JSON."""
        return json.loads(self.text) if self.text.strip() else None

    def is_html(self) -> bool:
        """Tell whether the body is a page for people, as proxies and the UI send them."""
        kind = self.headers.get("Content-Type", "").lower()
        return "html" in kind or self.text.lstrip()[:1] == "<"


def server_message(answer: Answer) -> tuple[str, str | None]:
    """Return what the server says and its message id, from every shape that Grafana uses.

    ``{"message"}``, ``{"message", "messageId", …}``, RBAC's ``{"title", "message"}``, Kubernetes
    ``Status``, Grafana Cloud's ``{"code", "message", "requestId"}``, ``{"error"}``, a bare array of invalid
    fields (up to 8.3), plain text, HTML.
    """
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    if isinstance(body, dict):
        # The status of a Kubernetes ``Status`` is always "Failure": a refusal of 12.4 carries nothing else.
        status = "" if body.get("kind") == "Status" else body.get("status")
        message = body.get("message") or body.get("error") or body.get("title") or status or ""
        found_id = body.get("messageId") or (body.get("reason") if body.get("kind") == "Status" else None)
        if not found_id and isinstance(body.get("code"), str):
            found_id = body["code"]  # Grafana Cloud's own words: NotFound, InvalidCredentials, InvalidArgument
        return str(message), str(found_id) if found_id else None
    if isinstance(body, list):
        return "; ".join(_field_problem(entry) for entry in body), None
    if answer.is_html():
        return "an HTML page, not Grafana's API", None
    return quoted(str(body or "")), None


def _field_problem(entry: t.Any) -> str:
    """Render one entry of the array of invalid fields that servers up to 8.3 answer with."""
    if isinstance(entry, dict):
        fields = ", ".join(str(name) for name in entry.get("fieldNames") or [])
        return "%s: %s" % (fields, entry.get("message") or entry.get("classification") or "invalid")
    return str(entry)


_KINDS: dict[int, type[GrafanaError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: LostAnswer,
    409: Conflict,
    412: Conflict,
    429: RateLimited,
}


def _kind(status: int, said: str) -> type[GrafanaError]:
    """Return the class of error for *status* and what the server *said*."""
    # 9.0 to 9.3 answer 500 where the token, its account or its organization was deleted.
    if status == 500 and said.lower() == "invalid api key":
        return Unauthorized
    # 12.4 answers a caller who is not a member of the organization so on /apis, where others answer 403.
    if status == 500 and "namespace mismatch" in said.lower():
        return Forbidden
    # /apis says so of a resource version that has moved on, as the legacy routes do with 412.
    if status == 409 and "the object has been modified" in said:
        return Stale
    return _KINDS.get(status) or (ServerError if status >= 500 else Refused)


def from_answer(method: str, url: str, answer: Answer) -> GrafanaError:
    """Return the error that *answer* to *method* *url* stands for. Never raises."""
    where = public_url(url)
    said, message_id = server_message(answer)
    details: dict[str, t.Any] = {
        "method": method,
        "url": where,
        "status": answer.status,
        "server_message": said or None,
        "message_id": message_id,
    }
    if answer.status in (301, 302, 303, 307, 308):
        target = public_url(answer.headers.get("Location", ""))
        return NotGrafana(
            "%s %s was redirected (%d) to %s: set url to the address that Grafana itself answers on, scheme and "
            "sub-path included" % (method, where, answer.status, target or "nowhere"),
            code="redirected",
            **details,
        )
    if answer.is_html() and answer.status not in (502, 503, 504):
        return NotGrafana(
            "%s %s answered %d with an HTML page: something in front of Grafana answers here; check url and its "
            "sub-path" % (method, where, answer.status),
            **details,
        )
    advice = ADVICE.get(answer.status, "")
    text = "%s %s answered %d%s" % (method, where, answer.status, ": " + said if said else " without a message")
    return _kind(answer.status, said)("%s%s" % (text, "; " + advice if advice else ""), **details)
