# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions of one object: what a task wants, and what the server has."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.resource import View

#: Whom an entry can be for, in the order in which results list entries: the options of an entry.
ROLE, TEAM, USER, ACCOUNT = "role", "team", "user", "service_account"
WHOM = (ROLE, TEAM, USER, ACCOUNT)
#: The level that lets its holder change the permissions of the object.
ADMIN = "Admin"
#: The levels, from the least to the most; the lists of ``/api/folders`` and ``/api/dashboards`` write them as numbers.
NUMBERS = {"View": 1, "Edit": 2, ADMIN: 4}
LEVELS = {number: level for level, number in NUMBERS.items()}
#: Basic roles that can have an entry. An entry for Admin changes nothing: Admins of an organization may do everything there.
ROLES = ("Viewer", "Editor", ADMIN)


class Kind(t.NamedTuple):
    """A kind of objects with permissions.

    *path* is its name in routes, *word* that in messages. *levels* and *whom* are what the server accepts for its entries.
    """

    path: str
    word: str
    levels: tuple[str, ...] = tuple(NUMBERS)
    whom: tuple[str, ...] = WHOM


FOLDER = Kind("folders", "folder")
DASHBOARD = Kind("dashboards", "dashboard")
SERVICE_ACCOUNT = Kind("serviceaccounts", "service account", ("Edit", ADMIN), (TEAM, USER))


@dataclass(frozen=True)
class Wanted:
    """An entry as a task wants it: *whom* is one of WHOM, *name* a role, a team's name, a login, an e-mail address or a name."""

    whom: str
    name: str
    level: str

    def shown(self) -> View:
        """Return the entry for a diff."""
        return {self.whom: self.name, "permission": self.level}


@dataclass(frozen=True)
class DesiredPermissions:
    """The entries that a task wants; with *exclusive* they are the complete list."""

    entries: tuple[Wanted, ...] = ()
    exclusive: bool = False


@dataclass(frozen=True)
class Entry:
    """An entry as the server has it.

    *name* is the role, the team's name, or a login; *id* is that of the team, the user or the service account, 0 for a role. An
    *inherited* entry belongs to a folder above the object, and cannot be changed at the object.
    """

    whom: str
    name: str
    level: str
    id: int = 0
    inherited: bool = False
    email: str = ""

    def key(self) -> tuple[str, int | str]:
        """Return what identifies whom the entry is for; users and service accounts share their ids."""
        if self.whom == ROLE:
            return (ROLE, self.name)
        return (TEAM if self.whom == TEAM else USER, self.id)

    def shown(self) -> View:
        """Return the entry for a result or a diff."""
        view: View = {self.whom: self.name, "permission": self.level}
        return {**view, "inherited": True} if self.inherited else view


@dataclass(frozen=True)
class PermissionState:
    """What was read about the permissions of an object.

    *entries* is ``None`` for an object that does not exist yet. *ids* has the id of each wanted user, team and service account
    that has no entry, by (whom, name). *accounts* has the logins that the server gives to accounts with a wanted name. With
    *replaces* the server has no request for single entries: each write replaces the whole list.
    """

    entries: tuple[Entry, ...] | None = None
    ids: t.Mapping[tuple[str, str], int] = field(default_factory=dict)
    accounts: t.Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replaces: bool = False


def sorted_views(entries: t.Iterable[Entry | Wanted]) -> list[View]:
    """Return entries as results list them: own ones first, by whom they are for, then by name."""
    ordered = sorted(entries, key=lambda one: (getattr(one, "inherited", False), WHOM.index(one.whom), one.name))
    return [one.shown() for one in ordered]


__all__ = [
    "ACCOUNT",
    "ADMIN",
    "DASHBOARD",
    "FOLDER",
    "LEVELS",
    "NUMBERS",
    "ROLE",
    "ROLES",
    "SERVICE_ACCOUNT",
    "TEAM",
    "USER",
    "WHOM",
    "DesiredPermissions",
    "Entry",
    "Kind",
    "PermissionState",
    "Wanted",
    "sorted_views",
]
