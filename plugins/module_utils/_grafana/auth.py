# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication of requests: by headers, or by user and password with an optional session.

With basic auth the server hashes the password at every request (6 ms); a session costs that once. So a client that sends
more than a few requests logs in. The client never sends a refused password again: five failures in five minutes lock the
user out.
"""

from __future__ import annotations

import base64
import threading
import typing as t

from .connection import Connection
from .errors import Answer, GrafanaError, Unauthorized, from_answer, has_message, server_message
from .versions import ANONYMOUS_FALLBACK, parse

#: The number of requests by basic auth after which the client logs in, ``GET /api/user`` included.
LOGIN_AFTER = 4

#: Sends one request without authentication and retries: (method, path, headers, body) -> (answer, cookies that it sets).
Send = t.Callable[[str, str, t.Mapping[str, str], t.Any], "tuple[Answer, dict[str, Cookie]]"]


class Cookie(t.NamedTuple):
    """The *value* of a cookie; a *secure* one is for https only."""

    value: str
    secure: bool


class Auth(t.Protocol):
    """Authenticates the requests of a client."""

    def prove(self) -> bool:
        """Return whether a login has proved that the server accepts the credential. May log in. Raises :class:`Unauthorized`."""

    def headers(self) -> dict[str, str]:
        """Return the headers for the next request. May log in first. Raises :class:`Unauthorized`."""

    def expect(self, requests: int) -> None:
        """Announce that about *requests* requests follow."""

    def accepted(self, cookies: t.Mapping[str, Cookie]) -> None:
        """Record that the server accepted a request, and the *cookies* that its answer set."""

    def renew(self, sent: t.Mapping[str, str], answer: Answer) -> bool:
        """Renew the authentication after a 401 to a request with the headers *sent*; return whether to send it again."""

    def close(self) -> None:
        """Log out if logged in. Never raises."""


class HeaderAuth:
    """Authenticates by a bearer token, or, without one, by the headers and the certificate of the connection."""

    def __init__(self, token: str | None) -> None:
        self._headers = {"Authorization": "Bearer " + token} if token else {}

    def prove(self) -> bool:
        return False

    def headers(self) -> dict[str, str]:
        return dict(self._headers)

    def expect(self, requests: int) -> None:
        pass

    def accepted(self, cookies: t.Mapping[str, Cookie]) -> None:
        pass

    def renew(self, sent: t.Mapping[str, str], answer: Answer) -> bool:
        return False

    def close(self) -> None:
        pass


class PasswordAuth:
    """Authenticates by user and password: basic auth for a few requests, a session for more.

    Thread-safe. All threads share one session; the first thread that finds it expired renews it for all.
    """

    def __init__(self, connection: Connection, send: Send) -> None:
        identity = connection.identity
        self._url, self._send = connection.url, send
        self._user, self._password = identity.username or "", identity.password or ""
        pair = ("%s:%s" % (self._user, self._password)).encode()
        self._basic = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        self._lock = threading.RLock()
        self._cookies: dict[str, str] = {}
        self._basic_only = False  # the login form is disabled, or its cookie cannot be used
        self._accepted = False  # the server has accepted a request
        self._refused: GrafanaError | None = None
        self._renewed = False  # the server has not accepted a request since the last login after a 401
        self._rotated = False  # the server has not accepted a request since the session's token was rotated
        self._sent = 0
        # Servers prefer a header that identifies a caller to a session, and basic auth to both.
        self._beside = bool(connection.identity_headers())
        self._certified = connection.client_cert is not None  # a gateway may turn the certificate into such a header

    def expect(self, requests: int) -> None:
        if requests + 1 > LOGIN_AFTER:
            with self._lock:
                self._sent = max(self._sent, LOGIN_AFTER)

    def prove(self) -> bool:
        """Log in if many requests follow, or if a header in each request identifies a caller.

        In the second case the login proves the password, the session ends at once, and ``GET /api/user`` has to show the user.
        It has to do so beside a client certificate, too.
        """
        with self._lock:
            if self._refused:
                raise self._refused
            if self._beside and not self._basic_only:
                self._login()
                self._logout()
                self._basic_only = True
                return False
            if not self._cookies and not self._basic_only and self._sent >= LOGIN_AFTER:
                self._login()
            return self._accepted and not self._certified

    def tried(self) -> bool | None:
        """Return whether the server accepts the password; ``None`` if it has no login form, or nothing but ``/api`` is reachable.

        The password is sent once, and the session ends at once. Raises :class:`GrafanaError` for any other answer.
        """
        with self._lock:
            try:
                self._login()
            except Unauthorized:
                return False
            self._logout()
            return True if self._accepted else None

    def headers(self) -> dict[str, str]:
        with self._lock:
            if self._refused:
                raise self._refused
            self._sent += 1
            if not self._cookies and not self._basic_only and self._sent > LOGIN_AFTER:
                self._login()
            return self._session() or dict(self._basic)

    def _session(self) -> dict[str, str]:
        """Return the headers of the session; empty without a session."""
        if not self._cookies:
            return {}
        return {"Cookie": "; ".join("%s=%s" % pair for pair in self._cookies.items())}

    def accepted(self, cookies: t.Mapping[str, Cookie]) -> None:
        self._accepted, self._renewed, self._rotated = True, False, False
        # Up to 9.x any answer may set the session's next cookie.
        if self._cookies and cookies:
            with self._lock:
                self._cookies.update({name: c.value for name, c in cookies.items() if name in self._cookies})

    def renew(self, sent: t.Mapping[str, str], answer: Answer) -> bool:
        with self._lock:
            if self._refused:
                raise self._refused
            if "Cookie" not in sent:
                return self._login_instead(answer)
            if self._session() != sent:  # another thread has renewed it meanwhile
                return True
            # From 13 on the answer has no message id, so it may also be the one to an ended session. Without the rotation, each
            # login would leave the session before as it is: one more every ten minutes.
            if server_message(answer)[1] in ("session.token.rotate", None) and not self._rotated and self._rotate():
                self._rotated = True
                return True
            self._cookies = {}
            if self._renewed:
                # A gateway drops the cookie. The server accepted the password at the login.
                self._basic_only = True
            else:
                self._login()
                self._renewed = True
            return True

    def _login_instead(self, answer: Answer) -> bool:
        """Log in after the server refused basic auth, if basic auth is disabled; return whether that made a session."""
        if self._checked(answer) or self._basic_only or self._accepted:
            self._refused = from_answer("GET", self._url, answer)
            return False
        self._login()
        return bool(self._cookies)

    def _checked(self, answer: Answer) -> bool:
        """Return whether the server has checked the password of a request that it answered with 401, or may have.

        If basic auth is disabled, it does not, and answers "Unauthorized"; from 10.x on with the id ``auth.unauthorized``. To a
        wrong password it answers "Invalid username or password"; from 10.x on, with anonymous access, "Unauthorized" without
        an id (recorded 9.3 to 13.1).
        """
        message, message_id = server_message(answer)
        if message.lower() != "unauthorized" or message_id not in (None, "auth.unauthorized"):
            return True
        if message_id is not None:
            return False
        health, _cookies = self._send("GET", "/api/health", {}, None)
        try:
            version = parse(health.json().get("version"))
        except (AttributeError, ValueError):
            version = None
        return version is None or version >= ANONYMOUS_FALLBACK

    def _login(self) -> None:
        """Log in, or switch to basic auth if this server has no usable login. Raises the error of a refused login."""
        answer, cookies = self._send("POST", "/login", {}, {"user": self._user, "password": self._password})
        if answer.status == 200:
            usable = self._url.startswith("https:") or not any(cookie.secure for cookie in cookies.values())
            self._cookies = {name: cookie.value for name, cookie in cookies.items()}
            if not usable or not cookies:
                self._logout()
                self._basic_only = True
            # Another server may answer 200 to everything: then only GET /api/user shows it.
            self._accepted = bool(cookies) or has_message(answer)
            return
        message, message_id = server_message(answer)
        if message_id == "auth.client.notConfigured" or "login is disabled" in message.lower():
            self._basic_only = True
            return
        if answer.status in (403, 404, 405) or (answer.is_html() and answer.status != 401):
            # A proxy passes only /api on: Grafana has not seen the password.
            self._basic_only = True
            return
        problem = from_answer("POST", self._url + "/login", answer)
        if isinstance(problem, Unauthorized):
            self._refused = problem
        raise problem

    def _rotate(self) -> bool:
        """Rotate the session's token (from 10.x on); return whether the server sent a new one: not for a session that ended."""
        answer, cookies = self._send("POST", "/api/user/auth-tokens/rotate", self._session(), None)
        if answer.status != 200 or not cookies:
            return False
        self._cookies.update({name: cookie.value for name, cookie in cookies.items()})
        return True

    def _logout(self) -> None:
        if self._cookies:
            session, self._cookies = self._session(), {}
            self._send("GET", "/logout", session, None)

    def close(self) -> None:
        try:
            with self._lock:
                self._logout()
        except Exception:  # pylint: disable=broad-except
            pass  # the session expires by itself, and the run has done its work


def auth_for(connection: Connection, send: Send) -> Auth:
    """Return the authentication for the identity of *connection*."""
    if connection.identity.kind == "password":
        return PasswordAuth(connection, send)
    return HeaderAuth(connection.identity.token)
