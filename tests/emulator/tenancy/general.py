# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health, settings, and what everybody may ask."""

from __future__ import annotations

from ..core.auth import authenticate
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, message, ok, unauthorized
from ..core.server import ANYBODY, Request, require_globally, route

COMMIT = "0123456789abcdef"


@route("GET", "/api/health", access=ANYBODY)
def health(request: Request) -> Reply:
    body = {"database": "ok"}
    if not request.server.settings.on("auth.anonymous.hide_version"):
        body.update(version=request.server.version, commit=COMMIT)
    return ok(body)


@route("GET", "/api/frontend/settings", access=ANYBODY)
def frontend_settings(request: Request) -> Reply:
    caller = authenticate(request.server, request)
    if caller is None:
        raise Refusal(unauthorized(request.server.profile))
    build = {"version": request.server.version, "commit": COMMIT, "edition": "Open Source", "env": "production"}
    body: dict[str, object] = {"appSubUrl": request.server.sub_path, "buildInfo": build, "featureToggles": {}}
    body["minRefreshInterval"] = request.server.settings.text("dashboards.min_refresh_interval")
    body["autoAssignOrg"] = request.server.settings.on("users.auto_assign_org")
    if request.server.profile >= (9, 4):
        body["tokenExpirationDayLimit"] = request.server.settings.number("service_accounts.token_expiration_day_limit")
    return ok(body)


@route("GET", "/api/login/ping", access=ANYBODY)
def ping(request: Request) -> Reply:
    profile = request.server.profile
    try:
        caller = authenticate(request.server, request)
    except Refusal:
        if not profile.typed_errors:
            raise
        caller = None
    if caller is None:
        return message("Unauthorized", 401)
    return ok("Logged in" if profile < (10, 0) else {"message": "Logged in"})


@route("GET", "/api/admin/settings")
def admin_settings(request: Request) -> Reply:
    require_globally(request, "settings:read")
    sections = request.server.settings.sections()
    if not request.server.profile.objects_only:
        del sections["folder"]
    return ok(sections)


def users_only(profile: Profile) -> Reply:
    """Return what routes for users answer to keys: 403 at 11.5, and an empty 304 from 12.0 on."""
    if profile.unified:
        return Reply(304)
    return Reply(403, {"message": "Endpoint only available for users"})
