# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a kind of object as a table: one row for each, from the argument spec to the server's field and the diff.

An option that the server stores needs a row, with an initial value, and its documentation in the module.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

#: Turns an option's value into the field's; gets the option's name for messages. Raises :class:`BadInput`.
Parse = t.Callable[[t.Any, str], t.Any]


def unchanged(value: t.Any, _option: str) -> t.Any:
    """Return *value*."""
    return value


@dataclass(frozen=True)
class Field:
    """One option of a kind of object.

    *spec* is its argument spec. *default* is the parsed value if the task leaves the option out. *attribute* is the name of
    the parsed value, by default that of the option. *server* is the field's name in requests and answers, empty if the
    server does not store it. *initial* is what a new object gets if the task leaves the option out.
    """

    option: str
    spec: t.Mapping[str, t.Any] = field(default_factory=lambda: {"type": "raw"})
    parse: Parse = unchanged
    default: t.Any = None
    attribute: str = ""
    server: str = ""
    initial: t.Any = None

    def __post_init__(self) -> None:
        if self.server and self.initial is None:
            raise TypeError("the field %s needs an initial value: what a new object has, and of which type it is" % self.option)


class Fields(tuple[Field, ...]):
    """The options of a kind of object, in the order in which diffs show them."""

    def __new__(cls, *rows: Field) -> Fields:
        return super().__new__(cls, rows)

    def spec(self) -> dict[str, dict[str, t.Any]]:
        """Return the argument spec."""
        return {row.option: dict(row.spec) for row in self}

    def parsed(self, options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return the parsed value of each option, by attribute; the default for an option that is missing or null."""
        found = {}
        for row in self:
            value = options.get(row.option)
            found[row.attribute or row.option] = row.default if value is None else row.parse(value, row.option)
        return found

    def named(self, options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return what :meth:`parsed` returns, without the values that are ``None``."""
        return {name: value for name, value in self.parsed(options).items() if value is not None}

    def stored(self) -> Fields:
        """Return the rows of what the server stores."""
        return Fields(*(row for row in self if row.server))

    def of_new(self, wanted: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return what a new object has, by option: as *wanted* (``None``: not named), or else what is initial."""
        return {row.option: row.initial if wanted.get(row.option) is None else wanted[row.option] for row in self.stored()}

    def changes(self, wanted: t.Mapping[str, t.Any], current: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return what of *wanted* (``None``: not named) differs from *current*, all by option."""
        named = {row.option: wanted.get(row.option) for row in self.stored()}
        return {option: value for option, value in named.items() if value is not None and value != current.get(option)}

    def from_server(self, entry: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return the fields of the server's *entry*, by option. A missing or null one is empty: of the type of ``initial``."""
        return {row.option: entry.get(row.server) or type(row.initial)() for row in self.stored()}

    def to_server(self, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return *values* by the server's names, for a request."""
        return {row.server: values[row.option] for row in self.stored() if row.option in values}
