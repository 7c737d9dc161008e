# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Library panels that dashboards bring, name and lack, in every version by every route."""

from __future__ import annotations

import copy

import pytest

from modules.conftest import ALL
from modules.dashboards.exports import PANEL, WITH_LIBRARY, library, library_panel, source
from servers import only_on_the_emulator

OLD = [version for version in ALL if not version.startswith(("12", "13"))]


@pytest.mark.parametrize("folder", [None, "Hosts"])
def test_library_panels_of_an_export(org, folder):
    wanted = source(org, "A")
    place = {} if folder is None else {"folder": folder, "create_folder": True}
    results = org.four(dashboard=WITH_LIBRARY, **place)
    assert 'library_panels: ["CPU (lib-cpu)"]' in results[0]["diff"]["after"]
    made = library(org)
    assert list(made) == ["lib-cpu"]
    assert made["lib-cpu"]["model"]["datasource"]["uid"] == wanted
    # by uid, as 12.4 calls the folder of every element General (recorded)
    folders = {hit["uid"]: hit["title"] for hit in org.server.api("GET", "/api/search?type=dash-folder", org="tenant")}
    assert folders.get(made["lib-cpu"]["meta"]["folderUid"]) == folder
    panel = org.read("with-library")["dashboard"]["panels"][1]
    assert panel["libraryPanel"]["uid"] == "lib-cpu"
    # up to 9.2 the server shows the library's panel in place of the dashboard's
    assert panel.get("title") == ("CPU" if org.server.version.startswith("8") else None)
    # another dashboard of the same panel, which is left as it is
    other = copy.deepcopy({**WITH_LIBRARY, "uid": "other", "title": "Other"})
    other["__elements"]["lib-cpu"]["model"]["title"] = "Another title"
    org.four(dashboard=other, **place)
    assert library(org)["lib-cpu"]["model"] == made["lib-cpu"]["model"]


def test_library_panels_of_many_exports_are_made_once(org):
    source(org, "A")
    batch = [{"dashboard": {**WITH_LIBRARY, "uid": f"d{n}", "title": f"D {n}"}, "folder": f"F {n % 2}"} for n in range(12)]
    results = org.four(batch=batch, create_folder=True)
    assert results[1]["summary"]["changed"] == 12
    assert list(library(org)) == ["lib-cpu"]


def test_a_library_panel_that_has_gone_is_made_again(org):
    source(org, "A")
    org.ok(dashboard=WITH_LIBRARY)
    connected = org.server.version.startswith("13") or org.server.dashboard_api == "legacy"
    if org.server.version.startswith("12.4") or not connected:
        org.server.api("DELETE", "/api/library-elements/lib-cpu", org="tenant")
    else:  # what a dashboard is connected to cannot be deleted: it has lost the connection, or never had one
        only_on_the_emulator("state", "no request deletes a library panel that a dashboard is connected to")
        org.server.emulator.server.store.library.of(org.server.org_id("tenant")).clear()
    again = org.four(dashboard=WITH_LIBRARY)
    assert again[1]["dashboard"]["changed_paths"] == ["library panels"]
    assert list(library(org)) == ["lib-cpu"]


@pytest.mark.parametrize("check", [True, False])
def test_library_panels_that_another_dashboard_of_the_task_brings(org, check):
    source(org, "A")
    naming = {"uid": "naming", "title": "Naming", "panels": [PANEL]}
    results = org.ok(batch=[{"dashboard": WITH_LIBRARY}, {"dashboard": naming}], check=check)
    assert [entry["status"] for entry in results["results"]] == ["changed", "changed"]


def test_a_name_that_another_library_panel_has(org):
    source(org, "A")
    library_panel(org, "older", "CPU")
    if org.server.version.startswith(("12.4", "13")):
        org.four(dashboard=WITH_LIBRARY)
        assert sorted(library(org)) == ["lib-cpu", "older"]
        return
    failed = org.fails(dashboard=WITH_LIBRARY)
    assert failed.code == "library_panel_taken"
    assert "CPU (lib-cpu)" in failed["msg"]
    assert org.uids() == []


PLAIN = {
    "uid": "plain",
    "title": "Plain",
    "panels": [
        {"id": 1, "type": "text", "title": "Words"},
        {**PANEL, "libraryPanel": {"uid": "lib-here", "name": "Here"}},
        {"id": 3, "type": "row", "title": "Row", "collapsed": True, "panels": [{**PANEL, "id": 4}]},
    ],
}


@pytest.mark.parametrize("check", [True, False])
def test_library_panels_that_are_missing(org, check):
    library_panel(org, "lib-here", "Here")
    if org.server.version.startswith(("12.4", "13")) or org.server.dashboard_api == "kubernetes":
        # these let a dashboard name what is not there
        org.four(dashboard=PLAIN)
        return
    with org.server.writes_nothing():
        failed = org.fails(dashboard=PLAIN, check=check)
    assert failed.code == "library_panels_missing"
    assert failed["failure"]["details"]["library_panels"] == ["CPU (lib-cpu)"]
    assert "create them first" in failed["msg"]
    library_panel(org, "lib-cpu", "CPU")
    org.four(dashboard=PLAIN)
    org.four(dashboard={**PLAIN, "panels": [*PLAIN["panels"], {"id": 5, "type": "text", "title": "More"}]})
    element = org.server.api("GET", "/api/library-elements/lib-cpu", org="tenant")["result"]
    assert element["meta"]["connectedDashboards"] == 1


NAMED = {"libraryPanel": {"uid": "lib-here", "name": "Here"}}


@pytest.mark.parametrize(
    "panel",
    [
        pytest.param({}, id="nothing else"),
        pytest.param({"id": 7, "gridPos": {"h": 1, "w": 2, "x": 3, "y": 4}}, id="place"),
        pytest.param({"id": 7, "type": "library-panel-ref", "title": "Own", "repeat": "host", "maxPerRow": 4}, id="own title"),
        pytest.param({"id": 7, "type": "gauge", "title": "Own", "targets": [{"refId": "A"}], "options": {"b": 2}}, id="whole"),
    ],
)
def test_what_a_dashboard_says_of_a_library_panel(org, panel):
    library_panel(org, "lib-here", "Here", options={"a": 1})
    inside = {"id": 9, "type": "row", "title": "R", "collapsed": True, "panels": [{**panel, **NAMED, "id": 10}]}
    org.four(dashboard={"uid": "a", "title": "A", "panels": [{**panel, **NAMED}, inside]})
    # what the dashboard takes from elsewhere is a change
    other = {**panel, "libraryPanel": {"uid": "lib-other", "name": "Other"}}
    library_panel(org, "lib-other", "Other")
    org.four(dashboard={"uid": "a", "title": "A", "panels": [other, inside]})


@pytest.mark.parametrize("version", OLD)
def test_a_library_panel_without_a_uid(versioned, version):
    server = versioned(version)
    dashboard = {"uid": "a", "title": "A", "panels": [{"id": 1, "title": "Lost", "libraryPanel": {"name": "CPU"}}]}
    with server.writes_nothing():
        failed = server.fails("grafana_dashboard", dashboard=dashboard)
    assert failed.code == "library_panels_missing"
    assert "one without a uid, in the panel Lost" in failed["msg"]


@pytest.mark.parametrize("version", OLD)
def test_missing_library_panels_fail_their_dashboard_alone(versioned, version):
    server = versioned(version)
    batch = [{"dashboard": PLAIN}, *({"dashboard": {"uid": f"d{n}", "title": f"D {n}"}} for n in range(3))]
    failed = server.fails("grafana_dashboard", batch=batch)
    assert [entry["status"] for entry in failed["results"]] == ["failed", "changed", "changed", "changed"]
    assert failed["results"][0]["failure"]["code"] == "library_panels_missing"


def test_a_dashboard_goes_whatever_it_names(org):
    library_panel(org, "lib-here", "Here")
    library_panel(org, "lib-cpu", "CPU")
    org.ok(dashboard=PLAIN)
    org.four(dashboard=PLAIN, state="absent")
