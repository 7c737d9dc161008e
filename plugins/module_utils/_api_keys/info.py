# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The info module of API keys."""

from __future__ import annotations

import typing as t
from datetime import datetime

from .._engine.info import Result, inside, of_orgs
from .._engine.module import GrafanaModule
from .._grafana.client import Client
from .._grafana.connection import Connection, optional
from .._grafana.orgs import Org
from .._grafana.scope import Scope
from .._sinks.file import MetadataFile
from .._text.durations import age
from .api import LIST_CAP as KEYS_LISTED
from .api import ApiKey, abilities_of, list_keys

API_KEY_OPTIONS: dict[str, dict[str, t.Any]] = {
    "name": {"type": "raw"},
    "expired": {"type": "bool"},
    "dests": {"type": "list", "elements": "path"},
    "all_orgs": {"type": "bool", "default": False},
}


def api_keys(module: GrafanaModule, client: Client, connection: Connection) -> Result:
    """Return the API keys of one organization or of all, and what the server does with them; never a secret."""
    params = module.params
    name = optional(params, "name")
    notes = [MetadataFile(path + ".json").read() for path in params["dests"] or []]
    made = {(note.org_id, note.token_id): note.created for note in notes if note and note.server == connection.url}
    cut: list[Result] = []
    ended: list[Org] = []

    def read(scope: Scope) -> list[Result]:
        place = scope.shown()
        keys: list[ApiKey] | None = inside(scope, lambda: list_keys(scope))
        if keys is None:
            ended.append(scope.org or Org(scope.org_id))
        if len(keys or ()) >= KEYS_LISTED:
            cut.append(place)
        wanted = [key for key in keys or () if name in (None, key.name) and params["expired"] in (None, key.expired)]
        return [{**place, **_shown(key, made.get((scope.org_id, key.id)), client.now())} for key in wanted]

    found, outside = of_orgs(module, client, connection, "API keys", read)
    if cut:
        module.warn("Grafana's list of API keys ends at %d: it may be incomplete for %d organizations" % (KEYS_LISTED, len(cut)))
    if ended:
        module.warn("%s has no API keys any more (Grafana 12.1 or later)" % client.connection.url)
    version = client.version()
    can = abilities_of(version)
    lists = not ended if version is None else can.lists
    server = {"version": None if version is None else str(version), "lists": lists, "creates": can.creates}
    server.update(migrates=can.migrates, migrates_at_start=can.at_start)
    return {"api_keys": found, "cut_in": cut, "server": server, **outside}


def _shown(key: ApiKey, created: str | None, now: datetime) -> Result:
    return {**key.shown(), "created": created, "age": age(created, now)}
