# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences: what differs, and which request changes it; as tables."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.preferences import CLEARED, HOME_UID
from ansible_collections.orgsmith.grafana.plugins.module_utils._preferences.model import (
    FIELDS,
    CurrentPreferences,
    DesiredPreferences,
    Home,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._preferences.plan import Dialect, PreferencesWork, plan, request

#: What servers answer, and how they take preferences: 8.5, 9.3, 11.5, 12.4.
OLDEST = Dialect(uids=False, patch_clears_theme=True, put_keeps_home=False)
OLD = Dialect(patch_clears_theme=True, put_keeps_home=False)
MIDDLE = Dialect(put_keeps_home=False)
NEW = Dialect()
DARK = {"theme": "dark", "timezone": "utc", "week_start": "", "language": ""}
HISTORY = {"queryHistory": {"homeTab": "starred"}}
SHOWN = {"theme": "dark", "timezone": "utc", **HISTORY}


@pytest.mark.parametrize(
    ("desired", "wanted", "values", "home"),
    [
        (DesiredPreferences(), None, None, None),
        (DesiredPreferences(values={"theme": "dark", "language": ""}), None, None, None),
        (DesiredPreferences(values={"theme": "light", "timezone": "utc"}), None, {"theme": "light"}, None),
        (DesiredPreferences(values={"timezone": ""}), None, {"timezone": ""}, None),
        (DesiredPreferences(home_uid="a"), Home("a"), None, None),
        (DesiredPreferences(home_uid=""), Home(""), {}, ""),
        (DesiredPreferences(home_uid="b"), Home("b"), {}, "b"),
        (DesiredPreferences(home="Later"), Home(None), {}, None),
        (DesiredPreferences(state="absent"), None, {"theme": "", "timezone": ""}, ""),
    ],
)
def test_only_what_differs_is_planned(desired, wanted, values, home):
    change = plan(desired, CurrentPreferences(DARK, "a", wanted=wanted))
    if values is None:
        assert change is None
        return
    assert change.work.values == values
    assert (change.work.home.uid if change.work.home else None) == home
    assert change.before == {"home_dashboard_uid": "a", **DARK}
    assert {name for name in change.after if change.after[name] != change.before[name]} == {
        *values,
        *(["home_dashboard_uid"] if wanted or desired.state == "absent" else []),
    }


def test_a_version_without_languages_has_none_to_clear():
    known = {"theme": "", "timezone": "", "week_start": ""}
    assert plan(DesiredPreferences(state="absent"), CurrentPreferences(known)) is None
    assert plan(DesiredPreferences(values={"language": ""}), CurrentPreferences(known)) is None


@pytest.mark.parametrize(
    ("values", "home", "team", "dialect", "method", "body"),
    [
        ({"timezone": ""}, None, False, NEW, "PATCH", {"timezone": ""}),
        ({"week_start": "monday"}, Home("b", 7), False, NEW, "PATCH", {"weekStart": "monday", "homeDashboardUID": "b"}),
        ({}, Home("b", 7), False, OLDEST, "PATCH", {"homeDashboardId": 7}),
        ({}, Home(""), False, OLDEST, "PATCH", {"homeDashboardId": 0}),
        ({}, Home(""), False, OLD, "PATCH", {"homeDashboardUID": ""}),
        ({"theme": ""}, None, False, OLD, "PATCH", {"theme": ""}),
        ({"theme": ""}, None, False, MIDDLE, "PUT", {**SHOWN, "theme": "", "homeDashboardUID": "a"}),
        ({"theme": ""}, None, False, NEW, "PUT", {**SHOWN, "theme": ""}),
        ({"theme": ""}, Home(""), False, NEW, "PUT", {**SHOWN, "theme": "", "homeDashboardUID": ""}),
        ({"theme": "light"}, None, True, MIDDLE, "PUT", {**SHOWN, "theme": "light", "homeDashboardUID": "a"}),
        ({"theme": "light"}, Home("b"), True, NEW, "PUT", {**SHOWN, "theme": "light", "homeDashboardUID": "b"}),
    ],
)
def test_the_request_loses_nothing(values, home, team, dialect, method, body):
    before = CurrentPreferences(DARK, "a", answer={**SHOWN, "homeDashboardUID": "a", "navbar": None})
    assert request(PreferencesWork(before, values, home), team, dialect) == (method, body)


@pytest.mark.parametrize(
    ("home", "dialect", "body"),
    [
        (None, OLDEST, {"theme": "light", "homeDashboardId": 5}),
        (Home("b", 7), OLDEST, {"theme": "light", "homeDashboardId": 7}),
        (Home("b", 7), OLD, {"theme": "light", "homeDashboardUID": "b"}),
        (None, OLD, {"theme": "light", "homeDashboardId": 5}),
    ],
)
def test_a_team_on_a_version_that_shows_ids(home, dialect, body):
    before = CurrentPreferences(DARK, answer={"theme": "dark", "homeDashboardId": 5})
    assert request(PreferencesWork(before, {"theme": "light"}, home), True, dialect) == ("PUT", body)


def test_an_emptied_organization_loses_every_preference():
    assert {row.server: row.initial for row in FIELDS} | {HOME_UID: ""} == CLEARED
