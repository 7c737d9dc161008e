# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions of dashboards: those of a task, the warning before a move to General, and the explanation of a 403."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import Change
from .._folders import paths as folders
from .._folders.tree import GENERAL
from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.scope import Scope
from .._grafana.versions import ACCESS_CONTROL, DASHBOARD_APIS
from .._permissions import reconcile
from .._permissions.api import needs_number
from .._permissions.model import DASHBOARD, PermissionState
from .._permissions.plan import combined
from .model import CurrentDashboard, DashboardState, DashboardWork, DesiredDashboard, current_head, label
from .routes import Route

#: How an Admin makes a dashboard visible again; servers from 8.5 to 13.1 accept this request (recorded).
REPAIR = (
    "an Admin of the organization gives Viewers and Editors their permissions back in the settings of the dashboard, or by "
    'POST /api/dashboards/uid/%s/permissions with {"items": [{"role": "Viewer", "permission": 1}, '
    '{"role": "Editor", "permission": 2}]}'
)
_ROLES = ("Viewer", "Editor")


def _target(desired: DesiredDashboard, current: CurrentDashboard | None) -> reconcile.Target:
    named = "dashboard %s" % label(desired)
    return reconcile.Target(DASHBOARD, current.uid if current else None, named, current.number if current else None)


def read_permissions(
    scope: Scope, desired: DesiredDashboard, current: CurrentDashboard | None, plan_missing: bool
) -> PermissionState | None:
    """Return the permissions of the dashboard, ``None`` if the task names none; see :func:`reconcile.read`."""
    return reconcile.read(scope, _target(desired, current), desired.permissions, plan_missing)


def with_permissions(
    desired: DesiredDashboard, state: DashboardState, change: Change[DashboardWork] | None
) -> Change[DashboardWork] | None:
    """Return *change* with the difference of the permissions, which are written after the dashboard, or alone."""
    if desired.permissions is None:
        return change
    head = {} if state.current is None else current_head(state)
    alone = DashboardWork(state, ("permissions",), writes=False)
    found = combined(change, alone, desired.permissions, state.permissions, head)
    if found is None or found is change or not found.work.writes or found.action != "update":
        return found
    return replace(found, work=replace(found.work, changed_paths=(*found.work.changed_paths, "permissions")))


def check_permissions(scope: Scope, desired: DesiredDashboard, state: DashboardState) -> None:
    """Raise :class:`Refused` if the wanted permissions would lock the caller out."""

    def above() -> t.Sequence[str]:
        uid = state.folder_uid if state.folder_uid is not None or state.current is None else state.current.folder_uid
        return folders.with_ancestors(scope, uid or GENERAL)

    reconcile.precheck(scope, _target(desired, state.current), desired.permissions, state.permissions, above)


def apply_permissions(scope: Scope, route: Route, desired: DesiredDashboard, state: DashboardState) -> DashboardState:
    """Write the permissions of the dashboard that *state* has; return it with them."""
    if desired.permissions is None or state.current is None:
        return state
    current = state.current
    if current.number is None and needs_number(scope):
        there = route.dashboard(current.uid)
        current = replace(current, number=None if there is None else there.number)
    found = reconcile.apply(scope, _target(desired, current), desired.permissions, state.permissions)
    return replace(state, permissions=found)


def loses_permissions(scope: Scope, desired: DesiredDashboard, found: DashboardState) -> list[str]:
    """Return a warning if only Admins can see the dashboard after its move to General.

    A dashboard that was created in a folder has no permissions of its own, and the server adds none when the dashboard
    moves (9.3 to 13.1, recorded). A dashboard that was created in General keeps the permissions that it got there.
    """
    current = found.current
    if desired.state == "absent" or current is None or not current.folder_uid:
        return []
    if found.folder_uid != GENERAL or found.folder_to_make is not None:
        return []
    if scope.client.at_least(ACCESS_CONTROL) is False or _has_own_permissions(scope, current.uid):
        return []
    return [
        "it moves from a folder to General, where Viewers and Editors cannot see it any more, because it has no permissions of "
        "its own; after the move %s" % (REPAIR % current.uid)
    ]


def _has_own_permissions(scope: Scope, uid: str) -> bool:
    """Return whether the dashboard itself (not its folder) grants a permission to Viewers or Editors.

    Returns ``False`` if the caller may not read the permissions.
    """
    try:
        entries = scope.client.get("/api/dashboards/uid/%s/permissions" % segment(uid), org=scope.org_id)
    except (Forbidden, NotFound):
        return False
    return any(entry.get("role") in _ROLES and not entry.get("inherited") for entry in entries or [])


def hidden(scope: Scope, desired: DesiredDashboard, problem: Forbidden) -> Forbidden:
    """Return a clearer error for a dashboard that the caller may not read or write."""
    if desired.uid is None or scope.client.at_least(DASHBOARD_APIS) is False:
        return problem
    return Forbidden(
        "dashboard %s: %s. If the dashboard exists, another tool may have created it over /apis without default permissions, so "
        "that only Admins see it: %s" % (label(desired), problem.message, REPAIR % desired.uid),
        code=problem.code,
        **problem.details,
    )


__all__ = ["apply_permissions", "check_permissions", "hidden", "loses_permissions", "read_permissions", "with_permissions"]
