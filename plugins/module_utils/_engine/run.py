# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconcile loop: read, plan, precheck, apply and report, for one object or thousands.

A :class:`Resource` says how its objects are read, how they differ and how they are written. Check mode, the order of
work, organizations, concurrency, repeated requests, failures and results are handled here, once for all kinds of objects.
"""

from __future__ import annotations

import random
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

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
from .._grafana.interpreting import interpreting
from .._grafana.orgs import UNASSIGNED, Org, OrgFinder
from .._grafana.scope import Scope, org_mismatch, org_of_token
from .items import CHANGED, FAILED, NOT_RUN, OK, Group, Item, Outcome, check_orgs, find_duplicates
from .progress import Progress
from .resource import AnyResource, Change, View
from .warnings import Warnings


@dataclass(frozen=True)
class Mode:
    """How a task runs: in check mode, up to the first failure, and (*missing_parent*) what a missing organization means."""

    check: bool = False
    fail_fast: bool = False
    missing_parent: str = "fail"


class Run:
    """One task's work on all of its items."""

    def __init__(
        self,
        resource: AnyResource,
        client: Client,
        mode: Mode,
        org_finder: OrgFinder | None = None,
        warnings: Warnings | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.resource, self.client, self.mode = resource, client, mode
        self.org_finder = org_finder or OrgFinder(client)
        self.warnings = warnings or Warnings()
        self._progress = progress or Progress(None, 0, lambda: 0)
        self._stop = threading.Event()
        self._writers = 1
        self._fatal: GrafanaError | None = None
        #: In check mode: the scopes of organizations that do not exist yet.
        self._foreseen: dict[OrgChoice, Scope] = {}
        self._foreseen_lock = threading.Lock()

    def all(self, items: t.Sequence[Item]) -> list[Outcome]:
        """Reconcile every item, organizations concurrently; return the outcomes in order, then those of leftovers.

        Raises what is wrong for the run as a whole (the caller's identity, the server) if nothing was done before.
        """
        self.client.expect(len(items) * self.resource.requests_each + 1)
        outcomes = {item.index: Outcome(item) for item in items}
        groups = self._groups(items)
        if self.resource.all_orgs_first and not (self.mode.check and self.mode.missing_parent == "plan"):
            check_orgs(self.resource, groups, self.client.connection.url)
        workers = max(1, min(self.client.connection.concurrency, len(groups)))
        self._writers = max(1, self.client.connection.concurrency // workers)
        with ThreadPoolExecutor(workers) as pool:
            try:
                entered = list(pool.map(lambda group: self._group(group, outcomes), groups))
                by_org = self._by_org(groups, entered)
                more = list(pool.map(lambda part: self._remove_leftovers(part[0], part[1], outcomes), by_org))
            except BaseException:  # a signal ends the run: items that have not begun do not begin any more
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

    # Which items go together.

    def _groups(self, items: t.Sequence[Item]) -> list[Group]:
        """Return the items by organization and caller; the items of a group share a scope."""
        if not self.resource.in_org:
            self.resource.check_together(self.client, [item.desired for item in items])
            return [(None, [item]) for item in items]
        orgs = self._orgs([item for item in items if item.token_file is None])
        orgs.update(self._orgs_of_keys([item for item in items if item.token_file is not None]))
        groups: dict[t.Hashable, tuple[Org | None, list[Item]]] = {}
        for item in items:
            org = orgs.get(item.org)
            key: t.Hashable = (org.id, item.token_file) if org else (item.org, item.token_file)
            groups.setdefault(key, (org, []))[1].append(item)
        for _org, members in groups.values():  # one item may name an organization by id, another one by name
            twice = find_duplicates(self.resource, members, where=lambda item: None)
            if twice is not None:
                raise twice
            self.resource.check_together(self.client, [item.desired for item in members])
            members[:] = [members[position] for position in self.resource.order([item.desired for item in members])]
        return list(groups.values())

    def _orgs(self, items: t.Sequence[Item]) -> dict[OrgChoice, Org | None]:
        return self.org_finder.resolve(item.org for item in items) if items else {}

    def _orgs_of_keys(self, items: t.Sequence[Item]) -> dict[OrgChoice, Org | None]:
        """Return the organizations that items with ``token_file`` name, if the task's own identity can find them."""
        choices = [item.org for item in items if item.org != OrgChoice()]
        kind = self.client.connection.identity.kind
        return self.org_finder.resolve(choices) if choices and kind == "password" else {}

    def _by_org(self, groups: list[Group], entered: list[Scope | None]) -> list[tuple[Scope, list[Item]]]:
        """Return all items of each organization with a scope of it, whichever caller they have.

        Returns nothing if it is unknown of a key which organization its items belong to: they may belong to any.
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

    # One group of items.

    def _group(self, group: Group, outcomes: dict[int, Outcome]) -> Scope | None:
        """Reconcile the items of one organization; return their scope. Failures are in the outcomes."""
        org, items = group
        scope: Scope | None = None
        writers = 1
        for position, item in enumerate(items):
            # The first item goes alone: it finds out whether the caller has access at all.
            if writers > 1:
                self._run_concurrently(t.cast(Scope, scope), items[position:], outcomes, writers)
                break
            scope = self._run_guarded(org, scope, item, items, outcomes)
            if scope is not None and len(items) > 1:
                writers = min(self.resource.max_writers(scope), self._writers)
        return scope

    def _run_concurrently(self, scope: Scope, items: list[Item], outcomes: dict[int, Outcome], writers: int) -> None:
        """Reconcile several items of one organization at the same time."""
        with ThreadPoolExecutor(writers) as pool:
            try:
                list(pool.map(lambda item: self._run_guarded(scope.org, scope, item, items, outcomes), items))
            except BaseException:
                self._stop.set()
                raise

    def _run_guarded(
        self, org: Org | None, scope: Scope | None, item: Item, items: list[Item], outcomes: dict[int, Outcome]
    ) -> Scope | None:
        """Reconcile one item, and put a failure into its outcome; return its scope."""
        outcome = outcomes[item.index]
        if self._stop.is_set():
            outcome.problem = self._fatal
            outcome.status = FAILED if self._fatal else NOT_RUN
            return scope
        try:
            with interpreting():
                if scope is None:
                    # One list serves all items of an organization, or all of the task if they are not in organizations.
                    scope = self._scope(org, item, len(items if self.resource.in_org else outcomes) > 1)
                    if scope is not None:
                        scope.wanted = [one.desired for one in items]
                self._item(scope, item, outcome, org)
        except GrafanaError as problem:
            outcome.status, outcome.problem = FAILED, problem
            outcome.org = org
            if problem.fatal and item.token_file is None:
                self._fatal = self._fatal or problem
            if self.mode.fail_fast or self._fatal:
                self._stop.set()
        self._progress.count(outcome.status == FAILED)
        return scope

    def _remove_leftovers(self, scope: Scope, items: list[Item], outcomes: dict[int, Outcome]) -> list[Outcome]:
        """Delete the resource's leftovers (``prune``) after all items; skipped if the run was stopped."""
        if self._stop.is_set() or all(outcomes[item.index].status == FAILED for item in items):
            return []
        try:
            with interpreting():
                left = self.resource.leftovers(scope, [item.desired for item in items])
        except GrafanaError as problem:
            better = (scope.membership_problem(problem) if isinstance(problem, MEMBERS_ONLY) else None) or problem
            if self.mode.check and better.code == "not_a_member" and self.client.connection.join_org:
                return []  # without check mode the caller would be a member by now
            first = replace(items[0], source=None)
            return [Outcome(first, FAILED, org=scope.org, problem=better, label="objects to prune")]
        # A caller who has access may delete: the key of an item is for that item only.
        return [self.one(scope, replace(items[0], desired=desired, source=None)) for desired in left]

    def one(self, scope: Scope, item: Item) -> Outcome:
        """Reconcile one item in a given scope; a failure is in the outcome."""
        outcome = Outcome(item)
        try:
            with interpreting():
                self._item(scope.as_check(self.mode.check), item, outcome)
        except GrafanaError as problem:
            outcome.status, outcome.problem = FAILED, problem
        return outcome

    # One item.

    def _scope(self, org: Org | None, item: Item, many: bool) -> Scope | None:
        """Return the scope of an item; ``None`` for an organization, or a key, that does not exist (yet)."""
        if item.token_file is not None:
            try:
                client = self.client.as_token(read_token_file(item.token_file), "token_file %s" % item.token_file)
            except BadInput as problem:
                if self.mode.check and problem.code == "token_file_missing":
                    return None
                raise
            org_finder = OrgFinder(client)
            org = org_of_token(org_finder, item.org, org, self.client)
            return Scope(client, org, org_finder, many, self.mode.check, self.warnings.add)
        if self.resource.in_org and org is None:
            return None
        return Scope(self.client, org, self.org_finder, many, self.mode.check, self.warnings.add)

    def _item(self, scope: Scope | None, item: Item, outcome: Outcome, org: Org | None = None) -> None:
        warn = self.warnings.add if scope is None else scope.warn
        for text in self.resource.hints(item.desired):
            warn(text)
        if scope is None:
            self._without_org(item, outcome, org)
            return
        outcome.org = scope.org
        try:
            joins = self._joins(scope)
            if joins and self.mode.check:
                self._plan_unread(scope, item, outcome, "the caller would join the organization first")
                return
            if joins:
                scope.join()
                outcome.notes["joined_org"] = True
            self._reconcile(scope, item, outcome)
            if joins:
                outcome.status = CHANGED
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
        """Tell whether the caller must join the organization first (``join_org``). Raises :class:`NotFound` if it is missing.

        The caller joins before the first request into the organization: after a refused one, 12.4 refuses for up to 30 s more.
        """
        if not (self.client.connection.join_org and self.resource.members_only):
            return False
        problem = scope.membership_problem()
        if problem is not None and problem.code != "not_a_member":
            raise problem
        return problem is not None

    def _without_org(self, item: Item, outcome: Outcome, org: Org | None) -> None:
        """Handle an item whose organization does not exist, or (in check mode) whose key does not: then it may have an *org*."""
        resource, url = self.resource, self.client.connection.url
        if resource.absent(item.desired):
            if self.mode.missing_parent != "plan":  # no earlier task may have removed it
                self.warnings.add("%s was not found on %s: nothing to remove" % (item.org, url))
            outcome.before = resource.cleanup_without_org(item.desired, self.mode.check)
            outcome.status = CHANGED if outcome.before else OK
            outcome.change = "deleted" if outcome.before else ""
            return
        if self.mode.check and (self.mode.missing_parent == "plan" or item.token_file is not None):
            self._plan_unread(self._foreseen_scope(item, org), item, outcome, "its organization or key does not exist yet")
            return
        raise NotFound(
            "%s was not found on %s: create it first, or correct org_name or org_id" % (item.org, url),
            code="org_not_found",
        )

    def _foreseen_scope(self, item: Item, org: Org | None) -> Scope:
        """Return the scope of an item in check mode that cannot be read yet; one scope serves all items of an organization."""
        # A caller without a password cannot look for the organization of an item with a key of its own.
        looked_for = item.token_file is None or (item.org != OrgChoice() and self.client.connection.identity.kind == "password")
        new = org is None and looked_for
        with self._foreseen_lock:
            if item.org not in self._foreseen:
                place = org or Org(UNASSIGNED, item.org.name)
                scope = Scope(self.client, place, self.org_finder, True, True, self.warnings.add, new=new)
                self._foreseen[item.org] = scope
            return self._foreseen[item.org]

    def _plan_unread(self, scope: Scope, item: Item, outcome: Outcome, why: str) -> None:
        """Plan an item in check mode that cannot be read yet."""
        current = self.resource.foresee(scope, item.desired)
        change = self.resource.plan(item.desired, current)
        if scope.new:
            current, change = self.resource.precheck(scope, item.desired, current, change)
        outcome.status = CHANGED if change else OK
        if change:
            outcome.plan(change)
        outcome.object = dict(outcome.after) or None
        outcome.notes["planned"] = why

    def _reconcile(self, scope: Scope, item: Item, outcome: Outcome) -> None:
        """Read, plan, precheck and apply; report the object before and after."""
        resource, desired = self.resource, item.desired
        current, change = self._difference(scope, desired)
        if change is None:
            outcome.status, outcome.object = OK, self._shown(scope, desired, current)
            return
        outcome.plan(change)
        if self.mode.check:
            outcome.notes.update(resource.notes(desired, None, change))
            outcome.status, outcome.object = CHANGED, {**change.after, **change.planned} or None
            if outcome.object is not None:
                outcome.object.update(scope.shown())
            return
        after, by_us, change = self._apply(scope, desired, change)
        outcome.plan(change)
        outcome.status = CHANGED if by_us else OK
        outcome.object = self._shown(scope, desired, after)
        outcome.after = resource.view(desired, after, change) if after is not None else {}
        if by_us:
            outcome.notes.update(resource.notes(desired, after, change))
        else:
            outcome.before = outcome.after

    def _difference(self, scope: Scope, desired: t.Any) -> tuple[t.Any, Change[t.Any] | None]:
        """Return the object as it is, and what has to change."""
        current = self.resource.read(scope, desired)
        change = self.resource.plan(desired, current)
        return self.resource.precheck(scope, desired, current, change)

    def _shown(self, scope: Scope, desired: t.Any, current: t.Any) -> View | None:
        return None if current is None else self.resource.result(scope, desired, current)

    def _apply(self, scope: Scope, desired: t.Any, change: Change[t.Any]) -> tuple[t.Any, bool, Change[t.Any]]:
        """Apply *change*; return the object afterwards, whether this run changed it, and the change that it made.

        A conflict does not decide anything: the object is read again, and if it is as the task wants it, all is well. If another
        run has created or changed it meanwhile, what still differs is written. A write whose answer was lost is sent again only
        if the object still differs.
        """
        resource, made = self.resource, change
        attempt = 0
        while True:
            try:
                return resource.apply(scope, desired, change), True, made
            except (NotFound, Refused, *QUESTIONS) as problem:
                scope.invalidate()
                ours = isinstance(problem, (LostAnswer, ServerError))
                if ours:
                    time.sleep(min(0.05 * 4**attempt, 5.0))
                elif isinstance(problem, Stale):
                    # Two runs that undo each other's changes must not stay in step.
                    time.sleep(random.uniform(0.01, 0.1) * (attempt + 1))
                current, again = self._difference(scope, desired)
                if again is None:
                    return current, ours, made
                attempt += 1
                # If the object is no longer as it was when the change was planned, the server may accept the new one.
                moved = (again.action, again.before) != (change.action, change.before)
                open_question = ours or isinstance(problem, Stale) or moved
                if not open_question or attempt > self.client.connection.retries:
                    raise resource.explain(scope, desired, problem) from None
                if not ours and again.action != change.action:
                    made = again  # another run has created the object, or deleted it
                change = again
