# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is stopped by permissions: an account that may edit one folder only, and callers whom a list would lock out."""

from __future__ import annotations

import pytest

from modules.permissions.people import entries, member

FOLDER = {"org_name": "tenant", "uid": "ops", "title": "Operations"}
#: Versions with the role None, one of each way to decide who may do what.
LEAST = ["11.5.1", "12.4.3", "13.1.0-pre"]


def key_of(server, folder, account="pipeline"):
    """Return the key of a new token of an account, and the options that authenticate with it."""
    path = folder / account
    server.ok("grafana_sa_token", org_name="tenant", service_account=account, name="ci", seconds_to_live="1h", dest=str(path))
    # Up to 11.4 an account with the role None does not see its own organization.
    return {"admin": None, "url": server.url, "token": path.read_text().strip(), "org_id": server.org_id("tenant")}


@pytest.mark.parametrize("version", LEAST)
def test_an_account_that_edits_one_folder(versioned, tmp_path, version, monkeypatch):
    server = versioned(version)
    monkeypatch.setattr("time.sleep", server.emulator.advance)
    server.ok("grafana_org", name="tenant")
    server.ok("grafana_service_account", org_name="tenant", name="pipeline", role="None")
    wanted = [{"service_account": "pipeline", "permission": "Edit"}]
    server.four("grafana_folder", **FOLDER, permissions=wanted, permissions_exclusive=True)
    server.ok("grafana_folder", org_name="tenant", uid="hr", title="People")
    server.ok("grafana_dashboard", org_name="tenant", folder_uid="hr", dashboard={"uid": "pay", "title": "Pay"})
    who = key_of(server, tmp_path)
    server.four("grafana_dashboard", **who, folder_uid="ops", dashboard={"uid": "cpu", "title": "CPU"})
    server.four("grafana_dashboard", **who, folder_uid="ops", dashboard={"uid": "cpu", "title": "CPU of hosts"})
    seen = server.ok("grafana_dashboard_info", **who)["dashboards"]
    assert [one["uid"] for one in seen] == ["cpu"]
    assert [one["uid"] for one in server.ok("grafana_folder_info", **who)["folders"] if one["title"] != "Shared with me"] == [
        "ops"
    ]
    for place in ({"folder_uid": "hr"}, {"folder_uid": ""}):
        refused = server.fails("grafana_dashboard", **who, **place, dashboard={"uid": "new", "title": "New"})
        assert refused.code in ("forbidden", "folder_not_found"), refused.text
    assert server.fails("grafana_dashboard", **who, dashboard={"uid": "pay", "title": "Mine"}).code == "forbidden"
    refused = server.fails("grafana_folder", **who, uid="ops", permissions=[{"role": "Viewer", "permission": "View"}])
    assert refused.code == "permissions_forbidden"
    server.four("grafana_dashboard", **who, uid="cpu", state="absent")


def test_an_editor_would_be_locked_out(latest):
    member(latest, "bob", "Editor")
    latest.ok("grafana_folder", **FOLDER, permissions=[{"user": "bob", "permission": "Admin"}], permissions_exclusive=True)
    bob = latest.by_user("bob")
    wanted = [{"role": "Viewer", "permission": "Edit"}]
    for check in (True, False):
        with latest.writes_nothing():
            refused = latest.fails("grafana_folder", **FOLDER, **bob, permissions=wanted, permissions_exclusive=True, check=check)
        assert refused.code == "caller_locked_out"
        new = {"org_name": "tenant", "title": "Bob's", "permissions": wanted, "permissions_exclusive": True}
        with latest.writes_nothing():
            assert latest.fails("grafana_folder", **new, **bob, check=check).code == "caller_locked_out"
    kept = [*wanted, {"user": "bob", "permission": "Admin"}]
    assert latest.ok("grafana_folder", **FOLDER, **bob, permissions=kept, permissions_exclusive=True)["changed"]
    unknown = [{"user": "alice", "permission": "Edit"}]
    assert "may not look up user alice" in latest.fails("grafana_folder", **FOLDER, **bob, permissions=unknown)["msg"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("grafana_folder", {"uid": "ops", "title": "Operations"}),
        ("grafana_dashboard", {"dashboard": {"uid": "cpu", "title": "CPU"}}),
        ("grafana_service_account", {"name": "cd"}),
    ],
)
def test_nobody_has_the_name(latest, module, options, check):
    wanted = [{"user": "carol", "permission": "Edit"}]
    with latest.writes_nothing():
        refused = latest.fails(module, org_name="tenant", **options, permissions=wanted, check=check)
        assert refused.code == "user_not_found"
        gone = latest.fails(module, org_name="tenant", **options, permissions=wanted, state="absent", check=check)
        assert gone.code == "bad_input"
    planned = latest.ok(module, org_name="tenant", **options, permissions=wanted, check=True, missing_parent="plan")
    assert any("carol" in text for text in planned["warnings"])


def test_in_an_organization_that_an_earlier_task_creates(newest):
    wanted = [{"service_account": "ci", "permission": "Edit"}]
    batch = [{"title": "Operations", "permissions": wanted}, {"title": "Hosts", "parent": "Operations", "permissions": wanted}]
    planned = newest.ok("grafana_folder", org_name="new", batch=batch, check=True, missing_parent="plan")
    assert [one["diff"]["after"]["permissions"] for one in planned["results"]] == [wanted, wanted]
    board = {"dashboard": {"uid": "cpu", "title": "CPU"}, "folder": "Operations", "permissions": wanted}
    assert newest.ok("grafana_dashboard", org_name="new", **board, check=True, missing_parent="plan")["changed"]


def test_wrong_entries_of_a_batch(latest):
    batch = [{"uid": "a", "title": "A", "permissions": [{"user": "alice"}]}]
    assert "permissions[0]: permission is missing" in latest.fails("grafana_folder", org_name="tenant", batch=batch)["msg"]
    batch[0]["permissions"] = [{"user": "alice", "permission": "edit"}]
    assert "has to be one of View, Edit, Admin" in latest.fails("grafana_folder", org_name="tenant", batch=batch)["msg"]
    batch[0]["permissions"] = ["alice"]
    assert "permissions[0] has to be a dictionary" in latest.fails("grafana_folder", org_name="tenant", batch=batch)["msg"]


def test_an_entry_that_somebody_adds_meanwhile(latest, monkeypatch):
    from ansible_collections.orgsmith.grafana.plugins.module_utils._permissions import api

    latest.ok("grafana_folder", **FOLDER)
    write, number = api.write, latest.api("GET", "/api/users/lookup?loginOrEmail=alice")["id"]

    def late(*args):
        latest.api("POST", f"/api/access-control/folders/ops/users/{number}", {"permission": "View"}, org="tenant")
        return write(*args)

    monkeypatch.setattr(api, "write", late)
    latest.ok("grafana_folder", **FOLDER, permissions=[{"role": "Viewer", "permission": "Edit"}])
    monkeypatch.setattr(api, "write", write)
    assert "alice View" in entries(latest.ok("grafana_folder", **FOLDER, permissions=[]))
