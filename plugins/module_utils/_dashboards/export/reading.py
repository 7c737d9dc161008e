# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many dashboards of an organization, whole: from one list where there is one, and those of the new layout as they are."""

from __future__ import annotations

import re
import typing as t
from concurrent.futures import ThreadPoolExecutor

from ..._grafana.errors import Forbidden, GrafanaError, NotFound
from ..._grafana.kubernetes import DASHBOARDS
from ..._grafana.scope import Scope
from ..model import CurrentDashboard, Head
from ..routes import AUTO, ONE_BY_ONE, KubernetesRoute, Route, route_to
from .document import layout_of

#: Readers at once on the legacy routes.
READERS = 4
#: Where a dashboard of the new layout is, as the legacy route of 12.0 to 12.3 says with a 406.
_OWN_PATH = re.compile(r"/apis/%s/(v[0-9a-z]+)/" % re.escape(DASHBOARDS))

HeadFilter = t.Callable[[Head], bool]


def everything(scope: Scope, api: str, wanted: HeadFilter) -> tuple[list[Head], list[CurrentDashboard]]:
    """Return what identifies every dashboard of the org, and those that are *wanted* whole.

    By ``/apis`` that is one list in pages; by the legacy routes a search, and a request for each, some at a time.
    """
    route = route_to(scope, api)
    if isinstance(route, KubernetesRoute):
        heads, found = [], []
        for current in route.every():
            heads.append(current.head())
            if wanted(heads[-1]):
                found.append(current)
        return heads, _in_own_layout(scope, found)
    heads = route.heads()
    layouts = _layouts(scope)
    uids = [head.uid for head in heads if wanted(head)]
    scope.client.expect(len(uids))
    with ThreadPoolExecutor(max(1, min(READERS, scope.client.connection.concurrency, len(uids)))) as pool:
        read = list(pool.map(lambda uid: _read(scope, route, uid, layouts.get(uid)), uids))
    # One that has gone since the search is not there.
    return heads, [current for current in read if current is not None]


def one_of(scope: Scope, api: str, uid: str) -> CurrentDashboard | None:
    """Return the dashboard of this uid, in its own layout."""
    route = route_to(scope, api)
    found = _read(scope, route, uid, None)
    if found is None:
        return None
    if isinstance(route, KubernetesRoute):
        return next(iter(_in_own_layout(scope, [found])), None)
    layout = None if layout_of(found) else _layouts(scope, uid).get(uid)
    return found if layout is None else KubernetesRoute(scope, layout).dashboard(uid)


def _read(scope: Scope, route: Route, uid: str, layout: str | None) -> CurrentDashboard | None:
    if layout is not None:
        return KubernetesRoute(scope, layout).dashboard(uid)
    try:
        return route.dashboard(uid)
    except GrafanaError as problem:
        own = _OWN_PATH.search(str(problem.details.get("server_message") or "")) if problem.status == 406 else None
        if own is None:
            raise
        return KubernetesRoute(scope, own.group(1)).dashboard(uid)


def _layouts(scope: Scope, uid: str | None = None) -> dict[str, str]:
    """Return by uid the version of each dashboard that is stored in the new layout, of all or of the one of *uid*.

    From 12.1 on the legacy route gives such a dashboard in the classic layout, without what that cannot say, and does
    not tell; only ``/apis`` does.
    """
    route = route_to(scope, AUTO)
    if not isinstance(route, KubernetesRoute):
        return {}
    try:
        one = route.dashboard(uid) if uid is not None else None
        found = list(route.every()) if uid is None else [one] if one is not None else []
    except (Forbidden, NotFound):
        return {}
    return {current.uid: layout_of(current) for current in found if layout_of(current)}


def _in_own_layout(scope: Scope, found: t.Sequence[CurrentDashboard]) -> list[CurrentDashboard]:
    """Return *found*, which were read in the classic layout, with those of the new layout read anew by their version."""
    by_layout: dict[str, list[str]] = {}
    for current in found:
        if layout_of(current):
            by_layout.setdefault(layout_of(current), []).append(current.uid)
    own: dict[str, CurrentDashboard | None] = {}
    for layout, uids in by_layout.items():
        route = KubernetesRoute(scope, layout)
        if len(uids) <= ONE_BY_ONE:
            own.update((uid, route.dashboard(uid)) for uid in uids)
        else:
            wanted = set(uids)
            own.update((current.uid, current) for current in route.every() if current.uid in wanted)
    whole = [own.get(current.uid) if layout_of(current) else current for current in found]
    return [current for current in whole if current is not None]


__all__ = ["everything", "one_of"]
