# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for finding the references of dashboards, and for reporting those that an org lacks."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.references import (
    PanelAlert,
    Reference,
    connected,
    missing,
    panel_alerts,
    references,
)

DATA = pathlib.Path(__file__).parents[5] / "data" / "formats"
P = Reference("uid", "p", "prometheus")
REF = {"type": "prometheus", "uid": "p"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"panels": [{"datasource": REF}]}, {P}),
        ({"panels": [{"datasource": "Main"}]}, {Reference("name", "Main")}),
        ({"panels": [{"datasource": {"uid": "p"}}]}, {Reference("uid", "p")}),
        ({"panels": [{"datasource": {"type": "prometheus"}}]}, {Reference("type", "prometheus", "prometheus")}),
        ({"panels": [{"datasource": {"uid": "-- Mixed --"}, "targets": [{"datasource": REF}]}]}, {P}),
        ({"panels": [{"type": "row", "datasource": "old", "panels": [{"datasource": REF}]}]}, {P}),
        ({"rows": [{"panels": [{"datasource": "Main"}]}]}, {Reference("name", "Main")}),
        ({"annotations": {"list": [{"datasource": REF}, {"datasource": "-- Grafana --"}]}}, {P}),
        ({"templating": {"list": [{"type": "query", "datasource": REF}]}}, {P}),
        ({"templating": {"list": [{"type": "custom", "datasource": "left over"}]}}, set()),
        ({"templating": {"list": [{"type": "datasource", "query": "loki"}]}}, {Reference("type", "loki", "loki")}),
        ({"panels": [{"type": "text", "datasource": REF}]}, set()),
        ({"panels": [{"libraryPanel": {"uid": "l", "name": "L"}}]}, {Reference("library_panel", "l", "L")}),
        (
            {
                "panels": [
                    {"datasource": value}
                    for value in (None, "", "default", "$ds", "${ds}", "[[ds]]", "grafana", {"uid": "${ds}"})
                ]
            },
            set(),
        ),
        ({"panels": [{"datasource": {"type": "datasource", "uid": "grafana"}}, {"datasource": {"uid": "__expr__"}}]}, set()),
        ({"panels": [{"datasource": {"type": "datasource", "uid": "-- Dashboard --"}}]}, set()),
        ({"panels": ["x", None, {"targets": "x"}], "templating": None, "annotations": {"list": None}}, set()),
        ({}, set()),
    ],
)
def test_references_of_the_classic_layout(body, found):
    assert references(body) == found


def query(kind="DataQuery", **more):
    return {"kind": "PanelQuery", "spec": {"refId": "A", "query": {"kind": kind, "spec": {}, **more}}}


def elements(*queries):
    return {"panel-1": {"kind": "Panel", "spec": {"data": {"kind": "QueryGroup", "spec": {"queries": list(queries)}}}}}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"elements": elements(query(group="prometheus", datasource={"name": "p"}))}, {P}),
        ({"elements": elements(query(group="prometheus"))}, {Reference("type", "prometheus", "prometheus")}),
        ({"elements": elements(query(group="prometheus", datasource={"name": "${ds}"}))}, set()),
        ({"elements": elements(query(group="grafana"), query(group="__expr__", datasource={"name": "__expr__"}))}, set()),
        (
            {
                "elements": elements(
                    {"kind": "PanelQuery", "spec": {"datasource": REF, "query": {"kind": "prometheus", "spec": {}}}}
                )
            },
            {P},
        ),
        ({"elements": elements(query("prometheus"))}, {Reference("type", "prometheus", "prometheus")}),
        (
            {
                "elements": {},
                "annotations": [
                    {
                        "kind": "AnnotationQuery",
                        "spec": {"query": query(group="prometheus", datasource={"name": "p"})["spec"]["query"]},
                    }
                ],
            },
            {P},
        ),
        (
            {
                "elements": {},
                "variables": [{"kind": "AdhocVariable", "group": "prometheus", "datasource": {"name": "p"}, "spec": {}}],
            },
            {P},
        ),
        ({"elements": {}, "variables": [{"kind": "GroupByVariable", "spec": {"datasource": REF}}]}, {P}),
        (
            {"elements": {}, "variables": [{"kind": "DatasourceVariable", "spec": {"pluginId": "loki"}}]},
            {Reference("type", "loki", "loki")},
        ),
        ({"elements": {}, "variables": [{"kind": "TextVariable", "spec": {"query": "x"}}]}, set()),
        (
            {"elements": {"panel-2": {"kind": "LibraryPanel", "spec": {"libraryPanel": {"uid": "l", "name": "L"}}}}},
            {Reference("library_panel", "l", "L")},
        ),
        (
            {"elements": {"a": None, "b": {"spec": None}, "c": {"spec": {"data": {"spec": {"queries": [None, {"spec": 1}]}}}}}},
            set(),
        ),
    ],
)
def test_references_of_version_2_layouts(body, found):
    assert references(body) == found


def test_references_of_a_real_dashboard():
    body = json.loads((DATA / "library-panels.json").read_text())
    assert {(entry.kind, entry.value) for entry in references(body)} == {
        ("library_panel", "MAnX2ifMk"),
        ("library_panel", "g1sNpCaMz"),
    }


SOURCES = [
    {"uid": "p", "name": "Main", "type": "prometheus"},
    {"uid": "t", "name": "Test", "type": "grafana-testdata-datasource"},
]


@pytest.mark.parametrize(
    ("reference", "sentences"),
    [
        (P, []),
        (Reference("name", "Main"), []),
        (Reference("name", "p"), []),
        (Reference("uid", "Main"), []),
        (Reference("type", "testdata", "testdata"), []),
        (
            Reference("uid", "x", "prometheus"),
            ["data source x of type prometheus does not exist; data sources of that type: Main (uid p)"],
        ),
        (Reference("uid", "x", "loki"), ["data source x of type loki does not exist"]),
        (Reference("name", "Other"), ["data source Other does not exist"]),
        (Reference("type", "loki", "loki"), ["there is no data source of type loki"]),
        (Reference("library_panel", "l", "L"), ["library panel l (L) does not exist"]),
        (Reference("library_panel", "k"), []),
    ],
)
def test_missing_objects(reference, sentences):
    assert missing([reference], SOURCES, {"k"}) == sentences


def test_unknown_library_panels_are_not_reported():
    assert missing([Reference("library_panel", "l", "L")], SOURCES) == []


def test_the_order_of_sentences_is_fixed():
    found = [Reference("uid", "b"), Reference("type", "loki", "loki"), Reference("name", "a")]
    assert missing(found, []) == missing(reversed(found), [])
    assert len(missing(found, [])) == 3


def library(uid, **more):
    return {"libraryPanel": {"uid": uid, "name": uid.upper()}, **more}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"panels": [library("a"), {"type": "text"}, library("b")]}, ["a", "b"]),
        ({"panels": [{"type": "row", "panels": [library("a")]}]}, ["a"]),
        # Servers search "panels" of rows, but not the "rows" of old schemas.
        ({"panels": [{"type": "text", "panels": [library("a")]}]}, []),
        ({"rows": [{"panels": [library("a")]}]}, []),
        ({"panels": [{"libraryPanel": None}]}, []),
        ({"panels": [{"title": "A", "libraryPanel": {}}]}, [""]),
        ({"panels": [{"libraryPanel": "a"}, "x", None]}, [""]),
        ({"panels": "x"}, []),
        ({}, []),
    ],
)
def test_library_panels_that_servers_connect(body, found):
    assert [reference.value for reference in connected(body)] == found


def alerting(source=None, target=None, refers_to="A", **more):
    alert = {"name": "Full", "conditions": [{"query": {"params": [refers_to, "5m", "now"]}}], **more}
    return {"title": "Disk", "datasource": source, "targets": [{"refId": "A", **(target or {})}], "alert": alert}


@pytest.mark.parametrize(
    ("panel", "sources"),
    [
        (alerting("Main"), ["Main"]),
        (alerting("Main", {"datasource": {"type": "loki", "uid": "l"}}), ["l"]),
        (alerting("Main", {"datasource": None}), [""]),
        (alerting(None), [""]),
        (alerting("Main", refers_to="B"), []),
        (alerting("Main", enabled=False), []),
        (alerting("Main", conditions=[{"query": {"params": "A"}}, 7, {"query": None}]), []),
        ({"title": "Disk", "datasource": "Main"}, []),
        ({"title": "Disk", "alert": "Full"}, []),
    ],
)
def test_the_data_sources_of_panel_alerts(panel, sources):
    expected = [PanelAlert("Full", "Disk", source) for source in sources]
    assert panel_alerts({"panels": [panel]}) == expected
    assert panel_alerts({"panels": [{"type": "row", "panels": [panel, panel]}]}) == expected
