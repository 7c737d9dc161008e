# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places that keys are not stored in: files that end with a container, and files that another user may have put there."""

from __future__ import annotations

import os

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks import container
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.container import Host, refuse_ephemeral
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.file import FileSink
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.private_files import StoreError

MOUNTS = """\
600 500 0:50 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/l,upperdir=/u
601 600 0:51 / /proc rw - proc proc rw
602 600 8:1 /home/me/project /srv/project rw - ext4 /dev/sda1 rw
603 600 8:1 /x /mnt/two\\040words rw - ext4 /dev/sda1 rw
"""


@pytest.fixture
def root(tmp_path):
    """The root directory of a machine without marks of a container."""
    for name, text in (("proc/self/mountinfo", MOUNTS), ("proc/1/cgroup", "0::/init.scope\n")):
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(text)
    return tmp_path / "root"


@pytest.mark.parametrize(
    ("marker", "text", "environ", "expected"),
    [
        (".dockerenv", "", {}, True),
        ("run/.containerenv", "", {}, True),
        ("proc/1/cgroup", "5:cpu:/docker/0123456789abcdef\n", {}, True),
        ("proc/1/cgroup", "5:cpu:/kubepods/burstable/pod1/0123\n", {}, True),
        ("proc/1/cgroup", "0::/system.slice/docker.service\n", {}, False),
        ("etc/hostname", "here", {"container": "podman"}, True),
        ("etc/hostname", "here", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, True),
        ("etc/hostname", "here", {"AWX_PRIVATE_DATA_DIR": "/tmp/awx_7_x"}, True),
        ("etc/hostname", "here", {"container": "lxc"}, False),  # a machine that stays
        ("etc/hostname", "here", {}, False),
    ],
)
def test_is_container(root, marker, text, environ, expected):
    (root / marker).parent.mkdir(parents=True, exist_ok=True)
    (root / marker).write_text(text)
    assert Host(str(root), environ).is_container() is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/root/.config/keys/a", True),
        ("/srv/project/keys/a", False),
        ("/srv/project-2/a", True),
        ("/mnt/two words/a", False),
        ("/srv/a", True),
    ],
)
def test_on_root(root, path, expected):
    assert Host(str(root), {}).on_root(path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/runner/project/keys/a", True),
        ("/runner", True),
        ("/tmp/awx_7_x/project/a", True),
        ("/runner-2/a", False),
        ("/srv/project/a", False),
    ],
)
def test_the_folder_of_a_job_of_awx_is_deleted(root, path, expected):
    with (root / "proc/self/mountinfo").open("a") as mounts:
        mounts.write("604 600 8:1 /j /runner rw - ext4 /dev/sda1 rw\n605 600 8:1 /k /runner-2 rw - ext4 /dev/sda1 rw\n")
        mounts.write("606 600 8:1 /t /tmp rw - ext4 /dev/sda1 rw\n")
    assert Host(str(root), {"AWX_PRIVATE_DATA_DIR": "/tmp/awx_7_x"}).on_root(path) is expected
    assert not Host(str(root), {}).on_root(path)


@pytest.mark.parametrize(
    ("allowed", "environ", "refused"),
    [
        (None, {}, True),
        (False, {"ORGSMITH_ALLOW_EPHEMERAL": "true"}, True),
        (None, {"ORGSMITH_ALLOW_EPHEMERAL": "true"}, False),
        (None, {"ORGSMITH_ALLOW_EPHEMERAL": "false"}, True),
        (True, {}, False),
    ],
)
def test_ephemeral(root, allowed, environ, refused):
    (root / ".dockerenv").touch()
    host = Host(str(root), environ)
    refuse_ephemeral("/srv/project/key", allowed, host)  # a mounted project
    if not refused:
        refuse_ephemeral("/root/key", allowed, host)
        return
    with pytest.raises(StoreError) as caught:
        refuse_ephemeral("/root/key", allowed, host)
    assert caught.value.code == "ephemeral"


def test_dest_in_a_container(root, tmp_path, monkeypatch):
    (root / ".dockerenv").touch()
    monkeypatch.setattr(container, "Host", lambda: Host(str(root), {}))
    with pytest.raises(StoreError, match="own file system of this container"):
        FileSink.at(str(tmp_path / "key")).check()
    FileSink.at(str(tmp_path / "key"), allow_ephemeral=True).check()


@pytest.mark.parametrize("suffix", ["", ".json"], ids=["key", "metadata"])
@pytest.mark.parametrize(("mode", "refused"), [(0o777, True), (0o1777, True), (0o775, True), (0o755, False)])
def test_file_of_another_user(tmp_path, monkeypatch, suffix, mode, refused):
    folder = tmp_path / "shared"
    folder.mkdir()
    path = folder / ("key" + suffix)
    path.write_text("{}")
    folder.chmod(mode)
    if os.geteuid() == 0:
        os.chown(path, 4321, 4321)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4321)
    sink = FileSink.at(str(folder / "key"))
    for step in (sink.check, sink.read):
        if refused:
            with pytest.raises(StoreError) as caught:
                step()
            assert caught.value.code == "foreign_file"
        else:
            step()


def test_own_file_in_a_shared_directory(tmp_path):
    tmp_path.chmod(0o777)
    (tmp_path / "key").write_text("k")
    assert FileSink.at(str(tmp_path / "key")).read().key == "k"
