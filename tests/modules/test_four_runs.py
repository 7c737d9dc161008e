# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every managing module: check, run, check, run gives changed, changed, ok, ok, and one diff."""

from __future__ import annotations

import os
import stat

import pytest

#: Each managing module is run over the network here: those that create tenants on each version, the others on one version.
OVER_THE_NETWORK = True


@pytest.fixture
def org(server):
    server.ok("grafana_org", name="tenant")
    return server


@pytest.fixture
def account(newer):
    newer.ok("grafana_org", name="tenant")
    newer.ok("grafana_service_account", org_name="tenant", name="ci", role="Editor")
    return newer


def test_org_is_made(server):
    made = server.four("grafana_org", name="tenant / one", address={"city": "Basel", "zip_code": "4001"})
    assert made[1]["organization"]["address"]["city"] == "Basel"
    assert made[1]["diff"]["before"] == {}
    assert made[3]["organization"]["id"] == made[1]["organization"]["id"]


def test_org_is_renamed(server):
    made = server.ok("grafana_org", name="tenant")
    renamed = server.four("grafana_org", id=made["organization"]["id"], name="renamed")
    assert (renamed[1]["diff"]["before"]["name"], renamed[1]["diff"]["after"]["name"]) == ("tenant", "renamed")


def test_org_gets_an_address(org):
    changed = org.four("grafana_org", name="tenant", address={"city": "Bern"})
    assert changed[1]["diff"]["before"]["address"]["city"] == ""


def test_org_is_deleted(deleting):
    deleting.ok("grafana_org", name="tenant")
    gone = deleting.four("grafana_org", name="tenant", state="absent")
    assert gone[1]["organization"] is None
    assert gone[1]["diff"]["after"] == {}


def test_member_is_added(org):
    org.user("alice")
    added = org.four("grafana_org_user", org_name="tenant", login="alice", role="Editor")
    assert added[1]["member"]["role"] == added[3]["member"]["role"] == "Editor"


def test_member_gets_another_role(org):
    org.user("alice")
    org.ok("grafana_org_user", org_name="tenant", login="alice", role="Viewer")
    changed = org.four("grafana_org_user", org_name="tenant", login="alice", role="Admin")
    assert changed[1]["diff"]["before"]["role"] == "Viewer"


def test_member_by_email(org):
    org.user("alice", email="alice@example.org")
    added = org.four("grafana_org_user", org_name="tenant", login="alice@example.org", role="Editor")
    assert added[1]["member"]["login"] == "alice"


def test_member_is_removed_and_stays_a_user(org):
    org.user("alice")
    org.ok("grafana_org_user", org_name="tenant", login="alice", role="Viewer")
    org.four("grafana_org_user", org_name="tenant", login="alice", state="absent")
    assert org.api("GET", "/api/users/lookup?loginOrEmail=alice")["login"] == "alice"


def test_account_is_made(newer):
    newer.ok("grafana_org", name="tenant")
    made = newer.four("grafana_service_account", org_name="tenant", name="ci", role="Editor", disabled=True)
    assert made[1]["service_account"]["disabled"] is made[3]["service_account"]["disabled"] is True


def test_account_gets_the_least_by_default(newer):
    made = newer.four("grafana_service_account", name="ci")
    assert made[3]["service_account"]["role"] == "Viewer"


def test_account_is_changed(account):
    changed = account.four("grafana_service_account", org_name="tenant", name="ci", role="Viewer", disabled=True)
    assert changed[1]["diff"]["before"] == {"name": "ci", "role": "Editor", "disabled": False}


def test_account_is_deleted(account):
    account.four("grafana_service_account", org_name="tenant", name="ci", state="absent")


def test_token_is_made(account, tmp_path):
    dest = tmp_path / "key"
    options = {"org_name": "tenant", "service_account": "ci", "name": "ci", "seconds_to_live": "30d", "dest": str(dest)}
    account.ok("grafana_sa_token", check=True, **options)
    assert list(tmp_path.iterdir()) == []
    made = account.four("grafana_sa_token", **options)
    assert stat.S_IMODE(os.stat(dest).st_mode) == 0o600
    key = dest.read_text().strip()
    assert key.startswith("glsa_")
    assert all(key not in result.text for result in made)
    assert made[1]["token"]["name"] == "ci"


def test_token_is_removed(account, tmp_path):
    wanted = {"org_name": "tenant", "service_account": "ci", "name": "ci", "dest": str(tmp_path / "key")}
    account.ok("grafana_sa_token", seconds_to_live="1h", **wanted)
    account.four("grafana_sa_token", state="absent", **wanted)
    assert list(tmp_path.iterdir()) == []


#: Tests of their own run these modules on each version, without sockets.
ON_ONE_VERSION = [
    ("grafana_datasource", {"name": "M", "type": "prometheus", "ds_url": "http://127.0.0.1:9"}),
    ("grafana_folder", {"title": "Hosts"}),
    ("grafana_org_preferences", {"theme": "dark"}),
    ("grafana_team", {"name": "Crew"}),
]


@pytest.mark.parametrize(("module", "wanted"), ON_ONE_VERSION)
def test_an_object_of_an_organization_is_made(newest, module, wanted):
    newest.ok("grafana_org", name="tenant")
    newest.four(module, org_name="tenant", **wanted)


def test_user_is_made(newest):
    newest.four("grafana_user", login="alice", user_password="long-enough-1")


def test_api_key_is_made(versioned, tmp_path):
    """On the newest tested version that creates API keys."""
    old = versioned("9.3.2")
    old.four("grafana_api_key", name="ci", role="Viewer", dest=str(tmp_path / "key"))
    assert (tmp_path / "key").read_text("utf-8").strip()


def test_dashboard_is_made(org):
    made = org.four("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU", "panels": []})
    assert made[1]["dashboard"]["version"] == made[3]["dashboard"]["version"] == 1


def test_dashboard_without_a_uid(org):
    org.four("grafana_dashboard", org_name="tenant", dashboard={"title": "CPU", "panels": []})


def test_dashboard_is_changed(org):
    org.ok("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU", "tags": ["a"]})
    changed = org.four("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU", "tags": ["b"]})
    assert changed[1]["dashboard"]["changed_paths"] == ["tags[0]"]


def test_dashboard_in_a_new_folder(org):
    wanted = {"dashboard": {"uid": "cpu", "title": "CPU"}, "folder": "Hosts", "create_folder": True}
    made = org.four("grafana_dashboard", org_name="tenant", **wanted)
    assert made[3]["dashboard"]["folder_uid"] != ""


def test_dashboard_is_moved(org):
    org.ok("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU"})
    org.api("POST", "/api/folders", {"uid": "hosts", "title": "Hosts"}, org="tenant")
    moved = org.four("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU"}, folder_uid="hosts")
    assert moved[1]["dashboard"]["changed_paths"] == ["folder"]


def test_dashboard_is_deleted(org):
    org.ok("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU"})
    org.four("grafana_dashboard", org_name="tenant", uid="cpu", state="absent")
