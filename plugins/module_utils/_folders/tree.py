# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folders of an organization, as far as they were asked for.

From 12.0 on one list of ``/apis/folder.grafana.app`` gives them all, with what only it tells (description, who manages
it), and at once after a write; the legacy list goes by the search index there, which lags. Before, the legacy routes
are asked folder by folder.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.kubernetes import FOLDER_NOTE, FOLDERS, MANAGER_NOTE, NOTE, collection, pages
from .._grafana.scope import Scope
from .._grafana.versions import FOLDER_APIS, NESTED_FOLDERS
from .unlisted import look_up, may_be_unlisted

#: Folders a page.
PER_PAGE = 1000
#: The uid of the place for what is in no folder, as results and our options write it.
GENERAL = ""
#: At 12.0 an object also says all uids from the top down, its own last (recorded).
UIDS_NOTE = NOTE + "fullpathUIDs"
#: A folder that legacy lists show to those who may see only some, and that is none.
SHARED = "sharedwithme"


@dataclass(frozen=True)
class Folder:
    """A folder. *description* is ``None`` where the server does not tell it, *version* where it has none (12.0).

    *managed_by* says by what it is managed, where it must not be written. A *planned* folder is one that a check
    would have made; its uid stands for one that the server would give, and is never sent.
    """

    uid: str
    title: str
    parent_uid: str = GENERAL
    id: int | None = None
    version: int | None = None
    description: str | None = None
    managed_by: str | None = None
    planned: bool = False


def from_legacy(found: t.Mapping[str, t.Any]) -> Folder:
    """Return an answer, or an entry of a list, of ``/api/folders`` as a value."""
    version = found.get("version")
    manager = found.get("managedBy") or found.get("repository")  # 12.0 has the second
    return Folder(
        uid=str(found["uid"]),
        title=str(found["title"]),
        parent_uid=str(found.get("parentUid") or GENERAL),
        id=found.get("id"),
        version=None if version is None else int(version),
        managed_by=str(manager) if manager else None,
    )


def from_object(found: t.Mapping[str, t.Any]) -> Folder:
    """Return a Kubernetes-style folder as a value."""
    metadata, spec = found["metadata"], found.get("spec") or {}
    notes = metadata.get("annotations") or {}
    generation = metadata.get("generation")
    above = str(notes.get(UIDS_NOTE) or "").split("/")[:-1]
    return Folder(
        uid=str(metadata["name"]),
        title=str(spec.get("title") or ""),
        parent_uid=str(notes.get(FOLDER_NOTE) or (above[-1] if above else GENERAL)),
        version=None if generation is None else int(generation),
        description=str(spec.get("description") or ""),
        managed_by=notes.get(MANAGER_NOTE),
    )


class Tree:
    """What is known of the folders of one organization; what is not known yet is asked for."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[str, Folder] = {}
        #: Folders that were read one by one, missing ones included: a list of 11.x tells no version.
        self._read: set[str] = set()
        self._inside: dict[str, dict[str, None]] = {}
        self._listed: set[str] = set()
        self._complete: bool | None = None
        self._planned = 0
        #: What a check has deleted: the uids above each folder, and what was left in it.
        self.gone: list[tuple[frozenset[str], t.Mapping[str, int]]] = []
        #: What a check has moved: the folder, and the uids that were above it, and are.
        self.moved: list[tuple[Folder, frozenset[str], frozenset[str]]] = []

    @property
    def complete(self) -> bool:
        """Whether one list told all folders, and so descriptions too."""
        if self._complete is None:
            self._complete = self._load()
        return self._complete

    def _load(self) -> bool:
        if not self._scope.client.at_least(FOLDER_APIS):
            return False
        try:
            for page, _last in pages(self._scope, collection(self._scope, FOLDERS, "v1beta1", "folders"), PER_PAGE):
                before = len(self._known)
                for entry in page:
                    self.put(from_object(entry))
                if len(self._known) == before:  # legacy storage may give the same page for ever
                    break
        except (Forbidden, NotFound):
            # Not served here (a stack of Grafana Cloud names its namespace otherwise), or nobody may: ask the rest.
            return False
        return True

    def find(self, uid: str) -> Folder | None:
        """Return the folder of this uid, ``None`` for one that is not there or not shown to the caller."""
        if self._unsure(uid):
            found = self._ask(uid)
            self._read.add(uid)
            if found is not None:
                self._put_chain([*(found.get("parents") or []), found])
        return self._known.get(uid)

    def _unsure(self, uid: str) -> bool:
        """Tell whether a folder has to be asked for by its uid: not after a list that shows all there are."""
        if uid in self._read or self._is_planned(uid):
            return False
        return not self.complete or (uid not in self._known and may_be_unlisted(self._scope))

    def _ask(self, uid: str) -> dict[str, t.Any] | None:
        try:
            found = self._scope.client.find("/api/folders/%s" % segment(uid), org=self._scope.org_id)
        except Forbidden as problem:
            # A caller who is not an Admin gets 403 also for a folder that does not exist (9.3 to 13.1, recorded).
            outsider = self._scope.membership_problem(problem)
            if outsider is not None:
                raise outsider from None
            return None
        return t.cast("dict[str, t.Any] | None", found)

    def get(self, uid: str) -> Folder | None:
        """Return the folder of this uid, as a list or another folder has told of it, if one has."""
        return self._known.get(uid) or self.find(uid)

    def _put_chain(self, chain: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Remember a folder and those above it, told from the top down, each without what is above it."""
        parent = GENERAL
        for entry in chain[:-1]:
            uid = str(entry["uid"])
            if uid not in self._known:
                self.put(replace(from_legacy(entry), parent_uid=parent))
            parent = uid
        self.put(from_legacy(chain[-1]))

    def _is_planned(self, uid: str) -> bool:
        known = self._known.get(uid)
        return known is not None and known.planned

    def children(self, parent: str) -> list[Folder]:
        """Return the folders directly in *parent*."""
        flat = parent != GENERAL and self._scope.client.at_least(NESTED_FOLDERS) is False
        if not (flat or self.complete or parent in self._listed or self._is_planned(parent)):
            for folder in self._children(parent):
                if folder.uid not in self._read:
                    self.put(folder)
            self._listed.add(parent)
        return [self._known[uid] for uid in self._inside.get(parent, ())]

    def _children(self, parent: str) -> t.Iterator[Folder]:
        client, org_id = self._scope.client, self._scope.org_id
        listed = client.each("/api/folders", org=org_id, limit=PER_PAGE, page=1, parentUid=parent or None)
        # Before 11.0 (which a server may hide) every folder is listed, whatever parent is asked for, and none has one.
        mine = (from_legacy(one) for one in listed if one["uid"] != SHARED)
        yield from (folder for folder in mine if folder.parent_uid == parent)

    def titled(self, parent: str, title: str) -> list[Folder]:
        """Return the folders of exactly *title* in *parent*."""
        same = [folder for folder in self.children(parent) if folder.title == title]
        if same or self._is_planned(parent) or not may_be_unlisted(self._scope):
            return same
        found = look_up(parent, title, self.find, lambda folder: (folder.parent_uid, folder.title))
        return [] if found is None else [found]

    def above(self, uid: str) -> list[Folder]:
        """Return the folders above one, from the top down, as far as the caller may see them."""
        found: list[Folder] = []
        folder = self.get(uid)
        while folder is not None and folder.parent_uid != GENERAL:
            parent = self.get(folder.parent_uid)
            if parent is None or parent in found:
                break
            found.insert(0, parent)
            folder = parent
        return found

    def path(self, uid: str) -> str:
        """Return the titles from the top down to the folder of this uid; empty for General."""
        folder = self.get(uid) if uid else None
        if folder is None:
            return GENERAL
        return "/".join(one.title for one in [*self.above(uid), folder])

    def every(self) -> list[Folder]:
        """Return all folders of the organization, each after the one that it is in."""
        found: list[Folder] = []
        level = self.children(GENERAL)
        while level:
            found += level
            level = [inner for folder in level for inner in self.children(folder.uid)]
        # What is in a folder that is not there, or not shown, is in none of the others.
        seen = {folder.uid for folder in found}
        return found + [folder for folder in self._known.values() if folder.uid not in seen]

    def put(self, folder: Folder) -> None:
        """Remember a folder as it is now, or as a check would have made it."""
        old = self._known.get(folder.uid)
        if old is not None:
            self._inside.get(old.parent_uid, {}).pop(folder.uid, None)
        self._known[folder.uid] = folder
        self._inside.setdefault(folder.parent_uid, {})[folder.uid] = None

    def put_made(self, folder: Folder) -> None:
        """Remember a folder that has been made a moment ago: nothing is in it."""
        self.put(folder)
        self._read.add(folder.uid)
        self._listed.add(folder.uid)

    def plan_folder(self, title: str, parent: str, uid: str | None = None) -> Folder:
        """Return a folder that a check would have made, without a uid of the server's."""
        self._planned += 1
        folder = Folder(uid or "new:%d" % self._planned, title, parent, description="", planned=True)
        self.put(folder)
        return folder

    def move(self, moved: Folder) -> None:
        """Put a folder that a check would have moved."""
        before = frozenset(one.uid for one in self.above(moved.uid))
        old = self._known[moved.uid]
        self.put(moved)
        self.moved.append((old, before, frozenset(one.uid for one in self.above(moved.uid))))

    def remove(self, uid: str, held: t.Mapping[str, int] | None = None) -> None:
        """Forget a folder and what is in it; *held* is what a check would have deleted with it."""
        if held is not None:
            self.gone.append((frozenset(one.uid for one in self.above(uid)), {**held}))
        for inner in list(self._inside.pop(uid, ())):
            self.remove(inner)
        folder = self._known.pop(uid, None)
        self._read.add(uid)
        if folder is not None:
            self._inside.get(folder.parent_uid, {}).pop(uid, None)
