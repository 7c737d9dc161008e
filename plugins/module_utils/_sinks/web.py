# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON over HTTP for the sinks that store keys on a server (Vault, AWX)."""

from __future__ import annotations

import ipaddress
import json
import os
import time
import typing as t
from urllib.parse import urlsplit

from .._grafana import credentials
from .._grafana.connection import read_token_file
from .._grafana.errors import BadInput, public_url, quoted
from .._grafana.transport import TRANSIENT, NoAnswer, Transport
from .private_files import UNSETTLED, StoreError

if t.TYPE_CHECKING:
    import requests

#: The timeout of a request in seconds, unless the task sets one.
TIMEOUT = 30.0
#: How often a read is sent at most.
_ATTEMPTS = 4
#: The bytes of an answer that is not JSON from which a message is taken. More than a message shows: a key that is cut off
#: would not be masked.
_QUOTED_FROM = 65536
_REDIRECTS = (301, 302, 303, 307, 308)

#: The error code of a request without an answer: a write may have happened or not.
NO_ANSWER = "store_no_answer"

Headers = t.Mapping[str, str]
T = t.TypeVar("T")


class Reply(t.NamedTuple):
    """The status and the body of an answer. The body is parsed JSON, ``None`` if empty, or text if it is not JSON."""

    status: int
    body: t.Any

    def get(self, *path: str) -> t.Any:
        """Return the value at *path* in the body, or ``None`` if the body has no such path."""
        value = self.body
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value


class Api:
    """Sends requests to one server; usable from several threads. *what* is the server's name in messages."""

    def __init__(self, what: str, url: str, verify: bool | str = True, timeout: float = TIMEOUT) -> None:
        self.what, self.url = what, checked_url(what, url)
        self._transport = Transport(timeout, verify=verify, cookies=True)

    def __call__(self, method: str, path: str, body: t.Any = None, headers: Headers | None = None) -> Reply:
        """Send a request; return the answer whatever its status is. Repeats reads that fail for a passing reason.

        Raises :class:`StoreError` if no answer arrives, or if the server redirects to a server that is not trusted.
        """
        url = self.url + path
        for attempt in range(_ATTEMPTS):
            try:
                reply = self._follow(method, url, body, headers or {})
            except NoAnswer as problem:
                if method != "GET" or attempt == _ATTEMPTS - 1:
                    raise self._without_answer(method, url, problem) from None
            else:
                if method != "GET" or reply.status not in TRANSIENT or attempt == _ATTEMPTS - 1:
                    return reply
            time.sleep(0.2 * 3**attempt)
        raise AssertionError("not reached")

    def _follow(self, method: str, url: str, body: t.Any, headers: Headers) -> Reply:
        """Send a request; follow one redirect of a standby node to the active node."""
        for _hop in range(2):
            response = self._send(method, url, body, headers)
            if response.status_code not in _REDIRECTS:
                return Reply(response.status_code, _parsed(response))
            target = _target(url, response.headers.get("Location", ""))
            if response.status_code not in (307, 308) or target is None:
                break
            url = target
        raise StoreError(
            "%s %s %s was redirected to %s: set sink.url to the address of the server that answers itself"
            % (self.what, method, public_url(url), public_url(response.headers.get("Location", "")) or "nowhere")
        )

    def hints(self) -> list[str]:
        """Return the warning about an address without TLS on another host."""
        parts = urlsplit(self.url)
        if parts.scheme == "https" or _is_loopback(parts.hostname or ""):
            return []
        return [
            "keys and the sink's own token go to %s (%s) without TLS, so the network can read them: set sink.url to an address "
            "with https" % (public_url(self.url), self.what)
        ]

    def _send(self, method: str, url: str, body: t.Any, headers: Headers) -> requests.Response:
        return self._transport.send(method, url, None if body is None else json.dumps(body).encode(), headers)

    def _without_answer(self, method: str, url: str, problem: NoAnswer) -> StoreError:
        return StoreError(
            "%s %s %s: no answer: %s; check sink.url" % (self.what, method, public_url(url), problem.reason), code=NO_ANSWER
        )

    def field(self, method: str, path: str, reply: Reply, kind: type[T], *names: str) -> T:
        """Return the value at *names* in *reply*. Raises :class:`StoreError` if its type is not *kind*."""
        value = reply.get(*names)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        raise StoreError(
            "%s %s %s answered %d, but without a valid %s: check sink.url, and what answers there"
            % (self.what, method, public_url(self.url + path), reply.status, ".".join(names) or "object")
        )

    def refused(self, method: str, path: str, reply: Reply, advice: str = "") -> StoreError:
        """Return the error for an answer with an unexpected status; *advice* says what to do."""
        message = _server_message(reply.body) or "no message"
        text = "%s %s %s answered %d: %s" % (self.what, method, public_url(self.url + path), reply.status, message)
        return StoreError(text + ("; " + advice if advice else ""), status=reply.status)


def _target(url: str, location: str) -> str | None:
    """Return the target of a redirect from *url* if the credentials may go there: by https, or to the same host.

    A standby node of Vault names another host.
    """
    try:
        target, current = urlsplit(location), urlsplit(url)
        if not target.hostname or target.username or target.port == 0:
            return None
    except ValueError:
        return None
    https = target.scheme == current.scheme == "https"
    same_host = (target.scheme, target.hostname) == (current.scheme, current.hostname)
    return target.geturl() if https or same_host else None


def _is_loopback(host: str) -> bool:
    """Return whether *host*, a name or an address, is this host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def checked_url(what: str, url: str) -> str:
    """Return *url* without a slash at its end. Raises :class:`BadInput` if it is not a valid URL, or has a user or a query."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise BadInput("the address of %s has to look like https://host:8200, without a user, not %s" % (what, public_url(url)))
    return url.strip().rstrip("/")


def verification(options: t.Mapping[str, t.Any], ca_variable: str, skip: bool) -> bool | str:
    """Return the file of certificate authorities, or whether TLS certificates are checked at all.

    The environment variable *ca_variable* and *skip* apply where the options are not set.
    """
    validate_certs = options.get("validate_certs")
    if validate_certs is False or (validate_certs is None and skip):
        return False
    return options.get("ca_path") or os.environ.get(ca_variable) or True


def secret_of(options: t.Mapping[str, t.Any], name: str) -> str | None:
    """Return the secret option *name*, or the content of the file in the option ``NAME_file``. Raises :class:`BadInput`."""
    if options.get(name):
        return checked_secret(options[name], name)
    if not options.get(name + "_file"):
        return None
    try:
        return read_token_file(str(options[name + "_file"]))
    except BadInput as problem:
        raise BadInput("sink: " + problem.message.replace("token_file", name + "_file", 1)) from None


def checked_secret(value: t.Any, name: str) -> str:
    """Return the token or the password *value* without a line end at its end.

    *name* is that of the suboption or of the environment variable. Raises :class:`BadInput`, which does not quote *value*.
    """
    option = name if name.isupper() else "sink.%s" % name
    return (credentials.one_line if "password" in name.lower() else credentials.token)(value, option)


def _parsed(response: requests.Response) -> t.Any:
    try:
        return response.json() if response.content.strip() else None
    except (RecursionError, ValueError):
        return quoted(response.content[:_QUOTED_FROM].decode("utf-8", "replace"))


def _server_message(body: t.Any) -> str:
    """Return the server's message about a refusal: ``errors`` of Vault, ``detail`` or fields of the controller."""
    if isinstance(body, dict):
        message = body.get("errors") or body.get("detail") or body
        return quoted("; ".join(map(str, message)) if isinstance(message, list) else str(message))
    return quoted(str(body or ""))


def settled(problem: StoreError, read: t.Callable[[], t.Any], done: t.Callable[[t.Any], bool]) -> t.Any:
    """Check whether a write that ended in *problem* happened: return what *read* returns, if *done* accepts it.

    Raises *problem* if the write did not happen, and an error with the code :data:`UNSETTLED` if *read* fails.
    """
    if problem.code != NO_ANSWER and (problem.status or 0) < 500:
        raise problem
    try:
        stored = read()
    except StoreError:
        raise StoreError(problem.message + "; it is unknown whether the key was stored", code=UNSETTLED) from None
    if not done(stored):
        raise problem
    return stored
