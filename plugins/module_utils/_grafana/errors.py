# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of the collection, and how an HTTP answer of a server becomes one of them."""

from __future__ import annotations

import json
import re
import typing as t
from urllib.parse import urlsplit, urlunsplit

from . import secrets

_KEY = re.compile(r"glsa_\w+")
#: What Go (Grafana itself), nginx and Apache answer with 400 to a request without TLS on a port with TLS.
_SPEAKS_TLS = re.compile("HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS|plain HTTP to an SSL-enabled")


class GrafanaError(Exception):
    """The base class of all errors that a module reports as ``failure``.

    ``code`` is stable and meant for playbooks, ``message`` is for people, ``details`` is for logs: values that JSON can
    hold, without secrets. A ``fatal`` error concerns the connection or the identity, not one object: nothing else in the
    same run can succeed.
    """

    code = "error"
    fatal = False
    #: The Retry-After of the answer, in seconds.
    retry_after: float | None = None

    def __init__(self, message: str, code: str | None = None, **details: t.Any) -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code
        self.details = {key: value for key, value in details.items() if value is not None}

    def failure(self) -> dict[str, t.Any]:
        """Return the error as ``failure`` in the result of a module."""
        return {"code": self.code, "message": self.message, "details": self.details}

    @property
    def status(self) -> int | None:
        """The HTTP status of the server's answer, or ``None`` without an answer."""
        return t.cast("int | None", self.details.get("status"))

    @property
    def said(self) -> str:
        """The message of the server's answer in lower case; empty without one."""
        return str(self.details.get("server_message") or "").lower()


class BadInput(GrafanaError):
    """The task is invalid for every server; found before the first request."""

    code = "bad_input"


class Unsupported(GrafanaError):
    """The server's version or settings do not support what the task needs."""

    code = "unsupported"


class NotGrafana(GrafanaError):
    """The answer is not Grafana's: an HTML page of a proxy, a redirect, invalid JSON."""

    code = "not_grafana"
    fatal = True


class Unreachable(GrafanaError):
    """The request got no answer, and the server cannot have acted on it."""

    code = "unreachable"
    fatal = True


class Unauthorized(GrafanaError):
    """The server refuses the credentials (401). Never retried: five failures lock the user out."""

    code = "unauthorized"
    fatal = True


class Forbidden(GrafanaError):
    """The caller lacks a permission (403)."""

    code = "forbidden"


class NotFound(GrafanaError):
    """The object or the route does not exist (404)."""

    code = "not_found"


class Refused(GrafanaError):
    """The server refuses the request (any other 4xx)."""

    code = "refused"


class TooLarge(Refused):
    """The server, or a proxy in front of it, does not accept a request of this size (413)."""

    code = "too_large"


class Conflict(GrafanaError):
    """The state on the server is not the one that the request assumes (409, 412): read it again."""

    code = "conflict"


class RateLimited(GrafanaError):
    """The server answers 429 to the last retry, too."""

    code = "rate_limited"


class ServerError(GrafanaError):
    """The server answers 5xx. A write may have happened or not: read the object before repeating the write."""

    code = "server_error"


class LostAnswer(GrafanaError):
    """A write got no usable answer: it may have happened or not."""

    code = "lost_answer"


class Stale(GrafanaError):
    """Another run changed the object between read and write: read it again."""

    code = "changed_meanwhile"


class Abandoned(GrafanaError):
    """The process that started this module has died; the module sends no more writes."""

    code = "abandoned"
    fatal = True


#: Errors after which the state on the server is unknown: read it again.
QUESTIONS = (Conflict, ServerError, LostAnswer, Stale)

#: Errors of servers to a caller who is not a member of the organization: 403; from 12.4 on also 500 "Search failed".
MEMBERS_ONLY = (Forbidden, ServerError)

#: What to do next, by the status of the answer.
ADVICE = {
    401: "check username and password, or the token; a refused password is not sent again",
    403: "give the caller the permission, or use a caller that has it",
    404: "",
    413: "the server, or a proxy in front of it, does not accept a request of %s bytes: make the object smaller, or raise that "
    "limit (client_max_body_size in nginx)",
    429: "lower concurrency, or raise retries",
}
#: In every refusal because of a quota (recorded); a missing permission about quotas says "orgs.quotas:write".
_QUOTA = "quota reached"
QUOTA_REACHED = "quota_reached"
#: What to do about a 403 whose message has these words: it is not about the permissions of the caller (recorded).
_ADVICE_403 = (
    (_QUOTA, "raise the quota ([quota] in the server's configuration, or PUT /api/orgs/ORG_ID/quotas/TARGET), or delete objects"),
    ("library element", ""),  # "… contains library elements in use": the message says all
)


def public_url(url: str) -> str:
    """Return *url* without user, password, query and fragment, for messages. Never raises."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "an invalid address"
    if ":" in host:
        host = "[%s]" % host
    if port:
        host = "%s:%d" % (host, port)
    return urlunsplit((parts.scheme, host, parts.path, "", ""))[: secrets.QUOTED]


def quoted(text: str, secret: str = "", most: int = secrets.QUOTED) -> str:
    """Return the first *most* characters of *text* on one line; *secret* and all other secrets are masked.

    See :func:`secrets.quoted`.
    """
    if secret:
        text = text.replace(secret, secrets.MASK)
    return secrets.quoted(_KEY.sub(secrets.MASK, text), most)


def _no_number(name: str) -> t.NoReturn:
    """Refuse NaN and Infinity, which Python reads although JSON does not have them."""
    raise ValueError("%s is not JSON" % name)


def encoded(body: t.Any) -> bytes:
    """Return the JSON of a request's body as it is sent, empty for ``None``."""
    return b"" if body is None else json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


class Answer(t.NamedTuple):
    """An HTTP answer; the names in *headers* are case-insensitive."""

    status: int
    headers: t.Mapping[str, str]
    text: str

    def json(self) -> t.Any:
        """Return the parsed body, ``None`` for an empty one. Raises ``ValueError`` if it is not JSON, or nested too deeply."""
        if not self.text.strip():
            return None
        try:
            return json.loads(self.text, parse_constant=_no_number)
        except RecursionError:
            raise ValueError("JSON that is nested too deeply") from None

    def is_html(self) -> bool:
        """Return whether the body is an HTML page, as proxies and the UI send them."""
        kind = self.headers.get("Content-Type", "").lower()
        return "html" in kind or self.text.lstrip()[:1] == "<"


def server_message(answer: Answer) -> tuple[str, str | None]:
    """Return the server's message and its message id (or ``None``), both as :func:`quoted` returns them.

    The shapes of errors that Grafana uses:

    ``{"message"}``, ``{"message", "messageId", …}``, RBAC's ``{"title", "message"}``, Kubernetes
    ``Status``, Grafana Cloud's ``{"code", "message", "requestId"}``, ``{"error"}``, a bare array of invalid
    fields (up to 8.3), plain text, HTML.
    """
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    if isinstance(body, dict):
        # The status of a Kubernetes ``Status`` is always "Failure", and a refusal of 12.4 contains nothing else.
        status = "" if body.get("kind") == "Status" else body.get("status")
        message = body.get("message") or body.get("error") or body.get("title") or status or ""
        message_id = body.get("messageId") or (body.get("reason") if body.get("kind") == "Status" else None)
        if not message_id and isinstance(body.get("code"), str):
            message_id = body["code"]  # codes of Grafana Cloud: NotFound, InvalidCredentials, InvalidArgument
        return quoted(_text(message)), quoted(_text(message_id)) if message_id else None
    if isinstance(body, list):
        return quoted("; ".join(_field_problem(entry) for entry in body)), None
    if answer.is_html():
        return "an HTML page, not Grafana's API", None
    return quoted(str(body or "")), None


def has_message(answer: Answer) -> bool:
    """Return whether the body is an object with a text as ``message``: all of Grafana's errors and confirmations have it."""
    try:
        body = answer.json()
    except ValueError:
        return False
    return isinstance(body, dict) and isinstance(body.get("message"), str)


def _text(value: t.Any) -> str:
    """Return a message as text; a list or an object in its place may be nested deeply."""
    return "an unreadable message" if isinstance(value, (dict, list)) else str(value)


def _field_problem(entry: t.Any) -> str:
    """Return the text for one entry of the array of invalid fields that servers up to 8.3 answer with."""
    if isinstance(entry, dict):
        fields = ", ".join(str(name) for name in entry.get("fieldNames") or [])
        return "%s: %s" % (fields, entry.get("message") or entry.get("classification") or "invalid")
    return str(entry)


def _advice(status: int, message: str, body: t.Any) -> str:
    """Return what to do about an answer to a request with *body*, ``""`` if nothing is known."""
    if status == 413:
        return ADVICE[413] % format(len(encoded(body)), ",")
    if status == 403:
        said = message.lower()
        return next((advice for words, advice in _ADVICE_403 if words in said), ADVICE[403])
    return ADVICE.get(status, "")


_KINDS: dict[int, type[GrafanaError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: LostAnswer,
    409: Conflict,
    412: Conflict,
    413: TooLarge,
    429: RateLimited,
}


def _kind(status: int, message: str) -> type[GrafanaError]:
    """Return the class of the error for the *status* and the *message* of an answer."""
    # 9.0 to 9.3 answer 500 if the token, its account or its organization was deleted.
    if status == 500 and message.lower() == "invalid api key":
        return Unauthorized
    # /apis of 12.4 answers this to a caller who is not a member of the organization; other versions answer 403.
    if status == 500 and "namespace mismatch" in message.lower():
        return Forbidden
    # /apis answers this if the resource version has changed; the legacy routes answer 412.
    if status == 409 and "the object has been modified" in message:
        return Stale
    return _KINDS.get(status) or (ServerError if status >= 500 else Refused)


def _is_foreign(url: str, answer: Answer) -> bool:
    """Return whether *answer*, a refusal of ``GET /api/user``, comes from another server than Grafana.

    Every version has this route: Grafana answers 404 only to service accounts (9.3, recorded), with a message.
    """
    asked = answer.status in (404, 405) and urlsplit(url).path.endswith("/api/user")
    return asked and not answer.is_html() and not has_message(answer)


def from_answer(method: str, url: str, answer: Answer, body: t.Any = None) -> GrafanaError:
    """Return the error for *answer* to the request *method* *url* with the JSON *body*. Never raises."""
    where = public_url(url)
    message, message_id = server_message(answer)
    details: dict[str, t.Any] = {
        "method": method,
        "url": where,
        "status": answer.status,
        "server_message": message or None,
        "message_id": message_id,
    }
    if answer.status in (301, 302, 303, 307, 308):
        target = quoted(public_url(answer.headers.get("Location", "")))
        return NotGrafana(
            "%s %s was redirected (%d) to %s: set url to the address that Grafana itself answers at, with scheme and "
            "sub-path" % (method, where, answer.status, target or "nowhere"),
            code="redirected",
            **details,
        )
    if answer.status == 400 and _SPEAKS_TLS.search(answer.text):
        return Unreachable(
            "%s: this port expects https: set url to the address with https://" % where, code="wrong_scheme", **details
        )
    if _is_foreign(url, answer):
        return NotGrafana(
            "%s %s answered %d%s, but not as Grafana does; check url and its sub-path, and what answers there: a proxy, or "
            "another server" % (method, where, answer.status, ": " + message if message else ""),
            **details,
        )
    if answer.is_html() and answer.status not in (413, 502, 503, 504):
        return NotGrafana(
            "%s %s answered %d with an HTML page: a proxy in front of Grafana answers, not Grafana; check url and its "
            "sub-path" % (method, where, answer.status),
            **details,
        )
    advice = _advice(answer.status, message, body)
    code = QUOTA_REACHED if answer.status == 403 and _QUOTA in message.lower() else None
    text = "%s %s answered %d%s" % (method, where, answer.status, ": " + message if message else " without a message")
    return _kind(answer.status, message)("%s%s" % (text, "; " + advice if advice else ""), code=code, **details)
