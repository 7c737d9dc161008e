# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode fails where the run fails, also in an organization that does not exist yet; what is unknown is a warning."""

from __future__ import annotations

import pytest

SOON = {"org_name": "soon", "missing_parent": "plan", "check": True}
EXPORT = {
    "title": "CPU of ${DS_PROM}",
    "__inputs": [{"name": "DS_PROM", "label": "Prometheus", "type": "datasource", "pluginId": "prometheus"}],
    "panels": [{"type": "table", "datasource": {"type": "prometheus", "uid": "${DS_PROM}"}}],
}
BOTH = (True, False)


def _user(server, role):
    """Return the connection of a new member of Main Org."""
    server.user("bob")
    server.ok("grafana_org_user", login="bob", role=role)
    return server.by_user("bob")


def test_a_user_who_does_not_exist_in_a_new_org(newest):
    failed = newest.fails("grafana_org_user", login="nobody", role="Viewer", **SOON)
    assert failed.code == "user_not_found"


def test_the_creator_of_a_new_org_is_its_admin(newest):
    newest.user("alice")
    batch = [{"login": login, "role": role} for login, role in (("alice", "Admin"), ("admin", "Viewer"))]
    planned = newest.ok(
        "grafana_org_user", batch=[{**item, "org_name": "soon"} for item in batch], check=True, missing_parent="plan"
    )
    assert [entry["status"] for entry in planned["results"]] == ["changed", "changed"]
    assert planned["warnings"] == []
    alone = newest.ok("grafana_org_user", login="admin", role="Viewer", **SOON)
    assert "the last Admin of org soon" in alone["warnings"][0]


@pytest.mark.parametrize("check", BOTH)
def test_an_admin_may_leave_after_another_one_has_come(newest, check):
    newest.ok("grafana_org", name="tenant")
    newest.user("alice")
    batch = [{"login": "alice", "role": "Admin"}, {"login": "admin", "role": "Viewer"}]
    newest.ok("grafana_org_user", batch=[{**item, "org_name": "tenant"} for item in batch], check=check)


def test_a_caller_who_cannot_look_up_users_is_warned(newest):
    planned = newest.ok("grafana_org_user", login="nobody", check=True, **_user(newest, "Admin"))
    assert "it is unknown whether user nobody exists" in planned["warnings"][0]


@pytest.mark.parametrize("check", BOTH)
@pytest.mark.parametrize(
    "caller", [lambda server: server.by_token("Admin"), lambda server: _user(server, "Admin")], ids=["token", "user"]
)
@pytest.mark.parametrize("wanted", [{"name": "another"}, {"id": 1, "state": "absent"}], ids=["create", "delete"])
def test_organizations_need_a_server_admin(newest_that_deletes, caller, wanted, check):
    newest = newest_that_deletes
    refused = newest.fails("grafana_org", check=check, **wanted, **caller(newest))
    assert refused.code == "forbidden"
    assert "only server admins" in refused["msg"]


@pytest.mark.parametrize("check", BOTH)
def test_the_last_organization_stays(newest_that_deletes, check):
    newest = newest_that_deletes
    assert newest.fails("grafana_org", name="Main Org.", state="absent", check=check).code == "last_org"
    newest.ok("grafana_org", name="tenant")
    newest.ok("grafana_org", name="Main Org.", state="absent")
    assert newest.fails("grafana_org", name="tenant", state="absent", check=check).code == "last_org"


def test_all_organizations_of_a_batch(newest_that_deletes):
    newest = newest_that_deletes
    newest.ok("grafana_org", name="tenant")
    batch = [{"name": name, "state": "absent"} for name in ("Main Org.", "tenant")]
    failed = newest.fails("grafana_org", batch=batch, check=True)
    assert sorted(entry["status"] for entry in failed["results"]) == ["changed", "failed"]


@pytest.mark.parametrize("check", BOTH)
def test_like_names_of_accounts(newest, check):
    newest.ok("grafana_service_account", name="CI x")
    assert newest.fails("grafana_service_account", name="ci-x", check=check).code == "login_taken"


def test_like_names_of_accounts_of_one_batch(newest):
    batch = [{"name": "CI x", "org_name": "soon"}, {"name": "ci-x", "org_name": "soon"}]
    failed = newest.fails("grafana_service_account", batch=batch, check=True, missing_parent="plan")
    assert [entry["status"] for entry in failed["results"]] == ["changed", "failed"]


def test_inputs_that_a_new_org_cannot_resolve(newest):
    assert newest.fails("grafana_dashboard", dashboard=EXPORT, **SOON).code == "inputs_unresolved"
    planned = newest.ok("grafana_dashboard", dashboard=EXPORT, inputs={"DS_PROM": "prom"}, **SOON)
    assert "DS_PROM" in planned["warnings"][0]
    assert planned["diff"]["after"].startswith("folder:") or "CPU of prom" in planned["diff"]["after"]


def test_references_of_a_new_org(newest):
    board = {"uid": "a", "title": "A", "panels": [{"type": "table", "datasource": {"type": "loki", "uid": "logs"}}]}
    planned = newest.ok("grafana_dashboard", dashboard=board, check_references=True, **SOON)
    assert "data source logs of type loki does not exist" in planned["warnings"][0]


@pytest.mark.parametrize("check", BOTH)
def test_folders_that_are_too_deep(newest, check):
    wanted = {"title": "F", "parent": "A/B/C/D/E", "create_parents": True}
    with newest.writes_nothing():
        assert newest.fails("grafana_folder", check=check, **wanted).code == "too_deep"
        deep = {"dashboard": {"uid": "a", "title": "A"}, "folder": "A/B/C/D/E/F", "create_folder": True}
        assert newest.fails("grafana_dashboard", check=check, **deep).code == "too_deep"


@pytest.mark.parametrize("check", BOTH)
def test_a_directory_that_is_too_deep(newest, tmp_path, check):
    """No file is written if one of them is in folders that the server does not nest so deeply."""
    deep = tmp_path / "a" / "b" / "c" / "d" / "e" / "f"
    deep.mkdir(parents=True)
    (tmp_path / "first.json").write_text('{"uid": "first", "title": "First"}')
    (deep / "g.json").write_text('{"uid": "g", "title": "G"}')
    with newest.writes_nothing():
        failed = newest.fails("grafana_dashboard", check=check, directory=str(tmp_path))
    assert {one["failure"]["code"] for one in failed["results"]} == {"too_deep"}
    assert "a/b/c/d/e/f would have 5 folders above it, and Grafana allows 4" in failed.text


@pytest.mark.parametrize(
    ("version", "module", "options"),
    [
        ("8.5.15", "grafana_service_account", {"name": "ci"}),
        ("9.3.2", "grafana_service_account", {"name": "ci", "role": "None"}),
        ("9.3.2", "grafana_folder", {"title": "A", "parent": "B"}),
        ("9.3.2", "grafana_dashboard", {"dashboard": {"uid": "a", "title": "A"}, "api": "kubernetes"}),
        ("12.4.3", "grafana_api_key", {"name": "ci", "role": "Viewer", "dest": "/nowhere/key"}),
    ],
)
def test_what_the_server_lacks_in_a_new_org(versioned, version, module, options, tmp_path):
    options = {**options, "dest": str(tmp_path / "key")} if "dest" in options else options
    assert versioned(version).fails(module, **options, **SOON).code == "unsupported"


def _both_refuse(server, code, module, **options):
    """Check mode and the run fail with the same code, and neither writes anything."""
    for check in BOTH:
        with server.writes_nothing():
            failed = server.fails(module, check=check, **options)
        failures = [failed["failure"], *(entry.get("failure") or {} for entry in failed.get("results", []))]
        assert code in [failure.get("code") for failure in failures], (check, failed["msg"])


@pytest.mark.parametrize("version", ["9.3.2", "11.5.1", "12.4.3"])
def test_titles_that_are_taken(versioned, version):
    server = versioned(version)
    server.ok("grafana_folder", uid="ops", title="Ops")
    server.ok("grafana_folder", uid="two", title="Two")
    for wanted in ({"uid": "new", "title": "Ops"}, {"uid": "two", "title": "Ops"}):
        _both_refuse(server, "title_taken", "grafana_folder", **wanted)
    if version == "9.3.2":
        server.ok("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, folder_uid="ops")
        for board in ({"uid": "b", "title": "A"}, {"uid": "b", "title": "Ops"}):
            _both_refuse(server, "title_taken", "grafana_dashboard", dashboard=board, folder_uid="ops")
        return
    server.ok("grafana_folder", uid="inner", title="Two", parent_uid="ops")
    _both_refuse(server, "title_taken", "grafana_folder", uid="two", parent_uid="ops")


@pytest.mark.parametrize("api", ["legacy", "kubernetes"])
def test_provisioned_dashboards(special, api):
    board = {"uid": "prov", "title": "From a file"}
    server = special("12.4.3", dashboards=[board])
    server.ok("grafana_folder", uid="ops", title="Ops")
    for wanted in (
        {"dashboard": {**board, "tags": ["x"]}},
        {"dashboard": board, "folder_uid": "ops"},
        {"uid": "prov", "state": "absent"},
    ):
        _both_refuse(server, "provisioned", "grafana_dashboard", api=api, **wanted)


@pytest.mark.parametrize("version", ["9.3.2", "11.5.1", "12.4.3"])
def test_folders_that_are_not_empty(versioned, version):
    server = versioned(version)
    server.ok("grafana_folder", uid="ops", title="Ops")
    server.ok("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, folder_uid="ops")
    _both_refuse(server, "not_empty", "grafana_folder", uid="ops", state="absent")
    if version != "9.3.2":
        server.ok("grafana_folder", title="Inner", parent="Outer", create_parents=True)
        _both_refuse(server, "not_empty", "grafana_folder", title="Outer", state="absent")


@pytest.mark.parametrize("version", ["11.5.1", "12.4.3"])
def test_moves_that_are_too_deep(versioned, version):
    server = versioned(version)
    server.ok("grafana_folder", title="D", parent="A/B/C", create_parents=True)
    server.ok("grafana_folder", uid="top", title="Top")
    server.ok("grafana_folder", uid="inner", title="Inner", parent_uid="top")
    _both_refuse(server, "too_deep", "grafana_folder", uid="top", parent="A/B/C/D")
    for check in BOTH:
        server.ok("grafana_folder", uid="top", parent="A/B/C", check=check)


@pytest.mark.parametrize("version", ["9.3.2", "12.4.3"])
def test_quotas_are_reported_by_the_run(special, version):
    """No route shows every caller what is left of a quota, so check mode does not ask; the run leaves nothing behind."""
    server = special(version, settings={"quota.enabled": "true", "quota.org_dashboard": "0"})
    wanted = {"dashboard": {"uid": "a", "title": "A"}}
    server.ok("grafana_dashboard", check=True, **wanted)
    failed = server.fails("grafana_dashboard", **wanted)
    assert failed.code == "quota_reached"
    assert server.ok("grafana_dashboard_info")["dashboards"] == []
