# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards that a server stores otherwise than they are, or refuses: known before the first write, settled after one run."""

from __future__ import annotations

import json

import pytest

from modules.conftest import Org, Server
from modules.dashboards.exports import SHARED, source

V2 = {
    "title": "New layout",
    "cursorSync": "Off",
    "elements": {},
    "layout": {"kind": "GridLayout", "spec": {"items": []}},
    "timeSettings": {"autoRefresh": "1s", "from": "now-1h", "to": "now"},
}


@pytest.fixture
def on(emulators, monkeypatch):
    """A function that returns the organization tenant on a server of a version, with dashboards by a route."""

    def get(version, api="auto"):
        server = Server(emulators(version), monkeypatch)
        server.dashboard_api = api
        server.ok("grafana_org", name="tenant")
        return Org(server)

    return get


ROUTES = [("9.3.2", "legacy"), ("12.4.3", "legacy"), ("12.4.3", "kubernetes")]


@pytest.mark.parametrize(("version", "api"), ROUTES)
def test_a_refresh_below_the_minimum(on, version, api):
    org = on(version, api)
    results = org.four(dashboard={"uid": "quick", "title": "Quick", "refresh": "1s", "panels": []})
    for result in results:
        assert len(result["warnings"]) == 1
        assert "refresh interval 1s is shorter than the minimum" in result["warnings"][0]
        assert "the minimum, 5s" in result["warnings"][0]
    assert org.read("quick")["dashboard"]["refresh"] == "5s"
    assert not org.four(dashboard={"uid": "slow", "title": "Slow", "refresh": "1m"})[1]["warnings"]
    assert org.read("slow")["dashboard"]["refresh"] == "1m"


def test_a_refresh_below_the_minimum_in_the_new_layout(on):
    org = on("12.4.3")
    assert "the minimum, 5s" in org.four(dashboard={**V2, "uid": "quick"})[1].text
    assert org.read("quick")["dashboard"]["refresh"] == "5s"


def test_the_minimum_is_asked_once_and_only_for_an_interval(on):
    org = on("12.4.3")
    batch = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}", "refresh": "1s" if n else ""}} for n in range(4)]

    def asked():
        routes = org.server.emulator.stats()["routes"]
        return sum(entry["count"] for entry in routes if entry["route"] == "/api/frontend/settings")

    before = asked()
    org.ok(batch=batch[:1])
    assert asked() == before
    org.ok(batch=[*batch, *({**entry, "org_id": 1, "org_name": None} for entry in batch)])
    assert asked() == before + 1


@pytest.mark.parametrize("check", [True, False])
def test_a_refresh_that_is_no_interval(on, check):
    org = on("9.3.2", "legacy")
    with org.server.writes_nothing():
        failed = org.fails(dashboard={"uid": "odd", "title": "Odd", "refresh": "nonsense"}, check=check)
    assert "'nonsense', which is not a duration" in failed["msg"]


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2"])
def test_titles_with_one_slug(on, version):
    org = on(version, "legacy")
    org.ok(dashboard={"uid": "one", "title": "Hello: World"})
    for check in (True, False):
        with org.server.writes_nothing():
            failed = org.fails(dashboard={"uid": "two", "title": "hello world"}, check=check)
        assert failed.code == "title_taken"
        assert all(part in failed["msg"] for part in ("hello world (two)", "Hello: World (one)"))
    batch = [{"dashboard": {"uid": uid, "title": title}, "folder_uid": "general"} for uid, title in (("x", "A b"), ("y", "a-B"))]
    with org.server.writes_nothing():
        failed = org.fails(batch=batch)
    assert all(part in failed["msg"] for part in ("A b (x)", "a-B (y)", "case and punctuation"))


def test_the_title_of_a_folder(on):
    org = on("9.3.2", "legacy")
    org.server.ok("grafana_folder", org_name="tenant", uid="f1", title="Data bases")
    for folder in (None, "Data bases"):
        for check in (True, False):
            with org.server.writes_nothing():
                failed = org.fails(dashboard={"uid": "one", "title": "data-bases"}, folder=folder, check=check)
            assert failed.code == "title_taken"
            assert all(part in failed["msg"] for part in ("data-bases (one)", "older Data bases"))
    assert "(f1)" in org.fails(dashboard={"uid": "one", "title": "data-bases"})["msg"]


@pytest.mark.parametrize("check", [True, False])
def test_a_directory_with_the_title_of_its_dashboard(on, tmp_path, check):
    (tmp_path / "Databases").mkdir()
    (tmp_path / "Databases" / "a.json").write_text('{"uid": "databases-1", "title": "Databases", "panels": []}')
    org = on("9.3.2", "legacy")
    with org.server.writes_nothing():
        failed = org.fails(directory=str(tmp_path), check=check)
    assert failed.code == "title_taken"
    assert "Databases (databases-1)" in failed["msg"]
    assert "the folder Databases" in failed["msg"]
    assert org.server.api("GET", "/api/folders", org="tenant") == []
    org = on("11.5.1", "legacy")
    org.four(directory=str(tmp_path))


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2"])
def test_another_uid_with_prune(on, version):
    org = on(version, "legacy")
    org.ok(batch=[{"dashboard": {"uid": "old", "title": "CPU"}}, {"dashboard": {"uid": "other", "title": "Other"}}])
    batch = [{"dashboard": {"uid": "new", "title": "CPU"}}, {"dashboard": {"uid": "other", "title": "Other"}}]
    with org.server.writes_nothing():
        assert org.fails(batch=batch)["results"][0]["failure"]["code"] == "title_taken"
    made = org.four(batch=batch, prune=True)
    for result in made[:2]:
        assert result["summary"] == {"ok": 1, "changed": 1, "failed": 0, "not_run": 0, "total": 2}
        assert result["results"][0]["diff"]["before"].splitlines()[0] == "uid: old"
    assert org.uids() == ["new", "other"]


def test_another_uid_does_not_destroy_what_others_made(on):
    org = on("9.3.2", "legacy")
    org.ok(dashboard={"uid": "mine", "title": "Mine"})
    org.by_hand("old", "CPU")
    batch = [{"dashboard": {"uid": "new", "title": "CPU"}}, {"dashboard": {"uid": "mine", "title": "Mine"}}]
    for check in (True, False):
        with org.server.writes_nothing():
            assert org.fails(batch=batch, prune=True, check=check)["results"][0]["failure"]["code"] == "title_taken"
    assert org.uids() == ["mine", "old"]


def operators(value="${DS_PROMETHEUS}", kind="prometheus"):
    """A dashboard as written for grafana-operator: with a placeholder, without ``__inputs``."""
    source_of = {"type": kind, "uid": value}
    panel = {
        "id": 1,
        "type": "timeseries",
        "title": "up",
        "datasource": source_of,
        "targets": [{"refId": "A", "datasource": source_of}],
    }
    return {"uid": "s18", "title": "S18", "panels": [panel], "schemaVersion": 39}


@pytest.mark.parametrize("value", ["A", "prometheus-a", {"name": "A"}, {"uid": "prometheus-a", "type": "prometheus"}])
def test_a_placeholder_without_inputs_is_filled_in(on, value):
    org = on("12.4.3")
    uid = source(org, "A")
    org.four(dashboard=operators(), inputs={"DS_PROMETHEUS": value}, check_references=True)
    panel = org.read("s18")["dashboard"]["panels"][0]
    assert (panel["datasource"]["uid"], panel["targets"][0]["datasource"]["uid"]) == (uid, uid)


def test_a_placeholder_that_remains_is_reported(on):
    org = on("12.4.3")
    source(org, "A")
    assert not org.ok(dashboard=operators())["warnings"]
    made = org.ok(dashboard=operators(), check_references=True)
    assert len(made["dashboard"]["missing_references"]) == 1
    assert "${DS_PROMETHEUS}" in made["dashboard"]["missing_references"][0]
    variable = {"templating": {"list": [{"name": "DS_PROMETHEUS", "type": "datasource", "query": "prometheus"}]}}
    made = org.ok(dashboard={**operators(), **variable}, check_references=True)
    assert made["dashboard"]["missing_references"] == []


def test_keys_of_inputs_that_nothing_uses(on):
    org = on("12.4.3")
    source(org, "A")
    plain = {"uid": "plain", "title": "Plain"}
    with org.server.writes_nothing():
        failed = org.fails(batch=[{"dashboard": operators()}, {"dashboard": plain}], inputs={"DS_PROMETHEUS": "A", "DS_X": "A"})
        assert failed.code == "inputs_unused"
        assert "DS_X." in failed["msg"]
        # A variable of the dashboard has its own values.
        variable = {"templating": {"list": [{"name": "DS_PROMETHEUS", "type": "datasource", "query": "prometheus"}]}}
        assert org.fails(dashboard={**operators(), **variable}, inputs={"DS_PROMETHEUS": "A"}).code == "inputs_unused"
    org.four(batch=[{"dashboard": operators()}, {"dashboard": plain}], inputs={"DS_PROMETHEUS": "A"})


@pytest.mark.parametrize("check", [True, False])
def test_a_data_source_of_another_type(on, check):
    org = on("12.4.3")
    source(org, "Logs", kind="loki")
    for wanted in (operators(), SHARED):
        key = "DS_PROMETHEUS" if wanted is not SHARED else "DS_METRICS"
        with org.server.writes_nothing():
            failed = org.fails(dashboard=wanted, inputs={key: "Logs"}, check=check)
        assert failed.code == "inputs_unresolved"
        assert "a data source of type loki, not of type prometheus" in failed["msg"]
        org.ok(dashboard=wanted, inputs={key: {"name": "Logs", "type": "loki"}}, check=check)


@pytest.mark.parametrize("value", [{"name": "A", "uid": "b"}, {"kind": "loki"}, {"name": "A", "id": 1}])
def test_what_is_no_value_of_an_input(on, value):
    org = on("12.4.3")
    with org.server.writes_nothing():
        assert "uid or name, and with type" in org.fails(dashboard=operators(), inputs={"DS_PROMETHEUS": value})["msg"]


@pytest.mark.parametrize("api", ["legacy", "kubernetes"])
def test_a_manager_that_allows_edits(on, api):
    org = on("12.4.3", api)
    path = f"/apis/dashboard.grafana.app/v0alpha1/namespaces/org-{org.server.org_id('tenant')}/dashboards"
    for name, edits in (("open", "true"), ("closed", "false")):
        notes = {"managedBy": "terraform", "managerId": "ops", "managerAllowsEdits": edits}
        metadata = {"name": name, "annotations": {f"grafana.app/{key}": text for key, text in notes.items()}}
        org.server.api("POST", path, {"metadata": metadata, "spec": {"title": name}})
    org.four(dashboard={"uid": "open", "title": "open", "tags": ["x"]})
    assert org.fails(dashboard={"uid": "closed", "title": "closed", "tags": ["x"]}).code == "provisioned"
    found = org.server.ok("grafana_dashboard_info", org_name="tenant", content=True)["dashboards"]
    managed = {entry["uid"]: (entry["manager"], entry["provisioned"]) for entry in found}
    assert managed["closed"] == ("terraform ops", True)
    if api == "kubernetes":  # A write over the legacy route drops annotations of others.
        assert managed["open"] == ("terraform ops", False)
    org.four(uid="open", state="absent")


CALLERS = [("8.5.15", "legacy"), ("9.3.2", "legacy"), ("11.5.1", "legacy"), ("12.4.3", "legacy"), ("12.4.3", "kubernetes")]


@pytest.mark.parametrize(("version", "api"), CALLERS)
def test_check_mode_knows_that_a_viewer_may_not_write(on, version, api):
    org = on(version, api)
    org.ok(dashboard={"uid": "a", "title": "A"})
    org.ok(dashboard={"uid": "b", "title": "B"}, folder="Hosts", create_folder=True)
    org.server.user("viewer")
    number = org.server.org_id("tenant")
    org.server.api("POST", f"/api/orgs/{number}/users", {"loginOrEmail": "viewer", "role": "Viewer"})
    viewer = org.server.by_user("viewer")
    new = [{"dashboard": {"uid": "new", "title": "New"}}] if version != "8.5.15" else []
    for wanted in ({"dashboard": {"uid": "a", "title": "A", "tags": ["x"]}}, {"dashboard": {"uid": "b", "title": "Other"}}, *new):
        for check in (True, False):
            assert org.fails(**viewer, **wanted, check=check).code == "forbidden"
    assert not org.ok(**viewer, dashboard={"uid": "a", "title": "A"}, check=True)["changed"]


@pytest.mark.parametrize(("version", "api"), CALLERS[1:])
def test_check_mode_knows_that_an_editor_may_write(on, version, api):
    org = on(version, api)
    org.ok(dashboard={"uid": "b", "title": "B"}, folder="Hosts", create_folder=True)
    org.server.user("editor")
    number = org.server.org_id("tenant")
    org.server.api("POST", f"/api/orgs/{number}/users", {"loginOrEmail": "editor", "role": "Editor"})
    editor = org.server.by_user("editor")
    org.four(**editor, dashboard={"uid": "b", "title": "B", "tags": ["x"]})
    org.four(**editor, dashboard={"uid": "new", "title": "New"})
    org.four(**editor, dashboard={"uid": "c", "title": "C"}, folder="Hosts")
    org.four(**editor, dashboard={"uid": "d", "title": "D"}, folder="Other", create_folder=True)
    org.four(**editor, uid="b", state="absent")


def manifest(folder="afoxew1iux5hcd", name="anno1"):
    notes = {"grafana.app/folder": folder, "grafana.app/folderUrl": f"/dashboards/f/{folder}/kubernetes"}
    spec = {"title": "Anno", "panels": [], "schemaVersion": 42}
    metadata = {"name": name, "namespace": "default", "generation": 3, "annotations": notes}
    return {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize(("version", "api"), ROUTES)
def test_the_folder_of_another_server(on, tmp_path, version, api):
    org = on(version, api)
    (tmp_path / "a.json").write_text(json.dumps(manifest()))
    for result in org.four(path=str(tmp_path / "a.json")):
        assert ["the folder afoxew1iux5hcd, which does not exist" in text for text in result["warnings"]] == [True]
    assert org.read("anno1")["meta"]["folderUid"] == ""
    moved = org.four(path=str(tmp_path / "a.json"), folder="Own", create_folder=True)
    assert moved[1]["warnings"] == []
    stays = org.ok(path=str(tmp_path / "a.json"))
    assert (stays["changed"], len(stays["warnings"])) == (False, 1)
    folder = org.read("anno1")["meta"]["folderUid"]
    (tmp_path / "b.json").write_text(json.dumps(manifest(folder, "anno2") | {"spec": {"title": "Another"}}))
    made = org.four(path=str(tmp_path / "b.json"))
    assert (made[1]["dashboard"]["folder_uid"], made[1]["warnings"]) == (folder, [])


def test_the_folder_in_a_request_body(on):
    org = on("12.4.3")
    made = org.four(dashboard={"dashboard": {"uid": "a", "title": "A"}, "folderUid": "gone"})
    assert "the folder gone, which does not exist" in made[1]["warnings"][0]


@pytest.mark.parametrize("api", ["legacy", "kubernetes"])
def test_a_long_message_is_cut(on, api):
    org = on("12.4.3", api)
    org.four(dashboard={"uid": "a", "title": "A"}, commit_message="ä" * 600, source="s" * 60)
    org.ok(dashboard={"uid": "a", "title": "A", "tags": ["x"]}, commit_message="why", on_conflict="fail")


@pytest.mark.parametrize(("version", "api"), [("12.4.3", "legacy"), ("12.4.3", "kubernetes")])
@pytest.mark.parametrize("wanted", [{"title": "T" * 5001}, {"title": "A", "tags": ["x", "t" * 51]}])
def test_what_is_too_long_is_known_in_check_mode(on, version, api, wanted):
    org = on(version, api)
    for check in (True, False):
        with org.server.writes_nothing():
            failed = org.fails(dashboard={"uid": "a", **wanted}, check=check)
        assert failed.code == "too_long"
    org.four(dashboard={"uid": "a", "title": "T" * 5000, "tags": ["t" * 50]})
