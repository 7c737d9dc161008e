# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dashboard needs of its organization: data sources for the places of an export, plugins, library panels."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.orgsmith.grafana.plugins.module_utils._client import segment
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_inputs import (
    LibraryPanel,
    choose,
    library_panels,
    needed,
    requirements,
    substitute,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboard_references import (
    LIBRARY_PANEL,
    missing,
    references,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import DesiredDashboard, comparable, label
from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import Conflict, Forbidden, GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._scope import Scope

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
    return replace(desired, body=body, panels=tuple(library_panels(document, values)))


def data_sources(scope: Scope) -> list[DataSource]:
    """Return the org's data sources. Up to 8.5 only its admins are shown them: :class:`Forbidden` says so."""
    try:
        return t.cast(
            "list[DataSource]",
            scope.keep("data sources", lambda: scope.client.get("/api/datasources", org=scope.org_id)),
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
    return requirements(document, scope.client.version(), scope.keep("plugins", lambda: _plugins(scope)))


def _plugins(scope: Scope) -> dict[str, t.Any] | None:
    """Return the installed plugins by id; ``None`` where they are not shown to the caller."""
    try:
        found = scope.client.get("/api/plugins", org=scope.org_id, embedded=0)
    except GrafanaError:
        return None
    return {str(plugin.get("id")): plugin for plugin in found or []}


def dangling(scope: Scope, desired: DesiredDashboard) -> list[str]:
    """Return a sentence for every data source and library panel that a dashboard names and its org lacks."""
    found = references(desired.body)
    own = {panel.uid for panel in desired.panels}
    named = {reference.value for reference in found if reference.kind == LIBRARY_PANEL}
    there = {uid for uid in named - own if _library_panel(scope, uid) is not None}
    try:
        known = data_sources(scope)
    except Forbidden:
        return ["its references are not checked: the data sources of %s are not shown to the caller" % scope.where()]
    return missing(found, known, there | own)


def _library_panel(scope: Scope, uid: str) -> t.Any:
    """Return the library panel of this uid, ``None`` if there is none."""
    return scope.once(
        "library panel " + uid, lambda: scope.client.find("/api/library-elements/%s" % segment(uid), org=scope.org_id)
    )


def panels_to_make(scope: Scope, desired: DesiredDashboard) -> list[LibraryPanel]:
    """Return the library panels that an export brings and the org lacks. What is there is left as it is."""
    return [panel for panel in desired.panels if _library_panel(scope, panel.uid) is None]


def make_panels(scope: Scope, panels: t.Sequence[LibraryPanel], folder_uid: str) -> None:
    """Make library panels, in the folder of the dashboard that brings them, as Grafana's own import does."""
    for panel in panels:
        body = {"uid": panel.uid, "name": panel.name, "kind": panel.kind, "model": panel.model, "folderUid": folder_uid}
        try:
            scope.client.post("/api/library-elements", body, org=scope.org_id)
        except Conflict:
            scope.forget("library panel " + panel.uid)
            if _library_panel(scope, panel.uid) is None:
                raise
        scope.forget("library panel " + panel.uid)
