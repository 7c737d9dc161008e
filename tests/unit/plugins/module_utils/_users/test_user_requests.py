# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests for users, as scripts."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import auth
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._users.directory import ONE_BY_ONE
from ansible_collections.orgsmith.grafana.plugins.module_utils._users.resource import Users

from ..conftest import Call

NEEDLE = "n33dle-Of-Alice-1"
ALICE = {"id": 3, "login": "alice", "email": "alice@x", "isGrafanaAdmin": False, "isDisabled": False, "orgId": 1}
LOOKUP = "/api/users/lookup?loginOrEmail="
PASSWORD = {"login": "alice", "user_password": NEEDLE, "update_password": "always"}
LOGIN = {"user": "alice", "password": NEEDLE}


@pytest.fixture
def task(client, monkeypatch):
    """A function that runs one item, without logins of the caller, and returns its outcome and the warnings."""
    monkeypatch.setattr(auth, "LOGIN_AFTER", 100)

    def run(check=False, **options):
        resource = Users()
        made = Run(resource, client(), Mode(check))
        outcome = made.all([Item(0, OrgChoice(), resource.parse({"state": "present", **options}))])[0]
        shown = []
        made.warnings.show(shown.append)
        found = repr((outcome, shown, outcome.problem and outcome.problem.failure()))
        assert NEEDLE not in found
        return outcome, shown

    return run


def found(**changed):
    """Return the calls that read alice."""
    return [
        Call("GET", LOOKUP + "alice").answers(200, {"id": 3}),
        Call("GET", "/api/users/3").answers(200, {**ALICE, **changed}),
        Call("GET", "/api/users/3/orgs").answers(200, [{"orgId": 1, "name": "Main Org."}]),
    ]


def settings(**given):
    return Call("GET", "/api/frontend/settings").answers(200, {"buildInfo": {"version": "12.4.3"}, **given})


def test_a_right_password_is_one_login_that_ends_at_once(script, task):
    script.expect(*found())
    script.expect(
        Call("POST", "/login", json=LOGIN, without=["Authorization"]).answers(200, {}, cookies={"grafana_session": "abc"})
    )
    script.expect(Call("GET", "/logout", headers={"Cookie": "grafana_session=abc"}).answers(302))
    assert task(**PASSWORD)[0].status == OK


@pytest.mark.parametrize("check", [True, False])
def test_a_wrong_password_is_not_sent_again(script, task, check):
    script.expect(*found(), Call("POST", "/login", json=LOGIN).answers(401, {"message": "Invalid username or password"}))
    script.expect(settings())
    if not check:
        script.expect(Call("PUT", "/api/admin/users/3/password", json={"password": NEEDLE}).answers())
    outcome, _warnings = task(check, **PASSWORD)
    assert outcome.status == CHANGED
    assert outcome.notes == {"password_changed": True}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"message": "Login is disabled"}),
        (400, {"message": "BadRequest", "messageId": "auth.client.notConfigured"}),
        (404, {"message": "Not found"}),
    ],
)
def test_without_a_login_form_the_password_is_not_changed(script, task, status, body):
    script.expect(*found(), Call("POST", "/login", json=LOGIN).answers(status, body))
    outcome, warnings = task(**PASSWORD)
    assert outcome.status == OK
    assert "it is unknown whether user alice has the password of the task" in warnings[0]


def test_a_password_whose_write_fails_is_tested_once(script, task):
    """The server has stored it, and the answer is lost."""
    script.expect(*found(), Call("POST", "/login").answers(401, {"message": "Invalid username or password"}), settings())
    password = Call("PUT", "/api/admin/users/3/password")
    script.expect(password.answers(500, {"message": "database is locked"}), *found())
    script.expect(Call("PUT", "/api/admin/users/3/password").answers())
    assert task(**PASSWORD)[0].status == CHANGED


@pytest.mark.parametrize("check", [True, False])
def test_the_password_policy_of_the_server(script, task, check):
    script.expect(Call("GET", LOOKUP + "bob").answers(404))
    script.expect(settings(auth={"basicAuthStrongPasswordPolicy": True}))
    outcome, _warnings = task(check, login="bob", user_password="too-simple", initial_org_id=1)
    assert outcome.problem.code == "password_policy"
    assert "12 characters, an upper case letter, a digit" in outcome.problem.message


def created(number=9):
    return Call("POST", "/api/admin/users").answers(200, {"id": number})


def test_a_new_user(script, task):
    script.expect(Call("GET", LOOKUP + "Bob").answers(404), Call("GET", LOOKUP + "bob%40x").answers(404), settings())
    script.expect(Call("GET", "/api/orgs?name=tenant").answers(200, [{"id": 2, "name": "tenant"}]))
    body = {"login": "Bob", "email": "bob@x", "password": NEEDLE, "OrgId": 2}
    script.expect(Call("POST", "/api/admin/users", json=body).answers(200, {"id": 9}))
    script.expect(Call("PUT", "/api/admin/users/9/permissions", json={"isGrafanaAdmin": True}).answers())
    script.expect(Call("POST", "/api/admin/users/9/disable").answers())
    script.expect(Call("GET", "/api/health").answers(200, {"database": "ok", "version": "12.4.3"}))
    more = {"is_admin": True, "is_disabled": True, "initial_org_name": "tenant"}
    outcome, warnings = task(login="Bob", email="bob@x", user_password=NEEDLE, **more)
    assert outcome.object["login"] == "bob"
    assert not warnings


@pytest.mark.parametrize("orgs", [["one"], ["one", "two", "three", "four"]])
def test_one_list_has_the_organizations_of_all_users(script, client, monkeypatch, orgs):
    """As many requests for one organization as for many; the list also tells whether a user's active organization exists."""
    monkeypatch.setattr(auth, "LOGIN_AFTER", 100)
    logins = ["alice", *("new-%s" % org for org in orgs)]
    listed = [{"id": number, "name": name} for number, name in enumerate(("Main Org.", "one", "two", "three", "four"), 1)]
    known = "/api/users/search?perpage=5000&page=1"
    if len(logins) > ONE_BY_ONE:
        script.expect(Call("GET", known).answers(200, {"users": [ALICE], "totalCount": 1}))
    else:
        script.expect(Call("GET", LOOKUP + "alice").answers(200, ALICE), Call("GET", LOOKUP + "new-one").answers(404))
    script.expect(Call("GET", "/api/users/3").answers(200, ALICE))
    script.expect(Call("GET", "/api/orgs?perpage=5000&page=0").answers(200, listed), settings())
    bodies = [{"login": "new-%s" % org, "password": NEEDLE, "OrgId": number} for number, org in enumerate(orgs, 2)]
    script.expect(*(Call("POST", "/api/admin/users", json=body).answers(200, {"id": 9}) for body in bodies))
    resource = Users()
    wanted = [{"login": login, "initial_org_name": org} for login, org in zip(logins, ["one", *orgs])]
    wanted = [{**one, "state": "present", **({} if one["login"] == "alice" else {"user_password": NEEDLE})} for one in wanted]
    items = [Item(number, OrgChoice(), resource.parse(one)) for number, one in enumerate(wanted)]
    outcomes = Run(resource, client(concurrency=1), Mode()).all(items)
    assert [one.status for one in outcomes] == [OK, *(CHANGED for _org in orgs)]


def test_a_login_that_is_taken_and_not_shown(script, task):
    script.expect(Call("GET", LOOKUP + "bob").answers(404), settings(), Call("GET", "/api/orgs/1").answers(200, {"id": 1}))
    script.expect(
        Call("POST", "/api/admin/users").answers(412, {"message": "User with email '' or username 'bob' already exists"})
    )
    script.expect(Call("GET", LOOKUP + "bob").answers(404))
    outcome, _warnings = task(login="bob", user_password=NEEDLE, initial_org_id=1)
    assert outcome.status == FAILED
    assert outcome.problem.code == "login_taken"
    assert "belongs to a service account" in outcome.problem.message


def test_an_address_that_its_owner_has_to_confirm(script, task):
    script.expect(*found(), Call("GET", LOOKUP + "new%40x").answers(404))
    body = {"login": "alice", "email": "new@x"}
    script.expect(Call("PUT", "/api/users/3", json=body).answers(200, {"message": "Email sent for verification"}))
    outcome, warnings = task(login="alice", email="new@x")
    assert outcome.status == CHANGED
    assert "only after its owner has confirmed it" in warnings[0]


def test_a_moved_user(script, task):
    script.expect(*found(orgId=7)[:2])
    orgs = [{"orgId": 5, "name": "five"}, {"orgId": 4, "name": "four"}]
    script.expect(Call("GET", "/api/users/3/orgs").answers(200, orgs), Call("POST", "/api/users/3/using/5").answers())
    outcome, _warnings = task(login="alice", initial_org_name="five")
    assert (outcome.before["active_org_id"], outcome.after["active_org_id"]) == (7, 5)
    assert json.dumps(outcome.object)


def test_an_external_user_whom_only_the_server_knows(script, task):
    script.expect(*found(), Call("PUT", "/api/users/3").answers(403, {"message": "Cannot update external User"}))
    outcome, _warnings = task(login="alice", name="Alice")
    assert outcome.problem.code == "externally_synced"


def test_an_existing_user_is_kept_as_it_is(script, task):
    script.expect(Call("GET", LOOKUP + "alice").answers(200, {"id": 3, "login": "alice"}))
    outcome, warnings = task(login="alice", name="Another", user_password=NEEDLE, on_existing="keep")
    assert (outcome.status, outcome.object["login"], warnings) == (OK, "alice", [])


@pytest.mark.parametrize(
    ("user", "orgs", "status"),
    [
        ({}, [], CHANGED),
        ({}, ["gone"], CHANGED),
        ({}, ["gone", "stays"], OK),
        ({"isGrafanaAdmin": True}, None, OK),
    ],
)
def test_only_users_without_an_organization_are_deleted(script, task, user, orgs, status):
    script.expect(*found(**user)[:2])
    if orgs is not None:
        memberships = [{"orgId": 5 + number, "name": name} for number, name in enumerate(orgs)]
        script.expect(Call("GET", "/api/users/3/orgs").answers(200, memberships))
    if status == CHANGED:
        every = [{"id": 1, "login": "admin", "email": "", "isAdmin": True, "isDisabled": False}]
        script.expect(Call("GET", "/api/users/search?perpage=5000&page=1").answers(200, {"users": every, "totalCount": 1}))
    assert task(True, login="alice", state="absent", orphans_only=True, ignored_orgs=["gone"])[0].status == status
