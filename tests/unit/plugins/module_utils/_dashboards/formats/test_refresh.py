# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refresh intervals: how long they are, where each layout has them, and which are too short."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.refresh import (
    check_interval,
    interval,
    seconds,
    too_short,
    with_interval,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5s", 5),
        ("1m30s", 90),
        ("1.5m", 90),
        (".5s", 0.5),
        ("500ms", 0.5),
        ("2h", 7200),
        ("1d", 86400),
        ("2w", 1209600),
        ("1M", 2629800),
        ("1y", 31557600),
        ("0", 0),
        ("-5s", -5),
        ("+5s", 5),
        ("5", None),
        ("", None),
        ("nonsense", None),
        ("1d12h", None),  # Grafana accepts its own units alone only.
        ("5 s", None),
        ("5S", None),
        ("9" * 200 + "s", None),
        ("\N{ARABIC-INDIC DIGIT FIVE}s", None),
    ],
)
def test_the_seconds_of_an_interval(text, found):
    assert seconds(text) == found


@pytest.mark.parametrize(
    ("body", "layout", "found"),
    [
        ({"refresh": "5s"}, "", "5s"),
        ({"refresh": False}, "", ""),
        ({"refresh": "auto"}, "", ""),
        ({"refresh": None}, "", ""),
        ({}, "", ""),
        ({"timeSettings": {"autoRefresh": "5s"}, "refresh": "1s"}, "v2beta1", "5s"),
        ({"timeSettings": None}, "v2", ""),
    ],
)
def test_where_the_interval_is(body, layout, found):
    assert interval(body, layout) == found


@pytest.mark.parametrize(
    ("own", "minimum", "short"),
    [("10s", "30s", True), ("30s", "30s", False), ("1m", "60s", False), ("0", "5s", True), ("1s", "", False), ("1s", "x", False)],
)
def test_what_is_too_short(own, minimum, short):
    assert too_short({"refresh": own}, "", minimum) is short


def test_the_rest_stays_with_another_interval():
    assert with_interval({"refresh": "1s", "title": "T"}, "", "5s") == {"refresh": "5s", "title": "T"}
    times = {"autoRefresh": "1s", "from": "now-1h"}
    assert with_interval({"timeSettings": times}, "v2", "5s") == {"timeSettings": {**times, "autoRefresh": "5s"}}


def test_what_is_no_interval_is_refused():
    with pytest.raises(BadInput, match=r"a\.json has the refresh interval .often"):
        check_interval({"refresh": "often"}, "", "a.json")
    check_interval({"refresh": "${VAR_REFRESH}"}, "", "a.json")
