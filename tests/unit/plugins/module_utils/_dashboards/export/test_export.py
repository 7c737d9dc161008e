# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for exported documents and texts, and for the directory that they are written to."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.export.document import as_text, document, layout_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.export.files import ExportDirectory, ExportError
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.forms import read_document
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.formats.text import load
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.model import CurrentDashboard


def current(stored="", **body):
    return CurrentDashboard(uid="u", title="T", body={"title": "T", **body}, folder_uid="f", version=3, stored=stored)


@pytest.mark.parametrize(
    ("stored", "layout"),
    [
        ("", ""),
        ("v0alpha1", ""),
        ("v1beta1", ""),
        ("v1", ""),
        ("v1alpha7", ""),
        ("v2alpha1", "v2alpha1"),
        ("v2", "v2"),
        ("v3", "v3"),
    ],
)
def test_layouts(stored, layout):
    assert layout_of(current(stored)) == layout


@pytest.mark.parametrize("form", ["json", "manifest"])
@pytest.mark.parametrize("stored", ["", "v0alpha1", "v2beta1"])
def test_an_exported_document_can_be_imported(form, stored):
    more = {"elements": {"panel-1": {}}} if stored == "v2beta1" else {"panels": [{"id": 1}]}
    found = read_document(load(as_text(document(current(stored, **more), form)), "x"), "x")
    assert found.uid == "u"
    assert found.body == {"title": "T", **more}
    assert found.folder_uid is None
    assert found.layout == (stored if stored == "v2beta1" else "v1")
    assert found.warnings == ()


def test_library_panels_are_exported_as_references():
    library = {"uid": "l", "name": "L", "type": "text", "description": "", "meta": {"folderName": "F"}}
    expanded = {"id": 1, "gridPos": {"h": 1}, "type": "text", "title": "of the library", "libraryPanel": library}
    reference = {"id": 1, "gridPos": {"h": 1}, "libraryPanel": {"uid": "l", "name": "L"}}
    own = {"id": 2, "title": "own", "libraryPanel": {"uid": "l", "name": "L"}}
    row = {"type": "row", "panels": [expanded]}
    body = current(panels=[expanded, own, row, "odd"])
    assert document(body, "json")["panels"] == [reference, own, {"type": "row", "panels": [reference]}, "odd"]


def test_text():
    assert as_text({"b": "ä", "a": [1]}) == '{\n  "a": [\n    1\n  ],\n  "b": "ä"\n}\n'
    assert json.loads(as_text({"a": "\ud800ä"})) == {"a": "\ud800ä"}
    as_text({"a": "\ud800"}).encode()


@pytest.mark.parametrize("relative", ["../x.json", "/etc/x.json", "a//x.json", "./x.json", "a/../../x.json", "", "a/\0.json"])
def test_paths_outside_the_directory_are_refused(tmp_path, relative):
    target = ExportDirectory(str(tmp_path / "top"), check=False)
    target.prepare()
    with pytest.raises(ExportError, match="this path does not lie in the directory"):
        target.put(relative, "x")
    assert list(tmp_path.rglob("*.json")) == []


def test_only_changed_files_are_written(tmp_path):
    target = ExportDirectory(str(tmp_path), check=False)
    (tmp_path / "same.json").write_text("same")
    (tmp_path / "other.json").write_text("before")
    for name in ("same.json", "other.json", "F/new.json"):
        target.put(name, name.partition(".")[0])
    assert target.changes == {"other.json": "different", "F/new.json": "absent"}
    assert (tmp_path / "other.json").read_text() == "other"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["F", "new.json", "other.json", "same.json"]


def test_stale_files(tmp_path):
    for name in ("a.json", "F/b.yaml", "F/c.json", "out/d.json", "F/out/e.json", "README.md", ".x.json", ".git/f.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    target = ExportDirectory(str(tmp_path), check=False)
    assert target.stale({"F/c.json"}, {"out"}) == ["F/b.yaml", "F/out/e.json", "a.json"]
    assert ExportDirectory(str(tmp_path / "none"), check=True).stale(set()) == []
