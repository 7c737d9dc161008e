# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quotas of organizations, on servers where they are enabled, and where they are not."""

from __future__ import annotations

import pytest

from servers import NEWEST

ENABLED = {"quota.enabled": "true", "quota.org_dashboard": "7"}
VERSIONS = ["8.5.15", "9.3.2", NEWEST]


@pytest.fixture(params=VERSIONS)
def limited(request, special):
    return special(request.param, settings=ENABLED)


def test_quotas_of_new_and_of_existing_organizations(limited):
    made = limited.four("grafana_org", name="tenant", quotas={"dashboard": "100", "org_user": 0})
    assert made[1]["organization"]["quotas"] == {"dashboard": 100, "org_user": 0}
    changed = limited.four("grafana_org", name="tenant", quotas={"dashboard": -1, "data_source": 5})
    assert changed[1]["diff"]["before"]["quotas"] == {"dashboard": 100, "data_source": 10}
    info = limited.ok("grafana_org_info", name="tenant", quotas=True)["organizations"][0]["quotas"]
    limits = {one["target"]: one["limit"] for one in info}
    assert limits == {"dashboard": -1, "data_source": 5, "org_user": 0, "api_key": 10, "alert_rule": 100}

    for check in (True, False):
        for name in ("tenant", "other"):
            with limited.writes_nothing():
                failed = limited.fails("grafana_org", name=name, quotas={"dashboards": 1}, check=check)
            assert failed.code == "unknown_quota"
            assert "no quota dashboards for organizations; it has: alert_rule, api_key, dashboard" in failed["msg"]

    ignored = limited.fails("grafana_org", name="tenant", quotas={"dashboard": 0})
    assert ignored.code == "quota_stays"
    assert "dashboard (-1) stays" in ignored["msg"]


@pytest.mark.parametrize("name", ["tenant", "other"])
def test_a_server_without_quotas_is_named_before_the_first_write(server, name):
    server.ok("grafana_org", name="tenant")
    for check in (True, False):
        with server.writes_nothing():
            failed = server.fails("grafana_org", name=name, quotas={"dashboard": 1}, check=check)
        assert failed.code == "quotas_disabled"
        assert "[quota]" in failed["msg"]


def test_no_request_about_quotas_that_the_task_does_not_name(newest):
    newest.ok("grafana_org", name="tenant")
    newest.ok("grafana_org", batch=[{"name": "tenant"}, {"name": "other"}])
    assert not [one for one in newest.emulator.stats()["routes"] if "quotas" in one["route"]]


def test_check_mode_of_callers_who_are_no_server_admins(special):
    limited = special(NEWEST, settings=ENABLED)
    limited.ok("grafana_org", name="tenant")
    limited.user("alice", OrgId=limited.org_id("tenant"))
    for check in (True, False):
        options = {"username": "alice", "password": "long-enough-1", "check": check}
        failed = limited.fails("grafana_org", id=limited.org_id("tenant"), quotas={"dashboard": 1}, **options)
        assert failed.code == "forbidden"
        assert "only server admins" in failed["msg"]
