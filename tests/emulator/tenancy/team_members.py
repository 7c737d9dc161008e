# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of teams; ``/api/access-control/teams`` shows and sets them as permissions."""

from __future__ import annotations

from typing import Any

from ..access.rules import ADMIN, VIEW
from ..core.pictures import picture
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok
from ..core.server import Request, route
from ..core.state import Team, User, uid
from .teams import STRICT, enrol, missing, team_of

READ, WRITE = "teams.permissions:read", "teams.permissions:write"


def _level(permission: int) -> int:
    """Return the level of a permission in a request: what is not 4 makes a member."""
    return ADMIN if permission == ADMIN else VIEW


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
    if team is None or request.server.state.person(number) is None:
        return fail(profile, 500, "Failed to add Member to Team")
    enrol(request, team, number, VIEW)
    return message("Member added to Team")


@route("PUT", "/api/teams/{team_id}/members", there=lambda profile: profile >= (11, 0))
def replace(request: Request) -> Reply:
    team = team_of(request, WRITE)
    fields = request.fields({"members": list, "admins": list})
    if team is None:
        return missing(request)
    # A user who is in both lists is written as an Admin first, and as a member then.
    wanted: dict[int, int] = {}
    for name, level in (("admins", ADMIN), ("members", VIEW)):
        for email in fields.get(name, []):
            found = next((user for user in request.server.state.users.values() if user.email == str(email).lower()), None)
            if found is None:
                return message("user not found", 404)
            wanted[found.id] = level
    for number in [number for number in team.members if number in request.server.state.users and number not in wanted]:
        enrol(request, team, number, 0)
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
    if request.server.state.person(number) is None:
        return fail(profile, 500, "Failed to remove Member from Team")
    if number not in team.members:
        return message("Team member not found", 404)
    enrol(request, team, number, 0)
    return message("Team Member removed")
