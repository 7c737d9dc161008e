# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences: how they are read and written."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana.errors import Forbidden, GrafanaError, NotFound
from .._grafana.preferences import HOME_ID, HOME_UID, PATH
from .._grafana.scope import Scope
from .._grafana.versions import HOME_KEPT_BY_PUT, PREFERRED_HOME_UID, PREFERRED_LANGUAGE, THEME_KEPT_BY_PATCH
from .._teams.api import named
from . import home
from .model import FIELDS, CurrentPreferences, DesiredPreferences, Home, unset
from .options import OPTIONS, parse
from .plan import Dialect, PreferencesWork, plan, request
from .values import check_values


class OrgPreferences(Resource[DesiredPreferences, CurrentPreferences, PreferencesWork]):
    """Preferences of an organization or of a team in it; they always exist."""

    kind = "preferences"
    requests_each = 2

    def __init__(self, plan_missing: bool = False) -> None:
        self._plan_missing = plan_missing

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredPreferences:
        """Return the desired preferences. Raises :class:`BadInput`."""
        return parse(options)

    def identity(self, desired: DesiredPreferences) -> t.Hashable:
        """Return the team, or ``""`` for the organization."""
        return desired.team or ""

    def label(self, desired: DesiredPreferences) -> str:
        """Return whose preferences they are."""
        return "of the organization" if desired.team is None else "of team %s" % desired.team

    def read(self, scope: Scope, desired: DesiredPreferences) -> CurrentPreferences | None:
        """Return the preferences and the home dashboard that the task names; ``None`` for a missing team without any."""
        check_values(scope.client, desired.values)
        team_id = None if desired.team is None else team_named(scope, desired.team)
        if desired.team is not None and team_id is None:
            return self._without_team(scope, desired)
        current = preferences(scope, team_id)
        return replace(current, wanted=_wanted(scope, desired))

    def _without_team(self, scope: Scope, desired: DesiredPreferences) -> CurrentPreferences | None:
        """Return what a team has that an earlier step would create. Raises :class:`NotFound`."""
        if desired.state == "absent":
            scope.warn("team %s was not found in %s: nothing to reset" % (desired.team, scope.where()))
            return None
        if not self._plan_missing:
            raise no_team(scope, str(desired.team))
        return replace(unset(), no_team=True, wanted=_wanted(scope, desired))

    def foresee(self, scope: Scope, desired: DesiredPreferences) -> CurrentPreferences | None:
        """Return what a new organization has: nothing is set, and there are no teams and dashboards yet."""
        check_values(scope.client, desired.values)
        named = desired.home or desired.home_uid
        wanted = None if desired.home is None and desired.home_uid is None else Home(desired.home_uid if named else "")
        new = unset()
        return replace(new, values=_known(scope, new.values), no_team=scope.new and desired.team is not None, wanted=wanted)

    def plan(self, desired: DesiredPreferences, current: CurrentPreferences | None) -> Change[PreferencesWork] | None:
        """Return what differs."""
        return plan(desired, current)

    def precheck(
        self,
        scope: Scope,
        desired: DesiredPreferences,
        current: CurrentPreferences | None,
        change: Change[PreferencesWork] | None,
    ) -> tuple[CurrentPreferences | None, Change[PreferencesWork] | None]:
        """Raise for a home dashboard that does not exist; warn of what an earlier step has to create."""
        if change is None or desired.state == "absent":
            return current, change
        name = desired.home or desired.home_uid or ""
        wanted = change.work.home
        if current is not None and current.no_team:
            self._warn(scope, "team %s" % desired.team)
        if wanted is None or not name:
            return current, change
        if not (scope.new or wanted.found or desired.home):
            wanted = home.by_uid(scope, name)
        if scope.new or wanted.uid is None:
            if not (scope.new or self._plan_missing):
                raise home.missing(scope, name)
            self._warn(scope, "the home dashboard %s" % name)
            return current, change
        return current, replace(change, work=replace(change.work, home=wanted))

    @staticmethod
    def _warn(scope: Scope, what: str) -> None:
        scope.warn("%s does not exist in %s: unless an earlier task creates it, the run fails" % (what, scope.where()))

    def apply(self, scope: Scope, desired: DesiredPreferences, change: Change[PreferencesWork]) -> CurrentPreferences:
        """Write what differs."""
        work = change.work
        before = work.before
        method, body = request(work, before.team_id is not None, _dialect(scope))
        scope.client.request(method, _path(before.team_id), body=body, org=scope.org_id)
        values = {**before.values, **work.values}
        return replace(before, values=values, home_uid=before.home_uid if work.home is None else work.home.uid or "")

    def explain(self, scope: Scope, desired: DesiredPreferences, problem: GrafanaError) -> GrafanaError:
        """Explain a home dashboard that was deleted meanwhile, and a caller who is no Admin."""
        if isinstance(problem, NotFound) and "dashboard not found" in problem.said:
            return home.missing(scope, desired.home or str(desired.home_uid))
        if isinstance(problem, Forbidden):
            return Forbidden("%s; %s" % (problem.message, _ADMINS_ONLY), **problem.details)
        return problem

    def view(self, desired: DesiredPreferences, current: CurrentPreferences, change: Change[PreferencesWork]) -> View:
        """Return all preferences."""
        return dict(current.shown())

    def result(self, scope: Scope, desired: DesiredPreferences, current: CurrentPreferences) -> View:
        """Return all preferences, with organization and team."""
        return shown(scope, desired.team, current)


_ADMINS_ONLY = "only Admins of the organization may read and change its preferences, and a team's only they and its own Admins"


def shown(scope: Scope, team: str | None, current: CurrentPreferences) -> View:
    """Return preferences for a result."""
    return {**scope.shown(), "team": team, **current.shown()}


def _path(team_id: int | None) -> str:
    return PATH if team_id is None else "/api/teams/%d/preferences" % team_id


def _dialect(scope: Scope) -> Dialect:
    """Return how the server takes preferences; a server that hides its version is taken for a new one."""
    return Dialect(
        uids=scope.client.at_least(PREFERRED_HOME_UID) is not False,
        patch_clears_theme=scope.client.at_least(THEME_KEPT_BY_PATCH) is False,
        put_keeps_home=scope.client.at_least(HOME_KEPT_BY_PUT) is not False,
    )


def preferences(scope: Scope, team_id: int | None = None) -> CurrentPreferences:
    """Return the preferences of the organization, or of a team."""
    answer = scope.client.get(_path(team_id), org=scope.org_id)
    values = _known(scope, FIELDS.from_server(answer))
    uid = str(answer.get(HOME_UID) or "")
    if answer.get(HOME_ID) and scope.client.at_least(PREFERRED_HOME_UID) is False:
        uid = home.uid_of(scope, int(answer[HOME_ID]))
    return CurrentPreferences(values, uid, team_id, answer=answer)


def _known(scope: Scope, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return those of the *values* that the server's version has."""
    old = scope.client.at_least(PREFERRED_LANGUAGE) is False
    return {name: value for name, value in values.items() if not (old and name == "language")}


def _wanted(scope: Scope, desired: DesiredPreferences) -> Home | None:
    """Return the home dashboard that the task names; one that it names by uid is not looked up here."""
    if desired.home:
        return home.by_name(scope, desired.home)
    if desired.home is None and desired.home_uid is None:
        return None
    return Home(desired.home_uid or "")


def team_named(scope: Scope, name: str) -> int | None:
    """Return the id of the team with this name, ``None`` if there is none."""
    found = named(scope, name)
    return None if found is None else found.id


def no_team(scope: Scope, name: str) -> GrafanaError:
    """Return the error for a team that does not exist."""
    return NotFound(
        "no team has the name %s in %s: create the team first, or correct team" % (name, scope.where()), code="team_not_found"
    )


#: How the module manages preferences.
KIND = Kind(lambda module: OrgPreferences(plan_missing=module.plans_missing()), OPTIONS)
