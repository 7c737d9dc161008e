# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders: finding one by uid or by the path of its titles, and making the path on demand."""

from __future__ import annotations

import typing as t

from ansible_collections.orgsmith.grafana.plugins.module_utils._client import segment
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import GrafanaError, NotFound, Refused, Unsupported
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._versions import NESTED_FOLDERS

#: Folders a page.
PER_PAGE = 1000
#: The uid of the place for what is in no folder, as results and our options write it.
GENERAL = ""
#: What people call that place.
GENERAL_NAMES = ("", "general")


def exists(scope: Scope, uid: str) -> bool:
    """Tell whether the org has a folder of this uid."""
    found: t.Any = scope.once("folder " + uid, lambda: scope.client.find("/api/folders/%s" % segment(uid), org=scope.org_id))
    return found is not None


def ancestors(scope: Scope, uid: str) -> tuple[str, ...]:
    """Return the uids of the folders that a folder is in, the top one first; none where folders do not nest."""
    found: t.Any = scope.once("folder " + uid, lambda: scope.client.find("/api/folders/%s" % segment(uid), org=scope.org_id))
    return tuple(str(parent["uid"]) for parent in (found or {}).get("parents") or ())


def by_path(scope: Scope, path: str, below: t.Sequence[str] = (), flat: bool = False) -> str | None:
    """Return the uid of the folder at *path*, titles joined by slashes; ``None`` if it is not there.

    A title that holds slashes itself is found at the top level; with *flat* that is what a path means on servers
    whose folders do not nest, and otherwise :class:`Unsupported` is raised there. The titles *below* lead further down,
    each as it is, slashes included. Raises :class:`Refused` for a title that two folders of one level share.
    """
    whole = "/".join(part for part in (path, *below) if part)
    if whole.strip().lower() in GENERAL_NAMES and not below:
        return GENERAL
    nests = scope.client.at_least(NESTED_FOLDERS) is not False
    if below and nests:
        found = _descend(scope, by_path(scope, path, flat=flat), below)
        # As a server whose folders did not nest yet has made it, the whole path is the title of one.
        return found if found is not None else _titled(scope, GENERAL, whole)
    at_top = _titled(scope, GENERAL, whole)
    if at_top is not None:
        return at_top
    if flat and not nests:
        return None
    _check_nesting(scope, whole)
    return _descend(scope, GENERAL, steps(whole))


def _descend(scope: Scope, parent: str | None, titles: t.Sequence[str]) -> str | None:
    """Return the uid of the folder that *titles* lead to from *parent*; ``None`` if one is not there."""
    for title in titles:
        if parent is None:
            return None
        parent = _titled(scope, parent, title)
    return parent


def _check_nesting(scope: Scope, path: str) -> None:
    """Raise :class:`Unsupported` for folders in folders before 11: such a server takes every folder for a top one."""
    if len(steps(path)) > 1 and scope.client.at_least(NESTED_FOLDERS) is False:
        raise Unsupported(
            "folder %s: folders in folders need Grafana %s or later, and %s is %s"
            % (path, NESTED_FOLDERS, scope.client.connection.url, scope.client.version()),
        )


def steps(path: str) -> list[str]:
    """Return the titles that *path* names, from the top down."""
    return [title.strip() for title in path.split("/") if title.strip()]


def make(scope: Scope, path: str, below: t.Sequence[str] = ()) -> str:
    """Return the uid of the folder that :func:`by_path` looks for; missing parts are made. Raises :class:`GrafanaError`.

    Before folders nest, the path as a whole is the title of one folder.
    """
    with scope.lock:
        if scope.client.at_least(NESTED_FOLDERS) is False:
            parent, titles = GENERAL, ["/".join(part for part in (path.strip(), *below) if part)]
        else:
            there = by_path(scope, path) if below else None
            parent, titles = (GENERAL, [*steps(path), *below]) if there is None else (there, list(below))
        for title in titles:
            found = _titled(scope, parent, title)
            parent = found if found is not None else _make_one(scope, parent, title)
    return parent


def _make_one(scope: Scope, parent: str, title: str) -> str:
    body = {"title": title}
    if parent:
        body["parentUid"] = parent
    try:
        made = scope.client.post("/api/folders", body, org=scope.org_id)
    except GrafanaError:
        # Somebody else may have made it meanwhile: that is a question.
        scope.forget("folder")
        found = _titled(scope, parent, title)
        if found is None:
            raise
        return found
    uid = str(made["uid"])
    _listed(scope, parent).append(made)
    scope.once("folders in " + uid, list)
    scope.anew("folder " + uid, lambda: made)
    return uid


def _titled(scope: Scope, parent: str, title: str) -> str | None:
    """Return the uid of the folder of exactly *title* in *parent*."""
    same = [str(folder["uid"]) for folder in _listed(scope, parent) if folder["title"] == title]
    if len(same) > 1:
        raise Refused(
            "%d folders of %s are titled %s in one place (%s): say which one by folder_uid"
            % (len(same), scope.where(), title, ", ".join(same)),
            code="ambiguous",
        )
    return same[0] if same else None


def _listed(scope: Scope, parent: str) -> list[dict[str, t.Any]]:
    """Return the folders in *parent*, listed once."""
    return t.cast("list[dict[str, t.Any]]", scope.once("folders in " + parent, lambda: list(_children(scope, parent))))


def _children(scope: Scope, parent: str) -> t.Iterator[dict[str, t.Any]]:
    page = 1
    while True:
        folders = scope.client.get("/api/folders", org=scope.org_id, limit=PER_PAGE, page=page, parentUid=parent or None)
        yield from folders
        if len(folders) < PER_PAGE:
            return
        page += 1


def not_found(scope: Scope, what: str) -> GrafanaError:
    """Return the error for a folder that is not there."""
    return NotFound(
        "folder %s was not found in %s: create it first, or give its titles as folder with create_folder: true"
        % (what, scope.where()),
        code="folder_not_found",
    )
