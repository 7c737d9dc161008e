# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info module of tokens."""

from __future__ import annotations

import typing as t

from .._engine.info import Result, inside, of_orgs
from .._engine.module import GrafanaModule
from .._grafana import connection as _connection
from .._grafana.client import Client
from .._grafana.connection import Connection
from .._grafana.errors import NotFound
from .._grafana.scope import Scope
from .._orgs.service_accounts import Account, search
from .api import list_tokens, may_be_cut, number_of
from .model import only_tested

TOKEN_OPTIONS: dict[str, dict[str, t.Any]] = {
    "service_accounts": {"type": "list", "elements": "raw"},
    "all_orgs": {"type": "bool", "default": False},
}


def tokens(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the tokens of one organization or of all; never a key."""
    wanted = [_connection.text(name, "service_accounts") for name in module.params["service_accounts"] or []]
    seen: set[str] = set()

    def read(scope: Scope) -> list[Result]:
        accounts = _accounts(scope)
        seen.update(account.name for account in accounts)
        return _tokens(module, scope, accounts, wanted)

    found, outside = of_orgs(module, client, connection, "tokens", read)
    unknown = sorted(set(wanted) - seen)
    if unknown and not outside.get("not_a_member_of"):
        where = "organization" if module.params["all_orgs"] else "service account of %s" % connection.org
        has = "has a service account" if module.params["all_orgs"] else "is"
        raise NotFound("no %s %s named %s" % (where, has, ", ".join(unknown)), code="account_not_found")
    return {"tokens": found, **outside}


def _accounts(scope: Scope) -> list[Account]:
    """Return all accounts of an organization."""
    return t.cast("list[Account]", inside(scope, lambda: search(scope)))


def _tokens(module: GrafanaModule, scope: Scope, accounts: list[Account], wanted: list[str]) -> list[Result]:
    """Return the tokens of the *accounts* whose names are *wanted*; of all accounts if *wanted* is empty."""
    found: list[Result] = []
    for account in accounts:
        # An account without tokens needs no request; if only its id and name were read, the number is unknown.
        if (account.tokens or not account.whole) and (not wanted or account.name in wanted):
            found += _tokens_of(module, scope, account)
    return found


def _tokens_of(module: GrafanaModule, scope: Scope, account: Account) -> list[Result]:
    listed = list_tokens(scope, account.id)
    if may_be_cut(scope, account, len(listed)):
        module.warn(
            "service account %s of %s has %s, but Grafana's list ends at %d: the others are not shown"
            % (account.name, scope.where(), number_of(account, len(listed)), len(listed))
        )
    place = {**scope.shown(), "service_account_id": account.id, "service_account": account.name}
    return [
        {
            **place,
            "id": token.id,
            "name": token.name,
            "created": token.created,
            "expires": token.expires,
            "last_used": token.last_used,
            "expired": token.expired,
            "revoked": token.revoked,
            "never_used": token.last_used is None,
            "only_tested": only_tested(token),
        }
        for token in listed
    ]
