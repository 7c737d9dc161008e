# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests about tokens: finding the account, listing, deleting, and proving a key."""

from __future__ import annotations

from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import Forbidden, GrafanaError, NotFound, Refused
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._service_accounts import Account, named, search
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens import DesiredToken, Token, token

#: The server's list of an account's tokens ends here, sorted by name, without a word (all versions).
LIST_CAP = 300


def account_of(scope: Scope, choice: str | int) -> Account | None:
    """Return the account of exactly this name, or of this id; digits may be either, the name first."""
    if isinstance(choice, str):
        found = named(scope, choice)
        if found is not None or not choice.isdigit():
            return found
    accounts = scope.once("accounts", lambda: search(scope))
    return next((account for account in accounts if account.id == int(choice)), None)


def list_tokens(scope: Scope, account_id: int) -> list[Token]:
    """Return the tokens of an account; at most LIST_CAP of them, as the server cuts there."""
    found = scope.client.get("/api/serviceaccounts/%d/tokens" % account_id, org=scope.org_id)
    return [token(entry) for entry in found or []]


def delete_token(scope: Scope, account_id: int, token_id: int) -> None:
    """Delete a token, which may be gone: 9.x answers 500 for that."""
    try:
        scope.client.delete("/api/serviceaccounts/%d/tokens/%d" % (account_id, token_id), org=scope.org_id)
    except NotFound:
        return
    except GrafanaError:
        if any(entry.id == token_id for entry in list_tokens(scope, account_id)):
            raise


def prove(scope: Scope, key: str) -> None:
    """Make a request with *key*: it has to work, in this org. Moves the token's last use.

    Raises :class:`Refused` (``unproven``) or what the server refuses the key with.
    """
    with scope.client.as_token(key) as client:
        try:
            org = client.get("/api/org")
        except Forbidden:  # an account without a role is known, and may not read its org
            return
    if int(org["id"]) != scope.org_id:
        raise Refused(
            "the key works, but in org %s (id %s), not in %s" % (org.get("name"), org.get("id"), scope.where()),
            code="unproven",
        )


def list_is_cut(scope: Scope, desired: DesiredToken) -> GrafanaError:
    return Refused(
        "service account %s of %s has %d tokens or more, and Grafana's list ends there: whether token %s still is "
        "there cannot be told; delete expired tokens of that account first"
        % (desired.service_account, scope.where(), LIST_CAP, desired.name),
        code="list_cut",
    )
