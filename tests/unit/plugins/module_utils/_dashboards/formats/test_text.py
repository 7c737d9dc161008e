# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for parsing JSON and YAML (by the rules of Kubernetes' tools), and for the messages about mistakes."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.text import load
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput


@pytest.mark.parametrize(
    "raw",
    [b'{"a": "\xc3\xa4"}', b'\xef\xbb\xbf{"a": "\xc3\xa4"}', '{"a": "ä"}'.encode("utf-16"), '\n {"a": "ä"}'],
    ids=["utf-8", "byte order mark", "utf-16", "text"],
)
def test_encodings_of_json(raw):
    assert load(raw, "path x.json", name="x.json") == {"a": "ä"}


@pytest.mark.parametrize(
    ("raw", "name", "message"),
    [
        ('{"a": 1,\n "b" 2}', "x.json", "x is not valid JSON: Expecting ':' delimiter at line 2 column 6"),
        ("", "x.json", "x is empty"),
        (b"\xef\xbb\xbf \n", "x.yaml", "x is empty"),
        ("title: x", "x.json", "x is not valid JSON: it starts with 't'"),
        (b'{"a": "\xff"}', "x.json", "x is not valid UTF-8 (byte 7)"),
        ("[" * 100_000, "x.json", "x is not valid JSON: it is nested too deeply"),
        ("$ANSIBLE_VAULT;1.1;AES256\n33", "x.json", "x is encrypted with ansible-vault"),
        ('{"a": 1', "", "x is not valid JSON"),
    ],
)
def test_messages_about_mistakes_contain_line_and_column(raw, name, message):
    with pytest.raises(BadInput) as caught:
        load(raw, "x", name=name)
    assert caught.value.message.startswith(message)


class TestYaml:
    @pytest.fixture(autouse=True)
    def _library(self):
        pytest.importorskip("yaml")

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("a: text", "text"),
            ("a: 2026-01-01", "2026-01-01"),
            ("a: 10:30", "10:30"),
            ("a: 1e+06", 1000000.0),
            ("a: 1.5e-07", 1.5e-07),
            ("a: 1e3", "1e3"),
            ("a: 1.5", 1.5),
            ("a: -7", -7),
            ("a: 0x10", 16),
            ("a: now-6h", "now-6h"),
            ("a: yes", True),
            ("a: Off", False),
            ("a: 'Off'", "Off"),
            ("a: y", "y"),
            ("a:", None),
            ("a: ~", None),
            ("a: null", None),
            ("a: 1.2.3", "1.2.3"),
            ("a: '-- Grafana --'", "-- Grafana --"),
            ("a: {1: x, 1.5: y}", {"1": "x", "1.5": "y"}),
            ("a: |\n  sum(\n    x)\n", "sum(\n  x)\n"),
            ("b: &b {c: 1}\na: {<<: *b, d: 2}", {"c": 1, "d": 2}),
        ],
    )
    def test_unquoted_values(self, text, value):
        found = load(text, "x", name="x.yml")["a"]
        assert (found, type(found)) == (value, type(value))

    def test_json_is_valid_yaml(self):
        assert load('{"a": [1]}', "x", name="x.yaml") == {"a": [1]}

    def test_text_without_a_name_that_is_not_json_is_yaml(self):
        assert load("title: x\npanels: []\n", "content") == {"title": "x", "panels": []}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a: [1\nb: 2", "x is not valid YAML: "),
            ("a: 1\n---\nb: 2\n", "x contains 2 YAML documents"),
            ("---\n# nothing\n", "x is empty"),
            ("a: !!binary YQ==", "x contains a YAML value that JSON does not have (bytes)"),
            ("on: 1", "x has the key True, which YAML does not read as a string"),
            ("a: &a [*a]", "x is nested more than 200 levels deep"),
            ("a: !!python/object:os.system {}", "x is not valid YAML: could not determine a constructor"),
        ],
    )
    def test_values_that_a_dashboard_cannot_contain(self, text, message):
        with pytest.raises(BadInput) as caught:
            load(text, "x", name="x.yaml")
        assert caught.value.message.startswith(message)

    def test_the_line_of_a_mistake(self):
        with pytest.raises(BadInput, match=r"line 3 column \d"):
            load("a: 1\nb: 2\n c: 3\n", "x", name="x.yaml")


def test_without_pyyaml_json_is_read_and_yaml_is_an_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert load('{"a": 1}', "x", name="x.yaml") == {"a": 1}
    with pytest.raises(BadInput, match="no PyYAML: install PyYAML there, or provide the dashboard as JSON"):
        load("a: 1", "x", name="x.yaml")
