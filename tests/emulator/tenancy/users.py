# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: the caller itself, and the look-ups of server admins."""

from __future__ import annotations

from ..core.like import like
from ..core.pictures import picture
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok, typed
from ..core.server import Request, require_globally, route
from ..core.state import User, stamp
from .general import users_only
from .members import NEVER, resolve_user
from .orgs import orgs_of

NO_TIME = "0001-01-01T00:00:00Z"
#: Shorter passwords are refused.
SHORTEST = 4
#: The id of the user whom the server itself creates.
FIRST = 1


@route("GET", "/api/user")
def caller(request: Request) -> Reply:
    profile, who = request.server.profile, request.caller
    if who.user is not None:
        return ok(profile_of(request, who.user))
    if profile.uids:
        return ok(_key_shown(request))
    return users_only(profile) if profile >= (10, 0) else nobody()


def profile_of(request: Request, user: User) -> dict:
    """Return a user's profile; its org is the one that the user is in for good, not that of the request."""
    profile = request.server.profile
    entry: dict = {"id": user.id}
    if profile >= (10, 0):
        # Up to 10.x the admin, whom the server itself creates, has none.
        entry["uid"] = user.uid if profile.uids or user.id != FIRST else ""
    entry.update(email=user.email, name=user.name, login=user.login, theme=user.theme)
    if user.org_id:
        entry["orgId"] = user.org_id
    entry.update(isGrafanaAdmin=user.is_admin, isDisabled=user.disabled, isExternal=user.external)
    if profile >= (10, 0):
        entry.update(isExternallySynced=False, isGrafanaAdminExternallySynced=False)
    entry["authLabels"] = labels(user)
    entry.update(updatedAt=stamp(user.updated or user.created), createdAt=stamp(user.created))
    entry["avatarUrl"] = picture(profile, user.email)
    if profile >= (12, 0):
        entry["isProvisioned"] = False
    return entry


def labels(user: User) -> list[str]:
    """Return the names of the external logins of a user."""
    return ["Auth Proxy"] if user.external else []


def _key_shown(request: Request) -> dict:
    """Return what a key is shown of itself: only uid, names and org are filled."""
    caller = request.caller
    account, key = caller.account, caller.key
    email = login = name = ""
    if account is not None:
        email, login, name = account.email, account.login, account.name
    uid = f"service-account:{account.id}" if account else f"api-key:{key.id if key else 0}"
    entry: dict = {"id": 0, "uid": uid, "email": email, "name": name, "login": login, "theme": ""}
    entry.update(orgId=caller.org_id, isGrafanaAdmin=False, isDisabled=False, isExternal=False)
    entry.update(isExternallySynced=False, isGrafanaAdminExternallySynced=False, authLabels=None)
    entry.update(updatedAt=NO_TIME, createdAt=NO_TIME, avatarUrl="")
    if request.server.profile >= (12, 0):
        entry["isProvisioned"] = False
    return entry


@route("PUT", "/api/user")
def change_caller(request: Request) -> Reply:
    fields = _changes(request)
    user = request.caller.user
    if user is None and request.server.profile >= (10, 0):
        return users_only(request.server.profile)
    return change(request, user, fields)


def _changes(request: Request) -> dict:
    fields = request.fields({"name": str, "email": str, "login": str, "theme": str})
    return {name: value.strip() if name in ("email", "login") else value for name, value in fields.items()}


def change(request: Request, user: User | None, fields: dict) -> Reply:
    """Change a user; what is empty stays as it is."""
    server = request.server
    state, profile = server.state, server.profile
    login = fields.get("login") or fields.get("email") or ""
    if not login:
        if profile.typed_errors:
            return typed(400, "Need to specify either username or email", "user.empty-username-and-email")
        return message("Validation error, need to specify either username or email", 400)
    if user is None:
        # Up to 10.x a row that does not exist is updated with success.
        return message("User updated") if profile < (11, 0) else fail(profile, 500, "Failed to update user")
    email = fields.get("email") or user.email
    if profile.loose_logins:
        login, email = login.lower(), email.lower()
    others = [other for other in state.users.values() if other is not user]
    if login in state.logins or any(login == other.login or email == other.email for other in others):
        return fail(profile, 500, "Failed to update user")
    user.login, user.email = login, email
    user.name = fields.get("name") or user.name
    user.theme = fields.get("theme") or user.theme
    user.updated = server.clock.now()
    return message("User updated")


@route("PUT", "/api/user/password")
def change_own_password(request: Request) -> Reply:
    server, user = request.server, request.caller.user
    fields = request.fields({"oldPassword": str, "newPassword": str})
    old, new = fields.get("oldPassword", ""), fields.get("newPassword", "")
    if user is None:
        profile = server.profile
        return users_only(profile) if profile >= (10, 0) else fail(profile, 500, "Could not read user from database")
    if old != user.password:
        if server.profile >= (11, 0):
            return typed(400, "Invalid old password", "user.password-missmatch")
        return message("Invalid old password", 401)
    if len(new.encode()) < SHORTEST:
        return too_short() if server.profile.typed_errors else message("New password is too short", 400)
    user.password = new
    return message("User password changed")


def too_short() -> Reply:
    """Return the refusal of a password, from 10 on."""
    return typed(400, "New password is too short", "password.password-policy-too-short")


@route("GET", "/api/users/lookup")
def look_up(request: Request) -> Reply:
    profile = request.server.profile
    require_globally(request, "users:read")
    found = request.server.state.find_user(request.one("loginOrEmail"), loose=profile.loose_logins)
    if found is None:
        return nobody()
    entry = profile_of(request, found)
    if profile < (12, 0):
        entry["isDisabled"] = False
        if "uid" in entry:
            entry["uid"] = ""
    return ok({**entry, "avatarUrl": "", "authLabels": labels(found) if profile >= (12, 1) else None})


def nobody() -> Reply:
    """Return the 404 of a user who is none."""
    return message("user not found", 404)


def _hit(request: Request, user: User) -> dict:
    profile = request.server.profile
    entry: dict = {"id": user.id}
    if profile >= (10, 0):
        entry["uid"] = user.uid if profile.uids else ""
    entry.update(name=user.name, login=user.login, email=user.email, avatarUrl=picture(profile, user.email))
    entry.update(isAdmin=user.is_admin, isDisabled=user.disabled)
    if request.server.profile >= (13, 0):
        entry["role"] = ""
    if profile >= (12, 0):
        entry["isProvisioned"] = False
    entry.update(lastSeenAt=NEVER, lastSeenAtAge="10 years", authLabels=labels(user))
    if profile >= (12, 1):
        entry["created"] = stamp(user.created)
    return entry


def _search(request: Request) -> dict:
    require_globally(request, "users:read")
    users = sorted(request.server.state.users.values(), key=lambda user: (user.login, user.email))
    if request.one("query"):
        found = like(f"%{request.one('query')}%")
        users = [user for user in users if found(user.login) or found(user.email) or found(user.name)]
    part, which = request.page(users)
    return {**which, "users": [_hit(request, user) for user in part]}


@route("GET", "/api/users")
def every_user(request: Request) -> Reply:
    return ok(_search(request)["users"])


@route("GET", "/api/users/search")
def search_users(request: Request) -> Reply:
    return ok(_search(request))


@route("GET", "/api/users/{user_id}")
def one_user(request: Request) -> Reply:
    user = request.server.state.users.get(user_id(request, "users:read"))
    return ok(profile_of(request, user)) if user else nobody()


@route("PUT", "/api/users/{user_id}")
def change_user(request: Request) -> Reply:
    resolve_user(request)
    require_globally(request, "users:write")
    fields = _changes(request)
    return change(request, request.server.state.users.get(user_id(request, "users:write")), fields)


@route("GET", "/api/users/{user_id}/orgs")
def orgs_of_user(request: Request) -> Reply:
    return ok(orgs_of(request.server, user_id(request, "users:read")))


@route("POST", "/api/users/{user_id}/using/{org_id}")
def switch_user(request: Request) -> Reply:
    server, number = request.server, user_id(request, "users:write")
    try:
        org = server.state.orgs.get(int(request.params["org_id"]))
    except ValueError:
        return bad_request(server.profile, "orgId is invalid")
    if org is None or number not in org.members:
        return message("Not a valid organization", 401)
    server.state.users[number].org_id = org.id
    return message("Active organization changed")


def user_id(request: Request, permission: str) -> int:
    """Return the user's id in the path. Raises :class:`Refusal` without *permission*, and for what is no id."""
    resolve_user(request)
    require_globally(request, permission)
    try:
        return int(request.params["user_id"])
    except ValueError:
        raise Refusal(bad_request(request.server.profile, "id is invalid")) from None
