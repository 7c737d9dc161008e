# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a request is made as: basic auth, bearer key, session cookie, or a header of a proxy."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from .permissions import Caller
from .replies import Refusal, Reply, barrier, fail, message, typed, unauthorized
from .state import Key, Session, User, well_formed

if TYPE_CHECKING:
    from .profile import Profile
    from .server import Request, Server

#: Makes the refusal of a login.
Refuse = Callable[["Server"], Reply]

COOKIE = "grafana_session"
#: Seconds: a session's token is to be rotated after this; a signed-in user is cached for so long; a key's last use
#: moves at most so often.
ROTATE_AFTER = 600
CACHED = 5
USE_MOVES = 300
#: Failed logins within so many seconds that lock a user out, where the protection is on.
FAILURES, WITHIN = 5, 300


def authenticate(server: Server, request: Request) -> Caller | None:
    """Return who makes *request*, ``None`` for nobody. Raises :class:`Refusal` for bad credentials."""
    caller = _first_accepted(server, request) if server.profile.typed_errors else _first_given(server, request)
    if caller is None and server.settings.on("auth.anonymous.enabled"):
        caller = _anonymous(server)
    if caller is not None:
        server.access.begin(caller)
    return caller


def _ways(server: Server, request: Request) -> list[Callable[[], Caller | None]]:
    """Return the ways to find out who makes a request, in the order in which the server tries them."""
    return [
        lambda: _by_authorization(server, request),
        lambda: _by_header(server, request),
        lambda: _session(server, request),
    ]


def _first_given(server: Server, request: Request) -> Caller | None:
    """Return the caller by the first credential of a request, as up to 9.x: that one has to be good."""
    return next((caller for caller in (way() for way in _ways(server, request)) if caller is not None), None)


def _first_accepted(server: Server, request: Request) -> Caller | None:
    """Return the caller by the first good credential, as from 10.x on: bad ones count only where nothing else is good."""
    refusals = []
    for way in _ways(server, request):
        try:
            caller = way()
        except Refusal as refusal:
            if isinstance(refusal, NotRotated):
                raise
            refusals.append(refusal)
            continue
        if caller is not None:
            return caller
    if refusals and not server.settings.on("auth.anonymous.enabled"):
        raise refusals[0]
    return None


def _by_authorization(server: Server, request: Request) -> Caller | None:
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic" and value:
        return _basic(server, request, value)
    if scheme.lower() == "bearer" and value:
        return _key(server, request, value.strip())
    return None


def _by_header(server: Server, request: Request) -> Caller | None:
    """Return the user whom an authentication proxy, or a JWT (here: a plain login), names; the proxy's is created if new."""
    for way in ("auth.proxy", "auth.jwt"):
        login = request.headers.get(server.settings.text(f"{way}.header_name"))
        if not login or not server.settings.on(f"{way}.enabled"):
            continue
        user = server.state.find_user(login, loose=True)
        if user is None and way == "auth.jwt":
            raise Refusal(unauthorized(server.profile))
        if user is None:
            user = sign_up(server, login)
        user.external = user.external or way == "auth.proxy"
        return as_user(server, request, user)
    return None


def sign_up(server: Server, login: str) -> User:
    """Create the user whom an authentication proxy names for the first time, as a member of the first organization."""
    state = server.state
    org = state.orgs[min(state.orgs)]
    user = state.add_user(login, login, "", "", org.id)
    org.members[user.id] = server.settings.text("users.auto_assign_org_role")
    return user


def _anonymous(server: Server) -> Caller | None:
    """Return the anonymous caller, who is always in the org of the settings; ``None`` if there is no such org."""
    name = server.settings.text("auth.anonymous.org_name")
    org = next((one for one in server.state.orgs.values() if one.name == name), None)
    return Caller(anonymous=True, org_id=org.id, role=server.settings.text("auth.anonymous.org_role")) if org else None


def _basic(server: Server, request: Request, value: str) -> Caller | None:
    """Return the user of a basic auth header; ``None`` where the header says nothing that this server looks at."""
    try:
        login, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        login = colon = password = ""
    if colon and login == "api_key" and password:
        return _key(server, request, password)
    if not server.settings.on("auth.basic.enabled"):
        return None
    if not colon:
        if server.profile.typed_errors:
            return None
        raise Refusal(fail(server.profile, 401, "Invalid Basic Auth Header"))
    return as_user(server, request, check_password(server, login, password, wrong_basic, disabled_basic))


def wrong_basic(server: Server) -> Reply:
    """Return the refusal of a wrong password by basic auth."""
    if server.profile.typed_errors:
        return barrier(401, "Invalid username or password", "password-auth.failed")
    return fail(server.profile, 401, "invalid username or password")


def wrong_login(server: Server) -> Reply:
    """Return the refusal of a wrong password by the login form."""
    if server.profile.typed_errors:
        return typed(401, "Invalid username or password", "password-auth.failed")
    return fail(server.profile, 401, "Invalid username or password")


def disabled_basic(server: Server) -> Reply:
    """Return the refusal of a disabled user by basic auth: up to 9.x it does not say so."""
    return barrier(401, "Unauthorized", "identity.disabled") if server.profile.typed_errors else wrong_basic(server)


def disabled_login(server: Server) -> Reply:
    """Return the refusal of a disabled user by the login form: up to 9.x it does not say so."""
    return typed(401, "Unauthorized", "identity.disabled") if server.profile.typed_errors else wrong_login(server)


def check_password(server: Server, login: str, password: str, wrong: Refuse, disabled: Refuse) -> User:
    """Return the user of *login*. Raises :class:`Refusal` made by *wrong* or *disabled*.

    Failures are counted where the protection is on; neither a success nor a refusal of the protection changes them.
    """
    state, now = server.state, server.clock.now()
    protected = not server.settings.on("security.disable_brute_force_login_protection")
    name = login.lower() if server.profile.loose_logins else login
    failures = [moment for moment in state.failed_logins.get(name, []) if now - moment < WITHIN]
    if protected and len(failures) >= FAILURES:
        raise Refusal(wrong(server))
    user = state.find_user(login, loose=server.profile.loose_logins)
    if user is None or user.password != password:
        if password:
            state.failed_logins[name] = [*failures, now]
        raise Refusal(wrong(server))
    if user.disabled:
        raise Refusal(disabled(server))
    return user


def as_user(server: Server, request: Request, user: User, session: str | None = None) -> Caller:
    """Return *user* in the org that the request asks for."""
    wanted = request.wanted_org()
    org_id = wanted or user.org_id
    # What is remembered counts only where the request names an org.
    role = role_in(server, user, org_id, remembered=bool(wanted))
    # Who is no member is in no org.
    return Caller(user=user, org_id=-1 if role is None else org_id, role=role, session=session)


def role_in(server: Server, user: User, org_id: int, remembered: bool) -> str | None:
    """Return the role of a user in an org, ``None`` for no member; *remembered*, it may be the one of 5 seconds ago.

    Nothing but time removes a member from what a server remembers.
    """
    cached = server.state.signed_in.get(("user", user.id, org_id)) if remembered else None
    if cached and cached[0] > server.clock.now():
        return cached[1]
    org = server.state.orgs.get(org_id)
    role = org.members.get(user.id) if org else None
    if role is not None:
        server.state.signed_in[("user", user.id, org_id)] = (server.clock.now() + CACHED, role)
    return role


def _key(server: Server, request: Request, secret: str) -> Caller:
    """Return the service account, or the API key, that *secret* belongs to."""
    state, profile = server.state, server.profile
    key = state.by_secret.get(secret)
    if key is None:
        raise Refusal(_unknown_key(server, secret))
    if state.expired(key):
        text = "Expired API key"
        raise Refusal(barrier(401, text, "api-key.expired") if profile.typed_errors else message(text, 401))
    if key.revoked:
        text = "Revoked API key" if profile.typed_errors else "Revoked token"
        raise Refusal(barrier(401, text, "api-key.revoked") if profile.typed_errors else message(text, 401))
    wanted = request.wanted_org()
    if profile.typed_errors and wanted and wanted != key.org_id:
        text = "API key does not belong to the requested organization"
        raise Refusal(barrier(401, text, "api-key.organization-mismatch"))
    if key.account_id is None and profile >= (12, 1):
        raise Refusal(barrier(401, "Invalid API key", "api-key.invalid"))
    caller = _as_key(server, key)
    now = server.clock.now()
    # 9.x writes it down at every request.
    if key.last_used is None or profile < (10, 0) or now - key.last_used >= USE_MOVES:
        key.last_used = now
    return caller


def _as_key(server: Server, key: Key) -> Caller:
    if key.account_id is None:
        return Caller(key=key, org_id=key.org_id, role=key.role)
    account = server.state.accounts.get(key.account_id)
    if account is None or account.org_id != key.org_id:
        # Its account belongs to another org: signed in, and allowed nothing.
        return Caller(key=key, account=account, org_id=key.org_id, role=None)
    entry = ("account", account.id)
    cached = server.state.signed_in.get(entry)
    if cached and cached[0] > server.clock.now():
        return Caller(key=key, account=account, org_id=key.org_id, role=cached[1])
    if account.disabled:
        if server.profile.typed_errors:
            raise Refusal(barrier(401, "Unauthorized", "identity.disabled"))
        raise Refusal(message("Service account is disabled", 401))
    server.state.signed_in[entry] = (server.clock.now() + CACHED, account.role)
    return Caller(key=key, account=account, org_id=key.org_id, role=account.role)


def _unknown_key(server: Server, secret: str) -> Reply:
    """Return the refusal of a key that nobody has: told apart by whether it could be one."""
    profile = server.profile
    if not profile.typed_errors:
        deleted = well_formed(secret) and profile.rbac
        return fail(profile, 500 if deleted else 401, "invalid API key")
    if well_formed(secret):
        return message("Unauthorized", 401, traceID="")
    return barrier(401, "Invalid API key", "api-key.invalid")


class NotRotated(Refusal):
    """The session of a request has to be rotated first."""


def _not_rotated(profile: Profile) -> Reply:
    """Return the 401 of a session that has to be rotated: from 13 on nothing in it says so (source: ``WriteErrOrFallback``)."""
    if profile.objects_only:
        return message("Unauthorized", 401, traceID="")
    return barrier(401, "Unauthorized", "session.token.rotate")


def _session(server: Server, request: Request) -> Caller | None:
    value = request.cookies.get(COOKIE)
    found = server.state.sessions.get(value) if value else None
    if found is None:
        if value and server.profile.typed_errors:  # an ended session
            raise Refusal(message("Unauthorized", 401, traceID=""))
        return None
    user = server.state.users.get(found.user_id)
    if user is None or user.disabled:
        return None
    if server.clock.now() - found.rotated > ROTATE_AFTER and value == found.value:
        if server.profile.typed_errors:
            if request.path != "/api/user/auth-tokens/rotate":
                raise NotRotated(_not_rotated(server.profile))
        else:
            request.new_cookies.append(cookie(server, rotate(server, found)))
    return as_user(server, request, user, session=value)


def open_session(server: Server, user: User, user_agent: str) -> Session:
    """Begin a session of *user*."""
    now = server.clock.now()
    number = server.state.next("session")
    session = Session(user.id, secrets.token_hex(16), now, id=number, created=now, user_agent=user_agent)
    server.state.sessions[session.value] = session
    return session


def rotate(server: Server, session: Session) -> Session:
    """Give *session* a new token; the one before works until the next rotation."""
    if session.previous:
        server.state.sessions.pop(session.previous, None)
    session.previous, session.value = session.value, secrets.token_hex(16)
    session.rotated = server.clock.now()
    server.state.sessions[session.value] = session
    return session


def close_session(server: Server, value: str) -> None:
    """End a session under all of its tokens."""
    session = server.state.sessions.get(value)
    for token in (session.value, session.previous) if session else ():
        if token:
            server.state.sessions.pop(token, None)


def cookie(server: Server, session: Session | None) -> str:
    """Return the Set-Cookie that hands a session out, or ends it."""
    secure = "; Secure" if server.settings.on("security.cookie_secure") else ""
    path = server.sub_path or "/"
    if session is None:
        return f"{COOKIE}=; Path={path}; Max-Age=0; HttpOnly; SameSite=Lax{secure}"
    return f"{COOKIE}={session.value}; Path={path}; Max-Age=2592000; HttpOnly; SameSite=Lax{secure}"
