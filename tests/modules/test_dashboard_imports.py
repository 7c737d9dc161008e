# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of every form into every version by every route: their data sources, library panels, plugins, and keys in them."""

from __future__ import annotations

import copy
import json

import pytest
import yaml

from emulator.state import token_secret
from modules.conftest import ALL, Org, Server

OLD = [version for version in ALL if not version.startswith("12")]


def source(org, name, kind="prometheus", **more):
    """Make a data source of the organization; return its uid."""
    body = {"name": name, "type": kind, "access": "proxy", "uid": f"{kind}-{name.lower()}", **more}
    org.server.api("POST", "/api/datasources", body, org=2)
    return body["uid"]


def library_panel(org, uid, name, **model):
    body = {"uid": uid, "name": name, "kind": 1, "model": {"type": "gauge", "title": name, **model}}
    org.server.api("POST", "/api/library-elements", body, org=2)


def library(org):
    """Return the library panels of the organization by uid."""
    found = org.server.api("GET", "/api/library-elements", org=2)["result"]["elements"]
    return {element["uid"]: element for element in found}


SHARED = {
    "__inputs": [
        {"name": "DS_METRICS", "label": "Metrics", "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus"},
        {"name": "VAR_CLUSTER", "label": "cluster", "type": "constant", "value": "c-default"},
    ],
    "__requires": [
        {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "8.5.0"},
        {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"},
        {"type": "panel", "id": "timeseries", "name": "Time series", "version": ""},
    ],
    "uid": "shared",
    "title": "Shared",
    "schemaVersion": 36,
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Load",
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "datasource": {"type": "prometheus", "uid": "${DS_METRICS}"},
            "targets": [{"refId": "A", "expr": 'load{cluster="$cluster"}', "datasource": "${DS_METRICS}"}],
        },
    ],
    "templating": {"list": [{"name": "cluster", "type": "constant", "query": "${VAR_CLUSTER}"}]},
}


def stored(org, uid="shared"):
    """Return the data source and the constant that a stored dashboard has."""
    body = org.read(uid)["dashboard"]
    assert not [name for name in body if name.startswith("__")]
    panel = body["panels"][0]
    assert panel["datasource"]["uid"] == panel["targets"][0]["datasource"]
    return panel["datasource"]["uid"], body["templating"]["list"][0]["query"]


@pytest.mark.parametrize("by", ["DS_METRICS", "Metrics", "prometheus"])
@pytest.mark.parametrize("value", ["prometheus-b", "B"])
def test_an_export_gets_what_the_task_says(newest, by, value):
    newest.ok("grafana_org", name="tenant")
    newest.dashboard_api = "auto"
    org = Org(newest)
    source(org, "A")
    wanted = source(org, "B")
    org.four(dashboard=SHARED, inputs={by: value, "VAR_CLUSTER": "c1"})
    assert stored(org) == (wanted, "c1")


def test_an_export_for_sharing(org):
    source(org, "A")
    wanted = source(org, "B")
    made = org.four(dashboard=SHARED, inputs={"DS_METRICS": "B", "VAR_CLUSTER": "c1"})
    assert stored(org) == (wanted, "c1")
    assert made[1]["warnings"] == []
    # another constant is a change, and the only one
    changed = org.four(dashboard=SHARED, inputs={"DS_METRICS": "B", "VAR_CLUSTER": "c2"})
    assert len(changed[1]["dashboard"]["changed_paths"]) == 1
    assert stored(org) == (wanted, "c2")


def test_an_export_takes_the_data_source_of_its_name(org):
    source(org, "A")
    wanted = source(org, "Metrics", url="http://metrics")
    org.four(dashboard=SHARED)
    assert stored(org) == (wanted, "c-default")


def test_an_export_takes_the_only_one_of_its_type(org):
    source(org, "Metrics", kind="loki")
    wanted = source(org, "A")
    org.four(dashboard=SHARED)
    assert stored(org) == (wanted, "c-default")


@pytest.mark.parametrize("check", [True, False])
def test_all_that_is_unclear_is_said_at_once(org, check):
    source(org, "A")
    source(org, "B")
    export = copy.deepcopy(SHARED)
    export["__inputs"][1].pop("value")
    export["__inputs"].append({"name": "DS_LOGS", "label": "Logs", "type": "datasource", "pluginId": "loki"})
    export["panels"].append({"id": 2, "type": "logs", "datasource": {"type": "loki", "uid": "${DS_LOGS}"}})
    with org.server.writes_nothing():
        failed = org.fails(dashboard=export, check=check)
    assert failed.code == "inputs_unresolved"
    assert failed["failure"]["details"]["inputs"] == ["DS_METRICS", "VAR_CLUSTER", "DS_LOGS"]
    for word in ("DS_METRICS", "A (uid prometheus-a)", "B (uid prometheus-b)", "VAR_CLUSTER", "DS_LOGS", "none of that type"):
        assert word in failed["msg"]
    assert org.uids() == []


def test_what_an_export_requires_is_said(org):
    source(org, "A")
    export = copy.deepcopy(SHARED)
    export["__requires"][0]["version"] = "99.1.0"
    export["__requires"] += [
        {"type": "panel", "id": "acme-globe-panel", "name": "Globe"},
        {"type": "datasource", "id": "testdata", "name": "TestData"},
    ]
    results = org.four(dashboard=export)
    for result in results[:2]:
        assert [text.partition(": ")[2] for text in result["warnings"]] == [
            f"it comes from Grafana 99.1.0, and this is {version(org)}, which may not show all of it",
            "it uses the panel plugin acme-globe-panel (Globe), which is not installed",
        ]
    # what is there is nobody's news
    assert results[3]["warnings"] == []


def version(org):
    return org.server.version.partition("-")[0]


PANEL = {"id": 2, "gridPos": {"h": 4, "w": 6, "x": 0, "y": 8}, "libraryPanel": {"uid": "lib-cpu", "name": "CPU"}}
WITH_LIBRARY = {
    **SHARED,
    "uid": "with-library",
    "title": "With a library panel",
    "panels": [*SHARED["panels"], PANEL],
    "__elements": {
        "lib-cpu": {
            "name": "CPU",
            "uid": "lib-cpu",
            "kind": 1,
            "model": {"type": "gauge", "title": "CPU", "datasource": {"type": "prometheus", "uid": "${DS_METRICS}"}},
        },
    },
}


@pytest.mark.parametrize("folder", [None, "Hosts"])
def test_library_panels_of_an_export(org, folder):
    wanted = source(org, "A")
    place = {} if folder is None else {"folder": folder, "create_folder": True}
    results = org.four(dashboard=WITH_LIBRARY, **place)
    assert 'library_panels: ["CPU (lib-cpu)"]' in results[0]["diff"]["after"]
    made = library(org)
    assert list(made) == ["lib-cpu"]
    assert made["lib-cpu"]["model"]["datasource"]["uid"] == wanted
    assert made["lib-cpu"]["meta"]["folderName"] == (folder or "General")
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
    if org.server.version.startswith("12.4") or org.server.dashboard_api == "kubernetes":
        org.server.api("DELETE", "/api/library-elements/lib-cpu", org=2)
    else:  # what a dashboard is connected to cannot be deleted: it has lost the connection, or never had one
        org.server.emulator.server.store.library.of(2).clear()
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
    if org.server.version.startswith("12.4"):
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
    if org.server.version.startswith("12.4") or org.server.dashboard_api == "kubernetes":
        # these let a dashboard name what is not there
        org.four(dashboard=PLAIN)
        return
    with org.server.writes_nothing():
        failed = org.fails(dashboard=PLAIN, check=check)
    assert failed.code == "library_panels_missing"
    assert failed["failure"]["details"]["library_panels"] == ["CPU (lib-cpu)"]
    assert "make them first" in failed["msg"]
    library_panel(org, "lib-cpu", "CPU")
    org.four(dashboard=PLAIN)
    org.four(dashboard={**PLAIN, "panels": [*PLAIN["panels"], {"id": 5, "type": "text", "title": "More"}]})
    element = org.server.api("GET", "/api/library-elements/lib-cpu", org=2)["result"]
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
    assert "the one of the panel Lost, which names no uid" in failed["msg"]


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


# Forms of files

BODY = {
    "uid": "form",
    "title": "Form",
    "schemaVersion": 36,
    "tags": ["a"],
    "panels": [{"id": 1, "type": "text", "title": "Words", "gridPos": {"h": 3, "w": 6, "x": 0, "y": 0}}],
}


def without(body, *names):
    return {key: value for key, value in body.items() if key not in names}


def manifest(version, spec, name="form", **notes):
    metadata = {"name": name, "annotations": notes} if notes else {"name": name}
    return {"apiVersion": f"dashboard.grafana.app/{version}", "kind": "Dashboard", "metadata": metadata, "spec": spec}


FORMS = {
    "plain export": {"id": 7, "version": 12, **BODY},
    "wrapper": {"dashboard": {"id": 7, **BODY}, "meta": {"slug": "form", "version": 3, "folderUid": "gone"}},
    "grafana.com": {"id": 1860, "name": "Form", "slug": "form", "revision": 3, "json": BODY},
    "grafana.com, as text": {"id": 1860, "revision": 3, "json": json.dumps(BODY)},
    "v0alpha1": manifest("v0alpha1", without(BODY, "uid")),
    "v1beta1": manifest("v1beta1", without(BODY, "uid")),
}


@pytest.mark.parametrize("text", [json.dumps, yaml.safe_dump], ids=["JSON", "YAML"])
@pytest.mark.parametrize("form", list(FORMS))
def test_forms(org, tmp_path, form, text):
    path = tmp_path / ("form.json" if text is json.dumps else "form.yaml")
    path.write_text(text(FORMS[form]))
    results = org.four(path=str(path))
    assert results[1]["dashboard"]["uid"] == "form"
    assert results[1]["dashboard"]["folder_uid"] == ""
    body = org.read("form")["dashboard"]
    assert (body["title"], body["tags"], body["panels"][0]["title"]) == ("Form", ["a"], "Words")
    assert not org.ok(content=path.read_text())["changed"]


def element(version, plugin="text"):
    config = {"kind": plugin, "spec": {"options": {"content": "x"}}}
    if version != "v2alpha1":
        config = {"kind": "VizConfig", "group": plugin, "version": "", "spec": {"options": {"content": "x"}}}
    data = {"kind": "QueryGroup", "spec": {"queries": [], "queryOptions": {}, "transformations": []}}
    return {
        "kind": "Panel",
        "spec": {"id": 1, "title": "Words", "description": "", "links": [], "data": data, "vizConfig": config},
    }


def layout(version, title="New layout"):
    place = {"x": 0, "y": 0, "width": 12, "height": 8, "element": {"kind": "ElementReference", "name": "panel-1"}}
    return {
        "title": title,
        "cursorSync": "Off",
        "elements": {"panel-1": element(version)},
        "layout": {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": place}]}},
        "tags": [],
        "variables": [],
    }


@pytest.mark.parametrize("text", [json.dumps, yaml.safe_dump], ids=["JSON", "YAML"])
@pytest.mark.parametrize("version", ["v2alpha1", "v2beta1"])
def test_layouts_of_version_2(org, tmp_path, version, text):
    path = tmp_path / ("new.json" if text is json.dumps else "new.yaml")
    path.write_text(text(manifest(version, layout(version), "new")))
    server = org.server
    serves = {"12.0.0-pre": ("v2alpha1",), "12.4.3": ("v2alpha1", "v2beta1")}.get(server.version, ())
    if server.dashboard_api == "legacy" or version not in serves:
        for check in (True, False):
            with server.writes_nothing():
                failed = org.fails(path=str(path), check=check)
            assert failed.code == "unsupported"
            assert version in failed["msg"]
        return
    org.four(path=str(path))
    path.write_text(text(manifest(version, layout(version, title="Renamed"), "new")))
    assert org.four(path=str(path))[1]["dashboard"]["changed_paths"] == ["title"]
    found = server.api("GET", f"/apis/dashboard.grafana.app/{version}/namespaces/org-2/dashboards/new")
    assert found["spec"]["elements"] == {"panel-1": element(version)}


# Keys

KEY = token_secret()


def with_key(key, **more):
    panel = {"id": 1, "type": "text", "title": "Words", "options": {"content": f"curl -H 'Bearer {key}'"}}
    return {"uid": "key", "title": "Key", "panels": [panel], **more}


PLACES = {
    "a text": with_key(KEY),
    "a title": {"uid": "key", "title": f"Key {KEY}"},
    "a title of a panel": {"uid": "key", "title": "Key", "panels": [{"id": 1, "type": "text", "title": KEY}]},
    "a name of a field": {"uid": "key", "title": "Key", "panels": [{"id": 1, "type": "text", "options": {KEY: 1}}]},
    "a long text": {"uid": "key", "title": "Key", "description": "x" * 100 + " " + KEY},
    "a library panel": {**WITH_LIBRARY, "__elements": {"lib-cpu": {"name": "CPU", "kind": 1, "model": {"x": KEY}}}},
    "a default": {**SHARED, "__inputs": [SHARED["__inputs"][0], {**SHARED["__inputs"][1], "value": KEY}]},
}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("place", list(PLACES))
def test_a_key_in_a_dashboard_is_refused(newest, place, check):
    newest.api("POST", "/api/datasources", {"name": "A", "type": "prometheus", "access": "proxy"})
    with newest.writes_nothing():
        failed = newest.fails("grafana_dashboard", dashboard=PLACES[place], check=check)
    assert failed.code == "key_in_dashboard"
    assert KEY not in failed.text
    assert "allow_secrets" in failed["msg"]


def test_a_key_among_the_inputs_is_refused(newest):
    with newest.writes_nothing():
        failed = newest.fails("grafana_dashboard", dashboard=SHARED, inputs={"VAR_CLUSTER": KEY})
    assert failed.code == "key_in_dashboard"
    assert "inputs.VAR_CLUSTER" in failed["msg"]
    assert KEY not in failed.text


def test_a_key_in_one_of_many_files_stops_all(newest, tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.json").write_text(json.dumps({"uid": f"d{number}", "title": f"D {number}"}))
    (tmp_path / "key.json").write_text(json.dumps(with_key(KEY)))
    with newest.writes_nothing():
        failed = newest.fails("grafana_dashboard", directory=str(tmp_path))
    assert failed.code == "key_in_dashboard"
    assert "key.json" in failed["msg"]
    assert KEY not in failed.text


@pytest.mark.parametrize("place", list(PLACES))
def test_a_key_that_is_insisted_on_is_never_shown(org, place):
    source(org, "A")
    results = org.four(dashboard=PLACES[place], allow_secrets=True)
    other = token_secret()
    replaced = json.loads(json.dumps(PLACES[place]).replace(KEY, other))
    if place != "a library panel":  # what is there of these is left as it is
        results += org.four(dashboard=replaced, allow_secrets=True)
    # and where the old value on the server holds one, and the new one does not
    cleaned = json.loads(json.dumps(PLACES[place]).replace(KEY, "nothing"))
    results.append(org.ok(dashboard=cleaned))
    results.append(org.ok(uid=cleaned["uid"], state="absent"))
    for result in results:
        assert KEY not in result.text
        assert other not in result.text
        # neither a part of one that was cut off
        assert KEY[:16] not in result.text
        assert other[:16] not in result.text


def test_an_edit_that_left_a_key_is_overwritten_unseen(org):
    org.ok(dashboard=with_key("nothing"))
    org.by_hand("key", "Key", message="by hand", panels=with_key(KEY)["panels"])
    results = org.four(dashboard=with_key("nothing"))
    assert [path.rpartition(".")[2] for path in results[1]["dashboard"]["changed_paths"]] == ["content"]
    assert all(KEY not in result.text and KEY[:16] not in result.text for result in results)


# References

NAMING = {
    "uid": "naming",
    "title": "Naming",
    "panels": [
        {"id": 1, "type": "timeseries", "title": "A", "datasource": {"type": "prometheus", "uid": "gone"}},
        {"id": 2, "type": "timeseries", "title": "B", "datasource": {"type": "prometheus", "uid": "prometheus-a"}},
        {"id": 3, "type": "timeseries", "title": "C", "datasource": "Lost"},
    ],
}


def test_references_that_lead_nowhere(org):
    source(org, "A")
    results = org.four(dashboard=NAMING, check_references=True)
    for result in results[1::2]:
        assert result["dashboard"]["missing_references"] == [
            "data source Lost is not there",
            "data source gone of type prometheus is not there; of that type: A (uid prometheus-a)",
        ]
    for result in results:
        assert sum("is not there" in text for text in result["warnings"]) == 2
    assert "missing_references" not in org.ok(dashboard=NAMING)["dashboard"]


def test_library_panels_among_the_references(org):
    dashboard = {"uid": "a", "title": "A", "panels": [PANEL]}
    library_panel(org, "lib-cpu", "CPU")
    assert org.ok(dashboard=dashboard, check_references=True)["dashboard"]["missing_references"] == []
    named = {**PANEL, "id": 3, "libraryPanel": {"uid": "lib-gone", "name": "Gone"}}
    more = {**dashboard, "panels": [PANEL, named]}
    if org.server.version.startswith("12.4") or org.server.dashboard_api == "kubernetes":
        found = org.ok(dashboard=more, check_references=True)
        assert found["dashboard"]["missing_references"] == ["library panel lib-gone (Gone) is not there"]
    else:
        assert org.fails(dashboard=more, check_references=True).code == "library_panels_missing"


def test_what_an_export_brings_is_no_missing_reference(org):
    source(org, "A")
    results = org.four(dashboard=WITH_LIBRARY, check_references=True)
    assert [result["warnings"] for result in results] == [[]] * 4


def test_a_caller_who_sees_no_data_sources(emulators, monkeypatch):
    server = Server(emulators("8.5.15"), monkeypatch)
    server.user("ed")
    server.api("PATCH", "/api/orgs/1/users/2", {"role": "Editor"})
    who = {"username": "ed", "password": "long-enough-1", "org_id": 1}
    result = server.ok("grafana_dashboard", dashboard=NAMING, check_references=True, **who)
    assert "not shown to the caller" in result["dashboard"]["missing_references"][0]
    with server.writes_nothing():
        failed = server.fails("grafana_dashboard", dashboard=SHARED, **who)
    assert failed.code == "data_sources_hidden"
