# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode refuses a role above the caller's own for a service account, as the server does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Forbidden
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import (
    Account,
    DesiredAccount,
    ServiceAccounts,
)


def _precheck(own, wanted, kind="password"):
    """Plan and precheck the change of an account to the role *wanted*, as a caller with the role *own*."""
    identity = SimpleNamespace(kind=kind)
    client = SimpleNamespace(connection=SimpleNamespace(identity=identity, cloud_stack=None, url="http://grafana"))
    finder = SimpleNamespace(memberships=lambda: [{"orgId": 2, "role": own}])
    scope = Scope(client, Org(2, "tenant"), finder, check=True)
    resource, desired = ServiceAccounts(), DesiredAccount("ci", {"role": wanted})
    current = Account(7, "ci", "sa-2-ci", {"role": "None", "disabled": False})
    return resource.precheck(scope, desired, current, resource.plan(desired, current))


@pytest.mark.parametrize(("own", "wanted"), [("Editor", "Admin"), ("Viewer", "Editor"), ("None", "Viewer")])
def test_a_role_above_the_callers(own, wanted):
    with pytest.raises(Forbidden) as refused:
        _precheck(own, wanted)
    assert refused.value.code == "role_forbidden"


@pytest.mark.parametrize(
    ("own", "wanted", "kind"), [("Editor", "Editor", "password"), ("Admin", "Viewer", "password"), ("Viewer", "Admin", "token")]
)
def test_a_role_that_the_caller_may_give_or_that_is_unknown(own, wanted, kind):
    _current, change = _precheck(own, wanted, kind)
    assert change.after["role"] == wanted
