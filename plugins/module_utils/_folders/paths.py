# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds folders by uid or by the path of their titles, and creates missing folders of a path."""

from __future__ import annotations

import time
import typing as t

from .._grafana.client import segment
from .._grafana.errors import Conflict, Forbidden, GrafanaError, NotFound, Refused, Unsupported
from .._grafana.scope import Scope
from .._grafana.versions import DEPTH_IS_A_SETTING, NESTED_FOLDERS, TITLES_REPEAT
from .tree import GENERAL, Folder, Tree, from_legacy
from .unlisted import derived_uids

#: Seconds until the permissions of a new folder may take effect for the token that created it (12.0, recorded).
DELAY = 60.0
#: How many folders can be above a folder: 4 can, 5 cannot, and up to 12.4 no setting changes it (recorded).
MOST_ABOVE = 4
T = t.TypeVar("T")


def general(name: str) -> str:
    """Return *name*, a uid or title of a folder; for any spelling of ``general`` return ``""``, the uid of General."""
    return GENERAL if name.lower() == "general" else name


def tree(scope: Scope) -> Tree:
    """Return the folder tree of the org, cached in *scope*."""
    cached: Tree = scope.cached("folders", lambda: Tree(scope))
    return cached


def exists(scope: Scope, uid: str) -> bool:
    """Return whether the org has a folder with this uid."""
    with scope.lock:
        return tree(scope).find(uid) is not None


def number(scope: Scope, uid: str) -> int:
    """Return the database id of a folder, which some requests of old versions need. Raises :class:`NotFound`."""
    with scope.lock:
        folder = tree(scope).find(uid)
    if folder is None or folder.id is None:
        raise not_found(scope, uid)
    return folder.id


def ancestors(scope: Scope, uid: str) -> tuple[str, ...]:
    """Return the uids of the parent folders of a folder, from the top down; empty on servers without nested folders."""
    with scope.lock:
        return tuple(folder.uid for folder in tree(scope).above(uid))


def path(scope: Scope, uid: str) -> str:
    """Return the path of a folder (titles joined by slashes); ``""`` for General and for a folder that the caller cannot see."""
    with scope.lock:
        return tree(scope).path(uid)


def by_path(scope: Scope, path: str, below: t.Sequence[str] = (), flat: bool = False) -> str | None:
    """Return the uid of the folder at *path* (titles joined by slashes); ``None`` if it does not exist.

    A top-level folder whose title is the whole *path* is found first. *below* are titles of further subfolders, which may
    contain slashes themselves. On servers without nested folders, only such a top-level folder can match: with *flat*,
    ``None`` is returned if it does not exist; without *flat*, :class:`Unsupported` is raised. Raises :class:`Refused` if two
    folders with the same parent have the title.
    """
    whole = "/".join(part for part in (path, *below) if part)
    if not below and not general(whole.strip()):
        return GENERAL
    with scope.lock:
        return _by_path(scope, path, below, whole, flat)


def _by_path(scope: Scope, path: str, below: t.Sequence[str], whole: str, flat: bool) -> str | None:
    if below and nests(scope):
        uid = _descend(scope, by_path(scope, path, flat=flat), below)
        # Before the server supported nested folders, a run may have created one folder with the whole path as its title.
        return uid if uid is not None else _titled(scope, GENERAL, whole)
    at_top = _titled(scope, GENERAL, whole)
    if at_top is not None:
        return at_top
    if flat and not nests(scope):
        return None
    check_nesting(scope, whole, len(steps(whole)) - 1)
    return _descend(scope, GENERAL, steps(whole))


def _descend(scope: Scope, parent: str | None, titles: t.Sequence[str]) -> str | None:
    """Return the uid of the folder at the path *titles* in *parent*; ``None`` if a folder of the path does not exist."""
    for title in titles:
        if parent is None:
            return None
        parent = _titled(scope, parent, title)
    return parent


def nests(scope: Scope) -> bool:
    """Return whether the server supports nested folders; ``True`` if it hides its version."""
    return scope.client.at_least(NESTED_FOLDERS) is not False


def check_nesting(scope: Scope, what: str, depth: int) -> None:
    """Raise :class:`Unsupported` if a folder has *depth* parents and the server is older than 11.0, which ignores parents."""
    if depth > 0 and not nests(scope):
        raise Unsupported(
            "folder %s is in another folder, which needs Grafana %s or later; %s has version %s"
            % (what, NESTED_FOLDERS, scope.client.connection.url, scope.client.version()),
        )


def check_depth(scope: Scope, what: str, depth: int) -> None:
    """Raise :class:`Refused` for a new folder with *depth* folders above it, if the server refuses so many.

    From 13.0 on the limit is a setting that no request returns: in check mode, warn.
    """
    if depth <= MOST_ABOVE or not nests(scope):
        return
    text = "folder %s would have %d folders above it, and Grafana allows %d: choose a parent nearer to the top" % (
        what,
        depth,
        MOST_ABOVE,
    )
    if scope.client.at_least(NESTED_FOLDERS) and scope.client.at_least(DEPTH_IS_A_SETTING) is False:
        raise Refused(text, code="too_deep")
    if scope.check:
        scope.warn(text + "; a setting may allow more; if it does not, the run fails")


def steps(path: str) -> list[str]:
    """Split *path* into titles, from the top down; blank ones are dropped."""
    return [title.strip() for title in path.split("/") if title.strip()]


def make(scope: Scope, path: str, below: t.Sequence[str] = ()) -> str:
    """Return the uid of the folder that :func:`by_path` finds; create missing folders of the path first.

    On servers without nested folders, this creates one folder with the whole path as its title. Raises
    :class:`GrafanaError`.
    """
    created = False
    with scope.lock:
        if not nests(scope):
            parent, titles = GENERAL, ["/".join(part for part in (path.strip(), *below) if part)]
        else:
            start = by_path(scope, path) if below else None
            parent, titles = (GENERAL, [*steps(path), *below]) if start is None else (start, list(below))
        for title in titles:
            uid = _titled(scope, parent, title)
            if uid is None:
                uid, created = _create_or_find(scope, parent, title, patient=created), True
            parent = uid
    return parent


def _create_or_find(scope: Scope, parent: str, title: str, patient: bool) -> str:
    try:
        return create(scope, title, parent, patient=patient).uid
    except GrafanaError:
        # The error may mean that another client has created the folder meanwhile; if so, use that folder.
        scope.invalidate("folder")
        uid = _titled(scope, parent, title)
        if uid is None:
            raise
        return uid


def create(
    scope: Scope,
    title: str,
    parent: str,
    uid: str | None = None,
    description: str | None = None,
    patient: bool = False,
) -> Folder:
    """Create a folder and return it. Raises :class:`GrafanaError`.

    Set *patient* if its parent is new (see :func:`patiently`). Without *uid* the folder gets a uid derived from parent and
    title, so that creating the folder twice raises :class:`Conflict`.
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
            next_uid = next(uids, None) if _renamed_or_moved(scope, body["uid"], parent, title) else None
            if next_uid is None:
                raise
            body["uid"] = next_uid
    created = remembered(answer, parent, description)
    tree(scope).put_made(created)
    return created


def _renamed_or_moved(scope: Scope, uid: str, parent: str, title: str) -> bool:
    """Return whether the folder with a derived *uid* has been renamed or moved since it got that uid.

    Retries on 403, because the server may refuse access to a new folder until its permissions take effect.
    """
    if scope.client.at_least(TITLES_REPEAT) is False:
        return False  # Titles are unique here, so the conflict is about the title, not the uid.
    answer = patiently(lambda: scope.client.find("/api/folders/%s" % segment(uid), org=scope.org_id), True)
    if answer is None:
        return False
    folder = from_legacy(answer)
    return (folder.parent_uid, folder.title) != (parent, title)


def remembered(answer: t.Mapping[str, t.Any], parent: str, description: str | None) -> Folder:
    """Return the folder in the answer to a write, with the fields that such answers lack."""
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
    """Call *write* and return its result. With *patient*, retry on 403 for up to :data:`DELAY` seconds.

    Use *patient* for requests to a new folder, whose permissions may take a while to take effect.
    """
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
    """Return the uid of the folder with exactly this title in *parent*, ``None`` if it does not exist."""
    folder = only(scope, tree(scope).titled(parent, title), title)
    return None if folder is None else folder.uid


def only(scope: Scope, folders: t.Sequence[Folder], title: str) -> Folder | None:
    """Return the only element of *folders*, which have the same parent and title; ``None`` if there is none.

    Raises :class:`Refused` for more than one.
    """
    if len(folders) > 1:
        raise Refused(
            "%d folders of %s have the title %s in the same parent folder (%s): name the folder by its uid"
            % (len(folders), scope.where(), title, ", ".join(folder.uid for folder in folders)),
            code="ambiguous",
        )
    return folders[0] if folders else None


def not_found(scope: Scope, what: str) -> GrafanaError:
    """Return the error for a missing folder; *what* is its uid or path."""
    return NotFound(
        "folder %s does not exist in %s, or the caller may not see it: create it first, or set folder to the path of its "
        "titles and create_folder: true" % (what, scope.where()),
        code="folder_not_found",
    )


__all__ = [
    "GENERAL",
    "ancestors",
    "by_path",
    "check_depth",
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
