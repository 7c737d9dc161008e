# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards, by the legacy route."""

from __future__ import annotations

import re
from typing import Any

from .dashboard_store import GENERAL, SERVER_MANAGER, Dashboard
from .folders import TITLES_REPEAT, url_of
from .normalise import legacy_read, to_v0
from .replies import Refusal, Reply, bad_request, denied, fail, message, ok
from .server import Request, route
from .slugs import slug
from .state import stamp

WRITE = "any of dashboards:create, dashboards:write"
FIELDS = ("id", "uid", "version")
_UID = re.compile(r"[a-zA-Z0-9_-]*")
NO_TIME = "0001-01-01T00:00:00Z"


def missing(request: Request) -> Reply:
    return fail(request.server.profile, 404, "Dashboard not found")


def status(code: int, text: str, word: str) -> Reply:
    """Return a refusal of a write, in the form that the UI reads."""
    return Reply(code, {"message": text, "status": word})


def require_write(request: Request) -> None:
    """Raise unless the caller may write dashboards somewhere."""
    if not request.caller.may("dashboards:write"):
        profile = request.server.profile
        old = fail(profile, 403, "Access denied to save dashboard")
        raise Refusal(denied(profile, WRITE) if profile.rbac else old)


def require_read(request: Request, permission: str = "dashboards:read") -> None:
    """Raise unless the caller may read, or delete, dashboards."""
    if not request.caller.may(permission):
        profile = request.server.profile
        old = fail(profile, 403, "Access denied to this dashboard")
        raise Refusal(denied(profile, permission) if profile.rbac else old)


@route("GET", "/api/dashboards/home")
def home(request: Request) -> Reply:
    return ok({"meta": {"isHome": True, "canSave": False}, "dashboard": {"title": "Home", "panels": []}})


@route("GET", "/api/dashboards/uid/{uid}")
def read(request: Request) -> Reply:
    require_read(request)
    found = request.server.store.dashboard(request.caller.org_id, request.params["uid"])
    if found is None:
        return missing(request)
    document = legacy_read(request.server.profile, to_v0(found.spec, found.api))
    document.update(id=found.id, uid=found.uid, version=found.version)
    return ok({"meta": _meta(request, found), "dashboard": document})


def _meta(request: Request, found: Dashboard) -> dict[str, Any]:
    profile, caller, store = request.server.profile, request.caller, request.server.store
    editor, admin = caller.may("dashboards:write"), caller.role == "Admin"
    # Whoever makes a dashboard is its admin, service accounts from 10 on.
    owner = admin or (profile >= (10, 0) and editor and found.created_by == caller.login)
    title = slug(profile, found.title)
    meta: dict[str, Any] = {"type": "db", "canSave": editor, "canEdit": editor, "canAdmin": owner, "canStar": True}
    meta.update(canDelete=editor, slug=title, url=f"/d/{found.uid}/{title}", expires=NO_TIME)
    meta.update(created=stamp(found.created), updated=stamp(found.updated))
    meta.update(updatedBy=found.updated_by or "Anonymous", createdBy=found.created_by or "Anonymous")
    meta.update(version=found.version, hasAcl=False, isFolder=False)
    if profile.unified:
        meta["apiVersion"] = "v0alpha1"
    folder = None if found.folder_half_set else store.folder(found.org_id, found.folder_uid)
    meta.update(folderId=folder.id if folder else 0, folderUid=folder.uid if folder else "")
    meta.update(folderTitle=folder.title if folder else "General", folderUrl=url_of(request, folder) if folder else "")
    external = found.provisioned.name if found.provisioned else ""
    meta.update(provisioned=found.provisioned is not None, provisionedExternalId=external)
    meta["annotationsPermissions"] = _annotations(request, editor)
    if (9, 0) <= profile.numbers < (10, 0):
        meta.update(hasPublicDashboard=False, publicDashboardAccessToken="", publicDashboardUid="")
        meta["publicDashboardEnabled"] = False
    return meta


def _annotations(request: Request, editor: bool) -> dict[str, dict[str, bool]]:
    profile = request.server.profile
    here = profile >= (9, 0) and (editor or profile < (10, 0))
    there = profile >= (9, 0) and editor
    names = ("canAdd", "canEdit", "canDelete")
    return {"dashboard": dict.fromkeys(names, here), "organization": dict.fromkeys(names, there)}


@route("POST", "/api/dashboards/db")
def write(request: Request) -> Reply:
    server, caller = request.server, request.caller
    require_write(request)
    shape = {"dashboard": dict, "folderUid": str, "folderId": int, "message": str, "overwrite": bool}
    fields = request.fields(shape)
    document = fields.get("dashboard")
    if document is None:
        raise Refusal(bad_request(server.profile))
    folder_uid = _folder(request, fields.get("folderUid", ""))
    # A write that names no database id counts as a new one.
    if not document.get("id"):
        check_quota(request)
    spec = {key: value for key, value in document.items() if key not in FIELDS}
    spec["title"] = str(document.get("title") or "").strip()
    uid = str(document.get("uid") or "").strip()
    _check(spec["title"], uid)
    overwrite = bool(fields.get("overwrite"))
    old = _existing(request, document, uid, overwrite)
    old = _namesake(request, old, spec["title"], folder_uid, overwrite)
    _libraries(request, spec)
    if old is None:
        made = server.store.add(caller.org_id, uid or None, spec, folder_uid, caller.login, message=fields.get("message", ""))
        made.managers[SERVER_MANAGER] = {*spec, "uid", "version"}
        return _written(request, made, made.version)
    before = old.version
    changed = server.store.replace(old, spec, folder_uid, caller.login)
    old.message, old.folder_half_set, old.api = fields.get("message", ""), False, "v0alpha1"
    old.managers[SERVER_MANAGER] = {*spec, "uid", "version"}
    # At 12.0 a write of the same moves the stored version and answers the one before.
    return _written(request, old, old.version if changed or not server.profile.unified else before)


def _written(request: Request, made: Dashboard, version: int) -> Reply:
    title = slug(request.server.profile, made.title)
    body: dict[str, Any] = {}
    if request.server.profile >= (10, 0):
        body["folderUid"] = made.folder_uid
    body.update(id=made.id, slug=title, status="success", uid=made.uid, url=f"/d/{made.uid}/{title}", version=version)
    return ok(body)


def _check(title: str, uid: str) -> None:
    if not title:
        raise Refusal(status(400, "Dashboard title cannot be empty", "empty-name"))
    if len(uid) > 40:
        raise Refusal(message("uid too long, max 40 characters", 400))
    if not _UID.fullmatch(uid):
        raise Refusal(message("uid contains illegal characters", 400))


def _folder(request: Request, uid: str) -> str:
    """Return the uid of the folder to write into."""
    profile = request.server.profile
    if uid in ("", "general"):
        return GENERAL
    folder = request.server.store.folder(request.caller.org_id, uid)
    if folder is None:
        text = "Folder not found" if profile < (10, 0) else "folder not found"
        raise Refusal(fail(profile, 400, text))
    delay = request.server.settings.number("unified_storage.folder_permission_delay")
    settled = request.server.clock.now() - folder.created >= delay or folder.by_admin
    # At 12.0 the permissions on a new folder take a while to reach the token that made it.
    if not settled and profile.numbers[:2] == (12, 0) and request.caller.role != "Admin":
        raise Refusal(denied(profile, WRITE))
    return uid


def check_quota(request: Request) -> None:
    """Raise where the org may have no more dashboards."""
    settings, org_id = request.server.settings, request.caller.org_id
    most = settings.number("quota.org_dashboard")
    if settings.on("quota.enabled") and 0 <= most <= request.server.store.count(org_id):
        raise Refusal(message("Quota reached", 403))


def _existing(request: Request, document: dict[str, Any], uid: str, overwrite: bool) -> Dashboard | None:
    """Return the dashboard that is written anew, by id or uid. Raises for one that must not be."""
    server, org_id = request.server, request.caller.org_id
    number = document.get("id")
    found = server.store.dashboard(org_id, uid) if uid else None
    if isinstance(number, int) and number:
        by_id = server.store.dashboard_of_id(org_id, number)
        if by_id is None:
            raise Refusal(status(404, "Dashboard not found", "not-found"))
        if found is not None and found is not by_id:
            raise Refusal(status(412, "A dashboard with the same uid already exists", "name-exists"))
        found = by_id
    if found is None and uid and server.store.folder(org_id, uid) is not None and server.profile < (12, 1):
        if server.profile.unified:
            raise Refusal(message("A dashboard with the same uid already exists", 500))
        raise Refusal(message("Dashboard cannot be changed to a folder", 400))
    if found is None:
        return None
    if found.provisioned is not None:
        raise Refusal(message("Cannot save provisioned dashboard", 400))
    if not overwrite and document.get("version", 0) != found.version:
        raise Refusal(status(412, "The dashboard has been changed by someone else", "version-mismatch"))
    return found


def _namesake(request: Request, old: Dashboard | None, title: str, folder_uid: str, overwrite: bool) -> Dashboard | None:
    """Return what is overwritten: up to 11.2 a title is unique in its folder, and ``overwrite`` takes the namesake."""
    if request.server.profile >= TITLES_REPEAT:
        return old
    other = request.server.store.titled(request.caller.org_id, title, folder_uid)
    if other is None or other is old:
        return old
    if not overwrite:
        text = "A dashboard with the same name in the folder already exists"
        raise Refusal(status(412, text, "name-exists"))
    return other


def _libraries(request: Request, spec: dict[str, Any]) -> None:
    """Refuse library panels that do not exist, as versions up to 12.0 do (there are none here)."""
    if request.server.profile >= (12, 1):
        return
    panels = [panel for panel in spec.get("panels") or [] if isinstance(panel, dict)]
    panels += [inner for panel in panels for inner in panel.get("panels") or [] if isinstance(inner, dict)]
    if any((panel.get("libraryPanel") or {}).get("uid") for panel in panels):
        raise Refusal(fail(request.server.profile, 500, "Error while connecting library panels"))


@route("DELETE", "/api/dashboards/uid/{uid}")
def delete(request: Request) -> Reply:
    server = request.server
    require_read(request, "dashboards:delete")
    found = server.store.dashboard(request.caller.org_id, request.params["uid"])
    if found is None:
        return missing(request)
    if found.provisioned is not None:
        return fail(server.profile, 400, "provisioned dashboard cannot be deleted")
    server.store.remove(found)
    body: dict[str, Any] = {"message": f"Dashboard {found.title} deleted", "title": found.title}
    if server.profile < (10, 0):
        return ok({"id": found.id, **body})
    return ok({**body, "uid": found.uid})
