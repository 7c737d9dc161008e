# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugins: those that come with Grafana, as every server has them."""

from __future__ import annotations

from typing import Any

from ..core.profile import Profile
from ..core.replies import Reply, message, ok
from ..core.server import Request, route

#: Ids of panels and of data sources from 8.5 to 12.4; built-in ones and those of early stages are never listed.
PANELS = (
    "alertlist annolist barchart bargauge candlestick dashlist gauge gettingstarted heatmap histogram logs news nodeGraph "
    "piechart stat state-timeline status-history table text timeseries welcome"
)
SOURCES = (
    "alertmanager cloudwatch elasticsearch grafana-azure-monitor-datasource graphite influxdb jaeger loki mssql mysql opentsdb "
    "prometheus stackdriver tempo zipkin"
)


def installed(profile: Profile) -> dict[str, str]:
    """Return the types of the plugins by id."""
    found = {**dict.fromkeys(PANELS.split(), "panel"), **dict.fromkeys(SOURCES.split(), "datasource")}
    renamed = profile >= (10, 2)
    found["grafana-testdata-datasource" if renamed else "testdata"] = "datasource"
    found["grafana-postgresql-datasource" if renamed else "postgres"] = "datasource"
    if profile < (12, 1):
        found.update({"graph": "panel", "table-old": "panel"})
    found.update({} if profile < (9, 0) else {"canvas": "panel", "geomap": "panel"})
    return found


@route("GET", "/api/plugins")
def listed(request: Request) -> Reply:
    kind = request.one("type")
    found = sorted(installed(request.server.profile).items())
    # All of them are part of Grafana, which a request can leave out.
    if request.one("core") == "0":
        found = []
    return ok([_shown(name, of) for name, of in found if kind in ("", of)])


@route("GET", "/api/plugins/{name}/settings")
def settings(request: Request) -> Reply:
    kind = installed(request.server.profile).get(request.params["name"])
    if kind is None:
        return message("Plugin not found, no installed plugin with that id", 404)
    return ok(_shown(request.params["name"], kind))


def _shown(name: str, kind: str) -> dict[str, Any]:
    return {"id": name, "name": name, "type": kind, "enabled": True, "pinned": False, "signature": "internal", "state": ""}
