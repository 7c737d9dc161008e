# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys, and their migration to service accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.profile import Profile, migration
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok
from ..core.server import Request, require, route
from ..core.state import Key, key_secret, stamp
from .members import role_of
from .quotas import refuse_over_quota
from .service_accounts import delete_account, is_number, with_org

if TYPE_CHECKING:
    from ..core.server import Server

#: The list ends here.
CAP = 100
GONE = "this endpoint has been removed, please use POST /api/serviceaccounts and POST /api/serviceaccounts/{id}/tokens instead"
FAILED = "failed to create service account: [serviceaccounts.ErrAlreadyExists] service account already exists"
HIDING = ((9, 1), (9, 5))


def listed(profile: Profile) -> bool:
    return migration(profile).listed


def migrates(profile: Profile) -> bool:
    return migration(profile).migrate


def hides(profile: Profile) -> bool:
    return HIDING[0] <= profile.numbers[:2] < HIDING[1]


def reverts(profile: Profile) -> bool:
    return (9, 1) <= profile.numbers < (10, 0)


@route("GET", "/api/auth/keys", there=listed)
def keys(request: Request) -> Reply:
    state = request.server.state
    require(request, "apikeys:read")
    found = state.api_keys(request.caller.org_id)
    if not request.flag("includeExpired"):
        found = [key for key in found if not state.expired(key)]
    found.sort(key=lambda key: key.name)
    return ok([_shown(request, key) for key in found[:CAP]])


def _shown(request: Request, key: Key) -> dict:
    entry: dict = {"id": key.id, "name": key.name, "role": key.role}
    if key.expires is not None:
        entry["expiration"] = stamp(key.expires)
    # 9.x writes the time of the last use, and does not show it yet.
    if key.last_used is not None and request.server.profile >= (10, 0):
        entry["lastUsedAt"] = stamp(key.last_used)
    return entry


@route("POST", "/api/auth/keys", there=listed)
def create(request: Request) -> Reply:
    server = request.server
    require(request, "apikeys:create")
    refuse_over_quota(request, "api_key")
    if not migration(server.profile).create:
        return message(GONE, 410)
    fields = request.fields({"name": str, "role": str, "secondsToLive": int})
    if not fields.get("name"):
        raise Refusal(bad_request(server.profile))
    role = role_of(request, fields.get("role"))
    lifetime = fields.get("secondsToLive")
    most = server.settings.number("auth.api_key_max_seconds_to_live")
    if most > -1 and not lifetime:
        return message("Number of seconds before expiration should be set", 400)
    if most > -1 and lifetime and lifetime > most:
        return message("Number of seconds before expiration is greater than the global limit", 400)
    org_id = request.caller.org_id
    if server.state.key_name_taken(org_id, fields["name"]):
        return message("API key, organization ID and name must be unique", 409)
    if lifetime is not None and lifetime < 0:
        return message("negative value for SecondsToLive", 400)
    expires = server.clock.now() + lifetime if lifetime else None
    secret = key_secret(org_id, fields["name"])
    key = server.state.add_key(org_id, fields["name"], secret, role=role, expires=expires)
    return ok({"id": key.id, "name": key.name, "key": secret})


@route("DELETE", "/api/auth/keys/{key_id}", there=listed)
def delete(request: Request) -> Reply:
    server = request.server
    require(request, "apikeys:delete")
    try:
        number = int(request.params["key_id"])
    except ValueError:
        return bad_request(server.profile, "id is invalid")
    key = server.state.keys.get(number)
    if key is None or key.account_id is not None or key.org_id != request.caller.org_id:
        return fail(server.profile, 404, "Failed to delete API key")
    server.state.drop_key(key)
    return message("API key deleted")


@route("GET", "/api/serviceaccounts/migrationstatus", there=hides)
def status(request: Request) -> Reply:
    require(request, "serviceaccounts:read")
    return ok({"migrated": request.caller.org_id in request.server.state.migrated})


@route("POST", "/api/serviceaccounts/hideApiKeys", there=hides)
def hide(request: Request) -> Reply:
    require(request, "serviceaccounts:create")
    request.server.state.hidden_keys.add(request.caller.org_id)
    return message("API keys hidden")


@route("POST", "/api/serviceaccounts/migrate", there=migrates)
def migrate_all(request: Request) -> Reply:
    server = request.server
    require(request, "serviceaccounts:create")
    found = sorted(server.state.api_keys(request.caller.org_id), key=lambda key: key.name)
    if server.profile < (10, 0):
        # The first failure ends it.
        if not all(migrate(server, key) for key in found):
            return fail(server.profile, 500, "Internal server error")
        server.state.migrated.add(request.caller.org_id)
        return message("API keys migrated to service accounts")
    failed = [key for key in found if not migrate(server, key)]
    return ok(
        {
            "total": len(found),
            "migrated": len(found) - len(failed),
            "failed": len(failed),
            "failedApikeyIDs": [key.id for key in failed],
            "failedDetails": [f"API key name: {key.name} - Error: {FAILED}" for key in failed],
        }
    )


@route("POST", "/api/serviceaccounts/migrate/{key_id}", there=migrates)
def migrate_one(request: Request) -> Reply:
    server = request.server
    require(request, "serviceaccounts:create")
    try:
        number = int(request.params["key_id"])
    except ValueError:
        return bad_request(server.profile, "Key ID is invalid")
    found = server.state.api_keys(request.caller.org_id)
    if not found:
        return fail(server.profile, 500, "Error converting API key")
    # A key that is none passes silently where there are others.
    key = next((key for key in found if key.id == number), None)
    if key is not None and not migrate(server, key):
        return fail(server.profile, 500, "Error converting API key")
    return message("Service accounts migrated")


@route("POST", "/api/serviceaccounts/{account_id}/revert/{key_id}", there=reverts)
def revert(request: Request) -> Reply:
    state, profile = request.server.state, request.server.profile
    require(request, "serviceaccounts:delete")
    for name, text in (("key_id", "key ID is invalid"), ("account_id", "service account ID is invalid")):
        if not is_number(request.params[name]):
            return bad_request(profile, text)
    key = state.keys.get(int(request.params["key_id"]))
    account = state.accounts.get(int(request.params["account_id"]))
    whole = key is not None and account is not None and key.account_id == account.id and key.org_id == account.org_id
    if key is None or account is None or not whole or len(state.keys_of(account.id)) > 1:
        return fail(profile, 500, "error reverting to API key")
    key.account_id = None
    delete_account(request.server, account)
    return message("reverted service account to API key")


def migrate(server: Server, key: Key) -> bool:
    """Turn an API key into a token of an account of its own; tell whether that worked."""
    state, profile = server.state, server.profile
    login = _free_login(server, key)
    if login is None:
        return False
    org_id, role = key.org_id, key.role
    if profile < (9, 4) and not server.settings.on("users.auto_assign_org"):
        # The account is set up as a new user is: with an org of its own, where its key is good for nothing.
        if state.org_named(login) is not None:
            return False
        org_id, role = state.add_org(login).id, "Admin"
    account = state.add_account(org_id, f"sa-autogen-{key.name}", login, role)
    key.account_id = account.id
    return True


def _free_login(server: Server, key: Key) -> str | None:
    """Return a login for the account of a key; ``None`` where it is taken: from 10 on there are ten more to try."""
    if server.profile < (10, 0):
        login = f"sa-autogen-{key.org_id}-{key.name}"
        return None if server.state.login_taken(login) else login
    names = [key.name, *(f"{key.name}-{number:03d}" for number in range(1, 11))]
    logins = (with_org("sa-autogen", key.org_id, name) for name in names)
    return next((login for login in logins if not server.state.login_taken(login)), None)


def start_with_keys(server: Server) -> None:
    """Do what a start of the server does with API keys: from 11.6 on it migrates them all."""
    if migration(server.profile).at_start:
        for key in [key for key in server.state.keys.values() if key.account_id is None]:
            migrate(server, key)
