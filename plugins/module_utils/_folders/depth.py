# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How deep folders can be nested."""

from __future__ import annotations

import typing as t

from .._grafana.errors import Forbidden, NotFound, Refused
from .._grafana.scope import Scope
from .._grafana.versions import DEPTH_IS_A_SETTING, MOVES_ONE_DEEPER, NESTED_FOLDERS
from . import paths as folders
from .tree import Folder, Tree

#: How many folders can be above a folder: 4 can, 5 cannot. Up to 12.4 no setting changes it (recorded); then it is the default.
MOST_ABOVE = 4
#: The largest value of the setting (from the source of 13.1).
CEILING = 7


def above_new(scope: Scope, path: str, below: t.Sequence[str] = ()) -> int:
    """Return how many folders would be above the folder that :func:`paths.make` creates for *path* and *below*."""
    uid, left = folders.reach(scope, path, below)
    return above(scope, uid) + len(left) - 1


def above(scope: Scope, uid: str) -> int:
    """Return how many folders are above an object in the folder *uid*."""
    return len(folders.with_ancestors(scope, uid))


def check_depth(scope: Scope, what: str, depth: int) -> None:
    """Raise :class:`Refused` for a new folder with *depth* folders above it, if the server refuses so many.

    From 13.0 on the limit is a setting that only server admins can read: in check mode, warn others.
    """
    if depth < 1 or not folders.nests(scope):
        return
    limit, certain = _limit(scope)
    if depth <= limit:
        return
    text = "folder %s would have %d folders above it, and Grafana allows %d: choose a parent nearer to the top" % (
        what,
        depth,
        limit,
    )
    _refuse(scope, text, limit, certain or depth > CEILING)


def check_move(scope: Scope, what: str, folder: Folder, depth: int) -> None:
    """Raise :class:`Refused` for a folder that would have *depth* folders above it, if the server refuses the move."""
    if depth < 1 or scope.client.version() is None:
        return
    below = _levels(folders.tree(scope), folder.uid)
    limit, certain = _limit(scope)
    was = above(scope, folder.parent_uid)
    if _movable(scope, limit, was, depth, below):
        return
    text = (
        "folder %s cannot move: it would have %d folders above it, its subfolders have %d more levels, and Grafana allows %d "
        "folders above a folder: choose a parent nearer to the top" % (what, depth, below, limit)
    )
    _refuse(scope, text, limit, certain or not _movable(scope, CEILING, was, depth, below))


def _movable(scope: Scope, limit: int, was: int, depth: int, below: int) -> bool:
    """Tell whether a folder with *below* levels of subfolders may move from *was* to *depth* folders above it.

    From 12.1 on a folder without subfolders may go one level deeper than a new one, and the server does not check a move that
    goes no deeper, nor the subfolders of a folder that is that deep (recorded; ``validateOnUpdate`` in the source of 12.4).
    """
    if scope.client.at_least(MOVES_ONE_DEEPER) is False:
        return depth + below <= limit
    return depth <= limit + 1 and (depth <= was or not 0 < limit + 1 - depth <= below)


def _levels(tree: Tree, uid: str) -> int:
    """Return how many levels of folders are below a folder."""
    return max((1 + _levels(tree, inner.uid) for inner in tree.children(uid)), default=0)


def _refuse(scope: Scope, text: str, limit: int, certain: bool) -> None:
    """Raise :class:`Refused`; if it is not *certain* that the server refuses this, warn in check mode."""
    if certain:
        raise Refused(text, code="too_deep", limit=limit)
    if scope.check:
        scope.warn(text + "; the setting [folder] max_nested_folder_depth may allow more; if it does not, the run fails")


def _limit(scope: Scope) -> tuple[int, bool]:
    """Return how many folders can be above a folder, and whether that is certain."""
    if scope.client.at_least(DEPTH_IS_A_SETTING) is False:
        return MOST_ABOVE, bool(scope.client.at_least(NESTED_FOLDERS))
    found = scope.cached_for_run("folder depth", lambda: _setting(scope))
    return (MOST_ABOVE, False) if found is None else (found, True)


def _setting(scope: Scope) -> int | None:
    """Return the setting of the server, ``None`` if this caller may not read it."""
    try:
        settings: t.Any = scope.client.get("/api/admin/settings")
    except (Forbidden, NotFound):
        return None
    value = str((settings.get("folder") or {}).get("max_nested_folder_depth") or "")
    return min(int(value), CEILING) if value.isdigit() else None


__all__ = ["CEILING", "MOST_ABOVE", "above", "above_new", "check_depth", "check_move"]
