# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search over dashboards and folders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..access.rules import DASHBOARDS
from ..core.replies import Reply, message, ok
from ..core.server import Request, route
from ..core.slugs import slug
from .dashboard_rights import READ
from .folders import url_of, visible
from .store import Dashboard, Folder

DASHBOARD, FOLDER = "dash-db", "dash-folder"


@route("GET", "/api/search")
def search(request: Request) -> Reply:
    """Answer what the caller may see: nothing, for somebody who may see nothing."""
    if request.server.profile.authorizer and request.caller.role is None:
        return message("Search failed", 500)  # who is no member asks for another namespace than its own
    refusal = _refused(request)
    if refusal:
        return refusal
    hits: list[dict[str, Any]] = []
    for row in _rows(request):
        hits.append(_folder(request, row) if isinstance(row, Folder) else _dashboard(request, row))
    order = request.one("sort")
    if request.server.profile.objects_only:  # of the same title the newest comes first
        hits.reverse()
    hits.sort(key=lambda hit: (not order and hit["type"] == DASHBOARD, hit["title"].lower()))
    if order == "alpha-desc":
        hits.reverse()
    size, page = request.number("limit", 1000), max(1, request.number("page", 1))
    return ok(hits[(page - 1) * size : page * size])


def _refused(request: Request) -> Reply | None:
    profile, query = request.server.profile, request.query
    if request.number("limit", 1000) > 5000:
        text = "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit"
        return message(text, 422)
    both = query.get("dashboardIds") and (query.get("dashboardUIDs") or query.get("dashboardUID"))
    folders = query.get("folderIds") and query.get("folderUIDs") and profile >= (10, 0)
    if (both and profile >= (9, 0)) or folders:
        return message("search supports UIDs or IDs, not both", 400)
    return None


def _rows(request: Request) -> Iterator[Dashboard | Folder]:
    """Yield the dashboards and folders that pass the filters of the request."""
    store, org_id, profile = request.server.store, request.caller.org_id, request.server.profile
    wanted, query, tags = request.one("type"), request.one("query").lower(), request.query.get("tag", [])
    uids = request.query.get("dashboardUIDs") or request.query.get("dashboardUID") or [] if profile >= (9, 0) else []
    parents = request.query.get("folderUIDs", []) if profile >= (10, 0) else []
    ids, parent_ids = _numbers(request, "dashboardIds"), _numbers(request, "folderIds")
    numbers = {folder.uid: folder.id for folder in store.folders(org_id)} if parent_ids else {}
    rows: list[Dashboard | Folder] = []
    if wanted != DASHBOARD and not tags:
        rows += visible(request)
    if wanted != FOLDER:
        rows += visible_dashboards(request)
    for row in rows:
        parent = row.parent if isinstance(row, Folder) else row.folder_uid
        kept = query in row.title.lower() and (not uids or row.uid in uids) and (not ids or row.id in ids)
        kept = kept and (not parents or (parent or "general") in parents)
        kept = kept and (not parent_ids or numbers.get(parent, 0) in parent_ids)
        if kept and (not tags or (isinstance(row, Dashboard) and all(tag in tags_of(row) for tag in tags))):
            yield row


def visible_dashboards(request: Request) -> list[Dashboard]:
    """Return the dashboards that the caller sees in lists, in the order in which they were made."""
    server, caller = request.server, request.caller
    found = server.store.dashboards(caller.org_id)
    if not server.profile.authorizer:
        return [one for one in found if server.access.listed(caller, READ, DASHBOARDS, one.uid, one.folder_uid)]
    shown = server.access.authorizer.visible(caller, READ, DASHBOARDS)
    return [one for one in found if shown(one.uid, one.folder_uid)]


def _numbers(request: Request, name: str) -> set[int]:
    return {int(value) for value in request.query.get(name, []) if value.isdigit()}


def tags_of(found: Dashboard) -> list[str]:
    """Return a dashboard's tags; what is no text is none."""
    tags = found.spec.get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _dashboard(request: Request, found: Dashboard) -> dict[str, Any]:
    title = slug(request.server.profile, found.title)
    hit = {"id": found.id, "uid": found.uid, **_org(request, found.org_id), "title": found.title, "uri": f"db/{title}"}
    hit.update(url=f"/d/{found.uid}/{title}", slug="", type=DASHBOARD, tags=tags_of(found), isStarred=False)
    folder = request.server.store.folder(found.org_id, found.folder_uid)
    if folder is not None:
        hit.update(folderId=folder.id, folderUid=folder.uid, folderTitle=folder.title, folderUrl=_folder_url(request, folder))
    return {**hit, **_end(request)}


def _folder_url(request: Request, folder: Folder) -> str:
    """Return the path of the folder that a hit is in; 11 puts in the title as it is."""
    return f"/dashboards/f/{folder.uid}/{folder.title}" if request.server.profile.numbers[0] == 11 else url_of(request, folder)


def _org(request: Request, org_id: int) -> dict[str, int]:
    return {"orgId": org_id} if request.server.profile >= (11, 0) else {}


def _end(request: Request) -> dict[str, Any]:
    return {"sortMeta": 0, **({"isDeleted": False} if request.server.profile >= (11, 0) else {})}


def _folder(request: Request, found: Folder) -> dict[str, Any]:
    title = slug(request.server.profile, found.title)
    hit = {"id": found.id, "uid": found.uid, **_org(request, found.org_id), "title": found.title, "uri": f"db/{title}"}
    hit.update(url=url_of(request, found), slug="", type=FOLDER, tags=[], isStarred=False)
    parent = request.server.store.folder(found.org_id, found.parent) if found.parent else None
    nowhere = ("", "general") if request.server.profile.objects_only else ("",)
    if parent is None and found.parent not in nowhere and request.server.profile.authorizer:  # an orphan names what is not there
        hit.update(folderUid=found.parent, folderUrl=f"/dashboards/f/{found.parent}/{slug(request.server.profile, '')}")
    if parent is not None:
        hit.update(folderUid=parent.uid, folderTitle=parent.title)
        if request.server.profile.unified:
            hit.update(folderId=parent.id, folderUrl=url_of(request, parent))
    return {**hit, **_end(request)}
