# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dashboard needs of its organization: data sources for the places of an export, plugins, library panels."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._folders import paths as folders
from .._grafana.client import segment
from .._grafana.errors import Conflict, Forbidden, GrafanaError, Refused
from .._grafana.scope import Scope
from .._grafana.versions import LIBRARY_FOLDER_UIDS
from .formats.forms import Document
from .formats.inputs import LibraryPanel, choose, library_panels, needed, not_among, requirements, substitute
from .formats.references import LIBRARY_PANEL, Reference, connected, missing, references
from .model import DesiredDashboard, comparable, label

#: Library panels a page.
PER_PAGE = 500

DataSource = t.Mapping[str, t.Any]


def filled_in(scope: Scope, desired: DesiredDashboard) -> DesiredDashboard:
    """Return *desired* with the places of an export for sharing filled in. Raises :class:`BadInput` for what is unclear."""
    document = desired.document
    if document is None or desired.state == "absent" or not (document.inputs or document.elements):
        return desired
    inputs = needed(document)
    values: dict[str, str] = {}
    if inputs:
        values = choose(inputs, data_sources(scope), desired.inputs, what="dashboard %s" % label(desired))
    body = comparable(substitute(document.body, values))
    title = str(body.get("title") or desired.title).strip()
    return replace(desired, title=title, body=body, panels=tuple(library_panels(document, values)))


def data_sources(scope: Scope) -> list[DataSource]:
    """Return the org's data sources. Up to 8.5 only its admins are shown them: :class:`Forbidden` says so."""
    try:
        return t.cast(
            "list[DataSource]",
            scope.cached_for_run("data sources", lambda: scope.client.get("/api/datasources", org=scope.org_id)),
        )
    except Forbidden as problem:
        raise Forbidden(
            "the data sources of %s are not shown to the caller, and a dashboard that was exported for sharing needs them: "
            "ask as an Admin of the organization; %s" % (scope.where(), problem.message),
            code="data_sources_hidden",
            **problem.details,
        ) from None


def required(scope: Scope, desired: DesiredDashboard) -> list[str]:
    """Return what an export says that it requires and the server has not."""
    document = desired.document
    if document is None or not document.requires:
        return []
    return requirements(document, scope.client.version(), _plugins(scope, document))


def _plugins(scope: Scope, document: Document) -> set[str] | None:
    """Return the ids of plugins that are installed; ``None`` where they are not shown to the caller.

    The list shows those that are no part of Grafana to admins only (8.5 to 12.4): what is not on it is asked for.
    """
    listed = scope.cached_for_run("plugins", lambda: _listed_plugins(scope))
    if listed is None:
        return None
    return {*listed, *(name for name in not_among(document, listed) if _installed(scope, name))}


def _listed_plugins(scope: Scope) -> set[str] | None:
    try:
        found = scope.client.get("/api/plugins", org=scope.org_id, embedded=0)
    except GrafanaError:
        return None
    return {str(plugin.get("id")) for plugin in found or []}


def _installed(scope: Scope, name: str) -> bool:
    """Tell whether a plugin is installed; one that may not be looked at is."""

    def ask() -> bool:
        try:
            return scope.client.find("/api/plugins/%s/settings" % segment(name), org=scope.org_id) is not None
        except GrafanaError:
            return True

    return bool(scope.cached_for_run("plugin " + name, ask))


def dangling(scope: Scope, desired: DesiredDashboard) -> list[str]:
    """Return a sentence for every data source and library panel that a dashboard names and its org lacks."""
    found = references(desired.body)
    own = {panel.uid for panel in desired.panels}
    named = {reference.value for reference in found if reference.kind == LIBRARY_PANEL}
    there = {uid for uid in named - own if _there(scope, uid)}
    try:
        known = data_sources(scope)
    except Forbidden:
        return ["its references are not checked: the data sources of %s are not shown to the caller" % scope.where()]
    return missing(found, known, there | own)


def missing_panels(scope: Scope, desired: DesiredDashboard) -> list[str]:
    """Return the library panels that the server will look for when it writes a dashboard, and not find: name and uid."""
    own = {panel.uid for panel in desired.panels}
    named = dict.fromkeys(one for one in connected(desired.body) if one.value not in own)
    return [_said(one) for one in named if not one.value or not _there(scope, one.value)]


def _said(reference: Reference) -> str:
    if not reference.value:
        return "the one of the panel %s, which names no uid" % (reference.type or "without a title")
    return "%s (%s)" % (reference.type, reference.value) if reference.type else reference.value


def foresee_panels(scope: Scope, panels: t.Sequence[LibraryPanel]) -> None:
    """Take library panels for made from here on, as they would be outside of check mode."""
    _foreseen(scope).update(panel.uid for panel in panels)


def _foreseen(scope: Scope) -> set[str]:
    return t.cast("set[str]", scope.cached_for_run("library panels foreseen", set))


def _there(scope: Scope, uid: str) -> bool:
    """Tell whether there is a library panel of this uid. For many dashboards those that there are are listed once."""
    if uid in _foreseen(scope):
        return True
    if scope.many and uid in scope.cached("library panels", lambda: _listed_panels(scope)):
        return True
    return bool(scope.cached("library panel " + uid, lambda: _found(scope, uid)))


def _found(scope: Scope, uid: str) -> bool:
    try:
        return scope.client.find("/api/library-elements/%s" % segment(uid), org=scope.org_id) is not None
    except Forbidden:
        # What is not there is 404, whoever asks.
        return True


def _listed_panels(scope: Scope) -> set[str]:
    """Return the uids of the library panels that the lists show; some more may be there."""
    found: set[str] = set()
    page = 1
    while True:
        try:
            answer = scope.client.get("/api/library-elements", org=scope.org_id, perPage=PER_PAGE, page=page)
        except Forbidden:
            return found
        elements = (answer.get("result") or {}).get("elements") or []
        found.update(str(element.get("uid")) for element in elements)
        if len(elements) < PER_PAGE:
            return found
        page += 1


def panels_to_make(scope: Scope, desired: DesiredDashboard) -> list[LibraryPanel]:
    """Return the library panels that an export brings and the org lacks. What is there is left as it is."""
    return [panel for panel in desired.panels if not _there(scope, panel.uid)]


def make_panels(scope: Scope, panels: t.Sequence[LibraryPanel], folder_uid: str) -> None:
    """Make library panels, in the folder of the dashboard that brings them, as Grafana's own import does.

    Raises :class:`Refused` where that folder has another one of the name (up to 12.0).
    """
    for panel in panels:
        with scope.lock:  # several dashboards of one run may bring the same
            if not _there(scope, panel.uid):
                _make(scope, panel, folder_uid)


def _make(scope: Scope, panel: LibraryPanel, folder_uid: str) -> None:
    body = {"uid": panel.uid, "name": panel.name, "kind": panel.kind, "model": panel.model, "folderUid": folder_uid}
    if folder_uid and not scope.client.at_least(LIBRARY_FOLDER_UIDS):
        body["folderId"] = folders.number(scope, folder_uid)
    try:
        scope.client.post("/api/library-elements", body, org=scope.org_id)
    except (Conflict, Refused) as problem:
        scope.invalidate("library panel " + panel.uid)
        if _there(scope, panel.uid):  # somebody else was faster
            return
        if "already exists" in str(problem.details.get("server_message")):
            raise Refused(
                "library panel %s (%s) cannot be made in %s: another one of that name is in the folder of the dashboard that "
                "brings it, and up to Grafana 12.0 a folder has one of each name; rename or delete that one"
                % (panel.name, panel.uid, scope.where()),
                code="library_panel_taken",
                **problem.details,
            ) from None
        raise
    scope.invalidate("library panel " + panel.uid)
