# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards that a server stores otherwise than they are, or refuses: known before the first write, settled after one run."""

from __future__ import annotations

import pytest

from ..conftest import Org, Server

V2 = {
    "title": "New layout",
    "cursorSync": "Off",
    "elements": {},
    "layout": {"kind": "GridLayout", "spec": {"items": []}},
    "timeSettings": {"autoRefresh": "1s", "from": "now-1h", "to": "now"},
}


@pytest.fixture
def on(emulators, monkeypatch):
    """A function that returns the organization tenant on a server of a version, with dashboards by a route."""

    def get(version, api="auto"):
        server = Server(emulators(version), monkeypatch)
        server.dashboard_api = api
        server.ok("grafana_org", name="tenant")
        return Org(server)

    return get


ROUTES = [("9.3.2", "legacy"), ("12.4.3", "legacy"), ("12.4.3", "kubernetes")]


@pytest.mark.parametrize(("version", "api"), ROUTES)
def test_a_refresh_below_the_minimum(on, version, api):
    org = on(version, api)
    results = org.four(dashboard={"uid": "quick", "title": "Quick", "refresh": "1s", "panels": []})
    for result in results:
        assert len(result["warnings"]) == 1
        assert "refresh interval 1s is shorter than the minimum" in result["warnings"][0]
        assert "the minimum, 5s" in result["warnings"][0]
    assert org.read("quick")["dashboard"]["refresh"] == "5s"
    assert not org.four(dashboard={"uid": "slow", "title": "Slow", "refresh": "1m"})[1]["warnings"]
    assert org.read("slow")["dashboard"]["refresh"] == "1m"


def test_a_refresh_below_the_minimum_in_the_new_layout(on):
    org = on("12.4.3")
    assert "the minimum, 5s" in org.four(dashboard={**V2, "uid": "quick"})[1].text
    assert org.read("quick")["dashboard"]["refresh"] == "5s"


def test_the_minimum_is_asked_once_and_only_for_an_interval(on):
    org = on("12.4.3")
    batch = [{"dashboard": {"uid": f"d{n}", "title": f"D {n}", "refresh": "1s" if n else ""}} for n in range(4)]

    def asked():
        routes = org.server.emulator.stats()["routes"]
        return sum(entry["count"] for entry in routes if entry["route"] == "/api/frontend/settings")

    before = asked()
    org.ok(batch=batch[:1])
    assert asked() == before
    org.ok(batch=[*batch, *({**entry, "org_id": 1, "org_name": None} for entry in batch)])
    assert asked() == before + 1


@pytest.mark.parametrize("check", [True, False])
def test_a_refresh_that_is_no_interval(on, check):
    org = on("9.3.2", "legacy")
    with org.server.writes_nothing():
        failed = org.fails(dashboard={"uid": "odd", "title": "Odd", "refresh": "nonsense"}, check=check)
    assert "'nonsense', which is not a duration" in failed["msg"]
