# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts a dashboard to a document that can be imported again, and to the text of a file. Pure."""

from __future__ import annotations

import json
import typing as t

from ..._grafana.kubernetes import DASHBOARDS
from ..formats.forms import CLASSIC, LAYOUTS
from ..model import CurrentDashboard
from ..routes import AS_STORED

JSON, MANIFEST = "json", "manifest"


def layout_of(current: CurrentDashboard) -> str:
    """Return the API version in whose layout a dashboard of the new layout is stored; ``""`` for a classic dashboard."""
    stored = current.stored
    classic = not stored or LAYOUTS.get(stored) == CLASSIC or stored.startswith(("v0", "v1"))
    return "" if classic else stored


def document(current: CurrentDashboard, form: str) -> dict[str, t.Any]:
    """Return a dashboard in the format *form* (``json`` or ``manifest``), with its uid, without id and version.

    A dashboard of the new layout is always a manifest of its own version, because the classic layout cannot hold all of it.
    The document does not contain the folder, because its uid has no meaning in another organization.
    """
    layout = layout_of(current)
    if not layout and form == JSON:
        return {**_classic(current.body), "uid": current.uid}
    return {
        "apiVersion": "%s/%s" % (DASHBOARDS, layout or AS_STORED),
        "kind": "Dashboard",
        "metadata": {"name": current.uid},
        "spec": dict(current.body) if layout else _classic(current.body),
    }


def _classic(body: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return *body* with references to library panels. Up to 9.0 the server returns the whole panels instead."""
    panels = body.get("panels")
    return {**body, "panels": [_panel(one) for one in panels]} if isinstance(panels, list) else dict(body)


def _panel(panel: t.Any) -> t.Any:
    if not isinstance(panel, dict):
        return panel
    library = panel.get("libraryPanel")
    if isinstance(library, dict) and "meta" in library:
        own_fields = {name: panel[name] for name in ("gridPos", "id") if name in panel}
        return {**own_fields, "libraryPanel": {name: library[name] for name in ("name", "uid") if name in library}}
    inner = panel.get("panels")
    return {**panel, "panels": [_panel(one) for one in inner]} if isinstance(inner, list) else panel


def as_text(content: t.Mapping[str, t.Any]) -> str:
    """Return a document as JSON text: indented by two spaces, keys sorted, with a newline at the end.

    The server's own order of keys depends on its version and database, and would cause changes in git.
    """
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # UTF-8 cannot encode half of a surrogate pair, so escape it.
        text = json.dumps(content, indent=2, sort_keys=True)
    return text + "\n"


__all__ = ["JSON", "MANIFEST", "as_text", "document", "layout_of"]
