# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dictionaries as lines of YAML."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.orgsmith.grafana.plugins.module_utils._text.yaml_lines import as_text


def test_a_view():
    view = {"uid": "cpu", "title": "CPU", "changes": {'panels[3] "CPU".targets[0].expr': "rate(x[5m])", "tags": ["a"]}}
    assert as_text(view) == 'uid: cpu\ntitle: CPU\npanels[3] "CPU".targets[0].expr: rate(x[5m])\ntags: ["a"]\n'


WORDS = ("", "true", "No", "null", "~", "1", "1.5", ".5", ".inf", "2026-01-01", "=", "<<", "---", "...", "...a")
SIGNS = (
    " a",
    "a ",
    "a: b",
    "a #b",
    "a:",
    "-",
    "- a",
    "{a}",
    "[a]",
    "a\nb",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a`",
    '"a"',
    "'a'",
    "? a",
)
OTHERS = ("| a", "> a", "é", "a\u2028b", "a\x85b", "日本", "a'b\"c", "(a)", 'rate(x{job="y"}[5m])', "x: y: z", "\t", "a\ufeffb")


@pytest.mark.parametrize("text", [*WORDS, *SIGNS, *OTHERS])
def test_text_is_the_same_after_parsing(text):
    assert yaml.safe_load(as_text({text: 1})) == {text: 1}
    assert yaml.safe_load(as_text({"key": text})) == {"key": text}


@pytest.mark.parametrize("value", [1, 1.5, True, None, ["a", 1]])
def test_other_values(value):
    assert yaml.safe_load(as_text({"key": value})) == {"key": value}
