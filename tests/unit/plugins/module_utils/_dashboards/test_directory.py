# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for the folder of a file in a directory, and for finding and creating it on servers with and without nested folders."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.directory import expand, organizations
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders import paths as folders
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.unlisted import derived_uid
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call, health


def call(method, path, status=200, body=None, **expected):
    return Call(method, path, **expected).answers(status, body)


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
        ("a/b", {"folder_path": ["X/Y", "kid"]}, "X/Y/kid/a/b", "", ("X/Y", "kid", "a", "b")),
        ("", {"folder_path": ["X/Y"]}, "X/Y", "", ("X/Y",)),
        ("General", {"folder_path": ["X/Y"]}, "X/Y/General", "", ("X/Y", "General")),
        ("a", {"folder_path": []}, "a", "", ("a",)),
    ],
)
def test_folders_of_files(tmp_path, inside, options, folder, top, below):
    (tmp_path / inside).mkdir(parents=True, exist_ok=True)
    (tmp_path / inside / "x.json").write_text("{}")
    (found,) = expand({"directory": str(tmp_path), **options}, [])
    assert found["folder"] == folder
    assert found["folder_uid"] == ("" if folder is None else None)
    assert (found["top"], found["below"]) == (top, below)


def test_directories_of_organizations(tmp_path):
    """Their names are those of an export: titles with %XX. Hidden ones, excluded ones and other files are left out."""
    for name in ("tenant", "a%2Fb", "old", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "README.md").write_text("about")
    found = organizations({"import_orgs": str(tmp_path), "exclude": ["old"], "prune": True})
    assert [(one.directory, one.org.name, one.options["directory"]) for one in found] == [
        ("a%2Fb", "a/b", str(tmp_path / "a%2Fb")),
        ("tenant", "tenant", str(tmp_path / "tenant")),
    ]
    assert found[0].options["prune"]
    assert "import_orgs" not in found[0].options
    assert organizations({"directory": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("files", "options", "code", "message"),
    [
        ([], {}, "directory_empty", "has no subdirectory"),
        (["tenant/a.json", "b.json", "c.yaml"], {}, "broken_files", "contains b.json, c.yaml: choose the directory of an export"),
        (["tenant/a.json"], {"path": "x"}, "bad_input", "import_orgs and path are set"),
        (["tenant/a.json"], {"directory": "x"}, "bad_input", "import_orgs and directory are set"),
        (["tenant/a.json"], {"import_orgs": "missing"}, "directory_not_found", "directory missing does not exist"),
    ],
)
def test_what_is_no_directory_of_organizations(tmp_path, files, options, code, message):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    with pytest.raises(BadInput) as caught:
        organizations({"import_orgs": str(tmp_path), **options})
    assert caught.value.code == code
    assert message in caught.value.message


@pytest.mark.parametrize("options", [{}, {"folder": "General"}, {"folder_path": ["general"]}])
def test_general_has_no_subfolders(tmp_path, options):
    (tmp_path / "General" / "x").mkdir(parents=True)
    (tmp_path / "General" / "x" / "x.json").write_text("{}")
    with pytest.raises(BadInput) as caught:
        list(expand({"directory": str(tmp_path), **options}, []))
    assert "directory General/x begins with General" in caught.value.message


def folder(uid, title):
    return {"uid": uid, "title": title}


def listed(*entries, parent=None):
    query = "limit=1000&page=1" + (f"&parentUid={parent}" if parent else "")
    own = {"parentUid": parent} if parent else {}
    return call("GET", f"/api/folders?{query}", 200, [{**entry, **own} for entry in entries])


def creation(uid, title, parent=None):
    sends = {"title": title, "uid": derived_uid(parent or "", title), **({"parentUid": parent} if parent else {})}
    return call("POST", "/api/folders", 200, folder(uid, title), json=sends)


@pytest.fixture
def scope(client):
    a_client = client()
    return Scope(a_client, Org(2), OrgFinder(a_client))


def test_titles_below_may_contain_slashes(script, scope):
    script.expect(
        health("11.5.1"), listed(folder("ops", "Ops"), folder("top", "Ops/x/y")), listed(folder("xy", "x/y"), parent="ops")
    )
    assert folders.by_path(scope, "", ("Ops", "x/y")) == "xy"
    assert folders.by_path(scope, "Ops", ("x/y",)) == "xy"
    assert folders.by_path(scope, "Ops/x/y") == "top"


def test_a_flat_folder_of_an_older_server_is_found(script, scope):
    script.expect(health("11.5.1"), listed(folder("flat", "Ops/Hosts")))
    assert folders.by_path(scope, "", ("Ops", "Hosts")) == "flat"


def test_a_directory_can_name_a_folder_titled_general(script, scope):
    script.expect(health("11.5.1"), listed(folder("gen", "General")))
    assert folders.by_path(scope, "General") == ""
    assert folders.by_path(scope, "", ("General",)) == "gen"


def test_without_nested_folders_the_whole_path_is_the_title(script, scope):
    script.expect(health("9.3.2"), listed(folder("flat", "Ops/x/y")), creation("new", "Ops/z"))
    assert folders.by_path(scope, "", ("Ops", "x/y"), flat=True) == "flat"
    assert folders.make(scope, "", ("Ops", "z")) == "new"


def test_creating_folders_whose_titles_have_slashes(script, scope):
    script.expect(health("11.5.1"), listed(), creation("ops", "Ops"), creation("xy", "x/y", parent="ops"))
    assert folders.make(scope, "", ("Ops", "x/y")) == "xy"


def test_creating_a_folder_below_a_title_with_a_slash(script, scope):
    script.expect(health("11.5.1"), listed(folder("ab", "a/b")), listed(parent="ab"), creation("c", "c", parent="ab"))
    assert folders.make(scope, "a/b", ("c",)) == "c"
