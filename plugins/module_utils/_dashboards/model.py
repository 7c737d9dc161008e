# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards: what is wanted, what is there, and where the two differ."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .._engine.resource import Change, View
from .._grafana.errors import Refused
from .._text.json_diff import paths, shown
from .._text.secrets import masked
from .compare.diff import compare
from .formats.forms import SERVER_FIELDS, Document
from .formats.inputs import LibraryPanel
from .history import LastWrite

#: What is done about a dashboard that somebody else has written since this collection did.
OVERWRITE, FAIL, KEEP = "overwrite", "fail", "keep"


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
    #: of one that pruning deletes: the source whose mark it has to carry still
    pruned: str | None = None
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
class DashboardState:
    """What was read: the dashboard if there is one, and the uid of the folder it should be in.

    *folder_uid* is ``None`` where the task does not say, and for a folder that has yet to be made.
    """

    current: CurrentDashboard | None
    folder_uid: str | None = None
    folder_to_make: str | None = None
    #: whether it was seen already that nothing is to be done
    same: bool = False
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


def place_of(desired: DesiredDashboard) -> tuple[str, tuple[str, ...]]:
    """Return the path of the desired folder, and the titles of folders below that each stand for themselves."""
    return (desired.top, desired.below) if desired.below else (desired.folder or "", ())


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


def plan(desired: DesiredDashboard, found: DashboardState) -> Change | None:
    """Return what has to be done. Pure.

    Raises :class:`Refused` for what must not be written: provisioned dashboards, a title that is taken where titles
    cannot repeat, library panels that are missing where the server insists on them, and with ``on_conflict: fail`` what
    somebody else has edited.
    """
    change = None if found.same else _difference(desired, found)
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


def _guard(desired: DesiredDashboard, found: DashboardState) -> None:
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
    return words + (', "%s")' % masked(edited.message) if edited.message else ")")


def label(desired: DesiredDashboard) -> str:
    """Return the title and the uid, and the file that it is from."""
    title = masked(desired.title)
    named = "%s (%s)" % (title, desired.uid) if desired.uid and desired.uid != title else title
    return "%s of %s" % (named, desired.file) if desired.file else named


def _difference(desired: DesiredDashboard, found: DashboardState) -> Change | None:
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


def _panels(found: DashboardState) -> View:
    """Return what a diff says of the library panels that are made."""
    return {"library_panels": ["%s (%s)" % (masked(panel.name), panel.uid) for panel in found.panels]} if found.panels else {}


def differs(desired: DesiredDashboard, found: DashboardState) -> bool:
    """Tell whether anything would have to be done, allowed or not."""
    return _difference(desired, found) is not None


def renamed_or_moved(desired: DesiredDashboard, found: DashboardState) -> bool:
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
        "folder": masked(wanted if wanted is not None else folder_uid or ""),
    }


def _current_head(found: DashboardState) -> View:
    current = t.cast(CurrentDashboard, found.current)
    return {"uid": current.uid, "title": masked(current.title), "folder": masked(found.current_folder or current.folder_uid)}
