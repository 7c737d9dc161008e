# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings of a migration report that need a decision, with advice; and the labels of outcomes."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .model import DELETED, FAILED, KEPT, MIGRATED, REISSUED, Key, Migration, Organization
from .text import counted, instant, with_prefix

#: The urgency of a finding: something is broken or not done; somebody has to decide; good to know.
ACT, DECIDE, KNOW = "act", "decide", "know"

#: What to do about a failure, by its code. For other codes, the message itself says what to do.
ADVICE = {
    "not_a_member": "Set join_org so that the task joins these organizations, or run it as a user who is an Admin of each.",
    "org_not_found": "Check whether they were renamed or deleted, and correct the task.",
    "collision": "The server would give the key an account with a login that is in use. Reissue these keys (mode: reissue) with "
    "another account name, or delete the account that has the login, if nobody needs it. Renaming that account does not help.",
    "login_taken": "Add {org_id} to account_template, or upgrade past Grafana 10.4.0 first.",
    "name_taken": "Choose another name in the rule of adopt. Until then, the account works with its old name.",
    "not_migrated": "The key still works as before. Read the server's message, and run the task again.",
    "key_lost": "Clients that use such a key have no access now. Create a token for each (grafana_sa_token) and distribute it.",
    "keys_destroyed": "Nothing was changed. Use mode: reissue, or set auto_assign_org = true on the server for the migration.",
    "list_cut": "The server lists at most 100 keys. Migrate or delete some of them, then run the task again.",
    "mixed_roles": "Use a separate account for each role, or set mixed_roles in the rule of consolidate.",
    "unsupported": "This version of Grafana, or its settings, do not support this: use another mode, or upgrade first.",
    "forbidden": "Run the task as a user with the permission, usually an Admin of the organization.",
    "role_forbidden": "A user cannot give an account a higher role than their own: run the task as an Admin.",
    "unauthorized": "The server refuses the credentials of the task. Correct them first: repeated failures lock the user out.",
    "quota_reached": "Raise the quota on the server, or delete objects that are not needed.",
    "unreachable": "Check that the server is running and that its address is correct, then run the task again.",
    "server_error": "Read the server's log, then run the task again: it continues where it stopped.",
    "lost_answer": "Run the task again: it first checks whether the server carried out the request.",
    "rate_limited": "Run the task again later, or with less concurrency.",
}
OTHERWISE = "Correct the cause that the message names, then run the task again: completed changes stay."

#: The labels by outcome: done by the run, planned, done before the run.
_LABELS = {
    MIGRATED: ("Migrated", "To be migrated", "Migrated before"),
    REISSUED: ("Reissued", "To be reissued", "Reissued before"),
    DELETED: ("Deleted", "To be deleted", "Deleted before"),
    KEPT: ("Kept", "To be kept", "Kept"),
    FAILED: ("Failed", "Would fail", "Failed"),
}


def label(key: Key, planned: bool) -> str:
    """Return the outcome of a key in two or three words; with *planned*, the outcome after a run."""
    done, future, before = _LABELS.get(key.outcome, (key.action, key.action, key.action))
    if key.outcome in (KEPT, FAILED):
        return future if planned else done
    return before if key.before else future if planned else done


def headline(report: Migration) -> str:
    """Return the result of the migration in one sentence."""
    sums = report.sums
    if report.failure:
        return "The task failed before it processed any organization."
    if not report.organizations:
        return "The task processed no organizations."
    failed = sums["failed"]
    broken = sum(org.failure is not None or (org.status == "failed" and not org.counts[FAILED]) for org in report.organizations)
    troubles = [counted(failed, "API key") if failed else "", counted(broken, "organization") if broken else ""]
    trouble = " and ".join(one for one in troubles if one)
    if trouble:
        left = "; " + counted(sums["left"], "API key is", "API keys are") + " left" if sums["left"] else ""
        return "%s would fail." % trouble if report.planned else "%s failed%s." % (trouble, left)
    if any(not proof.fine for proof in report.verified):
        return "Some tested keys do not work as expected."
    if not sums["api_keys"] and not sums["left"]:
        return "There are no API keys to migrate."
    if report.planned:
        return "Nothing was changed: this report shows what a run would do."
    if sums["left"]:
        return "Nothing failed; %s left." % counted(sums["left"], "API key is", "API keys are")
    return "Nothing failed, and no API key is left."


@dataclass
class Location:
    """Where a finding applies: an organization, and the names of keys, accounts or sources in it."""

    anchor: str
    organization: str
    names: list[str] = field(default_factory=list)


@dataclass
class Finding:
    """Something to do, to decide or to know: its urgency, what it is, what to do about it, and where."""

    level: str
    what: str
    advice: str
    places: list[Location] = field(default_factory=list)


def findings(report: Migration) -> list[Finding]:
    """Return all findings, most urgent first."""
    found = [*_task_failure(report), *_failures(report), *_proofs(report), *_orgs(report), *_keys(report), *_accounts(report)]
    for finding in found:
        finding.advice = with_prefix(finding.advice, report.option_prefix)
    return sorted(found, key=lambda finding: (ACT, DECIDE, KNOW).index(finding.level))


def _task_failure(report: Migration) -> t.Iterator[Finding]:
    if report.failure:
        yield Finding(ACT, report.failure.message, ADVICE.get(report.failure.code, OTHERWISE))


def _failures(report: Migration) -> t.Iterator[Finding]:
    """Yield the failures of organizations, keys and accounts: one finding for each code."""
    orgs: dict[str, list[Location]] = {}
    keys: dict[str, list[Location]] = {}
    accounts: dict[str, list[Location]] = {}
    for org in report.organizations:
        if org.failure:
            orgs.setdefault(org.failure.code, []).append(Location(org.anchor, org.label))
        for into, things in ((keys, org.keys), (accounts, org.service_accounts)):
            for code in {thing.failure.code: None for thing in things if thing.failure}:
                names = [thing.name for thing in things if thing.failure and thing.failure.code == code]
                into.setdefault(code, []).append(Location(org.anchor, org.label, names))
    for kinds, noun in ((orgs, "organization"), (keys, "API key"), (accounts, "service account")):
        for code, places in sorted(kinds.items()):
            number = sum(len(place.names) or 1 for place in places)
            what = "%s %s (%s)" % (counted(number, noun), "would fail" if report.planned else "failed", code)
            yield Finding(ACT, what, ADVICE.get(code, OTHERWISE), places)


def _proofs(report: Migration) -> t.Iterator[Finding]:
    bad = [proof for proof in report.verified if not proof.fine]
    if bad:
        yield Finding(
            ACT,
            "%s not work as expected" % counted(len(bad), "tested key does", "tested keys do"),
            "The table of tested keys shows why. Clients that use such a key have no access, or another account or role.",
            [Location("tested", "Tested keys", [proof.source for proof in bad])],
        )


def _where(report: Migration, matches: t.Callable[[Organization], bool]) -> list[Location]:
    return [Location(org.anchor, org.label) for org in report.organizations if matches(org)]


def _orgs(report: Migration) -> t.Iterator[Finding]:
    places = _where(report, lambda org: org.status == "not_run")
    if places:
        what = counted(len(places), "organization was", "organizations were")
        yield Finding(ACT, "%s not processed" % what, "The run stopped before. Run the task again.", places)
    places = _where(report, lambda org: org.cut and not (org.failure and org.failure.code == "list_cut"))
    if places:
        yield Finding(
            DECIDE,
            "%s more API keys than the server lists" % counted(len(places), "organization may have", "organizations may have"),
            "Grafana lists at most 100 keys of an organization; it lists others once these are migrated or deleted. A run does "
            "this in rounds, unless it keeps one of the 100 keys.",
            places,
        )


def _unused(report: Migration, key: Key) -> bool:
    """Return whether a key has not been used for half a year, as far as the server reports it."""
    used = instant(key.last_used)
    if used is None:
        return bool(report.reports_use) and key.last_used is None
    return (report.now - used).days > 182


#: The rules for keys: urgency, whether the rule applies to a key, description for one and for many keys, advice.
_Rule = tuple[str, t.Callable[[Migration, Key], bool], str, str, str]
_RULES: tuple[_Rule, ...] = (
    (
        ACT,
        lambda report, key: bool(key.service_account and key.service_account.disabled),
        "key belongs to a disabled account and does not work",
        "keys belong to disabled accounts and do not work",
        "Enable the account (grafana_service_account), or delete it if nobody needs it.",
    ),
    (
        DECIDE,
        lambda report, key: bool(key.role and key.role_after and key.role != key.role_after and not key.failure),
        "key gets another role",
        "keys get another role",
        "If this is not intended, set the account's role (grafana_service_account).",
    ),
    (
        DECIDE,
        lambda report, key: key.outcome == REISSUED and key.left,
        "reissued key still works with its old secret",
        "reissued keys still work with their old secrets",
        "Switch all clients to the new keys, then run the task with delete_keys.",
    ),
    (
        DECIDE,
        lambda report, key: key.outcome == KEPT and key.left and key.expired,
        "expired API key is kept",
        "expired API keys are kept",
        "Expired keys do not work any more. A run with expired_keys: delete deletes them.",
    ),
    (
        DECIDE,
        lambda report, key: key.outcome == KEPT and key.left and not key.expired,
        "working API key is kept",
        "working API keys are kept",
        "Migrate before the upgrade to Grafana 12.1: from then on, the server refuses API keys that were never migrated.",
    ),
    (
        KNOW,
        lambda report, key: key.outcome in (MIGRATED, REISSUED) and key.role == "Admin",
        "key has the role Admin",
        "keys have the role Admin",
        "Check whether a lower role is enough.",
    ),
    (
        KNOW,
        lambda report, key: key.outcome in (MIGRATED, REISSUED) and _unused(report, key),
        "key has not been used for half a year",
        "keys have not been used for half a year",
        "Unused keys are a risk: delete the keys that nobody needs.",
    ),
    (
        KNOW,
        lambda report, key: (
            key.outcome in (MIGRATED, REISSUED)
            and (key.token.expires if key.token and key.token.id is not None else key.expires) is None
            and (key.id is not None or bool(key.token))
        ),
        "key never expires",
        "keys never expire",
        "Use tokens with a lifetime instead, and rotate them (grafana_sa_token with renew_before).",
    ),
)


def _keys(report: Migration) -> t.Iterator[Finding]:
    """Yield the findings about keys."""
    for level, applies, one, many, advice in _RULES:
        places = []
        for org in report.organizations:
            names = [key.name for key in org.keys if applies(report, key)]
            if names:
                places.append(Location(org.anchor, org.label, names))
        if places:
            number = sum(len(place.names) for place in places)
            yield Finding(level, counted(number, one, many), advice, places)
    if report.server.migrates_at_start and report.sums["left"]:
        what = counted(
            report.sums["left"], "remaining API key becomes a service account", "remaining API keys become service accounts"
        )
        advice = "This version migrates all API keys whenever it starts. Before that, delete the keys that you do not need."
        yield Finding(KNOW, "%s at the server's next start" % what, advice)


def _accounts(report: Migration) -> t.Iterator[Finding]:
    places = []
    for org in report.organizations:
        names = [account.name for account in org.service_accounts if account.adopted is False and not account.failure]
        if names:
            places.append(Location(org.anchor, org.label, names))
    if places:
        number = sum(len(place.names) for place in places)
        what = "%s by the server" % counted(
            number, "service account has a name generated", "service accounts have names generated"
        )
        yield Finding(KNOW, what, "The option adopt sets names and roles that you choose; it is not required.", places)
