# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrates dashboards to a newer schema version, as servers do in their answers. Used for comparison only.

The steps are those of ``apps/dashboard/pkg/migration/schemaversion`` (12.4.3). 12.0 applies the steps 37 to 41 in answers
of its legacy route (recorded). The module migrates from schema 36 on only, because the steps 33 and 36 need the server's
data sources.
"""

from __future__ import annotations

import typing as t

Body = dict[str, t.Any]

#: The oldest schema version that can be migrated without requests to the server, and the newest known one.
OLDEST, NEWEST = 36, 42


def version_of(body: t.Mapping[str, t.Any]) -> int:
    """Return the schema version of a dashboard, 0 if it has none."""
    version = body.get("schemaVersion")
    return int(version) if isinstance(version, (int, float)) and not isinstance(version, bool) else 0


def same_schema(one: Body, other: Body) -> tuple[Body, Body]:
    """Return both bodies, the one with the lower schema version migrated to the version of the other.

    Returns both unchanged if that migration is not supported. Does not modify the arguments.
    """
    first, second = version_of(one), version_of(other)
    if first == second or min(first, second) < OLDEST or max(first, second) > NEWEST:
        return one, other
    return (migrated(one, second), other) if first < second else (one, migrated(other, first))


def migrated(body: t.Mapping[str, t.Any], to: int) -> Body:
    """Return a copy of *body*, which has the schema :data:`OLDEST` or later, migrated to the schema *to*."""
    result: Body = _copied(dict(body))
    for number in range(version_of(body) + 1, to + 1):
        STEPS[number](result)
        result["schemaVersion"] = number
    return result


def _copied(value: t.Any) -> t.Any:
    """Return a deep copy of a JSON document, several times faster than ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value


def _legends(body: Body) -> None:
    """37: ``showLegend`` replaces the legend's display mode ``hidden``."""
    for panel in _panels(body):
        legend = _inside(panel, "options").get("legend")
        if not isinstance(legend, dict):
            continue
        if legend.get("displayMode") == "hidden" or legend.get("showLegend") is False:
            legend.update(displayMode="list", showLegend=False)
        else:
            legend["showLegend"] = True


def _table_cells(body: Body) -> None:
    """38: ``cellOptions`` replaces ``displayMode`` for the cells of a table."""
    for panel in _panels(body):
        if panel.get("type") != "table":
            continue
        custom = _inside(panel, "fieldConfig", "defaults", "custom")
        if "displayMode" in custom:
            mode = custom.pop("displayMode")
            if isinstance(mode, str):
                custom["cellOptions"] = _cell_options(mode)
        for entry in _properties(panel):
            if entry.get("id") == "custom.displayMode":
                mode = entry.get("value", {})
                entry.update(id="custom.cellOptions", value=_cell_options(mode) if isinstance(mode, str) else mode)


def _cell_options(mode: str) -> dict[str, str]:
    kind, variant = _CELLS.get(mode, (mode, None))
    return {"type": kind} if variant is None else {"type": kind, "mode": variant}


#: The (type, mode) of ``cellOptions`` for display modes that were renamed.
_CELLS: dict[str, tuple[str, str | None]] = {
    "basic": ("gauge", "basic"),
    "gradient-gauge": ("gauge", "gradient"),
    "lcd-gauge": ("gauge", "lcd"),
    "color-background": ("color-background", "gradient"),
    "color-background-solid": ("color-background", "basic"),
}


def _time_series_tables(body: Body) -> None:
    """39: the options of ``timeSeriesTable`` become one object per query, instead of ``refIdToStat``."""
    for panel in _panels(body):
        for entry in _objects(panel.get("transformations")):
            stats = _inside(entry, "options").get("refIdToStat")
            if entry.get("id") == "timeSeriesTable" and isinstance(stats, dict):
                entry["options"] = {query: {"stat": stat} for query, stat in stats.items()}


def _refresh(body: Body) -> None:
    """40: ``refresh`` is always a string; ``""`` means no refresh."""
    if not isinstance(body.get("refresh"), str):
        body["refresh"] = ""


def _time_options(body: Body) -> None:
    """41: removes ``time_options`` of the time picker, which are unused since 5.0."""
    _inside(body, "timepicker").pop("time_options", None)


def _hidden_from_tooltip(body: Body) -> None:
    """42: an override that hides a series from the graph also hides it from the tooltip."""
    for panel in _panels(body, rows=True):
        for entry in _properties(panel):
            value = entry.get("value")
            if entry.get("id") == "custom.hideFrom" and isinstance(value, dict) and value.get("viz") is True:
                value["tooltip"] = True


#: The migration to each schema version from the one before it. Each function modifies its argument.
STEPS: dict[int, t.Callable[[Body], None]] = {
    37: _legends,
    38: _table_cells,
    39: _time_series_tables,
    40: _refresh,
    41: _time_options,
    42: _hidden_from_tooltip,
}


def _panels(body: Body, rows: bool = False) -> t.Iterator[Body]:
    """Yield all panels, including those in rows. With *rows*, also yield the rows, and panels nested in other panels."""
    for panel in _objects(body.get("panels")):
        is_row = panel.get("type") == "row"
        if rows or not is_row:
            yield panel
        if rows or is_row:
            yield from _panels(panel, rows)


def _properties(panel: Body) -> t.Iterator[Body]:
    """Yield the properties of a panel's overrides."""
    for override in _objects(_inside(panel, "fieldConfig").get("overrides")):
        yield from _objects(override.get("properties"))


def _inside(value: t.Any, *names: str) -> Body:
    """Return the nested object at *names*, ``{}`` if it does not exist."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _objects(value: t.Any) -> list[Body]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
