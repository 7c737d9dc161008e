# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request that is sent directly gets the answer that it gets over the network."""

from __future__ import annotations

import pytest
import requests
from requests.adapters import HTTPAdapter

from servers import direct
from servers.embedded import EmbeddedServer

ADMIN = ("admin", "admin")
#: Headers that belong to the connection.
OF_THE_NETWORK = {"content-length", "server", "date"}


@pytest.fixture(scope="module")
def emulator():
    with EmbeddedServer() as running:
        yield running


@pytest.fixture
def counted(emulator, monkeypatch):
    """A list that gets an entry for each request that is sent directly."""
    sent, plain = [], emulator.direct

    def answer(*request):
        found = plain(*request)
        if found is not None:
            sent.append(request[:2])
        return found

    monkeypatch.setattr(emulator, "direct", answer)
    monkeypatch.setattr(HTTPAdapter, "send", direct.send)
    return sent


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/api/org", {"auth": ADMIN}),
        ("GET", "/api/org", {}),
        ("GET", "/api/org", {"auth": ("admin", "wrong")}),
        ("GET", "/api/orgs/name/a%2Fb%20%C3%A4", {"auth": ADMIN}),
        ("GET", "/api/orgs?perpage=1&query=Main%20Org.", {"auth": ADMIN}),
        ("POST", "/api/orgs", {"auth": ADMIN, "json": {"name": "Main Org."}}),
        ("POST", "/api/orgs", {"auth": ADMIN, "data": b"{", "headers": {"Content-Type": "application/json"}}),
        ("POST", "/login", {"json": {"user": "admin", "password": "admin"}}),
        ("GET", "/logout", {"allow_redirects": False}),
        ("GET", "/api/no/such/route", {"auth": ADMIN}),
    ],
)
def test_same_answer(emulator, counted, method, path, options):
    emulator.reset()
    directly = requests.request(method, emulator.url + path, timeout=10, **options)
    assert len(counted) == 1
    assert emulator.stats()["requests"] == 1
    emulator.reset()
    emulator.watch(lambda seen: None)
    over_the_network = requests.request(method, emulator.url + path, timeout=10, **options)
    emulator.watch(None)
    assert len(counted) == 1
    assert directly.status_code == over_the_network.status_code
    assert directly.reason == over_the_network.reason
    if path != "/login":
        assert directly.content == over_the_network.content
    shown = [
        {n.lower(): v for n, v in one.headers.items() if n.lower() not in OF_THE_NETWORK} for one in (directly, over_the_network)
    ]
    assert set(shown[0]) == set(shown[1])
    for name in set(shown[0]) - {"set-cookie"}:
        assert shown[0][name] == shown[1][name]
    assert [cookie.name for cookie in directly.cookies] == [cookie.name for cookie in over_the_network.cookies]


def test_the_server_knows_by_which_address_it_was_asked(emulator, counted, monkeypatch):
    hosts, plain = [], emulator.server.answer
    monkeypatch.setattr(emulator, "_answer", lambda *request: hosts.append(request[3].get("Host")) or plain(*request))
    monkeypatch.setattr(emulator.server, "answer", emulator._answer)
    assert requests.get(emulator.url + "/api/health", timeout=10).ok
    assert len(counted) == 1
    assert hosts == [emulator.url.partition("://")[2]]


def test_what_goes_over_the_network(emulator, counted):
    emulator.reset()
    emulator.fault({"method": "GET", "path": "/api/org", "kind": "drop", "times": 1})
    with pytest.raises(requests.ConnectionError):
        requests.get(emulator.url + "/api/org", auth=ADMIN, timeout=10)
    emulator.clear_faults()
    seen = []
    emulator.watch(seen.append)
    assert requests.get(emulator.url + "/api/org", auth=ADMIN, timeout=10).ok
    emulator.watch(None)
    assert len(seen) == 1
    with EmbeddedServer(sub_path="/grafana") as below:
        assert requests.get(below.url + "/api/org", auth=ADMIN, timeout=10).ok
    assert counted == []


def test_a_server_that_has_stopped_does_not_answer(counted):
    with EmbeddedServer() as stopped:
        assert requests.get(stopped.url + "/api/health", timeout=10).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(stopped.url + "/api/health", timeout=10)
