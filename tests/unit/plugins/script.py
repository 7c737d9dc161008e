# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that follows a script: the calls that it expects, in order, each with its answer."""

from __future__ import annotations

import base64
import json
import threading
import typing as t
from email.message import Message
from io import BytesIO

from urllib3 import HTTPResponse

URL = "http://grafana.test:3000"
USER, PASSWORD = "admin", "correct-horse-battery"
BASIC = "Basic " + base64.b64encode(("%s:%s" % (USER, PASSWORD)).encode()).decode()
#: Any body, and no body.
ANY, NONE = object(), object()


def by_password(options: t.Mapping[str, t.Any]) -> dict[str, str]:
    """Return user and password, unless *options* say who asks."""
    speaking = {"token", "token_file", "headers", "username", "password"}
    return {} if speaking & set(options) else {"username": USER, "password": PASSWORD}


class Call(t.NamedTuple):
    """A request that is expected, and what it is answered with."""

    method: str
    path: str
    status: int
    body: t.Any
    headers: t.Mapping[str, str]
    cookies: t.Sequence[str]
    error: Exception | None
    sends: t.Any
    carries: t.Mapping[str, str | None]


def call(
    method,
    path,
    status=200,
    body=None,
    *,
    headers=None,
    cookies=(),
    error=None,
    sends=ANY,
    org=ANY,
    auth=ANY,
    cookie=ANY,
    carries=None,
):
    """Expect *method* and *path*; answer with *status* and *body* (text as it is, the rest as JSON), or raise *error*.

    *sends* is the JSON that the request has to carry, *org*, *auth* and *cookie* what its headers have to be
    (``None`` for not there), *carries* more of them.
    """
    wanted = dict(carries or {})
    for name, value in (("X-Grafana-Org-Id", org), ("Authorization", auth), ("Cookie", cookie)):
        if value is not ANY:
            wanted[name] = None if value is None else str(value)
    return Call(method, path, status, body, headers or {}, cookies, error, sends, wanted)


def login(cookie="abc", **more):
    """Expect the login with the right password."""
    set_cookie = "grafana_session=%s; Path=/; HttpOnly" % cookie
    body = {"user": USER, "password": PASSWORD}
    return call("POST", "/login", 200, {"message": "Logged in"}, cookies=[set_cookie], sends=body, auth=None, **more)


def logout(cookie="abc"):
    """Expect the end of the session."""
    return call("GET", "/logout", 302, "", headers={"Location": "/login"}, cookie="grafana_session=" + cookie)


def health(version):
    """Expect the question for the version."""
    return call("GET", "/api/health", 200, {"database": "ok", "version": version}, auth=None)


class Script:
    """The server. Call it with the calls to come; *requests* keeps what was asked, *problems* what was wrong."""

    def __init__(self) -> None:
        self.expected: list[Call] = []
        self.requests: list[t.Any] = []
        self.options: list[dict[str, t.Any]] = []
        self.problems: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, *calls: Call) -> Script:
        self.expected.extend(calls)
        return self

    def asked(self) -> list[str]:
        """Return the requests so far as ``GET /api/org``."""
        return ["%s %s" % (request.method, request.path_url) for request in self.requests]

    def finish(self) -> None:
        """Fail for what was asked and not expected, and for what was expected and not asked."""
        assert self.problems == []
        assert ["%s %s" % (one.method, one.path) for one in self.expected] == []

    def send_for(self, adapter: t.Any) -> t.Any:
        """Return what takes the place of the adapter's ``send``."""

        def send(here, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
            with self._lock:
                self.requests.append(request)
                self.options.append({"timeout": timeout, "verify": verify, "cert": cert, "proxies": dict(proxies or {})})
                expected = self._next(request)
            if expected.error is not None:
                raise expected.error
            return here.build_response(request, _raw(expected))

        return send

    def _next(self, request: t.Any) -> Call:
        """Return the call that *request* is; a wrong one is remembered, as the client may swallow the error."""
        asked = "%s %s" % (request.method, request.path_url)
        if not self.expected:
            problem = "unexpected: %s" % asked
        else:
            expected = self.expected.pop(0)
            problem = _differs(expected, request)
        if problem:
            self.problems.append(problem)
            raise AssertionError(problem)
        return expected


def _differs(expected: Call, request: t.Any) -> str:
    asked = "%s %s" % (request.method, request.path_url)
    if asked != "%s %s" % (expected.method, expected.path):
        return "%s instead of %s %s" % (asked, expected.method, expected.path)
    for name, value in expected.carries.items():
        if request.headers.get(name) != value:
            return "%s: header %s is %r, not %r" % (asked, name, request.headers.get(name), value)
    if expected.sends is not ANY:
        sent = NONE if request.body is None else json.loads(request.body)
        if sent != expected.sends:
            return "%s: sends %r, not %r" % (asked, sent, expected.sends)
    return ""


def _raw(expected: Call) -> HTTPResponse:
    """Return the answer as urllib3 gives it to requests, cookies where it looks for them."""
    text = expected.body if isinstance(expected.body, str) else json.dumps(expected.body)
    kind = "text/html" if text.lstrip()[:1] == "<" else "application/json"
    headers = {"Content-Type": kind, **expected.headers}
    received = Message()
    for value in expected.cookies:
        received["Set-Cookie"] = value
    original = type("Original", (), {"msg": received, "isclosed": lambda self: True, "close": lambda self: None})()
    return HTTPResponse(
        body=BytesIO(text.encode()),
        headers=headers,
        status=expected.status,
        preload_content=False,
        original_response=original,
    )
