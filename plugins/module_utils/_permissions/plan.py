# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which writes lead from the present permissions of an object to the wanted ones. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._engine.resource import Change, View
from .._grafana.errors import BadInput
from .model import ACCOUNT, ADMIN, NUMBERS, ROLE, TEAM, USER, DesiredPermissions, Entry, PermissionState, Wanted, sorted_views

#: The fields that name whom an entry is for: in requests for single entries, and in requests that replace the list.
_FIELDS = {ROLE: ("builtInRole", "role"), TEAM: ("teamId", "teamId"), USER: ("userId", "userId")}


@dataclass(frozen=True)
class PermissionChange:
    """A difference: the own entries *before* and *after*, and the *body* of the request that leads from one to the other."""

    before: tuple[Entry, ...]
    after: tuple[Entry, ...]
    body: t.Mapping[str, t.Any]

    def takes_admin(self) -> bool:
        """Tell whether somebody loses the level Admin."""
        kept = {one.key() for one in self.after if one.level == ADMIN}
        return any(one.level == ADMIN and one.key() not in kept for one in self.before)


def matching(wanted: Wanted, state: PermissionState) -> list[Entry]:
    """Return the entries, also inherited ones, that are for whom *wanted* names."""
    return [one for one in state.entries or () if _is_for(wanted, one, state)]


def _is_for(wanted: Wanted, entry: Entry, state: PermissionState) -> bool:
    number = state.ids.get((wanted.whom, wanted.name))
    if number is not None and wanted.whom != ROLE:
        return entry.key() == (TEAM if wanted.whom == TEAM else USER, number)
    if entry.whom != wanted.whom:
        return False
    if wanted.whom == ACCOUNT:
        return entry.name in (wanted.name, *state.accounts.get(wanted.name, ()))
    return wanted.name == entry.name or (wanted.whom == USER and bool(entry.email) and wanted.name == entry.email)


def plan(desired: DesiredPermissions | None, state: PermissionState | None) -> PermissionChange | None:
    """Return what has to change, ``None`` for nothing, and for an object that does not exist yet.

    Raises :class:`BadInput` if two wanted entries are for the same user.
    """
    if desired is None or state is None or state.entries is None:
        return None
    before = {one.key(): one for one in state.entries if not one.inherited}
    after = {} if desired.exclusive else dict(before)
    named: dict[t.Hashable, Wanted] = {}
    for wanted in desired.entries:
        found = matching(wanted, state)
        own = next((one for one in found if not one.inherited), None)
        entry = replace(own, level=wanted.level) if own is not None else _new(wanted, found, state)
        if entry.key() in named:
            raise _twice(named[entry.key()], wanted)
        named[entry.key()] = wanted
        if own is None and state.replaces and _inherits(found, wanted):
            continue
        after[entry.key()] = entry
    if after == before:
        return None
    return PermissionChange(tuple(before.values()), tuple(after.values()), _body(before, after, state.replaces))


def _new(wanted: Wanted, found: t.Sequence[Entry], state: PermissionState) -> Entry:
    """Return the entry that a write adds; its id is that of an inherited entry if there is one."""
    number = found[0].id if found else state.ids.get((wanted.whom, wanted.name), 0)
    return Entry(wanted.whom, found[0].name if found else wanted.name, wanted.level, number)


def _inherits(found: t.Sequence[Entry], wanted: Wanted) -> bool:
    """Tell whether an inherited entry already gives the level: servers without RBAC refuse such an entry (source of 8.5)."""
    return any(NUMBERS[one.level] >= NUMBERS[wanted.level] for one in found if one.inherited)


def _twice(one: Wanted, other: Wanted) -> BadInput:
    return BadInput(
        "permissions name %s %s and %s %s, which are the same: keep one of the entries"
        % (one.whom, one.name, other.whom, other.name)
    )


def _body(before: t.Mapping[t.Any, Entry], after: t.Mapping[t.Any, Entry], replaces: bool) -> View:
    """Return the body of the request: only what differs, or the whole list for a server that replaces it."""
    if replaces:
        return {"items": [{**_whom(one, 1), "permission": NUMBERS[one.level]} for one in after.values()]}
    gone = [{**_whom(one, 0), "permission": ""} for key, one in before.items() if key not in after]
    new = [{**_whom(one, 0), "permission": one.level} for key, one in after.items() if before.get(key) != one]
    return {"permissions": [*new, *gone]}


def _whom(entry: Entry, route: int) -> View:
    kind, value = entry.key()
    return {_FIELDS[kind][route]: value}


def combined(
    change: Change[t.Any] | None, work: t.Any, desired: DesiredPermissions | None, state: PermissionState | None, head: View
) -> Change[t.Any] | None:
    """Return *change* with the difference of the permissions; pure.

    Where only permissions differ, the result is an update with *work*, and *head* is the object before and after.
    """
    if desired is None or (change is not None and change.action == "delete"):
        return change
    found = plan(desired, state)
    new = state is None or state.entries is None
    if found is None and not (new and (desired.entries or desired.exclusive)):
        return change
    before = {} if found is None else {"permissions": sorted_views(found.before)}
    after = {"permissions": sorted_views(desired.entries if found is None else found.after)}
    if change is None:
        return Change("update", {**head, **before}, {**head, **after}, work)
    return replace(change, before={**change.before, **before}, after={**change.after, **after})


__all__ = ["PermissionChange", "combined", "matching", "plan"]
