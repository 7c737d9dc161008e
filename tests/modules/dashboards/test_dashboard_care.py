# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Care for dashboards: what pruning leaves alone, callers who are shown nothing, items that get in each other's way."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.resource import Dashboards
from modules.tokens.keys import token_secret

BOSS = ("boss", "long-enough-1")


def write(top, name, **dashboard):
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(dashboard))
    return path


def board(uid, **more):
    return {"uid": uid, "title": uid.upper(), **more}


def test_two_identities_of_one_org_prune_as_one(newer, tmp_path):
    newer.ok("grafana_org", name="tenant")
    token = tmp_path / "token"
    token.write_text(newer.by_token("Admin", "tenant")["token"])
    for name in "abc":
        write(tmp_path / name, f"{name}.json", **board(name))
    items = [
        {"org_name": "tenant", "directory": str(tmp_path / "a")},
        {"org_name": "tenant", "directory": str(tmp_path / "b"), "token_file": str(token)},
        {"org_name": "tenant", "directory": str(tmp_path / "c"), "token_file": str(token)},
    ]
    newer.ok("grafana_dashboard", prune=True, batch=items)
    assert not newer.ok("grafana_dashboard", prune=True, batch=items)["changed"]
    gone = newer.ok("grafana_dashboard", prune=True, batch=items[:2])
    assert [entry["status"] for entry in gone["results"]] == ["ok", "ok", "changed"]
    hits = newer.api("GET", "/api/search?type=dash-db", org="tenant")
    assert sorted(hit["uid"] for hit in hits) == ["a", "b"]
    # of a key that does not work it is not known whose dashboards it is about, so nothing goes
    token.write_text("glsa_wrong")
    unknown = [{"directory": str(tmp_path / "b"), "token_file": str(token)}, items[0]]
    newer.fails("grafana_dashboard", prune=True, batch=unknown)
    assert len(newer.api("GET", "/api/search?type=dash-db", org="tenant")) == 2


def test_an_edit_during_the_run_is_not_pruned(routed, tmp_path, monkeypatch):
    wanted = {"directory": str(tmp_path), "api": routed.dashboard_api}
    for number in range(13):
        write(tmp_path, f"d{number}.json", **board(f"d{number}"))
    routed.ok("grafana_dashboard", **wanted)
    (tmp_path / "d12.json").unlink()
    write(tmp_path, "d0.json", **board("d0", tags=["x"]))
    apply, done = Dashboards.apply, []

    def edited(resource, scope, desired, change):
        if not done:
            done.append(desired.uid)
            edit = {"dashboard": {"uid": "d12", "title": "Edited"}, "overwrite": True, "message": "by hand"}
            routed.api("POST", "/api/dashboards/db", edit)
        return apply(resource, scope, desired, change)

    monkeypatch.setattr(Dashboards, "apply", edited)
    result = routed.ok("grafana_dashboard", prune=True, **wanted)
    assert done == ["d0"]
    assert result["summary"]["changed"] == 1
    assert routed.api("GET", "/api/dashboards/uid/d12")["dashboard"]["title"] == "Edited"


def test_what_is_to_be_absent_says_nothing_of_the_rest(server, tmp_path):
    for name in "ab":
        write(tmp_path, f"{name}.json", **board(name))
    server.ok("grafana_dashboard", directory=str(tmp_path))
    assert not server.ok("grafana_dashboard", prune=True, batch=[{"uid": "zzz", "state": "absent"}])["changed"]
    (tmp_path / "b.json").unlink()
    gone = server.ok("grafana_dashboard", prune=True, directory=str(tmp_path), state="absent")
    assert gone["summary"] == {"ok": 0, "changed": 1, "failed": 0, "not_run": 0, "total": 1}


def test_pruning_in_general_and_everywhere(server, tmp_path):
    write(tmp_path, "a.json", **board("a"))
    inside = {"dashboard": board("inside"), "folder": "F", "create_folder": True}
    server.ok("grafana_dashboard", batch=[{"dashboard": board("a")}, {"dashboard": board("b")}, inside])

    def goes(**options):
        results = server.ok("grafana_dashboard", prune=True, check=True, **options)["results"]
        return sorted(entry["diff"]["before"].splitlines()[0] for entry in results if entry["status"] == "changed")

    for place in ({"folder_uid": "general"}, {"folder": "General"}, {"folder_uid": ""}, {"folder": ""}):
        # of a batch it is that place alone, of a directory its whole tree
        assert goes(batch=[{"path": str(tmp_path / "a.json"), **place}]) == ["uid: b"]
        assert goes(directory=str(tmp_path), **place) == ["uid: b", "uid: inside"]
    assert goes(batch=[{"path": str(tmp_path / "a.json")}]) == ["uid: b", "uid: inside"]


def test_pruning_finds_what_was_written_before_folders_nested(newest, tmp_path):
    for uid, title in (("flat", "Tenant/hosts"), ("top", "Tenant"), ("other", "Tenants")):
        newest.api("POST", "/api/folders", {"title": title, "uid": uid})
    for name in "ab":
        write(tmp_path, f"hosts/{name}.json", **board(name))
    newest.ok("grafana_dashboard", dashboard=board("beside"), folder_uid="other")
    newest.ok("grafana_dashboard", directory=str(tmp_path), folder="Tenant")
    (tmp_path / "hosts/b.json").unlink()
    gone = newest.ok("grafana_dashboard", directory=str(tmp_path), folder="Tenant", prune=True)
    assert gone["results"][-1]["diff"]["before"] == "uid: b\ntitle: B\nfolder: Tenant/hosts\n"
    assert gone["summary"]["changed"] == 1


def test_a_prune_that_fails_is_no_file_s_failure(server, tmp_path):
    for name in "ab":
        write(tmp_path, f"{name}.json", **board(name))
    server.ok("grafana_dashboard", directory=str(tmp_path))
    (tmp_path / "b.json").unlink()
    path = "/api/dashboards/.*/versions|/api/search|dashboards$"
    server.emulator.fault({"method": "GET", "path": path, "kind": "bad_gateway", "times": 99})
    failed = server.fails("grafana_dashboard", directory=str(tmp_path), prune=True, retries=0)
    assert [(entry.get("file"), entry["status"]) for entry in failed["results"]] == [("a.json", "ok"), (None, "failed")]
    assert "1 of 2 failed: objects to prune: GET" in failed["msg"]


@pytest.fixture
def stranger(routed):
    """A server whose admin is no member of the organization ``theirs``, which somebody else has made."""
    routed.server_admin("boss")
    routed.api("POST", "/api/orgs", {"name": "theirs"}, auth=BOSS)
    return routed


@pytest.mark.parametrize("size", [2, 12])
def test_a_caller_who_is_no_member_is_not_told_that_nothing_is_there(stranger, tmp_path, size):
    wanted = {"org_name": "theirs", "directory": str(tmp_path), "api": stranger.dashboard_api, "prune": True}
    for number in range(size):
        write(tmp_path, f"d{number}.json", **board(f"d{number}"))
    stranger.ok("grafana_dashboard", **stranger.by_user("boss"), **wanted)
    (tmp_path / "d0.json").unlink()
    for check in (True, False):
        failed = stranger.fails("grafana_dashboard", check=check, **wanted)
        assert {entry["failure"]["code"] for entry in failed["results"]} == {"not_a_member"}
    # of the org that it would join a check cannot tell what there is
    planned = stranger.ok("grafana_dashboard", check=True, join_org=True, **wanted)
    assert planned["summary"]["failed"] == 0
    joined = stranger.ok("grafana_dashboard", join_org=True, **wanted)
    assert joined["results"][-1]["diff"]["before"].startswith("uid: d0\n")
    assert len(stranger.api("GET", "/api/search?type=dash-db", org="theirs")) == size - 1


@pytest.mark.parametrize("size", [1, 12])
def test_absent_for_a_caller_who_has_to_join(stranger, size):
    for number in range(size):
        body = {"dashboard": board(f"d{number}"), "overwrite": True}
        stranger.api("POST", "/api/dashboards/db", body, org="theirs", auth=BOSS)
    items = [{"uid": f"d{number}", "state": "absent"} for number in range(size)]
    options = {"org_name": "theirs", "api": stranger.dashboard_api, "join_org": True}
    assert stranger.ok("grafana_dashboard", batch=items, **options)["summary"]["changed"] == size
    assert stranger.api("GET", "/api/search?type=dash-db", org="theirs", auth=BOSS) == []


def test_absent_by_title_for_a_caller_who_has_to_join(stranger):
    body = {"dashboard": board("a"), "overwrite": True}
    stranger.api("POST", "/api/dashboards/db", body, org="theirs", auth=BOSS)
    wanted = {"org_name": "theirs", "dashboard": {"title": "A"}, "state": "absent", "api": stranger.dashboard_api}
    assert stranger.fails("grafana_dashboard", **wanted).code == "not_a_member"
    assert stranger.ok("grafana_dashboard", join_org=True, **wanted)["changed"]


def test_a_lost_answer_among_many(routed, tmp_path):
    for number in range(12):
        write(tmp_path, f"d{number}.json", **board(f"d{number}"))
    routed.emulator.fault({"method": "POST", "path": "/api.*/dashboards(/db)?$", "kind": "drop"})
    result = routed.ok("grafana_dashboard", directory=str(tmp_path), api=routed.dashboard_api)
    assert result["summary"]["changed"] == 12


def test_a_title_that_an_input_fills_in(routed):
    wanted = {
        "title": "CPU ${VAR_SITE}",
        "__inputs": [{"name": "VAR_SITE", "type": "constant", "value": "here"}],
        "panels": [],
    }
    results = routed.four("grafana_dashboard", dashboard=wanted, api=routed.dashboard_api)
    assert results[3]["dashboard"]["title"] == "CPU here"
    kept = routed.ok("grafana_dashboard", batch=[{"dashboard": wanted}], prune=True, api=routed.dashboard_api)
    assert not kept["changed"]


def test_two_items_of_which_one_has_no_uid(server):
    items = [{"dashboard": {"uid": "a", "title": "T"}, "folder": ""}, {"dashboard": {"title": "T", "tags": ["x"]}}]
    with server.writes_nothing():
        failed = server.fails("grafana_dashboard", batch=items)
    assert "one of them has no uid" in failed["msg"]


def test_one_title_in_folders_that_the_task_does_not_name(server):
    server.api("POST", "/api/folders", {"title": "X", "uid": "x"})
    for uid, folder in (("a", "x"), ("b", "")):
        server.api("POST", "/api/dashboards/db", {"dashboard": {"uid": uid, "title": "T"}, "folderUid": folder})
    items = [{"dashboard": {"uid": uid, "title": "T", "tags": [uid]}} for uid in "ab"]
    server.four("grafana_dashboard", batch=items)
    gone = [{"uid": "a", "state": "absent"}, {"dashboard": {"uid": "c", "title": "T"}, "folder_uid": "x"}]
    assert server.ok("grafana_dashboard", batch=gone)["summary"]["changed"] == 2


def test_odd_directories(newest, tmp_path):
    write(tmp_path, "A/B/x.json", title="T")
    write(tmp_path, "A%2FC/y.json", title="T")
    newest.four("grafana_dashboard", directory=str(tmp_path))
    write(tmp_path, "%20/z.json", **board("z"))
    assert "which has a blank name" in newest.fails("grafana_dashboard", directory=str(tmp_path))["msg"]
    (tmp_path / "%20/z.json").unlink()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    failed = newest.fails("grafana_dashboard", directory=str(tmp_path))
    assert failed.code == "broken_files"
    assert "loop: " in failed["msg"]


def test_a_key_in_somebody_s_message_is_not_shown(server):
    key = token_secret()
    server.api("POST", "/api/dashboards/db", {"dashboard": board("a"), "message": f"try {key}"})
    server.api("POST", "/api/dashboards/db", {"dashboard": board("a", tags=["x"]), "overwrite": True, "message": f"try {key}"})
    result = server.ok("grafana_dashboard", dashboard=board("a", tags=["y"]))
    assert "try ***" in result["dashboard"]["edited"]["message"]
    assert key not in result.text


def test_a_place_in_the_batch_is_that_of_the_task(newest, tmp_path):
    for number in range(3):
        write(tmp_path, f"d{number}.json", **board(f"d{number}"))
    items = [{"directory": str(tmp_path)}, {"dashboard": board("q"), "folder_uid": "nope"}]
    assert "batch[1], Q (q): " in newest.fails("grafana_dashboard", batch=items)["msg"]


def test_an_error_of_a_batch_names_dashboard_and_file_once(special, newest, tmp_path):
    full = special("12.4.3", settings={"quota.enabled": "true", "quota.org_dashboard": "1"})
    write(tmp_path, "a.json", **board("a"))
    write(tmp_path, "b.json", **board("b"))
    failed = full.fails("grafana_dashboard", directory=str(tmp_path))
    assert (failed["msg"].count("B (b)"), failed["msg"].count("b.json")) == (1, 1)
    assert failed["results"][1]["failure"]["code"] == "quota_reached"
    assert "give the caller the permission" not in failed["msg"]
    newest.api("POST", "/api/dashboards/db", {"dashboard": board("a", tags=["x"]), "message": "by hand"})
    failed = newest.fails("grafana_dashboard", directory=str(tmp_path), on_conflict="fail")
    assert (failed["msg"].count("A (a)"), failed["msg"].count("a.json")) == (1, 1)
    assert failed["results"][0]["failure"]["code"] == "edited"
