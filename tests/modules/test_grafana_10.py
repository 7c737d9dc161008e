# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grafana 10.4, which has API keys as 9.3 has, accounts as 11.5 has, and answers of its own.

It shows no key its own identity (403 for ``GET /api/user``), repeats names of accounts across organizations, and answers 400
where others answer 409. tests/modules/folders has its folders, tests/modules/api_keys its API keys.
"""

from __future__ import annotations

import pytest

from modules.api_keys.old_keys import Old, by_name
from modules.tokens.stored_token import Token

VERSION = "10.4.3"
MIGRATE = "grafana_apikey_migrate"


@pytest.fixture
def server(versioned):
    return versioned(VERSION)


@pytest.fixture
def old(server):
    """Two organizations with API keys that this version itself has created."""
    installation = Old(server)
    installation.key("a", "ci", "Editor")
    installation.key("a", "reader", "Viewer", 7200)
    installation.key("b", "ci", "Admin")
    return installation


# Accounts and tokens


def test_accounts_of_one_name_in_two_organizations(server):
    for org in ("a", "b"):
        server.ok("grafana_org", name=org)
        made = server.four("grafana_service_account", org_name=org, name="CI Build", role="None")[3]["service_account"]
        assert made["login"] == f"sa-{server.org_id(org)}-ci-build"
        assert made["role"] == "None"


@pytest.mark.parametrize("role", ["None", "Viewer", "Admin"])
def test_a_token_is_tested_as_itself(server, tmp_path, role):
    """Neither an account with the role None, nor any other one, is shown to itself."""
    token = Token(server, tmp_path)
    server.ok("grafana_service_account", org_name="tenant", name="ci", role=role)
    results = server.four("grafana_sa_token", **token.wanted, prove="always")
    assert results[1]["token"]["id"] == results[3]["token"]["id"]


def test_a_token_that_was_deleted_is_replaced(server, tmp_path):
    token = Token(server, tmp_path)
    first = token.present()["token"]["id"]
    token.delete(first)
    again = token.present()
    assert again["changed"]
    assert again["token"]["id"] != first
    server.four("grafana_sa_token", **token.wanted, state="absent")


def test_modules_with_a_token(server, tmp_path):
    token = Token(server, tmp_path)
    server.ok("grafana_service_account", org_name="tenant", name="ci", role="Admin")
    token.present()
    who = {"admin": False, "token": token.key, "org_id": server.org_id("tenant")}
    server.four("grafana_folder", title="Operations", **who)
    server.four("grafana_dashboard", dashboard={"uid": "cpu", "title": "CPU"}, folder="Operations", **who)
    server.four("grafana_service_account", name="other", role="Viewer", **who)
    elsewhere = server.fails("grafana_folder", title="X", admin=False, token=token.key, org_id=1)
    assert elsewhere.code == "org_mismatch"


@pytest.mark.parametrize("check", [True, False])
def test_the_limit_in_days(special, tmp_path, check):
    limited = Token(special(VERSION, settings={"service_accounts.token_expiration_day_limit": "1"}), tmp_path)
    result = limited.server.fails("grafana_sa_token", **limited.wanted, seconds_to_live="2d", check=check)
    assert result.code == "lifetime_too_long"
    assert ("at most 86400 s" if check else "token_expiration_day_limit") in result["msg"]
    assert list(tmp_path.iterdir()) == []


# API keys


def test_the_server_migrates(old):
    run = old.server.four(MIGRATE, mode="server", orgs="all")[1]
    assert run["summary"]["migrated"] == 3
    assert by_name(run, "a")["reader"]["role_after"] == "Viewer"
    assert old.all_work()
    assert old.accounts("a").keys() == {"sa-autogen-ci", "sa-autogen-reader"}


def test_the_server_migrates_one_key_after_the_other(old):
    for name, left in (("reader", ["ci"]), ("ci", [])):
        old.server.four(MIGRATE, mode="server", org_name="a", key_name=[name])
        assert old.listed("a") == left
    assert old.listed("b") == ["ci"]
    assert old.all_work()


def test_migrated_keys_survive_where_users_are_not_assigned(special):
    """9.3 destroys them there."""
    old = Old(special(VERSION, settings={"users.auto_assign_org": "false"}))
    old.key("a", "ci", "Editor")
    old.server.four(MIGRATE, mode="server", org_name="a")
    assert old.all_work()


def test_keys_are_reissued(old, tmp_path):
    sink = {"type": "file", "path": str(tmp_path / "{org_id}-{name}")}
    run = old.server.four(MIGRATE, mode="reissue", orgs="all", sink=sink, delete_keys="after_proof")[1]
    assert {one["action"] for one in by_name(run, "a").values()} == {"reissue"}
    assert old.tokens("a") == {"ci": ["replaces-ci"], "reader": ["replaces-reader"]}
    assert old.listed("a") == old.listed("b") == []


# Dashboards


def test_a_directory_in_a_directory_is_one_folder(server, tmp_path):
    place = tmp_path / "Operations" / "Hosts"
    place.mkdir(parents=True)
    (place / "cpu.json").write_text('{"uid": "cpu", "title": "CPU"}')
    server.four("grafana_dashboard", directory=str(tmp_path))
    (found,) = server.ok("grafana_folder_info", diff=False)["folders"]
    assert (found["title"], found["parent"]) == ("Operations/Hosts", "")
    server.four("grafana_dashboard", dashboard={"uid": "disk", "title": "Disk"}, folder="Operations/Hosts")


def test_one_title_in_one_folder(server):
    server.ok("grafana_dashboard", dashboard={"uid": "a", "title": "A"})
    for check in (True, False):
        with server.writes_nothing():
            failed = server.fails("grafana_dashboard", dashboard={"uid": "b", "title": "A"}, check=check)
        assert failed.code == "title_taken"
