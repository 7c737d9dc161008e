# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders: made, renamed, moved, described, deleted; alone and many; on which versions."""

from __future__ import annotations

import pytest

from modules.folders.by_hand import FLAT, TREE, dashboard, folder, titles

MODULE = "grafana_folder"


# One folder


def test_made_by_title(org):
    made = org.four(MODULE, org_name="tenant", title="Operations")
    assert made[1]["folder"]["title"] == "Operations"
    assert made[1]["folder"]["uid"] == made[3]["folder"]["uid"] != ""
    assert made[1]["diff"]["before"] == {}
    assert made[1]["diff"]["after"] == {"title": "Operations", "parent": ""}


def test_made_by_uid(org):
    made = org.four(MODULE, org_name="tenant", uid="ops", title=" Operations ")
    assert (made[3]["folder"]["uid"], made[3]["folder"]["title"]) == ("ops", "Operations")


def test_renamed(org):
    org.ok(MODULE, org_name="tenant", uid="ops", title="Operations")
    renamed = org.four(MODULE, org_name="tenant", uid="ops", title="Ops")
    assert renamed[1]["diff"]["before"] == {"uid": "ops", "title": "Operations", "parent": ""}
    assert renamed[1]["diff"]["after"] == {"uid": "ops", "title": "Ops", "parent": ""}


def test_deleted_by_uid(org):
    org.ok(MODULE, org_name="tenant", uid="ops", title="Operations")
    gone = org.four(MODULE, org_name="tenant", uid="ops", state="absent")
    assert gone[1]["folder"] is None
    assert gone[1]["diff"]["before"] == {"uid": "ops", "title": "Operations", "parent": ""}


def test_deleted_by_title(org):
    org.ok(MODULE, org_name="tenant", title="Operations")
    org.four(MODULE, org_name="tenant", title="Operations", state="absent")


def test_in_a_parent_that_is_made_with_it(nested):
    made = nested.four(MODULE, title="Hosts", parent="Operations/Infrastructure", create_parents=True)
    assert made[1]["diff"]["after"] == {"title": "Hosts", "parent": "Operations/Infrastructure"}
    assert made[3]["folder"]["parent"] == "Operations/Infrastructure"
    assert made[3]["folder"]["parent_uid"] != ""


def test_in_a_parent_by_its_uid(nested):
    folder(nested, "ops", "Operations")
    made = nested.four(MODULE, uid="hosts", title="Hosts", parent_uid="ops")
    assert (made[3]["folder"]["parent"], made[3]["folder"]["parent_uid"]) == ("Operations", "ops")


def test_moved_down_and_up(nested):
    folder(nested, "ops", "Operations")
    folder(nested, "hosts", "Hosts")
    moved = nested.four(MODULE, uid="hosts", title="Hosts", parent="Operations")
    assert (moved[1]["diff"]["before"]["parent"], moved[1]["diff"]["after"]["parent"]) == ("", "Operations")
    up = nested.four(MODULE, uid="hosts", parent="general")
    assert (up[1]["diff"]["before"]["parent"], up[3]["folder"]["parent_uid"]) == ("Operations", "")


def test_moved_and_renamed_at_once(nested):
    folder(nested, "ops", "Operations")
    folder(nested, "hosts", "Hosts")
    nested.four(MODULE, uid="hosts", title="Machines", parent_uid="ops")
    assert nested.api("GET", "/api/folders/hosts")["title"] == "Machines"
    assert nested.api("GET", "/api/folders/hosts")["parentUid"] == "ops"


def test_moved_between_two_of_one_title(nested):
    for uid in ("one", "two"):
        folder(nested, uid, "Operations")
    folder(nested, "hosts", "Hosts", "one")
    moved = nested.four(MODULE, uid="hosts", parent_uid="two")
    assert (moved[1]["diff"]["before"]["parent_uid"], moved[1]["diff"]["after"]["parent_uid"]) == ("one", "two")


def test_without_a_parent_it_stays_where_it_is(nested):
    folder(nested, "ops", "Operations")
    folder(nested, "hosts", "Hosts", "ops")
    renamed = nested.four(MODULE, uid="hosts", title="Machines")
    assert renamed[3]["folder"]["parent"] == "Operations"


def test_a_move_below_itself_is_refused(nested):
    folder(nested, "ops", "Operations")
    folder(nested, "hosts", "Hosts", "ops")
    folder(nested, "linux", "Linux", "hosts")
    for check in (True, False):
        with nested.writes_nothing():
            assert nested.fails(MODULE, uid="ops", parent_uid="linux", check=check).code == "circular"


def test_described(described):
    made = described.four(MODULE, uid="ops", title="Operations", description="All of it")
    assert made[3]["folder"]["description"] == "All of it"
    changed = described.four(MODULE, uid="ops", description="Some of it")
    assert (changed[1]["diff"]["before"]["description"], changed[1]["diff"]["after"]["description"]) == (
        "All of it",
        "Some of it",
    )
    assert not described.ok(MODULE, uid="ops", title="Operations")["changed"]
    described.four(MODULE, uid="ops", description="")
    described.ok(MODULE, uid="ops", description="Kept")
    described.four(MODULE, uid="ops", title="Renamed")
    assert described.ok(MODULE, uid="ops")["folder"]["description"] == "Kept"


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2", "11.5.1"])
def test_descriptions_that_nobody_could_read_are_refused(versioned, version):
    server = versioned(version)
    for check in (True, False):
        with server.writes_nothing():
            result = server.fails(MODULE, title="Operations", description="All of it", check=check)
        assert result.code == "unsupported"
    assert "description needs Grafana 12.0.0" in result["msg"]


# What is refused


def test_folders_in_folders_before_11(flat):
    for check in (True, False):
        for parent in ({"parent": "A"}, {"parent": "A/B", "create_parents": True}, {"parent_uid": "a"}):
            with flat.writes_nothing():
                result = flat.fails(MODULE, title="X", check=check, **parent)
            assert result.code in ("unsupported", "folder_not_found")
    folder(flat, "a", "A")
    for parent in ({"parent": "A"}, {"parent_uid": "a"}):
        with flat.writes_nothing():
            assert flat.fails(MODULE, title="X", **parent).code == "unsupported"
    assert not flat.ok(MODULE, title="X", parent="A", state="absent")["changed"]


def test_a_missing_parent(nested):
    for check in (True, False):
        for parent in ({"parent": "A"}, {"parent_uid": "a"}):
            with nested.writes_nothing():
                assert nested.fails(MODULE, title="X", check=check, **parent).code == "folder_not_found"
    planned = nested.ok(MODULE, title="X", parent="A", check=True, missing_parent="plan")
    assert planned["changed"]
    assert not nested.ok(MODULE, title="X", parent="A", state="absent")["changed"]


def test_a_title_of_another_folder(server):
    folder(server, "ops", "Operations")
    folder(server, "hosts", "Hosts")
    for check in (True, False):
        for wanted in ({"uid": "new", "title": "Operations"}, {"uid": "hosts", "title": "Operations"}):
            with server.writes_nothing():
                result = server.fails(MODULE, check=check, **wanted)
            assert result.code == "title_taken"
            assert "folder ops has" in result["msg"]


def test_a_move_to_where_the_title_is_taken(nested):
    folder(nested, "ops", "Operations")
    folder(nested, "one", "Hosts", "ops")
    folder(nested, "two", "Hosts")
    with nested.writes_nothing():
        assert nested.fails(MODULE, uid="two", parent_uid="ops").code == "title_taken"


@pytest.mark.parametrize("version", FLAT)
def test_old_servers_know_no_case_in_titles(versioned, version):
    server = versioned(version)
    folder(server, "ops", "Operations")
    with server.writes_nothing():
        assert server.fails(MODULE, uid="new", title="OPERATIONS", check=True).code == "title_taken"


def test_two_folders_of_one_title(nested):
    for uid in ("one", "two"):
        folder(nested, uid, "Operations")
    for options in ({}, {"state": "absent"}):
        result = nested.fails(MODULE, title="Operations", **options)
        assert result.code == "ambiguous"
        assert "one, two" in result["msg"]
    assert not nested.ok(MODULE, uid="one", title="Operations")["changed"]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"title": "General"},
        {"uid": "general", "title": "X"},
        {"uid": "a/b", "title": "X"},
        {"title": 5},
        {"title": "X", "parent": "A", "parent_uid": "a"},
        {"uid": "a", "title": "X", "parent_uid": "a"},
        {"title": "X", "parent": "/"},
    ],
)
def test_bad_input(newest, wanted):
    before = newest.requests()
    assert newest.fails(MODULE, **wanted).code == "bad_input"
    assert newest.requests() == before


def test_a_new_folder_needs_a_title(server):
    for check in (True, False):
        with server.writes_nothing():
            assert server.fails(MODULE, uid="ops", check=check).code == "bad_input"


def test_too_deep(nested):
    nested.ok(MODULE, title="E", parent="A/B/C/D", create_parents=True)
    assert nested.fails(MODULE, title="F", parent="A/B/C/D/E", retries=0).code == "too_deep"
    folder(nested, "top", "Top")
    folder(nested, "last", "Last")
    below = "A/B/C/D/E"
    if nested.version in ("12.4.3", "13.1.0-pre"):  # they let a folder without children be moved one level deeper
        nested.ok(MODULE, uid="top", parent=below)
        below += "/Top"
    assert nested.fails(MODULE, uid="last", parent=below, retries=0).code == "too_deep"


# Titles with slashes


@pytest.mark.parametrize("where", [{"parent": "Team X/Y"}, {"parent_path": ["Team X/Y"]}])
def test_below_a_title_with_a_slash(nested, where):
    folder(nested, "xy", "Team X/Y")
    made = nested.four(MODULE, title="kid", **where)
    assert made[3]["folder"]["parent_uid"] == "xy"
    board = {"dashboard": {"uid": "cpu", "title": "CPU"}, "create_folder": True}
    path = {"folder": "Team X/Y/kid/more"} if "parent" in where else {"folder_path": ["Team X/Y", "kid", "more"]}
    nested.four("grafana_dashboard", **board, **path)
    assert titles(nested) == ["Team X/Y", "Team X/Y/kid", "Team X/Y/kid/more"]
    assert len(nested.ok("grafana_dashboard_info", **path)["dashboards"]) == 1
    inside = {"parent": "Team X/Y/kid"} if "parent" in where else {"parent_path": ["Team X/Y", "kid"]}
    assert [one["title"] for one in nested.ok("grafana_folder_info", **inside)["folders"]] == ["more"]


def test_a_title_with_a_slash_and_what_is_below_it_in_one_task(nested):
    batch = [{"title": "kid", "parent": "Team X/Y"}, {"title": "Team X/Y"}]
    nested.four(MODULE, batch=batch)
    assert titles(nested) == ["Team X/Y", "Team X/Y/kid"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (MODULE, {"title": "A", "parent": "General/x"}),
        (MODULE, {"title": "A", "parent_path": ["General", "x"]}),
        (MODULE, {"title": "A", "parent": "x", "parent_path": ["x"]}),
        ("grafana_folder_info", {"parent": "General/x"}),
        ("grafana_dashboard", {"dashboard": {"title": "A"}, "folder": "General/x"}),
        ("grafana_dashboard", {"dashboard": {"title": "A"}, "folder_path": ["general", "x"]}),
        ("grafana_dashboard", {"dashboard": {"title": "A"}, "folder": "x", "folder_path": ["x"]}),
        ("grafana_dashboard_info", {"folder": "General/x"}),
        ("grafana_dashboard_info", {"folder_path": ["x"], "folder_uid": "x"}),
    ],
)
def test_ways_that_are_refused(newest, module, options):
    before = newest.requests()
    assert newest.fails(module, **options).code == "bad_input"
    assert newest.requests() == before


# Contents


def test_a_folder_that_holds_something_is_kept(org):
    org.ok(MODULE, org_name="tenant", uid="ops", title="Operations")
    org.ok("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU"}, folder_uid="ops")
    for check in (True, False):
        with org.writes_nothing():
            result = org.fails(MODULE, org_name="tenant", uid="ops", state="absent", check=check)
        assert result.code == "not_empty"
        assert result["failure"]["details"]["contents"] == {"dashboards": 1}
    assert "1 dashboard (CPU)" in result["msg"]
    gone = org.four(MODULE, org_name="tenant", uid="ops", state="absent", contents="delete")
    assert gone[0]["diff"]["before"]["contents"] == {"dashboards": 1}
    assert org.ok("grafana_dashboard_info", org_name="tenant")["dashboards"] == []


def test_what_is_below_counts(nested):
    folder(nested, "ops", "Operations")
    folder(nested, "hosts", "Hosts", "ops")
    dashboard(nested, "cpu", "CPU", "hosts")
    result = nested.fails(MODULE, title="Operations", state="absent")
    assert "it holds 1 dashboard, 1 subfolder (Hosts)" in result["msg"]
    nested.four(MODULE, title="Operations", state="absent", contents="delete")


def test_subfolders_that_the_server_hides(versioned):
    """10.4 deletes what others have created inside of a folder, and shows it to nobody before: a warning says so."""
    server = versioned("10.4.3")
    folder(server, "ops", "Operations")
    folder(server, "hosts", "Hosts", "ops")
    dashboard(server, "cpu", "CPU", "hosts")
    assert titles(server) == ["Hosts", "Operations"]
    results = server.four(MODULE, title="Operations", state="absent")
    warned = [any("contents: refuse cannot see" in text for text in result["warnings"]) for result in results]
    assert warned == [True, True, False, False]
    assert titles(server) == []
    folder(server, "ops", "Operations")
    assert server.ok(MODULE, title="Operations", state="absent", contents="delete")["warnings"] == []


# Many


def test_a_tree_in_any_order(nested):
    made = nested.four(MODULE, batch=TREE)
    assert [entry["folder"]["title"] for entry in made[1]["results"]] == [one["title"] for one in TREE]
    assert titles(nested) == [
        "Business",
        "Business/Sales",
        "Operations",
        "Operations/Hosts",
        "Operations/Hosts/Linux",
    ]
    gone = nested.four(MODULE, batch=[{**one, "state": "absent"} for one in reversed(TREE)])
    assert gone[1]["summary"]["changed"] == 5
    assert titles(nested) == []


def test_many_flat_ones(server):
    server.four(MODULE, batch=[{"title": f"F {number}"} for number in range(20)])


def test_a_check_knows_what_the_same_run_would_do(nested):
    folder(nested, "old", "Old")
    folder(nested, "inner", "Inner", "old")
    batch = [
        {"uid": "inner", "title": "Inner", "parent": "New/Deep", "create_parents": True},
        {"uid": "old", "state": "absent"},
        {"title": "Beside", "parent": "New/Deep"},
        {"title": "Deep", "parent": "New", "create_parents": True},
    ]
    runs = nested.four(MODULE, batch=batch)
    assert [entry["status"] for entry in runs[1]["results"]] == ["changed", "changed", "changed", "changed"]
    assert runs[1]["results"][0]["diff"]["before"]["parent"] == "Old"
    assert titles(nested) == ["New", "New/Deep", "New/Deep/Beside", "New/Deep/Inner"]


def test_two_that_would_take_one_title(server):
    batch = [{"uid": "a", "title": "Same"}, {"uid": "b", "title": "Same"}]
    checked = server.fails(MODULE, batch=batch, check=True)
    made = server.fails(MODULE, batch=batch)
    for result in (checked, made):
        assert [entry["status"] for entry in result["results"]] == ["changed", "failed"]
        assert result["results"][1]["failure"]["code"] == "title_taken"


def test_folders_in_each_other(newest):
    before = newest.requests()
    batch = [{"uid": "a", "title": "A", "parent_uid": "b"}, {"uid": "b", "title": "B", "parent_uid": "a"}]
    assert newest.fails(MODULE, batch=batch, org_id=1).code == "bad_input"
    assert newest.requests() == before


def test_few_requests(newest):
    batch = [{"uid": f"f{number}", "title": f"F {number}"} for number in range(50)]
    before = newest.requests()
    newest.ok(MODULE, batch=batch, org_id=1)
    # The list, whether the lists show the caller everything, and one for each. 13 answers an empty list to callers who are not
    # members, too: whether this one is, and the list again.
    assert newest.requests() - before <= 52 + 2
    before = newest.requests()
    newest.ok(MODULE, batch=batch, org_id=1)
    assert newest.requests() - before <= 1
