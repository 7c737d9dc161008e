# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the caller may do in an organization, as the server reports it (9.0 and later).

Check mode refuses with it what the server would refuse, as far as the server shows that before the write.
"""

from __future__ import annotations

import typing as t

from .errors import Forbidden, NotFound
from .scope import Scope
from .versions import ACCESS_CONTROL


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


def allowed(scope: Scope, covers: t.Callable[[t.Mapping[str, t.Any]], bool]) -> bool:
    """Return whether *covers* accepts the caller's permissions (action to scopes), or whether these are unknown."""
    if not scope.client.at_least(ACCESS_CONTROL):
        return True
    # The server may remember the permissions of a moment ago, so it reads them again before the module refuses.
    found = (permissions(scope, fresh) for fresh in (False, True))
    return any(granted is None or covers(granted) for granted in found)


def covered(scopes: t.Any, covering: t.Container[str]) -> bool:
    """Return whether one of the *scopes* of an action is in *covering*, or names an object by its database id.

    Old servers name objects so; the module cannot compare such ids.
    """
    return isinstance(scopes, list) and any(one in covering or ":id:" in one for one in map(str, scopes))


def refused(scope: Scope, what: str, action: str, advice: str = "") -> Forbidden:
    """Return the error for a caller without the permission *action* for *what*; *advice* names who has the permission."""
    return Forbidden(
        "the server would refuse the change of %s: the caller does not have the permission %s for it in %s; give the "
        "caller the permission%s, or use a caller that has it" % (what, action, scope.where(), advice)
    )


__all__ = ["allowed", "covered", "permissions", "read_permissions_again", "refused"]
