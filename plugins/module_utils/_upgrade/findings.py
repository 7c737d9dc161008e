# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an upgrade of Grafana means for API keys and for those who use them. All of it is pure.

From the sources of 8.5 to 12.4, and recorded: databases of 9.3.2 under 11.5.1, 12.0.0-pre and 12.4.3.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._api_keys.api import AUTOGEN, LIST_CAP, ApiKey, made_by_server
from .._grafana.orgs import Org
from .._grafana.versions import (
    API_KEYS_END,
    DAY_LIMIT,
    KEYS_MIGRATE_AT_START,
    LOGIN_PER_ORG,
    MIGRATION_KEEPS_ORG,
    NO_NEW_API_KEYS,
    SERVICE_ACCOUNTS,
    Version,
)
from .._migration.plan import MORE_LOGINS, autogen_login, logins_of
from .._orgs.service_accounts import Account
from .kinds import DECISION, INFO, KINDS
from .lines import DELETE, GET, POST, RESOURCE, UNKNOWN
from .usage import KEY, Hit

#: Versions from here on are not known to this collection.
UNKNOWN_FROM = Version(12, 5)
#: Why nothing can be told of an organization; these are kinds of findings, too.
NOT_A_MEMBER, NOT_PERMITTED = "not_a_member", "not_permitted"


@dataclass(frozen=True)
class OrgKeys:
    """What is known of an organization. *accounts* are ``None`` where they were not shown, *problem* says why nothing was."""

    org: Org
    keys: tuple[ApiKey, ...] = ()
    accounts: tuple[Account, ...] | None = ()
    problem: str | None = None


@dataclass(frozen=True)
class Limits:
    """Settings of the server; ``None`` where the caller is not told. Lifetimes are in seconds and days; 0 is no limit."""

    assigns_org: bool | None = None
    longest_seconds: int | None = None
    longest_days: int | None = None


@dataclass(frozen=True)
class Upgrade:
    """An installation before an upgrade from *present* to *target*.

    *partial* tells that there may be organizations which the caller cannot see; *unseen* are files, with the reason.
    """

    present: Version
    target: Version
    orgs: tuple[OrgKeys, ...] = ()
    limits: Limits = Limits()
    partial: bool = False
    hits: tuple[Hit, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()

    def crosses(self, version: Version) -> bool:
        """Tell whether *version* comes with this upgrade."""
        return self.present < version <= self.target

    def migrates(self) -> bool:
        """Tell whether the server turns the keys into accounts when it starts."""
        return self.target >= KEYS_MIGRATE_AT_START and self.present < API_KEYS_END


@dataclass(frozen=True)
class Finding:
    """Something to know or to decide; *subject* makes its id, of which the same finding has the same in each run."""

    kind: str
    subject: str
    what: str
    org: Org | None = None
    severity: str = ""
    more: t.Mapping[str, t.Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The kind, and what it is about."""
        return "%s:%s" % (self.kind, self.subject) if self.subject else self.kind

    @property
    def decides(self) -> bool:
        """Whether somebody has to decide something."""
        return (self.severity or KINDS[self.kind].severity) == DECISION

    def view(self, decided: bool) -> dict[str, t.Any]:
        """Return it as it stands in a result."""
        kind = KINDS[self.kind]
        return {
            "id": self.id,
            "kind": self.kind,
            "severity": self.severity or kind.severity,
            "org_id": self.org.id if self.org else None,
            "org_name": self.org.name if self.org else None,
            "what": self.what,
            "why": kind.why,
            "do": kind.do,
            "decided": self.decides and decided,
            **self.more,
        }


def findings(upgrade: Upgrade) -> list[Finding]:
    """Return what there is to know and to decide: of the server, of each organization, of files."""
    found = _of_server(upgrade)
    for org in upgrade.orgs:
        found += _of_org(upgrade, org)
    found += _of_files(upgrade)
    return found


def _of_server(upgrade: Upgrade) -> list[Finding]:
    found = []
    if upgrade.target >= UNKNOWN_FROM:
        found.append(Finding("unknown_version", "", "what Grafana %s does with API keys is not known here" % (upgrade.target,)))
    if upgrade.present >= API_KEYS_END:
        found.append(Finding("keys_gone", "", "this server (Grafana %s) has no API keys" % (upgrade.present,)))
    if upgrade.crosses(NO_NEW_API_KEYS):
        found.append(Finding("no_new_keys", "", "after the upgrade nobody can make API keys"))
    if upgrade.crosses(API_KEYS_END):
        found.append(Finding("keys_end", "", "after the upgrade there are no API keys and no requests about them"))
    if upgrade.partial and upgrade.present < API_KEYS_END:
        found.append(Finding("orgs_unseen", "", "the caller may not list all organizations: there may be more than these"))
    if any(org.keys for org in upgrade.orgs):
        found += _destroys(upgrade) + _lifetimes(upgrade)
    return found


def _destroys(upgrade: Upgrade) -> list[Finding]:
    """Tell of the versions whose own migration destroys keys, where the upgrade begins, ends or passes there."""
    if upgrade.limits.assigns_org or upgrade.present >= MIGRATION_KEEPS_ORG or upgrade.target < SERVICE_ACCOUNTS:
        return []
    known = upgrade.limits.assigns_org is False
    what = (
        "[users] auto_assign_org is off" if known else "whether [users] auto_assign_org is on cannot be looked up by this caller"
    )
    # Who goes past these versions in one step never runs one.
    passes = upgrade.present < SERVICE_ACCOUNTS and upgrade.target >= MIGRATION_KEEPS_ORG
    return [
        Finding(
            "migration_destroys", "", "%s, and Grafana 9.1 to 9.3 lie on the way" % what, severity=INFO if passes else DECISION
        )
    ]


def _lifetimes(upgrade: Upgrade) -> list[Finding]:
    limits = upgrade.limits
    found = []
    if limits.longest_seconds:
        found.append("[auth] api_key_max_seconds_to_live is %d" % limits.longest_seconds)
    if limits.longest_days and upgrade.target >= DAY_LIMIT:
        found.append("[service_accounts] token_expiration_day_limit is %d" % limits.longest_days)
    endless = any(key.expires is None for org in upgrade.orgs for key in org.keys)
    if not found or not endless:
        return []
    return [Finding("token_lifetime", "", "%s, and there are API keys without an end" % " and ".join(found))]


def _of_org(upgrade: Upgrade, found: OrgKeys) -> list[Finding]:
    """Return what there is to tell of an organization."""
    org, number = found.org, str(found.org.id)
    if found.problem == NOT_A_MEMBER:
        return [Finding(NOT_A_MEMBER, number, "the caller is not a member, so nothing can be told of its API keys", org)]
    if found.problem:
        return [Finding(NOT_PERMITTED, number, "the caller may not list its API keys", org)]
    findings_of: list[Finding] = []
    if len(found.keys) >= LIST_CAP:
        what = "it has %d API keys or more; what is told is about the first %d by name" % (LIST_CAP, LIST_CAP)
        findings_of.append(Finding("list_cut", number, what, org))
    if upgrade.migrates():
        findings_of += _migrating(upgrade, found)
    elif found.keys:
        findings_of.append(_together("keys_stay", found, found.keys, "%s: they stay API keys"))
    expired = [key for key in found.keys if key.expired]
    if expired:
        findings_of.append(_together("keys_expired", found, expired, "%s: they have expired"))
    made = [account for account in found.accounts or () if made_by_server(account)]
    if made and upgrade.crosses(LOGIN_PER_ORG):
        what = "service accounts %s: their logins change" % _list([account.name for account in made])
        findings_of.append(Finding("logins_change", number, what, org))
    return findings_of


def _list(names: t.Sequence[str]) -> str:
    return ", ".join(names)


def _together(kind: str, found: OrgKeys, keys: t.Sequence[ApiKey], text: str) -> Finding:
    """Return one finding about several keys of an organization."""
    names = [key.name for key in keys]
    what = text % ("API keys %s" % _list(names))
    return Finding(kind, str(found.org.id), what, found.org, more={"api_keys": names})


def logins(upgrade: Upgrade, found: OrgKeys) -> dict[int | None, str | None]:
    """Return the login of the account that each key gets when the server starts, by the key's id; ``None``: it gets none."""
    if not upgrade.migrates():
        return {}
    return logins_of(found.keys, _taken(upgrade, found), found.org.id, upgrade.target)


def _taken(upgrade: Upgrade, found: OrgKeys) -> list[str]:
    """Return the logins and addresses that are taken when the server starts to migrate."""
    own = "sa-%d-" % found.org.id
    taken = []
    for account in found.accounts or ():
        login = account.login
        if login.startswith(own):
            # One from before 10.4.1 has lost this beginning in its address: that is taken still.
            taken += [login, "sa-" + login[len(own) :]]
        elif upgrade.crosses(LOGIN_PER_ORG):
            taken += [login, own + login[len("sa-") :]]
        else:
            taken.append(login)
    return taken


def _migrating(upgrade: Upgrade, found: OrgKeys) -> list[Finding]:
    """Return what becomes of keys that the server turns into accounts."""
    org, will = found.org, logins(upgrade, found)
    names = {account.name for account in found.accounts or ()}
    result = []
    smooth = []
    for key in found.keys:
        subject = "%d:%s" % (org.id, key.name)
        more = {"api_keys": [key.name]}
        first = autogen_login(key, org.id, upgrade.target)
        login = will[key.id]
        if login is None:
            what = "API key %s: the login %s and the %d after it are taken" % (key.name, first, MORE_LOGINS)
            result.append(Finding("login_taken", subject, what, org, more=more))
            continue
        if AUTOGEN + key.name in names:
            what = "API key %s: a service account is called %s already" % (key.name, AUTOGEN + key.name)
            result.append(Finding("same_name", subject, what, org, more=more))
        if login != first:
            what = "API key %s: its account gets the login %s, as %s is taken" % (key.name, login, first)
            result.append(Finding("login_numbered", subject, what, org, more=more))
        if upgrade.present >= KEYS_MIGRATE_AT_START:
            what = "API key %s is one still, though this server (Grafana %s) migrates at its start" % (key.name, upgrade.present)
            severity = DECISION if upgrade.target >= API_KEYS_END else INFO
            result.append(Finding("keys_left", subject, what, org, severity, more=more))
        else:
            smooth.append(key)
    if smooth:
        result.append(_together("keys_migrate", found, smooth, "%%s become service accounts %sNAME" % AUTOGEN))
    if found.keys and found.accounts is None:
        what = "the caller may not list its service accounts, so it cannot be told whose names collide"
        result.append(Finding(NOT_PERMITTED, str(org.id), what, org))
    return result


#: What becomes of a request by its method: from which version on, the kind of finding, and in words.
_STAYS = (Version(0, 0), "request_stays", "goes on to work")
_REFUSED = (NO_NEW_API_KEYS, "request_breaks", "is refused (410)")
_GONE = (API_KEYS_END, "request_breaks", "is not there any more (404)")
_FATE: dict[str, tuple[tuple[Version, str, str], ...]] = {
    POST: (_STAYS, _REFUSED, _GONE),
    GET: (_STAYS, (KEYS_MIGRATE_AT_START, "request_finds_nothing", "gets an empty list"), _GONE),
    DELETE: (_STAYS, (KEYS_MIGRATE_AT_START, "request_breaks", "finds no key (404)"), _GONE),
    UNKNOWN: (
        _STAYS,
        (NO_NEW_API_KEYS, "request_unclear", "may be refused (410)"),
        (KEYS_MIGRATE_AT_START, "request_unclear", "may be refused (410), or find no key"),
        _GONE,
    ),
    RESOURCE: (
        _STAYS,
        (NO_NEW_API_KEYS, "request_breaks", "can make no key any more (410)"),
        (KEYS_MIGRATE_AT_START, "request_breaks", "does not find its key any more, and can make no new one (410)"),
        _GONE,
    ),
}


def _fate(method: str, version: Version) -> tuple[Version, str, str]:
    """Return what *version* makes of a request."""
    return next(step for step in reversed(_FATE[method]) if version >= step[0])


def _of_files(upgrade: Upgrade) -> list[Finding]:
    """Return what becomes of the requests in files: one finding a file and method."""
    found = []
    together: dict[tuple[str, str, str], list[Hit]] = {}
    for hit in upgrade.hits:
        together.setdefault((hit.path, KEY if hit.kind == KEY else "", hit.method), []).append(hit)
    for (path, key, method), hits in together.items():
        lines = sorted({hit.line for hit in hits})
        where = "%s, line %s" % (path, _list([str(line) for line in lines]))
        more: dict[str, t.Any] = {"path": path, "lines": lines}
        if key:
            found.append(Finding("key_in_clear", path, "%s: an API key in clear" % where, more=more))
            continue
        before, after = _fate(method, upgrade.present), _fate(method, upgrade.target)
        kind = "request_broken" if before == after and after != _STAYS else after[1]
        styles = sorted({hit.style for hit in hits if hit.style})
        words = "a request whose method cannot be told" if method == UNKNOWN else "a resource" if method == RESOURCE else method
        what = "%s: %s%s %s" % (where, words, " (%s)" % _list(styles) if styles else "", after[2])
        more.update(method=method, styles=styles)
        found.append(Finding(kind, "%s:%s" % (method, path), what, more=more))
    for path, reason in upgrade.unseen:
        found.append(Finding("not_scanned", path, "%s: %s" % (path, reason), more={"path": path}))
    return found
