# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role org_bootstrap: batches for tenants, what happened to each, what is removed."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._bootstrap.items import items
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._bootstrap.removal import removals, removed_users
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._bootstrap.report import report

TENANTS = [
    {
        "name": "one",
        "address": {"city": "Basel"},
        "members": [{"login": "alice", "role": "Editor"}],
        "service_accounts": [{"name": "ci", "role": "Editor", "tokens": [{"name": "t", "dest": "keys/one"}]}],
        "dashboards": [{"path": "files/a.json"}, {"dashboard": {"title": "B"}}],
    },
    {"name": "two", "service_accounts": [{"name": "ro", "role": "Viewer"}], "dashboards": None},
]
FAILED = {
    "results": [
        {"index": 0, "status": "failed", "label": "one", "failure": {"code": "x", "message": "m"}},
        {"index": 1, "status": "ok"},
    ]
}
FAILED_MEMBER = {
    "results": [{"index": 0, "status": "failed", "label": "alice", "org_name": "one", "failure": {"code": "y", "message": "n"}}]
}
NO_USER = {
    "results": [
        {
            "index": 0,
            "status": "failed",
            "label": "alice",
            "org_name": "one",
            "failure": {"code": "user_not_found", "message": "n"},
        }
    ]
}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("organizations", [{"name": "one", "address": {"city": "Basel"}}, {"name": "two"}]),
        ("members", [{"org_name": "one", "login": "alice", "role": "Editor"}]),
        (
            "service_accounts",
            [{"org_name": "one", "name": "ci", "role": "Editor"}, {"org_name": "two", "name": "ro", "role": "Viewer"}],
        ),
        ("tokens", [{"org_name": "one", "service_account": "ci", "name": "t", "dest": "/play/keys/one"}]),
        ("dashboards", [{"org_name": "one", "path": "/play/files/a.json"}, {"org_name": "one", "dashboard": {"title": "B"}}]),
    ],
)
def test_items(kind, expected):
    assert items(TENANTS, kind, folder="/play") == expected


def test_dashboards_by_the_tenants_token():
    assert {item["token_file"] for item in items(TENANTS, "dashboards", folder="/play", dashboards_as="token")} == {
        "/play/keys/one"
    }


@pytest.mark.parametrize(("permission", "may"), [("Edit", True), ("Admin", True), ("View", False)])
def test_dashboards_by_a_token_that_may_write_in_a_folder_only(permission, may):
    account = {"name": "ci", "role": "None", "tokens": [{"name": "t", "dest": "/k"}]}
    folder = {"title": "Ops", "permissions": [{"service_account": "ci", "permission": permission}]}
    tenant = {"name": "one", "service_accounts": [account], "folders": ["Other", folder], "dashboards": [{"path": "/d"}]}
    if may:
        assert items([tenant], "dashboards", dashboards_as="token")[0]["token_file"] == "/k"
    else:
        with pytest.raises(AnsibleFilterError, match="no token that may write them"):
            items([tenant], "organizations", dashboards_as="token")


def test_dashboards_that_no_token_may_write():
    poor = [{**TENANTS[1], "dashboards": [{"path": "a"}]}]
    for kind in ("organizations", "dashboards"):
        with pytest.raises(AnsibleFilterError, match="organization two has dashboards, but no token"):
            items(poor, kind, dashboards_as="token")


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ({"titel": "Ops"}, r"organization one, folders\[1\]: .*titel"),
        ({"title": "Ops", "permissions": [{"permission": "Write", "role": "Viewer"}]}, "permission has to be one of"),
        ({"title": "Ops", "contents": "keep"}, "contents has to be one of refuse, delete"),
        (7, "organization one: a folder has to be a path or a dictionary, not 7"),
    ],
)
def test_folders_are_checked_before_the_first_write(folder, message):
    with pytest.raises(AnsibleFilterError, match=message):
        items([{"name": "one", "folders": ["Ops/Linux", folder]}], "organizations")


def test_two_tenants_with_one_name():
    with pytest.raises(AnsibleFilterError, match="two organizations have the name one"):
        items([*TENANTS, {"name": "one"}], "organizations")


def test_absolute_paths_do_not_change():
    tenant = {"name": "one", "dashboards": [{"path": "/a.json"}]}
    assert items([tenant], "dashboards", folder="/play") == [{"org_name": "one", "path": "/a.json"}]


@pytest.mark.parametrize("name", ["path", "dashboard_url"])
@pytest.mark.parametrize("address", ["http://host/a.json", "HTTPS://host/a.json"])
def test_addresses_of_dashboards_do_not_change(name, address):
    tenant = {"name": "one", "dashboards": [{name: address}, {name: "a.json"}]}
    assert [item[name] for item in items([tenant], "dashboards", folder="/play")] == [address, "/play/a.json"]


@pytest.mark.parametrize("earlier", [{"organizations": FAILED}, {"members": FAILED_MEMBER}], ids=["organization", "member"])
def test_failed_tenants_are_omitted(earlier):
    assert {item["org_name"] for item in items(TENANTS, "service_accounts", earlier)} == {"two"}


def test_skipped_steps():
    assert items(TENANTS, "tokens", {"organizations": {"changed": False, "skipped": True}})
    assert [one["status"] for one in report(TENANTS, {"organizations": {"skipped": True}, "users": None})] == ["ok", "ok"]


def failure(step, code, message):
    return {"organization": "one", "step": step, "code": code, "message": message, "text": f"one, {step}: {message}"}


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ({"organizations": FAILED}, failure("organizations", "x", "m")),
        ({"members": FAILED_MEMBER}, failure("members", "y", "n")),
    ],
)
def test_failures(results, expected):
    one, two = report(TENANTS, results)
    assert (one["status"], one["failures"], one["text"]) == ("failed", [expected], "one: failed: " + expected["message"])
    assert (two["status"], two["failures"], two["text"]) == ("ok", [], "two: ok")


@pytest.mark.parametrize(("missing", "status"), [("fail", "failed"), ("warn", "pending"), ("skip", "pending")])
def test_members_who_are_no_users_yet(missing, status):
    one = report(TENANTS, {"members": NO_USER}, missing)[0]
    assert (one["status"], one["pending"], bool(one["failures"])) == (status, ["alice"], missing == "fail")
    assert "no user yet: alice" in one["text"]


PEOPLE = [
    {
        "name": "one",
        "members": [{"login": "alice"}, {"login": "bob"}],
        "teams": [{"name": "ops", "members": ["alice", "bob"], "admins": ["alice"]}],
        "folders": ["Ops/Linux", {"title": "a/b", "permissions": [{"user": "alice", "permission": "Edit"}, {"role": "Viewer"}]}],
        "service_accounts": [{"name": "ci", "tokens": [{"name": "t", "dest": "/k"}], "permissions": [{"user": "alice"}]}],
        "preferences": {"theme": "dark"},
    }
]


def test_everything_else_of_a_tenant_is_finished_without_them():
    done = {"members": NO_USER}
    assert items(PEOPLE, "teams", done) == [{"org_name": "one", "name": "ops", "members": ["bob"], "admins": []}]
    assert items(PEOPLE, "folders", done) == [
        {"org_name": "one", "title": "Linux", "parent": "Ops", "create_parents": True},
        {"org_name": "one", "title": "a/b", "permissions": [{"role": "Viewer"}]},
    ]
    assert items(PEOPLE, "service_accounts", done) == [{"org_name": "one", "name": "ci", "permissions": []}]
    assert items(PEOPLE, "tokens", done)[0]["name"] == "t"
    assert items(PEOPLE, "preferences", done) == [{"org_name": "one", "theme": "dark"}]


def changed(step, *entries):
    """Return the results of *step*, with entries of (index, organization, label, change)."""
    keys = ("index", "org_name", "label", "change")
    return {step: {"results": [{"status": "changed", **dict(zip(keys, entry))} for entry in entries]}}


@pytest.mark.parametrize(
    ("results", "text", "words"),
    [
        (changed("organizations", (0, None, "one", "created")), "one: organization created", ["organization created"]),
        (changed("members", (0, "one", "bob", "role Editor→Admin")), "one: member bob Editor→Admin", ["member bob Editor→Admin"]),
        (changed("tokens", (0, "one", "ci", "replaced")), "one: token ci rotated", ["token ci rotated"]),
        (
            changed("dashboards", *((number, "one", f"D{number}", "created") for number in range(4))),
            "one: 4 dashboards created",
            [f"dashboard D{number} created" for number in range(4)],
        ),
        (changed("preferences", (0, "one", "preferences", "theme (none)→dark")), "one: preferences theme (none)→dark", None),
        (changed("data_sources", (0, "one", "A", "created"), (1, "one", "B", "created")), "one: data sources A, B created", None),
    ],
)
def test_what_changed_in_words(results, text, words):
    one = report(TENANTS, results)[0]
    assert (one["status"], one["text"]) == ("changed", text)
    assert words is None or one["changed"] == words


CREATING = {"login": "alice", "role": "Editor", "create": {"email": "a@x.org", "name": "Alice", "password": "geheim"}}
ALICE = {
    "login": "alice",
    "email": "a@x.org",
    "name": "Alice",
    "user_password": "geheim",
    "initial_org_name": "one",
    "on_existing": "keep",
}


def test_users_are_created_once():
    tenants = [{"name": name, "members": [CREATING, {"login": "bob"}]} for name in ("one", "two")]
    assert items(tenants, "users") == [ALICE]
    assert items(tenants, "members")[0] == {"org_name": "one", "login": "alice", "role": "Editor"}
    by_mail = [{"name": "one", "members": [{"login": "b@x.org", "create": {"password": "p"}}]}]
    assert items(by_mail, "users")[0]["email"] == "b@x.org"
    done = changed("users", (0, None, "alice", "created"))
    done["users"]["results"][0]["tenant"] = "one"
    assert report(tenants, done)[0]["text"] == "one: user alice created"


def test_check_mode_plans_the_membership_of_a_user_who_would_be_created():
    done = {**changed("users", (0, None, "alice", "created")), "members": NO_USER}
    done["users"]["results"][0]["tenant"] = "one"
    assert items(PEOPLE, "teams", done)[0]["members"] == ["alice", "bob"]
    one = report([{"name": "one", "members": [CREATING]}], done)[0]
    assert (one["status"], one["text"]) == ("changed", "one: user alice created; member alice created")


def test_users_who_are_described_twice_differently():
    tenants = [
        {"name": "one", "members": [CREATING]},
        {"name": "two", "members": [{**CREATING, "create": {"password": "another"}}]},
    ]
    with pytest.raises(AnsibleFilterError, match="organizations one and two create user alice with different values"):
        items(tenants, "organizations")


GONE = {"name": "gone", "state": "absent", "members": [{"login": "carol"}, {"login": "Bob"}]}
CHECKED = {
    "results": [
        {
            "index": 0,
            "status": "changed",
            "label": "gone",
            "removed": {"dashboards": ["A", "B"], "members": ["bob"]},
        }
    ]
}


def test_what_is_removed():
    keys = {"results": [{"index": 0, "status": "changed", "org_name": "gone", "label": "ci"}]}
    users = {"results": [{"index": 1, "status": "changed", "label": "carol"}]}
    [found] = removals([TENANTS[0], GONE], [CHECKED, keys, users])
    assert (found["name"], found["exists"], found["keys"], found["users"]) == ("gone", True, ["ci"], ["carol"])
    assert found["text"] == "gone: organization with 2 dashboards (A, B), 1 member (bob); stored keys of ci; users carol"
    assert removals([TENANTS[0], GONE], [{"results": []}, {}, {}]) == []


@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_check_that_fails_needs_a_confirmation_too(step):
    """The run may succeed where the check has failed."""
    entry = {
        "index": 0,
        "status": "failed",
        "org_name": "gone",
        "label": "x",
        "failure": {"code": "server_error", "message": "m"},
    }
    checked = [{}, {}, {}]
    checked[step] = {"results": [entry]}
    [found] = removals([TENANTS[0], GONE], checked)
    assert (found["name"], found["unknown"], found["text"]) == ("gone", ["m"], "gone: it is unknown what is left: m")


def test_the_users_of_removed_tenants():
    tenants = [TENANTS[0], GONE, {"name": "gone too", "state": "absent", "members": [{"login": "bob"}]}]
    gone = {"state": "absent", "orphans_only": True, "ignored_orgs": ["gone", "gone too"]}
    assert removed_users([GONE], tenants, CHECKED) == [{"login": "bob", **gone}, {"login": "carol", **gone}]
    assert removed_users([TENANTS[0]], tenants, CHECKED) == []
    done = changed("removed_users", (1, None, "carol", "deleted"))
    assert report([GONE], done, "fail", tenants, CHECKED)[0]["text"] == "gone: user carol deleted"


def test_unknown_kind():
    with pytest.raises(AnsibleFilterError, match="kind has to be one of"):
        items(TENANTS, "sinks")


def test_the_organization_and_the_keys_of_an_absent_tenant():
    accounts = [{"name": "ci", "tokens": [{"name": "t"}, {"name": "u", "dest": "/k"}]}]
    absent = {"name": "gone", "state": "absent", "service_accounts": accounts, "dashboards": [{}]}
    tenants = [absent, TENANTS[0]]
    assert items(tenants, "organizations", dashboards_as="token")[0] == {"name": "gone", "state": "absent"}
    key = {"org_name": "gone", "service_account": "ci", "name": "u", "dest": "/k", "state": "absent"}
    assert items(tenants, "tokens")[0] == key
    assert items(tenants, "removed_accounts") == [{"org_name": "gone", "name": "ci", "state": "absent"}]
    for kind in ("members", "service_accounts", "dashboards"):
        assert "gone" not in {item["org_name"] for item in items(tenants, kind)}


def test_whole_tenants_without_those_that_failed():
    assert items(TENANTS, "tenants", {"members": FAILED_MEMBER}) == [TENANTS[1]]
    # The module itself leaves out people who have not logged in yet.
    assert items(TENANTS, "tenants", {"members": NO_USER}) == TENANTS
