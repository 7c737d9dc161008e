# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings before an upgrade, by version."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._api_keys.api import ApiKey, made_by_server, migrated_into
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.orgs import Org
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.versions import parse
from ansible_collections.orgsmith.grafana.plugins.module_utils._migration.plan import logins_of
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade.findings import Limits, OrgKeys, Upgrade, findings, logins
from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade.kinds import DECISION, INFO, KINDS
from ansible_collections.orgsmith.grafana.plugins.module_utils._upgrade.usage import Hit

A = Org(3, "a")
CI, READER = ApiKey(1, "ci", "Editor"), ApiKey(2, "reader", "Viewer", "2030-01-01T00:00:00Z")
OVER = ApiKey(3, "over", "Admin", "2020-01-01T00:00:00Z", True)
ON = Limits(assigns_org=True)


def account(login, name=None, number=9):
    return Account(number, name or login, login, {"role": "Viewer", "disabled": False})


def upgrade(present, target, *keys, accounts=(), limits=ON, **more):
    orgs = (OrgKeys(A, keys, accounts),) if keys or accounts else ()
    return Upgrade(parse(present), parse(target), orgs, limits, **more)


def ids_of(upgraded):
    """Return the ids of the findings; those to decide start with an exclamation mark."""
    return [("!" if one.decides else "") + one.id for one in findings(upgraded)]


PAIRS = [
    ("8.5.15", "9.0.9", ["keys_stay:3"]),
    ("8.5.15", "9.3.2", ["keys_stay:3"]),
    ("9.3.2", "9.3.9", ["keys_stay:3"]),
    ("9.3.2", "10.4.0", ["keys_stay:3"]),
    ("9.3.2", "11.2.10", ["keys_stay:3"]),
    ("9.3.2", "11.3.0", ["no_new_keys", "keys_stay:3"]),
    ("9.3.2", "11.5.1", ["no_new_keys", "keys_stay:3"]),
    ("9.3.2", "11.6.0", ["no_new_keys", "keys_migrate:3"]),
    ("9.3.2", "12.0.0-pre", ["orgs_remain", "no_new_keys", "keys_migrate:3"]),
    ("9.3.2", "12.1.0", ["no_new_keys", "keys_end", "keys_migrate:3"]),
    ("8.5.15", "12.4.3", ["no_new_keys", "keys_end", "keys_migrate:3"]),
    ("9.3.2", "12.4.3", ["no_new_keys", "keys_end", "keys_migrate:3"]),
    ("11.3.0", "11.5.0", ["keys_stay:3"]),
    ("11.5.1", "12.0.0", ["orgs_remain", "keys_migrate:3"]),
    ("11.5.1", "12.4.3", ["keys_end", "keys_migrate:3"]),
    ("11.6.0", "12.0.0", ["orgs_remain", "keys_left:3:ci"]),
    ("11.6.0", "12.4.3", ["keys_end", "!keys_left:3:ci"]),
    ("11.5.1", "13.1.0-pre", ["storage_migrates", "orgs_remain", "keys_end", "keys_migrate:3"]),
]


@pytest.mark.parametrize(("present", "target", "expected"), PAIRS)
def test_by_version(present, target, expected):
    assert ids_of(upgrade(present, target, CI)) == expected


@pytest.mark.parametrize(
    ("present", "target", "expected"),
    [
        ("12.4.3", "13.0.0", ["!withdrawn_version", "storage_migrates"]),
        ("12.4.3", "13.0.1", ["storage_migrates"]),
        ("12.4.3", "13.1.2", ["storage_migrates", "orgs_remain"]),
        ("13.0.1", "13.2.0", ["unknown_version", "orgs_remain"]),
        ("13.1.0-pre", "13.1.2", []),
        ("13.1.2", "13.3.0", ["unknown_version"]),
        ("12.1.0", "12.4.3", []),
    ],
)
def test_what_the_target_does_to_the_server(present, target, expected):
    assert [one for one in ids_of(upgrade(present, target)) if one != "keys_gone"] == expected


@pytest.mark.parametrize(
    ("present", "target", "found"), [("11.5.1", "12.0.1", True), ("12.0.0-pre", "12.0.1", False), ("11.5.1", "12.0.2", False)]
)
def test_versions_of_12_that_cannot_delete_organizations(present, target, found):
    assert ("orgs_remain" in ids_of(upgrade(present, target))) is found


def test_without_keys_there_is_nothing_to_decide():
    assert ids_of(upgrade("9.3.2", "12.4.3")) == ["no_new_keys", "keys_end"]
    assert ids_of(upgrade("9.3.2", "12.4.3", limits=Limits(assigns_org=False))) == ["no_new_keys", "keys_end"]
    assert ids_of(upgrade("12.1.0", "12.4.3")) == ["keys_gone"]
    assert ids_of(upgrade("12.1.0", "12.4.3", partial=True)) == ["keys_gone"]


@pytest.mark.parametrize(
    ("present", "target", "expected"),
    [
        ("8.5.15", "9.0.0", None),
        ("8.5.15", "9.1.0", DECISION),
        ("8.5.15", "9.3.9", DECISION),
        ("8.5.15", "9.4.0", INFO),
        ("8.5.15", "12.4.3", INFO),
        ("9.1.0", "9.2.0", DECISION),
        ("9.3.2", "12.4.3", DECISION),
        ("9.4.0", "12.4.3", None),
    ],
)
def test_versions_whose_migration_destroys(present, target, expected):
    for assigns in (False, None):
        found = findings(upgrade(present, target, CI, limits=Limits(assigns_org=assigns)))
        one = [finding for finding in found if finding.kind == "migration_destroys"]
        assert [finding.view(False)["severity"] for finding in one] == ([expected] if expected else [])
    assert "migration_destroys" not in " ".join(ids_of(upgrade(present, target, CI)))


def test_expired():
    for target, kind in (("11.5.1", "keys_stay"), ("12.4.3", "keys_migrate")):
        found = [one for one in findings(upgrade("10.0.0", target, CI, OVER)) if one.org]
        assert [(one.kind, one.more["api_keys"]) for one in found] == [(kind, ["ci", "over"]), ("keys_expired", ["over"])]


def test_a_list_of_100_keys_may_be_incomplete():
    keys = [ApiKey(number, "k%03d" % number, "Viewer") for number in range(100)]
    assert "!list_cut:3" in ids_of(upgrade("11.5.1", "12.4.3", *keys))
    assert "!list_cut:3" not in ids_of(upgrade("11.5.1", "12.4.3", *keys[:99]))


@pytest.mark.parametrize(
    ("problem", "expected"), [("not_a_member", ["!not_a_member:3"]), ("not_permitted", ["!not_permitted:3"])]
)
def test_organizations_whose_keys_are_unknown(problem, expected):
    upgraded = Upgrade(parse("11.6.0"), parse("12.0.2"), (OrgKeys(A, problem=problem),))
    assert ids_of(upgraded) == expected


def test_accounts_that_the_caller_may_not_list():
    upgraded = upgrade("11.5.1", "12.0.2", CI)
    hidden = replace(upgraded, orgs=(replace(upgraded.orgs[0], accounts=None),))
    assert ids_of(hidden) == ["keys_migrate:3", "!not_permitted:3"]


def test_organizations_that_the_caller_may_not_list():
    assert ids_of(upgrade("11.5.1", "12.0.2", partial=True)) == ["!orgs_unseen"]


NUMBERED = [account("sa-autogen-3-ci" + tail) for tail in ("", *("-%03d" % number for number in range(1, 11)))]


def test_logins_that_are_taken():
    assert "!login_taken:3:ci" in ids_of(upgrade("11.5.1", "12.4.3", CI, READER, accounts=tuple(NUMBERED)))
    free = upgrade("11.5.1", "12.4.3", CI, READER, accounts=tuple(NUMBERED[:-1]))
    assert [one for one in ids_of(free) if "3:ci" in one] == ["login_numbered:3:ci"]
    assert logins(free, free.orgs[0]) == {1: "sa-autogen-3-ci-010", 2: "sa-autogen-3-reader"}
    assert not any("login" in one for one in ids_of(upgrade("9.3.2", "11.5.1", CI, accounts=tuple(NUMBERED))) if "taken" in one)


def test_a_taken_login_is_reported_once():
    assert ids_of(upgrade("11.6.0", "12.4.3", CI, accounts=tuple(NUMBERED))) == ["keys_end", "!login_taken:3:ci"]


@pytest.mark.parametrize(
    ("present", "login", "taken"),
    [
        ("9.3.2", "sa-autogen-3-ci", True),  # The upgrade changes its login, but not its address.
        ("11.5.1", "sa-3-autogen-3-ci", True),  # An earlier upgrade changed its login.
        ("11.5.1", "sa-autogen-3-ci", True),
        ("11.5.1", "SA-Autogen-3-CI", True),
        ("9.3.2", "sa-ci", False),
        ("11.5.1", "sa-3-ci", False),
        ("11.5.1", "sa-autogen-4-ci", False),
    ],
)
def test_accounts_that_take_a_login(present, login, taken):
    found = ids_of(upgrade(present, "12.0.2", CI, accounts=(account(login),)))
    assert ("login_numbered:3:ci" in found) is taken


def test_keys_take_logins_from_each_other():
    keys = [ApiKey(number, name, "Viewer") for number, name in enumerate(["CI x", "ci x", "ci--x", "ci-x"], 1)]
    assert logins_of(keys, (), 3, parse("12.0.2")) == {
        1: "sa-autogen-3-ci-x",
        2: "sa-autogen-3-ci-x-001",
        3: "sa-autogen-3-ci-x-002",
        4: "sa-autogen-3-ci-x-003",
    }
    assert logins_of(keys[:1], (), 3, parse("9.3.2")) == {1: "sa-autogen-3-CI x"}


def test_names_that_exist_already():
    found = ids_of(upgrade("11.5.1", "12.0.2", CI, accounts=(account("sa-3-robot", "sa-autogen-ci"),)))
    assert found == ["!same_name:3:ci", "keys_migrate:3"]


def test_logins_that_change():
    made = account("sa-autogen-3-old", "renamed")
    assert "logins_change:3" in ids_of(upgrade("9.3.2", "11.5.1", accounts=(made, account("sa-robot"))))
    assert ids_of(upgrade("9.3.2", "10.4.0", accounts=(made,))) == []
    assert ids_of(upgrade("10.4.1", "11.2.0", accounts=(made,))) == []


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("sa-autogen-3-ci", True),
        ("sa-3-autogen-3-ci", True),
        ("sa-3-autogen-4-ci", True),
        ("sa-3-autogen-ci", False),
        ("sa-autogen-ci", False),
        ("sa-autogenous", False),
    ],
)
def test_made_by_server(login, expected):
    assert made_by_server(account(login)) is expected


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("autogen-3-ci", "sa-autogen-3-ci"),
        ("Autogen-3-CI", "sa-3-autogen-3-ci"),
        ("autogen 3 ci", "sa-3-autogen-3-ci"),
        ("autogen-ci", "sa-autogen-ci"),
    ],
)
def test_an_account_that_a_person_called_so(name, login):
    assert not made_by_server(replace(account(login), name=name))


@pytest.mark.parametrize(
    ("login", "key", "expected"),
    [
        ("sa-autogen-3-ci", "ci", True),
        ("sa-3-autogen-3-ci", "CI", True),
        ("sa-autogen-3-ci-002", "ci", True),
        ("sa-autogen-3-ci-002", "ci-002", True),
        ("sa-autogen-3-my-key", "My key", True),
        ("sa-autogen-3-ci", "deploy", False),
        ("sa-3-ci", "ci", False),
    ],
)
def test_migrated_into(login, key, expected):
    assert migrated_into(replace(account(login), name="renamed"), key) is expected


@pytest.mark.parametrize(
    ("limits", "target", "expected"),
    [
        (replace(ON, longest_seconds=3600), "9.1.0", "[auth] api_key_max_seconds_to_live is 3600"),
        (replace(ON, longest_days=30), "9.4.0", "[service_accounts] token_expiration_day_limit is 30"),
        (replace(ON, longest_days=30), "9.3.9", None),
        (ON, "12.4.3", None),
    ],
)
def test_lifetimes(limits, target, expected):
    found = [one.what for one in findings(upgrade("9.0.0", target, CI, limits=limits)) if one.kind == "token_lifetime"]
    assert [expected in what for what in found] == ([True] if expected else [])
    assert "token_lifetime" not in ids_of(upgrade("9.0.0", target, READER, limits=limits))


#: The effect on a request: present, target, and the kind of finding for each method.
REQUESTS = [
    ("9.3.2", "11.2.0", "stays", "stays", "stays", "stays", "stays"),
    ("9.3.2", "11.3.0", "breaks", "stays", "stays", "unclear", "breaks"),
    ("9.3.2", "11.6.0", "breaks", "finds_nothing", "breaks", "unclear", "breaks"),
    ("9.3.2", "12.1.0", "breaks", "breaks", "breaks", "breaks", "breaks"),
    ("11.3.0", "11.5.0", "broken", "stays", "stays", "broken", "broken"),
    ("11.3.0", "11.6.0", "broken", "finds_nothing", "breaks", "unclear", "breaks"),
    ("11.6.0", "12.0.2", "broken", "broken", "broken", "broken", "broken"),
    ("11.6.0", "12.1.0", "breaks", "breaks", "breaks", "breaks", "breaks"),
    ("12.1.0", "12.4.3", "broken", "broken", "broken", "broken", "broken"),
]


@pytest.mark.parametrize(("present", "target", "post", "get", "delete", "unknown", "resource"), REQUESTS)
def test_requests(present, target, post, get, delete, unknown, resource):
    kinds = {"POST": post, "GET": get, "DELETE": delete, "unknown": unknown, "resource": resource}
    hits = [Hit("x", number, "request", method) for number, method in enumerate(kinds)]
    found = {one.more["method"]: one for one in findings(upgrade(present, target, hits=tuple(hits))) if "method" in one.more}
    assert {method: one.kind for method, one in found.items()} == {m: "request_" + kind for m, kind in kinds.items()}
    assert all(one.decides == (one.kind not in ("request_stays", "request_broken")) for one in found.values())


def test_requests_of_one_file_are_one_finding():
    hits = (Hit("x.sh", 9, "request", "POST", "curl"), Hit("x.sh", 4, "request", "POST", "wget"), Hit("x.sh", 5, "key"))
    found = [one.view(False) for one in findings(upgrade("11.2.0", "11.3.0", hits=hits)) if one.kind != "no_new_keys"]
    assert [(one["id"], one["lines"]) for one in found] == [("request_breaks:POST:x.sh", [4, 9]), ("key_in_clear:x.sh", [5])]
    assert found[0]["styles"] == ["curl", "wget"]


def test_files_that_were_not_read():
    assert ids_of(upgrade("11.2.0", "11.2.1", unseen=(("x.bin", "too large"),))) == ["!not_scanned:x.bin"]


def test_views():
    one = next(one for one in findings(upgrade("11.6.0", "12.4.3", CI)) if one.kind == "keys_left")
    assert one.view(True)["decided"] is True
    assert one.view(False)["org_name"] == "a"
    quiet = findings(upgrade("11.5.1", "12.0.2", CI))[0]
    assert quiet.view(True)["decided"] is False


def test_the_documentation_lists_every_kind():
    page = (Path(__file__).parents[5] / "docs/migration/upgrade.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (\w+)", page, re.MULTILINE)
    assert dict(listed) == {name: kind.severity for name, kind in KINDS.items()}
    assert len(listed) == len(KINDS)
