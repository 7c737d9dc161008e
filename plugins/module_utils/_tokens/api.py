# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests about tokens: finding the account, listing and deleting tokens, and testing a key."""

from __future__ import annotations

import typing as t

from .._grafana.caller import Caller, ask_caller
from .._grafana.errors import Forbidden, GrafanaError, NotFound, Refused, Unauthorized
from .._grafana.scope import Scope
from .._grafana.versions import DAY_LIMIT, TOKENS_COUNTED
from .._orgs.service_accounts import Account, named, numbered
from .model import DesiredToken, Token

#: The server lists at most so many tokens of an account, sorted by name, and does not report that there are more: up to 13.0,
#: and from 13.1 on (from the sources).
LIST_CAP, LONG_LIST_CAP = 300, 1000


def account_of(scope: Scope, choice: str | int) -> Account | None:
    """Return the account with exactly this name, or with this id; text of digits is a name first, and then an id."""
    if isinstance(choice, str):
        found = named(scope, choice)
        if found is not None or not choice.isdigit():
            return found
    return numbered(scope, int(choice))


def list_tokens(scope: Scope, account_id: int) -> list[Token]:
    """Return the tokens of an account, up to the end of the server's list."""
    found = scope.client.get("/api/serviceaccounts/%d/tokens" % account_id, org=scope.org_id)
    return [Token.from_api(entry) for entry in found or []]


def may_be_cut(scope: Scope, account: Account, listed: int) -> bool:
    """Tell whether an account may have more tokens than the *listed* ones: older servers count only what they list."""
    if listed < LIST_CAP:
        return False
    if account.tokens > listed:
        return True
    counted = scope.client.at_least(TOKENS_COUNTED)
    if counted is None:  # a server that hides its version may have either list
        return listed == LIST_CAP or listed >= LONG_LIST_CAP
    return not counted


def number_of(account: Account, listed: int) -> str:
    """Return the number of tokens of an account with a list that ends after *listed* tokens, as text."""
    return "%d tokens" % account.tokens if account.tokens > listed else "%d tokens or more" % listed


def delete_token(scope: Scope, account_id: int, token_id: int) -> None:
    """Delete a token, which may not exist any more: 9.x answers 500 then."""
    try:
        scope.client.delete("/api/serviceaccounts/%d/tokens/%d" % (account_id, token_id), org=scope.org_id)
    except NotFound:
        return
    except GrafanaError:
        if any(entry.id == token_id for entry in list_tokens(scope, account_id)):
            raise


def check_key(scope: Scope, key: str, account: Account | None = None) -> None:
    """Send a request with *key*: the server must accept it, in this organization and as *account* if it reports them.

    Counts as a use. Raises :class:`Refused` (``unproven``), or the server's refusal.
    """
    caller = _caller(scope, key)
    belongs_to = _other(scope, caller, account)
    if belongs_to == "other org":
        raise Refused(
            "the key works, but in org %s (id %s), not in %s" % (caller.org_name or "", caller.org_id, scope.where()),
            code="unproven",
        )
    if belongs_to == "other account":
        name = account.name if account is not None else ""
        raise Refused(
            "the key works, but for another service account (%s) than %s of %s" % (caller.login, name, scope.where()),
            code="unproven",
        )


def refused(scope: Scope, key: str, account: Account | None = None) -> str | None:
    """Return why the server does not accept *key* as one of *account*, or of any account, a word of REASONS.

    Returns ``None`` if it does.

    From 11.5 on the server reports which account a key belongs to. Counts as a use of the key.
    """
    try:
        return _other(scope, _caller(scope, key), account)
    except Unauthorized as problem:
        return _REFUSALS.get(str(problem.details.get("message_id")), "refused")


def _caller(scope: Scope, key: str) -> Caller:
    """Return the caller that the server takes *key* for. Raises :class:`Unauthorized` if the server does not accept it."""
    with scope.client.as_token(key, "the key under test", tested=True) as client:
        return ask_caller(client)


def _other(scope: Scope, caller: Caller, account: Account | None) -> str | None:
    """Return "other org" or "other account" if the server reports that *caller* is not of this organization or *account*."""
    if caller.org_id not in (None, scope.org_id):
        return "other org"
    if account is not None and caller.account not in (None, str(account.id), account.uid):
        return "other account"
    return None


#: Message ids of a 401 -> a word of REASONS.
_REFUSALS = {"api-key.expired": "expired", "api-key.revoked": "revoked"}


def list_is_cut(scope: Scope, desired: DesiredToken, listed: int) -> GrafanaError:
    """Return the error for a token that may exist beyond the end of a list of *listed* tokens."""
    return Refused(
        "service account %s of %s has %d tokens or more, but Grafana's list ends there: it is unknown whether token %s still "
        "exists; delete tokens that are not needed, with purge: [expired] or unused_for in this task"
        % (desired.service_account, scope.where(), listed, desired.name),
        code="list_cut",
    )


def longest(scope: Scope) -> int | None:
    """Return the longest lifetime that the server allows a token, in seconds; ``None`` without a limit that it reports."""
    return min((limit for limit in _limits(scope) if limit is not None), default=None)


def longest_api_key(scope: Scope) -> int | None:
    """Return the longest lifetime that the server allows an API key, in seconds; ``None`` without a limit that it reports."""
    return _limits(scope)[0]


def _limits(scope: Scope) -> tuple[int | None, int | None]:
    """Return the limits in seconds for tokens and API keys, and for tokens only; ``None`` for no limit, or an unreported one.

    The server shows ``api_key_max_seconds_to_live`` to server admins only, ``token_expiration_day_limit`` (9.4 on) to everyone.
    """
    if scope.client.connection.cloud_stack is not None:
        return None, None  # the Cloud API does not report settings
    try:
        settings: t.Any = scope.client.get("/api/admin/settings")
        most = _limit(settings.get("auth", {}).get("api_key_max_seconds_to_live"))
        days = _limit(settings.get("service_accounts", {}).get("token_expiration_day_limit"))
    except (Forbidden, NotFound, Unauthorized):
        settings = scope.client.find("/api/frontend/settings") or {}
        most, days = None, _limit(settings.get("tokenExpirationDayLimit"))
    # Before 9.4 there is no limit by days; 0 days means no limit.
    has_days = days and scope.client.at_least(DAY_LIMIT) is not False
    return most, t.cast(int, days) * 86400 if has_days else None


def _limit(value: t.Any) -> int | None:
    """Return a limit of the settings, which is text or a number; ``None`` if it is negative, empty or missing."""
    try:
        return int(value) if int(value) >= 0 else None
    except (TypeError, ValueError):
        return None
