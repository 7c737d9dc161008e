# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What servers read out of a dashboard's JSON when it is written by the legacy route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core.replies import Refusal, fail
from ..core.server import Request


def text_in(document: dict[str, Any], name: str) -> str:
    """Return a text, empty where there is none or something else."""
    value = document.get(name)
    return value if isinstance(value, str) else ""


def number_in(document: dict[str, Any], name: str) -> int:
    """Return a whole number, 0 where there is none or something else."""
    value = document.get(name)
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def _inside(panels: Any) -> Iterator[dict[str, Any]]:
    """Yield panels, and those inside of them."""
    for panel in panels if isinstance(panels, list) else ():
        if isinstance(panel, dict):
            yield panel
            yield from _inside(panel.get("panels"))


def check_alerts(request: Request, spec: dict[str, Any]) -> None:
    """Refuse alerts of panels that ask a data source which is none, as versions before 9.0 do."""
    profile = request.server.profile
    if profile >= (9, 0):
        return
    rows = _objects(spec.get("rows"))
    panels = [panel for one in rows or [spec] for panel in _inside(one.get("panels"))]
    if not all(_source_known(request, panel, query) for panel in panels for query in _asked(panel)):
        raise Refusal(fail(profile, 500, "Failed to save dashboard"))


def _asked(panel: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the queries that the alert of a panel is about."""
    alert = panel.get("alert")
    if not isinstance(alert, dict) or alert.get("enabled") is False:
        return
    targets = _objects(panel.get("targets"))
    for condition in _objects(alert.get("conditions")):
        query = condition.get("query")
        params = query.get("params") if isinstance(query, dict) else None
        asked = params[0] if isinstance(params, list) and params else None
        yield from [one for one in targets if one.get("refId") == asked][:1]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _source_known(request: Request, panel: dict[str, Any], query: dict[str, Any]) -> bool:
    named = query.get("datasource") or panel.get("datasource")
    sources = request.server.store.datasources(request.caller.org_id)
    if isinstance(named, dict):
        return any(one["uid"] == named.get("uid") for one in sources)
    if named:
        return any(named in (one["name"], one["uid"]) for one in sources)
    return any(one.get("isDefault") for one in sources)
