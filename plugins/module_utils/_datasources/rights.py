# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For check mode: whether the caller may write a data source, as far as the server shows that before the write."""

from __future__ import annotations

import typing as t

from .._grafana.granted import allowed, covered, refused
from .._grafana.scope import Scope
from .plan import SourceWork

_ACTIONS = {"create": "datasources:create", "update": "datasources:write", "delete": "datasources:delete"}


def check_rights(scope: Scope, named: str, action: str, work: SourceWork) -> None:
    """Raise :class:`Forbidden` if the server shows that it will refuse a change; returns if that is unknown.

    Before 9.0 only Admins of the organization may list data sources, so whoever gets here may write them.
    """
    if not scope.new and not allowed(scope, lambda granted: _covers(action, work, granted)):
        raise refused(scope, "data source " + named, _ACTIONS[action], " (the role Admin has it)")


def _covers(action: str, work: SourceWork, granted: t.Mapping[str, t.Any]) -> bool:
    scopes = granted.get(_ACTIONS[action])
    if action == "create":
        return scopes is not None
    own = "" if work.current is None else "datasources:uid:%s" % work.current.uid
    return covered(scopes, ("*", "datasources:*", "datasources:uid:*", own))
