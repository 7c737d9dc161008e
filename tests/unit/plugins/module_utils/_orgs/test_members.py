# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for members."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import members

ALICE = members.CurrentMember(3, "alice", "alice@x", "Alice", "Editor")


@pytest.mark.parametrize(
    ("options", "current", "action", "after"),
    [
        ({"login": "alice"}, None, "create", {"login": "alice", "role": "Viewer"}),
        ({"login": "alice", "role": "Admin"}, None, "create", {"login": "alice", "role": "Admin"}),
        ({"login": "alice", "role": "Admin"}, ALICE, "update", {"login": "alice", "role": "Admin"}),
        ({"login": "alice", "role": "Editor"}, ALICE, None, None),
        ({"login": "alice"}, ALICE, None, None),
        ({"login": "alice@x", "state": "absent"}, ALICE, "delete", {}),
        ({"login": "alice", "state": "absent"}, None, None, None),
    ],
)
def test_members(options, current, action, after):
    resource = members.OrgUsers()
    change = resource.plan(resource.parse(options), current)
    assert (change.action if change else None) == action
    assert (change.after if change else None) == after


def test_members_whose_role_comes_from_elsewhere():
    resource = members.OrgUsers()
    synced = members.CurrentMember.from_api({"userId": 3, "login": "a", "role": "Viewer", "isExternallySynced": True})
    assert resource.plan(resource.parse({"login": "a", "role": "Viewer"}), synced) is None
    with pytest.raises(GrafanaError) as caught:
        resource.plan(resource.parse({"login": "a", "role": "Admin"}), synced)
    assert caught.value.code == "externally_synced"
    assert "skip_org_role_sync" in caught.value.message
