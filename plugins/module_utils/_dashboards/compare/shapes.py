# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for comparing dashboards: default values to ignore, and keys by which list elements are matched.

The defaults are the values that ``DashboardModel`` and ``PanelModel`` assume for a missing field (8.5 to 12.4), and those
that ``apps/dashboard/pkg/migration/frontend_defaults.go`` (12.4.3) adds to and removes from a dashboard.

A field with ``null`` is the same as a missing field: the UI of every version drops it on save
(``sortedDeepCloneWithoutNulls``), and so does the conversion to ``v1beta1``. There are two exceptions. In a list, ``null``
is an element like any other. The value of a threshold may be ``null``, which counts as 0, while a threshold without a value
never applies; only the first threshold is always minus infinity (``fixThresholds``).
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from .pairs import Identity

Pair = tuple[t.Any, t.Any]


@dataclass(frozen=True)
class Shape:
    """Rules for comparing one part of a dashboard. The default :data:`PLAIN` has no rules.

    For objects: *defaults* are values that mean the same as a missing field; *assigned* are fields that the server fills in;
    in fields of *nulls* the value ``null`` differs from a missing field; *fields* are the shapes of single fields, and
    *others* is the shape of all other fields.

    For lists: *elements* is the shape of the elements, and *first* that of the first element if it differs; *identities*
    are tried in order to match elements; *ignored* returns whether an element means the same as no element; *on_grid* is
    true if the position on the grid defines the order.

    *relevant* takes the old and the new value and returns the parts of them to compare.
    """

    defaults: t.Mapping[str, tuple[t.Any, ...]] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    fields: t.Mapping[str, Shape] = field(default_factory=dict)
    others: Shape | None = None
    elements: Shape | None = None
    first: Shape | None = None
    identities: tuple[Identity, ...] = ()
    ignored: t.Callable[[t.Any], bool] | None = None
    on_grid: bool = False
    relevant: t.Callable[[t.Any, t.Any], Pair] | None = None


PLAIN = Shape()


def by(*names: str) -> Identity:
    """Return an identity: a function that returns the value of an element at the nested keys *names*, ``None`` if missing."""

    def identity(element: t.Any) -> t.Hashable:
        for name in names:
            element = element.get(name) if isinstance(element, dict) else None
        if element is None or element == "":
            return None
        # 1 and true are equal as keys; the later comparison of the matched elements reports that difference.
        return element if isinstance(element, (str, int, float)) else json.dumps(_normalised(element), sort_keys=True)

    return identity


def _normalised(value: t.Any) -> t.Any:
    """Return *value* without nulls in objects and with whole floats as integers, so that equal values get equal JSON."""
    if isinstance(value, dict):
        return {key: _normalised(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_normalised(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _type_and_title(panel: t.Any) -> t.Hashable:
    if not isinstance(panel, dict) or not isinstance(panel.get("title"), str):
        return None
    return "%s %s" % (panel.get("type"), panel["title"])


def _list(identity: Identity, elements: Shape = PLAIN, **more: t.Any) -> Shape:
    return Shape(identities=(identity,), elements=elements, **more)


#: The annotation that every dashboard of a newer schema has; without ``datasource``, which differs between versions.
_BUILT_IN = {
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_BUILT_IN_TARGET = {"limit": 100, "matchAny": False, "tags": [], "type": "dashboard"}


def _built_in(annotation: t.Any) -> bool:
    """Return whether an annotation is the built-in one, which Grafana adds to a dashboard that lacks it."""
    return (
        isinstance(annotation, dict)
        and annotation.get("builtIn") == 1
        and all(annotation.get(key) == value for key, value in _BUILT_IN.items())
        and annotation.get("target") in (None, _BUILT_IN_TARGET)
        and set(annotation) <= {*_BUILT_IN, "builtIn", "datasource", "target"}
    )


#: The fields of a library panel that each dashboard may set itself; the library panel defines all others.
_SET_BY_DASHBOARD = ("title", "repeat", "repeatDirection", "maxPerRow")


def _library_panel(old: t.Any, new: t.Any) -> Pair:
    """Reduce library panels to the fields that belong to the dashboard; return other panels unchanged.

    Up to 9.2 the server stores only id, position and uid, and returns the panel with all fields of the library panel.
    """
    uids = [_library_uid(panel) for panel in (old, new)]
    if None in uids:
        return old, new
    expanded = any("meta" in panel["libraryPanel"] for panel in (old, new))
    names = ["id", "gridPos", *(name for name in _SET_BY_DASHBOARD if name in old and name in new and not expanded)]
    # The same versions return gridPos {} for a panel without a position.
    parts = [{name: panel[name] for name in names if name in panel and panel[name] != {}} for panel in (old, new)]
    for part, uid in zip(parts, uids):
        part["libraryPanel"] = {"uid": uid}
    return parts[0], parts[1]


def _library_uid(panel: t.Any) -> t.Any:
    library = panel.get("libraryPanel") if isinstance(panel, dict) else None
    return library.get("uid") if isinstance(library, dict) else None


THRESHOLDS = Shape(elements=Shape(nulls=("value",)), first=PLAIN)
_STEPS = Shape(fields={"steps": THRESHOLDS})
_PROPERTY = Shape(fields={"value": _STEPS})
_OVERRIDE = Shape(fields={"properties": _list(by("id"), _PROPERTY)})
FIELD_CONFIG = Shape(
    defaults={"defaults": ({},), "overrides": ([],)},
    fields={"defaults": Shape(fields={"thresholds": _STEPS}), "overrides": _list(by("matcher"), _OVERRIDE)},
)
#: Options of gauges and stat panels before 7.0, which contained the thresholds.
_DEFAULTS = Shape(fields={"thresholds": THRESHOLDS})
_FIELD_OPTIONS = Shape(fields={"defaults": _DEFAULTS, "thresholds": THRESHOLDS})
_OPTIONS = Shape(fields={"fieldOptions": _FIELD_OPTIONS, "thresholds": THRESHOLDS})
_TARGETS = _list(by("refId"), Shape(assigned=("refId",)))
_LINKS = _list(by("title"))

_panel_fields: dict[str, Shape] = {
    "fieldConfig": FIELD_CONFIG,
    "links": _LINKS,
    "options": _OPTIONS,
    "targets": _TARGETS,
    "transformations": _list(by("id")),
}
PANEL = Shape(
    defaults={
        "cachedPluginOptions": ({},),
        "fieldConfig": ({},),
        "gridPos": ({"h": 3, "w": 6, "x": 0, "y": 0},),
        "links": ([],),
        "options": ({},),
        "targets": ([], [{"refId": "A"}]),
        "title": ("",),
        "transformations": ([],),
        "transparent": (False,),
    },
    assigned=("id",),
    fields=_panel_fields,
    relevant=_library_panel,
)
PANELS = Shape(elements=PANEL, identities=(by("id"), _type_and_title), on_grid=True)
# A row contains panels, too.
_panel_fields["panels"] = PANELS

_layout_fields: dict[str, Shape] = {}
_LAYOUT = Shape(fields={"spec": Shape(fields=_layout_fields)})
_layout_fields.update(
    items=_list(by("spec", "element", "name")),
    layout=_LAYOUT,
    rows=_list(by("spec", "title"), _LAYOUT),
    tabs=_list(by("spec", "title"), _LAYOUT),
)
_QUERIES = Shape(fields={"spec": Shape(fields={"queries": _list(by("spec", "refId"))})})
_VISUALIZATION = Shape(fields={"spec": Shape(fields={"fieldConfig": FIELD_CONFIG})})
_ELEMENT = Shape(fields={"spec": Shape(fields={"data": _QUERIES, "links": _LINKS, "vizConfig": _VISUALIZATION})})

#: The rules for a whole dashboard: fields of the classic layout and of version 2 (``elements``, ``layout``, ``variables``).
DASHBOARD = Shape(
    defaults={
        "annotations": ({}, []),
        "editable": (True,),
        "fiscalYearStartMonth": (0,),
        "graphTooltip": (0,),
        "hideControls": (False,),
        "links": ([],),
        "liveNow": (False,),
        "panels": ([],),
        "preload": (False,),
        "refresh": ("", False),
        "schemaVersion": (0,),
        "style": ("dark",),
        "tags": ([],),
        "templating": ({},),
        "time": ({"from": "now-6h", "to": "now"},),
        "timepicker": ({},),
        "timezone": ("",),
        "weekStart": ("",),
    },
    fields={
        "annotations": Shape(
            defaults={"list": ([],)},
            fields={"list": _list(by("name"), ignored=_built_in)},
            identities=(by("spec", "name"),),
        ),
        "elements": Shape(others=_ELEMENT),
        "layout": _LAYOUT,
        "links": _LINKS,
        "panels": PANELS,
        "rows": _list(by("title"), Shape(fields={"panels": PANELS})),
        "templating": Shape(defaults={"list": ([],)}, fields={"list": _list(by("name"))}),
        "variables": _list(by("spec", "name")),
    },
)
