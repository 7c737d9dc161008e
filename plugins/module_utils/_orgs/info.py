# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info modules of organizations and service accounts."""

from __future__ import annotations

import typing as t

from .._engine.info import Result, inside, scope_of
from .._engine.module import GrafanaModule
from .._grafana.client import Client
from .._grafana.connection import Connection, optional, optional_number
from .._grafana.orgs import Org, OrgFinder
from .._grafana.scope import Scope
from .._permissions import reconcile as permissions
from .._permissions.model import SERVICE_ACCOUNT
from . import quotas
from .accounts import Account
from .members import CurrentMember
from .model import ADDRESS
from .service_accounts import completed, no_cloud_permissions, search, shown

ORG_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "id": {"type": "raw"},
    "quotas": {"type": "bool", "default": False},
    "members": {"type": "bool", "default": False},
}


def organizations(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return all organizations of the server, or the one that the task names."""
    params = module.params
    org_finder = OrgFinder(client)
    name = optional(params, "name")
    number = optional_number(params, "id")
    if number is not None:
        found = [Org(number)]
    elif name is not None:
        one = org_finder.named(name)
        found = [one] if one else []
    else:
        found = org_finder.all()
    client.expect(len(found))
    alone = number is not None or name is not None
    entries = [_organization(client, org, params, alone) for org in found]
    return {"organizations": [entry for entry in entries if entry is not None]}


def _organization(client: Client, org: Org, params: t.Mapping[str, t.Any], alone: bool) -> Result | None:
    entry: Result = {"id": org.id, "name": org.name}
    if alone:
        body = client.find("/api/orgs/%d" % org.id)
        if body is None:
            return None
        address = body.get("address") or {}
        entry.update(name=body["name"], address=ADDRESS.from_server(address))
    if params["quotas"]:
        entry["quotas"] = quotas.entries(client, org.id)
    if params["members"]:
        members = client.get("/api/orgs/%d/users" % org.id)
        entry["members"] = [CurrentMember.from_api(one).shown() for one in members]
    return entry


ACCOUNT_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "permissions": {"type": "bool", "default": False},
}


def service_accounts(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the service accounts of an organization, or those with exactly the name that the task gives."""
    name = optional(module.params, "name")
    scope = scope_of(module, client, connection.org)
    found = [one for one in inside(scope, lambda: search(scope, name)) if name is None or one.name == name]
    whole = [completed(scope, one) for one in found]
    wanted = module.params["permissions"]
    return {"service_accounts": [_account(scope, one, wanted) for one in whole if one is not None]}


def _account(scope: Scope, account: Account, with_permissions: bool) -> Result:
    target = permissions.Target(SERVICE_ACCOUNT, str(account.id), "service account %s" % account.name)
    if with_permissions and scope.client.connection.cloud_stack is not None:
        raise no_cloud_permissions(account.name)
    return {**shown(scope, account), **permissions.listed(scope, target, with_permissions)}
