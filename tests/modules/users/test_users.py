# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users of a server, created, changed and deleted, and what is refused."""

from __future__ import annotations

import pytest
import requests

from servers import NEWEST

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
    changed = tenant.four(
        "grafana_user", login="alice", email="new@example.org", name="Alice A.", is_admin=False, is_disabled=True
    )
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


def test_external_users(special):
    """An external login sets their fields; it does not set whether they are server admins here."""
    server = special(NEWEST, settings={"auth.proxy.enabled": "true"})
    server.run("grafana_org", admin=False, url=server.url, headers={"X-WEBAUTH-USER": "alice"}, name="tenant")
    assert server.ok("grafana_user_info", login="alice")["users"][0]["auth_labels"] == ["Auth Proxy"]
    assert not server.ok("grafana_user", login="alice", user_password=SECRET, name="")["changed"]
    refused = {"name": "Alice", "email": "a@b.c", "is_disabled": True}
    for option, value in refused.items():
        for check in (True, False):
            failed = server.fails("grafana_user", login="alice", check=check, **{option: value})
            assert failed.code == "externally_synced"
            assert failed["msg"].startswith(f"{option} of user alice cannot be set here: the user logs in with Auth Proxy")
    always = server.fails("grafana_user", login="alice", user_password=SECRET, update_password="always")
    assert "user_password of user alice" in always["msg"]
    server.four("grafana_user", login="alice", is_admin=True)
    server.four("grafana_user", login="alice", state="absent")


def test_a_user_whose_active_organization_is_gone(deleting):
    """The server refuses such a user everywhere, until it is moved."""
    server = deleting
    server.ok("grafana_org", batch=[{"name": name} for name in ("first", "second", "third")])
    batch = [{"login": f"user-{number}", "user_password": SECRET} for number in range(5)]
    server.ok("grafana_user", batch=batch, initial_org_name="first")
    server.ok("grafana_org_user", batch=[{"org_name": name, "login": "user-0"} for name in ("second", "third")])
    server.ok("grafana_org_user", org_name="third", login="user-1")
    server.ok("grafana_org", name="first", state="absent")
    assert requests.get(server.url + "/api/org", auth=("user-0", SECRET), timeout=10).status_code in (403, 404)
    runs = server.four("grafana_user", login="user-0", initial_org_name="third")
    third = server.org_id("third")
    assert runs[1]["diff"]["after"]["active_org_id"] == third
    assert server.ok("grafana_user_info", login="user-0")["users"][0]["active_org_id"] == third
    assert server.api("GET", "/api/org", auth=("user-0", SECRET))["name"] == "third"
    many = server.ok("grafana_user", batch=[{"login": item["login"]} for item in batch])
    assert [entry["status"] for entry in many["results"]] == ["ok", "changed", "ok", "ok", "ok"]
    assert sum("is a member of no organization" in text for text in many["warnings"]) == 3
    assert server.api("GET", "/api/user")["orgId"] == 1


def test_two_items_for_one_user(newest):
    number = newest.user("alice", email="alice@example.org")["id"]
    batch = [{"login": "bob", "user_password": SECRET}, {"login": "alice"}, {"email": "alice@example.org"}]
    with newest.writes_nothing():
        for more in ([], [{"login": f"user-{number}", "user_password": SECRET} for number in range(5)]):
            failed = newest.fails("grafana_user", batch=[*batch, *more])
            assert f"batch[1] and batch[2] both mean user alice (id {number}): describe each user once" in failed["msg"]
        new = [{"login": "carol", "email": "c@x.org", "user_password": SECRET}, {"email": "c@x.org", "user_password": SECRET}]
        assert "batch[0] and batch[1] both mean the user with the" in newest.fails("grafana_user", batch=new)["msg"]


def test_addresses_of_others(newest):
    number = newest.user("alice", email="alice@example.org")["id"]
    newest.user("bob", email="bob@example.org")
    for check in (True, False):
        for login in ("bob", "carol"):
            failed = newest.fails(
                "grafana_user", login=login, email="alice@example.org", user_password=SECRET, initial_org_id=1, check=check
            )
            assert failed.code == "email_taken"
            assert f"of user {login} belongs to user alice (id {number})" in failed["msg"]


@pytest.mark.parametrize("moment", range(1, 6))
def test_another_run_creates_the_same_user(outermost_newer, moment):
    """Two slices of a job may need one user: before whichever request of this run it is created, the run succeeds."""
    server = outermost_newer
    alice = {"login": "alice", "email": "alice@example.org"}
    seen = []

    def watch(request):
        seen.append(request.path)
        if len(seen) == moment:
            server.emulator.ask("POST", "/api/admin/users", {**alice, "password": SECRET})

    server.emulator.watch(watch)
    found = server.ok("grafana_user", **alice, user_password=SECRET, initial_org_id=1)
    server.emulator.watch(None)
    assert len(seen) >= moment
    assert not found["changed"]
    assert [user["login"] for user in server.api("GET", "/api/users")] == ["admin", "alice"]


def test_service_accounts_are_left_alone(newer):
    newer.ok("grafana_service_account", name="robot", org_id=1)
    login = newer.api("GET", "/api/serviceaccounts/search?query=robot")["serviceAccounts"][0]["login"]
    with newer.writes_nothing():
        for check in (True, False):
            failed = newer.fails("grafana_user", login=login, user_password=SECRET, check=check)
            assert failed.code == "service_account_login"
            absent = newer.ok("grafana_user", login=login, state="absent", check=check)
            assert not absent["changed"]
            assert "grafana_service_account" in absent["warnings"][0]


def test_callers_who_are_no_server_admins(newer):
    newer.user("alice")
    connections = newer.by_token("Admin"), newer.by_user("alice")
    batch = [{"login": f"user-{number}", "user_password": SECRET} for number in range(5)]
    with newer.writes_nothing():
        for connection in connections:
            for module, options in (
                ("grafana_user", {"login": "bob", "user_password": SECRET}),
                ("grafana_user", {"login": "bob", "state": "absent", "check": True}),
                ("grafana_user_info", {}),
            ):
                failed = newer.fails(module, **connection, **options)
                assert failed.code == "forbidden"
                assert "only a server admin with user and password" in failed["msg"]
                assert "Grafana Cloud" in failed["msg"]
            before = newer.requests()
            many = newer.fails("grafana_user", batch=batch, **connection)
            assert {entry["failure"]["code"] for entry in many["results"]} == {"forbidden"}
            assert newer.requests() - before <= 3


def test_without_a_login_form_the_password_is_unknown(special):
    server = special(NEWEST, settings={"auth.disable_login_form": "true"})
    server.user("alice")
    with server.writes_nothing():
        result = server.ok("grafana_user", login="alice", user_password=SECRET, update_password="always")
    assert not result["changed"]
    assert "it is unknown whether user alice has the password of the task, as the server's login form is" in result["warnings"][0]


def test_passwords_of_disabled_users(newest):
    """They cannot log in, so they get the password when the task enables them."""
    newest.ok("grafana_user", login="alice", user_password=OTHER, is_disabled=True, initial_org_id=1)
    wanted = {"login": "alice", "user_password": SECRET, "update_password": "always"}
    assert "the user is disabled" in newest.ok("grafana_user", **wanted)["warnings"][0]
    newest.four("grafana_user", **wanted, is_disabled=False)
    assert logs_in(newest, "alice", SECRET)


def test_what_a_new_user_needs(newest):
    for check in (True, False):
        assert newest.fails("grafana_user", login="alice", check=check).code == "password_missing"
        for org in ({"initial_org_name": "nowhere"}, {"initial_org_id": 4711}):
            failed = newest.fails("grafana_user", login="alice", user_password=SECRET, check=check, **org)
            assert failed.code == "org_not_found"
    soon = {"login": "alice", "user_password": SECRET, "initial_org_name": "soon", "missing_parent": "plan"}
    assert newest.ok("grafana_user", check=True, **soon)["changed"]


def test_organizations_of_their_own(special):
    """With auto_assign_org off, the server ignores the organization of the task."""
    server = special(NEWEST, settings={"users.auto_assign_org": "false"})
    result = server.ok("grafana_user", login="alice", user_password=SECRET, initial_org_id=1)
    assert "auto_assign_org is off" in result["warnings"][0]
    assert list(orgs_of(server, "alice")) == ["alice"]


def test_requests_for_many(newest):
    """One list serves all; each user needs one more request, as only the single user shows its active organization."""
    batch = [{"login": f"user-{number}", "user_password": SECRET} for number in range(30)]
    counts = []
    for _run in range(2):
        before = newest.requests()
        newest.ok("grafana_user", batch=batch, initial_org_name="Main Org.")
        counts.append(newest.requests() - before)
    assert counts == [1 + 1 + 30, 1 + 1 + 30]
    before = newest.requests()
    newest.ok("grafana_user", batch=[{"login": item["login"]} for item in batch], state="absent")
    assert newest.requests() - before == 1 + 1 + 30  # GET /api/user shows that none of them is the caller


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "login or email of the user is missing"),
        ({"login": " "}, "login is empty"),
        ({"login": "a "}, "begins or ends with a space"),
        ({"login": 7}, "put it in quotes"),
        ({"login": "a", "email": ""}, "email is empty"),
        ({"login": "a", "user_password": "abc"}, "user_password is too short"),
        ({"login": "a", "update_password": "always"}, "update_password: always needs user_password"),
        ({"login": "a", "initial_org_id": 1, "initial_org_name": "x"}, "exclude each other"),
        ({"login": "a", "initial_org_name": ""}, "initial_org_name is empty"),
        ({"batch": [{"login": "a"}, {"login": "a"}]}, "describe each object once"),
    ],
)
def test_bad_input(newest, options, words):
    with newest.writes_nothing():
        failed = newest.fails("grafana_user", **options)
    assert failed.code == "bad_input"
    assert words in failed["msg"]


@pytest.mark.parametrize(
    "options",
    [
        {"user_password": [SECRET]},
        {"user_password": {"a": SECRET}},
        {"batch": [{"login": "alice", "user_password": [SECRET]}]},
        {"batch": [{"login": SECRET, "user_password": SECRET}, {"login": "alice", SECRET: 1}]},
        {"batch": [{"login": SECRET, "email": SECRET + " ", "user_password": SECRET}]},
        {"user_password": SECRET, "is_admin": SECRET},
        {"user_password": SECRET, "initial_org_name": SECRET},
    ],
)
def test_errors_show_no_password(newest, options):
    failed = newest.fails("grafana_user", **{"login": "alice", **options})
    assert SECRET not in failed.text


def test_names_that_cannot_be_cleared(newest):
    newest.user("alice", name="Alice")
    assert newest.fails("grafana_user", login="alice", name="", check=True).code == "cannot_clear"
