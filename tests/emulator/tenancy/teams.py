# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Teams of an organization."""

from __future__ import annotations

from typing import Any

from ..access.rules import ADMIN, TEAMS
from ..core.like import like
from ..core.pictures import picture_or_default
from ..core.replies import Refusal, Reply, bad_request, denied, fail, message, not_found, ok
from ..core.server import Request, route
from ..core.state import Team
from .general import users_only
from .users import user_id

#: From this version on a team of another organization is missing wherever it is asked for.
STRICT = (12, 0)


def may(request: Request, action: str, team: Team | None = None) -> bool:
    """Tell whether the caller may do *action* to a team; without *team*, to any team at all."""
    caller, access = request.caller, request.server.access
    if caller.may(action):
        return True
    if team is None:
        return request.server.profile.rbac and access.anywhere(caller, action)
    return access.other(caller, action, TEAMS, str(team.id))


def number_of(request: Request) -> int:
    """Return the id in the path, where versions from 11 on take a uid, too. Raises :class:`Refusal` for what is neither."""
    text, profile = request.params["team_id"], request.server.profile
    try:
        return int(text)
    except ValueError:
        pass
    if profile < (11, 0):
        raise Refusal(bad_request(profile, "teamId is invalid"))
    found = next((team.id for team in request.server.state.teams_of(request.caller.org_id) if team.uid == text), None)
    if found is None:
        raise Refusal(not_found())
    return found


def team_of(request: Request, action: str) -> Team | None:
    """Return the team in the path, ``None`` for a missing one. Raises :class:`Refusal` without the permission for *action*."""
    number = number_of(request)
    team = request.server.state.teams.get(number)
    if team is not None and team.org_id != request.caller.org_id:
        team = None
    allowed = may(request, action, team) if team is not None else request.caller.may(action)
    if not allowed:
        raise Refusal(denied(request.server.profile, action))
    return team


def missing(request: Request) -> Reply:
    """Return the 404 of a team that does not exist."""
    return fail(request.server.profile, 404, "Team not found")


def shown(request: Request, team: Team) -> dict[str, Any]:
    """Return a team as lists and single answers show it."""
    profile = request.server.profile
    body: dict[str, Any] = {"id": team.id}
    if profile >= (10, 0):
        body["uid"] = team.uid
    body.update(orgId=team.org_id, name=team.name, email=team.email)
    if profile >= (12, 0):
        body.update(externalUID="", isProvisioned=False)
    body.update(avatarUrl=picture_or_default(profile, team.email, team.name), memberCount=len(team.members), permission=0)
    if profile.rbac:
        body["accessControl"] = None
    return body


@route("GET", "/api/teams/search")
def search(request: Request) -> Reply:
    server, caller = request.server, request.caller
    if server.profile.rbac and not may(request, "teams:read"):
        raise Refusal(denied(server.profile, "teams:read"))
    teams = sorted(server.state.teams_of(caller.org_id), key=lambda team: team.name)
    teams = [team for team in teams if may(request, "teams:read", team)]
    if request.one("query"):
        found = like(f"%{request.one('query')}%")
        teams = [team for team in teams if found(team.name)]
    if request.one("name"):
        # From 13.0 on in any case.
        same = str.lower if server.profile >= (13, 0) else str
        teams = [team for team in teams if same(team.name) == same(request.one("name"))]
    part, which = request.page(teams)
    return ok({**which, "teams": [shown(request, team) for team in part]})


@route("POST", "/api/teams")
def create(request: Request) -> Reply:
    server, caller = request.server, request.caller
    if not caller.may("teams:create"):
        raise Refusal(denied(server.profile, "teams:create"))
    fields = request.fields({"name": str, "email": str})
    name = fields.get("name", "")
    if not name:
        raise Refusal(bad_request(server.profile))
    if any(team.name == name for team in server.state.teams_of(caller.org_id)):
        return fail(server.profile, 409, "Team name taken")
    team = server.state.add_team(caller.org_id, name, fields.get("email", ""))
    if caller.user is not None:
        team.members[caller.user.id] = ADMIN
        server.access.owned(caller, (TEAMS, str(team.id)), team.org_id)
    body = {"message": "Team created", "teamId": team.id}
    if server.profile.uids:
        body["uid"] = team.uid
    return ok(body)


def enrol(request: Request, team: Team, who: int, level: int) -> None:
    """Make a user or service account a member (VIEW) or an Admin (ADMIN) of a team; level 0 ends the membership."""
    if level:
        team.members[who] = ADMIN if level == ADMIN else 0
    else:
        team.members.pop(who, None)
    request.server.access.give(team.org_id, (TEAMS, str(team.id)), ("user", who), level)


@route("GET", "/api/teams/{team_id}")
def one(request: Request) -> Reply:
    team = team_of(request, "teams:read")
    return ok(shown(request, team)) if team else missing(request)


@route("PUT", "/api/teams/{team_id}")
def change(request: Request) -> Reply:
    server, state = request.server, request.server.state
    team = team_of(request, "teams:write")
    fields = request.fields({"name": str, "email": str})
    if team is None and server.profile < STRICT:
        # These versions look for the team in all organizations.
        team = state.teams.get(number_of(request))
    if team is None:
        return missing(request) if server.profile >= STRICT else fail(server.profile, 500, "Failed to update Team")
    name = fields.get("name", "")
    if any(other.name == name and other is not team for other in state.teams_of(request.caller.org_id)):
        return fail(server.profile, 400, "Team name taken")
    # What is empty stays as it is, except for the e-mail address.
    team.name, team.email = name or team.name, fields.get("email", "")
    return message("Team updated")


@route("DELETE", "/api/teams/{team_id}")
def delete(request: Request) -> Reply:
    server, team = request.server, team_of(request, "teams:delete")
    if team is None:
        return message("Team not found" if server.profile >= STRICT else "Failed to delete Team. ID not found", 404)
    server.state.drop_team(team)
    server.access.removed(team.org_id, TEAMS, str(team.id))
    server.access.entries.drop_subject(("team", team.id), team.org_id)
    return message("Team deleted")


@route("GET", "/api/users/{user_id}/teams")
def teams_of_user(request: Request) -> Reply:
    number = user_id(request, "users:read")
    found = request.server.state.teams_of(request.caller.org_id, number)
    return ok([shown(request, team) for team in found if may(request, "teams:read", team)])


@route("GET", "/api/user/teams")
def teams_of_caller(request: Request) -> Reply:
    caller = request.caller
    if caller.user is None:
        return users_only(request.server.profile) if request.server.profile >= (10, 0) else ok([])
    found = request.server.state.teams_of(caller.org_id, caller.user.id)
    return ok([shown(request, team) for team in found if may(request, "teams:read", team)])
