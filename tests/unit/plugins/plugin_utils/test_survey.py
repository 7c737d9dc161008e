# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters survey and run_tenants: what a survey of AWX sets variables to."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._playbooks.survey import KINDS, survey
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._playbooks.tenants import run_tenants

ODD = "{{ 1 + 1 }}"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", " 7d\n", "7d"),
        ("text", 30, 30),
        ("text", False, False),
        *[("bool", value, True) for value in (True, 1, "true", "True", " yes ", "on", "1")],
        *[("bool", value, False) for value in (False, 0, "false", "No", "off", "0")],
        ("lines", "a, b\r\n\n  c \n", ["a, b", "c"]),
        ("lines", ODD, [ODD]),
        ("lines", '["a", "b\\nc"]', ["a", "b\nc"]),
        ("lines", "[a]", ["[a]"]),
        ("lines", ["a", 1], ["a", 1]),
        ("words", "a, b\nc,,\n", ["a", "b", "c"]),
        ("words", ["a,b"], ["a,b"]),
        ("orgs", "all\n", "all"),
        ("orgs", "all\nb", ["all", "b"]),
        ("orgs", "Main Org.\n12\n'2026'\n\"7\"\n'a'", ["Main Org.", 12, "2026", "7", "'a'"]),
        ("orgs", '["12", 12]', [12, 12]),
        ("orgs", ["12", 12], ["12", 12]),
        ("list", "- {name: a, role: '{{ 1 + 1 }}'}", [{"name": "a", "role": ODD}]),
        ("list", "[]", []),
        ("list", [{"a": 1}], [{"a": 1}]),
        ("dict", "type: file\npath: /k", {"type": "file", "path": "/k"}),
        ("dict", '{"a": 1}', {"a": 1}),
    ],
)
def test_an_answer(kind, value, expected):
    assert survey(value, kind, "x", "the default") == expected


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("value", ["", None, " \n"])
def test_an_empty_answer_is_none(kind, value):
    assert survey(value, kind, "x", "the default") == "the default"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("bool", "perhaps", "the variable x has to be true or false"),
        ("lines", 5, "the variable x has to be text or a list, not a number"),
        ("orgs", True, "the variable x has to be text or a list of names and ids, not a truth value"),
        ("list", "a: S3CRET", "the variable x has to be a list of dictionaries, as YAML"),
        ("list", "- S3CRET", "the variable x has to be a list of dictionaries, as YAML"),
        ("dict", "- a", "the variable x has to be a dictionary, as YAML"),
        ("dict", "a: 1\npassword: *S3CRET", "the variable x is not valid YAML in line 2, column 11"),
        ("dict", "a: !vault S3CRET", "the variable x is not valid YAML in line 1, column 4"),
        ("dict", "a: [S3CRET", "the variable x is not valid YAML in line"),
        ("dict", "a: &a [1]\nb: &b {a: *a, b: *b}", "inside the value that it refers to"),
        ("list", "[" * 5000, "x"),
        ("table", "a", "kind has to be one of text, bool"),
    ],
)
def test_a_wrong_answer_names_the_variable_and_no_value(kind, value, words):
    with pytest.raises(AnsibleFilterError) as caught:
        survey(value, kind, "x")
    assert words in str(caught.value)
    assert "S3CRET" not in str(caught.value)


def itself(text):
    return text


class Unsafe(str):
    """Text as ansible-core before 2.19 marks it: str() returns it as it is."""

    __str__ = itself


def test_unsafe_text_of_older_versions():
    assert survey(Unsafe("type: file"), "dict", "x") == {"type": "file"}
    assert survey(Unsafe("a\nb"), "lines", "x") == ["a", "b"]


TENANTS = "- name: a\n- name: b\n- {name: '{{ 1 + 1 }}'}\n"


@pytest.mark.parametrize(
    ("value", "run", "names", "expected"),
    [
        (TENANTS, {}, "", ["a", "b", ODD]),
        ("org_bootstrap_organizations:\n" + TENANTS, None, None, ["a", "b", ODD]),
        ([{"name": "a"}, {"name": "b"}], {}, "b\n\n", ["b"]),
        ({"org_bootstrap_organizations": [{"name": "a"}]}, {}, [], []),
        (TENANTS, {"names": None}, "", ["a", "b", ODD]),
        (TENANTS, {"names": [ODD, "a", "elsewhere"]}, "", ["a", ODD]),
        (TENANTS, {"names": ["a", ODD]}, ["b", "a"], ["a"]),
        (TENANTS, {"names": ["elsewhere"]}, "", []),
        ("[]", {}, "", []),
    ],
)
def test_tenants_of_a_run(value, run, names, expected):
    assert [tenant["name"] for tenant in run_tenants(value, run, names)] == expected


@pytest.mark.parametrize(
    ("value", "names", "words"),
    [
        ("", "", "no tenants: set org_bootstrap_organizations or org_bootstrap_tenants_file, or use hosts of a tenants file"),
        ("a: 1", "", "org_bootstrap_organizations has to be a list of tenants"),
        ("- name: a\n- {nam: S3CRET}", "", "org_bootstrap_organizations[1] has to be a dictionary with a name"),
        ("- name: 5", "", "org_bootstrap_organizations[0] has to be a dictionary with a name"),
        ("- name: a\n  b: [S3CRET", "", "org_bootstrap_organizations is not valid YAML in line"),
        (TENANTS, "a\nc", "org_bootstrap_tenants has names that no tenant has: c"),
    ],
)
def test_wrong_tenants(value, names, words):
    with pytest.raises(AnsibleFilterError) as caught:
        run_tenants(value, {}, names)
    assert words in str(caught.value)
    assert "S3CRET" not in str(caught.value)
