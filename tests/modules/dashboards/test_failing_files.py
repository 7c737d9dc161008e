# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that once failed, each as its author wrote it: they settle after one run, or are refused before any write."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
FILES, LAYOUTS = DATA / "failing", DATA / "layouts"
DANGLING = FILES / "v2-dangling-element.json"
FEW_FIELDS = [LAYOUTS / f"{name}.json" for name in ("without-description", "short-timesettings", "panel-least", "unknown-field")]
BOTH = (True, False)


def tenant(server):
    server.ok("grafana_org", name="tenant")
    return {"org_name": "tenant"}


def refused(server, check, **options):
    """Expect a refusal, in check mode or not, before any write; return the result."""
    place = tenant(server)
    with server.writes_nothing():
        return server.fails("grafana_dashboard", check=check, **options, **place)


def settles(server, **options):
    """Check, run, check, run: only the first two change something. Return the results."""
    return server.four("grafana_dashboard", **tenant(server), **options)


@pytest.mark.parametrize("version", ["12.4.3", "13.1.0-pre"])
@pytest.mark.parametrize("path", [*FEW_FIELDS, DANGLING], ids=lambda path: path.stem)
def test_files_of_version_2(versioned, version, path):
    server = versioned(version)
    results = settles(server, path=str(path))
    warned = [any("foo" in text for text in result["warnings"]) for result in results]
    assert warned == [path.stem == "unknown-field"] * 4
    assert len(server.ok("grafana_dashboard_info", org_name="tenant")["dashboards"]) == 1


@pytest.mark.parametrize("version", ["12.4.3", "13.1.0-pre"])
def test_a_layout_that_names_a_missing_element_is_found_by_its_title(versioned, version):
    """The server cannot convert it, so most answers do not show its title."""
    server = versioned(version)
    settles(server, path=str(DANGLING))
    found = server.ok("grafana_dashboard_info", org_name="tenant")["dashboards"]
    assert [entry["title"] for entry in found] == ["Minimal v2"]
    server.four("grafana_dashboard", org_name="tenant", path=str(DANGLING), state="absent")
    assert server.ok("grafana_dashboard_info", org_name="tenant")["dashboards"] == []


def test_the_bare_spec_of_stable_version_2(versioned):
    server = versioned("13.1.0-pre")
    settles(server, path=str(LAYOUTS / "spec-of-stable-v2.json"))
    stored = server.api("GET", "/apis/dashboard.grafana.app/v2/namespaces/org-2/dashboards/v2-spec-alone", org="tenant")
    assert "sortBy" in str(stored["spec"]["elements"])


@pytest.mark.parametrize("check", BOTH)
def test_the_bare_spec_of_stable_version_2_where_it_is_not_served(versioned, check):
    found = refused(versioned("12.4.3"), check, path=str(LAYOUTS / "spec-of-stable-v2.json"))
    assert "v2" in found["msg"]


def test_a_refresh_below_the_minimum(routed):
    results = routed.four("grafana_dashboard", org_name="tenant", api=routed.dashboard_api, path=str(FILES / "refresh.json"))
    assert all(any("5s" in text for text in result["warnings"]) for result in results)


def test_a_placeholder_without_inputs(newest):
    place = tenant(newest)
    path = {"path": str(FILES / "placeholder-without-inputs.json")}
    unfilled = newest.ok("grafana_dashboard", check=True, check_references=True, **path, **place)
    assert any("DS_PROMETHEUS" in text for text in unfilled["warnings"])
    source = {"name": "prom", "uid": "prom", "type": "prometheus", "access": "proxy", "url": "http://127.0.0.1:9090"}
    newest.api("POST", "/api/datasources", source, org="tenant")
    newest.four("grafana_dashboard", inputs={"DS_PROMETHEUS": "prom"}, **path, **place)
    board = newest.emulator.dashboard(newest.org_id("tenant"), "s18")["dashboard"]
    assert board["panels"][0]["targets"][0]["datasource"]["uid"] == "prom"


def test_a_folder_of_another_server(newest):
    place = tenant(newest)
    path = {"path": str(FILES / "folder-annotation.json")}
    results = newest.four("grafana_dashboard", **path, **place)
    assert [len([text for text in result["warnings"] if "afoxew1iux5hcd" in text]) for result in results] == [1] * 4
    ours = newest.ok("grafana_folder", title="Ours", **place)["folder"]["uid"]
    moved = newest.ok("grafana_dashboard", folder="Ours", **path, **place)
    assert moved["dashboard"]["folder_uid"] == ours
    assert moved["warnings"] == []


@pytest.mark.parametrize("check", BOTH)
def test_a_dashboard_with_the_title_of_its_folder(versioned, check):
    """Up to 10.1 their addresses would be the same."""
    found = refused(versioned("9.3.2"), check, directory=str(FILES / "slug"), create_folder=True)
    assert "databases-1" in found.text
    assert "Databases" in found["msg"]


@pytest.mark.parametrize("check", BOTH)
def test_a_directory_that_is_too_deep(versioned, check):
    found = refused(versioned("12.4.3"), check, directory=str(FILES / "deep"), create_folder=True)
    assert "Grafana allows 4" in found.text


@pytest.mark.parametrize("check", BOTH)
def test_an_alert_on_a_missing_data_source(versioned, check):
    found = refused(versioned("8.5.15"), check, path=str(FILES / "panel-alert.json"))
    assert found.code == "alert_source_missing"
    assert "Not here" in found["msg"]


@pytest.mark.parametrize("layout", [{}, {"layout": None}, {"layout": {}}], ids=["missing", "null", "empty"])
def test_version_2alpha1_without_a_layout(versioned, layout):
    """12.4.3 stores an empty grid (seen on a real server)."""
    server = versioned("12.4.3")
    spec = {"title": "T", "elements": {}, "cursorSync": "Off", "timeSettings": {"from": "now-6h", "to": "now"}, **layout}
    manifest = {"apiVersion": "dashboard.grafana.app/v2alpha1", "kind": "Dashboard", "metadata": {"name": "t"}, "spec": spec}
    settles(server, dashboard=manifest)
