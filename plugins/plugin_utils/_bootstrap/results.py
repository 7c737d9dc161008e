# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of the role org_bootstrap did, by tenant: changes, people without a user, failures."""

from __future__ import annotations

import typing as t

from ...module_utils._tenants.outcomes import Results, by_step, is_pending, org_of
from ...module_utils._tenants.steps import STEPS, Item, Tenant

#: The highest number of objects that a line names of those to which the same has happened.
_NAMED = 3
#: What a step calls a change of its objects, where that differs from the module's word.
_OWN_WORDS = {("tokens", "replaced"): "rotated"}


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
            name = owners[step][entry["index"]] if named else org_of(organizations, step, entry)
            if name in found:
                _add(found[name], step, entry, missing)
    return [_finished(one) for one in found.values()]


def _add(tenant: Item, step: str, entry: Item, missing: str) -> None:
    """Add one result to what is known of its tenant."""
    if entry.get("status") == "changed":
        said = str(entry.get("change") or "changed")
        tenant["changed"].append((step, str(entry.get("label") or ""), _OWN_WORDS.get((step, said), said)))
    elif entry.get("status") == "failed":
        failure = entry.get("failure") or {}
        pending = is_pending(step, entry)
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
