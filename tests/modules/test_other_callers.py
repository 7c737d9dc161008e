# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callers who are not Admins of the organization: Editors, whose lists lag, and server admins who are not members.

And what the people of a tenant see of that which its admin has created.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from servers import NEWEST


@pytest.fixture
def tenant(versioned):
    """A server of the newest version with an organization."""
    server = versioned(NEWEST)
    server.ok("grafana_org", name="tenant")
    return server


def authorized(server, role, name="ci"):
    """Return the headers of a request with a token of a new service account of the organization."""
    return {"Authorization": f"Bearer {server.by_token(role, 'tenant', name)['token']}"}


@pytest.fixture
def editor(tenant):
    """The arguments of an Editor's token."""
    return tenant.by_token("Editor", "tenant")


def titles(server, kind):
    return sorted(hit["title"] for hit in server.api("GET", f"/api/search?type={kind}", org="tenant"))


# Editors: for 30 seconds lists leave out the newest nested folder (recorded: folders-by-token, and seen on servers)


def test_an_editor_creates_a_nested_folder_once(tenant, editor):
    wanted = {"title": "Hosts", "parent": "Operations", "create_parents": True}
    tenant.four("grafana_folder", **editor, **wanted)
    assert titles(tenant, "dash-folder") == ["Hosts", "Operations"]
    tenant.emulator.advance(31)
    assert not tenant.ok("grafana_folder", **editor, **wanted)["changed"]


@pytest.mark.parametrize("api", ["auto", "legacy"])
@pytest.mark.parametrize("uid", [{}, {"uid": "cpu"}])
def test_an_editor_writes_a_dashboard_into_the_folder_of_a_moment_ago(tenant, editor, api, uid):
    tenant.ok("grafana_folder", **editor, title="Hosts", parent="Operations", create_parents=True)
    wanted = {"dashboard": {"title": "CPU", **uid}, "folder": "Operations/Hosts", "api": api}
    tenant.four("grafana_dashboard", **editor, **wanted)
    assert not tenant.ok("grafana_dashboard", **editor, **wanted, create_folder=True)["changed"]
    assert (titles(tenant, "dash-folder"), titles(tenant, "dash-db")) == (["Hosts", "Operations"], ["CPU"])


def test_an_editor_brings_a_directory_twice(tenant, editor, tmp_path):
    (tmp_path / "Operations/Hosts").mkdir(parents=True)
    for number in range(12):
        (tmp_path / f"Operations/Hosts/{number}.json").write_text(json.dumps({"uid": f"d{number}", "title": f"D {number}"}))
    runs = tenant.four("grafana_dashboard", **editor, directory=str(tmp_path), create_folder=True)
    assert runs[1]["summary"]["changed"] == 12
    assert titles(tenant, "dash-folder") == ["Hosts", "Operations"]


def test_two_editors_at_once_create_one_folder(tenant):
    """Two requests for the folder that both found missing: the uid that follows from its title is taken once."""
    callers = [tenant.by_token("Editor", "tenant", name) for name in ("one", "two")]
    from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.unlisted import derived_uid

    def create(caller):
        body = {"title": "Operations", "uid": derived_uid("", "Operations")}
        headers = {"Authorization": f"Bearer {caller['token']}"}
        return requests.post(tenant.url + "/api/folders", json=body, headers=headers, timeout=20).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(create, callers)) == [200, 412]
    assert not tenant.ok("grafana_folder", **callers[0], title="Operations")["changed"]


def test_a_renamed_folder_does_not_stand_for_its_old_title(tenant, editor):
    tenant.ok("grafana_folder", **editor, title="Hosts")
    uid = tenant.api("GET", "/api/search?type=dash-folder", org="tenant")[0]["uid"]
    tenant.ok("grafana_folder", org_name="tenant", uid=uid, title="Machines")
    tenant.four("grafana_folder", org_name="tenant", title="Hosts")
    assert titles(tenant, "dash-folder") == ["Hosts", "Machines"]


# What people see of a new dashboard


@pytest.mark.parametrize("folder", [{}, {"folder": "Operations", "create_folder": True}])
@pytest.mark.parametrize("api", ["auto", "legacy"])
def test_everybody_in_the_tenant_sees_a_new_dashboard(tenant, folder, api):
    tenant.ok("grafana_dashboard", org_name="tenant", dashboard={"uid": "cpu", "title": "CPU"}, api=api, **folder)
    for role in ("Viewer", "Editor"):
        headers = authorized(tenant, role, role)
        read = requests.get(f"{tenant.url}/api/dashboards/uid/cpu", headers=headers, timeout=20)
        found = requests.get(f"{tenant.url}/api/search?type=dash-db", headers=headers, timeout=20)
        assert (role, read.status_code, [hit["uid"] for hit in found.json()]) == (role, 200, ["cpu"])


def test_the_token_that_creates_a_dashboard_sees_it(tenant, editor):
    tenant.four("grafana_dashboard", **editor, dashboard={"title": "Without a uid"})
    assert titles(tenant, "dash-db") == ["Without a uid"]


def test_a_directory_is_seen_too(tenant, tmp_path):
    for number in range(12):
        (tmp_path / f"{number}.json").write_text(json.dumps({"uid": f"d{number}", "title": f"D {number}"}))
    tenant.ok("grafana_dashboard", org_name="tenant", directory=str(tmp_path))
    headers = authorized(tenant, "Viewer")
    assert len(requests.get(f"{tenant.url}/api/search?type=dash-db", headers=headers, timeout=20).json()) == 12


@pytest.mark.parametrize("api", ["auto", "legacy"])
def test_a_move_to_general_warns_and_the_advice_works(tenant, api):
    where = {"org_name": "tenant", "api": api}
    tenant.ok("grafana_dashboard", **where, dashboard={"uid": "cpu", "title": "CPU"}, folder="Operations", create_folder=True)
    wanted = {**where, "dashboard": {"uid": "cpu", "title": "CPU"}, "folder_uid": "general"}
    for check in (True, False):
        (warning,) = tenant.ok("grafana_dashboard", check=check, **wanted)["warnings"]
        assert "POST /api/dashboards/uid/cpu/permissions" in warning
    key = authorized(tenant, "Viewer")
    assert requests.get(f"{tenant.url}/api/dashboards/uid/cpu", headers=key, timeout=20).status_code in (403, 404)
    items = json.loads(warning[warning.index("{") :])
    tenant.api("POST", "/api/dashboards/uid/cpu/permissions", items, org="tenant")
    tenant.emulator.advance(61)
    assert requests.get(f"{tenant.url}/api/dashboards/uid/cpu", headers=key, timeout=20).status_code == 200


# A server admin who is not a member


@pytest.fixture
def stranger(tenant):
    """The arguments of a server admin who is not a member of the organization."""
    return tenant.server_admin("boss")


TASKS = {
    "folder by uid": ("grafana_folder", {"uid": "ops", "title": "Ops"}),
    "folder by title": ("grafana_folder", {"title": "Ops"}),
    "dashboard": ("grafana_dashboard", {"dashboard": {"uid": "a", "title": "A"}}),
    "dashboard by title": ("grafana_dashboard", {"dashboard": {"title": "A"}}),
    "legacy": ("grafana_dashboard", {"dashboard": {"uid": "a", "title": "A"}, "api": "legacy"}),
    "legacy by title": ("grafana_dashboard", {"dashboard": {"title": "A"}, "api": "legacy", "retries": 0}),
    "with a folder": ("grafana_dashboard", {"dashboard": {"title": "A"}, "folder": "F", "create_folder": True}),
    "account": ("grafana_service_account", {"name": "ci"}),
    "team": ("grafana_team", {"name": "Crew"}),
    "data source": ("grafana_datasource", {"uid": "m", "name": "M", "type": "prometheus", "ds_url": "http://127.0.0.1:9"}),
    "preferences": ("grafana_org_preferences", {"theme": "dark"}),
}


@pytest.mark.parametrize("task", TASKS)
def test_a_stranger_is_told_to_join_and_joins(tenant, stranger, task):
    module, wanted = TASKS[task]
    refused = tenant.fails(module, **stranger, org_name="tenant", **wanted)
    assert refused.code == "not_a_member"
    joining = {**stranger, "org_name": "tenant", "join_org": True, **wanted}
    assert tenant.ok(module, check=True, **joining)["changed"]
    joined = tenant.ok(module, **joining)
    assert (joined["changed"], joined["joined_org"]) == (True, True)
    again = tenant.ok(module, **joining)
    assert (again["changed"], "joined_org" in again) == (False, False)


@pytest.mark.parametrize("task", [task for task in TASKS if task != "account"])
@pytest.mark.parametrize("join_org", [False, True])
def test_an_organization_that_does_not_exist(tenant, stranger, task, join_org):
    module, wanted = TASKS[task]
    failed = tenant.fails(module, **stranger, org_id=4711, join_org=join_org, **wanted)
    assert failed.code == "org_not_found"


@pytest.mark.parametrize(
    "module", ["grafana_dashboard_info", "grafana_folder_info", "grafana_service_account_info", "grafana_team_info"]
)
def test_a_stranger_who_reads(tenant, stranger, module):
    failed = tenant.fails(module, **stranger, org_name="tenant", retries=0)
    assert failed.code == "not_a_member"
