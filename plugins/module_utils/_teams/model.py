# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Teams: what a task wants, and what the server has."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.resource import View

#: The levels of a membership, as the API has them.
MEMBER, TEAM_ADMIN = 0, 4


@dataclass(frozen=True)
class DesiredTeam:
    """A team as a task wants it.

    It is found by *id* or *uid* or, without both, by *name*. *members* and *admins* are logins or e-mail addresses; ``None``
    is a list that the task does not name. If the lists are *exclusive*, all other memberships end.
    """

    name: str | None
    id: int | None = None
    uid: str | None = None
    email: str | None = None
    members: tuple[str, ...] | None = None
    admins: tuple[str, ...] | None = None
    exclusive: bool = False
    state: str = "present"

    @property
    def wanted(self) -> dict[str, int]:
        """The levels by login or e-mail address."""
        return {**dict.fromkeys(self.members or (), MEMBER), **dict.fromkeys(self.admins or (), TEAM_ADMIN)}

    @property
    def by_name(self) -> bool:
        """Whether the team is found by its name."""
        return self.id is None and self.uid is None

    @property
    def names_people(self) -> bool:
        """Whether memberships have to be read: an empty list that is not exclusive asks for nothing."""
        return bool(self.wanted) or self.exclusive


@dataclass(frozen=True)
class Person:
    """A user: in a team with *level*, or not yet (*level* is ``None``).

    *synced* are the names of the logins (LDAP, SAML, OAuth) whose team sync has made the user a member.
    """

    user_id: int
    login: str
    email: str = ""
    level: int | None = None
    synced: tuple[str, ...] = ()

    @classmethod
    def from_api(cls, entry: t.Mapping[str, t.Any]) -> Person:
        """Return an entry of ``GET /api/teams/:id/members``."""
        return cls(
            user_id=int(entry["userId"]),
            login=str(entry["login"]),
            email=str(entry.get("email") or ""),
            # Levels other than 4 do not exist, and count as 0 (recorded).
            level=TEAM_ADMIN if entry.get("permission") == TEAM_ADMIN else MEMBER,
            synced=tuple(str(label) for label in entry.get("labels") or ()),
        )


@dataclass(frozen=True)
class Team:
    """A team as the server has it.

    *people* are its members, ``None`` if they were not read. *found* has the users whom the task names, by the names that it
    uses; whoever is in no organization's list is missing there.
    """

    id: int
    name: str
    email: str = ""
    uid: str | None = None
    provisioned: bool = False
    count: int = 0
    people: tuple[Person, ...] | None = None
    found: t.Mapping[str, Person] = field(default_factory=dict)

    @classmethod
    def from_api(cls, entry: t.Mapping[str, t.Any]) -> Team:
        """Return a team of ``GET /api/teams/search`` or ``GET /api/teams/:id``."""
        return cls(
            id=int(entry["id"]),
            name=str(entry["name"]),
            email=str(entry.get("email") or ""),
            uid=entry.get("uid"),
            provisioned=bool(entry.get("isProvisioned")),
            count=int(entry.get("memberCount") or 0),
        )

    def shown(self) -> View:
        """Return the team as users see it; with members, if these were read."""
        view: View = {"name": self.name, "email": self.email}
        if self.people is not None:
            for name, level in (("members", MEMBER), ("admins", TEAM_ADMIN)):
                view[name] = sorted(one.login for one in self.people if one.level == level)
        return view


class Step(t.NamedTuple):
    """A change of one membership: *person* as it is now, and the *level* to be; ``None`` ends the membership."""

    person: Person
    level: int | None


@dataclass(frozen=True)
class TeamWork:
    """What ``apply`` does: to which team (``None``: a new one), whether it writes the fields, and which memberships.

    *found* has the users whom the task names for a new team, by the names that it uses.
    """

    current: Team | None
    name: str = ""
    email: str = ""
    fields: bool = False
    steps: tuple[Step, ...] = ()
    found: t.Mapping[str, Person] = field(default_factory=dict)
