# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations: the caller's own, and all of them."""

from __future__ import annotations

from ..core.like import like
from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, denied, fail, message, ok
from ..core.server import Request, Server, require, require_globally, route
from ..core.state import ADDRESS, Org
from .general import users_only
from .quotas import refuse_over_quota


def shown(org: Org) -> dict:
    return {"id": org.id, "name": org.name, "address": dict(org.address)}


def missing(profile: Profile) -> Reply:
    return fail(profile, 404, "Organization not found")


def org_of_path(request: Request) -> int:
    """Return the id in the path; what is no number is a bad request up to 8.5, and forbidden from 9 on."""
    try:
        return int(request.params["org_id"])
    except ValueError:
        if request.server.profile.rbac:
            raise Refusal(denied(request.server.profile, "")) from None
        raise Refusal(bad_request(request.server.profile, "orgId is invalid")) from None


def require_in_org(request: Request, org_id: int, permission: str) -> None:
    """Raise unless the caller has *permission* in the org of the path, as a server admin or as its member."""
    caller = request.caller
    if caller.may_globally(permission):
        return
    if request.server.profile.rbac and caller.org_id == org_id and caller.may(permission):
        return
    if request.server.profile.rbac and caller.user is not None:
        org = request.server.state.orgs.get(org_id)
        role = org.members.get(caller.user.id) if org else None
        if role is not None and type(caller)(user=caller.user, role=role).may(permission):
            return
    raise Refusal(denied(request.server.profile, permission))


def org_or_refusal(request: Request, org_id: int) -> Org:
    org = request.server.state.orgs.get(org_id)
    if org is None:
        raise Refusal(missing(request.server.profile))
    return org


@route("GET", "/api/org")
def own_org(request: Request) -> Reply:
    profile, caller = request.server.profile, request.caller
    org = request.server.state.orgs.get(caller.org_id)
    if profile.rbac:
        require(request, "orgs:read")
    if org is None or (caller.user is not None and caller.role is None):
        raise Refusal(missing(profile))
    return ok(shown(org))


@route("PUT", "/api/org")
def rename_own_org(request: Request) -> Reply:
    require(request, "orgs:write")
    return _rename(request, request.caller.org_id)


@route("PUT", "/api/org/address")
def own_address(request: Request) -> Reply:
    require(request, "orgs:write")
    return _set_address(request, request.caller.org_id)


@route("GET", "/api/orgs")
def list_orgs(request: Request) -> Reply:
    require_globally(request, "orgs:read")
    orgs = list(request.server.state.orgs.values())
    name, query = request.one("name"), request.one("query")
    if name:
        orgs = [org for org in orgs if org.name == name]
    if query:
        matches = like(query + "%")
        orgs = [org for org in orgs if matches(org.name)]
    size, page = request.number("perpage", 1000), max(0, request.number("page", 0))
    orgs.sort(key=lambda org: org.name)
    return ok([{"id": org.id, "name": org.name} for org in orgs[page * size : (page + 1) * size]])


@route("POST", "/api/orgs")
def create_org(request: Request) -> Reply:
    server = request.server
    require_globally(request, "orgs:create", old="Access denied")
    refuse_over_quota(request, "org")
    name = request.fields({"name": str}).get("name", "")
    if not name:
        raise Refusal(bad_request(server.profile))
    if server.state.org_named(name) is not None:
        return fail(server.profile, 409, "Organization name taken")
    org = server.state.add_org(name)
    if request.caller.user is not None:
        org.members[request.caller.user.id] = "Admin"
    return ok({"message": "Organization created", "orgId": org.id})


@route("GET", "/api/orgs/name/{name}")
def org_by_name(request: Request) -> Reply:
    require_globally(request, "orgs:read")
    org = request.server.state.org_named(request.params["name"])
    return ok(shown(org)) if org else missing(request.server.profile)


@route("GET", "/api/orgs/{org_id}")
def org_by_id(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "orgs:read")
    return ok(shown(org_or_refusal(request, org_id)))


@route("PUT", "/api/orgs/{org_id}")
def rename_org(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "orgs:write")
    return _rename(request, org_id)


def _rename(request: Request, org_id: int) -> Reply:
    server = request.server
    name = request.fields({"name": str}).get("name", "")
    if not name:
        raise Refusal(bad_request(server.profile))
    other = server.state.org_named(name)
    if other is not None and other.id != org_id:
        return fail(server.profile, 400, "Organization name taken")
    org = server.state.orgs.get(org_id)
    if org is None:
        return fail(server.profile, 500, "Failed to update organization")
    server.state.rename_org(org, name)
    return message("Organization updated")


@route("PUT", "/api/orgs/{org_id}/address")
def set_address(request: Request) -> Reply:
    org_id = org_of_path(request)
    require_in_org(request, org_id, "orgs:write")
    return _set_address(request, org_id)


def _set_address(request: Request, org_id: int) -> Reply:
    fields = request.fields(dict.fromkeys(ADDRESS, str))
    org = request.server.state.orgs.get(org_id)
    if org is not None:
        # The row is updated with its non-empty columns, and a row that is not there with nothing.
        org.address.update({name: value for name, value in fields.items() if value})
    return message("Address updated")


@route("DELETE", "/api/orgs/{org_id}")
def delete_org(request: Request) -> Reply:
    server = request.server
    org_id = org_of_path(request)
    require_globally(request, "orgs:delete")
    if request.caller.org_id == org_id:
        if server.profile >= (12, 1):
            text = "Cannot delete your active organization. Please switch to a different organization first."
            return message(text, 400)
        return message("Can not delete org for current user", 400)
    org = server.state.orgs.get(org_id)
    if org is None:
        return message("Failed to delete organization. ID not found", 404)
    if server.profile >= (13, 1):  # it deletes from a table that does not exist any more
        return message("Failed to delete organization", 500)
    server.state.drop_org(org, keep_accounts=not server.profile.login_per_org)
    server.store.drop_org(org_id)
    return message("Organization deleted")


@route("GET", "/api/user/orgs")
def orgs_of_caller(request: Request) -> Reply:
    user = request.caller.user
    if user is None:
        return ok([]) if request.server.profile < (10, 0) else users_only(request.server.profile)
    return ok(orgs_of(request.server, user.id))


def orgs_of(server: Server, user_id: int) -> list[dict]:
    """Return the orgs that a user is a member of."""
    orgs = [org for org in server.state.orgs.values() if user_id in org.members]
    orgs.sort(key=lambda org: org.name)
    return [{"orgId": org.id, "name": org.name, "role": org.members[user_id]} for org in orgs]


@route("POST", "/api/user/using/{org_id}")
def switch_org(request: Request) -> Reply:
    server, user = request.server, request.caller.user
    if user is None and server.profile >= (10, 0):
        return users_only(server.profile)
    try:
        org_id = int(request.params["org_id"])
    except ValueError:
        return bad_request(server.profile, "id is invalid")
    org = server.state.orgs.get(org_id)
    if user is None or org is None or user.id not in org.members:
        return message("Not a valid organization", 401)
    user.org_id = org_id
    return message("Active organization changed")
