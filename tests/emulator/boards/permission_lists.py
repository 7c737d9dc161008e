# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of permissions of a folder or a dashboard, which is read and replaced as a whole."""

from __future__ import annotations

from typing import Any

from ..access import Entry, Subject
from ..access.entries import Object
from ..access.rules import DASHBOARDS, FOLDERS, NAMES
from ..core.pictures import picture, picture_or_default
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok
from ..core.server import Request, route
from ..core.slugs import slug
from ..core.state import stamp
from ..tenancy.members import BASIC_ROLES
from .dashboard_rights import missing as dashboard_missing
from .dashboard_rights import require_list
from .folders import missing as folder_missing
from .folders import require as require_folder
from .folders import url_of
from .store import Dashboard, Folder

READ, WRITE = "permissions:read", "permissions:write"


def by_id(profile: Profile) -> bool:
    """Tell whether dashboards' permissions have a route by database id."""
    return profile < (12, 0)


# What the lists are of


def _folder(request: Request, action: str) -> Folder | None:
    """Return the folder in the path, ``None`` for General, which from 10 on has a list. Raises :class:`Refusal`."""
    require_folder(request, f"folders.{action}")
    uid = request.params["uid"]
    if uid == "general" and request.server.profile >= (10, 0):
        return None
    found = request.server.store.folder(request.caller.org_id, uid)
    if found is None:
        raise Refusal(folder_missing(request))
    return found


def _dashboard(request: Request, action: str) -> Dashboard:
    """Return the dashboard in the path, named by uid or by id. Raises :class:`Refusal`."""
    store, org_id, number = request.server.store, request.caller.org_id, request.params.get("number")
    if number is None:
        found = store.dashboard(org_id, request.params["uid"])
    else:
        found = store.dashboard_of_id(org_id, int(number)) if number.isdigit() else None
    require_list(request, f"dashboards.{action}", found)
    if found is None:
        raise Refusal(dashboard_missing(request))
    return found


@route("GET", "/api/folders/{uid}/permissions")
def of_folder(request: Request) -> Reply:
    found = _folder(request, READ)
    if found is None:
        return ok([])
    entries, _inherited = _entries(request, found.org_id, (FOLDERS, found.uid), "")
    return ok([{**_of_folder(request, found), **_shown(request, one), **_end(request, found)} for one in entries])


@route("POST", "/api/folders/{uid}/permissions")
def replace_of_folder(request: Request) -> Reply:
    found = _folder(request, WRITE)
    levels = _items(request, "Failed to create permission")
    if found is not None:
        _replace(request, found.org_id, (FOLDERS, found.uid), levels)
    return message("Folder permissions updated" if request.server.profile >= (10, 0) else "Dashboard permissions updated")


@route("GET", "/api/dashboards/uid/{uid}/permissions", there=lambda profile: profile >= (9, 0))
@route("GET", "/api/dashboards/id/{number}/permissions", there=by_id)
def of_dashboard(request: Request) -> Reply:
    found = _dashboard(request, READ)
    entries, inherited = _entries(request, found.org_id, (DASHBOARDS, found.uid), found.folder_uid)
    head = _of_dashboard(request, found)
    shown = [{**head, **_shown(request, one), **_end(request, found)} for one in entries]
    return ok(shown + [{**head, **_shown(request, one), **_end(request, found), "inherited": True} for one in inherited])


@route("POST", "/api/dashboards/uid/{uid}/permissions", there=lambda profile: profile >= (9, 0))
@route("POST", "/api/dashboards/id/{number}/permissions", there=by_id)
def replace_of_dashboard(request: Request) -> Reply:
    found = _dashboard(request, WRITE)
    _replace(request, found.org_id, (DASHBOARDS, found.uid), _items(request, "Failed to update permissions"))
    return message("Dashboard permissions updated")


def _entries(request: Request, org_id: int, thing: Object, folder_uid: str) -> tuple[list[Entry], list[Entry]]:
    """Return the entries on an object, and those inherited from its folder, which from 9.0 on the list does not show."""
    access = request.server.access
    if request.server.profile.rbac:
        return access.entries.of(org_id, thing), []
    return access.list_of(org_id, *thing, folder_uid)


# How entries look


def _of_folder(request: Request, found: Folder) -> dict[str, Any]:
    parent = {"folderUid": found.parent} if found.parent and request.server.profile.nested else {}
    return {"folderId": found.id, **parent}


def _of_dashboard(request: Request, found: Dashboard) -> dict[str, Any]:
    folder = request.server.store.folder(found.org_id, found.folder_uid)
    if folder is None or request.server.profile.unified or found.folder_half_set:
        return {"dashboardId": found.id}
    return {"dashboardId": found.id, "folderId": folder.id}


def _shown(request: Request, entry: Entry) -> dict[str, Any]:
    """Return the part of an entry that tells whom it is for, and what."""
    profile, state, who = request.server.profile, request.server.state, entry.subject
    uids = profile.uids
    body: dict[str, Any] = {"created": stamp(entry.created), "updated": stamp(entry.updated)}
    user = state.person(int(who[1])) if who[0] == "user" else None
    body["userId"] = user.id if user else 0
    if uids:
        body["userUid"] = user.uid if user and "folders/" in request.path else ""
    body.update(userLogin=user.login if user else "", userEmail=user.email if user else "")
    body.update(userAvatarUrl=picture(profile, user.email) if user else "")
    team = state.teams.get(int(who[1])) if who[0] == "team" else None
    body["teamId"] = team.id if team else 0
    if uids:
        body["teamUid"] = team.uid if team and "folders/" in request.path else ""
    avatar = picture_or_default(profile, team.email, team.name) if team else ""
    body.update(teamEmail=team.email if team else "", teamAvatarUrl=avatar, team=team.name if team else "")
    if who[0] == "role":
        body["role"] = who[1]
    body.update(permission=entry.level, permissionName=NAMES.get(entry.level, ""))
    return body


def _end(request: Request, found: Dashboard | Folder) -> dict[str, Any]:
    profile, title = request.server.profile, slug(request.server.profile, found.title)
    if isinstance(found, Folder):
        shown = "" if profile >= (10, 0) else title
        end: dict[str, Any] = {"slug": shown, "isFolder": True, "url": url_of(request, found)}
    else:
        end = {"slug": title, "isFolder": False, "url": f"/d/{found.uid}/{title}"}
    return {"uid": found.uid, "title": found.title, **end, "inherited": False}


# How a list is replaced


def _items(request: Request, unknown: str) -> dict[Subject, int]:
    """Return the levels that a request sets, by subject. Raises for a list that is none, and with *unknown* for nobody.

    A level that is none of the three removes an entry.
    """
    profile = request.server.profile
    items = request.fields({"items": list}).get("items", [])
    bad = Refusal(bad_request(profile))
    levels: dict[Subject, int] = {}
    for item in items:
        if not isinstance(item, dict):
            raise bad
        ids = [item.get(name, 0) for name in ("userId", "teamId", "permission")]
        if not all(isinstance(number, int) and not isinstance(number, bool) for number in ids):
            raise bad
        role = item.get("role")
        if role is not None and role not in (*BASIC_ROLES, *(("None",) if profile.role_none else ())):
            raise bad
        if sum(map(bool, (ids[0], ids[1], role))) > 1:
            raise Refusal(fail(profile, 400, "permissions cannot have both a user and team"))
        subject = _subject(request, ids[0], ids[1], role)
        if subject is None:
            raise Refusal(fail(profile, 500, unknown))
        levels[subject] = ids[2] if ids[2] in NAMES else 0
    return levels


def _subject(request: Request, user_id: int, team_id: int, role: str | None) -> Subject | None:
    """Return whom an item is for, ``None`` for nobody."""
    state = request.server.state
    if role is not None:
        return ("role", role) if role in BASIC_ROLES else None
    if state.person(user_id) is not None:
        return ("user", user_id)
    team = state.teams.get(team_id)
    if team is not None and team.org_id == request.caller.org_id:
        return ("team", team_id)
    return None


def _replace(request: Request, org_id: int, thing: Object, levels: dict[Subject, int]) -> None:
    access = request.server.access
    access.entries.begin(org_id, thing)
    for entry in access.entries.of(org_id, thing):
        if entry.subject not in levels:
            access.give(org_id, thing, entry.subject, 0)
    for subject, level in levels.items():
        access.give(org_id, thing, subject, level)
