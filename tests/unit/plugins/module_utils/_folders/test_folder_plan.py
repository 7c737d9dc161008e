# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of folders, their order in a batch, and what they hold, as tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.contents import balance, by_kind, in_words
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.plan import (
    FolderState,
    ParentFolder,
    label,
    order,
    parse,
    plan,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.tree import Folder, from_legacy, from_object
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput, GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._permissions.model import PermissionState

OPS = Folder("ops", "Operations", description="All of it")
HOSTS = Folder("hosts", "Hosts", parent_uid="ops")
TOP = ParentFolder()
IN_OPS = ParentFolder("ops", "Operations")


def absent(**options):
    return {"state": "absent", **options}


@pytest.mark.parametrize(
    ("options", "found", "action", "changes"),
    [
        pytest.param({"title": "Operations"}, None, "create", ({}, {"title": "Operations", "parent": ""}), id="org to come"),
        pytest.param({"title": "X", "parent": "A"}, None, "create", ({}, {"title": "X", "parent": "A"}), id="both to come"),
        pytest.param({"uid": "ops", "title": "Operations"}, FolderState(OPS), None, None, id="as it should be"),
        pytest.param({"uid": "ops"}, FolderState(OPS), None, None, id="no title, no change"),
        pytest.param(
            {"uid": "ops", "title": "Ops"},
            FolderState(OPS),
            "update",
            ({"uid": "ops", "title": "Operations", "parent": ""}, {"uid": "ops", "title": "Ops", "parent": ""}),
            id="renamed",
        ),
        pytest.param(
            {"uid": "hosts", "title": "Hosts", "parent": "general"},
            FolderState(HOSTS, "Operations"),
            "update",
            (
                {"uid": "hosts", "title": "Hosts", "parent": "Operations", "parent_uid": "ops"},
                {"uid": "hosts", "title": "Hosts", "parent": "", "parent_uid": ""},
            ),
            id="moved to the top",
        ),
        pytest.param(
            {"uid": "hosts", "parent": "Operations"}, FolderState(HOSTS, "Operations", IN_OPS), None, None, id="is there"
        ),
        pytest.param(
            {"uid": "hosts", "parent": "New", "create_parents": True},
            FolderState(HOSTS, "Operations", ParentFolder(None, "New")),
            "update",
            (
                {"uid": "hosts", "title": "Hosts", "parent": "Operations"},
                {"uid": "hosts", "title": "Hosts", "parent": "New"},
            ),
            id="moved into one to be made",
        ),
        pytest.param({"uid": "ops", "description": "All of it"}, FolderState(OPS), None, None, id="described so"),
        pytest.param({"uid": "hosts", "description": ""}, FolderState(HOSTS, "", IN_OPS), None, None, id="described by nothing"),
        pytest.param(
            {"uid": "ops", "description": ""},
            FolderState(OPS),
            "update",
            (
                {"uid": "ops", "title": "Operations", "parent": "", "description": "All of it"},
                {"uid": "ops", "title": "Operations", "parent": "", "description": ""},
            ),
            id="no description any more",
        ),
        pytest.param(absent(uid="ops"), FolderState(None), None, None, id="gone"),
        pytest.param(
            absent(uid="ops"), FolderState(OPS), "delete", ({"uid": "ops", "title": "Operations", "parent": ""}, {}), id="empty"
        ),
        pytest.param(
            absent(uid="ops", contents="delete"),
            FolderState(OPS, contents={"dashboards": 2}),
            "delete",
            ({"uid": "ops", "title": "Operations", "parent": "", "contents": {"dashboards": 2}}, {}),
            id="with what it holds",
        ),
    ],
)
def test_plans(options, found, action, changes):
    change = plan(parse(options), found or FolderState(None, place=ParentFolder(None, options.get("parent", ""))))
    assert (change.action if change else None) == action
    assert ((change.before, change.after) if change else None) == changes


MANAGED = Folder("ops", "Operations", managed_by="repo")


@pytest.mark.parametrize(
    ("options", "found", "code", "words"),
    [
        pytest.param(
            absent(uid="ops"),
            FolderState(OPS, contents={"alert_rules": 1, "dashboards": 2}, names=("CPU", "RAM")),
            "not_empty",
            "it holds 1 alert rule, 2 dashboards (CPU, RAM); move them first, or set contents: delete",
            id="not empty",
        ),
        pytest.param(absent(uid="ops", contents="delete"), FolderState(MANAGED), "provisioned", "managed by repo", id="from Git"),
        pytest.param(
            {"uid": "ops", "title": "Ops"}, FolderState(MANAGED), "provisioned", "at its source", id="from Git, renamed"
        ),
        pytest.param(
            {"uid": "ops", "description": "x"}, FolderState(OPS, describes=False), "unsupported", "12.0.0", id="described"
        ),
        pytest.param(
            {"title": "X", "description": ""}, FolderState(None, describes=False), "unsupported", "leave it out", id="new"
        ),
        pytest.param({"uid": "x"}, FolderState(None), "bad_input", "set title", id="no title"),
        pytest.param(
            {"uid": "ops", "parent": "H"}, FolderState(OPS, "", IN_OPS, within=True), "circular", "below it", id="circle"
        ),
        pytest.param({"uid": "x", "title": "X"}, FolderState(None, namesakes=("a",)), "title_taken", "folder a has", id="taken"),
        pytest.param(
            {"uid": "x", "title": "X"},
            FolderState(None, "", IN_OPS, ("a", "b")),
            "title_taken",
            "a, b have in folder O",
            id="twice",
        ),
    ],
)
def test_refused(options, found, code, words):
    with pytest.raises(GrafanaError) as caught:
        plan(parse(options), found)
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_managed_folder_that_is_as_it_should_be_is_no_error():
    assert plan(parse({"uid": "ops", "title": "Operations"}), FolderState(MANAGED)) is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no folder is given"),
        ({"title": "  "}, "no folder is given"),
        ({"title": " general "}, "cannot be managed"),
        ({"uid": "General"}, "reserves that uid"),
        ({"uid": "sharedwithme"}, "reserves that uid"),
        ({"uid": "a b"}, "up to 40 letters"),
        ({"uid": "x" * 41}, "up to 40 letters"),
        ({"title": 7}, "has to be a string"),
        ({"title": "X", "parent_uid": "a/b"}, "parent_uid 'a/b' is not a valid uid"),
        ({"title": "X", "parent": "A", "parent_uid": ""}, "both parent and parent_uid"),
        ({"title": "X", "parent": " / "}, "names no folder"),
        ({"uid": "a", "parent_uid": "a"}, "cannot be in itself"),
    ],
)
def test_bad_input(options, words):
    with pytest.raises(BadInput) as caught:
        parse(options)
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"title": "X"}, "X"),
        ({"title": "X", "parent": "A/B"}, "A/B/X"),
        ({"title": "X", "uid": "x"}, "X (x)"),
        ({"uid": "x", "parent_uid": "y"}, "x"),
    ],
)
def test_labels(options, name):
    assert label(parse(options)) == name


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        pytest.param([{"title": "B"}, {"title": "A"}], [0, 1], id="as they stand"),
        pytest.param([{"title": "C", "parent": "A/B"}, {"title": "B", "parent": "A"}, {"title": "A"}], [2, 1, 0], id="paths"),
        pytest.param([{"title": "C", "parent": "A/B"}, {"title": "A"}], [1, 0], id="one between is there already"),
        pytest.param([{"uid": "b", "title": "B", "parent_uid": "a"}, {"uid": "a", "title": "A"}], [1, 0], id="uids"),
        pytest.param(
            [{"title": "C", "parent": "A/B"}, {"title": "B", "parent_uid": "a"}, {"uid": "a", "title": "A"}],
            [2, 1, 0],
            id="both",
        ),
        pytest.param([absent(title="A"), absent(title="B", parent="A")], [1, 0], id="deleted from below"),
        pytest.param([absent(title="A"), {"title": "A", "uid": "new"}], [0, 1], id="its title is free first"),
        pytest.param(
            [{"uid": "x", "parent": "B"}, absent(uid="old"), {"title": "B"}], [2, 0, 1], id="nothing goes before it is emptied"
        ),
        pytest.param(
            [absent(title="A"), {"title": "X"}, absent(title="B", parent="A")], [1, 2, 0], id="below waits, so does above"
        ),
    ],
)
def test_order(batch, expected):
    assert order([parse(one) for one in batch]) == expected


def test_folders_in_each_other():
    batch = [{"uid": "a", "title": "A", "parent_uid": "b"}, {"uid": "b", "title": "B", "parent_uid": "a"}]
    with pytest.raises(BadInput, match=r"A \(a\) and B \(b\) are in each other"):
        order([parse(one) for one in batch])


PATHS = st.lists(st.lists(st.sampled_from("ABC"), min_size=1, max_size=4).map(tuple), unique=True, max_size=12)


@given(PATHS, st.data())
def test_order_holds_for_any_tree(paths, data):
    states = data.draw(st.lists(st.sampled_from(["present", "absent"]), min_size=len(paths), max_size=len(paths)))
    batch = [
        parse({"title": path[-1], "state": state, **({"parent": "/".join(path[:-1])} if path[1:] else {})})
        for path, state in zip(paths, states)
    ]
    found = order(batch)
    assert sorted(found) == list(range(len(paths)))
    when = {position: number for number, position in enumerate(found)}
    for one, upper in enumerate(paths):
        for other, lower in enumerate(paths):
            if lower[: len(upper)] == upper and one != other and states[one] == states[other]:
                assert (when[one] < when[other]) is (states[one] == "present")
            if states[one] == "present" and states[other] == "absent" and one < other:
                assert when[one] < when[other]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"alertrule": 0, "dashboard": 0, "folder": 0, "librarypanel": 0}, {}),
        ({"alertrule": 1, "dashboard": 2, "folder": 3, "librarypanel": 4}, None),
        ({"alertrules": 1, "dashboards": 2, "folders": 3, "library_elements": 4}, None),
        ({"playlist": 1}, {"playlist": 1}),
    ],
)
def test_counts(counts, expected):
    whole = {"alert_rules": 1, "dashboards": 2, "subfolders": 3, "library_panels": 4}
    assert by_kind(counts) == (whole if expected is None else expected)


def test_counts_in_words():
    assert in_words({"dashboards": 1, "alert_rules": 2, "playlist": 1}) == "1 dashboard, 2 alert rules, 1 playlist"


@pytest.mark.parametrize(
    ("found", "gone", "come", "left"),
    [
        ({"subfolders": 2, "dashboards": 3}, [{"dashboards": 3}], [], {"subfolders": 1}),
        ({"subfolders": 1}, [{}], [], {}),
        ({}, [], [{"dashboards": 1}], {"dashboards": 1, "subfolders": 1}),
    ],
)
def test_balance(found, gone, come, left):
    assert balance(found, gone, come) == left


def test_folders_as_servers_tell_them():
    legacy = {"id": 7, "uid": "a", "title": "A", "parentUid": "b", "version": 3, "managedBy": "repo"}
    assert from_legacy(legacy) == Folder("a", "A", "b", 7, 3, None, "repo")
    assert from_legacy({"uid": "a", "title": "A", "parentUid": ""}) == Folder("a", "A")
    assert from_legacy({"uid": "a", "title": "A", "repository": "files"}).manager == "repo files"
    notes = {"grafana.app/folder": "b", "grafana.app/managedBy": "repo"}
    made = {"metadata": {"name": "a", "generation": 2, "annotations": notes}, "spec": {"title": "A", "description": "D"}}
    assert from_object(made) == Folder("a", "A", "b", None, 2, "D", "repo")
    assert from_object({"metadata": {"name": "a"}, "spec": {"title": "A"}}) == Folder("a", "A", description="")


def test_permissions_of_a_folder_that_a_repository_manages():
    managed = replace(OPS, managed_by="repo", manager_id="boards")
    state = FolderState(managed, permissions=PermissionState(()))
    wanted = {"uid": "ops", "permissions": [{"role": "Viewer", "permission": "View"}]}
    change = plan(parse(wanted), state)
    assert change.after["permissions"] == [{"role": "Viewer", "permission": "View"}]
    with pytest.raises(GrafanaError, match="is managed by"):
        plan(parse({**wanted, "title": "Ops"}), state)
