# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The meaning of the server's refusals of an API key, and where a key is that the server does not list."""

from __future__ import annotations

import typing as t

from .._grafana.errors import QUOTA_REACHED, Conflict, Forbidden, GrafanaError, NotFound, Refused, Unsupported
from .._grafana.scope import Scope
from .._grafana.versions import SERVICE_ACCOUNTS
from .._orgs.service_accounts import Account, search, slug
from .._tokens.api import list_tokens
from .._tokens.errors import LIMITS
from .api import AUTOGEN, LIST_CAP, gone, list_keys, made_by_server
from .plan import DesiredKey, KeyState

#: How many service accounts are searched for a token with the name.
_MOST_ACCOUNTS = 50


def explain(scope: Scope, desired: DesiredKey, problem: GrafanaError) -> GrafanaError:
    """Return a clearer error for *problem*, or *problem* itself."""
    if problem.status == 410:
        return gone(scope.client, "create API key %s" % desired.name)
    label = "API key %s of %s" % (desired.name, scope.where())
    for words, code, advice in LIMITS:
        if words in problem.said:
            return Refused("%s: %s (%s)" % (label, advice, problem.message), code=code, **problem.details)
    if problem.code == QUOTA_REACHED:
        return Refused(
            "%s: the quota of API keys is reached: %s" % (label, problem.message),
            code=QUOTA_REACHED,
            **problem.details,
        )
    if isinstance(problem, Conflict):
        taken = name_taken(scope, desired)
        if taken is not None:
            return taken
        if len(list_keys(scope) or ()) >= LIST_CAP:
            return list_is_cut(scope, desired)
    return problem


def token_named(scope: Scope, name: str, migrated: bool = False) -> Account | None:
    """Return the service account with a token of this name; with *migrated*, one that the server's migration created.

    Returns ``None`` if there is none, or if the caller may not see it.
    """
    if scope.client.at_least(SERVICE_ACCOUNTS) is False:
        return None
    try:
        accounts: list[Account] = [one for one in scope.cached("accounts", lambda: search(scope)) if one.tokens]
        if migrated:
            accounts = [one for one in accounts if made_by_server(one) and slug(name) in slug(one.login)]
        accounts.sort(key=lambda one: one.name != AUTOGEN + name)
        for account in accounts[:_MOST_ACCOUNTS]:
            if any(token.name == name for token in _tokens(scope, account)):
                return account
    except (Forbidden, NotFound, Unsupported):
        pass
    return None


def _tokens(scope: Scope, account: Account) -> t.Any:
    return scope.cached("tokens %d" % account.id, lambda: list_tokens(scope, account.id))


def name_taken(scope: Scope, desired: DesiredKey) -> GrafanaError | None:
    """Return the error for a name that a token has; ``None`` if no token has it."""
    account = token_named(scope, desired.name)
    if account is None:
        return None
    migrated = ", into which the API key was migrated: its key works as before" if made_by_server(account) else ""
    return Refused(
        "API key %s cannot be created in %s: a token of service account %s (id %d) has that name%s; a name can exist only once "
        "in an organization, in all API keys and tokens together: choose another name, or use grafana_sa_token"
        % (desired.name, scope.where(), account.name, account.id, migrated),
        code="name_taken",
    )


def list_is_cut(scope: Scope, desired: DesiredKey) -> GrafanaError:
    """Return the error for a key that may exist beyond the end of the list."""
    return Refused(
        "%s has %d API keys or more, but Grafana's list ends there: it is unknown whether API key %s still exists; delete keys "
        "that are not needed, or migrate the keys with grafana_apikey_migrate" % (scope.where(), LIST_CAP, desired.name),
        code="list_cut",
    )


def unmakable(scope: Scope, desired: DesiredKey, state: KeyState) -> GrafanaError:
    """Return the error of a server that creates no API keys; it names the token that has replaced the key, if one has."""
    problem = gone(scope.client, "create API key %s" % desired.name)
    if state.heir is None:
        return problem
    return Unsupported(
        "%s. API key %s of %s is now a token of service account %s (id %d), and its key works as before"
        % (problem.message, desired.name, state.where, state.heir.name, state.heir.id)
    )
