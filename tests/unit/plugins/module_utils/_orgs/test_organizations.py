# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for organizations."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput, GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import organizations as orgs

ORG = orgs.CurrentOrg(2, "tenant", {"city": "Basel", "country": ""})


@pytest.mark.parametrize(
    ("options", "current", "action"),
    [
        ({"name": "tenant"}, None, "create"),
        ({"name": "tenant"}, ORG, None),
        ({"name": "tenant", "address": {"city": "Basel"}}, ORG, None),
        ({"name": "tenant", "address": {"city": "Bern"}}, ORG, "update"),
        ({"name": "tenant", "address": {"country": ""}}, ORG, None),
        ({"name": "tenant", "address": {"zip_code": "4001"}}, ORG, "update"),
        ({"id": 2, "name": "other"}, ORG, "update"),
        ({"id": 2}, ORG, None),
        ({"id": 2, "state": "absent"}, ORG, "delete"),
        ({"name": "tenant", "state": "absent"}, None, None),
    ],
)
def test_organizations(options, current, action):
    resource = orgs.Organizations()
    change = resource.plan(resource.parse(options), current)
    assert (change.action if change else None) == action


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"id": 9, "name": "x"}, "org_not_found"),
        ({"name": "tenant", "address": {"city": ""}}, "cannot_clear"),
    ],
)
def test_organizations_refused(options, code):
    resource = orgs.Organizations()
    with pytest.raises(GrafanaError) as caught:
        resource.plan(resource.parse(options), None if "id" in options else ORG)
    assert caught.value.code == code


@pytest.mark.parametrize("options", [{}, {"name": ""}, {"name": "  "}, {"name": 5}, {"id": "x"}, {"id": 0}, {"id": 1.5}])
def test_organizations_bad(options):
    with pytest.raises(BadInput):
        orgs.Organizations().parse(options)
