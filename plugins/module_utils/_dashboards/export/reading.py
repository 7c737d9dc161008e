# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads dashboards with their bodies, each in the layout that it is stored in."""

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

#: Concurrent reads over the legacy routes.
READERS = 4
#: The path of a dashboard of the new layout, in the 406 answer of the legacy route of 12.0 to 12.3.
_OWN_PATH = re.compile(r"/apis/%s/(v[0-9a-z]+)/" % re.escape(DASHBOARDS))

HeadFilter = t.Callable[[Head], bool]


def everything(scope: Scope, api: str, wanted: HeadFilter) -> tuple[list[Head], list[CurrentDashboard]]:
    """Return the heads of all dashboards of the org, and the whole dashboards for which *wanted* is true.

    Over ``/apis`` this reads one list in pages; over the legacy routes a search, and then each dashboard concurrently.
    """
    route = route_to(scope, api)
    if isinstance(route, KubernetesRoute):
        heads, dashboards = [], []
        for current in route.every():
            heads.append(current.head())
            if wanted(heads[-1]):
                dashboards.append(current)
        return heads, _in_own_layout(scope, dashboards)
    heads = route.heads()
    layouts = _layouts(scope)
    uids = [head.uid for head in heads if wanted(head)]
    scope.client.expect(len(uids))
    with ThreadPoolExecutor(max(1, min(READERS, scope.client.connection.concurrency, len(uids)))) as pool:
        answers = list(pool.map(lambda uid: _read(scope, route, uid, layouts.get(uid)), uids))
    # A dashboard that was deleted after the search is None.
    return heads, [current for current in answers if current is not None]


def one_of(scope: Scope, api: str, uid: str) -> CurrentDashboard | None:
    """Return the dashboard with this uid in its own layout, ``None`` if it does not exist."""
    route = route_to(scope, api)
    current = _read(scope, route, uid, None)
    if current is None:
        return None
    if isinstance(route, KubernetesRoute):
        return next(iter(_in_own_layout(scope, [current])), None)
    layout = None if layout_of(current) else _layouts(scope, uid).get(uid)
    return current if layout is None else KubernetesRoute(scope, layout).dashboard(uid)


def _read(scope: Scope, route: Route, uid: str, layout: str | None) -> CurrentDashboard | None:
    """Read a dashboard over *route*, or over ``/apis`` if *layout* or a 406 of the server names the new layout."""
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
    """Return the layout of each dashboard of the new layout, by uid; of all dashboards, or only of *uid*.

    From 12.1 on the legacy route returns such a dashboard converted to the classic layout, which loses parts of it, and does
    not report the conversion. Only ``/apis`` reports the stored layout.
    """
    route = route_to(scope, AUTO)
    if not isinstance(route, KubernetesRoute):
        return {}
    try:
        if uid is None:
            dashboards = list(route.every())
        else:
            current = route.dashboard(uid)
            dashboards = [current] if current is not None else []
    except (Forbidden, NotFound):
        return {}
    return {current.uid: layout_of(current) for current in dashboards if layout_of(current)}


def _in_own_layout(scope: Scope, dashboards: t.Sequence[CurrentDashboard]) -> list[CurrentDashboard]:
    """Return *dashboards*, which were read in the classic layout; those of the new layout are read again in their own."""
    by_layout: dict[str, list[str]] = {}
    for current in dashboards:
        if layout_of(current):
            by_layout.setdefault(layout_of(current), []).append(current.uid)
    read_again: dict[str, CurrentDashboard | None] = {}
    for layout, uids in by_layout.items():
        route = KubernetesRoute(scope, layout)
        if len(uids) <= ONE_BY_ONE:
            read_again.update((uid, route.dashboard(uid)) for uid in uids)
        else:
            wanted = set(uids)
            read_again.update((current.uid, current) for current in route.every() if current.uid in wanted)
    result = [read_again.get(current.uid) if layout_of(current) else current for current in dashboards]
    return [current for current in result if current is not None]


__all__ = ["everything", "one_of"]
