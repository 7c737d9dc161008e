# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders, by the legacy route."""

from __future__ import annotations

import re
from typing import Any

from ..access.rules import FOLDERS
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, denied, fail, message, ok, typed
from ..core.server import Request, route
from ..core.slugs import slug
from ..core.state import stamp
from ..kubernetes.objects import GRANT_NOTE, own_notes
from .store import SERVER_MANAGER, Folder

NOBODY, NO_TIME = "Anonymous", "0001-01-01T00:00:00Z"
READ, WRITE, DELETE, CREATE = "folders:read", "folders:write", "folders:delete", "folders:create"
FOLDER_NOTE = "grafana.app/folder"
NESTED = (11, 0)
TITLES_REPEAT = (11, 3)
#: What every folder has, as General shows it.
GENERAL_FOLDER = {
    "id": 0,
    "uid": "general",
    "orgId": 0,
    "title": "Dashboards",
    "url": "",
    "hasAcl": False,
    **dict.fromkeys(("canSave", "canEdit", "canAdmin", "canDelete"), False),
    "createdBy": NOBODY,
    "created": NO_TIME,
    "updatedBy": NOBODY,
    "updated": NO_TIME,
}
#: What a list begins with for whoever may not read all folders, from 12.1 on.
SHARED = {"id": -1, "uid": "sharedwithme", "title": "Shared with me"}
#: So many folders may be above one.
DEEPEST = 4


def url_of(request: Request, folder: Folder) -> str:
    return f"/dashboards/f/{folder.uid}/{slug(request.server.profile, folder.title)}"


def shown_name(request: Request, login: str) -> str:
    """Return how the one who wrote is named: users by login; service accounts by login (8.5), not at all, by name (10)."""
    state, profile = request.server.state, request.server.profile
    account = state.accounts.get(state.logins.get(login, 0))
    if account is None or profile < (9, 0):
        return login or NOBODY
    return account.name if profile >= (10, 0) else NOBODY


def _maker(request: Request, login: str) -> str:
    """Return how the one who made or changed a folder is named: from 12.1 on no service account is."""
    if request.server.profile.authorizer and login in request.server.state.logins:
        return NOBODY
    return shown_name(request, login)


def shown(request: Request, folder: Folder, alone: bool = True) -> dict[str, Any]:
    """Return a folder as the API shows it; permissions that the request itself made are not among the caller's."""
    profile, caller, access = request.server.profile, request.caller, request.server.access
    may, admin, gone = (access.folder(caller, action, folder) for action in (WRITE, "folders.permissions:write", DELETE))
    entry: dict[str, Any] = {"id": folder.id, "uid": folder.uid}
    if profile >= (10, 0):
        entry["orgId"] = folder.org_id if profile >= NESTED else 0
    entry.update(title=folder.title, url=url_of(request, folder), hasAcl=False)
    entry.update(canSave=may, canEdit=may, canAdmin=admin, canDelete=gone)
    entry.update(createdBy=_maker(request, folder.created_by), created=stamp(folder.created))
    nobody = profile.authorizer and folder.version == 1
    entry.update(updatedBy=NOBODY if nobody else _maker(request, folder.updated_by), updated=stamp(folder.updated))
    if profile >= (12, 1) or (alone and profile < (12, 0)):
        entry["version"] = folder.version
    if (9, 0) <= profile.numbers < (10, 0):
        entry["parentUid"] = ""
    if folder.parent:
        entry["parentUid"] = folder.parent
        parents = _readable(request, folder) if alone else []
        if parents:
            entry["parents"] = [_shown_parent(request, parent) for parent in parents]
    return entry


def _shown_parent(request: Request, folder: Folder) -> dict[str, Any]:
    """Return a folder as it stands above another one; of a hidden one nothing is shown."""
    if request.server.access.folder(request.caller, READ, folder):
        return shown(request, folder, alone=False)
    return {**GENERAL_FOLDER, "uid": "redacted", "title": "redacted", "createdBy": "", "updatedBy": ""}


def _shown_general(request: Request) -> dict[str, Any]:
    """Return General as the API shows it from 10 on, which has it as a folder."""
    access, caller = request.server.access, request.caller
    may, admin, gone = (access.inside(caller, action, "") for action in (WRITE, "folders.permissions:write", DELETE))
    name = {} if request.server.profile >= NESTED else {"title": "Root"}
    return {**GENERAL_FOLDER, **name, "canSave": may, "canEdit": may, "canAdmin": admin, "canDelete": gone}


def _above(request: Request, folder: Folder) -> list[Folder]:
    """Return the folders above one, from the top down."""
    found: list[Folder] = []
    store = request.server.store
    parent = store.folder(folder.org_id, folder.parent or folder.hidden_parent)
    while parent is not None and parent not in found:
        found.insert(0, parent)
        parent = store.folder(folder.org_id, parent.parent or parent.hidden_parent)
    return found


def _readable(request: Request, folder: Folder) -> list[Folder]:
    """Return the folders above one that the caller may read, from the top down; unified storage stops at a hidden one."""
    found = _above(request, folder)
    if not request.server.profile.authorizer:
        return found
    readable: list[Folder] = []
    for one in reversed(found):
        if not request.server.access.authorizer.allows(request.caller, READ, FOLDERS, one.uid, one.parent):
            break
        readable.insert(0, one)
    return readable


def missing(request: Request, status: bool = True) -> Reply:
    more = {"status": "not-found"} if status else {}
    return message("folder not found", 404, **more)


def _changed(request: Request) -> Reply:
    more = {} if request.server.profile.unified else {"status": "version-mismatch"}
    return message("the folder has been changed by someone else", 412, **more)


def _require_anywhere(request: Request, action: str) -> None:
    """Raise unless the caller may do *action* to any folder at all."""
    profile = request.server.profile
    if profile.rbac and not request.server.access.anywhere(request.caller, action):
        raise Refusal(denied(profile, action))


def require(request: Request, action: str) -> None:
    """Raise unless the caller may do *action* to the folder in the path, be there one or not; see :func:`_require_late`."""
    profile = request.server.profile
    if profile.rbac and not request.server.access.inside(request.caller, action, request.params["uid"]):
        raise Refusal(denied(profile, action))


def require_late(request: Request, action: str, uid: str) -> None:
    """Raise as 8.5 does, which asks for permissions only when all else is well."""
    if not request.server.profile.rbac and not request.server.access.inside(request.caller, action, uid):
        raise Refusal(fail(request.server.profile, 403, "Access denied"))


def _require_place(request: Request, parent: str) -> None:
    """Raise unless the caller may make a folder in *parent*, or outside of folders where that is empty."""
    if request.server.profile.nested and not request.server.access.inside(request.caller, CREATE, parent):
        if request.server.profile.objects_only:
            raise Refusal(message("Access denied", 403))
        text = "not enough permissions to create a folder in the selected location"
        raise Refusal(typed(403, text, "folders.forbiddenCreation"))


def visible(request: Request) -> list[Folder]:
    """Return the folders that the caller sees in lists; unified storage asks the remembered permissions, too."""
    server, caller = request.server, request.caller
    found = server.store.folders(caller.org_id)
    if not server.profile.authorizer:
        return [one for one in found if server.access.listed(caller, READ, FOLDERS, one.uid, one.parent)]
    shown_ = server.access.authorizer.visible(caller, READ, FOLDERS)
    return [one for one in found if shown_(one.uid, one.parent)]


def _seen(request: Request, folder: Folder) -> bool:
    """Let unified storage read a folder for the caller, which refreshes what it remembers; tell whether it may."""
    if not request.server.profile.authorizer:
        return True
    return request.server.access.authorizer.allows(request.caller, READ, FOLDERS, folder.uid, folder.parent)


def _shown_outside(request: Request, folder: Folder) -> bool:
    """Tell whether the list of the folders outside of folders has this one: unified storage is asked for the caller's."""
    if not request.server.profile.authorizer or request.caller.grants is None:
        return True
    return request.caller.grants.allows(READ, FOLDERS, folder.uid, ())


def require_stored(request: Request, action: str, uid: str, parent: str) -> None:
    """Raise unless unified storage lets the caller do *action*; an empty *uid* is a folder that is to be made in *parent*."""
    profile, access = request.server.profile, request.server.access
    if profile.authorizer and not access.authorizer.allows(request.caller, action, FOLDERS, uid, parent):
        raise Refusal(message("Access denied", 403))


@route("GET", "/api/folders")
def listed(request: Request) -> Reply:
    _require_anywhere(request, READ)
    parent = request.one("parentUid") if request.server.profile >= NESTED else ""
    if parent and request.server.profile.authorizer and not request.server.access.inside(request.caller, READ, parent):
        return message("Access denied", 403)
    above = request.server.store.folder(request.caller.org_id, parent) if parent else None
    if above is not None and not _seen(request, above):
        return message("Access denied", 403)
    # From 13 on General has a name in the storage, too, and what is in it by that name is outside of folders.
    inside = ("", "general") if not parent and request.server.profile.objects_only else (parent,)
    folders = [one for one in visible(request) if one.parent in inside and (parent or _shown_outside(request, one))]
    folders.sort(key=lambda folder: folder.title.lower())
    size, page = request.number("limit", 1000), max(1, request.number("page", 1))
    if parent and above is None and not request.server.profile.unified:
        return message("[guardian.dashboardNotFound] failed to get dashboard by UID: Dashboard not found", 404)
    if parent and above is None:
        return missing(request)
    hits = [_hit(request, one) for one in folders[(page - 1) * size : page * size]]
    if request.server.profile >= NESTED and not parent and page == 1 and request.caller.role != "Admin":
        hits.insert(0, dict(SHARED))
    return ok(hits)


def _hit(request: Request, folder: Folder) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": folder.id, "uid": folder.uid, "title": folder.title}
    outside = ("", "general") if request.server.profile.objects_only else ("",)
    if folder.parent not in outside and request.server.profile >= NESTED:
        entry["parentUid"] = folder.parent
    return entry


@route("POST", "/api/folders")
def create(request: Request) -> Reply:
    server, caller, profile = request.server, request.caller, request.server.profile
    _require_anywhere(request, CREATE)
    fields = request.fields({"uid": str, "title": str, "parentUid": str, "description": str})
    title, uid = fields.get("title", "").strip(), fields.get("uid", "").strip()
    parent = fields.get("parentUid", "") if profile.nested or profile.half_nested else ""
    _require_place(request, parent)
    _check_names(profile, title, uid)
    _check_parent(request, parent, uid)
    if "/" in uid and profile.authorizer:
        text = f'Folder.folder.grafana.app "{uid}" is invalid: metadata.name: Invalid value: "{uid}": may not contain \'/\''
        return message(text, 422)
    _check_uid(profile, uid)
    if profile < (12, 1) and server.store.dashboard(caller.org_id, uid) is not None:
        return fail(profile, 400, "Dashboard cannot be changed to a folder")
    require_stored(request, CREATE, "", parent)
    if uid and server.store.folder(caller.org_id, uid) is not None:
        return _changed(request)
    _check_title(request, title)
    require_late(request, CREATE, "")
    above = chain(request, parent) if parent else []
    if len(above) > DEEPEST:
        return too_deep(profile)
    if uid and any(one.parent == uid for one in above):  # an orphan of 12.1 or later had it as its parent already
        return broken(profile, "cyclic folder references found")
    inside, hidden = (parent, "") if profile.nested else ("", parent)
    folder = server.store.add_folder(caller.org_id, uid or None, title, inside, caller.login)
    folder.description, folder.hidden_parent = fields.get("description", ""), hidden
    if inside:
        own_notes(folder, SERVER_MANAGER, None, {FOLDER_NOTE: inside})
    elif profile.objects_only:
        own_notes(folder, SERVER_MANAGER, None, {GRANT_NOTE: "default"})
    server.access.made(caller, FOLDERS, folder.uid, inside, caller.org_id)
    _seen(request, folder)
    return ok({**shown(request, folder), **({"parentUid": hidden} if hidden else {})})


def _check_names(profile: Profile, title: str, uid: str) -> None:
    """Raise for a title or uid that no folder can have."""
    if uid == "general":
        text = "invalid uid for folder provided"
        raise Refusal(message(text, 400) if profile.objects_only else broken(profile, text))
    if not title:
        raise Refusal(message("folder title cannot be empty", 400))
    if title.lower() == "general" and (profile < (12, 1) or profile.objects_only):
        raise Refusal(fail(profile, 400, "A folder with that name already exists"))


def _check_parent(request: Request, parent: str, uid: str) -> None:
    """Raise for a folder to make one in that does not exist: 12.4 makes an orphan, and 13 one in ``general``, too.

    Half nested folders look at it last of all.
    """
    profile = request.server.profile
    known = request.server.store.folder(request.caller.org_id, parent) is not None
    if parent and parent == uid and profile >= (12, 1):
        raise Refusal(message("folder cannot be parent of itself", 400))
    if parent and not known and profile.half_nested:
        raise Refusal(typed(404, "Not found", "folder.notFound"))
    if parent and not known and profile < (12, 1):
        raise Refusal(missing(request, status=not profile.unified))
    if parent not in ("", "general") and not known and profile.objects_only:
        raise Refusal(message(f'folders.folder.grafana.app "{parent}" not found', 404))


def broken(profile: Profile, text: str) -> Reply:
    """Return the answer for what the server has no answer for."""
    return fail(profile, 500, f"Folder API error: {text}" if profile >= (12, 1) else "Folder API error")


def too_deep(profile: Profile) -> Reply:
    if profile.objects_only:
        return message(f"[folder.maximum-depth-reached] folder max depth exceeded, max depth is {DEEPEST}", 400)
    if profile >= (12, 1):
        return broken(profile, f"folder max depth exceeded, max depth is {DEEPEST}")
    return typed(400, "Maximum nested folder depth reached", "folder.maximum-depth-reached")


def _check_uid(profile: Profile, uid: str) -> None:
    if not re.fullmatch("[a-zA-Z0-9_-]*", uid):
        raise Refusal(fail(profile, 400, "uid contains illegal characters"))
    if len(uid) > 40:
        raise Refusal(fail(profile, 400, "uid too long, max 40 characters"))


def _check_title(request: Request, title: str, own: Folder | None = None) -> Folder | None:
    """Return the other folder of this title; raise where there is one and *own* is not being renamed.

    Up to 11.2 folders are rows among the dashboards, where a slug is unique in its folder.
    """
    profile = request.server.profile
    if profile >= TITLES_REPEAT:
        return None
    other = request.server.store.namesake(request.caller.org_id, slug(profile, title), "")
    if other is None or other is own:
        return None
    if not isinstance(other, Folder):
        raise Refusal(fail(profile, 400, "Folder name cannot be the same as one of its dashboards"))
    if own is None:
        older = "a folder or dashboard in the general folder with the same name already exists"
        newer = "a folder with the same name already exists in the current location"
        raise Refusal(message(newer if (10, 0) <= profile.numbers < (11, 0) else older, 409))
    return other


def chain(request: Request, uid: str) -> list[Folder]:
    """Return a folder and those above it, from the top down."""
    found = request.server.store.folder(request.caller.org_id, uid)
    return [*_above(request, found), found] if found else []


def _one(request: Request) -> Folder:
    found = request.server.store.folder(request.caller.org_id, request.params["uid"])
    if found is None:
        raise Refusal(missing(request))
    return found


@route("GET", "/api/folders/id/{id}")
def by_id(request: Request) -> Reply:
    if not request.params["id"].isdigit():
        return fail(request.server.profile, 400, "id is invalid")
    found = request.server.store.folder_of_id(request.caller.org_id, int(request.params["id"]))
    request.params["uid"] = found.uid if found else ""
    require(request, READ)
    return ok(shown(request, found)) if found else missing(request)


@route("GET", "/api/folders/{uid}")
def one(request: Request) -> Reply:
    require(request, READ)
    if request.params["uid"] == "general" and request.server.profile >= (10, 0):
        return ok(_shown_general(request))
    folder = _one(request)
    if not request.server.profile.rbac and not request.server.access.folder(request.caller, READ, folder):
        raise Refusal(fail(request.server.profile, 403, "Access denied"))
    if not _seen(request, folder):
        return message("Access denied", 403)
    return ok(shown(request, folder))


@route("PUT", "/api/folders/{uid}")
def update(request: Request) -> Reply:
    server, profile = request.server, request.server.profile
    require(request, WRITE)
    fields = request.fields({"title": str, "version": int, "overwrite": bool, "uid": str, "description": str})
    title = fields.get("title", "").strip()
    if profile.unified:
        _check_new_title(profile, fields, title)
    folder = _one(request)
    if profile < (10, 0) and not title:
        return message("folder title cannot be empty", 400)
    title = title or folder.title
    if title.lower() == "general" and not profile.unified:
        return fail(profile, 400, "A folder with that name already exists")
    uid = fields.get("uid", "").strip() if profile < (10, 0) else ""
    _check_uid(profile, uid)
    overwrite = bool(fields.get("overwrite"))
    if uid and uid != folder.uid and server.store.taken(folder.org_id, uid):
        return message("a folder/dashboard with the same uid already exists", 409)
    if fields.get("version", 0) != folder.version and not overwrite and profile >= (12, 1):
        return message("The dashboard has been changed by someone else", 412)
    if fields.get("version", 0) != folder.version and not overwrite and not profile.unified:
        return _changed(request)
    # Up to 11.2 a forced rename to the title of another folder writes that one.
    folder = _check_title(request, title, folder if overwrite else None if title != folder.title else folder) or folder
    require_late(request, WRITE, folder.uid)
    require_stored(request, WRITE, folder.uid, folder.parent)
    same = title == folder.title and fields.get("description", folder.description) == folder.description
    if uid and uid != folder.uid:
        server.store.rename_folder(folder, uid)
    if not same or profile < (12, 1):
        folder.title, folder.description = title, fields.get("description", folder.description)
        server.store.touch_folder(folder, request.caller.login)
    return ok(shown(request, folder))


def _check_new_title(profile: Profile, fields: dict[str, Any], title: str) -> None:
    """Raise for a title that a folder on unified storage cannot be given; none at all keeps the one it has."""
    if "title" in fields and not title:
        what = "Folder" if profile.objects_only else "Dashboard"
        raise Refusal(message(f"{what} title cannot be empty", 400))
    if title.lower() == "general":
        raise Refusal(message("A folder with that name already exists", 400))
