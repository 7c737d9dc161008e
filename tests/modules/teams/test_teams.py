# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Teams and their members."""

from __future__ import annotations

import pytest

TEAM = {"org_name": "tenant", "name": "Crew"}


def prepare(server):
    """Create organization tenant with alice, bob and carol, and the user dave outside of it; return *server*."""
    org = server.ok("grafana_org", name="tenant")["organization"]["id"]
    for login in ("alice", "bob", "carol"):
        server.user(login, email=f"{login}@example.org", OrgId=org)
    server.user("dave", OrgId=1)
    return server


@pytest.fixture
def org(server):
    """Organization tenant on each version that differs."""
    return prepare(server)


@pytest.fixture
def tenant(newest):
    """Organization tenant on the newest version."""
    return prepare(newest)


def people(server, name="Crew", **caller):
    """Return the members of a team and its Admins, as the info module shows them."""
    (team,) = server.ok("grafana_team_info", org_name="tenant", name=name, members=True, **caller)["teams"]
    return team["members"], team["admins"]


def test_a_team_comes_and_goes(org):
    """One life of a team, by four runs each; recorded: 'teams' and 'team-members'."""
    made = org.four("grafana_team", **TEAM, email="crew@example.org", members=["alice"], admins=["bob@example.org"])
    team = made[1]["team"]
    assert (team["members"], team["admins"]) == (["alice"], ["admin", "bob"])  # whoever creates a team is its Admin
    assert made[3]["team"] == team
    assert (team["uid"] is None) == (org.version in ("8.5.15", "9.3.2"))
    swapped = org.four("grafana_team", **TEAM, members=["bob", "carol"], admins=["alice@example.org"], members_exclusive=True)
    assert swapped[1]["diff"]["before"]["members"] == ["alice"]
    assert people(org) == (["bob", "carol"], ["alice"])
    org.four("grafana_team", org_name="tenant", id=team["id"], name="On call / Žlutí", email="")
    (renamed,) = org.ok("grafana_team_info", org_name="tenant")["teams"]
    assert (renamed["id"], renamed["name"], renamed["email"], renamed["member_count"]) == (team["id"], "On call / Žlutí", "", 3)
    gone = org.four("grafana_team", org_name="tenant", name="On call / Žlutí", state="absent")
    assert gone[1]["team"] is None


def test_a_new_team_has_exactly_the_members_that_the_task_names(org):
    made = org.four("grafana_team", **TEAM, members=["alice"], members_exclusive=True)
    assert (made[1]["team"]["members"], made[1]["team"]["admins"]) == (["alice"], [])


def test_the_creator_can_become_a_member(tenant):
    made = tenant.four("grafana_team", **TEAM, members=["admin"], admins=["alice"])
    assert (made[1]["team"]["members"], made[1]["team"]["admins"]) == (["admin"], ["alice"])


def test_other_members_stay(tenant):
    tenant.ok("grafana_team", **TEAM, members=["alice"])
    tenant.four("grafana_team", **TEAM, members=["bob"])
    assert people(tenant) == (["alice", "bob"], ["admin"])


def test_the_email_stays_when_the_name_changes(tenant):
    """A PUT without the address deletes it (recorded)."""
    made = tenant.ok("grafana_team", **TEAM, email="crew@example.org")["team"]
    tenant.four("grafana_team", org_name="tenant", uid=made["uid"], name="Crew two")
    assert tenant.ok("grafana_team_info", org_name="tenant")["teams"][0]["email"] == "crew@example.org"


def test_members_are_removed(tenant):
    tenant.ok("grafana_team", **TEAM, members=["alice"])
    tenant.four("grafana_team", **TEAM, members=[], members_exclusive=True)
    assert people(tenant) == ([], [])


def test_names_differ_by_case(org):
    org.ok("grafana_team", **TEAM)
    assert org.ok("grafana_team", org_name="tenant", name="CREW")["changed"]
    org.four("grafana_team", org_name="tenant", batch=[{"name": "crew"}, {"name": "cREW"}])
    assert [one["name"] for one in org.ok("grafana_team_info", org_name="tenant")["teams"]] == ["CREW", "Crew", "cREW", "crew"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("present", [True, False])
def test_members_of_a_team_are_members_of_the_organization(tenant, present, check):
    if present:
        tenant.ok("grafana_team", **TEAM)
    with tenant.writes_nothing():
        failed = tenant.fails("grafana_team", **TEAM, email="new@example.org", members=["alice", "dave"], check=check)
    assert failed.code == "user_not_found"
    assert "dave is the login or e-mail of no member of org tenant" in failed["msg"]
    assert "grafana_org_user" in failed["msg"]


def test_a_member_who_left_the_organization_can_be_named(tenant):
    """The server also takes users of other organizations into a team (recorded): such a member is known by the team."""
    team = tenant.ok("grafana_team", **TEAM)["team"]["id"]
    dave = tenant.api("GET", "/api/users/lookup?loginOrEmail=dave")["id"]
    tenant.api("POST", f"/api/teams/{team}/members", {"userId": dave}, org="tenant")
    assert not tenant.ok("grafana_team", **TEAM, members=["dave"])["changed"]
    tenant.four("grafana_team", **TEAM, members=["alice"], admins=["admin"], members_exclusive=True)


def test_a_login_in_another_case(tenant):
    """From 10.x on the server ignores the case of logins, but only server admins can ask it whom a login means."""
    failed = tenant.fails("grafana_team", name="Crew", members=["ALICE"], **tenant.by_token("Admin", "tenant"))
    assert (failed.code, "(there is alice)" in failed["msg"]) == ("user_not_found", True)
    tenant.four("grafana_team", **TEAM, members=["ALICE", "Bob@Example.org"])
    assert people(tenant)[0] == ["alice", "bob"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "name, id or uid of the team is missing"),
        ({"name": ""}, "name of the team is empty"),
        ({"name": 7}, "has to be a string"),
        ({"id": 1, "uid": "a"}, "exclude each other"),
        ({"id": "one"}, "id"),
        ({"name": "a", "members": ["alice"], "admins": ["alice"]}, "alice: in members and in admins"),
        ({"name": "a", "members": [" "]}, "empty entry"),
        ({"name": "a", "members": [7]}, "has to be a string"),
        ({"name": "a", "members_exclusive": True}, "members: [] with it removes all members"),
    ],
)
def test_bad_input(newest, options, text):
    before = newest.requests()
    failed = newest.fails("grafana_team", batch=[{"name": "good"}, options])
    assert text in failed["msg"]
    assert newest.requests() == before


def test_a_user_in_both_lists_under_two_names(tenant):
    failed = tenant.fails("grafana_team", **TEAM, members=["alice"], admins=["alice@example.org"])
    assert "in members and in admins" in failed["msg"]
    assert tenant.ok("grafana_team_info", org_name="tenant")["teams"] == []


def test_a_team_of_no_such_id(tenant):
    failed = tenant.fails("grafana_team", org_name="tenant", id=99, name="Crew")
    assert (failed.code, "to create a team, leave out id and uid" in failed["msg"]) == ("team_not_found", True)
    assert not tenant.ok("grafana_team", org_name="tenant", uid="none", state="absent")["changed"]


def test_a_uid_needs_a_newer_server(versioned):
    server = prepare(versioned("9.3.2"))
    assert server.fails("grafana_team", org_name="tenant", uid="a", name="Crew").code == "unsupported"


@pytest.mark.parametrize("check", [True, False])
def test_the_name_of_another_team(tenant, check):
    number = tenant.ok("grafana_team", **TEAM)["team"]["id"]
    tenant.ok("grafana_team", org_name="tenant", name="Other")
    failed = tenant.fails("grafana_team", org_name="tenant", id=number, name="Other", check=check)
    assert failed.code == "name_taken"


def test_an_organization_of_a_moment_later(tenant):
    """An earlier step creates the organization: its creator is a member, and others may be added."""
    soon = {"org_name": "soon", "check": True, "missing_parent": "plan"}
    planned = tenant.ok("grafana_team", name="Crew", members=["admin"], **soon)
    assert (planned["changed"], planned["warnings"]) == (True, [])
    assert planned["team"] == {"name": "Crew", "email": "", "members": ["admin"], "admins": []}
    planned = tenant.ok("grafana_team", name="Crew", members=["alice"], **soon)
    assert "unless an earlier task adds the user" in planned["warnings"][0]
    assert tenant.fails("grafana_team", id=7, name="Crew", **soon).code == "team_not_found"
    assert not tenant.ok("grafana_team", name="Crew", state="absent", **soon)["changed"]


def test_the_caller_stays_in_its_own_organization(tenant):
    before = tenant.api("GET", "/api/org")
    tenant.ok("grafana_team", **TEAM, members=["alice"])
    assert tenant.api("GET", "/api/org") == before


# Callers


def test_an_admins_token(newer):
    """No member of the team that it creates (recorded: teams-by-token)."""
    server = prepare(newer)
    caller = server.by_token("Admin", "tenant")
    made = server.four("grafana_team", name="Crew", members=["alice"], admins=["bob@example.org"], **caller)
    assert (made[1]["team"]["members"], made[1]["team"]["admins"]) == (["alice"], ["bob"])
    server.four("grafana_team", name="Crew", state="absent", **caller)


def test_an_editors_token(tenant):
    tenant.ok("grafana_team", **TEAM)
    failed = tenant.fails("grafana_team", name="Crew", email="a@example.org", **tenant.by_token("Editor", "tenant"))
    assert (failed.code, "teams:read" in failed["msg"]) == ("forbidden", True)


def test_an_admin_of_the_team(tenant):
    """A Viewer who is Admin of a team changes the team. The server lists no members to callers who may not see users."""
    tenant.ok("grafana_team", **TEAM, members=["alice"], admins=["bob"])
    caller = tenant.by_user("bob")
    tenant.four("grafana_team", name="Crew", email="crew@example.org", **caller)
    for wanted in ({"members": ["alice"]}, {"members": [], "members_exclusive": True}):
        assert "org.users:read" in tenant.fails("grafana_team", name="Crew", **wanted, **caller)["msg"]
    assert people(tenant) == (["alice"], ["admin", "bob"])


def test_a_member_sees_the_team(tenant):
    tenant.ok("grafana_team", **TEAM, members=["alice"])
    assert [team["name"] for team in tenant.api("GET", "/api/user/teams", auth=("alice", "long-enough-1"))] == ["Crew"]


# Many


def test_requests_of_a_batch(tenant):
    """One list of teams; one list of the organization's members; of each team with members, one list of these."""
    batch = [{"name": f"team {number}", "members": ["alice", "bob"], "admins": ["carol"]} for number in range(20)]
    plain = [{"name": f"plain {number}"} for number in range(20)]
    before = tenant.requests()
    tenant.ok("grafana_team", org_name="tenant", batch=batch + plain)
    # The teams: create, list of members, three times add, once raise.
    assert tenant.requests() - before == 4 + 20 * 6 + 20
    before = tenant.requests()
    assert not tenant.ok("grafana_team", org_name="tenant", batch=batch + plain)["changed"]
    assert tenant.requests() - before == 2 + 20


@pytest.mark.parametrize("kind", ["drop", "database_locked", "refuse"])
@pytest.mark.parametrize("path", ["/api/teams", "/api/teams/.*/members"])
def test_writes_survive_faults(tenant, path, kind):
    tenant.emulator.fault({"method": "POST", "path": path, "kind": kind})
    assert tenant.ok("grafana_team", **TEAM, members=["alice"], admins=["bob"])["changed"]
    assert not tenant.ok("grafana_team", **TEAM, members=["alice"], admins=["bob"])["changed"]
    assert people(tenant) == (["alice"], ["admin", "bob"])


def test_more_teams_than_a_page(tenant, monkeypatch):
    from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import lists

    monkeypatch.setattr(lists, "PER_PAGE", 2)
    batch = [{"name": f"team {number}"} for number in range(5)]
    tenant.four("grafana_team", org_name="tenant", batch=batch)
    assert len(tenant.ok("grafana_team_info", org_name="tenant")["teams"]) == 5


def test_teams_of_all_organizations(tenant):
    tenant.ok("grafana_team", **TEAM)
    tenant.ok("grafana_team", org_id=1, name="Main crew")
    assert [team["name"] for team in tenant.ok("grafana_team_info", all_orgs=True)["teams"]] == ["Main crew", "Crew"]
