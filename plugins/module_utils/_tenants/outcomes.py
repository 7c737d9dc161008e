# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of the tenants did: which tenants go on, and which of their people are no users of the server."""

from __future__ import annotations

import typing as t

from .steps import NO_USER, STEPS, Item, Tenant

#: The results of the steps that have run, by step; each has its entries in ``results``.
Results = t.Mapping[str, t.Mapping[str, t.Any]]


def entries_of(result: t.Mapping[str, t.Any] | None) -> list[Item]:
    """Return the entries of a module's result; a step that was skipped has none."""
    return list((result or {}).get("results") or ())


def by_step(results: Results) -> dict[str, list[Item]]:
    """Return the entries of the *results* by step.

    Check mode does not create users, so their membership fails there: it counts as planned.
    """
    found = {step: entries_of(results.get(step)) for step in STEPS}
    created = {str(entry["label"]) for entry in found.get("users", ()) if entry.get("status") == "changed"}
    if created:
        found["members"] = [as_planned(entry, created) for entry in found.get("members", ())]
    return found


def as_planned(entry: Item, created: t.Collection[str]) -> Item:
    """Return the result of a member; a failure of one of the users who would be *created* as the change that it would be."""
    if not is_pending("members", entry) or str(entry["label"]) not in created:
        return entry
    rest = {name: value for name, value in entry.items() if name != "failure"}
    return {**rest, "status": "changed", "change": "created"}


def pending_members(steps: t.Mapping[str, t.Sequence[Item]]) -> dict[str, set[str]]:
    """Return the members who are no users of the server, by organization. *steps* are entries by step."""
    found: dict[str, set[str]] = {}
    for entry in steps.get("members", ()):
        if is_pending("members", entry):
            found.setdefault(entry["org_name"], set()).add(str(entry["label"]))
    return found


def missing_users(results: Results) -> dict[str, list[str]]:
    """Return the members who are no users of the server, by organization, from the *results* of the steps up to the members."""
    return {name: sorted(logins) for name, logins in pending_members(by_step(results)).items()}


def failed_tenants(organizations: t.Sequence[Tenant], steps: t.Mapping[str, t.Sequence[Item]]) -> set[str]:
    """Return the names of the organizations that a failure keeps from the following steps. *steps* are entries by step."""
    return {
        str(org_of(organizations, step, entry))
        for step, entries in steps.items()
        if STEPS[step].blocks
        for entry in entries
        if entry.get("status") == "failed" and not is_pending(step, entry)
    }


def is_pending(step: str, entry: Item) -> bool:
    return step == "members" and (entry.get("failure") or {}).get("code") == NO_USER


def org_of(organizations: t.Sequence[Tenant], step: str, entry: Item) -> str | None:
    """Return the organization of a result, ``None`` for an object of the whole server."""
    if "tenant" in entry:  # of an item from a file
        return str(entry["tenant"])
    return str(organizations[entry["index"]]["name"]) if step == "organizations" else entry.get("org_name")
