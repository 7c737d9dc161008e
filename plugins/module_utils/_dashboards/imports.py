# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dashboard needs from its organization: data sources for the inputs of an export, plugins and library panels."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._folders import paths as folders
from .._grafana import data_sources as data_sources_of
from .._grafana.client import segment
from .._grafana.errors import BadInput, Conflict, Forbidden, GrafanaError, Refused
from .._grafana.scope import Scope
from .._grafana.versions import LIBRARY_FOLDER_UIDS
from .formats.forms import Document
from .formats.inputs import (
    DATA_SOURCE,
    EXPRESSIONS,
    Input,
    LibraryPanel,
    choose,
    choose_unread,
    library_panels,
    needed,
    not_among,
    requirements,
    substitute,
)
from .formats.references import LIBRARY_PANEL, Reference, connected, missing, references, unfilled
from .model import DesiredDashboard, comparable, label
from .packed import packed, whole

#: Library panels per page of a list.
PER_PAGE = 500

DataSource = t.Mapping[str, t.Any]


def filled_in(scope: Scope, desired: DesiredDashboard) -> DesiredDashboard:
    """Return *desired* with the inputs (``${DS_…}``) of an export for sharing replaced by their values.

    Raises :class:`BadInput` if the value of an input cannot be determined.
    """
    document = desired.document
    if document is None or desired.state == "absent" or not (document.inputs or document.elements or desired.inputs):
        return desired
    inputs = needed(document, desired.inputs)
    if not inputs and not document.elements:
        return desired
    values: dict[str, str] = {}
    if inputs:
        values = _values(scope, inputs, desired)
    body = comparable(substitute(document.body, values))
    title = str(body.get("title") or desired.title).strip()
    return replace(desired, title=title, body=packed(body), panels=tuple(library_panels(document, values)))


def _values(scope: Scope, inputs: t.Sequence[Input], desired: DesiredDashboard) -> dict[str, str]:
    """Return the values of inputs. Raises :class:`BadInput` for an input without one."""
    what = "dashboard %s" % label(desired)
    if scope.new:
        why = "%s, which does not exist yet" % scope.where()
        return _unread_values(scope, inputs, desired, why)
    try:
        known = data_sources(scope)
    except Forbidden as problem:
        try:
            return _unread_values(scope, inputs, desired, "%s, which the caller may not list" % scope.where())
        except BadInput:
            raise problem from None
    return choose(inputs, known, desired.inputs, what=what)


def _unread_values(scope: Scope, inputs: t.Sequence[Input], desired: DesiredDashboard, where: str) -> dict[str, str]:
    """Return the values of inputs, taken as the task gives them, and warn that they are not compared with data sources."""
    what = "dashboard %s" % label(desired)
    values = choose_unread(inputs, desired.inputs, what)
    unread = [entry.name for entry in inputs if entry.type == DATA_SOURCE and values[entry.name] != EXPRESSIONS]
    if unread:
        scope.warn(
            "%s: the data sources in inputs (%s) are taken as uids, and not compared with those of %s"
            % (what, ", ".join(unread), where)
        )
    return values


def data_sources(scope: Scope) -> list[DataSource]:
    """Return the org's data sources; a new org has none.

    Raises :class:`Forbidden`: up to 8.5 only Admins of the org may list them, and later no account with the role None.
    """
    if scope.new:
        return []
    try:
        return t.cast(
            "list[DataSource]",
            scope.cached_for_run("data sources", lambda: data_sources_of.listed(scope)),
        )
    except Forbidden as problem:
        raise Forbidden(
            "the caller may not list the data sources of %s, which a dashboard exported for sharing needs: set their uids in "
            "inputs, or run the task as an Admin of the organization; %s" % (scope.where(), problem.message),
            code="data_sources_hidden",
            **problem.details,
        ) from None


def required(scope: Scope, desired: DesiredDashboard) -> list[str]:
    """Return a sentence for each requirement of an export that the server does not meet."""
    document = desired.document
    if document is None or not document.requires:
        return []
    return requirements(document, scope.client.version(), _plugins(scope, document))


def _plugins(scope: Scope, document: Document) -> set[str] | None:
    """Return the ids of installed plugins; ``None`` if the caller may not list plugins.

    Only admins see external plugins in the list (8.5 to 12.4), so each required plugin that it lacks is requested by id.
    """
    listed = scope.cached_for_run("plugins", lambda: _listed_plugins(scope))
    if listed is None:
        return None
    return {*listed, *(name for name in not_among(document, listed) if _installed(scope, name))}


def _listed_plugins(scope: Scope) -> set[str] | None:
    try:
        plugins = scope.client.get("/api/plugins", org=scope.org_id, embedded=0)
    except GrafanaError:
        return None
    return {str(plugin.get("id")) for plugin in plugins or []}


def _installed(scope: Scope, name: str) -> bool:
    """Return whether a plugin is installed; ``True`` also if the server refuses to say."""

    def ask() -> bool:
        try:
            return scope.client.find("/api/plugins/%s/settings" % segment(name), org=scope.org_id) is not None
        except GrafanaError:
            return True

    return bool(scope.cached_for_run("plugin " + name, ask))


def dangling(scope: Scope, desired: DesiredDashboard) -> list[str]:
    """Return a sentence for every data source and library panel that the dashboard refers to and its org lacks."""
    body = whole(desired.body)
    referenced, open_inputs = references(body), unfilled(body)
    own = {panel.uid for panel in desired.panels}
    panel_uids = {reference.value for reference in referenced if reference.kind == LIBRARY_PANEL}
    existing = {uid for uid in panel_uids - own if _panel_exists(scope, uid)}
    try:
        known = data_sources(scope)
    except Forbidden:
        return [*open_inputs, "its references are not checked: the caller may not list the data sources of %s" % scope.where()]
    return open_inputs + missing(referenced, known, existing | own)


def missing_panels(scope: Scope, desired: DesiredDashboard) -> list[str]:
    """Return "name (uid)" of each missing library panel that the server connects to the dashboard when it writes it."""
    own = {panel.uid for panel in desired.panels}
    needed_panels = dict.fromkeys(one for one in connected(whole(desired.body)) if one.value not in own)
    return [_panel_label(one) for one in needed_panels if not one.value or not _panel_exists(scope, one.value)]


def _panel_label(reference: Reference) -> str:
    if not reference.value:
        return "one without a uid, in the panel %s" % (reference.type or "without a title")
    return "%s (%s)" % (reference.type, reference.value) if reference.type else reference.value


def foresee_panels(scope: Scope, panels: t.Sequence[LibraryPanel]) -> None:
    """Treat library panels as existing for the rest of a check mode run, because a real run would have created them."""
    _planned_panels(scope).update(panel.uid for panel in panels)


def _planned_panels(scope: Scope) -> set[str]:
    return t.cast("set[str]", scope.cached_for_run("planned library panels", set))


def _panel_exists(scope: Scope, uid: str) -> bool:
    """Return whether a library panel with this uid exists. A run with many dashboards lists the panels once."""
    if uid in _planned_panels(scope) or scope.new:
        return uid in _planned_panels(scope)
    if scope.many and uid in scope.cached("library panels", lambda: _listed_panels(scope)):
        return True
    return bool(scope.cached("library panel " + uid, lambda: _request_panel(scope, uid)))


def _request_panel(scope: Scope, uid: str) -> bool:
    try:
        return scope.client.find("/api/library-elements/%s" % segment(uid), org=scope.org_id) is not None
    except Forbidden:
        # For a missing library panel every caller gets 404, so a 403 means that it exists.
        return True


def _listed_panels(scope: Scope) -> set[str]:
    """Return the uids of the library panels in the list. The list may be incomplete."""
    uids: set[str] = set()
    try:
        for panel in scope.client.each(
            "/api/library-elements", org=scope.org_id, inside=("result", "elements"), perPage=PER_PAGE, page=1
        ):
            uids.add(str(panel["uid"]))
    except Forbidden:
        pass
    return uids


def panels_to_make(scope: Scope, desired: DesiredDashboard) -> list[LibraryPanel]:
    """Return the library panels that an export contains and the org lacks. Existing panels are never changed."""
    return [panel for panel in desired.panels if not _panel_exists(scope, panel.uid)]


def make_panels(scope: Scope, panels: t.Sequence[LibraryPanel], folder_uid: str) -> None:
    """Create library panels in the folder of their dashboard, as Grafana's own import does.

    Raises :class:`Refused` if that folder has another library panel of the same name (up to 12.0).
    """
    for panel in panels:
        with scope.lock:  # Several dashboards of one run may contain the same library panel.
            if not _panel_exists(scope, panel.uid):
                _create_panel(scope, panel, folder_uid)


def _create_panel(scope: Scope, panel: LibraryPanel, folder_uid: str) -> None:
    body = {"uid": panel.uid, "name": panel.name, "kind": panel.kind, "model": panel.model, "folderUid": folder_uid}
    if folder_uid and not scope.client.at_least(LIBRARY_FOLDER_UIDS):
        body["folderId"] = folders.number(scope, folder_uid)
    try:
        scope.client.post("/api/library-elements", body, org=scope.org_id)
    except (Conflict, Refused) as problem:
        scope.invalidate("library panel " + panel.uid)
        if _panel_exists(scope, panel.uid):  # Another client has created it meanwhile.
            return
        if "already exists" in str(problem.details.get("server_message")):
            raise Refused(
                "library panel %s (%s) cannot be created in %s: the folder of its dashboard has another library panel of the "
                "same name, and up to Grafana 12.0 names must be unique in a folder; rename or delete that one"
                % (panel.name, panel.uid, scope.where()),
                code="library_panel_taken",
                **problem.details,
            ) from None
        raise
    scope.invalidate("library panel " + panel.uid)
