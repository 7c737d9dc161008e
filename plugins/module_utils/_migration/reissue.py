# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reissuing: each old key gets a token of a service account, whose key is stored, before the old key is deleted.

Accounts and tokens are managed as grafana_service_account and grafana_sa_token do it: a key is tested and stored before
anything is deleted, and a later run finds what a killed run has left.
"""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass

from .._api_keys.api import delete_key
from .._engine.items import CHANGED, FAILED, Item, Outcome
from .._engine.resource import View
from .._engine.run import Mode, Run
from .._grafana.client import Client
from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput, GrafanaError
from .._grafana.scope import Scope
from .._grafana.versions import MIGRATION_GOES_ON
from .._orgs.service_accounts import Account, DesiredAccount, ServiceAccounts, search_whole
from .._sinks.private_files import StoreError
from .._tokens.api import delete_token
from .._tokens.model import LONGEST, DesiredToken, Token
from .._tokens.resource import Tokens
from .._tokens.task import Task
from .ledger import KeyRecord, Ledger
from .options import MigrationOptions
from .plan import REISSUE, KeyPlan, deletable


@dataclass(frozen=True)
class Reissue:
    """One key to reissue: the desired account and token, and whether one of them has to change."""

    plan: KeyPlan
    account: DesiredAccount
    token: DesiredToken
    due: bool


class Reissues:
    """The reissued keys of all organizations of a run."""

    def __init__(self, client: Client, task: Task) -> None:
        tokens = Tokens(task._replace(plan_missing=True))
        self._tokens = tokens
        self._accounts_of = {check: Run(ServiceAccounts(), client, Mode(check)) for check in (True, False)}
        self._tokens_of = {check: Run(tokens, client, Mode(check)) for check in (True, False)}
        self._parsed: dict[tuple[int, str], DesiredToken | StoreError] = {}
        self._lock = threading.Lock()

    def plan(self, scope: Scope, wanted: MigrationOptions, ledger: Ledger, plans: t.Sequence[KeyPlan]) -> list[Reissue]:
        """Return what has to change for each of *plans*, and record in the *ledger* what exists already.

        Raises :class:`BadInput` for a sink that cannot store a key, before anything is written.
        """
        found = []
        scope.many = True
        wishes = []
        for plan in plans:
            if plan.action == REISSUE:
                try:
                    wishes.append((plan, self._token(scope, wanted, plan)))
                except StoreError as problem:
                    ledger.of(plan).problem = problem
        scope.wanted = [token for _plan, token in wishes]
        for plan, token in wishes:
            account = DesiredAccount(str(plan.account), {"role": self._role(ledger, plan)})
            reissue = Reissue(plan, account, token, False)
            record = ledger.of(plan)
            if record.done or record.problem is not None:
                found.append(reissue)
                continue
            try:
                due = self._reconcile(scope, wanted, reissue, record, True)
            except BadInput:
                raise
            except GrafanaError as problem:
                if problem.fatal:
                    raise
                record.problem, due = problem, False
            record.due = due
            found.append(Reissue(plan, account, token, due))
        return found

    def _role(self, ledger: Ledger, plan: KeyPlan) -> str | None:
        """Return the role of an account; an existing account keeps its role, unless the task names another."""
        there = next((account for account in ledger.accounts if account.name == plan.account), None)
        if there is None or plan.role_told or there.role == plan.role:
            return plan.role
        raise BadInput(
            "service account %s has the role %s, and API key %s the role %s: name the role that the account gets, in a rule of "
            "consolidate with role, or choose another account for the key"
            % (there.name, there.role, plan.key.name, plan.key.role),
            code="account_role",
        )

    def _token(self, scope: Scope, wanted: MigrationOptions, plan: KeyPlan) -> DesiredToken:
        """Return the token that replaces an API key.

        The options are parsed once for each key; an error of the sink is remembered and raised again.
        """
        key = (scope.org_id, plan.key.name)
        with self._lock:
            if key not in self._parsed:
                options: dict[str, t.Any] = {
                    "service_account": plan.account,
                    "name": plan.token,
                    "seconds_to_live": "max" if plan.lifetime == LONGEST else plan.lifetime,
                    "sink": wanted.sink,
                    "return_key": False,
                    "prove": "new" if wanted.deletion.when == "never" else "always",
                    "org": OrgChoice(scope.org_id, scope.org.name if scope.org else None),
                }
                try:
                    self._parsed[key] = self._tokens.parse(options)
                except StoreError as problem:
                    self._parsed[key] = problem
                except BadInput as problem:
                    where = "API key %s of %s: %s" % (plan.key.name, scope.where(), problem.message)
                    raise BadInput(where, code=problem.code, **problem.details) from None
            found = self._parsed[key]
        if isinstance(found, StoreError):
            raise found
        return found

    def apply(self, scope: Scope, wanted: MigrationOptions, ledger: Ledger, reissues: t.Sequence[Reissue]) -> None:
        """Create the missing accounts and tokens, and delete the old keys that may be deleted."""
        scope.wanted = [reissue.token for reissue in reissues]
        for reissue in reissues:
            record = ledger.of(reissue.plan)
            if record.problem is not None:
                continue
            try:
                if reissue.due:
                    record.done = self._reconcile(scope, wanted, reissue, record, False) or record.done
                if record.stays is None and not record.deleted:
                    self._delete(scope, record)
            except GrafanaError as problem:
                record.problem = problem
                if problem.fatal:
                    raise
        scope.invalidate()
        ledger.accounts = tuple(search_whole(scope))

    def _reconcile(self, scope: Scope, wanted: MigrationOptions, reissue: Reissue, record: KeyRecord, check: bool) -> bool:
        """Reconcile account and token, or only plan them (*check*); tell whether anything changed or would change."""
        owner = self._one(self._accounts_of[check], scope, reissue.account)
        token = self._one(self._tokens_of[check], scope, reissue.token)
        shown = owner.object or {}
        record.account = Account(
            int(shown.get("id") or 0),
            str(shown.get("name") or reissue.account.name),
            str(shown.get("login") or ""),
            {
                "role": str(shown.get("role") or reissue.account.fields.get("role") or ""),
                "disabled": bool(shown.get("disabled")),
            },
        )
        if token.object is None:
            record.stays = "its successor does not exist yet"
            return CHANGED in (owner.status, token.status)
        new = token.object
        record.token = Token(new.get("id") or None, str(new.get("name")), new.get("created"), new.get("expires"))  # type: ignore[arg-type]
        record.dest = reissue.token.sink.where if reissue.token.sink is not None else None
        self._decide_deletion(scope, wanted, reissue, record, new, check)
        return CHANGED in (owner.status, token.status)

    def _one(self, run: Run, scope: Scope, desired: t.Any) -> Outcome:
        outcome = run.one(scope, Item(0, OrgChoice(scope.org_id), desired))
        if outcome.status == FAILED and outcome.problem is not None:
            raise outcome.problem
        return outcome

    def _decide_deletion(
        self, scope: Scope, wanted: MigrationOptions, reissue: Reissue, record: KeyRecord, there: View, check: bool
    ) -> None:
        """Record why the old key stays; nothing if it is deleted."""
        plan = reissue.plan
        if plan.key.id is None:
            record.stays = "the task contains it, and the server does not list it"
            return
        sink = reissue.token.sink
        if reissue.due and not check and sink is not None and sink.deferred:
            record.stays = "its successor is not stored yet"
            return
        last_use_known = plan.owner is not None or scope.client.at_least(MIGRATION_GOES_ON) is not False
        # A new key was tested when it was created; an existing one has been tested now, if its sink returns it.
        tested = reissue.due or there.get("proved") is not None or (sink is not None and sink.readable)
        proven = tested and reissue.token.prove == "always" and not (record.account and record.account.disabled)
        record.stays = deletable(wanted.deletion, plan.key, there.get("created"), proven, scope.client.now(), last_use_known)

    def _delete(self, scope: Scope, record: KeyRecord) -> None:
        """Delete the old key; if it is a token already, with its account, unless that has other tokens."""
        plan = record.plan
        number = t.cast(int, plan.key.id)
        if plan.owner is None:
            delete_key(scope, number)
        elif plan.owner.tokens <= 1:
            scope.client.delete("/api/serviceaccounts/%d" % plan.owner.id, org=scope.org_id)
        else:
            delete_token(scope, plan.owner.id, number)
        record.done = record.deleted = True
