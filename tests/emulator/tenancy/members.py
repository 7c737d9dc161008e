# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of an organization and their roles."""

from __future__ import annotations

from ..core.like import like
from ..core.pictures import picture
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok
from ..core.server import Request, require, route
from ..core.state import Org, User, stamp
from .orgs import org_of_path, require_in_org
from .quotas import refuse_over_quota

NEVER = "2013-01-01T00:00:00Z"
BASIC_ROLES = ("Viewer", "Editor", "Admin")


def role_of(request: Request, value: str | None, text: str = "bad request data") -> str:
    """Return a role as the server spells it; an empty one is Viewer.

    Raises :class:`Refusal` for none at all, and for what is no role in this version. From 9 on the first letter may
    be small.
    """
    profile = request.server.profile
    known = (*BASIC_ROLES, "None") if profile.role_none else BASIC_ROLES
    if value == "":
        return "Viewer"
    found = value[:1].upper() + value[1:] if value and profile >= (9, 0) else value
    if found not in known:
        raise Refusal(bad_request(profile, text))
    return found


def shown(request: Request, org: Org, user: User) -> dict:
    profile = request.server.profile
    entry = {"orgId": org.id, "userId": user.id}
    if profile.uids:
        entry["uid"] = user.uid
    entry.update(email=user.email, name=user.name, avatarUrl=picture(profile, user.email), login=user.login)
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


def users_of(request: Request, org_id: int, query: str = "") -> list[User]:
    """Return the members of an org whom *query* finds, in the order of the lists: by e-mail up to 9.x."""
    state = request.server.state
    org = state.orgs.get(org_id)
    users = [state.users[user_id] for user_id in org.members if user_id in state.users] if org else []
    if query:
        found = like(f"%{query}%")
        users = [user for user in users if found(user.login) or found(user.email) or found(user.name)]
    if request.server.profile < (10, 0):
        return sorted(users, key=lambda user: (user.email, user.login))
    return sorted(users, key=lambda user: (user.login, user.email))


def listed(request: Request, org_id: int, query: str = "") -> list[dict]:
    org = request.server.state.orgs.get(org_id)
    return [shown(request, org, user) for user in users_of(request, org_id, query)] if org else []


@route("GET", "/api/org/users")
def own_members(request: Request) -> Reply:
    require(request, "org.users:read")
    found = listed(request, request.caller.org_id, request.one("query"))
    return ok(found[: request.number("limit", 0) or None])


@route("GET", "/api/org/users/lookup")
def look_up_own(request: Request) -> Reply:
    if request.server.profile.rbac:
        require(request, "org.users:read")
    elif request.caller.role != "Admin":
        raise Refusal(message("Permission denied", 403))
    users = users_of(request, request.caller.org_id, request.one("query"))[: request.number("limit", 0) or None]
    return ok([_hit(request.server.profile, user) for user in users])


def _hit(profile: Profile, user: User) -> dict:
    uid = {"uid": user.uid} if profile.uids else {}
    return {**uid, "userId": user.id, "login": user.login, "avatarUrl": picture(profile, user.email)}


@route("GET", "/api/org/users/search")
def search_own(request: Request) -> Reply:
    require(request, "org.users:read")
    return _page(request, request.caller.org_id)


def _page(request: Request, org_id: int) -> Reply:
    part, which = request.page(listed(request, org_id, request.one("query")))
    name = "OrgUsers" if request.server.profile < (9, 4) else "orgUsers"
    return ok({**which, name: part})


@route("POST", "/api/org/users")
def add_to_own(request: Request) -> Reply:
    require(request, "org.users:add")
    for service in ("user", "org") if request.server.profile.rbac else ("user",):
        refuse_over_quota(request, service)
    return _add(request, request.caller.org_id)


@route("PATCH", "/api/org/users/{user_id}")
def change_in_own(request: Request) -> Reply:
    require(request, "org.users:write")
    return _change(request, request.caller.org_id)


@route("DELETE", "/api/org/users/{user_id}")
def remove_from_own(request: Request) -> Reply:
    require(request, "org.users:remove")
    own = request.server.state.orgs.get(request.caller.org_id)
    member = own is not None and _user_id(request) in own.members
    reply = _remove(request, request.caller.org_id)
    # This route deletes a user who is left without an org; from 12.1 on not server admins, and not who was none here.
    state, user = request.server.state, request.server.state.users.get(_user_id(request))
    later = request.server.profile >= (12, 1)
    spared = user is not None and later and (user.is_admin or not member)
    if reply.status == 200 and user and not spared and not any(user.id in org.members for org in state.orgs.values()):
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
    return _page(request, org_id)


@route("POST", "/api/orgs/{org_id}/users")
def add_member(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:add")
    return _add(request, org_id)


@route("PATCH", "/api/orgs/{org_id}/users/{user_id}")
def change_member(request: Request) -> Reply:
    resolve_user(request)
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:write")
    return _change(request, org_id)


@route("DELETE", "/api/orgs/{org_id}/users/{user_id}")
def remove_member(request: Request) -> Reply:
    resolve_user(request)
    org_id = org_of_path(request)
    require_in_org(request, org_id, "org.users:remove")
    return _remove(request, org_id)


def resolve_user(request: Request) -> None:
    """Put a user's id in the place of a uid in the path, which versions from 11 on take too, before all else."""
    text = request.params["user_id"]
    if request.server.profile < (11, 0) or _is_number(text):
        return
    found = next((user for user in request.server.state.users.values() if user.uid == text), None)
    if found is None:
        raise Refusal(message("User not found", 404))
    request.params["user_id"] = str(found.id)


def _is_number(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _user_id(request: Request) -> int:
    try:
        return int(request.params["user_id"])
    except ValueError:
        raise Refusal(bad_request(request.server.profile, "userId is invalid")) from None


def _add(request: Request, org_id: int) -> Reply:
    server = request.server
    fields = request.fields({"loginOrEmail": str, "role": str})
    role = role_of(request, fields.get("role"))
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
    current = server.state.orgs.get(user.org_id)
    if current is None or user.id not in current.members:
        user.org_id = org.id
    return ok({"message": "User added to organization", "userId": user.id})


def _change(request: Request, org_id: int) -> Reply:
    server = request.server
    role = role_of(request, request.fields({"role": str}).get("role"))
    user_id = _user_id(request)
    org = server.state.orgs.get(org_id)
    account = server.state.accounts.get(user_id)
    if account is not None and account.org_id == org_id:
        # Its row of membership is like that of a user.
        account.role = role
        return message("Organization user updated")
    if org is None or user_id not in org.members:
        return fail(server.profile, 500, "Failed update org user")
    if role != "Admin" and not _admin_left(request, org_id, without=user_id):
        return message("Cannot change role so that there is no organization admin left", 400)
    org.members[user_id] = role
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
        server.access.entries.drop_subject(("user", user_id), org_id)
        server.state.leave_teams(user_id, org_id)
        if user.org_id == org_id:
            user.org_id = next((one.id for one in server.state.orgs.values() if user_id in one.members), 0)
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
