# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API keys of an organization as one object: read, plan and migrate them, and report the result of each."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, replace

from .._api_keys.api import AUTOGEN, LIST_CAP, Abilities, ApiKey, abilities_of, list_keys, made_by_server, migrated_into
from .._engine.resource import Change, Resource, View
from .._grafana.client import Client
from .._grafana.errors import GrafanaError, Refused, Unsupported
from .._grafana.scope import Scope
from .._grafana.versions import MIGRATION_GOES_ON
from .._orgs.service_accounts import Account, search_whole
from .._tokens.api import list_tokens
from .._tokens.task import Task
from .ledger import GONE, LISTED, NONE, Ledger, renamed
from .options import REISSUE, SERVER, MigrationOptions
from .plan import DELETE, KEEP, MIGRATE, Adoption, KeyPlan, adoptions, autogen_login, choose, collisions, reissued, role_problem
from .reissue import Reissue, Reissues
from .server import Guard, left_over, migrate


@dataclass(frozen=True)
class OrgKeys:
    """The keys of an organization: their *ledger*, the keys to reissue, the accounts to adopt, and accounts that a trial left."""

    ledger: Ledger
    reissues: tuple[Reissue, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    left_over: tuple[Account, ...] = ()

    def due(self) -> bool:
        """Tell whether anything has to change."""
        keys = any(record.waits() for record in self.ledger.keys.values())
        return keys or any(one.problem is None for one in self.adoptions) or bool(self.left_over)


def _all_seen(desired: MigrationOptions, ledger: Ledger) -> bool:
    """Tell whether the task names single keys, and all of them were found."""
    named = {*desired.selection.ids, *desired.selection.names}
    seen: set[t.Any] = {value for record in ledger.keys.values() for value in (record.plan.key.id, record.plan.key.name)}
    return bool(named) and named <= seen


class Migration(Resource[MigrationOptions, OrgKeys, OrgKeys]):
    """Migrations: an item is an organization, its object all API keys and the accounts that replace them."""

    kind = "organization"
    requests_each = 8

    def __init__(self, client: Client, task: Task, plan_only: bool) -> None:
        self._client, self._task, self._plan_only = client, task, plan_only
        self._check = task.check or plan_only
        self._reissues = Reissues(client, task)
        self._guard = Guard()
        self._lock = threading.Lock()
        self.ledgers: dict[int, Ledger] = {}

    def parse(self, options: t.Mapping[str, t.Any]) -> MigrationOptions:
        """Not used: the options are the same for all organizations, and parsed once, by ``wanted``."""
        raise NotImplementedError

    def absent(self, desired: MigrationOptions) -> bool:
        """Return ``False``: a migration has no state ``absent``."""
        return False

    def identity(self, desired: MigrationOptions) -> t.Hashable:
        """Return a constant: each organization can be migrated once per task."""
        return "api keys"

    def label(self, desired: MigrationOptions) -> str:
        """Return what the migration is about."""
        return "API keys"

    def ledger(self, org_id: int) -> Ledger:
        """Return the ledger of an organization."""
        with self._lock:
            return self.ledgers.setdefault(org_id, Ledger(org_id))

    def read(self, scope: Scope, desired: MigrationOptions) -> OrgKeys:
        """Return the keys and accounts. Raises :class:`Unsupported` if this server cannot do what the task asks for."""
        ledger = self.ledger(scope.org_id)
        abilities = abilities_of(scope.client.version())
        keys = list_keys(scope)
        ledger.found = GONE if keys is None else LISTED if keys else NONE
        ledger.cut = len(keys or ()) >= LIST_CAP
        has_accounts = abilities.migrates is not False or keys is None
        ledger.accounts = tuple(scope.refresh("accounts", lambda: search_whole(scope))) if has_accounts else ()
        sources = [*(keys or ()), *self._given(desired, keys or ())]
        plans = self._chosen(scope, desired, abilities, sources)
        reissues: list[Reissue] = []
        if desired.how == REISSUE and has_accounts:
            plans += self._migrated(scope, desired, ledger.accounts)
            plans = reissued(desired, plans, scope.org_id, scope.client.now())
        ledger.record(plans)
        if desired.how == REISSUE and has_accounts:
            self._check_roles(scope, plans)
            if desired.sink is not None:
                reissues = self._reissues.plan(scope, desired, ledger, plans)
            for record in ledger.keys.values() if desired.sink is None else ():
                record.due, record.stays = record.plan.action == REISSUE, "delete_keys decides when it is deleted"
        else:
            self._note_collisions(scope, ledger)
        self._check_cut(scope, desired, ledger)
        found = adoptions(desired.adopt, self._planned_accounts(scope, ledger, desired))
        ledger.adopted = {one.account.id: one for one in found}
        trials = tuple(account for account in ledger.accounts if left_over(account) and self._expired(scope, account))
        keys_of_org = OrgKeys(ledger, tuple(reissues), tuple(found), trials)
        if keys_of_org.due():
            ledger.mark_involved()
        return keys_of_org

    def _chosen(self, scope: Scope, desired: MigrationOptions, abilities: Abilities, keys: t.Iterable[ApiKey]) -> list[KeyPlan]:
        """Return the plan for each API key."""
        now = scope.client.now()
        if desired.selection.unused_for is not None and abilities.lists and not scope.client.at_least(MIGRATION_GOES_ON):
            raise Unsupported(
                "unused_for: before Grafana 10.0 the server does not report the last use of an API key (this is %s)"
                % (scope.client.version(),)
            )
        action = REISSUE if desired.how == REISSUE else MIGRATE
        plans = choose(desired, keys, now, action)
        if abilities.migrates is False and abilities.lists:
            why = "this is Grafana %s: service accounts need 9.1 or later" % (scope.client.version(),)
            if not self._plan_only:
                raise Unsupported("%s: %s" % (scope.client.connection.url, why))
            return [replace(plan, action=KEEP, reason=why) if plan.action == action else plan for plan in plans]
        return plans

    def _given(self, desired: MigrationOptions, listed: t.Iterable[ApiKey]) -> list[ApiKey]:
        """Return the keys that the task contains and the server does not list."""
        names = {key.name for key in listed}
        return [ApiKey(None, one.name, one.role) for one in desired.given if one.name not in names]

    def _migrated(self, scope: Scope, desired: MigrationOptions, accounts: t.Iterable[Account]) -> list[KeyPlan]:
        """Return the plans for tokens of accounts that the server's migration created, if the task reissues them, too."""
        if not desired.migrated_too:
            return []
        found: list[KeyPlan] = []
        for account in accounts:
            if not made_by_server(account) or not account.tokens or left_over(account):
                continue
            for token in list_tokens(scope, account.id):
                if not migrated_into(account, token.name):
                    continue
                key = ApiKey(token.id, token.name, account.role, token.expires, token.expired, token.last_used)
                found += [replace(plan, owner=account) for plan in choose(desired, [key], scope.client.now(), REISSUE)]
        return found

    def _check_roles(self, scope: Scope, plans: t.Sequence[KeyPlan]) -> None:
        for plan in plans:
            problem = role_problem(str(plan.role), scope.client.version()) if plan.role else None
            if problem:
                raise Unsupported("API key %s: %s" % (plan.key.name, problem))

    def _note_collisions(self, scope: Scope, ledger: Ledger) -> None:
        """Record which keys the server cannot migrate."""
        version = scope.client.version()
        plans = [record.plan for record in ledger.keys.values() if not record.done]
        for key_id, why in collisions(plans, ledger.accounts, scope.org_id, version).items():
            record = next(one for one in ledger.keys.values() if one.plan.key.id == key_id)
            record.problem = Refused(
                "API key %s (id %s) of %s cannot be migrated by the server: %s"
                % (record.plan.key.name, key_id, scope.where(), why),
                code="collision",
            )

    def _check_cut(self, scope: Scope, desired: MigrationOptions, ledger: Ledger) -> None:
        """Warn of a cut list; record a failure if no listed key will be removed, so that the others never become visible."""
        if not ledger.cut or _all_seen(desired, ledger):
            return
        if any(not record.stays_here(True) for record in ledger.keys.values() if not record.done):
            if self._check:
                scope.warn(
                    "%s has %d API keys or more, but Grafana's list ends there: the others are shown only after some of these "
                    "are deleted" % (scope.where(), LIST_CAP)
                )
            return
        ledger.problem = Refused(
            "%s has %d API keys or more that stay or cannot be migrated, and the server's list ends there, so the others are "
            "hidden: migrate or delete some of these first (reissued ones with delete_keys)" % (scope.where(), LIST_CAP),
            code="list_cut",
        )

    def _expired(self, scope: Scope, account: Account) -> bool:
        """Tell whether a trial has expired, so that no run uses it now."""
        return all(token.expired for token in list_tokens(scope, account.id))

    def _planned_accounts(self, scope: Scope, ledger: Ledger, desired: MigrationOptions) -> list[Account]:
        """Return the accounts, with those that the migration is about to create."""
        accounts = [account for account in ledger.accounts if not left_over(account)]
        if desired.how == SERVER:
            for number, record in enumerate(ledger.keys.values(), 1):
                if record.plan.action == MIGRATE and not record.done and record.problem is None:
                    key = record.plan.key
                    login = autogen_login(key, scope.org_id, scope.client.version())
                    accounts.append(Account(-number, AUTOGEN + key.name, login, {"role": key.role, "disabled": False}))
        return accounts

    def plan(self, desired: MigrationOptions, current: OrgKeys | None) -> Change[OrgKeys] | None:
        """Return what has to change."""
        if current is None or not current.due():
            return None
        before, after = current.ledger.differs(True)
        return Change("migrate", before, after, current, current.ledger.view(True))

    def precheck(
        self, scope: Scope, desired: MigrationOptions, current: OrgKeys | None, change: Change[OrgKeys] | None
    ) -> tuple[OrgKeys | None, Change[OrgKeys] | None]:
        """In check mode, raise if the server's migration would destroy keys; ``mode: plan`` only reports it."""
        if not scope.check or change is None or not self._server_migrates(change.work):
            return current, change
        try:
            self._guard.ask(scope)
        except Unsupported as problem:
            if not self._plan_only:
                raise
            change.work.ledger.problem = problem
        return current, change

    def _server_migrates(self, current: OrgKeys) -> bool:
        return any(record.plan.action == MIGRATE and not record.problem for record in current.ledger.keys.values())

    def apply(self, scope: Scope, desired: MigrationOptions, change: Change[OrgKeys]) -> OrgKeys:
        """Migrate key by key; record the failure of one, and continue with the others."""
        current = change.work
        ledger = current.ledger
        for account in current.left_over:
            scope.client.delete("/api/serviceaccounts/%d" % account.id, org=scope.org_id)
        if desired.how == REISSUE:
            self._reissue(scope, desired, current)
        elif any(record.waits() for record in ledger.keys.values()):
            if self._server_migrates(current):
                self._guard.ask(scope)
            abilities = abilities_of(scope.client.version())
            migrate(scope, ledger, lambda keys: self._chosen(scope, desired, abilities, keys))
            self._check_cut(scope, desired, ledger)
        self._adopt(scope, desired, ledger)
        self._hide(scope, desired, abilities_of(scope.client.version()), ledger)
        return OrgKeys(ledger)

    def _reissue(self, scope: Scope, desired: MigrationOptions, current: OrgKeys) -> None:
        """Reissue keys in rounds, as the server lists 100 at a time."""
        while True:
            self._reissues.apply(scope, desired, current.ledger, current.reissues)
            self._delete_expired(scope, desired, current.ledger)
            if not current.ledger.cut:
                return
            current = self.read(scope, desired)
            if not current.due():
                return

    def _delete_expired(self, scope: Scope, desired: MigrationOptions, ledger: Ledger) -> None:
        from_server = [one for one in ledger.keys.values() if one.plan.action == DELETE and not one.done]
        for record in from_server:
            if record.plan.owner is not None:
                scope.client.delete("/api/serviceaccounts/%d" % record.plan.owner.id, org=scope.org_id)
            else:
                scope.client.delete("/api/auth/keys/%d" % t.cast(int, record.plan.key.id), org=scope.org_id)
            record.done = record.deleted = True

    def _adopt(self, scope: Scope, desired: MigrationOptions, ledger: Ledger) -> None:
        """Give accounts their names and roles."""
        if not desired.adopt:
            return
        found = adoptions(desired.adopt, [account for account in ledger.accounts if not left_over(account)])
        ledger.adopted = {one.account.id: one for one in found}
        for one in found:
            if one.problem is not None:
                continue
            body = {"name": one.name, "role": one.role}
            scope.client.patch("/api/serviceaccounts/%d" % one.account.id, body, org=scope.org_id)
            now = renamed(one.account, one)
            ledger.accounts = tuple(now if account.id == now.id else account for account in ledger.accounts)
            for record in ledger.keys.values():
                if record.account is not None and record.account.id == now.id:
                    record.account = now

    def _hide(self, scope: Scope, desired: MigrationOptions, abilities: Abilities, ledger: Ledger) -> None:
        """Hide the page of API keys in the menu; the server does that only if no key is left."""
        if desired.hide_page and abilities.hides_page and not ledger.left(False):
            scope.client.post("/api/serviceaccounts/hideApiKeys", org=scope.org_id)

    def view(self, desired: MigrationOptions, current: OrgKeys, change: Change[OrgKeys]) -> View:
        """Return the changed keys and accounts as they are now."""
        return current.ledger.differs(False)[1]

    def result(self, scope: Scope, desired: MigrationOptions, current: OrgKeys) -> View:
        """Return every key, and every account that the server's migration created."""
        return {**scope.shown(), **current.ledger.view(self._check)}

    def explain(self, scope: Scope, desired: MigrationOptions, problem: GrafanaError) -> GrafanaError:
        """Explain who may give an account a role."""
        if problem.details.get("message_id") == "serviceaccounts.ErrRoleForbidden":
            return Refused(
                "%s: a caller cannot give an account a higher role than their own" % problem.message, code="role_forbidden"
            )
        return problem
