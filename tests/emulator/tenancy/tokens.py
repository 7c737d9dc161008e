# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of service accounts."""

from __future__ import annotations

from ..core.replies import Refusal, Reply, bad_request, fail, message, ok, typed
from ..core.server import Request, route
from ..core.state import Key, stamp, token_secret
from .service_accounts import BAD, account_of, begin, is_number, listed_at_most, missing, there

WEEK = 7 * 86400
DAY = 86400


@route("GET", "/api/serviceaccounts/{account_id}/tokens", there=there)
def tokens(request: Request) -> Reply:
    begin(request, "serviceaccounts:read")
    account = account_of(request)
    if account is None:
        return ok([])
    keys = sorted(request.server.state.keys_of(account.id), key=lambda key: key.name)
    return ok([_shown(request, key) for key in keys[: listed_at_most(request.server.profile)]])


def _shown(request: Request, key: Key) -> dict:
    state, now = request.server.state, request.server.clock.now()
    left = key.expires - now if key.expires is not None else 0
    soon = 0 < left < WEEK
    return {
        "id": key.id,
        "name": key.name,
        "created": stamp(key.created),
        "lastUsedAt": None if key.last_used is None else stamp(key.last_used),
        "expiration": None if key.expires is None else stamp(key.expires),
        "secondsUntilExpiration": round(left, 6) if soon else 0,
        "hasExpired": state.expired(key),
        "isRevoked": key.revoked,
    }


@route("POST", "/api/serviceaccounts/{account_id}/tokens", there=there)
def create(request: Request) -> Reply:
    server = request.server
    begin(request, "serviceaccounts:write")
    account = account_of(request)
    if account is None:
        return missing(server.profile)
    fields = request.fields({"name": str, "secondsToLive": int}, BAD)
    if not fields.get("name"):
        raise Refusal(bad_request(server.profile, BAD))
    lifetime = fields.get("secondsToLive")
    _check_limits(request, lifetime)
    if server.state.key_name_taken(account.org_id, fields["name"]):
        return _taken(request)
    if lifetime is not None and lifetime < 0:
        return _invalid(request)
    expires = server.clock.now() + lifetime if lifetime else None
    key = server.state.add_key(account.org_id, fields["name"], token_secret(), account_id=account.id, expires=expires)
    return ok({"id": key.id, "name": key.name, "key": key.secret})


def _check_limits(request: Request, lifetime: int | None) -> None:
    """Raise :class:`Refusal` for a lifetime that the server's limits do not allow."""
    settings, profile = request.server.settings, request.server.profile
    most = settings.number("auth.api_key_max_seconds_to_live")
    if most > -1:
        if not lifetime:
            raise Refusal(message("Number of seconds before expiration should be set", 400))
        if lifetime > most:
            raise Refusal(message("Number of seconds before expiration is greater than the global limit", 400))
    days = settings.number("service_accounts.token_expiration_day_limit")
    if days <= 0 or profile < (9, 4):
        return
    if not lifetime and profile >= (12, 4):
        setting = "service_accounts.token_expiration_day_limit"
        raise Refusal(message(f"Cannot create token with no expiration date when {setting} is set", 400))
    # Days are compared, not moments: what ends on the last day allowed, at whatever time, passes.
    now = request.server.clock.now()
    if (now + (lifetime or 0)) // DAY > (now + days * DAY) // DAY:
        text = "The expiration date input exceeds the limit for service account access tokens expiration date"
        raise Refusal(Reply(400, text, "" if profile >= (13, 0) else "text/plain"))


def _invalid(request: Request) -> Reply:
    text = "invalid SecondsToLive value"
    if request.server.profile.typed_errors:
        return typed(400, text, "serviceaccounts.ErrInvalidInput")
    return message(text, 400)


def _taken(request: Request) -> Reply:
    text = "service account token with given name already exists in the organization"
    if request.server.profile.typed_errors:
        return typed(400, text, "serviceaccounts.ErrTokenAlreadyExists")
    return message(text, 409)


@route("DELETE", "/api/serviceaccounts/{account_id}/tokens/{token_id}", there=there)
def delete(request: Request) -> Reply:
    server = request.server
    profile = server.profile
    begin(request, "serviceaccounts:write")
    account = account_of(request)
    if account is None:
        return missing(profile)
    if not is_number(request.params["token_id"]):
        return bad_request(profile, "Token ID is invalid")
    number = int(request.params["token_id"])
    if number == 0 and profile.typed_errors:
        return typed(400, "invalid service account token id specified", "serviceaccounts.ErrInvalidTokenId")
    key = server.state.keys.get(number)
    if key is None or key.account_id != account.id:
        if profile.typed_errors:
            return typed(404, "service account token not found", "serviceaccounts.ErrTokenNotFound")
        return fail(profile, 500, "Failed to delete service account token")
    server.state.drop_key(key)
    return message("Service account token deleted")
