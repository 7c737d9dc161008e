# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file in which a module says how far it has come."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine import progress as module
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.items import Item
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.progress import Progress, read
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Refused

from ..conftest import Clock
from .test_run import Things, Wanted


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(module, "time", found)
    return found


@pytest.fixture
def file(tmp_path):
    return tmp_path / "progress"


def counted(clock, progress, *steps):
    """Count items: each step is the seconds that it takes, and whether it fails."""
    for seconds, failed in steps:
        clock.now += seconds
        progress.count(failed)


@pytest.mark.parametrize(
    ("steps", "done", "failed"),
    [
        pytest.param([(4.9, False)], None, None, id="short"),
        pytest.param([(5.0, False)], 1, 0, id="after-half-of-the-time"),
        pytest.param([(5.0, False), (0.9, True)], 1, 0, id="not-each-item"),
        pytest.param([(5.0, False), (0.5, True), (0.5, False), (0.1, True)], 3, 1, id="every-second"),
        pytest.param([(1.0, True)] * 9, 9, 9, id="all-failed"),
    ],
)
def test_when_the_numbers_are_written(clock, file, steps, done, failed):
    progress = Progress({"file": str(file), "seconds": 10}, 50, lambda: 3)
    counted(clock, progress, *steps)
    expected = None if done is None else {"done": done, "total": 50, "failed": failed, "concurrency": 3}
    assert read(str(file)) == expected
    assert done is None or file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("wanted", "total"),
    [
        (None, 5),
        ("text", 5),
        ({}, 5),
        ({"file": 1, "seconds": 10}, 5),
        ({"file": "FILE", "seconds": "x"}, 5),
        ({"file": "FILE", "seconds": 10}, 1),
    ],
)
def test_nothing_is_written(clock, file, wanted, total):
    if isinstance(wanted, dict) and wanted.get("file") == "FILE":
        wanted = {**wanted, "file": str(file)}
    counted(clock, Progress(wanted, total, lambda: 4), (60, False), (60, False))
    assert list(file.parent.iterdir()) == []


def test_a_file_that_cannot_be_written_is_no_failure(clock, file, tmp_path):
    counted(clock, Progress({"file": str(tmp_path / "missing" / "x"), "seconds": 10}, 5, lambda: 4), (60, False), (60, False))
    target = tmp_path / "target"
    target.write_text("mine")
    (tmp_path / "progress.new").symlink_to(target)
    counted(clock, Progress({"file": str(file), "seconds": 10}, 5, lambda: 4), (60, False))
    assert (target.read_text(), read(str(file))) == ("mine", None)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"done": "x", "total": 1, "failed": 0, "concurrency": 1}'])
def test_other_contents_are_no_numbers(file, text):
    file.write_text(text)
    assert read(str(file)) is None


def test_a_run_counts_its_items(clock, file, client):
    things = Things(same=1)
    things.problems = [(Refused("no"), False)]
    items = [Item(index, OrgChoice(), Wanted(name)) for index, name in enumerate(("same", "a", "b"))]
    progress = Progress({"file": str(file), "seconds": 0}, len(items), lambda: 1)
    Run(things, client(concurrency=1), Mode(), progress=progress).all(items)
    assert read(str(file)) == {"done": 3, "total": 3, "failed": 1, "concurrency": 1}
