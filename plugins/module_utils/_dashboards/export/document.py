# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dashboard as a document that an import takes, and as the text of a file. Pure."""

from __future__ import annotations

import json
import typing as t

from ..._grafana.kubernetes import DASHBOARDS
from ..formats.forms import CLASSIC, LAYOUTS
from ..model import CurrentDashboard
from ..routes import AS_STORED

JSON, MANIFEST = "json", "manifest"


def layout_of(current: CurrentDashboard) -> str:
    """Return the version of the group that a dashboard of the new layout is stored as, empty for a classic one."""
    stored = current.stored
    classic = not stored or LAYOUTS.get(stored) == CLASSIC or stored.startswith(("v0", "v1"))
    return "" if classic else stored


def document(current: CurrentDashboard, form: str) -> dict[str, t.Any]:
    """Return a dashboard with its uid and without id and version, as *form* says: ``json`` or ``manifest``.

    One of the new layout is always a manifest of its own version: in the classic form it would lose things. What folder
    it is in does not stand there: a uid means nothing in another organization.
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
    """Return *body* with library panels as references: up to 9.0 the server gives them filled in, and saves references."""
    panels = body.get("panels")
    return {**body, "panels": [_panel(one) for one in panels]} if isinstance(panels, list) else dict(body)


def _panel(panel: t.Any) -> t.Any:
    if not isinstance(panel, dict):
        return panel
    library = panel.get("libraryPanel")
    if isinstance(library, dict) and "meta" in library:
        kept = {name: panel[name] for name in ("gridPos", "id") if name in panel}
        return {**kept, "libraryPanel": {name: library[name] for name in ("name", "uid") if name in library}}
    inner = panel.get("panels")
    return {**panel, "panels": [_panel(one) for one in inner]} if isinstance(inner, list) else panel


def as_text(found: t.Mapping[str, t.Any]) -> str:
    """Return a document as a file holds it: two spaces, keys in order of the alphabet, a newline at the end.

    The order of the server would depend on its version and its database, and each change of it be one in git.
    """
    text = json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 cannot say
        text = json.dumps(found, indent=2, sort_keys=True)
    return text + "\n"


__all__ = ["JSON", "MANIFEST", "as_text", "document", "layout_of"]
