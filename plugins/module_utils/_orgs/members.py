# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of an organization and their roles. A user is never made or deleted here."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._engine.resource import BaseResource, Change, View
from .._grafana.client import Client
from .._grafana.connection import text
from .._grafana.errors import BadInput, Forbidden, GrafanaError, NotFound, Refused
from .._grafana.roles import ROLES, check_role
from .._grafana.scope import Scope

OPTIONS: dict[str, dict[str, t.Any]] = {
    "login": {"type": "raw", "aliases": ["email"]},
    "role": {"type": "str", "choices": ROLES},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@dataclass(frozen=True)
class DesiredMember:
    """A membership as a task wants it: *login* may be an e-mail address; no *role* leaves an existing one."""

    login: str
    role: str | None
    state: str = "present"


@dataclass(frozen=True)
class CurrentMember:
    """A membership as the server has it."""

    user_id: int
    login: str
    email: str
    name: str
    role: str
    externally_synced: bool = False


def member(entry: t.Mapping[str, t.Any]) -> CurrentMember:
    """Return an entry of ``GET /api/orgs/:id/users`` as a value."""
    return CurrentMember(
        user_id=int(entry["userId"]),
        login=str(entry.get("login") or ""),
        email=str(entry.get("email") or ""),
        name=str(entry.get("name") or ""),
        role=str(entry.get("role") or ""),
        externally_synced=bool(entry.get("isExternallySynced")),
    )


class OrgUsers(BaseResource):
    """The resource; one list of an org's members serves all items of that org."""

    members_only = False
    kind = "member"
    requests_each = 2

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredMember:
        """Return what is desired. Raises :class:`BadInput`."""
        login = options.get("login")
        if login is None or not text(login, "login").strip():
            raise BadInput("login, the user's login or e-mail address, is missing")
        return DesiredMember(login, options.get("role"), options.get("state", "present"))

    def identity(self, desired: DesiredMember) -> t.Hashable:
        """Return the login; that another item names the same user by e-mail shows on the server only."""
        return desired.login

    def label(self, desired: DesiredMember) -> str:
        """Return the login."""
        return desired.login

    def read(self, scope: Scope, desired: DesiredMember) -> CurrentMember | None:
        """Return the member of exactly this login or e-mail, or of one that the server says is the same user."""
        if desired.state == "present":
            check_role(scope.client, desired.role)
        members = scope.cached("members", lambda: _members(scope))
        exact = [m for m in members if desired.login in (m.login, m.email)]
        if exact:
            return t.cast(CurrentMember, exact[0])
        # Since 10.x another case means the same user, before it may be somebody else: the server knows.
        wanted = desired.login.casefold()
        if any(wanted in (m.login.casefold(), m.email.casefold()) for m in members):
            try:
                user_id = _lookup(scope, desired.login)
            except Forbidden:  # only server admins may look users up
                return None
            return next((m for m in members if m.user_id == user_id), None)
        return None

    def comes_with_org(self, desired: DesiredMember, client: Client) -> CurrentMember | None:
        """Return the caller, who becomes Admin of an organization that it makes."""
        caller = client.connection.identity.username
        return CurrentMember(0, desired.login, "", "", "Admin") if caller == desired.login else None

    def plan(self, desired: DesiredMember, current: CurrentMember | None) -> Change | None:
        """Return what differs."""
        if desired.state == "absent":
            return None if current is None else Change("delete", _view(desired, current), {}, current)
        if current is None:
            role = desired.role or "Viewer"
            return Change("create", {}, {"login": desired.login, "role": role}, role)
        if desired.role is None or desired.role == current.role:
            return None
        if current.externally_synced:
            raise _synced(current)
        return Change("update", _view(desired, current), {"login": desired.login, "role": desired.role}, current)

    def precheck(self, scope: Scope, desired: DesiredMember, change: Change) -> None:
        """A user that is nowhere on the server cannot be added; the last admin cannot leave."""
        if change.action == "create":
            try:
                known = _lookup(scope, desired.login)
            except Forbidden:  # only server admins may look users up
                return
            if known is None:
                raise _unknown_user(scope, desired)
            return
        admins = [m for m in scope.cached("members", lambda: _members(scope)) if m.role == "Admin"]
        if change.data in admins and len(admins) == 1 and not _admin_accounts(scope):
            raise _last_admin(scope, desired, change.action)

    def apply(self, scope: Scope, desired: DesiredMember, change: Change) -> CurrentMember | None:
        """Add, change the role, or remove from the organization (and from nothing else)."""
        users = "/api/orgs/%d/users" % scope.org_id
        if change.action == "create":
            made = scope.client.post(users, {"loginOrEmail": desired.login, "role": change.data})
            if "@" in desired.login:  # the answer has the id alone, and the login is not known
                return _by_id(scope, int(made["userId"]))
            after = CurrentMember(int(made["userId"]), desired.login, "", "", change.data)
        elif change.action == "update":
            old: CurrentMember = change.data
            scope.client.patch("%s/%d" % (users, old.user_id), {"role": desired.role})
            after = CurrentMember(old.user_id, old.login, old.email, old.name, str(desired.role))
        else:
            scope.client.delete("%s/%d" % (users, change.data.user_id))
        _remember(scope, change.data if change.action != "create" else None, None if self.absent(desired) else after)
        return None if self.absent(desired) else after

    def explain(self, scope: Scope, desired: DesiredMember, problem: GrafanaError) -> GrafanaError:
        """Say what the server's refusals mean."""
        said = str(problem.details.get("server_message") or "").lower()
        if "no organization admin left" in said or "last organization admin" in said:
            return _last_admin(scope, desired, "delete" if self.absent(desired) else "update")
        if isinstance(problem, NotFound) and "user not found" in said:
            return _unknown_user(scope, desired)
        if problem.details.get("message_id") == "org.externallySynced":
            return Forbidden("%s; %s" % (_SYNCED, problem.message), code="externally_synced", **problem.details)
        if isinstance(problem, Forbidden) and "quota" in said:
            return Refused("a quota of the server is reached: %s" % problem.message, code="quota_reached")
        return problem

    def view(self, desired: DesiredMember, current: CurrentMember, change: Change) -> View:
        """Return the role, and the login as the task names it."""
        return _view(desired, current)

    def result(self, scope: Scope | None, desired: DesiredMember, current: CurrentMember) -> View:
        """Return the member with its ids."""
        shown = {"user_id": current.user_id, "login": current.login, "email": current.email, "name": current.name}
        shown["role"] = current.role
        return {**(scope.org.shown() if scope and scope.org else {}), **shown}


_SYNCED = (
    "the roles of this user come from an external login (LDAP, OAuth, SAML) and are set again at each login: change "
    "the mapping there, or set skip_org_role_sync for that login"
)


def _view(desired: DesiredMember, current: CurrentMember) -> View:
    return {"login": desired.login, "role": current.role}


def _members(scope: Scope) -> list[CurrentMember]:
    """Return the org's members. Raises :class:`NotFound`: the list of an org that is none is empty (8.5 to 12.4)."""
    found = scope.client.get("/api/orgs/%d/users" % scope.org_id)
    if not found and scope.client.find("/api/orgs/%d" % scope.org_id) is None:
        raise NotFound("no organization has the id %d on %s" % (scope.org_id, scope.client.connection.url), code="org_not_found")
    return [member(entry) for entry in found]


def _by_id(scope: Scope, user_id: int) -> CurrentMember | None:
    scope.invalidate()
    members = scope.cached("members", lambda: _members(scope))
    return next((m for m in members if m.user_id == user_id), None)


def _remember(scope: Scope, old: CurrentMember | None, new: CurrentMember | None) -> None:
    """Keep the list of members as it is now, for the next items of the same org."""
    members = scope.cached("members", list)
    members[:] = [m for m in members if old is None or m.user_id != old.user_id] + ([new] if new else [])


def _lookup(scope: Scope, login: str) -> int | None:
    """Return the id of the user whom the server knows by *login* or e-mail, ``None`` for nobody."""
    found = scope.client.find("/api/users/lookup", loginOrEmail=login)
    return int(found["id"]) if found else None


def _admin_accounts(scope: Scope) -> bool:
    """Tell whether a service account is Admin: such count as admins of the org (recorded from 9.3 on)."""
    try:
        found = scope.client.find("/api/serviceaccounts/search", org=scope.org_id, perpage=1000)
    except GrafanaError:
        return True  # not for this caller to see; the server decides
    return any(account.get("role") == "Admin" for account in (found or {}).get("serviceAccounts") or [])


def _unknown_user(scope: Scope, desired: DesiredMember) -> GrafanaError:
    return NotFound(
        "no user has the login or e-mail %s on %s: create the user first (this module only makes users members)"
        % (desired.login, scope.client.connection.url),
        code="user_not_found",
    )


def _last_admin(scope: Scope, desired: DesiredMember, action: str) -> GrafanaError:
    what = "be removed" if action == "delete" else "get the role %s" % desired.role
    return Refused(
        "%s is the last Admin of %s and cannot %s: make another member Admin first" % (desired.login, scope.where(), what),
        code="last_admin",
    )


def _synced(current: CurrentMember) -> GrafanaError:
    return Forbidden("the role of %s cannot be set here: %s" % (current.login, _SYNCED), code="externally_synced")
