# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards: what is wanted, what is there, and where the two differ."""

from __future__ import annotations

import json
import os
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.orgsmith.grafana.plugins.module_utils._connection import text
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_diff import compare
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._json_diff import check_document, paths, shown
from ansible_collections.orgsmith.grafana.plugins.module_utils._reconcile import Change, View

OPTIONS: dict[str, dict[str, t.Any]] = {
    "dashboard": {"type": "dict"},
    "path": {"type": "path"},
    "content": {"type": "str"},
    "uid": {"type": "raw"},
    "folder_uid": {"type": "raw"},
    "folder": {"type": "raw"},
    "create_folder": {"type": "bool", "default": False},
    "message": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

#: Fields of a dashboard that belong to the server: its database id, and the version, which every write moves.
SERVER_FIELDS = ("id", "uid", "version")
_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")


@dataclass(frozen=True)
class DesiredDashboard:
    """A dashboard as a task wants it.

    *body* is without uid, id and version; *folder_uid* ``""`` is General, and both folder fields ``None``
    leave an existing dashboard where it is.
    """

    uid: str | None
    title: str
    body: t.Mapping[str, t.Any] = field(repr=False)
    folder_uid: str | None = None
    folder: str | None = None
    create_folder: bool = False
    message: str | None = None
    state: str = "present"


@dataclass(frozen=True)
class CurrentDashboard:
    """A dashboard as the server has it; *provisioned* says by what, where it must not be written."""

    uid: str
    title: str
    body: t.Mapping[str, t.Any] = field(repr=False)
    folder_uid: str
    version: int
    provisioned: str | None = None
    changed_paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What was read: the dashboard if there is one, and the uid of the folder it should be in.

    *folder_uid* is ``None`` where the task does not say, and for a folder that has yet to be made.
    """

    current: CurrentDashboard | None
    folder_uid: str | None = None
    folder_to_make: str | None = None


def parse(options: t.Mapping[str, t.Any]) -> DesiredDashboard:
    """Return what *options* describe, the file read. Raises :class:`BadInput`."""
    state = options.get("state", "present")
    given = [name for name in ("dashboard", "path", "content") if options.get(name) not in (None, "")]
    if len(given) > 1:
        raise BadInput("%s are set: give a dashboard in one way" % " and ".join(given))
    own_uid = options.get("uid")
    if not given:
        if state == "present" or own_uid in (None, ""):
            also = ", or uid" if state == "absent" else ""
            raise BadInput("no dashboard is given: set dashboard, path or content%s" % also)
        return DesiredDashboard(_uid(own_uid, "uid"), str(own_uid), {}, state=state)
    what = "dashboard" if given[0] == "dashboard" else "%s %s" % (given[0], options["path"] if given[0] == "path" else "")
    document, wrapper = _unwrap(_load(given[0], options[given[0]]), what.strip())
    check_document(document, what.strip())
    return _desired(document, wrapper, options, what.strip(), state)


def _load(way: str, value: t.Any) -> t.Any:
    """Return the document as parsed JSON."""
    if way == "dashboard":
        return value
    if way == "path":
        path = os.path.expanduser(str(value))
        try:
            with open(path, "rb") as stream:
                raw: bytes | str = stream.read()
        except OSError as problem:
            raise BadInput("path %s cannot be read on the host that runs the module: %s" % (path, problem.strerror)) from None
        what = "path %s" % path
    else:
        raw, what = str(value), "content"
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as problem:
        raise BadInput("%s is no JSON: %s" % (what, problem)) from None


def _unwrap(document: t.Any, what: str) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Return the dashboard itself and what the API wraps around it (``{"dashboard": …}``), if anything."""
    if isinstance(document, dict) and isinstance(document.get("dashboard"), dict):
        return document["dashboard"], document
    if not isinstance(document, dict):
        raise BadInput("%s holds no dashboard: a JSON object is wanted" % what)
    return document, {}


def _desired(
    document: dict[str, t.Any], wrapper: dict[str, t.Any], options: t.Mapping[str, t.Any], what: str, state: str
) -> DesiredDashboard:
    uid = options.get("uid") or document.get("uid") or None
    title = document.get("title")
    if not isinstance(title, str) or not title.strip():
        if state == "present" or uid is None:
            raise BadInput("%s has no title" % what)
        title = str(uid)
    folder_uid, folder = options.get("folder_uid"), options.get("folder")
    if folder_uid is not None and folder is not None:
        raise BadInput("both folder_uid and folder are set: keep one")
    if folder_uid is None and folder is None:
        folder_uid = wrapper.get("folderUid")
    return DesiredDashboard(
        uid=None if uid is None else _uid(uid, what),
        title=title.strip(),
        body=comparable(document),
        folder_uid=None if folder_uid is None else general(text(folder_uid, "folder_uid")),
        folder=None if folder is None else text(folder, "folder"),
        create_folder=bool(options.get("create_folder")),
        message=options.get("message") or wrapper.get("message"),
        state=state,
    )


def general(uid: str) -> str:
    """Return *uid*, or the empty string for the General folder under whatever name."""
    return "" if uid.lower() in ("", "general") else uid


def _uid(value: t.Any, what: str) -> str:
    uid = text(value, "uid of %s" % what).strip()
    if not _UID.fullmatch(uid):
        raise BadInput("the uid %r of %s is none: Grafana takes up to 40 letters, digits, dashes and underscores" % (uid, what))
    return uid


def comparable(document: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return *document* without what belongs to the server.

    Servers trim titles, and 12.0 says of a dashboard without a schema version that it has number 0.
    """
    body = {key: value for key, value in document.items() if key not in SERVER_FIELDS}
    if body.get("schemaVersion") == 0:
        del body["schemaVersion"]
    if isinstance(body.get("title"), str):
        body["title"] = body["title"].strip()
    return body


def plan(desired: DesiredDashboard, found: Found) -> Change | None:
    """Return what has to be done. Pure."""
    current = found.current
    if desired.state == "absent":
        return None if current is None else Change("delete", _current_head(current), {}, found)
    moves = found.folder_to_make is not None or (
        found.folder_uid is not None and current is not None and found.folder_uid != current.folder_uid
    )
    if current is None:
        return Change("create", {}, _head(desired, found.folder_uid, None), (found, ()))
    changes = compare(current.body, desired.body)
    if not changes and not moves:
        return None
    before = {**_current_head(current), "changes": shown(changes, "before")}
    after = {**_head(desired, current.folder_uid, current.uid), "changes": shown(changes, "after")}
    return Change("update", before, after, (found, tuple(paths(changes) + (["folder"] if moves else []))))


def _head(desired: DesiredDashboard, folder_uid: str | None, uid: str | None) -> View:
    """Return what a diff says of the dashboard as it is wanted; a folder as the task names it."""
    wanted = desired.folder if desired.folder is not None else desired.folder_uid
    return {"uid": desired.uid or uid, "title": desired.title, "folder": wanted if wanted is not None else folder_uid or ""}


def _current_head(current: CurrentDashboard) -> View:
    return {"uid": current.uid, "title": current.title, "folder": current.folder_uid}
