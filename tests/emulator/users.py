# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: the caller, and the server admins' view of all."""

from __future__ import annotations

from .members import NEVER
from .orgs import orgs_of
from .replies import Refusal, Reply, bad_request, fail, message, ok
from .server import Request, require_globally, route
from .state import Account, User, stamp


@route("GET", "/api/user")
def caller(request: Request) -> Reply:
    profile, who = request.server.profile, request.caller
    if who.user is not None:
        return ok(_shown(request, who.user, who.org_id))
    if who.account is not None and profile >= (11, 0):
        return ok(_account_shown(request, who.account))
    return message("user not found", 404)


def _shown(request: Request, user: User, org_id: int) -> dict:
    profile = request.server.profile
    entry: dict = {"id": user.id}
    if profile >= (10, 0):
        entry["uid"] = user.uid
    entry.update(email=user.email, name=user.name, login=user.login, theme="", orgId=org_id)
    entry.update(isGrafanaAdmin=user.is_admin, isDisabled=user.disabled, isExternal=False)
    if profile >= (10, 0):
        entry.update(isExternallySynced=False, isGrafanaAdminExternallySynced=False)
    entry["authLabels"] = []
    entry.update(updatedAt=stamp(user.created), createdAt=stamp(user.created), avatarUrl=f"/avatar/{user.id:032x}")
    if profile >= (12, 0):
        entry["isProvisioned"] = False
    return entry


def _account_shown(request: Request, account: Account) -> dict:
    entry: dict = {"id": account.id, "uid": f"service-account:{account.id}", "email": account.email}
    entry.update(name=account.name, login=account.login, theme="", orgId=account.org_id)
    entry.update(isGrafanaAdmin=False, isDisabled=account.disabled, isExternal=False, isExternallySynced=False)
    entry.update(isGrafanaAdminExternallySynced=False, authLabels=None)
    entry.update(updatedAt=stamp(account.updated), createdAt=stamp(account.created), avatarUrl="")
    if request.server.profile >= (12, 0):
        entry["isProvisioned"] = False
    return entry


@route("GET", "/api/users/lookup")
def look_up(request: Request) -> Reply:
    require_globally(request, "users:read")
    found = request.server.state.find_user(request.one("loginOrEmail"), loose=request.server.profile.loose_logins)
    return ok(_shown(request, found, found.org_id)) if found else _nobody()


def _nobody() -> Reply:
    """Return the 404 of a user who is none."""
    return message("user not found", 404)


@route("GET", "/api/users")
def every_user(request: Request) -> Reply:
    require_globally(request, "users:read")
    size, page = request.number("perpage", 1000), max(1, request.number("page", 1))
    users = sorted(request.server.state.users.values(), key=lambda user: user.login)
    part = users[(page - 1) * size : page * size]
    return ok([{**_shown(request, user, user.org_id), "lastSeenAt": NEVER} for user in part])


@route("GET", "/api/users/{user_id}/orgs")
def orgs_of_user(request: Request) -> Reply:
    require_globally(request, "users:read")
    return ok(orgs_of(request.server, _user(request).id))


@route("GET", "/api/users/{user_id}")
def one_user(request: Request) -> Reply:
    require_globally(request, "users:read")
    user = _user(request)
    return ok(_shown(request, user, user.org_id))


def _user(request: Request) -> User:
    try:
        found = request.server.state.users.get(int(request.params["user_id"]))
    except ValueError:
        raise Refusal(bad_request(request.server.profile, "id is invalid")) from None
    if found is None:
        raise Refusal(_nobody())
    return found


@route("POST", "/api/admin/users")
def create_user(request: Request) -> Reply:
    server = request.server
    require_globally(request, "users:create")
    shape = {"login": str, "email": str, "name": str, "password": str, "OrgId": int}
    fields = request.fields(shape)
    login, email = fields.get("login", ""), fields.get("email", "")
    if not (login or email):
        return message("Validation error, need specify either username or email", 400)
    if len(fields.get("password", "")) < 4:
        # An empty one does not reach the validation.
        return bad_request(server.profile) if not fields.get("password") else message("Password is missing or too short", 400)
    login = login or email
    state = server.state
    loose = server.profile.loose_logins
    if state.find_user(login, loose) or (email and state.find_user(email, loose)):
        return fail(server.profile, 412, f"User with email '{email}' or username '{login}' already exists")
    org_id = fields.get("OrgId", 0)
    if org_id and org_id not in state.orgs:
        return fail(server.profile, 400, "organization not found")
    user = state.add_user(login, email or login, fields.get("name", ""), fields["password"], 0)
    _first_org(request, user, org_id)
    body = {"id": user.id, "message": "User created"}
    if server.profile >= (10, 0):
        body["uid"] = user.uid
    return ok(body)


def _first_org(request: Request, user: User, org_id: int) -> None:
    """Make a new user a member: of the org that is named, of the first one, or of one of its own."""
    server = request.server
    if org_id or server.settings.on("users.auto_assign_org"):
        org = server.state.orgs.get(org_id or 1)
        role = server.settings.text("users.auto_assign_org_role")
    else:
        org, role = server.state.add_org(user.email or user.login), "Admin"
    if org is not None:
        org.members[user.id] = role
        user.org_id = org.id


@route("PUT", "/api/admin/users/{user_id}/permissions")
def set_permissions(request: Request) -> Reply:
    require_globally(request, "users.permissions:write")
    wanted = request.fields({"isGrafanaAdmin": bool}).get("isGrafanaAdmin", False)
    user = request.server.state.users.get(_id(request))
    if user is None:
        return fail(request.server.profile, 500, "Failed to update user permissions")
    user.is_admin = wanted
    return message("User permissions updated")


@route("DELETE", "/api/admin/users/{user_id}")
def delete_user(request: Request) -> Reply:
    require_globally(request, "users:delete")
    user = request.server.state.users.get(_id(request))
    if user is None:
        return message("user not found", 404)
    request.server.state.drop_user(user)
    return message("User deleted")


def _id(request: Request) -> int:
    try:
        return int(request.params["user_id"])
    except ValueError:
        raise Refusal(bad_request(request.server.profile, "id is invalid")) from None
