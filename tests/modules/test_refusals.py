# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input fails before any write, and what the server refuses is explained."""

from __future__ import annotations

import pytest

from servers import NEWEST


def test_unknown_role_names_the_choices(newest):
    newest.user("alice")
    with newest.writes_nothing():
        result = newest.fails("grafana_org_user", login="alice", role="Boss")
    assert "Viewer" in result["msg"]


def test_unknown_role_in_a_batch_names_the_item(newest):
    newest.user("alice")
    batch = [{"login": "alice", "role": "Viewer"}, {"org_name": "tenant-x", "login": "alice", "role": "Boss"}]
    with newest.writes_nothing():
        result = newest.fails("grafana_org_user", batch=batch)
    assert result["msg"].startswith("batch[1], org tenant-x: role has to be one of Viewer, Editor, Admin, None")
    assert result.code == "bad_input"


def test_misspelt_option_in_a_batch_shows_no_value(newest):
    with newest.writes_nothing():
        result = newest.fails("grafana_org_user", batch=[{"login": "alice", "pasword": "hunter-two-secret"}])
    assert "'pasword'" in result["msg"]
    assert "hunter-two-secret" not in result.text


def test_malformed_batch_shows_no_password(newest):
    result = newest.fails("grafana_org_user", batch=[7])
    assert "batch[0] has to be a dictionary" in result["msg"]
    assert newest.password not in result.text


def test_missing_file(newest, tmp_path):
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", path=str(tmp_path / "nothing.json"))
    assert "nothing.json cannot be read" in result["msg"]


def test_broken_json_in_a_batch_stops_everything(newest, tmp_path):
    (tmp_path / "broken.json").write_text('{"title": ')
    batch = [{"dashboard": {"uid": "a", "title": "A"}}, {"path": str(tmp_path / "broken.json")}]
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", batch=batch)
    assert result["msg"].startswith("batch[1]: path ")
    assert "is not valid JSON" in result["msg"]


def test_one_report_for_all_items_of_a_batch(newest, tmp_path):
    batch = [{"path": str(tmp_path / "nothing.json")}]
    batch += [{"dashboard": {"uid": uid, "title": "A"}} for uid in ("a", "a", "b/")]
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", batch=batch)
    assert result.code == "bad_input"
    for words in ("batch[0]: path ", "batch[3]: uid 'b/' is not valid", "batch[1] and batch[2] both describe dashboard A (a)"):
        assert words in result["msg"]
    assert [problem["code"] for problem in result["failure"]["details"]["problems"]] == ["bad_input"] * 3


@pytest.mark.parametrize(
    ("document", "words"),
    [
        pytest.param({"uid": "a"}, "neither a title nor panels", id="no title"),
        pytest.param({"uid": "a/b", "title": "A"}, "uid 'a/b' is not valid", id="uid with a slash"),
        pytest.param({"uid": "a" * 41, "title": "A"}, "up to 40", id="long uid"),
    ],
)
def test_bad_dashboards(newest, document, words):
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", dashboard=document)
    assert words in result["msg"]


def test_half_a_surrogate_pair(newest, tmp_path):
    (tmp_path / "a.json").write_text('{"title": "A", "x": "\\ud800"}')
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", path=str(tmp_path / "a.json"))
    assert "surrogate" in result["msg"]


def test_too_deep(newest):
    deep: dict = {"title": "A"}
    inner = deep
    for _level in range(300):
        inner["x"] = {}
        inner = inner["x"]
    assert "nested more than" in newest.fails("grafana_dashboard", dashboard=deep)["msg"]


def test_wrong_password_is_sent_once(server):
    before = server.emulator.stats()["requests"]
    result = server.fails("grafana_org", admin=False, username="admin", password="not-the-password", name="tenant")
    assert result.code == "unauthorized"
    assert "not-the-password" not in result.text
    assert server.emulator.stats()["requests"] - before == 1


def test_wrong_password_in_a_batch_is_sent_once(server):
    before = server.emulator.stats()["requests"]
    batch = [{"name": f"tenant-{number}"} for number in range(20)]
    result = server.fails("grafana_org", admin=False, username="admin", password="not-the-password", batch=batch)
    assert result.code == "unauthorized"
    assert server.emulator.stats()["requests"] - before == 1


def test_unreachable_server(newest):
    result = newest.fails("grafana_org", url="http://127.0.0.1:9", retries=0, name="tenant")
    assert result.code == "unreachable"
    assert "http://127.0.0.1:9" in result["msg"]


def test_html_from_a_proxy(newest):
    newest.emulator.fault({"method": "GET", "path": "/api/orgs", "kind": "bad_gateway", "times": 10})
    with newest.writes_nothing():
        result = newest.fails("grafana_org", name="tenant", retries=1)
    assert "502" in result["msg"]
    assert "HTML" in result["msg"]


def test_unknown_folder(server):
    with server.writes_nothing():
        result = server.fails("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, folder="Nowhere")
    assert result.code == "folder_not_found"


def test_unknown_folder_uid(server):
    dashboard = {"uid": "a", "title": "A"}
    for check in (True, False):
        result = server.fails("grafana_dashboard", dashboard=dashboard, folder_uid="nowhere", check=check)
        assert result.code == "folder_not_found"
    assert server.run("grafana_dashboard_info", diff=False, uid="a")["dashboards"] == []


def test_two_identities(newest):
    result = newest.fails("grafana_org", token="glsa_some-token", name="tenant")
    assert "two identities in the options: token and username and password" in result["msg"]
    assert "glsa_some-token" not in result.text


def test_no_identity(newest):
    assert "no identity is given" in newest.fails("grafana_org", admin=False, name="tenant")["msg"]


def test_two_organizations(newest):
    result = newest.fails("grafana_org_user", org_id=1, org_name="Main Org.", login="admin")
    assert "both org_id and org_name" in result["msg"]


def test_names_that_are_no_strings(newest):
    result = newest.fails("grafana_org", name=7)
    assert "put it in quotes" in result["msg"]


def test_two_items_for_one_object(newest):
    with newest.writes_nothing():
        result = newest.fails("grafana_org", batch=[{"name": "a"}, {"name": "b"}, {"name": "a"}])
    assert "batch[0] and batch[2] both describe organization a" in result["msg"]


def test_one_object_under_id_and_name_of_its_org(newest):
    batch = [{"org_id": 1, "login": "admin", "role": "Admin"}, {"org_name": "Main Org.", "login": "admin"}]
    with newest.writes_nothing():
        result = newest.fails("grafana_org_user", batch=batch)
    assert "batch[0] and batch[1] both describe member admin" in result["msg"]


def test_missing_org(server):
    for check in (True, False):
        result = server.fails("grafana_org_user", org_name="nowhere", login="admin", check=check)
        assert result.code == "org_not_found"
        assert "create it first" in result["msg"]


def test_missing_org_id(server):
    result = server.fails("grafana_dashboard", org_id=4711, dashboard={"uid": "a", "title": "A"})
    assert result["failure"]["code"] in ("org_not_found", "not_a_member"), result.text


def test_member_of_a_missing_org_id(server):
    for options in ({"check": True}, {}, {"state": "absent"}):
        assert server.fails("grafana_org_user", org_id=4711, login="admin", role="Viewer", **options).code == "org_not_found"


def test_an_organization_by_a_token_that_may_not(newer, tmp_path):
    newer.ok("grafana_service_account", name="ci", role="Admin")
    token = {"service_account": "ci", "name": "ci", "seconds_to_live": 0, "dest": str(tmp_path / "key")}
    newer.ok("grafana_sa_token", **token)
    who = {"admin": False, "url": newer.url, "token_file": str(tmp_path / "key")}
    with newer.writes_nothing():
        assert not newer.ok("grafana_org", name="Main Org.", **who)["changed"]
    refused = newer.fails("grafana_org", name="another", **who)
    assert refused.code == "forbidden"
    assert "no service account's token can" in refused["msg"]
    assert [org["name"] for org in newer.ok("grafana_org_info", **who)["organizations"]] == ["Main Org."]


def test_an_id_and_a_name_that_do_not_belong_together(deleting):
    made = deleting.ok("grafana_org", name="tenant")["organization"]
    for check in (True, False):
        result = deleting.fails("grafana_org", id=made["id"], name="other", state="absent", check=check)
        assert result.code == "name_mismatch"
    deleting.ok("grafana_org", id=made["id"], name="tenant", state="absent")


def test_folders_in_folders_need_11(versioned):
    old = versioned("9.3.2")
    old.api("POST", "/api/folders", {"uid": "b", "title": "B"})
    with old.writes_nothing():
        result = old.fails("grafana_dashboard", dashboard={"uid": "x", "title": "X"}, folder="A/B", create_folder=True)
    assert result.code == "unsupported"
    assert "11.0.0" in result["msg"]


@pytest.mark.parametrize("version", ["11.5.1", "12.0.0-pre", "12.4.3"])
def test_folders_in_folders(versioned, version):
    new = versioned(version)
    wanted = {"dashboard": {"uid": "x", "title": "X"}, "folder": "A/B", "create_folder": True}
    made = new.four("grafana_dashboard", **wanted)
    folder = new.api("GET", f"/api/folders/{made[3]['dashboard']['folder_uid']}")
    assert (folder["title"], folder["parents"][0]["title"]) == ("B", "A")


def test_ansibles_own_refusal_has_a_failure_too(newest):
    assert newest.fails("grafana_org_user", login="a", role="Boss").code == "bad_input"


def test_missing_org_is_planned_in_check_mode(server):
    server.user("alice")
    result = server.ok("grafana_org_user", org_name="soon", login="alice", check=True, missing_parent="plan")
    assert result["changed"]
    assert "planned" in result


def test_absent_in_a_missing_org_is_ok(server):
    result = server.ok("grafana_org_user", org_name="nowhere", login="admin", state="absent")
    assert not result["changed"]
    assert any("nothing to remove" in str(warning) for warning in result["warnings"])


def test_unknown_user(server):
    for check in (True, False):
        result = server.fails("grafana_org_user", login="nobody", role="Viewer", check=check)
        assert result.code == "user_not_found"
        assert "nobody" in result["msg"]


def test_last_admin_stays(server):
    server.ok("grafana_org", name="tenant")
    for check in (True, False):
        result = server.fails("grafana_org_user", org_name="tenant", login="admin", role="Viewer", check=check)
        assert result.code == "last_admin"
    assert server.fails("grafana_org_user", org_name="tenant", login="admin", state="absent").code == "last_admin"


def test_role_none_names_the_version(versioned):
    old = versioned("9.3.2")
    old.user("alice")
    with old.writes_nothing():
        result = old.fails("grafana_org_user", login="alice", role="None")
    assert result.code == "unsupported"
    assert "10.2" in result["msg"]
    assert "9.3.2" in result["msg"]


def test_role_none(versioned):
    new = versioned("12.4.3")
    new.ok("grafana_org", name="tenant")
    new.user("alice")
    new.four("grafana_org_user", org_name="tenant", login="alice", role="None")
    new.four("grafana_service_account", name="ci", role="None")


def test_service_accounts_name_the_version(versioned, tmp_path):
    old = versioned("8.5.15")
    for module, options in (
        ("grafana_service_account", {"name": "ci"}),
        ("grafana_sa_token", {"service_account": "ci", "name": "ci", "dest": str(tmp_path / "key")}),
        ("grafana_service_account_info", {}),
    ):
        result = old.fails(module, **options)
        assert result.code == "unsupported"
        assert "9.1" in result["msg"]
        assert "8.5.15" in result["msg"]


def test_field_of_an_address_cannot_be_cleared(server):
    server.ok("grafana_org", name="tenant", address={"city": "Basel"})
    for check in (True, False):
        assert server.fails("grafana_org", name="tenant", address={"city": ""}, check=check).code == "cannot_clear"


def test_org_of_an_unknown_id(server):
    assert server.fails("grafana_org", id=4711, name="x").code == "org_not_found"
    assert not server.ok("grafana_org", id=4711, state="absent")["changed"]


def test_rename_to_a_name_that_is_taken(server):
    server.ok("grafana_org", name="taken")
    made = server.ok("grafana_org", name="tenant")
    for check in (True, False):
        result = server.fails("grafana_org", id=made["organization"]["id"], name="taken", check=check)
        assert result.code == "name_taken"


def test_the_callers_own_org_can_be_deleted(deleting):
    made = deleting.ok("grafana_org", name="tenant")
    deleting.api("POST", f"/api/user/using/{made['organization']['id']}")
    deleting.four("grafana_org", name="tenant", state="absent")


def test_the_first_org_can_be_deleted(deleting):
    deleting.ok("grafana_org", name="tenant")
    deleting.ok("grafana_org", name="Main Org.", state="absent")
    assert [org["name"] for org in deleting.ok("grafana_org_info")["organizations"]] == ["tenant"]


def test_quota_of_organizations(special):
    full = special(NEWEST, settings={"quota.enabled": "true", "quota.org_user": "1"})
    result = full.fails("grafana_org", name="tenant")
    assert result.code == "quota_reached"


def test_like_names_of_accounts_collide(newer):
    newer.ok("grafana_service_account", name="CI x")
    result = newer.fails("grafana_service_account", name="ci-x")
    assert result.code == "login_taken"
    assert "named CI x" in result["msg"]


def test_names_of_accounts_across_orgs(newer):
    newer.ok("grafana_org", name="tenant")
    newer.ok("grafana_service_account", name="ci")
    result = newer.run("grafana_service_account", org_name="tenant", name="ci")
    if newer.version == "9.3.2":
        assert result.code == "login_taken"
        assert "unique across all" in result["msg"]
    else:
        assert result["changed"], result.text


def test_two_accounts_of_one_name(newer):
    for name in ("one", "two"):
        newer.ok("grafana_service_account", name=name)
    second = newer.ok("grafana_service_account_info", name="two")["service_accounts"][0]
    newer.api("PATCH", f"/api/serviceaccounts/{second['id']}", {"name": "one"})
    result = newer.fails("grafana_service_account", name="one", role="Editor")
    assert result.code == "ambiguous"
    assert "2 service accounts" in result["msg"]


def test_provisioned_dashboards_are_left_alone(special):
    dashboard = {"uid": "prov", "title": "Provisioned", "panels": []}
    server = special(NEWEST, dashboards=[dashboard])
    assert server.fails("grafana_dashboard", dashboard={**dashboard, "tags": ["x"]}).code == "provisioned"
    assert server.fails("grafana_dashboard", uid="prov", state="absent").code == "provisioned"
    assert not server.ok("grafana_dashboard", dashboard=dashboard)["changed"]


def test_a_namesake_is_not_destroyed(versioned):
    old = versioned("9.3.2")
    old.ok("grafana_dashboard", dashboard={"uid": "first", "title": "CPU"})
    result = old.fails("grafana_dashboard", dashboard={"uid": "second", "title": "CPU"})
    assert result.code == "title_taken"
    assert [entry["uid"] for entry in old.ok("grafana_dashboard_info")["dashboards"]] == ["first"]


def test_two_dashboards_of_one_title(versioned):
    new = versioned("12.4.3")
    for uid in ("a", "b"):
        new.ok("grafana_dashboard", dashboard={"uid": uid, "title": "CPU"})
    assert new.fails("grafana_dashboard", dashboard={"title": "CPU"}).code == "ambiguous"
