# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the contents of a folder, which the server deletes together with the folder."""

from __future__ import annotations

import typing as t

from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.scope import Scope
from .._grafana.versions import FOLDER_COUNTS, HIDDEN_PARENTS, RULES_BY_UID
from .tree import Folder, Tree
from .unlisted import may_be_unlisted

SUBFOLDERS = "subfolders"
#: The kinds in ``/counts`` (singular or, with a feature toggle of 12.x, plural), and their names in results.
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
#: The number of dashboards and subfolders that an error names.
NAMED = 5
_SEARCHED = 1000


def held(scope: Scope, tree: Tree, folder: Folder) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the number of objects of each kind in *folder* and its subfolders, and the kinds that the server does not count.

    In check mode, earlier deletions and moves of the run count as done. From 12 on the server counts with its search index,
    which may lack a recent write.
    """
    answer = _answer(scope, folder)
    if answer is not None and is_direct(answer):
        return _subtree(scope, tree, folder, answer)
    removed = [counts for parents, counts in tree.gone if folder.uid in parents]
    added: list[t.Mapping[str, int]] = []
    for moved, before, after in tree.moved:
        if (folder.uid in before) != (folder.uid in after):
            (removed if folder.uid in before else added).append(_counts(scope, moved, _answer(scope, moved)))
    return balance(_counts(scope, folder, answer), removed, added), () if answer is None else uncounted(answer)


def _answer(scope: Scope, folder: Folder) -> t.Mapping[str, t.Any] | None:
    """Return the answer of ``/counts``; ``None`` for a planned folder, and for a server that does not count all kinds."""
    if folder.planned or scope.client.at_least(FOLDER_COUNTS) is False:
        return None
    found = scope.client.find("/api/folders/%s/counts" % segment(folder.uid), org=scope.org_id)
    return t.cast("t.Mapping[str, t.Any] | None", found)


def _counts(scope: Scope, folder: Folder, answer: t.Mapping[str, t.Any] | None) -> dict[str, int]:
    if folder.planned:
        return {}
    return _count_each_kind(scope, folder) if answer is None else by_kind(answer)


def is_direct(answer: t.Mapping[str, t.Any]) -> bool:
    """Return whether an answer of ``/counts`` is that of 13.1, which leaves out subfolders' contents and alert rules. Pure."""
    return "dashboards" in answer


def uncounted(answer: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """Return the kinds that an answer of ``/counts`` lacks. Pure."""
    counted = {KINDS.get(name.lower()) for name in answer}
    return tuple(kind for kind in sorted(set(KINDS.values())) if kind not in counted)


def _subtree(scope: Scope, tree: Tree, top: Folder, top_answer: t.Mapping[str, t.Any]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Add up the contents of *top* and of all folders below it, where the server counts only what is directly in a folder.

    *top_answer* is the answer of ``/counts`` for *top*. The tree has the subfolders, with the changes of check mode.
    """
    counts: dict[str, int] = {}
    lacking: set[str] = set()
    folders, uids = [top], {top.uid}
    for folder in folders:  # grows
        inner = [one for one in tree.children(folder.uid) if one.uid not in uids]
        folders += inner
        uids.update(one.uid for one in inner)
        answer = top_answer if folder is top else _answer(scope, folder) or {}
        direct = by_kind(answer)
        if not folder.planned:
            lacking.update(uncounted(answer))
        # The server also counts subfolders that the caller may not see, but it may lack the latest writes.
        hidden = direct.pop(SUBFOLDERS, 0) if may_be_unlisted(scope) else 0
        direct[SUBFOLDERS] = max(len(inner), hidden)
        direct["alert_rules"] = _rules_in(scope, folder)
        for kind, count in direct.items():
            counts[kind] = counts.get(kind, 0) + count
    return {kind: count for kind, count in sorted(counts.items()) if count}, tuple(sorted(lacking - {"alert_rules"}))


def _rules_in(scope: Scope, folder: Folder) -> int:
    """Return the number of alert rules directly in the folder, by one list for all folders; warn if it may not be read."""
    try:
        rules: dict[str, int] = scope.cached("alert rules", lambda: _rules_by_folder(scope))
    except (Forbidden, NotFound):
        scope.warn(
            "it is unknown whether folder %s of %s contains alert rules, as the caller may not list them: with contents: refuse "
            "the server does not delete a folder with alert rules" % (folder.title, scope.where())
        )
        return 0
    return rules.get(folder.uid, 0)


def _rules_by_folder(scope: Scope) -> dict[str, int]:
    """Return the number of alert rules directly in each folder, by uid."""
    found: dict[str, int] = {}
    answer = scope.client.get("/api/ruler/grafana/api/v1/rules", org=scope.org_id) or {}
    for rule in (rule for groups in answer.values() for group in groups for rule in group.get("rules") or []):
        uid = str((rule.get("grafana_alert") or {}).get("namespace_uid"))
        found[uid] = found.get(uid, 0) + 1
    return found


def by_kind(counts: t.Mapping[str, t.Any]) -> dict[str, int]:
    """Return an answer of ``/counts`` with the names that results use, without zeros. Pure."""
    renamed: dict[str, int] = {}
    for name, count in sorted(counts.items()):
        kind = KINDS.get(name.lower(), name)
        if count:
            renamed[kind] = renamed.get(kind, 0) + int(count)
    return renamed


def balance(
    counts: t.Mapping[str, int], removed: t.Sequence[t.Mapping[str, int]], added: t.Sequence[t.Mapping[str, int]] = ()
) -> dict[str, int]:
    """Return *counts* minus the *removed* subfolders plus the *added* ones; each is given by its own counts. Pure."""
    result = dict(counts)
    for sign, folders in ((-1, removed), (1, added)):
        for folder_counts in folders:
            for kind, count in [(SUBFOLDERS, 1), *folder_counts.items()]:
                result[kind] = result.get(kind, 0) + sign * count
    return {kind: count for kind, count in sorted(result.items()) if count > 0}


def _count_each_kind(scope: Scope, folder: Folder) -> dict[str, int]:
    """Count each kind with its own request, on servers without ``/counts`` (these have no nested folders)."""
    counts = {
        "alert_rules": _alert_rules(scope, folder),
        "dashboards": len(_dashboards(scope, folder)),
        "library_panels": _library_panels(scope, folder),
    }
    return {kind: count for kind, count in counts.items() if count}


def _dashboards(scope: Scope, folder: Folder) -> list[str]:
    """Return the titles of the dashboards in the folder."""
    hits = scope.client.each("/api/search", org=scope.org_id, type="dash-db", folderIds=folder.id, limit=_SEARCHED, page=1)
    return [str(hit["title"]) for hit in hits]


def _alert_rules(scope: Scope, folder: Folder) -> int:
    """Return the number of alert rules in the folder; 0 if the server does not serve them (8.5) or the caller may not see them.

    Missing a rule does no harm: without ``forceDeleteRules`` the server does not delete a folder that has rules.
    """
    name = folder.title if scope.client.at_least(RULES_BY_UID) is False else folder.uid
    try:
        answer = scope.client.find("/api/ruler/grafana/api/v1/rules/%s" % segment(name), org=scope.org_id)
    except Forbidden:
        return 0
    return sum(len(group.get("rules") or []) for groups in (answer or {}).values() for group in groups)


def _library_panels(scope: Scope, folder: Folder) -> int:
    try:
        answer = scope.client.get("/api/library-elements", org=scope.org_id, folderFilter=folder.id, perPage=1)
    except (Forbidden, NotFound):
        return 0
    return int(answer["result"]["totalCount"])


def warn_of_hidden(scope: Scope, folder: Folder) -> None:
    """Warn before *folder* is deleted because it seems empty, if the server may hide subfolders of it."""
    first, end = HIDDEN_PARENTS
    if scope.client.at_least(first) and scope.client.at_least(end) is False:
        scope.warn(
            "contents: refuse cannot see whether others have created folders in folder %s of %s: Grafana %s does not show "
            "which folder has which parentUid, and deletes them and their dashboards with the folder"
            % (folder.title, scope.where(), scope.client.version())
        )


def names(scope: Scope, folder: Folder) -> list[str]:
    """Return the titles of up to :data:`NAMED` dashboards and subfolders directly in *folder*, for an error message."""
    old = scope.client.at_least(FOLDER_COUNTS) is False
    query: dict[str, t.Any] = {"folderIds": folder.id} if old else {"folderUIDs": folder.uid}
    hits = scope.client.get("/api/search", org=scope.org_id, limit=NAMED, **query)
    return [str(hit["title"]) for hit in hits]


def in_words(counts: t.Mapping[str, int]) -> str:
    """Return *counts* as text for a message: ``2 dashboards, 1 subfolder``. Pure."""
    words = []
    for kind, count in counts.items():
        text = kind.replace("_", " ")
        words.append("%d %s" % (count, text[:-1] if count == 1 and text.endswith("s") else text))
    return ", ".join(words)
