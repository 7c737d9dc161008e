# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions of dashboards: the warning before a move to General, and the explanation of a 403."""

from __future__ import annotations

from .._folders.tree import GENERAL
from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.scope import Scope
from .._grafana.versions import ACCESS_CONTROL, DASHBOARD_APIS
from .model import DashboardState, DesiredDashboard, label

#: How an Admin makes a dashboard visible again; servers from 8.5 to 13.1 accept this request (recorded).
REPAIR = (
    "an Admin of the organization gives Viewers and Editors their permissions back in the settings of the dashboard, or by "
    'POST /api/dashboards/uid/%s/permissions with {"items": [{"role": "Viewer", "permission": 1}, '
    '{"role": "Editor", "permission": 2}]}'
)
_ROLES = ("Viewer", "Editor")


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


__all__ = ["hidden", "loses_permissions"]
