# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes the contents of an organization that the server cannot delete.

All requests name the organization, by its id in the path, by the header ``X-Grafana-Org-Id`` or by the namespace of ``/apis``.
The caller stays as the last Admin: the server refuses to remove it, and shows the contents to members only.
"""

from __future__ import annotations

from .._grafana import preferences
from .._grafana.errors import Forbidden, NotFound
from .._grafana.orgs import Org
from .._grafana.roles import ADMIN
from .._grafana.scope import Scope
from .._grafana.versions import ORGS_MAY_REMAIN, ORGS_REMAIN
from .contents import KINDS, members, names

#: The versions that cannot delete organizations, for messages.
VERSIONS = " and ".join(words for _first, _end, words in (*ORGS_MAY_REMAIN, *ORGS_REMAIN)).replace(" and ", ", ", 2)


def remains(scope: Scope) -> bool:
    """Return whether the server's version can delete no organization at all; ``False`` if it hides its version."""
    version = scope.client.version()
    return version is not None and any(first <= version < end for first, end, _words in ORGS_REMAIN)


def may_remain(scope: Scope) -> bool:
    """Return whether a failed deletion may be a fault of the server's version; ``True`` if it hides its version."""
    version = scope.client.version()
    return version is None or any(first <= version < end for first, end, _words in (*ORGS_REMAIN, *ORGS_MAY_REMAIN))


def inside(scope: Scope, org: Org) -> Scope:
    """Return a scope of *org*, for requests that *scope* of the whole server sends into it."""
    return Scope(scope.client, org, scope.org_finder, True, scope.check, scope.warn)


def contents(scope: Scope) -> dict[str, list[str]]:
    """Return the names of what :func:`empty` would remove, by kind, without kinds that are missing.

    Raises :class:`Forbidden` for a caller who is not an Admin of the organization. With ``join_org``, check mode returns the
    members only if the caller is not a member: nothing else is known then.
    """
    if _is_outside(scope):
        return {"members": [name for name, _path in members(scope)]}
    return names(scope)


def empty(scope: Scope) -> None:
    """Remove what :func:`contents` returns; a caller who is not a member joins first. Raises :class:`GrafanaError`."""
    if _is_outside(scope):
        scope.join()
    for _kind, read in KINDS:
        for _name, path in read(scope):
            if path == preferences.PATH:
                scope.client.put(path, preferences.CLEARED, org=scope.org_id)
            else:
                _delete(scope, path)


def _delete(scope: Scope, path: str) -> None:
    try:
        scope.client.delete(path, org=scope.org_id)
    except NotFound:  # it went with its folder, or another run has deleted it
        return


def _is_outside(scope: Scope) -> bool:
    """Tell whether the caller must join first (``join_org``). Raises :class:`Forbidden` for a caller who is no Admin there."""
    problem = scope.membership_problem()
    if problem is not None:
        if not scope.client.connection.join_org or problem.code != "not_a_member":
            raise problem
        return True
    if scope.caller_role() not in (None, ADMIN):
        raise Forbidden(
            "%s cannot be emptied: the caller has the role %s there, and an Admin must do it; give the caller that role"
            % (scope.where(), scope.caller_role())
        )
    return False
