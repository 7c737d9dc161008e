# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property tests: what a server changes in any dashboard is no difference, and what a user edits always is one."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.diff import ABSENT, compare
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.schema import NEWEST, OLDEST, migrated

EXAMPLES = settings(max_examples=100, deadline=None)

word = st.text("abcxyz é$", min_size=1, max_size=6)
scalar = st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), word)
anything = st.recursive(
    scalar,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(word, inner, max_size=3)),
    max_leaves=8,
)


def named(name, values, **more):
    """Return a strategy for lists of objects with different values of *name*."""
    return st.lists(st.fixed_dictionaries({name: values, **more}), max_size=3, unique_by=lambda entry: entry[name])


place = st.fixed_dictionaries({"x": st.integers(0, 20), "y": st.integers(0, 40), "w": st.just(4), "h": st.just(4)})
legend = st.fixed_dictionaries(
    {"displayMode": st.sampled_from(["list", "hidden", "table"])}, optional={"showLegend": st.booleans()}
)
override = st.fixed_dictionaries(
    {
        "matcher": st.fixed_dictionaries({"id": word, "options": anything}),
        "properties": named("id", st.sampled_from(["unit", "custom.displayMode", "custom.hideFrom"]), value=anything),
    }
)
step = st.fixed_dictionaries({"color": word}, optional={"value": st.one_of(st.none(), st.integers())})
field_config = st.fixed_dictionaries(
    {
        "defaults": st.fixed_dictionaries(
            {"custom": st.dictionaries(st.sampled_from(["displayMode", "fillOpacity"]), word)},
            optional={"thresholds": st.fixed_dictionaries({"mode": word, "steps": st.lists(step, max_size=3)})},
        ),
        "overrides": st.lists(override, max_size=2),
    }
)
panel = st.fixed_dictionaries(
    {"type": st.sampled_from(["timeseries", "table", "stat"]), "gridPos": place},
    optional={
        "title": word,
        "targets": named("refId", st.sampled_from("ABCD"), expr=word, more=anything),
        "options": st.fixed_dictionaries({}, optional={"legend": legend, "other": anything}),
        "fieldConfig": field_config,
        "transformations": named("id", st.sampled_from(["merge", "organize", "reduce"]), options=anything),
        "links": named("title", word, url=word),
        "datasource": anything,
    },
)


@st.composite
def boards(draw, ids=True):
    """Draw a dashboard, with or without *ids* of its panels."""
    panels = draw(st.lists(panel, max_size=4))
    for one in panels:
        if draw(st.booleans()):
            inside = draw(st.lists(panel, max_size=2))
            panels.append({"type": "row", "title": draw(word), "gridPos": one["gridPos"], "panels": inside})
            break
    if ids:
        for number, one in enumerate([*panels, *(inner for row in panels for inner in row.get("panels", []))]):
            one["id"] = number + 1
    optional = {
        "tags": st.lists(word, max_size=3, unique=True),
        "templating": st.fixed_dictionaries({"list": named("name", word, query=anything)}),
        "annotations": st.fixed_dictionaries({"list": named("name", word, expr=word)}),
        "links": named("title", word, url=word),
        "refresh": st.sampled_from(["", "5s", False]),
        "graphTooltip": st.integers(0, 2),
        "editable": st.booleans(),
        "timezone": st.sampled_from(["", "utc"]),
        "timepicker": st.fixed_dictionaries({}, optional={"time_options": st.lists(word, max_size=2), "hidden": st.booleans()}),
        "anything": anything,
    }
    fields = draw(st.fixed_dictionaries({"title": word.filter(str.strip)}, optional=optional))
    return {**fields, "schemaVersion": draw(st.integers(OLDEST, NEWEST)), "panels": panels}


def every(value, act):
    """Return *value* with *act* applied to each object and each other value in it, inner ones first."""
    if isinstance(value, dict):
        return act({key: every(entry, act) for key, entry in value.items()})
    return [every(entry, act) for entry in value] if isinstance(value, list) else act(value)


def reorder_keys(board):
    return every(board, lambda value: dict(sorted(value.items(), reverse=True)) if isinstance(value, dict) else value)


def numbers_as_floats(board):
    return every(board, lambda value: float(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def drop_nulls(board):
    """Drop nulls as the UI does, except the values of thresholds."""

    def drop(value):
        if not isinstance(value, dict):
            return value
        return {key: entry for key, entry in value.items() if entry is not None or (key == "value" and "color" in value)}

    return every(board, drop)


def add_defaults(board):
    defaults = {"liveNow": False, "tags": [], "timezone": "", "weekStart": "", "refresh": "", "annotations": {"list": []}}
    panels = [{"links": [], "transparent": False, "title": "", **one} for one in board["panels"]]
    return {**defaults, **board, "panels": panels}


def add_server_fields(board):
    return {**board, "id": 7, "uid": "abc", "version": 3, "iteration": 1650000000}


def spaces_around_the_title(board):
    return {**board, "title": " %s\n" % board["title"]}


def assign_ids(board):
    board = copy.deepcopy(board)
    number = 40
    for one in [*board["panels"], *(inner for row in board["panels"] for inner in row.get("panels", []))]:
        number += 1
        one.setdefault("id", number)
    return board


def by_position(board):
    return {**board, "panels": sorted(board["panels"], key=lambda one: (one["gridPos"]["y"], one["gridPos"]["x"]))}


def migrate(board):
    return migrated(board, NEWEST)


SERVER = [
    reorder_keys,
    numbers_as_floats,
    drop_nulls,
    add_defaults,
    add_server_fields,
    spaces_around_the_title,
    assign_ids,
    migrate,
]
server = st.lists(st.sampled_from(SERVER), max_size=5, unique=True)


def stored(board, server_changes):
    for act in server_changes:
        board = act(board)
    return json.loads(json.dumps(board))


@given(board=boards(ids=False), server_changes=server)
@EXAMPLES
def test_server_changes_of_panels_without_ids_are_no_difference(board, server_changes):
    assert compare(stored(board, server_changes), board) == []


@given(board=boards(), server_changes=st.lists(st.sampled_from([*SERVER, by_position]), max_size=5, unique=True))
@EXAMPLES
def test_server_changes_are_no_difference(board, server_changes):
    read = stored(board, server_changes)
    assert compare(read, board) == []
    assert compare(board, read) == []


def editable_paths(value, path=()):
    """Yield the paths of all values that a user may edit, including whole panels and variables."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in inner:
        # Migrations map different values of these fields to the same value.
        if step in ("schemaVersion", "legend", "custom", "overrides", "refresh", "time_options"):
            continue
        if entry not in ({}, []):
            yield (*path, step)
        yield from editable_paths(entry, (*path, step))


@given(board=boards(), server_changes=server, data=st.data())
@EXAMPLES
def test_an_edited_value_is_a_difference(board, server_changes, data):
    edited = copy.deepcopy(board)
    *path, last = data.draw(st.sampled_from(list(editable_paths(board))))
    holder = edited
    for step in path:
        holder = holder[step]
    holder[last] = "edited"
    found = compare(stored(board, server_changes), edited)
    assert found != []
    assert any(difference.new is ABSENT or "edited" in json.dumps(difference.new) for difference in found)


@given(board=boards(), server_changes=server, data=st.data(), name=st.sampled_from(["panels", "variables", "targets", "tags"]))
@EXAMPLES
def test_a_removed_element_is_a_difference(board, server_changes, data, name):
    board.setdefault("tags", ["a"])
    board["panels"].append({"id": 99, "type": "stat", "title": "Last", "gridPos": {}, "targets": [{"refId": "B", "expr": "up"}]})
    board["templating"] = {"list": [{"name": "job"}, {"name": "pod"}]}
    edited = copy.deepcopy(board)
    lists = {
        "panels": edited["panels"],
        "variables": edited["templating"]["list"],
        "targets": edited["panels"][-1]["targets"],
        "tags": edited["tags"],
    }
    if lists[name]:
        lists[name].pop(data.draw(st.integers(0, len(lists[name]) - 1)))
        found = compare(stored(board, server_changes), edited)
        assert [difference.new for difference in found] == [ABSENT]


@pytest.mark.parametrize("name", ["templating", "targets", "transformations"])
@given(server_changes=server, names=st.lists(word, min_size=2, max_size=6, unique=True), data=st.data())
@EXAMPLES
def test_another_order_is_one_difference(name, server_changes, names, data):
    first, second = sorted(data.draw(st.permutations(range(len(names))))[:2])
    order = list(names)
    order[first], order[second] = order[second], order[first]
    boards_ = []
    for these in (names, order):
        one = {
            "title": "CPU",
            "schemaVersion": 37,
            "panels": [{"id": 1, "type": "stat", "title": "Last", "gridPos": {"x": 0, "y": 0}}],
        }
        if name == "templating":
            one["templating"] = {"list": [{"name": entry, "query": entry * 2} for entry in these]}
        else:
            one["panels"][0][name] = [{"refId" if name == "targets" else "id": entry} for entry in these]
        boards_.append(one)
    found = compare(stored(boards_[0], server_changes), boards_[1])
    assert [(difference.old, difference.new) for difference in found] == [(names, order)]
    assert found[0].path.endswith(" (order)")
