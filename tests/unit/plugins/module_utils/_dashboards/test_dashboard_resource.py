# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for a dashboard, by either route: scripts of calls."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.resource import Dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call, health

ORG = OrgChoice(id=2)
HEADERS = {"X-Grafana-Org-Id": "2"}
APIS = "/apis/dashboard.grafana.app/v0alpha1/namespaces/org-2/dashboards"
OURS, FIRST = "[orgsmith.grafana]", "/api/dashboards/uid/a/versions/1"


def call(method, path, **expected):
    return Call(method, path, headers=HEADERS, **expected)


def thing(uid="a", tags=(), message=OURS, rv="5", generation=3, **notes):
    """An object of ``/apis``."""
    found = {"grafana.app/createdBy": "user:x", "grafana.app/updatedBy": "user:y", **notes}
    if message:
        found["grafana.app/message"] = message
    metadata = {"name": uid, "resourceVersion": rv, "generation": generation, "annotations": found}
    metadata["labels"] = {"grafana.app/deprecatedInternalID": "7", "team": "ops"}
    return {"kind": "Dashboard", "apiVersion": "x/v0alpha1", "metadata": metadata, "spec": body(uid, tags)}


def body(uid="a", tags=()):
    return {"title": uid.upper(), "tags": list(tags)}


def put(tags, **metadata):
    """A ``PUT``: what others have noted is in it, and what the server notes itself is not."""
    notes = {"grafana.app/message": OURS, **metadata.pop("notes", {})}
    given = {"annotations": notes, "name": "a", "resourceVersion": "5", "labels": {"team": "ops"}, **metadata}
    kind = {"apiVersion": "dashboard.grafana.app/v0alpha1", "kind": "Dashboard"}
    return call("PUT", APIS + "/a", json={**kind, "metadata": given, "spec": body("a", tags)})


def written(version=4):
    return {"metadata": {"name": "a", "generation": version}}


@pytest.fixture
def scope(by_token):
    return Scope(by_token, Org(2, "tenant"), OrgFinder(by_token))


@pytest.fixture
def task(scope):
    """A function that reconciles one dashboard and returns the outcome; *warned* has the warnings."""
    warned = []
    scope.warn = warned.append

    def run(tags=(), check=False, **options):
        resource = Dashboards()
        wanted = {"dashboard": {"uid": "a", **body("a", tags)}, **options}
        return Run(resource, scope.client, Mode(check)).one(scope, Item(0, ORG, resource.parse(wanted)))

    run.warned = warned

    return run


def test_nothing_to_do_is_one_request(script, task):
    script.expect(health("12.4.3"), call("GET", APIS + "/a").answers(200, thing(tags=["x"])))
    assert task(["x"]).status == OK


@pytest.mark.parametrize("api", ["kubernetes", "legacy"])
def test_a_dashboard_in_the_folder_general_of_13_1(script, task, api):
    """13.1 may name the folder of a dashboard in General: the dashboard does not move."""
    script.expect(health("13.1.0"))
    if api == "kubernetes":
        script.expect(call("GET", APIS + "/a").answers(200, thing(**{"grafana.app/folder": "general"})))
    else:
        document = {"uid": "a", "id": 7, "version": 3, **body()}
        answer = {"dashboard": document, "meta": {"folderUid": "general", "version": 3}}
        script.expect(call("GET", "/api/dashboards/uid/a").answers(200, answer))
    done = task(api=api, folder_uid="")
    assert (done.status, done.object["folder_uid"]) == (OK, "")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("where", [{"folder_uid": "git"}, {"folder": "Git"}, {"folder": "Git/more", "create_folder": True}])
@pytest.mark.parametrize("moved", [True, False])
def test_a_folder_of_a_repository_takes_no_dashboard(script, task, check, where, moved):
    """The server refuses dashboards from elsewhere in it (from the source of 13.1)."""
    notes = {"grafana.app/managedBy": "repo", "grafana.app/managerId": "boards"}
    git = {"metadata": {"name": "git", "annotations": notes}, "spec": {"title": "Git"}}
    folders = call("GET", "/apis/folder.grafana.app/v1beta1/namespaces/org-2/folders?limit=1000").answers(200, {"items": [git]})
    permissions = call("GET", "/api/access-control/user/permissions").answers(200, {"folders:read": ["folders:*"]})
    there = call("GET", APIS + "/a").answers(*((200, thing()) if moved else (404, {"message": "no"})))
    first = {"git": [there, folders], "Git": [folders, there], "Git/more": [folders, permissions, there]}
    script.expect(health("13.1.0"), *first[where.get("folder", "git")])
    if "create_folder" in where:
        script.expect(Call("GET", "/api/admin/settings").answers(403, {"message": "no"}))
    problem = task(check=check, **where).problem
    assert (problem.code, "folder Git, which is managed by repo boards" in problem.message) == ("provisioned", True)


#: Without it, only Admins see a new dashboard in General (recorded: visibility-apis).
GRANTED = {"grafana.app/grant-permissions": "default"}


def test_one_is_made_by_a_post_which_overwrites_nothing(script, task):
    kind = {"apiVersion": "dashboard.grafana.app/v0alpha1", "kind": "Dashboard"}
    metadata = {"annotations": {"grafana.app/message": "why [orgsmith.grafana: ops]", **GRANTED}, "name": "a"}
    script.expect(
        health("12.4.3"),
        call("GET", APIS + "/a").answers(404, {"message": "not found"}),
        call("POST", APIS, json={**kind, "metadata": metadata, "spec": body()}).answers(201, written(1)),
    )
    done = task(commit_message="why", source="ops")
    assert (done.status, done.object["version"]) == (CHANGED, 1)


def test_a_change_keeps_folder_labels_and_notes_of_others(script, task):
    there = thing(**{"grafana.app/folder": "f", "example.org/owner": "ops"})
    notes = {"grafana.app/folder": "f", "example.org/owner": "ops"}
    script.expect(
        health("12.4.3"),
        call("GET", APIS + "/a").answers(200, there),
        put(["x"], notes=notes).answers(200, written()),
    )
    done = task(["x"])
    assert (done.status, done.object["folder_uid"], done.object["version"]) == (CHANGED, "f", 4)


MOVED_ON = {"kind": "Status", "reason": "Conflict", "message": "Operation cannot be fulfilled: the object has been modified"}


def test_somebody_else_came_first_and_wrote_the_same(script, task):
    script.expect(
        health("12.4.3"),
        call("GET", APIS + "/a").answers(200, thing()),
        put(["x"]).answers(409, MOVED_ON),
        call("GET", APIS + "/a").answers(200, thing(tags=["x"], rv="6")),
    )
    assert task(["x"]).status == OK


def test_somebody_else_came_first_and_wrote_something_else(script, task):
    script.expect(
        health("12.4.3"),
        call("GET", APIS + "/a").answers(200, thing()),
        put(["x"]).answers(409, MOVED_ON),
        call("GET", APIS + "/a").answers(200, thing(tags=["y"], rv="6")),
        put(["x"], resourceVersion="6").answers(200, written(5)),
    )
    assert task(["x"]).status == CHANGED


def test_what_carries_no_mark_is_asked_about_only_if_it_differs(script, task):
    script.expect(health("12.4.3"), call("GET", APIS + "/a").answers(200, thing(message="")))
    assert task().status == OK


@pytest.mark.parametrize(("policy", "status"), [("keep", OK), ("fail", FAILED)])
def test_what_somebody_else_wrote_is_not_overwritten(script, task, policy, status):
    newest = {"version": 3, "parentVersion": 2, "createdBy": "alice", "created": "2026-01-02T03:04:05Z", "message": "mine"}
    script.expect(
        health("12.4.3"),
        call("GET", APIS + "/a").answers(200, thing(message="mine")),
        call("GET", "/api/dashboards/uid/a/versions?limit=1").answers(200, {"continueToken": "", "versions": [newest]}),
    )
    done = task(["x"], on_conflict=policy)
    assert done.status == status
    said = done.problem.message if done.problem else task.warned[0]
    assert 'by alice at 2026-01-02T03:04:05Z (version 3, "mine")' in said


def test_the_message_of_a_first_version_is_asked_for_alone(script, task):
    first = {"version": 1, "parentVersion": 0, "createdBy": "admin", "message": "Initial save"}
    document = {"dashboard": {"uid": "a", "version": 1, "id": 7, **body()}, "meta": {"version": 1, "folderUid": "f"}}
    sent = {"dashboard": {**body("a", ["x"]), "uid": "a", "version": 1}, "folderUid": "f", "overwrite": False, "message": OURS}
    script.expect(
        health("9.3.2"),
        call("GET", "/api/dashboards/uid/a").answers(200, document),
        call("GET", "/api/dashboards/uid/a/versions?limit=1").answers(200, [first]),
        call("GET", FIRST).answers(200, {**first, "message": OURS}),
        call("POST", "/api/dashboards/db", json=sent).answers(200, {"uid": "a", "version": 2}),
    )
    assert task(["x"], on_conflict="fail").status == CHANGED


def by_legacy(tags, version, sent=False):
    """A dashboard of the legacy route as it is read, or as it is written."""
    document = {**body("a", tags), "uid": "a", "version": version}
    if sent:
        return {"dashboard": document, "folderUid": "", "overwrite": False, "message": OURS}
    return {"dashboard": {**document, "id": 7}, "meta": {"version": version}}


@pytest.mark.parametrize(
    ("version", "status", "refusal"),
    [
        ("11.5.1", 412, {"status": "version-mismatch", "message": "The dashboard has been changed by someone else"}),
        ("13.1.0", 409, {"message": "Dashboard already exists. Use overwrite flag to update."}),
    ],
)
def test_somebody_else_came_first_by_the_legacy_route(script, task, version, status, refusal):
    first = {"version": 1, "parentVersion": 0, "createdBy": "admin", "message": OURS}
    history = [
        call("GET", "/api/dashboards/uid/a/versions?limit=1").answers(200, [first]),
        call("GET", FIRST).answers(200, first),
    ]
    manager = [] if version == "11.5.1" else [call("GET", APIS + "/a").answers(200, thing())]
    first_read, second_read = (
        call("GET", "/api/dashboards/uid/a").answers(200, by_legacy(*one)) for one in (([], 1), (["x"], 2))
    )
    script.expect(health(version), first_read, *manager, *history)
    script.expect(call("POST", "/api/dashboards/db", json=by_legacy(["x"], 1, sent=True)).answers(status, refusal))
    script.expect(second_read)
    assert task(["x"], api="legacy").status == OK


def test_before_9_a_history_is_asked_for_by_id(script, task):
    document = {"dashboard": {"uid": "a", "version": 2, "id": 7, **body()}, "meta": {"version": 2}}
    newest = {"version": 2, "parentVersion": 1, "createdBy": "alice", "message": ""}
    script.expect(
        health("8.5.15"),
        call("GET", "/api/dashboards/uid/a").answers(200, document),
        call("GET", "/api/dashboards/id/7/versions?limit=1").answers(200, [newest]),
    )
    assert task(["x"], on_conflict="fail").problem.code == "edited"


def test_up_to_11_2_a_taken_title_is_looked_for_before_writing(script, task):
    hits = [{"uid": "b", "title": "A", "folderUid": ""}, {"uid": "c", "title": "AA"}]
    script.expect(
        health("11.2.0"),
        call("GET", "/api/dashboards/uid/a").answers(404, {"message": "Dashboard not found"}),
        call("GET", "/api/folders?limit=1000&page=1").answers(200, [{"uid": "f", "title": "B"}]),
        call("GET", "/api/search?type=dash-db&query=A&limit=1000&page=1").answers(200, hits),
    )
    done = task(check=True)
    assert (done.problem.code, "(b)" in done.problem.message) == ("title_taken", True)


def test_what_a_repository_manages_is_not_written_by_the_legacy_route_either(script, task):
    document = {"dashboard": {"uid": "a", "version": 2, **body()}, "meta": {"version": 2}}
    notes = {"grafana.app/managedBy": "repo", "grafana.app/managerId": "git", "grafana.app/sourcePath": "a.json"}
    script.expect(
        health("12.4.3"),
        call("GET", "/api/dashboards/uid/a").answers(200, document),
        call("GET", APIS + "/a").answers(200, thing(**notes)),
    )
    done = task(["x"], api="legacy")
    assert done.problem.code == "provisioned"
    assert "repo git a.json" in done.problem.message


VIEW = [{"role": "Viewer", "permission": "View"}]
SINGLE = "/api/access-control/dashboards/a"


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("kept", [True, False])
def test_only_permissions_of_a_dashboard_that_is_left_as_it_is(script, task, check, kept):
    """A repository manages it, or somebody has edited it: its permissions are set, and the dashboard is not written."""
    notes = {"grafana.app/managedBy": "repo", "grafana.app/managerId": "git"}
    there = thing(tags=["x"], message="by hand") if kept else thing(tags=["x"], **notes)
    script.expect(health("13.1.0"), call("GET", APIS + "/a").answers(200, there), call("GET", SINGLE).answers(200, []))
    if kept:
        version = {"version": 3, "parentVersion": 2, "createdBy": "alice", "message": "by hand"}
        script.expect(call("GET", "/api/dashboards/uid/a/versions?limit=1").answers(200, {"versions": [version]}))
    if not check:
        posted = {"permissions": [{"builtInRole": "Viewer", "permission": "View"}]}
        script.expect(call("POST", SINGLE, json=posted).answers(200))
    done = task(["y"] if kept else ["x"], check=check, permissions=VIEW, on_conflict="keep")
    assert (done.status, done.after["permissions"], "changes" in done.after) == (CHANGED, VIEW, False)


def test_permissions_of_a_new_dashboard_of_8_5_are_found_by_its_number(script, task):
    document = {"uid": "a", "id": 7, "version": 1, **body()}
    listed = [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}]
    script.expect(
        health("8.5.15"),
        call("GET", "/api/dashboards/uid/a").answers(404, {"message": "Dashboard not found"}),
        call("GET", "/api/folders?limit=1000&page=1").answers(200, []),
        call("GET", "/api/search?type=dash-db&limit=1000&page=1").answers(200, []),
        call("POST", "/api/dashboards/db").answers(200, {"uid": "a", "version": 1}),
        call("GET", "/api/dashboards/uid/a").answers(200, {"dashboard": document, "meta": {"version": 1}}),
        call("GET", "/api/dashboards/id/7/permissions").answers(200, listed),
        call("POST", "/api/dashboards/id/7/permissions", json={"items": [{"role": "Viewer", "permission": 1}]}).answers(200),
    )
    assert task(permissions=VIEW, permissions_exclusive=True).object["permissions"] == VIEW


def many(task_of, **options):
    return [{"dashboard": {"uid": uid, **body(uid)}, **options} for uid in task_of]


@pytest.fixture
def batch(scope):
    """A function that brings many dashboards about at once."""

    def run(*options):
        resource = Dashboards()
        items = [Item(index, OrgChoice(), resource.parse(one)) for index, one in enumerate(options)]
        return Run(resource, scope.client, Mode()).all(items)

    return run


UIDS = [f"d{number}" for number in range(12)]
OWN = Call("GET", "/api/org").answers(200, {"id": 2, "name": "tenant"})


def page(uids, more=None):
    metadata = {"resourceVersion": "9", **({"continue": more} if more else {})}
    return {"metadata": metadata, "items": [thing(uid) for uid in uids]}


def test_many_are_one_list(script, batch):
    script.expect(OWN, health("12.4.3"), call("GET", APIS + "?limit=1000").answers(200, page(UIDS)))
    assert {outcome.status for outcome in batch(*many(UIDS))} == {OK}


def test_pages_are_read_until_all_that_is_wanted_was_seen(script, batch):
    script.expect(
        OWN,
        health("12.4.3"),
        call("GET", APIS + "?limit=1000").answers(200, page(["x", *UIDS[:6]], "t1")),
        call("GET", APIS + "?limit=1000&continue=t1").answers(200, page(["y", *UIDS[6:]], "t2")),
    )
    assert {outcome.status for outcome in batch(*many(UIDS))} == {OK}


def test_the_last_few_are_asked_for_alone(script, batch):
    script.expect(
        OWN,
        health("12.4.3"),
        call("GET", APIS + "?limit=1000").answers(200, page(UIDS[:-1], "t1")),
        call("GET", APIS + "/d11").answers(200, thing("d11")),
    )
    assert {outcome.status for outcome in batch(*many(UIDS))} == {OK}


def test_pruning_asks_for_nothing_that_the_list_has_told(script, batch):
    listed = page([*UIDS, "gone"])
    listed["items"] += [thing("by hand", message="x"), thing("other", message="[orgsmith.grafana: other]")]
    provisioned = thing("file", **{"grafana.app/managedBy": "classic-file-provisioning"})
    script.expect(
        OWN,
        health("12.4.3"),
        call("GET", APIS + "?limit=1000").answers(200, {**listed, "items": [*listed["items"], provisioned]}),
        call("GET", APIS + "/gone").answers(200, thing("gone")),
        call("DELETE", APIS + "/gone").answers(200, {"status": "Success"}),
    )
    done = batch(*many(UIDS, prune=True))
    assert [outcome.status for outcome in done] == [OK] * 12 + [CHANGED]
    assert done[-1].before["uid"] == "gone"


# Moves from a folder to General

IN_FOLDER = {"grafana.app/folder": "f"}
VIEWER = {"role": "Viewer", "permission": 1, "inherited": False}
MAKER = {"userLogin": "admin", "permission": 4, "inherited": False}


def folder_of_it():
    items = [{"metadata": {"name": "f"}, "spec": {"title": "F"}}]
    return call("GET", "/apis/folder.grafana.app/v1beta1/namespaces/org-2/folders?limit=1000").answers(200, {"items": items})


def may(granted, query=""):
    return call("GET", "/api/access-control/user/permissions" + query).answers(200, granted)


def test_check_mode_asks_again_before_it_says_that_the_run_is_refused(script, task):
    reload = "?reloadcache=true"
    script.expect(health("12.4.3"), call("GET", APIS + "/a").answers(200, thing()))
    script.expect(may({"dashboards:write": ["folders:uid:other"]}), may({"dashboards:create": ["folders:*"]}, reload))
    outcome = task(["x"], check=True)
    assert (outcome.status, outcome.problem.code) == (FAILED, "forbidden")
    assert outcome.problem.message.count("dashboard A (a)") == 1
    assert "dashboards:write" in outcome.problem.message


@pytest.mark.parametrize(
    "granted",
    [
        {"dashboards:write": ["folders:uid:general"]},
        {"dashboards:write": ["folders:*"]},
        {"dashboards:write": ["dashboards:uid:a"]},
        {"dashboards:write": ["dashboards:id:7"]},
    ],
)
def test_permissions_that_let_the_caller_write(script, task, granted):
    script.expect(health("12.4.3"), call("GET", APIS + "/a").answers(200, thing()), may(granted))
    assert task(["x"], check=True).status == CHANGED


@pytest.mark.parametrize(
    ("status", "entries", "warned"),
    [
        (200, [MAKER], True),
        (200, [{**VIEWER, "inherited": True}], True),
        (200, [MAKER, VIEWER], False),
        (403, {"message": "no"}, True),
    ],
)
def test_a_move_to_general_says_who_cannot_see_the_dashboard_any_more(script, task, status, entries, warned):
    script.expect(
        health("12.4.3"),
        call("GET", APIS + "/a").answers(200, thing(**IN_FOLDER)),
        folder_of_it(),
        call("GET", "/api/dashboards/uid/a/permissions").answers(status, entries),
        may({"dashboards:write": ["dashboards:*"]}),
    )
    outcome = task(check=True, folder_uid="General")
    assert outcome.status == CHANGED
    assert ["Viewers and Editors cannot see it any more" in text for text in task.warned] == [True] * warned


def test_a_move_from_general_loses_nothing(script, task):
    script.expect(health("12.4.3"), call("GET", APIS + "/a").answers(200, thing()), folder_of_it())
    script.expect(may({"dashboards:write": ["dashboards:uid:a"]}))
    outcome = task(check=True, folder_uid="f")
    assert (outcome.status, task.warned) == (CHANGED, [])


def test_before_9_permissions_are_not_those_of_folders(script, task):
    found = {"meta": {"folderUid": "f", "version": 1, "isFolder": False}, "dashboard": {"uid": "a", "title": "A", "id": 7}}
    script.expect(health("8.5.15"), call("GET", "/api/dashboards/uid/a").answers(200, found))
    script.expect(call("GET", "/api/folders?limit=1000&page=1").answers(200, [{"uid": "f", "title": "F"}]))
    script.expect(call("GET", "/api/search?type=dash-db&limit=1000&page=1").answers(200, []))
    script.expect(call("GET", "/api/dashboards/id/7/versions?limit=1").answers(200, []))
    assert task(check=True, folder_uid="").status == CHANGED
    assert task.warned == []
