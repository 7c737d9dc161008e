# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against scripted calls: authentication, sessions, retries, requests that are never repeated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
import requests

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client, segment
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import Identity
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import (
    Abandoned,
    GrafanaError,
    LostAnswer,
    RateLimited,
)

from ..conftest import Call, connection

BASIC = {"Authorization": "Basic YWRtaW46c2VjcmV0LTE="}
COOKIE = {"Cookie": "grafana_session=one"}
LOGIN = Call("POST", "/login", json={"user": "admin", "password": "secret-1"})


def login(status=200, body=None, value="one"):
    cookies = {"grafana_session": value} if status == 200 else {}
    return Call("POST", "/login", json={"user": "admin", "password": "secret-1"}).answers(status, body or {}, cookies=cookies)


def org(**expected):
    return Call("GET", "/api/org", **expected).answers(200, {"id": 1})


WRONG = {"message": "Invalid username or password", "messageId": "password-auth.failed"}
NOT_CHECKED = {"message": "Unauthorized", "messageId": "auth.unauthorized"}


def test_few_requests_by_basic_auth(script, client):
    script.expect(org(headers=BASIC), org(headers=BASIC), org(headers=BASIC))
    one = client()
    for _number in range(3):
        one.get("/api/org")
    one.close()


def test_many_requests_by_one_session_with_logout(script, client):
    script.expect(*[org(headers=BASIC)] * 3, login(), org(headers=COOKIE, without=["Authorization"]), org(headers=COOKIE))
    script.expect(Call("GET", "/logout", headers=COOKIE).answers(302))
    with client() as one:
        for _number in range(5):
            one.get("/api/org")


def test_announced_requests_use_a_session_at_once(script, client):
    script.expect(login(), org(headers=COOKIE), Call("GET", "/logout").answers(302))
    with client() as one:
        one.expect(100)
        one.get("/api/org")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(401, {"message": "Login is disabled"}, id="9.x"),
        pytest.param(400, {"message": "Bad Request", "messageId": "auth.client.notConfigured"}, id="11.5 on"),
        pytest.param(404, "<html></html>", id="a proxy that passes only /api on"),
    ],
)
def test_login_form_is_off(script, client, status, body):
    script.expect(login(status, body), org(headers=BASIC), org(headers=BASIC))
    with client() as one:
        one.expect(100)
        one.get("/api/org")
        one.get("/api/org")


@pytest.mark.parametrize("body", [WRONG, {"message": "invalid username or password", "traceID": ""}], ids=["new", "old"])
def test_refused_password_is_never_sent_again(script, client, body):
    script.expect(Call("GET", "/api/org").answers(401, body))
    with client() as one:
        for _number in range(3):
            with pytest.raises(GrafanaError) as caught:
                one.get("/api/org")
            assert caught.value.code == "unauthorized"
            assert "secret-1" not in str(caught.value.failure())


def test_refused_login_is_never_sent_again(script, client):
    script.expect(login(401, WRONG))
    with client() as one:
        one.expect(100)
        for _number in range(3):
            with pytest.raises(GrafanaError, match="Invalid username or password"):
                one.get("/api/org")


def test_refused_password_of_many_threads_is_sent_once(script, client):
    # The first request asks for the caller, and the server refuses it there.
    script.expect(Call("GET", "/api/user").answers(401, WRONG))
    with client() as one, ThreadPoolExecutor(8) as pool:

        def ask(_number):
            with pytest.raises(GrafanaError):
                one.get("/api/org")
            return True

        assert all(pool.map(ask, range(8)))


def test_basic_auth_is_off(script, client):
    script.expect(Call("GET", "/api/user", headers=BASIC).answers(401, NOT_CHECKED), login())
    script.expect(Call("GET", "/api/user", headers=COOKIE), org(headers=COOKIE))
    script.expect(Call("GET", "/logout").answers(302))
    with client() as one:
        assert one.get("/api/org")["id"] == 1


ROTATE = Call("POST", "/api/user/auth-tokens/rotate", headers=COOKIE)


@pytest.mark.parametrize("more", [{"messageId": "session.token.rotate"}, {"traceID": ""}], ids=["up to 12", "13"])
def test_session_that_has_to_be_rotated(script, client, more):
    rotate = Call("GET", "/api/org", headers=COOKIE).answers(401, {"message": "Unauthorized", **more})
    rotated = ROTATE.answers(200, {}, cookies={"grafana_session": "two"})
    script.expect(login(), rotate, rotated, org(headers={"Cookie": "grafana_session=two"}))
    script.expect(Call("GET", "/logout", headers={"Cookie": "grafana_session=two"}).answers(302))
    with client() as one:
        one.expect(100)
        assert one.get("/api/org")["id"] == 1


@pytest.mark.parametrize("status", [401, 404])
def test_session_that_ended_without_a_message_id_is_renewed(script, client, status):
    ended = Call("GET", "/api/org", headers=COOKIE).answers(401, {"message": "Unauthorized"})
    script.expect(login(), ended, ROTATE.answers(status, {"message": "Unauthorized"}), login(value="two"))
    script.expect(org(headers={"Cookie": "grafana_session=two"}), Call("GET", "/logout").answers(302))
    with client() as one:
        one.expect(100)
        assert one.get("/api/org")["id"] == 1


def test_session_that_is_refused_after_its_rotation_is_not_rotated_again(script, client):
    refused = Call("GET", "/api/org").answers(401, {"message": "Unauthorized"})
    rotated = ROTATE.answers(200, {}, cookies={"grafana_session": "two"})
    script.expect(login(), refused, rotated, refused, login(value="three"))
    script.expect(org(headers={"Cookie": "grafana_session=three"}), Call("GET", "/logout").answers(302))
    with client() as one:
        one.expect(100)
        assert one.get("/api/org")["id"] == 1


def test_expired_session_is_renewed(script, client):
    script.expect(login(), Call("GET", "/api/org", headers=COOKIE).answers(401, NOT_CHECKED), login(value="two"))
    script.expect(org(headers={"Cookie": "grafana_session=two"}), Call("GET", "/logout").answers(302))
    with client() as one:
        one.expect(100)
        assert one.get("/api/org")["id"] == 1


def test_a_gateway_that_drops_cookies_gets_basic_auth(script, client):
    expired = Call("GET", "/api/org").answers(401, NOT_CHECKED)
    script.expect(login(), expired, login(value="two"), expired)
    script.expect(*(org(headers=BASIC, without=("Cookie",)) for _time in range(2)))
    with client() as one:
        one.expect(100)
        assert one.get("/api/org")["id"] == 1
        assert one.get("/api/org")["id"] == 1


def test_a_password_that_is_refused_after_lost_cookies_is_not_sent_again(script, client):
    expired = Call("GET", "/api/org").answers(401, NOT_CHECKED)
    refused = Call("GET", "/api/org", headers=BASIC).answers(401, {"message": "Invalid username or password"})
    script.expect(login(), expired, login(value="two"), expired, refused)
    with client() as one:
        one.expect(100)
        for _time in range(2):
            with pytest.raises(GrafanaError, match="Invalid username or password"):
                one.get("/api/org")


def test_any_answer_may_set_the_next_cookie(script, client):
    script.expect(login(), Call("GET", "/api/org").answers(200, {"id": 1}, cookies={"grafana_session": "two"}))
    script.expect(org(headers={"Cookie": "grafana_session=two"}), Call("GET", "/logout").answers(302))
    with client() as one:
        one.expect(100)
        one.get("/api/org")
        one.get("/api/org")


def test_secure_cookie_over_http_is_not_used(script, client):
    secure = Call("POST", "/login").answers(200, {}, cookies={"grafana_session": "one!"})
    script.expect(secure, Call("GET", "/logout", headers=COOKIE).answers(302), org(headers=BASIC))
    with client() as one:
        one.expect(100)
        one.get("/api/org")


def test_failing_logout_is_ignored(script, client):
    script.expect(login(), org(), Call("GET", "/logout").breaks(requests.exceptions.ConnectionError("gone")))
    with client() as one:
        one.expect(100)
        one.get("/api/org")


def test_token_and_org_header(script, by_token):
    script.expect(Call("GET", "/api/x", headers={"Authorization": "Bearer glsa_token-1", "X-Grafana-Org-Id": "7"}).answers())
    by_token.get("/api/x", org=7)


def test_refused_token_is_not_sent_again(script, by_token):
    script.expect(Call("GET", "/api/x").answers(401, {"message": "Expired API key", "messageId": "api-key.expired"}))
    with pytest.raises(GrafanaError, match="Expired API key"):
        by_token.get("/api/x")


def test_headers_of_the_connection(script, client):
    script.expect(Call("GET", "/api/x", headers={"X-JWT": "assertion"}, without=["Authorization"]).answers())
    client(identity=Identity(), headers={"X-JWT": "assertion"}).get("/api/x")


def test_user_agent_names_the_collection(script, by_token):
    from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import COLLECTION_VERSION

    script.expect(Call("GET", "/api/x", headers={"User-Agent": "orgsmith.grafana/" + COLLECTION_VERSION}).answers())
    by_token.get("/api/x")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_reads_are_repeated(script, by_token, status):
    script.expect(Call("GET", "/api/x").answers(status, {"message": "later"}), Call("GET", "/api/x").answers(200, [1]))
    assert by_token.get("/api/x") == [1]
    assert len(script.slept) == 1


@pytest.mark.parametrize(("method", "status"), [("POST", 429), ("GET", 503), ("GET", 502), ("GET", 408)])
def test_retry_after_is_respected(script, by_token, method, status):
    call = Call(method, "/api/x")
    script.expect(call.answers(status, {}, {"Retry-After": "17"}), Call(method, "/api/x").answers(200, {"id": 1}))
    by_token.request(method, "/api/x")
    assert script.slept == [17.0]


def test_retry_after_as_a_date(script, by_token):
    when = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=50), usegmt=True)
    script.expect(Call("GET", "/api/x").answers(429, {}, {"Retry-After": when}), Call("GET", "/api/x").answers(200, {"id": 1}))
    by_token.get("/api/x")
    assert 40 < script.slept[0] <= 50


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_too_long_a_retry_after_is_an_error(script, by_token, method):
    script.expect(Call(method, "/api/x").answers(429, {"message": "slow down"}, {"Retry-After": "3600"}))
    with pytest.raises(RateLimited, match=r"slow down.*asks to wait 3600 s, and the module waits at most 120 s"):
        by_token.request(method, "/api/x")
    assert script.slept == []


def test_before_write_is_called_before_each_attempt(script):
    calls = []
    script.expect(Call("POST", "/api/x").answers(429, {}, {"Retry-After": "90"}), Call("POST", "/api/x").answers(200, {"id": 1}))
    Client(connection(identity=Identity(token="t")), lambda: calls.append(1)).post("/api/x", {})
    assert len(calls) == 2


def test_retries_are_limited(script, by_token):
    script.expect(*[Call("GET", "/api/x").answers(500, {"message": "database is locked"})] * 3)
    with pytest.raises(GrafanaError, match="database is locked"):
        by_token.get("/api/x")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
def test_refusals_are_not_repeated(script, by_token, status):
    script.expect(Call("GET", "/api/x").answers(status, {"message": "no"}))
    with pytest.raises(GrafanaError):
        by_token.get("/api/x")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_writes_that_may_have_happened_are_not_repeated(script, by_token, method, status):
    script.expect(Call(method, "/api/x").answers(status, {"message": "database is locked"}))
    with pytest.raises(GrafanaError):
        by_token.request(method, "/api/x", body={})


@pytest.mark.parametrize(
    "problem",
    [
        requests.exceptions.ReadTimeout("slow"),
        requests.exceptions.ConnectionError("reset"),
        requests.exceptions.ChunkedEncodingError(),
    ],
    ids=["timeout", "reset", "cut off"],
)
def test_lost_answer_of_a_write(script, by_token, problem):
    script.expect(Call("POST", "/api/x").breaks(problem))
    with pytest.raises(LostAnswer, match="may have happened or not"):
        by_token.post("/api/x", {})


def test_write_that_was_never_sent_is_repeated(script, by_token):
    refused = requests.exceptions.ConnectionError("NewConnectionError('refused')")
    script.expect(Call("POST", "/api/x").breaks(refused), Call("POST", "/api/x").answers(200, {"id": 1}))
    assert by_token.post("/api/x", {}) == {"id": 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [("<html><title>Login</title></html>", "not_grafana"), ('{"id": ', "not_grafana"), ("", "not_grafana")],
    ids=["HTML", "broken JSON", "nothing"],
)
def test_unreadable_answers_to_reads(script, by_token, text, code):
    script.expect(Call("GET", "/api/x").answers(200, text))
    with pytest.raises(GrafanaError) as caught:
        by_token.get("/api/x")
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["", '{"id": '], ids=["nothing", "broken JSON"])
def test_unreadable_answer_to_a_write_is_a_lost_answer(script, by_token, text):
    script.expect(Call("POST", "/api/x").answers(200, text))
    with pytest.raises(LostAnswer):
        by_token.post("/api/x", {})


def test_unreadable_answer_to_a_write_does_not_show_its_key(script, by_token):
    script.expect(Call("POST", "/api/x").answers(200, '{"id":1,"key":"glsa_the-new-key"'))
    with pytest.raises(LostAnswer) as caught:
        by_token.post("/api/x", {})
    assert "glsa_the-new-key" not in str(caught.value.failure())


@pytest.mark.parametrize(
    ("health", "settings", "version"),
    [
        ({"version": "12.4.3"}, None, "12.4.3"),
        ({"version": "12.0.0-pre"}, None, "12.0.0"),
        ({"version": "11.2.0+security-01"}, None, "11.2.0"),
        ({"database": "ok"}, {"buildInfo": {"version": "9.3.2"}}, "9.3.2"),
        ({"database": "ok"}, {"buildInfo": {"version": ""}}, "None"),
        ({"database": "ok"}, {}, "None"),
    ],
)
def test_version(script, by_token, health, settings, version):
    script.expect(Call("GET", "/api/health", without=["Authorization"]).answers(200, health))
    if settings is not None:
        script.expect(Call("GET", "/api/frontend/settings").answers(200, settings))
    assert str(by_token.version()) == version
    assert str(by_token.version()) == version  # asked once


def test_before_write_can_stop_the_run(script):
    def over():
        raise Abandoned("over")

    script.expect(org())
    one = Client(connection(identity=Identity(token="t")), over)
    one.get("/api/org")
    with pytest.raises(Abandoned):
        one.post("/api/orgs", {})


@pytest.mark.parametrize(
    ("asked", "paths"),
    [
        ({"type": "x", "limit": 2, "page": 1}, ["type=x&limit=2&page=1", "type=x&limit=2&page=2"]),
        ({"perpage": 2, "page": 0}, ["perpage=2&page=0", "perpage=2&page=1"]),
    ],
)
def test_pages_of_a_list(script, by_token, asked, paths):
    script.expect(*(Call("GET", f"/api/x?{query}").answers(200, page) for query, page in zip(paths, [[1, 2], [3]])))
    assert list(by_token.each("/api/x", **asked)) == [1, 2, 3]


@pytest.mark.parametrize(("name", "quoted"), [("a b", "a%20b"), ("a/b", "a%2Fb"), ("a+b", "a%2Bb"), ("é", "%C3%A9")])
def test_segment(name, quoted):
    assert segment(name) == quoted
