# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and directories that an export cannot write, or leaves as they are."""

from __future__ import annotations

import os
import socket
import stat

from modules.dashboards.export_org import files


def test_places_that_cannot_be_written(newest_org, tmp_path):
    org = newest_org
    org.make(dashboard={"uid": "a", "title": "A"}, folder="F", create_folder=True)
    (tmp_path / "file").write_text("")
    for check in (True, False):
        result = org.refused(tmp_path / "file" / "x", check=check)
        assert result.code == "directory_not_writable"
        assert str(tmp_path / "file" / "x") in result["msg"]
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "F").symlink_to(tmp_path / "elsewhere")
    result = org.refused(tmp_path / "files")
    assert "it is a link" in result["msg"]
    assert list((tmp_path / "elsewhere").iterdir()) == []
    (tmp_path / "files" / "F").unlink()
    (tmp_path / "files" / "F" / "A.json").mkdir(parents=True)
    assert "needs to write a file of this name, but it is a directory" in org.refused(tmp_path / "files")["msg"]


def test_a_full_disk_leaves_no_half_file(newest_org, mounted):
    newest_org.make(dashboard={"uid": "a", "title": "A", "description": "x" * 40000})
    top = mounted("full")
    before = set(files(top))
    result = newest_org.refused(top)
    assert result.code == "directory_not_writable"
    assert "No space left" in result["msg"]
    assert set(files(top)) == before


def test_a_read_only_directory(newest_org, mounted):
    newest_org.make(dashboard={"uid": "a", "title": "A"})
    top = mounted("read-only")
    for check in (True, False):
        assert str(top) in newest_org.refused(top, check=check)["msg"]


def test_pipes_sockets_and_devices_stay_as_they_are(newest_org, tmp_path, monkeypatch):
    org, top = newest_org, tmp_path / "files"
    org.make(dashboard={"uid": "a", "title": "A"})
    top.mkdir()
    os.mkfifo(top / "Old.json")
    (top / "Device.json").symlink_to("/dev/zero")
    (top / "Lost.json").symlink_to(tmp_path / "nowhere")
    monkeypatch.chdir(top)  # the path of a socket may have 107 bytes
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("Socket.json")
    assert org.export(top)["stale_files"] == ["Lost.json"]
    (top / "A.json").unlink()
    os.mkfifo(top / "A.json")
    for check in (True, False):
        failed = org.refused(top, check=check)
        assert failed.code == "directory_not_writable"
        assert "it is a pipe, a socket or a device" in failed["msg"]
    assert all(stat.S_ISFIFO((top / name).lstat().st_mode) for name in ("A.json", "Old.json"))


def test_a_link_in_the_place_of_a_file_is_replaced(newest_org, tmp_path):
    newest_org.make(dashboard={"uid": "a", "title": "A"})
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "A.json").symlink_to(tmp_path / "mine")
    assert newest_org.export(tmp_path / "files")["changed"]
    assert (tmp_path / "mine").read_text() == "mine"
    assert not newest_org.export(tmp_path / "files")["changed"]
