# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP client for Grafana: authentication, the organization of a request, retries, the server's version.

The client repeats reads that fail for a passing reason. It repeats a write only if the server reports that it did nothing
(429, 503 with Retry-After). A write whose answer is lost, or that ends in a 408 or a 5xx, is an error: the caller has to
read the object again to learn whether the write happened.
"""

from __future__ import annotations

import threading
import time
import typing as t
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode

from .answers import difference, shape_of
from .auth import Cookie, PasswordAuth, auth_for
from .connection import Connection, Identity
from .errors import Answer, Forbidden, GrafanaError, NotFound, encoded, from_answer
from .identity import USER_PATH, Acceptance, User
from .interpreting import answered
from .pace import Pace
from .retries import is_repeatable, pause, retry_after
from .secrets import remember
from .transport import HAS_REQUESTS, NoAnswer, Transport
from .unusable import not_grafana, not_json, without_answer
from .versions import TOKEN_KNOWS_ITSELF, Version, parse

__all__ = ["COLLECTION_VERSION", "HAS_REQUESTS", "Client", "segment"]

#: The collection's version. Grafana records the User-Agent as the author of a change (managedFields, from 11.5 on).
COLLECTION_VERSION = "0.1.0"
USER_AGENT = "orgsmith.grafana/" + COLLECTION_VERSION

Headers = t.Mapping[str, str]

#: How often the authentication is renewed for one request: a new session, and basic auth if that session is refused, too.
_RENEWALS = 2


def segment(name: str) -> str:
    """Return *name* quoted as one segment of a path: a space becomes %20, a slash %2F."""
    return quote(name, safe="")


class Client:
    """Sends requests to one server with one identity; usable from several threads.

    The client calls *before_write* before every request that is not a GET. *before_write* may raise to stop the run.
    """

    def __init__(self, connection: Connection, before_write: t.Callable[[], None] | None = None) -> None:
        self.connection = connection
        self._before_write = before_write or (lambda: None)
        #: Limits the requests in progress; shared with the clients that :meth:`as_token` returns.
        self.pace = Pace(connection.concurrency)
        self._transport = Transport(
            connection.timeout,
            verify=(connection.ca_path or True) if connection.validate_certs else False,
            cert=_certificate(connection),
            proxy=connection.proxy,
            headers={"User-Agent": USER_AGENT, "Accept": "application/json", **connection.headers},
        )
        self._first_request = threading.Lock()
        self._authenticated = False
        self._version_lock = threading.Lock()
        self._version: Version | None = None
        self._version_known = False
        self._settings_lock = threading.Lock()
        self._settings: dict[str, t.Any] | None = None
        self._clock_offset = timedelta(0)
        self._auth = auth_for(connection, self._send_once)
        self._acceptance = Acceptance(
            connection,
            prove=lambda: self._repeat("GET", self._auth.prove),
            ask=lambda: self._repeat("GET", lambda: self._attempt("GET", USER_PATH, {}, None, False)),
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: t.Any) -> None:
        self.close()

    def close(self) -> None:
        """Log out and close the connections. Never raises."""
        self._auth.close()
        self._transport.close()

    def as_token(self, token: str, source: str = "", tested: bool = False) -> Client:
        """Return a client of the same server that authenticates with *token*, which *source* names in messages.

        If *tested*, the client tests the token: nothing but the token may identify the caller. From 11.5 on the answer says
        whether it does. Before, the client sends no header that identifies a caller.
        """
        dropped = ["authorization"]
        named = self.connection.identity_headers()
        if tested and named and not self.at_least(TOKEN_KNOWS_ITSELF):
            dropped += [name.lower() for name in named]
        headers = {name: v for name, v in self.connection.headers.items() if name.lower() not in dropped}
        identity = Identity(token=token, source=source)
        client = Client(replace(self.connection, identity=identity, headers=headers), self._before_write)
        client.pace = self.pace
        client._acceptance.tested = tested
        client._version, client._version_known = self._version, self._version_known
        client._clock_offset, client._settings = self._clock_offset, self._settings
        return client

    def accepts(self, username: str, password: str) -> bool | None:
        """Return whether the server accepts the password of a user; ``None`` if it has no login form to find that out.

        This is one login. If it fails, it counts for the server: five in five minutes lock the user out.
        """
        self._before_write()
        identity = Identity(username=username, password=password)
        return PasswordAuth(replace(self.connection, identity=identity), self._send_once).tried()

    def expect(self, requests_to_come: int) -> None:
        """Announce about how many requests follow; many of them make a login worthwhile."""
        self._auth.expect(requests_to_come)

    # Methods of HTTP. *org* is the id for the header X-Grafana-Org-Id; the client never switches the caller's current org.

    def get(self, path: str, org: int | None = None, **params: t.Any) -> t.Any:
        """Return the parsed body of *path*. Raises :class:`GrafanaError`."""
        return self.request("GET", path, org=org, params=params)

    def find(self, path: str, org: int | None = None, **params: t.Any) -> t.Any:
        """Return the parsed body of *path*, or ``None`` if the server answers 404."""
        try:
            return self.get(path, org=org, **params)
        except NotFound:
            return None

    def each(self, path: str, org: int | None = None, inside: t.Sequence[str] = (), **params: t.Any) -> t.Iterator[t.Any]:
        """Yield the entries of a paged list, from page ``page`` on; ``limit``, ``perpage`` or ``perPage`` is the size of a page.

        *inside* are the names of the fields, from the outermost on, in which the answer has the list.
        """
        size = int(params.get("limit") or params.get("perpage") or params["perPage"])
        while True:
            entries = self.get(path, org=org, **params)
            for name in inside:
                entries = entries[name]
            yield from entries
            if len(entries) < size:
                return
            params["page"] += 1

    def post(self, path: str, body: t.Any = None, org: int | None = None) -> t.Any:
        """Send a POST; return the parsed body. Raises :class:`GrafanaError`."""
        return self.request("POST", path, org=org, body=body)

    def put(self, path: str, body: t.Any = None, org: int | None = None) -> t.Any:
        """Send a PUT; return the parsed body. Raises :class:`GrafanaError`."""
        return self.request("PUT", path, org=org, body=body)

    def patch(self, path: str, body: t.Any = None, org: int | None = None) -> t.Any:
        """Send a PATCH; return the parsed body. Raises :class:`GrafanaError`."""
        return self.request("PATCH", path, org=org, body=body)

    def delete(self, path: str, org: int | None = None) -> t.Any:
        """Send a DELETE; return the parsed body. Raises :class:`GrafanaError`."""
        return self.request("DELETE", path, org=org)

    def request(
        self,
        method: str,
        path: str,
        org: int | None = None,
        body: t.Any = None,
        params: t.Mapping[str, t.Any] | None = None,
        anonymous: bool = False,
        retry: bool = True,
    ) -> t.Any:
        """Send a request; return the parsed body of a 2xx answer. Raises :class:`GrafanaError` for any other answer.

        An *anonymous* request has no authentication. Without *retry* the client sends the request only once.
        """
        if params:
            path = "%s?%s" % (path, urlencode({k: v for k, v in params.items() if v is not None}, quote_via=quote))
        if not anonymous:
            self._identify()
        context = self._context(method, org)
        return self._repeat(method, lambda: self._attempt(method, path, context, body, anonymous), retry)

    def _repeat(self, method: str, send: t.Callable[[], t.Any], retry: bool = True) -> t.Any:
        """Return what *send* returns; call it again where a request of *method* may be sent again."""
        attempt = 0
        while True:
            try:
                with self.pace.turn(method):
                    if method != "GET":
                        self._before_write()
                    return send()
            except GrafanaError as problem:
                if not retry or attempt >= self.connection.retries or not is_repeatable(method, problem):
                    raise
                time.sleep(pause(attempt, problem))
            attempt += 1

    # The caller.

    def user(self) -> User | None:
        """Return the answer of ``GET /api/user``; ``None`` if the server accepts the credential, but does not show the caller.

        The client asks once. It answers service accounts from 11.5 on; 9.3 answers 404 and 10.4 answers 403 (recorded).
        Raises :class:`Unauthorized` if the server does not accept the credential.
        """
        return self._acceptance.user()

    def _identify(self) -> None:
        """Find out, once, whether the server accepts the credential. Raises :class:`Unauthorized` if it does not."""
        self._acceptance.confirm()

    def _context(self, _method: str, org: int | None) -> dict[str, str]:
        """Return the headers that are the same in every attempt of a request."""
        return {"X-Grafana-Org-Id": str(org)} if org is not None else {}

    def _attempt(self, method: str, path: str, context: Headers, body: t.Any, anonymous: bool) -> t.Any:
        """Send a request once; return the parsed body of a 2xx answer."""
        if anonymous:
            answer, _cookies = self._send_once(method, path, {}, body)
        else:
            answer = self._send_authenticated(method, path, context, body)
        url = self.connection.url + path
        if not 200 <= answer.status < 300:
            problem = from_answer(method, url, answer, body)
            problem.retry_after = retry_after(answer.headers.get("Retry-After"))
            raise problem
        return self._parsed(method, path, answer)

    def _parsed(self, method: str, path: str, answer: Answer) -> t.Any:
        """Return the parsed body of a 2xx answer. Raises :class:`NotGrafana`, or :class:`LostAnswer` after a write."""
        url = self.connection.url + path
        try:
            parsed = answer.json()
            if parsed is None and method in ("GET", "POST") and not answer.text.strip():
                raise ValueError
        except ValueError:
            raise not_json(method, url, answer) from None
        problem = self._difference(method, path, answer.status, parsed)
        if problem is not None:
            raise not_grafana(method, url, answer.status, problem)
        answered(method, url, answer.status)
        return parsed

    def _difference(self, method: str, path: str, status: int, parsed: t.Any) -> str | None:
        """Return how a parsed 2xx answer differs from Grafana's; ``None`` if it does not."""
        shape = shape_of(method, path)
        if status == 204 and shape is not None:
            return "an answer was expected, but the server sent none"
        return difference(shape, parsed)

    def _send_authenticated(self, method: str, path: str, context: Headers, body: t.Any) -> Answer:
        """Send a request as the caller. Until one succeeds, send them one by one: a wrong password is sent only once."""
        if self._authenticated:
            return self._as_caller(method, path, context, body)
        with self._first_request:
            answer = self._as_caller(method, path, context, body)
            self._authenticated = answer.status != 401
            return answer

    def _as_caller(self, method: str, path: str, context: Headers, body: t.Any) -> Answer:
        renewals = 0
        while True:
            sent = self._auth.headers()
            answer, cookies = self._send_once(method, path, {**context, **sent}, body)
            if answer.status != 401:
                self._auth.accepted(cookies)
                return answer
            renewed = self._auth.renew(sent, answer)  # also the last time: it records a refused password
            if not renewed or renewals == _RENEWALS:
                return answer
            renewals += 1

    def _send_once(self, method: str, path: str, headers: Headers, body: t.Any) -> tuple[Answer, dict[str, Cookie]]:
        """Send one request; return the answer and its cookies. Raises :class:`Unreachable` or :class:`LostAnswer`."""
        url = self.connection.url + path
        data = None if body is None else encoded(body)
        try:
            response = self._transport.send(method, url, data, headers)
        except NoAnswer as problem:
            raise without_answer(method, url, problem, self.connection.timeout) from None
        self._clock_offset = _clock_offset(response.headers.get("Date"), self._clock_offset)
        cookies = {c.name: Cookie(c.value or "", bool(c.secure)) for c in response.cookies}
        remember(*(cookie.value for cookie in cookies.values()))
        text = response.content.decode("utf-8", "replace")
        return Answer(response.status_code, response.headers, text), cookies

    # The server.

    def own_org(self) -> dict[str, t.Any]:
        """Return the organization of requests that name none, as ``id`` and ``name`` (``None`` if it is hidden).

        A service account with the role None may not read it (403); from 11.5 on ``GET /api/user`` returns its id.
        Raises :class:`Forbidden` (``org_hidden``) if the server returns the id nowhere.
        """
        try:
            return t.cast("dict[str, t.Any]", self.get("/api/org"))
        except Forbidden as problem:
            user = self.user()
            if user is not None and user.get("orgId") is not None:
                return {"id": user["orgId"], "name": None}
            raise Forbidden(
                "the server does not show the organization to this service account, because its role is None: set org_id (%s)"
                % problem.message,
                code="org_hidden",
                **problem.details,
            ) from None

    def version(self) -> Version | None:
        """Return the server's version, or ``None`` if the server hides it from this caller. Asks the server once."""
        with self._version_lock:
            if self._version_known:
                return self._version
        version = self._ask_version()
        with self._version_lock:
            self._version, self._version_known = version, True
        return version

    def where(self) -> str:
        """Return the server's address, and its version if that is known, for messages."""
        version = self.version()
        return "%s%s" % (self.connection.url, " (Grafana %s)" % (version,) if version else "")

    def _ask_version(self) -> Version | None:
        health = self.request("GET", "/api/health", anonymous=True)
        version = parse(health.get("version")) if isinstance(health, dict) else None
        if version is None:
            # With ``hide_version`` the server shows it only to signed-in callers.
            build = self.frontend_settings().get("buildInfo")
            version = parse(build.get("version")) if isinstance(build, dict) else None
        return version

    def frontend_settings(self) -> dict[str, t.Any]:
        """Return the settings that the server shows to its UI, ``{}`` if it does not show them. Asks the server once."""
        with self._settings_lock:
            if self._settings is None:
                try:
                    self._settings = dict(self.get("/api/frontend/settings"))
                except (Forbidden, NotFound):
                    self._settings = {}
            return self._settings

    def now(self) -> datetime:
        """Return the time of the server's clock, by the header Date of its last answer. Ages of objects use that clock."""
        return datetime.now(timezone.utc) + self._clock_offset

    def at_least(self, version: Version) -> bool | None:
        """Return whether the server is *version* or newer; ``None`` if it hides its version."""
        own = self.version()
        return None if own is None else own >= version


def _certificate(connection: Connection) -> str | tuple[str, str] | None:
    """Return the client certificate of *connection*, with its key if that is in a file of its own."""
    if connection.client_cert and connection.client_key:
        return connection.client_cert, connection.client_key
    return connection.client_cert


def _clock_offset(date: str | None, previous: timedelta) -> timedelta:
    """Return how far the server's clock is ahead of this host's, by its header *date*; *previous* if *date* is unusable."""
    try:
        server_time = parsedate_to_datetime(date or "")
    except (OverflowError, TypeError, ValueError):
        return previous
    if server_time.tzinfo is None:
        return previous
    offset = server_time - datetime.now(timezone.utc)
    # The header has whole seconds only.
    return offset if abs(offset) > timedelta(seconds=2) else timedelta(0)
