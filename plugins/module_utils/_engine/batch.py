# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the entries of a batch to items, and from their outcomes to the entries of a result."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._grafana.connection import Connection, OrgChoice, choose_org
from .._grafana.errors import BadInput, GrafanaError
from .items import CHANGED, FAILED, NOT_RUN, OK, Item, Outcome, find_duplicates, listed, one_error
from .options import Spec, items_of, place
from .resource import AnyResource

#: How many failed items the message of a failed batch quotes; all of them are in ``results``.
QUOTED_FAILURES = 5
_ORG_OPTIONS = ("org_id", "org_name")


@dataclass(frozen=True)
class Batch:
    """The entries of a batch, unchecked. *owners* are the tenants of the entries, if these come from tenants."""

    entries: t.Any
    owners: t.Sequence[str] = ()

    def items(
        self,
        resource: AnyResource,
        spec: Spec,
        connection: Connection,
        defaults: t.Mapping[str, t.Any] | None = None,
        named_by: str = "",
    ) -> list[Item]:
        """Return the items, whose options are described by *spec*; *defaults* are the task's own options.

        An entry that is a string is the value of the option *named_by*. Sends no request. Raises :class:`BadInput`.
        """
        checked = items_of(self.entries, spec, defaults or {}, named_by, self.owners)
        resource.prepare(checked)
        items: list[Item] = []
        problems: list[BadInput] = []
        owners = dict(enumerate(self.owners))
        for index, entry in enumerate(checked):
            org = choose_org(entry, "options of the item") or connection.org
            try:
                _check_place(entry, connection)
                wanted = {name: value for name, value in entry.items() if name not in _ORG_OPTIONS}
                first = Item(len(items), org, None, entry.get("token_file"), batch=index, tenant=owners.get(index))
                items += expanded(resource, {**wanted, "org": org}, first)
            except GrafanaError as problem:
                where = place(index, self.entries[index], self.owners)
                problems.append(BadInput("%s: %s" % (where, problem.message), code=problem.code, **problem.details))
        twice = find_duplicates(resource, items)
        problems += [twice] if twice is not None else []
        if problems:
            raise one_error(problems)
        return items


def expanded(resource: AnyResource, options: dict[str, t.Any], first: Item) -> list[Item]:
    """Return the items that *options* describe, numbered from *first* on. Raises :class:`BadInput`."""
    several = resource.expand(options)
    if several is None:
        return [replace(first, desired=resource.parse(options))]
    return [
        replace(first, index=first.index + number, desired=desired, source=source)
        for number, (source, desired) in enumerate(several)
    ]


def _check_place(entry: t.Mapping[str, t.Any], connection: Connection) -> None:
    """Raise :class:`BadInput` for an item that names an organization or a key, although the task is for a Grafana Cloud stack."""
    chosen = [name for name in (*_ORG_OPTIONS, "token_file") if entry.get(name)]
    if connection.cloud_stack is not None and chosen:
        raise BadInput(
            "%s cannot be used with cloud_stack: a stack is one organization, and the task's own token is used for all items"
            % " and ".join(chosen)
        )


def entry_of(resource: AnyResource, outcome: Outcome, diff: bool) -> dict[str, t.Any]:
    """Return one outcome as a result shows it."""
    entry: dict[str, t.Any] = {"status": outcome.status, resource.kind: outcome.object, **outcome.notes}
    if outcome.status == CHANGED and outcome.change:
        entry["change"] = outcome.change
    if outcome.problem is not None:
        entry["failure"] = outcome.problem.failure()
    elif diff and outcome.status == CHANGED:
        header = _header(resource, outcome)
        entry["diff"] = {
            "before": resource.diff(outcome.before),
            "after": resource.diff(outcome.after),
            "before_header": header,
            "after_header": header,
        }
    return entry


def _header(resource: AnyResource, outcome: Outcome) -> str:
    """Return the names of organization and object for the diff."""
    name = outcome.label or resource.label(outcome.item.desired)
    if not resource.in_org:
        return name
    org = (outcome.org.name or outcome.org.id) if outcome.org else outcome.item.org.name or outcome.item.org.id
    return "%s: %s" % (org, name) if org else name


def answer_of(resource: AnyResource, outcomes: t.Sequence[Outcome], diff: bool, which: t.Collection[str]) -> dict[str, t.Any]:
    """Return ``changed``, ``results``, ``summary``, with *diff* also ``diff``, and ``msg`` if an item failed.

    *which* is the option ``results``.
    """
    results = []
    for outcome in outcomes:
        source = {} if outcome.item.source is None else {"file": outcome.item.source}
        entry = {"index": outcome.item.index, **source, **entry_of(resource, outcome, diff)}
        if outcome.item.tenant is not None:
            entry["tenant"] = outcome.item.tenant
        if outcome.status in (CHANGED, FAILED):
            entry["label"] = outcome.label or resource.label(outcome.item.desired)
        if resource.in_org:
            choice = outcome.item.org
            entry["org_id"] = outcome.org.id if outcome.org else choice.id
            entry["org_name"] = (outcome.org.name if outcome.org else None) or choice.name
        results.append(entry)
    counts = {status: sum(entry["status"] == status for entry in results) for status in (OK, CHANGED, FAILED, NOT_RUN)}
    summary = {**counts, "total": len(results)}
    answer: dict[str, t.Any] = {"changed": counts[CHANGED] > 0, "results": listed(results, which), "summary": summary}
    if diff:
        answer["diff"] = [entry["diff"] for entry in results if "diff" in entry]
    failed = [outcome for outcome in outcomes if outcome.problem is not None]
    if failed:
        answer["msg"] = "%d of %d failed: %s" % (len(failed), len(results), _quote(resource, failed))
    return answer


def _quote(resource: AnyResource, failed: t.Sequence[Outcome]) -> str:
    """Return the first failures of a batch as one text."""
    words = []
    for outcome in failed[:QUOTED_FAILURES]:
        where = "" if outcome.item.source is not None or outcome.label is not None else outcome.item.where + ", "
        if resource.in_org and outcome.item.org != OrgChoice():
            where += "%s, " % outcome.item.org
        problem = outcome.problem.message if outcome.problem else ""
        name = outcome.label or resource.label(outcome.item.desired)
        # Many messages begin with the object: name it once.
        named = "%s %s" % (resource.kind.replace("_", " "), name) in problem
        words.append("%s%s" % (where, problem) if named else "%s%s: %s" % (where, name, problem))
    more = len(failed) - len(words)
    return "; ".join(words) + ("; and %d more" % more if more else "")
