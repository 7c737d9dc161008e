# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys are kept: mode, owner, links, locks, and what is remembered."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils import _secrets
from ansible_collections.orgsmith.grafana.plugins.module_utils._secrets import (
    KeyFile,
    Metadata,
    StoreError,
    fingerprint,
    git_work_tree,
    write_private,
)

KNOWN = Metadata(7, "ci", 5, "ci", 2, "tenant", "http://g", "c", None, fingerprint("glsa_key"), ("old",))


@pytest.fixture
def place(tmp_path):
    return KeyFile(str(tmp_path / "key"))


def test_stored_and_read_back(place):
    place.store("glsa_key", KNOWN)
    assert place.key() == "glsa_key"
    assert place.metadata() == KNOWN
    assert "glsa_key" not in Path(place.metadata_path).read_text()
    assert sorted(os.listdir(os.path.dirname(place.path))) == ["key", "key.json"]


@pytest.mark.parametrize("before", [None, 0o644, 0o666, 0o400])
def test_mode_is_0600_whatever_it_was(place, before):
    if before is not None:
        open(place.path, "w").close()
        os.chmod(place.path, before)
    place.store("glsa_key", KNOWN)
    for path in (place.path, place.metadata_path):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_umask_does_not_matter(place):
    old = os.umask(0)
    try:
        place.store("glsa_key", KNOWN)
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(place.path).st_mode) == 0o600


def test_failed_write_leaves_the_old_file_and_nothing_else(place, monkeypatch):
    place.store("glsa_key", KNOWN)

    def broken(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(StoreError, match="No space left on device"):
        write_private(place.path, "glsa_new\n")
    assert place.key() == "glsa_key"
    assert sorted(os.listdir(os.path.dirname(place.path))) == ["key", "key.json"]


@pytest.mark.parametrize("kind", ["link", "directory"])
def test_what_is_no_file_is_refused(place, tmp_path, kind):
    (tmp_path / "target").write_text("x")
    if kind == "link":
        os.symlink(tmp_path / "target", place.path)
    else:
        os.mkdir(place.path)
    with pytest.raises(StoreError, match="a link or a directory"):
        place.check()
    with pytest.raises(StoreError):
        place.key()


def test_no_directory(tmp_path):
    with pytest.raises(StoreError, match="does not exist"):
        KeyFile(str(tmp_path / "no" / "key")).check()


def test_nothing_is_there(place):
    assert (place.key(), place.metadata(), place.exists()) == (None, None, False)
    place.remove()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "7"])
def test_metadata_that_is_none(place, content):
    with open(place.metadata_path, "w") as stream:
        stream.write(content)
    assert place.metadata() is None


def test_metadata_of_a_later_version(place):
    with open(place.metadata_path, "w") as stream:
        stream.write('{"token_id": 3, "something_new": true}')
    assert place.metadata() == Metadata(token_id=3)


@pytest.mark.parametrize("before", [None, Metadata(token_id=3)])
def test_restore(place, before):
    place.remember(Metadata(token_id=9, pending=("x",)))
    place.restore(before)
    assert place.metadata() == before


def test_lock_keeps_others_out(place):
    order = []

    def other():
        with place.locked():
            order.append("other")

    with place.locked():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(5)
    assert order == ["first", "other"]
    assert os.listdir(os.path.dirname(place.path)) == []


def test_lock_is_not_waited_for_for_ever(place, monkeypatch):
    monkeypatch.setattr(_secrets, "LOCK_WAIT", 0.0)
    with place.locked(), pytest.raises(StoreError, match="held by another run"), place.locked():
        pass


def test_fingerprint():
    assert fingerprint("a") == "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_git_work_tree(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "deep").mkdir()
    assert git_work_tree(str(tmp_path / "repo" / "deep" / "key")) == str(tmp_path / "repo")
    assert git_work_tree(str(tmp_path / "key")) is None
