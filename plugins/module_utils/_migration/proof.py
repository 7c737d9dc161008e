# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof that old keys still work: in which organization, as whom, and with what role.

Each key makes requests itself, which moves its last use on the server. A key is never part of what is told.
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
from .._grafana.errors import BadInput, GrafanaError, Unauthorized
from .._grafana.orgs import Org, OrgFinder
from .._grafana.scope import Scope
from .._grafana.versions import MIGRATION_KEEPS_ORG
from .._orgs.service_accounts import Account, search_whole
from .._sinks.base import KeyOwner, Shared
from .._sinks.registry import sink_from
from .._tokens.api import list_tokens
from .._tokens.model import mistyped
from .options import OldKey

#: Why a key does not work, in words.
REASONS = {
    "missing": "there is no key",
    "mistyped": "it is no key of Grafana: its checksum is wrong",
    "expired": "it has expired",
    "refused": "the server refuses it: it was deleted, revoked, or is of another server",
    "disabled": "its service account is disabled",
    "other org": "it works in another organization",
    "other role": "it has another role",
    "other account": "it is that of another service account",
    "no organization": "the server knows it, and lets it do nothing: its account belongs to no organization, or has no role",
}
_REFUSALS = {"api-key.expired": "expired", "identity.disabled": "disabled"}


@dataclass
class Proof:
    """What one key has shown; *reason* is a key of REASONS, ``None`` where all is as expected."""

    old: OldKey
    works: bool = False
    reason: str | None = None
    org: Org | None = None
    account: str | None = None
    api_key: str | None = None
    role: str | None = None
    key: str | None = field(default=None, repr=False)

    def view(self, before: bool | None) -> View:
        """Return it as results show it; *before* is whether the key worked before the run, where that was asked."""
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
    """Asks the server with keys; what is looked up about their owners is asked for once."""

    def __init__(self, client: Client, shared: Shared) -> None:
        self._client, self._shared = client, shared
        self._directory = OrgFinder(client)
        self._keys: dict[int, str | None] = {}
        self._scopes: dict[int, Scope] = {}

    def take(self, old_keys: t.Sequence[OldKey]) -> None:
        """Read the keys from where they are, and hide them. Raises :class:`BadInput` for a place that cannot be read."""
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
        place = KeyOwner(old.org, old.account or "", old.name or "")
        return sink_from(old.sink or {}, place, self._shared).read().key

    def prove(self, old_keys: t.Sequence[OldKey]) -> list[Proof]:
        """Return what each of the keys that were taken shows now."""
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
        with self._client.as_token(key) as client:
            try:
                caller = ask_caller(client, org_name=True)
            except Unauthorized as problem:
                said = str(problem.details.get("server_message") or "").lower()
                expired = "expired" if said == "expired api key" else "refused"  # 9.x has no message id
                proof.reason = _REFUSALS.get(str(problem.details.get("message_id")), expired)
                return proof
        if caller.org_id is None and not self._client.at_least(MIGRATION_KEEPS_ORG):
            proof.reason = "no organization"
            return proof
        proof.works = True
        if caller.org_id is None:  # 10.2 to 11.4 report nothing of an account with the role None
            return proof
        proof.org = Org(caller.org_id, caller.org_name)
        # Who asks may not see the accounts of that organization; that the key works is shown all the same.
        with contextlib.suppress(GrafanaError):
            self._whose(proof, caller)
        proof.reason = _unexpected(proof)
        return proof

    def _whose(self, proof: Proof, caller: Caller) -> None:
        """Find out whose key it is: by what the server says of it, or by its name, which is unique in an organization."""
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
            self._scopes[org.id] = Scope(self._client, org, self._directory, many=True)
        return self._scopes[org.id]


def _unexpected(proof: Proof) -> str | None:
    """Return what is not as the task expects it."""
    old, org = proof.old, t.cast(Org, proof.org)
    # An account with the role None may not read the name of its organization: that is not compared then.
    other_name = None not in (old.org.name, org.name) and old.org.name != org.name
    if other_name or old.org.id not in (None, org.id):
        return "other org"
    if old.account is not None and proof.account is not None and proof.account != old.account:
        return "other account"
    if old.role is not None and proof.role is not None and proof.role != old.role:
        return "other role"
    return None


__all__ = ["BadInput", "Proof", "Prover"]
