# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The items of a task, each with its organization, and their outcomes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput, GrafanaError, NotFound
from .._text.listed import listed as texts
from .resource import AnyResource, Change, View
from .summary import words

if t.TYPE_CHECKING:
    from .._grafana.orgs import Org

#: The statuses of an outcome, as results show them.
OK, CHANGED, FAILED, NOT_RUN = "ok", "changed", "failed", "not_run"

#: What of a result identifies a failed object and says why it failed.
IDENTIFYING = ("index", "file", "tenant", "status", "label", "org_id", "org_name", "failure")

#: How many problems of items one message quotes.
QUOTED = 20


@dataclass
class Item:
    """One object of a task: its position, its organization, and what the task wants.

    *source* is the file that describes it. *batch* is the position of the batch item that it comes from, where one item
    describes several objects. *tenant* is the tenant of an item from a file with tenants.
    """

    index: int
    org: OrgChoice
    desired: t.Any
    token_file: str | None = None
    source: str | None = None
    batch: int | None = None
    tenant: str | None = None

    @property
    def where(self) -> str:
        """Where the user finds the item, for messages."""
        position = "batch[%d]" % (self.index if self.batch is None else self.batch)
        position = position if self.tenant is None else "tenant %s" % self.tenant
        if self.source is None:
            return position
        return self.source if self.batch is None else "%s of %s" % (self.source, position)


@dataclass
class Outcome:
    """The result of one item; *label* replaces the item's own name in messages, *change* says in words what was changed."""

    item: Item
    status: str = NOT_RUN
    object: View | None = None
    before: View = field(default_factory=dict)
    after: View = field(default_factory=dict)
    change: str = ""
    org: Org | None = None
    problem: GrafanaError | None = None
    label: str | None = None
    notes: View = field(default_factory=dict)

    def plan(self, change: Change[t.Any]) -> None:
        """Show what *change* does."""
        self.before, self.after = change.before, change.after
        self.change = words(change.action, change.before, change.after)


#: The items of one organization that are sent as the same caller, with the organization where it is known already.
Group = tuple["Org | None", "list[Item]"]


def org_and_caller(item: Item) -> t.Hashable:
    """Return organization and caller of an item, as far as the task itself names them."""
    return (item.org, item.token_file if item.org == OrgChoice() else None)


def find_duplicates(
    resource: AnyResource, items: t.Sequence[Item], where: t.Callable[[Item], t.Hashable] = org_and_caller
) -> BadInput | None:
    """Return one error for all items for which *where* returns the same and that describe one object; ``None`` without any."""
    seen: dict[t.Hashable, Item] = {}
    twice: list[tuple[Item, Item]] = []
    for item in items:
        identity = resource.identity(item.desired)
        if identity is None:
            continue
        first = seen.setdefault((where(item), identity), item)
        if first is not item:
            twice.append((first, item))
    if not twice:
        return None
    kind = resource.kind.replace("_", " ")
    clashes = [
        "%s and %s both describe %s %s of %s" % (first.where, item.where, kind, resource.label(item.desired), item.org)
        for first, item in twice[:QUOTED]
    ]
    more = "; and %d more" % (len(twice) - QUOTED) if len(twice) > QUOTED else ""
    return BadInput("%s%s: describe each object once" % ("; ".join(clashes), more), index=twice[0][1].index)


def check_orgs(resource: AnyResource, groups: t.Sequence[Group], url: str) -> None:
    """Raise :class:`NotFound` if an organization, in which the task does not only delete objects, does not exist on *url*."""
    missing = [items[0].org for org, items in groups if org is None and not resource.absent(items[0].desired)]
    if missing:
        raise NotFound(
            "nothing is written, because %s on %s: %s. Create the missing organizations first, or leave their objects out"
            % (
                "an organization was not found" if len(missing) == 1 else "%d organizations were not found" % len(missing),
                url,
                texts([str(org) for org in missing], QUOTED),
            ),
            code="org_not_found",
            orgs=[org.name if org.name is not None else org.id for org in missing],
        )


def listed(results: t.Sequence[View], which: t.Collection[str]) -> list[View]:
    """Return the entries of *results* that the option ``results`` asks for: ``all``, or those that ``changed`` or ``failed``.

    Except with ``all``, the entry of an object that failed has only what identifies the object, and its failure; with ``brief``,
    that of a changed one has only what identifies it, and the change in words.
    """
    if "all" in which:
        return list(results)
    if "brief" in which:
        return [_identified(entry, "change") for entry in results if entry["status"] in (CHANGED, FAILED)]
    return [_identified(entry) if entry["status"] == FAILED else entry for entry in results if entry["status"] in which]


def _identified(entry: View, *more: str) -> View:
    return {name: entry[name] for name in (*IDENTIFYING, *more) if name in entry}


def one_error(problems: t.Sequence[BadInput]) -> BadInput:
    """Return one error for all *problems*, each of which names its item."""
    if len(problems) == 1:
        return problems[0]
    more = "; and %d more" % (len(problems) - QUOTED) if len(problems) > QUOTED else ""
    codes = {problem.code for problem in problems}
    return BadInput(
        "%s%s" % ("; ".join(problem.message for problem in problems[:QUOTED]), more),
        code=codes.pop() if len(codes) == 1 else None,
        problems=[problem.failure() for problem in problems],
    )
