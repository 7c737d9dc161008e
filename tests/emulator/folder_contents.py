# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alert rules and library panels of a folder: there are none here. By Grafana's source, not by recordings."""

from __future__ import annotations

from .replies import Reply, message, ok
from .server import Request, route


@route("GET", "/api/ruler/grafana/api/v1/rules/{title}", there=lambda profile: (profile >= (9, 0)) and profile < (10, 0))
def rules(request: Request) -> Reply:
    """Answer the rules of the folder of this title; unified alerting is off before 9.0."""
    store, org_id = request.server.store, request.caller.org_id
    if all(folder.title != request.params["title"] for folder in store.folders(org_id)):
        return message("folder not found", 404)
    return ok({}, 202)


@route("GET", "/api/library-elements")
def panels(request: Request) -> Reply:
    """Answer a page of library panels."""
    size, page = request.number("perPage", 100), request.number("page", 1)
    return ok({"result": {"totalCount": 0, "elements": [], "page": page, "perPage": size}})
