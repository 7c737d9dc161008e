# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers make of dashboards of the version 2 layouts; the emulator has a table of its own, which must agree."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import model as dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import options as dashboard_options
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare import layout_fields
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.diff import compare
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.layouts import schema
from emulator.kubernetes import layouts as servers

#: A layout, and whether the server is 13.0 or newer.
SERVERS = [("v2alpha1", False), ("v2beta1", False), ("v2alpha1", True), ("v2beta1", True), ("v2", True)]


def sample(types, name, depth=0):
    """Return an object of a type of the emulator's table, with every field set; *depth* ends layouts inside of layouts."""
    name = name.strip("*?")
    if name[0] in "[{":
        return [sample(types, name[1:-1], depth)] if name[0] == "[" else {"k": sample(types, name[1:-1], depth)}
    if name in ("string", "words", "number", "bool", "any"):
        return {"string": "x", "words": ["x"], "number": 7, "bool": True, "any": {"x": 1}}[name]
    fields = types[name]
    if isinstance(fields, tuple):
        kind, chosen = sorted(fields[1].items())[depth % len(fields[1])]
        return {**sample(types, chosen, depth + 1), fields[0]: kind}
    return {key: sample(types, kind, depth + 1) for key, kind in fields if depth < 10 or key != "layout"}


def samples(layout, newest):
    """Yield specs in which all types occur, each with the part to vary: one for each element, layout, variable and mapping."""
    types = servers.table(layout, newest)
    rich = sample(types, "Spec")
    yield {**rich, "elements": {}, "layout": None, "variables": []}, ()
    for union, place in (("VariableUnion", "variables"), ("ElementUnion", "elements"), ("LayoutUnion", "layout")):
        for kind, name in types[union][1].items():
            entry = {**sample(types, name, 1), "kind": kind}
            yield {"title": "x", place: {"variables": [entry], "elements": {"k": entry}, "layout": entry}[place]}, (place,)
    for kind, name in types["MappingUnion"][1].items():
        field_config = {"defaults": {"mappings": [{**sample(types, name), "type": kind}]}}
        panel = {"kind": "Panel", "spec": {"vizConfig": {"spec": {"fieldConfig": field_config}}}}
        yield {"title": "x", "elements": {"k": panel}}, ("elements",)


def places(value, path=()):
    """Yield the path of each object in *value*."""
    if isinstance(value, dict):
        yield path
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(entry, (*path, key))


def variants(spec, part):
    """Yield *spec* with one key deleted, set to null or added, for every object inside of *part*."""
    for path in places(spec):
        if path[: len(part)] != part:
            continue
        inner = spec
        for step in path:
            inner = inner[step]
        for key in list(inner):
            kept = inner.pop(key)
            yield (*path, key), "deleted", spec
            inner[key] = None
            yield (*path, key), "null", spec
            inner[key] = kept
        inner["unknown"] = 1
        yield path, "added", spec
        del inner["unknown"]


@pytest.mark.parametrize(("layout", "newest"), SERVERS)
def test_both_tables_have_the_same_fields(layout, newest):
    for spec, _part in samples(layout, newest):
        old, new, dropped = schema(layout, newest).as_stored({}, spec)
        assert (old, dropped) == (schema(layout, newest).as_stored({}, {})[0], [])
        assert new == schema(layout, newest).as_stored(servers.stored(layout, newest, spec), {})[0]


@pytest.mark.parametrize(("layout", "newest"), [("v2alpha1", False), ("v2beta1", True), ("v2", True)])
def test_one_key_variants_settle(layout, newest):
    known = schema(layout, newest)
    count = 0
    for spec, part in samples(layout, newest):
        for path, what, variant in variants(spec, part):
            try:
                stored = servers.stored(layout, newest, variant)
            except servers.Unfit:
                continue  # the server refuses it
            old, new, _dropped = known.as_stored(stored, variant)
            assert not compare(old, new), (path, what)
            assert known.as_stored(stored, stored)[2] == [], (path, what)
            count += 1
    assert count > 500, count


def test_every_row_is_in_use():
    types = {name for layout, newest in SERVERS for name in schema(layout, newest).types}
    rows = {
        *layout_fields.FIELDS,
        *layout_fields.ALPHA,
        *layout_fields.STABLE,
        *layout_fields.ADDED,
        *layout_fields.ADDED_TO_BETA,
    }
    assert rows <= types
    assert schema("", True) is None
    assert schema("v1", True) is None


PANEL = {"kind": "Panel", "spec": {"id": 1, "title": "CPU"}}
STORED = servers.stored("v2beta1", False, {"title": "T", "elements": {"p": PANEL}})


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        pytest.param({"title": "T", "elements": {"p": PANEL}}, [], id="what the server filled in"),
        pytest.param({"title": "T", "elements": {"p": PANEL}, "tags": [], "preload": False}, [], id="empty values"),
        pytest.param({"title": "T", "elements": {"p": PANEL}, "tags": ["a"]}, ["tags"], id="a list with an entry"),
        pytest.param({"title": "T", "elements": {}}, ["elements"], id="a panel less"),
        pytest.param({"title": "T", "elements": {"p": PANEL}, "timeSettings": {"to": "now"}}, ["timeSettings.to"], id="inside"),
        pytest.param({"title": "T", "elements": {"p": PANEL}, "liveNow": True}, ["liveNow"], id="an optional field"),
    ],
)
def test_only_changes_count(wanted, changed):
    old, new, _dropped = schema("v2beta1", False).as_stored(STORED, wanted)
    assert [difference.path for difference in compare(old, new)] == changed


def test_unknown_fields_are_named():
    spec = {
        "title": "T",
        "foo": 1,
        "nothing": None,
        "elements": {"p": {**PANEL, "extra": 1}, "q": {"kind": "Poster", "spec": {}}},
        "variables": [{"kind": "TextVariable", "spec": {"name": "v", "multi": True}}],
        "links": [{"title": "L", "origin": {"type": "datasource", "group": "x"}}],
    }
    named = ["foo", "elements.p.extra", "elements.q (kind Poster)", "links[0].origin", "variables[0].spec.multi"]
    assert sorted(schema("v2beta1", False).as_stored({}, spec)[2]) == sorted(named)
    assert "links[0].origin" not in schema("v2beta1", True).as_stored({}, spec)[2]


def test_a_field_that_the_server_returns_is_known_to_it():
    current = {**STORED, "novelty": 1}
    old, new, dropped = schema("v2beta1", True).as_stored(current, {"title": "T", "elements": {"p": PANEL}, "novelty": 2})
    assert [difference.path for difference in compare(old, new)] == ["novelty"]
    assert dropped == []


def test_the_warning():
    manifest = {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "two"},
        "spec": {"title": "T", "elements": {}, **{"x%d" % n: 1 for n in range(12)}},
    }
    wanted = dashboard_options.parse({"dashboard": manifest})
    state = dashboards.DashboardState(None, schema=schema("v2beta1", False))
    said = dashboards.dropped(wanted, state)
    assert said is not None
    assert said.startswith("the layout v2beta1 of this server does not have these fields")
    assert said.endswith("x8, x9 and 2 more")
    assert dashboards.dropped(wanted, dashboards.DashboardState(None)) is None
