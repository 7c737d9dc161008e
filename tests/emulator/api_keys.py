# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys, and their migration to service accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .members import role_of
from .profile import Profile, migration
from .replies import Refusal, Reply, bad_request, fail, message, ok
from .server import Request, require, route
from .state import Key, key_secret, stamp

if TYPE_CHECKING:
    from .server import Server

#: The list ends here.
CAP = 100
GONE = "this endpoint has been removed, please use POST /api/serviceaccounts and POST /api/serviceaccounts/{id}/tokens instead"
HIDING = ((9, 1), (9, 5))


def listed(profile: Profile) -> bool:
    return migration(profile).listed


def migrates(profile: Profile) -> bool:
    return migration(profile).migrate


def hides(profile: Profile) -> bool:
    return HIDING[0] <= profile.numbers[:2] < HIDING[1]


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
    if not migration(server.profile).create:
        return message(GONE, 410)
    require(request, "apikeys:create")
    fields = request.fields({"name": str, "role": str, "secondsToLive": int})
    if not fields.get("name"):
        raise Refusal(bad_request(server.profile))
    role = role_of(request, fields.get("role", ""))
    lifetime = fields.get("secondsToLive")
    most = server.settings.number("auth.api_key_max_seconds_to_live")
    if most > -1 and not lifetime:
        return message("Number of seconds before expiration should be set", 400)
    if most > -1 and lifetime and lifetime > most:
        return message("Number of seconds before expiration is greater than the global limit", 400)
    if lifetime is not None and lifetime < 0:
        return message("negative value for SecondsToLive", 400)
    org_id = request.caller.org_id
    if server.state.key_name_taken(org_id, fields["name"]):
        return message("API key, organization ID and name must be unique", 409)
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
    return ok({"migrated": not request.server.state.api_keys(request.caller.org_id)})


@route("POST", "/api/serviceaccounts/hideApiKeys", there=hides)
def hide(request: Request) -> Reply:
    require(request, "serviceaccounts:create")
    request.server.state.hidden_keys.add(request.caller.org_id)
    return message("API keys hidden")


@route("POST", "/api/serviceaccounts/migrate", there=migrates)
def migrate_all(request: Request) -> Reply:
    server = request.server
    require(request, "serviceaccounts:create")
    found = server.state.api_keys(request.caller.org_id)
    failed = [key for key in found if not migrate(server, key)]
    if server.profile < (10, 0):
        if failed:
            return fail(server.profile, 500, "Internal server error")
        return message("API keys migrated to service accounts")
    return ok(
        {
            "total": len(found),
            "migrated": len(found) - len(failed),
            "failed": len(failed),
            "failedApikeyIDs": [key.id for key in failed],
            "failedDetails": [f"API key name: {key.name} - Error: service account already exists" for key in failed],
        }
    )


@route("POST", "/api/serviceaccounts/migrate/{key_id}", there=migrates)
def migrate_one(request: Request) -> Reply:
    server = request.server
    require(request, "serviceaccounts:create")
    try:
        number = int(request.params["key_id"])
    except ValueError:
        return bad_request(server.profile, "keyId is invalid")
    key = next((key for key in server.state.api_keys(request.caller.org_id) if key.id == number), None)
    # Up to 11.x a key that is none passes silently where any key is; see the recordings of 9.3 and 11.5.
    if key is None and _complains(request):
        return fail(server.profile, 500, "Error converting API key")
    if key is not None and not migrate(server, key):
        return fail(server.profile, 500, "Error converting API key")
    return message("Service accounts migrated")


def _complains(request: Request) -> bool:
    """Tell whether migrating an unknown key is an error: from 10 on, in an org without any API key."""
    server = request.server
    return not server.profile < (10, 0) and not server.state.api_keys(request.caller.org_id)


def migrate(server: Server, key: Key) -> bool:
    """Turn an API key into a token of an account of its own; tell whether that worked."""
    name = f"sa-autogen-{key.name}"
    login = f"sa-autogen-{key.org_id}-{key.name}"
    if server.profile >= (10, 0):
        login = login.lower().replace(" ", "-")
    if login in server.state.logins:
        return False
    account = server.state.add_account(key.org_id, name, login, key.role)
    # Up to 9.3 the account becomes a member by the rule for new users; where that is off, of nothing.
    account.lost = server.profile < (9, 4) and not server.settings.on("users.auto_assign_org")
    key.account_id = account.id
    return True


def start_with_keys(server: Server) -> None:
    """Do what a start of the server does with API keys: from 11.6 on it migrates them all."""
    if migration(server.profile).at_start:
        for key in [key for key in server.state.keys.values() if key.account_id is None]:
            migrate(server, key)
