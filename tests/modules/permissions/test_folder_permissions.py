# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions of folders: added, changed, complete lists, inherited ones, refusals; what they cost."""

from __future__ import annotations

import pytest

MODULE = "grafana_folder"
WANTED = [{"user": "alice", "permission": "Edit"}, {"service_account": "ci", "permission": "Edit"}]


def own(result, kind="folder"):
    """Return the own entries of a result as texts."""
    entries = result[kind]["permissions"]
    return [" ".join(map(str, entry.values())) for entry in entries if not entry.get("inherited")]


def member(server, login, role="Viewer", org="tenant"):
    server.user(login, email=login + "@example.com", OrgId=server.org_id(org))
    server.ok("grafana_org_user", org_name=org, login=login, role=role)


@pytest.fixture
def tenant(newer):
    """An organization with the Viewer alice and the service account ci."""
    newer.ok("grafana_org", name="tenant")
    member(newer, "alice")
    newer.ok("grafana_service_account", org_name="tenant", name="ci")
    return newer


def test_added_to_a_new_folder_and_to_an_old_one(tenant):
    made = tenant.four(MODULE, org_name="tenant", uid="ops", title="Operations", permissions=WANTED)
    assert made[1]["diff"]["after"]["permissions"] == [*WANTED]
    assert own(made[3]) == ["Editor Edit", "Viewer View", "admin Admin", "alice Edit", own(made[3])[-1]]
    more = [{"role": "Viewer", "permission": "Edit"}, {"user": "alice@example.com", "permission": "View"}]
    changed = tenant.four(MODULE, org_name="tenant", uid="ops", permissions=more)
    assert own(changed[1])[1:4] == ["Viewer Edit", "admin Admin", "alice View"]
    assert {"user": "alice", "permission": "Edit"} in changed[1]["diff"]["before"]["permissions"]


def test_a_complete_list(tenant):
    tenant.ok(MODULE, org_name="tenant", uid="ops", title="Operations")
    done = tenant.four(MODULE, org_name="tenant", uid="ops", permissions=WANTED, permissions_exclusive=True)
    assert own(done[3])[0] == "alice Edit"
    assert len(own(done[3])) == 2
    none = tenant.four(MODULE, org_name="tenant", uid="ops", permissions=[], permissions_exclusive=True)
    assert own(none[3]) == []
