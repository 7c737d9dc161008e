# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds folders by uid or by the path of their titles, and creates missing folders of a path."""

from __future__ import annotations

import time
import typing as t

from .._grafana.client import segment
from .._grafana.connection import text
from .._grafana.errors import BadInput, Conflict, Forbidden, GrafanaError, NotFound, Refused, Unsupported
from .._grafana.granted import read_permissions_again
from .._grafana.scope import Scope
from .._grafana.versions import NESTED_FOLDERS, TITLES_REPEAT
from .tree import GENERAL, Folder, Tree, from_legacy
from .unlisted import derived_uids

#: Seconds until the permissions of a new folder have taken effect for the token that created it (12.0, recorded) and for others.
DELAY = 70.0
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


def with_ancestors(scope: Scope, uid: str) -> list[str]:
    """Return *uid* and the uids of the folders above it, which servers without nested folders do not have; none for General."""
    if uid == GENERAL:
        return []
    with scope.lock:
        return [uid, *(folder.uid for folder in tree(scope).above(uid))]


def path(scope: Scope, uid: str) -> str:
    """Return the path of a folder (titles joined by slashes); ``""`` for General and for a folder that the caller cannot see."""
    with scope.lock:
        return tree(scope).path(uid)


def check_one(options: t.Mapping[str, t.Any]) -> None:
    """Raise :class:`BadInput` if more than one of *options*, which say where an object is, has a value."""
    given = [name for name, value in options.items() if value is not None]
    if len(given) > 1:
        raise BadInput("%s%s are set: keep one" % ("both " if len(given) == 2 else "", " and ".join(given)))


def read_titles(value: t.Any, option: str) -> tuple[str, ...]:
    """Return the titles in a list option, from the top down; empty for General. Raises :class:`BadInput`."""
    titles = tuple(text(one, "%s[%d]" % (option, number)).strip() for number, one in enumerate(value))
    if not all(titles):
        raise BadInput("%s contains a blank title: give the titles of folders from the top down" % option)
    return () if len(titles) == 1 and not general(titles[0]) else check_titles(titles, option)


def read_path(value: t.Any, option: str) -> str:
    """Return a path of titles joined by slashes. Raises :class:`BadInput`."""
    path = text(value, option)
    check_titles(steps(path), option)
    return path


def check_titles(titles: t.Sequence[str], option: str) -> tuple[str, ...]:
    """Return the titles of a path. Raises :class:`BadInput` for a path that begins with General and does not end there."""
    if len(titles) > 1 and not general(titles[0]):
        raise BadInput(
            "%s %s begins with General, which holds everything that is in no folder, and has no subfolders: leave %s/ out"
            % (option, "/".join(titles), titles[0])
        )
    return tuple(titles)


def by_path(scope: Scope, path: str, below: t.Sequence[str] = (), flat: bool = False) -> str | None:
    """Return the uid of the folder that :func:`reach` finds; ``None`` if it does not exist.

    On servers without nested folders, only a top-level folder whose title is the whole path can match: with *flat*, ``None`` is
    returned if it does not exist; without *flat*, :class:`Unsupported` is raised. Raises :class:`Refused` if two folders with
    the same parent have the title.
    """
    uid, left = reach(scope, path, below)
    if left and not (flat and not nests(scope)):
        check_nesting(scope, _whole(path, below), len(steps(_whole(path, below))) - 1)
    return None if left else uid


def reach(scope: Scope, path: str, below: t.Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """Return the uid of the deepest folder that exists on the way, and the titles of the folders that are missing below it.

    The way is *path* (titles joined by slashes) and then *below* (exact titles). A title in *path* may contain slashes itself:
    at each level, the longest title that exists matches. On servers without nested folders, and for a folder that a run created
    before the server had nested folders, the whole way is one title. Raises :class:`Refused` if two folders with the same
    parent have a title.
    """
    whole = _whole(path, below)
    if not below and not general(whole.strip()):
        return GENERAL, ()
    with scope.lock:
        if not nests(scope):
            at_top = _titled(scope, GENERAL, whole.strip())
            return (GENERAL, (whole.strip(),)) if at_top is None else (at_top, ())
        pieces = path.split("/") if general(path.strip()) else []
        uid, used = _walk(scope, GENERAL, pieces)
        left = (*steps("/".join(pieces[used:])), *below)
        if not any(piece.strip() for piece in pieces[used:]):
            uid, left = _descend(scope, uid, below)
        at_top = _titled(scope, GENERAL, whole) if left and below else None
        return (uid, left) if at_top is None else (at_top, ())


def _whole(path: str, below: t.Sequence[str]) -> str:
    return "/".join(part for part in (path, *below) if part)


def _walk(scope: Scope, parent: str, pieces: t.Sequence[str]) -> tuple[str, int]:
    """Return the uid of the folder that is reached from *parent*, and how many of the *pieces* of a path lead there."""
    best = (parent, 0)
    for size in range(len(pieces), 0, -1):
        title = "/".join(pieces[:size]).strip()
        if not title or (size > 1 and not pieces[0].strip()):
            continue
        uid = _titled(scope, parent, title)
        if uid is not None:
            reached, used = _walk(scope, uid, pieces[size:])
            best = max(best, (reached, size + used), key=lambda found: found[1])
        if best[1] == len(pieces):
            break
    if pieces and not pieces[0].strip():
        reached, used = _walk(scope, parent, pieces[1:])
        best = max(best, (reached, 1 + used), key=lambda found: found[1])
    return best


def _descend(scope: Scope, parent: str, titles: t.Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the uid of the deepest existing folder on the way from *parent* along *titles*, and the titles that are left."""
    for number, title in enumerate(titles):
        uid = _titled(scope, parent, title)
        if uid is None:
            return parent, tuple(titles[number:])
        parent = uid
    return parent, ()


def check_repository(scope: Scope, what: str, uid: str) -> None:
    """Raise :class:`Refused` if a repository manages the folder *uid*: the server then refuses *what* in it (Git Sync)."""
    with scope.lock:
        folder = tree(scope).get(uid) if uid else None
    if folder is not None and folder.in_repository:
        raise Refused(
            "%s cannot be written to folder %s, which is managed by %s: write it there, or choose another folder"
            % (what, folder.title, folder.manager),
            code="provisioned",
        )


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
        parent, titles = reach(scope, path, below)
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
            answer = patiently(scope, lambda: scope.client.post("/api/folders", body, org=scope.org_id), patient)
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
    answer = patiently(scope, lambda: scope.client.find("/api/folders/%s" % segment(uid), org=scope.org_id), True)
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


def patiently(scope: Scope, write: t.Callable[[], T], patient: bool) -> T:
    """Call *write* and return its result. With *patient*, retry on 403 for up to :data:`DELAY` seconds.

    Use *patient* for requests to a new folder, whose permissions may take a while to take effect: up to 61 seconds, and up to 31
    if the caller lets the server read its permissions again (measured at 12.4.3).
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
        read_permissions_again(scope)


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
    "by_path",
    "check_nesting",
    "check_one",
    "check_repository",
    "check_titles",
    "create",
    "exists",
    "general",
    "make",
    "nests",
    "not_found",
    "only",
    "path",
    "patiently",
    "reach",
    "read_path",
    "read_titles",
    "remembered",
    "steps",
    "tree",
    "with_ancestors",
]
