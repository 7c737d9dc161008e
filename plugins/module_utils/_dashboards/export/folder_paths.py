# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders of dashboards as paths of titles, told by one list of all."""

from __future__ import annotations

import typing as t

from ..._folders import paths as folders
from ..._folders.tree import PER_PAGE, Folder
from ..._grafana.errors import Forbidden
from ..._grafana.scope import Scope


class FolderPaths:
    """Titles and uids above folders of *scope*. One that is not shown to the caller has its uid for a title.

    From 12.0 on the tree has one list of all folders. Before, it would ask for folder after folder, where a search tells
    them all.
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
            yield Folder(str(hit["uid"]), str(hit["title"]), str(hit.get("folderUid") or folders.GENERAL))

    def _folder(self, uid: str) -> Folder:
        known = self._all()
        if uid not in known:
            try:
                found = folders.tree(self._scope).get(uid)
            except Forbidden:
                found = None
            known[uid] = found or Folder(uid, uid)
        return known[uid]

    def _chain(self, uid: str) -> list[Folder]:
        found: list[Folder] = []
        while uid != folders.GENERAL and uid not in [folder.uid for folder in found]:
            found.insert(0, self._folder(uid))
            uid = found[0].parent_uid
        return found

    def chain(self, uid: str) -> tuple[str, ...]:
        """Return the uids of the folders above one and its own, from the top down; none for what is in no folder."""
        return tuple(folder.uid for folder in self._chain(uid))

    def titles(self, uid: str) -> tuple[str, ...]:
        """Return the titles of the folders above one and its own, from the top down; none for what is in no folder."""
        return tuple(folder.title for folder in self._chain(uid))

    def path(self, uid: str) -> str:
        """Return the titles joined by slashes."""
        return "/".join(self.titles(uid))

    def at(self, path: str) -> set[str]:
        """Return the uids of the folders at *path*, titles joined by slashes; ``general`` is the place outside of all."""
        if not folders.general(path.strip()):
            return {folders.GENERAL}
        wanted = path.strip().strip("/")
        return {uid for uid in list(self._all()) if self.path(uid) == wanted}


__all__ = ["FolderPaths"]
