# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of every form into every version by every route: their data sources, plugins and layouts."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
import yaml

from modules.conftest import Org
from modules.dashboards.exports import SHARED, source, stored, version, without_default
from servers import NEWEST

#: Dashboards of the version 2 layouts with missing and unknown fields.
LAYOUTS = Path(__file__).resolve().parents[2] / "data/layouts"


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
    without_default(org)
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
            f"it was exported from Grafana 99.1.0, and this server is {version(org)}, which may not show all of it",
            "it uses the panel plugin acme-globe-panel (Globe), which is not installed",
        ]
    # what is there is nobody's news
    assert results[3]["warnings"] == []


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


@pytest.mark.parametrize("form", list(FORMS))
def test_forms(org, tmp_path, form):
    # A file's text is parsed before the route is chosen: YAML on the newest version's, JSON on the others.
    text = yaml.safe_dump if org.server.version == NEWEST else json.dumps
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
    serves = {"12.0.0-pre": ("v2alpha1",), "12.4.3": ("v2alpha1", "v2beta1"), "13.1.0-pre": ("v2alpha1", "v2beta1", "v2")}
    serves = serves.get(server.version, ())
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
    namespace = f"org-{server.org_id('tenant')}"
    found = server.api("GET", f"/apis/dashboard.grafana.app/{version}/namespaces/{namespace}/dashboards/new")
    assert found["spec"]["elements"]["panel-1"]["spec"]["vizConfig"]["spec"]["options"] == {"content": "x"}


@pytest.mark.parametrize("name", ["panel-least", "short-timesettings", "unknown-field", "without-description"])
def test_layouts_with_few_fields(newest, name):
    path = LAYOUTS / f"{name}.json"
    results = newest.four("grafana_dashboard", path=str(path))
    warnings = ["the layout v2beta1 of this server does not have these fields, and the server drops them: foo"]
    for result in results:
        assert [text.partition("): ")[2] for text in result["warnings"]] == (warnings if name == "unknown-field" else [])
    document = json.loads(path.read_text())
    document["spec"]["tags"] = ["new"]
    changed = newest.ok("grafana_dashboard", dashboard=document)
    assert changed["dashboard"]["changed_paths"] == ["tags"]


def test_a_layout_that_the_server_cannot_convert(newest, tmp_path):
    newest.ok("grafana_org", name="tenant")
    spec = {**layout("v2beta1", title="Dangling"), "elements": {"panel-2": element("v2beta1")}}
    (tmp_path / "dangling.json").write_text(json.dumps(spec))
    results = newest.four("grafana_dashboard", org_name="tenant", directory=str(tmp_path), prune=True)
    uid = results[1]["results"][0]["dashboard"]["uid"]
    shown = newest.ok("grafana_dashboard_info", org_name="tenant")["dashboards"]
    assert [(one["uid"], one["title"]) for one in shown] == [(uid, "Dangling")]
    content = newest.ok("grafana_dashboard_info", org_name="tenant", uid=uid, content=True)["dashboards"][0]
    assert content["dashboard"]["spec"]["title"] == "Dangling"
    newest.four("grafana_dashboard", org_name="tenant", dashboard={"title": "Dangling"}, state="absent")
    assert newest.ok("grafana_dashboard_info", org_name="tenant")["dashboards"] == []


def test_a_bare_spec_of_the_stable_layout_is_refused_where_it_would_lose_parts(versioned):
    newest = versioned("12.4.3")
    for check in (True, False):
        with newest.writes_nothing():
            failed = newest.fails("grafana_dashboard", path=str(LAYOUTS / "spec-of-stable-v2.json"), check=check)
        assert failed.code == "unsupported"
        assert "does not support dashboards of the layout v2;" in failed["msg"]
