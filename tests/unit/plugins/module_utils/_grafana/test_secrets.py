# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strings that look like a key: their paths, and their masks."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.secrets import key_like, masked, occurring, remember

SECRET = "AbCd1234" * 4
KEY = "glsa_" + SECRET + "_0a1b2c3d"
API_KEY = "eyJrIjoi" + SECRET + "IiwibiI6IngiLCJpZCI6MX0="
CLOUD = "glc_eyJvIjoi" + SECRET


@pytest.mark.parametrize(
    "text", [KEY, "Bearer " + KEY, "x=%s&y" % KEY, "glsa_" + SECRET[:14], API_KEY, "Bearer " + API_KEY, CLOUD, "a\n" + KEY]
)
def test_keys(text):
    assert key_like({"panels": [{"x": 1}, {"options": {"content": text}}]}) == ["panels[1].options.content"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "glsa_",
        "glsa_...",
        "glsa_xxxxxxxxxxxxxxxxxxxx",
        "glsa_short",
        "xglsa_" + SECRET,
        "eyJrIjoi",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
        "glc_",
        "glsa_${token}",
    ],
)
def test_other_strings(text):
    assert key_like({"a": [text, {text: 1}], "b": "x"}) == []


def test_paths_of_all_keys_without_the_keys():
    found = key_like({KEY: {"a": 1}, "b": [KEY, "x", [API_KEY]]})
    assert found == ["***", "b[0]", "b[2][0]"]


def test_a_key_alone():
    assert key_like(KEY) == ["."]


@pytest.mark.parametrize("key", [KEY, KEY[:20], API_KEY, CLOUD])
@pytest.mark.parametrize(("before", "after"), [("", ""), ("Bearer ", " x"), ("x", ""), ("a\n", "\\n")])
def test_keys_are_masked_everywhere(key, before, after):
    text, found = before + key + after, before + "***" + after
    assert masked(text) == found
    assert masked({"a": [text, {text: 1}], "b": None}) == {"a": [found, {found: 1}], "b": None}


@pytest.mark.parametrize(
    "value", ["", "glsa_", "glsa_short", "eyJhbGciOiJIUzI1NiJ9.e30.x", "glsa_${token}", 1, None, True, [], {}]
)
def test_other_values_are_not_masked(value):
    assert masked(value) == value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": ['plain se-cr"et here']}, ['se-cr"et here']),
        ({'se-cr"et here': 1}, ['se-cr"et here']),
        ({"a": ({"b": "c2UtY3IiZXQgaGVyZQ=="},)}, ["c2UtY3IiZXQgaGVyZQ==", "c2UtY3IiZXQgaGVyZQ"]),
        ("se-cr%22et%20here", ["se-cr%22et%20here"]),
        (ValueError('se-cr"et here'), ['se-cr"et here']),
        ({"a": 1234567890}, ["1234567890"]),
        ({"a": "something else"}, []),
        (None, []),
    ],
)
def test_only_the_forms_that_occur(value, found):
    remember('se-cr"et here', "1234567890")
    assert occurring("first", value) == set(found)
