# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Library elements: panels that several dashboards share."""

from __future__ import annotations

import re
from typing import Any

from .dashboard_store import GENERAL, Dashboard
from .library_store import PANEL, VARIABLE, LibraryElement, NoUid, loaded, named
from .members import avatar
from .profile import Profile
from .replies import Refusal, Reply, denied, fail, ok
from .server import Request, route
from .state import stamp
from .state import uid as new_uid

SHAPE: dict[str, type | tuple[type, ...]] = {
    "folderId": int,
    "folderUid": str,
    "name": str,
    "model": object,
    "kind": int,
    "uid": str,
}
TAKEN = "library element with that name or UID already exists"
MISSING = "library element could not be found"
_UID = re.compile(r"[a-zA-Z0-9_-]*")
#: Elements a page, unless a request says more.
PER_PAGE = 100


def _require(request: Request, permission: str, held: str) -> None:
    """Raise unless the caller may; *held* is the permission on dashboards that goes with it for every role."""
    if request.caller.may(held):
        return
    profile = request.server.profile
    # Permissions of their own came with 12: before, those on the folder count.
    raise Refusal(denied(profile, permission) if profile >= (12, 1) else fail(profile, 403, "access denied to folder"))


def _found(request: Request) -> LibraryElement:
    found = request.server.store.library.of(request.caller.org_id).get(request.params["uid"])
    if found is None:
        raise Refusal(fail(request.server.profile, 404, MISSING))
    return found


@route("GET", "/api/library-elements")
def listed(request: Request) -> Reply:
    _require(request, "library.panels:read", "dashboards:read")
    found = sorted(request.server.store.library.of(request.caller.org_id).values(), key=lambda one: one.name)
    if request.one("sortDirection") == "alpha-desc":
        found.reverse()
    kind, text, excluded = request.number("kind", 0), request.one("searchString").lower(), request.one("excludeUid")
    found = [one for one in found if (not kind or one.kind == kind) and one.uid != excluded]
    found = [one for one in found if text in one.name.lower() or text in one.description.lower()]
    size, page = request.number("perPage", PER_PAGE), request.number("page", 1)
    # Up to 12.0 what is in no folder does not count.
    count = len(found) if request.server.profile >= (12, 1) else sum(1 for one in found if one.folder_uid)
    shown_ = [shown(request, one) for one in found[(page - 1) * size : page * size]]
    return ok({"result": {"totalCount": count, "elements": shown_, "page": page, "perPage": size}})


@route("GET", "/api/library-elements/name/{name}")
def by_name(request: Request) -> Reply:
    _require(request, "library.panels:read", "dashboards:read")
    known = request.server.store.library.of(request.caller.org_id).values()
    found = [shown(request, one) for one in known if one.name == request.params["name"]]
    return ok({"result": found}) if found else fail(request.server.profile, 404, MISSING)


@route("GET", "/api/library-elements/{uid}")
def one(request: Request) -> Reply:
    found = _found(request)
    _require(request, "library.panels:read", "dashboards:read")
    return ok({"result": shown(request, found)})


@route("POST", "/api/library-elements")
def create(request: Request) -> Reply:
    profile, store, org_id = request.server.profile, request.server.store, request.caller.org_id
    if profile >= (12, 1):
        _require(request, "library.panels:create", "dashboards:write")
    fields = request.fields(SHAPE)
    folder_uid = _folder(request, fields)
    kind, model, uid = fields.get("kind", 0), fields.get("model"), fields.get("uid", "")
    if kind != PANEL and (kind != VARIABLE or profile >= (12, 1)):
        return fail(profile, 500, "Failed to create library element")
    if not _UID.fullmatch(uid):
        return fail(profile, 400, "uid contains illegal characters")
    if len(uid) > 40:
        return fail(profile, 400, "uid too long, max 40 characters")
    if not isinstance(model, dict):
        return fail(profile, 500, "Failed to create library element")
    _require(request, "library.panels:create", "dashboards:write")
    known, name, uid = store.library.of(org_id), fields.get("name", ""), uid or new_uid()
    if uid in known or _taken(profile, known, name, kind, folder_uid):
        return fail(profile, 400, TAKEN)
    synced = {"type": "", "description": "", **model}
    number = request.server.state.next("library_element")
    made = LibraryElement(number, org_id, uid, name, kind, synced, folder_uid, request.server.clock.now(), request.caller.login)
    known[uid] = made
    return ok({"result": shown(request, made)})


def _taken(profile: Profile, known: dict[str, LibraryElement], name: str, kind: int, folder_uid: str) -> bool:
    """Tell whether a folder has an element of this name, where it can have one only, up to 12.0."""
    same = ((one.name, one.kind, one.folder_uid) == (name, kind, folder_uid) for one in known.values())
    return profile < (12, 1) and any(same)


def _folder(request: Request, fields: dict[str, Any]) -> str:
    """Return the uid of the folder to make an element in: named by its uid from 9.0 on, or by its database id."""
    profile, store, org_id = request.server.profile, request.server.store, request.caller.org_id
    if "folderUid" in fields and profile >= (9, 0):
        uid = fields["folderUid"]
        if uid and store.folder(org_id, uid) is None:
            raise Refusal(fail(profile, 400, "failed to get folder"))
        return str(uid)
    number = fields.get("folderId", 0)
    if not number:
        return GENERAL
    folder = store.folder_of_id(org_id, number)
    if folder is None:
        raise Refusal(fail(profile, 404, "folder not found"))
    return folder.uid


@route("DELETE", "/api/library-elements/{uid}")
def delete(request: Request) -> Reply:
    profile, found = request.server.profile, _found(request)
    _require(request, "library.panels:delete", "dashboards:write")
    if connections(request, found.uid):
        return fail(profile, 403, "the library element has connections")
    del request.server.store.library.of(found.org_id)[found.uid]
    return ok({"id": found.id, "message": "Library element deleted"})


def connections(request: Request, uid: str) -> int:
    """Return how many dashboards an element is connected to: those that the legacy route has written up to 12.0."""
    return sum(uid in one.connected for one in request.server.store.dashboards(request.caller.org_id))


def shown(request: Request, element: LibraryElement) -> dict[str, Any]:
    """Return an element as the API shows it."""
    profile = request.server.profile
    folder = request.server.store.folder(element.org_id, element.folder_uid)
    body: dict[str, Any] = {"id": element.id, "orgId": element.org_id, "folderId": folder.id if folder else 0}
    if profile >= (9, 0):
        body["folderUid"] = _meta(request, element)["folderUid"]
    body.update(uid=element.uid, name=element.name, kind=element.kind, type=element.type, description=element.description)
    body.update(model=element.model, version=element.version, meta=_meta(request, element))
    return body


def _meta(request: Request, element: LibraryElement) -> dict[str, Any]:
    store, state = request.server.store, request.server.state
    folder = store.folder(element.org_id, element.folder_uid)
    general = "general" if request.server.profile >= (11, 0) else ""
    by = next((user.id for user in state.users.values() if user.login == element.created_by), 0)
    writer = {"id": by, "name": element.created_by, "avatarUrl": avatar(by)}
    meta = {"folderName": folder.title if folder else "General", "folderUid": folder.uid if folder else general}
    meta.update(connectedDashboards=connections(request, element.uid), created=stamp(element.created))
    return {**meta, "updated": stamp(element.created), "createdBy": writer, "updatedBy": writer}


def connect(request: Request, dashboard: Dashboard) -> None:
    """Connect a dashboard with its library panels, as versions up to 12.0 do when it is stored already.

    Where one of them does not exist, all stays as it was connected before, and the request fails.
    """
    profile = request.server.profile
    if profile >= (12, 1):
        return
    try:
        wanted = named(dashboard.spec)
    except NoUid:
        wanted = {""}
    if wanted - set(request.server.store.library.of(dashboard.org_id)):
        raise Refusal(fail(profile, 500, "Error while connecting library panels"))
    dashboard.connected = frozenset(wanted)


def read(request: Request, dashboard: Dashboard, spec: dict[str, Any]) -> dict[str, Any]:
    """Return *spec* with its library panels as the library has them, up to 9.2."""
    if request.server.profile >= (9, 3):
        return spec
    known = request.server.store.library.of(dashboard.org_id)
    found = {uid: known[uid] for uid in dashboard.connected if uid in known}
    return loaded(spec, {uid: (element, _meta(request, element)) for uid, element in found.items()})
