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

KNOWN = Metadata(
    token_id=7,
    name="ci",
    org_id=2,
    fingerprint=fingerprint("glsa_key"),
    pending=("old",),
    previous=(Previous(3, "older", "2026-01-01T00:00:00Z"),),
)


@pytest.fixture
def place(tmp_path):
    return FileSink.at(str(tmp_path / "key"))


def store(place, key="glsa_key", metadata=KNOWN):
    """Store a key where nothing is known of."""
    return place.write(key, metadata, NOTHING)


def beside(place):
    """Return where the metadata stands."""
    return Path(place.path + ".json")


def test_stored_and_read_back(place):
    assert store(place) == place.read()
    assert (place.read().key, place.read().metadata) == ("glsa_key", KNOWN)
    assert Path(place.path).read_bytes() == b"glsa_key\n"
    assert "glsa_key" not in beside(place).read_text()
    assert "glsa_key" not in repr(place.read())
    assert sorted(os.listdir(os.path.dirname(place.path))) == ["key", "key.json"]


@pytest.mark.parametrize("before", [None, 0o644, 0o666, 0o400])
def test_mode_is_0600_whatever_it_was(place, before):
    if before is not None:
        open(place.path, "w").close()
        os.chmod(place.path, before)
    store(place)
    for path in (place.path, beside(place)):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_umask_does_not_matter(place):
    old = os.umask(0)
    try:
        store(place)
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(place.path).st_mode) == 0o600


def test_failed_write_leaves_the_old_file_and_nothing_else(place, monkeypatch):
    store(place)

    def broken(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(StoreError, match="No space left on device"):
        write_private(place.path, "glsa_new\n")
    with pytest.raises(StoreError, match="No space left on device"):
        store(place, "glsa_new")
    assert place.read().key == "glsa_key"
    assert sorted(os.listdir(os.path.dirname(place.path))) == ["key", "key.json"]


def test_a_disk_that_fills_up_after_the_first_of_two_files_changes_neither(tmp_path, monkeypatch):
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


def test_what_a_killed_run_left_half_written_is_swept(place, tmp_path):
    for name in (".key.123.0123456789ab", ".key.json.9.ba9876543210", ".key.mine", ".other.1.0123456789ab"):
        (tmp_path / name).write_text("glsa_key")
    with place.locked():
        assert sorted(os.listdir(tmp_path)) == [".key.mine", ".other.1.0123456789ab", "key.lock"]


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
        place.read()


def test_no_directory(tmp_path):
    with pytest.raises(StoreError, match="does not exist") as caught:
        FileSink.at(str(tmp_path / "no" / "key")).check()
    assert caught.value.details == {"missing": str(tmp_path / "no")}


def test_nothing_is_there(place):
    assert place.read() == NOTHING
    place.remove()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "7"])
def test_metadata_that_is_none(place, content):
    beside(place).write_text(content)
    assert place.read().metadata is None
    assert place.read().there


def test_metadata_of_a_later_version(place):
    beside(place).write_text('{"token_id": 3, "something_new": true, "previous": [{"id": 1}]}')
    assert place.read().metadata == Metadata(token_id=3)


@pytest.mark.parametrize("before", [None, Metadata(token_id=3)])
def test_metadata_alone(place, before):
    noted = place.remember(Metadata(token_id=9, pending=("x",)), NOTHING)
    assert noted.metadata == place.read().metadata
    place.remember(before, noted)
    assert place.read().metadata == before


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
    monkeypatch.setattr(_files, "LOCK_WAIT", 0.0)
    with place.locked(), pytest.raises(StoreError, match="held by another run"), place.locked():
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
        ("/keys/{org_id}", "does not give"),
        ("/keys/", "has to name a file"),
    ],
)
def test_templates_that_cannot_be_filled(template, words):
    with pytest.raises(BadInput, match=words):
        FileSink({"path": template}, KeyOwner(OrgChoice(name="tenant"), "ci", "ci"), Shared(lambda secret: None, {}))


def test_names_in_paths_differ_where_the_values_do():
    values = ["a/b", "a%2Fb", ".a", "%2Ea", "a", "a b", "..", "%2E."]
    assert len({as_name(value) for value in values}) == len(values)


def test_braces_in_dest_mean_themselves():
    assert FileSink.at("/keys/{org_name}").path == "/keys/{org_name}"


def test_fingerprint():
    assert fingerprint("a") == "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_git_work_tree(tmp_path):
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "deep").mkdir()
    assert git_work_tree(str(tmp_path / "repo" / "deep" / "key")) == str(tmp_path / "repo")
    assert git_work_tree(str(tmp_path / "key")) is None
