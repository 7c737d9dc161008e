# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quotas: what they count, where they refuse, and their routes."""

from __future__ import annotations

from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok, typed
from ..core.server import Request, Server, require, require_globally, route

#: Targets of an org and of a user, with the setting that limits them by default.
OF_ORG = {
    "alert_rule": "quota.org_alert_rule",
    "dashboard": "quota.org_dashboard",
    "api_key": "quota.org_api_key",
    "data_source": "quota.org_data_source",
    "org_user": "quota.org_user",
}
OF_USER = {"org_user": "quota.user_org"}
#: The order in which versions before 12.1 list those of an org.
ORDERS = (
    ((10, 0), ("data_source", "api_key", "org_user", "alert_rule", "dashboard")),
    ((12, 1), ("api_key", "data_source", "org_user", "dashboard", "alert_rule")),
)
#: What a middleware counts before a request of its service is handled: (setting, what is counted).
SERVICES = {
    "org": ("quota.user_org", "quota.global_org", "quota.org_user"),
    "user": ("quota.global_user",),
    "api_key": ("quota.org_api_key",),
}


def on(server: Server) -> bool:
    """Tell whether quotas are looked at."""
    return server.settings.on("quota.enabled")


def limit(server: Server, setting: str, owner: int = 0) -> int:
    """Return a limit: the one that was set for its *owner* (an org or a user), or the default."""
    return server.state.limits.get((setting, owner), server.settings.number(setting))


def refuse_over_quota(request: Request, service: str) -> None:
    """Raise :class:`Refusal` where one more object of *service* is more than a quota allows.

    All limits of a service count, for new orgs that of the users in the org of the request too.
    """
    server, caller = request.server, request.caller
    if not on(server):
        return
    state = server.state
    here, user = state.orgs.get(caller.org_id), caller.user
    used = {
        "quota.user_org": (user.id, sum(user.id in org.members for org in state.orgs.values())) if user else None,
        "quota.org_user": (caller.org_id, len(here.members)) if here else None,
        "quota.org_api_key": (caller.org_id, _api_keys(server, caller.org_id)),
        "quota.global_org": (0, len(state.orgs)),
        "quota.global_user": (0, len(state.users)),
    }
    for setting in SERVICES[service]:
        counted = used[setting]
        if counted is not None and 0 <= limit(server, setting, counted[0]) <= counted[1]:
            raise Refusal(message(f"{service} Quota reached", 403))


def _api_keys(server: Server, org_id: int) -> int:
    """Return how many keys and tokens an org has: they share one table."""
    return sum(key.org_id == org_id for key in server.state.keys.values())


def usage(server: Server, org_id: int) -> list[tuple[str, int, int]]:
    """Return (target, limit, used) of an org's quotas."""
    org = server.state.orgs.get(org_id)
    used = {
        "org_user": len(org.members) if org else 0,
        "dashboard": server.store.count(org_id),
        "data_source": len(server.store.datasources(org_id)),
        "api_key": _api_keys(server, org_id),
        "alert_rule": 0,
    }
    order = next((targets for before, targets in ORDERS if server.profile < before), tuple(OF_ORG))
    return [(target, limit(server, OF_ORG[target], org_id), used[target]) for target in order]


def _off(profile: Profile, text: str = "failed to get quota") -> Reply:
    """Return the answer of a server without quotas: only 8.5 says so plainly."""
    if profile < (9, 0):
        return message("Quotas not enabled", 404)
    return fail(profile, 500, text)


def _bad(profile: Profile, text: str) -> Reply:
    if profile < (9, 0):
        return bad_request(profile, text)
    return typed(400, "Bad request" if profile < (11, 0) else "BadRequest", "quota.bad-request")


def _number(request: Request, name: str, text: str) -> int:
    try:
        return int(request.params[name])
    except ValueError:
        raise Refusal(_bad(request.server.profile, text)) from None


def _of_org(request: Request, org_id: int) -> Reply:
    server = request.server
    if not on(server):
        return _off(server.profile)
    return ok([{"org_id": org_id, "target": t, "limit": most, "used": used} for t, most, used in usage(server, org_id)])


def _of_user(request: Request, user_id: int) -> Reply:
    server = request.server
    if not on(server):
        return _off(server.profile, "Failed to get org quotas")
    used = sum(user_id in org.members for org in server.state.orgs.values())
    return ok([{"user_id": user_id, "target": t, "limit": limit(server, s, user_id), "used": used} for t, s in OF_USER.items()])


@route("GET", "/api/org/quotas")
def own_org(request: Request) -> Reply:
    if request.server.profile.rbac:
        require(request, "orgs.quotas:read")
    return _of_org(request, request.caller.org_id)


@route("GET", "/api/orgs/{org_id}/quotas")
def one_org(request: Request) -> Reply:
    from .orgs import org_of_path, require_in_org

    org_id = org_of_path(request)
    require_in_org(request, org_id, "orgs.quotas:read")
    return _of_org(request, org_id)


@route("PUT", "/api/orgs/{org_id}/quotas/{target}")
def set_for_org(request: Request) -> Reply:
    from .orgs import org_of_path, require_in_org

    org_id = org_of_path(request)
    require_in_org(request, org_id, "orgs.quotas:write")
    return _set(request, OF_ORG, org_id, "Failed to update org quotas") or message("Organization quota updated")


@route("GET", "/api/admin/users/{user_id}/quotas")
def one_user(request: Request) -> Reply:
    require_globally(request, "users.quotas:read")
    return _of_user(request, _number(request, "user_id", "id is invalid"))


@route("GET", "/api/user/quotas")
def caller(request: Request) -> Reply:
    # The handler is that of the admins' route, and finds no id in this path.
    profile = request.server.profile
    return _off(profile) if profile < (9, 0) and not on(request.server) else _bad(profile, "id is invalid")


@route("PUT", "/api/admin/users/{user_id}/quotas/{target}")
def set_for_user(request: Request) -> Reply:
    require_globally(request, "users.quotas:write")
    user_id = _number(request, "user_id", "id is invalid")
    return _set(request, OF_USER, user_id, "Failed to update org quotas") or message("Organization quota updated")


def _set(request: Request, targets: dict[str, str], owner: int, text: str) -> Reply | None:
    """Set a limit; return the refusal, if any."""
    server, target = request.server, request.params["target"]
    try:
        fields = request.fields({"limit": int, "target": str})
    except Refusal:
        return _bad(server.profile, "bad request data")
    if not on(server):
        return _off(server.profile, text)
    if target not in targets and (server.profile < (9, 0) or target not in OF_ORG):
        if server.profile < (9, 0):
            return message("Invalid quota target", 404)
        reason = "Internal server error" if server.profile < (11, 0) else "InternalError"
        return typed(500, reason, "quota.invalid-target-table")
    # An existing row is updated with its non-zero columns, so a limit never becomes 0 again.
    key, wanted = (targets.get(target, target), owner), fields.get("limit", 0)
    server.state.limits[key] = wanted or server.state.limits.get(key, 0)
    return None
