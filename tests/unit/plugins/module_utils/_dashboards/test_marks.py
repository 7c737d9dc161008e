# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark of the collection in the message of a dashboard's version."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.history import check_source, mark, source_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput


@pytest.mark.parametrize(
    ("message", "source", "marked"),
    [
        (None, "", "[orgsmith.grafana]"),
        (" ", "ops", "[orgsmith.grafana: ops]"),
        ("why", "a/b-c.d, e", "why [orgsmith.grafana: a/b-c.d, e]"),
        ("[orgsmith.grafana: x] no", "", "[orgsmith.grafana: x] no [orgsmith.grafana]"),
    ],
)
def test_the_mark(message, source, marked):
    assert mark(message, source) == marked
    assert source_of(marked) == source


@pytest.mark.parametrize("message", [None, "", "why", "[orgsmith.grafana] more", "orgsmith.grafana", "[orgsmith.grafana"])
def test_no_mark(message):
    assert source_of(message) is None


@pytest.mark.parametrize("source", ["a]", "[", "a(b", " a", "x" * 61, "a\nb"])
def test_sources_that_the_mark_cannot_hold(source):
    with pytest.raises(BadInput, match="is not a valid source"):
        check_source(source)


@pytest.mark.parametrize("message", ["x" * 1000, "\N{EURO SIGN}" * 400, "x" * 482])
def test_a_message_has_at_most_500_bytes_with_its_mark(message):
    marked = mark(message, "ops")
    assert len(marked.encode()) <= 500
    assert marked.endswith("... [orgsmith.grafana: ops]")
    assert source_of(marked) == "ops"
    assert mark("x" * 470, "ops") == "x" * 470 + " [orgsmith.grafana: ops]"
