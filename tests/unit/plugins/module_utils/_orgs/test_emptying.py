# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an organization contains when it is removed, also where the server cannot delete it: scripts of calls."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.warnings import Warnings
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import auth
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.organizations import Organizations

from ..conftest import Call, health

INSIDE = {"X-Grafana-Org-Id": "7"}
SPACE = "/namespaces/org-7/"
DASHBOARDS = "/apis/dashboard.grafana.app/v0alpha1" + SPACE + "dashboards"
FOLDERS = "/apis/folder.grafana.app/v1beta1" + SPACE + "folders"
ADMIN = {"userId": 1, "login": "admin", "role": "Admin"}
EMPTY = {"theme": "", "timezone": "", "weekStart": "", "language": "", "homeDashboardUID": ""}


def inside(method, path, **expected):
    return Call(method, path, headers=INSIDE, **expected)


def entry(uid, title, folder=None):
    return {
        "metadata": {"name": uid, "annotations": {"grafana.app/folder": folder} if folder else {}},
        "spec": {"title": title},
    }


def objects(path, *items):
    """Return the requests for all objects of a kind: 13.1 is asked again about an empty list."""
    page = inside("GET", path + "?limit=1000").answers(200, {"metadata": {}, "items": list(items)})
    return [page] if items else [page, page]


#: What each kind of contents is asked with: full, and empty.
FULL = {
    "dashboards": objects(DASHBOARDS, entry("d", "Board", "a")),
    "library_panels": [
        inside("GET", "/api/library-elements?perPage=1000&page=1").answers(
            200, {"result": {"elements": [{"uid": "l", "name": "Panel"}], "totalCount": 1}}
        )
    ],
    "folders": objects(FOLDERS, entry("a", "Upper"), entry("b", "Lower", "a")),
    "alert_rules": [inside("GET", "/api/v1/provisioning/alert-rules").answers(200, [{"uid": "r", "title": "Rule"}])],
    "data_sources": [
        inside("GET", "/api/datasources").answers(200, [{"id": 3, "uid": "s", "name": "Prom", "type": "prometheus"}])
    ],
    "service_accounts": [
        inside("GET", "/api/serviceaccounts/search?perpage=1000&page=1").answers(
            200,
            {"serviceAccounts": [{"id": 4, "name": "ci", "login": "sa-7-ci"}, {"id": 5, "name": "x", "login": "sa-7-extsvc-x"}]},
        )
    ],
    "teams": [inside("GET", "/api/teams/search?perpage=1000&page=1").answers(200, {"teams": [{"id": 6, "name": "ops"}]})],
    "preferences": [inside("GET", "/api/org/preferences").answers(200, {"theme": "dark"})],
    "members": [Call("GET", "/api/orgs/7/users").answers(200, [ADMIN, {"userId": 8, "login": "bob", "role": "Admin"}])],
}
BARE = {
    "dashboards": objects(DASHBOARDS),
    "library_panels": [
        inside("GET", "/api/library-elements?perPage=1000&page=1").answers(200, {"result": {"elements": [], "totalCount": 0}})
    ],
    "folders": objects(FOLDERS),
    "alert_rules": [inside("GET", "/api/v1/provisioning/alert-rules").answers(200, [])],
    "data_sources": [inside("GET", "/api/datasources").answers(200, [])],
    "service_accounts": [inside("GET", "/api/serviceaccounts/search?perpage=1000&page=1").answers(200, {"serviceAccounts": []})],
    "teams": [inside("GET", "/api/teams/search?perpage=1000&page=1").answers(200, {"teams": []})],
    "preferences": [inside("GET", "/api/org/preferences").answers(200, {"weekStart": ""})],
    "members": [Call("GET", "/api/orgs/7/users").answers(200, [ADMIN])],
}
NAMES = {
    "dashboards": ["Board"],
    "library_panels": ["Panel"],
    "folders": ["Lower", "Upper"],
    "alert_rules": ["Rule"],
    "data_sources": ["Prom"],
    "service_accounts": ["ci"],
    "teams": ["ops"],
    "preferences": ["preferences"],
    "members": ["bob"],
}


def deletion(path, status=200):
    exact = Call("DELETE", path) if path.startswith("/api/orgs/") else inside("DELETE", path)
    if path.startswith("/apis/"):
        return exact.answers(status, {"kind": "Status"})
    return exact.exactly("", 204) if "provisioning" in path else exact.answers(status, {"message": "said"})


#: What is deleted of each kind.
DELETED = {
    "dashboards": [deletion(DASHBOARDS + "/d")],
    "library_panels": [deletion("/api/library-elements/l")],
    "folders": [deletion("/api/folders/b?forceDeleteRules=true"), deletion("/api/folders/a?forceDeleteRules=true")],
    "alert_rules": [deletion("/api/v1/provisioning/alert-rules/r")],
    "data_sources": [deletion("/api/datasources/uid/s")],
    "service_accounts": [deletion("/api/serviceaccounts/4")],
    "teams": [deletion("/api/teams/6")],
    "preferences": [inside("PUT", "/api/org/preferences", json=EMPTY).answers(200, {"message": "said"})],
    "members": [deletion("/api/orgs/7/users/8")],
}


def named():
    return Call("GET", "/api/orgs?name=tenant").answers(200, [{"id": 7, "name": "tenant"}])


def memberships(role="Admin", number=7):
    return Call("GET", "/api/user/orgs").answers(200, [{"orgId": number, "name": "tenant", "role": role}])


def caller():
    return Call("GET", "/api/user").answers(200, {"orgId": 1, "login": "admin", "id": 1, "isGrafanaAdmin": True})


def every():
    return Call("GET", "/api/orgs?perpage=5000&page=0").answers(200, [{"id": 1, "name": "Main"}, {"id": 7, "name": "tenant"}])


def all_of(table):
    return [call for calls in table.values() for call in calls]


@pytest.fixture
def task(client, monkeypatch):
    """A function that runs a task for the absent organization ``tenant``, and returns its outcome and the warnings."""
    monkeypatch.setattr(auth, "LOGIN_AFTER", 1000)

    def run(check=False, join_org=False, shows_contents=False, **options):
        resource, warnings = Organizations(shows_contents), Warnings()
        run_ = Run(resource, client(join_org=join_org), Mode(check))
        scope = Scope(run_.client, None, run_.org_finder, False, check, warnings.add)
        item = Item(0, OrgChoice(), resource.parse({"name": "tenant", "state": "absent", **options}))
        return run_.one(scope, item), warnings.texts()

    return run


def test_contents_are_removed_in_the_organization_only(script, task):
    script.expect(caller(), named(), health("13.1.0-pre"), memberships(), *all_of(FULL), every())
    for kind, deletions in DELETED.items():
        script.expect(*FULL[kind], *deletions)
    outcome, warnings = task(on_undeletable="empty")
    assert (outcome.status, outcome.object) == (CHANGED, {"id": 7, "name": "tenant", "undeletable": True, "contents": {}})
    assert (outcome.before["contents"], outcome.after["contents"]) == (NAMES, {})
    assert "tenant (id 7) remains" in warnings[0]
    assert "13.1 and 13.2 cannot delete" in warnings[0]


def test_nothing_is_left_to_remove(script, task):
    script.expect(caller(), named(), health("13.2.1"), memberships(), *all_of(BARE), every())
    outcome, warnings = task(on_undeletable="empty")
    assert (outcome.status, outcome.object["undeletable"], len(warnings)) == (OK, True, 1)


def test_check_mode_shows_what_goes(script, task):
    script.expect(caller(), named(), health("13.1.0"), memberships(), *all_of(FULL), every())
    outcome, _warnings = task(check=True, on_undeletable="empty")
    assert (outcome.status, outcome.before["contents"], outcome.after["contents"]) == (CHANGED, NAMES, {})


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_deleted_without_the_option(script, task, check):
    script.expect(named(), health("13.1.0"))
    outcome, _warnings = task(check=check)
    assert (outcome.status, outcome.problem.code) == (FAILED, "undeletable")
    assert "on_undeletable: empty" in outcome.problem.message


def test_objects_that_are_gone_meanwhile_are_removed(script, task):
    script.expect(caller(), named(), health("13.1.0"), memberships(), *all_of({**BARE, "teams": FULL["teams"]}), every())
    for kind, calls in {**BARE, "teams": FULL["teams"]}.items():
        script.expect(*calls, *([deletion("/api/teams/6", 404)] if kind == "teams" else []))
    assert task(on_undeletable="empty")[0].status == CHANGED


def test_a_caller_who_is_no_member(script, task):
    script.expect(named(), health("13.1.0"), memberships(number=1))
    assert task(on_undeletable="empty")[0].problem.code == "not_a_member"


def test_a_caller_who_is_no_admin_there(script, task):
    script.expect(named(), health("13.1.0"), memberships(role="Viewer"))
    assert task(on_undeletable="empty")[0].problem.code == "forbidden"


def test_a_caller_who_joins(script, task):
    others = Call("GET", "/api/orgs/7/users").answers(200, [{"userId": 8, "login": "bob", "role": "Admin"}])
    joins = Call("POST", "/api/orgs/7/users", json={"loginOrEmail": "admin", "role": "Admin"}).answers(200, {"userId": 1})
    script.expect(caller(), named(), health("13.1.0"), memberships(number=1), others, every(), joins)
    for kind, calls in {**BARE, "members": FULL["members"]}.items():
        script.expect(*calls, *(DELETED["members"] if kind == "members" else []))
    outcome, _warnings = task(on_undeletable="empty", join_org=True)
    assert (outcome.status, outcome.before["contents"]) == (CHANGED, {"members": ["bob"]})


def test_the_last_organization(script, task):
    alone = Call("GET", "/api/orgs?perpage=5000&page=0").answers(200, [{"id": 7, "name": "tenant"}])
    script.expect(caller(), named(), health("13.1.0"), memberships(), *all_of(FULL), alone)
    assert task(on_undeletable="empty")[0].problem.code == "last_org"


def failed():
    return Call("DELETE", "/api/orgs/7", headers={"X-Grafana-Org-Id": "1"}).answers(
        500, {"message": "Failed to delete organization"}
    )


def test_versions_that_cannot_delete_all_are_tried(script, task):
    """12.0.1 deletes some organizations; one that it does not delete is emptied."""
    lists = {**BARE, "dashboards": BARE["dashboards"][:1], "folders": BARE["folders"][:1]}
    script.expect(caller(), named(), health("12.0.1"), every(), failed(), named(), memberships(), *all_of(lists), every())
    outcome, warnings = task(on_undeletable="empty")
    assert (outcome.status, outcome.object["undeletable"], len(warnings)) == (OK, True, 1)


@pytest.mark.parametrize(("version", "code"), [("12.0.1", "undeletable"), ("12.4.3", "server_error")])
def test_a_deletion_that_always_fails(script, task, version, code):
    script.expect(named(), health(version))
    for _attempt in range(3):
        script.expect(every(), failed(), named())
    outcome, _warnings = task()
    assert outcome.problem.code == code


def search(kind, *titles):
    hits = [{"uid": title, "title": title} for title in titles]
    return [inside("GET", "/api/search?type=%s&limit=1000&page=1" % kind).answers(200, hits)]


def first_pages(table):
    """Return the requests to a server before 13.1, which is not asked again about an empty list."""
    return {kind: calls[:1] for kind, calls in table.items()}


OLD = {**FULL, "dashboards": search("dash-db", "Board"), "folders": search("dash-folder", "Lower", "Upper")}


@pytest.mark.parametrize(("version", "lists"), [("11.5.1", OLD), ("12.4.3", first_pages(FULL))])
def test_check_mode_shows_what_goes_with_an_organization(script, task, version, lists):
    script.expect(caller(), named(), health(version), memberships(), *all_of(lists), every())
    outcome, warnings = task(check=True, shows_contents=True)
    assert (outcome.status, outcome.before["contents"], outcome.after, warnings) == (CHANGED, NAMES, {}, [])


def test_a_kind_that_an_old_server_does_not_have(script, task):
    missing = inside("GET", "/api/v1/provisioning/alert-rules").answers(404, {"message": "Not found"})
    script.expect(caller(), named(), health("9.1.0"), memberships(), *all_of({**OLD, "alert_rules": [missing]}), every())
    outcome, _warnings = task(check=True, shows_contents=True)
    assert outcome.before["contents"] == {kind: names for kind, names in NAMES.items() if kind != "alert_rules"}


def test_only_the_members_are_shown_to_a_caller_who_is_no_member(script, task):
    script.expect(caller(), named(), health("12.4.3"), memberships(number=1), *FULL["members"], every())
    outcome, warnings = task(check=True, shows_contents=True)
    assert (outcome.status, outcome.before["contents"]) == (CHANGED, {"members": ["bob"]})
    assert "org tenant on" in warnings[0]
    assert "not a member" in warnings[0]
