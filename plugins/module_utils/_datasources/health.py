# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's health check of a data source: the server asks the plugin, and the plugin its database."""

from __future__ import annotations

import typing as t

from .._grafana.client import segment
from .._grafana.data_sources import PATH
from .._grafana.errors import GrafanaError, NotFound, Refused, ServerError
from .._grafana.scope import Scope
from .._grafana.versions import DATA_SOURCES_BY_UID
from .model import DataSource

OK, ERROR, UNKNOWN = "OK", "ERROR", "UNKNOWN"

#: What an answer without 200 or 400 means: by message id from 10.2 on, by message before (from the sources; seen on 12.4.3).
_VERDICTS = {
    "plugin.notImplemented": UNKNOWN,
    "Not found": UNKNOWN,
    "plugin.notRegistered": ERROR,
    "Plugin not found": ERROR,
    "plugin.unavailable": ERROR,
    "Plugin unavailable": ERROR,
    "plugin.healthCheck": ERROR,
    "Plugin health check failed": ERROR,
    "plugin.requestFailureError": ERROR,
    "Plugin request failed": ERROR,
}


def path_of(scope: Scope, source: DataSource) -> str:
    """Return the path to change or test a data source: 8.5 has these routes by number only, 13.0 and later by uid only."""
    if scope.client.at_least(DATA_SOURCES_BY_UID) is False:
        return "%s/%d" % (PATH, source.id)
    return "%s/uid/%s" % (PATH, segment(source.uid))


def check(scope: Scope, source: DataSource, wanted: str) -> dict[str, t.Any]:
    """Return ``status`` and ``message`` of the check; warn, or (*wanted* ``fail``) raise :class:`Refused`, if it is not OK.

    The status is UNKNOWN, and a warning, for a plugin without a check.
    """
    status, message = _ask(scope, source)
    text = "data source %s of %s: the server's health check answers %s: %s" % (source.name, scope.where(), status, message)
    if status == ERROR and wanted == "fail":
        raise Refused(
            "%s; the data source itself is as the task wants it: correct it, or what it connects to" % text,
            code="unhealthy",
            health={"status": status, "message": message},
        )
    if status != OK:
        scope.warn(text)
    return {"status": status, "message": message}


def _ask(scope: Scope, source: DataSource) -> tuple[str, str]:
    """Return status and message. Raises :class:`GrafanaError` if the server did not check the data source."""
    path = path_of(scope, source) + "/health"
    try:
        answer = scope.client.request("GET", path, org=scope.org_id, retry=False)
    except (NotFound, Refused, ServerError) as problem:
        found = _verdict(problem, path)
        if found is not None:
            return found, str(problem.details.get("server_message") or problem.message)
        if not isinstance(problem, ServerError):
            raise
        answer = scope.client.get(path, org=scope.org_id)
    status = str(answer["status"])
    return (OK if status.upper() == OK else ERROR), str(answer.get("message") or "")


def _verdict(problem: GrafanaError, path: str) -> str | None:
    """Return the status that an answer to *path* means; ``None`` for another request (a login), and for another cause."""
    if not str(problem.details.get("url")).endswith(path):
        return None
    said = (problem.details.get("message_id"), problem.details.get("server_message"))
    return ERROR if problem.status == 400 else next((_VERDICTS[one] for one in said if one in _VERDICTS), None)
