# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which dashboards ``prune`` deletes: those that carry this collection's mark and are not wanted any more."""

from __future__ import annotations

import typing as t

from ansible_collections.orgsmith.grafana.plugins.module_utils import _folders as folders
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_history import last_write, source_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_routes import LegacyRoute, managed, route_to
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import DesiredDashboard, Head
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope


class _Place(t.NamedTuple):
    """Where a task prunes: what one source has written, below one folder (``None``: anywhere in the org).

    Where folders do not nest, *path* is what the title of a folder begins with that stands for one below.
    """

    source: str
    api: str
    folder_uid: str | None = None
    path: str | None = None


def leftovers(scope: Scope, wanted: t.Sequence[DesiredDashboard]) -> list[DesiredDashboard]:
    """Return what is to be deleted from the org. Provisioned dashboards, and what others wrote last, never are."""
    places = list(dict.fromkeys(place for one in wanted if one.prune for place in _places(scope, one)))
    if not places:
        return []
    uids = {one.uid for one in wanted if one.uid is not None}
    titles = {one.title for one in wanted if one.uid is None}
    found: list[DesiredDashboard] = []
    route = route_to(scope, places[0].api)
    for head in route.heads():
        if head.uid in uids or head.title in titles or head.provisioned:
            continue
        place = _place_of(scope, head, places)
        if place is not None and not (isinstance(route, LegacyRoute) and managed(scope, head.uid)):
            found.append(DesiredDashboard(head.uid, head.title, {}, state="absent", api=place.api))
    return found


def _places(scope: Scope, desired: DesiredDashboard) -> t.Iterator[_Place]:
    """Yield where *desired* says that its task prunes; nowhere, where its folder is not there (in check mode: yet)."""
    if desired.prune_folder is not None and not folders.nests(scope):
        yield _Place(desired.source, desired.api, path="/".join(folders.steps(desired.prune_folder)))
    elif desired.prune_folder is not None:
        uid = folders.by_path(scope, desired.prune_folder, flat=True)
        if uid is not None:
            yield _Place(desired.source, desired.api, uid or None)
    else:
        yield _Place(desired.source, desired.api, desired.prune_folder_uid or None)


def _place_of(scope: Scope, head: Head, places: t.Sequence[_Place]) -> _Place | None:
    """Return the place that a dashboard belongs to, ``None`` for one that is no business of the task."""
    near = [place for place in places if _below(scope, head.folder_uid, place)]
    if not near:
        return None
    message = head.message
    if message is None:
        written = last_write(scope, head.uid, head.number)
        message = written.message if written is not None else ""
    source = source_of(message)
    return next((place for place in near if place.source == source), None)


def _below(scope: Scope, uid: str, place: _Place) -> bool:
    """Tell whether a folder is that of *place*, or in it."""
    if place.path:
        title = folders.path(scope, uid)
        return title == place.path or title.startswith(place.path + "/")
    if place.folder_uid is None:
        return True
    return uid == place.folder_uid or (uid != folders.GENERAL and place.folder_uid in folders.ancestors(scope, uid))
