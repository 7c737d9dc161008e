# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An old version of a dashboard becomes the newest, by the legacy routes."""

from __future__ import annotations

from ..core.replies import Reply, bad_request, message
from ..core.server import Request, route
from .dashboard_rights import WRITE, missing, require_anywhere, require_on
from .dashboards import rewritten
from .store import canonical
from .versions import by_id, by_uid


@route("POST", "/api/dashboards/uid/{uid}/restore", there=by_uid)
@route("POST", "/api/dashboards/id/{number}/restore", there=by_id)
def restore(request: Request) -> Reply:
    """Write a version again; the dashboard stays in its folder, and the message names the version."""
    profile, store, org_id = request.server.profile, request.server.store, request.caller.org_id
    number, uid = request.params.get("number", ""), request.params.get("uid", "")
    found = store.dashboard_of_id(org_id, int(number)) if number.isdigit() else store.dashboard(org_id, uid)
    if not profile.unified:
        require_anywhere(request, WRITE)
        if found is None:
            return missing(request)
    require_on(request, WRITE, found)
    assert found is not None
    wanted = request.fields({"version": int}).get("version", 0)
    if not wanted:
        return bad_request(profile)
    version = next((one for one in store.versions(found) if one.version == wanted), None)
    if version is None:
        return missing(request) if profile.authorizer else message("Dashboard version not found", 404)
    if profile.authorizer and canonical(version.spec) == canonical(found.spec):
        return message("Current dashboard is identical to the specified version", 400)
    return rewritten(request, found, version.spec, found.folder_uid, f"Restored from version {wanted}", restored=wanted)


@route("POST", "/api/dashboards/calculate-diff", there=lambda profile: profile < (12, 0))
def difference(request: Request) -> Reply:
    """Answer a page that shows no difference: only its status and its type are recorded."""
    require_anywhere(request, WRITE)
    return Reply(200, "<div></div>", "text/html")
