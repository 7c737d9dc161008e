# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A line with very many mentions takes no quadratic time."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade import usage
from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade.lines import SourceLine, _closed, find, method_of


def test_very_many_mentions_in_a_line():
    assert len(find("grafana/auth/keys" * 100_000, ".yml")) == 100_000


def test_very_many_mentions_in_a_file():
    """Only the first thousand are compared with their neighbours. All lines are reported."""
    lines = ["/api/auth/keys " * 150 + "\\\n"] * 4_000
    hits = usage.hits_of("a.sh", lines)
    assert {hit.line for hit in hits} == set(range(1, 4_001))


@pytest.mark.parametrize("text", ['"' + '\\"' * 1_000_000, '"' + '\\"' * 1_000_000 + "\\", "'" + "`" * 1_000_000])
def test_quotes_that_nothing_closes(text):
    assert _closed(text) is None
    assert _closed(text + "'a'" * 2 + ")") in (None, len(text) + 6)


def test_quoted_parentheses():
    text = r"""(')') `)` ")\")" "a" ')"""
    assert _closed(text + ")") == text.rindex(")")


@pytest.mark.parametrize("part", ["a = " + " " * 500, "a=", "f(", "get(", "x;http -x ", "const ", '"GET ', "\\", "' "])
def test_hostile_text_before_a_mention(part):
    near = (part * 2_000)[:2_000]
    source = SourceLine(".py", [near] * 2, near + "/api/auth/keys", len(near), [near] * 2)
    assert method_of(source)
