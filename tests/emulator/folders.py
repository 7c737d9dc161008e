# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders, by the legacy route."""

from __future__ import annotations

from typing import Any

from .dashboard_store import Folder
from .replies import Refusal, Reply, bad_request, message, ok
from .server import Request, require, route
from .slugs import slug
from .state import stamp

NESTED = (11, 0)
TITLES_REPEAT = (11, 3)


def url_of(request: Request, folder: Folder) -> str:
    return f"/dashboards/f/{folder.uid}/{slug(request.server.profile, folder.title)}"


def shown(request: Request, folder: Folder, fresh: bool = False, alone: bool = True) -> dict[str, Any]:
    """Return a folder as the API shows it; a *fresh* one's permissions have not reached whoever made it."""
    profile, caller = request.server.profile, request.caller
    admin = caller.role == "Admin"
    may = admin or (not fresh and caller.may("folders:write"))
    entry: dict[str, Any] = {"id": folder.id, "uid": folder.uid}
    if profile >= (10, 0):
        entry["orgId"] = folder.org_id
    entry.update(title=folder.title, url=url_of(request, folder), hasAcl=False)
    entry.update(canSave=may, canEdit=may, canAdmin=admin, canDelete=may)
    entry.update(createdBy=folder.created_by or "Anonymous", created=stamp(folder.created))
    entry.update(updatedBy=folder.updated_by or "Anonymous", updated=stamp(folder.updated))
    if profile >= (12, 1) or (alone and profile < (12, 0)):
        entry["version"] = folder.version
    if profile < NESTED:
        if profile >= (9, 0):
            entry["parentUid"] = ""
    elif folder.parent and alone:
        entry["parentUid"] = folder.parent
        parents = _above(request, folder)
        if parents:
            entry["parents"] = [shown(request, parent, alone=False) for parent in parents]
    return entry


def _above(request: Request, folder: Folder) -> list[Folder]:
    """Return the folders above one, from the top down."""
    found: list[Folder] = []
    parent = request.server.store.folder(folder.org_id, folder.parent)
    while parent is not None and parent not in found:
        found.insert(0, parent)
        parent = request.server.store.folder(folder.org_id, parent.parent) if parent.parent else None
    return found


def missing(request: Request, status: bool = True) -> Reply:
    more = {"status": "not-found"} if status else {}
    return message("folder not found", 404, **more)


def _changed(request: Request) -> Reply:
    more = {} if request.server.profile.unified else {"status": "version-mismatch"}
    return message("the folder has been changed by someone else", 412, **more)


@route("GET", "/api/folders")
def listed(request: Request) -> Reply:
    require(request, "folders:read")
    parent = request.one("parentUid") if request.server.profile >= NESTED else ""
    folders = [one for one in request.server.store.folders(request.caller.org_id) if one.parent == parent]
    folders.sort(key=lambda folder: folder.title.lower())
    size, page = request.number("limit", 1000), max(1, request.number("page", 1))
    if parent and request.server.store.folder(request.caller.org_id, parent) is None:
        return missing(request)
    return ok([_hit(request, one) for one in folders[(page - 1) * size : page * size]])


def _hit(request: Request, folder: Folder) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": folder.id, "uid": folder.uid, "title": folder.title}
    if folder.parent and request.server.profile >= NESTED:
        entry["parentUid"] = folder.parent
    return entry


@route("POST", "/api/folders")
def create(request: Request) -> Reply:
    server, caller = request.server, request.caller
    require(request, "folders:create")
    fields = request.fields({"uid": str, "title": str, "parentUid": str, "description": str})
    title = fields.get("title", "").strip()
    if not title:
        return message("folder title cannot be empty", 400)
    uid = fields.get("uid") or None
    parent = fields.get("parentUid", "") if server.profile >= NESTED else ""
    if uid and len(uid) > 40:
        return message("uid too long, max 40 characters", 400)
    if uid and not all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in uid):
        return message("uid contains illegal characters", 400)
    if parent and server.store.folder(caller.org_id, parent) is None and server.profile < (12, 1):
        return missing(request, status=not server.profile.unified)
    if uid and server.store.folder(caller.org_id, uid) is not None:
        return _changed(request)
    if server.profile < TITLES_REPEAT and _titled(request, title, parent):
        text = "a folder or dashboard in the general folder with the same name already exists"
        return message(text, 409)
    folder = server.store.add_folder(caller.org_id, uid, title, parent, caller.login, caller.role == "Admin")
    return ok(shown(request, folder, fresh=True))


def _titled(request: Request, title: str, parent: str) -> bool:
    store, org_id = request.server.store, request.caller.org_id
    folders = any(one.title == title and one.parent == parent for one in store.folders(org_id))
    return folders or (not parent and store.titled(org_id, title, "") is not None)


def _one(request: Request) -> Folder:
    found = request.server.store.folder(request.caller.org_id, request.params["uid"])
    if found is None:
        raise Refusal(missing(request))
    return found


@route("GET", "/api/folders/{uid}")
def one(request: Request) -> Reply:
    require(request, "folders:read")
    return ok(shown(request, _one(request)))


@route("PUT", "/api/folders/{uid}")
def update(request: Request) -> Reply:
    server = request.server
    require(request, "folders:write")
    fields = request.fields({"title": str, "version": int, "overwrite": bool, "uid": str, "description": str})
    folder = _one(request)
    if not fields.get("title", "").strip():
        return message("folder title cannot be empty", 400)
    stale = fields.get("version", 0) != folder.version and not fields.get("overwrite")
    if stale and server.profile >= (12, 1):
        return message("The dashboard has been changed by someone else", 412)
    if stale and not server.profile.unified:
        return _changed(request)
    folder.title = fields["title"].strip()
    folder.version += 1
    folder.updated, folder.updated_by = server.clock.now(), request.caller.login
    return ok(shown(request, folder))


@route("POST", "/api/folders/{uid}/move", there=lambda profile: profile >= NESTED)
def move(request: Request) -> Reply:
    require(request, "folders:write")
    folder = _one(request)
    parent = request.fields({"parentUid": str}).get("parentUid", "")
    if parent and request.server.store.folder(folder.org_id, parent) is None:
        return missing(request)
    if parent == folder.uid:
        return bad_request(request.server.profile, "folder cannot be moved into itself")
    folder.parent = parent
    return ok(shown(request, folder))


@route("DELETE", "/api/folders/{uid}")
def delete(request: Request) -> Reply:
    server = request.server
    require(request, "folders:delete")
    uid = request.params["uid"]
    folder = server.store.folder(request.caller.org_id, uid)
    if folder is None:
        if server.profile >= (12, 1):
            return message(f'folders.folder.grafana.app "{uid}" not found', 404)
        return missing(request)
    server.store.remove_folder(folder)
    if server.profile < (9, 0):
        return ok({"id": folder.id, "message": f"Folder {folder.title} deleted", "title": folder.title})
    return ok(None) if server.profile < (10, 0) else message("Folder deleted")
