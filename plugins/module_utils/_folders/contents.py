# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a folder holds: its deletion takes all of that with it."""

from __future__ import annotations

import typing as t

from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.scope import Scope
from .._grafana.versions import FOLDER_COUNTS
from .tree import Folder, Tree

SUBFOLDERS = "subfolders"
#: What ``/counts`` calls things (the second spelling is that of a feature toggle of 12.x), and what results call them.
KINDS = {
    "folder": SUBFOLDERS,
    "folders": SUBFOLDERS,
    "dashboard": "dashboards",
    "dashboards": "dashboards",
    "alertrule": "alert_rules",
    "alertrules": "alert_rules",
    "librarypanel": "library_panels",
    "librarypanels": "library_panels",
    "library_elements": "library_panels",
}
#: How many dashboards and subfolders an error names.
NAMED = 5
_SEARCHED = 1000


def held(scope: Scope, tree: Tree, folder: Folder) -> dict[str, int]:
    """Return how many things of each kind are in *folder* and below it, as they are after what a check would have done.

    From 12 on the server asks its search index, which may not have seen a write of a moment ago.
    """
    gone = [counted for above, counted in tree.gone if folder.uid in above]
    come: list[t.Mapping[str, int]] = []
    for moved, before, after in tree.moved:
        if (folder.uid in before) != (folder.uid in after):
            (gone if folder.uid in before else come).append(_counted(scope, moved))
    return balance(_counted(scope, folder), gone, come)


def _counted(scope: Scope, folder: Folder) -> dict[str, int]:
    """Return what the server counts in a folder and below it."""
    if folder.planned:
        return {}
    counts: t.Any = None
    if scope.client.at_least(FOLDER_COUNTS) is not False:
        counts = scope.client.find("/api/folders/%s/counts" % segment(folder.uid), org=scope.org_id)
    return _one_by_one(scope, folder) if counts is None else by_kind(counts)


def by_kind(counts: t.Mapping[str, t.Any]) -> dict[str, int]:
    """Return the counts that ``/counts`` answers under the names of results, nothing for zeros. Pure."""
    found: dict[str, int] = {}
    for name, count in sorted(counts.items()):
        kind = KINDS.get(name.lower(), name)
        if count:
            found[kind] = found.get(kind, 0) + int(count)
    return found


def balance(
    found: t.Mapping[str, int], gone: t.Sequence[t.Mapping[str, int]], come: t.Sequence[t.Mapping[str, int]] = ()
) -> dict[str, int]:
    """Return *found* without subfolders that are *gone* and with those that have *come*, each told by what is in it. Pure."""
    left = dict(found)
    for sign, folders in ((-1, gone), (1, come)):
        for counted in folders:
            for kind, count in [(SUBFOLDERS, 1), *counted.items()]:
                left[kind] = left.get(kind, 0) + sign * count
    return {kind: count for kind, count in sorted(left.items()) if count > 0}


def _one_by_one(scope: Scope, folder: Folder) -> dict[str, int]:
    """Ask for each kind, on servers without ``/counts``, where no folder is in another."""
    found = {
        "alert_rules": _alert_rules(scope, folder),
        "dashboards": len(_dashboards(scope, folder)),
        "library_panels": _library_panels(scope, folder),
    }
    return {kind: count for kind, count in found.items() if count}


def _dashboards(scope: Scope, folder: Folder) -> list[str]:
    """Return the titles of the dashboards in the folder."""
    hits = scope.client.each("/api/search", org=scope.org_id, type="dash-db", folderIds=folder.id, limit=_SEARCHED, page=1)
    return [str(hit["title"]) for hit in hits]


def _alert_rules(scope: Scope, folder: Folder) -> int:
    """Return how many alert rules are in the folder; none where they are not served (8.5), or not shown.

    Without ``forceDeleteRules`` the server deletes no folder with rules.
    """
    try:
        found = scope.client.find("/api/ruler/grafana/api/v1/rules/%s" % segment(folder.title), org=scope.org_id)
    except Forbidden:
        return 0
    return sum(len(group.get("rules") or []) for groups in (found or {}).values() for group in groups)


def _library_panels(scope: Scope, folder: Folder) -> int:
    try:
        found = scope.client.get("/api/library-elements", org=scope.org_id, folderFilter=folder.id, perPage=1)
    except (Forbidden, NotFound):
        return 0
    return int(found["result"]["totalCount"])


def names(scope: Scope, folder: Folder) -> list[str]:
    """Return the titles of some of the dashboards and subfolders that are directly in *folder*, for an error."""
    old = scope.client.at_least(FOLDER_COUNTS) is False
    where: dict[str, t.Any] = {"folderIds": folder.id} if old else {"folderUIDs": folder.uid}
    hits = scope.client.get("/api/search", org=scope.org_id, limit=NAMED, **where)
    return [str(hit["title"]) for hit in hits]


def in_words(counts: t.Mapping[str, int]) -> str:
    """Return *counts* for people: ``2 dashboards, 1 subfolder``. Pure."""
    words = []
    for kind, count in counts.items():
        text = kind.replace("_", " ")
        words.append("%d %s" % (count, text[:-1] if count == 1 and text.endswith("s") else text))
    return ", ".join(words)
