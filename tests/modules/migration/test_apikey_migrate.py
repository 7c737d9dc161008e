# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys become service accounts, by the server's own migration."""

from __future__ import annotations

import pytest

from modules.api_keys.old_keys import Old, by_name, of_org

MIGRATE = "grafana_apikey_migrate"


@pytest.fixture
def old(versioned):
    return Old(versioned("9.3.2"))


@pytest.fixture(params=["9.3.2", "11.5.1"])
def keys(request, old):
    """Two organizations with five keys, on a server that migrates."""
    old.key("a", "ci", "Editor")
    old.key("a", "reader", "Viewer", 7200)
    old.key("a", "over", "Admin", 1)
    old.key("b", "ci", "Viewer")
    old.key("b", "boss", "Admin")
    old.server.emulator.advance(5)
    if request.param != "9.3.2":
        old.upgrade(request.param)
    return old


def test_server_mode(keys):
    check, run, _check, again = keys.server.four(MIGRATE, mode="server", orgs="all")
    assert check["summary"]["migrated"] == run["summary"]["migrated"] == 5
    assert check["summary"]["left"] == run["summary"]["left"] == 0
    ci = by_name(run, "a")["ci"]
    assert ci["status"] == "changed"
    assert ci["token"]["id"] == ci["id"]
    assert ci["service_account"]["name"] == "sa-autogen-ci"
    assert (ci["role"], ci["role_after"]) == ("Editor", "Editor")
    assert by_name(run, "a")["reader"]["token"]["expires"]
    assert keys.all_work(but=[("a", "over")])
    for org in ("a", "b"):
        assert keys.listed(org) == []
    found = of_org(again, "a")
    assert found["found"] == "none"
    assert {one["name"] for one in found["service_accounts"]} == {"sa-autogen-ci", "sa-autogen-reader", "sa-autogen-over"}
    assert again["summary"]["service_accounts"] == 5


def test_plan_writes_nothing(keys):
    with keys.server.writes_nothing():
        result = keys.server.ok(MIGRATE, mode="plan", orgs="all")
    assert not result["changed"]
    assert by_name(result, "a")["over"]["expired"]
    assert {key["action"] for key in by_name(result, "a").values()} == {"migrate"}


def test_one_after_the_other(keys):
    """By id, by name, by pattern, by role: what is not meant stays."""
    run = keys.server.four(MIGRATE, mode="server", org_name="a", key_name=["ci"])[1]
    assert by_name(run, "a")["reader"]["action"] == "keep"
    assert keys.listed("a") == ["over", "reader"]
    number = by_name(run, "a")["reader"]["id"]
    keys.server.four(MIGRATE, mode="server", orgs="all", key_id=[number])
    assert keys.listed("a") == ["over"]
    keys.server.four(MIGRATE, mode="server", orgs=["a", "b"], name_pattern="^b")
    assert keys.listed("b") == ["ci"]
    keys.server.four(MIGRATE, mode="server", orgs="all", roles=["Admin"])
    assert (keys.listed("a"), keys.listed("b")) == ([], ["ci"])
    assert keys.all_work(but=[("a", "over")])


def test_expired_keys(keys):
    run = keys.server.four(MIGRATE, mode="server", orgs="all", expired_keys="delete")[1]
    over = by_name(run, "a")["over"]
    assert (over["action"], over["status"], over["deleted"], over["token"]) == ("delete", "changed", True, None)
    assert set(keys.accounts("a")) == {"sa-autogen-ci", "sa-autogen-reader"}
    assert run["summary"]["deleted"] == 1


def test_expired_keys_stay(keys):
    run = keys.server.four(MIGRATE, mode="server", orgs="all", expired_keys="keep")[1]
    assert by_name(run, "a")["over"]["reason"] == "it has expired"
    assert keys.listed("a") == ["over"]
    assert run["summary"]["left"] == 1


def test_unused_keys(old):
    old.key("a", "used")
    old.key("a", "idle")
    refused = old.server.fails(MIGRATE, mode="server", org_name="a", unused_for="30d")
    assert refused.code == "unsupported"
    old.upgrade("11.5.1")
    old.works("a", "used")
    old.server.emulator.advance(40 * 86400)
    old.works("a", "used")
    run = old.server.ok(MIGRATE, mode="server", org_name="a", unused_for="30d")
    assert by_name(run, "a")["idle"]["status"] == "changed"
    assert old.listed("a") == ["used"]


def test_a_login_that_is_taken(old):
    """9.x cannot make the account of one key; the others are migrated, and it is said why that one is not."""
    for name in ("a1", "ci", "z1"):
        old.key("a", name)
    old.account("a", f"autogen-{old.org('a')}-ci")
    check = old.server.fails(MIGRATE, mode="server", org_name="a", check=True)
    run = old.server.fails(MIGRATE, mode="server", org_name="a")
    for result in (check, run):
        assert by_name(result, "a")["ci"]["failure"]["code"] == "collision"
        assert "reissue" in result["msg"]
        assert result["changed"]
    assert (run["summary"]["migrated"], run["summary"]["failed"], run["summary"]["left"]) == (2, 1, 1)
    again = old.server.fails(MIGRATE, mode="server", org_name="a")
    assert not again["changed"]
    assert old.listed("a") == ["ci"]
    assert old.all_work()


def test_a_failure_in_the_middle(old):
    """A login that another organization's account has is seen by nobody; 9.x stops there, and the rest is migrated."""
    for name in ("a1", "ci", "z1", "z2"):
        old.key("a", name)
    old.account("b", f"autogen-{old.org('a')}-ci")
    run = old.server.fails(MIGRATE, mode="server", org_name="a")
    ci = by_name(run, "a")["ci"]
    assert ci["failure"]["code"] == "not_migrated"
    assert old.listed("a") == ["ci"]
    assert old.all_work()
    reported = old.server.ok(MIGRATE, mode="server", org_name="a", on_failure="report")
    assert reported["organizations"][0]["status"] == "failed"
    assert not reported["changed"]


def test_names_that_become_one_login(old):
    """From 10.0 on the server looks for a free login; the accounts share a name, and each has its own token."""
    for name in ("CI x", "ci x", "ci-x"):
        old.key("a", name)
    old.upgrade("11.5.1")
    old.account("a", "other")
    run = old.server.four(MIGRATE, mode="server", org_name="a")[1]
    made = {key["token"]["id"]: key["service_account"]["login"] for key in run["organizations"][0]["api_keys"]}
    assert len(made) == len(set(made.values())) == 3
    assert old.all_work()


@pytest.mark.parametrize("version", ["9.3.2", "11.5.1"])
def test_more_than_the_list_shows(old, version):
    for number in range(230):
        old.key("a", "key-%03d" % number, ("Viewer", "Editor")[number % 2])
    if version != "9.3.2":
        old.upgrade(version)
    check = old.server.ok(MIGRATE, mode="server", org_name="a", check=True)
    assert check["organizations"][0]["cut"]
    assert any("100 API keys or more" in text for text in check["warnings"])
    before = old.server.requests()
    run = old.server.ok(MIGRATE, mode="server", org_name="a")
    assert old.server.requests() - before <= 3 * 230 + 4
    assert run["summary"]["migrated"] == 230
    assert len({key["token"]["id"] for key in run["organizations"][0]["api_keys"]}) == 230
    assert old.listed("a") == []
    assert not old.server.ok(MIGRATE, mode="server", org_name="a")["changed"]
    assert old.works("a", "key-229")


def test_more_than_the_list_shows_and_none_of_it_goes(old):
    for number in range(101):
        old.key("a", "key-%03d" % number, "Viewer")
    old.key("a", "zz", "Editor")
    result = old.server.fails(MIGRATE, mode="server", org_name="a", roles=["Editor"])
    assert result.code == "list_cut"
    assert old.server.ok(MIGRATE, mode="server", org_name="a", key_name=["key-007"])["summary"]["migrated"] == 1


@pytest.mark.parametrize("version", ["12.0.0-pre", "12.4.3"])
def test_the_server_has_migrated_by_itself(old, version):
    old.key("a", "ci")
    old.key("a", "over", "Admin", 1)
    old.key("b", "ci", "Viewer")
    old.server.emulator.advance(5)
    old.upgrade(version)
    for mode in ("plan", "server"):
        with old.server.writes_nothing():
            result = old.server.ok(MIGRATE, mode=mode, orgs="all")
        assert not result["changed"]
        entry = of_org(result, "a")
        assert entry["found"] == ("gone" if version == "12.4.3" else "none")
        assert [one["name"] for one in entry["service_accounts"]] == ["sa-autogen-ci", "sa-autogen-over"]
        assert result["server"] == {
            "url": old.server.url,
            "version": version.partition("-")[0],
            "api_keys": "gone" if version == "12.4.3" else "listed",
            "migrates_at_start": True,
        }


def test_adopt_afterwards(old):
    old.key("a", "ci")
    old.key("a", "reader", "Admin")
    old.upgrade("12.4.3")
    rules = [
        {"service_account": "sa-autogen-reader", "name": "reports", "role": "Viewer"},
        {"pattern": "sa-autogen-(.*)", "name": r"\1"},
    ]
    run = old.server.four(MIGRATE, mode="server", orgs="all", adopt=rules)[1]
    accounts = old.accounts("a")
    assert {name: one["role"] for name, one in accounts.items()} == {"ci": "Editor", "reports": "Viewer"}
    assert [one["adopted"] for one in of_org(run, "a")["service_accounts"]] == [True, True]
    assert old.all_work()


@pytest.mark.parametrize("version", ["9.3.2", "11.5.1"])
def test_adopt_at_once(old, version):
    old.key("a", "ci")
    if version != "9.3.2":
        old.upgrade(version)
    run = old.server.four(MIGRATE, mode="server", org_name="a", adopt=[{"pattern": "sa-autogen-(.*)", "name": r"team \1"}])[1]
    assert by_name(run, "a")["ci"]["service_account"]["name"] == "team ci"
    assert old.tokens("a") == {"team ci": ["ci"]}


def test_adopt_under_a_name_with_a_backslash(old):
    old.key("a", r"ci\x")
    for check in (True, False):
        with old.server.writes_nothing():
            adopt = [{"pattern": "sa-autogen-(.*)", "name": r"\1"}]
            result = old.server.fails(MIGRATE, mode="server", org_name="a", adopt=adopt, check=check)
        assert result.code == "bad_input"
        assert r"'ci\x' has a backslash" in result["msg"]


def test_adopt_under_a_name_that_is_taken(old):
    old.key("a", "ci")
    old.account("a", "ci")
    old.upgrade("12.4.3")
    result = old.server.fails(MIGRATE, mode="server", org_name="a", adopt=[{"pattern": "sa-autogen-(.*)", "name": r"\1"}])
    assert result.code == "name_taken"
    assert set(old.accounts("a")) == {"ci", "sa-autogen-ci"}


def test_an_account_is_adopted_though_another_one_fails(old):
    """Check and run tell that something changes."""
    for name in ("ci", "reader"):
        old.key("a", name)
    old.account("a", "ci")
    old.upgrade("12.4.3")
    options = {"mode": "server", "org_name": "a", "adopt": [{"pattern": "sa-autogen-(.*)", "name": r"\1"}]}
    assert [old.server.fails(MIGRATE, check=check, **options)["changed"] for check in (True, False, True, False)] == [
        True,
        True,
        False,
        False,
    ]
    assert set(old.accounts("a")) == {"ci", "sa-autogen-ci", "reader"}


def test_before_service_accounts(versioned):
    old = Old(versioned("8.5.15"))
    old.key("a", "ci")
    assert old.server.fails(MIGRATE, mode="server", org_name="a").code == "unsupported"
    planned = old.server.ok(MIGRATE, mode="plan", org_name="a")
    assert "9.1" in by_name(planned, "a")["ci"]["reason"]


@pytest.mark.emulator_only("state", "no request reads whether the page is hidden")
def test_the_page_is_hidden(old):
    """Only where no key is left, as the server would show the page all the same; and it keeps nobody from making keys."""
    old.key("a", "ci")
    old.key("b", "ci")
    old.server.four(MIGRATE, mode="server", org_name="a", hide_api_keys_page=True)
    hidden = old.server.emulator.state.hidden_keys
    assert hidden == {old.org("a")}
    old.key("a", "made all the same")
    assert old.works("a", "made all the same")
    old.upgrade("11.5.1")
    old.server.four(MIGRATE, mode="server", orgs="all", hide_api_keys_page=True)


def test_a_caller_who_is_no_member(old):
    """Each organization for itself: one that cannot be looked into fails, and the others are migrated."""
    old.key("a", "ci")
    old.key("b", "ci")
    old.server.user("boss")
    old.server.api("POST", f"/api/orgs/{old.org('b')}/users", {"loginOrEmail": "boss", "role": "Admin"})
    old.server.api("DELETE", f"/api/orgs/{old.org('b')}/users/1")
    old.server.emulator.advance(70)  # what was allowed is remembered for a while
    result = old.server.fails(MIGRATE, mode="server", orgs="all")
    assert of_org(result, "b")["failure"]["code"] == "not_a_member"
    assert of_org(result, "a")["status"] == "changed"
    with old.server.writes_nothing():
        old.server.ok(MIGRATE, mode="plan", orgs="all", join_org=True)
    joined = old.server.ok(MIGRATE, mode="server", orgs="all", join_org=True)
    assert of_org(joined, "b")["joined_org"]
    assert by_name(joined, "b")["ci"]["status"] == "changed"
    assert old.all_work()


def test_a_key_that_is_not_there_is_warned_of(old):
    old.key("a", "ci")
    old.server.ok(MIGRATE, mode="server", org_name="a", key_name=["ci"])
    again = old.server.ok(MIGRATE, mode="server", org_name="a", key_name=["ci"])
    assert not [text for text in again["warnings"] if "no API key is there" in text]
    other = old.server.ok(MIGRATE, mode="server", org_name="a", key_name=["cj"])
    assert any("cj" in text for text in other["warnings"])


class TestServersThatDestroyKeys:
    """9.1 to 9.3 with ``[users] auto_assign_org = false``."""

    @pytest.fixture
    def careless(self, special):
        old = Old(special("9.3.2", settings={"users.auto_assign_org": "false"}))
        old.key("a", "ci")
        return old

    def org_admin(self, old):
        """Return a caller who may not read the settings."""
        user = old.server.user("boss")
        old.server.api("POST", f"/api/orgs/{old.org('a')}/users", {"loginOrEmail": "boss", "role": "Admin"})
        assert user["id"]
        return {"username": "boss", "password": "long-enough-1"}

    def test_refused(self, careless):
        for check in (True, False):
            with careless.server.writes_nothing():
                result = careless.server.fails(MIGRATE, mode="server", org_name="a", check=check)
            assert result.code == "keys_destroyed"
            assert "reissue" in result["msg"]
            assert "auto_assign_org = true" in result["msg"]
        assert careless.works("a", "ci")

    def test_the_plan_says_so(self, careless):
        result = careless.server.ok(MIGRATE, mode="plan", org_name="a")
        assert of_org(result, "a")["failure"]["code"] == "keys_destroyed"

    def test_tried_where_it_cannot_be_looked_up(self, careless):
        result = careless.server.fails(MIGRATE, mode="server", org_name="a", **self.org_admin(careless))
        assert result.code == "keys_destroyed"
        assert careless.works("a", "ci")
        assert careless.listed("a") == ["ci"]

    def test_tried_and_found_well(self, old):
        old.key("a", "ci")
        caller = self.org_admin(old)
        check = old.server.ok(MIGRATE, mode="server", org_name="a", check=True, **caller)
        assert any("throw-away" in text for text in check["warnings"])
        old.server.ok(MIGRATE, mode="server", org_name="a", **caller)
        assert set(old.accounts("a")) == {"sa-autogen-ci"}
        assert old.works("a", "ci")

    @pytest.mark.parametrize("migrated", [False, True])
    def test_what_a_trial_has_left_is_taken_away(self, old, migrated):
        number = old.key("a", "orgsmith-throw-away-0123abcd", "Viewer", 600)
        if migrated:
            old.server.api("POST", f"/api/serviceaccounts/migrate/{number}", org=old.org("a"))
        young = old.server.ok(MIGRATE, mode="server", org_name="a")
        assert not young["changed"]
        old.server.emulator.advance(601)
        old.server.four(MIGRATE, mode="server", org_name="a")
        assert (old.listed("a"), old.accounts("a")) == ([], {})

    def test_it_can_be_set_right(self, careless):
        """What the message says: switch the setting on, migrate."""
        careless.server.emulator.configure({"users.auto_assign_org": "true"})
        careless.server.ok(MIGRATE, mode="server", org_name="a")
        assert careless.works("a", "ci")


@pytest.mark.parametrize("kind", ["drop", "empty", "broken_json", "database_locked", "bad_gateway"])
@pytest.mark.parametrize("version", ["9.3.2", "11.5.1"])
def test_lost_answers(old, version, kind):
    """What the server's answer claims, or whether one comes, does not matter: what is there afterwards does."""
    for name in ("a1", "ci", "z1"):
        old.key("a", name)
    if version != "9.3.2":
        old.upgrade(version)
    old.server.emulator.fault({"method": "POST", "path": "/api/serviceaccounts/migrate", "kind": kind, "nth": 1})
    if kind not in ("empty", "broken_json"):  # such an answer to a read is no passing fault
        old.server.emulator.fault({"method": "GET", "path": "/api/auth/keys", "kind": kind, "nth": 2})
    run = old.server.ok(MIGRATE, mode="server", org_name="a", retries=3)
    assert run["changed"]
    assert old.listed("a") == []
    assert {key["status"] for key in run["organizations"][0]["api_keys"]} == {"changed"}
    old.server.emulator.clear_faults()
    assert not old.server.ok(MIGRATE, mode="server", org_name="a")["changed"]
    assert old.all_work()


def test_five_hundred_keys(old):
    """100 organizations with 5 keys each, in one task and within its requests: 3 a key and 4 an organization."""
    for org in range(100):
        for number in range(5):
            old.key("org-%03d" % org, "key-%d" % number, ("Viewer", "Editor", "Admin")[number % 3])
    old.upgrade("11.5.1")
    before = old.server.requests()
    run = old.server.ok(MIGRATE, mode="server", orgs="all", diff=False)
    assert old.server.requests() - before <= 3 * 500 + 4 * 100
    assert (run["summary"]["migrated"], run["summary"]["left"]) == (500, 0)
    before = old.server.requests()
    assert not old.server.ok(MIGRATE, mode="server", orgs="all", diff=False)["changed"]
    assert old.server.requests() - before <= 2 * 101 + 2
    assert old.all_work()
