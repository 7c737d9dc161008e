# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server makes of a dashboard of a version 2 layout: it fills in missing fields and drops unknown ones.

:mod:`.layout_fields` is the table of all fields. Everything here is pure.
"""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass, field

from .layout_fields import ADDED, ADDED_TO_BETA, ALPHA, FIELDS, STABLE, UNION_DEFAULTS, UNIONS

#: What the server stores for a field that is missing or ``null``, by the name after ``=`` in the table.
_EMPTY: dict[str, t.Any] = {"text": "", "number": 0, "flag": False, "null": None}
_FIELD = re.compile(r"(?P<name>\w+)(?P<many>\[\]|\{\})?(?P<optional>\?)?(?:(?P<how>[:=|])(?P<type>\S+))?$")


@dataclass(frozen=True)
class Field:
    """A field of a type: *many* is ``[]`` for lists and ``{}`` for maps; *how* and *type* describe its value or elements.

    *how* is ``:`` for an object, ``|`` for a union, ``=`` for a text, number or flag, and ``""`` for any JSON.
    """

    many: str = ""
    optional: bool = False
    how: str = ""
    type: str = ""


Types = t.Mapping[str, t.Mapping[str, Field]]


@dataclass
class _Reader:
    """Reads one dashboard; *known* are fields, as ``Type.field``, that the server has although the table lacks them."""

    types: Types
    known: t.Collection[str] = ()
    #: The paths of the fields that the server drops, each with its ``Type.field``.
    dropped: dict[str, str] = field(default_factory=dict)

    def object(self, name: str, value: t.Any, path: str) -> t.Any:
        """Return an object of the type *name* as the server stores it; anything but an object is returned unchanged."""
        if value is not None and not isinstance(value, dict):
            return value
        given, result = value or {}, {}
        fields = self.types[name]
        for key, entry in given.items():
            type_and_key = "%s.%s" % (name, key)
            if key not in fields and type_and_key in self.known:
                result[key] = entry
            elif key not in fields and entry is not None:
                self.dropped[path + key] = type_and_key
        for key, one in fields.items():
            entry = self._field(one, given.get(key), path + key)
            if entry is not None or one.type == "null":
                result[key] = entry
        return result

    def _field(self, one: Field, value: t.Any, path: str) -> t.Any:
        """Return what the server stores for *value*, ``None`` for a field that may be missing."""
        if one.many == "[]" and isinstance(value, list):
            return [self._one(one, entry, "%s[%d]" % (path, index)) for index, entry in enumerate(value)] or None
        if one.many == "{}" and isinstance(value, dict):
            return {key: self._one(one, entry, "%s.%s" % (path, key)) for key, entry in value.items()} or None
        if one.many or (one.optional and value is None):
            return value
        return self._one(one, value, path)

    def _one(self, one: Field, value: t.Any, path: str) -> t.Any:
        if one.how == ":":
            return self.object(one.type, value, path + ".")
        if one.how == "|":
            return self._union(one.type, value, path)
        return _EMPTY.get(one.type) if value is None else value

    def _union(self, name: str, value: t.Any, path: str) -> t.Any:
        if value is None:
            return UNION_DEFAULTS.get(name)
        if not isinstance(value, dict):
            return value
        decides, types = UNIONS[name]
        kind = value.get(decides)
        if isinstance(kind, str) and kind in types:
            return self.object(types[kind], value, path + ".")
        if "%s.%s" % (name, kind) in self.known:
            return value
        self.dropped["%s (%s %s)" % (path, decides, kind)] = "%s.%s" % (name, kind)
        return UNION_DEFAULTS.get(name)


@dataclass(frozen=True, eq=False)
class Schema:
    """The fields of a layout; *layout* is its name."""

    layout: str
    types: Types = field(repr=False)

    def as_stored(
        self, current: t.Mapping[str, t.Any], wanted: t.Mapping[str, t.Any]
    ) -> tuple[dict[str, t.Any], dict[str, t.Any], list[str]]:
        """Return both bodies as the server stores them, without empty lists and maps, and the paths that it drops of *wanted*.

        A field that *current*, an answer of the server, contains is known to the server, even if the table lacks it.
        """
        shown = _Reader(self.types)
        shown.object("Dashboard", current, "")
        known = set(shown.dropped.values())
        reader = _Reader(self.types, known)
        old = _Reader(self.types, known).object("Dashboard", current, "")
        return old, reader.object("Dashboard", wanted, ""), list(reader.dropped)


@functools.cache
def schema(layout: str, newest: bool) -> Schema | None:
    """Return the schema of *layout* (an API version), ``None`` for a classic dashboard; *newest*: with the fields of 13.1."""
    if not layout.startswith("v2"):
        return None
    rows = dict(FIELDS)
    rows.update(ALPHA if layout == "v2alpha1" else STABLE if layout == "v2" else {})
    for more in [ADDED] + ([] if layout == "v2alpha1" else [ADDED_TO_BETA]) if newest else []:
        for name, text in more.items():
            rows[name] = "%s %s" % (rows.get(name, ""), text)
    types = {name: _fields(text) for name, text in rows.items()}
    for inner in list(types):
        types["<%s>" % inner] = {"kind": Field(how="=", type="text"), "spec": Field(how=":", type=inner)}
    return Schema(layout, types)


def _fields(row: str) -> dict[str, Field]:
    """Return the fields in a row of the table."""
    found = {}
    for text in row.split():
        parts = t.cast("re.Match[str]", _FIELD.match(text))
        found[parts["name"]] = Field(parts["many"] or "", bool(parts["optional"]), parts["how"] or "", parts["type"] or "")
    return found


__all__ = ["Schema", "schema"]
