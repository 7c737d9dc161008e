# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info module of preferences."""

from __future__ import annotations

import typing as t

from .._engine.info import Result, inside, of_orgs
from .._engine.module import GrafanaModule
from .._grafana.client import Client
from .._grafana.connection import Connection, optional
from .._grafana.scope import Scope
from .resource import no_team, preferences, shown, team_named

OPTIONS: dict[str, dict[str, t.Any]] = {"team": {"type": "raw"}, "all_orgs": {"type": "bool", "default": False}}


def org_preferences(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the preferences of the chosen organization (or of each one), or of the team that the task names."""
    team = optional(module.params, "team")

    def read(scope: Scope) -> list[Result]:
        number = None if team is None else team_named(scope, team)
        if team is not None and number is None:
            if module.params["all_orgs"]:
                return []
            raise no_team(scope, team)
        return [shown(scope, team, preferences(scope, number))]

    found, outside = of_orgs(
        module, client, connection, "preferences", lambda scope: t.cast("list[Result]", inside(scope, lambda: read(scope)))
    )
    return {"preferences": found, **outside}
