# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders: how they are read, created, renamed, moved and deleted.

They are written over ``/api/folders`` in every version: it is the same from 8.5 to 13.1, and checks the version.
"""

from __future__ import annotations

import functools
import typing as t
from dataclasses import replace

from .._engine.resource import Change, Kind, Resource, View
from .._grafana.client import segment
from .._grafana.errors import Conflict, Forbidden, GrafanaError, NotFound, Refused, ServerError, Stale
from .._grafana.scope import Scope
from .._grafana.versions import TITLES_REPEAT
from .._permissions import reconcile as permissions
from .._permissions.model import FOLDER
from . import paths as folders
from .contents import held, names, warn_of_hidden
from .depth import above, check_depth, check_move
from .plan import OPTIONS, DesiredFolder, FolderState, ParentFolder, label, order, parse, plan
from .tree import GENERAL, Folder, Tree


class Folders(Resource[DesiredFolder, FolderState, FolderState]):
    """Folders; from 12.0 on one list serves all folders of a task, before one or two requests serve each."""

    kind = "folder"
    requests_each = 3

    def __init__(self, plan_missing: bool = False) -> None:
        self._plan_missing = plan_missing
        #: Folders that this run has created: the server may not apply their permissions yet.
        self._made: set[tuple[int, str]] = set()

    def parse(self, options: t.Mapping[str, t.Any]) -> DesiredFolder:
        """Return the desired folder. Raises :class:`BadInput`."""
        return parse(options)

    def identity(self, desired: DesiredFolder) -> t.Hashable:
        """Return the uid or, without one, title and parent."""
        if desired.uid is not None:
            return desired.uid
        return (desired.title, desired.parent_uid or desired.above or tuple(folders.steps(desired.parent or "")))

    def label(self, desired: DesiredFolder) -> str:
        """Return the path or title, and the uid."""
        return label(desired)

    def order(self, wanted: t.Sequence[DesiredFolder]) -> t.Sequence[int]:
        """Create parents before their contents, and delete them afterwards."""
        return order(wanted)

    def read(self, scope: Scope, desired: DesiredFolder) -> FolderState:
        """Return the folder with the uid or, without one, with exactly the title in its parent; and what the plan needs."""
        found = self._read(scope, desired)
        target = _target(desired, found.current)
        return replace(found, permissions=permissions.read(scope, target, desired.permissions, self._plan_missing))

    def _read(self, scope: Scope, desired: DesiredFolder) -> FolderState:
        tree = folders.tree(scope)
        if desired.state == "absent":
            return self._read_absent(scope, tree, desired)
        if desired.parent or desired.parent_uid:
            folders.check_nesting(scope, label(desired), 1)
        current = None if desired.uid is None else tree.find(desired.uid)
        place = self._place(scope, tree, desired, current)
        if desired.uid is None and place.uid is not None:
            current = self._only(scope, tree, desired, place.uid)
        return FolderState(
            current=current,
            path="" if current is None else tree.path(current.parent_uid),
            place=place,
            namesakes=self._namesakes(scope, tree, desired, current, place),
            within=_within(tree, current, place),
            describes=desired.description is None or tree.complete,
        )

    def _read_absent(self, scope: Scope, tree: Tree, desired: DesiredFolder) -> FolderState:
        if desired.uid is not None:
            current = tree.find(desired.uid)
        elif (desired.parent or desired.parent_uid) and not folders.nests(scope):
            current = None
        else:
            place = desired.parent_uid or GENERAL if desired.parent is None else folders.by_path(scope, *desired.way())
            there = place is not None and (place == GENERAL or tree.find(place) is not None)
            current = self._only(scope, tree, desired, place) if place is not None and there else None
        if current is None:
            return FolderState(None)
        contents, uncounted = held(scope, tree, current)
        refused = bool(contents) and desired.contents != "delete" and current.managed_by is None
        return FolderState(
            current=current,
            path=tree.path(current.parent_uid),
            contents=contents,
            uncounted=uncounted,
            names=tuple(names(scope, current)) if refused else (),
            managed=_in_repository(tree, current) if desired.contents == "delete" else None,
        )

    def _only(self, scope: Scope, tree: Tree, desired: DesiredFolder, parent: str) -> Folder | None:
        title = str(desired.title)
        return folders.only(scope, tree.titled(parent, title), title)

    def _place(self, scope: Scope, tree: Tree, desired: DesiredFolder, current: Folder | None) -> ParentFolder:
        """Return where the folder should be. Raises for a parent that does not exist."""
        if desired.parent is not None:
            start, missing = folders.reach(scope, *desired.way())
            path = "/".join(part for part in (tree.path(start), *missing) if part)
            if not missing:
                return ParentFolder(start, path, start, manager=_repository(tree, start))
            if desired.create_parents or self._plan_missing:
                return ParentFolder(None, path, start, missing, _repository(tree, start))
            raise _no_parent(scope, desired, desired.parent, "set create_parents: true")
        if desired.parent_uid is None and current is not None:
            return ParentFolder(current.parent_uid, tree.path(current.parent_uid))
        uid = desired.parent_uid or GENERAL
        # 12.4 creates a folder in a parent that does not exist, and no list shows it (recorded).
        if uid != GENERAL and tree.find(uid) is None:
            if self._plan_missing:
                return ParentFolder(None, uid)
            raise _no_parent(scope, desired, uid, "correct parent_uid")
        return ParentFolder(uid, tree.path(uid), uid, manager=_repository(tree, uid))

    def _namesakes(
        self, scope: Scope, tree: Tree, desired: DesiredFolder, current: Folder | None, place: ParentFolder
    ) -> tuple[str, ...]:
        """Return other folders with the title in the parent, if the folder is new there."""
        title = desired.title or (current.title if current else None)
        stays = current is not None and (current.title, current.parent_uid) == (title, place.uid)
        if title is None or place.uid is None or stays:
            return ()
        # Up to 11.2 the server compares slugs, which ignore case.
        loose = scope.client.at_least(TITLES_REPEAT) is False
        same = [one for one in tree.children(place.uid) if one.title == title or (loose and one.title.lower() == title.lower())]
        return tuple(one.uid for one in same if current is None or one.uid != current.uid)

    def foresee(self, scope: Scope, desired: DesiredFolder) -> FolderState | None:
        """Return the folder as earlier items of the task leave it. Raises :class:`Unsupported` as the run does."""
        if scope.new:
            return self.read(scope, desired)
        if desired.parent or desired.parent_uid:
            folders.check_nesting(scope, label(desired), 1)
        return None

    def plan(self, desired: DesiredFolder, current: FolderState | None) -> Change[FolderState] | None:
        """Return what has to change. Raises for what is refused, or impossible on this server."""
        path = desired.parent or desired.parent_uid or ""
        return plan(desired, current or FolderState(None, place=ParentFolder(None if path else GENERAL, path)))

    def precheck(
        self, scope: Scope, desired: DesiredFolder, current: FolderState | None, change: Change[FolderState] | None
    ) -> tuple[FolderState | None, Change[FolderState] | None]:
        """Raise for a folder that is too deep. In check mode, change the cached tree as ``apply`` would, for later items."""
        if change is not None and change.action != "delete":
            place, folder = change.work.place, change.work.current
            start = place.uid if place.uid is not None else place.start
            depth = above(scope, start) + len(place.missing)
            if folder is None:
                check_depth(scope, label(desired), depth)
            elif place.uid != folder.parent_uid:
                check_move(scope, label(desired), folder, depth)
        if change is not None and change.action == "delete" and change.work.current and desired.contents != "delete":
            warn_of_hidden(scope, change.work.current)
        if current is not None and change is not None:
            target = _target(desired, current.current)
            permissions.precheck(
                scope, target, desired.permissions, current.permissions, functools.partial(_uids_above, scope, current)
            )
        if scope.check and change is not None:
            _simulate(folders.tree(scope), desired, change)
        return current, change

    def apply(self, scope: Scope, desired: DesiredFolder, change: Change[FolderState]) -> FolderState | None:
        """Create, rename, move or delete the folder."""
        found = change.work
        current = found.current
        if change.action == "delete" and current is not None:
            self._delete(scope, desired, current)
            folders.tree(scope).remove(current.uid)
            return None
        parent = found.place.uid
        if parent is None:
            parent = folders.make(scope, *desired.way())
            self._made.add((scope.org_id, parent))
        patient = (scope.org_id, parent) in self._made
        if current is None:
            folder = folders.create(scope, str(desired.title), parent, desired.uid, desired.description, patient)
            self._made.add((scope.org_id, folder.uid))
            patient = True
        else:
            folder = self._update(scope, desired, current, parent, patient)
        state = folders.patiently(
            scope, lambda: permissions.apply(scope, _target(desired, folder), desired.permissions, found.permissions), patient
        )
        tree = folders.tree(scope)
        return FolderState(folder, path=tree.path(folder.parent_uid), describes=tree.complete, permissions=state)

    def _update(self, scope: Scope, desired: DesiredFolder, current: Folder, parent: str, patient: bool) -> Folder:
        """Set title and description, then move: a move sends no version, and up to 11.x its answer has none."""
        path = "/api/folders/%s" % segment(current.uid)
        patient = patient or (scope.org_id, current.uid) in self._made
        title = desired.title or current.title
        description = current.description if desired.description is None else desired.description
        folder = current
        if (title, description) != (current.title, current.description):
            body: dict[str, t.Any] = {"title": title}
            if current.version is not None:  # 12.0 neither reports nor checks one (recorded)
                body["version"] = current.version
            if desired.description is not None:
                body["description"] = desired.description
            try:
                answer = folders.patiently(scope, lambda: scope.client.put(path, body, org=scope.org_id), patient)
            except Conflict as problem:
                raise Stale(problem.message, **problem.details) from None
            version = folders.remembered(answer, current.parent_uid, None).version
            folder = replace(current, title=title, description=description, version=version)
            folders.tree(scope).put(folder)
        if parent != current.parent_uid:
            moving = {"parentUid": parent}
            answer = folders.patiently(scope, lambda: scope.client.post(path + "/move", moving, org=scope.org_id), patient)
            version = folders.remembered(answer, parent, None).version
            folder = replace(folder, parent_uid=parent, version=version)
            folders.tree(scope).put(folder)
        return folder

    def _delete(self, scope: Scope, desired: DesiredFolder, current: Folder) -> None:
        """Delete the folder; without the parameter, servers refuse to delete folders with alert rules."""
        path = "/api/folders/%s" % segment(current.uid)
        if desired.contents == "delete":
            path += "?forceDeleteRules=true"
        fresh = (scope.org_id, current.uid) in self._made
        folders.patiently(scope, lambda: scope.client.delete(path, org=scope.org_id), fresh)

    def explain(self, scope: Scope, desired: DesiredFolder, problem: GrafanaError) -> GrafanaError:
        """Explain what a refusal of the server means."""
        advice = next((entry for entry in _ADVICE if any(words in problem.said for words in entry[0])), None)
        if advice is None or not isinstance(problem, (Conflict, Refused, Forbidden, ServerError)):
            return problem
        _words, code, text = advice
        return Refused(
            "folder %s of %s: %s: %s" % (label(desired), scope.where(), text, problem.message), code, **problem.details
        )

    def result(self, scope: Scope, desired: DesiredFolder, current: FolderState) -> View | None:
        """Return the folder's ids, and its parent."""
        folder = current.current
        if folder is None:
            return None
        org = scope.shown()
        return {**org, **shown_folder(folder, current.path, current.describes), **permissions.shown(current.permissions)}


def shown_folder(folder: Folder, path: str, describes: bool) -> View:
    """Return a folder for a result, with its description if the server reports it (*describes*); *path* is its parent's."""
    shown: View = {"uid": folder.uid, "title": folder.title, "parent_uid": folder.parent_uid, "parent": path}
    if describes and folder.description is not None:
        shown["description"] = folder.description
    return shown


#: Words of the server, the code of our error, and what the words mean.
_ADVICE = (
    (
        ("same name already exists", "same as one of its dashboards"),
        "title_taken",
        "up to Grafana 11.2 no other folder, and no dashboard in General, may have that title; give another title",
    ),
    (
        ("library elements in use",),
        "not_empty",
        "it holds library panels that dashboards elsewhere use, and servers never delete those; remove the panels from them",
    ),
    (
        ("contains alert rules", "alert rules"),
        "not_empty",
        "it holds alert rules; move them first, or set contents: delete to delete everything in it",
    ),
    (
        ("folder is not empty", "folder not empty"),
        "not_empty",
        "it holds alert rules, or objects that the caller may not see; move them first, or set contents: delete to delete "
        "everything in it",
    ),
    (
        ("maximum nested folder depth", "max depth", "folder depth"),
        "too_deep",
        "folders are nested too deeply; choose a parent nearer to the top",
    ),
    (("cannot be changed to a folder",), "uid_taken", "a dashboard has that uid; give the folder another one"),
)


def _target(desired: DesiredFolder, folder: Folder | None) -> permissions.Target:
    """Return the folder whose permissions are meant; a folder that check mode only assumes has none to read."""
    return permissions.Target(FOLDER, None if folder is None or folder.planned else folder.uid, "folder %s" % label(desired))


def _uids_above(scope: Scope, found: FolderState) -> list[str]:
    """Return the uids of the folders from which the folder will inherit permissions."""
    start = found.place.uid if found.place.uid is not None else found.place.start
    return folders.with_ancestors(scope, start)


def _within(tree: Tree, current: Folder | None, place: ParentFolder) -> bool:
    """Tell whether a new parent is the folder itself or below it."""
    if current is None or not place.uid or place.uid == current.parent_uid:
        return False
    return current.uid in [place.uid, *(one.uid for one in tree.above(place.uid))]


def _in_repository(tree: Tree, top: Folder) -> Folder | None:
    """Return a folder below *top* that a repository manages, ``None`` if there is none or the tree does not show managers."""
    level = tree.children(top.uid) if tree.complete else []
    while level:
        found = next((folder for folder in level if folder.in_repository), None)
        if found is not None:
            return found
        level = [inner for folder in level for inner in tree.children(folder.uid)]
    return None


def _repository(tree: Tree, uid: str) -> str:
    """Return the repository that manages the folder *uid*, ``""`` if none does."""
    folder = tree.get(uid) if uid else None
    return folder.manager if folder is not None and folder.in_repository else ""


def _simulate(tree: Tree, desired: DesiredFolder, change: Change[FolderState]) -> None:
    """Change *tree* as the change would."""
    found = change.work
    current = found.current
    if change.action == "delete" and current is not None:
        tree.remove(current.uid, found.contents)
        return
    parent = found.place.uid if found.place.uid is not None else _plan_missing(tree, found.place)
    if current is None:
        planned = tree.plan_folder(str(desired.title), parent, desired.uid)
    else:
        planned = replace(current, title=change.after["title"], parent_uid=parent)
    if desired.description is not None:
        planned = replace(planned, description=desired.description)
    if current is not None and current.parent_uid != parent:
        tree.move(planned)
    else:
        tree.put(planned)


def _plan_missing(tree: Tree, place: ParentFolder) -> str:
    """Return the uid of the folder at *place*; plan the folders that are missing."""
    parent = place.start
    for title in place.missing:
        parent = tree.plan_folder(title, parent).uid
    return parent


def _no_parent(scope: Scope, desired: DesiredFolder, parent: str, advice: str) -> GrafanaError:
    return NotFound(
        "folder %s: its parent %s was not found in %s: create it first, or %s" % (label(desired), parent, scope.where(), advice),
        code="folder_not_found",
    )


#: How the module manages folders.
KIND = Kind(lambda module: Folders(plan_missing=module.plans_missing()), OPTIONS, named_by="title")
