# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts of an organization: found by exact name; role and disabled can be changed."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana import lists
from .._grafana.client import Client
from .._grafana.connection import text
from .._grafana.errors import BadInput, Forbidden, GrafanaError, NotFound, Refused, Unsupported
from .._grafana.orgs import UNASSIGNED
from .._grafana.roles import check_role, is_above
from .._grafana.scope import Scope
from .._grafana.versions import LOGIN_PER_ORG, SERVICE_ACCOUNTS
from .._permissions import reconcile as permissions
from .._permissions.model import SERVICE_ACCOUNT, PermissionState
from .._permissions.options import options_of
from .._permissions.options import parse as parse_permissions
from .._permissions.plan import combined
from .accounts import FIELDS, Account, AccountWork, DesiredAccount, check_name, login_taken, logins, slug

OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    **FIELDS.spec(),
    "recreate": {"type": "bool", "default": False},
    **options_of(SERVICE_ACCOUNT),
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def search(scope: Scope, query: str | None = None) -> list[Account]:
    """Return the organization's accounts, all or (*query*) those that the server's search matches; a new one has none.

    Raises :class:`Unsupported` if the server has no service accounts (before 9.1).
    """
    if scope.new:
        return []
    try:
        return [Account.from_api(entry) for entry in lists.accounts(scope, query)]
    except NotFound:
        raise missing(scope.client) from None


def completed(scope: Scope, found: Account) -> Account | None:
    """Return an account with all its fields, ``None`` if it no longer exists. The Cloud API's search has id and name only."""
    if found.whole:
        return found
    entry = scope.client.find("/api/serviceaccounts/%d" % found.id, org=scope.org_id)
    return None if entry is None else replace(Account.from_api(entry), whole=True)


def search_whole(scope: Scope) -> list[Account]:
    """Return the organization's accounts with all their fields: on a Grafana Cloud stack, one request for each."""
    whole = (completed(scope, found) for found in search(scope))
    return [found for found in whole if found is not None]


def missing(client: Client) -> GrafanaError:
    """Return the error of a server without service accounts."""
    if client.connection.cloud_stack is not None:
        return NotFound(
            "stack %s of Grafana Cloud does not exist any more (%s)" % (client.connection.cloud_stack, client.connection.url),
            code="stack_not_found",
        )
    return Unsupported(
        "%s has no service accounts: they need Grafana 9.1 or later (8.5 and 9.0 have them behind the feature "
        "toggle serviceAccounts)" % client.where()
    )


def named(scope: Scope, name: str) -> Account | None:
    """Return the account of exactly this *name*. Raises :class:`Refused` if there are several."""
    if scope.many:
        accounts = scope.cached("accounts", lambda: search(scope))
    else:
        accounts = scope.cached("accounts " + name, lambda: search(scope, name))
    same = [entry for entry in accounts if entry.name == name]
    if len(same) > 1:
        raise Refused(
            "%d service accounts of %s are named %s: %s; rename all but one, so that the name identifies one account "
            "(a rename on the server can cause this)"
            % (len(same), scope.where(), name, ", ".join("%s (id %d)" % (a.login, a.id) for a in same)),
            code="ambiguous",
        )
    return _whole(scope, accounts, same[0]) if same else None


def numbered(scope: Scope, number: int) -> Account | None:
    """Return the account of this id."""
    accounts = scope.cached("accounts", lambda: search(scope))
    found = next((entry for entry in accounts if entry.id == number), None)
    return None if found is None else _whole(scope, accounts, found)


def _whole(scope: Scope, accounts: list[Account], found: Account) -> Account | None:
    """Return *found* with all its fields, and replace it in *accounts*, the cached list that it comes from."""
    whole = completed(scope, found)
    if whole is not found:
        accounts[:] = [one for one in (whole if entry is found else entry for entry in accounts) if one is not None]
    return whole


class ServiceAccounts(Resource[DesiredAccount, Account, AccountWork]):
    """Service accounts; one search serves all items of an organization."""

    kind = "service_account"
    requests_each = 2

    def __init__(self, plan_missing: bool = False) -> None:
        self._plan_missing = plan_missing

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredAccount:
        """Return the desired account. Raises :class:`BadInput`."""
        name = options.get("name")
        if name is None or not text(name, "name").strip():
            raise BadInput("name of the service account is missing")
        state, recreate = options.get("state", "present"), bool(options.get("recreate"))
        if state == "present":
            check_name(name, "name")
        return DesiredAccount(name, FIELDS.parsed(options), state, recreate, parse_permissions(options, SERVICE_ACCOUNT))

    def identity(self, desired: DesiredAccount) -> t.Hashable:
        """Return the name."""
        return desired.name

    def label(self, desired: DesiredAccount) -> str:
        """Return the name."""
        return desired.name

    def read(self, scope: Scope, desired: DesiredAccount) -> Account | None:
        """Return the account of exactly the name."""
        if desired.state == "present":
            check_role(scope.client, desired.fields.get("role"))
        if desired.permissions is not None and scope.client.connection.cloud_stack is not None:
            raise no_cloud_permissions(desired.name)
        found = named(scope, desired.name)
        if found is not None and scope.client.connection.cloud_stack is not None:
            return replace(found, fixed=True)
        return None if found is None else replace(found, permissions=self._permissions(scope, desired, found))

    def _permissions(self, scope: Scope, desired: DesiredAccount, found: Account | None) -> PermissionState | None:
        return permissions.read(scope, _target(desired, found), desired.permissions, self._plan_missing)

    def plan(self, desired: DesiredAccount, current: Account | None) -> Change[AccountWork] | None:
        """Return what differs. Raises :class:`Unsupported` for a change that the Cloud API cannot make."""
        change = _plan_itself(desired, current)
        head = {} if current is None else _view(current)
        read = None if current is None else current.permissions
        return combined(change, AccountWork(current), desired.permissions, read, head)

    def foresee(self, scope: Scope, desired: DesiredAccount) -> Account | None:
        """Return no account. Raises :class:`Unsupported` as the run does."""
        check_role(scope.client, desired.fields.get("role"))
        scope.cached_for_run("service accounts exist", lambda: check_support(scope))
        return None

    def precheck(
        self, scope: Scope, desired: DesiredAccount, current: Account | None, change: Change[AccountWork] | None
    ) -> tuple[Account | None, Change[AccountWork] | None]:
        """Raise for permissions that name nobody, or lock the caller out; in check mode also for what the server would refuse."""
        if change is not None and change.action != "delete" and desired.permissions is not None:
            found = self._permissions(scope, desired, None) if current is None else current.permissions
            permissions.precheck(scope, _target(desired, current), desired.permissions, found)
            if current is None:
                change = replace(change, work=replace(change.work, permissions=found))
        if not scope.check or change is None or scope.client.connection.cloud_stack is not None:
            return current, change
        work = change.work
        role, own = str(work.fields.get("role") or ""), scope.caller_role()
        if own is not None and is_above(role, own):
            raise Forbidden(
                "service account %s cannot get the role %s in %s, where the caller is %s: %s"
                % (desired.name, role, scope.where(), own, _ROLE_ADVICE),
                code="role_forbidden",
            )
        if change.action == "create":
            _check_login(scope, desired.name)
        elif change.action == "delete" and scope.many:
            planned = _planned(scope)
            planned[:] = [account for account in planned if account != work.current]
        return current, change

    def apply(self, scope: Scope, desired: DesiredAccount, change: Change[AccountWork]) -> Account | None:
        """Create, update or delete the account, then write its permissions; ``recreate`` deletes and creates."""
        work, current = change.work, change.work.current
        if current is not None and change.action in ("delete", "recreate"):
            scope.client.delete("/api/serviceaccounts/%d" % current.id, org=scope.org_id)
            _update_cache(scope, current, None)
            current = None
        if change.action == "delete":
            return None
        if current is None:
            account, found = _create(scope, desired.name, work.fields), work.permissions
        else:
            account, found = _update(scope, current, work.fields) if work.fields else current, current.permissions
        found = permissions.apply(scope, _target(desired, account), desired.permissions, found)
        return replace(account, permissions=found)

    def explain(self, scope: Scope, desired: DesiredAccount, problem: GrafanaError) -> GrafanaError:
        """Explain why a name is taken, or a role too high."""
        if problem.details.get("message_id") == "serviceaccounts.ErrRoleForbidden":
            return Forbidden(
                "%s: %s" % (problem.message, _ROLE_ADVICE),
                code="role_forbidden",
                **problem.details,
            )
        taken = problem.details.get("message_id") == "serviceaccounts.ErrAlreadyExists"
        if taken or problem.said == "failed to create service account":
            return _collision(scope, desired, problem)
        return problem

    def view(self, desired: DesiredAccount, current: Account, change: Change[AccountWork]) -> View:
        """Return name, fields and the wanted permissions; of a recreated account also the number of its tokens."""
        wanted = {key: change.after[key] for key in ("permissions",) if key in change.after}
        return {**_view(current), "tokens": current.tokens} if change.action == "recreate" else {**_view(current), **wanted}

    def result(self, scope: Scope, desired: DesiredAccount, current: Account) -> View:
        """Return the account with its ids."""
        return shown(scope, current)


def _plan_itself(desired: DesiredAccount, current: Account | None) -> Change[AccountWork] | None:
    """Return what differs, but for the permissions."""
    if desired.state == "absent":
        return None if current is None else Change("delete", _view(current), {}, AccountWork(current))
    if current is None:
        fields = FIELDS.of_new(desired.fields)
        return Change("create", {}, {"name": desired.name, **fields}, AccountWork(None, fields))
    changes = FIELDS.changes(desired.fields, current.fields)
    if not changes:
        return None
    after = {**_view(current), **changes}
    if not current.fixed:
        return Change("update", _view(current), after, AccountWork(current, changes))
    if not desired.recreate:
        raise _cannot_change(current, changes)
    before = {**_view(current), "tokens": current.tokens}
    return Change("recreate", before, {**after, "tokens": 0}, AccountWork(current, {**current.fields, **changes}))


def _target(desired: DesiredAccount, found: Account | None) -> permissions.Target:
    return permissions.Target(SERVICE_ACCOUNT, None if found is None else str(found.id), "service account %s" % desired.name)


def no_cloud_permissions(name: str) -> GrafanaError:
    """Return the error for permissions of an account of Grafana Cloud."""
    return Unsupported(
        "service account %s: the Cloud API has no permissions of accounts: set them in the stack itself (url and a key of the "
        "stack in place of cloud_stack)" % name
    )


_ROLE_ADVICE = "a caller cannot give a service account a higher role than their own in that organization"


def shown(scope: Scope, current: Account) -> View:
    """Return an account as results show it."""
    ids = {"id": current.id, "uid": current.uid, "login": current.login, "tokens": current.tokens}
    return {**scope.shown(), **ids, **_view(current), **permissions.shown(current.permissions)}


def _view(current: Account) -> View:
    return {"name": current.name, **current.fields}


def _create(scope: Scope, name: str, fields: t.Mapping[str, t.Any]) -> Account:
    """Create an account. Some versions ignore a field of the POST, such as isDisabled: those are set by a PATCH."""
    body = {"name": name, **FIELDS.to_server(fields)}
    created = Account.from_api(scope.client.post("/api/serviceaccounts", body, org=scope.org_id))
    ignored = FIELDS.changes(fields, created.fields)
    if ignored:
        scope.client.patch("/api/serviceaccounts/%d" % created.id, FIELDS.to_server(ignored), org=scope.org_id)
        created = created.with_fields(**ignored)
    _update_cache(scope, None, created)
    return created


def _update(scope: Scope, current: Account, fields: t.Mapping[str, t.Any]) -> Account:
    body = FIELDS.to_server(fields)
    answer = scope.client.patch("/api/serviceaccounts/%d" % current.id, body, org=scope.org_id)
    changed = answer.get("serviceaccount") if isinstance(answer, dict) else None
    updated = current.with_fields(**(FIELDS.from_server(changed) if changed else fields))
    _update_cache(scope, current, updated)
    return updated


def _cannot_change(current: Account, changes: t.Mapping[str, t.Any]) -> GrafanaError:
    """Return the error for a change that the Cloud API has no request for."""
    wanted = ", ".join("%s %s, not %s" % (option, current.fields.get(option), value) for option, value in changes.items())
    return Unsupported(
        "service account %s (id %d) has %s, and the Cloud API cannot change an account: create another one under another "
        "name and move its clients there, change it in the stack itself (url and a key of the stack in place of "
        "cloud_stack), or set recreate: true, which deletes it with its tokens (now %d) and creates it again"
        % (current.name, current.id, wanted, current.tokens),
        code="unsupported",
    )


def _update_cache(scope: Scope, old: Account | None, new: Account | None) -> None:
    """Keep the cached list of accounts up to date for the next items of the same organization."""
    if scope.many:
        accounts = scope.cached("accounts", list)
        accounts[:] = [a for a in accounts if old is None or a.id != old.id] + ([new] if new else [])


def _planned(scope: Scope) -> list[Account]:
    """Return the accounts as the earlier items leave them, for check mode. Only their logins count: new ones have no id."""
    planned: list[Account] = scope.cached("planned accounts", lambda: list(scope.cached("accounts", lambda: search(scope))))
    return planned


def _check_login(scope: Scope, name: str) -> None:
    """Raise :class:`Refused` if the login of a new account is taken; warn if that is unknown."""
    planned = _planned(scope)
    taken = login_taken(scope, name, [account for account in planned if account.name != name])
    if taken is not None:
        raise taken
    planned.append(Account(UNASSIGNED, name, logins(scope, name)[0]))
    if scope.client.at_least(LOGIN_PER_ORG) is False:
        scope.warn(
            "the names of new service accounts are compared with those of their own organization only; up to Grafana 10.4.0 "
            "(%s is %s) the server also refuses a name that another organization has"
            % (scope.client.connection.url, scope.client.version())
        )


def check_support(scope: Scope) -> None:
    """Raise :class:`Unsupported` if the server has no service accounts."""
    if scope.client.at_least(SERVICE_ACCOUNTS) is not False:
        return
    try:
        scope.client.get("/api/serviceaccounts/search", perpage=1)  # behind a feature toggle
    except NotFound:
        raise missing(scope.client) from None
    except GrafanaError:
        return


def _collision(scope: Scope, desired: DesiredAccount, problem: GrafanaError) -> GrafanaError:
    """Explain a login that is taken: by a similar name here, or (up to 10.4.0) in any other organization."""
    taken = login_taken(scope, desired.name, search(scope), **problem.details)
    if taken is not None:
        return taken
    wanted = slug(desired.name)
    if scope.client.at_least(LOGIN_PER_ORG) is False:
        return Refused(
            "service account %s cannot be created in %s: the login sa-%s is taken in another organization, and up to "
            "Grafana 10.4.0 (this is %s) a login is unique across all of them (also one left over from a deleted "
            "organization): put the organization into the name" % (desired.name, scope.where(), wanted, scope.client.version()),
            code="login_taken",
            **problem.details,
        )
    return problem


#: How the module manages service accounts.
KIND = Kind(lambda module: ServiceAccounts(plan_missing=module.plans_missing()), OPTIONS, cloud=True, named_by="name")

__all__ = [
    "FIELDS",
    "KIND",
    "OPTIONS",
    "Account",
    "AccountWork",
    "DesiredAccount",
    "ServiceAccounts",
    "check_support",
    "completed",
    "missing",
    "named",
    "no_cloud_permissions",
    "numbered",
    "search",
    "search_whole",
    "shown",
    "slug",
]
