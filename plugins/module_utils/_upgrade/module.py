# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module grafana_upgrade_guard_info: report the effects of an upgrade on API keys. It changes nothing."""

from __future__ import annotations

import re
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from .._api_keys.api import AUTOGEN, list_keys
from .._engine.info import Result
from .._engine.module import GrafanaModule
from .._grafana.client import Client
from .._grafana.connection import Connection, OrgChoice
from .._grafana.errors import BadInput, Forbidden, NotFound, Unauthorized, Unsupported
from .._grafana.interpreting import interpreting
from .._grafana.orgs import Org, OrgFinder
from .._grafana.scope import Scope
from .._grafana.versions import API_KEYS_END, LOGIN_PER_ORG, SERVICE_ACCOUNTS, Version, parse
from .._migration.options import orgs_of
from .._orgs.service_accounts import search
from .findings import NOT_A_MEMBER, NOT_PERMITTED, Finding, Limits, OrgKeys, Upgrade, findings, logins
from .kinds import DECISION, KINDS
from .usage import Scan, scan

OPTIONS: dict[str, dict[str, t.Any]] = {
    "target_version": {"type": "str", "required": True},
    "present_version": {"type": "str"},
    "orgs": {"type": "raw"},
    "scan": {"type": "list", "elements": "path"},
    "scan_exclude": {"type": "list", "elements": "str"},
    "decided": {"type": "list", "elements": "str"},
}


def guard(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the result of the module: all findings about the upgrade, and which of them the user has to decide."""
    params = module.params
    target = _version(params["target_version"], "target_version")
    given = _version(params["present_version"], "present_version") if params["present_version"] else None
    choices = _choices(params["orgs"], connection.org)
    scanned = scan(params["scan"] or (), params["scan_exclude"] or ())
    present = given or client.version()
    if present is None:
        raise Unsupported(
            "%s does not report its version to this caller: set present_version to the version that it runs" % connection.url,
            code="version_hidden",
        )
    if target < present:
        raise BadInput(
            "target_version %s is older than Grafana %s, which %s runs: this module is about upgrades only"
            % (target, present, connection.url),
            code="downgrade",
        )
    upgrade = _read(client, choices, present, target, scanned)
    return _result(module, upgrade, scanned)


def _version(value: str, option: str) -> Version:
    found = parse(value) if re.fullmatch(r"[\w.+-]+", value) else None
    if found is None:
        raise BadInput("%s must be a version of Grafana, for example 12.4.3, not %r" % (option, value))
    return found


def _choices(value: t.Any, org: OrgChoice) -> tuple[OrgChoice, ...] | None:
    """Return the organizations to read; ``None`` for all of them, which is the default."""
    if value in (None, "", []) and org == OrgChoice():
        return None
    return orgs_of(value, org)


def _read(client: Client, choices: tuple[OrgChoice, ...] | None, present: Version, target: Version, scanned: Scan) -> Upgrade:
    """Read keys and accounts from the server: three requests, and two for each organization."""
    before = Upgrade(present, target, hits=tuple(scanned.hits), unseen=tuple(scanned.unseen))
    if present >= API_KEYS_END:
        return before
    org_finder = OrgFinder(client)
    orgs = org_finder.all() if choices is None else _resolved(client, org_finder, choices)
    client.expect(2 * len(orgs) + 3)
    members = _members(client, org_finder)
    accounts = present >= SERVICE_ACCOUNTS

    def read(org: Org) -> OrgKeys:
        if members is not None and org.id not in members:
            return _not_a_member(client, org)
        scope = Scope(client, org, org_finder, many=True)
        with interpreting():
            return _org_keys(scope, accounts, present < LOGIN_PER_ORG <= target)

    with ThreadPoolExecutor(max(1, client.connection.concurrency)) as pool:
        found = tuple(pool.map(read, orgs))
    limits = _limits(client) if any(org.keys for org in found) else Limits()
    return replace(before, orgs=found, limits=limits, partial=choices is None and org_finder.partial)


def _resolved(client: Client, org_finder: OrgFinder, choices: tuple[OrgChoice, ...]) -> list[Org]:
    found = org_finder.resolve(choices)
    missing = [str(choice) for choice in choices if found[choice] is None]
    if missing:
        raise _not_found(client, missing)
    return [org for org in (found[choice] for choice in choices) if org is not None]


def _members(client: Client, org_finder: OrgFinder) -> set[int] | None:
    """Return the ids of the caller's organizations; ``None`` for a token, which belongs to one organization only.

    The list of keys does not show this: in 9.x, a server admin who is not a member gets an empty list, not an error.
    """
    if client.connection.identity.kind == "token":
        return None
    return {int(org["orgId"]) for org in org_finder.memberships()}


def _not_a_member(client: Client, org: Org) -> OrgKeys:
    """Return an organization without its keys, because the caller is not a member. Raises :class:`NotFound`."""
    try:
        if org.name is None and client.find("/api/orgs/%d" % org.id) is None:
            raise _not_found(client, [str(OrgChoice(id=org.id))])
    except Forbidden:
        pass
    return OrgKeys(org, problem=NOT_A_MEMBER)


def _not_found(client: Client, orgs: t.Iterable[str]) -> NotFound:
    return NotFound(
        "organizations not found on %s: %s: correct orgs" % (client.connection.url, ", ".join(orgs)), code="org_not_found"
    )


def _org_keys(scope: Scope, has_accounts: bool, accounts_too: bool) -> OrgKeys:
    """Return the keys of an organization, and its accounts if it has keys or *accounts_too* asks for them."""
    org = t.cast(Org, scope.org)
    try:
        keys = tuple(list_keys(scope) or ())
    except Forbidden:
        return OrgKeys(org, problem=NOT_PERMITTED)
    if not has_accounts or not (keys or accounts_too):
        return OrgKeys(org, keys)
    try:
        return OrgKeys(org, keys, tuple(search(scope)))
    except Forbidden:
        return OrgKeys(org, keys, None)


def _limits(client: Client) -> Limits:
    """Return the settings that matter; only server admins may read them, other callers get unknown limits."""
    try:
        settings: t.Any = client.get("/api/admin/settings")
    except (Forbidden, NotFound, Unauthorized):
        return Limits()
    if not isinstance(settings, dict):
        return Limits()

    def value(section: str, name: str) -> str:
        return str((settings.get(section) or {}).get(name, "")).strip().lower()

    assigns = value("users", "auto_assign_org")
    return Limits(
        assigns_org=assigns in ("true", "1", "yes", "on") if assigns else None,
        longest_seconds=_positive(value("auth", "api_key_max_seconds_to_live")),
        longest_days=_positive(value("service_accounts", "token_expiration_day_limit")),
    )


def _positive(text: str) -> int | None:
    return int(text) if text.isdigit() and int(text) > 0 else None


def _result(module: GrafanaModule, upgrade: Upgrade, scanned: Scan) -> Result:
    """Return the result, and warn about names in ``decided`` that match no finding."""
    decided = set(module.params["decided"] or ())
    found = findings(upgrade)
    unknown = sorted(decided - set(KINDS) - {one.id for one in found})
    if unknown:
        module.warn("decided names findings that do not exist (any more): %s" % ", ".join(unknown))
    # Findings to decide come first.
    found.sort(key=lambda one: not one.decides)
    views = [one.view(one.id in decided or one.kind in decided) for one in found]
    open_ones = [view["id"] for view in views if view["severity"] == DECISION and not view["decided"]]
    return {
        "present_version": str(upgrade.present),
        "target_version": str(upgrade.target),
        "findings": views,
        "decisions": open_ones,
        "ready": not open_ones,
        "report": [_line(one, view) for one, view in zip(found, views)],
        "organizations": [_organization(upgrade, org) for org in upgrade.orgs],
        "scan": {"files": scanned.files, "skipped": dict(sorted(scanned.skipped.items()))},
        "summary": {
            "organizations": len(upgrade.orgs),
            "api_keys": sum(len(org.keys) for org in upgrade.orgs),
            "expired": sum(key.expired for org in upgrade.orgs for key in org.keys),
            "findings": len(views),
            "decisions": len(open_ones),
            "decided": sum(view["decided"] for view in views),
        },
    }


def _line(finding: Finding, view: Result) -> str:
    """Return a finding as one line of text."""
    mark = "decided" if view["decided"] else view["severity"]
    where = "" if finding.org is None else "org %s: " % (finding.org.name or finding.org.id)
    return "[%s] %s - %s%s. Why: %s. What to do: %s." % (mark, finding.id, where, finding.what, view["why"], view["do"])


def _organization(upgrade: Upgrade, found: OrgKeys) -> Result:
    """Return an organization for the result."""
    key_logins = logins(upgrade, found)
    keys = []
    for key in found.keys:
        entry: Result = {**key.shown(), "becomes": None}
        login = key_logins.get(key.id)
        if login is not None:
            entry["becomes"] = {"service_account": AUTOGEN + key.name, "login": login}
        keys.append(entry)
    return {**found.org.shown(), "problem": found.problem, "api_keys": keys}
