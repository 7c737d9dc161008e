# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info module of teams."""

from __future__ import annotations

import typing as t

from .._engine.info import Result, inside, of_orgs
from .._engine.module import GrafanaModule
from .._grafana.client import Client
from .._grafana.connection import Connection, optional
from .._grafana.scope import Scope
from .api import search, with_people
from .model import Team
from .resource import shown

INFO_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "members": {"type": "bool", "default": False},
    "all_orgs": {"type": "bool", "default": False},
}


def teams(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the teams of an organization, or of all of them, or those with exactly the name that the task gives."""
    name = optional(module.params, "name")
    found, outside = of_orgs(
        module, client, connection, "teams", lambda scope: _teams(scope, name, bool(module.params["members"]))
    )
    return {"teams": found, **outside}


def _teams(scope: Scope, name: str | None, members: bool) -> list[Result]:
    query = {} if name is None else {"name": name}
    found = [one for one in inside(scope, lambda: search(scope, **query)) if name is None or one.name == name]
    scope.client.expect(len(found) if members else 0)
    return [_team(scope, one, members) for one in found]


def _team(scope: Scope, team: Team, members: bool) -> Result:
    if not members:
        return {**shown(scope, team), "member_count": team.count}
    team = with_people(scope, team)
    synced = sorted(one.login for one in team.people or () if one.synced)
    return {**shown(scope, team), "member_count": team.count, "synced": synced}
