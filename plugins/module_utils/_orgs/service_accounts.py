# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts of an organization: found by exact name, with role and whether they are disabled."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._engine.resource import BaseResource, Change, View
from .._grafana.client import Client
from .._grafana.connection import text
from .._grafana.errors import BadInput, Forbidden, GrafanaError, NotFound, Refused, Unsupported
from .._grafana.roles import ROLES, check_role
from .._grafana.scope import Scope
from .._grafana.versions import LOGIN_PER_ORG

#: Accounts a page of the search (the server's own default).
PER_PAGE = 1000

OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "role": {"type": "str", "choices": ROLES},
    "disabled": {"type": "bool"},
    "recreate": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@dataclass(frozen=True)
class DesiredAccount:
    """A service account as a task wants it; what is ``None`` stays as it is, or takes the default."""

    name: str
    role: str | None
    disabled: bool | None
    state: str = "present"
    recreate: bool = False


@dataclass(frozen=True)
class Account:
    """A service account as the server has it; *tokens* is their number.

    A *fixed* one cannot be changed (by the Cloud API). Of one that is not *whole*, id and name alone are known.
    """

    id: int
    name: str
    login: str
    role: str
    disabled: bool
    tokens: int = 0
    uid: str | None = None
    fixed: bool = False
    whole: bool = True


def account(entry: t.Mapping[str, t.Any]) -> Account:
    """Return a service account of the API as a value."""
    return Account(
        id=int(entry["id"]),
        name=str(entry.get("name") or ""),
        login=str(entry.get("login") or ""),
        role=str(entry.get("role") or ""),
        disabled=bool(entry.get("isDisabled")),
        tokens=int(entry.get("tokens") or 0),
        uid=entry.get("uid"),
        whole="role" in entry,
    )


def search(scope: Scope, query: str | None = None) -> list[Account]:
    """Return the org's accounts; *query* narrows them down loosely, on the server's terms.

    Raises :class:`Unsupported` where the server has no service accounts (before 9.1).
    """
    accounts: list[Account] = []
    page = 1
    while True:
        try:
            body = scope.client.get("/api/serviceaccounts/search", org=scope.org_id, query=query, perpage=PER_PAGE, page=page)
        except NotFound:
            raise missing(scope.client) from None
        found = body.get("serviceAccounts") or []
        accounts += [account(entry) for entry in found]
        # The size of a page is the server's to say: the Cloud API need not give as many as were asked for.
        if len(found) < min(PER_PAGE, int(body.get("perPage") or PER_PAGE)) or not found:
            return accounts
        page += 1


def completed(scope: Scope, found: Account) -> Account | None:
    """Return an account as a whole, ``None`` if it has gone. In a search the Cloud API promises id and name alone."""
    if found.whole:
        return found
    entry = scope.client.find("/api/serviceaccounts/%d" % found.id, org=scope.org_id)
    return None if entry is None else replace(account(entry), whole=True)


def search_whole(scope: Scope) -> list[Account]:
    """Return the org's accounts with all that is known of each: on a stack of Grafana Cloud, with a request for each."""
    whole = (completed(scope, found) for found in search(scope))
    return [found for found in whole if found is not None]


def missing(client: Client) -> GrafanaError:
    """Return the error of a server without service accounts."""
    if client.connection.cloud_stack is not None:
        return NotFound(
            "stack %s of Grafana Cloud has gone meanwhile (%s)" % (client.connection.cloud_stack, client.connection.url),
            code="stack_not_found",
        )
    version = client.version()
    return Unsupported(
        "%s%s has no service accounts: they need Grafana 9.1 or later (8.5 and 9.0 have them behind the feature "
        "toggle serviceAccounts)" % (client.connection.url, " (Grafana %s)" % (version,) if version else "")
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
            "%d service accounts of %s are named %s: %s; rename all but one (the server lets a rename do this), as a "
            "name has to say which one is meant"
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
    """Return *found* as a whole, and keep it so in the list that it comes from."""
    whole = completed(scope, found)
    if whole is not found:
        accounts[:] = [one for one in (whole if entry is found else entry for entry in accounts) if one is not None]
    return whole


class ServiceAccounts(BaseResource):
    """The resource; one search serves all items of an org."""

    kind = "service_account"
    requests_each = 2

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredAccount:
        """Return what is desired. Raises :class:`BadInput`."""
        name = options.get("name")
        if name is None or not text(name, "name").strip():
            raise BadInput("name of the service account is missing")
        state, recreate = options.get("state", "present"), bool(options.get("recreate"))
        return DesiredAccount(name, options.get("role"), options.get("disabled"), state, recreate)

    def identity(self, desired: DesiredAccount) -> t.Hashable:
        """Return the name."""
        return desired.name

    def label(self, desired: DesiredAccount) -> str:
        """Return the name."""
        return desired.name

    def read(self, scope: Scope, desired: DesiredAccount) -> Account | None:
        """Return the account of exactly the name."""
        if desired.state == "present":
            check_role(scope.client, desired.role)
        found = named(scope, desired.name)
        if found is not None and scope.client.connection.cloud_stack is not None:
            return replace(found, fixed=True)
        return found

    def plan(self, desired: DesiredAccount, current: Account | None) -> Change | None:
        """Return what differs; a new account gets the least: Viewer, unless the task says more."""
        if desired.state == "absent":
            return None if current is None else Change("delete", _view(current), {}, current)
        if current is None:
            wanted = {"name": desired.name, "role": desired.role or "Viewer", "disabled": bool(desired.disabled)}
            return Change("create", {}, wanted)
        changes: dict[str, t.Any] = {}
        if desired.role is not None and desired.role != current.role:
            changes["role"] = desired.role
        if desired.disabled is not None and desired.disabled != current.disabled:
            changes["disabled"] = desired.disabled
        if not changes:
            return None
        after = {**_view(current), **changes}
        if not current.fixed:
            return Change("update", _view(current), after, (current, changes))
        if not desired.recreate:
            raise _cannot_change(current, changes)
        return Change("recreate", {**_view(current), "tokens": current.tokens}, {**after, "tokens": 0}, current)

    def apply(self, scope: Scope, desired: DesiredAccount, change: Change) -> Account | None:
        """Create, change role or disabled, or delete with all tokens; recreate is the last and the first."""
        base, org = "/api/serviceaccounts", scope.org_id
        if change.action in ("delete", "recreate"):
            scope.client.delete("%s/%d" % (base, change.data.id), org=org)
            _remember(scope, change.data, None)
            if change.action == "delete":
                return None
        if change.action in ("create", "recreate"):
            after = change.after
            body = {"name": after["name"], "role": after["role"], "isDisabled": after["disabled"]}
            made = account(scope.client.post(base, body, org=org))
            if made.disabled != after["disabled"]:
                scope.client.patch("%s/%d" % (base, made.id), {"isDisabled": after["disabled"]}, org=org)
                made = replace(made, disabled=after["disabled"])
            _remember(scope, None, made)
            return made
        old: Account
        old, changes = change.data
        body = {"isDisabled" if name == "disabled" else name: value for name, value in changes.items()}
        answer = scope.client.patch("%s/%d" % (base, old.id), body, org=org)
        now = account(answer.get("serviceaccount") or {}) if isinstance(answer, dict) else old
        new = replace(old, role=now.role or old.role, disabled=now.disabled)
        _remember(scope, old, new)
        return new

    def explain(self, scope: Scope, desired: DesiredAccount, problem: GrafanaError) -> GrafanaError:
        """Say why a name is taken, or a role too high."""
        if problem.details.get("message_id") == "serviceaccounts.ErrRoleForbidden":
            return Forbidden(
                "%s: nobody may give a service account a higher role than their own in that org" % problem.message,
                code="role_forbidden",
                **problem.details,
            )
        said = str(problem.details.get("server_message") or "").lower()
        taken = problem.details.get("message_id") == "serviceaccounts.ErrAlreadyExists"
        if taken or said == "failed to create service account":
            return _collision(scope, desired, problem)
        return problem

    def view(self, desired: DesiredAccount, current: Account, change: Change) -> View:
        """Return name, role and disabled, and how many tokens are left of an account that was made anew."""
        return {**_view(current), "tokens": current.tokens} if change.action == "recreate" else _view(current)

    def result(self, scope: Scope | None, desired: DesiredAccount, current: Account) -> View:
        """Return the account with its ids."""
        return shown(scope, current)


def shown(scope: Scope | None, current: Account) -> View:
    """Return an account as results show it."""
    org = scope.org.shown() if scope and scope.org else {}
    ids = {"id": current.id, "uid": current.uid, "login": current.login, "tokens": current.tokens}
    return {**org, **ids, **_view(current)}


def _view(current: Account) -> View:
    return {"name": current.name, "role": current.role, "disabled": current.disabled}


def _cannot_change(current: Account, changes: t.Mapping[str, t.Any]) -> GrafanaError:
    """Return the error for a change that the Cloud API has no request for."""
    were = {"role": current.role, "disabled": current.disabled}
    wanted = ", ".join("%s %s, not %s" % (name, were[name], value) for name, value in changes.items())
    return Unsupported(
        "service account %s (id %d) has %s, and the Cloud API cannot change an account: make another one under another "
        "name and move its clients there, change it in the stack itself (url and a key of the stack in place of "
        "cloud_stack), or set recreate: true, which deletes it with its tokens (now %d) before it is made anew"
        % (current.name, current.id, wanted, current.tokens),
        code="unsupported",
    )


def _remember(scope: Scope, old: Account | None, new: Account | None) -> None:
    """Keep the list of accounts as it is now, for the next items of the same org."""
    if scope.many:
        accounts = scope.cached("accounts", list)
        accounts[:] = [a for a in accounts if old is None or a.id != old.id] + ([new] if new else [])


def slug(name: str) -> str:
    """Return what the server makes of a name for the login: lower case, spaces as dashes."""
    return name.lower().replace(" ", "-")


def _collision(scope: Scope, desired: DesiredAccount, problem: GrafanaError) -> GrafanaError:
    """Explain a name whose login is taken: by a like name here, or (up to 10.4.0) in any other org."""
    wanted = slug(desired.name)
    mine = ("sa-%s" % wanted, "sa-%d-%s" % (scope.org_id, wanted))
    taken = [entry for entry in search(scope) if entry.login in mine or (not entry.whole and slug(entry.name) == wanted)]
    if taken:
        return Refused(
            "service account %s cannot be made in %s: its login %s belongs to the account named %s (id %d); logins are "
            "lower case with dashes for spaces, so like names collide: use that name, or one that differs more"
            % (desired.name, scope.where(), taken[0].login or mine[1], taken[0].name, taken[0].id),
            code="login_taken",
            **problem.details,
        )
    if scope.client.at_least(LOGIN_PER_ORG) is False:
        return Refused(
            "service account %s cannot be made in %s: the login sa-%s is taken in another organization, and up to "
            "Grafana 10.4.0 (this is %s) a login is unique across all of them (also one left over from a deleted "
            "organization): put the organization into the name" % (desired.name, scope.where(), wanted, scope.client.version()),
            code="login_taken",
            **problem.details,
        )
    return problem
