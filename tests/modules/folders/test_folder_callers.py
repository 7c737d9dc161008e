# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders written by tokens, beside other writers, and by an admin who is no member."""

from __future__ import annotations

import pytest

from modules.folders.by_hand import NESTED, TREE, folder, titles

MODULE = "grafana_folder"


@pytest.mark.parametrize("role", ["Editor", "Admin"])
def test_by_a_token(newer, tmp_path, role, monkeypatch):
    monkeypatch.setattr("time.sleep", newer.emulator.advance)
    newer.ok("grafana_org", name="tenant")
    newer.ok("grafana_service_account", org_name="tenant", name="ci", role=role)
    key = tmp_path / "key"
    newer.ok("grafana_sa_token", org_name="tenant", service_account="ci", name="ci", dest=str(key))
    who = {"admin": None, "url": newer.url, "token": key.read_text().strip()}
    wanted = {"uid": "ops", "title": "Operations", **who}
    assert [newer.ok(MODULE, check=check, **wanted)["changed"] for check in (True, False)] == [True, True]
    assert not newer.ok(MODULE, **wanted)["changed"]
    # Up to 12.0 a new folder is hidden from the Editor who created it for up to a minute, so a check cannot tell.
    newer.emulator.advance(61)
    assert not newer.ok(MODULE, check=True, **wanted)["changed"]
    newer.four(MODULE, uid="ops", title="Ops", **who)
    newer.ok("grafana_dashboard", dashboard={"uid": "cpu", "title": "CPU"}, folder_uid="ops", org_name="tenant")
    assert newer.fails(MODULE, uid="ops", state="absent", **who).code == "not_empty"
    newer.four(MODULE, uid="ops", state="absent", contents="delete", **who)


@pytest.mark.parametrize("version", NESTED)
def test_an_editor_makes_a_tree(versioned, tmp_path, version, monkeypatch):
    server = versioned(version)
    monkeypatch.setattr("time.sleep", server.emulator.advance)
    server.ok("grafana_service_account", name="ci", role="Editor")
    key = tmp_path / "key"
    server.ok("grafana_sa_token", service_account="ci", name="ci", dest=str(key))
    server.four(MODULE, admin=None, url=server.url, token=key.read_text().strip(), batch=TREE)


@pytest.mark.parametrize("kind", ["drop", "bad_gateway", "database_locked"])
def test_an_answer_that_gets_lost(newest, kind):
    newest.emulator.fault({"method": "POST", "path": "/api/folders$", "kind": kind})
    made = newest.ok(MODULE, title="Operations")
    assert made["changed"]
    assert titles(newest) == ["Operations"]


def test_a_folder_that_somebody_else_writes_meanwhile(newest, monkeypatch):
    from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.resource import Folders

    folder(newest, "ops", "Operations")
    update, others = Folders._update, ["Meanwhile"]

    def late(self, *args):
        while others:
            newest.api("PUT", "/api/folders/ops", {"title": others.pop(), "overwrite": True})
        return update(self, *args)

    monkeypatch.setattr(Folders, "_update", late)
    assert newest.ok(MODULE, uid="ops", title="Ops")["changed"]
    assert newest.api("GET", "/api/folders/ops")["title"] == "Ops"
    assert newest.api("GET", "/api/folders/ops")["version"] == 3


def test_by_an_admin_who_is_no_member(server):
    server.user("owner")
    org = server.api("POST", "/api/orgs", {"name": "tenant"})["orgId"]
    server.api("POST", f"/api/orgs/{org}/users", {"loginOrEmail": "owner", "role": "Admin"})
    server.api("DELETE", f"/api/orgs/{org}/users/1")
    server.emulator.advance(6)  # a server remembers a member for 5 seconds
    assert server.fails(MODULE, org_name="tenant", title="Operations").code == "not_a_member"
    joined = server.ok(MODULE, org_name="tenant", title="Operations", join_org=True)
    assert (joined["changed"], joined["joined_org"]) == (True, True)
    assert not server.ok(MODULE, org_name="tenant", title="Operations")["changed"]
