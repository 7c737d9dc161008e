# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for folder paths: read from one list of all folders, and single requests for folders that it lacks."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.export.folder_paths import FolderPaths
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ...conftest import Call, health


def call(method, path, status=200, body=None, **expected):
    return Call(method, path, **expected).answers(status, body)


OBJECTS = "/apis/folder.grafana.app/v1beta1/namespaces/org-2/folders?limit=1000"
SEARCH = "/api/search?type=dash-folder&limit=1000&page=1"


@pytest.fixture
def paths(by_token):
    return FolderPaths(Scope(by_token, Org(2), OrgFinder(by_token)))


def thing(uid, title, **notes):
    return {
        "metadata": {"name": uid, "annotations": {f"grafana.app/{name}": text for name, text in notes.items()}},
        "spec": {"title": title},
    }


def test_paths_from_a_list_of_objects_in_pages(script, paths):
    script.expect(
        health("12.4.3"),
        call("GET", OBJECTS, 200, {"items": [thing("a", "A")], "metadata": {"continue": "next"}}),
        call("GET", OBJECTS + "&continue=next", 200, {"items": [thing("b", "B/C", folder="a")], "metadata": {}}),
    )
    assert paths.titles("b") == ("A", "B/C")
    assert paths.chain("b") == ("a", "b")
    assert paths.path("b") == "A/B/C"
    assert paths.titles("") == ()
    assert paths.at("A/B/C") == {"b"}
    assert paths.at(" General ") == {""}
    assert paths.at("B/C") == set()


def test_paths_from_objects_with_full_path_uids(script, paths):
    items = [thing("a", "A", fullpathUIDs="a"), thing("b", "B", fullpathUIDs="a/b")]
    # A server with legacy storage may return the same page again and again.
    page = {"items": items, "metadata": {"continue": "x"}}
    script.expect(health("12.0.0-pre"), call("GET", OBJECTS, 200, page), call("GET", OBJECTS + "&continue=x", 200, page))
    assert paths.titles("b") == ("A", "B")


@pytest.mark.parametrize(("version", "status"), [("12.4.3", 403), ("12.4.3", 404), ("11.5.1", None)])
def test_paths_from_a_search(script, paths, version, status):
    script.expect(health(version))
    if status is not None:
        script.expect(call("GET", OBJECTS, status, {"message": "no"}))
    hits = [{"uid": "a", "title": "A"}, {"uid": "b", "title": "B", "folderUid": "a"}]
    script.expect(call("GET", SEARCH, 200, hits))
    assert paths.titles("b") == ("A", "B")


def test_folders_that_the_list_lacks_are_requested(script, paths):
    script.expect(
        health("11.5.1"),
        call("GET", SEARCH, 200, [{"uid": "a", "title": "A"}]),
        call("GET", "/api/folders/new", 200, {"uid": "new", "title": "New", "parentUid": "a"}),
        call("GET", "/api/folders/hidden", 403, {"message": "no"}),
        call("GET", "/api/folders/gone", 404, {"message": "no"}),
    )
    assert paths.titles("new") == ("A", "New")
    assert paths.titles("hidden") == ("hidden",)
    assert paths.titles("gone") == ("gone",)


def test_a_cycle_of_parents_ends(script, paths):
    hits = [{"uid": "a", "title": "A", "folderUid": "b"}, {"uid": "b", "title": "B", "folderUid": "a"}]
    script.expect(health("11.5.1"), call("GET", SEARCH, 200, hits))
    assert paths.titles("a") == ("B", "A")
