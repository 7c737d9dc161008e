# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order folders are asked for and written: scripts of calls."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import CHANGED, FAILED, OK, Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.resource import Folders
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.tree import Tree
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.unlisted import derived_uid
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from ..conftest import Call, health

ORG = OrgChoice(id=2)
HEADERS = {"X-Grafana-Org-Id": "2"}
OBJECTS = "/apis/folder.grafana.app/v1beta1/namespaces/org-2/folders?limit=1000"


def thing(uid, title, parent=None, generation=1, manager=None, description="", edits=False):
    notes = {"grafana.app/folder": parent} if parent else {}
    notes.update({"grafana.app/managedBy": manager, "grafana.app/managerId": "boards"} if manager else {})
    notes.update({"grafana.app/managerAllowsEdits": "true"} if edits else {})
    metadata = {"name": uid, "generation": generation, "annotations": notes}
    return {"metadata": metadata, "spec": {"title": title, "description": description}}


def objects(*items, more=None, after=None):
    path = OBJECTS + ("&continue=" + after if after else "")
    metadata = {"continue": more} if more else {}
    return Call("GET", path, headers=HEADERS).answers(200, {"metadata": metadata, "items": list(items)})


def top(*folders):
    return Call("GET", "/api/folders?limit=1000&page=1", headers=HEADERS).answers(200, list(folders))


def read(uid, status=200, **body):
    return Call("GET", "/api/folders/" + uid, headers=HEADERS).answers(status, {"uid": uid, **body})


def permissions(*scopes):
    """Return the question whether the caller may read all folders, as its lists then show all."""
    return Call("GET", "/api/access-control/user/permissions", headers=HEADERS).answers(200, {"folders:read": list(scopes)})


def making(body, status=200, **answer):
    body = {"uid": derived_uid(body.get("parentUid", ""), body["title"]), **body}
    answer = answer or {"uid": body.get("uid", "made"), "title": body["title"], "version": 1}
    return Call("POST", "/api/folders", headers=HEADERS, json=body).answers(status, answer)


def putting(uid, body, status=200, **answer):
    answer = answer or {"uid": uid, "title": body["title"], "version": 9}
    return Call("PUT", "/api/folders/" + uid, headers=HEADERS, json=body).answers(status, answer)


def moving(uid, parent):
    answer = {"uid": uid, "title": "any", "parentUid": parent}
    return Call("POST", "/api/folders/%s/move" % uid, headers=HEADERS, json={"parentUid": parent}).answers(200, answer)


def counting(uid, status=200, **counts):
    """Return the counts of a folder and all below it, as servers before 13.1 answer."""
    every = {"alertrule": 0, "dashboard": 0, "folder": 0, "librarypanel": 0, **counts}
    return Call("GET", "/api/folders/%s/counts" % uid, headers=HEADERS).answers(status, every)


def direct(uid, **counts):
    """Return the counts of what is directly in a folder, as 13.1 answers."""
    every = {"alertrules": 0, "dashboards": 0, "folders": 0, "library_elements": 0, "librarypanels": 0, **counts}
    return Call("GET", "/api/folders/%s/counts" % uid, headers=HEADERS).answers(200, every)


def rules(**by_folder):
    """Return all alert rules of the organization, as many in each folder as the test says."""
    groups = [
        {"rules": [{"grafana_alert": {"namespace_uid": uid}} for _number in range(count)]} for uid, count in by_folder.items()
    ]
    return Call("GET", "/api/ruler/grafana/api/v1/rules", headers=HEADERS).answers(200, {"A/B": groups})


def deleting(uid, force=False, status=200):
    path = "/api/folders/%s%s" % (uid, "?forceDeleteRules=true" if force else "")
    return Call("DELETE", path, headers=HEADERS).answers(status, {"message": "said"})


@pytest.fixture
def warned():
    """The warnings of the task."""
    return []


@pytest.fixture
def scope(by_token, warned):
    """Org 2."""
    return Scope(by_token, Org(2, "tenant"), OrgFinder(by_token), warn=warned.append)


@pytest.fixture
def task(by_token, scope):
    """A function that runs a task in org 2, and returns what became of its item."""
    resource = Folders()

    def run(check=False, **options):
        return Run(resource, by_token, Mode(check)).one(scope, Item(0, ORG, resource.parse(options)))

    return run


def test_one_list_tells_all_from_12_on(script, task):
    script.expect(health("12.4.3"), objects(thing("ops", "Operations"), thing("hosts", "Hosts", "ops", description="D")))
    outcome = task(uid="hosts", title="Hosts", parent="Operations", description="D")
    assert (outcome.status, outcome.object["parent"]) == (OK, "Operations")


def test_general_has_a_name_of_its_own_at_13_1(script, task):
    """Both routes may say that a folder at the top is in the folder ``general`` (seen on 13.1.0-pre)."""
    script.expect(health("13.1.0"), objects(thing("ops", "Operations", "general"), thing("a", "A", "ops")))
    outcome = task(title="Operations")
    assert (outcome.status, outcome.object["uid"], outcome.object["parent_uid"]) == (OK, "ops", "")


def test_general_above_a_folder(script, task):
    above = [{"uid": "general", "title": "Dashboards"}, {"uid": "ops", "title": "Operations"}]
    script.expect(health("13.1.0"), Call("GET", OBJECTS).answers(403, {"message": "no"}))
    script.expect(read("a", title="A", version=1, parentUid="ops", parents=above))
    assert task(uid="a", title="A").object["parent"] == "Operations"


def test_one_request_for_a_folder_that_is_as_it_should_be_before(script, task):
    script.expect(health("11.5.1"), read("ops", title="Operations", version=1))
    assert task(uid="ops", title="Operations").status == OK


def test_those_above_come_with_a_folder_of_11(script, task):
    above = [{"uid": "a", "title": "A"}, {"uid": "b", "title": "B"}]
    script.expect(health("11.5.1"), read("c", title="C", version=1, parentUid="b", parents=above))
    assert task(uid="c", title="C").object["parent"] == "A/B"


def test_pages(script, task):
    script.expect(health("12.4.3"), objects(thing("a", "A"), more="x"), objects(thing("b", "B"), after="x"))
    assert task(title="B").object["uid"] == "b"


def test_a_page_for_ever(script, task):
    page = [thing("a", "A")]
    script.expect(health("12.0.1"), objects(*page, more="x"), objects(*page, more="x", after="x"))
    assert task(title="A").object["uid"] == "a"


@pytest.mark.parametrize("status", [403, 404])
def test_where_apis_are_not_served_the_rest_is(script, task, status):
    script.expect(health("12.4.3"), Call("GET", OBJECTS).answers(status, {"message": "no"}))
    script.expect(top({"id": 1, "uid": "ops", "title": "Operations"}))
    outcome = task(title="Operations")
    assert (outcome.status, "description" in outcome.object) == (OK, False)


def test_made_with_its_parents(script, task):
    script.expect(health("12.4.3"), objects(), permissions("folders:*"))
    script.expect(making({"title": "A"}, uid="a", title="A", version=1))
    script.expect(making({"title": "B", "parentUid": "a"}, uid="b", title="B", version=1))
    script.expect(making({"title": "X", "uid": "x", "parentUid": "b", "description": "D"}))
    outcome = task(uid="x", title="X", parent="A/B", create_parents=True, description="D")
    assert (outcome.status, outcome.object["parent_uid"], outcome.object["parent"]) == (CHANGED, "b", "A/B")


def test_renamed_with_its_version_then_moved(script, task):
    script.expect(health("12.4.3"), objects(thing("ops", "Operations"), thing("hosts", "Hosts", generation=4)))
    script.expect(putting("hosts", {"title": "Machines", "version": 4}), moving("hosts", "ops"))
    assert task(uid="hosts", title="Machines", parent_uid="ops").status == CHANGED


def test_a_description_that_is_not_asked_for_is_not_sent(script, task):
    script.expect(health("12.0.1"), objects({"metadata": {"name": "ops"}, "spec": {"title": "Operations"}}))
    script.expect(putting("ops", {"title": "Ops"}))  # and 12.0 tells no version
    assert task(uid="ops", title="Ops").status == CHANGED


def test_a_conflict_is_a_question(script, task):
    script.expect(health("12.4.3"), objects(thing("ops", "Operations", generation=1)))
    script.expect(putting("ops", {"title": "Ops", "version": 1}, 412, message="changed by someone else"))
    script.expect(objects(thing("ops", "Meanwhile", generation=2)))
    script.expect(putting("ops", {"title": "Ops", "version": 2}))
    assert task(uid="ops", title="Ops").status == CHANGED


def test_somebody_else_has_done_it(script, task):
    script.expect(health("12.4.3"), objects(thing("ops", "Operations")))
    script.expect(putting("ops", {"title": "Ops", "version": 1}, 412, message="changed by someone else"))
    script.expect(objects(thing("ops", "Ops", generation=2)))
    assert task(uid="ops", title="Ops").status == OK


def test_a_new_parent_has_to_settle(script, task):
    denied = {"message": "Access denied"}
    script.expect(health("12.0.1"), objects(), permissions("folders:*"))
    script.expect(making({"title": "A"}, uid="a", title="A"))
    child = {"title": "X", "parentUid": "a"}
    reloads = Call("GET", "/api/access-control/user/permissions?reloadcache=true", headers=HEADERS).answers(200, {})
    script.expect(making(child, 403, **denied), reloads, making(child, 403, **denied), reloads, making(child))
    assert task(title="X", parent="A", create_parents=True).status == CHANGED
    assert script.slept == [0.5, 1.0]


def test_nobody_waits_for_an_old_parent(script, task):
    script.expect(health("12.0.1"), objects(thing("a", "A")), permissions("folders:*"))
    script.expect(making({"title": "X", "parentUid": "a"}, 403, message="Access denied"))
    outcome = task(title="X", parent="A")
    assert (outcome.status, outcome.problem.code) == (FAILED, "forbidden")


def test_a_managed_folder_is_left_alone(script, task):
    script.expect(health("12.4.3"), objects(thing("ops", "Operations", manager="repo")), counting("ops", dashboard=1))
    assert task(uid="ops", title="Operations").status == OK
    assert task(uid="ops", title="Ops").problem.code == "provisioned"
    assert task(uid="ops", state="absent", contents="delete").problem.code == "provisioned"


def test_what_it_holds_is_counted_and_named(script, task):
    script.expect(health("12.4.3"), objects(thing("ops", "Operations")))
    script.expect(counting("ops", dashboard=2, folder=0, alertrule=3, librarypanel=1))
    script.expect(Call("GET", "/api/search?limit=5&folderUIDs=ops").answers(200, [{"title": "CPU"}, {"title": "RAM"}]))
    problem = task(uid="ops", state="absent").problem
    assert problem.code == "not_empty"
    assert "it holds 3 alert rules, 2 dashboards, 1 library panel (CPU, RAM)" in problem.message


def test_deleted_with_what_it_holds(script, task):
    script.expect(health("12.4.3"), objects(thing("ops", "Operations")), counting("ops", alertrule=3))
    script.expect(deleting("ops", force=True))
    assert task(uid="ops", state="absent", contents="delete").status == CHANGED


SYNCED = (thing("git", "Git", manager="repo"), thing("ops", "Operations"), thing("a", "A", "ops"))


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"title": "New", "parent": "Git"}, id="created in it"),
        pytest.param({"title": "New", "parent": "Git/more", "create_parents": True}, id="created below it"),
        pytest.param({"title": "New", "parent_uid": "git"}, id="created in its uid"),
        pytest.param({"uid": "a", "parent": "Git"}, id="moved into it"),
        pytest.param({"uid": "git", "title": "Renamed"}, id="renamed"),
        pytest.param({"uid": "git", "parent_uid": "ops"}, id="moved"),
    ],
)
def test_folders_of_a_repository(script, task, check, options):
    """The server refuses everything from elsewhere: it is reported before any write (from the source of 13.1)."""
    by_title = [] if "uid" in options else [permissions("folders:*")]
    script.expect(health("13.1.0"), objects(*SYNCED), *by_title)
    problem = task(check=check, **options).problem
    assert problem.code == "provisioned"
    assert "managed by repo boards" in problem.message


def test_a_folder_with_a_folder_of_a_repository_is_not_deleted(script, task):
    inner = thing("git", "Git", "a", manager="repo")
    script.expect(health("13.1.0"), objects(*SYNCED[1:], inner), direct("ops", folders=1))
    script.expect(permissions("folders:*"), rules(), direct("a", folders=1), direct("git"))
    problem = task(uid="ops", state="absent", contents="delete").problem
    assert (problem.code, "contains the folder Git, which is managed by repo boards" in problem.message) == ("provisioned", True)


def test_a_manager_that_allows_edits(script, task):
    script.expect(health("13.1.0"), objects(thing("tf", "Old", manager="terraform", edits=True)))
    script.expect(putting("tf", {"title": "New", "version": 1}))
    assert task(uid="tf", title="New").status == CHANGED


def settings(*answer):
    return Call("GET", "/api/admin/settings").answers(*answer)


DEEP = (200, {"folder": {"max_nested_folder_depth": "6"}})
HIDDEN = (403, {"message": "no"})


@pytest.mark.parametrize(
    ("titles", "answer", "code", "said"),
    [
        pytest.param(6, DEEP, None, None, id="as deep as the setting allows"),
        pytest.param(7, DEEP, "too_deep", "would have 7 folders above it, and Grafana allows 6", id="deeper"),
        pytest.param(2, (200, {"folder": {"max_nested_folder_depth": "1"}}), "too_deep", "allows 1", id="less than usual"),
        pytest.param(5, (200, {"folder": {}}), None, "max_nested_folder_depth may allow more", id="unknown setting"),
        pytest.param(5, HIDDEN, None, "max_nested_folder_depth may allow more", id="hidden setting"),
        pytest.param(8, HIDDEN, "too_deep", "would have 8", id="more than any setting allows"),
    ],
)
def test_how_deep_13_1_nests_folders(script, task, warned, titles, answer, code, said):
    way = ["T%d" % number for number in range(titles)]
    script.expect(health("13.1.0"), objects(), objects(), permissions("folders:*"), settings(*answer))
    outcome = task(check=True, title="New", parent_path=way, create_parents=True)
    assert (outcome.problem and outcome.problem.code) == code
    assert said is None or said in " ".join([*warned, outcome.problem.message if code else ""])


BELOW = (thing("ops", "Operations"), thing("a", "A", "ops"), thing("b", "B", "a"), thing("other", "Other"))


def test_13_1_counts_one_level(script, task):
    """The module adds up the levels, and finds the alert rules, which 13.1 reports as 0."""
    script.expect(health("13.1.0"), objects(*BELOW), direct("ops", folders=1, dashboards=1))
    script.expect(
        permissions("folders:*"), rules(b=2, other=5), direct("a", folders=1), direct("b", dashboards=2, library_elements=1)
    )
    script.expect(Call("GET", "/api/search?limit=5&folderUIDs=ops").answers(200, [{"title": "CPU"}]))
    problem = task(uid="ops", state="absent").problem
    assert problem.code == "not_empty"
    assert problem.details["contents"] == {"alert_rules": 2, "dashboards": 3, "library_panels": 1, "subfolders": 2}


def test_13_1_counts_subfolders_that_the_caller_may_not_see(script, task):
    script.expect(health("13.1.0"), objects(thing("ops", "Operations")), direct("ops", folders=1))
    script.expect(permissions("folders:uid:ops"), rules())
    script.expect(Call("GET", "/api/search?limit=5&folderUIDs=ops").answers(200, []))
    assert task(uid="ops", state="absent").problem.details["contents"] == {"subfolders": 1}


def test_13_1_alert_rules_that_the_caller_may_not_list(script, task, warned):
    script.expect(health("13.1.0"), objects(thing("ops", "Operations")), direct("ops"), permissions("folders:*"))
    script.expect(Call("GET", "/api/ruler/grafana/api/v1/rules").answers(403, {"message": "no"}))
    assert task(check=True, uid="ops", state="absent").status == CHANGED
    assert "it is unknown whether folder Operations of org tenant" in warned[0]


@pytest.mark.parametrize(
    ("contents", "code"),
    [("refuse", "contents_unknown"), ("delete", None)],
)
@pytest.mark.parametrize("lacking", ["alertrule", "dashboard", "folder", "librarypanel"])
def test_a_kind_that_the_server_does_not_count(script, task, lacking, contents, code):
    kinds = {"alertrule": 0, "dashboard": 0, "folder": 0, "librarypanel": 0}
    del kinds[lacking]
    script.expect(health("12.4.3"), objects(thing("ops", "Operations")))
    script.expect(Call("GET", "/api/folders/ops/counts").exactly(kinds))
    if code is None:
        script.expect(deleting("ops", force=True))
    problem = task(uid="ops", state="absent", contents=contents).problem
    assert (problem and problem.code) == code


@pytest.mark.parametrize(("version", "name"), [("9.3.2", "Operations"), ("10.3.1", "Operations"), ("10.4.0", "ops")])
def test_what_it_holds_before_11(script, task, version, name):
    """The path of its alert rules has its title; from 10.4 on, its uid."""
    script.expect(health(version), read("ops", id=7, title="Operations", version=1, parentUid=""))
    rules = {"Operations": [{"name": "g", "rules": [{}, {}]}, {"name": "h", "rules": [{}]}]}
    script.expect(Call("GET", "/api/ruler/grafana/api/v1/rules/" + name).answers(202, rules))
    script.expect(Call("GET", "/api/search?type=dash-db&folderIds=7&limit=1000&page=1").answers(200, [{"title": "CPU"}]))
    panels = {"result": {"totalCount": 2, "elements": [{}], "page": 1, "perPage": 1}}
    script.expect(Call("GET", "/api/library-elements?folderFilter=7&perPage=1").answers(200, panels))
    script.expect(Call("GET", "/api/search?limit=5&folderIds=7").answers(200, [{"title": "CPU"}]))
    problem = task(uid="ops", state="absent").problem
    assert problem.details["contents"] == {"alert_rules": 3, "dashboards": 1, "library_panels": 2}


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (403, "Folder could not be deleted because it contains library elements in use", "not_empty"),
        (400, "folder cannot be deleted: folder contains alert rules", "not_empty"),
        (400, "Folder cannot be deleted: folder is not empty", "not_empty"),
        (403, "Access denied", "forbidden"),
    ],
)
def test_what_the_server_refuses_to_delete(script, task, status, said, code):
    script.expect(health("11.5.1"), read("ops", title="Operations", version=1), counting("ops", alertrule=0))
    script.expect(Call("DELETE", "/api/folders/ops").answers(status, {"message": said}))
    if status != 403:  # a refusal is a question
        script.expect(read("ops", title="Operations", version=1), counting("ops", alertrule=0))
    assert task(uid="ops", state="absent").problem.code == code


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("9.3.2", "a folder or dashboard in the general folder with the same name already exists"),
        ("10.4.3", "a folder with the same name already exists in the current location"),
    ],
)
def test_dashboards_names_a_folder_that_has_it_already(script, task, version, said):
    script.expect(health(version), top())
    script.expect(making({"title": "X"}, 409, message=said))
    script.expect(top())
    assert task(title="X").problem.code == "title_taken"


def test_a_tree_in_check_mode(scope, script):
    """What a check would have done is known to what comes after it."""
    script.expect(health("12.4.3"), objects(thing("a", "A"), thing("b", "B", "a"), thing("c", "C", "b")))
    tree = Tree(scope)
    assert [folder.uid for folder in tree.every()] == ["a", "b", "c"]
    made = tree.plan_folder("New", "b")
    assert (tree.path(made.uid), tree.children(made.uid)) == ("A/B/New", [])
    tree.remove("b", {"dashboards": 1})
    assert tree.gone == [(frozenset({"a"}), {"dashboards": 1})]
    assert [tree.find(uid) for uid in ("b", "c", made.uid)] == [None, None, None]


def test_folders_that_are_in_each_other_end(scope, script):
    script.expect(health("12.4.3"), objects(thing("a", "A", "b"), thing("b", "B", "a"), thing("c", "C", "gone")))
    script.expect(permissions("folders:*"))
    tree = Tree(scope)
    assert sorted(folder.uid for folder in tree.every()) == ["a", "b", "c"]
    assert tree.path("a") == "A/B/A"
    assert tree.path("c") == "C"
