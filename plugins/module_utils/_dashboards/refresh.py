# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Raises the refresh interval of a dashboard to the server's minimum, so that it is written and compared as it can be stored."""

from __future__ import annotations

from dataclasses import replace

from .._grafana.scope import Scope
from .formats.refresh import interval, too_short, with_interval
from .model import DesiredDashboard


def with_minimum(scope: Scope, desired: DesiredDashboard) -> tuple[DesiredDashboard, tuple[str, ...]]:
    """Return *desired* with a refresh interval that the server accepts, and a warning if that differs from the file's.

    The settings of the server are read only for a dashboard with an interval, once in a run.
    """
    own = interval(desired.body, desired.layout)
    if desired.state == "absent" or not own:
        return desired, ()
    minimum = scope.client.frontend_settings().get("minRefreshInterval")
    if not isinstance(minimum, str) or not too_short(desired.body, desired.layout, minimum):
        return desired, ()
    warning = "its refresh interval %s is shorter than the minimum of %s, so the module writes the minimum, %s" % (
        own,
        scope.client.connection.url,
        minimum,
    )
    return replace(desired, body=with_interval(desired.body, desired.layout, minimum)), (warning,)


__all__ = ["with_minimum"]
