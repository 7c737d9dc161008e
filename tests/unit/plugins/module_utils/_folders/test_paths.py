# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of folders."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.paths import reach, read_path, read_titles, steps, tree
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call, health


@pytest.mark.parametrize(("path", "titles"), [("A/B", ["A", "B"]), (" A / B ", ["A", "B"]), ("A", ["A"]), ("/A//B/", ["A", "B"])])
def test_folder_steps(path, titles):
    assert steps(path) == titles


#: Folders as (uid, title, uid of the parent).
TREE = (
    ("x", "Team X", ""),
    ("xk", "kid", "x"),
    ("xy", "Team X/Y", ""),
    ("kid", "kid", "xy"),
    ("spaced", "A / B", ""),
    ("p", "P", ""),
    ("pq", "P/Q", ""),
    ("q", "Q", "p"),
    ("r", "R/S", "q"),
    ("flat", "Old/flat/path", ""),
)


@pytest.fixture
def scope(script, by_token):
    """Org 2 of a 12.4.3 with the folders of ``TREE``, of which the caller sees all."""
    items = [
        {"metadata": {"name": uid, "annotations": {"grafana.app/folder": parent} if parent else {}}, "spec": {"title": title}}
        for uid, title, parent in TREE
    ]
    script.expect(health("12.4.3"))
    script.expect(
        Call("GET", "/apis/folder.grafana.app/v1beta1/namespaces/org-2/folders?limit=1000").answers(200, {"items": items})
    )
    found = Scope(by_token, Org(2, "tenant"), OrgFinder(by_token))
    found.cached_for_run("permissions", lambda: {"folders:read": ["folders:*"]})
    assert tree(found).complete
    return found


@pytest.mark.parametrize(
    ("path", "below", "uid", "left"),
    [
        pytest.param("Team X", (), "x", (), id="top"),
        pytest.param("Team X/Y", (), "xy", (), id="a title with a slash"),
        pytest.param("Team X/Y/kid", (), "kid", (), id="below a title with a slash"),
        pytest.param("Team X/kid", (), "xk", (), id="below another one"),
        pytest.param("Team X/Y/new/more", (), "xy", ("new", "more"), id="missing below a title with a slash"),
        pytest.param("Team X/Z", (), "x", ("Z",), id="missing below another one"),
        pytest.param("/A / B/", (), "spaced", (), id="spaces around a slash"),
        pytest.param("P/Q", (), "pq", (), id="the longest title first"),
        pytest.param("P/Q/R/S", (), "r", (), id="a shorter title, if only that leads to the end"),
        pytest.param("P/Q/R", (), "pq", ("R",), id="the longest title if no way leads to the end"),
        pytest.param("Old/flat/path", (), "flat", (), id="a folder of a server without nested folders"),
        pytest.param("Old/flat", (), "", ("Old", "flat"), id="all missing"),
        pytest.param("", ("Team X/Y", "kid"), "kid", (), id="exact titles"),
        pytest.param("", ("Team X", "Y"), "xy", (), id="exact titles of an old server's folder"),
        pytest.param("", ("P", "Q", "R/S"), "r", (), id="exact titles of another way"),
        pytest.param("Team X/Y", ("a/b", "c"), "xy", ("a/b", "c"), id="exact titles below a path"),
        pytest.param("Team X/Z", ("a/b",), "x", ("Z", "a/b"), id="exact titles below a missing folder"),
        pytest.param("general", (), "", (), id="General"),
        pytest.param("", (), "", (), id="no path"),
    ],
)
def test_ways(scope, path, below, uid, left):
    assert reach(scope, path, below) == (uid, left)


@pytest.mark.parametrize(
    ("titles", "expected"),
    [(["Team X/Y", " kid "], ("Team X/Y", "kid")), ([], ()), (["General"], ()), (["general/x"], ("general/x",))],
)
def test_lists_of_titles(titles, expected):
    assert read_titles(titles, "folder_path") == expected


@pytest.mark.parametrize(
    ("read", "value", "said"),
    [
        (read_titles, ["General", "x"], "folder General/x begins with General"),
        (read_titles, ["a", " "], "blank title"),
        (read_titles, [5], "folder[0]"),
        (read_path, "General/x", "leave General/ out"),
        (read_path, " general / x", "begins with General"),
    ],
)
def test_refused_ways(read, value, said):
    with pytest.raises(BadInput) as caught:
        read(value, "folder")
    assert said in caught.value.message
