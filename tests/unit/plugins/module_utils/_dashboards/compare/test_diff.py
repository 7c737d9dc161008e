# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for the rules by which dashboards are compared, and for how differences are shown."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.diff import ABSENT, Difference, compare
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.json_diff import paths, shown

BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
GRID = [{"h": 8, "w": 12, "x": 0, "y": 0}, {"h": 8, "w": 12, "x": 12, "y": 0}, {"h": 8, "w": 12, "x": 0, "y": 8}]


def board(*panels, **fields):
    """Return a dashboard with these panels."""
    return {"title": "CPU", "schemaVersion": 39, "panels": list(panels), **fields}


def panel(number=1, title="CPU", **fields):
    """Return a panel; for *number* 0 without an id."""
    return {**({"id": number} if number else {}), "type": "timeseries", "title": title, **fields}


def row(*panels, number=9, title="Row"):
    return {"id": number, "type": "row", "title": title, "collapsed": True, "panels": list(panels)}


def variables(*names):
    return {"templating": {"list": [{"name": name, "type": "query", "query": "q " + name} for name in names]}}


def steps(*values):
    colours = [{"color": "c%d" % number, **value} for number, value in enumerate(values)]
    return panel(fieldConfig={"defaults": {"thresholds": {"mode": "absolute", "steps": colours}}, "overrides": []})


def override(name, **more):
    return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": "s"}], **more}


def overrides(*entries):
    return board(panel(fieldConfig={"defaults": {}, "overrides": list(entries)}))


def library(**fields):
    return board({"id": 1, "gridPos": GRID[0], "libraryPanel": {"uid": "lib"}, **fields})


LOADED = {"uid": "lib", "name": "Lib", "type": "stat", "version": 3, "meta": {"folderName": "General"}}
LAYOUT = {
    "title": "V2",
    "elements": {"panel-1": {"kind": "Panel", "spec": {"id": 1, "title": "A"}}},
    "layout": {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": {"element": {"name": "panel-1"}}}]}},
    "variables": [{"kind": "QueryVariable", "spec": {"name": "job"}}, {"kind": "QueryVariable", "spec": {"name": "pod"}}],
}

#: Pairs of bodies without a difference, in both directions.
SAME = {
    "key order": (dict(reversed(board(panel()).items())), board(panel())),
    "39.0 is 39": (board(schemaVersion=39.0), board()),
    "a number that floats cannot tell": (board(x=12345678901234567890), board(x=1.2345678901234567e19)),
    "trimmed title": (board(title="CPU"), board(title=" CPU\n")),
    "what the server owns": (board(id=3, uid="x", version=7, iteration=1), board(id=9)),
    "no schema version": ({"title": "CPU", "schemaVersion": 0}, {"title": "CPU"}),
    "null": (board(gnetId=None), board()),
    "null of a panel": (board(panel(description=None, datasource=None)), board(panel())),
    "null of a target": (board(panel(targets=[{"refId": "A", "hide": None}])), board(panel(targets=[{"refId": "A"}]))),
    "null of an override": (
        overrides(override("a", properties=[{"id": "unit", "value": None}])),
        overrides(override("a", properties=[{"id": "unit"}])),
    ),
    "null refresh": (board(refresh=None), board(refresh="")),
    "the first threshold": (board(steps({"value": None}, {"value": 80})), board(steps({}, {"value": 80}))),
    "no refresh": (board(refresh=""), board(refresh=False)),
    "defaults": (
        board(
            editable=True,
            fiscalYearStartMonth=0,
            graphTooltip=0,
            links=[],
            liveNow=False,
            preload=False,
            refresh="",
            style="dark",
            tags=[],
            templating={"list": []},
            annotations={"list": [BUILT_IN]},
            time={"from": "now-6h", "to": "now"},
            timepicker={},
            timezone="",
            weekStart="",
        ),
        board(),
    ),
    "empty lists of variables": (board(templating={"list": []}), board(templating={})),
    "built-in annotation": (
        board(annotations={"list": [BUILT_IN, {"name": "Deploys"}]}),
        board(annotations={"list": [{"name": "Deploys"}]}),
    ),
    "defaults of a panel": (
        board(panel(transparent=False, links=[], options={}, fieldConfig={"defaults": {}, "overrides": []}, transformations=[])),
        board(panel()),
    ),
    "untitled": (board(panel(title="")), board({"id": 1, "type": "timeseries"})),
    "half a field configuration": (board(panel(fieldConfig={"defaults": {}})), board(panel(fieldConfig={"overrides": []}))),
    "order of panels": (
        board(panel(1, gridPos=GRID[0]), panel(2, gridPos=GRID[1])),
        board(panel(2, gridPos=GRID[1]), panel(1, gridPos=GRID[0])),
    ),
    "library panel, as it is loaded": (
        library(libraryPanel=LOADED, type="stat", title="Of the library", options={"a": 1}),
        library(title="Mine", libraryPanel={"uid": "lib", "name": "Lib"}),
    ),
    "library panel, as it is stored": (library(), library(type="stat", title="Mine", targets=[{"refId": "A", "expr": "up"}])),
    "v2": (copy.deepcopy(LAYOUT), LAYOUT),
    "export fields": (board(__requires=[], __inputs=[]), board()),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_no_change(one, other):
    assert compare(one, other) == []
    assert compare(other, one) == []


def test_no_change_if_the_server_assigned_ids():
    numbered = board(panel(1, "A", targets=[{"refId": "A", "expr": "a"}]), row(panel(2, "B")), panel(3, "A"))
    plain = board(panel(0, "A", targets=[{"expr": "a"}]), row(panel(0, "B"), number=9), panel(0, "A"))
    assert compare(numbered, plain) == []
    assert {difference.path for difference in compare(plain, numbered)} == {
        'panels[0] "A".id',
        'panels[0] "A".targets[0].refId',
        'panels[1] "Row".panels[0] "B".id',
        'panels[2] "A".id',
    }


#: Pairs with one difference: (current, desired, path, old, new).
CHANGES = {
    "title": (board(title="A"), board(title="B"), "title", "A", "B"),
    "true is not 1": (board(graphTooltip=1), board(graphTooltip=True), "graphTooltip", 1, True),
    "false is not 0": (board(x=0), board(x=False), "x", 0, False),
    "text is no number": (board(x=1), board(x="1"), "x", 1, "1"),
    "not the default": (board(editable=True), board(editable=False), "editable", True, False),
    "no longer the default": (board(), board(timezone="utc"), "timezone", ABSENT, "utc"),
    "back to the default": (board(graphTooltip=2), board(), "graphTooltip", 2, ABSENT),
    "refresh": (board(refresh="5s"), board(refresh=False), "refresh", "5s", False),
    "null in place of something": (board(description="x"), board(description=None), "description", "x", None),
    "null in a list": (board(x=[None, 1]), board(x=[1]), "x[0]", None, ABSENT),
    "empty is not absent": (board(x={}), board(), "x", {}, ABSENT),
    "a later threshold": (
        board(steps({}, {"value": None})),
        board(steps({}, {})),
        'panels[0] "CPU".fieldConfig.defaults.thresholds.steps[1].value',
        None,
        ABSENT,
    ),
    "tag": (board(tags=["a"]), board(tags=["b"]), "tags[0]", "a", "b"),
    "tag before others": (board(tags=["b", "c"]), board(tags=["a", "b", "c"]), "tags[0]", ABSENT, "a"),
    "order of tags": (board(tags=["a", "b"]), board(tags=["b", "a"]), "tags (order)", ["a", "b"], ["b", "a"]),
    "query": (
        board(panel(targets=[{"refId": "A", "expr": "a"}])),
        board(panel(targets=[{"refId": "A", "expr": "b"}])),
        'panels[0] "CPU".targets[0].expr',
        "a",
        "b",
    ),
    "query of a panel in a row": (
        board(panel(1), row(panel(2, "In it", targets=[{"refId": "A", "expr": "a"}]))),
        board(panel(1), row(panel(2, "In it", targets=[{"refId": "A", "expr": "b"}]))),
        'panels[1] "Row".panels[0] "In it".targets[0].expr',
        "a",
        "b",
    ),
    "name of a query": (
        board(panel(targets=[{"refId": "A", "expr": "a"}])),
        board(panel(targets=[{"refId": "B", "expr": "a"}])),
        'panels[0] "CPU".targets[0].refId',
        "A",
        "B",
    ),
    "order of queries": (
        board(panel(targets=[{"refId": "A", "expr": "a"}, {"refId": "B", "expr": "b"}])),
        board(panel(targets=[{"refId": "B", "expr": "b"}, {"refId": "A", "expr": "a"}])),
        'panels[0] "CPU".targets (order)',
        ["A", "B"],
        ["B", "A"],
    ),
    "first query gone": (
        board(panel(targets=[{"refId": "A", "expr": "a"}, {"refId": "B", "expr": "b"}])),
        board(panel(targets=[{"refId": "B", "expr": "b"}])),
        'panels[0] "CPU".targets[0]',
        {"refId": "A", "expr": "a"},
        ABSENT,
    ),
    "order of transformations": (
        board(panel(transformations=[{"id": "merge"}, {"id": "organize"}])),
        board(panel(transformations=[{"id": "organize"}, {"id": "merge"}])),
        'panels[0] "CPU".transformations (order)',
        ["merge", "organize"],
        ["organize", "merge"],
    ),
    "order of transformations of one kind": (
        board(panel(transformations=[{"id": "merge", "options": 1}, {"id": "merge", "options": 2}])),
        board(panel(transformations=[{"id": "merge", "options": 2}, {"id": "merge", "options": 1}])),
        'panels[0] "CPU".transformations (order)',
        ["merge", "merge"],
        ["merge", "merge"],
    ),
    "order of variables": (
        board(**variables("job", "pod")),
        board(**variables("pod", "job")),
        "templating.list (order)",
        ["job", "pod"],
        ["pod", "job"],
    ),
    "variable renamed": (
        board(templating={"list": [{"name": "job"}]}),
        board(templating={"list": [{"name": "pod"}]}),
        "templating.list[0].name",
        "job",
        "pod",
    ),
    "order of overrides": (
        overrides(override("a"), override("b")),
        overrides(override("b"), override("a")),
        'panels[0] "CPU".fieldConfig.overrides (order)',
        ['{"id": "byName", "options": "a"}', '{"id": "byName", "options": "b"}'],
        ['{"id": "byName", "options": "b"}', '{"id": "byName", "options": "a"}'],
    ),
    "panel removed": (board(panel(1, "A"), panel(2, "B")), board(panel(2, "B")), 'panels[0] "A"', panel(1, "A"), ABSENT),
    "panel added": (board(panel(1, "A")), board(panel(2, "B"), panel(1, "A")), 'panels[0] "B"', ABSENT, panel(2, "B")),
    "panel's title": (board(panel(1, "A")), board(panel(1, "B")), 'panels[0] "B".title', "A", "B"),
    "title of a panel without an id": (board(panel(1, "A")), board(panel(0, "B")), 'panels[0] "B".title', "A", "B"),
    "panel's id": (board(panel(1, "A")), board(panel(5, "A")), 'panels[0] "A".id', 1, 5),
    "panel moved": (
        board(panel(1, "A", gridPos=GRID[0]), panel(2, "B", gridPos=GRID[1])),
        board(panel(1, "A", gridPos=GRID[2]), panel(2, "B", gridPos=GRID[1])),
        'panels[0] "A".gridPos.y',
        0,
        8,
    ),
    "order of panels that have no place": (
        board(panel(1, "A"), panel(2, "B")),
        board(panel(2, "B"), panel(1, "A")),
        "panels (order)",
        ["A", "B"],
        ["B", "A"],
    ),
    "annotation switched off": (
        board(annotations={"list": [BUILT_IN]}),
        board(annotations={"list": [{**BUILT_IN, "enable": False}]}),
        "annotations.list[0].enable",
        True,
        False,
    ),
    "another library panel": (library(), library(libraryPanel={"uid": "other"}), "panels[0].libraryPanel.uid", "lib", "other"),
    "library panel's own title": (library(title="A"), library(title="B"), 'panels[0] "B".title', "A", "B"),
    "v2 title": (
        LAYOUT,
        {**LAYOUT, "elements": {"panel-1": {"kind": "Panel", "spec": {"id": 1, "title": "B"}}}},
        "elements.panel-1.spec.title",
        "A",
        "B",
    ),
    "v2 order of variables": (
        LAYOUT,
        {**LAYOUT, "variables": LAYOUT["variables"][::-1]},
        "variables (order)",
        ["job", "pod"],
        ["pod", "job"],
    ),
    "replaced by something else": (board(x={"a": 1}), board(x=[1]), "x", {"a": 1}, [1]),
}


@pytest.mark.parametrize(("current", "desired", "path", "old", "new"), CHANGES.values(), ids=CHANGES)
def test_change(current, desired, path, old, new):
    found = compare(current, desired)
    assert found == [Difference(path, old, new)]
    assert [isinstance(value, bool) for value in (found[0].old, found[0].new)] == [isinstance(old, bool), isinstance(new, bool)]
    assert compare(current=desired, desired=current) != []


def test_changed_elements_and_a_new_order():
    old = board(**variables("a", "b", "c"))
    new = board(**variables("c", "a", "b"))
    new["templating"]["list"][0]["query"] = "other"
    assert [difference.path for difference in compare(old, new)] == ["templating.list[0].query", "templating.list (order)"]


def test_removed_and_added_elements_at_one_index():
    old, new = board(panel(1, "A"), panel(2, "B")), board(panel(1, "A"), {**panel(7, "C"), "type": "stat"})
    assert [difference.path for difference in compare(old, new)] == ['panels[1] "B"', 'panels[1] "C"']
    old, new = board(x=[1, 2, 3]), board(x=[1, 5, 6, 7])
    assert compare(old, new) == [Difference("x[1]", 2, 5), Difference("x[2]", 3, 6), Difference("x[3]", ABSENT, 7)]


def test_panels_with_the_same_id():
    old = board(panel(1, "A"), panel(1, "B"))
    assert compare(old, copy.deepcopy(old)) == []
    assert [difference.path for difference in compare(old, board(panel(1, "A"), panel(1, "C")))] == ['panels[1] "C".title']


ODD = [None, 1, "x", [None], [[]], [1, "x", {"id": {"a": 1}}], {"list": 1}, {"a": {"b": None}}]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "name", ["panels", "templating", "annotations", "links", "rows", "elements", "layout", "timepicker", "title"]
)
def test_documents_that_are_not_dashboards(name, odd):
    assert compare({name: odd}, {name: copy.deepcopy(odd)}) == []
    assert compare({name: odd}, {name: "other"}) != []
    assert compare({name: [{"id": 1}]}, {name: odd}) != []


def test_deep_documents():
    old, new = 1, 2
    for number in range(99):
        old, new = ([old, {}], [new]) if number % 2 else ({"a": old}, {"a": new})
    assert len(compare({"x": old}, {"x": new})) == 50


def test_arguments_are_not_changed():
    old = board(panel(options={"legend": {}}), title=" A ", id=1, schemaVersion=36, timepicker={"time_options": []})
    new = board(panel(options={"legend": {}}), title="A", schemaVersion=42)
    copies = copy.deepcopy((old, new))
    compare(old, new)
    assert (old, new) == copies


def test_keys_are_masked_before_texts_are_cut():
    key = "glsa_" + "aB3d" * 8 + "_0123abcd"
    long = "x" * 110 + "\n" + key
    changes = [Difference('panels[0] "%s".a' % key, long, {key: [key]})]
    assert paths(changes) == ['panels[0] "***".a']
    assert shown(changes, "before") == {'panels[0] "***".a': "x" * 110 + "\n***"}
    assert shown(changes, "after") == {'panels[0] "***".a': {"***": ["***"]}}


def test_at_most_50_changes_are_shown_and_long_values_are_cut():
    changes = [Difference("a[%d]" % number, number, ABSENT) for number in range(80)]
    assert paths(changes)[-1] == "... and 30 more"
    assert len(paths(changes)) == 51
    assert list(shown(changes, "before").items())[-1] == ("...", "and 30 more")
    assert shown(changes, "after") == {"...": "and 30 more"}
    long = shown([Difference("a", "x" * 500, {"b": [True, None]})], "before")
    assert long == {"a": "x" * 120 + "... (500 characters)"}
    assert shown([Difference("a", "x", {"b": [True, None]})], "after") == {"a": {"b": [True, None]}}


def test_long_titles():
    found = compare(board(panel(title="x" * 100, a=1)), board(panel(title="x" * 100, a=2)))
    assert found[0].path == 'panels[0] "%s...".a' % ("x" * 57)


@pytest.mark.parametrize("marked", ["\ufeffCPU", "C\ufeffPU", "CPU\ufeff"])
def test_byte_order_marks_are_no_change(marked):
    """Servers remove them from 13 on, wherever they are; until then they keep them."""
    links = [{"title": marked, "url": "/d/%s" % marked}]
    posted = board(panel(0, marked, links=links), title=marked, tags=[marked, "a"])
    read = board(panel(0, links=[{"title": "CPU", "url": "/d/CPU"}]), tags=["CPU", "a"])
    assert compare(read, posted) == compare(posted, read) == compare(posted, posted) == []
    assert [one.path for one in compare(read, {**posted, "tags": ["Other", "a"]})] == ["tags[0]"]
