# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Anything that may happen to a token, in any order: after every history clean runs end with one key that works.

HISTORIES is how many are tried for each version and kind of place.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from interrupted.world import DUE, LIFETIME, World

HISTORIES = int(os.environ.get("HISTORIES", "6"))
#: Somewhere in a run that makes a token.
POINTS = some.integers(1, 22)
LOSSES = ["drop", "empty", "broken_json", "database_locked", "refuse"]


class Histories(RuleBasedStateMachine):
    """What may happen; ``world`` is set by the test."""

    world: World
    histories = 0

    @initialize()
    def begin(self) -> None:
        type(self).histories += 1
        self.world.reset()
        self.keep = 0
        self.disabled = False

    @rule(keep=some.sampled_from([0, 0, 600]))
    def run(self, keep: int) -> None:
        self.keep = keep
        self.world.run(**({"keep_previous": keep} if keep else {}))

    @rule(kill_at=POINTS, rotate=some.sampled_from(["always", "always", "auto"]))
    def crash(self, kill_at: int, rotate: str) -> None:
        self.world.run(kill_at, rotate=rotate)

    @rule(kill_at=some.one_of(some.just(0), POINTS), rotate=some.sampled_from(["always", "auto"]))
    def two_at_once(self, kill_at: int, rotate: str) -> None:
        self.world.both(kill_at, rotate=rotate)

    @rule(seconds=some.sampled_from([30, 1000, LIFETIME - DUE + 1, LIFETIME + 1]))
    def time_passes(self, seconds: int) -> None:
        self.world.emulator.advance(seconds)

    @rule(method=some.sampled_from(["POST", "DELETE", "GET"]), kind=some.sampled_from(LOSSES), nth=some.integers(1, 3))
    def an_answer_is_lost(self, method: str, kind: str, nth: int) -> None:
        self.world.emulator.fault({"method": method, "path": "/api/(serviceaccounts|org$)", "kind": kind, "nth": nth})
        self.world.runners[0].counts["lost answers"] += 1
        self.world.run(rotate="always")
        self.world.emulator.clear_faults()

    @rule(which=some.integers(0, 2))
    def revoke(self, which: int) -> None:
        for found in self.world.tokens()[which : which + 1]:
            self.world.emulator.revoke(found["id"])

    @rule(which=some.integers(0, 2))
    def delete(self, which: int) -> None:
        for found in self.world.tokens()[which : which + 1]:
            self.world.api("DELETE", f"/api/serviceaccounts/{self.world.account}/tokens/{found['id']}")

    @rule()
    def disable(self) -> None:
        self.disabled = not self.disabled
        self.world.disable(self.disabled)

    @rule(name=some.sampled_from(["ci", "renamed"]))
    def rename(self, name: str) -> None:
        self.world.rename(name)

    @rule()
    def remove(self) -> None:
        self.world.run(state="absent")

    def teardown(self) -> None:
        if hasattr(self, "keep"):
            self.world.converges()


@pytest.fixture(params=[(version, sink) for version in ("9.3.2", "12.4.3") for sink in ("file", "hashi_vault")], ids="-".join)
def world(request, tmp_path):
    version, sink = request.param
    made = World(version, sink, tmp_path)
    yield made
    made.close()


@pytest.mark.timeout(3000)
def test_histories(world, record_property):
    class OfThisWorld(Histories):
        pass

    OfThisWorld.world = world
    run_state_machine_as_test(
        OfThisWorld,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=8,
            deadline=None,
            database=None,
            # CI tries the same histories each time, so that what turns it red is the change; everybody else new ones.
            derandomize="CI" in os.environ,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert OfThisWorld.histories >= HISTORIES
    record_property("histories", OfThisWorld.histories)
    for runner in world.runners:
        for name, count in runner.counts.items():
            record_property(name, count)
