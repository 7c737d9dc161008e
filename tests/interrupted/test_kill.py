# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed, before and after each request and each change of a file in turn: the next one ends well."""

from __future__ import annotations

import pytest

from interrupted.world import LIFETIME, World

#: Kinds of places; a rotation through the controller's vault is in tests/e2e.
SINKS = ["file", "command", "hashi_vault", "awx_credential"]
#: A run is killed either in a step of the server's or in one of the place's: no place has to meet every version.
WORLDS = [("9.3.2", "file"), *(("12.4.3", sink) for sink in SINKS)]
#: A credential that the run creates, and that a removal deletes; a rotation is the same as with any credential.
NEW = ("12.4.3", "new awx_credential")
WORK = [(world, work) for world in WORLDS for work in ("make", "rotate", "rotate and keep", "remove")]


@pytest.fixture(scope="module")
def world(request, tmp_path_factory):
    version, sink = request.param
    made = World(version, sink, tmp_path_factory.mktemp("keys"))
    yield made
    made.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("world", "work"),
    [pytest.param(world, work, id="-".join((*world, work))) for world, work in [*WORK, (NEW, "make"), (NEW, "remove")]],
    indirect=["world"],
)
def test_killed_at_every_point(world, work, record_property):
    more = {"make": {}, "rotate": {}, "rotate and keep": {"keep_previous": 600}, "remove": {"state": "absent"}}[work]
    kept = more.get("keep_previous", 0)
    kill_at = 0
    while True:
        kill_at += 1
        world.reset()
        if work != "make":
            assert world.run().code == 0
        if work.startswith("rotate"):
            world.emulator.advance(LIFETIME - 600)
        ended = world.run(kill_at, **more)
        if not ended.killed:
            break
        if work == "remove" and kill_at % 2:
            # The removal is finished by the next run, too.
            assert world.run(**more).code == 0
            assert (world.tokens(), world.stored()) == ([], None if world.kind != "command" else world.stored())
            continue
        world.converges(kept)
    assert ended.code == 0, ended.result
    assert ended.points == kill_at - 1
    assert kill_at > 4
    record_property("kill points", kill_at - 1)


@pytest.mark.parametrize("world", [pytest.param(NEW, id="-".join(NEW))], indirect=True)
def test_two_runs_create_one_credential(world):
    world.reset()
    ended = world.both()
    assert all(one.code == 0 or "another run" in one.result["msg"] for one in ended), ended
    assert [one["name"] for one in world.awx.credentials.values()] == ["token"]
    world.converges()
