# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a data source works: its health check, and queries. TestData answers itself; nothing answers at any other URL.

The answers are those of a running 12.4.3.
"""

from __future__ import annotations

import csv
from typing import Any

from ..core.replies import Refusal, Reply, message, ok, typed
from ..core.server import Request, require, route
from ..tenancy.plugins import installed
from .datasource_fields import TESTDATA
from .datasources import by_number, found_by


def _health(request: Request, key: str) -> Reply:
    require(request, "datasources:query")
    profile = request.server.profile
    try:
        found = found_by(request, key, request.params[key])
    except Refusal:
        return message("Unable to load datasource metadata", 500)
    if found["type"] in TESTDATA:
        return ok({"message": "Data source is working", "status": "OK"})
    if installed(profile).get(found["type"]) != "datasource":
        text = "Plugin not registered"
        return typed(404, text, "plugin.notRegistered") if profile >= (10, 2) else message("Not found", 404)
    return Reply(400, {"message": f'Get "{found["url"]}": dial tcp: connect: connection refused', "status": "ERROR"})


@route("GET", "/api/datasources/uid/{uid}/health", there=lambda profile: profile >= (9, 0))
def health_by_uid(request: Request) -> Reply:
    return _health(request, "uid")


@route("GET", "/api/datasources/{id}/health", there=by_number)
def health_by_id(request: Request) -> Reply:
    return _health(request, "id")


@route("POST", "/api/ds/query")
def query(request: Request) -> Reply:
    require(request, "datasources:query")
    queries = request.json().get("queries") or []
    if not queries:
        return typed(400, "No queries found", "query.noQueries")
    results = {one.get("refId", "A"): _result(request, one) for one in queries}
    return Reply(200 if all(one["status"] == 200 for one in results.values()) else 400, {"results": results})


def _result(request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
    found = found_by(request, "uid", str((wanted.get("datasource") or {}).get("uid")))
    if found["type"] not in TESTDATA:
        why = f'Post "{found["url"]}": dial tcp: connect: connection refused'
        return {"error": why, "errorSource": "downstream", "status": 502, "frames": []}
    rows = list(csv.reader(str(wanted.get("csvContent") or "").splitlines()))
    names, values = (rows[0], rows[1:]) if rows else ([], [])
    fields = [{"name": name, "type": "string", "typeInfo": {"frame": "string", "nullable": True}} for name in names]
    data = {"values": [[row[number] for row in values] for number in range(len(names))]}
    return {"status": 200, "frames": [{"schema": {"refId": wanted.get("refId", "A"), "fields": fields}, "data": data}]}
