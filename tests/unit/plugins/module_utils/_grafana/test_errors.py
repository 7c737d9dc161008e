# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors from every shape of answer that Grafana, or a proxy in front of it, sends."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import (
    Answer,
    from_answer,
    public_url,
    quoted,
    server_message,
)

RBAC = {"accessErrorId": "ACE1", "message": "Permissions needed: orgs:read", "title": "Access denied"}
STATUS = {"kind": "Status", "status": "Failure", "message": "not found", "reason": "NotFound", "code": 404}
TYPED = {"message": "Expired API key", "messageId": "api-key.expired", "statusCode": 401, "traceID": "", "extra": None}
CLOUD = {"code": "InvalidArgument", "message": "Field is required: name", "requestId": "0c3f"}
FIELDS = [{"fieldNames": ["Name"], "classification": "RequiredError", "message": "Required"}]


@pytest.mark.parametrize(
    ("body", "message", "message_id"),
    [
        pytest.param({"message": "Not found"}, "Not found", None, id="plain message"),
        pytest.param(TYPED, "Expired API key", "api-key.expired", id="with a message id"),
        pytest.param(RBAC, "Permissions needed: orgs:read", None, id="RBAC"),
        pytest.param({"status": "name-exists", "message": "same name"}, "same name", None, id="dashboards"),
        pytest.param(STATUS, "not found", "NotFound", id="Kubernetes status"),
        pytest.param({**STATUS, "message": None, "reason": None}, "", None, id="Kubernetes status without a message, 12.4"),
        pytest.param(CLOUD, "Field is required: name", "InvalidArgument", id="Grafana Cloud"),
        pytest.param(FIELDS, "Name: Required", None, id="array of fields, up to 8.3"),
        pytest.param({"error": "went wrong"}, "went wrong", None, id="error"),
        pytest.param("too long", "too long", None, id="JSON string"),
    ],
)
def test_server_message(body, message, message_id):
    assert server_message(Answer(400, {}, json.dumps(body))) == (message, message_id)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("the expiration date input exceeds the limit", "the expiration date input exceeds the limit"),
        ("<html>502</html>", "an HTML page, not Grafana's API"),
        ("", ""),
        ("x" * 3000, "x" * 2000),
    ],
)
def test_server_message_of_text(text, message):
    assert server_message(Answer(400, {}, text))[0] == message


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"message": "bad request data"}, "refused"),
        (401, {"message": "Unauthorized"}, "unauthorized"),
        (403, RBAC, "forbidden"),
        (404, {"message": "Not found"}, "not_found"),
        (408, {"message": "too slow"}, "lost_answer"),
        (409, {"message": "taken"}, "conflict"),
        (412, {"message": "changed"}, "conflict"),
        (422, {"message": "no"}, "refused"),
        (429, {"message": "slow down"}, "rate_limited"),
        (500, {"message": "database is locked"}, "server_error"),
        (500, {"message": "invalid API key"}, "unauthorized"),
        (503, {"message": "away"}, "server_error"),
    ],
)
def test_code(status, body, code):
    problem = from_answer("GET", "http://g.test/api/x", Answer(status, {}, json.dumps(body)))
    assert problem.code == code
    assert problem.status == status
    assert "GET http://g.test/api/x answered %d" % status in problem.message


def test_html_is_not_grafana():
    problem = from_answer("GET", "http://g.test/api/x", Answer(404, {"Content-Type": "text/html"}, "<html></html>"))
    assert problem.code == "not_grafana"
    assert problem.fatal
    assert "sub-path" in problem.message


def test_html_of_a_gateway_is_a_server_error():
    assert from_answer("GET", "http://g.test/", Answer(502, {}, "<html></html>")).code == "server_error"


@pytest.mark.parametrize(
    "text",
    [
        "Client sent an HTTP request to an HTTPS server.\n",
        "<html><center>The plain HTTP request was sent to HTTPS port</center></html>",
        "<html>Reason: You're speaking plain HTTP to an SSL-enabled server port.</html>",
    ],
    ids=["Grafana", "nginx", "Apache"],
)
def test_http_on_a_port_with_tls(text):
    problem = from_answer("GET", "http://g.test:3000/api/user", Answer(400, {}, text))
    assert problem.code == "wrong_scheme"
    assert problem.fatal
    assert problem.message == "http://g.test:3000/api/user: this port expects https: set url to the address with https://"


def test_redirect_names_the_target_without_its_query():
    answer = Answer(301, {"Location": "https://user:pw@other.test/login?token=1"}, "")
    problem = from_answer("POST", "http://g.test/api/orgs", answer)
    assert problem.code == "redirected"
    assert "https://other.test/login" in problem.message
    assert "pw" not in problem.message
    assert "token" not in problem.message


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://admin:pw@host:3000/grafana/api/org?x=1", "http://host:3000/grafana/api/org"),
        ("https://[::1]:3000/api", "https://[::1]:3000/api"),
        ("http://host/", "http://host/"),
    ],
)
def test_public_url(url, shown):
    assert public_url(url) == shown


@pytest.mark.parametrize("before", [0, 9, 10, 30, 60])
def test_quoted_text_contains_no_part_of_a_key(before):
    key = "glsa_" + "Ab3" * 10 + "xy_0123abcd"
    for secret, text in (("", key), ("Sesame-0123", "Sesame-0123")):
        found = quoted("." * before + "\n " + text + "'", secret, most=40)
        assert found == ("." * before + " ***'").strip()[:40]


def test_failure_in_a_result():
    problem = from_answer("GET", "http://g.test/api/org", Answer(401, {}, json.dumps(TYPED)))
    failure = problem.failure()
    assert set(failure) == {"code", "message", "details"}
    assert failure["details"]["message_id"] == "api-key.expired"
    assert failure["details"]["server_message"] == "Expired API key"


@pytest.mark.parametrize(
    "key",
    [
        "glsa_abcdefghijklmnopqrstuvwxyz012345_0a1b2c3d",
        "glsa_short",
        "glc_eyJvIjoiNjUyOTkyIiwibiI6InRlc3RzIn0=",
        "eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWm1j",
    ],
)
def test_quoted_text_masks_keys_of_every_kind(key):
    assert quoted(f"invalid {key} given") == "invalid *** given"


PERMISSION = "give the caller the permission"


@pytest.mark.parametrize(
    ("message", "code", "advice"),
    [
        ("Quota reached", "quota_reached", "raise the quota"),
        ('dashboards.dashboard.grafana.app "a" is forbidden: Dashboard quota reached', "quota_reached", "raise the quota"),
        ("Folder could not be deleted because it contains library elements in use", "forbidden", "library elements in use"),
        ("the library element has connections", "forbidden", "the library element has connections"),
        ("Permissions needed: orgs:read", "forbidden", PERMISSION),
        ("Permissions needed: orgs.quotas:write", "forbidden", PERMISSION),
    ],
)
def test_only_a_missing_permission_is_called_one(message, code, advice):
    problem = from_answer("POST", "http://g.test/api/x", Answer(403, {}, json.dumps({"message": message})))
    assert problem.code == code
    assert advice in problem.message
    assert (PERMISSION in problem.message) is (advice == PERMISSION)


@pytest.mark.parametrize("text", ["<html>413 Request Entity Too Large</html>", "", '{"message": "too big"}'])
def test_a_request_that_is_too_large_names_its_size_and_the_setting(text):
    problem = from_answer("POST", "http://g.test/api/x", Answer(413, {}, text), {"a": "ä" * 2000})
    assert (problem.code, problem.fatal) == ("too_large", False)
    assert "does not accept a request of 4,008 bytes" in problem.message
    assert "client_max_body_size" in problem.message
