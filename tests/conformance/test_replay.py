# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator answers as real servers did; and a recording that is changed is noticed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from conformance.replayer import PLACEHOLDERS, Answer, Values, check, compare, new_run
from conformance.suite import SCENARIOS, Case, cases, settings_of

CASES = cases()
#: Some of the recordings.
SOME = CASES[::6]
#: Of each scenario one recording: of the last version that has one.
LAST = list({case.parts[-1][2]: case for case in CASES}.values())
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_answers_as_recorded(case: Case) -> None:
    assert "\n".join(str(one) for one in case.replay()) == ""


def _other(value: Any) -> Any:
    """Return another value of the same type, or of another type in place of a placeholder."""
    if value in ("<int>", "<num>"):
        return "a text"
    if isinstance(value, str):
        return 4711 if value in PLACEHOLDERS else value + " changed"
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, (int, float)) else "not null"


def _changed_bodies(body: Any) -> Iterator[Any]:
    """Yield *body* with one value changed, a key more and a key less, for every place in it."""
    if isinstance(body, dict):
        yield {**body, "added": None}
        for key, value in body.items():
            yield {name: other for name, other in body.items() if name != key}
            for changed in _changed_bodies(value):
                yield {**body, key: changed}
    elif isinstance(body, list):
        yield [*body, None]
        for number, value in enumerate(body):
            for changed in _changed_bodies(value):
                yield [*body[:number], changed, *body[number + 1 :]]
    elif body not in ("<ignored>", "<any>"):
        yield _other(body)


def _changed_answers(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield *answer* with another status, another type, and each of the changes of its body."""
    part = _compared(answer)
    yield {**answer, "status": answer["status"] + 1}
    yield {**answer, "type": "text/other"}
    for body in _changed_bodies(answer[part]):
        yield {**answer, part: body}


def _compared(answer: dict[str, Any]) -> str:
    """Return the part of an answer that its body is compared with."""
    return "unordered" if "unordered" in answer else "body"


CHANGES = {"status": 0, "type": 1, "body": 2, "value": -1}


def _recorded_bodies(recordings: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the steps whose answer has a body that is compared."""
    steps = [step for steps in recordings for step in steps if "answer" in step]
    return [step for step in steps if step["answer"]["body"] not in ("<ignored>", "<any>")]


@pytest.mark.parametrize("case", SOME, ids=lambda case: case.name)
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_recording_is_red(case: Case, change: str) -> None:
    recordings = copy.deepcopy(case.recordings())
    # The middle of the recording: what comes before and after has to stay as green as it was.
    compared = _recorded_bodies(recordings)
    step = compared[len(compared) // 2]
    step["answer"] = list(_changed_answers(step["answer"]))[CHANGES[change]]
    differences = case.replay(recordings)
    assert differences
    assert {difference.request for difference in differences} == {step["request"]}


@pytest.mark.parametrize("case", LAST, ids=lambda case: case.name)
def test_every_value_of_a_recording_counts(case: Case) -> None:
    """Each value, changed alone, makes a difference to an answer that fits the record; no server is asked.

    The comparison does not know versions, so one recording of each scenario is enough.
    """
    values = Values()
    answers = {json.dumps(step["answer"], sort_keys=True): step for step in _recorded_bodies(case.recordings())}
    for number, step in enumerate(answers.values()):
        expected = step["answer"]
        answer = Answer(expected["status"], expected["type"], _example(expected[_compared(expected)], values))
        assert check(number, {**step, "save": {}}, answer, values) == []
        for changed in _changed_answers(expected):
            assert check(number, {**step, "save": {}, "answer": changed}, answer, values), changed


EXAMPLES = {"<int>": 4712, "<num>": 1.5, "<str>": "example", "<any>": ["example"], "<long text>": "example " * 100}


def _example(template: Any, values: Values) -> Any:
    """Return a body that fits *template*; makes up the values that it needs."""
    if isinstance(template, dict):
        return {key: _example(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [_example(value, values) for value in template]
    if isinstance(template, str) and template in EXAMPLES:
        return EXAMPLES[template]
    while True:
        try:
            return values.fill(template)
        except LookupError as missing:
            values.known[str(missing.args[0])] = 7


@each_case
def test_recordings_follow_their_scenarios(case: Case) -> None:
    """The requests stand in the scenario and in the recording; both have to be the same."""
    for (_version, _path, scenario), steps in zip(case.parts, case.recordings()):
        wanted = yaml.safe_load(scenario.read_text("utf-8"))["steps"]
        plain = [{"as": "admin", **{key: value for key, value in step.items() if key != "body"}} for step in wanted]
        assert [_request(step) for step in steps] == [_request(step) for step in plain]


def _request(step: dict[str, Any]) -> dict[str, Any]:
    others = ("step", "answer", "skipped", "unstable", "why", "min", "max")
    return {key: value for key, value in step.items() if key not in others}


@pytest.mark.parametrize(("answered", "same"), [(403, True), (200, True), (404, False)])
def test_a_status_that_differed_between_recordings(answered: int, same: bool) -> None:
    step = {"request": "GET /", "unstable": [403, 200, 200], "answer": {"status": 403, "type": "text/plain", "body": "<any>"}}
    assert (check(0, step, Answer(answered, "text/plain", "x"), Values()) == []) is same


def test_every_scenario_has_a_recording() -> None:
    used = {scenario for case in CASES for _version, _recording, scenario in case.parts}
    assert used == set(SCENARIOS.rglob("*.yaml"))


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("# Server settings: [users] auto_assign_org = false", {"users.auto_assign_org": "false"}),
        ("# Server settings: [a.b] c = 1, d = 2, [e] f = g; a remark", {"a.b.c": "1", "a.b.d": "2", "e.f": "g"}),
        ("# Server settings: [a] b = 1 (as shipped), c = 2, nothing else", {"a.b": "1", "a.c": "2"}),
        ("min: '9.1'", {}),
    ],
)
def test_settings_of_a_scenario(line: str, settings: dict[str, str]) -> None:
    assert settings_of(line) == settings


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ("<int>", 1, True),
        ("<int>", 1.5, False),
        ("<int>", True, False),
        ("<int>", "1", False),
        ("<num>", 1.5, True),
        ("<num>", False, False),
        ("<str>", "x", True),
        ("<str>", "", False),
        ("<str>", 1, False),
        ("<str>", None, False),
        ("<any>", [], True),
        ("<long text>", "short", False),
        (1, True, False),
        (1, 1.0, True),
        ("", None, False),
        (None, None, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": 1, "b": None}, {"a": 1}, False),
        ([1, 2], [1], False),
        ([1], [1, 2], False),
        ([1, 2], [2, 1], False),
        ([], {}, False),
        ("{{id}}", 5, True),
        ("{{id}}", "5", False),
        ("x-{{id}}", "x-5", True),
        ("x-{{id}}", "x-6", False),
        ("{{unknown}}", "x", False),
    ],
)
def test_what_is_the_same(expected: Any, found: Any, same: bool) -> None:
    assert (list(compare(expected, found, Values({"id": 5}))) == []) is same


VIEW, EDIT = ({"role": role, "permissionName": name} for role, name in (("Viewer", "View"), ("Editor", "Edit")))


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        ([VIEW, EDIT], [EDIT, VIEW], True),
        ([VIEW, EDIT], [VIEW, VIEW], False),
        ([VIEW, EDIT], [VIEW, EDIT, EDIT], False),
        ([VIEW, EDIT], [EDIT], False),
        ([{**VIEW, "id": "<int>"}, EDIT], [EDIT, {**VIEW, "id": 1}], True),
        ([{"target": "user", "limit": 1}, {"target": "org", "limit": -1}], [{"target": "org", "limit": -1}], False),
        ([{"target": "<str>", "limit": 1}, {"target": "org", "limit": 1}], [{"target": "org", "limit": 1}] * 2, True),
        ([{"target": "<str>", "limit": 1}, {"target": "x", "limit": 1}], [{"target": name, "limit": 1} for name in "xy"], True),
        ({"actions": ["a", "b"]}, {"actions": ["b", "a"]}, True),
        ({"actions": ["a", "b"]}, {"actions": ["b", "b"]}, False),
        ({"others": ["a", "b"]}, {"others": ["b", "a"]}, False),
        ([VIEW, {"role": "Editor"}], [{"role": "Editor"}, VIEW], False),
    ],
)
def test_what_is_the_same_in_any_order(expected: Any, found: Any, same: bool) -> None:
    assert (list(compare(expected, found, Values())) == []) is same


@pytest.mark.parametrize(("body", "same"), [([1, 2], True), ([2, 1], True), ([1, 1], False), ([1], False), ([1, 2, 3], False)])
def test_an_exact_list_in_no_order(body: list[int], same: bool) -> None:
    answer = {"status": 200, "type": "application/json", "body": ["<int>", "<int>"], "unordered": [1, 2]}
    differences = check(0, {"request": "GET /", "answer": answer}, Answer(200, "application/json", body), Values())
    assert (differences == []) is same


BODY = {"a": {"b": 1}, "list": [{"name": "x", "id": 7}, {"name": "y", "id": 8}]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("a.c", None),
        ("a.b.c", None),
        ("list.1.id", 8),
        ("list.2.id", None),
        ("list.name=y.id", 8),
        ("list.name=z.id", None),
    ],
)
def test_what_a_step_saves(path: str, value: int | None) -> None:
    values = Values({})
    values.save({"it": path}, BODY)
    assert values.known == ({} if value is None else {"it": value})


def test_a_run_has_no_letters() -> None:
    assert {len(new_run()), new_run().isdigit()} == {8, True}
