# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the caller may do in an organization, as the server reports it (9.0 and later)."""

from __future__ import annotations

import typing as t

from .errors import Forbidden, NotFound
from .scope import Scope


def permissions(scope: Scope, fresh: bool = False) -> dict[str, t.Any] | None:
    """Return the caller's permissions in the org, action to scopes; ``None`` where the server does not report them.

    The server remembers them for up to a minute. If *fresh*, it reads them again.
    """
    key = "fresh permissions" if fresh else "permissions"
    return t.cast("dict[str, t.Any] | None", scope.cached_for_run(key, lambda: _request_permissions(scope, fresh)))


def read_permissions_again(scope: Scope) -> None:
    """Let the server read the caller's permissions again, which it remembers for a minute."""
    _request_permissions(scope, True)


def _request_permissions(scope: Scope, fresh: bool) -> dict[str, t.Any] | None:
    reload = {"reloadcache": "true"} if fresh else {}
    try:
        granted = scope.client.get("/api/access-control/user/permissions", org=scope.org_id, **reload)
    except (Forbidden, NotFound):
        return None
    return granted if isinstance(granted, dict) else None


__all__ = ["permissions", "read_permissions_again"]
