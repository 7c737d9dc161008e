# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single requests: settings of the sessions, who uses which session, errors of requests without an answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests
from requests import exceptions as errors

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.transport import NoAnswer, Transport

URL = "http://server.test/path"


@pytest.fixture
def sent(monkeypatch):
    """The sent requests, as (session, method, options); each gets an empty response."""
    requests_sent = []

    def request(session, method, url, **options):
        requests_sent.append((session, method, options))
        return requests.Response()

    monkeypatch.setattr(requests.Session, "request", request)
    return requests_sent


def test_settings_of_a_session(sent):
    transport = Transport(7.0, verify="/ca", cert=("c", "k"), proxy="http://p:1", headers={"X-A": "a"})
    transport.send("GET", URL, None, {"X-B": "b"})
    [(session, method, options)] = sent
    assert (method, options["headers"], options["timeout"], options["allow_redirects"]) == ("GET", {"X-B": "b"}, 7.0, False)
    assert (session.trust_env, session.verify, session.cert) == (False, "/ca", ("c", "k"))
    assert session.proxies == {"http": "http://p:1", "https": "http://p:1"}
    assert session.headers["X-A"] == "a"


def test_defaults_of_a_session(sent):
    Transport(7.0).send("GET", URL, None, {})
    [(session, _method, _options)] = sent
    assert (session.verify, session.cert, session.proxies) == (True, None, {})


def test_a_session_of_the_environment_takes_no_identity_from_it(sent):
    Transport(7.0, from_environment=True).send("GET", URL, None, {})
    [(session, _method, _options)] = sent
    prepared = requests.Request("GET", URL)
    assert session.trust_env
    assert session.auth(prepared) is prepared  # requests would look for another one in ~/.netrc
    assert not prepared.headers


def test_data_is_sent_as_json(sent):
    Transport(7.0).send("POST", URL, b"{}", {})
    [(_session, _method, options)] = sent
    assert (options["data"], options["headers"]) == (b"{}", {"Content-Type": "application/json"})


def test_threads_that_send_at_the_same_time_use_different_sessions(monkeypatch):
    together, used = Barrier(2, timeout=10), []

    def request(session, *_args, **_options):
        used.append(session)
        together.wait()
        return requests.Response()

    monkeypatch.setattr(requests.Session, "request", request)
    transport = Transport(7.0)
    with ThreadPoolExecutor(2) as pool:
        for _time in range(2):
            list(pool.map(lambda _number: transport.send("GET", URL, None, {}), range(2)))
    assert len(used) == 4
    assert len({id(session) for session in used}) == 2


def test_a_thread_uses_the_session_of_one_that_waits_for_it(sent):
    transport = Transport(7.0)
    transport.send("GET", URL, None, {})
    with ThreadPoolExecutor(1) as pool:
        pool.submit(transport.send, "GET", URL, None, {}).result()
    transport.send("GET", URL, None, {})
    assert len({id(session) for session, _method, _options in sent}) == 1


@pytest.mark.parametrize(("problem", "sessions"), [(errors.ReadTimeout("slow"), 1), (SystemExit(143), 2)])
def test_a_session_whose_request_a_signal_has_interrupted_is_not_used_again(monkeypatch, problem, sessions):
    used = []

    def request(session, *_args, **_options):
        used.append(session)
        raise problem

    monkeypatch.setattr(requests.Session, "request", request)
    transport = Transport(7.0)
    for _time in range(2):
        with pytest.raises((NoAnswer, SystemExit)):
            transport.send("GET", URL, None, {})
    assert len({id(session) for session in used}) == sessions


def test_close_closes_all_sessions(sent, monkeypatch):
    closed = []

    def close(session):
        closed.append(session)

    monkeypatch.setattr(requests.Session, "close", close)
    transport = Transport(7.0)
    transport.send("GET", URL, None, {})
    transport.close()
    assert closed == [sent[0][0]]


@pytest.mark.parametrize("cookies", [True, False])
def test_cookies_are_stored_only_on_request(sent, cookies):
    Transport(7.0, cookies=cookies).send("GET", URL, None, {})
    policy = sent[0][0].cookies.get_policy()
    assert policy.is_not_allowed("server.test") is not cookies


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (errors.SSLError("bad certificate"), "tls"),
        (errors.ProxyError("refused"), "proxy"),
        (errors.ConnectTimeout("slow"), "connect_timeout"),
        (errors.InvalidURL("no host"), "connect_timeout"),
        (errors.ConnectionError("NewConnectionError('refused')"), "not_connected"),
        (errors.ConnectionError("NameResolutionError('unknown host')"), "not_connected"),
        (errors.ReadTimeout("slow"), "timeout"),
        (errors.ConnectionError("reset"), "lost"),
        (errors.ChunkedEncodingError("cut off"), "lost"),
    ],
)
def test_kinds_of_errors(monkeypatch, problem, kind):
    def request(*_args, **_options):
        raise problem

    monkeypatch.setattr(requests.Session, "request", request)
    with pytest.raises(NoAnswer) as caught:
        Transport(7.0).send("GET", URL, None, {})
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("HTTPConnectionPool(host='h', port=1): Max retries (Caused by X(<urllib3 at 0x1>: no\n route", "no route"),
        ("HTTPConnection(host='h', port=1): Failed to connect", "Failed to connect"),
        ("x" * 1000, "x" * 300),
    ],
)
def test_reasons_are_short(monkeypatch, text, reason):
    def request(*_args, **_options):
        raise errors.ConnectionError(text)

    monkeypatch.setattr(requests.Session, "request", request)
    with pytest.raises(NoAnswer) as caught:
        Transport(7.0).send("GET", URL, None, {})
    assert caught.value.reason == reason
