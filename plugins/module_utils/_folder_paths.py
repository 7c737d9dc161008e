# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders of dashboards as paths of titles."""

from __future__ import annotations

from ansible_collections.orgsmith.grafana.plugins.module_utils import _folders as folders
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import Forbidden
from ansible_collections.orgsmith.grafana.plugins.module_utils._folder_tree import Folder
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope


class FolderPaths:
    """Titles and uids above folders of *scope*. One that is not shown to the caller has its uid for a title."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def _chain(self, uid: str) -> list[Folder]:
        if uid == folders.GENERAL:
            return []
        tree = folders.tree(self._scope)
        try:
            found = tree.get(uid)
        except Forbidden:
            found = None
        return [Folder(uid, uid)] if found is None else [*tree.above(uid), found]

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
        if path.strip().lower() in folders.GENERAL_NAMES:
            return {folders.GENERAL}
        wanted = path.strip().strip("/")
        return {folder.uid for folder in folders.tree(self._scope).every() if self.path(folder.uid) == wanted}


__all__ = ["FolderPaths"]
