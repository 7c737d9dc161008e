# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ids of the users, teams and service accounts that permissions name; each list is read once for an organization."""

from __future__ import annotations

import typing as t

from .._grafana import lists
from .._grafana.errors import Forbidden, GrafanaError, NotFound, Refused
from .._grafana.scope import Scope
from .model import ACCOUNT, TEAM, USER, Wanted

#: The code of the error, and the module that creates the object.
_ADVICE = {
    USER: ("user_not_found", "make the user a member of the organization first (grafana_org_user)"),
    TEAM: ("team_not_found", "create the team first"),
    ACCOUNT: ("account_not_found", "create the service account first (grafana_service_account)"),
}


def resolve(scope: Scope, wanted: t.Iterable[Wanted], named: str, plan_missing: bool) -> dict[tuple[str, str], int]:
    """Return the ids of users, teams and service accounts, by (whom, name); roles have none.

    *named* is the object for messages. With *plan_missing*, what does not exist yet is a warning, and has no id. Raises
    :class:`NotFound` for what does not exist, and :class:`Refused` for a name that several have.
    """
    found: dict[tuple[str, str], int] = {}
    for one in wanted:
        if one.whom not in _ADVICE:
            continue
        number = None if scope.new else _id(scope, one, named)
        if number is not None:
            found[(one.whom, one.name)] = number
        elif plan_missing or scope.new:
            scope.warn("permissions of %s: unless an earlier task creates it, the run fails: %s" % (named, _words(scope, one)))
        else:
            code, advice = _ADVICE[one.whom]
            raise NotFound("permissions of %s: %s: %s" % (named, _words(scope, one), advice), code=code)
    return found


def _words(scope: Scope, one: Wanted) -> str:
    words = {USER: "no member of %s has the login or e-mail %s", TEAM: "%s has no team named %s"}
    return words.get(one.whom, "%s has no service account with the name or login %s") % (scope.where(), one.name)


def _id(scope: Scope, one: Wanted, named: str) -> int | None:
    find = {USER: _users, TEAM: _teams, ACCOUNT: _accounts}
    try:
        ids = find[one.whom](scope, one.name)
    except Forbidden as problem:
        raise Forbidden(
            "permissions of %s: the caller may not look up %s %s: %s" % (named, one.whom, one.name, problem.message),
            code=problem.code,
            **problem.details,
        ) from None
    if len(ids) > 1:
        raise Refused(
            "permissions of %s: %d of them in %s are named %s (ids %s): use the login, or rename all but one"
            % (named, len(ids), scope.where(), one.name, ", ".join(map(str, ids))),
            code="ambiguous",
        )
    return ids[0] if ids else None


def _users(scope: Scope, name: str) -> list[int]:
    """Return the members with exactly the login or, without one, the e-mail address; then those in any case."""
    members = scope.cached("permission users", lambda: scope.client.get("/api/org/users", org=scope.org_id))
    for field, fold in (("login", False), ("email", False), ("login", True), ("email", True)):
        same = [int(one["userId"]) for one in members if _same(str(one.get(field) or ""), name, fold)]
        if same:
            return same
    return []


def _same(one: str, other: str, fold: bool) -> bool:
    return one.casefold() == other.casefold() if fold else one == other


def _teams(scope: Scope, name: str) -> list[int]:
    exact = {} if scope.many else {"name": name}
    key = "permission teams" if scope.many else "permission teams " + name
    teams = scope.cached(key, lambda: lists.teams(scope, **exact))
    return [int(one["id"]) for one in teams if one["name"] == name]


def _accounts(scope: Scope, name: str) -> list[int]:
    """Return the accounts with exactly the name or, without one, the login."""
    part = None if scope.many else name
    key = "permission accounts" if scope.many else "permission accounts " + name
    try:
        accounts = scope.cached(key, lambda: lists.accounts(scope, part))
    except NotFound:  # the server has no service accounts
        return []
    for field in ("name", "login"):
        same = [int(one["id"]) for one in accounts if one.get(field) == name]
        if same:
            return same
    return []


def own_teams(scope: Scope) -> frozenset[int]:
    """Return the ids of the caller's teams in the organization, read once; none where the server does not show them."""
    found: frozenset[int] = scope.cached_for_run("teams of the caller", lambda: _own_teams(scope))
    return found


def _own_teams(scope: Scope) -> frozenset[int]:
    try:
        return frozenset(int(one["id"]) for one in scope.client.get("/api/user/teams", org=scope.org_id))
    except GrafanaError:
        return frozenset()


__all__ = ["own_teams", "resolve"]
