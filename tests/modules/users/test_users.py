# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users of a server, created, changed and deleted, and what is refused."""

from __future__ import annotations

import pytest
import requests

#: Long enough for the password policy of every server.
SECRET, OTHER = "Needle-of-alice-1", "Haystack-of-bob-2"
ALICE = {"login": "alice", "email": "alice@example.org", "name": "Alice"}


@pytest.fixture
def tenant(server):
    """A server with one more organization."""
    server.ok("grafana_org", name="tenant")
    return server


def orgs_of(server, login):
    found = server.ok("grafana_user_info", login=login, orgs=True)["users"]
    return {org["org_name"]: org["role"] for org in found[0]["orgs"]}


def logs_in(server, login, password):
    """Return whether the server accepts the password; the session ends at once."""
    with requests.Session() as session:
        answer = session.post(server.url + "/login", json={"user": login, "password": password}, timeout=10)
        if answer.ok:
            session.get(server.url + "/logout", timeout=10)
        return answer.ok


def test_four_runs(tenant):
    wanted = {**ALICE, "user_password": SECRET, "initial_org_name": "tenant", "is_admin": True}
    runs = tenant.four("grafana_user", **wanted)
    shown = runs[1]["user"]
    assert {key: shown[key] for key in ("login", "email", "name", "is_admin", "is_disabled")} == {
        **ALICE,
        "is_admin": True,
        "is_disabled": False,
    }
    assert runs[3]["user"] == shown
    assert orgs_of(tenant, "alice") == {"tenant": "Viewer"}
    assert logs_in(tenant, "alice", SECRET)
    changed = tenant.four("grafana_user", login="alice", email="new@example.org", name="Alice A.", is_admin=False, is_disabled=True)
    assert changed[1]["diff"]["before"]["is_admin"] is True
    assert not logs_in(tenant, "alice", SECRET)
    assert tenant.ok("grafana_user_info", email="new@example.org")["users"][0]["id"] == shown["id"]
    tenant.four("grafana_user", login="alice", is_disabled=False)
    assert tenant.four("grafana_user", login="alice", state="absent")[1]["user"] is None
    assert tenant.ok("grafana_user_info", login="alice")["users"] == []
    for run in runs + changed:
        assert SECRET not in run.text


def test_without_a_first_organization_the_server_chooses(newest):
    result = newest.ok("grafana_user", batch=[{"login": name, "user_password": SECRET} for name in ("a", "b")])
    assert [text for text in result["warnings"] if "Main Org." in text and "initial_org_name" in text]
    assert len(result["warnings"]) == 1
    assert orgs_of(newest, "b") == {"Main Org.": "Viewer"}


def test_names_in_another_case(server):
    """From 10.0 on they mean one user; before, they may be two."""
    server.user("alice", email="alice@example.org")
    caseless = tuple(map(int, server.version.split(".")[:2])) >= (10, 0)
    result = server.ok("grafana_user", login="ALICE", user_password=SECRET, initial_org_id=1)
    assert result["changed"] is not caseless
    email = server.ok("grafana_user", login="alice", email="Alice@example.org")
    assert email["changed"] is not caseless
    batch = [{"login": "bob", "user_password": SECRET}, {"login": "BOB", "user_password": SECRET}]
    assert server.run("grafana_user", batch=batch, check=True).failed is caseless


def test_a_user_is_found_by_its_email(newest):
    created = newest.ok("grafana_user", email="carol@example.org", user_password=SECRET, initial_org_id=1)
    assert created["user"]["login"] == "carol@example.org"
    newest.ok("grafana_user", **ALICE, user_password=SECRET, initial_org_id=1)
    found = newest.ok("grafana_user", login="alice@example.org", name="A")
    assert found["user"]["login"] == "alice"
    failed = newest.fails("grafana_user", login="alice@example.org", email="other@example.org")
    assert failed.code == "login_mismatch"


def test_the_password_is_tested_by_one_login(server):
    server.user("alice")
    before = server.emulator.stats()["routes"]
    wanted = {"login": "alice", "user_password": SECRET, "update_password": "always"}
    runs = server.four("grafana_user", **wanted)
    assert runs[1]["password_changed"]
    after = server.emulator.stats()["routes"]
    assert logs_in(server, "alice", SECRET)
    logins = [entry["count"] for entry in after if entry["route"] == "/login"]
    assert sum(logins) - sum(entry["count"] for entry in before if entry["route"] == "/login") <= 8
    assert server.api("GET", "/api/admin/users/%d/auth-tokens" % runs[1]["user"]["id"]) == []
    assert not server.ok("grafana_user", login="alice", user_password=OTHER)["changed"]
    assert all(SECRET not in run.text for run in runs)


def test_what_only_the_last_admin_may_not(server):
    for check in (True, False):
        assert server.fails("grafana_user", login="admin", state="absent", check=check).code == "is_caller"
        assert server.fails("grafana_user", login="admin", is_disabled=True, check=check).code == "is_caller"
        assert server.fails("grafana_user", login="admin", is_admin=False, check=check).code == "last_server_admin"
    batch = [{"login": name, "user_password": SECRET, "is_admin": True} for name in ("boss", "chief")]
    server.ok("grafana_user", batch=batch, initial_org_id=1)
    everyone = [{"login": name, "is_admin": False} for name in ("boss", "chief", "admin")]
    for check in (True, False):
        result = server.fails("grafana_user", batch=everyone, check=check, concurrency=1)
        assert [entry["status"] for entry in result["results"]] == ["changed", "changed", "failed"]


