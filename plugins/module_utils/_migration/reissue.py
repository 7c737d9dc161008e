# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reissuing: for each old key a token of a service account, its key put where the task says, and the old one deleted.

Accounts and tokens are those of grafana_service_account and grafana_sa_token, with all that they do: a key is proven and
stored before anything is deleted, and what a killed run has left is found.
"""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass

from .._api_keys.api import delete_key
from .._engine.resource import View
from .._engine.run import CHANGED, FAILED, Item, Mode, Outcome, Run
from .._grafana.client import Client
from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput, GrafanaError, Refused
from .._grafana.scope import Scope
from .._grafana.versions import MIGRATION_GOES_ON
from .._orgs.service_accounts import Account, DesiredAccount, ServiceAccounts, search_whole
from .._sinks.private_files import StoreError
from .._tokens.api import delete_token
from .._tokens.model import LONGEST, DesiredToken, Token
from .._tokens.resource import Task, Tokens
from .ledger import KeyRecord, Ledger
from .options import MigrationOptions
from .plan import REISSUE, KeyPlan, deletable


@dataclass(frozen=True)
class Reissue:
    """One key that is reissued: what is wanted of account and token, and whether anything is left to do for them."""

    plan: KeyPlan
    account: DesiredAccount
    token: DesiredToken
    due: bool


class Reissues:
    """The reissued keys of all organizations of a run."""

    def __init__(self, client: Client, task: Task) -> None:
        planning = Task(task.hide, task.warn, task.check, task.no_log, True, task.handover)
        tokens = Tokens(planning)
        self._tokens = tokens
        self._accounts_of = {check: Run(ServiceAccounts(), client, Mode(check)) for check in (True, False)}
        self._tokens_of = {check: Run(tokens, client, Mode(check)) for check in (True, False)}
        self._parsed: dict[tuple[int, str], DesiredToken | StoreError] = {}
        self._lock = threading.Lock()

    def look(self, scope: Scope, wanted: MigrationOptions, ledger: Ledger, plans: t.Sequence[KeyPlan]) -> list[Reissue]:
        """Return what is to be done for each of *plans*, with what is there already noted in the *ledger*.

        Raises :class:`BadInput` for a place that cannot be, before anything is written.
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
            account = DesiredAccount(str(plan.account), self._role(ledger, plan), None)
            reissue = Reissue(plan, account, token, False)
            record = ledger.of(plan)
            if record.done or record.problem is not None:
                found.append(reissue)
                continue
            try:
                due = self._bring_about(scope, wanted, reissue, record, True)
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
        """Return the role that an account gets; one that is there keeps its own, unless the task says which."""
        there = next((account for account in ledger.accounts if account.name == plan.account), None)
        if there is None or plan.role_told or there.role == plan.role:
            return plan.role
        raise BadInput(
            "service account %s has the role %s, and API key %s the role %s: say which role it is to have, in a rule of "
            "consolidate with role, or give the key another account" % (there.name, there.role, plan.key.name, plan.key.role),
            code="account_role",
        )

    def _token(self, scope: Scope, wanted: MigrationOptions, plan: KeyPlan) -> DesiredToken:
        """Return what is wanted of a key's token; the same at each look."""
        place = (scope.org_id, plan.key.name)
        with self._lock:
            if place not in self._parsed:
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
                    self._parsed[place] = self._tokens.parse(options)
                except StoreError as problem:
                    self._parsed[place] = problem
                except BadInput as problem:
                    where = "API key %s of %s: %s" % (plan.key.name, scope.where(), problem.message)
                    raise BadInput(where, code=problem.code, **problem.details) from None
            found = self._parsed[place]
        if isinstance(found, StoreError):
            raise found
        return found

    def carry_out(self, scope: Scope, wanted: MigrationOptions, ledger: Ledger, reissues: t.Sequence[Reissue]) -> None:
        """Make accounts and tokens that are not there, and delete the old keys that may go."""
        scope.wanted = [reissue.token for reissue in reissues]
        for reissue in reissues:
            record = ledger.of(reissue.plan)
            if record.problem is not None:
                continue
            try:
                if reissue.due:
                    record.done = self._bring_about(scope, wanted, reissue, record, False) or record.done
                if record.stays is None and not record.deleted:
                    self._delete(scope, record)
            except GrafanaError as problem:
                record.problem = problem
                if problem.fatal:
                    raise
        scope.invalidate()
        ledger.accounts = tuple(search_whole(scope))

    def _bring_about(self, scope: Scope, wanted: MigrationOptions, reissue: Reissue, record: KeyRecord, check: bool) -> bool:
        """See to account and token, or (with *check*) only look; return whether anything is to be, or was, done."""
        made = self._one(self._accounts_of[check], scope, reissue.account)
        token = self._one(self._tokens_of[check], scope, reissue.token)
        shown = made.object or {}
        record.account = Account(
            int(shown.get("id") or 0),
            str(shown.get("name") or reissue.account.name),
            str(shown.get("login") or ""),
            str(shown.get("role") or reissue.account.role),
            bool(shown.get("disabled")),
        )
        if token.object is None:
            record.stays = "its successor is not there"
            return CHANGED in (made.status, token.status)
        told = token.object
        record.token = Token(told.get("id") or None, str(told.get("name")), told.get("created"), told.get("expires"))  # type: ignore[arg-type]
        record.dest = reissue.token.sink.where if reissue.token.sink is not None else None
        self._weigh(scope, wanted, reissue, record, told, check)
        return CHANGED in (made.status, token.status)

    def _one(self, run: Run, scope: Scope, desired: t.Any) -> Outcome:
        outcome = run.one(scope, Item(0, OrgChoice(scope.org_id), desired))
        if outcome.status == FAILED and outcome.problem is not None:
            raise outcome.problem
        return outcome

    def _weigh(
        self, scope: Scope, wanted: MigrationOptions, reissue: Reissue, record: KeyRecord, there: View, check: bool
    ) -> None:
        """Note why the old key stays; nothing where it goes."""
        plan = reissue.plan
        if plan.key.id is None:
            record.stays = "the task names it, and the server does not list it"
            return
        sink = reissue.token.sink
        if reissue.due and not check and sink is not None and sink.deferred:
            record.stays = "its successor is not stored yet"
            return
        told = plan.owner is not None or scope.client.at_least(MIGRATION_GOES_ON) is not False
        # A key that was just made was proven then; one that is there has been now, where its place gives it back.
        asked = reissue.due or there.get("proved") is not None or (sink is not None and sink.readable)
        proven = asked and reissue.token.prove == "always" and not (record.account and record.account.disabled)
        record.stays = deletable(wanted.deletion, plan.key, there.get("created"), proven, scope.client.now(), told)

    def _delete(self, scope: Scope, record: KeyRecord) -> None:
        """Delete the old key; where it is a token already, with its account, if that has no other."""
        plan = record.plan
        number = t.cast(int, plan.key.id)
        if plan.owner is None:
            delete_key(scope, number)
        elif plan.owner.tokens <= 1:
            scope.client.delete("/api/serviceaccounts/%d" % plan.owner.id, org=scope.org_id)
        else:
            delete_token(scope, plan.owner.id, number)
        record.done = record.deleted = True


__all__ = ["Refused", "Reissue", "Reissues"]
