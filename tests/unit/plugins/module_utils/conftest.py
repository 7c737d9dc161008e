# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP as a script: the calls that are expected, in their order, each with its answer."""

from __future__ import annotations

import json
import re
import threading

import pytest
import requests

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import pace
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.answers import Map, shape_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import Connection, Identity, OrgChoice

URL = "http://grafana.test:3000"


def completed(shape, body):
    """Return *body* with the fields that the server's answers always have, and that the test does not name."""
    if isinstance(shape, tuple) and not isinstance(shape, Map):
        fitting = [one for one in shape if type(one) is type(body)]
        return completed(fitting[0], body) if fitting else body
    if isinstance(shape, list) and isinstance(body, list):
        return [completed(shape[0], one) for one in body]
    if isinstance(shape, dict) and isinstance(body, dict):
        needed = {name: inner for name, inner in shape.items() if not name.endswith("?")}
        return {
            **{name: completed(inner, body.get(name, _empty(inner))) for name, inner in needed.items()},
            **_rest(body, needed),
        }
    return body


def _rest(body, needed):
    return {name: value for name, value in body.items() if name not in needed}


def _empty(shape):
    if isinstance(shape, (dict, Map, tuple)):
        return {}
    return [] if isinstance(shape, list) else shape()


class Call:
    """One expected call: ``Call("GET", "/api/org").answers(200, {...})``.

    The answer gets what the server's answers always have, unless the test says ``exactly``.
    """

    def __init__(self, method, path, **expected):
        self.method, self.path, self.expected = method, path, expected
        self.status, self.body, self.headers, self.cookies, self.problem = 200, {}, {}, {}, None
        self.answers()

    def answers(self, status=200, body=None, headers=None, cookies=None):
        body = {} if body is None else body
        good = 200 <= status < 300
        path = re.sub("^/api/instances/[^/]+", "", self.path)
        return self.exactly(completed(shape_of(self.method, path), body) if good else body, status, headers, cookies)

    def exactly(self, body, status=200, headers=None, cookies=None):
        self.status, self.body, self.headers = status, body, headers or {}
        self.cookies = cookies or {}
        return self

    def breaks(self, problem):
        self.problem = problem
        return self

    def response(self):
        found = requests.Response()
        found.status_code = self.status
        text = self.body if isinstance(self.body, (str, bytes)) else json.dumps(self.body)
        found._content = text.encode() if isinstance(text, str) else text
        found.headers.update({"Content-Type": "application/json", **self.headers})
        for name, value in self.cookies.items():
            found.cookies.set(name, value.rstrip("!"), secure=value.endswith("!"))
        return found


def health(version="12.4.3"):
    """Return the call that asks for the version of the server, and its answer."""
    return Call("GET", "/api/health").answers(200, {"version": version})


class Clock:
    """A clock in which only sleeping takes time; ``slept`` are the seconds of each sleep."""

    def __init__(self):
        self.slept, self.now = [], 1000.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Script:
    """Plays the calls; fails on one that is not expected, and (``done``) on one that was not made."""

    def __init__(self):
        self.calls, self.made, self.clock = [], [], Clock()
        self.slept = self.clock.slept
        #: Whether to accept every credential: clients ask ``GET /api/user`` first. Tests about that expect the call, or set this.
        self.answers_identity = True
        self._lock = threading.Lock()

    def expect(self, *calls):
        self.calls += calls
        return self

    def request(self, session, method, url, data=None, headers=None, timeout=None, allow_redirects=True, stream=False):
        with self._lock:
            assert not allow_redirects
            assert not session.trust_env
            path = url[len(URL) :]
            if self._is_identity(method, path):
                return Call(method, path).answers(403, {"message": "Endpoint only available for users"}).response()
            assert self.calls, f"unexpected {method} {path}"
            call = self.calls.pop(0)
            assert (method, path) == (call.method, call.path)
            every = {**session.headers, **(headers or {})}
            for name, value in call.expected.get("headers", {}).items():
                assert every.get(name) == value, (method, path, name, every.get(name))
            for name in call.expected.get("without", ()):
                assert name not in every, (method, path, name)
            if "json" in call.expected:
                assert json.loads(data) == call.expected["json"]
            self.made.append((method, path))
        if call.problem is not None:
            raise call.problem
        return call.response()

    def _is_identity(self, method, path):
        """Tell whether this is a client's first request, which asks who it is, in a test that is about something else."""
        asked = (method, path) == ("GET", "/api/user")
        return (
            asked and self.answers_identity and not (self.calls and (self.calls[0].method, self.calls[0].path) == (method, path))
        )

    def done(self):
        assert not self.calls, f"never made: {[(call.method, call.path) for call in self.calls]}"


@pytest.fixture
def script(monkeypatch):
    """A script of calls that every client in the test plays against; all of it has to be played."""
    played = Script()

    def request(session, *args, **kwargs):
        return played.request(session, *args, **kwargs)

    monkeypatch.setattr(requests.Session, "request", request)
    monkeypatch.setattr("time.sleep", played.clock.sleep)
    monkeypatch.setattr(pace, "time", played.clock)
    yield played
    played.done()


def connection(**changed):
    """Return a connection of the admin, or as *changed* says."""
    values = {"url": URL, "identity": Identity(username="admin", password="secret-1"), "org": OrgChoice(), "retries": 2}
    return Connection(**{**values, **changed})


@pytest.fixture
def client():
    """A function that returns a client."""
    return lambda **changed: Client(connection(**changed))


@pytest.fixture
def by_token():
    """A client with a token."""
    return Client(connection(identity=Identity(token="glsa_token-1")))
