# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the parts of a dashboard: what says nothing, and what tells the elements of a list apart.

The values that say nothing are what ``DashboardModel`` and ``PanelModel`` assume where a field is missing (8.5 to 12.4),
and what ``apps/dashboard/pkg/migration/frontend_defaults.go`` (12.4.3) adds to and drops from a dashboard.

``null`` says nothing in any object: each version's UI drops it when it saves (``sortedDeepCloneWithoutNulls``), and so
does the conversion to ``v1beta1``. It has a meaning of its own as the element of a list, where it holds a place, and as
the value of any threshold but the first. The first is minus infinity whatever it says (``fixThresholds``); a later one
without a value is never reached, while one of ``null`` counts as 0.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from .pairs import Identity

Pair = tuple[t.Any, t.Any]


@dataclass(frozen=True)
class Shape:
    """What is known of one part; of most there is nothing to know.

    Of objects: *usual* values, which say the same as none; *assigned* fields, which the server fills in; *nulls*, fields
    where ``null`` is a value; the shapes of *fields*, and of all *others*.
    Of lists: the shape of the elements and, where it is another, of the *first*; *identities*, by which elements are
    matched, one after the other; *untold* says of an element that it is the same as none; *placed*: the place on the
    grid makes the order.
    *compared* takes the old and the new value and returns the parts of them that count.
    """

    usual: t.Mapping[str, tuple[t.Any, ...]] = field(default_factory=dict)
    assigned: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    fields: t.Mapping[str, Shape] = field(default_factory=dict)
    others: Shape | None = None
    elements: Shape | None = None
    first: Shape | None = None
    identities: tuple[Identity, ...] = ()
    untold: t.Callable[[t.Any], bool] | None = None
    placed: bool = False
    compared: t.Callable[[t.Any, t.Any], Pair] | None = None


PLAIN = Shape()


def by(*names: str) -> Identity:
    """Return what tells elements apart by the value under *names*, one inside the other."""

    def identity(element: t.Any) -> t.Hashable:
        for name in names:
            element = element.get(name) if isinstance(element, dict) else None
        if element is None or element == "":
            return None
        # 1 and true are equal keys: what else differs is found when the two are compared.
        return element if isinstance(element, (str, int, float)) else json.dumps(_plain(element), sort_keys=True)

    return identity


def _plain(value: t.Any) -> t.Any:
    """Return *value* so that what is the same reads the same: without nulls in objects, whole numbers as such."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _type_and_title(panel: t.Any) -> t.Hashable:
    if not isinstance(panel, dict) or not isinstance(panel.get("title"), str):
        return None
    return "%s %s" % (panel.get("type"), panel["title"])


def _list(identity: Identity, elements: Shape = PLAIN, **more: t.Any) -> Shape:
    return Shape(identities=(identity,), elements=elements, **more)


#: The annotation that every dashboard of a newer schema has; without ``datasource``, which each version writes otherwise.
_BUILT_IN = {
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_BUILT_IN_TARGET = {"limit": 100, "matchAny": False, "tags": [], "type": "dashboard"}


def _built_in(annotation: t.Any) -> bool:
    """Tell whether an annotation is the built-in one, as Grafana adds it where it is missing."""
    return (
        isinstance(annotation, dict)
        and annotation.get("builtIn") == 1
        and all(annotation.get(key) == value for key, value in _BUILT_IN.items())
        and annotation.get("target") in (None, _BUILT_IN_TARGET)
        and set(annotation) <= {*_BUILT_IN, "builtIn", "datasource", "target"}
    )


#: What a dashboard says itself of a library panel; all else is the library's.
_OWN_OF_LIBRARY = ("title", "repeat", "repeatDirection", "maxPerRow")


def _library_panel(old: t.Any, new: t.Any) -> Pair:
    """Leave of library panels what the dashboard says of them.

    Up to 9.2 the server keeps no more than id, place and uid, and gives the panel back as the library has it.
    """
    uids = [_library_uid(panel) for panel in (old, new)]
    if None in uids:
        return old, new
    loaded = any("meta" in panel["libraryPanel"] for panel in (old, new))
    kept = ["id", "gridPos", *(name for name in _OWN_OF_LIBRARY if name in old and name in new and not loaded)]
    # The same versions give one without a place the place {}.
    parts = [{key: panel[key] for key in kept if key in panel and panel[key] != {}} for panel in (old, new)]
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
    usual={"defaults": ({},), "overrides": ([],)},
    fields={"defaults": Shape(fields={"thresholds": _STEPS}), "overrides": _list(by("matcher"), _OVERRIDE)},
)
#: Options of gauges and single statistics before 7.0, which had thresholds of their own.
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
    usual={
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
    compared=_library_panel,
)
PANELS = Shape(elements=PANEL, identities=(by("id"), _type_and_title), placed=True)
# panels of a row
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

#: A dashboard in the classic layout, and the fields that the v2 layout has (``elements``, ``layout``, ``variables``).
DASHBOARD = Shape(
    usual={
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
            usual={"list": ([],)},
            fields={"list": _list(by("name"), untold=_built_in)},
            identities=(by("spec", "name"),),
        ),
        "elements": Shape(others=_ELEMENT),
        "layout": _LAYOUT,
        "links": _LINKS,
        "panels": PANELS,
        "rows": _list(by("title"), Shape(fields={"panels": PANELS})),
        "templating": Shape(usual={"list": ([],)}, fields={"list": _list(by("name"))}),
        "variables": _list(by("spec", "name")),
    },
)
