# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconcile loop, with a resource that is a dictionary."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import ClassVar

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.items import Item, find_duplicates
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.resource import Change, Resource
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.warnings import Warnings
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import (
    Conflict,
    GrafanaError,
    LostAnswer,
    NotGrafana,
    Refused,
    ServerError,
    Stale,
    Unreachable,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.interpreting import answered

from ..conftest import connection


@dataclass(frozen=True)
class Wanted:
    name: str
    value: int = 1
    state: str = "present"


class Things(Resource):
    """Things on a server that is a dictionary; ``problems`` go wrong at the next writes."""

    kind = "thing"
    in_org = False

    def __init__(self, **there):
        self.there, self.problems, self.writes, self.reads = there, [], 0, 0

    def parse(self, options):
        return Wanted(**options)

    def identity(self, desired):
        return desired.name

    label = identity

    def read(self, scope, desired):
        self.reads += 1
        return self.there.get(desired.name)

    def plan(self, desired, current):
        if desired.state == "absent":
            return None if current is None else Change("delete", {"value": current}, {}, None)
        if current == desired.value:
            return None
        before = {} if current is None else {"value": current}
        return Change("update" if before else "create", before, {"value": desired.value}, None)

    def apply(self, scope, desired, change):
        self.writes += 1
        if self.problems:
            problem, happens = self.problems.pop(0)
            if happens:
                self.there[desired.name] = desired.value if happens is True else happens
            raise problem
        if change.action == "delete":
            del self.there[desired.name]
            return None
        self.there[desired.name] = desired.value
        return desired.value

    def view(self, desired, current, change):
        return {"value": current}

    def result(self, scope, desired, current):
        return {"name": desired.name, "value": current}


def run(things, *wanted, check=False, **mode):
    items = [Item(index, OrgChoice(), one) for index, one in enumerate(wanted)]
    return Run(things, Client(connection(retries=2, concurrency=1)), Mode(check=check, **mode)).all(items)


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)


def test_ok_changed_and_gone():
    things = Things(same=1, other=2, old=3)
    outcomes = run(
        things, Wanted("same"), Wanted("other"), Wanted("new"), Wanted("old", state="absent"), Wanted("no", state="absent")
    )
    assert [outcome.status for outcome in outcomes] == ["ok", "changed", "changed", "changed", "ok"]
    assert things.there == {"same": 1, "other": 1, "new": 1}
    assert (outcomes[1].before, outcomes[1].after) == ({"value": 2}, {"value": 1})
    assert outcomes[3].object is None


def test_check_mode_writes_nothing_and_foresees_the_same():
    things = Things(other=2)
    planned = run(things, Wanted("other"), check=True)[0]
    assert things.writes == 0
    done = run(things, Wanted("other"))[0]
    assert (planned.status, planned.before, planned.after) == (done.status, done.before, done.after)


@pytest.mark.parametrize(
    ("problem", "happens", "status", "writes"),
    [
        pytest.param(LostAnswer("lost"), True, "changed", 1, id="lost answer of a write that happened"),
        pytest.param(LostAnswer("lost"), False, "changed", 2, id="lost answer of one that did not"),
        pytest.param(ServerError("locked"), False, "changed", 2, id="database is locked"),
        pytest.param(Conflict("taken"), True, "ok", 1, id="somebody else made it"),
        pytest.param(Refused("exists"), True, "ok", 1, id="a 400 of what is there by now"),
        pytest.param(Stale("changed"), False, "changed", 2, id="changed meanwhile"),
        pytest.param(Conflict("taken"), 5, "changed", 2, id="another run made it, with another value"),
        pytest.param(Refused("exists"), 5, "changed", 2, id="a 400 of what another run has made with another value"),
        pytest.param(Conflict("taken"), False, "failed", 1, id="a conflict that stays"),
        pytest.param(Refused("no"), False, "failed", 1, id="a refusal"),
    ],
)
def test_a_conflict_is_a_question(problem, happens, status, writes):
    things = Things()
    things.problems = [(problem, happens)]
    assert run(things, Wanted("new"))[0].status == status
    assert things.writes == writes


def test_a_run_reports_its_own_part_of_what_two_runs_did():
    things = Things()
    things.problems = [(Conflict("taken"), 5)]
    outcome = run(things, Wanted("new"))[0]
    assert (outcome.change, outcome.before, outcome.after) == ("value 5→1", {"value": 5}, {"value": 1})


@pytest.mark.parametrize(
    "problems", [[(ServerError("locked"), False)] * 9, [(Conflict("taken"), value) for value in range(5, 14)]]
)
def test_questions_end(problems):
    things = Things()
    things.problems = problems
    assert run(things, Wanted("new"))[0].status == "failed"
    assert things.writes == 3


def test_others_go_on():
    things = Things()
    things.problems = [(Refused("no"), False)]
    assert [outcome.status for outcome in run(things, Wanted("a"), Wanted("b"))] == ["failed", "changed"]


def test_fail_fast():
    things = Things()
    things.problems = [(Refused("no"), False)]
    assert [outcome.status for outcome in run(things, Wanted("a"), Wanted("b"), fail_fast=True)] == ["failed", "not_run"]


def test_what_is_wrong_for_all_is_raised_before_anything_was_done():
    things = Things()
    things.problems = [(Unreachable("gone"), False)]
    with pytest.raises(Unreachable):
        run(things, Wanted("a"), Wanted("b"))
    assert things.writes == 1


def test_what_is_wrong_for_all_later_fails_the_rest():
    things = Things(a=2)
    things.problems = [(Unreachable("gone"), False)]
    outcomes = run(things, Wanted("x", state="absent"), Wanted("a"), Wanted("b"))
    assert [outcome.status for outcome in outcomes] == ["ok", "failed", "failed"]
    assert {outcome.problem.code for outcome in outcomes[1:]} == {"unreachable"}


def test_errors_of_workers_do_not_escape():
    class Broken(Things):
        def read(self, scope, desired):
            raise GrafanaError("broken")

    assert run(Broken(), Wanted("a"))[0].problem.message == "broken"


@pytest.mark.parametrize(
    ("orgs", "clash"),
    [
        ((OrgChoice(1), OrgChoice(1)), True),
        ((OrgChoice(1), OrgChoice(2)), False),
        ((OrgChoice(name="a"), OrgChoice(name="b")), False),
    ],
)
def test_duplicates(orgs, clash):
    items = [Item(index, org, Wanted("a")) for index, org in enumerate(orgs)]
    found = find_duplicates(Things(), items)
    assert (found is not None) is clash
    if found is not None:
        assert found.message.startswith("batch[0] and batch[1] both describe thing a")


def test_one_error_names_all_duplicates():
    items = [Item(index, OrgChoice(1), Wanted(name)) for index, name in enumerate("abab")]
    assert find_duplicates(Things(), items).message == (
        "batch[0] and batch[2] both describe thing a of org 1; batch[1] and batch[3] both describe thing b of org 1: "
        "describe each object once"
    )


class InOrgs(Things):
    """Things in organizations, four of one at the same time; after them those called ``left`` go."""

    in_org = True

    def __init__(self, **there):
        super().__init__(**there)
        self.meeting, self.together_with, self.scopes, self.left = None, [], [], []

    def max_writers(self, scope):
        self.scopes.append(scope)
        return 4

    def check_together(self, client, wanted):
        self.together_with.append([one.name for one in wanted])

    def leftovers(self, scope, wanted):
        return [Wanted(name, state="absent") for name in self.left]

    def precheck(self, scope, desired, current, change):
        if desired.name == "odd":
            scope.warn(f"{desired.name} was {current}")
        return current, change

    def apply(self, scope, desired, change):
        if self.meeting is not None and desired.name != "first":
            self.meeting.wait()
        return super().apply(scope, desired, change)


def run_in_org(things, *names, concurrency=4, **mode):
    items = [Item(index, OrgChoice(id=2), Wanted(name)) for index, name in enumerate(names)]
    return Run(things, Client(connection(retries=2, concurrency=concurrency)), Mode(**mode)).all(items)


def test_objects_of_one_org_at_the_same_time():
    things = InOrgs()
    things.meeting = threading.Barrier(4, timeout=30)  # where four have to be at once
    outcomes = run_in_org(things, "first", *"abcdefgh")
    assert {outcome.status for outcome in outcomes} == {"changed"}
    assert [outcome.object["name"] for outcome in outcomes] == ["first", *"abcdefgh"]
    assert things.together_with == [["first", *"abcdefgh"]]


def test_what_is_left_goes_last():
    things = InOrgs(old=1, older=1)
    things.left = ["old", "older", "gone"]
    planned = run_in_org(things, "a", "b", check=True)
    assert sorted(things.there) == ["old", "older"]
    for outcomes in (planned, run_in_org(things, "a", "b")):
        assert [outcome.status for outcome in outcomes] == ["changed"] * 4 + ["ok"]
        assert [outcome.item.index for outcome in outcomes] == [0, 1, 2, 3, 4]
    assert sorted(things.there) == ["a", "b"]


def test_nothing_goes_where_all_has_failed():
    things = InOrgs(old=1)
    things.left, things.problems = ["old"], [(Refused("no"), False)] * 2
    assert [outcome.status for outcome in run_in_org(things, "a", "b", concurrency=1)] == ["failed", "failed"]
    assert things.there == {"old": 1}


def runs_of(things, *names, **mode):
    items = [Item(index, OrgChoice(id=2), Wanted(name)) for index, name in enumerate(names)]
    made = Run(things, Client(connection()), Mode(**mode))
    made.all(items)
    return made


def test_warnings_of_unchanged_objects():
    assert runs_of(InOrgs(odd=1), "odd").warnings.texts() == ["odd was 1"]


def test_hints_of_options_come_before_the_first_request():
    class Hints(InOrgs):
        def hints(self, desired):
            return ["unwise"]

        def read(self, scope, desired):
            raise GrafanaError("broken")

    assert runs_of(Hints(), "a", "b").warnings.texts() == ["unwise"]


def test_each_warning_is_shown_once_and_not_thousands():
    warnings, shown = Warnings(), []
    for number in (0, *range(25)):
        warnings.add(str(number))
    warnings.show(shown.append)
    assert shown == [*(str(number) for number in range(20)), "5 more warnings of this task are not shown"]


def test_a_change_is_planned_once_and_checked_before_it_is_applied():
    class Counted(Things):
        steps: ClassVar[list] = []

        def read(self, scope, desired):
            self.steps.append("read")
            return super().read(scope, desired)

        def plan(self, desired, current):
            self.steps.append("plan")
            return super().plan(desired, current)

        def precheck(self, scope, desired, current, change):
            self.steps.append("precheck in check mode" if scope.check else "precheck")
            return current, change

        def apply(self, scope, desired, change):
            self.steps.append("apply")
            return super().apply(scope, desired, change)

    things = Counted()
    run(things, Wanted("new"), check=True)
    run(things, Wanted("new"))
    run(things, Wanted("new"))
    assert things.steps == [
        "read",
        "plan",
        "precheck in check mode",
        "read",
        "plan",
        "precheck",
        "apply",
        "read",
        "plan",
        "precheck",
    ]


def test_a_change_that_the_precheck_drops_is_not_made():
    class Dropped(Things):
        def precheck(self, scope, desired, current, change):
            return current, None

    things = Dropped(new=2)
    assert [outcome.status for outcome in run(things, Wanted("new"))] == ["ok"]
    assert things.there == {"new": 2}


@pytest.mark.parametrize("missing", ["read", "plan", "apply", "parse", "identity", "label", "result", "kind"])
def test_a_kind_of_object_that_lacks_something_fails_when_it_is_defined(missing):
    given = {name: value for name, value in vars(Things).items() if name != missing and not name.startswith("__")}
    with pytest.raises(TypeError, match=f"Half lacks {missing}$"):
        type(Resource)("Half", (Resource,), given)


def test_a_base_of_several_kinds_may_lack_something():
    class Base(Resource, partial=True):
        pass

    with pytest.raises(TypeError):

        class Half(Base):
            kind = "half"


@pytest.mark.parametrize(("asks", "code"), [(True, "not_grafana"), (False, None)])
def test_an_answer_that_cannot_be_interpreted(asks, code):
    """A field of an answer that the code cannot read is the answer's fault; without an answer it is a bug."""

    class Dated(Things):
        def read(self, scope, desired):
            if asks:
                answered("GET", "http://user:secret@grafana.test/api/things?a=b", 200)
            return int("tomorrow, glsa_secret")

    if code is None:
        with pytest.raises(ValueError, match="tomorrow"):
            run(Dated(), "a")
        return
    with pytest.raises(NotGrafana) as raised:
        run(Dated(), "a")
    problem = raised.value
    assert problem.code == code
    assert "GET http://grafana.test/api/things answered 200, but not as Grafana does (ValueError" in problem.message
    assert "in read" in problem.details["traceback"]
    assert "secret" not in problem.message
