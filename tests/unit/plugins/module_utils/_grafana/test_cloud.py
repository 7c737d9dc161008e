# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the Cloud API against scripted calls: ids of writes, refusals, the stack, missing routes."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.cloud import CloudClient, client_for
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import Identity
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import GrafanaError, LostAnswer
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.versions import Version
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import named, numbered, search
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.errors import name_taken

from ..conftest import URL, Call, connection

STACK = "/api/instances/acme"
ACCOUNTS = STACK + "/api/serviceaccounts"
SEARCH = ACCOUNTS + "/search?perpage=1000&page=%d"
TOKEN = "glc_the-token-of-a-policy"


@pytest.fixture
def cloud(script):
    """A client of the scripted Cloud API."""
    options = {"url": URL + STACK, "cloud_stack": "acme", "identity": Identity(token=TOKEN)}
    client = client_for(connection(**options, headers={"X-Proxy": "proxy-secret"}, client_cert=__file__))
    assert isinstance(client, CloudClient)
    return client


@pytest.fixture
def ids(monkeypatch):
    """The ids of the sent requests in order; ``None`` for a request without one."""
    sent = []
    request = requests.Session.request

    def watched(session, method, url, **more):
        sent.append((more.get("headers") or {}).get("x-request-id"))
        return request(session, method, url, **more)

    monkeypatch.setattr(requests.Session, "request", watched)
    return sent


def stack(**changed):
    body = {"id": 507363, "orgId": 652992, "slug": "acme", "url": URL, "status": "active", "runningVersion": "12.1.0-45365 (x)"}
    return Call("GET", STACK).answers(200, {**body, **changed})


def refused(client, call, code, *words):
    with pytest.raises(GrafanaError) as caught:
        call(client)
    assert caught.value.code == code
    for one in words:
        assert one in caught.value.message
    assert TOKEN not in str(caught.value.failure())


def test_a_server_has_an_ordinary_client():
    assert client_for(connection()).__class__ is Client


def test_every_write_has_an_id_of_its_own_and_reads_have_none(script, cloud, ids):
    script.expect(Call("GET", ACCOUNTS + "/7").answers(200, {"id": 7}), Call("POST", ACCOUNTS).answers(200, {"id": 8}))
    script.expect(Call("DELETE", ACCOUNTS + "/7").answers(200, ""), Call("POST", ACCOUNTS).answers(200, {"id": 9}))
    cloud.get("/api/serviceaccounts/7", org=1)
    cloud.post("/api/serviceaccounts", {"name": "a"}, org=1)
    cloud.delete("/api/serviceaccounts/7", org=1)
    cloud.post("/api/serviceaccounts", {"name": "a"}, org=1)
    assert ids[0] is None
    assert all(one.startswith("orgsmith-") for one in ids[1:])
    assert len(set(ids)) == 4


def test_retries_of_a_write_have_the_same_id(script, cloud, ids):
    script.expect(Call("POST", ACCOUNTS).answers(429, {"message": "later"}, {"Retry-After": "60"}))
    script.expect(Call("POST", ACCOUNTS).answers(503, {"code": "ServiceUnavailable", "message": "later"}, {"Retry-After": "3"}))
    script.expect(Call("POST", ACCOUNTS).answers(200, {"id": 8}))
    cloud.post("/api/serviceaccounts", {"name": "a"})
    assert len(set(ids)) == 1
    assert script.slept == [60.0, 3.0]


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_write_that_may_have_happened_is_sent_once(script, cloud, status):
    script.expect(Call("POST", ACCOUNTS).answers(status, {"message": "went wrong"}))
    with pytest.raises(GrafanaError, match="went wrong"):
        cloud.post("/api/serviceaccounts", {"name": "a"})


def test_no_organization_is_named_and_the_token_is_the_policys(script, cloud):
    expected = {"headers": {"Authorization": "Bearer " + TOKEN, "X-Proxy": "proxy-secret"}, "without": ["X-Grafana-Org-Id"]}
    script.expect(Call("GET", ACCOUNTS + "/7/tokens", **expected).answers(200, []))
    assert cloud.get("/api/serviceaccounts/7/tokens", org=1) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.patch("/api/serviceaccounts/7", {"role": "Admin"}),
        lambda client: client.get("/api/org"),
        lambda client: client.find("/api/auth/keys", includeExpired="true"),
        lambda client: client.get("/api/orgs", name="x"),
    ],
)
def test_a_request_without_a_route_is_not_sent(script, cloud, call):
    refused(cloud, call, "unsupported", "the Cloud API has no", "set url and a key of the stack")


# The stack.


def test_the_stack_is_asked_once(script, cloud):
    script.expect(stack())
    assert cloud.own_org() == cloud.own_org() == {"id": 1, "cloud_stack": "acme"}
    assert OrgFinder(cloud).own() == Org(1, None, "acme")
    assert cloud.version() == Version(12, 1, 0)


def test_only_the_key_goes_to_the_stack(script, cloud):
    script.expect(stack())
    expected = {"headers": {"Authorization": "Bearer glsa_new"}, "without": ["X-Proxy"]}
    script.expect(Call("GET", "/api/org", **expected).answers(200, {"id": 1}))
    with cloud.as_token("glsa_new") as client:
        assert client.get("/api/org")["id"] == 1
        assert (client.connection.client_cert, client.connection.cloud_stack) == (None, None)


@pytest.mark.parametrize("running", ["", None, "unknown"])
def test_the_stack_is_asked_for_a_version_that_the_cloud_api_does_not_report(script, cloud, running):
    health = Call("GET", "/api/health", without=["Authorization", "X-Proxy"]).answers(200, {"version": "12.2.1"})
    script.expect(stack(runningVersion=running), health)
    assert cloud.version() == Version(12, 2, 1)
    assert cloud.at_least(Version(12, 2)) is True


def test_the_version_of_an_unreachable_stack_is_unknown(script, cloud):
    script.expect(stack(runningVersion=""))
    script.expect(Call("GET", "/api/health").breaks(requests.exceptions.ConnectionError("NewConnectionError('refused')")))
    assert cloud.at_least(Version(12, 2)) is None


def test_a_starting_stack_is_read_until_it_is_ready(script, cloud):
    script.expect(stack(status="provisioning"), stack(status="starting"), stack())
    cloud.stack()
    assert script.slept == [5.0, 5.0]


@pytest.mark.parametrize("status", ["deleted", "deleting", "archived", "suspended", "paused"])
def test_a_status_that_waiting_does_not_change(script, cloud, status):
    script.expect(stack(status=status))
    refused(
        cloud,
        lambda client: client.stack(),
        "stack_not_ready",
        "stack acme (%s) is not ready" % URL,
        "its status is %s: it is" % status,
    )
    assert script.slept == []


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (401, {"code": "InvalidCredentials", "message": "Token invalid"}, "unauthorized", "neither deleted nor expired"),
        (403, {"code": "Forbidden", "message": "Forbidden"}, "forbidden", "scopes stacks:read and stack-service-accounts:write"),
        (404, {"code": "NotFound", "message": "Element not found"}, "stack_not_found", "cloud_stack is the slug"),
        (200, {"id": 1, "name": "Main Org."}, "not_grafana", "something that is not a stack: check cloud_url"),
        (200, {"url": "ftp://acme", "status": "active"}, "not_grafana", "something that is not a stack"),
        (200, ["acme"], "not_grafana", "something that is not a stack"),
        (200, "<html>Grafana: The open observability platform</html>", "not_grafana", "an HTML page"),
    ],
)
def test_no_stack(script, cloud, status, body, code, words):
    script.expect(Call("GET", STACK).answers(status, body))
    refused(cloud, lambda client: client.own_org(), code, words)


def test_the_advice_is_for_the_cloud_api(script, cloud):
    script.expect(Call("GET", STACK).answers(401, {"code": "InvalidCredentials", "message": "Token invalid; sorry"}))
    with pytest.raises(GrafanaError) as caught:
        cloud.own_org()
    assert "Token invalid; sorry; token has to be" in caught.value.message
    assert "password" not in caught.value.message


def test_no_key_goes_to_a_stack_without_tls(script, monkeypatch):
    monkeypatch.setattr(
        CloudClient, "_request_cloud", lambda *_args, **_more: {"url": "http://acme.grafana.net", "status": "active"}
    )
    client = CloudClient(connection(url="https://grafana.com/api/instances/acme", cloud_stack="acme"))
    refused(client, lambda one: one.as_token("glsa_new"), "not_grafana", "does not send keys there without TLS")


# Service accounts, where the search may omit fields.


def scope(client, many=False):
    return Scope(client, Org(1, None, "acme"), OrgFinder(client), many)


def page(*accounts, **more):
    return {"serviceAccounts": list(accounts), "totalCount": len(accounts), "page": 1, "perPage": 1000, **more}


CI = {"id": 7, "name": "ci"}
WHOLE = {**CI, "login": "sa-1-ci", "role": "Editor", "isDisabled": False, "tokens": 2}


def test_an_account_is_read_by_id_if_the_search_omits_fields(script, cloud):
    script.expect(Call("GET", SEARCH % 1).answers(200, page(CI, {"id": 8, "name": "other"})))
    script.expect(Call("GET", ACCOUNTS + "/7").answers(200, WHOLE))
    here = scope(cloud, many=True)
    found = named(here, "ci")
    assert (found.role, found.tokens, found.whole) == ("Editor", 2, True)
    assert named(here, "ci") == numbered(here, 7) == found
    assert named(here, "nobody") is None


def test_an_account_is_not_read_by_id_if_the_search_is_complete(script, cloud):
    script.expect(Call("GET", SEARCH % 1).answers(200, page(WHOLE)))
    assert named(scope(cloud, many=True), "ci").role == "Editor"


def test_an_account_that_is_deleted_meanwhile(script, cloud):
    script.expect(Call("GET", SEARCH % 1).answers(200, page(CI)))
    script.expect(Call("GET", ACCOUNTS + "/7").answers(404, {"code": "NotFound", "message": "Element not found"}))
    here = scope(cloud, many=True)
    assert named(here, "ci") is None
    assert named(here, "ci") is None


def test_the_page_size_of_the_answer_counts(script, cloud):
    for number in (1, 2):
        accounts = [{"id": number * 10 + one, "name": "a"} for one in range(2)]
        script.expect(Call("GET", SEARCH % number).answers(200, page(*accounts, perPage=2, page=number)))
    script.expect(Call("GET", SEARCH % 3).answers(200, page({"id": 31, "name": "a"}, perPage=2, page=3)))
    assert [one.id for one in search(scope(cloud))] == [10, 11, 20, 21, 31]


def test_a_stack_that_is_deleted_meanwhile(script, cloud):
    script.expect(Call("GET", SEARCH % 1).answers(404, {"code": "NotFound", "message": "Element not found"}))
    refused(cloud, lambda client: search(scope(client)), "stack_not_found", "does not exist any more")


def test_a_missing_field_does_not_count_as_a_taken_name(script, cloud):
    for body, taken in (({"code": "InvalidArgument", "message": "Field is required: name"}, False), ({"code": "Conflict"}, True)):
        script.expect(Call("POST", ACCOUNTS + "/7/tokens").answers(409, body))
        with pytest.raises(GrafanaError) as caught:
            cloud.post("/api/serviceaccounts/7/tokens", {})
        assert name_taken(caught.value) is taken


def test_a_lost_answer_does_not_show_the_key(script, cloud):
    script.expect(Call("POST", ACCOUNTS + "/7/tokens").answers(200, '{"id":1,"key":"glsa_new"'))
    with pytest.raises(LostAnswer) as caught:
        cloud.post("/api/serviceaccounts/7/tokens", {"name": "ci"})
    assert "glsa_new" not in str(caught.value.failure())
