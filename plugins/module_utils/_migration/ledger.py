# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of the API keys of one organization in the course of a run, and how it is told.

A key that is migrated is in no list any more, so what was seen of it is kept here from its first sight on.
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

#: What a key is known by: its id, or its name where the task alone names it.
KeyId = t.Union[int, str]

LISTED, NONE, GONE = "listed", "none", "gone"


def id_of(key: ApiKey) -> KeyId:
    """Return what *key* is known by."""
    return key.name if key.id is None else key.id


@dataclass
class KeyRecord:
    """One key: what is to become of it, and what has."""

    plan: KeyPlan
    #: Whether the run has something to do for it, and whether its token is a new one.
    involved: bool = False
    fresh: bool = False
    #: Of a reissued key: whether account or token are to be made.
    due: bool = False
    done: bool = False
    account: Account | None = None
    token: Token | None = None
    dest: str | None = None
    deleted: bool = False
    stays: str | None = None
    problem: GrafanaError | None = None

    def status(self, check: bool) -> str:
        """Return ``ok``, ``changed``, ``failed`` or ``not_run``; in check mode, and in a plan, as it would be."""
        if self.problem is not None:
            return FAILED
        if check:
            return CHANGED if self.done or self.waits() else OK
        # What was not come to, because the organization failed before.
        return CHANGED if self.done else NOT_RUN if self.waits() else OK

    def waits(self) -> bool:
        """Tell whether something is to be done for it."""
        if self.done or self.problem is not None:
            return False
        return self.due or self.goes() or self.plan.action in (MIGRATE, DELETE)

    def stays_here(self, check: bool) -> bool:
        """Tell whether an API key is there at the end; in check mode, whether it would be."""
        plan = self.plan
        if plan.key.id is None or plan.owner is not None:
            return False
        if plan.action == REISSUE:
            return not (self.deleted or (check and self.goes()))
        return self.problem is not None or plan.action == KEEP or not (self.done or check)

    def goes(self) -> bool:
        """Tell whether a reissued key's predecessor is to be deleted."""
        return self.plan.action == REISSUE and self.stays is None and self.problem is None and not self.deleted

    def foreseen(self) -> tuple[str, str, str]:
        """Return account, role and token that the key is to have in the end."""
        plan = self.plan
        if plan.action == REISSUE:
            return str(plan.account), str(plan.role), str(plan.token)
        return AUTOGEN + plan.key.name, plan.key.role, plan.key.name

    def view(self, check: bool) -> View:
        """Return the key as results show it."""
        plan, account = self.plan, self.account
        if account is None and self.problem is None and plan.action in (MIGRATE, REISSUE):
            name, role, _token = self.foreseen()
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
            "deleted": self.deleted or (check and (self.goes() or (plan.action == DELETE and self.waits()))),
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
    """All keys of one organization; *accounts* are its service accounts as they were last seen."""

    org_id: int
    found: str = LISTED
    cut: bool = False
    keys: dict[KeyId, KeyRecord] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    adopted: dict[int, Adoption] = field(default_factory=dict)
    problem: GrafanaError | None = None

    def record(self, plans: t.Iterable[KeyPlan]) -> list[KeyRecord]:
        """Take in what is to become of keys; return the records of those that were not known yet."""
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
        """Return what went wrong with single keys and accounts."""
        problems = [record.problem for record in self.keys.values() if record.problem is not None]
        problems += [Refused(one.problem, code="name_taken") for one in self.adopted.values() if one.problem]
        return problems + ([self.problem] if self.problem is not None else [])

    def left(self, check: bool) -> int:
        """Return how many API keys are there at the end; in check mode, how many there would be."""
        return sum(record.stays_here(check) for record in self.keys.values())

    def mark_involved(self) -> None:
        """Remember which keys the run has something to do for: those that its diff shows."""
        for record in self.keys.values():
            record.involved = record.involved or record.waits()
            record.fresh = record.fresh or (record.waits() and (record.due or record.plan.action == MIGRATE))

    def view(self, check: bool) -> View:
        """Return everything as results show it."""
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
        """Return, for a diff, keys and accounts before and after: only those that the run has something to do for."""
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
            if record.fresh and record.status(check) == CHANGED:
                name, role, token = record.foreseen()
                after["service_accounts"].setdefault(name, {"role": role, "tokens": []})["tokens"].append(token)
        for adoption in self.adopted.values():
            if adoption.problem is None:
                name = adoption.account.name
                was = after["service_accounts"].pop(name, {"role": adoption.account.role})
                if adoption.account.id > 0 and name not in self.made_now():
                    before["service_accounts"][name] = {"role": adoption.account.role}
                after["service_accounts"][adoption.name] = {**was, "role": adoption.role}
        return before, after

    def made_now(self) -> set[str]:
        """Return the names of the accounts that this run's migration has made."""
        return {record.foreseen()[0] for record in self.keys.values() if record.done and record.plan.action == MIGRATE}


def renamed(account: Account, adoption: Adoption) -> Account:
    """Return *account* as it is after its adoption."""
    return replace(account, name=adoption.name).with_fields(role=adoption.role)
