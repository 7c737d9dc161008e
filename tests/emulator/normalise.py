# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers make of a dashboard when it is read: defaults, and the migration to the newest schema."""

from __future__ import annotations

import copy
from typing import Any

from .profile import Profile

NEWEST = 42
BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
#: What a dashboard of the newest schema always has.
DEFAULTS: dict[str, Any] = {
    "annotations": {"list": [BUILT_IN]},
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "links": [],
    "panels": [],
    "tags": [],
    "templating": {"list": []},
    "time": {"from": "now-6h", "to": "now"},
    "timepicker": {},
    "timezone": "",
    "weekStart": "",
}
#: At 12.0 what is older than this is not migrated when it is read.
OLDEST_MIGRATED, NEWEST_AT_12_0 = 36, 41


def newest(spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* as ``v1beta1`` shows it (12.4): in the newest schema, with all defaults."""
    found = {**copy.deepcopy(DEFAULTS), **copy.deepcopy(spec)}
    if (spec.get("schemaVersion") or 0) < 41:
        found.setdefault("refresh", "")
    found["schemaVersion"] = NEWEST
    return found


def stored(profile: Profile, spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* as ``v0alpha1`` gives it back: as it is, but for 12.0, which says that it has no schema version."""
    if profile.numbers[:2] == (12, 0) and "schemaVersion" not in spec:
        return {**spec, "schemaVersion": 0}
    return spec


def legacy_read(profile: Profile, spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* as the legacy route gives it: at 12.0 migrated on the way, elsewhere as it is."""
    spec = dict(stored(profile, spec))
    if profile.numbers[:2] != (12, 0):
        return spec
    version = spec.get("schemaVersion")
    if isinstance(version, int) and OLDEST_MIGRATED <= version < NEWEST_AT_12_0:
        _migrate(spec, version)
    return spec


def _migrate(spec: dict[str, Any], version: int) -> None:
    """Bring a spec from schema 36 or later to 41, as 12.0 does."""
    spec["schemaVersion"] = NEWEST_AT_12_0
    if version < 37:
        spec["panels"] = copy.deepcopy(spec.get("panels"))
        for panel in spec.get("panels") or []:
            _legend(panel)
    spec["refresh"] = spec.get("refresh") if isinstance(spec.get("refresh"), str) else ""
    timepicker = spec.get("timepicker")
    if isinstance(timepicker, dict) and "time_options" in timepicker:
        spec["timepicker"] = {key: value for key, value in timepicker.items() if key != "time_options"}


def _legend(panel: Any) -> None:
    """Say of a legend whether it is shown (schema 37)."""
    options = panel.get("options") if isinstance(panel, dict) else None
    legend = options.get("legend") if isinstance(options, dict) else None
    if not isinstance(legend, dict):
        return
    if legend.get("displayMode") == "hidden" or legend.get("showLegend") is False:
        legend.update(displayMode="list", showLegend=False)
    else:
        legend["showLegend"] = True


def to_v0(spec: dict[str, Any], api: str) -> dict[str, Any]:
    """Return a spec of version *api* in the classic layout; only what a v2 layout has in common with it."""
    if not api.startswith("v2"):
        return spec
    times = spec.get("timeSettings") or {}
    return {
        "annotations": {"list": []},
        "editable": spec.get("editable", True),
        "fiscalYearStartMonth": times.get("fiscalYearStartMonth", 0),
        "graphTooltip": {"Off": 0, "Crosshair": 1, "Tooltip": 2}.get(spec.get("cursorSync", "Off"), 0),
        "preload": spec.get("preload", False),
        "refresh": times.get("autoRefresh", ""),
        "schemaVersion": NEWEST,
        "time": {"from": times.get("from", "now-6h"), "to": times.get("to", "now")},
        "title": spec.get("title", ""),
    }
