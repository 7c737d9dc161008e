# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of Terraform code: links, files that two modules share, and writes that fail."""

from __future__ import annotations

import os

from ansible_collections.orgsmith.grafana.plugins.module_utils._terraform import files as _terraform_files
from modules.migration.terraform_tree import BEFORE, FIRST, KEY, MODULE


def test_no_directory(empty):
    empty.write("main.tf", KEY)
    for path in ("none", "main.tf"):
        refused = empty.server.run(MODULE, admin=None, path=str(empty.folder / path))
        assert "is not a directory" in refused["msg"]


def test_a_link_in_the_tree_stays_a_link(empty):
    shared = empty.write("shared/versions.tf", FIRST["environments/production/versions.tf"].decode().replace("~> 2.19", "~> 2.1"))
    for name in ("a", "b"):
        empty.write(f"{name}/main.tf", KEY)
        os.symlink("../shared/versions.tf", empty.folder / name / "versions.tf")
    empty.four()
    assert (empty.folder / "a/versions.tf").is_symlink()
    assert '"~> 2.19"' in shared.read_text()


def test_a_link_out_of_the_tree(empty, tmp_path):
    (tmp_path / "elsewhere.tf").write_text(KEY)
    os.symlink(tmp_path / "elsewhere.tf", empty.folder / "main.tf")
    for check in (True, False):
        assert "is a link to" in empty.run(check=check)["msg"]
    assert (tmp_path / "elsewhere.tf").read_text() == KEY
    os.symlink("nowhere", empty.folder / "broken.tf")
    assert "is a link to" in empty.run()["msg"]


def test_a_shared_file_that_would_change_in_two_ways(empty):
    empty.write("a/main.tf", KEY)
    empty.write("b/other.tf", "locals {\n  a = grafana_api_key.x.rule\n}\n")
    os.symlink("../a/main.tf", empty.folder / "b/main.tf")
    assert "two modules that need different texts" in empty.run()["msg"]
    assert (empty.folder / "a/main.tf").read_text() == KEY


def test_a_write_that_fails_changes_nothing(code, monkeypatch):
    def refuse(path, *_more):
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr(_terraform_files.os, "fsync", refuse)
    failed = code.run()
    assert failed.code == "cannot_write"
    assert "No space left on device" in failed["msg"]
    assert code.files() == BEFORE
