# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The items of a batch: checked by the same spec as a task, with errors that say which item it is."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.options import argument_spec, check, items_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.members import OPTIONS

SPEC = argument_spec(OPTIONS)["batch"]["options"]


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ("x", "batch has to be a list of dictionaries, not a string"),
        (["x"], "batch[0] has to be a dictionary, not a string"),
        ([{}, None], "batch[1] has to be a dictionary, not nothing"),
        ([{"role": "Boss"}], "batch[0]: role has to be one of Viewer, Editor, Admin, None, not 'Boss'"),
        ([{"org_name": "t", "role": "Boss"}], "batch[0], org t: role has to be one of"),
        ([{"org_id": 7, "state": "gone"}], "batch[0], org 7: state has to be one of"),
        ([{"role": ["Viewer"]}], "batch[0]: role has to be a string, not a list"),
        ([{"role": 5}], "batch[0]: role has to be a string, but is int: put it in quotes"),
        ([{"org_id": 1, "org_name": "t"}], "both org_id and org_name are set as options of the item"),
        ([{"url": "http://x"}], "unknown option 'url'"),
        ([{"password": "p"}], "unknown option 'password'"),
    ],
)
def test_refused(batch, message):
    with pytest.raises(BadInput) as caught:
        items_of(batch, SPEC, {})
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        (["alice", {"login": "bob", "role": "Admin"}], [{"login": "alice"}, {"login": "bob", "role": "Admin"}]),
        (["a=b", "role model", "login"], [{"login": "a=b"}, {"login": "role model"}, {"login": "login"}]),
        ([""], [{"login": ""}]),
    ],
)
def test_strings_are_the_option_that_identifies_the_object(batch, expected):
    assert items_of(batch, SPEC, {}, "login") == expected
    assert items_of(["alice"], SPEC, {"role": "Viewer", "login": "bob"}, "login") == [{"login": "alice", "role": "Viewer"}]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (7, "not a number"),
        (True, "not a boolean"),
        (None, "not nothing"),
        (["alice"], "not a list"),
        ("{'login': 'alice', 'token_file': 'hunter-two'}", "not a text that contains options"),
        (" login=alice role=hunter-two", "not a text that contains options"),
        ("email: hunter-two", "not a text that contains options"),
        ("alice\nrole: hunter-two", "not a text that contains options"),
    ],
)
def test_what_is_neither_a_dictionary_nor_a_name(entry, message):
    with pytest.raises(BadInput) as caught:
        items_of(["alice", entry], SPEC, {}, "login")
    assert caught.value.message == "batch[1] has to be a dictionary, or a string with the login, " + message


def test_no_value_of_an_unknown_option_is_shown():
    with pytest.raises(BadInput) as caught:
        items_of([{"pasword": "hunter-two"}], SPEC, {})
    assert "hunter-two" not in str(caught.value.failure())


def test_defaults_of_the_task():
    batch = [{"login": "a"}, {"login": "b", "role": "Admin", "state": None}]
    assert items_of(batch, SPEC, {"role": "Viewer", "state": "present"}) == [
        {"login": "a", "role": "Viewer", "state": "present"},
        {"login": "b", "role": "Admin", "state": "present"},
    ]


def test_org_of_an_item_replaces_that_of_the_task_as_a_whole():
    assert items_of([{"org_name": "t"}], SPEC, {"org_id": 7}) == [{"org_name": "t"}]
    assert items_of([{"login": "a"}], SPEC, {"org_id": 7}) == [{"org_id": 7, "login": "a"}]


def test_aliases():
    assert check({"email": "a@x"}, SPEC) == {"login": "a@x"}


def test_items_have_no_defaults_of_their_own():
    assert all("default" not in rule for rule in SPEC.values())


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [("bool", "yes", True), ("bool", "off", False), ("bool", True, True), ("int", "5", 5), ("dict", {}, {}), ("raw", [1], [1])],
)
def test_types(kind, value, expected):
    assert check({"x": value}, {"x": {"type": kind}}) == {"x": expected}


@pytest.mark.parametrize(
    ("kind", "value"), [("bool", "maybe"), ("int", "x"), ("int", True), ("dict", []), ("str", {}), ("path", 5)]
)
def test_types_that_do_not_fit(kind, value):
    with pytest.raises(BadInput):
        check({"x": value}, {"x": {"type": kind}})


def test_suboptions():
    spec = {
        "address": {"type": "dict", "options": {"city": {"type": "raw"}, "zip_code": {"type": "raw", "aliases": ["zipCode"]}}}
    }
    assert check({"address": {"zipCode": "1"}}, spec) == {"address": {"zip_code": "1"}}
    with pytest.raises(BadInput, match="unknown option 'town'"):
        check({"address": {"town": "x"}}, spec)
