# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions of folders, dashboards and service accounts: added, changed, complete lists, inherited ones."""

from __future__ import annotations

import pytest

from modules.permissions.people import entries, inherited, member

FOLDER = {"org_name": "tenant", "uid": "ops", "title": "Operations"}
BOARD = {"org_name": "tenant", "dashboard": {"uid": "cpu", "title": "CPU"}}


def test_folder(everywhere):
    wanted = [{"user": "alice", "permission": "Edit"}]
    made = everywhere.four("grafana_folder", **FOLDER, permissions=wanted)
    assert made[1]["diff"]["after"]["permissions"] == wanted
    assert {"Editor Edit", "Viewer View", "alice Edit"} <= set(entries(made[3]))
    more = [{"role": "Viewer", "permission": "Edit"}, {"user": "alice@example.com", "permission": "View"}]
    changed = everywhere.four("grafana_folder", **FOLDER, permissions=more)
    assert {"Editor Edit", "Viewer Edit", "alice View"} <= set(entries(changed[1]))
    assert {"user": "alice", "permission": "Edit"} in changed[1]["diff"]["before"]["permissions"]
    assert entries(changed[1]) == entries(changed[3])


def test_a_complete_list(everywhere):
    everywhere.ok("grafana_folder", **FOLDER)
    wanted = [{"user": "alice", "permission": "Edit"}]
    done = everywhere.four("grafana_folder", **FOLDER, permissions=wanted, permissions_exclusive=True)
    assert entries(done[3]) == ["alice Edit"]
    assert {"role": "Viewer", "permission": "View"} in done[1]["diff"]["before"]["permissions"]
    more = [*wanted, {"role": "Viewer", "permission": "View"}]
    assert entries(everywhere.ok("grafana_folder", **FOLDER, permissions=more)) == ["Viewer View", "alice Edit"]


def test_a_complete_list_of_a_new_folder(tenant):
    wanted = [{"service_account": "ci", "permission": "Edit"}]
    done = tenant.four("grafana_folder", **FOLDER, permissions=wanted, permissions_exclusive=True)
    (entry,) = done[3]["folder"]["permissions"]
    assert (entry["service_account"].startswith("sa-"), entry["permission"]) == (True, "Edit")


def test_dashboard(everywhere):
    wanted = [{"user": "alice", "permission": "Edit"}]
    made = everywhere.four("grafana_dashboard", **BOARD, permissions=wanted)
    assert {"Editor Edit", "Viewer View", "alice Edit"} <= set(entries(made[3], "dashboard"))
    version = made[3]["dashboard"]["version"]
    alone = everywhere.four("grafana_dashboard", **BOARD, permissions=wanted, permissions_exclusive=True)
    assert entries(alone[3], "dashboard") == ["alice Edit"]
    assert (alone[1]["dashboard"]["changed_paths"], alone[3]["dashboard"]["version"]) == (["permissions"], version)


def test_dashboard_in_a_folder(tenant):
    tenant.ok("grafana_folder", **FOLDER, permissions=[{"user": "alice", "permission": "View"}])
    wanted = [{"service_account": "ci", "permission": "Admin"}, {"role": "Viewer", "permission": "Edit"}]
    body = {**BOARD, "folder_uid": "ops", "permissions": wanted}
    made = tenant.four("grafana_dashboard", **body, permissions_exclusive=True)
    assert len(entries(made[3], "dashboard")) == 2
    assert {"alice View True", "Editor Edit True", "Viewer View True"} <= set(inherited(made[3], "dashboard"))


def test_service_account(tenant):
    account = {"org_name": "tenant", "name": "ci"}
    wanted = [{"user": "alice", "permission": "Edit"}]
    done = tenant.four("grafana_service_account", **account, permissions=wanted)
    assert entries(done[3], "service_account") == ["admin Admin", "alice Edit"]
    new = tenant.four("grafana_service_account", org_name="tenant", name="cd", permissions=wanted, permissions_exclusive=True)
    assert entries(new[3], "service_account") == ["alice Edit"]


def test_an_inherited_entry_of_a_folder(latest):
    latest.ok("grafana_folder", **FOLDER, permissions=[{"user": "alice", "permission": "View"}])
    wanted = [{"user": "alice", "permission": "Edit"}]
    inner = {"org_name": "tenant", "uid": "hosts", "title": "Hosts", "parent_uid": "ops"}
    made = latest.four("grafana_folder", **inner, permissions=wanted, permissions_exclusive=True)
    assert (entries(made[3]), "alice View True" in inherited(made[3])) == (["alice Edit"], True)


def test_many_cost_one_list(latest):
    member(latest, "bob")
    wanted = [{"user": "alice@example.com", "permission": "Edit"}, {"user": "bob", "permission": "View"}]
    batch = [{"uid": "f%d" % number, "title": "F%d" % number, "permissions": wanted} for number in range(5)]
    latest.four("grafana_folder", org_name="tenant", batch=batch)
    routes = latest.emulator.stats()["routes"]
    assert sum(one["count"] for one in routes if one["route"] == "/api/org/users") == 4  # once in each run, for the address


@pytest.mark.parametrize(("module", "options"), [("grafana_folder", FOLDER), ("grafana_dashboard", BOARD)])
def test_what_is_as_wanted_costs_one_request(latest, module, options):
    wanted = [{"user": "alice", "permission": "Edit"}, {"service_account": "ci", "permission": "View"}]
    latest.ok(module, **options, permissions=wanted)
    costs = []
    for more in ({}, {"permissions": wanted}):
        before = latest.requests()
        assert not latest.ok(module, **options, **more)["changed"]
        costs.append(latest.requests() - before)
    assert costs[1] == costs[0] + 1


def test_the_info_modules_show_them_on_request(latest):
    wanted = [{"user": "alice", "permission": "Edit"}]
    kinds = [("folder", FOLDER), ("dashboard", BOARD), ("service_account", {"org_name": "tenant", "name": "ci"})]
    for kind, options in kinds:
        latest.ok("grafana_" + kind, **options, permissions=wanted, permissions_exclusive=True)
        for more, shown in (({}, None), ({"permissions": True}, wanted)):
            (found,) = latest.ok("grafana_%s_info" % kind, org_name="tenant", **more)[kind + "s"]
            assert found.get("permissions") == shown
