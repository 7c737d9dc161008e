# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of an organization's data sources, and the ids of their types."""

from __future__ import annotations

import typing as t

from .scope import Scope

PATH = "/api/datasources"
#: Former ids of plugins (aliasIDs in their plugin.json). Servers and dashboards may use either id; from 10.2 on, servers store
#: the current one.
_FORMER = {
    "phlare": "grafana-pyroscope-datasource",
    "postgres": "grafana-postgresql-datasource",
    "testdata": "grafana-testdata-datasource",
}


def listed(scope: Scope) -> list[dict[str, t.Any]]:
    """Return the organization's data sources as the list shows them: in every version without the names of their secrets.

    Raises :class:`Forbidden`: up to 8.5 only Admins of the org may list them, and later no account with the role None.
    """
    return t.cast("list[dict[str, t.Any]]", scope.client.get(PATH, org=scope.org_id))


def current_type(name: str) -> str:
    """Return the current id of a plugin, given its current or former id."""
    return _FORMER.get(name, name)
