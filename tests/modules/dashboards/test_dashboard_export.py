# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards as files: what is exported is imported without a change, and exported again byte for byte the same."""

from __future__ import annotations

import json
import os
import pathlib

import pytest

from modules.conftest import ALL, OUTERMOST_ROUTES, ROUTES, Server, start
from modules.dashboards.export_org import Org, files, number
from modules.dashboards.test_dashboards import panels

REAL = pathlib.Path(__file__).parents[2] / "data" / "dashboards"
#: Real dashboards with library panels, which no server of these tests has.
WITH_LIBRARY = ("panel-library_*",)
V2 = {
    "title": "New layout",
    "elements": {},
    "layout": {"kind": "GridLayout", "spec": {"items": []}},
    "annotations": [],
    "cursorSync": "Crosshair",
    "links": [],
    "preload": False,
    "tags": ["two"],
    "timeSettings": {
        "from": "now-6h",
        "to": "now",
        "autoRefresh": "",
        "autoRefreshIntervals": [],
        "hideTimepicker": False,
        "fiscalYearStartMonth": 0,
    },
    "variables": [],
}


@pytest.fixture(params=ROUTES, ids=" ".join)
def org(request, emulators, monkeypatch):
    """An organization on an empty server of each version, by each route."""
    version, api = request.param
    return Org(Server(emulators(version), monkeypatch), "tenant", api)


def by_hand(org):
    """Make dashboards whose titles and folders are hard for a file system, as far as the version has such."""
    slashed = org.folder("Ops/EU: 100% %2F")
    hidden = org.folder("../.x")
    org.make(dashboard={"uid": "slash", "title": "a/b\\c: *?"}, folder_uid=slashed)
    org.make(dashboard={"uid": "dots", "title": "..", "panels": panels("a")}, folder_uid=hidden)
    org.make(dashboard={"uid": "emoji", "title": "🚀 Größe"}, folder_uid=org.folder("🦊 Füchse"))
    org.make(dashboard={"uid": "lower", "title": "case"})
    org.make(dashboard={"uid": "long", "title": "l" * 180})
    if number(org) >= (9, 0):
        org.make(dashboard={"uid": "device", "title": "CON.x"}, folder_uid=org.folder("aux"))
    if number(org) >= (11, 0):
        inner = org.folder("x/y", slashed)
        org.make(dashboard={"uid": "deep", "title": "Deep"}, folder_uid=org.folder("Hosts", inner))
        org.make(dashboard={"uid": "deep2", "title": "Deep"}, folder_uid=inner)
    if number(org) >= (11, 3):
        org.make(dashboard={"uid": "upper", "title": "CASE"})
        org.make(dashboard={"uid": "twin1", "title": "Twin", "panels": panels("a")}, folder_uid=slashed)
        org.make(dashboard={"uid": "twin2", "title": "Twin", "panels": panels("b")}, folder_uid=slashed)


def round_trip(org, directory, tmp_path):
    """Export, import into the same org and into an empty one, and export that: nothing may change on the way."""
    first = org.export(directory)
    assert first["changed"]
    assert first["stale_files"] == []
    assert sorted(entry["file"] for entry in first["dashboards"]) == sorted(files(directory))
    assert not org.export(directory)["changed"]
    assert not org.export(directory, check=True)["changed"]
    back = org.bring(directory)
    assert [entry["file"] for entry in back["results"] if entry["status"] != "ok"] == []
    empty = Org(org.server, "empty", org.api).sources()
    made = empty.bring(directory)
    assert made["summary"]["changed"] == len(first["dashboards"])
    empty.export(tmp_path / "again")
    assert files(tmp_path / "again") == files(directory)
    return first


@pytest.mark.parametrize("org", OUTERMOST_ROUTES, ids=" ".join, indirect=True)
def test_real_dashboards_come_back(org, tmp_path):
    org.sources().bring(REAL, exclude=WITH_LIBRARY)
    by_hand(org)
    first = round_trip(org, tmp_path / "files", tmp_path)
    assert len([entry for entry in first["dashboards"] if entry["folder"] == "community"]) == 4
    assert all(entry["version"] >= 1 and entry["provisioned"] is False for entry in first["dashboards"])


def test_names_say_titles_and_folders(org, tmp_path):
    by_hand(org)
    found = {entry["uid"]: (entry["file"], entry["folder"]) for entry in org.export(tmp_path)["dashboards"]}
    expected = {
        "slash": ("Ops%2FEU%3A 100%25 %252F/a-b-c.json", "Ops/EU: 100% %2F"),
        "dots": ("%2E.%2F.x/dashboard.json", "../.x"),
        "emoji": ("🦊 Füchse/🚀 Größe.json", "🦊 Füchse"),
        "lower": ("case.json", ""),
        "long": ("l" * 150 + ".json", ""),
    }
    if number(org) >= (9, 0):
        expected["device"] = ("%61ux/CON.x_.json", "aux")
    if number(org) >= (11, 0):
        expected["deep"] = ("Ops%2FEU%3A 100%25 %252F/x%2Fy/Hosts/Deep.json", "Ops/EU: 100% %2F/x/y/Hosts")
        expected["deep2"] = ("Ops%2FEU%3A 100%25 %252F/x%2Fy/Deep.json", "Ops/EU: 100% %2F/x/y")
    if number(org) >= (11, 3):
        expected["lower"], expected["upper"] = ("case-lower.json", ""), ("CASE-upper.json", "")
        expected["twin1"] = ("Ops%2FEU%3A 100%25 %252F/Twin-twin1.json", "Ops/EU: 100% %2F")
        expected["twin2"] = ("Ops%2FEU%3A 100%25 %252F/Twin-twin2.json", "Ops/EU: 100% %2F")
    assert found == expected
    assert set(files(tmp_path)) == {file for file, _folder in expected.values()}


def test_check_diff_and_what_is_written(org, tmp_path):
    top = tmp_path / "new" / "files"
    org.make(dashboard={"uid": "a", "title": "A", "panels": panels("x"), "links": [], "description": "ö"})
    org.make(dashboard={"uid": "b", "title": "B"})
    planned = org.export(top, check=True)
    assert planned["changed"]
    assert not top.exists()
    written = org.export(top)
    assert written["diff"] == planned["diff"]
    assert written["diff"]["before"] == {"A.json": "absent", "B.json": "absent"}
    text = (top / "A.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert json.loads(text)["uid"] == "a"
    assert not {"id", "version"} & set(json.loads(text))
    os.chmod(top / "A.json", 0o640)
    org.make(dashboard={"uid": "a", "title": "A", "panels": panels("y")})
    untouched = (top / "B.json").stat()
    changed = org.export(top)
    assert changed["diff"] == {
        "before_header": str(top),
        "after_header": str(top),
        "before": {"A.json": "different"},
        "after": {"A.json": "written"},
    }
    assert (top / "A.json").stat().st_mode & 0o777 == 0o640
    assert (top / "B.json").stat().st_ino == untouched.st_ino
    assert "diff" not in org.export(top)


def test_stale_files_are_told_and_kept(org, tmp_path):
    for uid in ("a", "b"):
        org.make(dashboard={"uid": uid, "title": uid.upper()}, folder="F", create_folder=True)
    org.export(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / ".hidden.json").write_text("{}")
    org.make(uid="b", state="absent")
    org.make(dashboard={"uid": "a", "title": "Renamed"})
    found = org.export(tmp_path)
    assert found["stale_files"] == ["F/A.json", "F/B.json"]
    assert "2 files in" in found.text
    assert set(files(tmp_path)) == {"F/A.json", "F/B.json", "F/Renamed.json", "README.md", ".hidden.json"}
    one = org.export(tmp_path, title="Renamed")
    assert one["stale_files"] == ["F/A.json", "F/B.json"]


def test_filters(org, tmp_path):
    org.make(dashboard={"uid": "a", "title": "A", "tags": ["x", "y"]})
    org.make(dashboard={"uid": "b", "title": "B", "tags": ["x"]}, folder="F", create_folder=True)
    nested = number(org) >= (11, 0)
    if nested:
        org.make(dashboard={"uid": "c", "title": "C"}, folder="F/G", create_folder=True)
    folder_uid = org.told(uid="b")[0]["folder_uid"]
    cases = [
        ({"uid": "a"}, ["a"]),
        ({"uid": "nothing"}, []),
        ({"title": "B"}, ["b"]),
        ({"tags": ["x"]}, ["a", "b"]),
        ({"tags": ["x", "y"]}, ["a"]),
        ({"folder": "F"}, ["b"]),
        ({"folder_uid": folder_uid}, ["b"]),
        ({"folder_uid": ""}, ["a"]),
        ({"folder": "General"}, ["a"]),
        ({"folder": "F", "subfolders": True}, ["b", "c"] if nested else ["b"]),
        ({"folder": "F", "tags": ["nope"]}, []),
    ]
    if nested:
        cases.append(({"folder": "F/G"}, ["c"]))
    for options, uids in cases:
        for content in (False, True):
            assert sorted(entry["uid"] for entry in org.told(content=content, **options)) == uids, options
        top = tmp_path / str(len(list(tmp_path.iterdir())))
        exported = org.export(top, **options)
        assert sorted(entry["uid"] for entry in exported["dashboards"]) == uids, options
        assert len(files(top)) == len(uids)


def test_what_cannot_be_asked(org, tmp_path):
    org.make(dashboard={"uid": "a", "title": "A"})
    assert org.refused(tmp_path, folder="Nowhere").code == "folder_not_found"
    assert org.refused(tmp_path, folder="F", folder_uid="f").code == "bad_input"
    assert org.refused(tmp_path, subfolders=True).code == "bad_input"


def test_manifests(org, tmp_path):
    org.make(dashboard={"uid": "a", "title": "A", "panels": panels("x")}, folder="F", create_folder=True)
    org.export(tmp_path, format="manifest")
    manifest = json.loads((tmp_path / "F" / "A.json").read_text())
    assert manifest["apiVersion"] == "dashboard.grafana.app/v0alpha1"
    assert manifest["kind"] == "Dashboard"
    assert manifest["metadata"] == {"name": "a"}
    assert not {"uid", "id", "version"} & set(manifest["spec"])
    assert org.told(uid="a", content=True, format="manifest")[0]["dashboard"] == manifest
    assert not org.export(tmp_path, format="manifest")["changed"]
    assert not org.bring(tmp_path)["changed"]
    assert org.export(tmp_path)["changed"]


@pytest.mark.parametrize("api", ["legacy", "kubernetes", "auto"])
@pytest.mark.parametrize("count", [1, 12])
def test_the_new_layout_stays_what_it_is(newest, api, count, tmp_path):
    org = Org(newest, "tenant", api)
    manifests = [
        {
            "apiVersion": "dashboard.grafana.app/v2beta1",
            "kind": "Dashboard",
            "metadata": {"name": f"two{n}"},
            "spec": {**V2, "title": f"New layout {n}"},
        }
        for n in range(count)
    ]
    org.make(batch=[{"dashboard": one} for one in manifests], api="auto")
    org.make(dashboard={"uid": "one", "title": "One", "panels": panels("x")})
    before = newest.requests()
    exported = org.export(tmp_path)
    if api != "legacy":
        assert newest.requests() - before <= 4
    assert len(exported["dashboards"]) == count + 1
    for n in range(count):
        text = (tmp_path / f"New layout {n}.json").read_text()
        assert json.loads(text) == manifests[n]
    assert "apiVersion" not in json.loads((tmp_path / "One.json").read_text())
    assert org.told(uid="two0", content=True)[0]["dashboard"] == manifests[0]
    assert not org.bring(tmp_path, api="auto")["changed"]
    empty = Org(newest, "empty")
    assert empty.bring(tmp_path)["summary"]["changed"] == count + 1
    empty.export(tmp_path / "again")
    again = files(tmp_path / "again")
    assert again == {name: data for name, data in files(tmp_path).items() if not name.startswith("again/")}


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2", "11.5.1", "12.4.3"])
def test_provisioned_ones(version, monkeypatch, tmp_path):
    with start(version, dashboards=[{"uid": "prov", "title": "Provisioned", "panels": panels("x")}]) as emulator:
        server = Server(emulator, monkeypatch)
        exported = server.ok("grafana_dashboard_info", directory=str(tmp_path))
        assert [(entry["uid"], entry["provisioned"]) for entry in exported["dashboards"]] == [("prov", True)]
        assert not server.ok("grafana_dashboard", directory=str(tmp_path))["changed"]
        server.ok("grafana_org", name="other")
        assert server.ok("grafana_dashboard", org_name="other", directory=str(tmp_path))["changed"]


def test_from_9_to_12(versioned, tmp_path):
    old = Org(versioned("9.3.2"), "tenant").sources()
    old.bring(REAL, exclude=WITH_LIBRARY)
    by_hand(old)
    exported = old.export(tmp_path)
    new = Org(versioned("12.4.3"), "tenant").sources()
    made = new.bring(tmp_path)
    assert made["summary"]["changed"] == len(exported["dashboards"])
    assert not new.bring(tmp_path)["changed"]
    titles = {folder["title"] for folder in new.server.api("GET", "/api/folders", org=new.id)}
    assert "Ops/EU: 100% %2F" in titles


def test_from_12_to_9(versioned, tmp_path):
    new = Org(versioned("12.4.3"), "tenant")
    new.make(dashboard={"uid": "a", "title": "A"}, folder="F/G", create_folder=True)
    new.export(tmp_path)
    old = Org(versioned("9.3.2"), "tenant")
    assert old.bring(tmp_path)["changed"]
    assert not old.bring(tmp_path)["changed"]
    assert old.told()[0]["folder"] == "F/G"


def test_all_organizations(org, tmp_path):
    server = org.server
    server.ok("grafana_org", name="a/b")
    server.ok("grafana_org", name="foreign")
    for name in ("tenant", "a/b", "foreign"):
        org.make(org_name=name, dashboard={"uid": "x", "title": f"Of {name}"}, folder="F", create_folder=True)
    exported = server.ok("grafana_dashboard_info", all_orgs=True, directory=str(tmp_path), api=org.api)
    assert set(files(tmp_path)) == {"tenant/F/Of tenant.json", "a%2Fb/F/Of a-b.json", "foreign/F/Of foreign.json"}
    assert {entry["org_name"]: entry["file"] for entry in exported["dashboards"]}["a/b"] == "a%2Fb/F/Of a-b.json"
    foreign = server.ok("grafana_org_info", name="foreign")["organizations"][0]["id"]
    server.user("alice")
    server.api("POST", f"/api/orgs/{foreign}/users", {"loginOrEmail": "alice", "role": "Admin"})
    server.api("DELETE", f"/api/orgs/{foreign}/users/1")
    server.emulator.advance(6)  # a server remembers a member for 5 seconds
    again = server.ok("grafana_dashboard_info", all_orgs=True, directory=str(tmp_path), api=org.api)
    assert not again["changed"]
    assert [one["org_name"] for one in again["not_a_member_of"]] == ["foreign"]
    assert again["stale_files"] == []
    assert not org.bring(tmp_path / "tenant")["changed"]


def test_a_folder_called_general(newest_that_deletes, tmp_path):
    newest_org = Org(newest_that_deletes, "tenant", "kubernetes")  # 13 refuses this title
    uid = newest_org.server.api("POST", "/api/folders", {"title": "General"}, org=newest_org.id)["uid"]
    newest_org.make(dashboard={"uid": "in", "title": "In"}, folder_uid=uid)
    newest_org.make(dashboard={"uid": "out", "title": "Out"})
    newest_org.export(tmp_path)
    assert set(files(tmp_path)) == {"%47eneral/In.json", "Out.json"}
    assert not newest_org.bring(tmp_path)["changed"]


def test_folders_that_differ_in_case_or_not_at_all(newest_org, tmp_path):
    for title, uid in (("Ops", "a"), ("ops", "b")):
        newest_org.make(dashboard={"uid": uid, "title": uid}, folder=title, create_folder=True)
    assert newest_org.export(tmp_path)["warnings"] == []
    assert set(files(tmp_path)) == {"%4Fps/a.json", "ops/b.json"}
    assert not newest_org.bring(tmp_path)["changed"]
    twin = newest_org.server.api("POST", "/api/folders", {"title": "Ops", "uid": "twin"}, org=newest_org.id)["uid"]
    newest_org.make(dashboard={"uid": "c", "title": "a"}, folder_uid=twin)
    told = newest_org.export(tmp_path)
    assert set(files(tmp_path)) == {"%4Fps/a.json", "%4Fps/a-a.json", "%4Fps/a-c.json", "ops/b.json"}
    assert "so an import puts them into one folder" in told.text


@pytest.mark.parametrize(("version", "budget"), [("12.4.3", 5), ("12.0.0-pre", 5)])
def test_a_thousand_dashboards_take_few_requests(versioned, version, budget, tmp_path):
    server = versioned(version)
    org = Org(server, "tenant", "kubernetes")
    batch = [
        {"dashboard": {"uid": f"d{n}", "title": f"D {n}"}, "folder": f"F {n % 7}" + ("/Inner" if n % 2 else "")}
        for n in range(1000)
    ]
    org.make(batch=batch, create_folder=True)
    before = server.requests()
    exported = org.export(tmp_path)
    assert len(exported["dashboards"]) == len(files(tmp_path)) == 1000
    assert server.requests() - before <= budget
    before = server.requests()
    assert not org.export(tmp_path)["changed"]
    assert server.requests() - before <= budget


@pytest.mark.parametrize("version", ALL[:3])
def test_folders_take_one_request_on_the_legacy_route(versioned, version, tmp_path):
    server = versioned(version)
    org = Org(server, "tenant", "legacy")
    inner = "/Inner" if number(org) >= (11, 0) else ""
    batch = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}"}, "folder": f"F {n}{inner}"} for n in range(20)]
    org.make(batch=batch, create_folder=True)
    before = server.requests()
    org.export(tmp_path)
    assert server.requests() - before <= 20 + 4
    before = server.requests()
    assert len(org.told()) == 20
    assert server.requests() - before <= 4
