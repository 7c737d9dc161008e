# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories of dashboards: real ones into every version by every route, and what is refused before the first write."""

from __future__ import annotations

import json
import pathlib
import shutil

import pytest

from modules.conftest import OUTERMOST_ROUTES, ROUTES, Server

REAL = pathlib.Path(__file__).parents[2] / "data" / "dashboards"
#: Real dashboards that were exported for sharing ask for data sources of these types.
TYPES = ("prometheus", "loki", "influxdb", "elasticsearch", "graphite", "mysql", "postgres")
#: The data source that most of them name; before 9.0 a server insists on it where they have alerts.
TEST_DATA = {"name": "gdev-testdata", "type": "testdata", "uid": "PD8C576611E62080A"}
#: Library panels that they name and do not bring.
LIBRARY_PANELS = {"MAnX2ifMk": "React Table", "g1sNpCaMz": "React Gauge"}


@pytest.fixture(params=ROUTES, ids=" ".join)
def routed(request, emulators, monkeypatch):
    version, api = request.param
    server = Server(emulators(version), monkeypatch)
    server.dashboard_api = api
    for kind in TYPES:
        server.api("POST", "/api/datasources", {"name": kind.title(), "type": kind, "access": "proxy", "uid": f"the-{kind}"})
    server.api("POST", "/api/datasources", {**TEST_DATA, "access": "proxy"})
    for uid, name in LIBRARY_PANELS.items():
        element = {"uid": uid, "name": name, "kind": 1, "model": {"type": "gauge", "title": name, "options": {"a": 1}}}
        server.api("POST", "/api/library-elements", element)
    return server


def bring(server, directory, **options):
    return server.ok("grafana_dashboard", directory=str(directory), api=server.dashboard_api, **options)


def test_real_dashboards(routed):
    # Check mode plans as a run does; on each route, test_dashboards.py shows it with fewer dashboards.
    outermost = (routed.version, routed.dashboard_api) in OUTERMOST_ROUTES
    planned = [bring(routed, REAL, check=True)] if outermost else []
    made = bring(routed, REAL)
    again = [bring(routed, REAL, check=check) for check in ([True, False] if outermost else [False])]
    files = sorted(path.relative_to(REAL).as_posix() for path in REAL.rglob("*.json"))
    assert len(files) == 105
    for result in (*planned, made):
        assert sorted(entry["file"] for entry in result["results"]) == files
        assert result["summary"]["changed"] == 105
    for result in again:
        assert [entry["file"] for entry in result["results"] if entry["status"] != "ok"] == []
        assert not result["changed"]
    titles = {folder["title"] for folder in routed.api("GET", "/api/folders")}
    assert {"community", "devenv"} <= titles


class Tree:
    """A directory of dashboards, and a server of the newest version."""

    def __init__(self, server, top):
        self.server, self.top = server, top

    def write(self, name, text=None, **dashboard):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dashboard) if text is None else text)

    def ok(self, **options):
        return self.server.ok("grafana_dashboard", directory=str(self.top), **options)

    def refused(self, **options):
        """Expect a refusal before the first write, in check mode and without; return what is said."""
        with self.server.writes_nothing():
            said = [self.server.fails("grafana_dashboard", directory=str(self.top), check=c, **options) for c in (True, False)]
        assert said[0]["msg"] == said[1]["msg"]
        return said[1]

    def places(self, org=1):
        """Return the folder path of every dashboard by its uid."""
        found = {}
        for hit in self.server.api("GET", "/api/search?type=dash-db", org=org):
            titles, uid = [], hit.get("folderUid")
            while uid:
                folder = self.server.api("GET", f"/api/folders/{uid}", org=org)
                titles.insert(0, folder["title"])
                uid = folder.get("parentUid")
            found[hit["uid"]] = "/".join(titles)
        return found


@pytest.fixture
def tree(newest, tmp_path):
    return Tree(newest, tmp_path / "dashboards")


@pytest.fixture
def trees(server, tmp_path):
    return Tree(server, tmp_path / "dashboards")


def four(tree, **options):
    return tree.server.four("grafana_dashboard", directory=str(tree.top), **options)


def test_directories_are_folders(trees):
    trees.write("top.json", uid="top", title="Top")
    trees.write("Hosts/linux.json", uid="linux", title="Linux")
    trees.write("Hosts/Racks/rack.json", uid="rack", title="Rack")
    trees.write("Hosts/.hidden/no.json", text="{")
    trees.write("README.md", text="no dashboard")
    results = four(trees)
    assert [entry["file"] for entry in results[1]["results"]] == ["Hosts/Racks/rack.json", "Hosts/linux.json", "top.json"]
    assert trees.places() == {"top": "", "linux": "Hosts", "rack": "Hosts/Racks"}
    nested = trees.server.version.startswith(("11", "12", "13"))
    assert len(trees.server.api("GET", "/api/folders")) == (1 if nested else 2)
    # a file that moves takes its dashboard along, to the top, too
    (trees.top / "Hosts/linux.json").rename(trees.top / "linux.json")
    moved = four(trees)
    assert moved[1]["summary"]["changed"] == 1
    assert trees.places()["linux"] == ""


def test_directories_in_a_folder(trees):
    trees.write("top.json", uid="top", title="Top")
    four(trees, folder="All", create_folder=True)
    assert trees.places() == {"top": "All"}
    trees.write("A/a.json", uid="a", title="A")
    four(trees, folder="All")
    assert trees.places()["a"] == "All/A"


def test_a_slash_in_the_title_of_a_folder(tree):
    tree.server.api("POST", "/api/folders", {"uid": "tcp", "title": "TCP/IP"})
    tree.write("TCP%2FIP/a.json", uid="a", title="A")
    four(tree)
    assert tree.places() == {"a": "TCP/IP"}


def test_what_a_file_says_of_its_folder_does_not_count(tree):
    tree.write("a.json", dashboard={"uid": "a", "title": "A"}, folderUid="elsewhere")
    tree.write("B/b.json", dashboard={"uid": "b", "title": "B"}, folderUid="elsewhere")
    four(tree)
    assert tree.places() == {"a": "", "b": "B"}


def test_patterns(tree):
    tree.write("a.json", uid="a", title="A")
    tree.write("b.txt", uid="b", title="B")
    tree.write("old/c.json", uid="c", title="C")
    four(tree, patterns=["*.json", "*.txt"], exclude=["old"])
    assert sorted(tree.places()) == ["a", "b"]
    four(tree, exclude=["a.*"])
    assert sorted(tree.places()) == ["a", "b", "c"]


def test_pruning_a_directory(trees):
    for name in "abc":
        trees.write(f"F/{name}.json", uid=name, title=name.upper())
    four(trees, prune=True)
    trees.server.ok("grafana_dashboard", dashboard={"uid": "single", "title": "By another task"}, source="other")
    (trees.top / "F/b.json").unlink()
    results = four(trees, prune=True)
    assert sorted(trees.places()) == ["a", "c", "single"]
    gone = results[1]["results"][-1]
    assert (gone["status"], gone["dashboard"], gone["diff"]["before"]) == ("changed", None, "uid: b\ntitle: B\nfolder: F\n")


def test_pruning_a_directory_in_a_folder(trees):
    for name in "ab":
        trees.write(f"F/{name}.json", uid=name, title=name.upper())
    four(trees, folder="All", prune=True)
    trees.server.ok("grafana_dashboard", dashboard={"uid": "beside", "title": "Beside"}, folder="Alles", create_folder=True)
    (trees.top / "F/b.json").unlink()
    results = four(trees, folder="All", prune=True)
    assert results[1]["summary"]["changed"] == 1
    assert trees.places() == {"a": "All/F", "beside": "Alles"}


def test_one_directory_for_several_organizations(tree):
    tree.write("A/a.json", uid="a", title="A")
    for name in ("one", "two"):
        tree.server.ok("grafana_org", name=name)
    batch = [{"org_name": "one"}, {"org_name": "two"}]
    four(tree, batch=batch, prune=True)
    assert tree.places(2) == tree.places(3) == {"a": "A"}
    assert tree.places() == {}


def test_all_broken_files_are_named_at_once(tree):
    tree.write("good.json", uid="good", title="Good")
    tree.write("a/broken.json", text='{"title": ')
    tree.write("b.yaml", text="a: [")
    for where in (["a/broken.json", "b.yaml"], ["list.json", "untitled.json"]):
        said = tree.refused()
        assert said.code == "broken_files"
        assert all(name in said["msg"] for name in where)
        shutil.rmtree(tree.top / "a", ignore_errors=True)
        (tree.top / "b.yaml").unlink(missing_ok=True)
        tree.write("untitled.json", uid="x")
        tree.write("list.json", text="[]")


def test_whatever_is_wrong_with_files_is_said_at_once(tree):
    tree.write("good.json", uid="good", title="Good")
    tree.write("broken.json", text="{")
    tree.write("untitled.json", uid="x")
    tree.write("key.json", uid="key", title="glsa_" + "8fQ2" * 8 + "_0a1b2c3d")
    said = tree.refused()
    assert said.code == "broken_files"
    assert "has 3 files that cannot be used: broken.json is not valid JSON" in said["msg"]
    assert "untitled.json has neither a title nor panels" in said["msg"]
    assert "key.json contains what looks like a Grafana key" in said["msg"]
    assert said["msg"].endswith("; correct them, or skip them with exclude")


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ({"uid": "a", "title": "A"}, {"uid": "a", "title": "B"}, "the uid a: x/1.json, x/2.json"),
        ({"title": "A"}, {"uid": "b", "title": "A "}, "the title A in folder x: x/1.json, x/2.json"),
    ],
)
def test_what_is_there_twice_is_found_before_the_first_write(tree, first, second, words):
    tree.write("x/1.json", **first)
    tree.write("x/2.json", **second)
    said = tree.refused()
    assert said.code == "duplicates"
    assert words in said["msg"]


def test_broken_files_and_duplicates_are_in_one_report(tree):
    tree.write("broken.json", text="{")
    tree.write("x/1.json", uid="a", title="A")
    tree.write("x/2.json", uid="a", title="B")
    tree.write("y/3.json", title="C")
    tree.write("y/4.json", uid="d", title="C")
    said = tree.refused()
    assert said.code == "broken_files"
    assert "has a file that cannot be used: broken.json is not valid JSON" in said["msg"]
    assert said["msg"].endswith(
        "skip it with exclude; also, more than one dashboard has the uid a: x/1.json, x/2.json; "
        "the title C in folder y: y/3.json, y/4.json"
    )


def test_two_items_that_stand_for_the_same_file(tree):
    tree.write("a.json", uid="a", title="A")
    both = [{"directory": str(tree.top)}, {"directory": str(tree.top), "folder": "Other"}]
    assert "describe each object once" in tree.server.fails("grafana_dashboard", batch=both)["msg"]


def test_a_title_that_is_there_twice(trees):
    trees.write("x/1.json", uid="a", title="A")
    trees.write("x/2.json", uid="b", title="A ")
    trees.write("y/3.json", uid="c", title="B")
    trees.write("y/4.json", uid="d", title="B")
    if trees.server.version.startswith(("8", "9", "10")):
        assert trees.refused()["msg"].count("have one title in one folder") == 2
    else:
        results = four(trees)
        words = [
            "dashboard A (b) of x/2.json has the title that A (a) of x/1.json has in that folder",
            "dashboard B (d) of y/4.json has the title that B (c) of y/3.json has in that folder",
        ]
        assert [sorted(result["warnings"]) for result in results] == [words] * 4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"uid": "a"}, "directory and uid are set"),
        ({"content": "{}"}, "directory and content are set"),
        ({"folder_uid": "f"}, "set folder (the path of titles) instead of folder_uid"),
        ({"patterns": ["*.nothing"]}, "has no file that matches *.nothing"),
        ({"source": "a(b"}, "'a(b' is not a valid source"),
    ],
)
def test_refused(tree, options, words):
    tree.write("A/a.json", uid="a", title="A")
    assert words in tree.refused(**options)["msg"]


def test_a_directory_that_is_not_there(tree):
    assert tree.refused().code == "directory_not_found"


def test_pruning_needs_to_know_what_is_wanted(newest):
    said = newest.fails("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, prune=True)
    assert "prune needs directory, import_orgs or batch" in said["msg"]


def test_the_files_of_another_host_are_no_files_of_ours(tree):
    tree.write("a.json", uid="a", title="A")
    result = tree.server.fails("grafana_dashboard", batch=[{"directory": str(tree.top / "elsewhere")}])
    assert "batch[0]: directory" in result["msg"]
