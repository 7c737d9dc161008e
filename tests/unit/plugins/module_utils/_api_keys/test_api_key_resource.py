# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order an API key is asked for, deleted, proven and stored: scripts of calls."""

from __future__ import annotations

import base64
import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._api_keys.resource import ApiKeys
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.task import Task

from ..conftest import Call, health

ORG = OrgChoice(id=2)
SECRET = base64.b64encode(json.dumps({"k": "x" * 32, "n": "ci", "id": 2}).encode()).decode()
HEADERS = {"X-Grafana-Org-Id": "2"}
BODY = {"name": "ci", "role": "Editor", "secondsToLive": 3600}
TAKEN = {"message": "API key, organization ID and name must be unique"}


def listing(*keys):
    return Call("GET", "/api/auth/keys?includeExpired=true", headers=HEADERS).answers(200, list(keys))


def making(status=200, body=None):
    body = body or {"id": 8, "name": "ci", "key": SECRET}
    return Call("POST", "/api/auth/keys", headers=HEADERS, json=BODY).answers(status, body)


def proof(status=200, org=2):
    """Return the calls with the new key: which account it is of, which 9.3 does not say, and its organization."""
    headers = {"Authorization": "Bearer " + SECRET}
    if status == 401:
        return [Call("GET", "/api/user", headers=headers).answers(401, {"message": "Invalid API key"})]
    unknown = Call("GET", "/api/user", headers=headers).answers(404, {"message": "user not found"})
    return [unknown, Call("GET", "/api/org", headers=headers).answers(status, {"id": org, "name": "tenant"})]


def deleting(number, status=200):
    return Call("DELETE", "/api/auth/keys/%d" % number, headers=HEADERS).answers(status, {"message": "said"})


OLD = {"id": 7, "name": "ci", "role": "Viewer"}
NEW = {"id": 8, "name": "ci", "role": "Editor"}


@pytest.fixture
def task(by_token, tmp_path):
    """A function that runs a task in org 2, and returns the outcome of its item; *said* has warnings and secrets."""
    said = {"warned": [], "hidden": []}

    def run(check=False, **options):
        resource = ApiKeys(Task(said["hidden"].append, check, False, False))
        wanted = {"name": "ci", "role": "Editor", "seconds_to_live": 3600, "dest": str(tmp_path / "key"), "org": ORG}
        desired = resource.parse({**wanted, **options})
        scope = Scope(by_token, Org(2, "tenant"), OrgFinder(by_token), warn=said["warned"].append)
        return Run(resource, by_token, Mode(check)).one(scope, Item(0, ORG, desired))

    run.said = said
    return run


def test_made(script, task, tmp_path):
    script.expect(listing(), health("9.3.2"), making(), *proof())
    outcome = task()
    assert (outcome.status, outcome.object["id"], outcome.object["was"]) == (CHANGED, 8, "absent")
    assert (tmp_path / "key").read_text() == SECRET + "\n"
    assert task.said["hidden"] == [SECRET]


def test_asked_for_before_the_old_one_is_deleted(script, task):
    script.expect(listing(OLD), health("9.3.2"), making(409, TAKEN), deleting(7), making(), *proof())
    outcome = task(replace="when_needed")
    assert (outcome.status, outcome.object["id"]) == (CHANGED, 8)


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (410, "this endpoint has been removed", "unsupported"),
        (400, "Number of seconds before expiration is greater than the global limit", "lifetime_too_long"),
        (400, "Number of seconds before expiration should be set", "lifetime_needed"),
        (403, "api_key Quota reached", "quota_reached"),
        (403, "Cannot assign a role higher than user's role", "forbidden"),
    ],
)
def test_what_the_server_refuses_it_refuses_before_anything_is_deleted(script, task, tmp_path, status, said, code):
    script.expect(listing(OLD), health("9.3.2"), making(status, {"message": said}))
    if status != 403:
        script.expect(listing(OLD))  # a refusal is a question
    outcome = task(replace="when_needed")
    assert (outcome.status, outcome.problem.code) == (FAILED, code)
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".json"]  # the note is taken back


def test_a_lost_answer_is_looked_into(script, task, tmp_path):
    script.expect(listing(), health("9.3.2"), making(500, {"message": "database is locked"}))
    script.expect(listing(NEW), listing(NEW), making(409, TAKEN), deleting(8), making(), *proof())
    outcome = task()
    assert (outcome.status, outcome.object["was"]) == (CHANGED, "unanswered")
    assert "pending" not in json.loads((tmp_path / "key.json").read_text())


@pytest.mark.parametrize(("status", "org"), [(401, 2), (200, 3)])
def test_a_key_that_does_not_work_is_not_stored(script, task, tmp_path, status, org):
    script.expect(listing(), health("9.3.2"), making(), *proof(status, org), deleting(8), listing())
    outcome = task()
    assert (outcome.status, outcome.problem.code) == (FAILED, "unproven")
    assert SECRET not in outcome.problem.message
    assert not (tmp_path / "key").exists()


def test_a_refused_proof_is_no_word_about_the_caller(script, task):
    """The batch goes on: it is the new key that is refused, not who asks."""
    script.expect(listing(), health("9.3.2"), making(), *proof(401), deleting(8), listing())
    assert not task().problem.fatal


def test_a_key_that_is_stored_and_not_remembered_is_asked(script, task, tmp_path):
    (tmp_path / "key").write_text(SECRET + "\n")
    script.expect(listing(NEW), health("9.3.2"), *proof())
    outcome = task(seconds_to_live=0)
    assert (outcome.status, outcome.object["id"]) == (CHANGED, 8)
    script.expect(listing(NEW))
    assert task(seconds_to_live=0).status == OK


def test_nothing_is_asked_of_a_key_that_spells_another_name(script, task, tmp_path):
    (tmp_path / "key").write_text(base64.b64encode(b'{"k":"x","n":"other","id":2}').decode())
    script.expect(listing(NEW), health("9.3.2"))
    assert task().problem.code == "replace_needed"


def test_gone_already_when_it_is_deleted(script, task):
    script.expect(listing(OLD), deleting(7, 404))
    assert task(state="absent", dest=None).status == CHANGED


def test_no_more_than_the_list_is_asked_for_a_version_without_keys(script, task):
    missing = Call("GET", "/api/auth/keys?includeExpired=true").answers(404, {"message": "Not found"})
    script.expect(missing, health("12.4.3"))
    script.expect(Call("GET", "/api/serviceaccounts/search?perpage=1000&page=1").answers(200, {"serviceAccounts": []}))
    outcome = task(state="absent", dest=None)
    assert outcome.status == OK
    assert any("no API keys any more" in text for text in task.said["warned"])


def test_a_404_where_the_version_has_keys_is_not_taken_for_the_end(script, task):
    script.expect(Call("GET", "/api/auth/keys?includeExpired=true").answers(404, {"message": "Not found"}), health("9.3.2"))
    outcome = task(state="absent", dest=None)
    assert outcome.problem.code == "no_api_keys_route"


def test_files_of_ansible_vault(task):
    with pytest.raises(BadInput, match="ansible-vault"):
        task(dest=None, sink={"type": "ansible_vault", "path": "v", "variable": "v"})
