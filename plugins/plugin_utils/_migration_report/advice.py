# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What in a migration report needs a decision, with advice; and how an outcome is called."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .model import DELETED, FAILED, KEPT, MIGRATED, REISSUED, Key, Migration, Organization
from .text import counted, instant

#: How urgent: something is broken or undone; somebody has to choose; good to know.
ACT, DECIDE, KNOW = "act", "decide", "know"

#: What to do about a failure, by its code; what is not here says in its message what to do.
ADVICE = {
    "not_a_member": "Let the task join these organizations (join_org), or run it as somebody who is an Admin of each.",
    "org_not_found": "See whether they were renamed or deleted, and take them from the task.",
    "collision": "The server would give the key an account whose login is taken. Reissue these keys (mode: reissue) under "
    "another account name, or delete the account that is in the way, if nobody needs it. A new name for it changes no login.",
    "login_taken": "Put {org_id} into account_template, or upgrade past Grafana 10.4.0 first.",
    "name_taken": "Choose another name in the rule of adopt; the account works under its old name meanwhile.",
    "not_migrated": "Nothing is lost: the key works as before. Read what the server said, and run the task again.",
    "key_lost": "Whoever uses such a key is locked out now. Make a token for each (grafana_sa_token) and hand it out.",
    "keys_destroyed": "Nothing was written. Use mode: reissue, or set auto_assign_org = true on the server for the migration.",
    "list_cut": "The server shows 100 keys and no more. Migrate or delete some of them, then run the task again.",
    "mixed_roles": "Give keys of different roles accounts of their own, or allow it in the rule of consolidate.",
    "unsupported": "This version of Grafana, or its settings, cannot do that: use another mode, or upgrade first.",
    "forbidden": "Run the task as somebody with the permission, usually an Admin of the organization.",
    "role_forbidden": "Nobody may give an account a higher role than their own: run the task as an Admin.",
    "unauthorized": "The credentials of the task are refused. Correct them first: repeated failures lock the user out.",
    "quota_reached": "Raise the quota on the server, or delete what is not needed.",
    "unreachable": "See whether the server is up and its address right, then run the task again.",
    "server_error": "Read the server's log, then run the task again: it goes on where it stopped.",
    "lost_answer": "Run the task again: it looks first at what has become of the request.",
    "rate_limited": "Run the task again later, or with less concurrency.",
}
OTHERWISE = "Correct what the message says, then run the task again: what is done stays done."

#: By outcome: what was done, what would be, what had been before.
_LABELS = {
    MIGRATED: ("Migrated", "To be migrated", "Migrated before"),
    REISSUED: ("Reissued", "To be reissued", "Reissued before"),
    DELETED: ("Deleted", "To be deleted", "Deleted before"),
    KEPT: ("Kept", "To be kept", "Kept"),
    FAILED: ("Failed", "Would fail", "Failed"),
}


def label(key: Key, planned: bool) -> str:
    """Return in two or three words what became of a key, or would."""
    done, foreseen, before = _LABELS.get(key.outcome, (key.action, key.action, key.action))
    if key.outcome in (KEPT, FAILED):
        return foreseen if planned else done
    return before if key.before else foreseen if planned else done


def headline(report: Migration) -> str:
    """Return in one sentence how it went."""
    sums = report.sums
    if report.failure:
        return "The task failed before it came to any organization."
    if not report.organizations:
        return "There was no organization to look at."
    failed = sums["failed"]
    broken = sum(org.failure is not None or (org.status == "failed" and not org.counts[FAILED]) for org in report.organizations)
    troubles = [counted(failed, "API key") if failed else "", counted(broken, "organization") if broken else ""]
    trouble = " and ".join(one for one in troubles if one)
    if trouble:
        left = "; " + counted(sums["left"], "API key is", "API keys are") + " left" if sums["left"] else ""
        return "%s would fail." % trouble if report.planned else "%s failed%s." % (trouble, left)
    if any(not proof.fine for proof in report.verified):
        return "Not every key that was tested works as expected."
    if not sums["api_keys"] and not sums["left"]:
        return "There are no API keys to migrate."
    if report.planned:
        return "Nothing has been changed: this is what a run would do."
    if sums["left"]:
        return "Nothing failed; %s left." % counted(sums["left"], "API key is", "API keys are")
    return "Nothing failed, and no API key is left."


@dataclass
class Location:
    """Where a finding was made: an organization and what in it."""

    anchor: str
    organization: str
    names: list[str] = field(default_factory=list)


@dataclass
class Finding:
    """Something to decide: how urgent, what it is, what to do about it, where."""

    level: str
    what: str
    advice: str
    places: list[Location] = field(default_factory=list)


def findings(report: Migration) -> list[Finding]:
    """Return what needs somebody, most urgent first."""
    found = [*_whole(report), *_failures(report), *_proofs(report), *_orgs(report), *_keys(report), *_accounts(report)]
    return sorted(found, key=lambda finding: (ACT, DECIDE, KNOW).index(finding.level))


def _whole(report: Migration) -> t.Iterator[Finding]:
    if report.failure:
        yield Finding(ACT, report.failure.message, ADVICE.get(report.failure.code, OTHERWISE))


def _failures(report: Migration) -> t.Iterator[Finding]:
    """Yield what failed, one finding a code."""
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
            "%s not as expected" % counted(len(bad), "tested key is", "tested keys are"),
            "The table of tested keys says why. Whoever uses such a key is locked out, or acts as somebody else.",
            [Location("tested", "Tested keys", [proof.source for proof in bad])],
        )


def _where(report: Migration, fits: t.Callable[[Organization], bool]) -> list[Location]:
    return [Location(org.anchor, org.label) for org in report.organizations if fits(org)]


def _orgs(report: Migration) -> t.Iterator[Finding]:
    places = _where(report, lambda org: org.status == "not_run")
    if places:
        what = counted(len(places), "organization was", "organizations were")
        yield Finding(ACT, "%s not looked at" % what, "The run ended before. Run the task again.", places)
    places = _where(report, lambda org: org.cut and not (org.failure and org.failure.code == "list_cut"))
    if places:
        yield Finding(
            DECIDE,
            "%s more API keys than the server lists" % counted(len(places), "organization may have", "organizations may have"),
            "Grafana lists 100 keys of an organization; the others come to light as those go. A run goes through them in "
            "rounds, where none of the 100 is kept.",
            places,
        )


def _unused(report: Migration, key: Key) -> bool:
    used = instant(key.last_used)
    if used is None:
        return bool(report.tells_use) and key.last_used is None
    return (report.now - used).days > 182


#: What may stand out in a key: how urgent, whether it does, how that is called for one and many, advice.
_Rule = tuple[str, t.Callable[[Migration, Key], bool], str, str, str]
_RULES: tuple[_Rule, ...] = (
    (
        ACT,
        lambda report, key: bool(key.service_account and key.service_account.disabled),
        "key belongs to a disabled account and does not work",
        "keys belong to disabled accounts and do not work",
        "Enable the account (grafana_service_account), or delete it if nobody misses it.",
    ),
    (
        DECIDE,
        lambda report, key: bool(key.role and key.role_after and key.role != key.role_after and not key.failure),
        "key gets another role",
        "keys get another role",
        "If nobody asked for that, set the account's role (grafana_service_account).",
    ),
    (
        DECIDE,
        lambda report, key: key.outcome == REISSUED and key.left,
        "reissued key goes on to work under its old secret",
        "reissued keys go on to work under their old secrets",
        "Move whoever uses them to the new keys, then run the task with delete_keys.",
    ),
    (
        DECIDE,
        lambda report, key: key.outcome == KEPT and key.left and key.expired,
        "expired API key stays",
        "expired API keys stay",
        "They work for nobody. With expired_keys: delete a run takes them away.",
    ),
    (
        DECIDE,
        lambda report, key: key.outcome == KEPT and key.left and not key.expired,
        "API key that works stays",
        "API keys that work stay",
        "Migrate before the upgrade to Grafana 12.1: API keys that were never migrated are refused from then on.",
    ),
    (
        KNOW,
        lambda report, key: key.outcome in (MIGRATED, REISSUED) and key.role == "Admin",
        "key has the role Admin",
        "keys have the role Admin",
        "See whether a lower role would do.",
    ),
    (
        KNOW,
        lambda report, key: key.outcome in (MIGRATED, REISSUED) and _unused(report, key),
        "key has not been used for half a year",
        "keys have not been used for half a year",
        "Ask whether anybody needs them; what is not there cannot leak.",
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
        "Make tokens with a lifetime in their place, and rotate those (grafana_sa_token with renew_before).",
    ),
)


def _keys(report: Migration) -> t.Iterator[Finding]:
    """Yield what stands out in keys."""
    for level, fits, one, many, advice in _RULES:
        places = []
        for org in report.organizations:
            names = [key.name for key in org.keys if fits(report, key)]
            if names:
                places.append(Location(org.anchor, org.label, names))
        if places:
            number = sum(len(place.names) for place in places)
            yield Finding(level, counted(number, one, many), advice, places)
    if report.server.migrates_at_start and report.sums["left"]:
        what = counted(report.sums["left"], "API key that is left becomes", "API keys that are left become")
        yield Finding(
            KNOW,
            "%s service accounts at the server's next start" % what,
            "This version migrates all API keys whenever it starts. Delete before what is not to live on.",
        )


def _accounts(report: Migration) -> t.Iterator[Finding]:
    places = []
    for org in report.organizations:
        names = [account.name for account in org.service_accounts if account.adopted is False and not account.failure]
        if names:
            places.append(Location(org.anchor, org.label, names))
    if places:
        yield Finding(
            KNOW,
            "%s the name that the server made up"
            % counted(sum(len(place.names) for place in places), "service account has", "service accounts have"),
            "They work as they are. The option adopt gives them names and roles of your own.",
            places,
        )
