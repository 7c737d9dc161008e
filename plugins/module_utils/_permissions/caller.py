# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the caller may still change the permissions of an object after a change: otherwise the module refuses it."""

from __future__ import annotations

import typing as t

from .._grafana.errors import GrafanaError, Refused
from .._grafana.granted import permissions
from .._grafana.roles import ADMIN as ROLE_ADMIN
from .._grafana.scope import Scope
from .._grafana.versions import ACCESS_CONTROL
from .model import ACCOUNT, ADMIN, ROLE, TEAM, USER, Entry, Kind
from .subjects import own_teams


class Caller(t.NamedTuple):
    """The caller as entries name it: *role*, *id*, *login* and *teams*, ``None`` or empty if unknown; *key* for a token."""

    role: str | None
    id: int | None
    login: str | None
    teams: frozenset[int]
    key: bool


def check_keeps_admin(scope: Scope, kind: Kind, named: str, own: t.Sequence[Entry], above: t.Sequence[str]) -> None:
    """Raise :class:`Refused` if the caller could not change the permissions of an object any more.

    *own* are the entries that the object will have, *above* the uids of the folders from which it inherits. Without role-based
    access control the role of a token is unknown; there the server itself refuses such a change (source of 8.5).
    """
    if scope.caller_role() == ROLE_ADMIN:
        return
    granted = None if scope.new or scope.client.at_least(ACCESS_CONTROL) is False else permissions(scope, fresh=True)
    key = scope.client.connection.identity.kind == "token"
    if (granted is None and key) or _granted_elsewhere(granted, kind, above):
        return
    admins = [one for one in own if one.level == ADMIN]
    caller = _caller(scope, admins, key) if admins else None
    if caller is None or not any(_is_for(one, caller) for one in admins):
        raise Refused(
            "permissions of %s were not changed: the caller would lose the permission Admin there, and could not change them "
            "any more; add an entry with permission Admin for the caller, or use an Admin of the organization" % named,
            code="caller_locked_out",
        )


def _granted_elsewhere(granted: t.Mapping[str, t.Any] | None, kind: Kind, above: t.Sequence[str]) -> bool:
    """Tell whether the server reports a permission that no entry of the object gives: for all objects, or from a folder above."""
    found = (granted or {}).get("%s.permissions:write" % kind.path)
    if not isinstance(found, list):
        return False
    everywhere = {"*", *("%s:%s" % (path, rest) for path in (kind.path, "folders") for rest in ("*", "uid:*", "id:*"))}
    return bool(everywhere.union("folders:uid:%s" % uid for uid in above).intersection(map(str, found)))


def _caller(scope: Scope, entries: t.Sequence[Entry], key: bool) -> Caller:
    """Return the caller; the teams are read only if *entries* name a team."""
    try:
        user = scope.client.user() or {}
    except GrafanaError:
        user = {}
    teams = own_teams(scope) if any(one.whom == TEAM for one in entries) and not key else frozenset()
    return Caller(scope.caller_role(), user.get("id"), user.get("login"), teams, key)


def _is_for(entry: Entry, caller: Caller) -> bool:
    """Tell whether an entry is for the caller. Up to 11.4 the server does not name the account of a token: any may be it."""
    if entry.whom == ROLE:
        return entry.name == caller.role  # roles above it do not get the entry (sources of 8.5 to 13.1)
    if entry.whom == TEAM:
        return entry.id in caller.teams
    if entry.whom == ACCOUNT and caller.key and caller.login is None:
        return True
    return entry.whom in (USER, ACCOUNT) and (entry.name == caller.login or (caller.id is not None and entry.id == caller.id))


__all__ = ["check_keeps_admin"]
