# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The effects of an upgrade of Grafana on API keys and the code that uses them, and on the server. Nothing here makes requests.

Sources: the code of Grafana 8.5 to 13.1, and recordings of databases of 9.3.2 under 11.5.1, 12.0.0-pre and 12.4.3.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._api_keys.api import AUTOGEN, LIST_CAP, ApiKey, made_by_server
from .._grafana.account_logins import LOGIN_PREFIX
from .._grafana.orgs import Org
from .._grafana.versions import (
    API_KEYS_END,
    DAY_LIMIT,
    KEYS_MIGRATE_AT_START,
    LOGIN_PER_ORG,
    MIGRATION_KEEPS_ORG,
    NO_NEW_API_KEYS,
    ORGS_MAY_REMAIN,
    ORGS_REMAIN,
    SERVICE_ACCOUNTS,
    STORAGE_MIGRATES,
    WITHDRAWN,
    Version,
)
from .._migration.plan import MORE_LOGINS, autogen_login, logins_of
from .._orgs.service_accounts import Account
from .kinds import DECISION, INFO, KINDS
from .lines import DELETE, GET, POST, RESOURCE, UNKNOWN
from .usage import KEY, Hit

#: This collection does not know Grafana from this version on.
UNKNOWN_FROM = Version(13, 2)
#: Why the caller cannot see the keys of an organization; also kinds of findings.
NOT_A_MEMBER, NOT_PERMITTED = "not_a_member", "not_permitted"


@dataclass(frozen=True)
class OrgKeys:
    """The keys and service accounts of an organization.

    *accounts* is ``None`` if the caller may not list them; *problem* says why the caller may not list the keys.
    """

    org: Org
    keys: tuple[ApiKey, ...] = ()
    accounts: tuple[Account, ...] | None = ()
    problem: str | None = None


@dataclass(frozen=True)
class Limits:
    """Settings of the server that limit tokens and migration; lifetimes are in seconds and in days.

    *assigns_org* is ``None`` if the caller may not read it; a lifetime is ``None`` if there is no limit, or none is known.
    """

    assigns_org: bool | None = None
    longest_seconds: int | None = None
    longest_days: int | None = None


@dataclass(frozen=True)
class Upgrade:
    """A server before an upgrade from the version *present* to *target*, and the files that use its API keys.

    *partial*: there may be organizations that the caller cannot list. *unseen*: files that were not read, with the reason.
    """

    present: Version
    target: Version
    orgs: tuple[OrgKeys, ...] = ()
    limits: Limits = Limits()
    partial: bool = False
    hits: tuple[Hit, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()

    def crosses(self, version: Version) -> bool:
        """Return whether *version* is newer than the present version and not newer than the target."""
        return self.present < version <= self.target

    def migrates(self) -> bool:
        """Return whether the server migrates its keys to service accounts when it starts."""
        return self.target >= KEYS_MIGRATE_AT_START and self.present < API_KEYS_END


@dataclass(frozen=True)
class Finding:
    """Something to know or to decide.

    *kind* and *subject* make its id, which is the same in each run. *severity* overrides that of the kind.
    """

    kind: str
    subject: str
    what: str
    org: Org | None = None
    severity: str = ""
    more: t.Mapping[str, t.Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The kind and the subject."""
        return "%s:%s" % (self.kind, self.subject) if self.subject else self.kind

    @property
    def decides(self) -> bool:
        """Whether the user has to decide something."""
        return (self.severity or KINDS[self.kind].severity) == DECISION

    def view(self, decided: bool) -> dict[str, t.Any]:
        """Return the finding for the module's result; *decided* is whether the task names it in ``decided``."""
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
    """Return all findings: about the server, about each organization, about files."""
    found = _of_server(upgrade)
    for org in upgrade.orgs:
        found += _of_org(upgrade, org)
    found += _of_files(upgrade)
    return found


def _of_server(upgrade: Upgrade) -> list[Finding]:
    found = []
    if upgrade.target >= UNKNOWN_FROM:
        found.append(Finding("unknown_version", "", "this collection does not know Grafana %s" % (upgrade.target,)))
    found += _of_version(upgrade)
    if upgrade.present >= API_KEYS_END:
        found.append(Finding("keys_gone", "", "this server (Grafana %s) has no API keys" % (upgrade.present,)))
    if upgrade.crosses(NO_NEW_API_KEYS):
        found.append(Finding("no_new_keys", "", "after the upgrade nobody can create API keys"))
    if upgrade.crosses(API_KEYS_END):
        found.append(Finding("keys_end", "", "after the upgrade there are no API keys and no requests about them"))
    if upgrade.partial and upgrade.present < API_KEYS_END:
        found.append(Finding("orgs_unseen", "", "the caller may not list all organizations, so there may be others"))
    if any(org.keys for org in upgrade.orgs):
        found += _destructive_migration(upgrade) + _lifetimes(upgrade)
    return found


def _of_version(upgrade: Upgrade) -> list[Finding]:
    """Return the findings that do not depend on API keys: what the target version itself does."""
    found = []
    if upgrade.target in WITHDRAWN:
        found.append(Finding("withdrawn_version", "", "Grafana %s was withdrawn" % (upgrade.target,)))
    if upgrade.crosses(STORAGE_MIGRATES):
        found.append(Finding("storage_migrates", "", "the first start migrates folders and dashboards to unified storage"))
    for first, until, words in (*ORGS_REMAIN, *ORGS_MAY_REMAIN):
        if first <= upgrade.target < until and not first <= upgrade.present < until:
            found.append(Finding("orgs_remain", "", "after the upgrade the server cannot delete organizations (%s)" % words))
    return found


def _destructive_migration(upgrade: Upgrade) -> list[Finding]:
    """Return a finding if the upgrade starts at, ends at or passes a version whose migration on request destroys keys."""
    if upgrade.limits.assigns_org or upgrade.present >= MIGRATION_KEEPS_ORG or upgrade.target < SERVICE_ACCOUNTS:
        return []
    known = upgrade.limits.assigns_org is False
    what = "[users] auto_assign_org is off" if known else "the caller may not read whether [users] auto_assign_org is on"
    # An upgrade past these versions in one step never runs one of them.
    passes = upgrade.present < SERVICE_ACCOUNTS and upgrade.target >= MIGRATION_KEEPS_ORG
    return [
        Finding(
            "migration_destroys",
            "",
            "%s, and the upgrade involves Grafana 9.1 to 9.3" % what,
            severity=INFO if passes else DECISION,
        )
    ]


def _lifetimes(upgrade: Upgrade) -> list[Finding]:
    """Return a finding if a setting limits the lifetime of tokens, and there are keys that never expire."""
    limits = upgrade.limits
    settings = []
    if limits.longest_seconds:
        settings.append("[auth] api_key_max_seconds_to_live is %d" % limits.longest_seconds)
    if limits.longest_days and upgrade.target >= DAY_LIMIT:
        settings.append("[service_accounts] token_expiration_day_limit is %d" % limits.longest_days)
    endless = any(key.expires is None for org in upgrade.orgs for key in org.keys)
    if not settings or not endless:
        return []
    return [Finding("token_lifetime", "", "%s, and there are API keys that never expire" % " and ".join(settings))]


def _of_org(upgrade: Upgrade, found: OrgKeys) -> list[Finding]:
    """Return the findings about one organization."""
    org, number = found.org, str(found.org.id)
    if found.problem == NOT_A_MEMBER:
        return [Finding(NOT_A_MEMBER, number, "the caller is not a member, so its API keys are unknown", org)]
    if found.problem:
        return [Finding(NOT_PERMITTED, number, "the caller may not list its API keys", org)]
    findings_of: list[Finding] = []
    if len(found.keys) >= LIST_CAP:
        what = "it has %d API keys or more; the findings are only about the first %d by name" % (LIST_CAP, LIST_CAP)
        findings_of.append(Finding("list_cut", number, what, org))
    if upgrade.migrates():
        findings_of += _migrating(upgrade, found)
    elif found.keys:
        findings_of.append(_combined("keys_stay", found, found.keys, "%s: they stay API keys"))
    expired = [key for key in found.keys if key.expired]
    if expired:
        findings_of.append(_combined("keys_expired", found, expired, "%s: they have expired"))
    made = [account for account in found.accounts or () if made_by_server(account)]
    if made and upgrade.crosses(LOGIN_PER_ORG):
        what = "service accounts %s: their logins change" % ", ".join(account.name for account in made)
        findings_of.append(Finding("logins_change", number, what, org))
    return findings_of


def _combined(kind: str, found: OrgKeys, keys: t.Sequence[ApiKey], text: str) -> Finding:
    """Return one finding about several keys of an organization; ``%s`` in *text* stands for the keys."""
    names = [key.name for key in keys]
    what = text % ("API keys %s" % ", ".join(names))
    return Finding(kind, str(found.org.id), what, found.org, more={"api_keys": names})


def logins(upgrade: Upgrade, found: OrgKeys) -> dict[int | None, str | None]:
    """Return, by the id of each key, the login of its account when the server starts; ``None`` if no login is free."""
    if not upgrade.migrates():
        return {}
    return logins_of(found.keys, _used_logins(upgrade, found), found.org.id, upgrade.target)


def _used_logins(upgrade: Upgrade, found: OrgKeys) -> list[str]:
    """Return the logins and addresses in use when the server starts to migrate."""
    own = "%s%d-" % (LOGIN_PREFIX, found.org.id)
    taken = []
    for account in found.accounts or ():
        login = account.login
        if login.startswith(own):
            # 10.4.1 changed the login of an older account but not its address, so the address may have the old form.
            taken += [login, LOGIN_PREFIX + login[len(own) :]]
        elif upgrade.crosses(LOGIN_PER_ORG):
            taken += [login, own + login[len(LOGIN_PREFIX) :]]
        else:
            taken.append(login)
    return taken


def _migrating(upgrade: Upgrade, found: OrgKeys) -> list[Finding]:
    """Return the findings about the keys that the server migrates when it starts."""
    key_logins = logins(upgrade, found)
    names = {account.name for account in found.accounts or ()}
    result: list[Finding] = []
    for key in found.keys:
        result += _migrating_key(upgrade, found.org, key, key_logins[key.id], names)
    migrating = [key for key in found.keys if key_logins[key.id] is not None]
    if migrating and upgrade.present < KEYS_MIGRATE_AT_START:
        result.append(_combined("keys_migrate", found, migrating, "%%s become service accounts %sNAME" % AUTOGEN))
    if found.keys and found.accounts is None:
        what = "the caller may not list its service accounts, so conflicts of names and logins are unknown"
        result.append(Finding(NOT_PERMITTED, str(found.org.id), what, found.org))
    return result


def _migrating_key(upgrade: Upgrade, org: Org, key: ApiKey, login: str | None, names: t.Container[str]) -> list[Finding]:
    """Return the findings about one key that the server migrates.

    *login* is that of its account, ``None`` if no login is free; *names* are the names of the existing accounts.
    """
    subject, more = "%d:%s" % (org.id, key.name), {"api_keys": [key.name]}
    first = autogen_login(key, org.id, upgrade.target)
    if login is None:
        what = "API key %s: the login %s and the %d alternatives to it are in use" % (key.name, first, MORE_LOGINS)
        return [Finding("login_taken", subject, what, org, more=more)]
    result = []
    if AUTOGEN + key.name in names:
        what = "API key %s: a service account named %s exists already" % (key.name, AUTOGEN + key.name)
        result.append(Finding("same_name", subject, what, org, more=more))
    if login != first:
        what = "API key %s: its account gets the login %s, because %s is in use" % (key.name, login, first)
        result.append(Finding("login_numbered", subject, what, org, more=more))
    if upgrade.present >= KEYS_MIGRATE_AT_START:
        what = "API key %s exists, although this server (Grafana %s) migrates at its start" % (key.name, upgrade.present)
        severity = DECISION if upgrade.target >= API_KEYS_END else INFO
        result.append(Finding("keys_left", subject, what, org, severity, more=more))
    return result


#: The effect on a request, by its method: from which version on, the kind of finding, and a description.
_STAYS = (Version(0, 0), "request_stays", "continues to work")
_REFUSED = (NO_NEW_API_KEYS, "request_breaks", "is refused (410)")
_GONE = (API_KEYS_END, "request_breaks", "does not exist any more (404)")
_EFFECTS: dict[str, tuple[tuple[Version, str, str], ...]] = {
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
        (NO_NEW_API_KEYS, "request_breaks", "cannot create keys any more (410)"),
        (KEYS_MIGRATE_AT_START, "request_breaks", "does not find its key any more, and cannot create a new one (410)"),
        _GONE,
    ),
}


def _effect(method: str, version: Version) -> tuple[Version, str, str]:
    """Return the effect of *version* on a request: an entry of ``_EFFECTS``."""
    return next(step for step in reversed(_EFFECTS[method]) if version >= step[0])


def _of_files(upgrade: Upgrade) -> list[Finding]:
    """Return the findings about files: one for each file and method, one for each file with keys, one for each unread file."""
    found = []
    grouped: dict[tuple[str, str, str], list[Hit]] = {}
    for hit in upgrade.hits:
        grouped.setdefault((hit.path, KEY if hit.kind == KEY else "", hit.method), []).append(hit)
    for (path, key, method), hits in grouped.items():
        lines = sorted({hit.line for hit in hits})
        where = "%s, line %s" % (path, ", ".join(str(line) for line in lines))
        more: dict[str, t.Any] = {"path": path, "lines": lines}
        if key:
            found.append(Finding("key_in_clear", path, "%s: an API key in plain text" % where, more=more))
        else:
            found.append(_of_request(upgrade, path, where, method, hits, more))
    for path, reason in upgrade.unseen:
        found.append(Finding("not_scanned", path, "%s: %s" % (path, reason), more={"path": path}))
    return found


def _of_request(
    upgrade: Upgrade, path: str, where: str, method: str, hits: t.Sequence[Hit], more: t.Mapping[str, t.Any]
) -> Finding:
    """Return the finding about the requests with one *method* in one file; *where* describes their lines."""
    before, after = _effect(method, upgrade.present), _effect(method, upgrade.target)
    kind = "request_broken" if before == after and after != _STAYS else after[1]
    styles = sorted({hit.style for hit in hits if hit.style})
    words = "a request with an unknown method" if method == UNKNOWN else "a resource" if method == RESOURCE else method
    what = "%s: %s%s %s" % (where, words, " (%s)" % ", ".join(styles) if styles else "", after[2])
    return Finding(kind, "%s:%s" % (method, path), what, more={**more, "method": method, "styles": styles})
