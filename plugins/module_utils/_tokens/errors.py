# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server's refusals of a token mean, and what to do about them."""

from __future__ import annotations

import typing as t

from .._grafana.errors import GrafanaError, Refused
from .._grafana.scope import Scope
from .._orgs.service_accounts import search
from .api import longest
from .model import DesiredToken

#: What the Cloud API calls a request without a field that it needs; it is a 409 there.
INVALID = "InvalidArgument"
#: How many accounts are looked through for the one that has a name.
_MOST_ACCOUNTS = 50

#: What helps against too long a lifetime where the server tells the longest.
OR_MAX = ", or give max"
#: Words of a refusal (9.3 to 12.4, recorded) -> code, and what to do.
LIMITS = (
    (
        "number of seconds before expiration should be set",
        "lifetime_needed",
        "this server wants a lifetime ([auth] api_key_max_seconds_to_live is set): give seconds_to_live more than 0",
    ),
    (
        "greater than the global limit",
        "lifetime_too_long",
        "seconds_to_live is more than [auth] api_key_max_seconds_to_live of this server allows: shorten it" + OR_MAX,
    ),
    (
        "with no expiration date when service_accounts.token_expiration_day_limit",
        "lifetime_needed",
        "this server wants a lifetime ([service_accounts] token_expiration_day_limit is set): give seconds_to_live",
    ),
    (
        "exceeds the limit for service account access tokens",
        "lifetime_too_long",
        "seconds_to_live is more than [service_accounts] token_expiration_day_limit of this server allows: shorten it" + OR_MAX,
    ),
)


def said(problem: GrafanaError) -> str:
    """Return what the server said, in lower case."""
    return str(problem.details.get("server_message") or "").lower()


def name_taken(problem: GrafanaError) -> bool:
    """Tell whether *problem* is that a token's name is taken: 409 in 9.x, 400 with a message id later."""
    words = said(problem)
    return (
        problem.details.get("message_id") == "serviceaccounts.ErrTokenAlreadyExists"
        or (problem.status == 409 and problem.details.get("message_id") != INVALID)
        or "already exists" in words
    )


def over_limit(problem: GrafanaError) -> bool:
    """Tell whether *problem* is that a lifetime is more than the server allows, or none."""
    return any(words in said(problem) for words, _code, _advice in LIMITS)


def explain_refusal(scope: Scope, desired: DesiredToken, problem: GrafanaError) -> GrafanaError:
    """Return a clearer error for *problem*, or *problem* itself."""
    for words, code, advice in LIMITS:
        if words in said(problem):
            most = _most(scope) if code == "lifetime_too_long" else ""
            # The Cloud API does not tell how long the longest is.
            told = advice if scope.client.connection.cloud_stack is None else advice.replace(OR_MAX, "")
            return Refused(
                "token %s of %s: %s%s (%s)" % (desired.name, desired.service_account, told, most, problem.message),
                code=code,
                **problem.details,
            )
    if problem.code in ("conflict", "refused") and name_taken(problem):
        return Refused(
            "token %s of %s cannot be made in %s: %s has that name, and a name is taken in the whole organization, over "
            "all accounts and API keys, as long as its token exists, expired or not: choose another name"
            % (desired.name, desired.service_account, scope.where(), _holder(scope, desired)),
            code="name_taken",
            **problem.details,
        )
    return problem


def _most(scope: Scope) -> str:
    """Return what ``max`` takes, in words, where the caller may know."""
    try:
        found = longest(scope)
    except GrafanaError:
        return ""
    return ", which takes %d s" % found if found else ""


def _holder(scope: Scope, desired: DesiredToken) -> str:
    """Return who has the name, in words."""
    try:
        for account in search(scope)[:_MOST_ACCOUNTS]:
            tokens = scope.client.get("/api/serviceaccounts/%d/tokens" % account.id, org=scope.org_id)
            if any(entry["name"] == desired.name for entry in tokens or []):
                return "a token of service account %s (id %d)" % (account.name, account.id)
        keys: t.Any = scope.client.find("/api/auth/keys", org=scope.org_id, includeExpired="true")
        if any(key["name"] == desired.name for key in keys or []):
            return "an API key"
    except GrafanaError:
        pass
    return "something else there"
