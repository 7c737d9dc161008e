# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions of dashboards: those that a task sets, and those that a change needs or loses."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED

from ..conftest import health
from .calls import APIS, body, call, thing

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


# What a change needs, and what a move loses

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
