# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for members."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import members

from ..conftest import Call

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


def _pages(*roles):
    """Return the calls that list service accounts with these roles, two on each page."""
    pages = []
    for number, start in enumerate(range(0, len(roles) + 1, 2), 1):
        accounts = [{"id": start, "name": "ci", "role": role} for role in roles[start : start + 2]]
        path = f"/api/serviceaccounts/search?perpage=1000&page={number}"
        pages.append(Call("GET", path).answers(200, {"serviceAccounts": accounts, "page": number, "perPage": 2}))
    return pages


def _check_removal_of_the_only_admin(script, client, *searched):
    """Plan and precheck the removal of the only Admin among the members, in check mode."""
    script.expect(Call("GET", "/api/orgs/7/users").answers(200, [{"userId": 3, "login": "alice", "role": "Admin"}]), *searched)
    scope = Scope(client(), Org(7, "tenant"), None, check=True)
    resource = members.OrgUsers()
    desired = resource.parse({"login": "alice", "state": "absent"})
    current = resource.read(scope, desired)
    return resource.precheck(scope, desired, current, resource.plan(desired, current))


def test_a_service_account_of_a_later_page_is_an_admin_too(script, client):
    _current, change = _check_removal_of_the_only_admin(script, client, *_pages("Viewer", "Editor", "Admin"))
    assert change.action == "delete"


@pytest.mark.parametrize(
    "searched",
    [_pages("Viewer", "Editor", "Viewer"), [Call("GET", "/api/serviceaccounts/search?perpage=1000&page=1").answers(404)]],
    ids=["none of them is Admin", "a server without service accounts"],
)
def test_the_last_admin(script, client, searched):
    with pytest.raises(GrafanaError) as caught:
        _check_removal_of_the_only_admin(script, client, *searched)
    assert caught.value.code == "last_admin"
