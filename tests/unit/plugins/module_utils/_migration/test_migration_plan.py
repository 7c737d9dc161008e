# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for the migration of API keys, as tables."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._api_keys import api as keys
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.versions import Version
from ansible_collections.orgsmith.grafana.plugins.module_utils._migration import options
from ansible_collections.orgsmith.grafana.plugins.module_utils._migration import plan as plans
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.durations import iso
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.model import LONGEST

NOW = datetime(2026, 11, 1, 12, tzinfo=timezone.utc)
DAY = 86400


def ago(days):
    return iso(NOW - timedelta(days=days))


def key(name="ci", role="Editor", number=7, **more):
    return keys.ApiKey(number, name, role, **more)


def wanted(mode="server", lists=None, **more):
    return options.wanted({"mode": mode, **more}, lists or {}, OrgChoice(id=1))


@pytest.mark.parametrize(
    ("more", "selected"),
    [
        ({}, ["ci", "reader", "idle", "fresh"]),
        ({"key_id": [1]}, ["ci"]),
        ({"key_name": ["reader", "nobody"]}, ["reader"]),
        ({"key_id": [1], "key_name": ["reader"]}, ["ci", "reader"]),
        ({"name_pattern": "^[cr]"}, ["ci", "reader"]),
        ({"roles": ["Viewer"]}, ["reader", "fresh"]),
        ({"roles": ["Viewer"], "name_pattern": "^r"}, ["reader"]),
        ({"unused_for": "30d"}, ["idle", "fresh"]),
        ({"unused_for": "5d"}, ["ci", "idle", "fresh"]),
    ],
)
def test_selection(more, selected):
    listed = [
        key("ci", "Editor", 1, last_used=ago(10)),
        key("reader", "Viewer", 2, last_used=ago(1)),
        key("idle", "Admin", 3, last_used=ago(31)),
        key("fresh", "Viewer", 4),
    ]
    chosen = plans.choose(wanted(**more), listed, NOW, plans.MIGRATE)
    assert [plan.key.name for plan in chosen if plan.action == plans.MIGRATE] == selected
    assert {plan.reason for plan in chosen if plan.action == plans.KEEP} <= {"it is not selected"}


@pytest.mark.parametrize(
    ("mode", "expired_keys", "action"),
    [
        ("server", None, "migrate"),
        ("server", "keep", "keep"),
        ("server", "delete", "delete"),
        ("reissue", None, "keep"),
        ("reissue", "delete", "delete"),
        ("reissue", "migrate", "reissue"),
    ],
)
def test_expired_keys(mode, expired_keys, action):
    sink = {"sink": {"type": "file", "path": "/k/{name}"}} if mode == "reissue" else {}
    want = wanted(mode, expired_keys=expired_keys, **sink)
    normal = {"server": "migrate", "reissue": "reissue"}[mode]
    [plan] = plans.choose(want, [key(expires=ago(1), expired=True)], NOW, normal)
    assert plan.action == action


@pytest.mark.parametrize(("expired", "action"), [(False, "keep"), (True, "delete")])
def test_keys_left_by_a_test_of_the_server(expired, action):
    [plan] = plans.choose(wanted(), [key(plans.THROW_AWAY + "0a1b", expired=expired)], NOW, plans.MIGRATE)
    assert plan.action == action


def reissue_plans(listed, org_id=1, **more):
    want = wanted("reissue", sink={"type": "file", "path": "/k/{name}"}, **more)
    return plans.reissued(want, plans.choose(want, listed, NOW, plans.REISSUE), org_id, NOW)


@pytest.mark.parametrize(
    ("rules", "account", "role", "by_rule"),
    [
        ([], "ci", "Editor", False),
        ([{"service_account": "all", "pattern": ".*"}], "all", "Editor", False),
        ([{"service_account": "all", "keys": ["other"]}], "ci", "Editor", False),
        ([{"service_account": "mine", "keys": ["ci"]}, {"service_account": "all", "pattern": ".*"}], "mine", "Editor", False),
        ([{"service_account": r"team-\1", "pattern": "(c).*"}], "team-c", "Editor", False),
        ([{"service_account": "less", "pattern": "ci", "role": "Viewer"}], "less", "Viewer", True),
        ([{"service_account": "part", "pattern": "c"}], "ci", "Editor", False),
    ],
)
def test_accounts_of_reissued_keys(rules, account, role, by_rule):
    [plan] = reissue_plans([key()], lists={"consolidate": rules})
    assert (plan.account, plan.role, plan.role_told, plan.token) == (account, role, by_rule, "replaces-ci")


def test_templates():
    [plan] = reissue_plans([key()], 3, account_template="{role}-{org_id}-{id}", token_template="{name} new")
    assert (plan.account, plan.token) == ("Editor-3-7", "ci new")


@pytest.mark.parametrize(
    ("expires", "cap", "lifetime"),
    [
        (None, None, 0),
        (None, "0", 0),
        (None, "90d", 90 * DAY),
        (None, "max", LONGEST),
        (30, None, 30 * DAY),
        (30, "0", 30 * DAY),
        (30, "90d", 30 * DAY),
        (30, "10d", 10 * DAY),
        (30, "max", 30 * DAY),
        (-1, "10d", 10 * DAY),
        (-1, "0", 0),
    ],
)
def test_lifetimes(expires, cap, lifetime):
    ends = None if expires is None else ago(-expires)
    old = key(expires=ends, expired=expires is not None and expires < 0)
    [plan] = reissue_plans([old], seconds_to_live=cap, expired_keys="migrate")
    assert plan.lifetime == lifetime


def test_an_expired_key_needs_a_lifetime():
    with pytest.raises(BadInput, match="seconds_to_live"):
        reissue_plans([key(expires=ago(1), expired=True)], expired_keys="migrate")


def test_given_keys_set_account_and_lifetime():
    given = [{"name": "ci", "role": "Editor", "service_account": "mine", "seconds_to_live": "1h"}]
    want = wanted("reissue", sink={"type": "file", "path": "/k/{name}"}, lists={"keys": given})
    [plan] = plans.reissued(want, [plans.KeyPlan(key(number=None), plans.REISSUE)], 1, NOW)
    assert (plan.account, plan.lifetime) == ("mine", 3600)


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ({"service_account": "all", "pattern": ".*"}, True),
        ({"service_account": "all", "pattern": ".*", "role": "Viewer"}, True),
        ({"service_account": "all", "pattern": ".*", "role": "Viewer", "mixed_roles": True}, False),
        ({"service_account": "all", "keys": ["a", "b"], "role": "Viewer", "mixed_roles": True}, False),
        ({"service_account": r"\1", "pattern": "(.).*"}, False),
    ],
)
def test_keys_of_different_roles(rule, refused):
    listed = [key("a", "Editor", 1), key("b", "Viewer", 2)]
    if not refused:
        assert len(reissue_plans(listed, lists={"consolidate": [rule]})) == 2
        return
    with pytest.raises(BadInput) as caught:
        reissue_plans(listed, lists={"consolidate": [rule]})
    assert caught.value.code == "mixed_roles"


def test_tokens_of_one_name():
    with pytest.raises(BadInput, match="a1 and a would both have the name a12"):
        reissue_plans([key("a1", number=2), key("a", number=12)], token_template="{name}{id}")


def test_given_keys_of_one_name():
    given = [{"name": "ci", "role": "Editor"}, {"name": "ci", "role": "Viewer"}]
    with pytest.raises(BadInput, match="twice"):
        wanted("plan", lists={"keys": given})
    given[1]["org_name"] = "b"
    assert len(wanted("plan", lists={"keys": given}).given) == 2


def account(name, login, number=1, role="Viewer"):
    return Account(number, name, login, {"role": role, "disabled": False})


@pytest.mark.parametrize(
    ("version", "names", "taken", "collides"),
    [
        # Up to 9.x the login has the unchanged name, and the server tries no other login.
        ("9.3.2", ["ci"], [], []),
        ("9.3.2", ["ci"], ["sa-autogen-1-ci"], ["ci"]),
        ("9.3.2", ["ci"], ["SA-AUTOGEN-1-CI"], ["ci"]),
        ("9.3.2", ["ci"], ["sa-autogen-2-ci"], []),
        ("9.3.2", ["c i", "c-i"], [], []),
        ("9.3.2", ["ci", "CI"], [], ["CI"]),
        # From 10.0 on the login is in lower case with dashes, and the server tries ten more logins.
        ("11.5.1", ["ci"], ["sa-autogen-1-ci"], []),
        ("11.5.1", ["c i", "c-i", "C I"], [], []),
        ("11.5.1", ["ci"], ["sa-autogen-1-ci", *("sa-autogen-1-ci-%03d" % n for n in range(1, 11))], ["ci"]),
        ("11.5.1", ["ci"], ["sa-autogen-1-ci", *("sa-autogen-1-ci-%03d" % n for n in range(1, 10))], []),
    ],
)
def test_collisions(version, names, taken, collides):
    migrated = [plans.KeyPlan(key(name, number=number), plans.MIGRATE) for number, name in enumerate(names)]
    accounts = [account("x", login) for login in taken]
    found = plans.collisions(migrated, accounts, 1, Version(*map(int, version.split("."))))
    assert [names[number] for number in found] == collides


@pytest.mark.parametrize(("version", "refused"), [(Version(9, 3), True), (Version(10, 4, 1), False), (None, False)])
def test_names_in_two_organizations(version, refused):
    by_org = {org: [plans.KeyPlan(key(), plans.REISSUE, account=name)] for org, name in ((1, "C I"), (2, "c-i"))}
    if refused:
        with pytest.raises(BadInput) as caught:
            plans.same_names(by_org, version)
        assert caught.value.code == "login_taken"
    else:
        plans.same_names(by_org, version)


@pytest.mark.parametrize(
    ("when", "last_used", "replaced", "proven", "reports_use", "deletable"),
    [
        ("never", None, 99, True, True, False),
        ("after_proof", 0, 0, True, True, True),
        ("after_proof", 0, 0, False, True, False),
        ("unused_for", 31, 0, True, True, True),
        ("unused_for", 29, 99, True, True, False),
        ("unused_for", None, 31, True, True, True),
        ("unused_for", None, 29, True, True, False),
        ("unused_for", None, None, True, True, False),
        ("unused_for", 31, 31, False, True, False),
        ("unused_for", None, 99, True, False, False),
    ],
)
def test_when_an_old_key_is_deletable(when, last_used, replaced, proven, reports_use, deletable):
    old = key(last_used=None if last_used is None else ago(last_used))
    since = None if replaced is None else ago(replaced)
    why = plans.deletable(options.Deletion(when, 30 * DAY), old, since, proven, NOW, reports_use)
    assert (why is None) == deletable


SERVERS = account("sa-autogen-ci", "sa-autogen-1-ci", 1, "Editor")
RENAMED = account("ci", "sa-autogen-1-ci", 1, "Editor")
MINE = account("sa-autogen-mine", "sa-1-sa-autogen-mine", 2, "Editor")


@pytest.mark.parametrize(
    ("rule", "accounts", "changes"),
    [
        ({"pattern": "sa-autogen-(.*)", "name": r"\1"}, [SERVERS], [("ci", "Editor", False)]),
        ({"pattern": "sa-autogen-(.*)", "name": r"\1"}, [RENAMED], []),
        # A user created this account, although its name looks like one of the server's.
        ({"pattern": "sa-autogen-(.*)", "name": r"\1"}, [MINE], []),
        ({"service_account": "sa-autogen-ci", "role": "Viewer"}, [SERVERS], [("sa-autogen-ci", "Viewer", False)]),
        ({"service_account": "sa-autogen-ci", "role": "Editor"}, [SERVERS], []),
        ({"service_account": "sa-autogen-ci", "name": "x", "role": "Viewer"}, [SERVERS], [("x", "Viewer", False)]),
        ({"pattern": "sa-autogen-(.*)", "name": "x"}, [SERVERS, account("x", "sa-1-x", 3)], [("x", "Editor", True)]),
        ({"pattern": "autogen", "name": "x"}, [SERVERS], []),
    ],
)
def test_adoption(rule, accounts, changes):
    rules = wanted(lists={"adopt": [rule]}).adopt
    found = plans.adoptions(rules, accounts)
    assert [(one.name, one.role, one.problem is not None) for one in found] == changes


@pytest.mark.parametrize(
    ("version", "creates", "lists", "migrates", "at_start", "hides", "may_destroy"),
    [
        (Version(8, 5, 15), True, True, False, False, False, False),
        (Version(9, 1), True, True, True, False, True, True),
        (Version(9, 4, 7), True, True, True, False, True, False),
        (Version(9, 5), True, True, True, False, False, False),
        (Version(11, 2), True, True, True, False, False, False),
        (Version(11, 3), False, True, True, False, False, False),
        (Version(11, 6), False, True, True, True, False, False),
        (Version(12, 0, 1), False, True, True, True, False, False),
        (Version(12, 1), False, False, False, True, False, False),
        (None, None, None, None, None, False, None),
    ],
)
def test_what_a_version_does(version, creates, lists, migrates, at_start, hides, may_destroy):
    assert keys.abilities_of(version) == keys.Abilities(creates, lists, migrates, at_start, hides, may_destroy)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (base64.b64encode(json.dumps({"k": "x" * 32, "n": "ci x", "id": 3}).encode()).decode(), ("ci x", 3)),
        (base64.b64encode(json.dumps({"k": "x" * 32, "n": "ci x", "id": 3}).encode()).decode().rstrip("=") + "\n", ("ci x", 3)),
        ("glsa_" + "a" * 32 + "_00000000", None),
        ("", None),
        ("e30=", None),
        ("\N{SNOWMAN}", None),
    ],
)
def test_name_and_id_inside_a_key(text, found):
    assert keys.spelt(text) == found
