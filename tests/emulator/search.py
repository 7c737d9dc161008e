# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search over dashboards and folders."""

from __future__ import annotations

from typing import Any

from .dashboard_store import Dashboard, Folder
from .folders import url_of
from .replies import Reply, ok
from .server import Request, require, route
from .slugs import slug

DASHBOARD, FOLDER = "dash-db", "dash-folder"


@route("GET", "/api/search")
def search(request: Request) -> Reply:
    require(request, "dashboards:read")
    store, org_id = request.server.store, request.caller.org_id
    wanted = request.one("type")
    hits: list[dict[str, Any]] = []
    if wanted in ("", FOLDER):
        hits += [_folder(request, one) for one in store.folders(org_id)]
    if wanted in ("", DASHBOARD):
        hits += [_dashboard(request, one) for one in store.dashboards(org_id)]
    query = request.one("query").lower()
    hits = [hit for hit in hits if query in hit["title"].lower() and _kept(request, hit)]
    hits.sort(key=lambda hit: (hit["type"] == DASHBOARD, hit["title"].lower()))
    size, page = min(request.number("limit", 1000), 5000), max(1, request.number("page", 1))
    return ok(hits[(page - 1) * size : page * size])


def _kept(request: Request, hit: dict[str, Any]) -> bool:
    """Tell whether a hit passes the filters of the request."""
    uids, folders, tags = (request.query.get(name, []) for name in ("dashboardUIDs", "folderUIDs", "tag"))
    if uids and hit["uid"] not in uids:
        return False
    if folders and (hit.get("folderUid") or "general") not in folders:
        return False
    return all(tag in hit["tags"] for tag in tags)


def _dashboard(request: Request, found: Dashboard) -> dict[str, Any]:
    title = slug(request.server.profile, found.title)
    hit = {"id": found.id, "uid": found.uid, "title": found.title, "uri": f"db/{title}"}
    hit.update(url=f"/d/{found.uid}/{title}", slug="", type=DASHBOARD, tags=found.spec.get("tags") or [], isStarred=False)
    folder = request.server.store.folder(found.org_id, found.folder_uid)
    if folder is not None:
        hit.update(folderId=folder.id, folderUid=folder.uid, folderTitle=folder.title, folderUrl=url_of(request, folder))
    return {**hit, "sortMeta": 0}


def _folder(request: Request, found: Folder) -> dict[str, Any]:
    title = slug(request.server.profile, found.title)
    hit = {"id": found.id, "uid": found.uid, "title": found.title, "uri": f"db/{title}", "url": url_of(request, found)}
    hit.update(slug="", type=FOLDER, tags=[], isStarred=False, sortMeta=0)
    return hit
