# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a request says who asks: one small class a way, behind one interface.

A password is hashed by the server at every request (6 ms); a session costs that once. So a client that
has more than a few requests to make logs in. What the ways have in common: a refused password is never
sent a second time, as five failures in five minutes lock the user out.
"""

from __future__ import annotations

import base64
import threading
import typing as t

from .connection import Connection
from .errors import Answer, GrafanaError, Unauthorized, from_answer, server_message

#: Requests by basic auth before a login pays off.
LOGIN_AFTER = 3

#: Sends one request and returns its answer, without authentication or retries of its own:
#: (method, path, headers, body) -> (answer, cookies that the answer sets).
Send = t.Callable[[str, str, t.Mapping[str, str], t.Any], "tuple[Answer, dict[str, Cookie]]"]


class Cookie(t.NamedTuple):
    """A cookie's *value*, and whether it may travel over https only."""

    value: str
    secure: bool


class Auth(t.Protocol):
    """A way to say who asks."""

    def headers(self) -> dict[str, str]:
        """Return what the next request carries. May log in first. Raises :class:`Unauthorized`."""

    def expect(self, requests: int) -> None:
        """Learn that about so many requests are to come."""

    def received(self, cookies: t.Mapping[str, Cookie]) -> None:
        """Learn that a request was let in, and what cookies its answer set."""

    def renewed(self, sent: t.Mapping[str, str], answer: Answer) -> bool:
        """Tell whether a request that was sent with *sent* and refused with 401 is worth sending once more."""

    def close(self) -> None:
        """End what was begun. Never raises."""


class HeaderAuth:
    """A bearer token, or nothing but what the connection's own headers and certificate say."""

    def __init__(self, token: str | None) -> None:
        self._headers = {"Authorization": "Bearer " + token} if token else {}

    def headers(self) -> dict[str, str]:
        return dict(self._headers)

    def expect(self, requests: int) -> None:
        pass

    def received(self, cookies: t.Mapping[str, Cookie]) -> None:
        pass

    def renewed(self, sent: t.Mapping[str, str], answer: Answer) -> bool:
        return False

    def close(self) -> None:
        pass


class PasswordAuth:
    """User and password: basic auth for a few requests, a session for more.

    Thread-safe: all workers share one session; whoever finds it ended renews it for all.
    """

    def __init__(self, connection: Connection, send: Send) -> None:
        identity = connection.identity
        self._url, self._send = connection.url, send
        self._user, self._password = identity.username or "", identity.password or ""
        pair = ("%s:%s" % (self._user, self._password)).encode()
        self._basic = {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        self._lock = threading.RLock()
        self._cookies: dict[str, str] = {}
        self._basic_only = False  # the login form is off, or its cookie is of no use here
        self._proven = False  # some request was let in
        self._refused: GrafanaError | None = None
        self._sent = 0

    def expect(self, requests: int) -> None:
        if requests > LOGIN_AFTER:
            with self._lock:
                self._sent = max(self._sent, LOGIN_AFTER)

    def headers(self) -> dict[str, str]:
        with self._lock:
            if self._refused:
                raise self._refused
            self._sent += 1
            if not self._cookies and not self._basic_only and self._sent > LOGIN_AFTER:
                self._login()
            return self._session() or dict(self._basic)

    def _session(self) -> dict[str, str]:
        """Return the headers of the session, empty where there is none."""
        if not self._cookies:
            return {}
        return {"Cookie": "; ".join("%s=%s" % pair for pair in self._cookies.items())}

    def received(self, cookies: t.Mapping[str, Cookie]) -> None:
        self._proven = True
        # Up to 9.x any answer may bring the session's next cookie.
        if self._cookies and cookies:
            with self._lock:
                self._cookies.update({name: c.value for name, c in cookies.items() if name in self._cookies})

    def renewed(self, sent: t.Mapping[str, str], answer: Answer) -> bool:
        with self._lock:
            if self._refused:
                raise self._refused
            if "Cookie" not in sent:
                return self._basic_refused(answer)
            if self._session() != sent:  # another worker has renewed it meanwhile
                return True
            if server_message(answer)[1] == "session.token.rotate" and self._rotate():
                return True
            self._cookies = {}
            self._login()
            return True

    def _basic_refused(self, answer: Answer) -> bool:
        """Tell whether a login may help where basic auth did not: where it is switched off.

        Then nobody looked at the password, and the server says no more than "Unauthorized"; of a
        wrong one it says "Invalid username or password" (recorded 9.3 to 12.4).
        """
        said, message_id = server_message(answer)
        looked_at = message_id not in (None, "auth.unauthorized") or said.lower() != "unauthorized"
        if looked_at or self._basic_only or self._proven:
            self._refused = from_answer("GET", self._url, answer)
            return False
        self._login()
        return bool(self._cookies)

    def _login(self) -> None:
        """Log in, or learn that this server wants basic auth. Raises what the server refuses with."""
        answer, cookies = self._send("POST", "/login", {}, {"user": self._user, "password": self._password})
        if answer.status == 200:
            usable = self._url.startswith("https:") or not any(cookie.secure for cookie in cookies.values())
            self._cookies = {name: cookie.value for name, cookie in cookies.items()}
            if not usable or not cookies:
                self._leave()
                self._basic_only = True
            self._proven = True
            return
        said, message_id = server_message(answer)
        if message_id == "auth.client.notConfigured" or "login is disabled" in said.lower():
            self._basic_only = True
            return
        if answer.status in (403, 404, 405) or (answer.is_html() and answer.status != 401):
            # A proxy that lets only /api through: Grafana has not seen the password.
            self._basic_only = True
            return
        problem = from_answer("POST", self._url + "/login", answer)
        if isinstance(problem, Unauthorized):
            self._refused = problem
        raise problem

    def _rotate(self) -> bool:
        """Rotate the session's token once (10.x on); tell whether that brought a new one."""
        answer, cookies = self._send("POST", "/api/user/auth-tokens/rotate", self._session(), None)
        if answer.status != 200 or not cookies:
            return False
        self._cookies.update({name: cookie.value for name, cookie in cookies.items()})
        return True

    def _leave(self) -> None:
        if self._cookies:
            session, self._cookies = self._session(), {}
            self._send("GET", "/logout", session, None)

    def close(self) -> None:
        try:
            with self._lock:
                self._leave()
        except Exception:  # pylint: disable=broad-except
            pass  # the session ends by itself; what the run achieved matters more


def auth_for(connection: Connection, send: Send) -> Auth:
    """Return the way in which *connection* says who asks."""
    if connection.identity.kind == "password":
        return PasswordAuth(connection, send)
    return HeaderAuth(connection.identity.token)
