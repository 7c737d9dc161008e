# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of servers."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.versions import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.4.3", (12, 4, 3)),
        ("v9.1", (9, 1, 0)),
        ("12.0.0-pre", (12, 0, 0)),
        ("11.2.0+security-01", (11, 2, 0)),
        ("", None),
        (None, None),
    ],
)
def test_versions(text, expected):
    assert parse(text) == expected
