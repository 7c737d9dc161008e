# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How data sources are asked for and written: scripts of calls."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._datasources.resource import DataSources
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call, health

ORG = OrgChoice(id=2)
HEADERS = {"X-Grafana-Org-Id": "2"}
PATH = "/api/datasources"
WANTED = {"name": "M", "type": "prometheus", "ds_url": "http://db"}
BODY = {"name": "M", "type": "prometheus", "url": "http://db", "access": "proxy", "database": "", "user": "", "basicAuth": False}
BODY.update(basicAuthUser="", withCredentials=False, isDefault=False, jsonData={})
CHANGED_MEANWHILE = {"message": "Datasource has already been updated by someone else. Please reload and try again"}


def entry(**more):
    found = {"id": 7, "uid": "m", "orgId": 2, **BODY, "secureJsonFields": {}, "version": 3, "readOnly": False, "apiVersion": ""}
    return {**found, **more}


def listed(*entries):
    return Call("GET", PATH, headers=HEADERS).answers(200, list(entries))


def single(**more):
    return Call("GET", f"{PATH}/uid/m", headers=HEADERS).answers(200, entry(**more))


def putting(body, answer=None, status=200, path="uid/m"):
    answer = {"datasource": entry()} if answer is None else answer
    body = {**BODY, "version": 3, "apiVersion": "", **body}
    return Call("PUT", f"{PATH}/{path}", headers=HEADERS, json=body).answers(status, answer)


def named(name, status=404, **more):
    return Call("GET", f"{PATH}/name/{name}", headers=HEADERS).answers(status, entry(**more) if status == 200 else {})


@pytest.fixture
def warned():
    """The warnings of the task."""
    return []


@pytest.fixture
def task(by_token, warned):
    """A function that runs a task with several items in org 2, and returns what became of them."""
    resource = DataSources()
    scope = Scope(by_token, Org(2, "tenant"), OrgFinder(by_token), many=True, warn=warned.append)

    def run(*items, check=False):
        run_ = Run(resource, by_token, Mode(check))
        wanted = [resource.parse({**WANTED, **options}) for options in items]
        return [run_.one(scope, Item(index, ORG, desired)) for index, desired in enumerate(wanted)]

    return run


def test_the_whole_object_is_sent_with_its_version(script, task):
    """A PUT replaces; what the collection does not know of survives, and no secret is sent that the task does not name."""
    found = {"jsonData": {"a": 1}, "secureJsonFields": {"password": True}, "isDefault": True, "apiVersion": "v1", "new": "kept"}
    script.expect(listed(entry()), single(**found), health())
    script.expect(putting({"url": "http://b", "jsonData": {"a": 1}, "isDefault": True, "apiVersion": "v1", "new": "kept"}))
    (outcome,) = task({"uid": "m", "ds_url": "http://b"})
    assert outcome.status == CHANGED


def test_one_list_for_all_and_one_request_for_each(script, task):
    script.expect(listed(entry()), single(), Call("POST", PATH, json={**BODY, "name": "N"}).answers(200, {"datasource": entry()}))
    assert [one.status for one in task({}, {"name": "N"}, {"name": "O", "state": "absent"})] == [OK, CHANGED, OK]


def test_another_edit_meanwhile(script, task):
    """The object is read and planned again: the other edit survives."""
    script.expect(listed(entry()), single(), health(), putting({"url": "http://b"}, CHANGED_MEANWHILE, 409))
    script.expect(listed(entry()), single(version=4, user="joe"), putting({"url": "http://b", "version": 4, "user": "joe"}))
    assert task({"ds_url": "http://b"})[0].status == CHANGED


def test_a_name_that_somebody_takes_meanwhile(script, task):
    """9.3 answers 500 (recorded)."""
    other = entry(id=8, uid="n", name="New")
    script.expect(listed(entry()), single(), health(), putting({"name": "New"}, {"message": "Failed to update datasource"}, 500))
    script.expect(listed(entry(), other), single())
    (outcome,) = task({"uid": "m", "name": "New"})
    assert (outcome.status, outcome.problem.code, outcome.problem.details["uid"]) == (FAILED, "name_taken", "n")


def test_a_first_one_that_must_not_be_the_default(script, task):
    script.expect(listed(), health())
    script.expect(Call("POST", PATH, json=BODY).answers(200, {"datasource": entry(version=1, isDefault=True)}))
    script.expect(putting({"version": 1}))
    (outcome,) = task({"is_default": False})
    assert (outcome.status, outcome.object["is_default"]) == (CHANGED, False)


def test_grafana_8_has_the_routes_by_number(script, task):
    script.expect(listed(entry()), single(), health("8.5.15"), putting({"url": "http://b"}, path="7"))
    script.expect(Call("GET", f"{PATH}/7/health").answers(200, {"status": "OK", "message": "fine"}))
    (outcome,) = task({"ds_url": "http://b", "health": "fail"})
    assert outcome.object["health"] == {"status": "OK", "message": "fine"}


def test_before_9_5_a_database_stays(script, task):
    script.expect(listed(entry()), single(database="db"), health("9.3.2"))
    assert task({"database": ""})[0].problem.code == "cannot_clear"


@pytest.mark.parametrize(("status", "expected"), [(200, OK), (404, CHANGED)])
def test_the_server_decides_about_case(script, task, warned, status, expected):
    """MariaDB finds M by "m"; SQLite does not."""
    script.expect(listed(entry()), named("m", status))
    if status == 200:
        script.expect(single())
    else:
        script.expect(Call("POST", PATH, json={**BODY, "name": "m"}).answers(200, {"datasource": entry(name="m")}))
    (outcome,) = task({"name": "m"})
    assert (outcome.status, outcome.object["name"]) == (expected, "M" if status == 200 else "m")
    assert len(warned) == (status == 200)


FINE, BROKEN = {"status": "OK", "message": "fine"}, {"status": "ERROR", "message": "refused"}


def checked(status, answer):
    return Call("GET", f"{PATH}/uid/m/health", headers=HEADERS).answers(status, answer)


@pytest.mark.parametrize(
    ("wanted", "status", "answer", "code", "found", "warns"),
    [
        ("fail", 200, FINE, None, "OK", False),
        ("warn", 400, BROKEN, None, "ERROR", True),
        ("fail", 400, BROKEN, "unhealthy", None, False),
        ("fail", 404, {"messageId": "plugin.notRegistered", "message": "Plugin not registered"}, "unhealthy", None, False),
        ("fail", 500, {"messageId": "plugin.unavailable", "message": "Plugin unavailable"}, "unhealthy", None, False),
        # No check in the plugin: from 10.2 on, and before.
        ("fail", 404, {"messageId": "plugin.notImplemented", "message": "Method not implemented"}, None, "UNKNOWN", True),
        ("fail", 404, {"message": "Not found"}, None, "UNKNOWN", True),
    ],
)
def test_health(script, task, warned, wanted, status, answer, code, found, warns):
    script.expect(listed(entry()), single(), health(), checked(status, answer))
    (outcome,) = task({"health": wanted})
    assert (outcome.problem.code if outcome.problem else None) == code
    assert (outcome.object["health"]["status"] if outcome.object else None) == found
    assert bool(warned) == warns


def test_a_failing_server_is_not_a_broken_data_source(script, task):
    """The request is repeated, as each read is."""
    script.expect(listed(entry()), single(), health(), checked(500, {"message": "database is locked"}), checked(200, FINE))
    assert task({"health": "fail"})[0].object["health"]["status"] == "OK"
