# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for the inputs of exports for sharing: which are needed, how values are chosen and filled in."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.forms import read_document
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.inputs import (
    Input,
    choose,
    library_panels,
    needed,
    requirements,
    substitute,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput

DATA = pathlib.Path(__file__).parents[5] / "data" / "formats"
PROMETHEUS = {"name": "DS_PROMETHEUS", "label": "Prometheus", "type": "datasource", "pluginId": "prometheus"}
CONSTANT = {"name": "VAR_JOB", "label": "job", "type": "constant", "value": "node"}


def source(name, kind="prometheus", default=False):
    return {"uid": "uid-" + name, "name": name, "type": kind, "isDefault": default}


def document(*inputs, **more):
    panels = [{"datasource": "${%s}" % entry["name"]} for entry in inputs]
    return read_document({"title": "T", "__inputs": list(inputs), "panels": panels, **more}, "x")


def test_needed_inputs():
    assert needed(document(PROMETHEUS, CONSTANT)) == [
        Input("DS_PROMETHEUS", "datasource", "Prometheus", "prometheus"),
        Input("VAR_JOB", "constant", "job", value="node"),
    ]
    assert needed(document()) == []


def test_an_unused_input_is_not_needed_and_one_in_a_library_panel_is():
    element = {"uid": "l", "name": "L", "kind": 1, "model": {"datasource": {"uid": "${DS_PROMETHEUS}"}}}
    assert needed(read_document({"title": "T", "__inputs": [PROMETHEUS]}, "x")) == []
    assert len(needed(read_document({"title": "T", "__inputs": [PROMETHEUS], "__elements": {"l": element}}, "x"))) == 1


@pytest.mark.parametrize("entry", [{"name": "", "type": "datasource"}, {"name": "A", "type": "other"}, "A", {"type": "constant"}])
def test_inputs_that_grafana_does_not_write(entry):
    with pytest.raises(BadInput, match="entry 0 of __inputs"):
        needed(read_document({"title": "T", "__inputs": [entry]}, "x"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("${DS_A}", "uid-a"),
        ("${DS_A}_${DS_A}", "uid-a_uid-a"),
        ({"datasource": "${DS_A}"}, {"datasource": "uid-a"}),
        ({"datasource": {"type": "p", "uid": "${DS_A}"}}, {"datasource": {"type": "p", "uid": "uid-a"}}),
        (
            [{"query": "${VAR_J}", "current": {"text": "${VAR_J}", "value": "${VAR_J}"}}],
            [{"query": "j", "current": {"text": "j", "value": "j"}}],
        ),
        ("$DS_A ${DS_B} ${__interval} ${x:csv} [[DS_A]] $${DS_A}", "$DS_A ${DS_B} ${__interval} ${x:csv} [[DS_A]] $uid-a"),
        # Like Grafana, match from the first ${ to the next }.
        ("${x ${DS_A}", "${x ${DS_A}"),
        ("${x\n${DS_A}", "${x\nuid-a"),
        ({"${DS_A}": 1}, {"${DS_A}": 1}),
        ({"deep": {"__inputs": [1], "__requires": [2]}}, {"deep": {"__requires": [2]}}),
        ([1, 1.5, True, None, "x"], [1, 1.5, True, None, "x"]),
        # Values are not substituted again.
        ("${VAR_N}", "${DS_A}"),
    ],
)
def test_substitution(before, after):
    values = {"DS_A": "uid-a", "VAR_J": "j", "VAR_N": "${DS_A}"}
    body = {"title": "T", "x": before, "__inputs": [1], "__requires": [2], "__elements": {}}
    assert substitute(body, values) == {"title": "T", "x": after}
    assert body["x"] == before


@pytest.mark.parametrize(
    ("sources", "mapping", "chosen"),
    [
        ([source("a")], {}, "uid-a"),
        ([source("a"), source("Prometheus")], {}, "uid-Prometheus"),
        ([source("a"), source("b", default=True)], {}, "uid-b"),
        ([source("a"), source("Prometheus", "loki", default=True)], {}, "uid-a"),
        ([source("a"), source("b")], {"DS_PROMETHEUS": "b"}, "uid-b"),
        ([source("a"), source("b")], {"Prometheus": "uid-b"}, "uid-b"),
        ([source("a"), source("b")], {"prometheus": "b"}, "uid-b"),
        ([source("a"), source("b"), source("c")], {"prometheus": "a", "Prometheus": "b", "DS_PROMETHEUS": "c"}, "uid-c"),
        ([source("a"), source("other", "mimir")], {"DS_PROMETHEUS": {"name": "other", "type": "mimir"}}, "uid-other"),
        # A uid takes precedence over a name.
        ([source("uid-b"), source("b")], {"DS_PROMETHEUS": "uid-b"}, "uid-b"),
    ],
)
def test_choice_of_the_data_source(sources, mapping, chosen):
    assert choose(needed(document(PROMETHEUS)), sources, mapping) == {"DS_PROMETHEUS": chosen}


def test_former_ids_of_plugins_match_the_current_id():
    wanted = [Input("DS_A", "datasource", "a", "testdata")]
    assert choose(wanted, [source("x", "grafana-testdata-datasource")], {}) == {"DS_A": "uid-x"}


def test_expressions_need_no_data_source():
    assert choose([Input("DS_EXPRESSION", "datasource", "Expression", "__expr__")], [], {}) == {"DS_EXPRESSION": "__expr__"}


@pytest.mark.parametrize(
    ("mapping", "value"),
    [({}, "node"), ({"VAR_JOB": "web"}, "web"), ({"job": "web"}, "web"), ({"VAR_JOB": 5}, "5"), ({"VAR_JOB": ""}, "")],
)
def test_constants(mapping, value):
    assert choose(needed(document(CONSTANT)), [], mapping) == {"VAR_JOB": value}


def test_one_error_names_all_inputs_without_a_value():
    wanted = [
        Input("DS_A", "datasource", "A", "prometheus"),
        Input("DS_B", "datasource", "", "loki"),
        Input("DS_C", "datasource", "C", "tempo"),
        Input("VAR_D", "constant", "d"),
        Input("VAR_E", "constant", "e", value="e"),
    ]
    with pytest.raises(BadInput) as caught:
        choose(wanted, [source("p"), source("q")], {"DS_C": "nowhere"}, what="path x", option="data_sources")
    assert caught.value.message == (
        "some inputs of path x have no value: "
        "DS_A needs a data source of type prometheus (original name: A); the organization has p (uid uid-p), q (uid uid-q); "
        "DS_B needs a data source of type loki; the organization has none of that type; "
        "DS_C is mapped to nowhere (by the key DS_C), which is not a data source of the organization; "
        "VAR_D (constant d) has no default; set them in data_sources"
    )
    assert caught.value.details["inputs"] == ["DS_A", "DS_B", "DS_C", "VAR_D"]


NO_SOURCE = "; the organization has no data source at all: create one with the module grafana_datasource"


@pytest.mark.parametrize(
    ("wanted", "mapping", "words"),
    [
        ([Input("DS_A", "datasource", "A", "prometheus")], {}, NO_SOURCE),
        ([Input("DS_A", "datasource", "A", "prometheus")], {"DS_A": "metrics"}, NO_SOURCE),
        (
            [Input("DS_A", "datasource", "A", "prometheus"), Input("VAR_D", "constant", "d")],
            {},
            NO_SOURCE + ", and set the constants in inputs",
        ),
        ([Input("VAR_D", "constant", "d")], {}, "; set them in inputs"),
    ],
)
def test_open_inputs_of_an_organization_without_data_sources(wanted, mapping, words):
    with pytest.raises(BadInput) as caught:
        choose(wanted, [], mapping)
    assert caught.value.message.endswith(words)
    assert caught.value.details["inputs"] == [entry.name for entry in wanted]


@pytest.mark.parametrize(("name", "count"), [("bind9-full.json", 60), ("textbox.json", 1)])
def test_all_placeholders_of_real_exports_are_filled_in(name, count):
    found = read_document(json.loads((DATA / name).read_text()), "x")
    (wanted,) = needed(found)
    before = json.dumps(found.body)
    assert before.count("${%s}" % wanted.name) == count
    after = json.dumps(substitute(found.body, choose([wanted], [source("here", wanted.plugin_id)], {})))
    assert after == before.replace("${%s}" % wanted.name, "uid-here")


def test_library_panels_of_an_export():
    elements = {"l": {"uid": "l", "name": "L", "kind": 1, "model": {"type": "text", "datasource": {"uid": "${DS_A}"}}}}
    (found,) = library_panels(read_document({"title": "T", "__elements": elements}, "x"), {"DS_A": "uid-a"})
    assert (found.uid, found.name, found.kind) == ("l", "L", 1)
    assert found.model == {"type": "text", "datasource": {"uid": "uid-a"}, "libraryPanel": {"uid": "l", "name": "L"}}
    assert library_panels(read_document({"title": "T"}, "x")) == []


@pytest.mark.parametrize("element", [{"name": "L", "model": 1}, {"model": {}}, "x"])
def test_invalid_library_panels(element):
    with pytest.raises(BadInput, match="library panel l in __elements"):
        library_panels(read_document({"title": "T", "__elements": {"l": element}}, "x"))


@pytest.mark.parametrize(
    ("requires", "version", "plugins", "found"),
    [
        (
            [{"type": "grafana", "version": "12.1.0"}],
            "11.6.0",
            {},
            ["it was exported from Grafana 12.1.0, and this server is 11.6.0, which may not show all of it"],
        ),
        ([{"type": "grafana", "version": "11.6.3"}], "11.6.0", {}, []),
        ([{"type": "grafana", "version": "8.1.0-pre"}], "11.6.0", {}, []),
        ([{"type": "grafana", "version": "12.1.0"}], None, {}, []),
        ([{"type": "grafana"}], "11.6.0", {}, []),
        (
            [{"type": "panel", "id": "x-panel", "name": "X"}],
            None,
            {"stat": "1"},
            ["it uses the panel plugin x-panel (X), which is not installed"],
        ),
        ([{"type": "datasource", "id": "loki"}], None, {}, ["it uses the data source plugin loki, which is not installed"]),
        ([{"type": "panel", "id": "x-panel"}], None, {"x-panel": "2.0.0"}, []),
        ([{"type": "panel", "id": "x-panel"}], None, None, []),
        (
            [{"type": "panel", "id": "graph"}, {"type": "datasource", "id": "__expr__"}, {"type": "datasource", "id": "grafana"}],
            None,
            {},
            [],
        ),
        ([{"type": "datasource", "id": "testdata"}], None, {"grafana-testdata-datasource": ""}, []),
        (["x", {}], "9.3.2", {}, []),
    ],
)
def test_requirements(requires, version, plugins, found):
    assert requirements(read_document({"title": "T", "__requires": requires}, "x"), version, plugins) == found
