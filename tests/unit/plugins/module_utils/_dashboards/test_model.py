# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for dashboards."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import model as dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import options as dashboard_options
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput


def found(body, folder="", version=3, provisioned=None):
    return dashboards.DashboardState(dashboards.CurrentDashboard("cpu", body["title"], body, folder, version, provisioned))


CPU = {"title": "CPU", "panels": [{"id": 1, "title": "A"}], "schemaVersion": 39}


@pytest.mark.parametrize(
    ("document", "current", "changed"),
    [
        pytest.param(CPU, dashboards.DashboardState(None), [], id="new"),
        pytest.param(CPU, found(CPU), None, id="the same"),
        pytest.param({**CPU, "id": 9, "version": 7}, found(CPU), None, id="what the server owns"),
        pytest.param({**CPU, "title": " CPU "}, found(CPU), None, id="trimmed title"),
        pytest.param({**CPU, "schemaVersion": 39.0}, found(CPU), None, id="39.0 is 39"),
        pytest.param({"title": "CPU", "schemaVersion": 0}, found({"title": "CPU"}), None, id="schema version 0 of 12.0"),
        pytest.param({**CPU, "tags": ["x"]}, found(CPU), ["tags"], id="added"),
        pytest.param({"title": "CPU", "schemaVersion": 39}, found(CPU), ["panels"], id="removed"),
        pytest.param({**CPU, "panels": [{"id": 1, "title": "B"}]}, found(CPU), ['panels[0] "B".title'], id="deep"),
        pytest.param({**CPU, "panels": [{"id": True, "title": "A"}]}, found(CPU), ['panels[0] "A".id'], id="true is not 1"),
    ],
)
def test_dashboards(document, current, changed):
    wanted = dashboard_options.parse({"dashboard": {"uid": "cpu", **document}})
    change = dashboards.plan(wanted, current)
    assert (list(change.work.changed_paths) if change else None) == changed


@pytest.mark.parametrize(
    ("options", "folder", "moves"),
    [
        ({}, "old", False),
        ({"folder_uid": "old"}, "old", False),
        ({"folder_uid": "new"}, "old", True),
        ({"folder_uid": "general"}, "old", True),
    ],
)
def test_dashboards_move_only_when_told(options, folder, moves):
    wanted = dashboard_options.parse({"dashboard": {"uid": "cpu", **CPU}, **options})
    there = found(CPU, folder)
    state = dashboards.DashboardState(there.current, wanted.folder_uid)
    assert (dashboards.plan(wanted, state) is not None) is moves


@pytest.mark.parametrize(
    ("options", "uid", "title", "folder", "message"),
    [
        ({"dashboard": {"uid": "a", "title": "A"}}, "a", "A", None, None),
        ({"dashboard": {"title": "A"}, "uid": "b"}, "b", "A", None, None),
        ({"content": '{"dashboard": {"uid": "a", "title": "A"}, "folderUid": "f", "message": "m"}'}, "a", "A", "f", "m"),
        ({"content": '{"dashboard": {"uid": "a", "title": "A"}, "meta": {"folderUid": "f"}}'}, "a", "A", None, None),
        ({"dashboard": {"uid": "", "title": "A"}, "folder_uid": "General"}, None, "A", "", None),
        ({"uid": "a", "state": "absent"}, "a", "a", None, None),
    ],
)
def test_dashboards_as_they_are_given(options, uid, title, folder, message):
    wanted = dashboard_options.parse(options)
    assert (wanted.uid, wanted.title, wanted.folder_uid, wanted.message) == (uid, title, folder, message)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no dashboard is given"),
        ({"dashboard": {"title": "A"}, "content": "{}"}, "dashboard and content are set: keep one of them"),
        ({"content": "{"}, "is not valid JSON"),
        ({"content": "[]"}, "contains a list of 0 entries"),
        ({"content": "{}"}, "has neither a title nor panels"),
        ({"dashboard": {"title": "A", "uid": 5}}, "has to be a string"),
        ({"dashboard": {"title": "A"}, "folder": "a", "folder_uid": "b"}, "both folder_uid and folder"),
        ({"dashboard": {"title": "A", "x": float("nan")}}, "not a JSON number"),
        ({"state": "absent"}, "or uid"),
    ],
)
def test_dashboards_refused(options, words):
    with pytest.raises(BadInput) as caught:
        dashboard_options.parse(options)
    assert words in caught.value.message
