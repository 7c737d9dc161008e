# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login form, its sessions, and their end."""

from __future__ import annotations

from ..core.auth import check_password, close_session, cookie, disabled_login, open_session, rotate, wrong_login
from ..core.replies import Refusal, Reply, fail, message, ok, typed
from ..core.server import ANYBODY, Request, Server, route
from ..core.state import Session, stamp
from .general import users_only

#: Seconds after a rotation in which there is none again.
NOT_AGAIN = 5


@route("POST", "/login", access=ANYBODY)
def login(request: Request) -> Reply:
    server = request.server
    off = server.settings.on("auth.disable_login_form")
    if off and server.profile.typed_errors:
        return typed(400, "BadRequest", "auth.client.notConfigured")
    try:
        fields = request.fields({"user": str, "password": str})
    except Refusal:
        fields = {}
    if not fields.get("user") or not fields.get("password"):
        if server.profile.typed_errors:
            return typed(400, "bad login data", "form-auth.invalid")
        return fail(server.profile, 400, "bad login data")
    if off:
        return message("Login is disabled", 401)
    user = check_password(server, fields["user"], fields["password"], wrong_login, disabled_login)
    body = {"message": "Logged in"}
    if server.profile.typed_errors:
        body["redirectUrl"] = server.sub_path + "/"
    reply = ok(body)
    reply.cookies.append(cookie(server, open_session(server, user, request.headers.get("User-Agent", ""))))
    return reply


@route("GET", "/login", access=ANYBODY)
def login_page(request: Request) -> Reply:
    return Reply(200, "<!DOCTYPE html><html><head><title>Grafana</title></head><body></body></html>", "text/html")


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
        return _no_user(request)
    return listed(request, user.id)


@route("POST", "/api/user/revoke-auth-token")
def revoke_own(request: Request) -> Reply:
    wanted = request.fields({"authTokenId": int}).get("authTokenId", 0)
    user = request.caller.user
    return revoke(request, user.id, wanted) if user else _no_user(request)


def _no_user(request: Request) -> Reply:
    """Return what keys are answered, which have no sessions."""
    profile = request.server.profile
    return users_only(profile) if profile.typed_errors else fail(profile, 404, "User not found")


def sessions_of(server: Server, user_id: int) -> list[Session]:
    """Return the sessions of a user, each once."""
    found = {session.id: session for session in server.state.sessions.values() if session.user_id == user_id}
    return [found[number] for number in sorted(found)]


def drop_sessions(server: Server, user_id: int) -> None:
    """End all sessions of a user."""
    for session in sessions_of(server, user_id):
        close_session(server, session.value)


def listed(request: Request, user_id: int) -> Reply:
    """Return the sessions of a user; the one of the request is active."""
    server = request.server
    if user_id not in server.state.users:
        return fail(server.profile, 404, "User not found")
    current = server.state.sessions.get(request.caller.session or "")
    return ok([_shown(server, session, session is current) for session in sessions_of(server, user_id)])


def _browser(user_agent: str) -> tuple[str, str]:
    """Return name and version of the client that a User-Agent names, as far as automation is concerned."""
    name, _slash, version = user_agent.partition("/")
    if name != "python-requests":
        return "Other", ""
    return "Python Requests", ".".join(version.split(".")[:2])


def _shown(server: Server, session: Session, active: bool) -> dict:
    entry: dict = {"id": session.id, "isActive": active, "clientIp": "127.0.0.1", "device": "Other"}
    browser, version = _browser(session.user_agent)
    entry.update(os="Other", osVersion="", browser=browser, browserVersion=version)
    if server.profile >= (11, 0):
        entry["authModule"] = ""
    entry.update(createdAt=stamp(session.created), seenAt=stamp(session.rotated))
    return entry


def revoke(request: Request, user_id: int, wanted: int) -> Reply:
    """End one session of a user, but for the one of the request."""
    server = request.server
    if user_id not in server.state.users:
        return fail(server.profile, 404, "User not found")
    session = next((session for session in sessions_of(server, user_id) if session.id == wanted), None)
    if session is None:
        return fail(server.profile, 404, "User auth token not found")
    if session is server.state.sessions.get(request.caller.session or ""):
        return message("Cannot revoke active user auth token", 400)
    close_session(server, session.value)
    return message("User auth token revoked")


@route("POST", "/api/user/auth-tokens/rotate", access=ANYBODY, there=lambda profile: profile >= (10, 0))
def rotate_token(request: Request) -> Reply:
    server = request.server
    value = next((value for value in request.cookies.values() if value in server.state.sessions), None)
    if value is None:
        return message("Unauthorized", 401)
    session = server.state.sessions[value]
    if server.clock.now() - session.rotated < NOT_AGAIN:
        return Reply(200, {})
    reply = Reply(200, {})
    reply.cookies.append(cookie(server, rotate(server, session)))
    return reply
