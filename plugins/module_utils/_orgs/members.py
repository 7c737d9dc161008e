# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of an organization and their roles. Users themselves are never created or deleted here."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana import lists
from .._grafana.connection import text
from .._grafana.errors import QUOTA_REACHED, BadInput, Forbidden, GrafanaError, NotFound, Refused
from .._grafana.roles import ADMIN, ROLES, check_role
from .._grafana.scope import Scope
from .._grafana.users import look_up

#: The role of a new member if the task names none.
INITIAL_ROLE = "Viewer"

OPTIONS: dict[str, dict[str, t.Any]] = {
    "login": {"type": "raw", "aliases": ["email"]},
    "role": {"type": "str", "choices": ROLES},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@dataclass(frozen=True)
class DesiredMember:
    """A membership as a task wants it: *login* may be an e-mail address; without *role* a member keeps its role."""

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

    @classmethod
    def from_api(cls, entry: t.Mapping[str, t.Any]) -> CurrentMember:
        """Return an entry of ``GET /api/orgs/:id/users``."""
        return cls(
            user_id=int(entry["userId"]),
            login=str(entry.get("login") or ""),
            email=str(entry.get("email") or ""),
            name=str(entry.get("name") or ""),
            role=str(entry.get("role") or ""),
            externally_synced=bool(entry.get("isExternallySynced")),
        )

    def shown(self) -> View:
        """Return the member for a result."""
        return {"user_id": self.user_id, "login": self.login, "email": self.email, "name": self.name, "role": self.role}


@dataclass(frozen=True)
class MemberWork:
    """What ``apply`` does: to which member (``None``: a new one), and the role that the member gets."""

    current: CurrentMember | None
    role: str = ""


class OrgUsers(Resource[DesiredMember, CurrentMember, MemberWork]):
    """Members; one list serves all items of an organization."""

    members_only = False
    kind = "member"
    requests_each = 2

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredMember:
        """Return the desired membership. Raises :class:`BadInput`."""
        login = options.get("login")
        if login is None or not text(login, "login").strip():
            raise BadInput("login, the user's login or e-mail address, is missing")
        return DesiredMember(login, options.get("role"), options.get("state", "present"))

    def identity(self, desired: DesiredMember) -> t.Hashable:
        """Return the login. Only the server knows whether another item names the same user by e-mail address."""
        return desired.login

    def label(self, desired: DesiredMember) -> str:
        """Return the login."""
        return desired.login

    def read(self, scope: Scope, desired: DesiredMember) -> CurrentMember | None:
        """Return the member with exactly this login or e-mail address, or with one that the server takes for the same user."""
        if desired.state == "present":
            check_role(scope.client, desired.role)
        return member_named(scope, desired.login)

    def foresee(self, scope: Scope, desired: DesiredMember) -> CurrentMember | None:
        """Return the member, who may be the caller: who creates an organization becomes its Admin."""
        return self.read(scope, desired) if scope.new else None

    def plan(self, desired: DesiredMember, current: CurrentMember | None) -> Change[MemberWork] | None:
        """Return what differs. Raises :class:`Forbidden` for a role that an external login sets."""
        if desired.state == "absent":
            return None if current is None else Change("delete", _view(desired, current), {}, MemberWork(current))
        if current is None:
            role = desired.role or INITIAL_ROLE
            return Change("create", {}, {"login": desired.login, "role": role}, MemberWork(None, role))
        if desired.role is None or desired.role == current.role:
            return None
        if current.externally_synced:
            raise _synced(current)
        after = {"login": desired.login, "role": desired.role}
        return Change("update", _view(desired, current), after, MemberWork(current, desired.role))

    def precheck(
        self, scope: Scope, desired: DesiredMember, current: CurrentMember | None, change: Change[MemberWork] | None
    ) -> tuple[CurrentMember | None, Change[MemberWork] | None]:
        """In check mode, raise for a user who does not exist, and for the last Admin; note the change for later items."""
        if not scope.check or change is None:
            return current, change
        if change.action == "create":
            _update_cache(scope, None, _future_member(scope, desired, change.work.role))
            return current, change
        _check_last_admin(scope, desired, change)
        old = t.cast(CurrentMember, change.work.current)
        _update_cache(scope, old, replace(old, role=change.work.role) if change.action == "update" else None)
        return current, change

    def apply(self, scope: Scope, desired: DesiredMember, change: Change[MemberWork]) -> CurrentMember | None:
        """Add the member, change its role, or remove it from the organization (and from nothing else)."""
        users, old, role = "/api/orgs/%d/users" % scope.org_id, change.work.current, change.work.role
        if old is None:
            added = scope.client.post(users, {"loginOrEmail": desired.login, "role": role})
            if "@" in desired.login:  # the answer has the id only, so the login is unknown
                return _by_id(scope, int(added["userId"]))
            new = CurrentMember(int(added["userId"]), desired.login, "", "", role)
        elif change.action == "update":
            scope.client.patch("%s/%d" % (users, old.user_id), {"role": role})
            new = replace(old, role=role)
        else:
            scope.client.delete("%s/%d" % (users, old.user_id))
            _update_cache(scope, old, None)
            return None
        _update_cache(scope, old, new)
        return new

    def explain(self, scope: Scope, desired: DesiredMember, problem: GrafanaError) -> GrafanaError:
        """Explain what a refusal of the server means."""
        if "no organization admin left" in problem.said or "last organization admin" in problem.said:
            return _last_admin(scope, desired, "delete" if self.absent(desired) else "update")
        if isinstance(problem, NotFound) and "user not found" in problem.said:
            return _unknown_user(scope, desired)
        if problem.details.get("message_id") == "org.externallySynced":
            return Forbidden("%s; %s" % (_SYNCED, problem.message), code="externally_synced", **problem.details)
        if problem.code == QUOTA_REACHED:
            return Refused("a quota of the server is reached: %s" % problem.message, code=QUOTA_REACHED)
        return problem

    def view(self, desired: DesiredMember, current: CurrentMember, change: Change[MemberWork]) -> View:
        """Return the role, and the login as the task writes it."""
        return _view(desired, current)

    def result(self, scope: Scope, desired: DesiredMember, current: CurrentMember) -> View:
        """Return the member with its ids."""
        return {**scope.shown(), **current.shown()}


_SYNCED = (
    "an external login (LDAP, OAuth, SAML) sets the roles of this user again at each login: change the mapping there, "
    "or set skip_org_role_sync for that login"
)


def _view(desired: DesiredMember, current: CurrentMember) -> View:
    return {"login": desired.login, "role": current.role}


def members_of(scope: Scope) -> list[CurrentMember]:
    """Return the organization's members from a list that is read once; of a new organization the caller.

    Raises :class:`NotFound` if there is no such organization.
    """
    return t.cast("list[CurrentMember]", scope.cached("members", lambda: _list(scope)))


def member_named(scope: Scope, login: str) -> CurrentMember | None:
    """Return the member with exactly this login or e-mail address, or with one that the server takes for the same user."""
    members = members_of(scope)
    exact = [m for m in members if login in (m.login, m.email)]
    if exact:
        return exact[0]
    # From 10.x on, logins that differ in case mean one user; before, they may be two. The server decides.
    wanted = login.casefold()
    if any(wanted in (m.login.casefold(), m.email.casefold()) for m in members):
        try:
            user = look_up(scope.client, login)
        except Forbidden:  # only server admins may look users up
            return None
        return next((m for m in members if user is not None and m.user_id == int(user["id"])), None)
    return None


def _list(scope: Scope) -> list[CurrentMember]:
    """Return the organization's members; of a new one the caller.

    Raises :class:`NotFound` if there is no such organization: the server's list is then empty (8.5 to 12.4).
    """
    if scope.new:
        return creator(scope)
    found = scope.client.get("/api/orgs/%d/users" % scope.org_id)
    if not found and scope.client.find("/api/orgs/%d" % scope.org_id) is None:
        raise NotFound("no organization has the id %d on %s" % (scope.org_id, scope.client.connection.url), code="org_not_found")
    return [CurrentMember.from_api(entry) for entry in found]


def creator(scope: Scope) -> list[CurrentMember]:
    """Return the caller as the Admin of what the caller creates; no member if the server does not show the caller."""
    user = scope.client.user()
    if user is None or not user.get("login"):
        return []
    return [CurrentMember.from_api({**user, "userId": user.get("id") or 0, "role": ADMIN})]


def _by_id(scope: Scope, user_id: int) -> CurrentMember | None:
    scope.invalidate()
    members = members_of(scope)
    return next((m for m in members if m.user_id == user_id), None)


def _update_cache(scope: Scope, old: CurrentMember | None, new: CurrentMember | None) -> None:
    """Keep the cached list of members up to date for the next items of the same organization."""
    members = scope.cached("members", list)
    members[:] = [m for m in members if old is None or m.user_id != old.user_id] + ([new] if new else [])


def _future_member(scope: Scope, desired: DesiredMember, role: str) -> CurrentMember:
    """Return the member that a run would add. Raises :class:`NotFound` for a missing user; warns if that is unknown."""
    try:
        user = look_up(scope.client, desired.login)
    except Forbidden:
        scope.warn(
            "it is unknown whether user %s exists on %s, as only server admins may look up users: if not, the run fails"
            % (desired.login, scope.client.connection.url)
        )
        members = scope.cached("members", list)
        return CurrentMember(-1 - len(members), desired.login, "", "", role)  # no user has such an id
    if user is None:
        raise _unknown_user(scope, desired)
    return CurrentMember.from_api({**user, "userId": user["id"], "role": role})


def _check_last_admin(scope: Scope, desired: DesiredMember, change: Change[MemberWork]) -> None:
    """Raise :class:`Refused` if the organization would be left without an Admin.

    An earlier task may add another Admin to a new organization: there it is a warning.
    """
    admins = [m for m in members_of(scope) if m.role == ADMIN]
    if change.work.current not in admins or len(admins) > 1:
        return
    if scope.new:
        scope.warn(
            "unless an earlier task adds another Admin, the run fails: %s" % _last_admin(scope, desired, change.action).message
        )
    elif not _admin_accounts(scope):
        raise _last_admin(scope, desired, change.action)


def _admin_accounts(scope: Scope) -> bool:
    """Tell whether a service account is Admin: these count as Admins of the organization (recorded from 9.3 on)."""
    try:
        return any(account.get("role") == ADMIN for account in lists.accounts(scope))
    except NotFound:
        return False  # a server without service accounts
    except GrafanaError:
        return True  # this caller may not see them; the server decides


def _unknown_user(scope: Scope, desired: DesiredMember) -> GrafanaError:
    return NotFound(
        "no user has the login or e-mail %s on %s: create the user first, with grafana_user"
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


#: How the module manages members.
KIND = Kind(lambda module: OrgUsers(), OPTIONS, named_by="login")
