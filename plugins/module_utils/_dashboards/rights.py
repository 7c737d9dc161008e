# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For check mode: whether the caller may write a dashboard, as far as the server shows that before the write."""

from __future__ import annotations

import typing as t

from .._folders import paths as folders
from .._grafana.granted import allowed, covered, refused
from .._grafana.scope import Scope
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
    current, named = state.current, "dashboard " + label(desired)
    if current is not None and action == "update" and current.can_save is not None:
        if not current.can_save:
            raise refused(scope, named, "dashboards:write")
    elif not allowed(scope, lambda granted: _covers(scope, state, action, granted)):
        raise refused(scope, named, _ACTIONS[action])


def _covers(scope: Scope, state: DashboardState, action: str, granted: t.Mapping[str, t.Any]) -> bool:
    current = state.current
    if current is None and state.folder_to_make is not None:
        # Whoever creates a folder may create dashboards in it.
        return "folders:create" in granted or "dashboards:create" in granted
    place = current.folder_uid if current is not None else state.folder_uid or folders.GENERAL
    covering = {*_EVERYWHERE, *_folder_scopes(scope, folders.general(place))}
    if current is not None:
        covering.add("dashboards:uid:%s" % current.uid)
    return covered(granted.get(_ACTIONS[action]), covering)


def _folder_scopes(scope: Scope, uid: str) -> list[str]:
    if uid == folders.GENERAL:
        return ["folders:uid:general"]
    return ["folders:uid:%s" % one for one in folders.with_ancestors(scope, uid)]


__all__ = ["check_rights"]
