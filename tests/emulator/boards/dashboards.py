# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards, by the legacy route."""

from __future__ import annotations

import re
import uuid
from typing import Any

from ..access.rules import DASHBOARDS
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok
from ..core.server import Request, route
from ..core.slugs import slug
from ..core.state import stamp
from ..kubernetes.objects import namespace_of, own_notes
from ..tenancy.members import BASIC_ROLES
from ..tenancy.quotas import limit, on
from .contents import check_alerts, number_in, text_in
from .dashboard_rights import (
    DELETE,
    READ,
    WRITE,
    require_anywhere,
    require_on,
    require_stored,
    require_stored_write,
    require_visible,
    require_write,
    require_write_anywhere,
    seen,
)
from .folders import TITLES_REPEAT, shown_name, url_of
from .library_elements import connect
from .library_elements import read as with_library_panels
from .library_store import NoUid, cleaned
from .normalise import legacy_read, moves_when_same, to_v0
from .refresh import problem
from .store import GENERAL, SERVER_MANAGER, Dashboard, Folder

FIELDS = ("id", "uid", "version")
FOLDER_NOTE, MESSAGE_NOTE = "grafana.app/folder", "grafana.app/message"
SHAPE: dict[str, type | tuple[type, ...]] = {
    "dashboard": object,
    "folderUid": str,
    "folderId": int,
    "message": str,
    "overwrite": bool,
    "isFolder": bool,
}
_UID = re.compile(r"[a-zA-Z0-9_-]*")
NO_TIME = "0001-01-01T00:00:00Z"


def status(code: int, text: str, word: str) -> Reply:
    """Return a refusal of a write, in the form that the UI reads."""
    return Reply(code, {"message": text, "status": word})


@route("GET", "/api/dashboards/uid/{uid}")
def read(request: Request) -> Reply:
    found = request.server.store.dashboard(request.caller.org_id, request.params["uid"])
    folder = _folder_row(request) if found is None else None
    if folder is not None:
        found = _row_of(folder)
    if found is not None or not request.server.profile.unified:
        require_anywhere(request, READ)
    require_on(request, READ, found)
    assert found is not None
    if not seen(request, found):
        return message("Dashboard not found", 404)
    if folder is not None:
        return ok(_shown_folder(request, folder, found))
    if found.api.startswith("v2") and request.server.profile < (12, 1):
        path = f"/apis/dashboard.grafana.app/{found.api}/namespaces/{namespace_of(found.org_id)}/dashboards/{found.uid}"
        return message(f"dashboard api version not supported, use {path} instead", 406)
    document = legacy_read(request.server.profile, to_v0(found.spec, found.api))
    document = with_library_panels(request, found, document)
    document.update(id=found.id, uid=found.uid, version=found.version)
    return ok({"meta": _meta(request, found), "dashboard": document})


def _folder_row(request: Request) -> Folder | None:
    """Return the folder of the uid asked for where folders and dashboards are rows of one table, up to 11.x."""
    if request.server.profile.unified:
        return None
    return request.server.store.folder(request.caller.org_id, request.params["uid"])


def _row_of(folder: Folder) -> Dashboard:
    """Return a folder as a row of the dashboards' table; what is allowed in it is allowed to it."""
    row = Dashboard(folder.id, folder.org_id, folder.uid, {"title": folder.title}, folder.uid, folder.created, folder.created_by)
    row.updated, row.updated_by, row.version = folder.updated, folder.updated_by, folder.version
    return row


def _shown_folder(request: Request, folder: Folder, row: Dashboard) -> dict[str, Any]:
    """Return a folder as if it were a dashboard."""
    row.folder_uid = folder.parent
    document = {"id": folder.id, "schemaVersion": 17, "title": folder.title, "uid": folder.uid, "version": folder.version}
    return {"meta": {**_meta(request, row), "isFolder": True, "url": url_of(request, folder)}, "dashboard": document}


def _meta(request: Request, found: Dashboard) -> dict[str, Any]:
    profile, caller, store = request.server.profile, request.caller, request.server.store
    access = request.server.access
    editor, owner = access.dashboard(caller, WRITE, found), access.dashboard(caller, "dashboards.permissions:write", found)
    title = slug(profile, found.title)
    meta: dict[str, Any] = {"type": "db", "canSave": editor, "canEdit": editor, "canAdmin": owner, "canStar": True}
    meta.update(canDelete=access.dashboard(caller, DELETE, found), slug=title, url=f"/d/{found.uid}/{title}", expires=NO_TIME)
    meta.update(created=stamp(found.created), updated=stamp(found.updated))
    # At 12.4 who changed it and who made it are looked up together, and neither is found where nobody has changed it.
    nobody = profile >= (12, 1) and not found.changed
    names = ["Anonymous" if nobody else shown_name(request, login) for login in (found.updated_by, found.created_by)]
    meta.update(updatedBy=names[0], createdBy=names[1])
    meta.update(version=found.version, hasAcl=False, isFolder=False)
    if profile.unified:
        meta["apiVersion"] = "v0alpha1"
    folder = None if found.folder_half_set else store.folder(found.org_id, found.folder_uid)
    meta.update(folderId=folder.id if folder else 0, folderUid=folder.uid if folder else "")
    meta.update(folderTitle=folder.title if folder else "General", folderUrl=url_of(request, folder) if folder else "")
    if folder is not None and profile.authorizer and not access.folder(caller, "folders:read", folder):
        # The folder of a dashboard that one may read, and which one may not read itself, has no title.
        meta.update(folderId=0, folderTitle="", folderUrl=f"/dashboards/f/{folder.uid}/{slug(profile, '')}")
    external = found.provisioned.name if found.provisioned else ""
    meta.update(provisioned=found.provisioned is not None, provisionedExternalId=external)
    meta["annotationsPermissions"] = _annotations(request, editor)
    if (9, 0) <= profile.numbers < (10, 0):
        meta.update(hasPublicDashboard=False, publicDashboardAccessToken="", publicDashboardUid="")
        meta["publicDashboardEnabled"] = False
    return meta


def _annotations(request: Request, editor: bool) -> dict[str, dict[str, bool]]:
    profile = request.server.profile
    # Those of the organization go by the basic role, and up to 10.x those of the dashboard, too: each role but None has them.
    here = profile >= (9, 0) and (editor if profile >= (11, 0) else request.caller.role in BASIC_ROLES)
    there = profile >= (9, 0) and request.caller.role in ("Editor", "Admin")
    names = ("canAdd", "canEdit", "canDelete")
    if profile.objects_only:
        return {"dashboard": dict.fromkeys(names, here)}
    return {"dashboard": dict.fromkeys(names, here), "organization": dict.fromkeys(names, there)}


@route("POST", "/api/dashboards/db", there=lambda profile: not profile.objects_only)
def write(request: Request) -> Reply:
    server, caller, profile = request.server, request.caller, request.server.profile
    require_write_anywhere(request)
    fields = request.fields(SHAPE)
    if "dashboard" not in fields:
        raise Refusal(bad_request(profile))
    if fields.get("isFolder") and profile >= (10, 0):
        return message("Use folders endpoint for saving folders.", 400)
    document = fields["dashboard"] if isinstance(fields["dashboard"], dict) else {}
    text, overwrite = fields.get("message", ""), bool(fields.get("overwrite"))
    folder_uid = GENERAL
    if profile < (10, 0):  # it looks for the folder first
        folder_uid = _folder(request, fields)
    # A write that names no database id counts as a new one.
    if not number_in(document, "id"):
        check_quota(request)
    spec = {key: value for key, value in document.items() if key not in FIELDS}
    spec["title"], uid = text_in(document, "title").strip(), text_in(document, "uid").strip()
    spec = _stored(profile, spec)
    _check(profile, spec, uid, text)
    _refresh(request, spec)
    if profile >= (10, 0):
        folder_uid = _folder(request, fields)
    check_alerts(request, spec)
    old = _existing(request, document, uid, overwrite)
    guarded = old is not None and old.provisioned is not None
    renamed = old if old is not None and uid and uid != old.uid else None
    if renamed and profile.unified:  # a uid is the name of an object: another one is another object
        old = renamed = None
    old = _namesake(request, old, spec["title"], folder_uid, overwrite)
    # A provisioned one that is hit by its title alone, up to 11.2, is not protected.
    if guarded:
        raise Refusal(message("Cannot save provisioned dashboard", 400))
    require_write(request, old, folder_uid)
    if folder_uid == "general":
        raise Refusal(_in_general(request, old))
    require_stored_write(request, old, folder_uid)
    if renamed is not None and renamed is old:
        server.store.rename(renamed, uid)
    if old is None:
        uid = uid or (str(uuid.uuid4()) if profile >= (12, 1) else "")
        old = server.store.add(caller.org_id, uid or None, spec, folder_uid, caller.login, message=text)
        old.managers[SERVER_MANAGER] = server_fields(profile, spec)
        own_notes(old, SERVER_MANAGER, None, old.client_notes())
        server.access.made(caller, DASHBOARDS, old.uid, folder_uid, caller.org_id)
        answer = written(request, old, old.version)
    else:
        answer = rewritten(request, old, spec, folder_uid, text)
    connect(request, old)
    return answer


def rewritten(request: Request, old: Dashboard, spec: dict[str, Any], folder_uid: str, text: str, restored: int = 0) -> Reply:
    """Write a dashboard anew, and answer as that is answered; *restored* is the version that is written again."""
    profile, store, before, marks = request.server.profile, request.server.store, old.version, old.marks()
    notes = old.client_notes()
    changed = store.replace(old, spec, folder_uid, request.caller.login)
    old.message, old.folder_half_set, old.api = text, False, "v0alpha1"
    old.managers[SERVER_MANAGER] = server_fields(profile, spec)
    own_notes(old, SERVER_MANAGER, notes, old.client_notes())
    store.written(old, before, changed, marks, request.caller.login)
    if restored:
        old.history[-1].restored = restored
    # At 12.0 a write of the same moves the stored version and answers the one before.
    moved = changed or not profile.unified or moves_when_same(profile, spec)
    return written(request, old, old.version if moved else before)


def server_fields(profile: Profile, spec: dict[str, Any]) -> set[str]:
    """Return the fields of a spec that a legacy write sets."""
    return set(spec) if profile.objects_only else {*spec, "uid", "version"}


def written(request: Request, made: Dashboard, version: int) -> Reply:
    title = slug(request.server.profile, made.title)
    body: dict[str, Any] = {}
    if request.server.profile >= (10, 0):
        body["folderUid"] = made.folder_uid
    body.update(id=made.id, slug=title, status="success", uid=made.uid, url=f"/d/{made.uid}/{title}", version=version)
    return ok(body)


def _check(profile: Profile, spec: dict[str, Any], uid: str, text: str) -> None:
    """Raise for what cannot be stored: title, uid, and from 10 on what is too long."""
    title, tags = spec["title"], spec.get("tags")
    if not title:
        raise Refusal(status(400, "Dashboard title cannot be empty", "empty-name"))
    if len(title.encode()) > 5000 and profile >= (11, 0):
        raise Refusal(status(400, "Dashboard title cannot contain more than 5 000 characters", "title-too-long"))
    if len(text.encode()) > 500 and profile >= (12, 1):
        raise Refusal(message("message too long, max 500 characters", 400))
    if not _UID.fullmatch(uid):
        raise Refusal(message("uid contains illegal characters", 400))
    if len(uid) > 40:
        raise Refusal(message("uid too long, max 40 characters", 400))
    if profile >= (12, 1) and isinstance(tags, list) and any(isinstance(tag, str) and len(tag) > 50 for tag in tags):
        raise Refusal(message("dashboard tag too long, max 50 characters", 400))


def _refresh(request: Request, spec: dict[str, Any]) -> None:
    """Set a refresh interval that cannot be stored to the minimum; from 13 on raise for it."""
    settings = request.server.settings
    wrong = problem(settings, spec.get("refresh"))
    if wrong and request.server.profile >= (13, 0):
        raise Refusal(message(wrong, 400))
    if wrong:
        spec["refresh"] = settings.text("dashboards.min_refresh_interval")


def _stored(profile: Profile, spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* as it is stored: up to 9.2 without what the library says of library panels."""
    if profile >= (9, 3):
        return spec
    try:
        return cleaned(spec)
    except NoUid:
        raise Refusal(fail(profile, 500, "Error while cleaning library panels")) from None


def _folder(request: Request, fields: dict[str, Any]) -> str:
    """Return the uid of the folder to write into: named by uid, or by database id."""
    profile, store, org_id = request.server.profile, request.server.store, request.caller.org_id
    uid, number = fields.get("folderUid", ""), fields.get("folderId", 0)
    if uid == "general" and profile.unified:
        return uid  # no folder, and found to be none only when the dashboard is stored
    if not uid and number <= 0:
        return GENERAL
    folder = store.folder(org_id, uid) if uid else store.folder_of_id(org_id, number)
    if folder is None and not uid and profile < (10, 0):
        raise Refusal(fail(profile, 404, "Folder not found"))
    if folder is None and profile < (10, 0):
        raise Refusal(fail(profile, 400, "Folder not found"))
    if folder is None:
        raise Refusal(message("folder not found", 400))
    return folder.uid


def _in_general(request: Request, old: Dashboard | None) -> Reply:
    """Return the refusal of unified storage, to which ``general`` is a folder that does not exist."""
    if old is not None and request.server.profile.authorizer:
        return message("access denied to folder", 500)
    return message('folders.folder.grafana.app "general" not found', 404)


def check_quota(request: Request) -> None:
    """Raise where the org may have no more dashboards."""
    server, org_id = request.server, request.caller.org_id
    if on(server) and 0 <= limit(server, "quota.org_dashboard", org_id) <= server.store.count(org_id):
        raise Refusal(message("Quota reached", 403))


def _existing(request: Request, document: dict[str, Any], uid: str, overwrite: bool) -> Dashboard | None:
    """Return the dashboard that is written anew, by id or uid. Raises for one that must not be."""
    server, profile, org_id = request.server, request.server.profile, request.caller.org_id
    number = number_in(document, "id")
    found = server.store.dashboard(org_id, uid) if uid else None
    if number > 0:
        by_id = server.store.dashboard_of_id(org_id, number)
        if by_id is None:
            raise Refusal(status(404, "Dashboard not found", "not-found"))
        if found is not None and found is not by_id:
            raise Refusal(message("A dashboard with the same uid already exists", 400))
        found = by_id
    if found is None and uid and server.store.folder(org_id, uid) is not None and profile < (12, 1):
        if profile.unified:
            raise Refusal(message("A dashboard with the same uid already exists", 500))
        raise Refusal(message("Dashboard cannot be changed to a folder", 400))
    require_visible(request, found)
    if found is not None and not overwrite and number_in(document, "version") != found.version:
        raise Refusal(status(412, "The dashboard has been changed by someone else", "version-mismatch"))
    return found


def _namesake(request: Request, old: Dashboard | None, title: str, folder_uid: str, overwrite: bool) -> Dashboard | None:
    """Return what is overwritten: up to 11.2 a title is unique in its folder, and ``overwrite`` takes the namesake.

    Titles are the same where their slugs are, and folders are namesakes wherever the dashboard is.
    """
    profile = request.server.profile
    if profile >= TITLES_REPEAT:
        return old
    other = request.server.store.namesake(request.caller.org_id, slug(profile, title), folder_uid)
    if other is None or other is old:
        return old
    if not isinstance(other, Dashboard):
        raise Refusal(status(400, "Dashboard name cannot be the same as folder", "name-match"))
    if not overwrite:
        text = "A dashboard with the same name in the folder already exists"
        raise Refusal(status(412, text, "name-exists"))
    return other


@route("DELETE", "/api/dashboards/uid/{uid}")
def delete(request: Request) -> Reply:
    server = request.server
    found = server.store.dashboard(request.caller.org_id, request.params["uid"])
    folder = _folder_row(request) if found is None else None
    if found is not None or not server.profile.unified:
        require_anywhere(request, DELETE)
    require_on(request, DELETE, found if folder is None else _row_of(folder))
    if folder is not None:
        if server.profile >= (10, 0):
            return message("Use folders endpoint for deleting folders.", 400)
        server.store.remove_folder(folder)
        return ok({"id": folder.id, "message": f"Dashboard {folder.title} deleted", "title": folder.title})
    assert found is not None
    if found.provisioned is not None:
        return fail(server.profile, 400, "provisioned dashboard cannot be deleted")
    require_stored(request, DELETE, found.uid, found.folder_uid)
    server.store.remove(found)
    body: dict[str, Any] = {"message": f"Dashboard {found.title} deleted", "title": found.title}
    if server.profile < (11, 0):
        return ok({"id": found.id, **body})
    return ok({**body, "uid": found.uid})
