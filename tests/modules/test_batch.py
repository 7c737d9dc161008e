# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many objects in one run, and what happens when some of them, or the network, fail."""

from __future__ import annotations

import pytest

from servers import NEWEST

#: Several threads have connections of their own.
OVER_THE_NETWORK = True


@pytest.fixture
def tenants(outermost):
    """Ten organizations."""
    outermost.ok("grafana_org", batch=[{"name": f"tenant-{number}"} for number in range(10)])
    return outermost


def members(login="alice", role="Editor", orgs=10):
    return [{"org_name": f"tenant-{number}", "login": login, "role": role} for number in range(orgs)]


def test_results_in_order(tenants):
    tenants.user("alice")
    results = tenants.ok("grafana_org_user", batch=members())["results"]
    assert [entry["index"] for entry in results] == list(range(10))
    assert [entry["org_name"] for entry in results] == [f"tenant-{number}" for number in range(10)]
    assert {entry["member"]["role"] for entry in results} == {"Editor"}


def test_four_runs_of_a_batch(tenants):
    tenants.user("alice")
    runs = tenants.four("grafana_org_user", batch=members())
    assert len(runs[1]["diff"]) == 10
    assert runs[3]["summary"] == {"ok": 10, "changed": 0, "failed": 0, "not_run": 0, "total": 10}


def test_task_options_are_the_defaults_of_items(tenants):
    tenants.user("alice")
    batch = [{"org_name": "tenant-0"}, {"org_name": "tenant-1", "role": "Admin"}]
    results = tenants.ok("grafana_org_user", login="alice", role="Viewer", org_name="tenant-5", batch=batch)["results"]
    assert [entry["member"]["role"] for entry in results] == ["Viewer", "Admin"]
    assert [entry["org_name"] for entry in results] == ["tenant-0", "tenant-1"]


def test_null_in_an_item_takes_the_default(tenants):
    tenants.user("alice")
    batch = [{"org_name": "tenant-0", "login": "alice", "role": None, "state": None}]
    assert tenants.ok("grafana_org_user", role="Editor", batch=batch)["results"][0]["member"]["role"] == "Editor"


def test_what_the_server_refuses_fails_that_item_alone(tenants):
    tenants.user("alice")
    batch = members()
    batch[3]["login"] = "nobody"
    result = tenants.fails("grafana_org_user", batch=batch)
    assert [entry["status"] for entry in result["results"]].count("changed") == 9
    assert result["results"][3]["failure"]["code"] == "user_not_found"
    assert result["msg"].startswith("1 of 10 failed: batch[3], org tenant-3, nobody: ")
    assert result["failure"]["code"] == "items_failed"
    assert result["changed"]


def test_report_leaves_failing_to_the_play(tenants):
    result = tenants.ok("grafana_org_user", batch=members("nobody"), on_failure="report")
    assert result["summary"]["failed"] == 10
    assert "10 of 10 failed" in result["msg"]
    assert not any("failed" in entry for entry in result["results"])


@pytest.mark.parametrize(
    ("which", "listed"), [("all", [0, 1, 2]), ("changed", [1]), ("failed", [2]), (["changed", "failed"], [1, 2])]
)
def test_results_lists_the_items_that_the_task_asks_for(newest, which, listed):
    newest.user("alice")
    newest.ok("grafana_org", name="tenant")
    result = newest.fails("grafana_org_user", org_name="tenant", batch=["admin", "alice", "nobody"], results=which)
    assert [entry["index"] for entry in result["results"]] == listed
    assert result["summary"] == {"ok": 1, "changed": 1, "failed": 1, "not_run": 0, "total": 3}
    assert result["msg"].startswith("1 of 3 failed: ")
    assert result["changed"]
    assert len(result["diff"]) == 1


def test_what_many_failed_items_print(newest):
    """With all results about 300 characters for each item; without those that failed, only the message's first five."""
    batch = ["nobody-%d" % number for number in range(30)]
    sizes = {which: len(newest.fails("grafana_org_user", batch=batch, results=which).text) for which in ("all", "changed")}
    assert sizes["all"] > 30 * 200
    assert sizes["changed"] < 2_000
    failed = newest.ok("grafana_org_user", batch=batch, results="failed", on_failure="report")["results"]
    assert {frozenset(entry) for entry in failed} == {frozenset(("index", "status", "label", "org_id", "org_name", "failure"))}
    assert [entry["label"] for entry in failed] == batch


@pytest.mark.parametrize(
    ("module", "names", "option"),
    [
        ("grafana_org", ["alpha", "beta"], "name"),
        ("grafana_org_user", ["alice", "admin"], "login"),
        ("grafana_folder", ["Alpha", "Beta"], "title"),
        ("grafana_service_account", ["alpha", "beta"], "name"),
    ],
)
def test_items_that_are_strings(newest, module, names, option):
    newest.user("alice")
    made = newest.ok(module, batch=[names[0], {option: names[1]}])
    kind = {"grafana_org": "organization", "grafana_org_user": "member"}.get(module, module[len("grafana_") :])
    assert [entry[kind][option] for entry in made["results"]] == names
    assert not newest.ok(module, batch=names)["changed"]


def test_a_module_without_a_name_refuses_strings(newest):
    result = newest.fails("grafana_sa_token", batch=["glsa_hunter-two"])
    assert result["msg"] == "batch[0] has to be a dictionary, not a string"


def test_report_of_a_single_object(tenants):
    result = tenants.ok("grafana_org_user", login="nobody", on_failure="report")
    assert result["status"] == "failed"
    assert result["failure"]["code"] == "user_not_found"
    assert "with grafana_user" in result["msg"]


def test_fail_fast(tenants):
    batch = [{"org_name": "tenant-0", "login": "nobody"}, *members("admin", "Admin")[1:]]
    result = tenants.fails("grafana_org_user", batch=batch, fail_fast=True, concurrency=1)
    assert result["summary"]["failed"] == 1
    assert result["summary"]["not_run"] == 9


def test_one_list_for_many(tenants):
    tenants.user("alice")
    before = tenants.requests()
    tenants.ok("grafana_org_user", batch=members())
    assert tenants.requests() - before == 1 + 2 * 10
    before = tenants.requests()
    tenants.ok("grafana_org_user", batch=members())
    assert tenants.requests() - before == 1 + 10


def test_many_dashboards_in_one_org(tenants):
    batch = [{"org_name": "tenant-0", "dashboard": {"uid": f"d{n}", "title": f"D {n}"}} for n in range(20)]
    tenants.four("grafana_dashboard", batch=batch)


def test_a_dashboard_needs_two_requests_or_three(newest):
    """The first one asks whether the server accepts the credential."""
    wanted = {"org_id": 1, "dashboard": {"uid": "a", "title": "A"}}
    for expected in (3, 2):
        before = newest.requests()
        newest.ok("grafana_dashboard", **wanted)
        assert newest.requests() - before == expected


def test_empty_batch(newest):
    result = newest.ok("grafana_org", batch=[])
    assert result["results"] == []
    assert not result["changed"]


@pytest.mark.parametrize("kind", ["drop", "database_locked", "refuse", "broken_json", "rate_limit", "unavailable"])
@pytest.mark.parametrize(
    "module", ["grafana_org", "grafana_service_account", "grafana_org_user", "grafana_dashboard", "grafana_folder"]
)
def test_writes_survive_faults(newest, module, kind):
    """A write that got lost, or never arrived, is made up for; nothing is made twice."""
    newest.user("alice")
    newest.ok("grafana_org", name="tenant")
    wanted = {
        "grafana_org": {"name": "another"},
        "grafana_service_account": {"org_name": "tenant", "name": "ci"},
        "grafana_org_user": {"org_name": "tenant", "login": "alice", "role": "Editor"},
        "grafana_dashboard": {"org_name": "tenant", "dashboard": {"uid": "a", "title": "A"}},
        "grafana_folder": {"org_name": "tenant", "title": "A"},
    }[module]
    newest.emulator.fault({"method": "POST", "path": "/api/(orgs|serviceaccounts|dashboards|folders)", "kind": kind})
    assert newest.ok(module, **wanted)["changed"]
    assert not newest.ok(module, **wanted)["changed"]
    assert len(newest.ok("grafana_org_info")["organizations"]) == (3 if module == "grafana_org" else 2)


@pytest.mark.parametrize("kind", ["database_locked", "bad_gateway", "drop", "broken_json", "empty", "rate_limit"])
def test_reads_are_repeated(newest, kind):
    newest.emulator.fault({"method": "GET", "path": "/api/orgs", "kind": kind, "times": 1})
    result = newest.run("grafana_org", name="tenant")
    if kind in ("broken_json", "empty"):
        assert result.code == "not_grafana"
    else:
        assert result["changed"]


def test_server_that_stays_broken(newest):
    newest.emulator.fault({"method": "POST", "path": "/api/orgs", "kind": "database_locked", "times": 99})
    result = newest.fails("grafana_org", name="tenant", retries=1)
    assert result.code == "server_error"
    assert "database is locked" in result["msg"]


@pytest.mark.parametrize("kind", ["database_locked", "rate_limit", "unavailable"])
def test_an_overloaded_server_gets_fewer_requests_at_a_time(newest, kind):
    batch = [{"name": f"tenant-{number:02}"} for number in range(30)]
    newest.emulator.fault({"method": "POST", "path": "/api/orgs", "kind": kind, "nth": 5, "times": 1})
    result = newest.ok("grafana_org", batch=batch, concurrency=8)
    assert result["summary"]["changed"] == 30
    paced = result["concurrency"]
    assert (paced["highest"], paced["reductions"]) == (8, 1)
    assert 1 <= paced["lowest"] <= 4
    assert paced["lowest"] < paced["final"] <= 8
    # A server that keeps up gives the result that it always gave.
    for check in (True, False):
        assert "concurrency" not in newest.ok("grafana_org", batch=batch, concurrency=8, check=check)


def test_slow_server(newest):
    newest.emulator.fault({"method": "GET", "path": "/api/orgs", "kind": "slow", "seconds": 1.5, "times": 9})
    result = newest.fails("grafana_org", name="tenant", timeout=0.3, retries=0)
    assert result.code == "unreachable"
    assert "no answer within 0.3 s" in result["msg"]


def test_info_modules(newer):
    newer.ok("grafana_org", name="tenant")
    newer.ok("grafana_service_account", org_name="tenant", name="ci", role="Editor")
    newer.ok("grafana_dashboard", org_name="tenant", dashboard={"uid": "a", "title": "A", "tags": ["x"]})
    one = newer.ok("grafana_org_info", name="tenant", members=True, quotas=True)["organizations"]
    assert [org["name"] for org in one] == ["tenant"]
    assert [member["login"] for member in one[0]["members"]] == ["admin"]
    assert one[0]["quotas"] is None
    assert newer.ok("grafana_org_info", name="nowhere")["organizations"] == []
    assert newer.ok("grafana_org_info", id=4711)["organizations"] == []
    accounts = newer.ok("grafana_service_account_info", org_name="tenant")["service_accounts"]
    assert [(account["name"], account["role"]) for account in accounts] == [("ci", "Editor")]
    listed = newer.ok("grafana_dashboard_info", org_name="tenant")["dashboards"]
    assert [(entry["uid"], entry["title"]) for entry in listed] == [("a", "A")]
    whole = newer.ok("grafana_dashboard_info", org_name="tenant", uid="a", content=True)["dashboards"]
    assert whole[0]["dashboard"]["tags"] == ["x"]
    assert newer.fails("grafana_dashboard_info", org_name="nowhere").code == "org_not_found"


def test_quotas_are_told(special):
    server = special(NEWEST, settings={"quota.enabled": "true", "quota.org_dashboard": "7"})
    quotas = server.ok("grafana_org_info", id=1, quotas=True)["organizations"][0]["quotas"]
    assert {"target": "dashboard", "limit": 7, "used": 0} in quotas
