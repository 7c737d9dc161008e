# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories of dashboards: real ones into every version by every route, and what is refused before the first write."""

from __future__ import annotations

import json
import pathlib

import pytest

from modules.conftest import Server
from modules.test_dashboards import ROUTES

REAL = pathlib.Path(__file__).parents[1] / "data" / "dashboards"
#: Real dashboards that were exported for sharing ask for data sources of these types.
TYPES = ("prometheus", "loki", "influxdb", "elasticsearch", "graphite", "mysql", "postgres")
#: The data source that most of them name; before 9.0 a server insists on it where they have alerts.
TEST_DATA = {"name": "gdev-testdata", "type": "testdata", "uid": "PD8C576611E62080A"}
#: Library panels that they name and do not bring.
LIBRARY_PANELS = {"MAnX2ifMk": "React Table", "g1sNpCaMz": "React Gauge"}


@pytest.fixture(params=ROUTES, ids=" ".join)
def routed(request, emulators, monkeypatch):
    version, api = request.param
    server = Server(emulators(version), monkeypatch)
    server.dashboard_api = api
    for kind in TYPES:
        server.api("POST", "/api/datasources", {"name": kind.title(), "type": kind, "access": "proxy", "uid": f"the-{kind}"})
    server.api("POST", "/api/datasources", {**TEST_DATA, "access": "proxy"})
    for uid, name in LIBRARY_PANELS.items():
        element = {"uid": uid, "name": name, "kind": 1, "model": {"type": "gauge", "title": name, "options": {"a": 1}}}
        server.api("POST", "/api/library-elements", element)
    return server


def bring(server, directory, **options):
    return server.ok("grafana_dashboard", directory=str(directory), api=server.dashboard_api, **options)


def test_real_dashboards(routed):
    planned = bring(routed, REAL, check=True)
    made = bring(routed, REAL)
    again = [bring(routed, REAL, check=check) for check in (True, False)]
    files = sorted(path.relative_to(REAL).as_posix() for path in REAL.rglob("*.json"))
    assert len(files) == 105
    for result in (planned, made):
        assert sorted(entry["file"] for entry in result["results"]) == files
        assert result["summary"]["changed"] == 105
    for result in again:
        assert [entry["file"] for entry in result["results"] if entry["status"] != "ok"] == []
        assert not result["changed"]
    titles = {folder["title"] for folder in routed.api("GET", "/api/folders")}
    assert {"community", "devenv"} <= titles


def write(top, name, **dashboard):
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dashboard))
    return path
