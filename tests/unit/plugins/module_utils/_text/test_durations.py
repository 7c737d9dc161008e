# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.durations import seconds


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (3600, 3600),
        ("3600", 3600),
        ("30d", 2592000),
        ("1M", 2592000),
        ("1m", 60),
        ("1y", 31536000),
        ("2w", 1209600),
        ("1d12h", 129600),
    ],
)
def test_seconds(value, expected):
    assert seconds(value, "x") == expected


@pytest.mark.parametrize("value", [-1, "-1", "1x", "d", "1 d", "1.5h", 1.5, True, None, [], "12h3"])
def test_seconds_that_are_none(value):
    with pytest.raises(BadInput, match="has to be a number of seconds or a duration"):
        seconds(value, "x")


@pytest.mark.parametrize("value", ["9" * 5000, "9" * 5000 + "d", 10**400, "9999y", "1d\n2h", "²"])
def test_durations_that_nothing_can_calculate_with(value):
    with pytest.raises(BadInput):
        seconds(value, "x")
