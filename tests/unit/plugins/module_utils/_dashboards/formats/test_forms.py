# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for reading dashboards from all file formats, and for refusing documents that are not dashboards."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.forms import CLASSIC, LAYOUTS, read_document
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput

DATA = pathlib.Path(__file__).parents[5] / "data" / "formats"
PANELS = [{"id": 1, "type": "text", "options": {"content": "x"}}]
PLAIN = {"id": 7, "uid": "u1", "version": 3, "title": " T ", "panels": PANELS, "schemaVersion": 39}
BODY = {"title": " T ", "panels": PANELS, "schemaVersion": 39}
SPEC_2 = {"title": "T", "elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": []}}, "cursorSync": "Off"}


def manifest(version="v1beta1", kind="Dashboard", spec=None, group="dashboard.grafana.app", **metadata):
    return {"apiVersion": "%s/%s" % (group, version), "kind": kind, "metadata": metadata, "spec": PLAIN if spec is None else spec}


@pytest.mark.parametrize(
    ("document", "uid", "folder_uid", "message"),
    [
        (PLAIN, "u1", None, None),
        ({"dashboard": PLAIN, "folderUid": "f", "message": "m", "overwrite": True}, "u1", "f", "m"),
        ({"dashboard": PLAIN}, "u1", None, None),
        ({"dashboard": PLAIN, "meta": {"slug": "t", "folderUid": "f", "folderId": 3}}, "u1", None, None),
        ({"dashboard": PLAIN, "meta": {"folderUid": ""}}, "u1", None, None),
        ({"id": 1860, "slug": "node-exporter-full", "revision": 37, "json": PLAIN}, "u1", None, None),
        ({"id": 1860, "slug": "node-exporter-full", "json": json.dumps(PLAIN)}, "u1", None, None),
        ({"status": 200, "json": {"dashboard": PLAIN, "meta": {"folderUid": "f"}}}, "u1", None, None),
        (manifest("v0alpha1", name="k"), "k", None, None),
        (manifest("v1beta1", name="u1", annotations={"grafana.app/folder": "f", "grafana.app/message": "m"}), "u1", "f", "m"),
        (manifest("v1", kind="DashboardWithAccessInfo"), "u1", None, None),
        (manifest("v1alpha1", group="grizzly.grafana.com", name="u1", folder="f"), "u1", "f", None),
    ],
)
def test_every_format_contains_the_same_dashboard(document, uid, folder_uid, message):
    found = read_document(document, "path x")
    assert (found.body, found.title, found.layout) == (BODY, "T", CLASSIC)
    assert (found.uid, found.folder_uid, found.message) == (uid, folder_uid, message)


@pytest.mark.parametrize("version", [version for version, layout in LAYOUTS.items() if layout != CLASSIC])
def test_a_version_2_layout_is_the_version_of_the_manifest(version):
    found = read_document(manifest(version, spec=SPEC_2, name="k"), "x")
    assert (found.body, found.layout, found.uid) == (SPEC_2, version, "k")


ALPHA_QUERY = {"kind": "PanelQuery", "spec": {"refId": "A", "query": {"kind": "prometheus", "spec": {}}}}
BETA_QUERY = {"kind": "PanelQuery", "spec": {"refId": "A", "query": {"kind": "DataQuery", "group": "prometheus", "spec": {}}}}


def panel(query=None, viz="VizConfig"):
    queries = {"kind": "QueryGroup", "spec": {"queries": [query] if query else []}}
    return {"panel-1": {"kind": "Panel", "spec": {"id": 1, "data": queries, "vizConfig": {"kind": viz, "spec": {}}}}}


def transformed(transformation):
    data = {"kind": "QueryGroup", "spec": {"queries": [], "transformations": [transformation]}}
    return {"panel-1": {"kind": "Panel", "spec": {"id": 1, "data": data}}}


@pytest.mark.parametrize(
    ("extra", "layout"),
    [
        ({}, "v2beta1"),
        ({"elements": panel(BETA_QUERY)}, "v2beta1"),
        ({"elements": panel(ALPHA_QUERY)}, "v2alpha1"),
        ({"elements": panel(viz="timeseries")}, "v2alpha1"),
        ({"annotations": [{"kind": "AnnotationQuery", "spec": {"query": {"kind": "grafana", "spec": {}}}}]}, "v2alpha1"),
        ({"variables": [{"kind": "AdhocVariable", "spec": {"name": "f", "datasource": {"uid": "x"}}}]}, "v2alpha1"),
        ({"variables": [{"kind": "AdhocVariable", "group": "loki", "spec": {"name": "f"}}]}, "v2beta1"),
        ({"preferences": None}, "v2beta1"),
        ({"preferences": {"layout": {"kind": "GridLayout", "spec": {"items": []}}}}, "v2"),
        ({"elements": transformed({"kind": "sortBy", "spec": {"id": "sortBy", "options": {}}})}, "v2beta1"),
        ({"elements": transformed({"kind": "Transformation", "group": "sortBy", "spec": {"options": {}}})}, "v2"),
    ],
)
def test_the_version_of_a_bare_layout_is_guessed_from_its_content(extra, layout):
    spec = {**SPEC_2, **extra}
    assert read_document(spec, "x").layout == layout
    assert read_document(manifest("v2", spec=spec), "x").layout == "v2"


@pytest.mark.parametrize(
    ("version", "spec", "layout"),
    [("v1beta1", SPEC_2, "v2beta1"), ("v2beta1", PLAIN, CLASSIC), ("v2beta1", {"title": "T"}, "v2beta1")],
)
def test_the_content_of_the_spec_overrides_the_api_version(version, spec, layout):
    found = read_document(manifest(version, spec=spec), "x")
    assert (found.layout, bool(found.warnings)) == (layout, layout != LAYOUTS[version])


def test_warnings_for_ignored_fields():
    assert read_document(manifest(name="k"), "x").warnings == (
        "x: the uid is metadata.name k; the uid u1 in the spec is ignored",
    )
    assert "folderId is ignored" in read_document({"dashboard": PLAIN, "folderId": 4}, "x").warnings[0]
    assert "inputs next to the dashboard are ignored" in read_document({"dashboard": PLAIN, "inputs": [{}]}, "x").warnings[0]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([PLAIN, PLAIN], "x contains a list of 2 entries"),
        ("text", "x does not contain a dashboard: a dashboard is a JSON object"),
        (None, "x does not contain a dashboard"),
        ({"apiVersion": "v1", "kind": "List", "items": [1, 2]}, "x is not one dashboard but a List with 2 items"),
        (
            {"apiVersion": "dashboard.grafana.app/v1", "kind": "DashboardList", "items": []},
            "x is not one dashboard but a DashboardList with 0 items",
        ),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "data": {}},
            "x is not a dashboard but a manifest of kind ConfigMap (v1): write each",
        ),
        (manifest(kind="Folder", group="folder.grafana.app"), "x is not a dashboard but a manifest of kind Folder (folder.gr"),
        (manifest("v3"), "x has the unsupported apiVersion dashboard.grafana.app/v3: supported versions are v0alpha1"),
        (manifest(spec=[1]), "x is a manifest without a dashboard in its spec"),
        ({"apiVersion": 1, "groups": []}, "x contains alert rules, not a dashboard"),
        ({"apiVersion": 1, "datasources": []}, "x contains data sources for provisioning"),
        ({"apiVersion": 1, "providers": []}, "x contains dashboard providers"),
        ({"apiVersion": 1, "contactPoints": []}, "x contains contact points"),
        ({"id": 1, "uid": "f", "title": "F", "hasAcl": False, "canSave": True}, "x contains a folder"),
        ({"dashboard": {"title": "F"}, "meta": {"isFolder": True}}, "x contains a folder"),
        ({"dashboard": PLAIN, "meta": {"isSnapshot": True}}, "x contains a snapshot"),
        ({"uid": "r", "title": "R", "ruleGroup": "g", "folderUID": "f"}, "x contains an alert rule"),
        ({"uid": "l", "name": "L", "kind": 1, "model": {}}, "x contains a library panel"),
        ({"type": "text", "title": "P", "gridPos": {}}, "x contains a single panel"),
        ({"title": "T", "uid": 7}, "uid of x has to be a string"),
        ({"dashboard": PLAIN, "folderUid": 7}, "folderUid of x has to be a string"),
        ({"title": "T", "__inputs": {"a": 1}}, "x: __inputs must be a list"),
        ({"title": "T", "__elements": 1}, "x: __elements must be an object"),
        ({**SPEC_2, "cursorSync": False}, "x: cursorSync is False, not a string: YAML reads an unquoted Off as a boolean"),
    ],
)
def test_documents_that_are_not_a_dashboard(document, message):
    with pytest.raises(BadInput) as caught:
        read_document(document, "x")
    assert caught.value.message.startswith(message)


def test_a_dashboard_without_a_title():
    assert read_document({"uid": "u"}, "x").title == ""


def test_an_export_for_sharing():
    found = read_document(json.loads((DATA / "bind9-full.json").read_text()), "x")
    assert [entry["name"] for entry in found.inputs] == ["DS_PROMETHEUS"]
    assert {entry["id"] for entry in found.requires} == {"grafana", "prometheus", "stat", "timeseries"}
    assert not [key for key in found.body if key.startswith("__")]
    assert found.elements == {}


def test_library_panels_of_an_export_are_a_list_or_an_object():
    element = {"uid": "l", "name": "L", "kind": 1, "model": {"type": "text"}}
    for elements in ([element], {"l": element}):
        assert read_document({"title": "T", "__elements": elements}, "x").elements == {"l": element}


def test_references_to_library_panels_stay_in_the_body():
    document = json.loads((DATA / "library-panels.json").read_text())
    assert read_document(document, "x").body["panels"] == document["panels"]
