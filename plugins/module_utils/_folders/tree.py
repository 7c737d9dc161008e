# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder tree of an organization: reads folders from the server when they are needed, and caches them.

From 12.0 on one list of ``/apis/folder.grafana.app`` has all folders, with description and manager, which no other request
returns. It contains new folders at once, while the legacy list uses the search index, which lags. Before 12.0 the tree
requests single folders over the legacy routes.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._grafana.client import segment
from .._grafana.errors import Forbidden, NotFound
from .._grafana.kubernetes import (
    FOLDER_NOTE,
    FOLDERS,
    MANAGER_ID_NOTE,
    MANAGER_NOTE,
    NOTE,
    REPOSITORY,
    collection,
    folder_uid,
    pages,
    takes_edits,
)
from .._grafana.scope import Scope
from .._grafana.versions import FOLDER_APIS, NESTED_FOLDERS
from .unlisted import look_up, may_be_unlisted

#: Folders per page of a list.
PER_PAGE = 1000
#: The uid of General (the top level, outside all folders) in results and options.
GENERAL = ""
#: Annotation of 12.0: the uids of all parent folders from the top down, and the folder's own (recorded).
UIDS_NOTE = NOTE + "fullpathUIDs"
#: The uid of the virtual folder "Shared with me", which legacy lists show to callers who may not see all folders.
SHARED = "sharedwithme"


@dataclass(frozen=True)
class Folder:
    """A folder. *description* is ``None`` if the server does not return it, *version* if the folder has none (12.0).

    *managed_by* is the kind of manager of a folder that the module must not write, *manager_id* its name. A *planned*
    folder does not exist: a real run would have created it, but this is check mode. Its uid is a placeholder and is never
    sent to the server.
    """

    uid: str
    title: str
    parent_uid: str = GENERAL
    id: int | None = None
    version: int | None = None
    description: str | None = None
    managed_by: str | None = None
    planned: bool = False
    manager_id: str | None = None

    @property
    def in_repository(self) -> bool:
        """Whether a repository (Git Sync) manages the folder: the server then refuses objects from elsewhere in it."""
        return self.managed_by == REPOSITORY

    @property
    def manager(self) -> str:
        """The kind and the name of the manager, for messages; empty without one."""
        return " ".join(part for part in (self.managed_by, self.manager_id) if part)


def from_legacy(entry: t.Mapping[str, t.Any]) -> Folder:
    """Convert an answer of ``/api/folders``, or an entry of its list."""
    version = entry.get("version")
    repository = entry.get("repository")  # 12.0
    manager = entry.get("managedBy") or (REPOSITORY if repository else None)
    return Folder(
        uid=str(entry["uid"]),
        title=str(entry["title"]),
        parent_uid=folder_uid(entry.get("parentUid")),
        id=entry.get("id"),
        version=None if version is None else int(version),
        managed_by=str(manager) if manager else None,
        manager_id=str(repository) if repository else None,
    )


def from_object(entry: t.Mapping[str, t.Any]) -> Folder:
    """Convert a Kubernetes-style folder object."""
    metadata, spec = entry["metadata"], entry.get("spec") or {}
    notes = metadata.get("annotations") or {}
    generation = metadata.get("generation")
    parents = str(notes.get(UIDS_NOTE) or "").split("/")[:-1]
    return Folder(
        uid=str(metadata["name"]),
        title=str(spec.get("title") or ""),
        parent_uid=folder_uid(notes.get(FOLDER_NOTE) or (parents[-1] if parents else GENERAL)),
        version=None if generation is None else int(generation),
        description=str(spec.get("description") or ""),
        managed_by=None if takes_edits(notes) else notes.get(MANAGER_NOTE),
        manager_id=notes.get(MANAGER_ID_NOTE),
    )


class Tree:
    """The folders of one organization, read when needed. In check mode it also has what a real run would change."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[str, Folder] = {}
        #: The uids of folders that were requested one by one, including missing ones. A list of 11.x has no versions.
        self._read: set[str] = set()
        #: The uids of known folders by their parent, in the order of the server. A dictionary serves as an ordered set.
        self._inside: dict[str, dict[str, None]] = {}
        #: The uids of folders whose subfolders were listed.
        self._listed: set[str] = set()
        self._complete: bool | None = None
        self._planned = 0
        #: Folders that check mode has deleted: the uids of their parents, and the contents deleted with them.
        self.gone: list[tuple[frozenset[str], t.Mapping[str, int]]] = []
        #: Folders that check mode has moved: the folder before the move, and the uids of its parents before and after it.
        self.moved: list[tuple[Folder, frozenset[str], frozenset[str]]] = []

    @property
    def complete(self) -> bool:
        """Whether all folders were read from one list, which also has their descriptions."""
        if self._complete is None:
            self._complete = self._load()
        return self._complete

    def _load(self) -> bool:
        if not self._scope.client.at_least(FOLDER_APIS):
            return False
        if self._scope.new:
            return True
        try:
            for page, _last in pages(self._scope, collection(self._scope, FOLDERS, "v1beta1", "folders"), PER_PAGE):
                before = len(self._known)
                for entry in page:
                    self.put(from_object(entry))
                if len(self._known) == before:  # A server with legacy storage may return the same page again and again.
                    break
        except (Forbidden, NotFound):
            # The server does not serve this list (a Grafana Cloud stack has another namespace), or the caller may not read
            # it: use the legacy routes.
            return False
        return True

    def find(self, uid: str) -> Folder | None:
        """Return the folder with this uid; ``None`` if it does not exist or the caller may not see it."""
        if self._must_request(uid):
            answer = self._request(uid)
            self._read.add(uid)
            if answer is not None:
                self._put_chain([*(answer.get("parents") or []), answer])
        return self._known.get(uid)

    def _must_request(self, uid: str) -> bool:
        """Return whether the tree must request a folder by its uid, because no list is certain to contain it."""
        if uid in self._read or self._is_planned(uid) or self._scope.new:
            return False
        return not self.complete or (uid not in self._known and may_be_unlisted(self._scope))

    def _request(self, uid: str) -> dict[str, t.Any] | None:
        try:
            answer = self._scope.client.find("/api/folders/%s" % segment(uid), org=self._scope.org_id)
        except Forbidden as problem:
            # A caller who is not an Admin gets 403 also for a folder that does not exist (9.3 to 13.1, recorded).
            not_member = self._scope.membership_problem(problem)
            if not_member is not None:
                raise not_member from None
            return None
        return t.cast("dict[str, t.Any] | None", answer)

    def get(self, uid: str) -> Folder | None:
        """Like :meth:`find`, but accepts a cached folder from a list, which may lack its version and description."""
        return self._known.get(uid) or self.find(uid)

    def _put_chain(self, chain: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        """Cache a folder (the last of *chain*) and its parents, given from the top down without their own parents."""
        parent = GENERAL
        for entry in (entry for entry in chain[:-1] if folder_uid(entry["uid"])):
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
        if not (flat or self._scope.new or self.complete or parent in self._listed or self._is_planned(parent)):
            for folder in self._list_children(parent):
                if folder.uid not in self._read:
                    self.put(folder)
            self._listed.add(parent)
        return [self._known[uid] for uid in self._inside.get(parent, ())]

    def _list_children(self, parent: str) -> t.Iterator[Folder]:
        client, org_id = self._scope.client, self._scope.org_id
        entries = client.each("/api/folders", org=org_id, limit=PER_PAGE, page=1, parentUid=parent or None)
        # A server before 11.0 (which may hide its version) ignores parentUid and lists all folders, all without a parent.
        listed = (from_legacy(entry) for entry in entries if entry["uid"] != SHARED)
        yield from (folder for folder in listed if folder.parent_uid == parent)

    def titled(self, parent: str, title: str) -> list[Folder]:
        """Return the folders with exactly this title in *parent*."""
        same = [folder for folder in self.children(parent) if folder.title == title]
        if same or self._scope.new or self._is_planned(parent) or not may_be_unlisted(self._scope):
            return same
        unlisted = look_up(parent, title, self.find, lambda folder: (folder.parent_uid, folder.title))
        return [] if unlisted is None else [unlisted]

    def above(self, uid: str) -> list[Folder]:
        """Return the parent folders of a folder, from the top down, as far as the caller may see them."""
        parents: list[Folder] = []
        folder = self.get(uid)
        while folder is not None and folder.parent_uid != GENERAL:
            parent = self.get(folder.parent_uid)
            if parent is None or parent in parents:
                break
            parents.insert(0, parent)
            folder = parent
        return parents

    def path(self, uid: str) -> str:
        """Return the path of a folder (titles from the top down, joined by slashes); ``""`` for General."""
        folder = self.get(uid) if uid else None
        if folder is None:
            return GENERAL
        return "/".join(one.title for one in [*self.above(uid), folder])

    def every(self) -> list[Folder]:
        """Return all folders of the organization, each after its parent."""
        reached: list[Folder] = []
        level = self.children(GENERAL)
        while level:
            reached += level
            level = [inner for folder in level for inner in self.children(folder.uid)]
        # A folder whose parent does not exist or is hidden from the caller cannot be reached from the top.
        uids = {folder.uid for folder in reached}
        return reached + [folder for folder in self._known.values() if folder.uid not in uids]

    def put(self, folder: Folder) -> None:
        """Add or replace a folder in the cache; in check mode as a real run would have written it."""
        old = self._known.get(folder.uid)
        if old is not None:
            self._inside.get(old.parent_uid, {}).pop(folder.uid, None)
        self._known[folder.uid] = folder
        self._inside.setdefault(folder.parent_uid, {})[folder.uid] = None

    def put_made(self, folder: Folder) -> None:
        """Add a folder that the module has just created, and that is therefore empty."""
        self.put(folder)
        self._read.add(folder.uid)
        self._listed.add(folder.uid)

    def plan_folder(self, title: str, parent: str, uid: str | None = None) -> Folder:
        """Add and return the folder that a real run would have created, with a placeholder if *uid* is ``None``."""
        self._planned += 1
        folder = Folder(uid or "new:%d" % self._planned, title, parent, description="", planned=True)
        self.put(folder)
        return folder

    def move(self, moved: Folder) -> None:
        """Replace a folder that a real run would have moved, and record the move."""
        before = frozenset(one.uid for one in self.above(moved.uid))
        old = self._known[moved.uid]
        self.put(moved)
        self.moved.append((old, before, frozenset(one.uid for one in self.above(moved.uid))))

    def remove(self, uid: str, held: t.Mapping[str, int] | None = None) -> None:
        """Remove a folder and its subfolders from the cache. In check mode, *held* has the counts of its contents."""
        if held is not None:
            self.gone.append((frozenset(one.uid for one in self.above(uid)), {**held}))
        for inner in list(self._inside.pop(uid, ())):
            self.remove(inner)
        folder = self._known.pop(uid, None)
        self._read.add(uid)
        if folder is not None:
            self._inside.get(folder.parent_uid, {}).pop(uid, None)
