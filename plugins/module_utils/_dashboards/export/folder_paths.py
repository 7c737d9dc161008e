# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the paths (titles) of many folders with few requests, from one list of all folders."""

from __future__ import annotations

import typing as t

from ..._folders import paths as folders
from ..._folders.tree import PER_PAGE, Folder
from ..._grafana.errors import Forbidden
from ..._grafana.kubernetes import folder_uid
from ..._grafana.scope import Scope


class FolderPaths:
    """The paths of the folders of an organization. A folder that the caller may not see has its uid as title.

    From 12.0 on the folder tree reads all folders from one list. Before 12.0 it would request each folder, so this class
    reads them all from the search instead.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[str, Folder] | None = None

    def _all(self) -> dict[str, Folder]:
        if self._known is None:
            tree = folders.tree(self._scope)
            self._known = {folder.uid: folder for folder in (tree.every() if tree.complete else self._search())}
        return self._known

    def _search(self) -> t.Iterator[Folder]:
        for hit in self._scope.client.each("/api/search", org=self._scope.org_id, type="dash-folder", limit=PER_PAGE, page=1):
            yield Folder(str(hit["uid"]), str(hit["title"]), folder_uid(hit.get("folderUid")))

    def _folder(self, uid: str) -> Folder:
        known = self._all()
        if uid not in known:
            try:
                folder = folders.tree(self._scope).get(uid)
            except Forbidden:
                folder = None
            known[uid] = folder or Folder(uid, uid)
        return known[uid]

    def _chain(self, uid: str) -> list[Folder]:
        chain: list[Folder] = []
        while uid != folders.GENERAL and uid not in [folder.uid for folder in chain]:
            chain.insert(0, self._folder(uid))
            uid = chain[0].parent_uid
        return chain

    def chain(self, uid: str) -> tuple[str, ...]:
        """Return the uids of the parent folders of a folder, from the top down, and its own; empty for General."""
        return tuple(folder.uid for folder in self._chain(uid))

    def titles(self, uid: str) -> tuple[str, ...]:
        """Return the titles of the parent folders of a folder, from the top down, and its own; empty for General."""
        return tuple(folder.title for folder in self._chain(uid))

    def path(self, uid: str) -> str:
        """Return the titles of :meth:`titles`, joined by slashes."""
        return "/".join(self.titles(uid))

    def at(self, path: str) -> set[str]:
        """Return the uids of the folders at *path* (titles joined by slashes); ``general`` and ``""`` mean General."""
        if not folders.general(path.strip()):
            return {folders.GENERAL}
        wanted = path.strip().strip("/")
        return {uid for uid in list(self._all()) if self.path(uid) == wanted}

    def at_titles(self, titles: tuple[str, ...]) -> set[str]:
        """Return the uids of the folders with exactly these titles, from the top down; none of them means General."""
        return {uid for uid in list(self._all()) if self.titles(uid) == titles} if titles else {folders.GENERAL}


__all__ = ["FolderPaths"]
