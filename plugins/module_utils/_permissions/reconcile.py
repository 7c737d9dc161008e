# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules do with the permissions of an object: read, check before the first write, and write.

Without wanted permissions no function sends a request. With them, an object whose permissions are as wanted costs one.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._engine.resource import View
from .._grafana.account_logins import logins
from .._grafana.errors import Forbidden
from .._grafana.scope import Scope
from . import api
from .caller import check_keeps_admin
from .model import ACCOUNT, SERVICE_ACCOUNT, DesiredPermissions, Entry, Kind, PermissionState, sorted_views
from .plan import matching, plan
from .subjects import resolve

#: The code of the error for a caller who may not read or change permissions.
FORBIDDEN = "permissions_forbidden"


@dataclass(frozen=True)
class Target:
    """An object with permissions: its *kind*, its *key* (uid or id; ``None`` before it exists), and its name for messages.

    *number* is the database id of a dashboard, if it is known.
    """

    kind: Kind
    key: str | None
    named: str
    number: int | None = None


def read(scope: Scope, target: Target, desired: DesiredPermissions | None, plan_missing: bool = False) -> PermissionState | None:
    """Return the permissions of *target*, and the ids of those who have no entry yet; ``None`` if the task names none.

    With *plan_missing*, as in check mode only, users, teams and service accounts may be missing: an earlier task may create
    them. Raises :class:`NotFound` for them otherwise, and :class:`Unsupported` for a service account on a server without its
    permissions.
    """
    if desired is None:
        return None
    accounts = {one.name: logins(scope, one.name) for one in desired.entries if one.whom == ACCOUNT}
    state = PermissionState(accounts=accounts)
    if target.key is not None:
        state = _with_entries(scope, target, state)
    elif target.kind == SERVICE_ACCOUNT and api.by_lists(scope):
        raise api.unsupported(scope)
    unknown = [one for one in desired.entries if not matching(one, state)]
    return replace(state, ids=resolve(scope, unknown, target.named, plan_missing))


def precheck(
    scope: Scope,
    target: Target,
    desired: DesiredPermissions | None,
    state: PermissionState | None,
    above: t.Callable[[], t.Sequence[str]] = list,
) -> None:
    """Raise :class:`Refused` if the change would lock the caller out. *above* returns the folders above the object."""
    if desired is None or state is None:
        return
    if state.entries is None:
        if desired.exclusive:
            own = [Entry(one.whom, one.name, one.level, state.ids.get((one.whom, one.name), 0)) for one in desired.entries]
            check_keeps_admin(scope, target.kind, target.named, own, above())
        return
    change = plan(desired, state)
    if change is not None and change.takes_admin():
        check_keeps_admin(scope, target.kind, target.named, change.after, above())


def apply(
    scope: Scope, target: Target, desired: DesiredPermissions | None, state: PermissionState | None
) -> PermissionState | None:
    """Write what differs; return the permissions afterwards. Those of a new object are read first: the server gives it some."""
    if desired is None or state is None or target.key is None:
        return state
    if state.entries is None:
        state = _with_entries(scope, target, state)
    change = plan(desired, state)
    if change is None:
        return state
    try:
        api.write(scope, target.kind, target.key, change.body, state.replaces, target.number)
    except Forbidden as problem:
        raise _forbidden(target, "change", problem) from None
    inherited = tuple(one for one in state.entries or () if one.inherited)
    return replace(state, entries=(*change.after, *inherited))


def _with_entries(scope: Scope, target: Target, state: PermissionState) -> PermissionState:
    """Return *state* with the entries that the object has now."""
    try:
        entries, replaces = api.read(scope, target.kind, str(target.key), target.number)
    except Forbidden as problem:
        raise _forbidden(target, "read", problem) from None
    return replace(state, entries=entries, replaces=replaces)


def _forbidden(target: Target, verb: str, problem: Forbidden) -> Forbidden:
    return Forbidden(
        "the caller may not %s the permissions of %s: that needs the permission Admin there, or the role Admin (%s)"
        % (verb, target.named, problem.message),
        code=FORBIDDEN,
        **problem.details,
    )


def listed(scope: Scope, target: Target, wanted: bool) -> View:
    """Return the permissions of an object for the result of an info module; nothing unless they are *wanted*."""
    return shown(_with_entries(scope, target, PermissionState())) if wanted else {}


def shown(state: PermissionState | None) -> View:
    """Return the permissions for a result: nothing if the task does not ask for them."""
    return {} if state is None or state.entries is None else {"permissions": sorted_views(state.entries)}


__all__ = ["FORBIDDEN", "Target", "apply", "listed", "precheck", "read", "shown"]
