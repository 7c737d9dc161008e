# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts in a migration report: times, distances between them, and masked keys."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.text import distance, instant, masked
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils import migration_results as results
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils.migration_results import NOW


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-11-25T12:00:00Z", "2026-11-25T12:00:00+00:00"),
        ("2026-11-25T12:00:00.5Z", "2026-11-25T12:00:00.500000+00:00"),
        ("2026-11-25T12:00:00.123456789Z", "2026-11-25T12:00:00.123456+00:00"),
        ("2026-11-25T14:00:00+02:00", "2026-11-25T12:00:00+00:00"),
        ("2026-11-25", "2026-11-25T00:00:00+00:00"),
        (datetime.datetime(2026, 11, 25, 12), "2026-11-25T12:00:00+00:00"),
        (0, "1970-01-01T00:00:00+00:00"),
    ],
)
def test_instants(given, expected):
    assert instant(given).isoformat() == expected


@pytest.mark.parametrize("given", [None, "", "soon", True, 1e300, "9999-99-99"])
def test_no_instants(given):
    assert instant(given) is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "just now"),
        (0.01, "within the hour"),
        (0.1, "in 2 hours"),
        (-0.05, "1 hour ago"),
        (-1.5, "36 hours ago"),
        (5, "in 5 days"),
        (-59, "59 days ago"),
        (90, "in 3 months"),
        (-800, "2 years ago"),
    ],
)
def test_distances(days, expected):
    now = instant(NOW)
    assert distance(now + datetime.timedelta(days=days), now) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("the key %s is" % results.NEEDLES[0], "the key (masked key) is"),
        ("(%s)" % results.NEEDLES[1], "((masked key))"),
        ("glsa_short", "glsa_short"),
        ("glc_eyJvIjoiMSIsIm4iOiJ4In0=", "(masked key)"),
        ("http://a:b@host/", "http://host/"),
        (7, "7"),
    ],
)
def test_masks(given, expected):
    assert masked(given) == expected
