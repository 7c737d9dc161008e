# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server's refusals of a token mean, and what to do about them."""

from __future__ import annotations

import typing as t

from .._grafana.errors import GrafanaError, Refused
from .._grafana.scope import Scope
from .._orgs.service_accounts import search
from .api import list_tokens, longest
from .model import LONGEST, DesiredToken

#: The Cloud API's code for a request without a required field; its status is 409 there.
INVALID = "InvalidArgument"
#: How many accounts are searched for the one whose token has a name.
_MOST_ACCOUNTS = 50

#: The first sentence of an error for a name that is taken.
ONCE = (
    "a name can exist only once in an organization, in all accounts and API keys together, expired ones included: choose "
    "another name"
)
#: Advice about too long a lifetime, if the server reports the longest.
OR_MAX = ", or give max"
#: Words of a refusal (9.3 to 12.4, recorded), our code, and what to do.
LIMITS = (
    (
        "number of seconds before expiration should be set",
        "lifetime_needed",
        "this server requires a lifetime ([auth] api_key_max_seconds_to_live is set): give seconds_to_live more than 0",
    ),
    (
        "greater than the global limit",
        "lifetime_too_long",
        "seconds_to_live is more than [auth] api_key_max_seconds_to_live of this server allows: shorten it" + OR_MAX,
    ),
    (
        "with no expiration date when service_accounts.token_expiration_day_limit",
        "lifetime_needed",
        "this server requires a lifetime ([service_accounts] token_expiration_day_limit is set): give seconds_to_live",
    ),
    (
        "exceeds the limit for service account access tokens",
        "lifetime_too_long",
        "seconds_to_live is more than [service_accounts] token_expiration_day_limit of this server allows: shorten it" + OR_MAX,
    ),
)


def name_taken(problem: GrafanaError) -> bool:
    """Tell whether *problem* is that a token's name is taken: 409 in 9.x, 400 with a message id later."""
    return (
        problem.details.get("message_id") == "serviceaccounts.ErrTokenAlreadyExists"
        or (problem.status == 409 and problem.details.get("message_id") != INVALID)
        or "already exists" in problem.said
    )


def over_limit(problem: GrafanaError) -> bool:
    """Tell whether *problem* is about a lifetime that the server does not allow."""
    return any(words in problem.said for words, _code, _advice in LIMITS)


def explain_refusal(scope: Scope, desired: DesiredToken, problem: GrafanaError) -> GrafanaError:
    """Return a clearer error for *problem*, or *problem* itself."""
    for words, code, advice in LIMITS:
        if words in problem.said:
            most = _most(scope) if code == "lifetime_too_long" else ""
            # The Cloud API does not report the longest lifetime.
            what_to_do = advice if scope.client.connection.cloud_stack is None else advice.replace(OR_MAX, "")
            return Refused(
                "token %s of %s: %s%s (%s)" % (desired.name, desired.service_account, what_to_do, most, problem.message),
                code=code,
                **problem.details,
            )
    if problem.code in ("conflict", "refused") and name_taken(problem):
        return Refused(
            "token %s of %s cannot be created in %s: %s has that name, and %s"
            % (desired.name, desired.service_account, scope.where(), _holder(scope, desired), ONCE),
            code="name_taken",
            **problem.details,
        )
    return problem


def check_lifetime(what: str, lifetime: int | None, most: int | None) -> None:
    """Raise :class:`Refused` for a *lifetime* in seconds that a server with the limit *most* refuses; 0 and ``None`` never end.

    *what* names the token or API key.
    """
    if most is None or lifetime == LONGEST:
        return
    if not lifetime:
        raise Refused(
            "%s: this server requires a lifetime: give seconds_to_live, at most %d s" % (what, most), code="lifetime_needed"
        )
    if lifetime > most:
        raise Refused(
            "%s: seconds_to_live is %d s, and this server allows at most %d s: shorten it" % (what, lifetime, most),
            code="lifetime_too_long",
        )


def check_creation(scope: Scope, desired: DesiredToken, name: str, most: int | None) -> None:
    """Raise :class:`Refused` if the server would refuse to create a token called *name*; for check mode.

    *most* is the longest lifetime that it allows.
    """
    what = "token %s of %s" % (desired.name, desired.service_account)
    check_lifetime(what, desired.lifetime, most)
    if name != desired.name:
        return  # a run tries the next name
    holder = scope.cached("holders of token names", lambda: _holders(scope)).get(name)
    if holder is not None:
        raise Refused(
            "%s cannot be created in %s: %s has that name, and %s" % (what, scope.where(), holder, ONCE), code="name_taken"
        )


def _most(scope: Scope) -> str:
    """Return as text what ``max`` uses, if the caller may know it."""
    try:
        found = longest(scope)
    except GrafanaError:
        return ""
    return ", which uses %d s" % found if found else ""


def _holder(scope: Scope, desired: DesiredToken) -> str:
    """Return who has the name, as text."""
    try:
        return _holders(scope).get(str(desired.name), "something else in that organization")
    except GrafanaError:
        return "something else in that organization"


def _holders(scope: Scope) -> dict[str, str]:
    """Return who has which name, as text, for the tokens and API keys of an organization that the caller may list."""
    found: dict[str, str] = {}
    accounts = search(scope)
    if len(accounts) > _MOST_ACCOUNTS and scope.check:
        scope.warn(
            "%s has %d service accounts: check mode compares names with the tokens of the first %d only"
            % (scope.where(), len(accounts), _MOST_ACCOUNTS)
        )
    for account in accounts[:_MOST_ACCOUNTS]:
        if account.tokens or not account.whole:
            for entry in list_tokens(scope, account.id):
                found[entry.name] = "a token of service account %s (id %d)" % (account.name, account.id)
    if scope.client.connection.cloud_stack is None:
        keys: t.Any = scope.client.find("/api/auth/keys", org=scope.org_id, includeExpired="true")
        found.update({str(key["name"]): "an API key" for key in keys or []})
    return found
