# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of files: JSON, YAML as Kubernetes' tools read it, and what is said of a mistake."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.text import load
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput


@pytest.mark.parametrize(
    "raw",
    [b'{"a": "\xc3\xa4"}', b'\xef\xbb\xbf{"a": "\xc3\xa4"}', '{"a": "ä"}'.encode("utf-16"), '\n {"a": "ä"}'],
    ids=["utf-8", "with a mark", "utf-16", "text"],
)
def test_json_in_its_encodings(raw):
    assert load(raw, "path x.json", name="x.json") == {"a": "ä"}


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        ('{"a": 1,\n "b" 2}', "x.json", "x is no JSON: Expecting ':' delimiter at line 2 column 6"),
        ("", "x.json", "x is empty"),
        (b"\xef\xbb\xbf \n", "x.yaml", "x is empty"),
        ("title: x", "x.json", "x is no JSON: it begins with 't'"),
        (b'{"a": "\xff"}', "x.json", "x is no UTF-8 text (byte 7)"),
        ("[" * 100_000, "x.json", "x is no JSON: it is nested too deep"),
        ("$ANSIBLE_VAULT;1.1;AES256\n33", "x.json", "x is encrypted with ansible-vault"),
        ('{"a": 1', "", "x is no JSON"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(raw, name, said):
    with pytest.raises(BadInput) as caught:
        load(raw, "x", name=name)
    assert caught.value.message.startswith(said)


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
    def test_words(self, text, value):
        found = load(text, "x", name="x.yml")["a"]
        assert (found, type(found)) == (value, type(value))

    def test_json_is_yaml_as_well(self):
        assert load('{"a": [1]}', "x", name="x.yaml") == {"a": [1]}

    def test_without_a_name_what_is_no_json_is_yaml(self):
        assert load("title: x\npanels: []\n", "content") == {"title": "x", "panels": []}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("a: [1\nb: 2", "x is no YAML: "),
            ("a: 1\n---\nb: 2\n", "x holds 2 YAML documents"),
            ("---\n# nothing\n", "x is empty"),
            ("a: !!binary YQ==", "x holds a value of YAML that JSON has not (bytes)"),
            ("on: 1", "x has the key True, which YAML takes for no text"),
            ("a: &a [*a]", "x is nested more than 200 deep"),
            ("a: !!python/object:os.system {}", "x is no YAML: could not determine a constructor"),
        ],
    )
    def test_what_no_dashboard_can_hold(self, text, said):
        with pytest.raises(BadInput) as caught:
            load(text, "x", name="x.yaml")
        assert caught.value.message.startswith(said)

    def test_the_place_of_a_mistake(self):
        with pytest.raises(BadInput, match=r"line 3 column \d"):
            load("a: 1\nb: 2\n c: 3\n", "x", name="x.yaml")


def test_yaml_without_the_library_is_said_and_json_needs_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert load('{"a": 1}', "x", name="x.yaml") == {"a": 1}
    with pytest.raises(BadInput, match="no PyYAML: install it there, or give the dashboard as JSON"):
        load("a: 1", "x", name="x.yaml")
