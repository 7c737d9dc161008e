# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of a dashboard, by the legacy routes.

Nothing of it is recorded; it follows the source of 8.5.9, 9.3.2, 11.5.1 and 12.4.3: by uid from 9.0 on, by database id up to
12.3; a bare list up to 11.5, ``{"continueToken", "versions"}`` later; always the newest first.
"""

from __future__ import annotations

from typing import Any

from ..core.profile import Profile
from ..core.replies import Refusal, Reply, fail, ok
from ..core.server import Request, route
from ..core.state import stamp
from .dashboard_rights import WRITE, missing, require_anywhere, require_on
from .folders import shown_name
from .normalise import to_v0
from .store import Dashboard, Version

UNLIMITED = 1000
NOBODY = "Anonymous"


def by_uid(profile: Profile) -> bool:
    return profile >= (9, 0)


def by_id(profile: Profile) -> bool:
    return profile < (12, 4)


@route("GET", "/api/dashboards/uid/{uid}/versions", there=by_uid)
@route("GET", "/api/dashboards/id/{number}/versions", there=by_id)
def listed(request: Request) -> Reply:
    profile, dashboard = request.server.profile, _dashboard(request)
    if dashboard is None:
        return fail(profile, 404, f"No versions found for dashboardId {_number(request)}")
    found = request.server.store.versions(dashboard)
    size, start, token = request.number("limit", UNLIMITED), request.number("start", 0), ""
    if profile >= (12, 0):  # pages are told apart by a token, and up to 12.4 `start` says nothing
        before = _whole(request.one("continueToken")) or 0
        found = [one for one in found if not before or one.resource_version < before]
        start = start if profile.objects_only else 0
    page = found[start : start + size]
    if profile >= (12, 0) and len(found) > start + size:
        token = str(page[-1].resource_version)
    if not page and profile < (12, 0):
        return fail(profile, 404, f"No versions found for dashboardId {dashboard.id}")
    shown = [_entry(request, dashboard, one) for one in page]
    return ok(shown if profile < (11, 6) else {"continueToken": token, "versions": shown})


@route("GET", "/api/dashboards/uid/{uid}/versions/{version}", there=by_uid)
@route("GET", "/api/dashboards/id/{number}/versions/{version}", there=by_id)
def one(request: Request) -> Reply:
    profile, dashboard = request.server.profile, _dashboard(request)
    wanted = _whole(request.params["version"])
    if wanted is None and profile >= (12, 0):
        return fail(profile, 500, "Internal Server Error")
    history = request.server.store.versions(dashboard) if dashboard is not None else []
    found = next((one for one in history if one.version == (wanted or 0)), None)
    if dashboard is None or found is None:
        number = dashboard.id if dashboard is not None else _number(request)
        return fail(profile, 500, f"Dashboard version {wanted or 0} not found for dashboardId {number}")
    body = _basics(profile, dashboard, found)
    body.update(message=found.message, data=_data(profile, dashboard, found), createdBy=_creator(request, found, alone=True))
    if profile >= (9, 0):
        named = "uid" in request.params or profile >= (10, 0)
        body["uid"] = dashboard.uid if named else ""
    return ok(body)


def _dashboard(request: Request) -> Dashboard | None:
    """Return the dashboard asked for, ``None`` where only its history is missing. Raises :class:`Refusal`."""
    profile, store, org_id = request.server.profile, request.server.store, request.caller.org_id
    require_anywhere(request, WRITE)
    uid = request.params.get("uid", "")
    found = store.dashboard(org_id, uid) if uid else store.dashboard_of_id(org_id, _number(request))
    if profile < (9, 0) and found is None and request.caller.role == "Admin":
        return None  # who administers an org may do everything, and nothing is looked up for it
    if found is not None:
        require_on(request, WRITE, found)
        return found
    if profile >= (10, 0):
        raise Refusal(missing(request))
    if uid:
        raise Refusal(fail(profile, 400, "failed to get dashboard by UID"))
    raise Refusal(fail(profile, 500, "Error while checking dashboard permissions"))


def _number(request: Request) -> int:
    found = _whole(request.params.get("number", ""))
    if found is None:
        raise Refusal(fail(request.server.profile, 400, "dashboardId is invalid"))
    return found


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _basics(profile: Profile, dashboard: Dashboard, version: Version) -> dict[str, Any]:
    restored = version.restored if profile.unified else 0
    return {
        "id": version.id,
        "dashboardId": dashboard.id,
        "parentVersion": version.parent,
        "restoredFrom": restored,
        "version": version.version,
        "created": stamp(version.created),
    }


def _entry(request: Request, dashboard: Dashboard, version: Version) -> dict[str, Any]:
    """Return a version as lists show it: whatever the first one's message was, it is not told."""
    profile = request.server.profile
    text = version.message if version.parent else "Initial save"
    entry: dict[str, Any] = {**_basics(profile, dashboard, version), "message": text}
    entry["createdBy"] = _creator(request, version, alone=False)
    if (9, 0) <= profile.numbers < (10, 0):
        entry["dashboardUid"] = ""  # there is no such column to read it from
    elif profile >= (10, 0):
        entry.update(uid=dashboard.uid, data=_data(profile, dashboard, version))
        if profile >= (12, 0) or not version.parent:
            entry["data"].pop("id", None)
    return entry


def _data(profile: Profile, dashboard: Dashboard, version: Version) -> dict[str, Any]:
    """Return the dashboard as it was; unified storage knows no id in it."""
    data = {**to_v0(version.spec, version.api), "uid": dashboard.uid, "version": version.version}
    return data if profile >= (12, 0) else {**data, "id": dashboard.id}


def _creator(request: Request, version: Version, alone: bool) -> str | None:
    profile = request.server.profile
    if profile >= (10, 0):
        # At 12.4 one that is read by itself finds nobody for a dashboard that has never been changed.
        unknown = profile >= (12, 1) and alone and not version.changed
        return NOBODY if unknown else shown_name(request, version.by)
    if alone:
        return shown_name(request, version.by)
    # A list takes the login of whatever user row there is, which accounts have, too, and keys have not.
    return version.by or ("" if profile < (9, 0) else None)
