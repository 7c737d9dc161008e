# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's own migration of API keys (9.1 to 12.0): a token keeps secret, id, name and expiry of the key.

The server's answers are not trusted: in 9.x a 200 may mean that nothing happened, and from 9.5 on a 200 may report failures.
A key is migrated when no list of keys contains it any more, and a service account has a token with its id.
"""

from __future__ import annotations

import secrets
import threading
import typing as t

from .._api_keys.api import AUTOGEN, LIST_CAP, ApiKey, abilities_of, delete_key, list_keys, made_by_server
from .._grafana.errors import Forbidden, GrafanaError, NotFound, Refused, Unauthorized, Unsupported
from .._grafana.scope import Scope
from .._grafana.versions import MIGRATION_GOES_ON
from .._orgs.service_accounts import Account, search
from .._text.durations import moment
from .._tokens.api import list_tokens
from .ledger import KeyRecord, Ledger
from .plan import DELETE, KEEP, MIGRATE, THROW_AWAY, KeyPlan

#: Lifetime of the key on which the migration is tried, in seconds.
_TRIAL = 600

DESTROYED = (
    "the server's own migration would destroy API keys here: [users] auto_assign_org is off, and up to Grafana 9.3 the account "
    "of a migrated key then belongs to no organization, although the server answers 200. Use mode: reissue, or set "
    "auto_assign_org = true on the server, restart it, migrate, and set it back"
)


def migrate(scope: Scope, ledger: Ledger, choose: t.Callable[[t.Iterable[ApiKey]], list[KeyPlan]]) -> None:
    """Migrate or delete keys as the *ledger* plans it; in rounds, as the server lists 100 at a time.

    *choose* returns the plans for keys that become visible on the way.
    """
    # With a cut list the server would migrate keys that nobody has seen.
    together = not ledger.cut and _can_migrate_together(scope, ledger)
    while True:
        open_ones = [record for record in ledger.keys.values() if _open(record)]
        for record in open_ones:
            if record.plan.action == DELETE:
                delete_key(scope, t.cast(int, record.plan.key.id))
                record.done = record.deleted = True
        # In one request for all keys, the server itself skips those that will fail.
        asked = ledger.keys.values() if together else open_ones
        keys = [record for record in asked if record.plan.action == MIGRATE and not record.done]
        reasons = _migrate_together(scope, keys) if together else _one_by_one(scope, keys)
        listed = _listed(scope)
        if together:
            # Remaining keys are migrated one by one, except those for which the server gave a reason.
            left = [record for record in keys if record.plan.key.id in listed and record.plan.key.id not in reasons]
            if left:
                reasons.update(_one_by_one(scope, left))
                listed = _listed(scope)
            together = False
        ledger.accounts = tuple(search(scope))
        _settle(scope, ledger, keys, listed, reasons)
        fresh = ledger.record(choose(key for key in listed.values()))
        ledger.cut = len(listed) >= LIST_CAP
        if not any(_open(record) for record in fresh):
            break


def _open(record: KeyRecord) -> bool:
    return not record.done and record.problem is None and record.plan.action in (MIGRATE, DELETE)


def _can_migrate_together(scope: Scope, ledger: Ledger) -> bool:
    """Tell whether the server may migrate all keys of the organization in one request."""
    records = list(ledger.keys.values())
    if any(record.plan.action == KEEP for record in records) or sum(map(_open, records)) < 2:
        return False
    # Up to 9.x it stops at the first key that fails.
    return scope.client.at_least(MIGRATION_GOES_ON) is not False or not any(record.problem for record in records)


def _migrate_together(scope: Scope, keys: t.Sequence[KeyRecord]) -> dict[int | None, GrafanaError]:
    """Let the server migrate all keys of the organization; return the failures by key id."""
    try:
        answer = scope.client.post("/api/serviceaccounts/migrate", org=scope.org_id)
    except GrafanaError as problem:
        if _serious(problem):
            raise
        return {}
    failed = (answer or {}).get("failedApikeyIDs") or []
    details = [str(one) for one in (answer or {}).get("failedDetails") or []]
    failures: dict[int | None, GrafanaError] = {}
    for key_id in failed:
        name = next((record.plan.key.name for record in keys if record.plan.key.id == key_id), "")
        start = "API key name: %s - Error: " % name
        why = next((one[len(start) :] for one in details if one.startswith(start)), "the server gave no reason")
        failures[int(key_id)] = Refused("API key %s (id %d) was not migrated: %s" % (name, key_id, why), code="not_migrated")
    return failures


def _one_by_one(scope: Scope, keys: t.Sequence[KeyRecord]) -> dict[int | None, GrafanaError]:
    """Migrate each of *keys*; return the failures by key id."""
    failures: dict[int | None, GrafanaError] = {}
    for record in keys:
        key = record.plan.key
        try:
            scope.client.post("/api/serviceaccounts/migrate/%d" % t.cast(int, key.id), org=scope.org_id)
        except GrafanaError as problem:
            if _serious(problem):
                raise
            failures[key.id] = Refused(
                "API key %s (id %d) was not migrated: %s" % (key.name, key.id or 0, problem.message),
                code="not_migrated",
                **problem.details,
            )
    return failures


def _serious(problem: GrafanaError) -> bool:
    """Tell whether *problem* concerns more than one key."""
    return problem.fatal or isinstance(problem, (Forbidden, Unauthorized, NotFound))


def _listed(scope: Scope) -> dict[int | None, ApiKey]:
    return {key.id: key for key in list_keys(scope) or []}


def _settle(
    scope: Scope,
    ledger: Ledger,
    keys: t.Iterable[KeyRecord],
    listed: t.Mapping[int | None, ApiKey],
    reasons: t.Mapping[int | None, GrafanaError],
) -> None:
    """Find account and token of each key that is no longer listed; record why the others are still API keys."""
    for record in keys:
        key = record.plan.key
        if key.id in listed:
            record.problem = reasons.get(key.id) or Refused(
                "API key %s (id %s) is still an API key, although the server reported that it was migrated" % (key.name, key.id),
                code="not_migrated",
            )
        elif not find_token(scope, ledger.accounts, record):
            record.problem = Refused(
                "API key %s (id %s) no longer exists, and no service account of %s has its token: it was deleted in the "
                "meantime, or the server destroyed it" % (key.name, key.id, scope.where()),
                code="key_lost",
            )
        else:
            record.done, record.problem = True, None


def find_token(scope: Scope, accounts: t.Iterable[Account], record: KeyRecord) -> bool:
    """Record account and token of a migrated key in *record*; tell whether they were found. The token has the key's id."""
    key = record.plan.key
    for account in accounts:
        if account.name != AUTOGEN + key.name or not made_by_server(account):
            continue
        token = next((one for one in list_tokens(scope, account.id) if one.id == key.id), None)
        if token is not None:
            record.account, record.token = account, token
            if moment(token.expires) != moment(key.expires):
                record.plan = KeyPlan(key, MIGRATE, "its expiry has become %s" % token.expires)
            return True
    return False


class Guard:
    """Refuses the server's migration if it would destroy keys; finds that out once in a run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._problem: GrafanaError | None = None
        self._known = False

    def ask(self, scope: Scope) -> None:
        """Raise :class:`Unsupported` if keys would be lost. Outside of check mode it may try a throw-away key."""
        with self._lock:
            if not self._known:
                self._problem = self._find_out(scope)
                self._known = True
        if self._problem is not None:
            raise self._problem

    def _find_out(self, scope: Scope) -> GrafanaError | None:
        abilities = abilities_of(scope.client.version())
        if abilities.may_destroy is False or abilities.migrates is False:
            return None
        assigns = _setting(scope)
        if assigns is None and scope.check:
            scope.warn(
                "this caller cannot read whether the server's migration keeps the keys (GET /api/admin/settings, for server "
                "admins): without check mode, the module tries it on a throw-away key first"
            )
        elif assigns is None:
            assigns = _tried(scope)
        if assigns is False:
            return Unsupported("%s: %s" % (scope.client.connection.url, DESTROYED), code="keys_destroyed")
        return None


def _setting(scope: Scope) -> bool | None:
    """Return the setting ``[users] auto_assign_org``; ``None`` if this caller may not read it."""
    try:
        settings: t.Any = scope.client.get("/api/admin/settings")
    except (Forbidden, NotFound, Unauthorized):
        return None
    value = (settings.get("users") or {}).get("auto_assign_org") if isinstance(settings, dict) else None
    return None if value is None else str(value).strip().lower() in ("true", "1", "yes", "on")


def _tried(scope: Scope) -> bool:
    """Create and migrate a key, tell whether it survived, and delete it."""
    name = THROW_AWAY + secrets.token_hex(4)
    client = scope.client
    try:
        made = client.post("/api/auth/keys", {"name": name, "role": "Viewer", "secondsToLive": _TRIAL}, org=scope.org_id)
    except GrafanaError as problem:
        if problem.status == 410:  # from 11.3 on, so this server, whose version is hidden, keeps the keys
            return True
        raise
    client.post("/api/serviceaccounts/migrate/%d" % int(made["id"]), org=scope.org_id)
    accounts = [account for account in search(scope, name) if account.name == AUTOGEN + name]
    for account in accounts:
        client.delete("/api/serviceaccounts/%d" % account.id, org=scope.org_id)
    return bool(accounts)


def left_over(account: Account) -> bool:
    """Tell whether *account* is left from a run that died during a trial."""
    return made_by_server(account) and account.name.startswith(AUTOGEN + THROW_AWAY)
