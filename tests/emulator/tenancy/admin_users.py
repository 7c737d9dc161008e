# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What server admins do to users."""

from __future__ import annotations

from ..core.replies import Refusal, Reply, bad_request, fail, message, ok, typed
from ..core.server import Request, require_globally, route
from ..core.state import Org
from .members import resolve_user
from .sessions import drop_sessions, listed, revoke
from .users import SHORTEST, nobody, too_short, user_id


@route("POST", "/api/admin/users")
def create(request: Request) -> Reply:
    server = request.server
    profile, state = server.profile, server.state
    require_globally(request, "users:create")
    fields = request.fields({"login": str, "email": str, "name": str, "password": str, "orgId": int})
    login, email = fields.get("login", ""), fields.get("email", "")
    password = fields.get("password", "")
    if not password:
        raise Refusal(bad_request(profile))
    if profile < (11, 0):
        login, email = login.strip(), email.strip()
    _check(request, login or email, password)
    if profile.loose_logins:
        org = _first_org(request, login, email, fields.get("orgId", 0))
        taken = _taken(request, login, email)
    else:
        taken = _taken(request, login, email)
        org = None if taken else _first_org(request, login, email, fields.get("orgId", 0))
    if taken or org is None:
        return fail(profile, 412, f"User with email '{email}' or username '{login}' already exists")
    if profile >= (11, 0) and len(password.encode()) < SHORTEST:
        return too_short()
    login, email = login or email, email or login
    if profile.loose_logins:
        login, email = login.lower(), email.lower()
    user = state.add_user(login, email, fields.get("name", ""), password, org.id)
    own = not server.settings.on("users.auto_assign_org")
    org.members[user.id] = "Admin" if own else server.settings.text("users.auto_assign_org_role")
    body = {"id": user.id, "message": "User created"}
    if profile.uids:
        body["uid"] = user.uid
    return ok(body)


def _check(request: Request, login: str, password: str) -> None:
    """Raise :class:`Refusal` for a user without a name, and up to 10.x for a short password."""
    profile = request.server.profile
    if not login:
        if profile.typed_errors:
            raise Refusal(typed(400, "Need to specify either username or email", "user.empty-username-and-email"))
        raise Refusal(message("Validation error, need specify either username or email", 400))
    if profile < (11, 0) and len(password.encode()) < SHORTEST:
        raise Refusal(message("Password is missing or too short", 400))


def _taken(request: Request, login: str, email: str) -> bool:
    """Tell whether another user, or a service account, has the login or the address."""
    state = request.server.state
    login, email = login or email, email or login
    if request.server.profile.loose_logins:
        login, email = login.lower(), email.lower()
    if login in state.logins or email in state.logins:
        return True
    return any(login == user.login or email == user.email for user in state.users.values())


def _first_org(request: Request, login: str, email: str, org_id: int) -> Org:
    """Return the org that a new user gets: where assigning is on the named or the first, else one of its own."""
    server = request.server
    state = server.state
    if not server.settings.on("users.auto_assign_org"):
        name = email or login
        if state.org_named(name) is not None:
            raise Refusal(fail(server.profile, 500, "failed to create user"))
        return state.add_org(name)
    org = state.orgs.get(org_id or 1)
    if org is None:
        text = "organization not found"
        if server.profile.typed_errors:
            text = f"[org.notFound] failed to get organization with ID: {org_id or 1}"
        raise Refusal(message(text, 400))
    return org


@route("PUT", "/api/admin/users/{user_id}/password")
def set_password(request: Request) -> Reply:
    server = request.server
    profile = server.profile
    resolve_user(request)
    require_globally(request, "users.password:write")
    if profile.typed_errors and server.settings.on("auth.disable_login_form"):
        return message("Not allowed to reset password when login form is disabled", 403)
    password = request.fields({"password": str}).get("password", "")
    if not password:
        return bad_request(profile)
    user = server.state.users.get(user_id(request, "users.password:write"))
    short = len(password.encode()) < SHORTEST
    if profile >= (11, 0) and (user is None or short):
        return fail(profile, 500, "Failed to update user password")
    if short:
        return fail(profile, 500, "Internal Server Error") if profile.typed_errors else message("New password too short", 400)
    if user is None:
        return fail(profile, 500, "Could not read user from database")
    if profile.typed_errors:
        server.state.failed_logins.pop(user.login, None)
        drop_sessions(server, user.id)
    user.password = password
    return message("User password updated")


@route("PUT", "/api/admin/users/{user_id}/permissions")
def set_permissions(request: Request) -> Reply:
    server = request.server
    resolve_user(request)
    if server.profile >= (11, 0) and not request.caller.is_admin:
        return message("Permission denied", 403)
    require_globally(request, "users.permissions:write")
    wanted = request.fields({"isGrafanaAdmin": bool}).get("isGrafanaAdmin", False)
    user = server.state.users.get(user_id(request, "users.permissions:write"))
    if user is None:
        # Up to 10.x a row that does not exist is updated with success.
        if server.profile < (11, 0):
            return message("User permissions updated")
        return fail(server.profile, 500, "Failed to update user permissions")
    if not wanted and not any(other.is_admin for other in server.state.users.values() if other is not user):
        return message("cannot remove last grafana admin", 400)
    user.is_admin = wanted
    return message("User permissions updated")


@route("DELETE", "/api/admin/users/{user_id}")
def delete(request: Request) -> Reply:
    user = request.server.state.users.get(user_id(request, "users:delete"))
    if user is None:
        return nobody()
    request.server.state.drop_user(user)
    request.server.access.entries.drop_subject(("user", user.id))
    return message("User deleted")


@route("POST", "/api/admin/users/{user_id}/disable")
def disable(request: Request) -> Reply:
    return _switch(request, "users:disable", True) or message("User disabled")


@route("POST", "/api/admin/users/{user_id}/enable")
def enable(request: Request) -> Reply:
    return _switch(request, "users:enable", False) or message("User enabled")


def _switch(request: Request, permission: str, disabled: bool) -> Reply | None:
    server = request.server
    user = server.state.users.get(user_id(request, permission))
    if user is None:
        return nobody()
    if user.external:  # from the sources, 8.5 to 13.1
        return fail(server.profile, 500, f"Could not {'disable' if disabled else 'enable'} external user")
    user.disabled = disabled
    if disabled:
        drop_sessions(server, user.id)
    return None


@route("POST", "/api/admin/users/{user_id}/logout")
def log_out(request: Request) -> Reply:
    server, number = request.server, user_id(request, "users:logout")
    if request.caller.user is not None and request.caller.user.id == number:
        return message("You cannot logout yourself", 400)
    if number not in server.state.users:
        return fail(server.profile, 404, "User not found")
    drop_sessions(server, number)
    return message("User logged out")


@route("GET", "/api/admin/users/{user_id}/auth-tokens")
def auth_tokens(request: Request) -> Reply:
    return listed(request, user_id(request, "users.authtoken:read"))


@route("POST", "/api/admin/users/{user_id}/revoke-auth-token")
def revoke_auth_token(request: Request) -> Reply:
    resolve_user(request)
    require_globally(request, "users.authtoken:write")
    wanted = request.fields({"authTokenId": int}).get("authTokenId", 0)
    return revoke(request, user_id(request, "users.authtoken:write"), wanted)
