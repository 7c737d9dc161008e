# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON over HTTP, as the sinks use it that keep keys on another server than Grafana."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import typing as t
from urllib.parse import urlsplit

with contextlib.suppress(ImportError):  # the client of Grafana reports it
    import requests

from .._grafana.connection import read_token_file
from .._grafana.errors import BadInput, public_url, quoted
from .private_files import UNSETTLED, StoreError

#: How long a request may take, in seconds, where the task does not say.
TIMEOUT = 30.0
#: How often a read is made, in all.
_TRIES = 4
_PASSING = (429, 500, 502, 503, 504)
_REDIRECTS = (301, 302, 303, 307, 308)

#: The code of a request without an answer: a write may have happened or not.
NO_ANSWER = "store_no_answer"

Headers = t.Mapping[str, str]


class Reply(t.NamedTuple):
    """An answer: its status, and its body parsed (``None`` for none, text where it is no JSON)."""

    status: int
    body: t.Any

    def get(self, *path: str) -> t.Any:
        """Return what stands at *path* in the body, ``None`` if nothing does."""
        found = self.body
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found


class Api:
    """One server; usable from several threads. *what* names it in messages, *url* is without a slash at its end."""

    def __init__(self, what: str, url: str, verify: bool | str = True, timeout: float = TIMEOUT) -> None:
        self.what, self.url = what, checked_url(what, url)
        self._verify, self._timeout = verify, timeout
        self._local = threading.local()

    def __call__(self, method: str, path: str, body: t.Any = None, headers: Headers | None = None) -> Reply:
        """Make a request; return the answer whatever its status is. Reads are repeated where that helps.

        Raises :class:`StoreError` where no answer comes, also for a redirect to another server.
        """
        url = self.url + path
        for attempt in range(_TRIES):
            try:
                reply = self._follow(method, url, body, headers or {})
            except requests.exceptions.RequestException as problem:
                if method != "GET" or attempt == _TRIES - 1:
                    raise self._no_answer(method, url, problem) from None
            else:
                if method != "GET" or reply.status not in _PASSING or attempt == _TRIES - 1:
                    return reply
            time.sleep(0.2 * 3**attempt)
        raise AssertionError("not reached")

    def _follow(self, method: str, url: str, body: t.Any, headers: Headers) -> Reply:
        """Send a request, also to where a standby node points."""
        for _hop in range(2):
            got = self._send(method, url, body, headers)
            if got.status_code not in _REDIRECTS:
                return Reply(got.status_code, _parsed(got))
            there, here = urlsplit(got.headers.get("Location", "")), urlsplit(url)
            # A standby node names another host; who asks is told to it over https only, or on this very host.
            safe = there.scheme == "https" == here.scheme or (there.scheme, there.hostname) == (here.scheme, here.hostname)
            if got.status_code not in (307, 308) or not there.hostname or not safe:
                break
            url = there.geturl()
        raise StoreError(
            "%s %s %s was redirected to %s: set sink.url to the address of the server that answers itself"
            % (self.what, method, public_url(url), public_url(got.headers.get("Location", "")) or "nowhere")
        )

    def _send(self, method: str, url: str, body: t.Any, headers: Headers) -> requests.Response:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
            session.verify = self._verify
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **headers} if data is not None else dict(headers)
        return session.request(method, url, data=data, headers=sent, timeout=self._timeout, allow_redirects=False)

    def _no_answer(self, method: str, url: str, problem: Exception) -> StoreError:
        reason: t.Any = problem.args[0] if problem.args else problem
        words = " ".join(str(getattr(reason, "reason", None) or reason).split()).rpartition(">: ")[2][:200]
        return StoreError("%s %s %s: no answer: %s; check sink.url" % (self.what, method, public_url(url), words), code=NO_ANSWER)

    def refused(self, method: str, path: str, reply: Reply, advice: str = "") -> StoreError:
        """Return the error for an answer that is none of those hoped for."""
        said = _said(reply.body)
        text = "%s %s %s answered %d: %s" % (self.what, method, public_url(self.url + path), reply.status, said or "no message")
        return StoreError(text + ("; " + advice if advice else ""), status=reply.status)


def checked_url(what: str, url: str) -> str:
    """Return *url* without a slash at its end. Raises :class:`BadInput` for what is none, or holds a password."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise BadInput("the address of %s has to look like https://host:8200, without a user, not %s" % (what, public_url(url)))
    return url.strip().rstrip("/")


def verification(options: t.Mapping[str, t.Any], ca_variable: str, skip: bool) -> bool | str:
    """Return how TLS certificates are checked: by which authority, or (``False``) not at all."""
    wanted = options.get("validate_certs")
    if wanted is False or (wanted is None and skip):
        return False
    return options.get("ca_path") or os.environ.get(ca_variable) or True


def secret_of(options: t.Mapping[str, t.Any], name: str) -> str | None:
    """Return the secret option *name*, or what stands in the file that ``NAME_file`` names. Raises :class:`BadInput`."""
    if options.get(name):
        return str(options[name])
    if not options.get(name + "_file"):
        return None
    try:
        return read_token_file(str(options[name + "_file"]))
    except BadInput as problem:
        raise BadInput("sink: " + problem.message.replace("token_file", name + "_file", 1)) from None


def _parsed(got: requests.Response) -> t.Any:
    try:
        return got.json() if got.content.strip() else None
    except ValueError:
        return quoted(got.text)


def _said(body: t.Any) -> str:
    """Return what a server says of a refusal: ``errors`` of Vault, ``detail`` or fields of the controller."""
    if isinstance(body, dict):
        found = body.get("errors") or body.get("detail") or body
        return quoted("; ".join(map(str, found)) if isinstance(found, list) else str(found))
    return quoted(str(body or ""))


def settled(problem: StoreError, read: t.Callable[[], t.Any], done: t.Callable[[t.Any], bool]) -> t.Any:
    """Return what *read* reads if a write that ended in *problem* was *done* all the same.

    Raises *problem* if it was not done; where that cannot be told, with the code :data:`UNSETTLED`.
    """
    if problem.code != NO_ANSWER and (problem.status or 0) < 500:
        raise problem
    try:
        found = read()
    except StoreError:
        raise StoreError(problem.message + "; whether it was stored cannot be told", code=UNSETTLED) from None
    if not done(found):
        raise problem
    return found
