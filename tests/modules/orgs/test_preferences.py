# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences of organizations and teams, under each version that differs."""

from __future__ import annotations

import pytest

MODULE, INFO = "grafana_org_preferences", "grafana_org_preferences_info"
USER = ("alice", "long-enough-1")


class Tenant:
    """The organization ``tenant`` with the dashboard ``home``, titled Overview, in no folder."""

    def __init__(self, server):
        self.server = server
        server.ok("grafana_org", name="tenant")
        self.dashboard("home", "Overview")

    def dashboard(self, uid, title, folder=""):
        body = {"dashboard": {"uid": uid, "title": title}, "folderUid": folder}
        self.server.api("POST", "/api/dashboards/db", body, org="tenant")

    def folder(self, uid, title):
        self.server.api("POST", "/api/folders", {"uid": uid, "title": title}, org="tenant")

    def team(self, name):
        return self.server.api("POST", "/api/teams", {"name": name}, org="tenant")["teamId"]

    def has(self, path="/api/org/preferences"):
        return self.server.api("GET", path, org="tenant")

    def set(self, **values):
        self.server.api("PUT", "/api/org/preferences", values, org="tenant")

    def ok(self, **options):
        return self.server.ok(MODULE, org_name="tenant", **options)["preferences"]

    def four(self, **options):
        return self.server.four(MODULE, org_name="tenant", **options)

    def fails(self, **options):
        with self.server.writes_nothing():
            return self.server.fails(MODULE, org_name="tenant", **options)


@pytest.fixture
def tenant(server):
    return Tenant(server)


@pytest.fixture
def newest_tenant(newest):
    return Tenant(newest)


VALUES = {"theme": "dark", "timezone": "Europe/Prague", "week_start": "monday"}


def test_preferences_are_set_kept_and_cleared(tenant):
    known = {"language": "de-DE"} if not tenant.server.version.startswith(("8", "9")) else {}
    runs = tenant.four(**VALUES, **known, home_dashboard_uid="home")
    assert runs[1]["diff"]["before"]["theme"] == ""
    expected = {**VALUES, **known, "home_dashboard_uid": "home"}
    assert runs[3]["preferences"].items() >= expected.items()
    tenant.four(timezone="")
    tenant.four(theme="")
    left = tenant.ok(week_start="monday")
    assert (left["theme"], left["timezone"], left["week_start"], left["home_dashboard_uid"]) == ("", "", "monday", "home")
    tenant.four(home_dashboard="")
    gone = tenant.four(state="absent")
    assert set(gone[1]["diff"]["after"].values()) == {""}
    assert tenant.server.ok(INFO, org_name="tenant")["preferences"][0].items() >= gone[3]["preferences"].items()


def test_the_home_dashboard_by_title_is_what_a_member_sees(tenant):
    server = tenant.server
    tenant.folder("ops", "Operations")
    tenant.dashboard("inner", "Deep / dive", folder="ops")
    tenant.four(home_dashboard="Operations/Deep / dive")
    server.user("alice", OrgId=server.org_id("tenant"))
    seen = server.api("GET", "/api/dashboards/home", org="tenant", auth=USER)
    assert seen["redirectUri"].startswith("/d/inner/")
    tenant.four(home_dashboard="Overview")
    assert server.api("GET", "/api/dashboards/home", org="tenant", auth=USER)["redirectUri"].startswith("/d/home/")


def test_clearing_the_theme_loses_nothing_else(tenant):
    tenant.set(theme="dark", weekStart="sunday", homeDashboardUID="home", queryHistory={"homeTab": "starred"})
    before = tenant.has()
    tenant.ok(theme="")
    after = tenant.has()
    assert after.pop("theme", "") == ""
    assert after == {name: value for name, value in before.items() if name != "theme"}


def test_a_deleted_home_dashboard_does_not_prevent_a_change(tenant):
    tenant.ok(home_dashboard_uid="home", theme="dark")
    tenant.server.api("DELETE", "/api/dashboards/uid/home", org="tenant")
    tenant.four(theme="")
    tenant.four(theme="light")


def test_preferences_of_a_team(tenant):
    path = "/api/teams/%d/preferences" % tenant.team("operators")
    runs = tenant.four(team="operators", home_dashboard="Overview", **VALUES)
    assert runs[1]["preferences"]["team"] == "operators"
    tenant.four(team="operators", timezone="utc")
    assert (tenant.has(path)["theme"], tenant.has(path)["timezone"]) == ("dark", "utc")
    assert not tenant.has().get("theme")
    tenant.four(team="operators", state="absent")
    shown = tenant.server.ok(INFO, org_name="tenant", team="operators")["preferences"]
    assert (shown[0]["team"], shown[0]["home_dashboard_uid"]) == ("operators", "")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"home_dashboard": "Nothing"}, "dashboard_not_found", "Nothing was not found in org tenant"),
        ({"home_dashboard_uid": "nothing"}, "dashboard_not_found", "create the dashboard first"),
        ({"home_dashboard": "Nowhere/Overview"}, "dashboard_not_found", "Nowhere/Overview"),
        ({"home_dashboard": "Twin"}, "ambiguous", "General/Twin"),
        ({"team": "nobody", "theme": "dark"}, "team_not_found", "no team has the name nobody"),
        ({"theme": "pink"}, "unsupported", "does not have the theme 'pink'"),
        ({"theme": "Dark"}, "unsupported", "use light, dark"),
        ({"timezone": "Mars/Phobos"}, "unsupported", "Grafana 12.4.0 and later accept"),
        ({"week_start": "tuesday"}, "bad_input", "browser, saturday, sunday, monday"),
        ({"home_dashboard": "a", "home_dashboard_uid": "b"}, "bad_input", "keep one"),
        ({"team": " "}, "bad_input", "team is empty"),
        ({"theme": 5}, "bad_input", "theme has to be a string"),
    ],
)
def test_refused_before_the_first_write(newest_tenant, check, options, code, words):
    newest_tenant.folder("ops", "Operations")
    newest_tenant.dashboard("twin", "Twin")
    newest_tenant.dashboard("other", "Twin", folder="ops")
    failed = newest_tenant.fails(check=check, **options)
    assert failed.code == code
    assert words in failed["msg"]


@pytest.mark.parametrize("version", ["9.3.2", "8.5.15"])
@pytest.mark.parametrize(
    ("options", "since"), [({"theme": "system"}, "9.4.0"), ({"language": "de-DE"}, "9.4.0"), ({"theme": "zen"}, "11.6.0")]
)
def test_values_that_an_old_version_does_not_have(versioned, version, options, since):
    failed = Tenant(versioned(version)).fails(check=True, **options)
    assert failed.code == "unsupported"
    assert since in failed["msg"]
    assert version in failed["msg"]


def test_a_title_that_several_dashboards_have_needs_its_path(newest_tenant):
    newest_tenant.folder("ops", "Operations")
    newest_tenant.dashboard("other", "Overview", folder="ops")
    assert newest_tenant.ok(home_dashboard="General/Overview")["home_dashboard_uid"] == "home"
    assert newest_tenant.ok(home_dashboard="Operations/Overview")["home_dashboard_uid"] == "other"


def test_check_mode_before_dashboards_teams_and_organizations_exist(newest_tenant):
    soon = {"check": True, "missing_parent": "plan"}
    server = newest_tenant.server
    batch = [
        {"org_name": "tenant", "home_dashboard": "Soon"},
        {"org_name": "tenant", "team": "later", "home_dashboard_uid": "soon"},
        {"org_name": "new", "home_dashboard": "Soon", "theme": "dark"},
        {"org_name": "new", "team": "later", "state": "absent"},
    ]
    with server.writes_nothing():
        result = server.ok(MODULE, batch=batch, **soon)
    assert [one["status"] for one in result["results"]] == ["changed", "changed", "changed", "ok"]
    warned = "\n".join(result["warnings"])
    assert "the home dashboard Soon does not exist in org new" in warned
    assert "team later does not exist in org tenant" in warned
    assert warned.count("unless an earlier task creates it, the run fails") >= 4


def test_a_batch_and_what_others_may(newest_tenant):
    server = newest_tenant.server
    server.ok("grafana_org", name="other")
    server.ok(MODULE, theme="dark", batch=[{"org_name": "tenant"}, {"org_name": "other", "theme": "light"}])
    all_orgs = server.ok(INFO, all_orgs=True)["preferences"]
    assert {one["org_name"]: one["theme"] for one in all_orgs} == {"Main Org.": "", "other": "light", "tenant": "dark"}
    assert server.api("GET", "/api/user")["orgId"] == 1
    server.user("alice", OrgId=server.org_id("tenant"))
    alice = {"username": USER[0], "password": USER[1]}
    failed = newest_tenant.fails(theme="light", **alice)
    assert failed.code == "forbidden"
    assert "only Admins of the organization" in failed["msg"]
