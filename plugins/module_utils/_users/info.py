# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info module of users."""

from __future__ import annotations

import typing as t

from .._engine.info import Result
from .._engine.module import GrafanaModule
from .._grafana import connection as _connection
from .._grafana.client import Client
from .._grafana.connection import Connection
from .._grafana.errors import BadInput, Forbidden
from .._grafana.users import look_up
from .directory import every_user
from .model import CurrentUser
from .resource import SERVER_ADMINS_ONLY

OPTIONS: dict[str, dict[str, t.Any]] = {
    "login": {"type": "raw"},
    "email": {"type": "raw"},
    "orgs": {"type": "bool", "default": False},
}


def users(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return all users of the server, or the one that the task names. Raises :class:`Forbidden`."""
    try:
        return {"users": _users(module, client)}
    except Forbidden as problem:
        raise Forbidden("%s; %s" % (problem.message, SERVER_ADMINS_ONLY), **problem.details) from None


def _users(module: GrafanaModule, client: Client) -> list[Result]:
    names = {name: module.params[name] for name in ("login", "email") if module.params[name] is not None}
    if len(names) > 1:
        raise BadInput("login and email exclude each other: set one of them")
    if names:
        wanted = _connection.text(*reversed(next(iter(names.items()))))
        found = look_up(client, wanted)
        entries = [] if found is None else [_one(client, int(found["id"]))]
    else:
        entries = [_listed(entry) for entry in every_user(client)]
    entries = [entry for entry in entries if entry]
    if module.params["orgs"]:
        client.expect(len(entries))
        entries = [{**entry, "orgs": _orgs(client, entry["id"])} for entry in entries]
    return entries


def _one(client: Client, number: int) -> Result:
    """Return one user with its active organization; nothing if it was deleted meanwhile."""
    body = client.find("/api/users/%d" % number)
    return {} if body is None else {**CurrentUser.from_api(body).shown(), "active_org_id": body.get("orgId")}


def _listed(entry: t.Mapping[str, t.Any]) -> Result:
    """Return an entry of the list of all users."""
    return {**CurrentUser.from_list(entry).shown(), "last_seen_at": entry.get("lastSeenAt")}


def _orgs(client: Client, number: int) -> list[Result]:
    orgs = client.get("/api/users/%d/orgs" % number)
    return [{"org_id": org["orgId"], "org_name": org["name"], "role": org.get("role")} for org in orgs]
