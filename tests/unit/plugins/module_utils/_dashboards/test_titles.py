# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Titles that exclude each other, by version."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.titles import rule_of, same, slug
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.versions import parse


@pytest.mark.parametrize(
    ("title", "other", "one"),
    [
        ("Hello: World", "hello world", True),
        ("a & b", "A and B", True),
        ("me@home", "Me at home", False),
        ("a \u2013 b", "a-b", True),
        ("  CPU!  ", "cpu", True),
        ("Größe", "GRÖßE", True),
        ("Größe", "Grosse", False),  # The versions differ in how they write an umlaut.
        ("it's", "its", False),
        ("a_b", "a-b", False),
        ("!!!", "???", False),
        ("CPU", "CPU 2", False),
    ],
)
def test_slugs(title, other, one):
    assert (slug(title) == slug(other)) is one


@pytest.mark.parametrize(
    ("version", "by_slug", "anywhere"),
    [
        ("8.5.15", True, True),
        ("9.5.6", True, True),
        ("9.5.19", False, True),
        ("10.0.1", True, True),
        ("10.1.0", False, True),
        ("10.4.3", False, False),
        ("11.2.9", False, False),
    ],
)
def test_the_rule_of_a_version(version, by_slug, anywhere):
    rule = rule_of(SimpleNamespace(version=lambda: parse(version)))
    assert rule == (by_slug, anywhere)
    assert same(rule, "A b", "a-B") is by_slug
    assert same(rule, "A b", "A b")


@pytest.mark.parametrize("version", ["11.3.0", "12.4.3", None])
def test_titles_may_repeat(version):
    assert rule_of(SimpleNamespace(version=lambda: parse(version))) is None
