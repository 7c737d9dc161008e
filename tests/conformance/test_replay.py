# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator answers as real servers did; and a recording that is changed is noticed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from conformance.replayer import PLACEHOLDERS, Answer, Values, check, compare
from conformance.suite import SCENARIOS, Case, cases, settings_of

CASES = cases()
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@each_case
def test_answers_as_recorded(case: Case) -> None:
    assert "\n".join(map(str, case.replay())) == ""


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


CHANGES = {
    "status": lambda answer: answer.update(status=answer["status"] + 1),
    "type": lambda answer: answer.update(type="text/other"),
    "body": lambda answer: answer.update(body=next(_changed_bodies(answer["body"]))),
    "value": lambda answer: answer.update(body=list(_changed_bodies(answer["body"]))[-1]),
}


def _recorded_bodies(recordings: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the steps whose answer has a body that is compared."""
    steps = [step for steps in recordings for step in steps if "answer" in step]
    return [step for step in steps if step["answer"]["body"] not in ("<ignored>", "<any>")]


@each_case
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_recording_is_red(case: Case, change: str) -> None:
    recordings = copy.deepcopy(case.recordings())
    # The middle of the recording: what comes before and after has to stay as green as it was.
    compared = _recorded_bodies(recordings)
    step = compared[len(compared) // 2]
    CHANGES[change](step["answer"])
    differences = case.replay(recordings)
    assert differences
    assert {difference.request for difference in differences} == {step["request"]}


@each_case
def test_every_value_of_a_recording_counts(case: Case) -> None:
    """Each value, changed alone, makes a difference to an answer that fits the record; no server is asked."""
    values = Values()
    for number, step in enumerate(_recorded_bodies(case.recordings())):
        expected = step["answer"]
        answer = Answer(expected["status"], expected["type"], _example(expected["body"], values))
        assert check(number, {**step, "save": {}}, answer, values) == []
        for body in _changed_bodies(expected["body"]):
            changed = {**step, "save": {}, "answer": {**expected, "body": body}}
            assert check(number, changed, answer, values), body


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
    return {key: value for key, value in step.items() if key not in ("step", "answer", "skipped", "why")}


def test_every_scenario_has_a_recording() -> None:
    used = {scenario for case in CASES for _version, _recording, scenario in case.parts}
    assert used == set(SCENARIOS.rglob("*.yaml"))


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("# Server settings: [users] auto_assign_org = false", {"users.auto_assign_org": "false"}),
        ("# Server settings: [a.b] c = 1, d = 2, [e] f = g; a remark", {"a.b.c": "1", "a.b.d": "2", "e.f": "g"}),
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
