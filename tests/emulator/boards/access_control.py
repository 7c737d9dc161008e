# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions of one user or role on one object, and the caller's own permissions: ``/api/access-control``."""

from __future__ import annotations

from typing import Any

from ..access import Subject
from ..access.listing import permissions_of
from ..access.rules import DASHBOARDS, FOLDERS, LEVELS
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, denied, fail, message, ok, typed
from ..core.server import Request, route
from ..tenancy.members import BASIC_ROLES

#: The word by which refusals up to 9.x name whom a permission is for, by the part of the path.
WORDS = {"users": "user", "teams": "team", "builtInRoles": "role"}
KINDS = (FOLDERS, DASHBOARDS)
#: From this version on refusals tell what is wrong.
EXPLAINED = (11, 0)


def there(profile: Profile) -> bool:
    """Tell whether permissions are by these routes."""
    return profile.rbac


@route("GET", "/api/access-control/user/permissions", there=there)
def own(request: Request) -> Reply:
    return ok(permissions_of(request.server, request.caller))


def _begin(request: Request, kind: str) -> None:
    """Raise unless the caller may set permissions on the object in the path."""
    access, caller, uid, action = request.server.access, request.caller, request.params["uid"], f"{kind}.permissions:write"
    if kind == FOLDERS:
        allowed = access.inside(caller, action, uid)
    else:
        found = request.server.store.dashboard(caller.org_id, uid)
        allowed = access.dashboard(caller, action, found) if found else caller.role == "Admin"
    if not allowed:
        raise Refusal(denied(request.server.profile, action))


def _exists(request: Request, kind: str, text: str) -> None:
    """Raise for an object that does not exist."""
    store, org_id, uid, profile = request.server.store, request.caller.org_id, request.params["uid"], request.server.profile
    found = store.folder(org_id, uid) if kind == FOLDERS else store.dashboard(org_id, uid)
    if found is not None or (kind == FOLDERS and uid == "general" and profile.authorizer):
        return
    if profile < EXPLAINED:
        raise Refusal(fail(profile, 400, text))
    if kind == FOLDERS and profile.authorizer:
        raise Refusal(typed(404, "NotFound", "folder.notFound"))
    raise Refusal(message("Internal Server Error", 500))


def _level(request: Request, name: str, text: str) -> int:
    """Return a level by its name, 0 for none. Raises for an unknown one up to 12.0; later it sets nothing."""
    profile = request.server.profile
    if not name or name in LEVELS or profile.authorizer:
        return LEVELS.get(name, 0)
    if profile < EXPLAINED:
        raise Refusal(fail(profile, 400, text))
    refused = {"message": f"Permission [{name}] is invalid for this resource type", "extra": {"permission": name}}
    raise Refusal(Reply(400, {"statusCode": 400, "messageId": "resourcePermissions.invalidPermission", **refused}))


def _nobody(request: Request, word: str, text: str) -> Reply:
    """Return the refusal of a user or team that does not exist."""
    if request.server.profile < EXPLAINED:
        return fail(request.server.profile, 400, text)
    more = {"message": f"{word} not found", "extra": {"assignment": word}}
    return Reply(400, {"statusCode": 400, "messageId": "accesscontrol.assignmentEntityNotFound", **more})


def _subject(request: Request, word: str, who: str, text: str) -> Subject:
    """Return whom a permission is for. Raises for nobody."""
    state, profile = request.server.state, request.server.profile
    if word == "role":
        if who in BASIC_ROLES:
            return ("role", who)
        if profile < EXPLAINED:
            raise Refusal(fail(profile, 400, text))
        more = {"message": f"built-in role [{who}] is not valid", "extra": {"builtInRole": who}}
        raise Refusal(Reply(400, {"statusCode": 400, "messageId": "accesscontrol.invalidBuiltInRole", **more}))
    if word == "user" and not who.isdigit():
        if profile < EXPLAINED:
            raise Refusal(fail(profile, 400, "userID is invalid"))
        known = [*state.users.values(), *state.accounts.values()]
        found = next((one.id for one in known if one.uid == who), None)
        if found is None:
            raise Refusal(message("User not found", 404))
        return ("user", found)
    if word == "user" and (int(who) in state.users or int(who) in state.accounts):
        return ("user", int(who))
    if word == "team":
        for team in state.teams_of(request.caller.org_id):
            if who == str(team.id) or (who == team.uid and profile >= EXPLAINED):
                return ("team", team.id)
    raise Refusal(_nobody(request, word, text))


def _set_one(request: Request, kind: str, part: str) -> Reply:
    """Set or remove the permission of one subject on one object."""
    word = WORDS[part]
    text = f"failed to set {word} permission"
    _begin(request, kind)
    name = request.fields({"permission": str}).get("permission", "")
    if request.server.profile >= EXPLAINED:
        subject = _subject(request, word, request.params["who"], text)
        _exists(request, kind, text)
        level = _level(request, name, text)
    else:
        level = _level(request, name, text)
        _exists(request, kind, text)
        subject = _subject(request, word, request.params["who"], text)
    entries, now = request.server.access.entries, request.server.clock.now()
    entries.set(request.caller.org_id, (kind, request.params["uid"]), subject, level, now)
    request.server.access.changed(request.caller.org_id, subject)
    return message("Permission updated" if name else "Permission removed")


def _set_all(request: Request, kind: str) -> Reply:
    """Set the permissions of several subjects on one object; others stay."""
    text = "failed to set permissions" if request.server.profile < (10, 0) else "failed to set permission"
    _begin(request, kind)
    items: list[dict[str, Any]] = request.fields({"permissions": list}).get("permissions", [])
    _exists(request, kind, text)
    levels: dict[Subject, int] = {}
    for item in items:
        word, who = next(
            (word, item[name])
            for name, word in (("userId", "user"), ("teamId", "team"), ("builtInRole", "role"))
            if item.get(name) or name == "builtInRole"
        )
        levels[_subject(request, word, str(who), text)] = _level(request, str(item.get("permission", "")), text)
    for subject, level in levels.items():
        now = request.server.clock.now()
        request.server.access.entries.set(request.caller.org_id, (kind, request.params["uid"]), subject, level, now)
    return message("Permissions updated")


def _register(kind: str) -> None:
    """Register the routes of one kind of object."""
    base = f"/api/access-control/{kind}/{{uid}}"
    route("POST", base, there=there)(lambda request: _set_all(request, kind))
    for part in WORDS:

        def handler(request: Request, part: str = part) -> Reply:
            return _set_one(request, kind, part)

        route("POST", f"{base}/{part}/{{who}}", there=there)(handler)


for _kind in KINDS:
    _register(_kind)
