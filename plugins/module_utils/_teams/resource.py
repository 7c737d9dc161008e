# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The managed teams."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana.connection import optional, optional_number, text
from .._grafana.errors import BadInput, GrafanaError, NotFound, Refused, Unsupported
from .._grafana.names import found_similar
from .._grafana.orgs import UNASSIGNED
from .._grafana.scope import Scope
from .._grafana.versions import TEAM_UIDS
from . import api
from .model import DesiredTeam, Team, TeamWork
from .plan import kept, memberships, plan, provisioned, with_steps

OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "id": {"type": "raw"},
    "uid": {"type": "raw"},
    "email": {"type": "raw"},
    "members": {"type": "list", "elements": "raw"},
    "admins": {"type": "list", "elements": "raw"},
    "members_exclusive": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


class Teams(Resource[DesiredTeam, Team, TeamWork]):
    """Teams; one list serves all items of an organization, and the members of a team are read if the task names some."""

    kind = "team"
    requests_each = 3

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredTeam:
        """Return the desired team. Raises :class:`BadInput`."""
        name, number, uid = options.get("name"), options.get("id"), options.get("uid")
        if name is None and number is None and uid is None:
            raise BadInput("name, id or uid of the team is missing")
        if number is not None and uid is not None:
            raise BadInput("id and uid of a team exclude each other: give one of them")
        if name is not None and not text(name, "name").strip():
            raise BadInput("name of the team is empty")
        if uid is not None and not text(uid, "uid").strip():
            raise BadInput("uid of the team is empty")
        return DesiredTeam(
            name,
            optional_number(options, "id"),
            uid,
            optional(options, "email"),
            **_people(options),
            state=options.get("state", "present"),
        )

    def identity(self, desired: DesiredTeam) -> t.Hashable:
        """Return id, uid or name."""
        return desired.id or desired.uid or desired.name

    def label(self, desired: DesiredTeam) -> str:
        """Return the name, or else uid or id."""
        return desired.name or (desired.uid if desired.uid is not None else "id %s" % desired.id)

    def read(self, scope: Scope, desired: DesiredTeam) -> Team | None:
        """Return the team, with its members if the task names some. Raises :class:`NotFound` for an id or uid of no team."""
        _check_uid(scope, desired)
        found = api.find(scope, desired)
        if found is None and desired.state == "present" and not desired.by_name:
            raise _missing(scope, desired)
        if found is None or desired.state == "absent" or not desired.names_people:
            return found
        return api.with_people(scope, found, desired.wanted)

    def plan(self, desired: DesiredTeam, current: Team | None) -> Change[TeamWork] | None:
        """Return what differs."""
        return plan(desired, current)

    def foresee(self, scope: Scope, desired: DesiredTeam) -> Team | None:
        """Return no team. Raises :class:`NotFound` for an id or uid: a new organization has no team."""
        _check_uid(scope, desired)
        if scope.new and desired.state == "present" and not desired.by_name:
            raise _missing(scope, desired)
        return None

    def precheck(
        self, scope: Scope, desired: DesiredTeam, current: Team | None, change: Change[TeamWork] | None
    ) -> tuple[Team | None, Change[TeamWork] | None]:
        """Warn of members whom team sync manages; find the users of a new team before it is created, and a name that is taken."""
        if current is not None and desired.state == "present":
            _warn(scope, desired, current)
        if change is not None and change.action == "update":
            _check_name(scope, t.cast(Team, current), change.work.name)
        if change is None or change.action != "create" or not desired.names_people:
            return current, change
        found = api.resolve(scope, desired.wanted)
        team = Team(UNASSIGNED, change.work.name, change.work.email, people=api.creators(scope), found=found)
        after = with_steps(team, memberships(desired, team))
        return current, replace(change, after=after.shown(), work=replace(change.work, found=found))

    def apply(self, scope: Scope, desired: DesiredTeam, change: Change[TeamWork]) -> Team | None:
        """Create, update or delete the team, and change memberships one by one."""
        work = change.work
        if change.action == "delete":
            api.delete(scope, t.cast(Team, work.current))
            api.remember(scope, work.current, None)
            return None
        if work.current is None:
            return self._create(scope, desired, work)
        team = api.update(scope, work.current, work.name, work.email) if work.fields else work.current
        for step in work.steps:
            api.take(scope, team, step)
        team = with_steps(team, work.steps)
        api.remember(scope, work.current, team)
        return team

    def _create(self, scope: Scope, desired: DesiredTeam, work: TeamWork) -> Team:
        """Create a team, whose Admin is the caller then, if that is a user; the members follow."""
        try:
            team = api.create(scope, work.name, work.email)
        except GrafanaError as problem:
            if problem.status == 409:
                api.taken_names(scope).add(work.name)
            raise
        api.remember(scope, None, team)
        if not desired.names_people:
            return team
        team = replace(api.with_people(scope, team), found=work.found)
        steps = memberships(desired, team)
        for step in steps:
            api.take(scope, team, step)
        return with_steps(team, steps)

    def explain(self, scope: Scope, desired: DesiredTeam, problem: GrafanaError) -> GrafanaError:
        """Explain a name that is taken, and a team that an identity provider manages."""
        if "team name taken" in problem.said:
            return _taken(scope, self.label(desired), **problem.details)
        if "provisioned team" in problem.said:
            return provisioned(Team(UNASSIGNED, self.label(desired)), "changed")
        return problem

    def view(self, desired: DesiredTeam, current: Team, change: Change[TeamWork]) -> View:
        """Return name, e-mail address and, if they were read, members."""
        return current.shown()

    def result(self, scope: Scope, desired: DesiredTeam, current: Team) -> View:
        """Return the team with its ids."""
        return shown(scope, current)


def shown(scope: Scope, current: Team) -> View:
    """Return a team as results show it."""
    return {**scope.shown(), "id": current.id, "uid": current.uid, **current.shown(), "provisioned": current.provisioned}


def _people(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the lists of members. Raises :class:`BadInput` for a user in both, and for exclusive lists that are not given."""
    lists: dict[str, t.Any] = {}
    for option in ("members", "admins"):
        given = options.get(option)
        lists[option] = None if given is None else tuple(text(one, "each entry of %s" % option).strip() for one in given)
        if "" in (lists[option] or ()):
            raise BadInput("%s of the team has an empty entry" % option)
    both = sorted(set(lists["members"] or ()) & set(lists["admins"] or ()))
    if both:
        raise BadInput("%s: in members and in admins; name each user in one list" % ", ".join(both))
    exclusive = bool(options.get("members_exclusive"))
    if exclusive and lists["members"] is None and lists["admins"] is None and options.get("state", "present") == "present":
        raise BadInput("members_exclusive needs members or admins; members: [] with it removes all members")
    return {**lists, "exclusive": exclusive}


def _check_uid(scope: Scope, desired: DesiredTeam) -> None:
    if desired.uid is not None and scope.client.at_least(TEAM_UIDS) is False:
        raise Unsupported(
            "%s is Grafana %s, where teams have no uid (they need 10.1): use id or name"
            % (scope.client.connection.url, scope.client.version())
        )


def _missing(scope: Scope, desired: DesiredTeam) -> GrafanaError:
    which = "the uid %s" % desired.uid if desired.uid is not None else "the id %s" % desired.id
    return NotFound(
        "no team of %s has %s: to create a team, leave out id and uid" % (scope.where(), which), code="team_not_found"
    )


def _taken(scope: Scope, name: str, **details: t.Any) -> GrafanaError:
    return Refused(
        "another team of %s already has the name %s (some databases compare names without case): choose another name"
        % (scope.where(), name),
        code="name_taken",
        **details,
    )


def _check_name(scope: Scope, current: Team, name: str) -> None:
    """Raise :class:`Refused` for a new name that another team has."""
    if name != current.name and any(one.name == name for one in api.listed(scope)):
        raise _taken(scope, name)


def _warn(scope: Scope, desired: DesiredTeam, current: Team) -> None:
    """Warn of a team that is found by a similar name, and of members who stay because team sync manages them."""
    if desired.by_name and desired.name != current.name:
        scope.warn(found_similar("team", str(desired.name), current.name, current.id, "in " + scope.where()))
    left = kept(desired, current)
    if left:
        scope.warn(
            "team %s of %s keeps members whom team sync manages (%s): to remove them, change the mapping there"
            % (current.name, scope.where(), ", ".join("%s: %s" % (one.login, ", ".join(one.synced)) for one in left))
        )


#: How the module manages teams.
KIND = Kind(lambda module: Teams(), OPTIONS, named_by="name")
