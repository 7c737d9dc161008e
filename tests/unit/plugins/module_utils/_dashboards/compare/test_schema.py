# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for each step of the schema migration, and for when dashboards are migrated."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.diff import compare
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.compare.schema import migrated, version_of


def table(custom=None, *properties):
    defaults = {} if custom is None else {"custom": custom}
    return {"type": "table", "fieldConfig": {"defaults": defaults, "overrides": [{"properties": list(properties)}]}}


def cells(value):
    return {"id": "custom.cellOptions", "value": value}


HIDDEN = {"options": {"legend": {"displayMode": "list", "showLegend": False}}}
STEPS = [
    (36, {"options": {"legend": {"displayMode": "list"}}}, {"options": {"legend": {"displayMode": "list", "showLegend": True}}}),
    (
        36,
        {"options": {"legend": {"displayMode": "hidden"}}},
        {"options": {"legend": {"displayMode": "list", "showLegend": False}}},
    ),
    (36, {"options": {"legend": {"showLegend": False}}}, HIDDEN),
    (36, {"options": {"legend": True}}, {"options": {"legend": True}}),
    (36, {"type": "row", "options": {"legend": {}}}, {"type": "row", "options": {"legend": {}}}),
    (37, table({"displayMode": "auto"}), table({"cellOptions": {"type": "auto"}})),
    (37, table({"displayMode": "basic"}), table({"cellOptions": {"type": "gauge", "mode": "basic"}})),
    (37, table({"displayMode": "lcd-gauge"}), table({"cellOptions": {"type": "gauge", "mode": "lcd"}})),
    (37, table({"displayMode": "gradient-gauge"}), table({"cellOptions": {"type": "gauge", "mode": "gradient"}})),
    (37, table({"displayMode": None}), table({})),
    (37, {**table({"displayMode": "auto"}), "type": "stat"}, {**table({"displayMode": "auto"}), "type": "stat"}),
    (
        37,
        table(None, {"id": "custom.displayMode", "value": "color-background-solid"}, {"id": "unit", "value": "s"}),
        table(None, cells({"type": "color-background", "mode": "basic"}), {"id": "unit", "value": "s"}),
    ),
    (37, table(None, {"id": "custom.displayMode"}), table(None, cells({}))),
    (37, table(None, {"id": "custom.displayMode", "value": ""}), table(None, cells({"type": ""}))),
    (
        38,
        {"transformations": [{"id": "timeSeriesTable", "options": {"refIdToStat": {"A": "mean"}}}, {"id": "merge"}, None]},
        {"transformations": [{"id": "timeSeriesTable", "options": {"A": {"stat": "mean"}}}, {"id": "merge"}, None]},
    ),
    (
        41,
        table(None, {"id": "custom.hideFrom", "value": {"viz": True}}, {"id": "custom.hideFrom", "value": {"viz": False}}),
        table(
            None,
            {"id": "custom.hideFrom", "value": {"viz": True, "tooltip": True}},
            {"id": "custom.hideFrom", "value": {"viz": False}},
        ),
    ),
]


@pytest.mark.parametrize(("version", "before", "after"), STEPS)
def test_migration_steps_of_panels(version, before, after):
    old = {"schemaVersion": version, "panels": [before, {"type": "row", "panels": [before]}, None]}
    assert migrated(old, version + 1)["panels"] == [after, {"type": "row", "panels": [after]}, None]


@pytest.mark.parametrize(
    ("version", "before", "after"),
    [
        (39, {}, {"refresh": ""}),
        (39, {"refresh": False}, {"refresh": ""}),
        (39, {"refresh": "5s"}, {"refresh": "5s"}),
        (40, {"timepicker": {"time_options": ["5m"], "hidden": True}}, {"timepicker": {"hidden": True}}),
        (40, {"timepicker": None}, {"timepicker": None}),
        (36, {"panels": "none"}, {"panels": "none"}),
    ],
)
def test_migration_steps_of_dashboards(version, before, after):
    assert migrated({"schemaVersion": version, **before}, version + 1) == {"schemaVersion": version + 1, **after}


@pytest.mark.parametrize(("value", "version"), [(None, 0), (True, 0), ("39", 0), (39.0, 39), (41, 41)])
def test_schema_version(value, version):
    assert version_of({"schemaVersion": value}) == version


def legend(version, **fields):
    return {"title": "A", "schemaVersion": version, "panels": [{"id": 1, "options": {"legend": fields}}]}


SHOWN, MODE = "panels[0].options.legend.showLegend", "panels[0].options.legend.displayMode"


@pytest.mark.parametrize(
    ("current", "desired", "changed"),
    [
        pytest.param(legend(41, showLegend=True), legend(36), [], id="the server migrated"),
        pytest.param(legend(36), legend(41, showLegend=True), [], id="the file was migrated"),
        pytest.param(legend(36), legend(36, showLegend=True), [SHOWN], id="one schema: nothing is migrated"),
        pytest.param(legend(41, showLegend=False, displayMode="list"), legend(36), [SHOWN, MODE], id="edited"),
        pytest.param(legend(41, showLegend=True), legend(35), ["schemaVersion", SHOWN], id="too old"),
        pytest.param(legend(43, showLegend=True), legend(36), ["schemaVersion", SHOWN], id="too new"),
        pytest.param(legend(42), legend(37), [], id="steps before its own schema are not applied"),
    ],
)
def test_only_the_older_schema_is_migrated(current, desired, changed):
    assert sorted(difference.path for difference in compare(current, desired)) == sorted(changed)
