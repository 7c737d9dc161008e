# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that the HTML page and the Markdown page of the migration report share."""

from __future__ import annotations

from .advice import Location
from .model import DELETED, FAILED, KEPT, MIGRATED, OTHER, REISSUED, Account, Migration, Organization
from .text import NAME, visible

#: How many organizations of a finding the pages name, and how many keys or accounts in each.
PLACES, NAMES = 12, 5

_MODES = {"server": "migration by the server", "reissue": "reissuing", "plan": "plan"}
_DONE = {
    FAILED: "failed",
    MIGRATED: "migrated",
    REISSUED: "reissued",
    DELETED: "deleted",
    KEPT: "kept",
    OTHER: "handled otherwise",
}


def key_heads() -> tuple[str, ...]:
    """Return the heads of the table of keys: what the key was before the run, and what it is after it."""
    return ("API key", "Role before", "Expires", "Last used", "Outcome", "Account and token after")


def account_heads(planned: bool) -> tuple[str, ...]:
    """Return the heads of the table of accounts: a plan shows them before the run, and what they become."""
    if planned:
        return ("Account before", "Role before", "Tokens", "State after")
    return ("Account after", "Role after", "Tokens", "State after")


def becomes(account: Account) -> str:
    """Return the planned new name and role of an account; an empty text if it keeps both."""
    name = visible(account.becomes, NAME) if account.becomes else ""
    role = "with the role %s" % visible(account.role_becomes, NAME) if account.role_becomes else ""
    return " ".join(filter(None, (name, role)))


def facts(report: Migration) -> list[tuple[str, str]]:
    """Return the facts about the run: pairs of label and value."""
    server = report.server
    gone = "has no API keys any more" if server.api_keys == "gone" else None
    about = ", ".join(filter(None, (gone, "migrates all keys at each start" if server.migrates_at_start else None)))
    version = "Grafana %s" % server.version if server.version else "Grafana of an unknown version"
    mode = _MODES.get(report.mode, report.mode)
    return [
        ("Server", server.url or "unknown"),
        ("Version", "%s%s" % (version, " (%s)" % about if about else "")),
        ("Mode", mode + (", nothing was changed" if report.planned else "")),
        ("Created", report.made.replace("T", " ").replace("Z", " UTC")),
    ]


def sums(report: Migration) -> list[tuple[str, int, str]]:
    """Return the sums: label, number, and kind of number (``bad``, ``left``, ``good``, ``plain``)."""
    numbers = report.sums
    planned = report.planned
    return [
        ("Organizations", numbers["organizations"], "plain"),
        ("API keys found", numbers["api_keys"], "plain"),
        ("To be migrated" if planned else "Migrated", numbers["migrated"], "good"),
        ("To be reissued" if planned else "Reissued", numbers["reissued"], "good"),
        ("To be deleted" if planned else "Deleted", numbers["deleted"], "plain"),
        ("To be kept" if planned else "Kept", numbers["kept"], "left"),
        ("Would fail" if planned else "Failed", numbers["failed"], "bad"),
        ("API keys that would be left" if planned else "API keys left", numbers["left"], "left"),
        ("Accounts created by the server", numbers["service_accounts"], "plain"),
    ]


def unused(report: Migration) -> str:
    """Return the text for a key without a last use."""
    return {True: "never", False: "not reported", None: "never or not reported"}[report.reports_use]


def org_words(org: Organization, planned: bool) -> str:
    """Return the outcome of an organization in a few words."""
    words = ["id %s" % org.id] if org.id is not None and org.name else []
    if org.status == "not_run":
        return ", ".join([*words, "not processed"])
    if org.failure and not org.keys:
        words.append("failed")
    would = "to be " if planned else ""
    for outcome, word in _DONE.items():
        if org.counts[outcome]:
            if outcome == FAILED and planned:
                words.append("%d would fail" % org.counts[outcome])
            else:
                words.append("%d %s%s" % (org.counts[outcome], would, word))
    if org.left:
        words.append("%d %s" % (org.left, "would be left" if planned else "left"))
    if org.cut:
        words.append("list limited to 100")
    if not org.keys and not org.failure:
        words.append("this version has no API keys" if org.found == "gone" else "no API keys")
    if org.joined:
        words.append("joined by the caller")
    return ", ".join(words)


def names_of(place: Location) -> str:
    """Return the first names of a location, and the number of the others."""
    shown = [visible(name, NAME) for name in place.names[:NAMES]]
    more = len(place.names) - NAMES
    return ", ".join(shown) + (" and %d more" % more if more > 0 else "")
