# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server accepts the caller: asked before anything else, and a rejected credential is sent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import Identity, from_options
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import NotGrafana, Refused, Unauthorized
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.api import check_key, refused

from ..conftest import URL, Call

#: Recorded (settings anonymous): the answer to an anonymous caller, and to a rejected credential from 10.4 on.
ANONYMOUS = {"message": "Unauthorized"}
ADMIN = {"id": 1, "uid": "bf1", "login": "admin", "email": "admin@localhost", "orgId": 1}
KEY = {"uid": "service-account:7", "login": "sa-2-ci", "orgId": 2}
PROXY = {"X-WEBAUTH-USER": "admin"}
TOKEN = Identity(token="glsa_token-1", source="option token")
LOGIN = Call("POST", "/login").answers(200, {}, cookies={"grafana_session": "one"})


@pytest.fixture(autouse=True)
def _every_call_is_expected(script):
    script.answers_identity = False


def user(status=200, body=None, **expected):
    return Call("GET", "/api/user", **expected).answers(status, body or ANONYMOUS)


def health(version):
    return Call("GET", "/api/health", without=["Authorization"]).answers(200, {"version": version} if version else {})


@pytest.mark.parametrize(("status", "body"), [(200, KEY), (403, ANONYMOUS), (404, {"message": "user not found"})])
def test_the_first_request_asks_who_the_caller_is(script, client, status, body):
    script.expect(user(status, body), Call("POST", "/api/folders"), Call("GET", "/api/org"))
    one = client(identity=TOKEN)
    one.post("/api/folders", {})
    one.get("/api/org")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_rejected_token_reads_and_writes_nothing(script, client, method):
    script.expect(user(401))
    one = client(identity=TOKEN)
    for _number in range(2):
        with pytest.raises(Unauthorized) as caught:
            one.request(method, "/api/folders")
        assert caught.value.code == "unauthorized"
        text = f"the server {URL} does not accept the token (option token) and treats the caller as anonymous: "
        assert caught.value.message.startswith(text)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"detail": "Not Found"}),
        (404, "404 page not found"),
        (404, {"message": 7}),
        (405, ""),
        (200, {"status": "ok"}),
        (200, []),
        (200, "ok"),
        (404, "<html>Not found</html>"),
    ],
)
@pytest.mark.parametrize("kind", ["token", "password", "login"])
def test_another_server_answers(script, client, kind, status, body):
    """It is recognized before the first write, and before its 404 or its empty list is taken for a missing object."""
    paths = [("POST", "/login")] if kind == "login" else []
    script.expect(*(Call(*path).exactly(body, status) for path in [*paths, ("GET", "/api/user")]))
    one = client(identity=TOKEN) if kind == "token" else client()
    one.expect(100 if kind == "login" else 1)
    with pytest.raises(NotGrafana) as caught:
        one.post("/api/folders", {})
    assert caught.value.code == "not_grafana"
    assert f"{URL}/api/user answered {status}" in caught.value.message
    assert "check url" in caught.value.message


def test_a_server_that_rejects_by_itself_is_quoted(script, client):
    script.expect(user(401, {"message": "Invalid API key", "messageId": "api-key.invalid"}))
    with pytest.raises(Unauthorized, match=r"does not accept the token \(option token\): .*Invalid API key"):
        client(identity=TOKEN).get("/api/org")


@pytest.mark.parametrize(
    ("options", "environment", "named"),
    [
        ({"username": "ann", "password": "pw-1"}, {}, "the password of user ann (option username and option password)"),
        ({"username": "ann"}, {"GRAFANA_PASSWORD": "pw-1"}, "the password of user ann (option username and GRAFANA_PASSWORD)"),
        ({}, {"GRAFANA_TOKEN": "glsa_x"}, "the token (GRAFANA_TOKEN)"),
        ({"token_file": "key"}, {}, "the token (option token_file, key)"),
        ({"headers": PROXY}, {}, "the identity in the headers X-WEBAUTH-USER"),
        ({"client_cert": "key"}, {}, "the client certificate key"),
    ],
)
def test_the_error_names_the_credential(script, client, tmp_path, options, environment, named):
    (tmp_path / "key").write_text("glsa_x", "utf-8")
    connection = from_options({"url": URL, **options}, environment)
    if "X-WEBAUTH-USER" not in connection.headers and connection.identity.kind == "password":
        script.expect(user(401), health("12.4.3"))
    else:
        script.expect(user(401))
    values = {name: getattr(connection, name) for name in ("identity", "headers", "client_cert")}
    with pytest.raises(Unauthorized) as caught:
        client(**values).get("/api/org")
    assert f"does not accept {named} and treats the caller as anonymous" in caught.value.message
    assert "pw-1" not in caught.value.message


# Passwords


@pytest.mark.parametrize("version", ["10.4.3", "12.4.3", None])
def test_with_anonymous_access_a_wrong_password_is_sent_once(script, client, version):
    script.expect(user(401), health(version))
    with client() as one, ThreadPoolExecutor(8) as pool:

        def ask(_number):
            with pytest.raises(Unauthorized):
                one.get("/api/org")
            return True

        assert all(pool.map(ask, range(8)))


def test_with_anonymous_access_a_wrong_login_is_sent_once(script, client):
    script.expect(Call("POST", "/login").answers(401, {"message": "Invalid username or password"}))
    with client() as one:
        one.expect(100)
        for _number in range(2):
            with pytest.raises(Unauthorized, match="does not accept the password of user admin"):
                one.get("/api/org")


def test_without_basic_auth_9_3_does_not_check_the_password(script, client):
    script.expect(
        user(401), health("9.3.2"), LOGIN, user(body=ADMIN), Call("GET", "/api/org"), Call("GET", "/logout").answers(302)
    )
    with client() as one:
        one.get("/api/org")


def test_a_login_needs_no_other_proof(script, client):
    script.expect(LOGIN, Call("GET", "/api/org"), Call("GET", "/logout").answers(302))
    with client() as one:
        one.expect(100)
        one.get("/api/org")


def test_a_failing_first_request_is_repeated_also_before_a_write(script, client):
    script.expect(user(503, {"message": "busy"}), user(body=KEY), Call("POST", "/api/folders"))
    client(identity=TOKEN).post("/api/folders", {})


@pytest.mark.parametrize("body", [[ADMIN], "<html></html>"])
def test_an_answer_of_another_shape_accepts_nothing(script, client, body):
    script.expect(user(200, body))
    with pytest.raises(NotGrafana):
        client(identity=TOKEN).post("/api/folders", {})


# A header identifies a caller, too


def test_a_rejected_token_is_not_the_user_of_the_header(script, client):
    script.expect(user(body=ADMIN))
    with pytest.raises(Unauthorized, match=r"it is user admin; .*\(X-WEBAUTH-USER\)"):
        client(identity=TOKEN, headers=PROXY).post("/api/folders", {})


def test_a_jwt_as_token_may_be_a_user(script, client):
    script.expect(user(body=ADMIN), Call("GET", "/api/org"))
    client(identity=Identity(token="eyJhbGciOi.x.y"), headers={"Cookie": "gateway=1"}).get("/api/org")


def test_a_wrong_password_beside_a_header_is_sent_once(script, client):
    script.expect(Call("POST", "/login").answers(401, {"message": "Invalid username or password"}))
    with pytest.raises(Unauthorized, match="does not accept the password of user admin"):
        client(headers=PROXY).get("/api/org")


def test_beside_a_header_the_password_needs_no_session(script, client):
    script.expect(LOGIN, Call("GET", "/logout").answers(302), user(body=ADMIN))
    script.expect(*[Call("GET", "/api/org", without=["Cookie"])] * 6)
    with client(headers=PROXY) as one:
        for _number in range(6):
            one.get("/api/org")


def test_the_user_of_a_header_is_not_the_user_of_the_task(script, client):
    script.expect(LOGIN, Call("GET", "/logout").answers(302), user(body={**ADMIN, "login": "eve", "email": "eve"}))
    with pytest.raises(Unauthorized, match="it is user eve"):
        client(headers=PROXY).get("/api/org")


# Tests of keys

ACCOUNT = Account(id=7, name="ci", login="sa-2-ci", fields={"role": "Viewer", "disabled": False})


def scope(client, **changed):
    one = client(identity=Identity(), headers=PROXY, **changed)
    return Scope(one, Org(2, "tenant"), OrgFinder(one))


def test_from_11_5_on_the_answer_has_to_identify_the_key(script, client):
    script.expect(health("11.5.1"), user(body=KEY, headers=PROXY), user(body=ADMIN, headers=PROXY))
    tested = scope(client)
    assert refused(tested, "glsa_stored", ACCOUNT) is None
    assert refused(tested, "glsa_stored", ACCOUNT) == "refused"


@pytest.mark.parametrize("version", ["9.3.2", "10.4.3"])
def test_before_11_5_a_key_is_tested_without_identity(script, client, version):
    script.expect(health(version), user(401, without=["X-WEBAUTH-USER"]))
    assert refused(scope(client), "glsa_stored", ACCOUNT) == "refused"


def test_a_new_key_has_to_be_one_of_the_account(script, client):
    script.expect(health("12.4.3"), user(body={**KEY, "uid": "service-account:8"}))
    with pytest.raises(Refused, match="another service account"):
        check_key(scope(client), "glsa_new", ACCOUNT)


def test_a_new_key_that_the_server_rejects_is_not_the_user_of_the_header(script, client):
    script.expect(health("12.4.3"), user(body=ADMIN))
    with pytest.raises(Unauthorized, match="the key under test"):
        check_key(scope(client), "glsa_new", ACCOUNT)
