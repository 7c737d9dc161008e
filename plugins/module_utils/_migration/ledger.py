# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of the API keys of one organization during a run, and their view in the result.

The server does not list a key any more once it is migrated, so the record stores what the server reported about it before.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .._api_keys.api import AUTOGEN, ApiKey, made_by_server
from .._engine.items import CHANGED, FAILED, NOT_RUN, OK
from .._engine.resource import View
from .._grafana.errors import GrafanaError, Refused
from .._orgs.service_accounts import Account
from .._tokens.model import Token
from .plan import DELETE, KEEP, MIGRATE, REISSUE, Adoption, KeyPlan

#: The identifier of a key in a ledger: its id, or its name if only the task names it.
KeyId = t.Union[int, str]

LISTED, NONE, GONE = "listed", "none", "gone"


def id_of(key: ApiKey) -> KeyId:
    """Return the identifier of *key*."""
    return key.name if key.id is None else key.id


@dataclass
class KeyRecord:
    """One key: its plan, and what the run has done for it.

    *dest* is where its new key was stored; *stays* says why a reissued key is not deleted.
    """

    plan: KeyPlan
    #: Whether the run changes something for the key, and whether it creates a token for it.
    involved: bool = False
    creates_token: bool = False
    #: Only for a reissued key: whether its account or its token must be created.
    due: bool = False
    done: bool = False
    account: Account | None = None
    token: Token | None = None
    dest: str | None = None
    deleted: bool = False
    stays: str | None = None
    problem: GrafanaError | None = None

    def status(self, check: bool) -> str:
        """Return ``ok``, ``changed``, ``failed`` or ``not_run``; in check mode and for a plan, the status after a run."""
        if self.problem is not None:
            return FAILED
        if check:
            return CHANGED if self.done or self.waits() else OK
        # The run did not process the key if its organization failed before.
        return CHANGED if self.done else NOT_RUN if self.waits() else OK

    def waits(self) -> bool:
        """Return whether the run still has to change something for the key."""
        if self.done or self.problem is not None:
            return False
        return self.due or self.deletes_old_key() or self.plan.action in (MIGRATE, DELETE)

    def stays_here(self, check: bool) -> bool:
        """Return whether the API key exists after the run; in check mode, whether it would exist after a run."""
        plan = self.plan
        if plan.key.id is None or plan.owner is not None:
            return False
        if plan.action == REISSUE:
            return not (self.deleted or (check and self.deletes_old_key()))
        return self.problem is not None or plan.action == KEEP or not (self.done or check)

    def deletes_old_key(self) -> bool:
        """Return whether the run still has to delete a reissued key."""
        return self.plan.action == REISSUE and self.stays is None and self.problem is None and not self.deleted

    def successor(self) -> tuple[str, str, str]:
        """Return name of the account, role and name of the token that replace the key."""
        plan = self.plan
        if plan.action == REISSUE:
            return str(plan.account), str(plan.role), str(plan.token)
        return AUTOGEN + plan.key.name, plan.key.role, plan.key.name

    def view(self, check: bool) -> View:
        """Return the key for the result."""
        plan, account = self.plan, self.account
        if account is None and self.problem is None and plan.action in (MIGRATE, REISSUE):
            name, role, _token = self.successor()
            account = Account(0, name, "", {"role": role, "disabled": False})
        shown: View = {
            "id": plan.key.id,
            "name": plan.key.name,
            "role": plan.key.role,
            "expires": plan.key.expires,
            "expired": plan.key.expired,
            "last_used": plan.key.last_used,
            "action": plan.action,
            "status": self.status(check),
            "service_account": None if account is None else _account(account),
            "role_after": None if account is None else account.role,
            "token": None,
            "deleted": self.deleted or (check and (self.deletes_old_key() or (plan.action == DELETE and self.waits()))),
        }
        if self.token is not None:
            shown["token"] = {"id": self.token.id or None, "name": self.token.name, "expires": self.token.expires}
            if self.dest is not None:
                shown["token"]["dest"] = self.dest
        reason = plan.reason or (self.stays if plan.action == REISSUE and self.problem is None else None)
        if reason is not None:
            shown["reason"] = reason
        if self.problem is not None:
            shown["failure"] = self.problem.failure()
        return shown


def _account(account: Account) -> View:
    known = account.id or None
    return {
        "id": known,
        "name": account.name,
        "login": account.login or None,
        "role": account.role,
        "disabled": account.disabled,
    }


@dataclass
class Ledger:
    """The records of all keys of one organization; *accounts* are its service accounts as last read.

    *found* is LISTED, NONE or GONE; *cut* is whether the server may have more keys than it lists.
    """

    org_id: int
    found: str = LISTED
    cut: bool = False
    keys: dict[KeyId, KeyRecord] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    adopted: dict[int, Adoption] = field(default_factory=dict)
    problem: GrafanaError | None = None

    def record(self, plans: t.Iterable[KeyPlan]) -> list[KeyRecord]:
        """Store plans for keys, and return the new records. A key that is done keeps its plan."""
        new = []
        for plan in plans:
            key = id_of(plan.key)
            if key not in self.keys:
                self.keys[key] = KeyRecord(plan)
                new.append(self.keys[key])
            elif not self.keys[key].done:
                self.keys[key].plan = plan
        return new

    def of(self, plan: KeyPlan) -> KeyRecord:
        """Return the record of a key."""
        return self.keys[id_of(plan.key)]

    def failed(self) -> list[GrafanaError]:
        """Return the errors of single keys, of accounts, and of the organization."""
        problems = [record.problem for record in self.keys.values() if record.problem is not None]
        problems += [Refused(one.problem, code="name_taken") for one in self.adopted.values() if one.problem]
        return problems + ([self.problem] if self.problem is not None else [])

    def left(self, check: bool) -> int:
        """Return how many API keys exist after the run; in check mode, how many would exist after a run."""
        return sum(record.stays_here(check) for record in self.keys.values())

    def mark_involved(self) -> None:
        """Mark the keys for which the run changes something; the diff shows these only."""
        for record in self.keys.values():
            record.involved = record.involved or record.waits()
            creates = record.waits() and (record.due or record.plan.action == MIGRATE)
            record.creates_token = record.creates_token or creates

    def view(self, check: bool) -> View:
        """Return the keys, and the accounts created by the server, for the result."""
        keys = sorted(self.keys.values(), key=lambda record: (record.plan.key.name, str(record.plan.key.id)))
        made = [account for account in self.accounts if made_by_server(account)]
        return {
            "found": self.found,
            "cut": self.cut,
            "api_keys": [record.view(check) for record in keys],
            "service_accounts": [self._shown(account, check) for account in made],
        }

    def _shown(self, account: Account, check: bool) -> View:
        shown = {**_account(account), "tokens": account.tokens, "adopted": not account.name.startswith(AUTOGEN)}
        adoption = self.adopted.get(account.id)
        if adoption is not None and adoption.problem:
            shown["failure"] = Refused(adoption.problem, code="name_taken").failure()
        elif adoption is not None and check:
            shown.update(adopted=True, becomes={"name": adoption.name, "role": adoption.role})
        return shown

    def differs(self, check: bool) -> tuple[View, View]:
        """Return keys and accounts before and after the run, for a diff: only those for which the run changes something."""
        before: View = {"api_keys": {}, "service_accounts": {}}
        after: View = {"api_keys": {}, "service_accounts": {}}
        for record in self.keys.values():
            if not record.involved:
                continue
            plan = record.plan
            shown = {"role": plan.key.role, "expires": plan.key.expires}
            if plan.key.id is not None and plan.owner is None:
                before["api_keys"][plan.key.name] = shown
            if record.stays_here(check):
                after["api_keys"][plan.key.name] = shown
            if record.creates_token and record.status(check) == CHANGED:
                name, role, token = record.successor()
                after["service_accounts"].setdefault(name, {"role": role, "tokens": []})["tokens"].append(token)
        for adoption in self.adopted.values():
            if adoption.problem is None:
                name = adoption.account.name
                was = after["service_accounts"].pop(name, {"role": adoption.account.role})
                if adoption.account.id > 0 and name not in self.migrated_accounts():
                    before["service_accounts"][name] = {"role": adoption.account.role}
                after["service_accounts"][adoption.name] = {**was, "role": adoption.role}
        return before, after

    def migrated_accounts(self) -> set[str]:
        """Return the names of the accounts that the server created for the keys migrated in this run."""
        return {record.successor()[0] for record in self.keys.values() if record.done and record.plan.action == MIGRATE}


def renamed(account: Account, adoption: Adoption) -> Account:
    """Return *account* as it is after its adoption."""
    return replace(account, name=adoption.name).with_fields(role=adoption.role)
