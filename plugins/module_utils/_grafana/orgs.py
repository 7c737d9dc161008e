# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations on a server: finding them by name or id, for callers who may list them and for those who may not."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass

from .client import Client
from .connection import OrgChoice
from .errors import Forbidden, Refused
from .names import Names, similar
from .roles import ADMIN

#: Up to so many organizations are asked for one by one; above, one list is cheaper.
ONE_BY_ONE = 3
#: The id of an organization that does not exist yet, in check mode. Servers count from 1.
UNASSIGNED = 0
#: Organizations a page: one request for nearly every server (the server's own default is 1000).
ORGS_PER_PAGE = 5000


@dataclass(frozen=True)
class Org:
    """An organization on the server; ``name`` is ``None`` where nobody had to ask for it.

    *cloud_stack* is the slug of the stack of Grafana Cloud whose one organization this is, if it is one.
    """

    id: int
    name: str | None = None
    cloud_stack: str | None = None

    def shown(self) -> dict[str, t.Any]:
        """Return it as part of a result."""
        stack = {} if self.cloud_stack is None else {"cloud_stack": self.cloud_stack}
        return {"org_id": self.id, "org_name": self.name, **stack}


class OrgFinder:
    """Finds organizations by name or id, whether the caller may list all of them or not; usable from several threads.

    *known* are organizations that the same run has just created or read, by name, ``None`` for one that it has deleted: the
    server is not asked for them again.
    """

    def __init__(self, client: Client, known: t.Mapping[str, Org | None] | None = None) -> None:
        self._client = client
        self._known = known or {}
        self._own: Org | None = None
        self._listed: dict[int, Org] = {}
        self._memberships: list[dict[str, t.Any]] | None = None
        self._by_name: Names[Org] | None = None
        #: Whether the caller may not list all organizations, so that there may be more than ``all`` returned.
        self.partial = False
        self._lock = threading.Lock()
        # A lock of its own: reading the list may read the memberships.
        self._list_lock = threading.Lock()

    def all(self) -> list[Org]:
        """Return every organization of the server, or (without that permission) every one of the caller's."""
        try:
            listed = self._client.each("/api/orgs", perpage=ORGS_PER_PAGE, page=0)
            found = [Org(int(org["id"]), str(org["name"])) for org in listed]
        except Forbidden:
            self.partial = True
            found = self._of_caller()
        self._listed.update((org.id, org) for org in found)
        return found

    def listed(self) -> list[Org]:
        """Return the organizations that ``all`` has returned, without asking again."""
        return list(self._listed.values())

    def in_list(self, name: str) -> Org | None:
        """Return the organization that :meth:`named` returns, from a list that is read once; :meth:`invalidate` drops it."""
        return self._of_list(self._named_list(), name)

    def ids_in_list(self) -> set[int]:
        """Return the ids of the organizations in the list that :meth:`in_list` uses."""
        return {org.id for org in self._named_list().values()}

    def _named_list(self) -> Names[Org]:
        with self._list_lock:
            if self._by_name is None:
                self._by_name = _by_name(self.all())
            return self._by_name

    def _of_list(self, by_name: Names[Org], name: str) -> Org | None:
        """Return the organization of this name in a list. If the list has a similar name only, ask the server."""
        if self.partial or by_name.settles(name):
            return by_name.get(name)
        return self.named(name)

    def invalidate(self) -> None:
        """Drop the list that :meth:`in_list` and :meth:`ids_in_list` use."""
        with self._list_lock:
            self._by_name = None

    def _of_caller(self) -> list[Org]:
        """Return the organizations of a caller who may not list them all: a token has one, a user some."""
        if self._client.connection.identity.kind == "token":
            return [self.own()]
        return [Org(int(org["orgId"]), str(org["name"])) for org in self.memberships()]

    def memberships(self) -> list[dict[str, t.Any]]:
        """Return the organizations that the caller is a member of: ``orgId``, ``name``, ``role``."""
        with self._lock:
            if self._memberships is None:
                self._memberships = list(self._client.get("/api/user/orgs") or [])
            return self._memberships

    def joined(self, org: Org) -> None:
        """Remember that the caller has become an Admin of *org*."""
        with self._lock:
            if self._memberships is not None:
                self._memberships.append({"orgId": org.id, "name": org.name, "role": ADMIN})

    def own(self) -> Org:
        """Return the organization that the caller's requests run in when none is named."""
        if self._own is None:
            org = self._client.own_org()
            self._own = Org(int(org["id"]), org.get("name"), org.get("cloud_stack"))
        return self._own

    def resolve(self, choices: t.Iterable[OrgChoice]) -> dict[OrgChoice, Org | None]:
        """Return the organization of each of *choices*, ``None`` where no such name is.

        A token's choice is compared with the organization that the token belongs to; another one is an error.
        """
        wanted = list(dict.fromkeys(choices))
        if self._client.connection.identity.kind == "token":
            return {choice: self._of_token(choice) for choice in wanted}
        found: dict[OrgChoice, Org | None] = {c: self._listed.get(c.id, Org(c.id)) for c in wanted if c.id is not None}
        if OrgChoice() in wanted:
            found[OrgChoice()] = self.own()
        found.update({c: self._known[c.name] for c in wanted if c.name is not None and c.name in self._known})
        names = [choice for choice in wanted if choice.name is not None and choice not in found]
        if len(names) > ONE_BY_ONE:
            by_name = _by_name(self.all())
            found.update({choice: self._of_list(by_name, str(choice.name)) for choice in names})
        else:
            found.update({choice: self.named(str(choice.name)) for choice in names})
        return found

    def _of_token(self, choice: OrgChoice) -> Org:
        """Return the organization of the caller's token if it is the chosen one. Raises :class:`Refused` if it is not."""
        try:
            own = self.own()
        except Forbidden as problem:
            if problem.code != "org_hidden" or choice.id is None:
                raise
            # The server refuses a token with another organization's id in the header (10.4 and later, recorded).
            return Org(choice.id)
        return same_org(own, choice)

    def named(self, name: str) -> Org | None:
        """Return the organization that the server finds by this *name*.

        MySQL and MariaDB compare names without case, accents and spaces at the end; SQLite and PostgreSQL compare them exactly.
        """
        try:
            # Not /api/orgs/name/...: a slash in a name does not survive a sub-path there.
            orgs = [Org(int(org["id"]), str(org["name"])) for org in self._client.get("/api/orgs", name=name)]
        except Forbidden:
            return next((org for org in self._of_caller() if org.name == name), None)
        return next(
            (org for org in orgs if org.name == name), orgs[0] if orgs and similar(str(orgs[0].name)) == similar(name) else None
        )


def _by_name(orgs: t.Iterable[Org]) -> Names[Org]:
    return Names((org.name, org) for org in orgs if org.name is not None)


def same_org(own: Org, choice: OrgChoice) -> Org:
    """Return *own*, the org of a token, if it is the chosen one; raise :class:`Refused` if not."""
    if choice.name is not None and own.name is None:
        raise Refused(
            "the token belongs to the organization with the id %d, and its account (role None) may not read that one's name, "
            "so it cannot be compared with %s: set org_id instead of org_name" % (own.id, choice),
            code="org_hidden",
            token_org_id=own.id,
        )
    if (choice.id is not None and choice.id != own.id) or (choice.name is not None and choice.name != own.name):
        raise Refused(
            "the token belongs to org %s (id %d), not to %s: a token works in its own organization alone; use that "
            "org's token, or user and password" % (own.name, own.id, choice),
            code="org_mismatch",
            token_org_id=own.id,
            token_org_name=own.name,
        )
    return own
