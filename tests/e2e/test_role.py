# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role org_bootstrap."""

from __future__ import annotations

import json

import pytest
import requests

from e2e.conftest import BY_A_TOKEN
from servers import DELETES_ORGS, NEWEST

#: What the role says of a new tenant.
MADE = (
    "tenant-0: organization created; member alice created; service account tenant-0 created; token ci of tenant-0 created; "
    "dashboard Overview (overview) created"
)


@pytest.mark.parametrize("version", ["9.3.2", pytest.param(NEWEST, marks=pytest.mark.by_core)])
def test_check_run_check_run(sites, version):
    """On an empty server: planned, made, and then nothing is left to do."""
    site = sites(version)
    site.user("alice")
    playbook = site.role(site.tenants(3))
    planned = site.play(playbook, "--check", "--diff").ok()
    assert planned.recap["changed"] == 1
    assert MADE in planned.text
    assert len(site.emulator.orgs()) == 1
    assert list(site.keys.iterdir()) == []
    made = site.play(playbook, "--diff").ok()
    assert made.recap["changed"] == 1
    assert MADE in made.text
    assert site.play(playbook, "--check", "--diff").ok().recap["changed"] == 0
    assert site.play(playbook, "--diff").ok().recap["changed"] == 0
    assert len(site.emulator.orgs()) == 4
    assert len(list(site.keys.glob("*.json"))) == 3


@pytest.mark.by_core
def test_a_tenant_that_fails_is_left_out_and_named(sites):
    """A team fails for the one tenant, and for the other a member who has not logged in yet: everything else is finished."""
    site = sites()
    site.user("alice")
    tenants = site.tenants(4)
    tenants[1]["teams"] = [{"name": "ops", "members": ["nobody"]}]
    tenants[2]["members"].append({"login": "later", "role": "Viewer"})
    tenants[2]["teams"] = [{"name": "ops", "members": ["alice", "later"]}]
    run = site.play(site.role(tenants)).failed()
    said = " ".join(run.text.split())
    assert "2 of 4 organizations failed, the others are finished" in said
    assert "tenant-1, teams: " in said
    assert "tenant-2, members: no user has the login or e-mail later" in said
    orgs = site.emulator.orgs()
    assert set(orgs) == {"Main Org.", "tenant-0", "tenant-1", "tenant-2", "tenant-3"}
    assert sorted(path.name for path in site.keys.glob("*.json")) == ["tenant-0.json", "tenant-2.json", "tenant-3.json"]
    assert site.emulator.dashboard(orgs["tenant-1"], "overview") is None
    assert site.emulator.dashboard(orgs["tenant-2"], "overview") is not None
    del tenants[1]
    run = site.play(site.role(tenants, org_bootstrap_missing_members="warn")).ok()
    assert "organization tenant-2: no user of the server has the login later" in " ".join(run.text.split())


def whole(site, name):
    """Return a tenant with an object of each kind."""
    create = {"email": f"{name}@example.org", "name": name, "password": f"long-{name}-1"}
    source = {"type": "grafana-testdata-datasource", "uid": "testdata"}
    panel = {"id": 1, "type": "timeseries", "title": "Walk", "datasource": source, "targets": [{"refId": "A"}]}
    return {
        "name": name,
        "members": [{"login": f"{name}-user", "role": "Editor", "create": create}],
        "teams": [{"name": "ops", "members": [f"{name}-user"]}],
        "data_sources": [{"name": "TestData", "access": "proxy", **source}],
        "service_accounts": [
            {"name": "ci", "role": "None", "tokens": [{"name": "ci", "seconds_to_live": "30d", "dest": str(site.keys / name)}]}
        ],
        "folders": ["Ops/Linux", {"title": "Team", "permissions": [{"service_account": "ci", "permission": "Edit"}]}],
        "dashboards": [{"folder": "Team", "dashboard": {"uid": "home", "title": "Home", "panels": [panel]}}],
        "preferences": {"home_dashboard_uid": "home", "theme": "dark"},
    }


def bearer(site, name, method, path, **body):
    headers = {"Authorization": "Bearer " + (site.keys / name).read_text(encoding="utf-8").strip()}
    return requests.request(method, site.url + path, headers=headers, timeout=20, **body).status_code


def test_complete_tenants_are_created_and_removed(sites):
    site = sites(DELETES_ORGS)
    names = ("alpha", "beta", "gamma")
    playbook = site.role([whole(site, name) for name in names], org_bootstrap_remove_users=True)
    planned = site.play(playbook, "--check").ok()
    assert planned.recap["changed"] == 1
    assert "user beta-user created; member beta-user created; team ops created; " in planned.text
    run = site.play(playbook).ok()
    assert run.recap["changed"] == 1
    assert "beta: organization created; user beta-user created; member beta-user Viewer→Editor; team ops created; " in run.text
    before = site.requests()
    assert site.play(playbook).ok().recap["changed"] == 0
    assert site.requests() - before <= 15 * len(names) + 20  # with what the modules ask once
    as_user = {"auth": ("alpha-user", "long-alpha-1"), "timeout": 20}
    assert requests.get(site.url + "/api/dashboards/home", **as_user).json() == {"redirectUri": "/d/home/home"}
    site.emulator.advance(61)  # the server remembers the permissions of a token that was tested for a minute
    change = {"dashboard": {"uid": "more", "title": "More"}, "folderUid": ""}
    assert bearer(site, "alpha", "POST", "/api/dashboards/db", json=change) == 403
    team = next(one["uid"] for one in site.api("GET", "/api/folders", org="alpha") if one["title"] == "Team")
    assert bearer(site, "alpha", "POST", "/api/dashboards/db", json={**change, "folderUid": team}) == 200

    tenants = [whole(site, name) for name in names]
    tenants[1]["state"] = "absent"
    removal = site.role(tenants, "removal.yml", org_bootstrap_remove_users=True)
    planned = site.play(removal, "--check").ok()
    assert "beta: organization with 1 dashboard (Home), 3 folders (Linux, Ops, Team), 1 data source (TestData), " in planned.text
    assert "beta: organization with 1 dashboard (Home)" in site.play(removal).failed().text
    assert "beta" in site.emulator.orgs()
    confirmed = site.role(tenants, "c.yml", org_bootstrap_remove_users=True, org_bootstrap_confirm_removal="beta")
    assert site.play(confirmed).ok().recap["changed"] == planned.recap["changed"]
    assert set(site.emulator.orgs()) == {"Main Org.", "alpha", "gamma"}
    assert sorted(path.name for path in site.keys.iterdir()) == ["alpha", "alpha.json", "gamma", "gamma.json"]
    assert [one["login"] for one in site.api("GET", "/api/users")] == ["admin", "alpha-user", "gamma-user"]
    assert site.play(removal).ok().recap["changed"] == 0


@pytest.mark.by_core
def test_chunks(sites):
    site = sites()
    site.user("alice")
    run = site.play(site.role(site.tenants(5), org_bootstrap_chunk_size=2)).ok()
    assert run.text.count("TASK [orgsmith.grafana.org_bootstrap : Tenants]") == 3
    assert len(site.emulator.orgs()) == 6


@pytest.mark.by_core
@pytest.mark.parametrize("version", [NEWEST])
def test_dashboards_with_the_tenants_own_token(sites, version):
    site = sites(version)
    site.user("alice")
    playbook = site.role(site.tenants(2), org_bootstrap_dashboards_as="token")
    assert site.play(playbook, "--check").ok().recap["changed"] == 1
    assert site.play(playbook).ok().recap["changed"] == 1
    orgs = site.emulator.orgs()
    written = [site.emulator.creator(orgs[name], "overview") for name in ("tenant-0", "tenant-1")]
    assert all(creator.startswith(BY_A_TOKEN) for creator in written)
    assert site.play(playbook).ok().recap["changed"] == 0


@pytest.mark.by_core
def test_dashboards_that_nobody_could_write(sites):
    site = sites()
    tenants = site.tenants(1)
    tenants[0]["service_accounts"][0]["role"] = "Viewer"
    run = site.play(site.role(tenants, org_bootstrap_dashboards_as="token")).failed()
    assert "organization tenant-0 has dashboards, but no token that may write them" in run.text
    assert len(site.emulator.orgs()) == 1


@pytest.mark.by_core
def test_connection_of_the_role_of_the_play_and_of_the_environment(sites):
    site = sites()
    site.user("alice")
    connection = {"url": site.emulator.url, "username": "admin", "password": "{{ secret }}"}
    elsewhere = {"GRAFANA_URL": "http://127.0.0.1:9", "GRAFANA_USER": "", "GRAFANA_PASSWORD": ""}
    secret = {"secret": site.environment["GRAFANA_PASSWORD"]}
    by_role = site.role(site.tenants(1), "by-role.yml", org_bootstrap_connection=connection)
    assert site.play(by_role, environment=elsewhere, **secret).ok().recap["changed"] == 1
    defaults = {"module_defaults": {"group/orgsmith.grafana.grafana": connection}}
    by_play = site.role(site.tenants(1), "by-play.yml", play=defaults)
    assert site.play(by_play, environment=elsewhere, **secret).ok().recap["changed"] == 0
    assert site.play(site.role(site.tenants(1), "bare.yml")).ok().recap["changed"] == 0


@pytest.mark.by_core
def test_paths_start_from_the_playbook(sites):
    site = sites()
    site.user("alice")
    (site.folder / "plays" / "files").mkdir(parents=True)
    (site.folder / "plays" / "keys").mkdir()
    dashboard = {"uid": "filed", "title": "Filed", "panels": [{"id": 1, "title": "{{ not_a_variable }}"}]}
    (site.folder / "plays" / "files" / "filed.json").write_text(json.dumps(dashboard))
    tenants = site.tenants(1)
    tenants[0]["dashboards"] = [{"path": "files/filed.json", "folder": "Team/Hosts", "create_folder": True}]
    tenants[0]["service_accounts"][0]["tokens"][0]["dest"] = "keys/here"
    playbook = site.role(tenants, "plays/role.yml")
    assert site.play(playbook).ok().recap["changed"] == 1
    assert (site.folder / "plays" / "keys" / "here.json").exists()
    assert site.play(playbook).ok().recap["changed"] == 0


@pytest.mark.by_core
def test_unknown_option_is_refused_by_the_argument_spec(sites):
    site = sites()
    tenants = site.tenants(1)
    tenants[0]["members"][0]["rle"] = "Viewer"
    run = site.play(site.role(tenants)).failed()
    assert "rle" in run.text
    assert len(site.emulator.orgs()) == 1


@pytest.mark.by_core
def test_options_of_a_dashboard_reach_the_module(sites):
    """``check_references`` warns, and ``api: legacy`` keeps to the legacy routes, where 12.4.3 would use others."""
    site = sites()
    site.user("alice")
    panel = {"id": 1, "title": "CPU", "type": "timeseries", "datasource": {"type": "prometheus", "uid": "missing-source"}}
    tenants = site.tenants(1)
    tenants[0]["dashboards"] = [
        {
            "dashboard": {"uid": "overview", "title": "Overview", "panels": [panel]},
            "check_references": True,
            "api": "legacy",
        }
    ]
    run = site.play(site.role(tenants)).ok()
    assert "missing-source" in run.text
    routes = {route["route"] for route in site.emulator.stats()["routes"]}
    assert not [route for route in routes if "dashboard.grafana.app" in route], routes
    tenants[0]["dashboards"][0].update(api="auto", check_references=False)
    run = site.play(site.role(tenants)).ok()
    assert "missing-source" not in run.text
    routes = {route["route"] for route in site.emulator.stats()["routes"]}
    assert [route for route in routes if "dashboard.grafana.app" in route], routes


@pytest.mark.by_core
def test_an_absent_organization_is_deleted_and_the_others_are_bootstrapped(sites):
    site = sites(DELETES_ORGS)
    site.user("alice")
    tenants = site.tenants(2)
    site.play(site.role(tenants)).ok()
    tenants[1]["state"] = "absent"
    tenants[0].update(id=site.emulator.orgs()["tenant-0"], name="renamed", address={"city": "Basel", "zipCode": "4001"})
    playbook = site.role(tenants, org_bootstrap_confirm_removal=["tenant-1"])
    assert site.play(playbook, "--check").ok().recap["changed"] >= 1
    assert set(site.emulator.orgs()) == {"Main Org.", "tenant-0", "tenant-1"}
    assert site.play(playbook).ok().recap["changed"] >= 1
    assert set(site.emulator.orgs()) == {"Main Org.", "renamed"}
    assert site.play(playbook).ok().recap["changed"] == 0


@pytest.mark.by_core
def test_unreachable_server_fails_with_what_to_do(sites):
    site = sites()
    environment = {"GRAFANA_URL": "http://127.0.0.1:9", "GRAFANA_RETRIES": "0"}
    run = site.play(site.role(site.tenants(1)), environment=environment).failed()
    assert "http://127.0.0.1:9/login: no connection: Failed to establish a new connection" in run.text


@pytest.mark.by_core
def test_a_key_that_ends_with_a_container_is_refused_before_the_first_write(sites):
    site = sites()
    site.user("alice")
    tenants = site.tenants(2)
    tenants[1]["service_accounts"][0]["tokens"][0]["dest"] = "/orgsmith-does-not-exist/key"  # a path that lies on no mount
    in_container = {"environment": {"container": "docker", "ORGSMITH_ALLOW_EPHEMERAL": "false"}}
    run = site.play(site.role(tenants), **in_container).failed()
    assert "own file system of this container" in " ".join(run.text.split())
    assert set(site.emulator.orgs()) == {"Main Org."}
    for tenant in tenants:
        token = tenant["service_accounts"][0]["tokens"][0]
        token.update(dest=str(site.keys / tenant["name"]), allow_ephemeral=True)
    site.play(site.role(tenants), **in_container).ok()
    assert len(site.emulator.orgs()) == 3


@pytest.mark.parametrize("dashboards_as", ["caller", "token"])
def test_budget_of_requests(sites, dashboards_as):
    """At most 12 requests an organization the first time, and 6 the second."""
    site = sites()
    site.user("alice")
    size = 50
    playbook = site.role(site.tenants(size), org_bootstrap_dashboards_as=dashboards_as)
    site.play(playbook).ok()
    first = site.requests()
    site.play(playbook).ok()
    second = site.requests() - first
    assert len(site.emulator.orgs()) == size + 1
    assert first <= 12 * size, first / size
    assert second <= 6 * size, second / size


@pytest.mark.by_core
def test_tenants_of_a_file(sites):
    """Check, run, check, run, and the removal of one tenant: as with the variable. Relative paths start from the playbook."""
    site = sites(DELETES_ORGS)
    site.user("alice")
    folder = site.folder / "plays"
    (folder / "keys").mkdir(parents=True)
    (folder / "home.json").write_text(json.dumps({"uid": "filed", "title": "{{ kept }}", "panels": []}))
    tenants = site.tenants(3)
    tenants[0]["dashboards"] = [{"path": "home.json"}]
    tenants[1]["members"].append({"login": "later"})
    tenants[1]["teams"] = [{"name": "ops", "members": ["alice", "later"]}]
    for tenant in tenants:
        del tenant["service_accounts"][0]["tokens"][0]["dest"]

    def play(*words, **more):
        options = {"org_bootstrap_missing_members": "skip", "org_bootstrap_dashboards_as": "token", **more}
        options["org_bootstrap_sink"] = {"type": "file", "path": "keys/{org_name}"}
        options["org_bootstrap_tenants_file"] = "tenants.json"
        return site.play(site.role(tenants, "plays/role.yml", file="plays/tenants.json", **options), *words).ok()

    assert play("--check", "--diff").recap["changed"] == 1
    assert site.emulator.orgs().keys() == {"Main Org."}
    run = play()
    assert run.recap["changed"] == 1
    assert "tenant-1: organization created; member alice created; team ops created; " in run.text
    assert "no user yet: later" in run.text
    assert play("--check").recap["changed"] == 0
    assert play().recap["changed"] == 0
    orgs = site.emulator.orgs()
    assert site.emulator.creator(orgs["tenant-0"], "filed").startswith(BY_A_TOKEN)

    tenants[2]["state"] = "absent"
    tenants[1]["address"] = {"city": "Basel"}  # the run does not name this tenant
    play(org_bootstrap_confirm_removal="tenant-2", org_bootstrap_tenants=["tenant-0", "tenant-2"])
    assert site.emulator.orgs().keys() == {"Main Org.", "tenant-0", "tenant-1"}
    assert sorted(path.name for path in (folder / "keys").glob("*.json")) == ["tenant-0.json", "tenant-1.json"]
    assert site.api("GET", "/api/orgs/name/tenant-1")["address"]["city"] == ""
