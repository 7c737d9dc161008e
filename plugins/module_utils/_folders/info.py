# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the folders of an organization.

This takes one request from 12.0 on, and before 11.0, which has no nested folders. For the versions between, it takes one
request per folder.
"""

from __future__ import annotations

import typing as t

from .._engine.info import Result, inside, scope_of
from .._engine.module import GrafanaModule
from .._grafana.client import Client
from .._grafana.connection import Connection, text
from .._grafana.scope import Scope
from .._permissions import reconcile as permissions
from .._permissions.model import FOLDER
from . import paths as folders
from .resource import shown_folder
from .tree import GENERAL, Folder

OPTIONS: dict[str, dict[str, t.Any]] = {
    "uid": {"type": "raw"},
    "title": {"type": "raw"},
    "parent": {"type": "raw"},
    "parent_uid": {"type": "raw"},
    "parent_path": {"type": "list", "elements": "raw"},
    "permissions": {"type": "bool", "default": False},
}

#: The functions that read and check options.
_READERS: dict[str, t.Callable[[t.Any, str], t.Any]] = {
    "uid": text,
    "title": text,
    "parent": folders.read_path,
    "parent_uid": text,
    "parent_path": folders.read_titles,
}


def all_folders(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the folders of an org that the options select, each after its parent."""
    given = {name: module.params[name] for name in _READERS if module.params[name] is not None}
    folders.check_one({name: given.get(name) for name in ("parent", "parent_uid", "parent_path")})
    wanted = {name: _READERS[name](value, name) for name, value in given.items()}
    scope = scope_of(module, client, connection.org)
    return {"folders": inside(scope, lambda: _folders(scope, wanted, module.params["permissions"]))}


def _folders(scope: Scope, wanted: t.Mapping[str, t.Any], with_permissions: bool) -> list[Result]:
    tree = folders.tree(scope)
    entries = []
    for folder in _candidates(scope, wanted):
        if wanted.get("title", folder.title) == folder.title:
            shown = shown_folder(folder, tree.path(folder.parent_uid), tree.complete)
            managed = {"managed_by": folder.managed_by} if tree.complete else {}
            target = permissions.Target(FOLDER, folder.uid, "folder %s" % folder.title)
            more = permissions.listed(scope, target, with_permissions)
            entries.append({**scope.shown(), **shown, **managed, **more})
    return entries


def _candidates(scope: Scope, wanted: t.Mapping[str, t.Any]) -> list[Folder]:
    """Return the folders that match all options except ``title``."""
    tree = folders.tree(scope)
    parent: str | None = None
    if "parent_uid" in wanted:
        parent = folders.general(wanted["parent_uid"])
    elif "parent" in wanted or "parent_path" in wanted:
        parent = folders.by_path(scope, wanted.get("parent", ""), wanted.get("parent_path", ()))
        if parent is None:
            return []
    if "uid" in wanted:
        one = tree.find(wanted["uid"])
        return [one] if one is not None and parent in (None, one.parent_uid) else []
    if parent is None:
        return tree.every()
    exists = parent == GENERAL or tree.find(parent) is not None
    return tree.children(parent) if exists else []
