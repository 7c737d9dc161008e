# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook reports with set_stats: bounded in size, one dictionary for all servers."""

from __future__ import annotations

import hashlib
import json
import typing as t

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

#: The highest number of entries of a list, of characters of a text, and of organizations whose plans are compared.
LISTED = 50
LONGEST = 500
PLANS = 500

Result = t.Mapping[str, t.Any]


def playbook_stats(results: t.Sequence[dict[str, t.Any]], name: str, job: t.Any = None) -> dict[str, t.Any]:
    """Return what set_stats takes: the *results* of one playbook on several servers as one dictionary, as *name*.

    Numbers are added, a truth value is true if it is true in each result, lists follow one another, and dictionaries are joined.
    A list ends after :data:`LISTED` entries, a text after :data:`LONGEST` characters, and a dictionary after :data:`PLANS`
    entries; ``more`` has the number of entries that are left out, by the name of the list. With *job*, the id of a job in a
    workflow, the same dictionary is there a second time as ``NAME_job_ID``, because slices would replace one another's. Raises
    ``AnsibleFilterError`` for values of other types.
    """
    merged: dict[str, t.Any] = {}
    for result in results:
        for key, value in result.items():
            merged[key] = _joined(merged[key], value, key) if key in merged else _checked(value, key)
    more = {}
    for key, value in merged.items():
        merged[key], left = _cut(value)
        if left:
            more[key] = left
    whole = {**merged, "more": more}
    # Names of organizations and keys are not templates, which versions before 2.19 would take them for.
    stats: dict[str, t.Any] = wrap_var({name: whole, "%s_job_%s" % (name, job): whole} if job else {name: whole})
    return stats


def _checked(value: t.Any, name: str) -> t.Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, t.Mapping):
        return dict(value)
    if isinstance(value, t.Sequence):
        return list(value)
    raise AnsibleFilterError("%s has to be a number, a truth value, text, a list or a dictionary" % name)


def _joined(one: t.Any, other: t.Any, name: str) -> t.Any:
    other = _checked(other, name)
    if isinstance(one, bool):
        return one and bool(other)
    if isinstance(one, dict):
        return {**one, **other}
    return one + other


def _cut(value: t.Any) -> tuple[t.Any, int]:
    """Return *value* within the limits, and how many entries are left out."""
    if isinstance(value, list):
        return [_short(entry) for entry in value[:LISTED]], max(len(value) - LISTED, 0)
    if isinstance(value, dict):
        return dict(list(value.items())[:PLANS]), max(len(value) - PLANS, 0)
    return _short(value), 0


def _short(value: t.Any) -> t.Any:
    if isinstance(value, (bool, int)):
        return value
    text = str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def migration_drift(result: Result, approved: t.Sequence[Result] = ()) -> dict[str, t.Any]:
    """Return how the plan in *result*, a result of grafana_apikey_migrate, differs from plans that were *approved*.

    *approved* are the stats of earlier runs of the playbook; those of check mode count (``planned``). The result has ``plans``,
    a fingerprint for each organization in which something is to be done; ``compared``, whether there is a plan to compare with;
    and ``changed``, the organizations with something to do that the approved plans do not have, or have otherwise.
    """
    server = str((result.get("server") or {}).get("url") or "")
    plans = {}
    for org in result.get("organizations") or ():
        steps = _steps(org)
        if steps:
            plans["%s at %s" % (org.get("org_name") or org.get("org_id"), server)] = _fingerprint(steps)
    earlier = [one for one in approved if isinstance(one, t.Mapping) and one.get("planned")]
    known: dict[str, t.Any] = {}
    for one in earlier:
        known.update(one.get("plans") or {})
    # Of an organization beyond the limit nothing is known.
    cut = any((one.get("more") or {}).get("plans") for one in earlier)
    changed = [org for org, plan in plans.items() if known.get(org, plan if cut else None) != plan] if earlier else []
    return {"plans": plans, "compared": bool(earlier) and not cut, "changed": changed}


def _steps(org: Result) -> list[t.Any]:
    """Return what is to be done in an organization, without what changes by itself, such as the last use of a key."""
    keys = [
        [key.get("id"), key.get("name"), key.get("role"), key.get("action"), bool(key.get("deleted")), _account(key)]
        for key in org.get("api_keys") or ()
        if key.get("status") == "changed"
    ]
    renames = [
        [account.get("id"), account.get("name"), dict(account["becomes"])]
        for account in org.get("service_accounts") or ()
        if account.get("becomes")
    ]
    # Something else, such as the page of API keys that is to be hidden.
    rest = [["organization"]] if not keys and not renames and org.get("status") == "changed" else []
    return [*keys, *renames, *rest]


def _account(key: Result) -> list[t.Any]:
    account = key.get("service_account") or {}
    return [account.get("name"), account.get("role"), key.get("role_after")]


def _fingerprint(steps: t.Sequence[t.Any]) -> str:
    ordered = sorted(json.dumps(step, sort_keys=True, default=str) for step in steps)
    return hashlib.sha256("\n".join(ordered).encode("utf-8")).hexdigest()[:12]
