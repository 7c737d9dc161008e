# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options ``permissions`` and ``permissions_exclusive``, for each kind of object that has permissions."""

from __future__ import annotations

import typing as t

from .._grafana.connection import text
from .._grafana.errors import BadInput
from .model import ROLE, ROLES, DesiredPermissions, Kind, Wanted


def options_of(kind: Kind) -> dict[str, dict[str, t.Any]]:
    """Return the argument spec of the two options for objects of *kind*."""
    entry: dict[str, dict[str, t.Any]] = {whom: {"type": "raw"} for whom in kind.whom}
    if ROLE in entry:
        entry[ROLE] = {"type": "str", "choices": list(ROLES)}
    entry["permission"] = {"type": "str", "choices": list(kind.levels), "required": True}
    return {
        "permissions": {"type": "list", "elements": "dict", "options": entry},
        "permissions_exclusive": {"type": "bool", "default": False},
    }


def parse(options: t.Mapping[str, t.Any], kind: Kind) -> DesiredPermissions | None:
    """Return the wanted permissions, ``None`` if the task names none. Raises :class:`BadInput`."""
    given = options.get("permissions")
    if given is None:
        return None
    if options.get("state") == "absent":
        raise BadInput("permissions cannot be set for a %s with state absent: leave permissions out" % kind.word)
    entries = tuple(_entry(number, one, kind) for number, one in enumerate(given))
    seen: set[tuple[str, str]] = set()
    for one in entries:
        if (one.whom, one.name) in seen:
            raise BadInput("permissions name %s %s twice: keep one of the entries" % (one.whom, one.name))
        seen.add((one.whom, one.name))
    return DesiredPermissions(entries, bool(options.get("permissions_exclusive")))


def _entry(number: int, given: t.Mapping[str, t.Any], kind: Kind) -> Wanted:
    """Return one entry. Raises :class:`BadInput`."""
    where = "permissions[%d]" % number
    named = [whom for whom in kind.whom if given.get(whom) is not None]
    if len(named) != 1:
        one_of = ", ".join(kind.whom[:-1]) + " or " + kind.whom[-1]
        problem = "%s are set: keep one of them" % " and ".join(named) if named else "set %s" % one_of
        raise BadInput("%s: %s" % (where, problem))
    if given.get("permission") is None:
        raise BadInput("%s: permission is missing: set %s" % (where, " or ".join(kind.levels)))
    name = text(given[named[0]], "%s.%s" % (where, named[0])).strip()
    if not name:
        raise BadInput("%s: %s is empty" % (where, named[0]))
    return Wanted(named[0], name, str(given["permission"]))


__all__ = ["options_of", "parse"]
