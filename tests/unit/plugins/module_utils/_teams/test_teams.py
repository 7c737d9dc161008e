# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for teams, and what only servers with MySQL, team sync or SCIM answer."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import auth
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._teams.model import DesiredTeam, Person, Team
from ansible_collections.orgsmith.grafana.plugins.module_utils._teams.plan import memberships, plan
from ansible_collections.orgsmith.grafana.plugins.module_utils._teams.resource import Teams

from ..conftest import URL, Call, health

PEOPLE = {name: number for number, name in enumerate(("ann", "bob", "cat", "dan"), 1)}
SYNCED = ("LDAP",)


def team(synced=(), provisioned=False, **levels):
    """Return a team; *levels* are 0 for a member and 4 for an Admin, by login."""
    there = {name: Person(PEOPLE[name], name, level=level) for name, level in levels.items()}
    people = [
        Person(one.user_id, one.login, level=one.level, synced=SYNCED if one.login in synced else ()) for one in there.values()
    ]
    known = {name: Person(number, name) for name, number in PEOPLE.items()}
    return Team(7, "Crew", "crew@example.org", "u7", provisioned, len(people), tuple(people), known)


def steps(current, members=(), admins=(), exclusive=False):
    wanted = DesiredTeam("Crew", members=tuple(members), admins=tuple(admins), exclusive=exclusive)
    found = {name: current.found[name] for name in wanted.wanted}
    current = Team(current.id, current.name, people=current.people, found=found)
    return [(step.person.login, step.level) for step in memberships(wanted, current)]


@pytest.mark.parametrize(
    ("current", "wanted", "expected"),
    [
        ({}, {"members": ["ann"]}, [("ann", 0)]),
        ({}, {"admins": ["ann"]}, [("ann", 4)]),
        ({"ann": 0}, {"members": ["ann"]}, []),
        ({"ann": 4}, {"admins": ["ann"]}, []),
        ({"ann": 4}, {"members": ["ann"]}, [("ann", 0)]),
        ({"ann": 0}, {"admins": ["ann"]}, [("ann", 4)]),
        ({"ann": 0, "bob": 4}, {"members": ["cat"]}, [("cat", 0)]),
        ({"ann": 0, "bob": 4}, {"members": ["cat"], "exclusive": True}, [("cat", 0), ("ann", None), ("bob", None)]),
        ({"ann": 0, "bob": 4}, {"exclusive": True}, [("ann", None), ("bob", None)]),
        # The team has an Admin at any time.
        ({"ann": 4}, {"members": ["ann"], "admins": ["bob"]}, [("bob", 4), ("ann", 0)]),
        ({"ann": 4, "cat": 0}, {"members": ["ann"], "admins": ["cat"], "exclusive": True}, [("cat", 4), ("ann", 0)]),
    ],
)
def test_memberships(current, wanted, expected):
    assert steps(team(**current), **wanted) == expected


def test_members_of_team_sync_stay():
    assert steps(team(synced=("ann",), ann=0, bob=0), admins=["cat"], exclusive=True) == [("cat", 4), ("bob", None)]
    assert steps(team(synced=("ann",), ann=0), members=["ann"], exclusive=True) == []


def test_a_member_of_team_sync_gets_no_other_level():
    with pytest.raises(GrafanaError) as caught:
        steps(team(synced=("ann",), ann=0), admins=["ann"])
    assert caught.value.code == "externally_synced"
    assert "ann is a member of team Crew because of team sync (LDAP)" in caught.value.message


@pytest.mark.parametrize(
    ("wanted", "action"),
    [
        ({"name": "Crew"}, None),
        ({"name": "CREW"}, None),
        ({"name": "Crew", "email": "crew@example.org"}, None),
        ({"name": "Crew", "email": ""}, "update"),
        ({"name": "Other", "id": 7}, "update"),
        ({"name": None, "id": 7}, None),
        ({"name": "Crew", "state": "absent"}, "delete"),
        ({"name": None, "id": 7, "state": "absent"}, "delete"),
    ],
)
def test_plans(wanted, action):
    change = plan(DesiredTeam(**wanted), Team(7, "Crew", "crew@example.org"))
    assert (change.action if change else None) == action


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"name": "Other", "id": 7}, "provisioned"),
        ({"name": "Crew", "members": ("ann",)}, "provisioned"),
        ({"name": "Crew", "state": "absent"}, "provisioned"),
        ({"name": "CREW", "state": "absent"}, "name_mismatch"),
        ({"name": "Other", "id": 7, "state": "absent"}, "name_mismatch"),
    ],
)
def test_refusals(wanted, code):
    with pytest.raises(GrafanaError) as caught:
        plan(DesiredTeam(**wanted), team(provisioned=True, bob=0))
    assert caught.value.code == code


def test_a_provisioned_team_gets_an_address():
    assert plan(DesiredTeam("Crew", email="new@example.org"), team(provisioned=True)) is not None


# As servers answer that no recording shows


@pytest.fixture
def task(client, monkeypatch):
    """A function that runs a task, and returns its outcome and the warnings."""
    monkeypatch.setattr(auth, "LOGIN_AFTER", 1000)

    def run(check=False, many=False, **options):
        resource, warnings = Teams(), []
        run_ = Run(resource, client(), Mode(check))
        scope = Scope(run_.client, Org(2, "tenant"), run_.org_finder, many, check, warnings.append)
        return run_.one(scope, Item(0, OrgChoice(), resource.parse(options))), warnings

    return run


CREW = {"id": 7, "name": "Crew"}
SEARCH = "/api/teams/search?perpage=1000&page=1"


def named(name, *found):
    return Call("GET", f"{SEARCH}&name={name}", headers={"X-Grafana-Org-Id": "2"}).answers(200, {"teams": list(found)})


def every(*found):
    return Call("GET", SEARCH).answers(200, {"teams": list(found)})


def test_a_database_that_compares_names_without_case(script, task):
    """Up to 12.x the search finds what the database takes for the name."""
    script.expect(named("crew", CREW), health("12.4.3"))
    outcome, warnings = task(name="crew")
    assert (outcome.status, outcome.object["name"]) == (OK, "Crew")
    assert warnings == [f"team crew is Crew (id 7) in org tenant on {URL}, which compares names without case"]


def test_a_similar_name_in_a_list(script, task):
    script.expect(every(CREW), named("crew"), Call("POST", "/api/teams").answers(200, {"teamId": 8, "uid": "u8"}))
    outcome, warnings = task(many=True, name="crew")
    assert (outcome.status, outcome.object["id"], warnings) == (CHANGED, 8, [])


def test_a_name_that_only_a_creation_shows_to_be_taken(script, task):
    """From 13.0 on the search ignores case with every database: the refusal of a creation decides."""
    script.expect(named("crew", CREW), health("13.1.0"))
    script.expect(Call("POST", "/api/teams").answers(409, {"message": "Team name taken"}), named("crew", CREW))
    outcome, warnings = task(name="crew")
    assert (outcome.status, outcome.object["name"], len(warnings)) == (OK, "Crew", 1)


def test_the_users_of_a_new_team_are_looked_up_once(script, task):
    """Found before the team is created: a login in another case costs a request of its own."""
    script.expect(named("Crew"))
    script.expect(Call("GET", "/api/orgs/2/users").answers(200, [{"userId": 3, "login": "ann", "email": "", "role": "Viewer"}]))
    script.expect(Call("GET", "/api/users/lookup?loginOrEmail=ANN").answers(200, {"id": 3, "login": "ann"}))
    script.expect(Call("POST", "/api/teams").answers(200, {"teamId": 7, "uid": "u7"}))
    script.expect(Call("GET", "/api/teams/7/members").answers(200, []), Call("POST", "/api/teams/7/members", json={"userId": 3}))
    outcome, _warnings = task(name="Crew", members=["ANN"])
    assert (outcome.status, outcome.object["members"]) == (CHANGED, ["ann"])


def test_members_of_team_sync_are_reported(script, task):
    listed = [{"userId": 3, "login": "ann", "permission": 0, "labels": ["LDAP"]}, {"userId": 4, "login": "bob", "permission": 0}]
    script.expect(named("Crew", CREW), Call("GET", "/api/teams/7/members").answers(200, listed))
    script.expect(Call("DELETE", "/api/teams/7/members/4").answers(200))
    outcome, warnings = task(name="Crew", members=[], members_exclusive=True)
    assert (outcome.status, outcome.object["members"]) == (CHANGED, ["ann"])
    assert "keeps members whom team sync manages (ann: LDAP)" in warnings[0]


def test_an_identity_provider_manages_the_team(script, task):
    """12.4 and later say so in a 400 where the license has team sync, even if the list of teams did not (from the sources)."""
    script.expect(
        named("Crew", CREW), Call("DELETE", "/api/teams/7").answers(400, {"message": "Cannot delete provisioned teams"})
    )
    script.expect(named("Crew", CREW), Call("GET", "/api/user/orgs").answers(200, [{"orgId": 2}]))
    outcome, _warnings = task(name="Crew", state="absent")
    assert (outcome.status, outcome.problem.code) == (FAILED, "provisioned")
