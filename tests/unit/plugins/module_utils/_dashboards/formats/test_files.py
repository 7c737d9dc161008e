# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for finding dashboard files in a directory, and for errors that name all unusable or duplicate files."""

from __future__ import annotations

import errno
import os

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats import files
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.files import Entry, duplicates
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput


@pytest.fixture
def tree(tmp_path):
    """A function that writes files by relative path, each with the given text or a dashboard titled like the file."""

    def write(*names, **texts):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts.get("text", '{"title": "%s"}' % name))
        return str(tmp_path)

    return write


def find(directory, *patterns):
    """Return the files of a directory; raise one error for all that cannot be used, as the option ``directory`` does."""
    unusable = []
    found = list(files.find(directory, unusable, *patterns))
    if unusable:
        raise files.unusable_files(directory, unusable)
    return found


def relatives(found):
    return [entry.relative for entry in found]


def test_files_are_sorted_and_have_their_folders(tree):
    top = tree("b.json", "a.json", "Team A/Web/z.json", "Team A/a.json", "README.md", ".git/x.json", ".hidden.json", "x.json.bak")
    found = find(top)
    assert [(entry.relative, entry.folder) for entry in found] == [
        ("Team A/Web/z.json", "Team A/Web"),
        ("Team A/a.json", "Team A"),
        ("a.json", ""),
        ("b.json", ""),
    ]
    assert found[0].path == os.path.join(top, "Team A/Web/z.json")
    assert found[0].loaded.document == {"title": "Team A/Web/z.json"}


def test_yaml_is_found_too(tree):
    pytest.importorskip("yaml")
    found = find(tree("a.yaml", "b.yml", text="title: T\n"))
    assert [entry.loaded.document for entry in found] == [{"title": "T"}] * 2


@pytest.mark.parametrize(
    ("patterns", "exclude", "found"),
    [
        (["*.json"], ["old"], ["a.json", "new/b.json", "new/deep/c.json"]),
        (["*.json"], ["new/deep"], ["a.json", "new/b.json", "old/d.json"]),
        (["*.json"], ["b.*", "c.*"], ["a.json", "old/d.json"]),
        (["new/*.json"], [], ["new/b.json", "new/deep/c.json"]),
        (["a.*", "d.*"], [], ["a.json", "old/d.json"]),
        (["*.json"], ["*/deep/*"], ["a.json", "new/b.json", "old/d.json"]),
    ],
)
def test_patterns_for_names_and_for_paths(tree, patterns, exclude, found):
    top = tree("a.json", "new/b.json", "new/deep/c.json", "old/d.json")
    assert relatives(find(top, patterns, exclude)) == found


def test_links_are_followed_but_not_loops(tree, tmp_path):
    top = tree("a/x.json", "b/y.json")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "self").symlink_to(".")
    assert relatives(find(top)) == ["a/b/y.json", "a/x.json", "b/y.json"]


def test_the_directory_itself_may_be_a_link_and_hidden(tree, tmp_path):
    tree(".real/a.json")
    (tmp_path / "link").symlink_to(".real")
    assert relatives(find(str(tmp_path / "link"))) == ["a.json"]


def test_one_error_names_all_broken_files(tree, tmp_path):
    top = tree("good.json")
    tree("bad.json", text='{"title": "x",\n}')
    tree("sub/empty.json", text="")
    (tmp_path / "gone.json").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(BadInput) as caught:
        find(top)
    message = caught.value.message
    assert "has 4 files that cannot be used" in message
    assert "bad.json is not valid JSON: " in message
    assert "line 2 column 1" in message or "line 1 column" in message
    assert "sub/empty.json is empty" in message
    assert "gone.json: No such file or directory" in message
    assert "pipe.json: it is not a regular file" in message
    assert "good.json" not in message


def test_a_directory_that_cannot_be_read_is_named(tree, tmp_path, monkeypatch):
    top = tree("a.json", "closed/b.json")
    listing = os.scandir

    def refused(path):
        if os.path.basename(path) == "closed":
            raise PermissionError(errno.EACCES, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(BadInput, match="closed: Permission denied"):
        find(top)


def test_a_name_that_is_not_utf_8(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"a\xff.json")).write_text("{}")
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    with pytest.raises(BadInput, match="its name is not UTF-8"):
        find(str(tmp_path))


def test_a_directory_that_does_not_exist_or_is_empty(tree, tmp_path):
    with pytest.raises(BadInput, match="does not exist on the host that runs the module"):
        find(str(tmp_path / "nowhere"))
    top = tree("a.txt")
    with pytest.raises(BadInput, match="is not a directory"):
        find(top + "/a.txt")
    with pytest.raises(
        BadInput, match=r"no file that matches \*\.json, \*\.yaml, \*\.yml\. The module stops here, because prune"
    ):
        find(top)


def test_one_error_names_all_duplicates():
    entries = [
        Entry("a.json", "u1", "One", ""),
        Entry("b.json", "u1", "One", ""),
        Entry("f/c.json", "u2", "Two", "f"),
        Entry("f/d.json", None, "Two ", "f"),
        Entry("g/e.json", "u3", "Two", "g"),
    ]
    assert duplicates(entries).message == (
        "more than one dashboard has the uid u1: a.json, b.json; the title Two in folder f: f/c.json, f/d.json"
    )


def test_dashboards_that_are_not_duplicates():
    entries = [Entry("a", "u1", "A", ""), Entry("b", "u2", "A", "f"), Entry("c", None, "", ""), Entry("d", None, "", "")]
    # Equal titles are allowed from 11.3 on. For older servers, a later check refuses them.
    entries += [Entry("e", "u3", "Same", "f"), Entry("g", "u4", "Same", "f")]
    assert duplicates(entries) is None
