# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login form, its sessions, and their end."""

from __future__ import annotations

from .auth import check_password, close_session, cookie, open_session, rotate, wrong_login
from .replies import Refusal, Reply, barrier, fail, message, ok, typed, unauthorized
from .server import ANYBODY, Request, route
from .state import stamp


@route("POST", "/login", access=ANYBODY)
def login(request: Request) -> Reply:
    server = request.server
    if server.settings.on("auth.disable_login_form"):
        if server.profile.typed_errors:
            return typed(400, "Bad Request", "auth.client.notConfigured")
        return fail(server.profile, 401, "Login is disabled")
    fields = request.fields({"user": str, "password": str}, "bad login data")
    if not fields.get("user") or not fields.get("password"):
        if server.profile.typed_errors:
            return typed(400, "bad login data", "form-auth.invalid")
        return fail(server.profile, 400, "bad login data")
    user = check_password(server, fields["user"], fields["password"], wrong_login)
    reply = ok({"message": "Logged in", "redirectUrl": (server.sub_path or "") + "/"})
    reply.cookies.append(cookie(server, open_session(server, user)))
    return reply


@route("GET", "/logout", access=ANYBODY)
def logout(request: Request) -> Reply:
    for value in request.cookies.values():
        close_session(request.server, value)
    reply = Reply(302, '<a href="/login">Found</a>.\n', "text/html", {"Location": request.server.sub_path + "/login"})
    reply.cookies.append(cookie(request.server, None))
    return reply


@route("GET", "/api/user/auth-tokens")
def tokens(request: Request) -> Reply:
    user = request.caller.user
    if user is None:
        return message("entity not allowed to list tokens", 403)
    sessions = {id(one): one for one in request.server.state.sessions.values() if one.user_id == user.id}
    now = stamp(request.server.clock.now())
    current = request.server.state.sessions.get(request.caller.session or "")
    return ok(
        [
            {"id": number, "isActive": one is current, "clientIp": "127.0.0.1", "createdAt": now, "seenAt": now}
            for number, one in enumerate(sessions.values(), 1)
        ]
    )


@route("POST", "/api/user/auth-tokens/rotate", access=ANYBODY, there=lambda profile: profile >= (10, 0))
def rotate_token(request: Request) -> Reply:
    server = request.server
    value = next((value for value in request.cookies.values() if value in server.state.sessions), None)
    if value is None:
        raise Refusal(barrier(401, "Unauthorized", "auth.unauthorized") if request.cookies else unauthorized(server.profile))
    reply = Reply(200, {})
    reply.cookies.append(cookie(server, rotate(server, server.state.sessions[value])))
    return reply
