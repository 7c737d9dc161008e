# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Complete tenants in one run of a module: all steps, who goes on after a failure, and what the result says."""

from __future__ import annotations

import json

import pytest

from servers import DELETES_ORGS
from standins import Files

SECRET = "n33dle-of-a-tenant"
#: A token whose key only the control node can store.
VAULT = {"name": "t", "sink": {"type": "ansible_vault", "path": "keys.yml", "variable": "key"}}
#: The objects of :func:`tenant` by step.
STEPS = {
    "organizations": 1,
    "members": 1,
    "teams": 1,
    "data_sources": 1,
    "service_accounts": 1,
    "tokens": 1,
    "folders": 1,
    "dashboards": 1,
    "preferences": 1,
}


@pytest.fixture(autouse=True)
def _keys_in_a_container(monkeypatch):
    monkeypatch.setenv("ORGSMITH_ALLOW_EPHEMERAL", "true")


@pytest.fixture
def server(newest):
    newest.user("alice")
    return newest


def tenant(name, folder, **more):
    """Return a tenant with an object of each kind; its key goes into *folder*."""
    token = {"name": "ci", "seconds_to_live": "30d", "dest": str(folder / name)}
    return {
        "name": name,
        "members": [{"login": "alice", "role": "Editor"}],
        "teams": [{"name": "ops", "members": ["alice"]}],
        "data_sources": [{"name": "P", "type": "prometheus", "ds_url": "http://p:9090", "access": "proxy"}],
        "service_accounts": [{"name": name + " ci", "role": "Editor", "tokens": [token]}],
        "folders": ["Ops"],
        "dashboards": [{"folder": "Ops", "dashboard": {"uid": "home", "title": "Home", "panels": []}}],
        "preferences": {"theme": "dark"},
        **more,
    }


def counted(result):
    """Return how many objects of each step have changed, without the steps in which none has."""
    return {name: step["summary"]["changed"] for name, step in result["steps"].items() if step["summary"]["changed"]}


def failures(result):
    return [(entry["tenant"], name) for name, step in result["steps"].items() for entry in step["results"] if "failure" in entry]


def test_check_run_check_run(newer, tmp_path):
    newer.user("alice")
    results = newer.four("grafana_tenants", batch=[tenant("one", tmp_path), tenant("two", tmp_path)])
    expected = {name: 2 * number for name, number in STEPS.items()}
    assert [counted(result) for result in results] == [expected, expected, {}, {}]
    assert results[1]["summary"] == {"ok": 0, "changed": 18, "failed": 0, "not_run": 0, "total": 18}
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["one.json", "two.json"]
    keys = [(tmp_path / name).read_text().strip() for name in ("one", "two")]
    assert all(key.startswith("glsa_") and key not in result.text for key in keys for result in results)


def test_the_same_tenants_from_a_file(server, tmp_path):
    """With what the modules for one kind of object make of the file, nothing is left to do."""
    path = tmp_path / "tenants.json"
    path.write_text(json.dumps([tenant("one", tmp_path), tenant("two", tmp_path)]))
    for module in ("grafana_org", "grafana_org_user", "grafana_team", "grafana_datasource", "grafana_service_account"):
        server.ok(module, tenants_file=str(path), tenants=["one"])
    result = server.ok("grafana_tenants", tenants_file="tenants.json", tenants_rules={"folder": str(tmp_path)}, tenants=["one"])
    assert counted(result) == {"tokens": 1, "folders": 1, "dashboards": 1, "preferences": 1}
    for module in ("grafana_sa_token", "grafana_folder", "grafana_dashboard", "grafana_org_preferences"):
        assert not server.ok(module, tenants_file=str(path), tenants=["one"])["changed"], module
    assert set(server.emulator.orgs()) == {"Main Org.", "one"}


def test_one_login_and_no_search_for_organizations_that_it_made(server, tmp_path):
    server.ok("grafana_tenants", batch=[tenant("one", tmp_path)])
    before = {(one["method"], one["route"]): one["count"] for one in server.emulator.stats()["routes"]}
    server.ok("grafana_tenants", batch=[tenant("one", tmp_path)])
    after = {(one["method"], one["route"]): one["count"] for one in server.emulator.stats()["routes"]}
    asked = {route: count - before.get(route, 0) for route, count in after.items() if count != before.get(route, 0)}
    assert asked["POST", "/login"] == asked["GET", "/logout"] == 1
    assert [count for (_method, route), count in asked.items() if route == "/api/orgs"] == [1]


def test_a_tenant_that_fails_is_left_out_of_the_following_steps(server, tmp_path):
    wrong = tenant("two", tmp_path, teams=[{"name": "ops", "members": ["nobody"]}])
    given = [tenant("one", tmp_path), wrong, tenant("three", tmp_path)]
    result = server.fails("grafana_tenants", batch=given, results=["brief"])
    assert failures(result) == [("two", "teams")]
    assert result["msg"].startswith("1 of 27 objects failed: two: ")
    assert (result.code, result["summary"]["not_run"]) == ("items_failed", 6)
    assert (result["changed"], counted(result)["teams"], counted(result)["dashboards"]) == (True, 2, 2)
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["one.json", "three.json"]
    result = server.ok("grafana_tenants", batch=given, on_failure="report", results=["brief"])
    assert (result["changed"], failures(result)) == (False, [("two", "teams")])
    assert "two" in result["msg"]


def test_fail_fast(server, tmp_path):
    """Nothing else is begun after the first failure."""
    wrong = tenant("one", tmp_path, teams=[{"name": "ops", "members": ["nobody"]}])
    result = server.fails("grafana_tenants", batch=[wrong, tenant("two", tmp_path)], fail_fast=True, concurrency=1)
    assert failures(result) == [("one", "teams")]
    assert counted(result) == {"organizations": 2, "members": 2}
    assert (result["summary"]["failed"], result["summary"]["not_run"]) == (1, 13)


def test_module_defaults_of_the_group_that_mean_nothing_here(server, tmp_path):
    assert server.ok("grafana_tenants", batch=[{"name": "one"}], missing_parent="fail", check=True)["changed"]


def test_people_who_have_not_logged_in_yet(server, tmp_path):
    """Everything else of the tenant is finished without them."""
    members = [{"login": "alice"}, {"login": "later"}]
    folder = {"title": "Team", "permissions": [{"user": "later", "permission": "Edit"}, {"user": "alice", "permission": "View"}]}
    given = tenant("one", tmp_path, members=members, teams=[{"name": "ops", "members": ["alice", "later"]}], folders=[folder])
    given["dashboards"][0]["folder"] = "Team"
    result = server.ok("grafana_tenants", batch=[given], on_failure="report", results=["brief"])
    assert failures(result) == [("one", "members")]
    assert result["steps"]["members"]["results"][-1]["failure"]["code"] == "user_not_found"
    assert counted(result).keys() == STEPS.keys()
    team = server.ok("grafana_team", org_name="one", name="ops", members=["alice"])
    assert not team["changed"]


def test_dashboards_are_downloaded_once_although_somebody_has_not_logged_in_yet(server, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Files() as files:
        dashboard = {"path": files.put("home.json", {"uid": "home", "title": "Home", "panels": []})}
        given = {"name": "one", "members": [{"login": "later"}], "dashboards": [dashboard]}
        result = server.ok("grafana_tenants", batch=[given], on_failure="report")
        assert (counted(result), len(files.asked)) == ({"organizations": 1, "dashboards": 1}, 1)


def test_check_mode_plans_users_who_would_be_created(server, tmp_path):
    create = {"email": "new@example.org", "password": SECRET}
    given = tenant("one", tmp_path, members=[{"login": "new", "role": "Editor", "create": create}])
    given["teams"][0]["members"] = ["new"]
    with server.writes_nothing():
        planned = server.ok("grafana_tenants", batch=[given], check=True)
    made = server.ok("grafana_tenants", batch=[given])
    assert counted(planned) == counted(made) == {**STEPS, "users": 1}
    assert not server.ok("grafana_tenants", batch=[given])["changed"]
    assert SECRET not in planned.text + made.text


def test_check_mode_looks_into_an_organization_that_would_change(server, tmp_path):
    """Also into one that is found by its id, and would get another name."""
    server.ok("grafana_tenants", batch=[tenant("one", tmp_path)])
    renamed = {**tenant("one", tmp_path), "name": "two", "id": server.org_id("one")}
    for given in (tenant("one", tmp_path, address={"city": "Bern"}), renamed):
        for check in (True, False):
            assert counted(server.ok("grafana_tenants", batch=[given], check=check)) == {"organizations": 1}


def test_a_user_of_two_tenants_is_created_although_the_first_one_fails(server):
    members = [{"login": "new", "role": "Editor", "create": {"email": "new@example.org", "password": SECRET}}]
    given = [{"name": "one", "id": 99, "members": members}, {"name": "two", "members": members}]
    result = server.ok("grafana_tenants", batch=given, on_failure="report", results=["brief"])
    assert failures(result) == [("one", "organizations")]
    assert counted(result) == {"organizations": 1, "users": 1, "members": 1}
    assert result["summary"] == {"ok": 0, "changed": 3, "failed": 1, "not_run": 1, "total": 5}


def test_some_steps(server, tmp_path):
    result = server.ok("grafana_tenants", batch=[tenant("one", tmp_path)], steps=["data_sources", "organizations"])
    assert list(result["steps"]) == ["organizations", "data_sources"]
    result = server.ok("grafana_tenants", batch=[tenant("one", tmp_path)])
    assert counted(result).keys() == STEPS.keys() - {"organizations", "data_sources"}


def test_the_default_sink_and_the_writer_of_dashboards(server, tmp_path):
    given = tenant("one", tmp_path)
    del given["service_accounts"][0]["tokens"][0]["dest"]
    options = {"sink": {"type": "file", "path": "{org_name}.key"}}
    options["tenants_rules"] = {"folder": str(tmp_path), "dashboards_as": "token"}
    server.ok("grafana_tenants", batch=[given], **options)
    assert (tmp_path / "one.key").exists()
    assert server.emulator.creator(server.org_id("one"), "home").startswith("service-account:")
    assert not server.ok("grafana_tenants", batch=[given], **options)["changed"]


@pytest.mark.parametrize("version", ["9.3.2", "10.4.3", DELETES_ORGS])
def test_removal(versioned, tmp_path, version):
    server = versioned(version)
    server.user("alice")
    server.ok("grafana_tenants", batch=[tenant("one", tmp_path), tenant("two", tmp_path)])
    given = [tenant("one", tmp_path), tenant("two", tmp_path, state="absent")]
    results = server.four("grafana_tenants", batch=given)
    assert counted(results[1]) == {"organizations": 1, "tokens": 1}
    assert "Home" in json.dumps(results[0]["steps"]["organizations"]["results"])
    assert set(server.emulator.orgs()) == {"Main Org.", "one"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "one.json"]


def test_removal_where_the_server_deletes_no_organization(versioned, tmp_path):
    server = versioned("13.1.0-pre")
    server.user("alice")
    server.ok("grafana_tenants", batch=[tenant("one", tmp_path)])
    gone = [tenant("one", tmp_path, state="absent")]
    with server.writes_nothing():
        assert "undeletable" in server.fails("grafana_tenants", batch=gone, check=True).text
    server.ok("grafana_tenants", batch=gone, on_undeletable="empty")
    assert not server.ok("grafana_tenants", batch=gone, on_undeletable="empty")["changed"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "set batch, or tenants_file, to the organizations"),
        ({"batch": "one"}, "batch has to be a list of organizations, not a string"),
        ({"batch": ["one"]}, "batch: entry 0 has to be a dictionary, not a string"),
        ({"batch": [{"name": 7}]}, "batch: entry 0 needs a name, as a string"),
        ({"batch": [{"name": "a"}, {"name": "a"}]}, "two organizations have the name a"),
        ({"batch": [{"name": "a", "nme": SECRET}]}, "organization a: unknown option 'nme'"),
        ({"batch": [{"name": "a", "service_accounts": [{"role": "None"}]}]}, "service_accounts[0] needs a name"),
        ({"batch": [{"name": "a", "folders": [{"titel": "x"}]}]}, "organization a, folders[0]: "),
        ({"batch": [{"name": "a"}], "tenants": ["a"]}, "tenants needs tenants_file"),
        ({"batch": [{"name": "a"}], "tenants_file": "/nowhere"}, "batch and tenants_file cannot be used together"),
        ({"batch": [{"name": "a"}, {"name": "b", "dashboards": [{"path": "/nowhere.json"}]}]}, "the step dashboards: tenant b: "),
        ({"batch": [{"name": "a", "preferences": {"home_dashboard": "x", "home_dashboard_uid": "y"}}]}, "tenant a: "),
        (
            {"batch": [{"name": "a", "service_accounts": [{"name": "ci", "tokens": [{"name": "t"}]}]}]},
            "no destination for its key",
        ),
        ({"batch": [{"name": "a", "service_accounts": [{"name": "ci", "tokens": [VAULT]}]}]}, "use the role org_bootstrap"),
    ],
)
def test_what_is_refused_before_the_first_request(server, options, said):
    """Also what only a late step would find."""
    with server.writes_nothing():
        result = server.fails("grafana_tenants", **options)
    assert said in result["msg"]
    assert SECRET not in result.text


def test_secrets_of_a_tenant_are_masked(server, tmp_path):
    """Also where a secret stands at the wrong place."""
    create = {"email": "new@example.org", "password": SECRET}
    source = {"name": "P", "type": SECRET, "basic_auth": True, "secure_json_data": {"basicAuthPassword": SECRET}}
    given = tenant("one", tmp_path, members=[{"login": SECRET}, {"login": "new", "create": create}], data_sources=[source])
    assert SECRET not in server.run("grafana_tenants", batch=[given], on_failure="report").text


def test_an_error_after_the_first_change_keeps_what_was_done(server, tmp_path):
    server.emulator.fault({"kind": "outage", "path": "/api/teams"})
    result = server.fails("grafana_tenants", batch=[tenant("one", tmp_path)], retries=0)
    assert result.code == "unreachable"
    assert counted(result) == {"organizations": 1, "members": 1}
    server.emulator.clear_faults()
    assert counted(server.ok("grafana_tenants", batch=[tenant("one", tmp_path)])).keys() == STEPS.keys() - {
        "organizations",
        "members",
    }
