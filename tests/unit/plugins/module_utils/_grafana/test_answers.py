# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shapes of answers: every recorded answer has its shape, and other answers are errors that name the request."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.answers import ANY, difference, shape_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import LostAnswer, NotGrafana

from ..conftest import Call

RECORDINGS = Path(__file__).parents[4] / "conformance" / "recordings"


def plain(value, name=""):
    """Return a recorded value with a value of the right type for each placeholder."""
    if isinstance(value, dict):
        return {key: plain(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if value in ("<int>", "<num>") or (
        re.fullmatch(r"(?i)(org|user)?id", name) and re.fullmatch(r"\{\{\w+\}\}|<any>", str(value))
    ):
        return 1
    return value


def recorded():
    """Yield (where, method, path, body) of all recorded 2xx answers."""
    for file in sorted(RECORDINGS.glob("*/*.jsonl")):
        for step in map(json.loads, file.read_text().splitlines()):
            answer = step.get("answer")
            if answer and 200 <= answer["status"] < 300 and "<any>" not in str(answer.get("body")) + str(step["request"]):
                method, path = step["request"].split(" ", 1)
                yield f"{file.parent.name}/{file.name}:{step['step']}", method, path, answer.get("body")


def test_every_recorded_answer_has_its_shape():
    checked, different = 0, []
    for where, method, path, body in recorded():
        shape = shape_of(method, path)
        if shape is ANY or body == "<ignored>" or path.endswith("/migrationstatus"):
            continue
        checked += 1
        problem = difference(shape, plain(body))
        different += [f"{where} {method} {path}: {problem}"] if problem else []
    assert not different
    assert checked > 2000


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("/api/orgs/1/users", {}, "a list was expected, but an empty object came"),
        ("/api/orgs/1/users", "text", "a list was expected, but text came"),
        ("/api/orgs/1/users", [["x"]], "an object as [0] was expected, but a list came"),
        ("/api/orgs/1/users", [{"login": "a", "role": "Viewer"}], "a whole number as [0].userId was expected, but the field is"),
        ("/api/orgs/1", {"id": "1", "name": "a"}, "a whole number as id was expected, but text came"),
        ("/api/orgs/1", {"id": True, "name": "a"}, "a whole number as id was expected, but true or false came"),
        ("/api/orgs/1", {"id": 1.5, "name": "a"}, "a whole number as id was expected, but a number came"),
        ("/api/serviceaccounts/search", {"totalCount": 0}, "a list as serviceAccounts was expected, but the field is missing"),
        ("/api/serviceaccounts/search", {"serviceAccounts": None}, "a list as serviceAccounts was expected, but null came"),
        ("/api/folders/f/counts", {}, "an object with fields was expected, but an empty object came"),
        ("/api/library-elements", {"result": {"totalCount": 0}}, "a list as result.elements was expected"),
        ("/apis/g/v1/namespaces/default/dashboards", {}, "a list as items was expected, but the field is missing"),
        (
            "/apis/g/v1/namespaces/default/dashboards/d",
            {"metadata": {"name": "d"}, "spec": None},
            "an object as spec was expected",
        ),
        ("/api/org", "null", "an object was expected, but null came"),
    ],
)
def test_another_shape_is_not_grafana(script, client, path, body, problem):
    script.expect(Call("GET", path).exactly(body if body in ("null",) else json.dumps(body)))
    with client() as one, pytest.raises(NotGrafana) as raised:
        one.get(path)
    assert (raised.value.code, problem in raised.value.message) == ("not_grafana", True), raised.value.message
    assert f"GET http://grafana.test:3000{path} answered 200" in raised.value.message


def test_an_object_that_the_server_cannot_convert_has_no_spec():
    path = "/apis/g/v1/namespaces/default/dashboards"
    entry = {"metadata": {"name": "d"}, "spec": None, "status": {"conversion": {"failed": True, "storedVersion": "v2"}}}
    assert difference(shape_of("GET", f"{path}/d"), entry) is None
    assert difference(shape_of("GET", path), {"items": [entry], "metadata": {}}) is None
    assert difference(shape_of("PUT", f"{path}/d"), entry) is not None


@pytest.mark.parametrize(("status", "body"), [(200, {}), (200, []), (200, "text"), (204, {"message": "x"})])
def test_a_write_with_another_answer_may_have_happened(script, client, status, body):
    script.expect(Call("DELETE", "/api/orgs/7").exactly(json.dumps(body), status))
    with client() as one, pytest.raises(LostAnswer) as raised:
        one.delete("/api/orgs/7")
    assert raised.value.code == "not_grafana"
    assert f"DELETE http://grafana.test:3000/api/orgs/7 answered {status}" in raised.value.message


@pytest.mark.parametrize("body", ["[" * 100000, '{"id": NaN, "name": "a"}', '{"id": 1' + "0" * 5000 + "}"])
def test_json_that_cannot_be_read_is_not_grafana(script, client, body):
    script.expect(Call("GET", "/api/org").exactly(body))
    with client() as one, pytest.raises(NotGrafana, match=r"GET http://grafana.test:3000/api/org answered 200"):
        one.get("/api/org")


@pytest.mark.parametrize("location", [None, "", "http://[bad", "http://h:99999999/", "//", "ftp://h/x", "/api/org", "\x00"])
def test_invalid_redirects(script, client, location):
    headers = {} if location is None else {"Location": location}
    script.expect(Call("GET", "/api/org").exactly("", 302, headers=headers))
    with client() as one, pytest.raises(NotGrafana, match=r"GET http://grafana.test:3000/api/org was redirected") as raised:
        one.get("/api/org")
    assert raised.value.code == "redirected"


@pytest.mark.parametrize("value", ["1e400", "inf", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", "1e300"])
def test_an_absurd_wait_is_an_error(script, client, naps, value):
    script.expect(Call("GET", "/api/org").exactly({}, 429, headers={"Retry-After": value}))
    with client() as one, pytest.raises(Exception, match="the module waits at most 120 s"):
        one.get("/api/org")
    assert not naps


@pytest.mark.parametrize("value", ["-5", "nan", "soon", "", "Mon, 99 Foo 10000", "Mon, 01 Jan 0001 00:00:00 +2359"])
def test_a_wait_that_makes_no_sense_is_short(script, client, naps, value):
    script.expect(Call("GET", "/api/org").exactly({}, 429, headers={"Retry-After": value}))
    script.expect(Call("GET", "/api/org").answers(200, {"id": 1}))
    with client() as one:
        assert one.get("/api/org")["id"] == 1
    assert sum(naps) < 1
