# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of teams, which are permissions on a team as well."""

from __future__ import annotations

from typing import Any

from ..access.rules import ADMIN, ON_OTHERS, TEAMS, VIEW
from ..core.pictures import picture
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok
from ..core.server import Request, route
from ..core.state import Account, Team, User, uid
from .teams import STRICT, enrol, missing, team_of

READ, WRITE = "teams.permissions:read", "teams.permissions:write"
#: The names of the permissions on a team.
LEVELS = {"Member": 0, "Admin": ADMIN}
#: From this version on refusals of permissions tell what is wrong.
EXPLAINED = (11, 0)


def _known(request: Request, number: int) -> User | Account | None:
    state = request.server.state
    return state.users.get(number) or state.accounts.get(number)


def _level(permission: int) -> int:
    """Return the level of a permission in a request: what is not 4 makes a member."""
    return ADMIN if permission == ADMIN else 0


def _shown(request: Request, team: Team, user: User) -> dict[str, Any]:
    profile = request.server.profile
    body: dict[str, Any] = {"uid": uid()} if profile >= (12, 0) else {}
    body.update(orgId=team.org_id, teamId=team.id)
    if profile >= (10, 0):
        body["teamUID"] = team.uid
    body["userId"] = user.id
    if profile >= (12, 0):
        body["userUID"] = user.uid
    body.update(auth_module="authproxy" if user.external else "", email=user.email, name=user.name, login=user.login)
    body.update(avatarUrl=picture(profile, user.email), labels=[], permission=team.members[user.id])
    return body


@route("GET", "/api/teams/{team_id}/members")
def members(request: Request) -> Reply:
    team = team_of(request, READ)
    if team is None or not request.caller.may("org.users:read"):
        # Whoever may not see the members of the organization sees none here (seen at 12.4.3; Admins of a team for example).
        return ok([])
    # Service accounts are members that no list shows.
    users = [user for user in map(request.server.state.users.get, team.members) if user is not None]
    users.sort(key=lambda user: (user.login, user.email))
    return ok([_shown(request, team, user) for user in users])


@route("POST", "/api/teams/{team_id}/members")
def add(request: Request) -> Reply:
    team, profile = team_of(request, WRITE), request.server.profile
    number = request.fields({"userId": int}).get("userId", 0)
    if not number:
        raise Refusal(bad_request(profile))
    if team is not None and number in team.members:
        return message("User is already added to this team", 400)
    if team is None and profile >= STRICT:
        return missing(request)
    if team is None or _known(request, number) is None:
        return fail(profile, 500, "Failed to add Member to Team")
    enrol(request, team, number, 0)
    return message("Member added to Team")


@route("PUT", "/api/teams/{team_id}/members", there=lambda profile: profile >= (11, 0))
def replace(request: Request) -> Reply:
    team = team_of(request, WRITE)
    fields = request.fields({"members": list, "admins": list})
    if team is None:
        return missing(request)
    # A user who is in both lists is written as an Admin first, and as a member then.
    wanted: dict[int, int] = {}
    for name, level in (("admins", ADMIN), ("members", 0)):
        for email in fields.get(name, []):
            found = next((user for user in request.server.state.users.values() if user.email == str(email).lower()), None)
            if found is None:
                return message("user not found", 404)
            wanted[found.id] = level
    for number in [number for number in team.members if number in request.server.state.users and number not in wanted]:
        enrol(request, team, number, None)
    for number, level in wanted.items():
        enrol(request, team, number, level)
    return message("Team memberships have been updated")


def _member_id(request: Request) -> int:
    try:
        return int(request.params["member_id"])
    except ValueError:
        raise Refusal(bad_request(request.server.profile, "userId is invalid")) from None


@route("PUT", "/api/teams/{team_id}/members/{member_id}")
def change(request: Request) -> Reply:
    team, number = team_of(request, WRITE), _member_id(request)
    permission = request.fields({"permission": int}).get("permission", 0)
    if team is None or number not in team.members:
        return message("Team member not found.", 404)
    enrol(request, team, number, _level(permission))
    return message("Team member updated")


@route("DELETE", "/api/teams/{team_id}/members/{member_id}")
def remove(request: Request) -> Reply:
    team, number, profile = team_of(request, WRITE), _member_id(request), request.server.profile
    if team is None:
        return message("Team not found", 404)
    if _known(request, number) is None:
        return fail(profile, 500, "Failed to remove Member from Team")
    if number not in team.members:
        return message("Team member not found", 404)
    enrol(request, team, number, None)
    return message("Team Member removed")


# The same memberships as permissions


def there(profile: Profile) -> bool:
    """Tell whether a team has a list of permissions."""
    return profile.rbac


@route("GET", "/api/access-control/teams/{team_id}", there=there)
def permissions(request: Request) -> Reply:
    team, state = team_of(request, READ), request.server.state
    if team is None:
        return ok([])
    users = [(user, level) for user in map(state.users.get, team.members) if user for level in (team.members[user.id],)]
    return ok([_permission(request, team, user, level) for user, level in users])


def _permission(request: Request, team: Team, user: User, level: int) -> dict[str, Any]:
    profile, number = request.server.profile, 0
    entries = request.server.access.entries.of(team.org_id, (TEAMS, str(team.id)))
    number = next((entry.id for entry in entries if entry.subject == ("user", user.id)), 0)
    body: dict[str, Any] = {"id": number, "roleName": f"managed:users:{user.id}:permissions"}
    body.update(isManaged=True, isInherited=False)
    if profile >= (10, 0):
        body["isServiceAccount"] = False
    body["userId"] = user.id
    if profile.uids:
        body["userUid"] = user.uid
    body.update(userLogin=user.login, userAvatarUrl=picture(profile, user.email))
    actions = [action for action, least in ON_OTHERS[TEAMS].items() if least <= (level or VIEW)]
    return {**body, "actions": actions, "permission": "Admin" if level else "Member"}


@route("POST", "/api/access-control/teams/{team_id}/users/{who}", there=there)
def set_permission(request: Request) -> Reply:
    team, profile = team_of(request, WRITE), request.server.profile
    name, who = request.fields({"permission": str}).get("permission", ""), request.params["who"]
    found = next((user for user in request.server.state.users.values() if who in (str(user.id), user.uid)), None)
    if profile < EXPLAINED and (team is None or found is None or (name and name not in LEVELS)):
        return fail(profile, 400, "failed to set user permission")
    if found is None:
        more = {"message": "user not found", "extra": {"assignment": "user"}}
        return Reply(400, {"statusCode": 400, "messageId": "accesscontrol.assignmentEntityNotFound", **more})
    if team is None:
        return missing(request)
    if name and name not in LEVELS:
        refused = {"message": f"Permission [{name}] is invalid for this resource type", "extra": {"permission": name}}
        return Reply(400, {"statusCode": 400, "messageId": "resourcePermissions.invalidPermission", **refused})
    if not name and found.id not in team.members:
        # Seen at 12.4.3.
        return fail(profile, 500, "Internal Server Error")
    enrol(request, team, found.id, LEVELS.get(name) if name else None)
    return message("Permission updated" if name else "Permission removed")
