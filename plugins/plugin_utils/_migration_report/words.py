# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages of the migration report say alike."""

from __future__ import annotations

from .advice import Location
from .model import DELETED, FAILED, KEPT, MIGRATED, OTHER, REISSUED, Migration, Organization
from .text import NAME, visible

#: How many organizations of a finding are named, and how many things in each.
PLACES, NAMES = 12, 5

_MODES = {"server": "migration by the server", "reissue": "reissuing", "plan": "plan"}
_DONE = {
    FAILED: "failed",
    MIGRATED: "migrated",
    REISSUED: "reissued",
    DELETED: "deleted",
    KEPT: "kept",
    OTHER: "of another fate",
}


def facts(report: Migration) -> list[tuple[str, str]]:
    """Return what is true of the whole run: pairs of words and values."""
    server = report.server
    gone = "has no API keys any more" if server.api_keys == "gone" else None
    about = ", ".join(filter(None, (gone, "migrates all keys at each start" if server.migrates_at_start else None)))
    version = "Grafana %s" % server.version if server.version else "Grafana of an unknown version"
    mode = _MODES.get(report.mode, report.mode)
    return [
        ("Server", server.url or "not told"),
        ("Version", "%s%s" % (version, " (%s)" % about if about else "")),
        ("Mode", mode + (", nothing was changed" if report.planned else "")),
        ("Made", report.made.replace("T", " ").replace("Z", " UTC")),
    ]


def sums(report: Migration) -> list[tuple[str, int, str]]:
    """Return the sums: words, number, and what kind of number (``bad``, ``left``, ``good``, ``plain``)."""
    told = report.sums
    planned = report.planned
    return [
        ("Organizations", told["organizations"], "plain"),
        ("API keys found", told["api_keys"], "plain"),
        ("To be migrated" if planned else "Migrated", told["migrated"], "good"),
        ("To be reissued" if planned else "Reissued", told["reissued"], "good"),
        ("To be deleted" if planned else "Deleted", told["deleted"], "plain"),
        ("To be kept" if planned else "Kept", told["kept"], "left"),
        ("Would fail" if planned else "Failed", told["failed"], "bad"),
        ("Would be left" if planned else "Left", told["left"], "left"),
        ("Accounts made by the server", told["service_accounts"], "plain"),
    ]


def unused(report: Migration) -> str:
    """Return what is said where no last use is told."""
    return {True: "never", False: "not told", None: "never or not told"}[report.tells_use]


def org_words(org: Organization, planned: bool) -> str:
    """Return in a few words what became of an organization's keys."""
    words = ["id %s" % org.id] if org.id is not None and org.name else []
    if org.status == "not_run":
        return ", ".join([*words, "not looked at"])
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
        words.append("list cut at 100")
    if not org.keys and not org.failure:
        words.append("this version has no API keys" if org.found == "gone" else "no API keys")
    if org.joined:
        words.append("joined by the caller")
    return ", ".join(words)


def names_of(place: Location) -> str:
    """Return the first names of a place, and how many more there are."""
    shown = [visible(name, NAME) for name in place.names[:NAMES]]
    more = len(place.names) - NAMES
    return ", ".join(shown) + (" and %d more" % more if more > 0 else "")
