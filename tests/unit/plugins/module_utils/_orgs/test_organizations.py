# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for organizations."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import auth
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput, GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import organizations as orgs

from ..conftest import URL, Call, health

ORG = orgs.CurrentOrg(2, "tenant", {"city": "Basel", "country": ""})


@pytest.mark.parametrize(
    ("options", "current", "action"),
    [
        ({"name": "tenant"}, None, "create"),
        ({"name": "tenant"}, ORG, None),
        ({"name": "tenant", "address": {"city": "Basel"}}, ORG, None),
        ({"name": "tenant", "address": {"city": "Bern"}}, ORG, "update"),
        ({"name": "tenant", "address": {"country": ""}}, ORG, None),
        ({"name": "tenant", "address": {"zip_code": "4001"}}, ORG, "update"),
        ({"id": 2, "name": "other"}, ORG, "update"),
        ({"id": 2}, ORG, None),
        ({"id": 2, "state": "absent"}, ORG, "delete"),
        ({"name": "tenant", "state": "absent"}, None, None),
    ],
)
def test_organizations(options, current, action):
    resource = orgs.Organizations()
    change = resource.plan(resource.parse(options), current)
    assert (change.action if change else None) == action


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"id": 9, "name": "x"}, "org_not_found"),
        ({"name": "tenant", "address": {"city": ""}}, "cannot_clear"),
    ],
)
def test_organizations_refused(options, code):
    resource = orgs.Organizations()
    with pytest.raises(GrafanaError) as caught:
        resource.plan(resource.parse(options), None if "id" in options else ORG)
    assert caught.value.code == code


@pytest.mark.parametrize("options", [{}, {"name": ""}, {"name": "  "}, {"name": 5}, {"id": "x"}, {"id": 0}, {"id": 1.5}])
def test_organizations_bad(options):
    with pytest.raises(BadInput):
        orgs.Organizations().parse(options)


CASE_ORG = {"id": 2, "name": "Case Org"}


def named(name, *found):
    return Call("GET", "/api/orgs?name=" + name).answers(200, list(found))


def every(*more):
    return Call("GET", "/api/orgs?perpage=5000&page=0").answers(200, [{"id": 1, "name": "Main Org."}, CASE_ORG, *more])


@pytest.fixture
def task(client, monkeypatch):
    """A function that runs a task, and returns its outcome and the warnings."""
    monkeypatch.setattr(auth, "LOGIN_AFTER", 1000)

    def run(check=False, many=False, **options):
        resource, warnings = orgs.Organizations(), []
        run_ = Run(resource, client(), Mode(check))
        scope = Scope(run_.client, None, run_.org_finder, many, check, warnings.append)
        return run_.one(scope, Item(0, OrgChoice(), resource.parse(options))), warnings

    return run


@pytest.mark.parametrize("many", [True, False])
def test_a_server_that_compares_names_without_case(script, task, many):
    """MariaDB finds Case Org by "case org" (seen on MariaDB 10.11 with 12.4.3): that is the organization."""
    script.expect(*([every()] if many else []), named("case%20org", CASE_ORG))
    outcome, warnings = task(many=many, name="case org")
    assert (outcome.status, outcome.object) == (OK, {"id": 2, "name": "Case Org"})
    assert warnings == ["organization case org is Case Org (id 2) on %s, which compares names without case" % URL]


@pytest.mark.parametrize("many", [True, False])
def test_a_server_that_compares_names_exactly(script, task, many):
    script.expect(*([every()] if many else []), named("case%20org"))
    script.expect(Call("POST", "/api/orgs", json={"name": "case org"}).answers(200, {"orgId": 3}))
    outcome, warnings = task(many=many, name="case org")
    assert (outcome.status, outcome.object["id"], warnings) == (CHANGED, 3, [])


def test_a_list_is_enough_if_no_name_is_similar(script, task):
    script.expect(every(), Call("POST", "/api/orgs", json={"name": "Case"}).answers(200, {"orgId": 3}))
    assert task(many=True, name="Case")[0].status == CHANGED


def test_an_organization_of_another_case_is_not_deleted(script, task):
    script.expect(named("case%20org", CASE_ORG), health("12.4.3"))
    problem = task(name="case org", state="absent")[0].problem
    assert (problem.code, "2 is named Case Org, not case org" in problem.message) == ("name_mismatch", True)


def test_a_new_case_for_a_name(script, task):
    """The organization itself does not take its new name."""
    script.expect(Call("GET", "/api/orgs/2").answers(200, CASE_ORG), named("CASE%20Org", CASE_ORG))
    outcome, _warnings = task(check=True, id=2, name="CASE Org")
    assert (outcome.status, outcome.after["name"]) == (CHANGED, "CASE Org")


@pytest.mark.parametrize("check", [True, False])
def test_the_error_names_the_organization_that_has_the_name(script, task, check):
    own = Call("GET", "/api/orgs/3").answers(200, {"id": 3, "name": "other"})
    script.expect(own)
    if not check:
        script.expect(Call("PUT", "/api/orgs/3").answers(409, {"message": "Organization name taken"}), own)
    script.expect(named("case%20org", CASE_ORG))
    problem = task(check=check, id=3, name="case org")[0].problem
    assert problem.code == "name_taken"
    assert "the name case org is taken by organization Case Org (id 2); this server compares names" in problem.message


def test_names_of_organizations_in_other_modules(script, client):
    """A task with many organizations asks the server only for a name that the list has in another form."""
    choices = [OrgChoice(name=name) for name in ("case org", "Main Org.", "Case Org", "missing")]
    script.expect(every(), named("case%20org", CASE_ORG))
    found = OrgFinder(client()).resolve(choices)
    assert [org and org.id for org in found.values()] == [2, 1, 2, None]
