# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schema migrations of dashboards, as servers apply them to what they read, for comparison only.

The steps are those of ``apps/dashboard/pkg/migration/schemaversion`` (12.4.3). 12.0 applies 37 to 41 in answers of its
legacy route (recorded), and only from 36 on: the steps 33 and 36 look up data sources, which nothing here can.
"""

from __future__ import annotations

import typing as t

Body = dict[str, t.Any]

#: The oldest schema that can be brought to a newer one without asking the server, and the newest that is known.
OLDEST, NEWEST = 36, 42


def version_of(body: t.Mapping[str, t.Any]) -> int:
    """Return the schema version, 0 for a dashboard that has none."""
    found = body.get("schemaVersion")
    return int(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else 0


def same_schema(one: Body, other: Body) -> tuple[Body, Body]:
    """Return both with the one of the lower schema version migrated to that of the other.

    Where that is not possible, both are returned as they are; neither argument is changed.
    """
    first, second = version_of(one), version_of(other)
    if first == second or min(first, second) < OLDEST or max(first, second) > NEWEST:
        return one, other
    return (migrated(one, second), other) if first < second else (one, migrated(other, first))


def migrated(body: t.Mapping[str, t.Any], to: int) -> Body:
    """Return *body*, of schema :data:`OLDEST` or later, in schema *to*."""
    found: Body = _copied(dict(body))
    for number in range(version_of(body) + 1, to + 1):
        STEPS[number](found)
        found["schemaVersion"] = number
    return found


def _copied(value: t.Any) -> t.Any:
    """Return a deep copy of a JSON document, several times faster than ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value


def _legends(body: Body) -> None:
    """37: a legend says by a flag of its own whether it is shown."""
    for panel in _panels(body):
        legend = _inside(panel, "options").get("legend")
        if not isinstance(legend, dict):
            continue
        if legend.get("displayMode") == "hidden" or legend.get("showLegend") is False:
            legend.update(displayMode="list", showLegend=False)
        else:
            legend["showLegend"] = True


def _table_cells(body: Body) -> None:
    """38: the display mode of a table's cells becomes options."""
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


#: Display modes of cells whose options have another name, as (type, mode).
_CELLS: dict[str, tuple[str, str | None]] = {
    "basic": ("gauge", "basic"),
    "gradient-gauge": ("gauge", "gradient"),
    "lcd-gauge": ("gauge", "lcd"),
    "color-background": ("color-background", "gradient"),
    "color-background-solid": ("color-background", "basic"),
}


def _time_series_tables(body: Body) -> None:
    """39: each query that is made a table of time series has options of its own."""
    for panel in _panels(body):
        for entry in _objects(panel.get("transformations")):
            stats = _inside(entry, "options").get("refIdToStat")
            if entry.get("id") == "timeSeriesTable" and isinstance(stats, dict):
                entry["options"] = {query: {"stat": stat} for query, stat in stats.items()}


def _refresh(body: Body) -> None:
    """40: the refresh interval is a text; no refresh is an empty one."""
    if not isinstance(body.get("refresh"), str):
        body["refresh"] = ""


def _time_options(body: Body) -> None:
    """41: the time picker's own ranges, unused since 5.0, go."""
    _inside(body, "timepicker").pop("time_options", None)


def _hidden_from_tooltip(body: Body) -> None:
    """42: what is hidden from the graph is hidden from the tooltip."""
    for panel in _panels(body, rows=True):
        for entry in _properties(panel):
            value = entry.get("value")
            if entry.get("id") == "custom.hideFrom" and isinstance(value, dict) and value.get("viz") is True:
                value["tooltip"] = True


#: What is done to come to a schema version from the one before.
STEPS: dict[int, t.Callable[[Body], None]] = {
    37: _legends,
    38: _table_cells,
    39: _time_series_tables,
    40: _refresh,
    41: _time_options,
    42: _hidden_from_tooltip,
}


def _panels(body: Body, rows: bool = False) -> t.Iterator[Body]:
    """Yield the panels, those inside rows too; *rows*: the rows themselves as well."""
    for panel in _objects(body.get("panels")):
        is_row = panel.get("type") == "row"
        if rows or not is_row:
            yield panel
        if rows or is_row:
            yield from _panels(panel, rows)


def _properties(panel: Body) -> t.Iterator[Body]:
    """Yield what a panel's overrides set."""
    for override in _objects(_inside(panel, "fieldConfig").get("overrides")):
        yield from _objects(override.get("properties"))


def _inside(value: t.Any, *names: str) -> Body:
    """Return the object under *names*, an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _objects(value: t.Any) -> list[Body]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
