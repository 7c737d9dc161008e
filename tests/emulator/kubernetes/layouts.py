# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How servers decode and encode a dashboard of a version 2 layout: into fixed types, which drop fields and fill in others."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).with_suffix(".yml")
ZERO = {"string": "", "words": "", "number": 0, "bool": False}
FITS: dict[str, tuple[type, ...]] = {"string": (str,), "words": (str, list), "number": (int, float), "bool": (bool,)}
#: The rows that each layout has, the later ones instead of the earlier.
LAYERS = {
    "v2alpha1": ("v2beta1 12.0", "v2alpha1 12.0", "v2alpha1 13.0"),
    "v2beta1": ("v2beta1 12.0", "v2beta1 13.0"),
    "v2": ("v2beta1 12.0", "v2 13.0"),
}


class Unfit(ValueError):
    """A value of another type than the field has."""


@functools.cache
def table(layout: str, newest: bool) -> dict[str, Any]:
    """Return the types of a layout: a list of fields with their types, or (field, types by its value) for a choice."""
    rows: dict[str, str] = {}
    layers = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    for name in LAYERS[layout]:
        if newest or layout == "v2" or name.endswith(" 12.0"):
            rows.update(layers[name])
    return {name: _row(text) for name, text in rows.items()}


def _row(text: str) -> Any:
    chooses, of, types = text.partition(" of ")
    pairs = [entry.split(" ") for entry in (types if of else text).split(", ")]
    return (chooses, dict(pairs)) if of else pairs


def stored(layout: str, newest: bool, spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* as a server stores it. Raises :class:`Unfit`."""
    found: dict[str, Any] = _decoded(table(layout, newest), "Spec", spec)
    if layout == "v2alpha1" and not newest and found["layout"] is None:
        found["layout"] = {"kind": "GridLayout", "spec": {"items": None}}
    return found


def _decoded(types: dict[str, Any], name: str, value: Any) -> Any:
    """Return *value* after it was decoded into the type *name* and encoded again."""
    if name.startswith("*"):
        return None if value is None else _decoded(types, name[1:], value)
    if name[0] in "[{":
        return _container(types, name, value)
    if name in ZERO:
        if value is None:
            return ZERO[name]
        if not isinstance(value, FITS[name]) or (isinstance(value, bool) and name != "bool"):
            raise Unfit(name)
        return value
    return value if name == "any" else _object(types, name, value)


def _container(types: dict[str, Any], name: str, value: Any) -> Any:
    inner = name[1:-1]
    if value is None:
        return None
    if not isinstance(value, list if name[0] == "[" else dict):
        raise Unfit(name)
    if isinstance(value, dict):
        return {key: _decoded(types, inner, entry) for key, entry in value.items()}
    return [_decoded(types, inner, entry) for entry in value]


def _object(types: dict[str, Any], name: str, value: Any) -> Any:
    fields = types[name]
    given = {} if value is None else value
    if not isinstance(given, dict):
        raise Unfit(name)
    if isinstance(fields, tuple):
        chosen = fields[1].get(given.get(fields[0]))
        return None if chosen is None else _object(types, chosen, given)
    result = {}
    for key, kind in fields:
        entry = _decoded(types, kind.rstrip("?"), given.get(key))
        empty = entry is None or (kind[0] in "[{" and not entry)
        if not (kind.endswith("?") and empty):
            result[key] = entry
    return result


def missing_element(spec: dict[str, Any]) -> str | None:
    """Return an element that an item of the grid names and the dashboard lacks, which no server converts to another version."""
    layout = spec.get("layout") or {}
    items = layout["spec"]["items"] if layout.get("kind") == "GridLayout" else None
    named = [item["spec"]["element"]["name"] for item in items or ()]
    return next((name for name in named if name not in (spec.get("elements") or {})), None)
