# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users of a server. Service accounts are never changed here."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana.account_logins import LOGIN_PREFIX
from .._grafana.client import Client
from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput, Conflict, Forbidden, GrafanaError, NotFound, Refused
from .._grafana.orgs import UNASSIGNED
from .._grafana.scope import Scope
from . import policy
from .admins import Admins
from .conflicts import check_conflicts
from .directory import ONE_BY_ONE, Directory, Entry, every_user
from .model import FIELDS, OPTIONS, CurrentUser, DesiredUser, UserWork, parsed
from .plan import plan, synced

#: The end of an error for a caller who may not manage users.
SERVER_ADMINS_ONLY = (
    "only a server admin with user and password can manage users: no service account's token can, and neither can anyone on "
    "Grafana Cloud, where grafana.com manages the users"
)
#: Warnings, each shown once in a task.
_NO_ORG = (
    "users without initial_org_name or initial_org_id become Viewers of the server's default organization: Main Org., unless the "
    "server's setting auto_assign_org_id names another one"
)
_OWN_ORGS = (
    "the server's setting auto_assign_org is off: each new user gets an organization of its own, and the server ignores the "
    "initial organization; add users to organizations with grafana_org_user"
)


class Users(Resource[DesiredUser, CurrentUser, UserWork]):
    """Users; one list serves many items. *plan_missing*: an earlier task may create an organization that does not exist."""

    kind = "user"
    in_org = False
    requests_each = 2

    def __init__(self, plan_missing: bool = False) -> None:
        self._plan_missing = plan_missing
        self._directory: Directory  # check_together sets it before the first user is read
        self._admins: Admins | None = None
        self._orgs: dict[OrgChoice, int] = {}
        self._org_ids: set[int] | None = None
        self._lock = threading.RLock()

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredUser:
        """Return the desired user. Raises :class:`BadInput`."""
        return parsed(options)

    def identity(self, desired: DesiredUser) -> t.Hashable:
        """Return the login, or else the e-mail address. ``check_together`` finds out which of them mean the same user."""
        return desired.key

    def label(self, desired: DesiredUser) -> str:
        """Return the login, or else the e-mail address."""
        return desired.key

    def check_together(self, client: Client, wanted: t.Sequence[DesiredUser]) -> None:
        """Raise :class:`BadInput` for items that mean the same user, or claim the same login or e-mail address."""
        self._directory = Directory(client, many=len(wanted) > ONE_BY_ONE)
        if len(wanted) < 2:
            return
        try:
            check_conflicts(self._directory, wanted)
        except BadInput:
            raise
        except GrafanaError:
            pass  # each item reports what the server refuses

    # Reading.

    def read(self, scope: Scope, desired: DesiredUser) -> CurrentUser | None:
        """Return the user with the login or, without that option, the e-mail address.

        After a failed write the server is asked again. A password is tested once in a run.
        """
        reads = scope.cached_for_run("reads of the user", lambda: [0])
        reads[0] += 1
        entry = self._directory.find(desired.key, fresh=reads[0] > 1)
        if entry is None:
            return None
        if desired.keeps and desired.state == "present":
            return CurrentUser(int(entry["id"]), str(entry.get("login") or desired.key), stays=True)
        if desired.state == "absent" and not desired.orphans_only and "isAdmin" in entry:
            return CurrentUser.from_list(entry)
        body = scope.client.find("/api/users/%d" % int(entry["id"]))
        if body is None:
            return None
        current = CurrentUser.from_api(body)
        if desired.state == "absent":
            return replace(current, stays=desired.orphans_only and not self._is_orphan(scope, desired, current))
        current = self._with_case(scope, desired, current)
        current = self._with_place(scope, desired, current)
        return self._with_password(scope, desired, current)

    def _with_case(self, scope: Scope, desired: DesiredUser, current: CurrentUser) -> CurrentUser:
        """Return *current* with the server's rule for case, if it matters."""
        email = desired.email
        if email in (None, current.fields["email"]) or str(email).lower() != str(current.fields["email"]).lower():
            return current
        return replace(current, caseless=self._directory.caseless())

    def _with_place(self, scope: Scope, desired: DesiredUser, current: CurrentUser) -> CurrentUser:
        """Return *current* with the organization to move it to, if its active one does not exist or is not the user's.

        Such a user gets 403 everywhere. The server itself moves users only if they are removed from an organization, or added to
        one.
        """
        if scope.many and current.org_id in self._existing_orgs(scope):
            return current
        orgs = scope.client.get("/api/users/%d/orgs" % current.id)
        own = {int(org["orgId"]): str(org["name"]) for org in orgs}
        if current.org_id in own:
            return current
        if not own:
            scope.warn(
                "user %s is a member of no organization, and can log in to none: add the user to one with grafana_org_user"
                % current.login
            )
            return current
        first = [number for number, name in own.items() if desired.initial_org in (OrgChoice(number), OrgChoice(None, name))]
        number = (first or sorted(own))[0]
        return replace(current, move_to=(number, own[number]))

    def _is_orphan(self, scope: Scope, desired: DesiredUser, current: CurrentUser) -> bool:
        """Tell whether a user is no server admin, and a member of no organization but those that the task ignores."""
        if current.fields["is_admin"]:
            return False
        orgs = scope.client.get("/api/users/%d/orgs" % current.id)
        return all(str(org["name"]) in desired.ignored_orgs for org in orgs)

    def _existing_orgs(self, scope: Scope) -> set[int]:
        """Return the ids of all organizations; one list serves the task."""
        with self._lock:
            if self._org_ids is None:
                self._org_ids = scope.org_finder.ids_in_list()
            return self._org_ids

    def _with_password(self, scope: Scope, desired: DesiredUser, current: CurrentUser) -> CurrentUser:
        """Return *current* with the result of one login with the task's password, if the task asks for that."""
        if not desired.tests_password or current.external or current.fields["is_disabled"]:
            return current
        right = scope.cached_for_run("password is right", lambda: scope.client.accepts(current.login, str(desired.password)))
        return replace(current, password_right=right)

    # Planning.

    def plan(self, desired: DesiredUser, current: CurrentUser | None) -> Change[UserWork] | None:
        """Return what differs; see :func:`plan.plan`."""
        return plan(desired, current)

    def precheck(
        self, scope: Scope, desired: DesiredUser, current: CurrentUser | None, change: Change[UserWork] | None
    ) -> tuple[CurrentUser | None, Change[UserWork] | None]:
        """Raise for what the server would refuse, or would do to its own harm, and warn of what is unknown."""
        if current is not None and desired.tests_password and current.password_right is None and not _password(change):
            scope.warn(_untested(current))
        if current is None and change is None and desired.key.lower().startswith(LOGIN_PREFIX):
            scope.warn("no user has the login %s: service accounts are deleted with grafana_service_account" % desired.key)
        if change is None:
            return current, change
        if current is None:
            current = self._created_meanwhile(scope, desired)
            if current is not None:
                return self.precheck(scope, desired, current, self.plan(desired, current))
        if current is not None:
            self._check_rights(scope, current, change)
        if change.action == "delete":
            return current, change
        self._check_names(scope, desired, current, change)
        if change.work.password:
            policy.check(scope.client, desired.key, str(desired.password))
        if current is None:
            change.work = replace(change.work, org_id=self._first_org(scope, desired))
        return current, change

    def _created_meanwhile(self, scope: Scope, desired: DesiredUser) -> CurrentUser | None:
        """Return the user if another run has created it since it was looked up by its login: its e-mail address shows this."""
        other = None if desired.email is None or desired.login is None else self._directory.find(desired.email)
        if other is None or str(other["login"]).lower() != str(desired.login).lower():
            return None
        return self.read(scope, desired)

    def _check_rights(self, scope: Scope, current: CurrentUser, change: Change[UserWork]) -> None:
        """Raise :class:`Refused` if the caller would delete or disable itself, or if no enabled server admin would remain."""
        fields = change.work.fields
        what = "deleted" if change.action == "delete" else "disabled" if fields.get("is_disabled") else ""
        if what and _is_caller(scope, current):
            raise Refused(
                "user %s is the caller itself and cannot be %s: use another server admin" % (current.login, what),
                code="is_caller",
            )
        if not what and fields.get("is_admin") is not False:
            return
        with self._lock:
            if self._admins is None:
                directory = self._directory
                self._admins = Admins(directory.all if directory.many else lambda: every_user(scope.client))
        if not self._admins.leave(current.id):
            raise _last_admin(scope, current.login, what)

    def _check_names(self, scope: Scope, desired: DesiredUser, current: CurrentUser | None, change: Change[UserWork]) -> None:
        """Raise :class:`Refused` for an e-mail address of another user, and for a login that only service accounts have."""
        if current is None and desired.key.lower().startswith(LOGIN_PREFIX):
            raise Refused(
                "user %s was not created: logins that begin with %s belong to service accounts, which grafana_service_account "
                "manages" % (desired.key, LOGIN_PREFIX),
                code="service_account_login",
            )
        email = desired.email if current is None else change.work.fields.get("email")
        if email is None:
            return
        other = self._directory.find(str(email))
        if other is not None and (current is None or int(other["id"]) != current.id):
            raise _taken(scope, desired, str(email), other)

    def _first_org(self, scope: Scope, desired: DesiredUser) -> int | None:
        """Return the id of a new user's first organization, ``None`` for the server's choice. Raises :class:`NotFound`."""
        if scope.client.frontend_settings().get("autoAssignOrg") is False:
            scope.warn(_OWN_ORGS)
        choice = desired.initial_org
        if choice == OrgChoice():
            scope.warn(_NO_ORG)
            return None
        with self._lock:
            if choice not in self._orgs:
                self._orgs[choice] = self._org_id(scope, choice)
            return self._orgs[choice]

    def _org_id(self, scope: Scope, choice: OrgChoice) -> int:
        if choice.id is None:
            name = str(choice.name)
            org = scope.org_finder.in_list(name) if scope.many else scope.org_finder.named(name)
            number = None if org is None else org.id
        else:
            number = None if scope.client.find("/api/orgs/%d" % choice.id) is None else choice.id
        if number is not None:
            return number
        if self._plan_missing:
            return UNASSIGNED
        option = "initial_org_id %s" % choice.id if choice.name is None else "initial_org_name %s" % choice.name
        raise NotFound(
            "%s was not found on %s: create the organization first, or correct the option" % (option, scope.where()),
            code="org_not_found",
        )

    # Writing.

    def apply(self, scope: Scope, desired: DesiredUser, change: Change[UserWork]) -> CurrentUser | None:
        """Create the user, write what differs, move it to an organization of its own, or delete it."""
        work, client = change.work, scope.client
        if work.current is None:
            return self._create(scope, desired, change)
        path = "%d" % work.current.id
        if change.action == "delete":
            client.delete("/api/admin/users/" + path)
            return None
        if "email" in work.fields or "name" in work.fields:
            _write_profile(scope, work.current, work.fields)
        if work.current.move_to is not None:
            client.post("/api/users/%s/using/%d" % (path, work.current.move_to[0]))
        if work.password:
            client.put("/api/admin/users/%s/password" % path, {"password": desired.password})
        _write_switches(client, work.current.id, work.fields)
        fields = {**work.current.fields, **work.fields}
        org_id = work.current.move_to[0] if work.current.move_to is not None else work.current.org_id
        return replace(work.current, fields=fields, org_id=org_id, move_to=None)

    def _create(self, scope: Scope, desired: DesiredUser, change: Change[UserWork]) -> CurrentUser:
        login, email, name = desired.login, desired.email, desired.fields.get("name")
        body = {"login": login, "email": email, "name": name, "password": desired.password, "OrgId": change.work.org_id}
        created = scope.client.post("/api/admin/users", {key: value for key, value in body.items() if value is not None})
        number = int(created["id"])
        _write_switches(scope.client, number, {option: value for option, value in change.work.fields.items() if value})
        fields = {**change.work.fields, "email": self._stored(change.work.fields["email"])}
        return CurrentUser(number, self._stored(desired.key), fields, org_id=change.work.org_id or 0)

    def _stored(self, text: str) -> str:
        """Return a login or e-mail address as the server stores it in a new user."""
        return text.lower() if text != text.lower() and self._directory.caseless() else text

    def explain(self, scope: Scope, desired: DesiredUser, problem: GrafanaError) -> GrafanaError:
        """Explain what a refusal of the server means."""
        if self._admins is not None:
            self._admins.forget()
        if "external user" in problem.said or "externally synced" in problem.said:
            return Forbidden(
                "%s; %s" % (synced(desired.key, (), ["the fields of the task"]).message, problem.message),
                code="externally_synced",
                **problem.details,
            )
        if "last grafana admin" in problem.said:
            return _last_admin(scope, desired.key, "")
        if isinstance(problem, Conflict) and "already exists" in problem.said:
            return Refused(
                "the login or the e-mail address of user %s is taken, and no user shows it: it belongs to a service account, or "
                "to a user who was created meanwhile; %s" % (desired.key, problem.message),
                code="login_taken",
                **problem.details,
            )
        if isinstance(problem, Forbidden) and problem.code == "forbidden":
            return Forbidden("%s; %s" % (problem.message, SERVER_ADMINS_ONLY), **problem.details)
        return problem

    def view(self, desired: DesiredUser, current: CurrentUser, change: Change[UserWork]) -> View:
        """Return the managed fields; of a password and a moved user what the plan shows."""
        more: View = {key: change.after[key] for key in ("user_password", "active_org_id") if key in change.after}
        return {**current.view(), **more}

    def notes(self, desired: DesiredUser, current: CurrentUser | None, change: Change[UserWork]) -> View:
        """Return whether the password was written."""
        return {"password_changed": change.work.password} if change.action == "update" else {}

    def result(self, scope: Scope, desired: DesiredUser, current: CurrentUser) -> View:
        """Return the user with its id."""
        return current.shown()


def _write_profile(scope: Scope, current: CurrentUser, fields: t.Mapping[str, t.Any]) -> None:
    """Write e-mail address and name. The server wants the login, too."""
    profile = {"email": current.fields["email"], **{key: fields[key] for key in ("email", "name") if key in fields}}
    body = {"login": current.login, **FIELDS.to_server(profile)}
    said = scope.client.put("/api/users/%d" % current.id, body)["message"]
    if "verification" in said.lower():
        scope.warn(
            "the server has sent a message to the new e-mail address of user %s, and stores the address only after its owner has "
            "confirmed it: until then each run reports a change" % current.login
        )


def _write_switches(client: Client, user_id: int, fields: t.Mapping[str, t.Any]) -> None:
    """Write whether the user is a server admin, and whether it is disabled."""
    path = "/api/admin/users/%d/" % user_id
    if "is_admin" in fields:
        client.put(path + "permissions", {"isGrafanaAdmin": fields["is_admin"]})
    if "is_disabled" in fields:
        client.post(path + ("disable" if fields["is_disabled"] else "enable"))


def _password(change: Change[UserWork] | None) -> bool:
    return change is not None and change.work.password


def _is_caller(scope: Scope, current: CurrentUser) -> bool:
    user = scope.client.user()
    return user is not None and user.get("id") == current.id


def _untested(current: CurrentUser) -> str:
    """Return the warning about a password that could not be tested."""
    why = "the user is disabled" if current.fields["is_disabled"] else "the server's login form is disabled or not reachable"
    return "it is unknown whether user %s has the password of the task, as %s: the password was not changed" % (
        current.login,
        why,
    )


def _last_admin(scope: Scope, login: str, what: str) -> GrafanaError:
    return Refused(
        "user %s is the last enabled server admin on %s and cannot %s: make another user server admin first"
        % (login, scope.where(), "be " + what if what else "lose is_admin"),
        code="last_server_admin",
    )


def _taken(scope: Scope, desired: DesiredUser, email: str, other: Entry) -> GrafanaError:
    return Refused(
        "the e-mail address %s of user %s belongs to user %s (id %d) on %s: the module does not rename logins; correct login or "
        "email" % (email, desired.key, other["login"], int(other["id"]), scope.where()),
        code="email_taken",
        user_id=int(other["id"]),
    )


#: How the module manages users.
KIND = Kind(lambda module: Users(plan_missing=module.plans_missing()), OPTIONS, in_org=False, named_by="login")
