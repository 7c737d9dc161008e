# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which folder the directories of a file stand for, and how it is found and made on servers that nest folders or not."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.directory import expand
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders import paths as folders
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.unlisted import derived_uid
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call


def call(method, path, status=200, body=None, **expected):
    return Call(method, path, **expected).answers(status, body)


def health(version):
    return call("GET", "/api/health", 200, {"version": version})


@pytest.mark.parametrize(
    ("inside", "options", "folder", "top", "below"),
    [
        ("", {}, None, "", ()),
        ("General", {}, None, "", ()),
        ("%47eneral", {}, "General", "", ("General",)),
        ("Ops", {}, "Ops", "", ("Ops",)),
        ("Ops/Hosts", {}, "Ops/Hosts", "", ("Ops", "Hosts")),
        ("Ops%2FHosts", {}, "Ops/Hosts", "", ("Ops/Hosts",)),
        ("100%25/%252F", {}, "100%/%2F", "", ("100%", "%2F")),
        ("Hosts", {"folder": "Ops/EU"}, "Ops/EU/Hosts", "Ops/EU", ("Hosts",)),
        ("", {"folder": "Ops/EU"}, "Ops/EU", "Ops/EU", ()),
        ("a/b", {"folder": "General"}, "a/b", "", ("a", "b")),
    ],
)
def test_folders_of_files(tmp_path, inside, options, folder, top, below):
    (tmp_path / inside).mkdir(parents=True, exist_ok=True)
    (tmp_path / inside / "x.json").write_text("{}")
    (found,) = expand({"directory": str(tmp_path), **options})
    assert found["folder"] == folder
    assert found["folder_uid"] == ("" if folder is None else None)
    assert (found["top"], found["below"]) == (top, below)


def folder(uid, title):
    return {"uid": uid, "title": title}


def listed(*entries, parent=None):
    query = "limit=1000&page=1" + (f"&parentUid={parent}" if parent else "")
    own = {"parentUid": parent} if parent else {}
    return call("GET", f"/api/folders?{query}", 200, [{**entry, **own} for entry in entries])


def made(uid, title, parent=None):
    sends = {"title": title, "uid": derived_uid(parent or "", title), **({"parentUid": parent} if parent else {})}
    return call("POST", "/api/folders", 200, folder(uid, title), json=sends)


@pytest.fixture
def scope(client):
    asking = client()
    return Scope(asking, Org(2), OrgFinder(asking))


def test_titles_below_are_taken_as_they_are(script, scope):
    script.expect(
        health("11.5.1"), listed(folder("ops", "Ops"), folder("top", "Ops/x/y")), listed(folder("xy", "x/y"), parent="ops")
    )
    assert folders.by_path(scope, "", ("Ops", "x/y")) == "xy"
    assert folders.by_path(scope, "Ops", ("x/y",)) == "xy"
    assert folders.by_path(scope, "Ops/x/y") == "top"


def test_what_was_one_folder_before_folders_nested_stays_one(script, scope):
    script.expect(health("11.5.1"), listed(folder("flat", "Ops/Hosts")))
    assert folders.by_path(scope, "", ("Ops", "Hosts")) == "flat"


def test_a_folder_called_general_is_one_where_a_directory_says_so(script, scope):
    script.expect(health("11.5.1"), listed(folder("gen", "General")))
    assert folders.by_path(scope, "General") == ""
    assert folders.by_path(scope, "", ("General",)) == "gen"


def test_where_folders_do_not_nest_the_whole_path_is_a_title(script, scope):
    script.expect(health("9.3.2"), listed(folder("flat", "Ops/x/y")), made("new", "Ops/z"))
    assert folders.by_path(scope, "", ("Ops", "x/y"), flat=True) == "flat"
    assert folders.make(scope, "", ("Ops", "z")) == "new"


def test_titles_with_slashes_are_made(script, scope):
    script.expect(health("11.5.1"), listed(), made("ops", "Ops"), made("xy", "x/y", parent="ops"))
    assert folders.make(scope, "", ("Ops", "x/y")) == "xy"


def test_below_a_folder_whose_title_has_a_slash(script, scope):
    script.expect(health("11.5.1"), listed(folder("ab", "a/b")), listed(parent="ab"), made("c", "c", parent="ab"))
    assert folders.make(scope, "a/b", ("c",)) == "c"
