# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the scenario: the state at the end, what each machine did, and where secrets were left."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from standins.awx_inventory import sliced

from .report import lines, write
from .scenario import AT_KEY, HEIR, NODES, VICTIM, run
from .tenants import names

pytestmark = pytest.mark.timeout(900)  # the first test waits for all runs

FOLDER = Path(__file__).resolve().parents[2] / ".build" / "mesh"


@pytest.fixture(scope="module")
def report(capfd_of_module):
    """The report, as the file has it."""
    program = os.environ["RECEPTOR"]
    found = run(None if program == "none" else program)
    write(found, FOLDER)
    with capfd_of_module.global_and_fixture_disabled():
        print("", *lines(found), sep="\n")
    return json.loads((FOLDER / "report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def capfd_of_module(request):
    """Pytest's capturing, which the report is printed beside."""
    return request.config.pluginmanager.getplugin("capturemanager")


def attempts(report, name):
    return {one["slice"]: one for one in report["attempts"] if one["round"] == name}


def test_each_node_gets_its_slice(report):
    first = attempts(report, "first")
    assert {number: one["node"] for number, one in first.items()} == {1: "node-1", 2: "node-2", 3: "node-3"}
    assert [one["organizations"] for one in first.values()] == [20, 20, 20]
    assert sorted(name for number in first for name in sliced(names(), number, len(NODES))) == names()


def test_slices_of_other_nodes_finish_while_one_node_dies(report):
    first = attempts(report, "first")
    assert report["killed"]["node"] == VICTIM
    assert report["killed"]["at_key"] == AT_KEY
    # receptor or its worker, ansible-runner, ansible-playbook and its worker, the module
    assert report["killed"]["processes"] >= 4
    assert first[2]["exit"] == "lost"
    assert [first[number]["exit"] for number in (1, 3)] == ["successful", "successful"]
    assert [first[number]["created"] for number in (1, 3)] == [20, 20]


def test_the_slice_is_finished_by_another_node(report):
    (rerun,) = attempts(report, "rerun").values()
    assert (rerun["node"], rerun["exit"], rerun["finished"], rerun["failed"]) == (HEIR, "successful", True, 0)
    # its organizations existed, and nothing else was complete
    assert (rerun["created"], rerun["changed"], rerun["ok"]) == (0, 20, 0)


def test_the_token_whose_key_got_lost_is_replaced(report):
    """The key that was about to be stored got lost with the node, perhaps with those of tokens that were created meanwhile."""
    lost = [line.split(":")[0] for line in report["first"]["lost"]]
    assert lost
    assert set(lost) <= set(sliced(names(), 2, len(NODES)))
    for name in lost:
        assert len(report["rerun"]["tokens"][name]) == 1
        assert report["rerun"]["tokens"][name] != report["first"]["tokens"][name]


def test_what_was_stored_before_stays(report):
    lost = [line.split(":")[0] for line in report["first"]["lost"]]
    kept = {name: tokens for name, tokens in report["first"]["tokens"].items() if tokens and name not in lost}
    assert len(kept) >= 40 + AT_KEY - 1
    assert {name: report["rerun"]["tokens"][name] for name in kept} == kept


@pytest.mark.parametrize("name", ["rerun", "again"])
@pytest.mark.parametrize("wrong", ["incomplete", "duplicates", "lost"])
def test_the_server_and_the_stored_keys_are_right(report, name, wrong):
    assert report[name][wrong] == []
    assert report[name]["tokens_on_the_server"] == report["organizations"] == 60


def test_the_second_run_changes_nothing_on_any_node(report):
    again = attempts(report, "again")
    assert {one["node"] for one in again.values()} == set(NODES)
    assert [one["changed_tasks"] for one in again.values()] == [0, 0, 0]
    assert [one["ok"] for one in again.values()] == [20, 20, 20]
    assert report["rerun"]["tokens"] == report["again"]["tokens"]
    assert report["rerun"]["stored"] == report["again"]["stored"]


def test_no_secret_stays_on_a_disk(report):
    left = report["left"]
    assert left["at_the_end"] == {}
    assert left["work_units"] == 0
    # ansible-runner writes the environment of a job there; AWX deletes it with the job.
    assert left["until_a_job_is_removed"] == ["command"]
    # what a dead machine keeps until it returns
    assert left["before_return"], "a machine that was killed keeps the job's credentials"


def test_no_attempt_has_a_problem(report):
    assert [one["problems"] for one in report["attempts"] if one["problems"]] == []
    assert report["right"]
