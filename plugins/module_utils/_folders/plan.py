# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders: what is wanted, what is there, where the two differ, and which of several comes first. Pure."""

from __future__ import annotations

import heapq
import typing as t
from dataclasses import dataclass, field
from itertools import accumulate

from .._engine.resource import Change, View
from .._grafana.connection import optional
from .._grafana.errors import BadInput, GrafanaError, Refused, Unsupported
from .._grafana.uids import UID_RULE, valid_uid
from .._grafana.versions import FOLDER_APIS
from .._permissions.model import FOLDER, DesiredPermissions, PermissionState
from .._permissions.options import options_of
from .._permissions.options import parse as parse_permissions
from .._permissions.plan import combined
from .contents import in_words
from .paths import check_one, general, read_path, read_titles, steps
from .tree import GENERAL, SHARED, Folder

OPTIONS: dict[str, dict[str, t.Any]] = {
    "uid": {"type": "raw"},
    "title": {"type": "raw"},
    "parent": {"type": "raw"},
    "parent_uid": {"type": "raw"},
    "parent_path": {"type": "list", "elements": "raw"},
    "create_parents": {"type": "bool", "default": False},
    "description": {"type": "raw"},
    **options_of(FOLDER),
    "contents": {"type": "str", "choices": ["refuse", "delete"], "default": "refuse"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


@dataclass(frozen=True)
class DesiredFolder:
    """A folder as a task wants it.

    *parent* is a path of titles, *above* its exact titles if the task gives them; *parent_uid* ``""`` is the top. If *parent* and
    *parent_uid* are ``None``, an existing folder stays where it is.
    """

    uid: str | None
    title: str | None
    parent: str | None = None
    parent_uid: str | None = None
    create_parents: bool = False
    description: str | None = None
    contents: str = "refuse"
    state: str = "present"
    above: tuple[str, ...] = ()
    permissions: DesiredPermissions | None = None

    def way(self) -> tuple[str, tuple[str, ...]]:
        """Return the way to the parent as :func:`paths.reach` takes it."""
        return ("", self.above) if self.above else (self.parent or "", ())


@dataclass(frozen=True)
class ParentFolder:
    """Where a folder should be: *uid* (``None`` if it does not exist yet) and *path* of its parent.

    *start* is the deepest folder on the way that exists, and *missing* has the titles of the others. *manager* is the repository
    that manages the parent or *start*.
    """

    uid: str | None = GENERAL
    path: str = ""
    start: str = GENERAL
    missing: tuple[str, ...] = ()
    manager: str = ""


@dataclass(frozen=True)
class FolderState:
    """What was read about a folder and its parent.

    *path* is the path of its present parent, *place* the parent that it should have. *namesakes* are the uids of other folders
    with its title in that parent. *within* tells whether that parent is the folder itself or below it. *contents* is what
    it holds, by kind, *uncounted* the kinds that the server does not count, and *names* some of the contents by title (for a
    deletion), and *managed* is a subfolder that a repository manages. *describes* tells whether the server reports
    descriptions. *permissions* are read if the task names some.
    """

    current: Folder | None
    path: str = ""
    place: ParentFolder = field(default_factory=ParentFolder)
    namesakes: tuple[str, ...] = ()
    within: bool = False
    contents: t.Mapping[str, int] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    managed: Folder | None = None
    describes: bool = True
    permissions: PermissionState | None = None


def parse(options: t.Mapping[str, t.Any]) -> DesiredFolder:
    """Return the desired folder. Raises :class:`BadInput`."""
    state = options.get("state", "present")
    uid, title = optional(options, "uid"), optional(options, "title")
    parent, parent_uid = optional(options, "parent"), optional(options, "parent_uid")
    titles = options.get("parent_path")
    uid, title = (uid or "").strip() or None, (title or "").strip() or None
    if uid is None and title is None:
        raise BadInput("no folder is given: set title, or uid")
    _check_uid(uid, "uid")
    if title is not None and not general(title):
        raise BadInput("the folder General cannot be managed: it holds everything that is in no folder; choose another title")
    check_one({"parent": parent, "parent_uid": parent_uid, "parent_path": titles})
    above = () if titles is None else read_titles(titles, "parent_path")
    if titles is not None:
        parent, parent_uid = ("/".join(above), None) if above else (None, GENERAL)
    elif parent is not None:
        read_path(parent, "parent")
    if parent is not None and not general(parent.strip()):
        parent, parent_uid = None, GENERAL
    if parent is not None and not steps(parent):
        raise BadInput("parent %r names no folder: give titles from the top down, joined by slashes" % parent)
    if parent_uid is not None:
        parent_uid = general(parent_uid.strip())
        _check_uid(parent_uid or None, "parent_uid")
    if uid is not None and uid == parent_uid:
        raise BadInput("uid and parent_uid are both %s: a folder cannot be in itself" % uid)
    return DesiredFolder(
        uid=uid,
        title=title,
        parent=parent,
        parent_uid=parent_uid,
        create_parents=bool(options.get("create_parents")),
        description=optional(options, "description"),
        contents=options.get("contents") or "refuse",
        state=state,
        above=above,
        permissions=parse_permissions(options, FOLDER),
    )


def _check_uid(uid: str | None, option: str) -> None:
    if uid is None:
        return
    if uid.lower() == "general" or uid == SHARED:
        raise BadInput("%s %s cannot be used: the server reserves that uid" % (option, uid))
    if not valid_uid(uid):
        raise BadInput("%s %r is not a valid uid: %s" % (option, uid, UID_RULE))


def label(desired: DesiredFolder) -> str:
    """Return the path or title, and the uid, for messages."""
    name = "/".join([*([desired.parent] if desired.parent else []), desired.title]) if desired.title else None
    if name is None:
        return str(desired.uid)
    return "%s (%s)" % (name, desired.uid) if desired.uid and desired.uid != name else name


def plan(desired: DesiredFolder, found: FolderState) -> Change[FolderState] | None:
    """Return what has to change; pure. Raises for what is refused, or impossible on this server."""
    if desired.state == "absent":
        return _removal(desired, found)
    if desired.description is not None and not found.describes:
        raise Unsupported(
            "folder %s: description needs Grafana %s or later and its API /apis/folder.grafana.app: earlier versions do not "
            "return a folder's description, so it cannot be compared; leave it out here" % (label(desired), FOLDER_APIS)
        )
    current = found.current
    before = {} if current is None else _view(current, found.path, desired)
    after = _wanted(desired, found)
    change = None
    if before != after:
        _check_write(desired, found)
        change = Change("create" if current is None else "update", before, after, found)
    return combined(change, found, desired.permissions, found.permissions, after)


def _removal(desired: DesiredFolder, found: FolderState) -> Change[FolderState] | None:
    current = found.current
    if current is None:
        return None
    _check_managed(desired, current)
    if found.managed is not None and desired.contents == "delete":
        raise Refused(
            "folder %s contains the folder %s, which is managed by %s and must not be deleted over the API: "
            "delete it at its source" % (label(desired), found.managed.title, found.managed.manager),
            code="provisioned",
        )
    if found.contents and desired.contents != "delete":
        names = " (%s)" % ", ".join(found.names) if found.names else ""
        raise Refused(
            "folder %s is not empty, and was not deleted: it holds %s%s; move them first, or set contents: delete to delete "
            "all of that with it" % (label(desired), in_words(found.contents), names),
            code="not_empty",
            contents=dict(found.contents),
        )
    if found.uncounted and desired.contents != "delete":
        raise Refused(
            "folder %s was not deleted: the server does not say whether it holds %s; look at it, and set contents: delete to "
            "delete it with everything in it" % (label(desired), " or ".join(kind.replace("_", " ") for kind in found.uncounted)),
            code="contents_unknown",
        )
    before = _view(current, found.path, desired)
    return Change("delete", {**before, "contents": dict(found.contents)} if found.contents else before, {}, found)


def _view(current: Folder, path: str, desired: DesiredFolder) -> View:
    """Return a folder as it is for a diff; with its parent's uid and its description only if the task names them."""
    view = {"uid": current.uid, "title": current.title, "parent": path}
    if desired.parent_uid is not None:
        view["parent_uid"] = current.parent_uid
    return view if desired.description is None else {**view, "description": current.description or ""}


def _wanted(desired: DesiredFolder, found: FolderState) -> View:
    """Return a folder as it should be for a diff."""
    current = found.current
    stays = current is not None and current.parent_uid == found.place.uid
    view: View = {
        "uid": current.uid if current else desired.uid,
        "title": desired.title if desired.title is not None or current is None else current.title,
        "parent": found.path if stays else found.place.path,
    }
    if view["uid"] is None:
        del view["uid"]
    if desired.parent_uid is not None:
        view["parent_uid"] = desired.parent_uid
    if desired.description is not None:
        view["description"] = desired.description
    return view


def _check_managed(desired: DesiredFolder, current: Folder) -> None:
    if current.managed_by is not None:
        raise Refused(
            "folder %s is managed by %s and must not be written or deleted over the API: change it at its source"
            % (label(desired), current.manager),
            code="provisioned",
        )


def _check_write(desired: DesiredFolder, found: FolderState) -> None:
    """Raise for a write that is refused."""
    if found.current is not None:
        _check_managed(desired, found.current)
    elif desired.title is None:
        raise BadInput("folder %s does not exist, and cannot be created without a title: set title" % label(desired))
    if found.place.manager and (found.current is None or found.current.parent_uid != found.place.uid):
        raise Refused(
            "folder %s cannot be written to folder %s, which is managed by %s: create it there, or choose another parent"
            % (label(desired), found.place.path, found.place.manager),
            code="provisioned",
        )
    if found.within:
        raise Refused(
            "folder %s cannot be moved to %s: that is the folder itself, or below it" % (label(desired), found.place.path),
            code="circular",
        )
    if found.namesakes:
        raise title_taken(desired, found)


def title_taken(desired: DesiredFolder, found: FolderState) -> GrafanaError:
    """Return the error for a title that another folder has in the same parent."""
    return Refused(
        "folder %s cannot be written: %s in %s the same title, so their titles would not identify them; give the uid of the "
        "other one, or another title"
        % (
            label(desired),
            "folder %s has" % found.namesakes[0] if len(found.namesakes) == 1 else "folders %s have" % ", ".join(found.namesakes),
            "folder %s" % found.place.path if found.place.path else "the top level",
        ),
        code="title_taken",
        uids=list(found.namesakes),
    )


def order(wanted: t.Sequence[DesiredFolder]) -> list[int]:
    """Return the positions of *wanted* so that parents are created before their contents, and deleted after them.

    Otherwise the order stays. Above all, a deletion stays after the items before it, which may move folders out of it.
    Raises :class:`BadInput` for folders that are in each other.
    """
    paths = _paths(wanted)
    made = _sorted([position for position, one in enumerate(wanted) if one.state == "present"], paths, upper_first=True)
    gone = _sorted([position for position, one in enumerate(wanted) if one.state == "absent"], paths, upper_first=False)
    # A deletion comes after all items before it, and after the deletions of what the folder contains.
    places = {position: place for place, position in enumerate(made)}
    keys = {position: (place, 0, 0) for position, place in places.items()}
    last_before = list(accumulate((places.get(position, -1) for position in range(len(wanted))), max))
    latest: dict[tuple[str, ...], int] = {}
    for number, position in enumerate(gone):
        path = paths[position]
        place = max(last_before[position], latest.get(path, -1))
        for size in range(1, len(path)):
            latest[path[:size]] = max(place, latest.get(path[:size], -1))
        keys[position] = (place, 1, number)
    return sorted(keys, key=lambda position: keys[position])


def _sorted(positions: t.Sequence[int], paths: t.Sequence[tuple[str, ...]], upper_first: bool) -> list[int]:
    """Return *positions* sorted so that each folder follows (or comes before) its parent; otherwise in the same order."""
    mine = {paths[position]: position for position in positions}
    waits = dict.fromkeys(positions, 0)
    follows: dict[int, list[int]] = {}
    for position in positions:
        path = paths[position]
        upper = next((mine[path[:size]] for size in range(len(path) - 1, 0, -1) if path[:size] in mine), None)
        if upper is not None:
            first, last = (upper, position) if upper_first else (position, upper)
            follows.setdefault(first, []).append(last)
            waits[last] += 1
    ready = [position for position in positions if not waits[position]]
    heapq.heapify(ready)
    found: list[int] = []
    while ready:
        found.append(heapq.heappop(ready))
        for last in follows.get(found[-1], ()):
            waits[last] -= 1
            if not waits[last]:
                heapq.heappush(ready, last)
    return found


def _paths(wanted: t.Sequence[DesiredFolder]) -> list[tuple[str, ...]]:
    """Return a path for each folder as far as the task shows it: by titles, or by uids if a parent is named by its uid."""
    by_uid = {one.uid: one for one in wanted if one.uid is not None}

    def path(one: DesiredFolder, below: tuple[DesiredFolder, ...] = ()) -> tuple[str, ...]:
        if one in below:
            raise BadInput("folders %s are in each other" % " and ".join(label(each) for each in below))
        # A title may contain slashes, and so may the titles in a path: both are split.
        own = tuple(steps(one.title or "")) or ("uid %s" % one.uid,)
        if one.parent is not None:
            return (*steps(one.parent), *own)
        if not one.parent_uid:
            return own
        parent = by_uid.get(one.parent_uid)
        above = ("uid %s" % one.parent_uid,) if parent is None else path(parent, (*below, one))
        return (*above, *own)

    return [path(one) for one in wanted]
