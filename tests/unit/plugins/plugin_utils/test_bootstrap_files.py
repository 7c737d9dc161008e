# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tenants of a file: a module makes the same items of them that the role makes of the variable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._tenants import items as parts
from ansible_collections.orgsmith.grafana.plugins.module_utils._tenants import tokens
from ansible_collections.orgsmith.grafana.plugins.module_utils._tenants.outcomes import missing_users
from ansible_collections.orgsmith.grafana.plugins.module_utils._tenants.source import from_file
from ansible_collections.orgsmith.grafana.plugins.module_utils._tenants.spec import SPEC, check_options
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._bootstrap.items import items
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._bootstrap.report import report

ROLE = Path(__file__).resolve().parents[4] / "roles/org_bootstrap/meta/argument_specs.yml"
FULL = {
    "quotas": {"dashboard": 5},
    "members": [{"login": "alice", "create": {"email": "a@example.org", "password": "pass"}}, {"login": "bob"}],
    "teams": [{"name": "ops", "members": ["alice", "bob"], "admins": ["bob"]}],
    "data_sources": [{"name": "P", "type": "prometheus", "secure_json_data": {"x": "y"}}],
    "service_accounts": [
        {
            "name": "ci",
            "role": "Editor",
            "permissions": [{"user": "bob", "permission": "Edit"}, {"team": "ops", "permission": "Edit"}],
            "tokens": [{"name": "here", "dest": "keys/here"}, {"name": "there"}],
        }
    ],
    "folders": ["Ops/Linux", {"title": "Team", "permissions": [{"user": "bob", "permission": "View"}]}],
    "dashboards": [{"path": "files/a.json"}, {"directory": "~/d"}, {"dashboard": {"title": "T"}}],
    "preferences": {"theme": "dark"},
}
TENANTS = [
    {"name": "one", **FULL},
    {"name": "two", **FULL, "members": [{"login": "carol"}]},
    {"name": "gone", "state": "absent", **FULL},
]
SINK = {"type": "file", "path": "keys/{org_name}"}
PENDING = {
    "results": [
        {"index": 1, "status": "failed", "label": "bob", "org_name": "one", "failure": {"code": "user_not_found", "message": "m"}}
    ]
}
EARLIER = {"members": PENDING}


def from_the_file(tmp_path, part, names=None, **rules):
    path = tmp_path / "tenants.json"
    path.write_text(json.dumps(TENANTS))
    given = {"folder": "/play", "missing_users": missing_users(EARLIER), **rules}
    return from_file(part)({"tenants_file": str(path), "tenants": names, "tenants_rules": given})


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("organizations", parts.ORGANIZATIONS),
        ("users", parts.USERS),
        ("members", parts.MEMBERS),
        ("teams", parts.TEAMS),
        ("data_sources", parts.DATA_SOURCES),
        ("service_accounts", parts.ACCOUNTS),
        ("removed_accounts", parts.REMOVED_ACCOUNTS),
        ("tokens", tokens.TOKENS),
        ("folders", parts.FOLDERS),
        ("dashboards", tokens.DASHBOARDS),
        ("preferences", parts.PREFERENCES),
    ],
)
@pytest.mark.parametrize("dashboards_as", ["caller", "token"])
def test_the_same_items_from_the_file_and_from_the_variable(tmp_path, kind, part, dashboards_as):
    made = from_the_file(tmp_path, part, dashboards_as=dashboards_as, sink=SINK)
    expected = items(TENANTS, kind, EARLIER, "/play", dashboards_as, SINK)
    assert [item for _tenant, item in made] == expected
    assert len(expected) > 0
    owners = [item.get("org_name") or item.get("initial_org_name") or item["name"] for item in expected]
    assert [tenant for tenant, _item in made] == owners


def test_only_the_named_tenants(tmp_path):
    assert [name for name, _item in from_the_file(tmp_path, parts.TEAMS, ["two"])] == ["two"]


def test_a_sink_of_the_task_is_the_default_of_tokens_without_one(tmp_path):
    params = {"tenants_file": str(tmp_path / "t.json"), "tenants": None, "tenants_rules": {"folder": "/play"}}
    (tmp_path / "t.json").write_text(json.dumps(TENANTS[:1]))
    params["sink"] = {**SINK, "mode": None}
    made = [item for _tenant, item in from_file(tokens.TOKENS)(params)]
    assert made[0]["dest"] == "/play/keys/here"
    assert "sink" not in made[0]
    assert made[1]["sink"] == {"type": "file", "path": "/play/keys/{org_name}"}
    assert params["sink"] is None


NAMES = [{"name": "one"}, {"name": "two"}, {"name": "gone", "state": "absent"}]
STEPS = ["organizations", "members", "tokens", "removed_accounts"]
FAILED_TEAM = {"results": [{"index": 0, "tenant": "two", "status": "failed", "failure": {"code": "x"}}]}


@pytest.mark.parametrize(
    ("kind", "earlier", "expected"),
    [
        ("organizations", {}, ["one", "two", "gone"]),
        ("members", {}, ["one", "two"]),
        ("tokens", {}, ["one", "two", "gone"]),
        ("removed_accounts", {}, ["gone"]),
        ("tenants", {}, ["one", "two", "gone"]),
        ("teams", {}, []),
        ("members", {"teams": FAILED_TEAM}, ["one"]),
        ("tenants", {"teams": FAILED_TEAM}, ["one", "gone"]),
    ],
)
def test_names_for_the_steps(kind, earlier, expected):
    assert items(NAMES, kind, earlier, steps=STEPS) == expected


def test_the_report_takes_the_tenants_from_the_results():
    users = {"results": [{"index": 0, "tenant": "two", "status": "changed", "label": "bob", "change": "created"}]}
    found = report(NAMES[:2], {"users": users})
    assert [one["text"] for one in found] == ["one: ok", "two: user bob created"]


def names_of(options):
    """Return the names of options, with those of lists and dictionaries in them."""
    return {
        name: names_of(rule.get("options") or {}) if name not in ("sink", "folders") else {} for name, rule in options.items()
    }


def without_aliases(names, spec):
    """Return *names* without the other names of the options of *spec*, which the role's specs list as options."""
    others = {alias for rule in spec.values() for alias in rule.get("aliases", ())}
    return {
        name: without_aliases(inner, spec.get(name, {}).get("options") or {})
        for name, inner in names.items()
        if name not in others
    }


def test_a_tenant_of_a_file_has_the_options_of_the_role():
    role = yaml.safe_load(ROLE.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    expected = names_of(role["org_bootstrap_organizations"]["options"])
    assert without_aliases(expected, SPEC) == names_of(SPEC)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nme": 1}, "organization one: unknown option 'nme'"),
        ({"members": [{"login": "a", "rle": "x"}]}, "organization one: members[0]: unknown option 'rle'"),
        ({"preferences": {"team": "x"}}, "unknown option 'team'"),
        (
            {"service_accounts": [{"name": "a", "tokens": [{"name": "t", "service_account": "b"}]}]},
            "unknown option 'service_account'",
        ),
    ],
)
def test_options_are_checked_by_tenant(change, said):
    with pytest.raises(BadInput) as caught:
        check_options([{"name": "one", **change}])
    assert said in caught.value.message
