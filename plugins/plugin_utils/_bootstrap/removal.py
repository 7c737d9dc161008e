# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The removal of tenants: what goes, whether the user has confirmed it, and whose users are left without an organization."""

from __future__ import annotations

import typing as t

from ...module_utils._tenants.items import is_absent, logins_of
from ...module_utils._tenants.outcomes import entries_of
from ...module_utils._tenants.steps import Item, Tenant
from ...module_utils._text.listed import listed

#: The modules' kinds of contents in the order in which the text names them, with their nouns.
_NOUNS = {
    "dashboards": "dashboards",
    "folders": "folders",
    "library_panels": "library panels",
    "alert_rules": "alert rules",
    "data_sources": "data sources",
    "service_accounts": "service accounts",
    "teams": "teams",
    "preferences": "preferences",
    "members": "members",
}
_NAMED = 5


def removals(organizations: t.Sequence[Tenant], checked: t.Sequence[t.Mapping[str, t.Any]]) -> list[Item]:
    """Return an entry for each absent tenant of which something is left, or of which that is unknown.

    *checked* are the results of the steps ``organizations``, ``tokens`` and ``removed_users`` for them in check mode. An entry
    has ``name``, whether the organization ``exists``, its ``contents`` (names by kind), ``keys`` (tokens whose keys are removed),
    ``users`` (logins of the users who are deleted), ``unknown`` (why a check failed), and all in one as ``text``.
    """
    absent = [tenant["name"] for tenant in organizations if is_absent(tenant)]
    orgs, tokens, users = [*checked, {}, {}, {}][:3]
    owners = [item["tenant"] for item in users_of(organizations, organizations, orgs)]
    named = [
        *(("organization", absent[one["index"]], one) for one in entries_of(orgs)),
        *(("keys", one["org_name"], one) for one in entries_of(tokens)),
        *(("users", owners[one["index"]], one) for one in entries_of(users)),
    ]
    found: dict[str, Item] = {}
    for part, name, one in named:
        if one.get("status") not in ("changed", "failed"):
            continue
        empty = {"name": name, "exists": False, "contents": {}, "keys": [], "users": [], "unknown": []}
        removal = found.setdefault(name, empty)
        if one["status"] == "failed":
            removal["unknown"].append(str((one.get("failure") or {}).get("message")))
        elif part == "organization":
            removal.update(exists=True, contents=dict(one.get("removed") or {}))
        else:
            removal[part].append(one["label"])
    return [{**one, "text": _text(one)} for one in found.values()]


def removed_users(chunk: t.Sequence[Tenant], organizations: t.Sequence[Tenant], orgs: t.Mapping[str, t.Any]) -> list[Item]:
    """Return the items that delete the users who belonged to the absent tenants of *chunk*, and to no tenant that stays.

    *orgs* is the result of the step ``organizations`` for all *organizations* in check mode: it has the members of each
    organization that exists. To them come the members that the tenants name, for a run that follows an interrupted one.
    """
    gone = [tenant["name"] for tenant in organizations if is_absent(tenant)]
    found = users_of(chunk, organizations, orgs)
    return [{"login": one["login"], "state": "absent", "orphans_only": True, "ignored_orgs": gone} for one in found]


def users_of(chunk: t.Sequence[Tenant], organizations: t.Sequence[Tenant], orgs: t.Mapping[str, t.Any]) -> list[Item]:
    """Return the ``login`` of each member of an absent tenant of *chunk*, once, with the name of the ``tenant``."""
    absent = [tenant["name"] for tenant in organizations if is_absent(tenant)]
    members = {absent[one["index"]]: (one.get("removed") or {}).get("members") or [] for one in entries_of(orgs)}
    found: dict[str, Item] = {}
    for tenant in (tenant for tenant in chunk if is_absent(tenant)):
        for login in [*members.get(tenant["name"], ()), *logins_of(tenant)]:
            found.setdefault(login.casefold(), {"login": login, "tenant": tenant["name"]})
    return list(found.values())


def _text(removal: Item) -> str:
    """Return in words what goes: ``beta: organization with 12 dashboards (A, B and 10 more), 1 member (bob); key ci``."""
    kinds = [(noun, removal["contents"].get(kind) or []) for kind, noun in _NOUNS.items()]
    inside = ["%d %s (%s)" % (len(names), _counted(noun, names), listed(names, _NAMED)) for noun, names in kinds if names]
    parts = ["organization%s" % (" with " + ", ".join(inside) if inside else "")] if removal["exists"] else []
    parts += ["stored keys of %s" % listed(removal["keys"], _NAMED)] if removal["keys"] else []
    parts += ["users %s" % listed(removal["users"], _NAMED)] if removal["users"] else []
    parts += ["it is unknown what is left: %s" % message for message in removal["unknown"]]
    return "%s: %s" % (removal["name"], "; ".join(parts))


def _counted(noun: str, names: t.Sequence[str]) -> str:
    return noun[:-1] if len(names) == 1 and noun != "preferences" else noun
