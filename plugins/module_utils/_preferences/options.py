# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of preferences."""

from __future__ import annotations

import typing as t

from .._folders.paths import check_one
from .._grafana.connection import optional
from .._grafana.errors import BadInput
from .model import FIELDS, DesiredPreferences

OPTIONS: dict[str, dict[str, t.Any]] = {
    "team": {"type": "raw"},
    "home_dashboard": {"type": "raw"},
    "home_dashboard_uid": {"type": "raw"},
    **FIELDS.spec(),
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

#: The first days of a week that Grafana's user interface knows. The server stores every text.
WEEK_STARTS = ("browser", "saturday", "sunday", "monday")
_HOMES = ("home_dashboard", "home_dashboard_uid")


def parse(options: t.Mapping[str, t.Any]) -> DesiredPreferences:
    """Return the desired preferences. Raises :class:`BadInput`."""
    team = optional(options, "team")
    if team is not None and not team.strip():
        raise BadInput("team is empty: give the team's name, or leave team out for the preferences of the organization")
    homes = {name: optional(options, name) for name in _HOMES}
    check_one(homes)
    values = FIELDS.named(options)
    state = options.get("state") or "present"
    if state == "absent":
        return DesiredPreferences(team, state=state)
    if values.get("week_start", "") not in ("", *WEEK_STARTS):
        raise BadInput(
            "week_start has to be one of %s, or empty for the server's default, not %r"
            % (", ".join(WEEK_STARTS), values["week_start"])
        )
    return DesiredPreferences(team, values, homes["home_dashboard"], homes["home_dashboard_uid"])
