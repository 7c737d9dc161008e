# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds dashboards by their title."""

from __future__ import annotations

from .._folders import paths as folders
from .._folders.unlisted import look_up, may_be_unlisted
from .._grafana.errors import Refused
from .._grafana.scope import Scope
from .._grafana.versions import DASHBOARD_APIS
from .model import CurrentDashboard, Head
from .routes import NONE_SHOWN, LegacyRoute, Route, route_to


def titled(scope: Scope, api: str, title: str) -> list[Head]:
    """Return the organization's dashboards with exactly this *title*."""
    route = route_to(scope, api)
    if not isinstance(route, LegacyRoute):
        return [head for head in route.heads() if head.title == title]
    heads = route.heads() if scope.many else list(route.search(title))
    if not heads:
        scope.check_member(NONE_SHOWN)
    return [head for head in heads if head.title == title]


def by_title(scope: Scope, route: Route, title: str, folder_uid: str) -> CurrentDashboard | None:
    """Return the dashboard with exactly this *title* in the folder. Raises :class:`Refused` if there are several."""
    uids = [head.uid for head in titled(scope, route.name, title) if head.folder_uid == folder_uid]
    if len(uids) > 1:
        raise Refused(
            "%d dashboards of %s have the title %s in one folder (%s): set uid to choose one"
            % (len(uids), scope.where(), title, ", ".join(sorted(uids))),
            code="ambiguous",
        )
    if uids:
        return route.dashboard(uids[0])
    # From 12.0 on, the search that the legacy route uses may miss a write of a moment ago.
    lags = isinstance(route, LegacyRoute) and scope.client.at_least(DASHBOARD_APIS) is not False
    return look_up(folder_uid, title, route.dashboard, titled_place) if lags or may_be_unlisted(scope) else None


def titled_place(dashboard: CurrentDashboard) -> tuple[str, str]:
    """Return the folder and the title of a dashboard."""
    return folders.general(dashboard.folder_uid), dashboard.title


__all__ = ["by_title", "titled", "titled_place"]
