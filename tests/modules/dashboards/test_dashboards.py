# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards by both routes: the same tasks with the same results, few requests, and nothing of others destroyed."""

from __future__ import annotations

import copy

import pytest

from servers import NEWEST


def panels(*titles):
    return [{"id": number, "type": "text", "title": title} for number, title in enumerate(titles, 1)]


def test_made_changed_moved_deleted(org):
    wanted = {"uid": "cpu", "title": "CPU", "panels": panels("a", "b")}
    made = org.four(dashboard=wanted)
    assert made[1]["dashboard"]["version"] == 1
    changed = org.four(dashboard={**wanted, "panels": panels("a", "c")})
    assert len(changed[1]["dashboard"]["changed_paths"]) == 1
    moved = org.four(dashboard={**wanted, "panels": panels("a", "c")}, folder="Hosts", create_folder=True)
    assert moved[1]["dashboard"]["changed_paths"] == ["folder"]
    folder = moved[1]["dashboard"]["folder_uid"]
    stays = org.ok(dashboard={**wanted, "panels": panels("a", "d")})
    assert stays["dashboard"]["folder_uid"] == folder == org.read("cpu")["meta"]["folderUid"]
    assert [panel["title"] for panel in org.read("cpu")["dashboard"]["panels"]] == ["a", "d"]
    org.four(uid="cpu", state="absent")
    assert org.uids() == []


def test_the_diff_is_of_the_dashboard(org):
    org.ok(dashboard={"uid": "a", "title": "A", "panels": panels("CPU")}, folder="Hosts", create_folder=True)
    wanted = {"uid": "a", "title": "A: b", "panels": [{**panels("CPU")[0], "options": {"content": "no"}}]}
    diff = org.ok(dashboard=wanted, folder="Hosts", check=True)["diff"]
    assert diff["before"].splitlines() == ["uid: a", "title: A", "folder: Hosts"]
    assert diff["after"].splitlines()[1:] == [
        'title: "A: b"',
        "folder: Hosts",
        'panels[0] "CPU".options: {"content": "no"}',
    ]
    moved = org.ok(dashboard=wanted, folder="Racks", create_folder=True, check=True)["diff"]
    assert ("folder: Hosts\n" in moved["before"], "folder: Racks\n" in moved["after"]) == (True, True)


def test_without_a_uid(org):
    made = org.four(dashboard={"title": "CPU", "panels": panels("a")})
    assert made[1]["dashboard"]["uid"] == made[3]["dashboard"]["uid"]
    org.four(dashboard={"title": "CPU", "panels": panels("b")})
    assert org.uids() == [made[1]["dashboard"]["uid"]]


def test_many_at_once(org):
    batch = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}", "panels": panels("a")}} for n in range(30)]
    results = org.four(batch=batch)
    assert [entry["dashboard"]["uid"] for entry in results[1]["results"]] == [f"d{n}" for n in range(30)]
    changed = copy.deepcopy(batch)
    for entry in changed[::3]:
        entry["dashboard"]["tags"] = ["x"]
    again = org.four(batch=changed)
    assert [entry["status"] for entry in again[1]["results"]] == ["changed", "ok", "ok"] * 10
    assert again[1]["summary"]["changed"] == 10
    org.four(batch=[{"uid": f"d{n}", "state": "absent"} for n in range(30)])


def test_many_into_new_folders(org):
    batch = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}"}, "folder": f"F {n % 3}"} for n in range(15)]
    org.four(batch=batch, create_folder=True)
    assert len(org.server.api("GET", "/api/folders", org="tenant")) == 3


def test_the_history_says_what_was_written(org):
    org.ok(dashboard={"uid": "a", "title": "A"}, commit_message="first")
    org.ok(dashboard={"uid": "a", "title": "A", "tags": ["x"]}, commit_message="second", source="ops/host")
    path = "/api/dashboards/id/1/versions" if org.server.version.startswith("8") else "/api/dashboards/uid/a/versions"
    history = org.server.api("GET", path, org="tenant")
    versions = history["versions"] if isinstance(history, dict) else history
    assert versions[0]["message"] == "second [orgsmith.grafana: ops/host]"
    first = org.server.api("GET", f"{path}/1", org="tenant")
    assert first["message"] == "first [orgsmith.grafana]"


def edit(org):
    org.ok(dashboard={"uid": "a", "title": "A", "tags": ["ours"]})
    org.server.user("alice")
    org.server.api("POST", f"/api/orgs/{org.server.org_id('tenant')}/users", {"loginOrEmail": "alice", "role": "Editor"})
    version = org.read("a")["meta"]["version"]
    theirs = {"uid": "a", "title": "A", "tags": ["theirs"], "version": version}
    body = {"dashboard": theirs, "message": "by hand"}
    org.server.api("POST", "/api/dashboards/db", body, org="tenant", auth=("alice", "long-enough-1"))
    return {"uid": "a", "title": "A", "tags": ["ours, new"]}


def test_an_edit_in_the_ui_is_overwritten_and_said(org):
    wanted = edit(org)
    results = org.four(dashboard=wanted)
    assert "was edited by alice" in results[1].text
    assert results[1]["dashboard"]["edited"]["by"] == "alice"
    assert results[1]["dashboard"]["edited"]["message"] == "by hand"
    assert "edited" not in results[3]["dashboard"]
    assert not org.ok(dashboard={**wanted, "tags": ["x"]})["warnings"]


def test_an_edit_in_the_ui_is_kept(org):
    wanted = edit(org)
    with org.server.writes_nothing():
        kept = org.ok(dashboard=wanted, on_conflict="keep")
    assert not kept["changed"]
    assert "was edited by alice" in kept["warnings"][0]
    assert kept["dashboard"]["edited"]["by"] == "alice"
    assert org.read("a")["dashboard"]["tags"] == ["theirs"]


@pytest.mark.parametrize("check", [True, False])
def test_an_edit_in_the_ui_fails_the_task(org, check):
    wanted = edit(org)
    with org.server.writes_nothing():
        failed = org.fails(dashboard=wanted, on_conflict="fail", check=check)
    assert failed.code == "edited"
    assert "alice" in failed["msg"]
    assert failed["failure"]["details"]["edited"]["by"] == "alice"
    # what is as it should be is nobody's conflict, whoever wrote it
    assert not org.ok(dashboard={"uid": "a", "title": "A", "tags": ["theirs"]}, on_conflict="fail")["changed"]


def test_pruned_is_what_carries_the_mark(org):
    batch = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}"}} for n in range(12)]
    org.ok(batch=batch)
    org.ok(dashboard={"uid": "other", "title": "Of another source"}, source="other")
    org.by_hand("hand", "By hand")
    org.by_hand("d2", "D 2", tags=["by hand"])
    org.by_hand("d3", "D 3", message="nearly [orgsmith.grafana] ours", tags=["by hand"])
    with org.server.writes_nothing():
        planned = org.ok(batch=batch[4:], prune=True, check=True)
    results = org.ok(batch=batch[4:], prune=True)
    for result in (planned, results):
        gone = [entry for entry in result["results"] if entry["index"] >= 8]
        assert sorted(entry["diff"]["before"].splitlines()[0] for entry in gone) == ["uid: d0", "uid: d1"]
        assert result["summary"] == {"ok": 8, "changed": 2, "failed": 0, "not_run": 0, "total": 10}
    assert org.uids() == sorted(["other", "hand", "d2", "d3", *(f"d{n}" for n in range(4, 12))])
    again = org.ok(batch=batch[4:], prune=True)
    assert not again["changed"]
    org.ok(batch=batch[4:], prune=True, source="other")
    assert "other" not in org.uids()


def test_pruning_stays_below_its_folder(org):
    inside = [{"dashboard": {"uid": f"i{n}", "title": f"I {n}"}, "folder": "In"} for n in range(3)]
    outside = [{"dashboard": {"uid": f"o{n}", "title": f"O {n}"}, "folder": "Out"} for n in range(2)]
    org.ok(batch=inside + outside, create_folder=True)
    org.ok(batch=inside[:1], prune=True, folder="In")
    assert org.uids() == ["i0", "o0", "o1"]


@pytest.mark.parametrize("kind", ["drop", "database_locked", "bad_gateway"])
def test_a_write_that_gets_lost(org, kind):
    org.ok(dashboard={"uid": "a", "title": "A"})
    org.server.emulator.fault({"method": "(POST|PUT)", "path": "/api.*/dashboards/(db|a)", "kind": kind, "times": 1})
    result = org.ok(dashboard={"uid": "a", "title": "A", "tags": ["x"]})
    assert result["changed"]
    assert org.read("a")["dashboard"]["tags"] == ["x"]


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2", "11.5.1"])
def test_kubernetes_is_refused_where_it_has_holes(versioned, version):
    server = versioned(version)
    with server.writes_nothing():
        failed = server.fails("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, api="kubernetes")
    assert failed.code == "unsupported"
    assert "12.0" in failed["msg"]


@pytest.mark.parametrize("version", ["11.5.1", "12.0.0-pre", "12.4.3"])
def test_a_server_that_hides_its_version(special, version):
    server = special(version, settings={"auth.anonymous.hide_version": "true"})
    batch = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}"}} for n in range(12)]
    server.four("grafana_dashboard", batch=batch)
    server.ok("grafana_dashboard", batch=batch[1:], prune=True)
    server.four("grafana_dashboard", dashboard={"uid": "d1", "title": "D 1", "tags": ["x"]})


@pytest.mark.parametrize("api", ["legacy", "kubernetes", "auto"])
def test_provisioned_is_never_touched(special, api):
    dashboard = {"uid": "prov", "title": "From a file"}
    server = special(NEWEST, dashboards=[dashboard])
    wanted = {"org_id": 1, "api": api}
    with server.writes_nothing():
        assert server.fails("grafana_dashboard", dashboard={**dashboard, "tags": ["x"]}, **wanted).code == "provisioned"
        assert server.fails("grafana_dashboard", uid="prov", state="absent", **wanted).code == "provisioned"
        assert not server.ok("grafana_dashboard", dashboard=dashboard, **wanted)["changed"]
    others = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}"}} for n in range(12)]
    server.ok("grafana_dashboard", batch=others, **wanted)
    assert not server.ok("grafana_dashboard", batch=others, prune=True, **wanted)["changed"]


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2"])
def test_a_title_that_is_taken(versioned, version):
    server = versioned(version)
    server.ok("grafana_dashboard", dashboard={"uid": "a", "title": "A"})
    for check in (True, False):
        with server.writes_nothing():
            failed = server.fails("grafana_dashboard", dashboard={"uid": "b", "title": "A"}, check=check)
        assert failed.code == "title_taken"
        assert "(a)" in failed["msg"]
    two = [{"dashboard": {"uid": uid, "title": "Two"}, "folder_uid": "general"} for uid in "xy"]
    with server.writes_nothing():
        assert "have one title in one folder" in server.fails("grafana_dashboard", batch=two)["msg"]


def count(server, work):
    before = server.requests()
    work()
    return server.requests() - before


def test_a_thousand(newest):
    wanted = {"batch": [{"dashboard": {"uid": f"d{n}", "title": f"D {n}"}} for n in range(1000)], "org_id": 1}
    assert count(newest, lambda: newest.ok("grafana_dashboard", **wanted)) <= 1000 + 20
    assert count(newest, lambda: newest.ok("grafana_dashboard", **wanted)) <= 1000 / 125 + 1
    assert not newest.ok("grafana_dashboard", **wanted)["changed"]
    assert count(newest, lambda: newest.ok("grafana_dashboard", prune=True, **wanted)) <= 1000 / 125 + 1
