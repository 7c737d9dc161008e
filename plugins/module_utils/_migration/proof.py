# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test old keys: whether they work, in which organization, for which account, and with which role.

The tests make requests with each key, which changes its last use on the server. Results never contain a key.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, field

from .._api_keys.api import AUTOGEN, list_keys, spelt
from .._engine.resource import View
from .._grafana.caller import Caller, ask_caller
from .._grafana.client import Client
from .._grafana.connection import read_token_file
from .._grafana.errors import GrafanaError, Unauthorized
from .._grafana.orgs import Org, OrgFinder
from .._grafana.scope import Scope
from .._grafana.versions import MIGRATION_KEEPS_ORG
from .._orgs.service_accounts import Account, search_whole
from .._sinks.base import KeyOwner, Shared
from .._sinks.registry import sink_from
from .._tokens.api import list_tokens
from .._tokens.model import mistyped
from .options import OldKey

#: The messages for the reasons why a key does not work, or not as expected.
REASONS = {
    "missing": "there is no key",
    "mistyped": "it is not a key of Grafana: its checksum is wrong",
    "expired": "it has expired",
    "refused": "the server refuses it: it was deleted or revoked, or it belongs to another server",
    "disabled": "its service account is disabled",
    "other org": "it works in another organization",
    "other role": "it has another role",
    "other account": "it belongs to another service account",
    "no organization": "the server knows it but permits nothing: its account has no organization, or no role",
}
_REFUSALS = {"api-key.expired": "expired", "identity.disabled": "disabled"}


@dataclass
class Proof:
    """The result of testing one key; *reason* is a key of REASONS, ``None`` if the key works as expected."""

    old: OldKey
    works: bool = False
    reason: str | None = None
    org: Org | None = None
    account: str | None = None
    api_key: str | None = None
    role: str | None = None
    key: str | None = field(default=None, repr=False)

    def view(self, before: bool | None) -> View:
        """Return the proof for the result; *before* is whether the key worked before the run, ``None`` if not tested then."""
        return {
            "source": self.old.source,
            "works": self.works,
            "worked_before": before,
            "as_expected": self.works and self.reason is None,
            "reason": self.reason,
            "message": REASONS[self.reason] if self.reason else None,
            "org_id": self.org.id if self.org else None,
            "org_name": self.org.name if self.org else None,
            "service_account": self.account,
            "api_key": self.api_key,
            "role": self.role,
        }


class Prover:
    """Tests keys by requests to the server. Requests about the owners of keys are cached for each call of :meth:`prove`."""

    def __init__(self, client: Client, shared: Shared) -> None:
        self._client, self._shared = client, shared
        self._org_finder = OrgFinder(client)
        self._keys: dict[int, str | None] = {}
        self._scopes: dict[int, Scope] = {}

    def take(self, old_keys: t.Sequence[OldKey]) -> None:
        """Read the keys from their sources, and hide them from output. Raises :class:`BadInput` if a source cannot be read."""
        for number, old in enumerate(old_keys):
            key = self._read(old)
            self._keys[number] = key
            if key:
                self._shared.hide(key)

    def _read(self, old: OldKey) -> str | None:
        if old.key is not None:
            return old.key.strip()
        if old.path is not None:
            return read_token_file(old.path)
        owner = KeyOwner(old.org, old.account or "", old.name or "")
        return sink_from(old.sink or {}, owner, self._shared).read().key

    def prove(self, old_keys: t.Sequence[OldKey]) -> list[Proof]:
        """Test the keys that :meth:`take` has read, and return the results."""
        self._scopes.clear()
        return [self._prove(old, self._keys[number]) for number, old in enumerate(old_keys)]

    def _prove(self, old: OldKey, key: str | None) -> Proof:
        proof = Proof(old, key=key)
        if not key:
            proof.reason = "missing"
            return proof
        named = spelt(key)
        proof.api_key = named.name if named else None
        if named is None and mistyped(key):
            proof.reason = "mistyped"
            return proof
        with self._client.as_token(key, "the key under test", tested=True) as client:
            try:
                caller = ask_caller(client, org_name=True)
            except Unauthorized as problem:
                proof.reason = _refusal(problem)
                return proof
        if caller.org_id is None and not self._client.at_least(MIGRATION_KEEPS_ORG):
            proof.reason = "no organization"
            return proof
        proof.works = True
        if caller.org_id is None:  # 10.2 to 11.4 report no organization for an account with the role None.
            return proof
        proof.org = Org(caller.org_id, caller.org_name)
        # The user of the task may not see the accounts of that organization; the key works nevertheless.
        with contextlib.suppress(GrafanaError):
            self._find_owner(proof, caller)
        proof.reason = _unexpected(proof)
        return proof

    def _find_owner(self, proof: Proof, caller: Caller) -> None:
        """Set account and role of the key: found by the login of the caller, or by the name, which is unique in an org."""
        scope = self._scope(t.cast(Org, proof.org))
        accounts: list[Account] = scope.cached("accounts", lambda: search_whole(scope))
        found = next((account for account in accounts if caller.login and account.login == caller.login), None)
        if found is None and proof.api_key is not None:
            name = proof.api_key
            keys = scope.cached("keys", lambda: list_keys(scope)) or []
            listed = next((one for one in keys if one.name == name), None)
            if listed is not None:
                proof.role = listed.role
                return
            likely = [account for account in accounts if account.login.startswith(AUTOGEN)]
            likely.sort(key=lambda account: account.name != AUTOGEN + name)
            found = next((one for one in likely if any(token.name == name for token in self._tokens(scope, one))), None)
        if found is not None:
            proof.account, proof.role = found.name, found.role

    def _tokens(self, scope: Scope, account: Account) -> t.Any:
        return scope.cached("tokens %d" % account.id, lambda: list_tokens(scope, account.id))

    def _scope(self, org: Org) -> Scope:
        if org.id not in self._scopes:
            self._scopes[org.id] = Scope(self._client, org, self._org_finder, many=True)
        return self._scopes[org.id]


def _refusal(problem: Unauthorized) -> str:
    """Return the key of REASONS for a refused key."""
    # 9.x has no message id.
    without_id = "expired" if problem.said == "expired api key" else "refused"
    return _REFUSALS.get(str(problem.details.get("message_id")), without_id)


def _unexpected(proof: Proof) -> str | None:
    """Return a key of REASONS for the first difference to what the task expects; ``None`` if there is none."""
    old, org = proof.old, t.cast(Org, proof.org)
    # An account with the role None may not read the name of its organization: the names are not compared then.
    other_name = None not in (old.org.name, org.name) and old.org.name != org.name
    if other_name or old.org.id not in (None, org.id):
        return "other org"
    if old.account is not None and proof.account is not None and proof.account != old.account:
        return "other account"
    if old.role is not None and proof.role is not None and proof.role != old.role:
        return "other role"
    return None
