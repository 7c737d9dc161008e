# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards as they are exported, and what they need of an organization."""

from __future__ import annotations


def source(org, name, kind="prometheus", **more):
    """Make a data source of the organization; return its uid."""
    body = {"name": name, "type": kind, "access": "proxy", "uid": f"{kind}-{name.lower()}", **more}
    org.server.api("POST", "/api/datasources", body, org="tenant")
    return body["uid"]


def without_default(org):
    """Unset the default data source of the organization: the first one becomes it, from 10.4 on."""
    for one in org.server.api("GET", "/api/datasources", org="tenant"):
        if one["isDefault"]:
            # 8.5 has no route by uid, and 13 none by number.
            by_uid = one["id"] if org.server.version.startswith("8.") else f"uid/{one['uid']}"
            body = {key: one[key] for key in ("name", "type", "access")}
            body["url"] = one["url"] or "http://127.0.0.1:9"  # servers check it in a PUT, and not in a POST
            org.server.api("PUT", f"/api/datasources/{by_uid}", {**body, "isDefault": False}, org="tenant")


def library_panel(org, uid, name, **model):
    body = {"uid": uid, "name": name, "kind": 1, "model": {"type": "gauge", "title": name, **model}}
    org.server.api("POST", "/api/library-elements", body, org="tenant")


def library(org):
    """Return the library panels of the organization by uid."""
    found = org.server.api("GET", "/api/library-elements", org="tenant")["result"]["elements"]
    return {element["uid"]: element for element in found}


SHARED = {
    "__inputs": [
        {"name": "DS_METRICS", "label": "Metrics", "type": "datasource", "pluginId": "prometheus", "pluginName": "Prometheus"},
        {"name": "VAR_CLUSTER", "label": "cluster", "type": "constant", "value": "c-default"},
    ],
    "__requires": [
        {"type": "grafana", "id": "grafana", "name": "Grafana", "version": "8.5.0"},
        {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"},
        {"type": "panel", "id": "timeseries", "name": "Time series", "version": ""},
    ],
    "uid": "shared",
    "title": "Shared",
    "schemaVersion": 36,
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Load",
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "datasource": {"type": "prometheus", "uid": "${DS_METRICS}"},
            "targets": [{"refId": "A", "expr": 'load{cluster="$cluster"}', "datasource": "${DS_METRICS}"}],
        },
    ],
    "templating": {"list": [{"name": "cluster", "type": "constant", "query": "${VAR_CLUSTER}"}]},
}


def stored(org, uid="shared"):
    """Return the data source and the constant that a stored dashboard has."""
    body = org.read(uid)["dashboard"]
    assert not [name for name in body if name.startswith("__")]
    panel = body["panels"][0]
    assert panel["datasource"]["uid"] == panel["targets"][0]["datasource"]
    return panel["datasource"]["uid"], body["templating"]["list"][0]["query"]


def version(org):
    return org.server.version.partition("-")[0]


PANEL = {"id": 2, "gridPos": {"h": 4, "w": 6, "x": 0, "y": 8}, "libraryPanel": {"uid": "lib-cpu", "name": "CPU"}}
WITH_LIBRARY = {
    **SHARED,
    "uid": "with-library",
    "title": "With a library panel",
    "panels": [*SHARED["panels"], PANEL],
    "__elements": {
        "lib-cpu": {
            "name": "CPU",
            "uid": "lib-cpu",
            "kind": 1,
            "model": {"type": "gauge", "title": "CPU", "datasource": {"type": "prometheus", "uid": "${DS_METRICS}"}},
        },
    },
}
