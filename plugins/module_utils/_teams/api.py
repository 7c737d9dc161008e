# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests about teams; they name the organization in a header."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._grafana import lists
from .._grafana.errors import NotFound
from .._grafana.names import Names, similar
from .._grafana.scope import Scope
from .._grafana.versions import TEAM_NAMES_IN_ANY_CASE, TEAM_UIDS
from .._orgs.members import CurrentMember, creator, member_named, members_of
from .model import MEMBER, TEAM_ADMIN, DesiredTeam, Person, Step, Team


def search(scope: Scope, **query: str) -> list[Team]:
    """Return all teams of the organization that the caller may see; *query* is that of the server's search."""
    return [Team.from_api(entry) for entry in lists.teams(scope, **query)]


def listed(scope: Scope) -> list[Team]:
    """Return all teams of the organization from a list that is read once."""
    return t.cast("list[Team]", scope.cached("teams", lambda: search(scope)))


def find(scope: Scope, desired: DesiredTeam) -> Team | None:
    """Return the team with the id, the uid or the name that a task gives."""
    if desired.id is not None:
        return next((one for one in listed(scope) if one.id == desired.id), None)
    if desired.uid is not None:
        return next((one for one in listed(scope) if one.uid == desired.uid), None)
    return named(scope, str(desired.name))


def named(scope: Scope, name: str) -> Team | None:
    """Return the team that the server finds by this *name*.

    MySQL and MariaDB compare names without case, accents and spaces at the end; SQLite and PostgreSQL compare them exactly.
    """
    if scope.many:
        known = _by_name(scope)
        if known.settles(name):
            return known.get(name)
    found: list[Team] = scope.cached("team " + name, lambda: search(scope, name=name))
    close = next((one for one in found if similar(one.name) == similar(name)), None)
    exact = next((one for one in found if one.name == name), None)
    if exact is not None or close is None:
        return exact
    # From 13.0 on the search ignores case with every database, so only a refused creation tells that the name is taken.
    return close if name in taken_names(scope) or scope.client.at_least(TEAM_NAMES_IN_ANY_CASE) is False else None


def _by_name(scope: Scope) -> Names[Team]:
    """Return the list of teams by name; of several with one name, the first counts."""
    found: Names[Team] = scope.cached("teams by name", lambda: Names((one.name, one) for one in reversed(listed(scope))))
    return found


def taken_names(scope: Scope) -> set[str]:
    """Return the names that the server has refused for new teams in this run, to add to."""
    return t.cast("set[str]", scope.cached_for_run("names of teams that are taken", set))


def with_people(scope: Scope, team: Team, names: t.Iterable[str] = ()) -> Team:
    """Return *team* with its members and the users with these *names*: logins or e-mail addresses.

    Raises :class:`NotFound` for a user elsewhere, and :class:`Forbidden` for a caller who does not see the members.
    """
    entries = scope.client.get("/api/teams/%d/members" % team.id, org=scope.org_id)
    people = tuple(Person.from_api(entry) for entry in entries)
    if len(people) < team.count:
        # Callers who may not see the members of the organization get an empty list (seen at 12.4.3): this raises for them. The
        # count includes service accounts, which no list shows.
        members_of(scope)
    return replace(team, people=people, found=resolve(scope, names, people))


def resolve(scope: Scope, names: t.Iterable[str], people: t.Sequence[Person] = ()) -> dict[str, Person]:
    """Return the users with these logins or e-mail addresses: of *people*, or else of the organization.

    Raises :class:`NotFound` for who is in neither. In an organization that does not exist yet an earlier task may add the
    user: there it is a warning.
    """
    known = {text: one for one in people for text in (one.email, one.login) if text}
    found: dict[str, Person] = {}
    for name in names:
        member = None if name in known else member_named(scope, name)
        if name in known:
            found[name] = known[name]
        elif member is not None:
            found[name] = _person(member)
        elif scope.new:
            scope.warn("unless an earlier task adds the user, the run fails: %s" % _outside(scope, name).message)
            found[name] = Person(-1 - len(found), name)  # no user has such an id
        else:
            raise _outside(scope, name)
    return found


def _person(member: CurrentMember) -> Person:
    return Person(member.user_id, member.login, member.email)


def _outside(scope: Scope, name: str) -> NotFound:
    """Return the error for a user who is in no list; it names a member whose login or address differs in case only."""
    close = [one for one in members_of(scope) if name.casefold() in (one.login.casefold(), one.email.casefold())]
    correct = "correct the name" + "".join(" (there is %s)" % one.login for one in close[:1])
    return NotFound(
        "%s is the login or e-mail of no member of %s, and only members of an organization can be in its teams: add the user "
        "with grafana_org_user first, or %s" % (name, scope.where(), correct),
        code="user_not_found",
    )


def creators(scope: Scope) -> tuple[Person, ...]:
    """Return whom the server makes the Admin of a new team: the caller, if that is a user (recorded for 9.3 to 13.1)."""
    if scope.client.connection.identity.kind == "token":
        return ()
    return tuple(replace(_person(one), level=TEAM_ADMIN) for one in creator(scope))


def create(scope: Scope, name: str, email: str) -> Team:
    """Create a team. 10.x does not return the uid, so the team is read once more."""
    created = scope.client.post("/api/teams", {"name": name, "email": email}, org=scope.org_id)
    number, uid = int(created["teamId"]), created.get("uid")
    if uid is None and scope.client.at_least(TEAM_UIDS):
        uid = scope.client.get("/api/teams/%d" % number, org=scope.org_id).get("uid")
    return Team(number, name, email, uid)


def update(scope: Scope, team: Team, name: str, email: str) -> Team:
    """Write name and e-mail address. A PUT without the address deletes it (recorded), so it is always sent."""
    scope.client.put("/api/teams/%d" % team.id, {"name": name, "email": email}, org=scope.org_id)
    return replace(team, name=name, email=email)


def delete(scope: Scope, team: Team) -> None:
    """Delete a team; its members stay in the organization."""
    scope.client.delete("/api/teams/%d" % team.id, org=scope.org_id)


def take(scope: Scope, team: Team, step: Step) -> None:
    """Change one membership. A new one begins as a member (recorded), so an Admin takes two requests."""
    members, person = "/api/teams/%d/members" % team.id, step.person
    if step.level is None:
        scope.client.delete("%s/%d" % (members, person.user_id), org=scope.org_id)
        return
    if person.level is None:
        scope.client.post(members, {"userId": person.user_id}, org=scope.org_id)
    if step.level != (MEMBER if person.level is None else person.level):
        scope.client.put("%s/%d" % (members, person.user_id), {"permission": step.level}, org=scope.org_id)


def remember(scope: Scope, old: Team | None, new: Team | None) -> None:
    """Keep the list of teams up to date for the next items of the same organization."""
    scope.invalidate("team ")
    if scope.many:
        teams = scope.cached("teams", list)
        teams[:] = [one for one in teams if old is None or one.id != old.id] + ([new] if new else [])
        known = _by_name(scope)
        if old is not None:
            known.remove(old.name)
        if new is not None:
            known.put(new.name, new)
