# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which dashboards ``prune`` deletes: those that carry this collection's mark and are not wanted any more."""

from __future__ import annotations

import typing as t

from .._folders import paths as folders
from .._grafana.errors import Forbidden
from .._grafana.scope import Scope
from .history import last_write, source_of
from .imports import filled_in
from .model import DesiredDashboard, Head
from .routes import LegacyRoute, managed, route_to


class _Place(t.NamedTuple):
    """Where a task prunes: what one source has written, in one folder and below it.

    The folder is the *path* of its titles, or else its uid: ``""`` is General alone, ``None`` anywhere in the org.
    """

    source: str
    api: str
    folder_uid: str | None = None
    path: str = ""


def leftovers(scope: Scope, wanted: t.Sequence[DesiredDashboard]) -> list[DesiredDashboard]:
    """Return what is to be deleted from the org. Provisioned dashboards, and what others wrote last, never are."""
    # What is to be absent does not say that all else is unwanted.
    places = list(dict.fromkeys(_place(one) for one in wanted if one.prune and one.state == "present"))
    if not places:
        return []
    uids = {one.uid for one in wanted if one.uid is not None}
    titles = {filled_in(scope, one).title for one in wanted if one.uid is None}
    found: list[DesiredDashboard] = []
    route = route_to(scope, places[0].api)
    for head in route.heads():
        if head.uid in uids or head.title in titles or head.provisioned:
            continue
        place = _place_of(scope, head, places)
        if place is not None and not (isinstance(route, LegacyRoute) and managed(scope, head.uid)):
            found.append(DesiredDashboard(head.uid, head.title, {}, state="absent", api=place.api, pruned=place.source))
    return found


def _place(desired: DesiredDashboard) -> _Place:
    """Return where *desired* says that its task prunes."""
    if desired.prune_folder is None:
        return _Place(desired.source, desired.api, desired.prune_folder_uid)
    path = folders.general("/".join(folders.steps(desired.prune_folder)))
    return _Place(desired.source, desired.api, folders.GENERAL, path)


def _place_of(scope: Scope, head: Head, places: t.Sequence[_Place]) -> _Place | None:
    """Return the place that a dashboard belongs to, ``None`` for one that is no business of the task."""
    try:
        near = [place for place in places if _below(scope, head.folder_uid, place)]
        message = head.message
        if near and message is None:
            written = last_write(scope, head.uid, head.number)
            message = written.message if written is not None else ""
    except Forbidden:
        return None  # what the caller may not edit is none of its own
    source = source_of(message)
    return next((place for place in near if place.source == source), None)


def _below(scope: Scope, uid: str, place: _Place) -> bool:
    """Tell whether a folder is that of *place*, or in it: also by a title with slashes, as before folders nested."""
    if place.path:
        path = folders.path(scope, uid)
        return path == place.path or path.startswith(place.path + "/")
    if not place.folder_uid:
        return place.folder_uid is None or uid == folders.GENERAL
    return uid == place.folder_uid or (uid != folders.GENERAL and place.folder_uid in folders.ancestors(scope, uid))
