# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists of an organization's teams and service accounts, page by page, as the server returns them."""

from __future__ import annotations

import typing as t

from .scope import Scope

#: Entries of a page: the server's own default.
PER_PAGE = 1000


def teams(scope: Scope, **query: str) -> list[dict[str, t.Any]]:
    """Return all teams of the organization that the caller may see; *query* is that of the server's search."""
    found = scope.client.each("/api/teams/search", org=scope.org_id, inside=("teams",), perpage=PER_PAGE, page=1, **query)
    return list(found)


def accounts(scope: Scope, query: str | None = None) -> list[dict[str, t.Any]]:
    """Return the organization's service accounts, all or those that the server's search finds with *query*.

    Raises :class:`NotFound` if the server has no service accounts (before 9.1).
    """
    found: list[dict[str, t.Any]] = []
    page = 1
    while True:
        body = scope.client.get("/api/serviceaccounts/search", org=scope.org_id, perpage=PER_PAGE, page=page, query=query)
        entries = body.get("serviceAccounts") or []
        found += entries
        # The server decides the size of a page: the Cloud API may return fewer than were asked for.
        if len(entries) < min(PER_PAGE, int(body.get("perPage") or PER_PAGE)) or not entries:
            return found
        page += 1


__all__ = ["PER_PAGE", "accounts", "teams"]
