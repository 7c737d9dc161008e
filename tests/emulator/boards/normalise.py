# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers make of a dashboard when it is read: defaults, and the migration to the newest schema."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ..core.profile import Profile

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


#: What exports carry and no dashboard of the newest schema has.
EXPORTED = ("__elements", "__inputs", "__requires")


def newest(spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* as ``v1beta1`` shows it (12.4): in the newest schema, with all defaults.

    Of the migrations those from schema 36 on are here; what older ones do to panels is left out.
    """
    kept = {key: value for key, value in spec.items() if key not in EXPORTED}
    found = {**copy.deepcopy(DEFAULTS), **copy.deepcopy(kept)}
    version = spec.get("schemaVersion")
    version = version if isinstance(version, (int, float)) else 0
    if version < NEWEST_AT_12_0:
        _migrate(found, int(version))
    if version < NEWEST:
        for panel in _panels(found["panels"] if isinstance(found["panels"], list) else []):
            _hide_from(panel)
    found["schemaVersion"] = NEWEST
    return found


def cleaned_strings(profile: Profile, value: Any) -> Any:
    """Return *value* without the byte order marks in its strings, which servers remove from 13 on."""
    if not profile.objects_only:
        return value
    if isinstance(value, str):
        return value.replace("\ufeff", "")
    if isinstance(value, dict):
        return {key: cleaned_strings(profile, inner) for key, inner in value.items()}
    return [cleaned_strings(profile, inner) for inner in value] if isinstance(value, list) else value


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


def moves_when_same(profile: Profile, spec: dict[str, Any]) -> bool:
    """Tell whether a write of the same by the legacy route answers a new version (12.0, with a schema that it migrates)."""
    version = spec.get("schemaVersion")
    return profile.numbers[:2] == (12, 0) and isinstance(version, (int, float)) and version >= OLDEST_MIGRATED


def _migrate(spec: dict[str, Any], version: int) -> None:
    """Bring a spec from schema 36 or later to 41, as 12.0 does."""
    spec["schemaVersion"] = NEWEST_AT_12_0
    steps = [step for target, step in PANEL_STEPS if version < target]
    if steps and isinstance(spec.get("panels"), list):
        spec["panels"] = copy.deepcopy(spec["panels"])
        for panel in _panels(spec["panels"]):
            for step in steps:
                step(panel)
    if version < 40:
        spec["refresh"] = spec.get("refresh") if isinstance(spec.get("refresh"), str) else ""
    timepicker = spec.get("timepicker")
    if isinstance(timepicker, dict) and "time_options" in timepicker:
        spec["timepicker"] = {key: value for key, value in timepicker.items() if key != "time_options"}


def _panels(panels: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the panels, those inside rows too, but not the rows."""
    for panel in panels:
        if not isinstance(panel, dict):
            continue
        if panel.get("type") != "row":
            yield panel
        elif isinstance(panel.get("panels"), list):
            yield from _panels(panel["panels"])


def _inside(value: Any, *names: str) -> dict[str, Any]:
    """Return the object under *names*, an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _legend(panel: dict[str, Any]) -> None:
    """Say of a legend whether it is shown (schema 37)."""
    if not isinstance(_inside(panel, "options").get("legend"), dict):
        return
    legend = _inside(panel, "options", "legend")
    if legend.get("displayMode") == "hidden" or legend.get("showLegend") is False:
        legend.update(displayMode="list", showLegend=False)
    else:
        legend["showLegend"] = True


def _cells(panel: dict[str, Any]) -> None:
    """Turn the display mode of a table's cells into options of theirs (schema 38)."""
    if panel.get("type") != "table":
        return
    custom = _inside(panel, "fieldConfig", "defaults", "custom")
    if "displayMode" in custom:
        mode = custom.pop("displayMode")
        if isinstance(mode, str):
            custom["cellOptions"] = _cell_options(mode)
    for override in _objects(_inside(panel, "fieldConfig").get("overrides")):
        for one in _objects(override.get("properties")):
            if one.get("id") == "custom.displayMode":
                mode = one.get("value", "")
                one["id"] = "custom.cellOptions"
                one["value"] = (_cell_options(mode) if mode else {}) if isinstance(mode, str) else mode


def _cell_options(mode: str) -> dict[str, str]:
    kind, variant = CELLS.get(mode, (mode, ""))
    return {"type": kind, "mode": variant} if variant else {"type": kind}


def _hide_from(panel: dict[str, Any]) -> None:
    """Hide from the tooltip what is hidden from the graph (schema 42)."""
    for override in _objects(_inside(panel, "fieldConfig").get("overrides")):
        for one in _objects(override.get("properties")):
            if one.get("id") == "custom.hideFrom" and _inside(one, "value").get("viz") is True:
                one["value"]["tooltip"] = True


def _time_series_table(panel: dict[str, Any]) -> None:
    """Give each query of the transformation to a table of time series options of its own (schema 39)."""
    for one in _objects(panel.get("transformations")):
        stats = _inside(one, "options", "refIdToStat")
        if one.get("id") == "timeSeriesTable" and stats:
            one["options"] = {query: {"stat": stat} for query, stat in stats.items()}


#: Display modes of a table's cells that have another name as options: (type, mode).
CELLS = {
    "basic": ("gauge", "basic"),
    "gradient-gauge": ("gauge", "gradient"),
    "lcd-gauge": ("gauge", "lcd"),
    "color-background": ("color-background", "gradient"),
    "color-background-solid": ("color-background", "basic"),
}
#: What changes in each panel, by the schema version that it brings.
PANEL_STEPS = ((37, _legend), (38, _cells), (39, _time_series_table))


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
