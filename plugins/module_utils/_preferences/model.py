# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences of an organization or a team: as a task wants them, and as the server has them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.fields import Field, Fields
from .._grafana.connection import text
from .._grafana.preferences import NAMES

_ALIASES = {"week_start": {"aliases": ["weekStart"]}}
#: What the server stores beside the home dashboard.
FIELDS = Fields(
    *(Field(option, {"type": "raw", **_ALIASES.get(option, {})}, text, server=name, initial="") for option, name in NAMES.items())
)


@dataclass(frozen=True)
class DesiredPreferences:
    """Preferences as a task wants them.

    *team* is the name of a team, ``None`` for the organization itself. *values* has the fields that the task names, by option.
    *home* is the title or path of the home dashboard, *home_uid* its uid; both are ``None`` if the task names none.
    """

    team: str | None = None
    values: t.Mapping[str, str] = field(default_factory=dict)
    home: str | None = None
    home_uid: str | None = None
    state: str = "present"


@dataclass(frozen=True)
class Home:
    """The dashboard that the task wants as home.

    *uid* is ``None`` for a dashboard that was not found, ``""`` for none. *number* is its database id, where it is known.
    *found* tells whether the server has shown the dashboard in this run.
    """

    uid: str | None
    number: int | None = None
    found: bool = False


@dataclass(frozen=True)
class CurrentPreferences:
    """Preferences as the server has them.

    *team_id* is ``None`` for an organization, and for a team that does not exist yet (*no_team*). *values* has the fields by
    option, *home_uid* is ``""`` for none. *answer* is the server's own. *wanted* is the home dashboard that the task names,
    ``None`` if it names none.
    """

    values: t.Mapping[str, str]
    home_uid: str = ""
    team_id: int | None = None
    no_team: bool = False
    answer: t.Mapping[str, t.Any] = field(default_factory=dict)
    wanted: Home | None = None

    def shown(self) -> dict[str, str]:
        """Return the preferences as users see them."""
        return {"home_dashboard_uid": self.home_uid, **self.values}


def unset() -> CurrentPreferences:
    """Return the preferences of an organization or a team that has never set any."""
    return CurrentPreferences(FIELDS.of_new({}))
