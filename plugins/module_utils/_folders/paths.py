# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders: finding one by uid or by the path of its titles, and making the path on demand."""

from __future__ import annotations

import time
import typing as t

from .._grafana.client import segment
from .._grafana.errors import Conflict, Forbidden, GrafanaError, NotFound, Refused, Unsupported
from .._grafana.scope import Scope
from .._grafana.versions import NESTED_FOLDERS, TITLES_REPEAT
from .tree import GENERAL, Folder, Tree, from_legacy
from .unlisted import derived_uids

#: How long a new folder's permissions may take to reach the token that made it, in seconds (12.0, recorded).
DELAY = 60.0
T = t.TypeVar("T")


def general(name: str) -> str:
    """Return *name*, a uid or title, or ``""`` for the place for what is in no folder, under whatever name people give it."""
    return GENERAL if name.lower() == "general" else name


def tree(scope: Scope) -> Tree:
    """Return what is known of the folders of the org."""
    known: Tree = scope.cached("folders", lambda: Tree(scope))
    return known


def exists(scope: Scope, uid: str) -> bool:
    """Tell whether the org has a folder of this uid."""
    with scope.lock:
        return tree(scope).find(uid) is not None


def number(scope: Scope, uid: str) -> int:
    """Return the database id of a folder, by which old versions know it here and there. Raises :class:`NotFound`."""
    with scope.lock:
        found = tree(scope).find(uid)
    if found is None or found.id is None:
        raise not_found(scope, uid)
    return found.id


def ancestors(scope: Scope, uid: str) -> tuple[str, ...]:
    """Return the uids of the folders that a folder is in, the top one first; none where folders do not nest."""
    with scope.lock:
        return tuple(folder.uid for folder in tree(scope).above(uid))


def path(scope: Scope, uid: str) -> str:
    """Return the titles from the top down to a folder; empty for General, and for one that is not shown."""
    with scope.lock:
        return tree(scope).path(uid)


def by_path(scope: Scope, path: str, below: t.Sequence[str] = (), flat: bool = False) -> str | None:
    """Return the uid of the folder at *path*, titles joined by slashes; ``None`` if it is not there.

    A title that holds slashes itself is found at the top level; with *flat* that is what a path means on servers
    whose folders do not nest, and otherwise :class:`Unsupported` is raised there. The titles *below* lead further down,
    each as it is, slashes included. Raises :class:`Refused` for a title that two folders of one level share.
    """
    whole = "/".join(part for part in (path, *below) if part)
    if not below and not general(whole.strip()):
        return GENERAL
    with scope.lock:
        return _by_path(scope, path, below, whole, flat)


def _by_path(scope: Scope, path: str, below: t.Sequence[str], whole: str, flat: bool) -> str | None:
    if below and nests(scope):
        found = _descend(scope, by_path(scope, path, flat=flat), below)
        # As a server whose folders did not nest yet has made it, the whole path is the title of one.
        return found if found is not None else _titled(scope, GENERAL, whole)
    at_top = _titled(scope, GENERAL, whole)
    if at_top is not None:
        return at_top
    if flat and not nests(scope):
        return None
    check_nesting(scope, whole, len(steps(whole)) - 1)
    return _descend(scope, GENERAL, steps(whole))


def _descend(scope: Scope, parent: str | None, titles: t.Sequence[str]) -> str | None:
    """Return the uid of the folder that *titles* lead to from *parent*; ``None`` if one is not there."""
    for title in titles:
        if parent is None:
            return None
        parent = _titled(scope, parent, title)
    return parent


def nests(scope: Scope) -> bool:
    """Tell whether folders can be in folders; where the version is hidden, they may."""
    return scope.client.at_least(NESTED_FOLDERS) is not False


def check_nesting(scope: Scope, what: str, depth: int) -> None:
    """Raise :class:`Unsupported` for a folder *depth* levels down before 11: such a server takes all for top ones."""
    if depth > 0 and not nests(scope):
        raise Unsupported(
            "folder %s: folders in folders need Grafana %s or later, and %s is %s"
            % (what, NESTED_FOLDERS, scope.client.connection.url, scope.client.version()),
        )


def steps(path: str) -> list[str]:
    """Return the titles that *path* names, from the top down."""
    return [title.strip() for title in path.split("/") if title.strip()]


def make(scope: Scope, path: str, below: t.Sequence[str] = ()) -> str:
    """Return the uid of the folder that :func:`by_path` looks for; missing parts are made. Raises :class:`GrafanaError`.

    Where folders do not nest, the path as a whole is the title of one folder.
    """
    made = False
    with scope.lock:
        if not nests(scope):
            parent, titles = GENERAL, ["/".join(part for part in (path.strip(), *below) if part)]
        else:
            there = by_path(scope, path) if below else None
            parent, titles = (GENERAL, [*steps(path), *below]) if there is None else (there, list(below))
        for title in titles:
            found = _titled(scope, parent, title)
            if found is None:
                found, made = _make_one(scope, parent, title, patient=made), True
            parent = found
    return parent


def _make_one(scope: Scope, parent: str, title: str, patient: bool) -> str:
    try:
        return create(scope, title, parent, patient=patient).uid
    except GrafanaError:
        # Somebody else may have made it meanwhile: that is a question.
        scope.invalidate("folder")
        found = _titled(scope, parent, title)
        if found is None:
            raise
        return found


def create(
    scope: Scope,
    title: str,
    parent: str,
    uid: str | None = None,
    description: str | None = None,
    patient: bool = False,
) -> Folder:
    """Make a folder and return it; *patient* where its parent was made a moment ago. Raises :class:`GrafanaError`.

    Without *uid* the folder gets a derived one, so that making it twice is a :class:`Conflict`.
    """
    body = {"title": title}
    for name, value in (("parentUid", parent or None), ("description", description)):
        if value is not None:
            body[name] = value
    uids = iter([uid]) if uid is not None else derived_uids(parent, title)
    body["uid"] = next(uids)
    while True:
        try:
            answer = patiently(lambda: scope.client.post("/api/folders", body, org=scope.org_id), patient)
            break
        except Conflict:
            another = next(uids, None) if _is_another(scope, body["uid"], parent, title) else None
            if another is None:
                raise
            body["uid"] = another
    made = remembered(answer, parent, description)
    tree(scope).put_made(made)
    return made


def _is_another(scope: Scope, uid: str, parent: str, title: str) -> bool:
    """Tell whether the folder of a derived *uid* has been renamed or moved since it got that uid.

    A folder that the caller made a moment ago may be refused for as long as permissions take to settle.
    """
    if scope.client.at_least(TITLES_REPEAT) is False:
        return False  # where titles do not repeat, it is the title that another folder has
    there = patiently(lambda: scope.client.find("/api/folders/%s" % segment(uid), org=scope.org_id), True)
    if there is None:
        return False
    found = from_legacy(there)
    return (found.parent_uid, found.title) != (parent, title)


def remembered(answer: t.Mapping[str, t.Any], parent: str, description: str | None) -> Folder:
    """Return the folder that a write has answered, with what answers leave out."""
    folder = from_legacy(answer)
    return Folder(
        uid=folder.uid,
        title=folder.title,
        parent_uid=parent,
        id=folder.id,
        version=folder.version,
        description=description or "",
    )


def patiently(write: t.Callable[[], T], patient: bool) -> T:
    """Return what *write* returns; into a folder of a moment ago try for a while, until its permissions have settled."""
    deadline = time.monotonic() + DELAY
    pause = 0.5
    while True:
        try:
            return write()
        except Forbidden:
            if not patient or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(pause * 2, 8.0)


def _titled(scope: Scope, parent: str, title: str) -> str | None:
    """Return the uid of the folder of exactly *title* in *parent*."""
    same = only(scope, tree(scope).titled(parent, title), title)
    return None if same is None else same.uid


def only(scope: Scope, folders: t.Sequence[Folder], title: str) -> Folder | None:
    """Return the one of *folders*, which are all of *title* and in one place. Raises :class:`Refused` for several."""
    if len(folders) > 1:
        raise Refused(
            "%d folders of %s are titled %s in one place (%s): say which one by its uid"
            % (len(folders), scope.where(), title, ", ".join(folder.uid for folder in folders)),
            code="ambiguous",
        )
    return folders[0] if folders else None


def not_found(scope: Scope, what: str) -> GrafanaError:
    """Return the error for a folder that is not there."""
    return NotFound(
        "folder %s was not found in %s, or the caller may not see it: create it first, or give its titles as folder with "
        "create_folder: true" % (what, scope.where()),
        code="folder_not_found",
    )


__all__ = [
    "GENERAL",
    "ancestors",
    "by_path",
    "check_nesting",
    "create",
    "exists",
    "general",
    "make",
    "nests",
    "not_found",
    "only",
    "path",
    "patiently",
    "remembered",
    "steps",
    "tree",
]
