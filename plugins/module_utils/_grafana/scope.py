# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One organization during one run: its client, and what was read there already."""

from __future__ import annotations

import copy
import threading
import typing as t

from .client import Client
from .connection import OrgChoice
from .errors import Forbidden, GrafanaError, NotFound, Unauthorized
from .orgs import Org, OrgFinder
from .roles import ADMIN
from .versions import TOKEN_KNOWS_ITSELF

#: Codes of the errors that :meth:`Scope.membership_problem` returns.
MEMBERSHIP_PROBLEMS = ("not_a_member", "org_not_found")


def _ignore(_text: str) -> None:
    """Drop a warning."""


class Scope:
    """One organization (or the whole server) during one run: its client, and a cache of what was read.

    Usable from several threads: what several of them need is read once, and the others wait for it.
    """

    def __init__(
        self,
        client: Client,
        org: Org | None,
        org_finder: OrgFinder,
        many: bool = False,
        check: bool = False,
        warn: t.Callable[[str], None] = _ignore,
        new: bool = False,
    ) -> None:
        self.client = client
        self.org = org
        self.org_finder = org_finder
        #: Whether the task has several objects in this scope, so that one list is cheaper than a request for each.
        self.many = many
        #: Whether this is check mode.
        self.check = check
        #: Whether the organization does not exist yet: check mode assumes that an earlier task creates it.
        self.new = new
        #: Shows a text to the user as a warning, each text once in a task.
        self.warn = warn
        #: What the task wants in this organization, for objects that depend on each other.
        self.wanted: list[t.Any] = []
        self._read: dict[str, t.Any] = {}
        self._kept: dict[str, t.Any] = {}
        #: Held while one thread reads or creates something for all.
        self.lock = threading.RLock()

    def as_check(self, check: bool) -> Scope:
        """Return this scope for check mode or not, with the same cache."""
        if check == self.check:
            return self
        other = copy.copy(self)
        other.check = check
        return other

    @property
    def org_id(self) -> int:
        """The id of the organization. Raises :class:`TypeError` in the scope of a whole server."""
        if self.org is None:
            raise TypeError("no organization in this scope")
        return self.org.id

    def where(self) -> str:
        """Return the names of organization and server for messages."""
        server = self.client.connection.url
        if self.org is not None and self.org.cloud_stack is not None:
            return "stack %s of Grafana Cloud (%s)" % (self.org.cloud_stack, server)
        return "org %s on %s" % (self.org.name or self.org.id, server) if self.org else server

    def shown(self) -> dict[str, t.Any]:
        """Return the organization as part of a result, in a new dict; empty in the scope of a whole server."""
        return {} if self.org is None else self.org.shown()

    def cached(self, key: str, load: t.Callable[[], t.Any]) -> t.Any:
        """Return what *load* returned the first time; :meth:`invalidate` drops it, and so does every failed write."""
        return self._load(self._read, key, load)

    def cached_for_run(self, key: str, load: t.Callable[[], t.Any]) -> t.Any:
        """Return what *load* returned the first time in this run: for what no write changes."""
        return self._load(self._kept, key, load)

    def _load(self, known: dict[str, t.Any], key: str, load: t.Callable[[], t.Any]) -> t.Any:
        with self.lock:
            if key not in known:
                known[key] = load()
            return known[key]

    def refresh(self, key: str, load: t.Callable[[], t.Any]) -> t.Any:
        """Return what *load* returns now, and cache that."""
        with self.lock:
            self._read.pop(key, None)
            return self.cached(key, load)

    def invalidate(self, kind: str = "") -> None:
        """Drop what is cached under keys that begin with *kind*; by default everything, the list of organizations included."""
        if not kind:
            self.org_finder.invalidate()
        with self.lock:
            for key in [key for key in self._read if key.startswith(kind)]:
                del self._read[key]

    def membership_problem(self, problem: GrafanaError | None = None) -> GrafanaError | None:
        """Return the error for a caller who is not a member of the org (``not_a_member``, or ``org_not_found`` where there
        is no such org), ``None`` for a member and where that cannot be found out.

        *problem* is the refusal that raised the question, if one did. The memberships are read once in a run.
        """
        if problem is not None and problem.code in MEMBERSHIP_PROBLEMS:
            return problem
        if self.org is None or self.client.connection.identity.kind == "token":
            return None
        try:
            if any(int(org["orgId"]) == self.org.id for org in self.org_finder.memberships()):
                return None
        except GrafanaError:
            return None
        if self.org.name is None and self._gone():
            return NotFound(
                "no organization has the id %d on %s" % (self.org.id, self.client.connection.url), code="org_not_found"
            )
        return Forbidden(
            "the caller is not a member of %s, and the server shows what is in it to members only: set join_org: true to join "
            "as Admin (server admins can), or ask an Admin of the organization to add the caller%s"
            % (self.where(), "; " + problem.message if problem is not None else ""),
            code="not_a_member",
            org_id=self.org.id,
        )

    def caller_role(self) -> str | None:
        """Return the caller's role in the organization; ``None`` if it is unknown, as that of a token is."""
        if self.org is None or self.client.connection.identity.kind == "token":
            return None
        if self.new:
            return ADMIN
        try:
            return next((str(org.get("role")) for org in self.org_finder.memberships() if int(org["orgId"]) == self.org.id), None)
        except GrafanaError:
            return None

    def check_member(self, seen: str) -> None:
        """Raise :class:`Forbidden` for a caller who is not a member: a list shows nothing then, as *seen* says."""
        problem = self.membership_problem(Forbidden(seen))
        if problem is not None:
            raise problem

    def _gone(self) -> bool:
        try:
            return self.client.find("/api/orgs/%d" % self.org_id) is None
        except GrafanaError:
            return False

    def join(self) -> None:
        """Make the caller, a server admin, an Admin of the org. It takes effect at once."""
        login = self.client.connection.identity.username or (self.client.user() or {})["login"]
        self.client.post("/api/orgs/%d/users" % self.org_id, {"loginOrEmail": login, "role": ADMIN})
        self.org_finder.joined(t.cast(Org, self.org))
        self.invalidate()


def org_of_token(org_finder: OrgFinder, choice: OrgChoice, known: Org | None, version_of: Client) -> Org | None:
    """Return the organization of a token, which must be the chosen one.

    From 11.5 on the server itself refuses a token with another organization's header; before, the token's organization is
    read and compared. *known* is the organization if other requests have found it, *version_of* a client that knows the version.
    """
    if known is not None and version_of.at_least(TOKEN_KNOWS_ITSELF):
        return known
    return org_finder.resolve([choice])[choice]


def org_mismatch(problem: GrafanaError) -> bool:
    """Tell whether a token was refused because the org of the header is not its own."""
    return isinstance(problem, Unauthorized) and problem.details.get("message_id") == "api-key.organization-mismatch"
