# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for the permissions of one object.

From 9.0 on with role-based access control, ``/api/access-control/KIND/ID`` lists the entries with the inherited ones, and a POST
changes those that it names and leaves the others: it loses no entry that somebody else adds meanwhile, and takes several entries
in one transaction (sources of 9.3 to 13.1). 8.5 does not have that route, nor does 9.x without role-based access control (10.0
removed that setting). There, a list is read at ``/api/folders`` or ``/api/dashboards``, and replaced as a whole.
"""

from __future__ import annotations

import typing as t

from .._grafana.account_logins import LOGIN_PREFIX
from .._grafana.client import segment
from .._grafana.errors import NotFound, Unsupported
from .._grafana.scope import Scope
from .._grafana.versions import ACCESS_CONTROL, ACCESS_CONTROL_STAYS, PERMISSIONS_BY_UID
from .model import ACCOUNT, FOLDER, LEVELS, NUMBERS, ROLE, SERVICE_ACCOUNT, TEAM, USER, Entry, Kind


class Listed(t.NamedTuple):
    """The entries of an object; *replaces* tells whether a write replaces the whole list."""

    entries: tuple[Entry, ...]
    replaces: bool


def read(scope: Scope, kind: Kind, key: str, number: int | None = None) -> Listed:
    """Return the entries of the object *key* (a uid, or the id of a service account).

    *number* is the database id of a dashboard, which 8.5 needs. Raises :class:`Unsupported` for a service account on a server
    without role-based access control.
    """
    if not by_lists(scope):
        try:
            return Listed(_from_access_control(scope.client.get(_single(kind, key), org=scope.org_id)), False)
        except NotFound:
            if scope.client.at_least(ACCESS_CONTROL_STAYS):
                raise
            _found_lists(scope).append(True)
    if kind == SERVICE_ACCOUNT:
        raise unsupported(scope)
    return Listed(_from_list(scope.client.get(_list(scope, kind, key, number), org=scope.org_id)), True)


def by_lists(scope: Scope) -> bool:
    """Tell whether it is known that the server has no request for single entries."""
    return scope.client.at_least(ACCESS_CONTROL) is False or bool(_found_lists(scope))


def _found_lists(scope: Scope) -> list[bool]:
    """Return a list that is empty until an answer in this run shows that the server has no request for single entries."""
    return t.cast("list[bool]", scope.cached_for_run("permissions are lists", list))


def unsupported(scope: Scope) -> Unsupported:
    """Return the error for permissions of service accounts on a server that does not have them."""
    return Unsupported(
        "permissions of service accounts need role-based access control, which %s does not have: leave permissions out"
        % scope.client.where()
    )


def write(scope: Scope, kind: Kind, key: str, body: t.Mapping[str, t.Any], replaces: bool, number: int | None = None) -> None:
    """Send the *body* of a :class:`PermissionChange`."""
    path = _list(scope, kind, key, number) if replaces else _single(kind, key)
    scope.client.post(path, body, org=scope.org_id)


def _single(kind: Kind, key: str) -> str:
    return "/api/access-control/%s/%s" % (kind.path, segment(key))


def _list(scope: Scope, kind: Kind, key: str, number: int | None) -> str:
    if kind == FOLDER:
        return "/api/folders/%s/permissions" % segment(key)
    if needs_number(scope) and number is not None:
        return "/api/dashboards/id/%d/permissions" % number
    return "/api/dashboards/uid/%s/permissions" % segment(key)


def needs_number(scope: Scope) -> bool:
    """Tell whether the server has the permissions of a dashboard by its database id only (8.5)."""
    return scope.client.at_least(PERMISSIONS_BY_UID) is False


def _from_access_control(found: t.Iterable[t.Mapping[str, t.Any]]) -> tuple[Entry, ...]:
    """Return the entries of ``/api/access-control``, without what fixed roles give (neither managed nor inherited)."""
    entries = []
    for one in found:
        if (one.get("isManaged") or one.get("isInherited")) and one.get("permission") in NUMBERS:
            entries.append(_entry(one, one.get("builtInRole"), str(one["permission"]), bool(one.get("isInherited"))))
    return tuple(entries)


def _from_list(found: t.Iterable[t.Mapping[str, t.Any]]) -> tuple[Entry, ...]:
    """Return the entries of a list of ``/api/folders`` or ``/api/dashboards``."""
    return tuple(
        _entry(one, one.get("role"), LEVELS[one["permission"]], bool(one.get("inherited")))
        for one in found
        if one.get("permission") in LEVELS
    )


def _entry(one: t.Mapping[str, t.Any], role: str | None, level: str, inherited: bool) -> Entry:
    if role:
        return Entry(ROLE, role, level, 0, inherited)
    if one.get("teamId"):
        return Entry(TEAM, str(one.get("team") or ""), level, int(one["teamId"]), inherited)
    login = str(one.get("userLogin") or "")
    # 9.x does not say whether it is a service account, but their logins begin like that.
    account = one.get("isServiceAccount", login.startswith(LOGIN_PREFIX))
    whom = ACCOUNT if account else USER
    return Entry(whom, login, level, int(one.get("userId") or 0), inherited, str(one.get("userEmail") or ""))


__all__ = ["Listed", "by_lists", "needs_number", "read", "unsupported", "write"]
