# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of the role org_bootstrap did, by tenant: changes, people without a user, failures."""

from __future__ import annotations

import typing as t

from ...module_utils._tenants.steps import NO_USER, STEPS, Item, Tenant

#: The registered results of the first steps, in their order.
Results = t.Sequence[t.Mapping[str, t.Any]]

#: The highest number of objects that a line names of those to which the same has happened.
_NAMED = 3
#: What a step calls a change of its objects, where that differs from the module's word.
_OWN_WORDS = {("tokens", "replaced"): "rotated"}


def entries_of(result: t.Mapping[str, t.Any] | None) -> list[Item]:
    """Return the entries of a module's result; a step that was skipped has none."""
    return list((result or {}).get("results") or ())


def by_step(results: Results) -> dict[str, list[Item]]:
    """Return the entries of the *results* by step.

    Check mode does not create users, so their membership fails there: it counts as planned.
    """
    found = {step: entries_of(result) for step, result in zip(STEPS, results)}
    created = {str(entry["label"]) for entry in found.get("users", ()) if entry.get("status") == "changed"}
    if created:
        found["members"] = [_planned(entry, created) for entry in found.get("members", ())]
    return found


def _planned(entry: Item, created: t.Collection[str]) -> Item:
    """Return the result of a member; a failure of one of the users who would be *created* as the change that it would be."""
    if not _is_pending("members", entry) or str(entry["label"]) not in created:
        return entry
    rest = {name: value for name, value in entry.items() if name != "failure"}
    return {**rest, "status": "changed", "change": "created"}


def pending_members(steps: t.Mapping[str, t.Sequence[Item]]) -> dict[str, set[str]]:
    """Return the members who are no users of the server, by organization. *steps* are entries by step."""
    found: dict[str, set[str]] = {}
    for entry in steps.get("members", ()):
        if _is_pending("members", entry):
            found.setdefault(entry["org_name"], set()).add(str(entry["label"]))
    return found


def missing_users(results: Results) -> dict[str, list[str]]:
    """Return the members who are no users of the server, by organization, from the *results* of the steps up to the members."""
    return {name: sorted(logins) for name, logins in pending_members(by_step(results)).items()}


def failed_tenants(organizations: t.Sequence[Tenant], steps: t.Mapping[str, t.Sequence[Item]]) -> set[str]:
    """Return the names of the organizations that a failure keeps from the following steps. *steps* are entries by step."""
    return {
        str(_org_of(organizations, step, entry))
        for step, entries in steps.items()
        if STEPS[step].blocks
        for entry in entries
        if entry.get("status") == "failed" and not _is_pending(step, entry)
    }


def tenants(
    organizations: t.Sequence[Tenant], results: Results, owners: t.Mapping[str, t.Sequence[str]], missing: str = "fail"
) -> list[Item]:
    """Return for each organization ``name``, ``status``, ``changed``, ``pending``, ``failures``, and all in one as ``text``.

    *owners* are the organizations of the items of steps that belong to the whole server, by step; an entry of an item from a
    file names its organization itself. *missing* is ``fail`` if
    members who are no users are failures. The status is ``failed``, ``changed``, ``pending`` or ``ok``. A failure has
    ``organization``, ``step``, ``code``, ``message``, and all in one as ``text``.
    """
    found: dict[str, Item] = {
        tenant["name"]: {"name": tenant["name"], "changed": [], "pending": [], "failures": []} for tenant in organizations
    }
    for step, entries in by_step(results).items():
        for entry in entries:
            named = step in owners and "tenant" not in entry
            name = owners[step][entry["index"]] if named else _org_of(organizations, step, entry)
            if name in found:
                _add(found[name], step, entry, missing)
    return [_finished(one) for one in found.values()]


def _is_pending(step: str, entry: Item) -> bool:
    return step == "members" and (entry.get("failure") or {}).get("code") == NO_USER


def _org_of(organizations: t.Sequence[Tenant], step: str, entry: Item) -> str | None:
    """Return the organization of a result, ``None`` for an object of the whole server."""
    if "tenant" in entry:  # of an item from a file
        return str(entry["tenant"])
    return str(organizations[entry["index"]]["name"]) if step == "organizations" else entry.get("org_name")


def _add(tenant: Item, step: str, entry: Item, missing: str) -> None:
    """Add one result to what is known of its tenant."""
    if entry.get("status") == "changed":
        said = str(entry.get("change") or "changed")
        tenant["changed"].append((step, str(entry.get("label") or ""), _OWN_WORDS.get((step, said), said)))
    elif entry.get("status") == "failed":
        failure = entry.get("failure") or {}
        pending = _is_pending(step, entry)
        if pending:
            tenant["pending"].append(str(entry["label"]))
        if missing == "fail" or not pending:
            tenant["failures"].append(_failure(tenant["name"], step, failure))


def _failure(name: str, step: str, failure: t.Mapping[str, t.Any]) -> Item:
    code, message = failure.get("code"), failure.get("message")
    text = "%s, %s: %s" % (name, step.replace("_", " "), message)
    return {"organization": name, "step": step, "code": code, "message": message, "text": text}


def _finished(tenant: Item) -> Item:
    """Return the entry of a tenant with its status, and with its changes in words."""
    status = next((name for name in ("failures", "changed", "pending") if tenant[name]), "ok")
    changes = tenant["changed"]
    parts = [*_shortened(changes)]
    parts += ["no user yet: %s" % ", ".join(tenant["pending"])] if tenant["pending"] else []
    parts += ["failed: %s" % failure["message"] for failure in tenant["failures"]]
    return {
        **tenant,
        "status": "failed" if status == "failures" else status,
        "changed": [_words(step, [label], said) for step, label, said in changes],
        "text": "%s: %s" % (tenant["name"], "; ".join(parts) or "ok"),
    }


def _shortened(changes: t.Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the changes in words; of many objects to which the same has happened, only the number."""
    groups: dict[tuple[str, str], list[str]] = {}
    for step, label, said in changes:
        groups.setdefault((step, said), []).append(label)
    return [_words(step, labels, said) for (step, said), labels in groups.items()]


def _words(step: str, labels: t.Sequence[str], said: str) -> str:
    noun = STEPS[step].noun
    said = said[len("role ") :] if step == "members" and said.startswith("role ") else said
    if len(labels) > _NAMED:
        return "%d %ss %s" % (len(labels), noun, said)
    if step in ("organizations", "preferences"):
        return "%s %s" % (noun, said)
    return "%s%s %s %s" % (noun, "s" if len(labels) > 1 else "", ", ".join(labels), said)
