# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused by the Cloud API or by the modules: stacks, credentials, names and options."""

from __future__ import annotations

import pytest

from modules.conftest import WITH_ACCOUNTS
from modules.orgs.stack import SETTINGS, SLUG, Stack

# The stack, and who may ask.


@pytest.mark.parametrize(("status", "words"), [("paused", "open its address in a browser"), ("deleted", "correct cloud_stack")])
def test_a_stack_that_is_not_there_for_good(stack, sleeps, status, words):
    stack.set(status=status)
    with stack.server.writes_nothing():
        result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "stack_not_ready"
    assert result["failure"]["details"]["stack_status"] == status
    assert words in result["msg"]
    assert sleeps == []


@pytest.mark.parametrize("module", ["grafana_service_account", "grafana_service_account_info", "grafana_sa_token_info"])
def test_unknown_slug(stack, module):
    options = {"name": "ci"} if module != "grafana_sa_token_info" else {}
    result = stack.fails(module, cloud_stack="nobody", **options)
    assert result.code == "stack_not_found"
    assert "no stack nobody" in result["msg"]
    assert "https://SLUG.grafana.net" in result["msg"]


def test_refused_token(stack):
    result = stack.fails("grafana_service_account", name="ci", token="glc_another-one-entirely")
    assert result.code == "unauthorized"
    assert "access policy of Grafana Cloud (glc_...), neither deleted nor expired" in result["msg"]
    assert "password" not in result["msg"]
    assert "glc_another-one-entirely" not in result.text


@pytest.mark.parametrize("left", ["stacks:read", "stack-service-accounts:write"])
def test_missing_scope(stack, left):
    stack.set(scopes=left)
    result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "forbidden"
    assert "stacks:read and stack-service-accounts:write" in result["msg"]
    assert "a realm that includes the stack acme" in result["msg"]


def test_a_role_that_the_stack_does_not_know(special, tmp_path):
    stack = Stack(special("9.3.2", settings=SETTINGS), tmp_path)
    result = stack.fails("grafana_service_account", name="ci", role="None")
    assert result.code == "unsupported"
    assert "9.3.2" in result["msg"]


def test_the_version_is_asked_of_the_stack_where_the_cloud_api_does_not_tell_it(special, tmp_path):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "auth.anonymous.hide_version": "true"}), tmp_path)
    assert stack.account(role="None")["changed"]
    assert stack.made()[("GET", "/api/health")] == 1


def test_a_like_name(stack):
    stack.account(name="CI x")
    result = stack.fails("grafana_service_account", name="ci-x")
    assert result.code == "login_taken"
    assert "belongs to the account named CI x" in result["msg"]


def test_a_name_of_a_token_that_is_taken(stack):
    stack.account()
    stack.account(name="other")
    stack.key()
    taken = {**stack.wanted, "service_account": "other", "dest": str(stack.folder / "other")}
    result = stack.fails("grafana_sa_token", **taken)
    assert result.code == "name_taken"
    assert "a token of service account ci" in result["msg"]


# Arguments.


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"url": "http://127.0.0.1:9"}, "two servers in the options: url and cloud_stack", id="two servers"),
        pytest.param({"org_name": "tenant"}, "org_id and org_name have no meaning", id="org"),
        pytest.param({"org_id": 2}, "org_id and org_name have no meaning", id="org id"),
        pytest.param({"token": "", "username": "admin", "password": "S3cret-of-somebody"}, "access policy", id="password"),
        pytest.param({"token": "glsa_00000000000000000000000000000000_00000000"}, "the key of a service account", id="key"),
        pytest.param({"cloud_stack": "https://acme.grafana.net"}, "slug of a stack alone", id="address for a slug"),
        pytest.param({"cloud_stack": "acme/../other"}, "slug of a stack alone", id="path for a slug"),
        pytest.param({"cloud_url": "grafana.com"}, "cloud_url has to look like https://grafana.com/api", id="cloud_url"),
        pytest.param({"cloud_url": "https://me:hunter-two-secret@x/api"}, "cloud_url must not carry", id="password in cloud_url"),
        pytest.param({"cloud_stack": ""}, "cloud_url is set without cloud_stack", id="no slug"),
        pytest.param({"batch": [{"name": "a", "org_name": "x"}]}, "batch[0], org x: org_name cannot", id="org of an item"),
        pytest.param(
            {"batch": [{"name": "a", "token_file": "/k"}]},
            "batch[0]: token_file cannot be used with cloud_stack",
            id="key of an item",
        ),
    ],
)
def test_bad_arguments(stack, options, words):
    result = stack.fails("grafana_service_account", **{"name": None if "batch" in options else "ci", **options})
    assert result.code == "bad_input"
    assert words in result["msg"]
    assert stack.made() == {}
    assert "hunter-two-secret" not in result.text


def test_all_orgs_has_no_meaning(stack):
    assert "all_orgs cannot be used with cloud_stack" in stack.fails("grafana_sa_token_info", all_orgs=True)["msg"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("grafana_org", {"name": "tenant"}),
        ("grafana_org_user", {"login": "alice"}),
        ("grafana_team", {"name": "crew"}),
        ("grafana_team_info", {}),
        ("grafana_dashboard", {"dashboard": {"uid": "a", "title": "A"}}),
        ("grafana_folder", {"title": "A"}),
        ("grafana_org_info", {}),
        ("grafana_dashboard_info", {}),
        ("grafana_folder_info", {}),
    ],
)
def test_other_modules_refuse_a_stack(stack, module, options):
    result = stack.fails(module, **stack.options(cloud_url="", **options))
    assert result.code == "bad_input"
    assert "cloud_stack cannot be used with" in result["msg"]
    assert "a key of the stack" in result["msg"]
    assert stack.made() == {}
    assert stack.server.run(module, cloud_stack="", cloud_url=None, **options).get("failure", {}).get("code") != "bad_input"
    assert stack.made() != {}


def test_other_modules_do_not_look_at_the_environment(newest, monkeypatch):
    monkeypatch.setenv("GRAFANA_CLOUD_STACK", SLUG)
    assert newest.ok("grafana_org", name="tenant")["changed"]
    assert newest.ok("grafana_service_account", name="ci")["changed"]
