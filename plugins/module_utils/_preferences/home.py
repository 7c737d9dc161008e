# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the dashboard that a task names as home."""

from __future__ import annotations

import typing as t

from .._dashboards.lookup import titled
from .._dashboards.model import Head
from .._dashboards.routes import AUTO, LegacyRoute
from .._folders.paths import by_path, general
from .._grafana.client import segment
from .._grafana.errors import GrafanaError, NotFound, Refused
from .._grafana.scope import Scope
from .model import Home

#: What 12.0 answers to a request of the legacy route for a dashboard of the new layout: it exists (recorded).
_OTHER_API = 406


def by_name(scope: Scope, name: str) -> Home:
    """Return the dashboard with this title, or with this path (titles of folders and its own, joined by slashes).

    Raises :class:`Refused` (``ambiguous``) if there are several.
    """
    found = _titled(scope, name)
    # A title may contain slashes itself: the shortest title at the end is tried first.
    pieces = name.split("/")
    for number in range(len(pieces) - 1, 0, -1):
        if not found:
            found = _inside(scope, "/".join(pieces[:number]), "/".join(pieces[number:]))
    if len(found) > 1:
        raise Refused(
            "home_dashboard: %d dashboards of %s have the title %s (%s): give the path (General/%s for one in no folder), or "
            "set home_dashboard_uid" % (len(found), scope.where(), name, ", ".join(sorted(one.uid for one in found)), name),
            code="ambiguous",
        )
    return Home(found[0].uid, found[0].number, found=True) if found else Home(None)


def _inside(scope: Scope, folder: str, title: str) -> list[Head]:
    """Return the dashboards with exactly this title in the folder with this path."""
    found = _titled(scope, title)
    uid = (by_path(scope, folder, flat=True) if general(folder) else "") if found else None
    return [head for head in found if head.folder_uid == uid]


def _titled(scope: Scope, title: str) -> list[Head]:
    """Return the dashboards with exactly this title, wherever they are."""
    found = scope.cached("titled %s" % title, lambda: [one for one in LegacyRoute(scope).search(title) if one.title == title])
    # From 12.0 on, the search may miss a write of a moment ago.
    return t.cast("list[Head]", found) or titled(scope, AUTO, title)


def by_uid(scope: Scope, uid: str) -> Home:
    """Return the dashboard with this uid; its own uid is ``None`` if there is no such dashboard."""
    try:
        answer = scope.client.find("/api/dashboards/uid/%s" % segment(uid), org=scope.org_id)
    except Refused as problem:
        if problem.status != _OTHER_API:
            raise
        return Home(uid, found=True)
    if answer is None or answer["meta"].get("isFolder"):
        return Home(None)
    return Home(uid, answer["dashboard"].get("id"), found=True)


def uid_of(scope: Scope, number: int) -> str:
    """Return the uid of the dashboard with this database id, ``""`` if there is none (8.5 shows the id only)."""
    hits = scope.client.get("/api/search", org=scope.org_id, dashboardIds=number)
    return str(hits[0]["uid"]) if hits else ""


def missing(scope: Scope, name: str) -> GrafanaError:
    """Return the error for a home dashboard that does not exist."""
    return NotFound(
        "the home dashboard %s was not found in %s: create the dashboard first, or correct home_dashboard or home_dashboard_uid"
        % (name, scope.where()),
        code="dashboard_not_found",
    )
