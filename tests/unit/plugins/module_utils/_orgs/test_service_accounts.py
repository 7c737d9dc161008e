# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for service accounts."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import service_accounts as accounts

CI = accounts.Account(5, "ci", "sa-1-ci", {"role": "Viewer", "disabled": False})
FIXED = accounts.Account(5, "ci", "sa-1-ci", {"role": "Viewer", "disabled": False}, tokens=2, fixed=True)


@pytest.mark.parametrize(
    ("options", "current", "action", "after"),
    [
        ({"name": "ci"}, None, "create", {"name": "ci", "role": "Viewer", "disabled": False}),
        ({"name": "ci", "role": "Editor", "disabled": True}, None, "create", {"name": "ci", "role": "Editor", "disabled": True}),
        ({"name": "ci"}, CI, None, None),
        ({"name": "ci", "disabled": False}, CI, None, None),
        ({"name": "ci", "disabled": True}, CI, "update", {"name": "ci", "role": "Viewer", "disabled": True}),
        ({"name": "ci", "role": "None"}, CI, "update", {"name": "ci", "role": "None", "disabled": False}),
        ({"name": "ci", "state": "absent"}, CI, "delete", {}),
        ({"name": "ci", "state": "absent"}, None, None, None),
        ({"name": "ci", "role": "None", "recreate": True}, CI, "update", {"name": "ci", "role": "None", "disabled": False}),
        ({"name": "ci", "role": "Viewer"}, FIXED, None, None),
        ({"name": "ci", "state": "absent"}, FIXED, "delete", {}),
        (
            {"name": "ci", "role": "None", "recreate": True},
            FIXED,
            "recreate",
            {"name": "ci", "role": "None", "disabled": False, "tokens": 0},
        ),
        ({"name": "ci", "role": "Viewer", "recreate": True}, FIXED, None, None),
    ],
)
def test_accounts(options, current, action, after):
    resource = accounts.ServiceAccounts()
    change = resource.plan(resource.parse(options), current)
    assert (change.action if change else None) == action
    assert (change.after if change else None) == after


@pytest.mark.parametrize(
    ("options", "words"), [({"role": "Admin"}, "role Viewer, not Admin"), ({"disabled": True}, "disabled False")]
)
def test_an_account_that_cannot_be_changed(options, words):
    resource = accounts.ServiceAccounts()
    with pytest.raises(GrafanaError) as caught:
        resource.plan(resource.parse({"name": "ci", **options}), FIXED)
    assert caught.value.code == "unsupported"
    assert words in caught.value.message
    assert "its tokens (now 2)" in caught.value.message


@pytest.mark.parametrize(("name", "slug"), [("CI x", "ci-x"), ("ci-x", "ci-x"), ("A B  C", "a-b--c")])
def test_slug(name, slug):
    assert accounts.slug(name) == slug
