# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permission entries: who has which level on which object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Union

#: Who an entry is for: ``("user", id)`` (users and service accounts share their ids), ``("team", id)`` or ``("role", name)``.
Subject = tuple[str, Union[int, str]]
#: What it is on: (kind, uid).
Object = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """One entry; *level* is VIEW, EDIT or ADMIN, times are seconds since the epoch."""

    id: int
    subject: Subject
    level: int
    created: float
    updated: float


class Entries:
    """The entries of every organization, found by object and by subject."""

    def __init__(self) -> None:
        self._of: dict[int, dict[Object, dict[Subject, Entry]]] = {}
        self._held: dict[tuple[int, Subject], dict[Object, int]] = {}
        self._lent: set[tuple[int, Subject]] = set()
        self._last_id = 0

    def of(self, org_id: int, thing: Object) -> list[Entry]:
        """Return the entries on an object, in the order in which they were made."""
        return list(self._of.get(org_id, {}).get(thing, {}).values())

    def begun(self, org_id: int, thing: Object) -> bool:
        """Tell whether entries on an object were ever set, also if none is left."""
        return thing in self._of.get(org_id, {})

    def begin(self, org_id: int, thing: Object) -> None:
        """Remember that entries on an object were set, even if there are none."""
        self._of.setdefault(org_id, {}).setdefault(thing, {})

    def held(self, org_id: int, subject: Subject) -> Mapping[Object, int]:
        """Return the levels that a subject has, by object; later changes do not show in it."""
        key = (org_id, subject)
        self._lent.add(key)
        return self._held.setdefault(key, {})

    def set(self, org_id: int, thing: Object, subject: Subject, level: int, now: float) -> None:
        """Give *subject* an entry on an object, or change it; level 0 deletes it."""
        table = self._of.setdefault(org_id, {}).setdefault(thing, {})
        old = table.get(subject)
        if not level:
            if old is not None:
                del table[subject]
                self._changeable(org_id, subject).pop(thing, None)
            return
        if old is None:
            self._last_id += 1
            table[subject] = Entry(self._last_id, subject, level, now, now)
        else:
            table[subject] = replace(old, level=level, updated=now)
        self._changeable(org_id, subject)[thing] = level

    def drop(self, org_id: int, thing: Object) -> None:
        """Delete all entries on an object."""
        for subject in self._of.get(org_id, {}).pop(thing, {}):
            self._changeable(org_id, subject).pop(thing, None)

    def rename(self, org_id: int, thing: Object, other: Object) -> None:
        """Move all entries of an object to another one."""
        table = self._of.get(org_id, {}).pop(thing, {})
        if not table:
            return
        self._of[org_id][other] = table
        for subject, entry in table.items():
            levels = self._changeable(org_id, subject)
            levels.pop(thing, None)
            levels[other] = entry.level

    def drop_org(self, org_id: int) -> None:
        """Delete all entries of an organization."""
        self._of.pop(org_id, None)
        for key in [key for key in self._held if key[0] == org_id]:
            self._lent.discard(key)
            del self._held[key]

    def drop_subject(self, subject: Subject, org_id: int | None = None) -> None:
        """Delete all entries of a user, a service account or a team, in one organization or in all."""
        for key in [key for key in self._held if key[1] == subject and org_id in (None, key[0])]:
            self._lent.discard(key)
            for thing in self._held.pop(key):
                self._of[key[0]][thing].pop(subject, None)

    def _changeable(self, org_id: int, subject: Subject) -> dict[Object, int]:
        """Return the levels of a subject to change: a copy, where :meth:`held` has handed them out."""
        key = (org_id, subject)
        if key in self._lent:
            self._lent.discard(key)
            self._held[key] = dict(self._held[key])
        return self._held.setdefault(key, {})
