# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations, found by name or id, with their address."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana.errors import QUOTA_REACHED, Forbidden, GrafanaError, NotFound, Refused, ServerError, Stale
from .._grafana.names import check_deletable, found_similar
from .._grafana.orgs import UNASSIGNED, Org, OrgFinder
from .._grafana.scope import Scope
from . import contents, emptying
from .model import ADDRESS, OPTIONS, CurrentOrg, DesiredOrg, OrgWork, parse
from .quotas import DEFAULTS_OF, check_targets, limits_of, set_limits

#: The end of an error for a caller who may not write organizations.
_ADMINS_ONLY = (
    "only server admins with user and password can create, rename and delete organizations and set their quotas, no service "
    "account's token can"
)


class Organizations(Resource[DesiredOrg, CurrentOrg, OrgWork]):
    """Organizations; one list serves a whole batch."""

    kind = "organization"
    in_org = False
    requests_each = 2

    def __init__(self, shows_contents: bool = False) -> None:
        """*shows_contents*: whether the diff of a removed organization has its contents, which costs about ten requests each."""
        self._shows_contents = shows_contents
        #: The ids of all organizations as this run leaves them; ``None`` until one is deleted.
        self._left: set[int] | None = None
        #: The ids of organizations that the server has failed to delete, and that are therefore emptied.
        self._undeleted: set[int] = set()
        #: The limits of quotas that a new organization has, by target; ``None`` until they are read.
        self._limits: dict[str, int] | None = None
        self._lock = threading.Lock()

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredOrg:
        """Return the desired organization. Raises :class:`BadInput`."""
        return parse(options)

    def identity(self, desired: DesiredOrg) -> t.Hashable:
        """Return the id, or else the name."""
        return desired.id if desired.id is not None else desired.name

    def label(self, desired: DesiredOrg) -> str:
        """Return the name, or else the id."""
        return desired.name if desired.name is not None else "id %s" % desired.id

    def read(self, scope: Scope, desired: DesiredOrg) -> CurrentOrg | None:
        """Return the organization with the id or, without one, with exactly the name."""
        found = self._find(scope, desired)
        if desired.state == "absent":
            return None if found is None else self._with_contents(scope, desired, found)
        return self._with_quotas(scope, desired, found) if desired.quotas else found

    def _with_quotas(self, scope: Scope, desired: DesiredOrg, found: CurrentOrg | None) -> CurrentOrg | None:
        """Return *found* with the limits of the quotas that the task names. Raises for quotas that this server does not have."""
        if found is None:
            with self._lock:
                self._limits = self._limits or limits_of(scope.client, DEFAULTS_OF)
            check_targets(scope.client, desired.quotas, self._limits)
            return None
        limits = limits_of(scope.client, found.id)
        check_targets(scope.client, desired.quotas, limits)
        return replace(found, quotas={target: limits[target] for target in desired.quotas})

    def _with_contents(self, scope: Scope, desired: DesiredOrg, current: CurrentOrg) -> CurrentOrg:
        """Return *current* with what a run would remove from it, or with it, if the task asks for that."""
        named = desired.name in (None, current.name)
        if not (current.id in self._undeleted or emptying.remains(scope)):
            shown = contents.shown(_inside(scope, current)) if named and self._shows_contents else {}
            return replace(current, contents=shown)
        wanted = desired.on_undeletable == "empty" and named
        removed = emptying.contents(_inside(scope, current)) if wanted else {}
        return replace(current, undeletable=True, contents=removed)

    def _find(self, scope: Scope, desired: DesiredOrg) -> CurrentOrg | None:
        if desired.id is None:
            name = str(desired.name)
            found = scope.org_finder.in_list(name) if scope.many else scope.org_finder.named(name)
            if found is None or not desired.address or desired.state == "absent":
                return None if found is None else CurrentOrg(found.id, str(found.name))
            number = found.id
        else:
            number = desired.id
        body = scope.cached("org %d" % number, lambda: scope.client.find("/api/orgs/%d" % number))
        return None if body is None else CurrentOrg(number, str(body["name"]), ADDRESS.from_server(body.get("address") or {}))

    def plan(self, desired: DesiredOrg, current: CurrentOrg | None) -> Change[OrgWork] | None:
        """Return what differs. Raises for an unknown id, for a wrong name, and for a field that cannot be cleared."""
        if desired.state == "absent":
            return self._removal(desired, current)
        if current is None:
            if desired.id is not None:
                raise NotFound(
                    "no organization has the id %d: the server assigns ids itself; leave id out to create %s"
                    % (desired.id, desired.name or "one"),
                    code="org_not_found",
                )
            address = {option: value for option, value in desired.address.items() if value}
            after = _shape(str(desired.name), address, bool(desired.address), desired.quotas or None)
            return Change("create", {}, after, OrgWork(None, str(desired.name), address, desired.quotas))
        # Found by its name, an organization keeps it, also where the server compares names without case.
        name = desired.name if desired.name is not None and desired.id is not None else current.name
        address = _changes(desired, current)
        limits = current.quotas or {}
        quotas = {target: limit for target, limit in desired.quotas.items() if limits.get(target) != limit}
        if name == current.name and not address and not quotas:
            return None
        after = _shape(name, {**(current.address or {}), **address}, current.address is not None, desired.quotas or None)
        return Change("update", _view(current), after, OrgWork(current, name, address, quotas), {"id": current.id})

    def _removal(self, desired: DesiredOrg, current: CurrentOrg | None) -> Change[OrgWork] | None:
        if current is None:
            return None
        check_deletable("organization", current.id, current.name, desired.name, desired.id is None)
        work = OrgWork(current, current.name)
        if not current.undeletable:
            return Change("delete", _with_contents(current), {}, work)
        if desired.on_undeletable != "empty":
            raise Refused(
                "organization %s was not deleted: %s" % (current.name, _UNDELETABLE),
                code="undeletable",
            )
        if not current.contents:
            return None
        planned = _result(replace(current, contents={}))
        return Change("empty", _with_contents(current), {**_view(current), "contents": {}}, work, planned)

    def precheck(
        self, scope: Scope, desired: DesiredOrg, current: CurrentOrg | None, change: Change[OrgWork] | None
    ) -> tuple[CurrentOrg | None, Change[OrgWork] | None]:
        """In check mode, raise for a caller who is no server admin, a new name that is taken, and the last organization.

        Warn of an organization that remains because the server cannot delete it.
        """
        if current is not None and current.undeletable:
            self._others(scope, current)
            scope.warn(
                "organization %s (id %d) remains on %s without contents: %s"
                % (current.name, current.id, scope.where(), _CANNOT_DELETE)
            )
        if current is not None and desired.id is None and desired.name != current.name:
            scope.warn(found_similar("organization", str(desired.name), current.name, current.id, "on " + scope.where()))
        if not scope.check or change is None:
            return current, change
        if change.action != "update" or change.work.quotas:
            _check_server_admin(scope, self.label(desired), change.action)
        if change.action == "delete":
            self._leave(scope, t.cast(CurrentOrg, current))
        elif change.action == "create":
            self._add(UNASSIGNED)
        if current is not None and change.work.name != current.name:
            other = scope.org_finder.named(change.work.name)
            if other is not None and other.id != current.id:
                raise _taken(change.work.name, other)
        return current, change

    def apply(self, scope: Scope, desired: DesiredOrg, change: Change[OrgWork]) -> CurrentOrg | None:
        """Create the organization, rename it, set its address and quotas, or delete it."""
        current, name, address = change.work.current, change.work.name, change.work.address
        if change.action == "delete":
            self._delete(scope, desired, t.cast(CurrentOrg, current))
            return None
        if change.action == "empty" and current is not None:
            emptying.empty(_inside(scope, current))
            return replace(current, contents={})
        if current is None:
            number = int(scope.client.post("/api/orgs", {"name": name})["orgId"])
            self._add(number)
        else:
            number = current.id
            if name != current.name:
                scope.client.put("/api/orgs/%d" % number, {"name": name})
        if address:
            scope.client.put("/api/orgs/%d/address" % number, ADDRESS.to_server(address))
        if change.work.quotas:
            set_limits(scope.client, number, change.work.quotas, new=current is None)
        before = current.address if current is not None else None
        known = bool(desired.address) or before is not None
        return CurrentOrg(number, name, {**(before or {}), **address} if known else None, desired.quotas or None)

    def _delete(self, scope: Scope, desired: DesiredOrg, current: CurrentOrg) -> None:
        """Delete an organization with a request that runs in another one: the server refuses to delete the request's own."""
        elsewhere = self._leave(scope, current)
        try:
            scope.client.delete("/api/orgs/%d" % current.id, org=elsewhere)
        except GrafanaError as problem:
            with self._lock:
                self._left = None  # it may still exist
            if isinstance(problem, ServerError) and desired.on_undeletable == "empty" and emptying.may_remain(scope):
                self._undeleted.add(current.id)
                raise Stale(problem.message, **problem.details) from None  # it is read again, and emptied
            raise

    def _add(self, number: int) -> None:
        """Note that an organization is created."""
        with self._lock:
            if self._left is not None:
                self._left.add(number)

    def _leave(self, scope: Scope, current: CurrentOrg) -> int:
        """Note that an organization is deleted, and return the id of another one. Raises :class:`Refused` for the last one."""
        with self._lock:
            others = self._others_locked(scope, current)
            if others is None:
                return current.id  # the server refuses this caller, whatever the organization
            self._left = others
            return min(others)

    def _others(self, scope: Scope, current: CurrentOrg) -> None:
        """Raise :class:`Refused` for the last organization."""
        with self._lock:
            self._others_locked(scope, current)

    def _others_locked(self, scope: Scope, current: CurrentOrg) -> set[int] | None:
        """Return the ids of the other organizations, ``None`` if the caller may not list them. Raises :class:`Refused` for none.

        12.4.3 deletes the last organization if its id is not 1, and then has none.
        """
        if self._left is None:
            finder = OrgFinder(scope.client)
            found = {org.id for org in finder.all()}
            if finder.partial:
                return None
            self._left = found
        others = self._left - {current.id}
        if not others:
            raise Refused(
                "organization %s is the only one on %s and cannot be deleted: create another one first"
                % (current.name, scope.where()),
                code="last_org",
            )
        return others

    def notes(self, desired: DesiredOrg, current: CurrentOrg | None, change: Change[OrgWork]) -> View:
        """Return the names of what is removed with the organization, or from it."""
        removed = change.before.get("contents")
        return {"removed": removed} if removed else {}

    def explain(self, scope: Scope, desired: DesiredOrg, problem: GrafanaError) -> GrafanaError:
        """Explain a name that is taken, a quota, and a caller who is not a server admin."""
        if "name taken" in problem.said:
            return _taken(str(desired.name), scope.org_finder.named(str(desired.name)))
        if problem.code == QUOTA_REACHED:
            return Refused(
                "organization %s cannot be created, as a quota of the server is reached (org_user or global_org): %s"
                % (self.label(desired), problem.message),
                code=QUOTA_REACHED,
                **problem.details,
            )
        if isinstance(problem, Forbidden):
            return Forbidden("%s; %s" % (problem.message, _ADMINS_ONLY), **problem.details)
        if isinstance(problem, ServerError) and "failed to delete organization" in problem.said and emptying.may_remain(scope):
            return Refused("%s; %s" % (problem.message, _UNDELETABLE), code="undeletable", **problem.details)
        return problem

    def view(self, desired: DesiredOrg, current: CurrentOrg, change: Change[OrgWork]) -> View:
        """Return name and address, and the contents of an organization that was emptied."""
        return change.after if change.action == "empty" else _view(current)

    def result(self, scope: Scope, desired: DesiredOrg, current: CurrentOrg) -> View:
        """Return id, name and, if they were read, address and quotas."""
        return _result(current)


#: Why an organization remains, and what to do.
_CANNOT_DELETE = "Grafana %s cannot delete organizations" % emptying.VERSIONS
_UNDELETABLE = (
    "%s; set on_undeletable: empty to remove its contents and all members but the caller, or upgrade Grafana and run again"
    % _CANNOT_DELETE
)


def _inside(scope: Scope, current: CurrentOrg) -> Scope:
    return emptying.inside(scope, Org(current.id, current.name))


def _result(current: CurrentOrg) -> View:
    rest: View = {"undeletable": True, "contents": dict(current.contents)} if current.undeletable else {}
    return {"id": current.id, **_view(current), **rest}


def _shape(name: str, address: t.Mapping[str, str], with_address: bool, quotas: t.Mapping[str, int] | None) -> View:
    rest: View = {"address": ADDRESS.of_new(address)} if with_address else {}
    return {"name": name, **rest, **({} if quotas is None else {"quotas": dict(quotas)})}


def _view(current: CurrentOrg) -> View:
    return _shape(current.name, current.address or {}, current.address is not None, current.quotas)


def _with_contents(current: CurrentOrg) -> View:
    """Return the organization with the names of what is removed from it or with it."""
    named = {kind: list(names) for kind, names in current.contents.items()}
    return {**_view(current), **({"contents": named} if named else {})}


def _changes(desired: DesiredOrg, current: CurrentOrg) -> dict[str, str]:
    """Return the address fields to write, by option. Raises :class:`Refused` for a field that would have to be cleared."""
    changes = ADDRESS.changes(desired.address, {**ADDRESS.of_new({}), **(current.address or {})})
    cleared = [option for option, value in changes.items() if not value]
    if cleared:
        # The server ignores empty strings (8.5 to 12.4), and still answers 200.
        raise Refused(
            "address.%s of organization %s cannot be cleared: Grafana ignores empty fields; leave the field out, or "
            "set another value" % (", address.".join(cleared), current.name),
            code="cannot_clear",
        )
    return changes


def _taken(name: str, other: Org | None) -> GrafanaError:
    """Return the error for a name that the server takes for that of another organization."""
    if other is None:
        return Refused("another organization already has the name %s" % name, code="name_taken")
    same = "" if other.name == name else "; this server compares names without case"
    return Refused(
        "the name %s is taken by organization %s (id %d)%s: choose another name" % (name, other.name, other.id, same),
        code="name_taken",
        org_id=other.id,
        org_name=other.name,
    )


#: What only a server admin may do, by the action of a change: as the end of "organization X cannot", and of "may".
_OF_ADMINS = {
    "create": ("be created", "create organizations"),
    "delete": ("be deleted", "delete organizations"),
    "empty": ("be deleted", "delete organizations"),
    "update": ("get quotas", "set quotas of organizations"),
}


def _check_server_admin(scope: Scope, name: str, action: str) -> None:
    """Raise :class:`Forbidden` for a caller who may not do what *action* needs; warn if that is unknown.

    The server refuses callers who may not list organizations (8.5 to 13.1). A custom role of Enterprise may allow to list only.
    """
    user = scope.client.user()
    if user is not None and user.get("isGrafanaAdmin"):
        return
    try:
        scope.client.get("/api/orgs", perpage=1, page=0)
    except Forbidden as problem:
        raise Forbidden(
            "organization %s cannot %s: %s; %s" % (name, _OF_ADMINS[action][0], problem.message, _ADMINS_ONLY), **problem.details
        ) from None
    scope.warn(
        "it is unknown whether the caller, who is not a server admin, may %s on %s: if not, the run fails"
        % (_OF_ADMINS[action][1], scope.where())
    )


#: How the module manages organizations.
KIND = Kind(lambda module: Organizations(shows_contents=module.shows()), OPTIONS, in_org=False, named_by="name")
