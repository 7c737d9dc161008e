# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a dashboard can be written to its folder: how deep the folder is, and whether a repository manages it."""

from __future__ import annotations

from .._folders import paths as folders
from .._folders.depth import MOST_ABOVE, above, above_new, check_depth
from .._grafana.scope import Scope
from .._grafana.versions import DEPTH_IS_A_SETTING, FOLDER_APIS
from .model import DashboardState, DesiredDashboard, label, place_of


def check_place(scope: Scope, desired: DesiredDashboard, state: DashboardState) -> None:
    """Raise :class:`Refused` for a folder that would be nested too deeply, and for one that a repository manages.

    If *desired* is in a directory, the folders of all its files are checked, before the first of them is written.
    """
    if state.folder_to_make is not None:
        check_depth(scope, state.folder_to_make, above_new(scope, *place_of(desired)))
    if desired.flat and not scope.new:
        _check_directory(scope)
    current = state.current
    if desired.state != "present" or not scope.client.at_least(FOLDER_APIS):
        return
    uid = folders.reach(scope, *place_of(desired))[0] if state.folder_to_make is not None else state.folder_uid
    if uid and (current is None or current.folder_uid != uid):
        folders.check_repository(scope, "dashboard %s" % label(desired), uid)


def _check_directory(scope: Scope) -> None:
    """Check the depth of the folders of all files in directories, once in a run unless it is refused."""
    if scope.cached_for_run("depths", list):
        return
    for top, below in sorted({place_of(one) for one in scope.wanted if one.flat and one.state == "present"}):
        path = "/".join(part for part in (top, *below) if part)
        # Fewer titles than that can be too deep only at 13.0 or later, where the limit is a setting.
        if path and (len((*folders.steps(top), *below)) > MOST_ABOVE or scope.client.at_least(DEPTH_IS_A_SETTING) is not False):
            uid, left = folders.reach(scope, top, below)
            if left:
                check_depth(scope, path, above(scope, uid) + len(left) - 1)
    scope.cached_for_run("depths", list).append(True)


__all__ = ["check_place"]
