# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations: by name or id, with their address."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field

from .._engine.resource import BaseResource, Change, View
from .._grafana.connection import positive, text
from .._grafana.errors import BadInput, Forbidden, GrafanaError, NotFound, Refused
from .._grafana.orgs import Org, OrgFinder
from .._grafana.scope import Scope

#: The fields of an address: our option -> the server's.
ADDRESS = {
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "zip_code": "zipCode",
    "state": "state",
    "country": "country",
}

_ADDRESS_OPTIONS: dict[str, dict[str, t.Any]] = {name: {"type": "raw"} for name in ADDRESS}
_ADDRESS_OPTIONS["zip_code"] = {"type": "raw", "aliases": ["zipCode"]}

OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "id": {"type": "raw"},
    "address": {"type": "dict", "options": _ADDRESS_OPTIONS},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@dataclass(frozen=True)
class DesiredOrg:
    """An organization as a task wants it; a field of *address* that is not named stays as it is."""

    name: str | None
    id: int | None
    address: t.Mapping[str, str] = field(default_factory=dict)
    state: str = "present"


@dataclass(frozen=True)
class CurrentOrg:
    """An organization as the server has it; *address* is ``None`` where nobody asked for it."""

    id: int
    name: str
    address: t.Mapping[str, str] | None = None


class Organizations(BaseResource):
    """The resource; one snapshot of all organizations serves a whole batch."""

    kind = "organization"
    in_org = False
    requests_each = 2

    def __init__(self, many: bool) -> None:
        self._many = many
        self._lock = threading.Lock()
        self._known: dict[str, Org] | None = None

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredOrg:
        """Return what is desired. Raises :class:`BadInput`."""
        name, org_id = options.get("name"), options.get("id")
        if name is None and org_id is None:
            raise BadInput("name or id of the organization is missing")
        if name is not None and not text(name, "name").strip():
            raise BadInput("name of the organization is empty")
        address = {
            ADDRESS[key]: text(value, "address.%s" % key)
            for key, value in (options.get("address") or {}).items()
            if key in ADDRESS and value is not None
        }
        number = None if org_id is None else positive(org_id, "id")
        return DesiredOrg(name, number, address, options.get("state", "present"))

    def identity(self, desired: DesiredOrg) -> t.Hashable:
        """Return the id, or else the name."""
        return desired.id if desired.id is not None else desired.name

    def label(self, desired: DesiredOrg) -> str:
        """Return the name, or else the id."""
        return desired.name if desired.name is not None else "id %s" % desired.id

    def read(self, scope: Scope, desired: DesiredOrg) -> CurrentOrg | None:
        """Return the organization of the id or, without one, of exactly the name."""
        if desired.id is None:
            found = self._named(scope, str(desired.name))
            if found is None or not desired.address or desired.state == "absent":
                return None if found is None else CurrentOrg(found.id, str(found.name))
            number = found.id
        else:
            number = desired.id
        body = scope.cached("org %d" % number, lambda: _one(scope, number))
        return None if body is None else CurrentOrg(number, str(body["name"]), dict(body.get("address") or {}))

    def _named(self, scope: Scope, name: str) -> Org | None:
        if not self._many:
            return scope.org_finder.named(name)
        with self._lock:
            if self._known is None:
                self._known = {str(org.name): org for org in scope.org_finder.all()}
            return self._known.get(name)

    def plan(self, desired: DesiredOrg, current: CurrentOrg | None) -> Change | None:
        """Return what differs. Raises for an id that is not there and for a field that cannot be cleared."""
        if desired.state == "absent":
            if current is not None and desired.name not in (None, current.name):
                raise Refused(
                    "organization %d is named %s, not %s: nothing is deleted; correct id or name, or leave one out"
                    % (current.id, current.name, desired.name),
                    code="name_mismatch",
                )
            return None if current is None else Change("delete", _view(current), {}, current)
        if current is None:
            if desired.id is not None:
                raise NotFound(
                    "no organization has the id %d: the server gives ids itself; leave id out to create %s"
                    % (desired.id, desired.name or "one"),
                    code="org_not_found",
                )
            address = {key: value for key, value in desired.address.items() if value}
            return Change("create", {}, _shape(str(desired.name), address, bool(desired.address)))
        name = desired.name if desired.name is not None else current.name
        address = _changes(desired, current)
        if name == current.name and not address:
            return None
        after = _shape(name, {**(current.address or {}), **address}, current.address is not None)
        return Change("update", _view(current), after, (current, name, address))

    def precheck(self, scope: Scope, desired: DesiredOrg, change: Change) -> None:
        """A rename to a name that is taken would be refused."""
        renamed = change.action == "update" and change.data[1] != change.data[0].name
        if renamed and scope.org_finder.named(change.data[1]) is not None:
            raise _taken(change.data[1])

    def apply(self, scope: Scope, desired: DesiredOrg, change: Change) -> CurrentOrg | None:
        """Create, rename, set the address, or delete."""
        if change.action == "delete":
            _delete(scope, change.data)
            return None
        if change.action == "create":
            made = scope.client.post("/api/orgs", {"name": desired.name})
            current, name = CurrentOrg(int(made["orgId"]), str(desired.name)), str(desired.name)
            address = {key: value for key, value in desired.address.items() if value}
        else:
            current, name, address = change.data
            if name != current.name:
                scope.client.put("/api/orgs/%d" % current.id, {"name": name})
        if address:
            scope.client.put("/api/orgs/%d/address" % current.id, address)
        kept = {**(current.address or {}), **address} if desired.address or current.address is not None else None
        return CurrentOrg(current.id, name, kept)

    def explain(self, scope: Scope, desired: DesiredOrg, problem: GrafanaError) -> GrafanaError:
        """Say plainly what a taken name, a quota or a caller that is no server admin mean."""
        said = str(problem.details.get("server_message") or "").lower()
        if "name taken" in said:
            return _taken(str(desired.name))
        if isinstance(problem, Forbidden) and "quota" in said:
            return Refused(
                "a quota of the server keeps organization %s from being made: %s; raise [quota] org_user or "
                "global_org in the server's configuration, or remove an organization" % (self.label(desired), problem.message),
                code="quota_reached",
                **problem.details,
            )
        if isinstance(problem, Forbidden):
            return Forbidden(
                "%s; organizations are made, renamed and deleted by server admins with user and password, never by a "
                "service account's token" % problem.message,
                **problem.details,
            )
        return problem

    def view(self, desired: DesiredOrg, current: CurrentOrg, change: Change) -> View:
        """Return name and address."""
        return _view(current)

    def result(self, scope: Scope | None, desired: DesiredOrg, current: CurrentOrg) -> View:
        """Return id, name and, where it was read, the address."""
        return {"id": current.id, **_view(current)}

    def forget(self) -> None:
        """Read the list of organizations anew."""
        with self._lock:
            self._known = None


def _one(scope: Scope, number: int) -> t.Any:
    return scope.client.find("/api/orgs/%d" % number)


def _shape(name: str, address: t.Mapping[str, str], with_address: bool) -> View:
    shown: View = {"name": name}
    if with_address:
        shown["address"] = {key: address.get(field_name, "") for key, field_name in ADDRESS.items()}
    return shown


def _view(current: CurrentOrg) -> View:
    return _shape(current.name, current.address or {}, current.address is not None)


def _changes(desired: DesiredOrg, current: CurrentOrg) -> dict[str, str]:
    """Return the fields of the address to write. Raises for one that would have to be emptied."""
    there = current.address or {}
    changes = {key: value for key, value in desired.address.items() if value != there.get(key, "")}
    emptied = [ours for ours, key in ADDRESS.items() if changes.get(key) == ""]
    if emptied:
        # The server does not write empty strings (8.5 to 12.4), and answers 200 all the same.
        raise Refused(
            "address.%s of organization %s cannot be cleared: Grafana ignores empty fields; leave the field out, or "
            "set another value" % (", address.".join(emptied), current.name),
            code="cannot_clear",
        )
    return changes


def _taken(name: str) -> GrafanaError:
    return Refused("another organization has the name %s already" % name, code="name_taken")


def _delete(scope: Scope, current: CurrentOrg) -> None:
    """Delete an org from outside of it: the server refuses to delete the one that a request runs in."""
    elsewhere = 1
    if current.id == elsewhere:
        others = [org.id for org in OrgFinder(scope.client).all() if org.id != current.id]
        if not others:
            raise Refused(
                "organization %s is the only one on %s and cannot be deleted" % (current.name, scope.where()),
                code="last_org",
            )
        elsewhere = others[0]
    scope.client.delete("/api/orgs/%d" % current.id, org=elsewhere)
