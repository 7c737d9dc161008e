# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences of organizations, teams and users, and the home dashboard that follows from them."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..core.profile import Profile
from ..core.replies import Refusal, Reply, fail, message, ok
from ..core.server import Request, require, route
from ..core.slugs import slug
from ..core.state import Preferences, stamp
from ..core.state import uid as new_uid
from ..kubernetes.objects import LEGACY_FORM
from .teams import number_of, team_of

#: From these versions on: unset fields are left out and ``locale`` is ``language``; ``PATCH`` refuses an empty theme; the home
#: dashboard is stored by uid, and ``PUT`` without one keeps it.
SPARSE, STRICT, BY_UID = (9, 4), (10, 1), (12, 1)
EXTRA = ("aubergine", "debug", "desertbloom", "gildedgrove", "gloom", "mars", "matrix", "sapphiredusk", "synthwave")
EXTRA += ("tron", "victorian", "zen")
MORE = ("deut_prot_dark", "deut_prot_light", "tritanopia_dark", "tritanopia_light", "visual_refresh_dark", "visual_refresh_light")
#: The themes of each version: the first one of a row that is older counts (sources).
THEMES = (
    ((9, 4), ("light", "dark")),
    ((10, 1), ("light", "dark", "system")),
    ((11, 1), ("light", "dark", "system", "midnight", "blue-night")),
    ((12, 0), ("light", "dark", "system", "debug")),
    ((13, 0), ("light", "dark", "system", *EXTRA)),
    ((99, 0), ("light", "dark", "system", *EXTRA, *MORE)),
)
BAD_ZONE = "Invalid timezone. Must be a valid IANA timezone (e.g., America/New_York), 'utc', 'browser', or empty string"
DONE = "Preferences updated"
#: The fields of a request with their types; ``language`` is unknown up to 9.3, and ``locale`` later.
SHAPE: dict[str, type | tuple[type, ...]] = {
    "theme": str,
    "timezone": str,
    "weekStart": str,
    "homeDashboardId": int,
    "homeDashboardUID": str,
    "queryHistory": dict,
    "navbar": dict,
}
TEXTS = ("theme", "timezone", "weekStart", "language")

#: Whose preferences a request is about: (organization, user, team), 0 for none.
Owner = tuple[int, int, int]


def _org(request: Request, action: str) -> Owner:
    require(request, "orgs.preferences:" + action)
    return request.caller.org_id, 0, 0


def _user(request: Request, _action: str) -> Owner:
    caller = request.caller
    return caller.org_id, caller.who.id if caller.who else 0, 0


def _team(request: Request, action: str) -> Owner:
    team_of(request, "teams:" + action)
    return request.caller.org_id, 0, number_of(request)


def _routes(path: str, owner: Callable[[Request, str], Owner], patch: bool = True) -> None:
    """Register the routes of one kind of owner; teams have no ``PATCH``."""

    @route("GET", path)
    def read(request: Request) -> Reply:
        return ok(_shown(request, owner(request, "read")))

    @route("PUT", path)
    def put(request: Request) -> Reply:
        return _write(request, owner(request, "write"), keep=False)

    if patch:

        @route("PATCH", path)
        def change(request: Request) -> Reply:
            return _write(request, owner(request, "write"), keep=True)


_routes("/api/org/preferences", _org)
_routes("/api/user/preferences", _user)
_routes("/api/teams/{team_id}/preferences", _team, patch=False)


def _home_uid(request: Request, stored: Preferences) -> str:
    """Return the uid of the home dashboard; where its id is stored, that of a deleted dashboard is unknown."""
    if request.server.profile >= BY_UID:
        return stored.home_uid
    found = request.server.store.dashboard_of_id(request.caller.org_id, stored.home_id)
    return found.uid if found else ""


def _shown(request: Request, owner: Owner) -> dict[str, Any]:
    """Return preferences as a version shows them: up to 9.3 with all fields."""
    profile = request.server.profile
    stored = request.server.state.preferences.get(owner, Preferences())
    home = _home_uid(request, stored)
    if profile < SPARSE:
        body: dict[str, Any] = {"theme": stored.theme, "homeDashboardId": stored.home_id}
        if home and profile.rbac:
            body["homeDashboardUID"] = home
        body.update(timezone=stored.timezone, weekStart=stored.weekStart, navbar={"savedItems": None})
        if profile.rbac:
            body.update(locale=stored.language, queryHistory={"homeTab": stored.home_tab})
        return body
    body = {name: getattr(stored, name) for name in TEXTS if getattr(stored, name)}
    if home:
        body["homeDashboardUID"] = home
    if stored.home_tab:
        body["queryHistory"] = {"homeTab": stored.home_tab}
    if stored.bookmarks is not None and profile.nested:
        body["navbar"] = {"bookmarkUrls": stored.bookmarks}
    return body


LISTED = "/apis/preferences.grafana.app/v1alpha1/namespaces/{namespace}/preferences"


@route("GET", LISTED, there=lambda profile: (11, 4) <= profile.numbers < (12, 0))
def unknown_group(_request: Request) -> Reply:
    return Reply(404, {"paths": LEGACY_FORM})


@route("GET", LISTED, there=lambda profile: profile >= (12, 1))
def listed(request: Request) -> Reply:
    """Return the preferences of the organization as the only object."""
    server, owner = request.server, (request.caller.org_id, 0, 0)
    items, metadata = [], {"resourceVersion": str(server.store.next_rv())}
    if owner in server.state.preferences:
        known = {"name": "namespace", "namespace": request.params["namespace"], **metadata}
        known["creationTimestamp"] = stamp(server.clock.now())
        if server.profile.objects_only:
            known["uid"] = new_uid()
        items.append({"metadata": known, "spec": _shown(request, owner)})
    body = {"kind": "PreferencesList", "apiVersion": "preferences.grafana.app/v1alpha1", "items": items}
    return ok({**body, "metadata": {} if server.profile.objects_only else metadata})


def _themes(profile: Profile) -> tuple[str, ...]:
    return next(themes for before, themes in THEMES if profile < before)


def _zone_exists(name: str) -> bool:
    try:
        return name in ("", "utc", "browser") or bool(zoneinfo.ZoneInfo(name))
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False


def _write(request: Request, owner: Owner, keep: bool) -> Reply:
    """Replace preferences, or (*keep*) those fields that the request has."""
    server, profile = request.server, request.server.profile
    words = "language" if profile >= SPARSE else "locale"
    fields = request.fields({**SHAPE, words: str})
    fields["language"] = fields.pop(words, None)
    theme = fields.get("theme")
    if theme is not None and theme not in _themes(profile) and (theme or (keep and profile >= STRICT)):
        return message("Invalid theme", 400)
    if profile >= BY_UID and not _zone_exists(fields.get("timezone") or ""):
        return message(BAD_ZONE, 400)
    before = server.state.preferences.get(owner, Preferences())
    after = replace(before) if keep else Preferences()
    if not keep and profile >= BY_UID:
        after.home_uid = before.home_uid
    for name in TEXTS:
        if fields.get(name) is not None:
            setattr(after, name, fields[name])
    _set_home(request, after, fields)
    after.home_tab = (fields.get("queryHistory") or {}).get("homeTab") or after.home_tab
    after.bookmarks = (fields.get("navbar") or {}).get("bookmarkUrls") or after.bookmarks
    server.state.preferences[owner] = after
    return message(DONE)


def _set_home(request: Request, after: Preferences, fields: dict[str, Any]) -> None:
    """Set the home dashboard that a request names by uid or by id. Raises :class:`Refusal` for a missing one."""
    store, profile, org_id = request.server.store, request.server.profile, request.caller.org_id
    uid = fields.get("homeDashboardUID") if profile.rbac else None
    number = fields.get("homeDashboardId")
    if uid == "":
        after.home_id, after.home_uid = 0, ""
    elif uid is not None:
        found = store.dashboard(org_id, uid)
        if found is None:
            raise Refusal(fail(profile, 404, "Dashboard not found"))
        after.home_id, after.home_uid = found.id, found.uid
    elif number and profile >= BY_UID:
        found = store.dashboard_of_id(org_id, number)
        if found is None:
            raise Refusal(fail(profile, 404, "Dashboard not found"))
        after.home_id, after.home_uid = found.id, found.uid
    elif number is not None:
        after.home_id = number


def home_of(request: Request) -> str | None:
    """Return the address of the caller's home dashboard: the user's own, that of a team, or that of the organization."""
    server, caller = request.server, request.caller
    user = caller.user.id if caller.user else 0
    teams = server.state.teams_of(caller.org_id, user) if user else []
    owners: list[Owner] = [(caller.org_id, user, 0)] if user else []
    owners += [(caller.org_id, 0, team.id) for team in reversed(teams)]
    for owner in [*owners, (caller.org_id, 0, 0)]:
        uid = _home_uid(request, server.state.preferences.get(owner, Preferences()))
        found = server.store.dashboard(caller.org_id, uid) if uid else None
        if uid:
            return f"/d/{uid}/{slug(server.profile, found.title)}" if found else None
    return None


@route("GET", "/api/dashboards/home")
def home(request: Request) -> Reply:
    address = home_of(request)
    if address is not None:
        return ok({"redirectUri": address})
    return ok({"meta": {"isHome": True, "canSave": False}, "dashboard": {"title": "Home", "panels": []}})
