# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of an organization and their roles."""

from __future__ import annotations

from .orgs import org_of_path, require_in_org
from .replies import Refusal, Reply, bad_request, fail, message, ok
from .server import Request, require, route
from .state import Org, User, stamp

NEVER = "2013-01-01T00:00:00Z"
BASIC_ROLES = ("Viewer", "Editor", "Admin")


def role_of(request: Request, value: str, text: str = "bad request data") -> str:
    """Return a role as the server spells it. Raises :class:`Refusal` for what is none in this version."""
    profile = request.server.profile
    known = (*BASIC_ROLES, "None") if profile.role_none else BASIC_ROLES
    found = {name.lower(): name for name in known}.get(value.lower()) if profile >= (9, 0) else None
    if found is None and value not in known:
        raise Refusal(bad_request(profile, text))
    return found or value


def shown(request: Request, org: Org, user: User) -> dict:
    profile = request.server.profile
    entry = {"orgId": org.id, "userId": user.id}
    if profile >= (10, 0):
        entry["uid"] = user.uid
    entry.update(email=user.email, name=user.name, avatarUrl=f"/avatar/{user.id:032x}", login=user.login)
    entry.update(role=org.members[user.id], lastSeenAt=NEVER)
    if profile >= (12, 1):
        entry["created"] = stamp(user.created)
    entry["lastSeenAtAge"] = "10 years"
    if profile >= (9, 0):
        entry["isDisabled"] = user.disabled
    if profile >= (10, 0):
        entry.update(authLabels=None, isExternallySynced=False)
    if profile >= (12, 0):
        entry["isProvisioned"] = False
    return entry


def listed(request: Request, org_id: int) -> list[dict]:
    state = request.server.state
    org = state.orgs.get(org_id)
    users = [state.users[user_id] for user_id in org.members if user_id in state.users] if org else []
    users.sort(key=lambda user: (user.login, user.email))
    query = request.one("query").lower()
    if query:
        users = [u for u in users if query in u.login.lower() or query in u.email.lower() or query in u.name.lower()]
    limit = request.number("limit", 0)
    return [shown(request, org, user) for user in (users[:limit] if limit else users)] if org else []


@route("GET", "/api/org/users")
def own_members(request: Request) -> Reply:
    require(request, "org.users:read")
    return ok(listed(request, request.caller.org_id))


@route("POST", "/api/org/users")
def add_to_own(request: Request) -> Reply:
    require(request, "org.users:add")
    return _add(request, request.caller.org_id)


@route("PATCH", "/api/org/users/{user_id}")
def change_in_own(request: Request) -> Reply:
    require(request, "org.users:write")
    return _change(request, request.caller.org_id)


@route("DELETE", "/api/org/users/{user_id}")
def remove_from_own(request: Request) -> Reply:
    require(request, "org.users:remove")
    reply = _remove(request, request.caller.org_id)
    # This route deletes a user who is left without an org.
    state, user = request.server.state, request.server.state.users.get(_user_id(request))
    if reply.status == 200 and user and not any(user.id in org.members for org in state.orgs.values()):
        state.drop_user(user)
        return message("User deleted")
    return reply


@route("GET", "/api/orgs/{org_id}/users")
def members(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:read")
    return ok(listed(request, org_id))


@route("GET", "/api/orgs/{org_id}/users/search", there=lambda profile: profile >= (9, 4))
def search_members(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:read")
    users = listed(request, org_id)
    size, page = request.number("perpage", 1000), max(1, request.number("page", 1))
    part = users[(page - 1) * size : page * size]
    return ok({"totalCount": len(users), "orgUsers": part, "perPage": size, "page": page})


@route("POST", "/api/orgs/{org_id}/users")
def add_member(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:add")
    return _add(request, org_id)


@route("PATCH", "/api/orgs/{org_id}/users/{user_id}")
def change_member(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:write")
    return _change(request, org_id)


@route("DELETE", "/api/orgs/{org_id}/users/{user_id}")
def remove_member(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:remove")
    return _remove(request, org_id)


def _user_id(request: Request) -> int:
    try:
        return int(request.params["user_id"])
    except ValueError:
        raise Refusal(bad_request(request.server.profile, "userId is invalid")) from None


def _add(request: Request, org_id: int) -> Reply:
    server = request.server
    fields = request.fields({"loginOrEmail": str, "role": str})
    role = role_of(request, fields.get("role", ""))
    if not fields.get("loginOrEmail"):
        raise Refusal(bad_request(server.profile))
    user = server.state.find_user(fields["loginOrEmail"], loose=server.profile.loose_logins)
    if user is None:
        return message("User not found", 404)
    org = server.state.orgs.get(org_id)
    if org is None:
        return fail(server.profile, 500, "Could not add user to organization")
    if user.id in org.members:
        return Reply(409, {"message": "User is already member of this organization", "userId": user.id})
    org.members[user.id] = role
    server.state.forget_signed_in(user.id)
    return ok({"message": "User added to organization", "userId": user.id})


def _change(request: Request, org_id: int) -> Reply:
    server, user_id = request.server, _user_id(request)
    role = role_of(request, request.fields({"role": str}).get("role", ""))
    org = server.state.orgs.get(org_id)
    if org is None or user_id not in org.members:
        return fail(server.profile, 500, "Failed update org user")
    if role != "Admin" and not _admin_left(request, org_id, without=user_id):
        return message("Cannot change role so that there is no organization admin left", 400)
    org.members[user_id] = role
    server.state.forget_signed_in(user_id)
    return message("Organization user updated")


def _remove(request: Request, org_id: int) -> Reply:
    server, user_id = request.server, _user_id(request)
    user = server.state.users.get(user_id)
    if user is None:
        return fail(server.profile, 500, "Failed to remove user from organization")
    org = server.state.orgs.get(org_id)
    member = org is not None and user_id in org.members
    # From 12.1 on nobody is missed where nobody was.
    if (member or server.profile < (12, 1)) and not _admin_left(request, org_id, without=user_id):
        return message("Cannot remove last organization admin", 400)
    if org is not None:
        org.members.pop(user_id, None)
        if user.org_id == org_id:
            user.org_id = next((one.id for one in server.state.orgs.values() if user_id in one.members), user.org_id)
    server.state.forget_signed_in(user_id)
    return message("User removed from organization")


def _admin_left(request: Request, org_id: int, without: int) -> bool:
    """Tell whether an org has an Admin besides one; service accounts count as well."""
    state = request.server.state
    org = state.orgs.get(org_id)
    if org is None:
        return False
    if any(role == "Admin" for user_id, role in org.members.items() if user_id != without):
        return True
    return any(account.role == "Admin" for account in state.accounts_of(org_id))
