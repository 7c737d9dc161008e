# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that read their items from a file with tenants."""

from __future__ import annotations

import json

import pytest

SECRET = "n33dle-of-the-file"
ITEMS = (
    "grafana_org",
    "grafana_user",
    "grafana_org_user",
    "grafana_team",
    "grafana_datasource",
    "grafana_service_account",
    "grafana_folder",
    "grafana_dashboard",
    "grafana_org_preferences",
)


@pytest.fixture
def server(newest):
    return newest


def tenant(name):
    """Return a tenant with an object of each kind but a token."""
    create = {"email": f"{name}@example.org", "password": SECRET + name}
    source = {"name": "P", "type": "prometheus", "ds_url": "http://p:9090", "access": "proxy"}
    return {
        "name": name,
        "members": [{"login": f"{name}-user", "role": "Editor", "create": create}],
        "teams": [{"name": "ops", "members": [f"{name}-user"]}],
        "data_sources": [{**source, "basic_auth": True, "secure_json_data": {"basicAuthPassword": SECRET}}],
        "service_accounts": [{"name": "ci", "role": "Viewer"}],
        "folders": ["Ops/Linux"],
        "dashboards": [{"dashboard": {"uid": "home", "title": "{{ kept }}", "panels": []}}],
        "preferences": {"theme": "dark"},
    }


def written(folder, tenants, name="tenants.json"):
    path = folder / name
    path.write_text(tenants if isinstance(tenants, str) else json.dumps(tenants), encoding="utf-8")
    return str(path)


def test_each_module_makes_its_items_of_the_file(server, tmp_path):
    path = written(tmp_path, [tenant("one"), tenant("two"), tenant("three")])
    rest = {"tenants_file": path, "tenants": ["one", "two"]}
    for module in ITEMS:
        first = server.ok(module, **rest)
        assert (first["changed"], first["summary"]["total"] >= 2) == (True, True), module
        assert {entry["tenant"] for entry in first["results"]} == {"one", "two"}, module
        again = server.ok(module, **rest)
        assert (again["changed"], again["summary"]["changed"]) == (False, 0), module
        assert SECRET not in first.text + again.text
    assert set(server.emulator.orgs()) == {"Main Org.", "one", "two"}


def test_a_failure_names_the_tenant_and_hides_the_secrets(server, tmp_path):
    wrong = tenant("one")
    wrong["members"][0]["login"] = SECRET + "one"  # a secret at the wrong place
    path = written(tmp_path, [wrong])
    server.ok("grafana_org", tenants_file=path)
    failed = server.fails("grafana_org_user", tenants_file=path, results=["brief"])
    assert failed["results"][0]["tenant"] == "one"
    assert SECRET + "one" not in server.ok("grafana_user", tenants_file=path).text


def test_brief_results(server, tmp_path):
    path = written(tmp_path, [tenant("one")])
    results = server.ok("grafana_org", tenants_file=path, results=["brief"])["results"]
    assert results == [{"index": 0, "tenant": "one", "status": "changed", "label": "one", "change": "created"}]
    assert server.ok("grafana_org", tenants_file=path, results=["brief"])["results"] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"batch": []}, "batch and tenants_file cannot be used together"),
        ({"tenants_file": None, "tenants": ["one"]}, "tenants and tenants_rules need tenants_file"),
        ({"tenants": ["one", "four"]}, "has no organization named four"),
        ({"tenants_file": "/nowhere.json"}, "tenants_file /nowhere.json: cannot be read"),
    ],
)
def test_options_that_are_refused_before_the_first_request(server, tmp_path, options, said):
    given = {"tenants_file": written(tmp_path, [tenant("one")]), **options}
    with server.writes_nothing():
        assert said in server.fails("grafana_team", **given)["msg"]


def check(server, **options):
    return server.run("grafana_tenants_info", admin=None, **options)


def test_the_check_returns_names_and_steps_only(server, tmp_path):
    gone = {**tenant("two"), "state": "absent"}
    token = {"name": "ci", "dest": "/nowhere/key"}
    here = {"name": "three", "service_accounts": [{"name": "ci", "role": "Viewer", "tokens": [token]}]}
    result = check(server, tenants_file=written(tmp_path, [tenant("one"), gone, here]), ephemeral_on="docker")
    assert result["tenants"] == [
        {"name": "one"},
        {"name": "two", "state": "absent", "members": [{"login": "two-user"}]},
        {"name": "three"},
    ]
    assert result["ephemeral"] == ["three"]
    assert "removed_accounts" in result["steps"]
    assert SECRET not in result.text
    only = check(server, tenants_file=written(tmp_path, [tenant("one"), gone, here]), tenants=["three"])
    assert only["steps"] == ["organizations", "service_accounts", "tokens"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"memers": []}, "organization one: unknown option 'memers'"),
        ({"folders": [{"titel": "x"}]}, "organization one, folders[0]: unknown option 'titel'"),
        ({"service_accounts": [{"name": "ci", "tokens": [{"name": "t"}]}]}, "has no destination for its key"),
        ({"data_sources": [{"name": "P", "secure_json_data": "n33dle-of-the-file"}]}, "secure_json_data has to be a dictionary"),
    ],
)
def test_the_check_refuses(server, tmp_path, change, said):
    result = check(server, tenants_file=written(tmp_path, [{**tenant("one"), **change}]))
    assert result.failed
    assert said in result["msg"]
    assert SECRET not in result.text
