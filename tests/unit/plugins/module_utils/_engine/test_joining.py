# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Server admins in organizations that they are not members of: scripts of calls."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.resource import Dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import auth as _auth
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.members import OrgUsers

from ..conftest import Call, connection, health

ORG = OrgChoice(id=2)
DASHBOARD = "/apis/dashboard.grafana.app/v0alpha1/namespaces/org-2/dashboards"
#: What 12.4 answers to a caller who is not a member: on /apis, and to a search.
MISMATCH = {"kind": "Status", "status": "Failure", "message": "namespace mismatch", "code": 500}
SEARCH_FAILED = {"message": "Search failed"}


@pytest.fixture(autouse=True)
def _without_login(monkeypatch):
    """Every request carries the password: a login in between is not what these scripts are about."""
    monkeypatch.setattr(_auth, "LOGIN_AFTER", 100)


def memberships(*org_ids):
    orgs = [{"orgId": org_id, "name": f"org {org_id}", "role": "Admin"} for org_id in org_ids]
    return Call("GET", "/api/user/orgs").answers(200, orgs)


def joining():
    return Call("POST", "/api/orgs/2/users", json={"loginOrEmail": "admin", "role": "Admin"}).answers(200, {"userId": 1})


def making():
    return Call("POST", DASHBOARD).answers(201, {"metadata": {"name": "a", "generation": 1}})


def run(kind, wanted, check=False, **options):
    client = Client(connection(**options))
    return Run(kind, client, Mode(check)).all([Item(0, ORG, kind.parse(wanted))])[0]


def dashboard(check=False, api="auto", **options):
    return run(Dashboards(), {"dashboard": {"uid": "a", "title": "A"}, "api": api}, check, **options)


def test_the_caller_joins_before_the_first_request_into_the_organization(script):
    script.expect(health(), memberships(1), Call("GET", "/api/orgs/2").answers(200, {"id": 2, "name": "tenant"}), joining())
    script.expect(Call("GET", DASHBOARD + "/a").answers(404, {"message": "no"}), making())
    outcome = dashboard(join_org=True)
    assert (outcome.status, outcome.notes) == (CHANGED, {"joined_org": True})


def test_a_member_does_not_join(script):
    script.expect(health(), memberships(1, 2), Call("GET", DASHBOARD + "/a").answers(404, {"message": "no"}), making())
    assert dashboard(join_org=True).notes == {}


def test_a_check_says_that_the_caller_would_join(script):
    script.expect(health(), memberships(1), Call("GET", "/api/orgs/2").answers(200, {"id": 2, "name": "tenant"}))
    outcome = dashboard(check=True, join_org=True)
    assert (outcome.status, "would join" in outcome.notes["planned"]) == (CHANGED, True)


@pytest.mark.parametrize("join_org", [True, False])
def test_an_organization_that_does_not_exist(script, join_org):
    script.expect(health())
    if not join_org:
        script.expect(Call("GET", DASHBOARD + "/a").answers(500, MISMATCH))
    script.expect(memberships(1), Call("GET", "/api/orgs/2").answers(404, {"message": "Organization not found"}))
    assert dashboard(join_org=join_org).problem.code == "org_not_found"


def test_without_join_org_a_namespace_mismatch_means_not_a_member(script):
    script.expect(health(), Call("GET", DASHBOARD + "/a").answers(500, MISMATCH))
    script.expect(memberships(1), Call("GET", "/api/orgs/2").answers(200, {"id": 2, "name": "tenant"}))
    problem = dashboard().problem
    assert problem.code == "not_a_member"
    assert "set join_org: true" in problem.message


def test_without_join_org_a_failed_search_means_not_a_member(script):
    search = Call("GET", "/api/search?type=dash-db&query=A&limit=1000&page=1").answers(500, SEARCH_FAILED)
    script.expect(health(), *[search] * 3)  # it may be a real failure, so it is asked again
    script.expect(memberships(1), Call("GET", "/api/orgs/2").answers(200, {"id": 2, "name": "tenant"}))
    kind = Dashboards()
    outcome = run(kind, {"dashboard": {"title": "A"}, "api": "legacy"})
    assert outcome.problem.code == "not_a_member"


def test_a_failed_search_of_a_member_stays_a_failure_of_the_server(script):
    search = Call("GET", "/api/search?type=dash-db&query=A&limit=1000&page=1").answers(500, SEARCH_FAILED)
    script.expect(health(), *[search] * 3, memberships(1, 2))
    assert run(Dashboards(), {"dashboard": {"title": "A"}, "api": "legacy"}).problem.code == "server_error"


def test_nobody_has_to_join_to_manage_members(script):
    script.expect(Call("GET", "/api/orgs/2/users").answers(200, [{"userId": 5, "login": "bob", "role": "Viewer"}]))
    outcome = run(OrgUsers(), {"login": "bob", "role": "Viewer"}, join_org=True)
    assert outcome.notes == {}
