# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to change in a team, as pure functions."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import Change
from .._grafana.errors import BadInput, Forbidden, GrafanaError
from .._grafana.names import check_deletable
from .model import TEAM_ADMIN, DesiredTeam, Person, Step, Team, TeamWork


def plan(desired: DesiredTeam, current: Team | None) -> Change[TeamWork] | None:
    """Return what differs, ``None`` for nothing.

    The memberships of a new team are as the task writes them: who that is has to be found out first. Found by its name, a
    team keeps it, also where the server compares names without case. Raises :class:`Forbidden` for what an identity provider
    manages, :class:`Refused` for a team of another name to delete, and :class:`BadInput` for a user in both lists.
    """
    if desired.state == "absent":
        return None if current is None else _removal(desired, current)
    if current is None:
        return _creation(desired)
    name = current.name if desired.by_name or desired.name is None else desired.name
    email = current.email if desired.email is None else desired.email
    steps = memberships(desired, current)
    fields = (name, email) != (current.name, current.email)
    if not fields and not steps:
        return None
    if current.provisioned and (steps or name != current.name):
        raise provisioned(current, "renamed" if not steps else "given other members")
    after = with_steps(replace(current, name=name, email=email), steps)
    return Change("update", current.shown(), after.shown(), TeamWork(current, name, email, fields, tuple(steps)))


def _removal(desired: DesiredTeam, current: Team) -> Change[TeamWork]:
    check_deletable("team", current.id, current.name, desired.name, desired.by_name)
    if current.provisioned:
        raise provisioned(current, "deleted")
    return Change("delete", current.shown(), {}, TeamWork(current))


def _creation(desired: DesiredTeam) -> Change[TeamWork]:
    name, email = str(desired.name), desired.email or ""
    after: dict[str, t.Any] = {"name": name, "email": email}
    if desired.names_people:
        after.update(members=sorted(desired.members or ()), admins=sorted(desired.admins or ()))
    return Change("create", {}, after, TeamWork(None, name, email, True))


def memberships(desired: DesiredTeam, current: Team) -> list[Step]:
    """Return the memberships to change: first those that begin or rise, so that a team is not left without an Admin.

    Memberships of team sync stay; raises :class:`Forbidden` if the task names such a member with another level.
    """
    people = {one.user_id: one for one in current.people or ()}
    wanted: dict[int, int] = {}
    steps: list[Step] = []
    for name, level in desired.wanted.items():
        person = people.get(current.found[name].user_id, current.found[name])
        if wanted.get(person.user_id, level) != level:
            raise BadInput("user %s is in members and in admins of team %s: name the user in one list" % (name, current.name))
        if person.user_id not in wanted and person.level != level:
            if person.synced:
                raise _synced(current, person)
            steps.append(Step(person, level))
        wanted[person.user_id] = level
    if desired.exclusive:
        steps += [Step(one, None) for one in people.values() if one.user_id not in wanted and not one.synced]
    return sorted(steps, key=_lowers)


def _lowers(step: Step) -> bool:
    return step.level is None or (step.person.level is not None and step.level < step.person.level)


def with_steps(current: Team, steps: t.Iterable[Step]) -> Team:
    """Return the team after *steps*."""
    people = {one.user_id: one for one in current.people or ()}
    for person, level in steps:
        people.pop(person.user_id, None)
        if level is not None:
            people[person.user_id] = replace(person, level=level)
    return replace(current, people=None if current.people is None else tuple(people.values()))


def kept(desired: DesiredTeam, current: Team) -> list[Person]:
    """Return the members of team sync who would have to leave if the lists of the task were complete."""
    if not desired.exclusive:
        return []
    named = {one.user_id for one in current.found.values()}
    return [one for one in current.people or () if one.synced and one.user_id not in named]


def provisioned(current: Team, what: str) -> GrafanaError:
    """Return the error for a change that the server refuses, as an identity provider manages the team (SCIM, from 12.0 on)."""
    return Forbidden(
        "team %s cannot be %s here: an identity provider manages it (SCIM): change it there" % (current.name, what),
        code="provisioned",
    )


def _synced(current: Team, person: Person) -> GrafanaError:
    is_now = "an Admin" if person.level == TEAM_ADMIN else "a member"
    return Forbidden(
        "%s is %s of team %s because of team sync (%s), which would set that again: change the mapping there, or leave the user "
        "out of members and admins" % (person.login, is_now, current.name, ", ".join(person.synced)),
        code="externally_synced",
    )
