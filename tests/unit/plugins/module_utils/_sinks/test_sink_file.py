# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in private files: mode, owner, links, locks, and metadata."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks import private_files as _files
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import (
    NOTHING,
    KeyOwner,
    Metadata,
    Previous,
    Shared,
    fingerprint,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.file import FileSink, as_name
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.private_files import (
    StoreError,
    git_work_tree,
    write_private,
    write_together,
)

METADATA = Metadata(
    token_id=7,
    name="ci",
    org_id=2,
    fingerprint=fingerprint("glsa_key"),
    pending=("old",),
    previous=(Previous(3, "older", "2026-01-01T00:00:00Z"),),
)


@pytest.fixture
def sink(tmp_path):
    return FileSink.at(str(tmp_path / "key"))


def store(sink, key="glsa_key", metadata=METADATA):
    """Store a key in an empty sink."""
    return sink.write(key, metadata, NOTHING)


def metadata_path(sink):
    """Return the path of the metadata."""
    return Path(sink.path + ".json")


def test_stored_and_read_back(sink):
    assert store(sink) == sink.read()
    assert (sink.read().key, sink.read().metadata) == ("glsa_key", METADATA)
    assert Path(sink.path).read_bytes() == b"glsa_key\n"
    assert "glsa_key" not in metadata_path(sink).read_text()
    assert "glsa_key" not in repr(sink.read())
    assert sorted(os.listdir(os.path.dirname(sink.path))) == ["key", "key.json"]


@pytest.mark.parametrize("before", [None, 0o644, 0o666, 0o400])
def test_mode_is_always_0600(sink, before):
    if before is not None:
        open(sink.path, "w").close()
        os.chmod(sink.path, before)
    store(sink)
    for path in (sink.path, metadata_path(sink)):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_umask_does_not_matter(sink):
    old = os.umask(0)
    try:
        store(sink)
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(sink.path).st_mode) == 0o600


def test_failed_write_leaves_only_the_old_file(sink, monkeypatch):
    store(sink)

    def broken(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(StoreError, match="No space left on device"):
        write_private(sink.path, "glsa_new\n")
    with pytest.raises(StoreError, match="No space left on device"):
        store(sink, "glsa_new")
    assert sink.read().key == "glsa_key"
    assert sorted(os.listdir(os.path.dirname(sink.path))) == ["key", "key.json"]


def test_disk_full_after_the_first_of_two_files_changes_neither(tmp_path, monkeypatch):
    first, second = tmp_path / "a", tmp_path / "b"
    write_together([(str(first), "old"), (str(second), "old")])
    synced = []

    def full(handle):
        synced.append(handle)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        write_together([(str(first), "new"), (str(second), "new")])
    assert (first.read_text(), second.read_text()) == ("old", "old")
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_temporary_files_of_killed_runs_are_deleted(sink, tmp_path):
    for name in (".key.123.0123456789ab", ".key.json.9.ba9876543210", ".key.mine", ".other.1.0123456789ab"):
        (tmp_path / name).write_text("glsa_key")
    with sink.locked():
        assert sorted(os.listdir(tmp_path)) == [".key.mine", ".other.1.0123456789ab", "key.lock"]


@pytest.mark.parametrize("kind", ["link", "directory"])
def test_links_and_directories_are_refused(sink, tmp_path, kind):
    (tmp_path / "target").write_text("x")
    if kind == "link":
        os.symlink(tmp_path / "target", sink.path)
    else:
        os.mkdir(sink.path)
    with pytest.raises(StoreError, match="a link or a directory"):
        sink.check()
    with pytest.raises(StoreError):
        sink.read()


def test_missing_directory(tmp_path):
    with pytest.raises(StoreError, match="does not exist") as caught:
        FileSink.at(str(tmp_path / "no" / "key")).check()
    assert caught.value.details == {"missing": str(tmp_path / "no")}


def test_empty_sink(sink):
    assert sink.read() == NOTHING
    sink.remove()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "7"])
def test_invalid_metadata(sink, content):
    metadata_path(sink).write_text(content)
    assert sink.read().metadata is None
    assert sink.read().there


def test_metadata_of_a_later_version(sink):
    metadata_path(sink).write_text('{"token_id": 3, "something_new": true, "previous": [{"id": 1}]}')
    assert sink.read().metadata == Metadata(token_id=3)


@pytest.mark.parametrize("before", [None, Metadata(token_id=3)])
def test_metadata_alone(sink, before):
    noted = sink.remember(Metadata(token_id=9, pending=("x",)), NOTHING)
    assert noted.metadata == sink.read().metadata
    sink.remember(before, noted)
    assert sink.read().metadata == before


def test_lock_excludes_others(sink):
    order = []

    def other():
        with sink.locked():
            order.append("other")

    with sink.locked():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(5)
    assert order == ["first", "other"]
    assert os.listdir(os.path.dirname(sink.path)) == []


def test_wait_for_a_lock_is_limited(sink, monkeypatch):
    monkeypatch.setattr(_files, "LOCK_WAIT", 0.0)
    with sink.locked(), pytest.raises(StoreError, match="held by another run"), sink.locked():
        pass


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/keys/{org_name}/{service_account}-{name}", "/keys/tenant %2F 1/ci-%2E."),
        ("/keys/{org_name}.token", "/keys/tenant %2F 1.token"),
        ("/keys/plain", "/keys/plain"),
    ],
)
def test_template(template, path):
    sink = FileSink({"path": template}, KeyOwner(OrgChoice(name="tenant / 1"), "ci", ".."), Shared(lambda secret: None, {}))
    assert sink.where == path


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("/keys/{org}", "is unknown"),
        ("/keys/{org_name", "is unknown"),
        ("/keys/{org_id}", "does not set"),
        ("/keys/", "has to name a file"),
    ],
)
def test_templates_that_cannot_be_filled(template, words):
    with pytest.raises(BadInput, match=words):
        FileSink({"path": template}, KeyOwner(OrgChoice(name="tenant"), "ci", "ci"), Shared(lambda secret: None, {}))


def test_different_values_have_different_names():
    values = ["a/b", "a%2Fb", ".a", "%2Ea", "a", "a b", "..", "%2E."]
    assert len({as_name(value) for value in values}) == len(values)


def test_braces_in_dest_have_no_meaning():
    assert FileSink.at("/keys/{org_name}").path == "/keys/{org_name}"


def test_fingerprint():
    assert fingerprint("a") == "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_git_work_tree(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "deep").mkdir()
    assert git_work_tree(str(tmp_path / "repo" / "deep" / "key")) == str(tmp_path / "repo")
    assert git_work_tree(str(tmp_path / "key")) is None
