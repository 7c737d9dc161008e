# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the data sources of an organization, each with the names of its secrets: one request for each."""

from __future__ import annotations

import typing as t

from .._engine.info import Result, inside, scope_of
from .._engine.module import GrafanaModule
from .._grafana.client import Client
from .._grafana.connection import Connection, text
from .._grafana.data_sources import current_type, listed
from .._grafana.scope import Scope
from .health import check
from .listing import completed
from .model import DataSource, shown

OPTIONS: dict[str, dict[str, t.Any]] = {
    "uid": {"type": "raw"},
    "name": {"type": "raw"},
    "type": {"type": "raw"},
    "health": {"type": "bool", "default": False},
}


def all_data_sources(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the data sources of an org that the options select."""
    given = {name: module.params[name] for name in ("uid", "name", "type")}
    wanted = {name: text(value, name) for name, value in given.items() if value is not None}
    scope = scope_of(module, client, connection.org)
    return {"data_sources": inside(scope, lambda: _data_sources(scope, wanted, module.params["health"]))}


def _data_sources(scope: Scope, wanted: t.Mapping[str, str], health: bool) -> list[Result]:
    heads = [DataSource.from_api(entry) for entry in listed(scope)]
    found = [head for head in heads if _matches(head, wanted)]
    scope.client.expect(len(found))
    return [_shown(scope, one, health) for one in (_whole(scope, head) for head in found) if one is not None]


def _matches(head: DataSource, wanted: t.Mapping[str, str]) -> bool:
    """Tell whether a data source has the wanted uid, name and type; a type may have a former id."""
    kind = current_type(wanted.get("type", head.fields["type"]))
    return (
        wanted.get("uid", head.uid) == head.uid
        and wanted.get("name", head.name) == head.name
        and kind == current_type(head.fields["type"])
    )


def _whole(scope: Scope, head: DataSource) -> DataSource | None:
    return completed(scope.as_check(False), head)


def _shown(scope: Scope, source: DataSource, health: bool) -> Result:
    asked = {"health": check(scope, source, "warn")} if health else {}
    return {**scope.shown(), **shown(source), **asked}
