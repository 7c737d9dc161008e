# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the dashboards that ``prune`` deletes: those with this collection's mark that the task does not list."""

from __future__ import annotations

import typing as t

from .._folders import paths as folders
from .._grafana.errors import Forbidden
from .._grafana.scope import Scope
from .history import last_write, source_of
from .imports import filled_in
from .model import DesiredDashboard, Head
from .routes import LegacyRoute, Route, as_object, route_to


class _PruneArea(t.NamedTuple):
    """Where a task prunes: dashboards that *source* has written, in one folder and the folders below it.

    The folder is given by *path* (its titles) or, if that is empty, by *folder_uid*: ``""`` means only dashboards in
    General, ``None`` the whole organization.
    """

    source: str
    api: str
    folder_uid: str | None = None
    path: str = ""


#: Uids of dashboards that make room for another one with their title, so that they are no leftovers of their own.
REPLACED = "replaced dashboards"


def leftovers(scope: Scope, wanted: t.Sequence[DesiredDashboard]) -> list[DesiredDashboard]:
    """Return the dashboards to delete from the org, as desired dashboards with ``state: absent``.

    Provisioned dashboards are never deleted, nor are dashboards whose newest version lacks the task's mark.
    """
    areas = _areas(wanted)
    if not areas:
        return []
    replaced = _replaced(scope)
    uids = {one.uid for one in wanted if one.uid is not None}
    titles = {filled_in(scope, one).title for one in wanted if one.uid is None}
    to_delete: list[DesiredDashboard] = []
    route = route_to(scope, areas[0].api)
    for head in route.heads():
        if head.uid in uids or head.uid in replaced or head.title in titles:
            continue
        area = _deleted_in(scope, route, head, areas)
        if area is not None:
            to_delete.append(DesiredDashboard(head.uid, head.title, {}, state="absent", api=area.api, pruned=area.source))
    return to_delete


def _areas(wanted: t.Sequence[DesiredDashboard]) -> list[_PruneArea]:
    # An entry with state: absent names what to delete; it does not mean that all other dashboards are unwanted.
    return list(dict.fromkeys(_area(one) for one in wanted if one.prune and one.state == "present"))


def _deleted_in(scope: Scope, route: Route, head: Head, areas: t.Sequence[_PruneArea]) -> _PruneArea | None:
    """Return the area in which pruning deletes a dashboard that the task does not contain; ``None`` if it stays."""
    area = None if head.provisioned else _area_of(scope, head, areas)
    if area is None or not isinstance(route, LegacyRoute):
        return area
    # The legacy routes report fewer kinds of managers.
    current = as_object(scope, head.uid)
    return None if current is not None and current.head().provisioned else area


def replaceable(scope: Scope, desired: DesiredDashboard, head: Head) -> bool:
    """Return whether the task prunes the dashboard *head*, whose title it wants for another uid.

    Up to 11.2 the server refuses the new dashboard while the old one has the title, so the old one must be deleted first.
    """
    wanted = scope.wanted or [desired]
    if not desired.prune or any(head.uid == one.uid or (one.uid is None and head.title == one.title) for one in wanted):
        return False
    if _deleted_in(scope, route_to(scope, desired.api), head, _areas(wanted)) is None:
        return False
    _replaced(scope).add(head.uid)
    return True


def _replaced(scope: Scope) -> set[str]:
    return t.cast("set[str]", scope.cached_for_run(REPLACED, set))


def _area(desired: DesiredDashboard) -> _PruneArea:
    """Return where the task of *desired* prunes."""
    if desired.prune_folder is None:
        return _PruneArea(desired.source, desired.api, desired.prune_folder_uid)
    path = folders.general("/".join(folders.steps(desired.prune_folder)))
    return _PruneArea(desired.source, desired.api, folders.GENERAL, path)


def _area_of(scope: Scope, head: Head, areas: t.Sequence[_PruneArea]) -> _PruneArea | None:
    """Return the area that a dashboard belongs to, by its folder and the source in its mark; ``None`` if it is in no area."""
    try:
        matching = [area for area in areas if _in_area(scope, head.folder_uid, area)]
        message = head.message
        if matching and message is None:
            written = last_write(scope, head.uid, head.number)
            message = written.message if written is not None else ""
    except Forbidden:
        return None  # The caller may not read its history or edit it, so prune leaves it alone.
    source = source_of(message)
    return next((area for area in matching if area.source == source), None)


def _in_area(scope: Scope, folder_uid: str, area: _PruneArea) -> bool:
    """Return whether a folder is the folder of *area* or below it.

    A folder whose title is a path with slashes counts as below: servers without nested folders (before 11.0) have these.
    """
    if area.path:
        path = folders.path(scope, folder_uid)
        return path == area.path or path.startswith(area.path + "/")
    if not area.folder_uid:
        return area.folder_uid is None or folder_uid == folders.GENERAL
    return folder_uid == area.folder_uid or area.folder_uid in folders.with_ancestors(scope, folder_uid)
