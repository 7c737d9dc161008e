# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data sources, as far as dashboards refer to them."""

from __future__ import annotations

from typing import Any

from .replies import Refusal, Reply, bad_request, message, ok
from .server import Request, require, route
from .state import uid as new_uid


def _all(request: Request) -> list[dict[str, Any]]:
    return request.server.store.datasources(request.caller.org_id)


@route("GET", "/api/datasources")
def listed(request: Request) -> Reply:
    # Editors may query data sources, and so see the list of those that they may query.
    if not request.caller.may("dashboards:read"):
        require(request, "datasources:read")
    return ok(sorted(_all(request), key=lambda one: one["name"]))


@route("POST", "/api/datasources")
def create(request: Request) -> Reply:
    require(request, "datasources:create")
    fields = request.fields({"name": str, "type": str, "access": str, "url": str, "uid": str, "isDefault": bool})
    if not all(fields.get(name) for name in ("name", "type", "access")):
        raise Refusal(bad_request(request.server.profile))
    if any(one["name"] == fields["name"] for one in _all(request)):
        return message("data source with the same name already exists", 409)
    made = {"id": request.server.state.next("datasource"), "uid": fields.get("uid") or new_uid()}
    made.update(orgId=request.caller.org_id, **{k: v for k, v in fields.items() if k != "uid"})
    made.setdefault("isDefault", False)
    made.update(database="", jsonData={}, readOnly=False)
    _all(request).append(made)
    return ok({"datasource": made, "id": made["id"], "message": "Datasource added", "name": made["name"]})


def _found(request: Request, key: str) -> dict[str, Any]:
    found = next((one for one in _all(request) if one[key] == request.params[key]), None)
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


@route("DELETE", "/api/datasources/uid/{uid}")
def delete(request: Request) -> Reply:
    require(request, "datasources:delete")
    found = _found(request, "uid")
    _all(request).remove(found)
    return ok({"id": found["id"], "message": "Data source deleted"})
