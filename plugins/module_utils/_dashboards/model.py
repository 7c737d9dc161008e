# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards: what a task wants, what the server has, and the difference. Pure: no request, no file, no warning."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from .._engine.resource import Change, View
from .._grafana.errors import Refused
from .._grafana.secrets import masked
from .._permissions.model import DesiredPermissions, PermissionState
from .._text.json_diff import Difference, paths, shown
from .._text.listed import listed
from .compare.diff import compare
from .compare.layouts import Schema
from .formats.forms import SERVER_FIELDS, Document
from .formats.inputs import LibraryPanel
from .history import LastWrite
from .packed import Body, whole

#: What to do with a dashboard that somebody else has edited since this collection wrote it.
OVERWRITE, FAIL, KEEP = "overwrite", "fail", "keep"


@dataclass(frozen=True)
class DesiredDashboard:
    """A dashboard as a task wants it.

    *body* is without uid, id and version; *folder_uid* ``""`` is General, and both folder fields ``None``
    leave an existing dashboard where it is.
    """

    uid: str | None
    title: str
    body: Body = field(repr=False)
    folder_uid: str | None = None
    folder: str | None = None
    #: Whether the file names the folder, and not the task.
    folder_from_file: bool = False
    #: The folder that a directory names: the path at which it starts, and the titles below that.
    top: str = ""
    below: tuple[str, ...] = ()
    create_folder: bool = False
    #: Whether a path of folders is one folder's title if the server has no nested folders.
    flat: bool = False
    message: str | None = None
    state: str = "present"
    api: str = "auto"
    layout: str = ""
    on_conflict: str = OVERWRITE
    source: str = ""
    prune: bool = False
    #: The folder that a directory is written to, which limits pruning: a uid, or a path of titles.
    prune_folder_uid: str | None = None
    prune_folder: str | None = None
    #: For a dashboard that pruning deletes: the source that must still be in its mark.
    pruned: str | None = None
    #: The file that describes it, relative to the task's directory.
    file: str | None = None
    #: An export with inputs, their values, and the library panels that it contains.
    document: Document | None = field(default=None, repr=False)
    inputs: t.Mapping[str, t.Any] = field(default_factory=dict, repr=False)
    #: Keys of the inputs that the dashboard does not use.
    unused_inputs: frozenset[str] = frozenset()
    panels: tuple[LibraryPanel, ...] = ()
    check_references: bool = False
    permissions: DesiredPermissions | None = None
    #: Warnings about the file.
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """The identity of a dashboard; *message* is its last version's, ``None`` if the list does not show it."""

    uid: str
    title: str
    folder_uid: str
    provisioned: bool = False
    message: str | None = None
    number: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class CurrentDashboard:
    """A dashboard as the server has it.

    *manager* names what manages it, and *provisioned* does so if writing it is refused. A dashboard of a file is not
    *deletable*, even if its manager allows edits. *can_save* tells whether the caller may write it, ``None`` if that was not
    returned. *message* is that of its last version, ``None`` if it must
    be read. *number* is its database id, if the server reports one. *notes* (annotations), *labels* and *resource_version*
    belong to its Kubernetes object, *stored* is the version of its schema in storage.
    """

    uid: str
    title: str
    body: Body = field(repr=False)
    folder_uid: str
    version: int
    provisioned: str | None = None
    manager: str | None = None
    deletable: bool = True
    can_save: bool | None = None
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
            provisioned=self.provisioned is not None or not self.deletable,
            message=self.message,
            number=self.number,
            tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
        )


class Namesake(t.NamedTuple):
    """An object with a title that the server takes for that of the dashboard; *kind* is ``dashboard`` or ``folder``."""

    kind: str
    uid: str
    title: str
    head: Head | None = None


def managed_as(current: CurrentDashboard, other: CurrentDashboard | None) -> CurrentDashboard:
    """Return *current* with the manager of *other*, which is the same dashboard over ``/apis``."""
    if other is None or other.manager is None:
        return current
    return replace(current, provisioned=other.provisioned, manager=other.manager, deletable=other.deletable)


@dataclass(frozen=True)
class DashboardState:
    """What was read: the dashboard if it exists, and the folder in which it should be.

    *folder_uid* is ``None`` if the task names no folder, and if the folder does not exist yet. Fields from ``current_folder``
    on are read only for a dashboard that is about to be written.
    """

    current: CurrentDashboard | None
    folder_uid: str | None = None
    #: The path of the folder to create.
    folder_to_make: str | None = None
    #: The desired dashboard with its inputs filled in, if it has any.
    wanted: DesiredDashboard | None = field(default=None, repr=False)
    #: Library panels that it contains and the server lacks.
    panels: tuple[LibraryPanel, ...] = ()
    #: Sentences about what is written otherwise than the file has it.
    remarks: tuple[str, ...] = ()
    #: Sentences about missing references, if the task asks for them.
    dangling: tuple[str, ...] = ()
    #: The path of its present folder.
    current_folder: str = ""
    #: The newest version, if this collection did not write it.
    edited: LastWrite | None = None
    #: The dashboard or folder whose title excludes that of the dashboard.
    namesake: Namesake | None = None
    #: The dashboard with its title that the task prunes, and that is deleted first.
    replaces: Head | None = None
    #: The fields of its layout, ``None`` for a classic dashboard.
    schema: Schema | None = field(default=None, repr=False)
    #: Library panels that the server would not find.
    missing_panels: tuple[str, ...] = ()
    #: Its permissions, if the task names some.
    permissions: PermissionState | None = None


@dataclass(frozen=True)
class DashboardWork:
    """What ``apply`` needs: what was read, and the paths that change."""

    state: DashboardState
    changed_paths: tuple[str, ...] = ()
    #: Whether the dashboard leaves its folder.
    leaves: bool = False
    #: Whether the dashboard itself is written, and not only its permissions.
    writes: bool = True


def place_of(desired: DesiredDashboard) -> tuple[str, tuple[str, ...]]:
    """Return the path of the desired folder, and the titles of folders below it, which may contain slashes."""
    return (desired.top, desired.below) if desired.below else (desired.folder or "", ())


def placeless(desired: DesiredDashboard) -> bool:
    """Tell whether the task names no folder."""
    return desired.folder is None and desired.folder_uid is None and not desired.below


def comparable(document: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return *document* without the fields that belong to the server.

    Servers trim titles, and 12.0 returns schema version 0 for a dashboard without one.
    """
    body = {key: value for key, value in document.items() if key not in SERVER_FIELDS}
    if body.get("schemaVersion") == 0:
        del body["schemaVersion"]
    if isinstance(body.get("title"), str):
        body["title"] = body["title"].strip()
    return body


def plan(desired: DesiredDashboard, state: DashboardState) -> Change[DashboardWork] | None:
    """Return what differs but for the permissions, whether or not it may be written: see :func:`allowed`."""
    current, wanted = state.current, state.wanted or desired
    if desired.state == "absent":
        return None if current is None else Change("delete", current_head(state), {}, DashboardWork(state, leaves=True))
    if current is None:
        after = {**_head(wanted, state.folder_uid, None), **_panels(state)}
        return Change("create", {}, after, DashboardWork(state))
    moves = state.folder_to_make is not None or state.folder_uid not in (None, current.folder_uid)
    changes = _changes(current, wanted, state)
    if not changes and not moves and not state.panels:
        return None
    inside = [change for change in changes if change.path != "title"]  # the head shows the title
    before: View = {**current_head(state), "changes": shown(inside, "before")}
    after = {**_head(wanted, current.folder_uid, current.uid), "changes": shown(inside, "after"), **_panels(state)}
    if not moves:
        before["folder"] = after["folder"]
    beside = (["folder"] if moves else []) + (["library panels"] if state.panels else [])
    return Change("update", before, after, DashboardWork(state, tuple(paths(changes) + beside), moves))


def _changes(current: CurrentDashboard, wanted: DesiredDashboard, state: DashboardState) -> list[Difference]:
    """Return the differences between the bodies."""
    if state.schema is None and current.body is wanted.body:
        return []
    old, new, _dropped = as_stored(wanted, state)
    return compare(old, new)


def as_stored(wanted: DesiredDashboard, state: DashboardState) -> tuple[View, View, list[str]]:
    """Return the current and the wanted body as the server stores them, and the paths of the fields that it drops."""
    current = {} if state.current is None else whole(state.current.body)
    if state.schema is None:
        return current, whole(wanted.body), []
    return state.schema.as_stored(current, whole(wanted.body))


def dropped(desired: DesiredDashboard, state: DashboardState) -> str | None:
    """Return a warning about fields that the layout of the dashboard does not have, ``None`` if there are none."""
    if state.schema is None or desired.state == "absent":
        return None
    unknown = as_stored(state.wanted or desired, state)[2]
    if not unknown:
        return None
    named = listed(unknown, 10)
    return "the layout %s of this server does not have these fields, and the server drops them: %s" % (
        state.schema.layout,
        masked(named),
    )


def allowed(desired: DesiredDashboard, state: DashboardState, change: Change[DashboardWork]) -> Change[DashboardWork] | None:
    """Return *change* with what was read since, ``None`` if the task keeps the edits of others.

    Raises :class:`Refused` for what must not be written: provisioned dashboards, a title that exists already where titles
    must be unique, missing library panels where the server requires them, and with ``on_conflict: fail`` a dashboard that
    somebody else has edited.
    """
    _guard(desired, state)
    if state.edited is not None and desired.on_conflict == KEEP:
        return None
    if state.missing_panels:
        raise _panels_missing(desired, state.missing_panels)
    before = change.before
    if state.replaces is not None:
        before = {"uid": state.replaces.uid, "title": masked(state.replaces.title), "folder": change.after["folder"]}
    if state.current_folder and change.work.leaves:
        before = {**before, "folder": masked(state.current_folder)}
    return replace(change, before=before, work=replace(change.work, state=state))


def _panels_missing(desired: DesiredDashboard, panels: t.Sequence[str]) -> Refused:
    named = listed(panels, 10)
    return Refused(
        "dashboard %s uses library panels that do not exist: %s; up to Grafana 12.0 the server would store it "
        "without a connection to them and report a failure: create them first, or use an export of the "
        "dashboard for sharing, which contains them" % (label(desired), named),
        code="library_panels_missing",
        library_panels=list(panels),
    )


def _guard(desired: DesiredDashboard, state: DashboardState) -> None:
    current, named = state.current, label(desired)
    refuses = current is not None and (current.provisioned or (desired.state == "absent" and not current.deletable))
    if current is not None and refuses:
        raise Refused(
            "dashboard %s is provisioned (%s) and must not be written or deleted over the API: change it at its "
            "source" % (named, current.manager or current.provisioned),
            code="provisioned",
        )
    if state.namesake is not None:
        raise _namesake_refused(named, state.namesake)
    if state.edited is not None and desired.on_conflict == FAIL:
        raise Refused(
            "dashboard %s was edited %s: copy that change into its source, or set on_conflict: overwrite (or keep)"
            % (named, edit_in_words(state.edited)),
            code="edited",
            edited=state.edited.shown(),
        )


def _namesake_refused(named: str, other: Namesake) -> Refused:
    """Return the error for a title that the server takes for that of another dashboard or folder."""
    title = masked(other.title)
    if other.kind == "dashboard":
        return title_taken(named, "another dashboard, %s (%s)," % (title, other.uid))
    return title_of_folder(named, "folder %s (%s)" % (title, other.uid))


def title_of_folder(named: str, by: str, **details: t.Any) -> Refused:
    """Return the error for a title that a folder has, on a server that then refuses the dashboard."""
    return Refused(
        "dashboard %s cannot be written: %s has that title, and up to Grafana 11.2 the server refuses a dashboard with the title "
        "of a folder (up to 10.0, case and punctuation do not count); set another title for one of them" % (named, by),
        code="title_taken",
        **details,
    )


def title_taken(named: str, by: str, **details: t.Any) -> Refused:
    """Return the error for a title that another dashboard in the folder has."""
    return Refused(
        "dashboard %s cannot be written: %s has that title in that folder, and up to Grafana 11.2 writing would "
        "destroy it (up to 10.0, case and punctuation of titles do not count); set the uid of that one, or another title"
        % (named, by),
        code="title_taken",
        **details,
    )


def edit_in_words(edited: LastWrite) -> str:
    """Return as text who wrote a version, and when."""
    words = "by %s at %s (version %d" % (edited.by or "somebody", edited.at or "some time", edited.version)
    return words + (', "%s")' % masked(edited.message) if edited.message else ")")


def label(desired: DesiredDashboard) -> str:
    """Return title, uid and file for messages."""
    title = masked(desired.title)
    named = "%s (%s)" % (title, desired.uid) if desired.uid and desired.uid != title else title
    return "%s of %s" % (named, desired.file) if desired.file else named


def _panels(state: DashboardState) -> View:
    """Return the library panels that will be created, for a diff."""
    return {"library_panels": ["%s (%s)" % (masked(panel.name), panel.uid) for panel in state.panels]} if state.panels else {}


def renamed_or_moved(desired: DesiredDashboard, state: DashboardState) -> bool:
    """Tell whether writing puts a title into a folder that did not contain it."""
    current = state.current
    if desired.state == "absent":
        return False
    if current is None or current.title != desired.title or state.folder_to_make is not None:
        return True
    return state.folder_uid is not None and state.folder_uid != current.folder_uid


def _head(desired: DesiredDashboard, folder_uid: str | None, uid: str | None) -> View:
    """Return the desired dashboard for a diff, with the folder as the task names it."""
    wanted = desired.folder if desired.folder is not None else desired.folder_uid
    return {
        "uid": desired.uid or uid,
        "title": masked(desired.title),
        "folder": masked(wanted if wanted is not None else folder_uid or ""),
    }


def current_head(state: DashboardState) -> View:
    """Return the dashboard that the server has for a diff."""
    current = t.cast(CurrentDashboard, state.current)
    return {"uid": current.uid, "title": masked(current.title), "folder": masked(state.current_folder or current.folder_uid)}
