# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs of one task at the same time, as two slices of a job that need one shared object.

The other run has sent some of its writes, or all of them, when this run sends one of its own: whatever this run has read before
is out of date. It has to find what the other run did, and to complete it.
"""

from __future__ import annotations

import json

import pytest

from faults.jobs import JOBS, NEW
from faults.trial import Trial
from faults.world import World

#: What two slices share: all objects but keys, each of which one run stores. The oldest version answers conflicts otherwise.
SHARED = [
    (job, version)
    for job in JOBS
    if not (job.reads or "token" in job.module or "api" in job.module)
    for version in job.versions
    if version == NEW or job.name.endswith(("created", "added"))
]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with World(tmp_path_factory.mktemp("race")) as world:
        yield world


class Other:
    """The other run. It notes the writes of a first run, and later sends some of them before a write of this run."""

    def __init__(self, world):
        self.world, self.writes, self.noting = world, [], True
        #: How many writes of this run come before those of the other one, which never come if it is None.
        self.left = None
        self.plain = world.server.server.answer
        world.server.server.answer = self.answer

    def close(self):
        self.world.server.server.answer = self.plain

    def answer(self, method, path, query, headers, body):
        if method != "GET" and path not in ("/login", "/logout"):
            if self.noting:
                org = headers.get("X-Grafana-Org-Id")
                self.writes.append((method, path + ("?" + query if query else ""), json.loads(body or b"null"), int(org or 0)))
            elif self.left == 0:
                self.left = None
                self.write()
            elif self.left:
                self.left -= 1
        return self.plain(method, path, query, headers, body)

    def write(self):
        for method, path, body, org in self.writes[: self.count]:
            status, content = self.world.server.send(method, path, body, org)
            assert status < 300, (method, path, content)


def pairs(trial, world):
    """Yield the job beside each part of the other run, and what the normal run leaves."""
    trial._prepare()
    other = Other(world)
    try:
        normal = trial._run()
        assert not normal.failed, normal.text
        state = world.state()
        other.noting, total = False, len(other.writes)
        for at in range(total):
            for count in sorted({1, total}):
                yield other, at, count, state
    finally:
        other.close()


@pytest.mark.parametrize(("job", "version"), SHARED, ids=lambda value: getattr(value, "name", value))
def test_both_runs_succeed(world, job, version):
    trial = Trial(world, job, version)
    for other, at, count, state in pairs(trial, world):
        trial._prepare()
        other.left, other.count = at, count
        where = f"{job.name}: {count} of {len(other.writes)} writes of the other run before write {at + 1}"
        mine = trial._run()
        assert other.left is None, where
        assert not mine.failed, f"{where}: {mine.text}"
        assert world.state() == state, where
        assert not trial._run().changed, where
