# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for a dashboard, by either route: scripts of calls."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK

from ..conftest import Call, health
from .calls import APIS, FIRST, OURS, body, call, thing


def put(tags, **metadata):
    """A ``PUT``: what others have noted is in it, and what the server notes itself is not."""
    notes = {"grafana.app/message": OURS, **metadata.pop("notes", {})}
    given = {"annotations": notes, "name": "a", "resourceVersion": "5", "labels": {"team": "ops"}, **metadata}
    kind = {"apiVersion": "dashboard.grafana.app/v0alpha1", "kind": "Dashboard"}
    return call("PUT", APIS + "/a", json={**kind, "metadata": given, "spec": body("a", tags)})


def written(version=4):
    return {"metadata": {"name": "a", "generation": version}}


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
