# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dashboards name and their organization lacks."""

from __future__ import annotations

import pytest

from modules.conftest import Server
from modules.dashboards.exports import PANEL, SHARED, WITH_LIBRARY, library_panel, source

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
            "data source Lost does not exist",
            "data source gone of type prometheus does not exist; data sources of that type: A (uid prometheus-a)",
        ]
    for result in results:
        assert sum("does not exist" in text for text in result["warnings"]) == 2
    assert "missing_references" not in org.ok(dashboard=NAMING)["dashboard"]


def test_library_panels_among_the_references(org):
    dashboard = {"uid": "a", "title": "A", "panels": [PANEL]}
    library_panel(org, "lib-cpu", "CPU")
    assert org.ok(dashboard=dashboard, check_references=True)["dashboard"]["missing_references"] == []
    named = {**PANEL, "id": 3, "libraryPanel": {"uid": "lib-gone", "name": "Gone"}}
    more = {**dashboard, "panels": [PANEL, named]}
    if org.server.version.startswith(("12.4", "13")) or org.server.dashboard_api == "kubernetes":
        found = org.ok(dashboard=more, check_references=True)
        assert found["dashboard"]["missing_references"] == ["library panel lib-gone (Gone) does not exist"]
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
    assert "may not list the data sources" in result["dashboard"]["missing_references"][0]
    with server.writes_nothing():
        failed = server.fails("grafana_dashboard", dashboard=SHARED, **who)
    assert failed.code == "data_sources_hidden"


#: An alert of a panel, as Grafana up to 8 stores it.
ALERTING = {
    "uid": "old-alert",
    "title": "Old alert",
    "panels": [
        {
            "id": 1,
            "type": "graph",
            "title": "Disk",
            "datasource": "Not here",
            "targets": [{"refId": "A"}],
            "alert": {"name": "Full", "conditions": [{"query": {"params": ["A", "5m", "now"]}}], "frequency": "1m"},
        }
    ],
}


def test_the_data_source_of_a_panel_alert_is_missing(emulators, monkeypatch):
    server = Server(emulators("8.5.15"), monkeypatch)
    soon = {"org_name": "soon", "missing_parent": "plan", "check": True}
    with server.writes_nothing():
        for options in ({"check": True}, {}, {"folder": "New", "create_folder": True}, soon):
            failed = server.fails("grafana_dashboard", dashboard=ALERTING, **options)
            assert failed.code == "alert_source_missing"
            assert "alert Full of panel Disk: Not here" in failed["msg"]
    server.api("POST", "/api/datasources", {"name": "Not here", "type": "loki", "access": "proxy", "url": "http://127.0.0.1:1"})
    assert [result["changed"] for result in server.four("grafana_dashboard", dashboard=ALERTING)] == [True, True, False, False]


def test_a_panel_alert_of_a_caller_who_sees_no_data_sources(emulators, monkeypatch):
    server = Server(emulators("8.5.15"), monkeypatch)
    server.user("ed")
    server.api("PATCH", "/api/orgs/1/users/2", {"role": "Editor"})
    who = {"username": "ed", "password": "long-enough-1", "org_id": 1, "retries": 0}
    failed = server.fails("grafana_dashboard", dashboard=ALERTING, **who)
    assert failed.code == "server_error"
    assert "check that these exist: alert Full of panel Disk: Not here" in failed["msg"]


@pytest.mark.parametrize("version", ["9.3.2", "12.4.3"])
def test_later_servers_take_no_notice_of_panel_alerts(versioned, version):
    assert versioned(version).ok("grafana_dashboard", dashboard=ALERTING)["changed"]
