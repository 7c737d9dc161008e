# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Server, identity and organization of a connection, from options and environment."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import (
    OrgChoice,
    from_options,
    is_secret_header,
    read_token_file,
    server_of,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput

ADMIN = {"url": "http://g.test", "username": "admin", "password": "secret-1"}

#: A key of a service account, and a token of an access policy of Grafana Cloud.
KEY = "glsa_" + "Ab3d" * 8 + "_0123abcd"
POLICY = "glc_" + "eyJvIjoi" * 6


def options(**changed):
    return {name: value for name, value in {**ADMIN, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    ("given", "environ", "kind"),
    [
        pytest.param({}, {}, "password", id="options"),
        pytest.param({"username": None, "password": None, "token": "t"}, {}, "token", id="token"),
        pytest.param({"username": "", "password": "", "token": "t"}, {}, "token", id="empty options are not set"),
        pytest.param({}, {"GRAFANA_TOKEN": "t"}, "password", id="options beat the environment"),
        pytest.param({"username": None, "password": None}, {"GRAFANA_TOKEN": "t"}, "token", id="token of the environment"),
        pytest.param({"password": None}, {"GRAFANA_PASSWORD": "p"}, "password", id="other half in the environment"),
        pytest.param(
            {"username": None, "password": None},
            {"GRAFANA_USER": "u", "GRAFANA_PASSWORD": "p", "GRAFANA_TOKEN": ""},
            "password",
            id="empty variable is not set",
        ),
        pytest.param(
            {"username": None, "password": None, "headers": {"X-WEBAUTH-USER": "u"}},
            {"GRAFANA_TOKEN": "t"},
            "headers",
            id="header that identifies the caller",
        ),
        pytest.param(
            {"username": None, "password": None, "headers": {"X-Tenant": "u"}}, {"GRAFANA_TOKEN": "t"}, "token", id="other header"
        ),
        pytest.param({"username": None, "password": None, "headers": {"X-Tenant": "u"}}, {}, "headers", id="header alone"),
    ],
)
def test_identity(given, environ, kind):
    assert from_options(options(**given), environ).identity.kind == kind


@pytest.mark.parametrize(
    ("given", "environ", "words"),
    [
        pytest.param({"token": "t"}, {}, "two identities in the options: token and username and password", id="both"),
        pytest.param(
            {"username": None, "password": None, "token": "t", "token_file": "f"}, {}, "two identities", id="two tokens"
        ),
        pytest.param(
            {"username": None, "password": None},
            {"GRAFANA_TOKEN": "t", "GRAFANA_USER": "u"},
            "two identities in the environment: GRAFANA_TOKEN and GRAFANA_USER",
            id="both in the environment",
        ),
        pytest.param({"username": None, "password": None}, {}, "no identity is given", id="none"),
        pytest.param({"password": None}, {}, "username is set, but password is missing", id="half"),
        pytest.param({"username": None}, {}, "password is set, but username is missing", id="other half"),
        pytest.param({"headers": {"Authorization": "Bearer x"}}, {}, "two identities", id="header Authorization"),
        pytest.param({"url": None}, {}, "no server is given", id="no server"),
        pytest.param({"url": "grafana:3000"}, {}, "has to look like", id="no scheme"),
        pytest.param({"url": "http://h:port"}, {}, "has to look like", id="no port"),
        pytest.param({"url": "http://h/?x=1"}, {}, "not with a query", id="query"),
        pytest.param({"url": "http://h:3000/api"}, {}, "not with the page or route api: set url to http://h:3000", id="api"),
        pytest.param({"url": "http://h/sub/login/"}, {}, "route login: set url to http://h/sub", id="login"),
        pytest.param({"url": "https://h/api/org"}, {}, "route api/org: set url to https://h", id="route"),
        pytest.param({"url": None}, {"GRAFANA_URL": "http://h/api"}, "set url to http://h", id="api in the environment"),
        pytest.param({"password": KEY}, {}, "password holds a token, which is no password of a user: set token", id="token"),
        pytest.param({"password": POLICY}, {}, "password holds a token", id="token of Grafana Cloud"),
        pytest.param(
            {"password": None}, {"GRAFANA_PASSWORD": KEY + "\n"}, "GRAFANA_PASSWORD holds a token", id="token in the environment"
        ),
        pytest.param({"url": "http://u:secret-2@h"}, {}, "must not carry a user and a password", id="password in the address"),
        pytest.param({"timeout": 0}, {}, "timeout has to be a number", id="timeout"),
        pytest.param({"retries": -1}, {}, "retries has to be a number", id="retries"),
        pytest.param({"concurrency": 0}, {}, "concurrency has to be a number", id="concurrency"),
        pytest.param({}, {"GRAFANA_TIMEOUT": "soon"}, "timeout has to be a number", id="timeout of the environment"),
        pytest.param({}, {"GRAFANA_VALIDATE_CERTS": "maybe"}, "validate_certs has to be", id="boolean of the environment"),
        pytest.param({"ca_path": "/no/such"}, {}, "ca_path: no such file", id="no file"),
        pytest.param({"client_key": __file__}, {}, "client_key is set without client_cert", id="key alone"),
        pytest.param({"headers": {"X": "a\nb"}}, {}, "HTTP does not allow", id="line break in a header"),
        pytest.param({"headers": {"x-grafana-org-id": "3"}}, {}, "set by org_id", id="org by header"),
        pytest.param({"org_id": 1, "org_name": "a"}, {}, "both org_id and org_name", id="two orgs"),
        pytest.param({"org_id": "x"}, {}, "org_id has to be a whole number", id="org_id"),
        pytest.param({"org_id": True}, {}, "org_id has to be a whole number", id="org_id yes"),
        pytest.param({"org_id": 0}, {}, "org_id has to be a whole number", id="org_id 0"),
        pytest.param({"org_name": True}, {}, "put it in quotes", id="org_name yes"),
        pytest.param({"org_name": 7}, {}, "put it in quotes", id="org_name 007"),
    ],
)
def test_refused(given, environ, words):
    with pytest.raises(BadInput) as caught:
        from_options(options(**given), environ)
    assert words in caught.value.message
    assert not any(secret in caught.value.message for secret in ("secret-", KEY, POLICY))


@pytest.mark.parametrize(
    ("given", "environ", "org"),
    [
        ({}, {}, OrgChoice()),
        ({"org_id": "7"}, {}, OrgChoice(id=7)),
        ({"org_name": "a"}, {}, OrgChoice(name="a")),
        ({"org_name": "a"}, {"GRAFANA_ORG_ID": "7"}, OrgChoice(name="a")),
        ({}, {"GRAFANA_ORG_ID": "7"}, OrgChoice(id=7)),
        ({"org_id": ""}, {"GRAFANA_ORG_NAME": "b"}, OrgChoice(name="b")),
        ({}, {"GRAFANA_ORG_ID": "", "GRAFANA_ORG_NAME": ""}, OrgChoice()),
    ],
)
def test_organization(given, environ, org):
    assert from_options(options(**given), environ).org == org


@pytest.mark.parametrize("path", ["/grafana", "/api/grafana", "/my-login", "/dashboards"])
def test_address_keeps_its_sub_path(path):
    assert from_options(options(url=f" https://h{path}/ "), {}).url == "https://h" + path


@pytest.mark.parametrize(("username", "password"), [("api_key", KEY), ("ann", "glsa_short"), ("ann", "glc_")])
def test_passwords_that_may_look_like_tokens(username, password):
    """Grafana takes a key as the password of the user api_key."""
    assert from_options(options(username=username, password=password), {}).identity.password == password


NO_STACK = {"cloud_stack": None, "cloud_url": None}
STACK = {"cloud_stack": "acme", "token": "glc_t"}
AT_CLOUD = "https://grafana.com/api/instances/acme"


@pytest.mark.parametrize(
    ("given", "environ", "address"),
    [
        pytest.param(STACK, {}, (AT_CLOUD, "acme"), id="stack"),
        pytest.param({**STACK, "cloud_url": "http://c/api/"}, {}, ("http://c/api/instances/acme", "acme"), id="cloud_url"),
        pytest.param(STACK, {"GRAFANA_CLOUD_URL": "http://c/api"}, ("http://c/api/instances/acme", "acme"), id="both sources"),
        pytest.param(STACK, {"GRAFANA_URL": "http://g"}, (AT_CLOUD, "acme"), id="stack in options before address in environment"),
        pytest.param({**STACK, "url": ""}, {}, (AT_CLOUD, "acme"), id="empty address is not set"),
        pytest.param(
            {"url": "http://g", "token": "t"},
            {"GRAFANA_CLOUD_STACK": "acme"},
            ("http://g", None),
            id="address in options before stack in environment",
        ),
        pytest.param({"token": "t"}, {"GRAFANA_CLOUD_STACK": "acme"}, (AT_CLOUD, "acme"), id="stack in environment"),
        pytest.param(
            {}, {"GRAFANA_CLOUD_STACK": "acme", "GRAFANA_TOKEN": "t"}, (AT_CLOUD, "acme"), id="stack and token in environment"
        ),
        pytest.param({**STACK, "cloud_stack": ""}, {"GRAFANA_URL": "http://g"}, ("http://g", None), id="empty stack is not set"),
        pytest.param(
            {**STACK, "token": "t"}, {"GRAFANA_ORG_ID": "7"}, (AT_CLOUD, "acme"), id="org in environment is for another server"
        ),
    ],
)
def test_stack(given, environ, address):
    found = from_options({**NO_STACK, **given}, environ)
    assert (found.url, found.cloud_stack) == address
    assert server_of({**NO_STACK, **given}, environ) == address
    assert found.org == OrgChoice()


@pytest.mark.parametrize(
    ("given", "environ", "words"),
    [
        pytest.param({**STACK, "url": "http://g"}, {}, "two servers in the options: url and cloud_stack", id="two"),
        pytest.param(
            {"token": "t"},
            {"GRAFANA_URL": "http://g", "GRAFANA_CLOUD_STACK": "acme"},
            "two servers in the environment: GRAFANA_URL and GRAFANA_CLOUD_STACK",
            id="two in environment",
        ),
        pytest.param({"token": "t", "cloud_url": "http://c"}, {}, "cloud_url is set without cloud_stack", id="no slug"),
        pytest.param({**STACK, "cloud_stack": "acme.grafana.net"}, {}, "slug of a stack alone", id="host for a slug"),
        pytest.param({**STACK, "cloud_url": "grafana.com"}, {}, "cloud_url has to look like", id="no address"),
        pytest.param({**STACK, "org_name": "a"}, {}, "have no meaning with cloud_stack", id="org"),
        pytest.param(
            {"token": "t"},
            {"GRAFANA_CLOUD_STACK": "acme", "GRAFANA_ORG_ID": "7"},
            "have no meaning with cloud_stack",
            id="stack and org in environment",
        ),
        pytest.param(
            {"cloud_stack": "acme", "username": "u", "password": "secret-3"}, {}, "token of an access policy", id="password"
        ),
        pytest.param({"cloud_stack": "acme", "headers": {"X-JWT": "secret-4"}}, {}, "token of an access policy", id="header"),
        pytest.param({**STACK, "token": "glsa_secret-5"}, {}, "the key of a service account (glsa_...)", id="key"),
    ],
)
def test_refused_stack(given, environ, words):
    with pytest.raises(BadInput) as caught:
        from_options({**NO_STACK, **given}, environ)
    assert words in caught.value.message
    assert "secret-" not in caught.value.message


def test_a_module_without_the_option_ignores_a_stack_in_the_environment():
    assert from_options(ADMIN, {"GRAFANA_CLOUD_STACK": "acme"}).cloud_stack is None


def test_secrets():
    found = from_options(options(headers={"X-JWT": "long-enough", "X-N": "1"}, proxy="http://u:proxy-pw@p:1"), {})
    assert {"secret-1", "long-enough", "proxy-pw", "u:proxy-pw", "dTpwcm94eS1wdw=="} <= set(found.secrets())
    assert "secret-1" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [("X-JWT", "12345678", True), ("X-JWT", "1234567", False), ("Accept", "application/json", False), ("X-N", "1", False)],
)
def test_masked_headers(name, value, secret):
    assert is_secret_header(name, value) is secret


@pytest.mark.parametrize(("content", "key"), [("glsa_x\n", "glsa_x"), ("  glsa_x  ", "glsa_x")])
def test_token_file(tmp_path, content, key):
    (tmp_path / "key").write_text(content)
    assert read_token_file(str(tmp_path / "key")) == key


@pytest.mark.parametrize("content", ["", "\n", "two keys", "a\nb"])
def test_token_file_without_exactly_one_key(tmp_path, content):
    (tmp_path / "key").write_text(content)
    with pytest.raises(BadInput, match="has to hold one key"):
        read_token_file(str(tmp_path / "key"))


def test_missing_token_file(tmp_path):
    with pytest.raises(BadInput) as caught:
        read_token_file(str(tmp_path / "key"))
    assert caught.value.code == "token_file_missing"
