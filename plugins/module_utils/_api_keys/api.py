# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys, which newer versions of Grafana refuse: what a server still does with them, and the requests about them."""

from __future__ import annotations

import base64
import binascii
import json
import re
import typing as t
from dataclasses import asdict, dataclass

from .._engine.resource import View
from .._grafana.client import Client
from .._grafana.errors import GrafanaError, NotFound, Unsupported
from .._grafana.scope import Scope
from .._grafana.versions import (
    API_KEYS_END,
    HIDE_API_KEYS,
    KEYS_MIGRATE_AT_START,
    MIGRATION_KEEPS_ORG,
    NO_NEW_API_KEYS,
    SERVICE_ACCOUNTS,
    Version,
)
from .._orgs.service_accounts import Account
from .._text.durations import moment

#: The server's list of an organization's API keys ends here, sorted by name, without a word (all versions).
LIST_CAP = 100
#: What the server's own migration calls an account, before the name of its key; its login begins so, too.
AUTOGEN = "sa-autogen-"
#: Such a login, also where the first start of a version from 10.4.1 on has put the organization before it.
_AUTOGEN_LOGIN = re.compile(r"sa-autogen-|sa-(\d+)-autogen-\1-")


@dataclass(frozen=True)
class ApiKey:
    """An API key as the server lists it. When it was made is not told; its last use from 10.0 on.

    *id* is ``None`` for a key that a task names and the server does not. Times are ISO 8601, ``None`` for never.
    """

    id: int | None
    name: str
    role: str
    expires: str | None = None
    expired: bool = False
    last_used: str | None = None

    def shown(self) -> View:
        """Return the key for a result."""
        return asdict(self)


def list_keys(scope: Scope) -> list[ApiKey] | None:
    """Return the API keys of an org, expired ones too, at most LIST_CAP; ``None`` where the server has none any more.

    A key has expired by the server's clock.
    """
    if scope.client.connection.cloud_stack is not None:
        return None  # by the Cloud API none is listed; those of all stacks were migrated in January 2025
    found = scope.client.find("/api/auth/keys", org=scope.org_id, includeExpired="true")
    if found is None:
        _not_there_yet(scope.client)
        return None
    now = scope.client.now()
    keys = []
    for entry in found:
        ends = moment(entry.get("expiration"))
        keys.append(
            ApiKey(
                id=int(entry["id"]),
                name=str(entry.get("name") or ""),
                role=str(entry.get("role") or ""),
                expires=entry.get("expiration"),
                expired=ends is not None and ends <= now,
                last_used=entry.get("lastUsedAt"),
            )
        )
    return keys


def _not_there_yet(client: Client) -> None:
    """Raise where a 404 for API keys cannot mean that they have been taken out of Grafana."""
    if client.at_least(API_KEYS_END) is False:
        raise NotFound(
            "%s (Grafana %s) has no API keys at /api/auth/keys, though its version should: see what stands between"
            % (client.connection.url, client.version()),
            code="no_api_keys_route",
        )


def delete_key(scope: Scope, key_id: int) -> None:
    """Delete an API key, which may be gone."""
    try:
        scope.client.delete("/api/auth/keys/%d" % key_id, org=scope.org_id)
    except NotFound:
        return
    except GrafanaError:
        if any(key.id == key_id for key in list_keys(scope) or []):
            raise


def made_by_server(account: Account) -> bool:
    """Tell whether the server's own migration made an account, whatever it is called now: a rename keeps the login."""
    return _AUTOGEN_LOGIN.match(account.login) is not None


@dataclass(frozen=True)
class Abilities:
    """What a server does with API keys; ``None`` where it hides its version, so that only trying tells."""

    creates: bool | None
    lists: bool | None
    migrates: bool | None
    at_start: bool | None
    hides_page: bool
    #: Whether migrating destroys keys where ``[users] auto_assign_org`` is off.
    may_destroy: bool | None


def abilities_of(version: Version | None) -> Abilities:
    """Return what a Grafana of *version* does with API keys (from the sources of 9.1 to 12.4, and recorded)."""
    if version is None:
        return Abilities(None, None, None, None, False, None)
    accounts = version >= SERVICE_ACCOUNTS
    lists = version < API_KEYS_END
    return Abilities(
        creates=version < NO_NEW_API_KEYS,
        lists=lists,
        migrates=accounts and lists,
        at_start=version >= KEYS_MIGRATE_AT_START,
        hides_page=HIDE_API_KEYS[0] <= version < HIDE_API_KEYS[1],
        may_destroy=accounts and version < MIGRATION_KEEPS_ORG,
    )


def gone(client: Client, what: str) -> GrafanaError:
    """Return the error for something that servers without API keys cannot do."""
    version = client.version()
    return Unsupported(
        "%s%s cannot %s: Grafana makes no API keys from 11.3 on and has none at all from 12.1 on; use a service account and "
        "its token (grafana_service_account, grafana_sa_token)"
        % (client.connection.url, " (Grafana %s)" % (version,) if version else "", what)
    )


class Spelt(t.NamedTuple):
    """What an API key of the old form says of itself, without asking anybody: its name and its organization."""

    name: str
    org_id: int


def spelt(key: str) -> Spelt | None:
    """Return what is spelt in an API key (``eyJrIjoi…``: base64 of JSON with k, n and id); ``None`` for any other key.

    The form is that of all versions that make API keys; a migrated key keeps it.
    """
    try:
        found = json.loads(base64.b64decode(key.strip() + "=" * (-len(key.strip()) % 4), validate=True))
        return Spelt(str(found["n"]), int(found["id"]))
    except (binascii.Error, KeyError, TypeError, ValueError):
        return None
