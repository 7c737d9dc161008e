# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys, which newer versions of Grafana refuse: what a version supports, and the requests about them."""

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
from .._orgs.service_accounts import Account, slug
from .._text.durations import moment

#: The server lists at most so many API keys, sorted by name, and does not report that there are more (all versions).
LIST_CAP = 100
#: The server's migration names an account so, followed by the key's name. The account's login begins so, too.
AUTOGEN = "sa-autogen-"
#: Such a login, with the organization and the key's name; the first start of a version from 10.4.1 on inserts the organization.
_AUTOGEN_LOGIN = re.compile(r"sa-(?:\d+-)?(autogen-\d+-(.+))")


@dataclass(frozen=True)
class ApiKey:
    """An API key as the server lists it; the server does not report when it was created, and its last use from 10.0 on only.

    *id* is ``None`` for a key that a task contains and the server does not list. Times are ISO 8601, ``None`` for never.
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
    """Return the API keys of an organization, at most LIST_CAP; ``None`` if the server does not support API keys any more.

    The list includes expired keys, as the server's clock measures that.
    """
    if scope.client.connection.cloud_stack is not None:
        return None  # the Cloud API lists no API keys: those of all stacks were migrated in January 2025
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
    """Raise :class:`NotFound` if this version supports API keys, so that a 404 has another cause."""
    if client.at_least(API_KEYS_END) is False:
        raise NotFound(
            "%s answers 404 for /api/auth/keys, although its version has API keys: check proxies in front of it" % client.where(),
            code="no_api_keys_route",
        )


def delete_key(scope: Scope, key_id: int) -> None:
    """Delete an API key, which may not exist any more."""
    try:
        scope.client.delete("/api/auth/keys/%d" % key_id, org=scope.org_id)
    except NotFound:
        return
    except GrafanaError:
        if any(key.id == key_id for key in list_keys(scope) or []):
            raise


def made_by_server(account: Account) -> bool:
    """Tell whether the server's migration created an account; a rename keeps the login.

    An account that a person called ``autogen-1-ci`` has such a login, too, which the server made from its name.
    """
    found = _AUTOGEN_LOGIN.fullmatch(account.login)
    return found is not None and slug(account.name) != slug(found.group(1))


def migrated_into(account: Account, name: str) -> bool:
    """Tell whether the server's migration created an account for the API key called *name*, as far as its login shows."""
    found = _AUTOGEN_LOGIN.fullmatch(account.login)
    # If logins are taken, the server appends a number.
    return made_by_server(account) and found is not None and re.sub(r"-0\d\d\Z", "", found.group(2)) in _spellings(name)


def _spellings(name: str) -> set[str]:
    """Return how logins may contain a key's name, also without a number that looks like the server's."""
    spelt = (name, slug(name), slug(name).replace("--", "-", 1))
    return {*spelt, *(re.sub(r"-0\d\d\Z", "", one) for one in spelt)}


@dataclass(frozen=True)
class Abilities:
    """What a server does with API keys; ``None`` if it hides its version, so that only a request shows it."""

    creates: bool | None
    lists: bool | None
    migrates: bool | None
    at_start: bool | None
    hides_page: bool
    #: Whether a migration destroys keys if ``[users] auto_assign_org`` is off.
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
    """Return the error for a request that needs API keys, for a server without them; *what* completes "cannot"."""
    return Unsupported(
        "%s cannot %s: Grafana creates no API keys from 11.3 on and accepts none from 12.1 on; use a service account and "
        "its token (grafana_service_account, grafana_sa_token)" % (client.where(), what)
    )


class Spelt(t.NamedTuple):
    """Name and organization that an API key contains."""

    name: str
    org_id: int


def spelt(key: str) -> Spelt | None:
    """Return the contents of an API key (``eyJrIjoi…``: base64 of JSON with k, n and id); ``None`` for any other key.

    All versions that create API keys use this form, and a migrated key keeps it.
    """
    try:
        found = json.loads(base64.b64decode(key.strip() + "=" * (-len(key.strip()) % 4), validate=True))
        return Spelt(str(found["n"]), int(found["id"]))
    except (binascii.Error, KeyError, TypeError, ValueError):
        return None
