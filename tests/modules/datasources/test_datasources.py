# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sources: created, changed, renamed and deleted; the default; what a tenant sees."""

from __future__ import annotations

import pytest
import requests

from servers import NEWEST

MODULE = "grafana_datasource"
METRICS = {"org_name": "tenant", "uid": "metrics", "name": "Metrics", "type": "prometheus", "ds_url": "http://127.0.0.1:9"}
DEMO = {"org_name": "tenant", "uid": "demo", "name": "Demo", "type": "testdata"}
SECRETS = {"http_headers": {"X-Scope-OrgID": "tenant-1"}, "secure_json_data": {"basicAuthPassword": "n33dle-1"}}


@pytest.fixture
def org(server):
    server.ok("grafana_org", name="tenant")
    return server


@pytest.fixture
def tenant(newest):
    newest.ok("grafana_org", name="tenant")
    return newest


def stored(server, uid="metrics"):
    return server.api("GET", f"/api/datasources/uid/{uid}", org="tenant")


def defaults(server):
    """Return the names of the default data sources."""
    return [one["name"] for one in server.api("GET", "/api/datasources", org="tenant") if one["isDefault"]]


def test_from_nothing_to_nothing(org):
    """Also the first one that must not become the default."""
    whole = {"basic_auth": True, "basic_auth_user": "joe", "json_data": {"httpMethod": "POST"}, "is_default": False, **SECRETS}
    made = org.four(MODULE, **METRICS, **whole)
    assert stored(org)["secureJsonFields"] == {"basicAuthPassword": True, "httpHeaderValue1": True}
    assert stored(org)["jsonData"] == {"httpMethod": "POST", "httpHeaderName1": "X-Scope-OrgID"}
    assert "n33dle" not in "".join(one.text for one in made)
    # A PUT replaces: what the task does not name survives.
    org.four(MODULE, **{**METRICS, "name": "Renamed"}, json_data={"timeInterval": "30s"}, user="joe")
    found = stored(org)
    assert (found["name"], found["basicAuthUser"], found["user"]) == ("Renamed", "joe", "joe")
    assert found["jsonData"] == {"httpMethod": "POST", "httpHeaderName1": "X-Scope-OrgID", "timeInterval": "30s"}
    assert found["secureJsonFields"] == {"basicAuthPassword": True, "httpHeaderValue1": True}
    org.four(MODULE, org_name="tenant", name="Renamed", state="absent")
    assert org.api("GET", "/api/datasources", org="tenant") == []


def test_secrets_are_written_once_for_each_version(tenant):
    tenant.ok(MODULE, **METRICS, **SECRETS)
    changed = tenant.four(MODULE, **METRICS, **SECRETS, secrets_version="2026-11")
    assert changed[1]["diff"]["after"]["secure_json_fields"] == {"basicAuthPassword": "replaced", "httpHeaderValue1": "replaced"}
    assert changed[1]["diff"]["before"]["json_data"] == changed[1]["diff"]["after"]["json_data"]
    assert stored(tenant)["jsonData"]["orgsmithSecretsVersion"] == changed[3]["data_source"]["secrets_version"] == "2026-11"
    tenant.four(MODULE, **METRICS, json_data_exclusive=True, secrets_exclusive=True)
    assert (stored(tenant)["jsonData"], stored(tenant)["secureJsonFields"]) == ({"orgsmithSecretsVersion": "2026-11"}, {})
    for _run in range(2):
        assert tenant.ok(MODULE, **METRICS, **SECRETS, update_secrets="always")["changed"]


def test_the_default_moves(org):
    """Whatever the order of the items; check mode says what the run does."""
    org.ok(MODULE, **METRICS, is_default=True)
    batch = [{**DEMO, "is_default": True}, {**METRICS, "user": "joe"}]
    checked = org.ok(MODULE, batch=batch, check=True)
    done = org.ok(MODULE, batch=batch)
    assert checked["diff"] == done["diff"]
    assert defaults(org) == ["Demo"]
    assert not org.ok(MODULE, batch=batch)["changed"]


@pytest.mark.parametrize("where", [{}, {"missing_parent": "plan"}])
def test_the_first_of_a_batch_becomes_the_default(newest, where):
    """Also in check mode, and in an organization that an earlier task would create."""
    batch = [DEMO, METRICS]
    if not where:
        newest.ok("grafana_org", name="tenant")
    checked = newest.ok(MODULE, batch=batch, check=True, **where)
    newest.ok("grafana_org", name="tenant")
    assert checked["diff"] == newest.ok(MODULE, batch=batch)["diff"]
    assert [entry["after"]["is_default"] for entry in checked["diff"]] == [True, False]
    assert defaults(newest) == ["Demo"]


@pytest.mark.parametrize("check", [True, False])
def test_a_name_of_another_one(tenant, check):
    """Nothing is written, also if an earlier item of the task would take the name."""
    tenant.ok(MODULE, **METRICS)
    with tenant.writes_nothing():
        failed = tenant.fails(MODULE, **{**METRICS, "uid": "other"}, check=check)
    assert (failed.code, failed["failure"]["details"]["uid"]) == ("name_taken", "metrics")
    failed = tenant.fails(MODULE, batch=[DEMO, {**DEMO, "uid": "other"}], check=check)
    assert [entry.get("failure", {}).get("code") for entry in failed["results"]] == [None, "name_taken"]


def test_a_provisioned_one_is_left_alone(special):
    source = {"uid": "prov", "name": "Provisioned", "type": "loki", "url": "http://127.0.0.1:8"}
    server = special(NEWEST, sources=[{**source, "access": "proxy", "readOnly": True}])
    wanted = {"uid": "prov", "name": "Provisioned", "type": "loki", "ds_url": "http://127.0.0.1:8"}
    with server.writes_nothing():
        assert not server.ok(MODULE, **wanted)["changed"]
        for change in ({"user": "joe"}, {"state": "absent"}):
            for check in (True, False):
                assert server.fails(MODULE, **wanted, **change, check=check).code == "provisioned"


def test_two_defaults_are_refused_before_a_write(tenant):
    with tenant.writes_nothing():
        failed = tenant.fails(MODULE, batch=[{**METRICS, "is_default": True}, {**DEMO, "is_default": True}])
    assert failed.code == "bad_input"


def test_health(org):
    assert org.ok(MODULE, **DEMO, health="fail")["data_source"]["health"]["status"] == "OK"
    assert "health check answers ERROR" in org.ok(MODULE, **METRICS, health="warn")["warnings"][0]
    assert org.fails(MODULE, **METRICS, health="fail", check=True).code == "unhealthy"
    listed = org.ok("grafana_datasource_info", org_name="tenant", health=True)["data_sources"]
    assert [(one["name"], one["health"]["status"]) for one in listed] == [("Demo", "OK"), ("Metrics", "ERROR")]


def test_a_type_of_no_plugin_is_stored_as_on_the_server(tenant):
    tenant.four(MODULE, **{**DEMO, "type": "no-such-plugin"})
    assert tenant.fails(MODULE, **DEMO | {"type": "no-such-plugin"}, health="fail").code == "unhealthy"


def test_a_viewer_queries_it(org):
    """TestData, as a user of the tenant; the viewer must not change it, and check mode says so."""
    org.ok(MODULE, **DEMO)
    org.user("alice")
    org.ok("grafana_org_user", org_name="tenant", login="alice", role="Viewer")
    query = {"refId": "A", "datasource": {"uid": "demo"}, "scenarioId": "csv_content", "csvContent": "a,b\n1,2"}
    headers = {"X-Grafana-Org-Id": str(org.org_id("tenant"))}
    body, auth = {"from": "now-5m", "to": "now", "queries": [query]}, ("alice", "long-enough-1")
    answer = requests.post(org.url + "/api/ds/query", json=body, headers=headers, auth=auth, timeout=10)
    assert (answer.status_code, len(answer.json()["results"]["A"]["frames"])) == (200, 1)
    for check in (True, False):
        assert org.fails(MODULE, **DEMO, user="joe", check=check, **org.by_user("alice")).code == "forbidden"


def test_the_token_of_an_admin(newer):
    newer.ok("grafana_org", name="tenant")
    newer.four(MODULE, **DEMO, **newer.by_token("Admin", "tenant"))


def test_info(tenant):
    tenant.ok(MODULE, batch=[{**METRICS, **SECRETS, "secrets_version": "1"}, DEMO])
    found = tenant.ok("grafana_datasource_info", org_name="tenant", type="testdata")["data_sources"]
    assert [(one["uid"], one["is_default"]) for one in found] == [("demo", False)]
    (found,) = tenant.ok("grafana_datasource_info", org_name="tenant", name="Metrics")["data_sources"]
    assert found["secure_json_fields"] == {"basicAuthPassword": "stored", "httpHeaderValue1": "stored"}
    assert (found["json_data"], found["secrets_version"]) == ({"httpHeaderName1": "X-Scope-OrgID"}, "1")
    assert tenant.ok("grafana_datasource_info", org_name="tenant", uid="none")["data_sources"] == []


def test_requests_of_many(tenant):
    """One list, and one request for each: the first run creates, the second one reads the names of the secrets."""
    batch = [{**DEMO, "uid": f"demo-{number}", "name": f"Demo {number}"} for number in range(20)]
    used = []
    for _run in range(2):
        before = tenant.requests()
        tenant.ok(MODULE, batch=batch)
        used.append(tenant.requests() - before)
    assert used[1] <= used[0] <= 20 + 5
