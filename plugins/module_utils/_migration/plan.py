# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the migration of the API keys of an organization, and the adoption of accounts. Nothing here makes requests."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .._api_keys.api import AUTOGEN, ApiKey, made_by_server
from .._grafana.errors import BadInput
from .._grafana.versions import LOGIN_PER_ORG, MIGRATION_GOES_ON, ROLE_NONE, Version
from .._orgs.accounts import Account, check_name, slug
from .._text.durations import moment
from .._tokens.model import LONGEST
from .options import REISSUE, Adopt, Deletion, MigrationOptions, Rule, Selection

MIGRATE, DELETE, KEEP = "migrate", "delete", "keep"
#: The start of the name of a key with which a run tests the server. Later runs delete such a key if a killed run left it.
THROW_AWAY = "orgsmith-throw-away-"
#: How many other logins the server tries for an account (10.0 on), with the suffixes -001 to -010.
MORE_LOGINS = 10


@dataclass(frozen=True)
class KeyPlan:
    """The plan for one key: *action* is MIGRATE, REISSUE, DELETE or KEEP.

    *account*, *role*, *token* (names) and *lifetime* (in seconds) are set for a reissued key; *role_told* is whether the task
    sets the role. *owner* is the service account of a key that the server has migrated already.
    """

    key: ApiKey
    action: str
    reason: str | None = None
    account: str | None = None
    role: str | None = None
    role_told: bool = False
    token: str | None = None
    lifetime: int | None = None
    owner: Account | None = None


def choose(wanted: MigrationOptions, keys: t.Iterable[ApiKey], now: datetime, action: str) -> list[KeyPlan]:
    """Return a plan for each of *keys*: a selected key gets *action*, or the action of ``expired_keys`` if it has expired."""
    plans = []
    for key in keys:
        if key.name.startswith(THROW_AWAY):
            # A test key that has not expired may belong to a run in progress.
            plans.append(KeyPlan(key, DELETE if key.expired else KEEP, "a trial of the server has left it"))
        elif not selects(wanted.selection, key, now):
            plans.append(KeyPlan(key, KEEP, "it is not selected"))
        elif key.expired and wanted.expired != "migrate":
            plans.append(KeyPlan(key, wanted.expired, "it has expired"))
        else:
            plans.append(KeyPlan(key, action))
    return plans


def selects(selection: Selection, key: ApiKey, now: datetime) -> bool:
    """Return whether *selection* selects *key*. A key that was never used counts as unused."""
    if (selection.ids or selection.names) and key.id not in selection.ids and key.name not in selection.names:
        return False
    if selection.pattern is not None and selection.pattern.search(key.name) is None:
        return False
    if selection.roles and key.role not in selection.roles:
        return False
    used = moment(key.last_used)
    return selection.unused_for is None or used is None or now - used >= timedelta(seconds=selection.unused_for)


def reissued(wanted: MigrationOptions, plans: t.Sequence[KeyPlan], org_id: int, now: datetime) -> list[KeyPlan]:
    """Return *plans* with account, role, token and lifetime for each key to reissue.

    Raises :class:`BadInput` if keys of different roles would share an account, if two tokens would have the same name, and for
    the name of an account with a backslash.
    """
    found = [_reissued(wanted, plan, org_id, now) if plan.action == REISSUE else plan for plan in plans]
    _check_roles(wanted.rules, found)
    _check_tokens(found)
    return found


def _reissued(wanted: MigrationOptions, plan: KeyPlan, org_id: int, now: datetime) -> KeyPlan:
    """Return the *plan* of one key to reissue with account, role, token and lifetime."""
    rule, account = _account(wanted, plan.key, org_id)
    check_name(account, "API key %s" % plan.key.name)
    role = rule.role if rule is not None else None
    return replace(
        plan,
        account=account,
        role=role or plan.key.role,
        role_told=bool(role),
        token=_filled(wanted.token_template, plan.key, org_id),
        lifetime=_lifetime(wanted, plan.key, now),
    )


def _account(wanted: MigrationOptions, key: ApiKey, org_id: int) -> tuple[Rule | None, str]:
    """Return the first rule that matches *key*, or ``None``, and the name of the account for the key."""
    for rule in wanted.rules:
        if key.name in rule.names:
            return rule, rule.account
        match = rule.pattern.fullmatch(key.name) if rule.pattern is not None else None
        if match is not None:
            return rule, match.expand(rule.account)
    given = next((one.account for one in wanted.given if one.name == key.name and one.account), None)
    return None, given or _filled(wanted.account_template, key, org_id)


def _filled(template: str, key: ApiKey, org_id: int) -> str:
    """Return *template* with the values of *key*."""
    values = {"name": key.name, "id": "" if key.id is None else str(key.id), "role": key.role, "org_id": str(org_id)}
    return re.sub(r"{(\w+)}", lambda found: values[found.group(1)], template)


def _lifetime(wanted: MigrationOptions, key: ApiKey, now: datetime) -> int | None:
    """Return the lifetime of a reissued key in seconds: the rest of the old lifetime, at most the limit of the task.

    0 stands for a key that never expires. Raises :class:`BadInput` for an expired key if the task sets no lifetime.
    """
    ends = moment(key.expires)
    left = int((ends - now).total_seconds()) if ends is not None else None
    own = next((one.lifetime for one in wanted.given if one.name == key.name), None)
    cap = own if own is not None else wanted.lifetime
    if key.expired or (left is not None and left <= 0):
        if cap is None:
            raise BadInput(
                "API key %s has expired, so the lifetime of its new key is unknown: set seconds_to_live, or expired_keys"
                % key.name
            )
        return cap
    if left is None:
        return cap or 0
    return left if cap in (None, 0, LONGEST) else min(left, cap)


def _check_roles(rules: t.Sequence[Rule], plans: t.Sequence[KeyPlan]) -> None:
    """Raise :class:`BadInput` if keys of different roles would share an account, and no rule has ``mixed_roles`` for it."""
    mixed_accounts = {rule.account for rule in rules if rule.mixed_roles}
    patterns = [rule for rule in rules if rule.mixed_roles and rule.pattern is not None]
    by_account: dict[str, dict[str, list[str]]] = {}
    for plan in plans:
        if plan.action == REISSUE:
            by_account.setdefault(str(plan.account), {}).setdefault(plan.key.role, []).append(plan.key.name)
    for account, roles in by_account.items():
        mixed = account in mixed_accounts or any(
            rule.pattern is not None and all(rule.pattern.fullmatch(name) for names in roles.values() for name in names)
            for rule in patterns
        )
        if len(roles) > 1 and not mixed:
            raise BadInput(
                "service account %s would get keys of different roles (%s), and all of them would then have its role: "
                "use a separate account for each role, or set mixed_roles and role in its rule of consolidate"
                % (account, "; ".join("%s: %s" % (role, ", ".join(sorted(names))) for role, names in sorted(roles.items()))),
                code="mixed_roles",
            )


def _check_tokens(plans: t.Sequence[KeyPlan]) -> None:
    """Raise :class:`BadInput` if the tokens of two keys would have the same name."""
    seen: dict[str, str] = {}
    for plan in plans:
        if plan.token is None:
            continue
        other = seen.setdefault(plan.token, plan.key.name)
        if other != plan.key.name:
            raise BadInput("the tokens for keys %s and %s would both have the name %s" % (other, plan.key.name, plan.token))


def autogen_login(key: ApiKey, org_id: int, version: Version | None) -> str:
    """Return the login that the server's migration gives the account of *key*, if it is free."""
    return _login(key.name, org_id, version)


def _login(name: str, org_id: int, version: Version | None) -> str:
    if version is not None and version < MIGRATION_GOES_ON:
        return "%s%d-%s" % (AUTOGEN, org_id, name)
    # The server replaces the first two consecutive dashes with one.
    return ("%s%d-%s" % (AUTOGEN, org_id, name.lower())).replace("--", "-", 1).replace(" ", "-")


def logins_of(
    keys: t.Iterable[ApiKey], taken: t.Iterable[str], org_id: int, version: Version | None
) -> dict[int | None, str | None]:
    """Return, by the id of each key, the login that the server's migration gives its account; ``None`` if no login is free.

    *keys* are in the order in which the server migrates them (by name); *taken* are logins and addresses in use.
    """
    used = {login.lower() for login in taken}
    more = MORE_LOGINS if version is None or version >= MIGRATION_GOES_ON else 0
    found: dict[int | None, str | None] = {}
    for key in keys:
        names = [key.name, *("%s-%03d" % (key.name, number) for number in range(1, more + 1))]
        offers = (_login(name, org_id, version) for name in names)
        free = next((login for login in offers if login.lower() not in used), None)
        found[key.id] = free
        if free is not None:
            used.add(free.lower())
    return found


def collisions(
    plans: t.Sequence[KeyPlan], accounts: t.Iterable[Account], org_id: int, version: Version | None
) -> dict[int | None, str]:
    """Return, by the id of the key, why the server cannot migrate it: all logins that it tries for the account are in use.

    This does not find a login that an account of another organization uses.
    """
    migrated = [plan.key for plan in plans if plan.action == MIGRATE]
    logins = logins_of(migrated, (account.login for account in accounts), org_id, version)
    more = MORE_LOGINS if version is None or version >= MIGRATION_GOES_ON else 0
    return {
        key.id: "the login %s, which the server would give to its account, is in use%s: use mode: reissue for this key, or "
        "delete the account that has the login"
        % (autogen_login(key, org_id, version), ", and so are its %d alternatives" % more if more else "")
        for key in migrated
        if logins[key.id] is None
    }


def same_names(plans_by_org: t.Mapping[int, t.Sequence[KeyPlan]], version: Version | None) -> None:
    """Raise :class:`BadInput` if accounts of several organizations need the same login, which Grafana before 10.4.1 refuses."""
    if version is None or version >= LOGIN_PER_ORG:
        return
    seen: dict[str, tuple[int, str]] = {}
    for org_id, plans in plans_by_org.items():
        for plan in plans:
            if plan.action != REISSUE:
                continue
            first = seen.setdefault(slug(str(plan.account)), (org_id, str(plan.account)))
            if first[0] != org_id:
                raise BadInput(
                    "service accounts %s of org %d and %s of org %d would need the same login, and up to Grafana 10.4.0 (this "
                    "is %s) a login is unique across all organizations: add {org_id} to account_template"
                    % (first[1], first[0], plan.account, org_id, version),
                    code="login_taken",
                )


def deletable(
    rule: Deletion, key: ApiKey, replaced_since: str | None, proven: bool, now: datetime, reports_use: bool
) -> str | None:
    """Return why the reissued *key* must not be deleted yet; ``None`` if it can be deleted.

    *replaced_since* is when its successor was created, *proven* whether the successor was tested and works, *reports_use*
    whether the server reports the last use of API keys.
    """
    if rule.when == "never":
        return "delete_keys is never"
    if not proven:
        return "its successor has not been proven"
    if rule.when == "after_proof":
        return None
    if not reports_use:
        return "this version of Grafana does not tell when an API key was last used"
    used = moment(key.last_used) or moment(replaced_since) or now
    if now - used < timedelta(seconds=rule.unused_for):
        return "it was used, or replaced, less than %d s ago" % rule.unused_for
    return None


@dataclass(frozen=True)
class Adoption:
    """An account to rename, or whose role to change, or both; *problem* says why this is not possible."""

    account: Account
    name: str
    role: str
    problem: str | None = None


def adoptions(rules: t.Sequence[Adopt], accounts: t.Sequence[Account]) -> list[Adoption]:
    """Return the changes that ``adopt`` makes to the accounts created by the server; the first rule that matches applies.

    This checks that names stay unique, because the server allows two accounts with the same name. Raises :class:`BadInput` for
    a new name with a backslash.
    """
    names = {account.name for account in accounts}
    found: list[Adoption] = []
    for account in accounts:
        rule = next((rule for rule in rules if made_by_server(account) and _adopts(rule, account)), None)
        if rule is None:
            continue
        name = _adopted_name(rule, account)
        role = rule.role or account.role
        if (name, role) == (account.name, account.role):
            continue
        if name != account.name:
            check_name(name, "adopt: %s" % account.name)
        taken = name != account.name and name in names
        problem = "another service account has the name %s" % name if taken else None
        names.add(name)
        found.append(Adoption(account, name, role, problem))
    return found


def _adopts(rule: Adopt, account: Account) -> bool:
    """Return whether *rule* matches *account*."""
    if rule.account is not None:
        return rule.account == account.name
    return rule.pattern is not None and rule.pattern.fullmatch(account.name) is not None


def _adopted_name(rule: Adopt, account: Account) -> str:
    if rule.name is None:
        return account.name
    match = rule.pattern.fullmatch(account.name) if rule.pattern is not None else None
    return match.expand(rule.name) if match is not None else rule.name


def role_problem(role: str, version: Version | None) -> str | None:
    """Return why the server does not support *role*; ``None`` if it does, or if its version is unknown."""
    if role == "None" and version is not None and version < ROLE_NONE:
        return "the role None needs Grafana 10.2 or later"
    return None


__all__ = ["DELETE", "KEEP", "MIGRATE", "REISSUE", "Adoption", "KeyPlan", "choose", "collisions", "deletable"]
