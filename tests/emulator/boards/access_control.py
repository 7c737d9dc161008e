# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions on one object, as a list and for one user or role, and the caller's own ones: ``/api/access-control``."""

from __future__ import annotations

from typing import Any

from ..access import Subject
from ..access.listing import permissions_of
from ..access.rules import ACCOUNTS, DASHBOARDS, FOLDERS, LEVELS, LEVELS_ON, TEAMS
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, denied, fail, message, ok, typed
from ..core.server import Request, route
from ..tenancy.members import BASIC_ROLES
from ..tenancy.service_accounts import missing as account_missing
from ..tenancy.teams import enrol, number_of, team_of
from ..tenancy.teams import missing as team_missing
from .access_lists import entries_of

#: The word by which refusals up to 9.x name whom a permission is for, by the part of the path.
WORDS = {"users": "user", "teams": "team", "builtInRoles": "role"}
ASSIGNMENTS = ("users", "serviceAccounts", "teams", "builtInRoles")
#: Whom the entries on each kind of object may be for.
KINDS = {FOLDERS: ASSIGNMENTS, DASHBOARDS: ASSIGNMENTS, ACCOUNTS: ("users", "teams"), TEAMS: ("users",)}
#: From this version on refusals tell what is wrong.
EXPLAINED = (11, 0)


def there(profile: Profile) -> bool:
    """Tell whether permissions are by these routes."""
    return profile.rbac


@route("GET", "/api/access-control/user/permissions", there=there)
def own(request: Request) -> Reply:
    return ok(permissions_of(request.server, request.caller))


def _begin(request: Request, kind: str, verb: str) -> str:
    """Return by which name the object in the path has entries. Raises unless the caller may read or write (*verb*) them."""
    access, caller, action = request.server.access, request.caller, f"{kind}.permissions:{verb}"
    if kind == TEAMS:
        team_of(request, action)
        return str(number_of(request))
    uid = request.params["uid"]
    if kind == FOLDERS:
        allowed = access.inside(caller, action, uid)
    elif kind == ACCOUNTS:
        allowed = access.other(caller, action, kind, uid)
    else:
        found = request.server.store.dashboard(caller.org_id, uid)
        allowed = access.dashboard(caller, action, found) if found else caller.role == "Admin"
    if not allowed:
        raise Refusal(denied(request.server.profile, action))
    return uid


def _there(request: Request, kind: str, uid: str) -> bool:
    """Tell whether an object exists."""
    server, org_id = request.server, request.caller.org_id
    if kind in (ACCOUNTS, TEAMS):
        number = int(uid) if uid.isdigit() else 0
        found = server.state.accounts.get(number) if kind == ACCOUNTS else server.state.teams.get(number)
        return found is not None and found.org_id == org_id
    return (server.store.folder(org_id, uid) if kind == FOLDERS else server.store.dashboard(org_id, uid)) is not None


def _exists(request: Request, kind: str, uid: str, text: str) -> None:
    """Raise for an object that does not exist."""
    profile = request.server.profile
    if _there(request, kind, uid) or (kind == FOLDERS and uid == "general" and profile.authorizer):
        return
    if kind == ACCOUNTS and profile >= (10, 0):
        raise Refusal(account_missing(profile))
    if profile < EXPLAINED:
        raise Refusal(fail(profile, 400, text))
    if kind == FOLDERS and profile.authorizer:
        raise Refusal(typed(404, "NotFound", "folder.notFound"))
    raise Refusal(message("Internal Server Error", 500))


def _level(request: Request, kind: str, name: str, text: str) -> int:
    """Return a level by its name, 0 for none. Raises for an unknown one.

    From 12.1 on, names on folders and dashboards are taken in any case, and an unknown one stores nothing.
    """
    profile, levels = request.server.profile, LEVELS_ON[kind]
    if profile.authorizer and levels is LEVELS:
        return levels.get(name.capitalize(), 0)
    if not name or name in levels:
        return levels.get(name, 0)
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
    if word == "user" and state.person(int(who)) is not None:
        return ("user", int(who))
    if word == "team":
        for team in state.teams_of(request.caller.org_id):
            if who == str(team.id) or (who == team.uid and profile >= EXPLAINED):
                return ("team", team.id)
    raise Refusal(_nobody(request, word, text))


def _refuse_assignment(request: Request, kind: str, part: str, text: str) -> None:
    """Raise where no entry on an object of *kind* may be for one of *part*: users, teams, roles."""
    if part in KINDS[kind]:
        return
    if request.server.profile < EXPLAINED:
        raise Refusal(fail(request.server.profile, 400, text))
    refused = {"message": f"Assignment [{part}] is invalid for this resource type", "extra": {"assignment": part}}
    raise Refusal(Reply(400, {"statusCode": 400, "messageId": "resourcePermissions.invalidAssignment", **refused}))


def _set(request: Request, kind: str, uid: str, subject: Subject, level: int, text: str) -> None:
    """Set an entry on an object, or remove it (level 0); the entries on a team are its members."""
    access, org_id, profile = request.server.access, request.caller.org_id, request.server.profile
    if kind != TEAMS:
        access.give(org_id, (kind, uid), subject, level)
        return
    team, number = request.server.state.teams[int(uid)], int(subject[1])
    if not level and number not in team.members:
        # Seen at 10.4.3 and 12.4.3.
        raise Refusal(fail(profile, 400, text) if profile < EXPLAINED else message("Internal Server Error", 500))
    enrol(request, team, number, level)


def _set_one(request: Request, kind: str, part: str) -> Reply:
    """Set or remove the permission of one subject on one object."""
    word = WORDS[part]
    text = f"failed to set {word} permission"
    uid = _begin(request, kind, "write")
    name = request.fields({"permission": str}).get("permission", "")
    if request.server.profile >= EXPLAINED:
        if kind == TEAMS and not _there(request, kind, uid):
            raise Refusal(team_missing(request))
        subject = _subject(request, word, request.params["who"], text)
        _exists(request, kind, uid, text)
        level = _level(request, kind, name, text)
    else:
        level = _level(request, kind, name, text)
        _exists(request, kind, uid, text)
        subject = _subject(request, word, request.params["who"], text)
    _set(request, kind, uid, subject, level, text)
    return message("Permission updated" if name else "Permission removed")


def _set_all(request: Request, kind: str) -> Reply:
    """Set the permissions of several subjects on one object; others stay."""
    text = "failed to set permissions" if request.server.profile < (10, 0) else "failed to set permission"
    uid = _begin(request, kind, "write")
    items: list[dict[str, Any]] = request.fields({"permissions": list}).get("permissions", [])
    _exists(request, kind, uid, text)
    levels: dict[Subject, int] = {}
    for item in items:
        part, who = next(
            (part, item[name])
            for name, part in (("userId", "users"), ("teamId", "teams"), ("builtInRole", "builtInRoles"))
            if item.get(name) or name == "builtInRole"
        )
        _refuse_assignment(request, kind, part, text)
        levels[_subject(request, WORDS[part], str(who), text)] = _level(request, kind, str(item.get("permission", "")), text)
    for subject, level in levels.items():
        _set(request, kind, uid, subject, level, text)
    return message("Permissions updated")


def _list(request: Request, kind: str) -> Reply:
    """Return the entries on an object, with those that it inherits."""
    profile = request.server.profile
    uid = _begin(request, kind, "read")
    general = kind == FOLDERS and uid == "general"
    if kind == FOLDERS and not general and profile >= EXPLAINED and not _there(request, kind, uid):
        if profile.authorizer:
            return typed(500, "InternalError", "accesscontrol.internal")
        return typed(404, "NotFound", "folder.notFound")
    return ok(entries_of(request, kind, uid))


def _describe(request: Request, kind: str) -> Reply:
    """Return which levels entries on objects of a kind may have, and whom they may be for."""
    assignments = {part: part in KINDS[kind] for part in ASSIGNMENTS}
    if request.server.profile < (10, 0):
        del assignments["serviceAccounts"]
    return ok({"assignments": assignments, "permissions": list(LEVELS_ON[kind])})


def _register(kind: str) -> None:
    """Register the routes of one kind of object."""
    base = f"/api/access-control/{kind}/" + ("{team_id}" if kind == TEAMS else "{uid}")
    route("GET", f"/api/access-control/{kind}/description", there=there)(lambda request: _describe(request, kind))
    route("GET", base, there=there)(lambda request: _list(request, kind))
    route("POST", base, there=there)(lambda request: _set_all(request, kind))
    for part in WORDS:
        if part not in KINDS[kind]:
            continue

        def handler(request: Request, part: str = part) -> Reply:
            return _set_one(request, kind, part)

        route("POST", f"{base}/{part}/{{who}}", there=there)(handler)


for _kind in KINDS:
    _register(_kind)
