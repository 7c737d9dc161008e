# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told before an upgrade, and that it is what then happens."""

from __future__ import annotations

import pytest
import requests

from modules.api_keys.old_keys import Old, by_name, of_org
from modules.conftest import ALL, PASSWORD

GUARD = "grafana_upgrade_guard_info"


def guard(server, target="12.4.3", **options):
    """Run the guard, and see to it that it has written nothing."""
    with server.writes_nothing():
        return server.ok(GUARD, target_version=target, **options)


def ids(result, **wanted):
    """Return the ids of the findings, those to decide with an exclamation mark."""
    marks = {"info": "", "decision": "!"}
    return [marks[one["severity"]] + one["id"] for one in result["findings"] if wanted.items() <= one.items()]


@pytest.fixture(params=["8.5.15", "9.3.2"])
def installation(request, versioned):
    """Three organizations, two with keys, on a server that still makes them."""
    old = Old(versioned(request.param))
    old.key("a", "ci", "Editor")
    old.key("a", "reader", "Viewer", 7200)
    old.key("a", "over", "Admin", 1)
    old.key("b", "ci", "Viewer")
    old.org("empty")
    old.server.emulator.advance(5)
    return old


def test_under_each_version(server):
    """An empty server of each version: nothing to decide, and few requests."""
    before = server.requests()
    result = guard(server, server.version if server.version.startswith("13") else "12.4.3")
    assert result["ready"]
    assert result["present_version"] == server.version.partition("-")[0]
    expected = {
        "8.5.15": ["no_new_keys", "keys_end"],
        "9.3.2": ["no_new_keys", "keys_end"],
        "10.4.3": ["no_new_keys", "keys_end"],
        "11.5.1": ["keys_end"],
        "12.0.0-pre": ["keys_end"],
        "12.4.3": ["keys_gone"],
        "13.1.0-pre": ["keys_gone"],
    }
    assert ids(result) == expected[server.version]
    assert server.requests() - before <= 3 + 2
    assert not result["changed"]


def test_each_version_as_a_target(server):
    """Targets below what runs are refused before anything else is asked."""
    for target in ALL:
        result = server.run(GUARD, target_version=target)
        older = ALL.index(target) < ALL.index(server.version)
        assert result.failed is older
        if older:
            assert result.code == "downgrade"


def test_few_requests(versioned):
    old = Old(versioned("9.3.2"))
    for number in range(12):
        old.key("org %d" % number, "ci")
    before = old.server.requests()
    result = guard(old.server)
    assert result["summary"]["api_keys"] == 12
    assert old.server.requests() - before <= 4 + 2 * 13


def test_check_mode_is_the_same(installation):
    assert guard(installation.server, check=True)["findings"] == guard(installation.server)["findings"]


@pytest.mark.parametrize("target", ["11.5.1", "12.0.0-pre", "12.4.3"])
def test_what_is_told_happens(installation, target):
    """Accounts, logins, expired keys and those that work, for an upgrade in one step."""
    result = guard(installation.server, target)
    assert result["ready"]
    assert result["summary"]["expired"] == 1
    kind = "keys_stay" if target == "11.5.1" else "keys_migrate"
    org_a = installation.orgs["a"]
    assert f"{kind}:{org_a}" in ids(result)
    assert ids(result, kind="keys_expired") == [f"keys_expired:{org_a}"]
    installation.upgrade(target)
    for org in ("a", "b", "empty"):
        becomes = {key["becomes"]["service_account"]: key["becomes"]["login"] for key in told(result, org) if key["becomes"]}
        assert {name: one["login"] for name, one in installation.accounts(org).items()} == becomes
        assert bool(becomes) is (kind == "keys_migrate" and org != "empty")
    assert installation.all_work(but=[("a", "over")])
    assert not installation.works("a", "over")
    if kind == "keys_migrate":
        tokens = {name for names in installation.tokens("a").values() for name in names}
        assert tokens == {"ci", "reader", "over"}
        assert by_name(result, "a")["ci"]["id"] == 1


def told(result, org):
    return of_org(result, org)["api_keys"]


def crowded(versioned, first="ci"):
    """An installation of 11.5.1 whose key finds its login taken, and the ten after it."""
    old = Old(versioned("9.3.2"))
    names = [first, *("%s-%03d" % (first, number) for number in range(1, 11))]
    for name in names:
        old.key("a", name)
    # Migrated at 9.3.2 and upgraded, they keep these as addresses; migrated at 11.5.1, as logins.
    old.server.api("POST", "/api/serviceaccounts/migrate", org=old.org("a"))
    for name, account in old.accounts("a").items():
        if name == "sa-autogen-" + first:
            for token in old.server.api("GET", f"/api/serviceaccounts/{account['id']}/tokens", org=old.org("a")):
                old.server.api("DELETE", f"/api/serviceaccounts/{account['id']}/tokens/{token['id']}", org=old.org("a"))
    old.secrets.clear()
    old.key("a", first)
    old.key("a", "other")
    return old


@pytest.mark.parametrize("by_way_of", [None, "11.5.1"])
@pytest.mark.parametrize("target", ["12.0.0-pre", "12.4.3"])
def test_a_key_without_a_login(versioned, by_way_of, target):
    """The key is left out, as foretold, and does not work from 12.1 on."""
    old = crowded(versioned)
    if by_way_of:
        old.upgrade(by_way_of)
    result = guard(old.server, target)
    org = old.orgs["a"]
    assert f"login_taken:{org}:ci" in result["decisions"]
    assert by_name(result, "a")["ci"]["becomes"] is None
    assert by_name(result, "a")["other"]["becomes"]["login"] == f"sa-autogen-{org}-other"
    assert not result["ready"]
    assert guard(old.server, target, decided=["login_taken"])["ready"]
    old.upgrade(target)
    assert "sa-autogen-other" in old.accounts("a")
    assert old.works("a", "other")
    assert old.works("a", "ci") is (target == "12.0.0-pre")
    if target == "12.0.0-pre":
        assert old.listed("a") == ["ci"]
        again = guard(old.server, "12.4.3")
        assert again["decisions"] == [f"login_taken:{org}:ci"]


def test_a_login_with_a_number(versioned):
    """Names that differ in case and spaces get logins with numbers; accounts of one name are a decision."""
    old = Old(versioned("9.3.2"))
    for name in ("CI x", "ci x", "ci-x", "ci--x"):
        old.key("a", name)
    old.account("a", "sa-autogen-ci x")
    org = old.orgs["a"]
    result = guard(old.server)
    assert result["decisions"] == [f"same_name:{org}:ci x"]
    numbered = ids(result, kind="login_numbered")
    assert len(numbered) == 3
    old.upgrade("12.4.3")
    found = old.server.api("GET", "/api/serviceaccounts/search", org=org)["serviceAccounts"]
    logins = {account["login"] for account in found}
    assert {key["becomes"]["login"] for key in told(result, "a")} <= logins
    assert [account["name"] for account in found].count("sa-autogen-ci x") == 2
    assert old.all_work()


def test_accounts_of_before_and_their_logins(versioned):
    """Keys migrated at 9.3.2: the logins of their accounts change with the upgrade, and the accounts are known still."""
    old = Old(versioned("9.3.2"))
    old.key("a", "ci")
    old.server.api("POST", "/api/serviceaccounts/migrate", org=old.org("a"))
    org = old.orgs["a"]
    assert old.accounts("a")["sa-autogen-ci"]["login"] == f"sa-autogen-{org}-ci"
    assert f"logins_change:{org}" in ids(guard(old.server, "11.5.1"))
    old.upgrade("11.5.1")
    assert old.accounts("a")["sa-autogen-ci"]["login"] == f"sa-{org}-autogen-{org}-ci"
    assert f"logins_change:{org}" not in ids(guard(old.server))
    rules = [{"pattern": "sa-autogen-(.*)", "name": "robot-\\1"}]
    assert old.server.ok("grafana_apikey_migrate", mode="server", orgs="all", adopt=rules)["changed"]
    assert "robot-ci" in old.accounts("a")


def test_more_keys_than_are_listed(versioned):
    old = Old(versioned("9.3.2"))
    for number in range(101):
        old.key("a", "k%03d" % number)
    assert guard(old.server)["decisions"] == [f"list_cut:{old.orgs['a']}"]
    assert len(told(guard(old.server), "a")) == 100


@pytest.mark.parametrize(("assigns", "expected"), [("true", []), ("false", ["migration_destroys"])])
def test_keys_that_a_migration_would_destroy(special, assigns, expected):
    old = Old(special("9.3.2", settings={"users.auto_assign_org": assigns}))
    old.key("a", "ci")
    result = guard(old.server)
    assert result["decisions"] == expected
    old.upgrade("12.4.3")
    assert old.works("a", "ci")  # the upgrade by itself harms nothing


def test_settings_that_are_not_told(versioned):
    """An admin of one organization is not told the setting, nor of other organizations."""
    old = Old(versioned("9.3.2"))
    old.key("a", "ci")
    old.org("b")
    old.server.user("alice")
    old.server.api("POST", f"/api/orgs/{old.orgs['a']}/users", {"loginOrEmail": "alice", "role": "Admin"})
    alice = old.server.by_user("alice")
    result = guard(old.server, **alice)
    org = old.orgs["a"]
    assert result["decisions"] == ["orgs_unseen", "migration_destroys", "not_permitted:1"]
    assert f"keys_migrate:{org}" in ids(result)
    only = guard(old.server, orgs=["a"], **alice)
    assert only["decisions"] == ["migration_destroys"]


@pytest.mark.parametrize("version", [version for version in ALL if not version.startswith(("12.4", "13"))])
def test_organizations_without_the_caller(versioned, version):
    """A server admin who is no member is shown nothing, which is said, and joins nowhere."""
    server = versioned(version)
    root = {**server.server_admin("root2"), "join_org": True}
    org = server.api("POST", "/api/orgs", {"name": "a"})["orgId"]
    result = guard(server, **root)
    assert f"not_a_member:{org}" in result["decisions"]
    assert of_org(result, "a")["problem"] == "not_a_member"
    assert server.fails(GUARD, target_version="12.4.3", orgs=[99], **root).code == "org_not_found"


def test_with_a_token(versioned):
    """A key that is Admin of its organization tells of that one, and says that there may be others."""
    old = Old(versioned("9.3.2"))
    old.key("a", "boss", "Admin")
    token = {"admin": False, "token": old.secrets["a", "boss"]}
    result = guard(old.server, **token)
    assert result["decisions"] == ["orgs_unseen", "migration_destroys"]
    assert [org["org_name"] for org in result["organizations"]] == ["a"]


def test_of_some_organizations(installation):
    assert [org["org_name"] for org in guard(installation.server, orgs=["b", "a"])["organizations"]] == ["b", "a"]
    assert [org["org_name"] for org in guard(installation.server, org_name="b")["organizations"]] == ["b"]
    assert len(guard(installation.server)["organizations"]) == 4
    assert len(guard(installation.server, org_name="b", orgs="all")["organizations"]) == 4
    assert installation.server.fails(GUARD, target_version="12.4.3", orgs=["nobody"]).code == "org_not_found"


def test_a_hidden_version(special):
    server = special("9.3.2", settings={"auth.anonymous.hide_version": "true"})
    assert guard(server)["present_version"] == "9.3.2"
    assert guard(server, present_version="9.2")["present_version"] == "9.2.0"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"target_version": "newest"}, "bad_input"),
        ({"target_version": "12"}, "bad_input"),
        ({"target_version": "12.4.3", "present_version": "old"}, "bad_input"),
        ({"target_version": "12.4.3", "orgs": "a"}, "bad_input"),
        ({"target_version": "12.4.3", "scan": ["/nowhere/at/all"]}, "scan_not_found"),
    ],
)
def test_refused_before_any_request(newest, options, code):
    before = newest.emulator.stats()["requests"]
    assert newest.fails(GUARD, **options).code == code
    assert newest.emulator.stats()["requests"] == before


def test_requests_of_automation(installation, tmp_path):
    """What files ask for is told by file and line, and a key in clear never."""
    script, secret = tmp_path / "make.sh", installation.secrets["a", "ci"]
    script.write_text(
        f'TOKEN={secret}\ncurl -X POST $URL/api/auth/keys -H "Authorization: Bearer {secret}"\ncurl $URL/api/auth/keys\n'
    )
    options = {"scan": [str(tmp_path)]}
    result = guard(installation.server, "11.5.1", **options)
    assert result["decisions"] == [f"request_breaks:POST:{script}"]
    assert ids(result, path=str(script)) == [
        f"!request_breaks:POST:{script}",
        f"key_in_clear:{script}",
        f"request_stays:GET:{script}",
    ]
    assert secret not in result.text
    newer = guard(installation.server, "12.4.3", **options)
    assert len(newer["decisions"]) == 2
    some = guard(installation.server, "12.4.3", decided=[newer["decisions"][0]], **options)
    assert some["decisions"] == newer["decisions"][1:]
    assert some["summary"]["decided"] == 1
    assert any(line.startswith("[decided] ") for line in some["report"])
    gone = guard(installation.server, "12.4.3", decided=["request_breaks", "request_breaks:POST:gone.sh", "same_name"], **options)
    assert gone["ready"]
    assert gone["warnings"] == ["decided names findings that do not exist (any more): request_breaks:POST:gone.sh"]
    assert guard(installation.server, "12.4.3", scan_exclude=["*.sh"], **options)["scan"]["files"] == 0


@pytest.mark.parametrize(
    ("target", "broken"), [("11.2.0", set()), ("11.5.1", {"POST"}), ("12.0.0-pre", {"POST", "DELETE", "GET"})]
)
def test_requests_fail_as_told(versioned, tmp_path, target, broken):
    """Each request is made after the upgrade, by hand."""
    old = Old(versioned("9.3.2"))
    number = old.key("a", "ci")
    script = tmp_path / "x.sh"
    script.write_text("curl -X POST $U/api/auth/keys\ncurl -X DELETE $U/api/auth/keys/1\ncurl $U/api/auth/keys\n")
    result = guard(old.server, target, scan=[str(script)])
    assert {one["method"] for one in result["findings"] if one["severity"] == "decision"} == broken
    old.upgrade(target)
    ask = {"headers": {"X-Grafana-Org-Id": str(old.orgs["a"])}, "auth": ("admin", PASSWORD), "timeout": 10}
    url = old.server.url + "/api/auth/keys"
    listed = requests.get(url, **ask)
    works = {
        "POST": requests.post(url, json={"name": "new", "role": "Viewer"}, **ask).ok,
        "GET": listed.ok and [key["id"] for key in listed.json()] == [number],
        "DELETE": requests.delete(f"{url}/{number}", **ask).ok,
    }
    assert {method for method, ok in works.items() if not ok} == broken
