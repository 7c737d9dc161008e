# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for names of exported files: they contain the title, are valid on every file system, and are unique there."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.export.names import (
    LONGEST_DIRECTORY,
    Exported,
    directory_name,
    directory_names,
    file_names,
    folded,
    is_cut,
    paths,
    stem,
)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Operations", "Operations"),
        ("Größe 🦊", "Größe 🦊"),
        ("a/b", "a%2Fb"),
        ("a%2Fb", "a%252Fb"),
        ("100 %", "100 %25"),
        ("..", "%2E%2E"),
        (".git", "%2Egit"),
        ("v1.", "v1%2E"),
        ('a\\b:c*d?e"f<g>h|i', "a%5Cb%3Ac%2Ad%3Fe%22f%3Cg%3Eh%7Ci"),
        ("a\nb\0c", "a%0Ab%00c"),
        ("con", "%63on"),
        ("LPT1.old", "%4CPT1.old"),
        ("console", "console"),
        ("General", "%47eneral"),
        ("~root", "~root"),
    ],
)
def test_directory_names(title, name):
    assert directory_name(title) == name
    assert unquote(name) == title
    assert not is_cut(title)


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Ops", "ops"], ["%4Fps", "ops"]),
        (["OPS", "Ops", "other"], ["%4F%50%53", "%4Fps", "other"]),
        (["é", "e\N{COMBINING ACUTE ACCENT}"], ["%C3%A9", "e%CC%81"]),
    ],
)
def test_directory_names_that_differ_only_in_case_or_composition(titles, names):
    assert directory_names(titles) == dict(zip(titles, names))
    assert [unquote(name) for name in names] == titles


def test_titles_too_long_for_a_directory_name():
    names = directory_names(["🦊" * 100, "🦊" * 101, "x"])
    assert len(set(names.values())) == 3
    assert all(len(name.encode()) <= LONGEST_DIRECTORY for name in names.values())
    assert is_cut("🦊" * 100)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("CPU", "CPU"),
        ("CPU / Memory: 90%", "CPU - Memory- 90%"),
        (" a \n b ", "a - b"),
        ("../../etc/passwd", "etc-passwd"),
        ("..", "dashboard"),
        ("///", "dashboard"),
        ("", "dashboard"),
        ("nul", "nul_"),
        ("aux.json", "aux.json_"),
        ("x.", "x"),
        ("Größe 🚀", "Größe 🚀"),
        ("ä" * 100, "ä" * 75),
        ("\ud800x", "x"),
    ],
)
def test_stems(title, name):
    assert stem(title) == name


def test_files_with_the_same_name_get_their_uid():
    titles = {"u1": "CPU", "u2": "cpu", "u3": "a/b", "u4": "a:b", "u5": "Free"}
    assert file_names(titles) == {
        "u1": "CPU-u1.json",
        "u2": "cpu-u2.json",
        "u3": "a-b-u3.json",
        "u4": "a-b-u4.json",
        "u5": "Free.json",
    }


def test_a_name_with_a_uid_may_clash_with_a_title():
    names = file_names({"u1": "a", "u2": "a", "u3": "a-u1"})
    assert names["u2"] == "a-u2.json"
    assert len({folded(name) for name in names.values()}) == 3


def test_uids_that_differ_only_in_case():
    names = file_names({"abc": "t", "ABC": "t"})
    assert len({folded(name) for name in names.values()}) == 2


def test_a_folder_may_have_the_name_of_a_file_next_to_it():
    found = paths([Exported("u1", "x", ()), Exported("u2", "y", ("x.json",))])
    assert found == {"u1": "x-u1.json", "u2": "x.json/y.json"}


def test_paths():
    found = paths(
        [
            Exported("u1", "A", ()),
            Exported("u2", "A", ("Ops",)),
            Exported("u3", "A", ("Ops", "x/y", "Hosts")),
            Exported("u4", "B", ("ops",)),
        ]
    )
    assert found == {"u1": "A.json", "u2": "%4Fps/A.json", "u3": "%4Fps/x%2Fy/Hosts/A.json", "u4": "ops/B.json"}


ODD = ["con", "CON", "a", "A", "a-u0", "..", ".", "General", "x.json", "ß", "ss", "%2F"]
TITLE = st.one_of(st.text(max_size=8), st.sampled_from(ODD))
FOLDER = st.lists(TITLE.filter(lambda title: title.strip()), max_size=2)
TITLES_IN_FOLDERS = st.lists(st.tuples(TITLE, FOLDER), max_size=12)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine the first draws are slow
@given(TITLES_IN_FOLDERS)
def test_any_titles(titles_in_folders):
    dashboards = [Exported(f"u{n}", title, tuple(folder)) for n, (title, folder) in enumerate(titles_in_folders)]
    found = paths(dashboards)
    assert paths(reversed(dashboards)) == found
    assert len({folded(path) for path in found.values()}) == len(dashboards)
    directories = {folded(path.rpartition("/")[0]) for path in found.values()}
    assert not directories & {folded(path) for path in found.values()}
    for one in dashboards:
        *folder, name = found[one.uid].split("/")
        assert tuple(unquote(part) for part in folder) == one.folder
        for part in (*folder, name):
            assert 0 < len(part.encode()) <= 255
            assert part[0] not in ". "
            assert part[-1] not in ". "
            assert not set(part) & set('/\\:*?"<>|\0\n')
