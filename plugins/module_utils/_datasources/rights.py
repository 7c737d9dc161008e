# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For check mode: whether the caller may write a data source, as far as the server shows that before the write."""

from __future__ import annotations

from .._grafana.errors import Forbidden
from .._grafana.granted import permissions
from .._grafana.scope import Scope
from .._grafana.versions import ACCESS_CONTROL
from .plan import SourceWork

_ACTIONS = {"create": "datasources:create", "update": "datasources:write", "delete": "datasources:delete"}


def check_rights(scope: Scope, named: str, action: str, work: SourceWork) -> None:
    """Raise :class:`Forbidden` if the server shows that it will refuse a change; returns if that is unknown.

    Before 9.0 only Admins of the organization may list data sources, so whoever gets here may write them.
    """
    if scope.new or not scope.client.at_least(ACCESS_CONTROL):
        return
    # The server may remember the permissions of a moment ago, so it reads them again before the module refuses.
    if any(_covers(scope, action, work, fresh) for fresh in (False, True)):
        return
    raise Forbidden(
        "the server would refuse the change of data source %s: the caller does not have the permission %s for it in %s; give the "
        "caller the permission (the role Admin has it), or use a caller that has it" % (named, _ACTIONS[action], scope.where())
    )


def _covers(scope: Scope, action: str, work: SourceWork, fresh: bool) -> bool:
    granted = permissions(scope, fresh)
    if granted is None:
        return True
    scopes = granted.get(_ACTIONS[action])
    if action == "create" or scopes is None:
        return scopes is not None
    own = "" if work.current is None else "datasources:uid:%s" % work.current.uid
    # Old servers name objects by their database ids.
    return any(one in ("*", "datasources:*", "datasources:uid:*", own) or ":id:" in one for one in map(str, scopes))
