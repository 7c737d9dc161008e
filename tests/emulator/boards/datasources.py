# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sources, as far as dashboards refer to them."""

from __future__ import annotations

from typing import Any

from ..core.profile import Profile
from ..core.replies import Refusal, Reply, bad_request, fail, message, ok
from ..core.server import Request, require, route
from ..core.state import uid as new_uid
from ..tenancy.quotas import limit, on

SHAPE: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "type": str,
    "access": str,
    "url": str,
    "user": str,
    "database": str,
    "basicAuth": bool,
    "basicAuthUser": str,
    "withCredentials": bool,
    "isDefault": bool,
    "jsonData": dict,
    "secureJsonData": dict,
    "uid": str,
}
#: From then on the first data source of an organization becomes its default.
FIRST_IS_DEFAULT = (10, 4)
LOGO = "public/img/icn-datasource.svg"
#: What a list leaves out of a data source.
ALONE = ("basicAuthUser", "withCredentials", "secureJsonFields", "version")


def by_number(profile: Profile) -> bool:
    """Tell whether data sources have routes by database id."""
    return profile < (13, 0)


def _all(request: Request) -> list[dict[str, Any]]:
    return request.server.store.datasources(request.caller.org_id)


@route("GET", "/api/datasources")
def listed(request: Request) -> Reply:
    # From 9.0 on whoever may query data sources sees the list of them; before, admins do.
    if not (request.server.profile.rbac and request.caller.may("datasources:query")):
        require(request, "datasources:read")
    found = sorted(_all(request), key=lambda one: one["name"])
    return ok([{**{k: v for k, v in one.items() if k not in ALONE}, "typeName": one["type"]} for one in found])


@route("POST", "/api/datasources")
def create(request: Request) -> Reply:
    server, org_id = request.server, request.caller.org_id
    require(request, "datasources:create")
    known = _all(request)
    if on(server) and 0 <= limit(server, "quota.org_data_source", org_id) <= len(known):
        raise Refusal(message("data_source Quota reached", 403))
    fields = request.fields(SHAPE)
    if not all(fields.get(name) for name in ("name", "type", "access")):
        raise Refusal(bad_request(server.profile))
    for key in ("name", "uid"):
        if any(one[key] == fields.get(key) for one in known):
            return fail(server.profile, 409, f"data source with the same {key} already exists")
    made = _made(fields, server.state.next("datasource"), org_id)
    if not known and server.profile >= FIRST_IS_DEFAULT:
        made["isDefault"] = True
    if made["isDefault"]:
        for one in known:
            one["isDefault"] = False
    known.append(made)
    return ok({"datasource": made, "id": made["id"], "message": "Datasource added", "name": made["name"]})


def _made(fields: dict[str, Any], number: int, org_id: int) -> dict[str, Any]:
    """Return a new data source as the API shows it: of its secrets only that they are there."""
    made: dict[str, Any] = {"id": number, "uid": fields.get("uid") or new_uid(), "orgId": org_id, "name": fields["name"]}
    made.update(type=fields["type"], typeLogoUrl=LOGO, access=fields["access"])
    made.update({name: fields.get(name, "") for name in ("url", "user", "database")})
    made.update(basicAuth=fields.get("basicAuth", False), basicAuthUser=fields.get("basicAuthUser", ""))
    made.update(withCredentials=fields.get("withCredentials", False), isDefault=fields.get("isDefault", False))
    made.update(jsonData=fields.get("jsonData", {}), secureJsonFields=dict.fromkeys(fields.get("secureJsonData", {}), True))
    made.update(version=1, readOnly=False)
    return made


def _found(request: Request, key: str) -> dict[str, Any]:
    wanted = request.params[key]
    if key == "id" and not wanted.isdigit():
        raise Refusal(fail(request.server.profile, 400, "id is invalid"))
    found = next((one for one in _all(request) if str(one[key]) == wanted), None)
    if found is None:
        raise Refusal(message("Data source not found", 404))
    return found


@route("GET", "/api/datasources/name/{name}")
def by_name(request: Request) -> Reply:
    require(request, "datasources:read")
    return ok(_found(request, "name"))


@route("GET", "/api/datasources/uid/{uid}")
def by_uid(request: Request) -> Reply:
    require(request, "datasources:read")
    return ok(_found(request, "uid"))


@route("GET", "/api/datasources/{id}", there=by_number)
def by_id(request: Request) -> Reply:
    require(request, "datasources:read")
    return ok(_found(request, "id"))


def _changed(request: Request, key: str) -> Reply:
    """Replace a data source: secrets and the user's name of basic authentication stay where they are not sent."""
    require(request, "datasources:write")
    found, fields = _found(request, key), request.fields(SHAPE)
    if not fields.get("type") or not fields.get("access"):
        raise Refusal(bad_request(request.server.profile))
    if fields.get("isDefault"):
        for one in _all(request):
            one["isDefault"] = False
    secrets = {**dict.fromkeys(found["secureJsonFields"], "kept"), **fields.get("secureJsonData", {})}
    fields = {"basicAuthUser": found["basicAuthUser"], "name": found["name"], **fields, "secureJsonData": {}}
    found.update(_made({**fields, "uid": found["uid"]}, found["id"], found["orgId"]))
    found["secureJsonFields"] = {name: True for name, value in secrets.items() if value}
    return ok({"datasource": found, "id": found["id"], "message": "Datasource updated", "name": found["name"]})


@route("PUT", "/api/datasources/uid/{uid}", there=lambda profile: profile >= (9, 0))
def change_by_uid(request: Request) -> Reply:
    return _changed(request, "uid")


@route("PUT", "/api/datasources/{id}", there=by_number)
def change_by_id(request: Request) -> Reply:
    return _changed(request, "id")


def _deleted(request: Request, key: str) -> Reply:
    require(request, "datasources:delete")
    found = _found(request, key)
    _all(request).remove(found)
    # Whoever deletes it by its number is not told the number again.
    return message("Data source deleted") if key == "id" else message("Data source deleted", id=found["id"])


@route("DELETE", "/api/datasources/uid/{uid}")
def delete_by_uid(request: Request) -> Reply:
    return _deleted(request, "uid")


@route("DELETE", "/api/datasources/name/{name}")
def delete_by_name(request: Request) -> Reply:
    return _deleted(request, "name")


@route("DELETE", "/api/datasources/{id}", there=by_number)
def delete_by_id(request: Request) -> Reply:
    return _deleted(request, "id")
