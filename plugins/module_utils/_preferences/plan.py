# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for preferences: what differs, and the request that changes it without losing anything else. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._engine.resource import Change
from .._grafana.preferences import HOME_ID, HOME_UID
from .model import FIELDS, CurrentPreferences, DesiredPreferences, Home, unset


@dataclass(frozen=True)
class PreferencesWork:
    """What ``apply`` does: *values* and *home* are what changes (*home* ``None``: it stays), *before* is what the server has."""

    before: CurrentPreferences
    values: t.Mapping[str, str] = field(default_factory=dict)
    home: Home | None = None


@dataclass(frozen=True)
class Dialect:
    """How a server's version takes preferences.

    *uids* tells whether it knows the home dashboard by uid. *patch_clears_theme* tells whether ``PATCH`` accepts an empty theme.
    *put_keeps_home* tells whether ``PUT`` without a home dashboard keeps the present one.
    """

    uids: bool = True
    patch_clears_theme: bool = False
    put_keeps_home: bool = True


def plan(desired: DesiredPreferences, current: CurrentPreferences | None) -> Change[PreferencesWork] | None:
    """Return what differs. Absent preferences are those with nothing set."""
    before = current or unset()
    absent = desired.state == "absent"
    wanted = dict.fromkeys(before.values, "") if absent else desired.values
    # A version without a field has nothing of it to clear.
    values = {option: value for option, value in wanted.items() if value != before.values.get(option, "")}
    home = Home("") if absent else before.wanted
    if home is not None and home.uid == before.home_uid:
        home = None
    if not values and home is None:
        return None
    after = {**before.shown(), **values}
    if home is not None:
        after["home_dashboard_uid"] = str(desired.home) if home.uid is None else home.uid
    return Change("update", dict(before.shown()), after, PreferencesWork(before, values, home))


def request(work: PreferencesWork, team: bool, dialect: Dialect) -> tuple[str, dict[str, t.Any]]:
    """Return method and body of the request.

    ``PATCH`` leaves everything else as it is, but teams have none, and from 10.1 on it refuses to clear the theme (recorded).
    ``PUT`` replaces everything, so it sends what the server has shown.
    """
    changes = {**FIELDS.to_server(work.values), **_home(work.home, dialect)}
    clears_theme = work.values.get("theme") == ""
    if not team and not (clears_theme and not dialect.patch_clears_theme):
        return "PATCH", changes
    kept = {name: value for name, value in work.before.answer.items() if value is not None}
    # The uid of a deleted dashboard, which 12.4 and later still show, would be refused.
    if dialect.put_keeps_home or HOME_UID in changes:
        kept.pop(HOME_UID, None)
    if HOME_UID in changes:
        kept.pop(HOME_ID, None)
    return "PUT", {**kept, **changes}


def _home(home: Home | None, dialect: Dialect) -> dict[str, t.Any]:
    if home is None:
        return {}
    return {HOME_UID: home.uid or ""} if dialect.uids else {HOME_ID: home.number or 0}
