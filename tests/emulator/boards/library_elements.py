# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Library elements: panels that several dashboards share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..core.pictures import picture
from ..core.replies import Refusal, Reply, bad_request, fail, ok
from ..core.server import Request, route
from ..core.state import stamp
from ..core.state import uid as new_uid
from .library_rights import CREATE, DELETE, READ, WRITE, allowed, missing, require_anywhere, require_on, require_place
from .library_store import PANEL, VARIABLE, LibraryElement, NoUid, loaded, named
from .store import GENERAL, Dashboard

SHAPE: dict[str, type | tuple[type, ...]] = {
    "folderId": int,
    "folderUid": str,
    "name": str,
    "model": object,
    "kind": int,
    "uid": str,
    "version": int,
}
TAKEN = "library element with that name or UID already exists"
CHANGED = "the library element has been changed by someone else"
_UID = re.compile(r"[a-zA-Z0-9_-]*")
#: Elements a page, unless a request says more.
PER_PAGE = 100


def _known(request: Request) -> dict[str, LibraryElement]:
    return request.server.store.library.of(request.caller.org_id)


def _in_path(request: Request, action: str) -> LibraryElement:
    return require_on(request, action, _known(request).get(request.params["uid"]))


def _visible(request: Request) -> list[LibraryElement]:
    """Return the elements that the caller sees in lists, by name."""
    may: dict[str, bool] = {}
    for one in _known(request).values():
        if one.folder_uid not in may:
            may[one.folder_uid] = allowed(request, READ, one.folder_uid)
    return sorted((one for one in _known(request).values() if may[one.folder_uid]), key=lambda one: one.name)


# Reads


@route("GET", "/api/library-elements")
def listed(request: Request) -> Reply:
    require_anywhere(request, READ)
    found = _visible(request)
    if request.one("sortDirection") == "alpha-desc":
        found.reverse()
    kind, text, excluded = request.number("kind", 0), request.one("searchString").lower(), request.one("excludeUid")
    found = [one for one in found if (not kind or one.kind == kind) and one.uid != excluded]
    found = [one for one in found if text in one.name.lower() or text in one.description.lower()]
    found = _in_folders(request, found)
    size, page = request.number("perPage", PER_PAGE), request.number("page", 1)
    # Up to 12.0 what is in no folder does not count.
    count = len(found) if request.server.profile.authorizer else sum(1 for one in found if one.folder_uid)
    elements = [shown(request, one, _meta_of_list(request, one)) for one in found[(page - 1) * size : page * size]]
    return ok({"result": {"totalCount": count, "elements": elements, "page": page, "perPage": size}})


def _in_folders(request: Request, found: Iterable[LibraryElement]) -> list[LibraryElement]:
    """Return the elements in the folders that a request names, by uid or by database id."""
    store, org_id = request.server.store, request.caller.org_id
    uids, ids = request.one("folderFilterUIDs"), request.one("folderFilter")
    if uids:
        return [one for one in found if _stored_folder(request, one) in uids.split(",")]
    if ids:
        numbers = {folder.uid: str(folder.id) for folder in store.folders(org_id)}
        return [one for one in found if numbers.get(one.folder_uid, "0") in ids.split(",")]
    return list(found)


@route("GET", "/api/library-elements/name/{name}")
def by_name(request: Request) -> Reply:
    require_anywhere(request, READ)
    found = [shown(request, one) for one in _visible(request) if one.name == request.params["name"]]
    return ok({"result": found}) if found else missing(request)


@route("GET", "/api/library-elements/{uid}")
def one(request: Request) -> Reply:
    return ok({"result": shown(request, _in_path(request, READ))})


@route("GET", "/api/library-elements/{uid}/connections")
def connected(request: Request) -> Reply:
    """List the dashboards that an element is connected to; from 12.1 on they are those that name it."""
    found = _in_path(request, READ)
    connections_ = []
    for number, dashboard in enumerate(request.server.store.dashboards(found.org_id), 1):
        if found.uid not in (_named(dashboard) if request.server.profile.authorizer else dashboard.connected):
            continue
        entry = {"id": number, "kind": 1, "elementId": found.id, "connectionId": dashboard.id}
        entry.update(connectionUid=dashboard.uid, created=stamp(dashboard.created))
        connections_.append({**entry, "createdBy": _writer(request, dashboard.created_by)})
    return ok({"result": connections_})


def _named(dashboard: Dashboard) -> set[str]:
    try:
        return named(dashboard.spec)
    except NoUid:
        return set()


# Writes


@route("POST", "/api/library-elements")
def create(request: Request) -> Reply:
    profile, caller = request.server.profile, request.caller
    require_anywhere(request, CREATE)
    fields = request.fields(SHAPE)
    if not fields.get("kind"):
        return bad_request(profile)
    folder_uid = _folder(request, fields)
    refusal = _unfit(request, fields)
    if refusal is not None:
        return refusal
    require_place(request, folder_uid, fields.get("folderUid", ""))
    known, name, kind, uid = _known(request), fields.get("name", ""), fields["kind"], fields.get("uid") or new_uid()
    if uid in known or _taken(request, name, kind, folder_uid):
        return fail(profile, 400, TAKEN)
    synced = {"type": "", "description": "", **fields["model"], **({"name": name} if kind == VARIABLE else {})}
    number, now = request.server.state.next("library_element"), request.server.clock.now()
    made = LibraryElement(number, caller.org_id, uid, name, kind, synced, folder_uid, now, caller.login)
    made.by_uid = bool(fields.get("folderUid"))
    known[uid] = made
    return ok({"result": shown(request, made, _meta_of_write(request, made))})


def _unfit(request: Request, fields: dict[str, Any]) -> Reply | None:
    """Return the refusal of what cannot be an element."""
    profile, kind, uid = request.server.profile, fields["kind"], fields.get("uid", "")
    if kind != PANEL and (kind != VARIABLE or profile.authorizer):
        return fail(profile, 500, "Failed to create library element")
    if not _UID.fullmatch(uid):
        return fail(profile, 400, "uid contains illegal characters")
    if len(uid) > 40:
        return fail(profile, 400, "uid too long, max 40 characters")
    if not isinstance(fields.get("model"), dict):
        return fail(profile, 500, "Failed to create library element")
    return None


def _taken(request: Request, name: str, kind: int, folder_uid: str, own: str = "") -> bool:
    """Tell whether a folder has another element of this name, where it can have one only, up to 12.0."""
    others = (one for one in _known(request).values() if one.uid != own)
    same = any((one.name, one.kind, one.folder_uid) == (name, kind, folder_uid) for one in others)
    return same and not request.server.profile.authorizer


def _folder(request: Request, fields: dict[str, Any]) -> str:
    """Return the uid of the folder to make an element in: named by its uid from 9.0 on, or by its database id."""
    profile, store, org_id = request.server.profile, request.server.store, request.caller.org_id
    if "folderUid" in fields and profile >= (9, 0):
        uid = fields["folderUid"]
        if uid == "general" and profile.authorizer:
            return GENERAL
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


@route("PATCH", "/api/library-elements/{uid}")
def change(request: Request) -> Reply:
    profile, found, fields = request.server.profile, _in_path(request, WRITE), request.fields(SHAPE)
    if not fields.get("kind") or not fields.get("version"):
        return bad_request(profile)
    if fields["version"] != found.version:
        return fail(profile, 412, CHANGED)
    # From 12.1 on an element leaves its folder where none is named.
    stays = "folderUid" not in fields and not fields.get("folderId") and not profile.authorizer
    folder_uid, name = found.folder_uid if stays else _folder(request, fields), fields.get("name") or found.name
    if _taken(request, name, found.kind, folder_uid, own=found.uid):
        return fail(profile, 400, TAKEN)
    model = fields.get("model")
    if isinstance(model, dict):
        found.model = {"type": found.type, "description": found.description, **model}
    found.name, found.folder_uid, found.by_uid = name, folder_uid, bool(fields.get("folderUid")) or (stays and found.by_uid)
    found.version += 1
    found.updated, found.updated_by = request.server.clock.now(), request.caller.login
    return ok({"result": shown(request, found, _meta_of_write(request, found))})


@route("DELETE", "/api/library-elements/{uid}")
def delete(request: Request) -> Reply:
    profile, found = request.server.profile, _in_path(request, DELETE)
    if connections(request, found.uid):
        return fail(profile, 403, "the library element has connections")
    del _known(request)[found.uid]
    return ok({"id": found.id, "message": "Library element deleted"})


# How elements look


def connections(request: Request, uid: str) -> int:
    """Return how many dashboards an element is connected to: up to 12.0 those that the legacy route has written, none at 12.4."""
    if request.server.profile.objects_only:
        return sum(uid in named(one.spec) for one in request.server.store.dashboards(request.caller.org_id))
    return sum(uid in one.connected for one in request.server.store.dashboards(request.caller.org_id))


def shown(request: Request, element: LibraryElement, meta: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an element as the API shows it; lists, and answers to writes, have a *meta* of their own."""
    # 10.x calls no folder "general" in answers to reads of one element only.
    general = "general" if meta is None and (10, 0) <= request.server.profile.numbers < (11, 0) else ""
    meta = meta or _meta(request, element)
    folder = request.server.store.folder(element.org_id, element.folder_uid)
    body: dict[str, Any] = {"id": element.id, "orgId": element.org_id, "folderId": folder.id if folder else 0}
    if request.server.profile >= (9, 0):
        body["folderUid"] = meta["folderUid"] or general
    body.update(uid=element.uid, name=element.name, kind=element.kind, type=element.type, description=element.description)
    return {**body, "model": element.model, "version": element.version, "meta": meta}


def _stored_folder(request: Request, element: LibraryElement) -> str:
    """Return the folder's uid as it is stored: from 12.1 on one that a request named by database id has none."""
    return element.folder_uid if element.by_uid or not request.server.profile.authorizer else ""


def _writer(request: Request, login: str) -> dict[str, Any]:
    number, email = next(((user.id, user.email) for user in request.server.state.users.values() if user.login == login), (0, ""))
    return {"id": number, "name": login, "avatarUrl": picture(request.server.profile, email)}


def _meta(request: Request, element: LibraryElement) -> dict[str, Any]:
    folder = request.server.store.folder(element.org_id, element.folder_uid)
    general = "general" if request.server.profile >= (11, 0) else ""
    meta = {"folderName": folder.title if folder else "General", "folderUid": folder.uid if folder else general}
    meta.update(connectedDashboards=connections(request, element.uid), created=stamp(element.created))
    meta.update(updated=stamp(element.updated or element.created), createdBy=_writer(request, element.created_by))
    return {**meta, "updatedBy": _writer(request, element.updated_by or element.created_by)}


def _meta_of_list(request: Request, element: LibraryElement) -> dict[str, Any]:
    meta = _meta(request, element)
    if not request.server.profile.authorizer:
        return meta
    return {**meta, "folderName": "General", "folderUid": _stored_folder(request, element)}


def _meta_of_write(request: Request, element: LibraryElement) -> dict[str, Any]:
    meta = _meta(request, element)
    if element.folder_uid or request.server.profile < (9, 0):
        return meta
    return {**meta, "folderName": "", "folderUid": ""}


# Library panels of dashboards


def connect(request: Request, dashboard: Dashboard) -> None:
    """Connect a dashboard with its library panels, as versions up to 12.0 do when it is stored already.

    Where one of them does not exist, all stays as it was connected before, and the request fails.
    """
    profile = request.server.profile
    if profile.authorizer:
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
