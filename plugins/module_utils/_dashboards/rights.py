# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For check mode: whether the caller may write a dashboard, as far as the server shows that before the write."""

from __future__ import annotations

import typing as t

from .._folders import paths as folders
from .._grafana.errors import Forbidden
from .._grafana.granted import permissions
from .._grafana.scope import Scope
from .._grafana.versions import ACCESS_CONTROL
from .model import DashboardState, DesiredDashboard, label

#: The action that each change needs: on the dashboard, or in its folder.
_ACTIONS = {"create": "dashboards:create", "update": "dashboards:write", "delete": "dashboards:delete"}
#: Scopes that cover every dashboard of an organization.
_EVERYWHERE = ("*", "dashboards:*", "dashboards:uid:*", "folders:*", "folders:uid:*")


def check_rights(scope: Scope, desired: DesiredDashboard, state: DashboardState, action: str) -> None:
    """Raise :class:`Forbidden` if the server shows that it will refuse a change; returns if that is unknown.

    *action* is that of the change. The legacy route returns ``canSave`` with the dashboard; otherwise the permissions of the
    caller decide, which are read once in a run (9.0 and later).
    """
    current, named = state.current, label(desired)
    if current is not None and action == "update" and current.can_save is not None:
        if not current.can_save:
            raise _refused(scope, named, "dashboards:write")
    elif not _granted(scope, state, action):
        raise _refused(scope, named, _ACTIONS[action])


def _granted(scope: Scope, state: DashboardState, action: str) -> bool:
    """Return whether the permissions of the caller cover the change, or do not show that they do not."""
    if not scope.client.at_least(ACCESS_CONTROL):
        return True
    # The server may remember the permissions of a moment ago, so it reads them again before the module refuses.
    return any(_covers(scope, state, action, permissions(scope, fresh)) for fresh in (False, True))


def _covers(scope: Scope, state: DashboardState, action: str, granted: t.Mapping[str, t.Any] | None) -> bool:
    if granted is None:
        return True
    current = state.current
    if current is None and state.folder_to_make is not None:
        # Whoever creates a folder may create dashboards in it.
        return "folders:create" in granted or "dashboards:create" in granted
    found = granted.get(_ACTIONS[action])
    scopes = [str(one) for one in found] if isinstance(found, list) else []
    place = current.folder_uid if current is not None else state.folder_uid or folders.GENERAL
    covering = {*_EVERYWHERE, *_folder_scopes(scope, folders.general(place))}
    if current is not None:
        covering.add("dashboards:uid:%s" % current.uid)
    # Old servers name objects by their database ids.
    return any(one in covering or ":id:" in one for one in scopes)


def _folder_scopes(scope: Scope, uid: str) -> list[str]:
    if uid == folders.GENERAL:
        return ["folders:uid:general"]
    return ["folders:uid:%s" % one for one in folders.with_ancestors(scope, uid)]


def _refused(scope: Scope, named: str, action: str) -> Forbidden:
    return Forbidden(
        "the server would refuse the change of dashboard %s: the caller does not have the permission %s for it in %s; give the "
        "caller the permission, or use a caller that has it" % (named, action, scope.where())
    )


__all__ = ["check_rights"]
