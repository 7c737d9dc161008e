# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization in which objects are read and written, and how a task's choice becomes one."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass

from ansible_collections.orgsmith.grafana.plugins.module_utils._client import Client, segment
from ansible_collections.orgsmith.grafana.plugins.module_utils._connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import (
    Forbidden,
    GrafanaError,
    NotFound,
    Refused,
    Unauthorized,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._versions import TOKEN_KNOWS_ITSELF

#: Up to so many organizations are asked for one by one; above, one list is cheaper.
ONE_BY_ONE = 3
#: Organizations a page: one request for nearly every server (the server's own default is 1000).
ORGS_PER_PAGE = 5000

ADMIN = "Admin"
#: Codes of the errors that :meth:`Scope.membership_problem` returns.
MEMBERSHIP_PROBLEMS = ("not_a_member", "org_not_found")


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


class Directory:
    """Finds organizations by name or id, for callers who may list them and for those who may not."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._own: Org | None = None
        self._listed: dict[int, Org] = {}
        self._memberships: list[dict[str, t.Any]] | None = None
        #: Whether the caller may not list all organizations, so that there may be more than ``all`` returned.
        self.partial = False
        self._lock = threading.Lock()

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
        names = [choice for choice in wanted if choice.name is not None]
        if len(names) > ONE_BY_ONE:
            by_name = {org.name: org for org in self.all()}
            found.update({choice: by_name.get(choice.name) for choice in names})
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
        """Return the organization of exactly this *name*."""
        try:
            # Not /api/orgs/name/...: a slash in a name does not survive a sub-path there.
            orgs = [Org(int(org["id"]), str(org["name"])) for org in self._client.get("/api/orgs", name=name)]
        except Forbidden:
            orgs = self._of_caller()
        # MySQL compares by collation: what matches loosely is another organization.
        return next((org for org in orgs if org.name == name), None)


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


class Lanes:
    """How many writes an organization takes at once: one fewer after each that its database was too busy for, down to one."""

    def __init__(self, most: int) -> None:
        self._free = threading.Semaphore(most)
        self._lock = threading.Lock()
        #: How many are open.
        self.open = most
        self._to_close = 0

    def __enter__(self) -> None:
        self._free.acquire()  # pylint: disable=consider-using-with

    def __exit__(self, *_exception: t.Any) -> None:
        with self._lock:
            if self._to_close:
                self._to_close -= 1
                return
        self._free.release()

    def narrow(self) -> None:
        """Close one lane, unless it is the last."""
        with self._lock:
            if self.open > 1:
                self.open -= 1
                self._to_close += 1


class Scope:
    """One organization (or the whole server) during one run: client, org, and what was read already.

    What several threads ask for at once is read once, and the others wait for it.
    """

    def __init__(self, client: Client, org: Org | None, directory: Directory, many: bool = False) -> None:
        self.client = client
        self.org = org
        self.directory = directory
        #: Whether several objects of this scope are wanted, so that one list beats a look-up each.
        self.many = many
        self.joined = False
        #: What the task wants of this organization, for resources whose objects know of each other.
        self.wanted: list[t.Any] = []
        #: Where several threads write here: through these.
        self.lanes: Lanes | None = None
        self._read: dict[str, t.Any] = {}
        self._kept: dict[str, t.Any] = {}
        #: Held while something is read for all threads, and by what only one of them may make.
        self.lock = threading.RLock()

    @property
    def org_id(self) -> int:
        """The id of the org; only for resources that live in one."""
        if self.org is None:
            raise TypeError("no organization in this scope")
        return self.org.id

    def where(self) -> str:
        """Return the org and the server, for messages."""
        server = self.client.connection.url
        if self.org is not None and self.org.cloud_stack is not None:
            return "stack %s of Grafana Cloud (%s)" % (self.org.cloud_stack, server)
        return "org %s on %s" % (self.org.name or self.org.id, server) if self.org else server

    def once(self, key: str, load: t.Callable[[], t.Any]) -> t.Any:
        """Return what *load* returned the first time that *key* was asked for."""
        return self._load(self._read, key, load)

    def keep(self, key: str, load: t.Callable[[], t.Any]) -> t.Any:
        """Return what *load* returned the first time, whatever is written meanwhile: for what no write changes."""
        return self._load(self._kept, key, load)

    def _load(self, known: dict[str, t.Any], key: str, load: t.Callable[[], t.Any]) -> t.Any:
        with self.lock:
            if key not in known:
                known[key] = load()
            return known[key]

    def anew(self, key: str, load: t.Callable[[], t.Any]) -> t.Any:
        """Return what *load* returns now, and from here on for *key*."""
        with self.lock:
            self._read.pop(key, None)
            return self.once(key, load)

    def forget(self, kind: str = "") -> None:
        """Read everything anew from here on, or what has a key that begins with *kind*."""
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
            if any(int(org["orgId"]) == self.org.id for org in self.directory.memberships()):
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
        login = self.client.connection.identity.username or self.client.get("/api/user")["login"]
        self.client.post("/api/orgs/%d/users" % self.org_id, {"loginOrEmail": login, "role": ADMIN})
        self.directory.joined(t.cast(Org, self.org))
        self.joined = True
        self.forget()


def token_scope(client: Client, choice: OrgChoice, known: Org | None, version_of: Client) -> Scope:
    """Return a scope that asks with a token, which has to be one of the chosen org.

    From 11.5 on the server itself refuses a foreign org's header; before, the token is asked for its org.
    """
    directory = Directory(client)
    if known is not None and version_of.at_least(TOKEN_KNOWS_ITSELF):
        return Scope(client, known, directory)
    return Scope(client, directory.resolve([choice])[choice], directory)


def org_mismatch(problem: GrafanaError) -> bool:
    """Tell whether a token was refused because the org of the header is not its own."""
    return isinstance(problem, Unauthorized) and problem.details.get("message_id") == "api-key.organization-mismatch"


__all__ = ["ADMIN", "Directory", "Lanes", "Org", "Scope", "org_mismatch", "same_org", "segment", "token_scope"]
