# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders of an organization as paths of titles, told by one list of all."""

from __future__ import annotations

import typing as t

from ansible_collections.orgsmith.grafana.plugins.module_utils import _folders as folders
from ansible_collections.orgsmith.grafana.plugins.module_utils._client import segment
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_routes import FOLDER_NOTE, namespace
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import Forbidden, NotFound
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._versions import DASHBOARD_APIS

#: At 12.0 a folder's object says what is above it in this way: uids from the top down, its own last (recorded).
_UIDS_NOTE = "grafana.app/fullpathUIDs"


class Folder(t.NamedTuple):
    """A folder's title, and the uid of the folder that it is in (``""``: none)."""

    title: str
    parent: str


class FolderPaths:
    """Titles and uids above each folder of *scope*, listed when they are first asked for.

    From 12.0 on the list is that of ``/apis/folder.grafana.app``, which knows of a write at once; else the search.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[str, Folder] | None = None

    def _all(self) -> dict[str, Folder]:
        if self._known is None:
            self._known = dict(self._listed())
        return self._known

    def _listed(self) -> t.Iterator[tuple[str, Folder]]:
        if self._scope.client.at_least(DASHBOARD_APIS):
            try:
                return iter(list(self._objects()))
            except (Forbidden, NotFound):
                pass
        return self._search()

    def _objects(self) -> t.Iterator[tuple[str, Folder]]:
        path = "/apis/folder.grafana.app/v1beta1/namespaces/%s/folders" % namespace(self._scope.org_id)
        more: str | None = None
        seen: set[str] = set()
        while True:
            page = self._scope.client.get(path, org=self._scope.org_id, limit=folders.PER_PAGE, **{"continue": more})
            before = len(seen)
            for entry in page.get("items") or []:
                metadata = entry["metadata"]
                notes = metadata.get("annotations") or {}
                above = str(notes.get(_UIDS_NOTE) or "").split("/")[:-1]
                parent = str(notes.get(FOLDER_NOTE) or (above[-1] if above else ""))
                seen.add(str(metadata["name"]))
                yield str(metadata["name"]), Folder(str((entry.get("spec") or {}).get("title") or ""), parent)
            more = (page.get("metadata") or {}).get("continue") or None
            if more is None or len(seen) == before:
                return

    def _search(self) -> t.Iterator[tuple[str, Folder]]:
        page = 1
        while True:
            hits = self._scope.client.get(
                "/api/search", org=self._scope.org_id, type="dash-folder", limit=folders.PER_PAGE, page=page
            )
            for hit in hits:
                yield str(hit["uid"]), Folder(str(hit["title"]), str(hit.get("folderUid") or ""))
            if len(hits) < folders.PER_PAGE:
                return
            page += 1

    def _folder(self, uid: str) -> Folder:
        """Return a folder; one that no list has is asked for, and one that is not shown has its uid for a title."""
        known = self._all()
        if uid not in known:
            try:
                found = self._scope.client.find("/api/folders/%s" % segment(uid), org=self._scope.org_id)
            except Forbidden:
                found = None
            known[uid] = Folder(uid, "") if found is None else Folder(str(found["title"]), str(found.get("parentUid") or ""))
        return known[uid]

    def chain(self, uid: str) -> tuple[str, ...]:
        """Return the uids of the folders above one and its own, from the top down; none for what is in no folder."""
        found: list[str] = []
        while uid and uid not in found:
            found.insert(0, uid)
            uid = self._folder(uid).parent
        return tuple(found)

    def titles(self, uid: str) -> tuple[str, ...]:
        """Return the titles of the folders above one and its own, from the top down; none for what is in no folder."""
        return tuple(self._folder(one).title or one for one in self.chain(uid))

    def path(self, uid: str) -> str:
        """Return the titles joined by slashes."""
        return "/".join(self.titles(uid))

    def at(self, path: str) -> set[str]:
        """Return the uids of the folders at *path*, titles joined by slashes; ``general`` is the place outside of all."""
        if path.strip().lower() in folders.GENERAL_NAMES:
            return {folders.GENERAL}
        wanted = path.strip().strip("/")
        return {uid for uid in list(self._all()) if self.path(uid) == wanted}


__all__ = ["FolderPaths"]
