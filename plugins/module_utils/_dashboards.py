# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards: what is wanted, what is there, and where the two differ."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.orgsmith.grafana.plugins.module_utils._connection import text
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_diff import compare
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_formats import (
    CLASSIC,
    SERVER_FIELDS,
    Document,
    read_document,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_history import LastWrite, check_source
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_inputs import LibraryPanel
from ansible_collections.orgsmith.grafana.plugins.module_utils._document_text import load
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import BadInput, Refused
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders import GENERAL_NAMES
from ansible_collections.orgsmith.grafana.plugins.module_utils._json_diff import check_document, paths, shown
from ansible_collections.orgsmith.grafana.plugins.module_utils._key_like import key_like, masked
from ansible_collections.orgsmith.grafana.plugins.module_utils._reconcile import Change, View

OPTIONS: dict[str, dict[str, t.Any]] = {
    "dashboard": {"type": "dict"},
    "path": {"type": "path"},
    "content": {"type": "str"},
    "directory": {"type": "path"},
    "patterns": {"type": "list", "elements": "str"},
    "exclude": {"type": "list", "elements": "str"},
    "uid": {"type": "raw"},
    "folder_uid": {"type": "raw"},
    "folder": {"type": "raw"},
    "create_folder": {"type": "bool"},
    "message": {"type": "str"},
    "api": {"type": "str", "choices": ["auto", "legacy", "kubernetes"], "default": "auto"},
    "on_conflict": {"type": "str", "choices": ["overwrite", "fail", "keep"], "default": "overwrite"},
    "source": {"type": "str", "default": ""},
    "prune": {"type": "bool", "default": False},
    "inputs": {"type": "dict", "default": {}},
    "allow_secrets": {"type": "bool", "default": False},
    "check_references": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

#: What is done about a dashboard that somebody else has written since this collection did.
OVERWRITE, FAIL, KEEP = "overwrite", "fail", "keep"

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
    #: of a folder that a tree of directories names: the path that it begins at, and the titles of those below
    top: str = ""
    below: tuple[str, ...] = ()
    create_folder: bool = False
    #: whether a path of folders is one folder's title where folders do not nest
    flat: bool = False
    message: str | None = None
    state: str = "present"
    api: str = "auto"
    layout: str = ""
    on_conflict: str = OVERWRITE
    source: str = ""
    prune: bool = False
    #: the folder that a directory is written to, from which pruning must not stray: a uid, or a path of titles
    prune_folder_uid: str | None = None
    prune_folder: str | None = None
    #: the file of a directory that it is from, relative to the directory
    file: str | None = None
    #: an export with places to fill in, and what to fill them with; the library panels that it then brings
    document: Document | None = field(default=None, repr=False)
    inputs: t.Mapping[str, t.Any] = field(default_factory=dict, repr=False)
    panels: tuple[LibraryPanel, ...] = ()
    check_references: bool = False
    #: what people should know of the file
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """What identifies a dashboard; *message* is its last version's, ``None`` where a list does not show it."""

    uid: str
    title: str
    folder_uid: str
    provisioned: bool = False
    message: str | None = None
    number: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class CurrentDashboard:
    """A dashboard as the server has it; *provisioned* says by what, where it must not be written.

    *message* is that of its last version, ``None`` where it has to be asked for; *number* its database id, where one
    is told. *notes*, *labels* and *resource_version* are those of its object, and *stored* the version that it is stored as.
    """

    uid: str
    title: str
    body: t.Mapping[str, t.Any] = field(repr=False)
    folder_uid: str
    version: int
    provisioned: str | None = None
    changed_paths: tuple[str, ...] = ()
    resource_version: str = ""
    message: str | None = None
    number: int | None = None
    notes: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    labels: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    stored: str = ""

    def with_message(self, message: str | None) -> CurrentDashboard:
        """Return it with another message."""
        return replace(self, message=message)

    def head(self) -> Head:
        """Return what identifies it."""
        tags = self.body.get("tags")
        return Head(
            uid=self.uid,
            title=self.title,
            folder_uid=self.folder_uid,
            provisioned=self.provisioned is not None,
            message=self.message,
            number=self.number,
            tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        )


@dataclass(frozen=True)
class Found:
    """What was read: the dashboard if there is one, and the uid of the folder it should be in.

    *folder_uid* is ``None`` where the task does not say, and for a folder that has yet to be made.
    """

    current: CurrentDashboard | None
    folder_uid: str | None = None
    folder_to_make: str | None = None
    #: the path of the folder that the dashboard is in, where something is about to be done to it
    current_folder: str = ""
    #: the newest version, where it was asked for, and is not of this collection
    edited: LastWrite | None = None
    #: the uid of another dashboard of that title in that folder, where the server lets no two be
    namesake: str | None = None
    #: *desired* with what the org gives it, where that is something
    wanted: DesiredDashboard | None = field(default=None, repr=False)
    #: library panels that come with it and are not there
    panels: tuple[LibraryPanel, ...] = ()
    #: library panels that the server would look for and not find
    missing_panels: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    #: sentences on what it names and the org lacks, where that was asked for
    dangling: tuple[str, ...] = ()


def parse(options: t.Mapping[str, t.Any]) -> DesiredDashboard:
    """Return what *options* describe, the file read. Raises :class:`BadInput`."""
    state = options.get("state", "present")
    given = [name for name in ("dashboard", "path", "content", "loaded") if options.get(name) not in (None, "")]
    if len(given) > 1:
        raise BadInput("%s are set: give a dashboard in one way" % " and ".join(given))
    own_uid = options.get("uid")
    if not given:
        if state == "present" or own_uid in (None, ""):
            also = ", or uid" if state == "absent" else ""
            raise BadInput("no dashboard is given: set dashboard, path, content or directory%s" % also)
        return DesiredDashboard(_uid(own_uid, "uid"), str(own_uid), {}, state=state, **_manner(options))
    what = {"dashboard": "dashboard", "path": "path %s" % options.get("path"), "content": "content"}.get(given[0])
    what = what or str(options.get("file"))
    loaded = _load(given[0], options[given[0]], what)
    check_document(loaded, what)
    return _desired(read_document(loaded, what), options, what, state)


def _load(way: str, value: t.Any, what: str) -> t.Any:
    """Return the document as parsed JSON."""
    if way in ("dashboard", "loaded"):
        return value
    if way == "content":
        return load(str(value), what)
    path = os.path.expanduser(str(value))
    try:
        with open(path, "rb") as stream:
            return load(stream.read(), what, name=path)
    except OSError as problem:
        raise BadInput("%s cannot be read on the host that runs the module: %s" % (what, problem.strerror)) from None


def _desired(document: Document, options: t.Mapping[str, t.Any], what: str, state: str) -> DesiredDashboard:
    uid, title = options.get("uid") or document.uid, document.title
    if not title:
        if state == "present" or uid is None:
            raise BadInput("%s has no title" % what)
        title = str(uid)
    folder_uid, folder = options.get("folder_uid"), options.get("folder")
    if folder_uid is not None and folder is not None:
        raise BadInput("both folder_uid and folder are set: keep one")
    if folder_uid is None and folder is None:
        folder_uid = document.folder_uid
    _check_secrets(document, options, what, state)
    kept = document if document.inputs or document.requires or document.elements else None
    return DesiredDashboard(
        uid=None if uid is None else _uid(uid, what),
        title=title,
        body=comparable(document.body),
        folder_uid=None if folder_uid is None else general(text(folder_uid, "folder_uid")),
        folder=None if folder is None else text(folder, "folder"),
        create_folder=bool(options.get("create_folder")),
        message=options.get("message") or document.message,
        state=state,
        layout="" if document.layout == CLASSIC else document.layout,
        document=kept,
        inputs=options.get("inputs") or {},
        hints=tuple(document.warnings),
        **_manner(options),
    )


def _check_secrets(document: Document, options: t.Mapping[str, t.Any], what: str, state: str) -> None:
    """Raise :class:`BadInput` for what looks like a key: whoever may see the dashboard could take it."""
    if state == "absent" or options.get("allow_secrets"):
        return
    # What fills the places of an export is part of the dashboard in the end, and its message is shown to whoever sees it.
    told = {"__inputs": list(document.inputs), "inputs": options.get("inputs"), "message": options.get("message")}
    places = key_like([document.body, document.elements, {**told, "message of the file": document.message}])
    if places:
        shown = ", ".join(place.partition(".")[2] or place for place in places[:5])
        raise BadInput(
            "%s holds what looks like a key of Grafana, at %s%s: everybody who sees the dashboard could use it; take it out "
            "(and revoke it), or insist with allow_secrets: true"
            % (what, shown, " and %d more places" % (len(places) - 5) if len(places) > 5 else ""),
            code="key_in_dashboard",
        )


def _manner(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return how a dashboard is to be written, whatever is in it."""
    names = (
        "api",
        "on_conflict",
        "prune",
        "prune_folder_uid",
        "prune_folder",
        "file",
        "flat",
        "top",
        "below",
        "check_references",
    )
    given = {name: options[name] for name in names if options.get(name) is not None}
    if "prune_folder" not in given and "prune_folder_uid" not in given:
        places = {"prune_folder": options.get("folder"), "prune_folder_uid": options.get("folder_uid")}
        given.update({name: str(value) for name, value in places.items() if value is not None})
    return {**given, "source": check_source(options.get("source") or "")}


def place_of(desired: DesiredDashboard) -> tuple[str, tuple[str, ...]]:
    """Return the path of the desired folder, and the titles of folders below that each stand for themselves."""
    return (desired.top, desired.below) if desired.below else (desired.folder or "", ())


def general(uid: str) -> str:
    """Return *uid*, or the empty string for the General folder under whatever name."""
    return "" if uid.lower() in GENERAL_NAMES else uid


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
    """Return what has to be done. Pure.

    Raises :class:`Refused` for what must not be written: provisioned dashboards, a title that is taken where titles
    cannot repeat, library panels that are missing where the server insists on them, and with ``on_conflict: fail`` what
    somebody else has edited.
    """
    change = _difference(desired, found)
    if change is None:
        return None
    _guard(desired, found)
    if found.edited is not None and desired.on_conflict == KEEP:
        return None
    if found.missing_panels:
        raise _panels_missing(desired, found.missing_panels)
    return change


def _panels_missing(desired: DesiredDashboard, panels: t.Sequence[str]) -> Refused:
    named = ", ".join(panels[:10]) + (" and %d more" % (len(panels) - 10) if len(panels) > 10 else "")
    return Refused(
        "dashboard %s names library panels that are not there: %s; up to Grafana 12.0 it would be stored without a connection "
        "to them, and the write fail: make them first, or give an export of the dashboard for sharing, which brings them"
        % (label(desired), named),
        code="library_panels_missing",
        library_panels=list(panels),
    )


def _guard(desired: DesiredDashboard, found: Found) -> None:
    current, named = found.current, label(desired)
    if current is not None and current.provisioned is not None:
        raise Refused(
            "dashboard %s is provisioned (%s) and must not be written or deleted over the API: change it at its "
            "source" % (named, current.provisioned),
            code="provisioned",
        )
    if found.namesake is not None:
        raise title_taken(named, "another dashboard (%s)" % found.namesake)
    if found.edited is not None and desired.on_conflict == FAIL:
        raise Refused(
            "dashboard %s was edited %s: take that over into its source, or set on_conflict: overwrite (or keep)"
            % (named, said(found.edited)),
            code="edited",
            edited=found.edited.shown(),
        )


def title_taken(named: str, by: str, **details: t.Any) -> Refused:
    """Return the error for a title that another dashboard of the folder has."""
    return Refused(
        "dashboard %s cannot be written: %s has that title in that folder, and up to Grafana 11.2 overwriting would "
        "destroy it; give the uid of that one, or another title" % (named, by),
        code="title_taken",
        **details,
    )


def said(edited: LastWrite) -> str:
    """Return who wrote a version and when, in words."""
    words = "by %s at %s (version %d" % (edited.by or "somebody", edited.at or "some time", edited.version)
    return words + (', "%s")' % edited.message if edited.message else ")")


def label(desired: DesiredDashboard) -> str:
    """Return the title and the uid, and the file that it is from."""
    title = masked(desired.title)
    named = "%s (%s)" % (title, desired.uid) if desired.uid and desired.uid != title else title
    return "%s of %s" % (named, desired.file) if desired.file else named


def _difference(desired: DesiredDashboard, found: Found) -> Change | None:
    current, desired = found.current, found.wanted or desired
    if desired.state == "absent":
        return None if current is None else Change("delete", _current_head(found), {}, found)
    moves = found.folder_to_make is not None or (
        found.folder_uid is not None and current is not None and found.folder_uid != current.folder_uid
    )
    if current is None:
        return Change("create", {}, {**_head(desired, found.folder_uid, None), **_panels(found)}, (found, ()))
    changes = compare(current.body, desired.body)
    if not changes and not moves and not found.panels:
        return None
    inside = [change for change in changes if change.path != "title"]  # which the head has
    before: View = {**_current_head(found), "changes": shown(inside, "before")}
    after: View = {**_head(desired, current.folder_uid, current.uid), "changes": shown(inside, "after"), **_panels(found)}
    if not moves:
        before["folder"] = after["folder"]
    beside = (["folder"] if moves else []) + (["library panels"] if found.panels else [])
    return Change("update", before, after, (found, tuple(paths(changes) + beside)))


def _panels(found: Found) -> View:
    """Return what a diff says of the library panels that are made."""
    return {"library_panels": ["%s (%s)" % (masked(panel.name), panel.uid) for panel in found.panels]} if found.panels else {}


def differs(desired: DesiredDashboard, found: Found) -> bool:
    """Tell whether anything would have to be done, allowed or not."""
    return _difference(desired, found) is not None


def renamed_or_moved(desired: DesiredDashboard, found: Found) -> bool:
    """Tell whether writing puts a title into a folder where it has not been."""
    current = found.current
    if desired.state == "absent":
        return False
    if current is None or current.title != desired.title or found.folder_to_make is not None:
        return True
    return found.folder_uid is not None and found.folder_uid != current.folder_uid


def _head(desired: DesiredDashboard, folder_uid: str | None, uid: str | None) -> View:
    """Return what a diff says of the dashboard as it is wanted; a folder as the task names it."""
    wanted = desired.folder if desired.folder is not None else desired.folder_uid
    return {
        "uid": desired.uid or uid,
        "title": masked(desired.title),
        "folder": wanted if wanted is not None else folder_uid or "",
    }


def _current_head(found: Found) -> View:
    current = t.cast(CurrentDashboard, found.current)
    return {"uid": current.uid, "title": masked(current.title), "folder": found.current_folder or current.folder_uid}
