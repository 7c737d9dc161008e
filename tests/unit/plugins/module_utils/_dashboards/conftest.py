# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization in a script of calls, and tasks that reconcile its dashboards."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.resource import Dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.run import Item, Mode, Run
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org, OrgFinder
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.scope import Scope

from .calls import ORG, body


@pytest.fixture
def scope(by_token):
    return Scope(by_token, Org(2, "tenant"), OrgFinder(by_token))


@pytest.fixture
def task(scope):
    """A function that reconciles one dashboard and returns the outcome; *warned* has the warnings."""
    warned = []
    scope.warn = warned.append

    def run(tags=(), check=False, **options):
        resource = Dashboards()
        wanted = {"dashboard": {"uid": "a", **body("a", tags)}, **options}
        return Run(resource, scope.client, Mode(check)).one(scope, Item(0, ORG, resource.parse(wanted)))

    run.warned = warned

    return run
