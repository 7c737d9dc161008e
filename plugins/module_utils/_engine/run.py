# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one story of everything that is managed here: read, plan, apply, report; for one object or thousands.

A resource (:mod:`_resource`) says how its objects are read, what a difference is and how it is written. Everything
else - check mode, the order of things, organizations, parallel work, repeated questions, failures, the
result - is here and nowhere else.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from .._grafana.client import Client
from .._grafana.connection import OrgChoice, read_token_file
from .._grafana.errors import (
    MEMBERS_ONLY,
    QUESTIONS,
    BadInput,
    GrafanaError,
    LostAnswer,
    NotFound,
    Refused,
    ServerError,
    Stale,
    Unauthorized,
)
from .._grafana.orgs import Org, OrgFinder
from .._grafana.scope import Scope, WriteLimit, org_mismatch, token_scope
from .resource import Change, Resource, View

OK, CHANGED, FAILED, NOT_RUN = "ok", "changed", "failed", "not_run"


@dataclass
class Item:
    """One object of a task: its place in the batch, its organization, what is desired.

    *where* says for messages where it stands, *source* for results which file it came from, and *batch* is the place of
    the batch's item that it comes from, where one item stands for several objects.
    """

    index: int
    org: OrgChoice
    desired: t.Any
    token_file: str | None = None
    source: str | None = None
    batch: int | None = None

    @property
    def where(self) -> str:
        place = "batch[%d]" % (self.index if self.batch is None else self.batch)
        if self.source is None:
            return place
        return self.source if self.batch is None else "%s of %s" % (self.source, place)


@dataclass
class Outcome:
    """What became of one item."""

    item: Item
    status: str = NOT_RUN
    object: View | None = None
    before: View = field(default_factory=dict)
    after: View = field(default_factory=dict)
    org: Org | None = None
    problem: GrafanaError | None = None
    #: what it is called in messages, where that is not the item's own name
    label: str | None = None
    warnings: list[str] = field(default_factory=list)
    notes: View = field(default_factory=dict)


@dataclass(frozen=True)
class Mode:
    """How a run is made."""

    check: bool = False
    fail_fast: bool = False
    missing_parent: str = "fail"


def by_choice(item: Item) -> t.Hashable:
    """Return where an item's object lives, as far as the task tells without asking the server."""
    return (item.org, item.token_file if item.org == OrgChoice() else None)


def find_duplicates(resource: Resource, items: t.Sequence[Item], place: t.Callable[[Item], t.Hashable] = by_choice) -> None:
    """Raise :class:`BadInput` if two items describe one object in one *place*."""
    seen: dict[t.Hashable, Item] = {}
    for item in items:
        identity = resource.identity(item.desired)
        if identity is None:
            continue
        first = seen.setdefault((place(item), identity), item)
        if first is not item:
            raise BadInput(
                "%s and %s are both %s %s of %s: an object can be described once"
                % (
                    first.where,
                    item.where,
                    resource.kind.replace("_", " "),
                    resource.label(item.desired),
                    item.org,
                ),
                index=item.index,
            )


#: The items of an organization that are asked for as one identity; the organization, where it is known beforehand.
Group = tuple[t.Optional[Org], list[Item]]


class Run:
    """One task's work on all of its items."""

    def __init__(self, resource: Resource, client: Client, mode: Mode) -> None:
        self.resource, self.client, self.mode = resource, client, mode
        self.org_finder = OrgFinder(client)
        self._stop = threading.Event()
        self._writers = 1
        self._fatal: GrafanaError | None = None

    def all(self, items: t.Sequence[Item]) -> list[Outcome]:
        """Bring every item about, in parallel over organizations; return the outcomes in order.

        What has to go beside them (``leftovers``) comes last.
        What is wrong for the run as a whole (identity, server) before anything was done is raised.
        """
        self.client.expect(len(items) * self.resource.requests_each + 1)
        outcomes = {item.index: Outcome(item) for item in items}
        groups = self._groups(items)
        workers = max(1, min(self.client.connection.concurrency, len(groups)))
        self._writers = max(1, self.client.connection.concurrency // workers)
        with ThreadPoolExecutor(workers) as pool:
            try:
                entered = list(pool.map(lambda group: self._group(group, outcomes), groups))
                more = list(
                    pool.map(lambda part: self._remove_leftovers(part[0], part[1], outcomes), self._by_org(groups, entered))
                )
            except BaseException:  # told to end: what has not begun does not begin any more
                self._stop.set()
                raise
        for scope in entered:
            if scope is not None and scope.client is not self.client:
                scope.client.close()
        ordered = [outcomes[item.index] for item in items]
        if self._fatal and not any(outcome.status in (OK, CHANGED) for outcome in ordered):
            raise self._fatal
        for outcome in (outcome for left in more for outcome in left):
            outcome.item.index = len(ordered)
            ordered.append(outcome)
        return ordered

    def _groups(self, items: t.Sequence[Item]) -> list[Group]:
        """Return the items by organization; those that go one after the other are together."""
        if not self.resource.in_org:
            return [(None, [item]) for item in items]
        orgs = self._orgs([item for item in items if item.token_file is None])
        orgs.update(self._known_orgs([item for item in items if item.token_file is not None]))
        groups: dict[t.Hashable, tuple[Org | None, list[Item]]] = {}
        for item in items:
            org = orgs.get(item.org)
            key: t.Hashable = (org.id, item.token_file) if org else (item.org, item.token_file)
            groups.setdefault(key, (org, []))[1].append(item)
        for _org, members in groups.values():  # one org may be named by its id here and by its name there
            find_duplicates(self.resource, members, place=lambda item: None)
            self.resource.check_together(self.client, [item.desired for item in members])
            members[:] = [members[position] for position in self.resource.order([item.desired for item in members])]
        return list(groups.values())

    def _orgs(self, items: t.Sequence[Item]) -> dict[OrgChoice, Org | None]:
        return self.org_finder.resolve(item.org for item in items) if items else {}

    def _known_orgs(self, items: t.Sequence[Item]) -> dict[OrgChoice, Org | None]:
        """Return the orgs that token_file items name, where the task's own identity can tell."""
        choices = [item.org for item in items if item.org != OrgChoice()]
        kind = self.client.connection.identity.kind
        return self.org_finder.resolve(choices) if choices and kind == "password" else {}

    def _by_org(self, groups: list[Group], entered: list[Scope | None]) -> list[tuple[Scope, list[Item]]]:
        """Return all items of each organization with a scope of it, whoever they are asked for as.

        Nothing where it is not known of a key which organization its items are of: they may be of any.
        """
        parts: dict[int, tuple[Scope, list[Item]]] = {}
        for scope in entered:
            if scope is not None and scope.org is not None:
                parts.setdefault(scope.org.id, (scope, []))
        for (org, items), scope in zip(groups, entered):
            home = (scope.org if scope is not None else None) or org
            if home is None and items[0].token_file is not None:
                return []
            if home is not None and home.id in parts:
                parts[home.id][1].extend(items)
        return list(parts.values())

    def _group(self, group: Group, outcomes: dict[int, Outcome]) -> Scope | None:
        """Bring the items of one organization about; return the scope that they were in. Never raises."""
        org, items = group
        scope: Scope | None = None
        lanes = 1
        for position, item in enumerate(items):
            # The first goes alone: it finds out whether the caller may be here at all.
            if lanes > 1:
                self._run_concurrently(t.cast(Scope, scope), items[position:], outcomes, lanes)
                break
            scope = self._run_guarded(org, scope, item, items, outcomes)
            if scope is not None and len(items) > 1:
                lanes = min(self.resource.max_writers(scope), self._writers)
        return scope

    def _run_concurrently(self, scope: Scope, items: list[Item], outcomes: dict[int, Outcome], lanes: int) -> None:
        """Bring several items of one organization about at the same time."""
        scope.write_limit = WriteLimit(lanes)
        with ThreadPoolExecutor(lanes) as pool:
            try:
                list(pool.map(lambda item: self._run_guarded(scope.org, scope, item, items, outcomes), items))
            except BaseException:
                self._stop.set()
                raise

    def _run_guarded(
        self, org: Org | None, scope: Scope | None, item: Item, items: list[Item], outcomes: dict[int, Outcome]
    ) -> Scope | None:
        """Bring one item about, what goes wrong with it in its outcome; return its scope."""
        outcome = outcomes[item.index]
        if self._stop.is_set():
            outcome.problem = self._fatal
            outcome.status = FAILED if self._fatal else NOT_RUN
            return scope
        try:
            if scope is None:
                scope = self._scope(org, item, len(items) > 1)
                if scope is not None:
                    scope.wanted = [one.desired for one in items]
            self._item(scope, item, outcome)
        except GrafanaError as problem:
            outcome.status, outcome.problem = FAILED, problem
            outcome.org = org
            if problem.fatal and item.token_file is None:
                self._fatal = self._fatal or problem
            if self.mode.fail_fast or self._fatal:
                self._stop.set()
        return scope

    def _remove_leftovers(self, scope: Scope, items: list[Item], outcomes: dict[int, Outcome]) -> list[Outcome]:
        """Bring about what has to go beside the items of an org. Nothing goes where a run was stopped."""
        if self._stop.is_set() or all(outcomes[item.index].status == FAILED for item in items):
            return []
        try:
            left = self.resource.leftovers(scope, [item.desired for item in items])
        except GrafanaError as problem:
            better = (scope.membership_problem(problem) if isinstance(problem, MEMBERS_ONLY) else None) or problem
            if self.mode.check and better.code == "not_a_member" and self.client.connection.join_org:
                return []  # the caller would be one by then
            first = replace(items[0], source=None)
            return [Outcome(first, FAILED, org=scope.org, problem=better, label="what is not wanted any more")]
        # Whoever could enter may delete: a key of an item is its own.
        return [self.one(scope, replace(items[0], desired=desired, source=None)) for desired in left]

    def one(self, scope: Scope, item: Item) -> Outcome:
        """Bring one item about in a scope of somebody else's; what goes wrong with it is in the outcome."""
        outcome = Outcome(item)
        try:
            self._item(scope, item, outcome)
        except GrafanaError as problem:
            outcome.status, outcome.problem = FAILED, problem
        return outcome

    def _scope(self, org: Org | None, item: Item, many: bool) -> Scope | None:
        """Return the scope of an item; ``None`` for an org, or a key, that is not there (yet)."""
        if item.token_file is not None:
            try:
                key = read_token_file(item.token_file)
            except BadInput as problem:
                if self.mode.check and problem.code == "token_file_missing":
                    return None
                raise
            scope = token_scope(self.client.as_token(key), item.org, org, self.client)
            scope.many = many
            return scope
        if self.resource.in_org and org is None:
            return None
        return Scope(self.client, org, self.org_finder, many)

    def _item(self, scope: Scope | None, item: Item, outcome: Outcome) -> None:
        """Bring one item about."""
        if scope is None:
            self._without_parent(item, outcome)
            return
        outcome.org = scope.org
        try:
            if self._joins(scope):
                if self.mode.check:
                    self._unknown(item, outcome, "the caller would join the organization first")
                    return
                scope.join()
                outcome.notes["joined_org"] = True
                self._reconcile(scope, item, outcome)
                outcome.status = CHANGED
                return
            self._reconcile(scope, item, outcome)
        except MEMBERS_ONLY as problem:
            better = scope.membership_problem(problem)
            raise better or self.resource.explain(scope, item.desired, problem) from None
        except Unauthorized as problem:
            if org_mismatch(problem):
                problem = Unauthorized(
                    "the token does not belong to %s: %s" % (item.org, problem.message),
                    code="org_mismatch",
                    **problem.details,
                )
            raise problem from None

    def _joins(self, scope: Scope) -> bool:
        """Tell whether the caller has to join the org first (``join_org``). Raises :class:`NotFound` where it is not there.

        The caller joins before the first request into the org: after a refused one, 12.4 goes on refusing for up to 30 s.
        """
        if not (self.client.connection.join_org and self.resource.members_only):
            return False
        problem = scope.membership_problem()
        if problem is not None and problem.code != "not_a_member":
            raise problem
        return problem is not None

    def _without_parent(self, item: Item, outcome: Outcome) -> None:
        """Decide on an item whose org, or whose token's file, is not there."""
        resource, url = self.resource, self.client.connection.url
        if resource.absent(item.desired):
            outcome.status = OK
            outcome.warnings.append("%s was not found on %s: nothing is there to remove" % (item.org, url))
            change = resource.cleanup_without_org(item.desired)
            if change is not None:
                outcome.status, outcome.before = CHANGED, change.before
                if not self.mode.check:
                    change.data()
            return
        if self.mode.check and (self.mode.missing_parent == "plan" or item.token_file is not None):
            self._unknown(item, outcome, "its organization or key does not exist yet")
            return
        raise NotFound(
            "%s was not found on %s: create it first, or correct org_name or org_id" % (item.org, url),
            code="org_not_found",
        )

    def _unknown(self, item: Item, outcome: Outcome, why: str) -> None:
        """Plan an item whose present state cannot be read in check mode."""
        there = self.resource.comes_with_org(item.desired, self.client)
        change = self.resource.plan(item.desired, there)
        outcome.status = CHANGED if change else OK
        outcome.after = change.after if change else {}
        outcome.object = dict(outcome.after) or None
        outcome.notes["planned"] = why

    def _reconcile(self, scope: Scope, item: Item, outcome: Outcome) -> None:
        """Read, plan, apply, and say what was there before and what is there now."""
        resource, desired = self.resource, item.desired
        current = resource.read(scope, desired)
        change = resource.plan(desired, current)
        outcome.warnings += resource.warnings(desired, current)
        if change is None:
            outcome.status, outcome.object = OK, self._shown(scope, desired, current)
            return
        outcome.before, outcome.after = change.before, change.after
        if self.mode.check:
            resource.precheck(scope, desired, change)
            outcome.status, outcome.object = CHANGED, {**change.after, **change.planned} or None
            if outcome.object is not None and scope.org is not None:
                outcome.object.update(scope.org.shown())
            return
        after, by_us = self._apply(scope, desired, change)
        outcome.status = CHANGED if by_us else OK
        outcome.object = self._shown(scope, desired, after)
        outcome.after = resource.view(desired, after, change) if after is not None else {}
        if not by_us:
            outcome.before = outcome.after

    def _shown(self, scope: Scope, desired: t.Any, current: t.Any) -> View | None:
        return None if current is None else self.resource.result(scope, desired, current)

    def _apply(self, scope: Scope, desired: t.Any, change: Change) -> tuple[t.Any, bool]:
        """Apply *change*; return the object afterwards and whether this run made it so.

        A conflict is a question, not an answer: what is there is read again, and if that is what was asked
        for, all is well. A write that got lost is made again only after that question.
        """
        resource = self.resource
        attempt = 0
        while True:
            try:
                with scope.write_limit or contextlib.nullcontext():
                    return resource.apply(scope, desired, change), True
            except (NotFound, Refused, *QUESTIONS) as problem:
                scope.invalidate()
                resource.forget()
                ours = isinstance(problem, (LostAnswer, ServerError))
                if isinstance(problem, ServerError) and scope.write_limit is not None:
                    scope.write_limit.narrow()
                if ours:
                    time.sleep(min(0.05 * 4**attempt, 5.0))
                elif isinstance(problem, Stale):
                    # Two runs that turn each other back would do so for ever in step.
                    time.sleep(random.uniform(0.01, 0.1) * (attempt + 1))
                current = resource.read(scope, desired)
                again = resource.plan(desired, current)
                if again is None:
                    return current, ours
                attempt += 1
                if not (ours or isinstance(problem, Stale)) or attempt > self.client.connection.retries:
                    raise resource.explain(scope, desired, problem) from None
                change = again
