# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of tokens, and that it is never a key."""

from __future__ import annotations

import pytest
import requests


@pytest.fixture
def stocked(outermost_newer, tmp_path):
    """Two organizations with an account each, and two tokens in the first."""
    for org, name in (("one", "ci-one"), ("two", "ci-two")):
        outermost_newer.ok("grafana_org", name=org)
        outermost_newer.ok("grafana_service_account", org_name=org, name=name, role="Editor")
        wanted = {"org_name": org, "service_account": name, "dest": str(tmp_path / name)}
        outermost_newer.ok("grafana_sa_token", name=name, seconds_to_live="1h", **wanted)
    outermost_newer.ok("grafana_service_account", org_name="one", name="idle", role="Viewer")
    spare = {"org_name": "one", "service_account": "ci-one", "dest": str(tmp_path / "spare")}
    outermost_newer.ok("grafana_sa_token", name="spare", seconds_to_live=0, prove="never", **spare)
    return outermost_newer


def names(result):
    return sorted(token["name"] for token in result["tokens"])


def test_of_one_org(stocked, tmp_path):
    result = stocked.ok("grafana_sa_token_info", org_name="one")
    assert names(result) == ["ci-one", "spare"]
    by_name = {token["name"]: token for token in result["tokens"]}
    assert by_name["ci-one"]["org_name"] == "one"
    assert by_name["ci-one"]["service_account"] == "ci-one"
    assert (by_name["ci-one"]["never_used"], by_name["spare"]["never_used"]) == (False, True)
    assert (by_name["ci-one"]["only_tested"], by_name["spare"]["only_tested"]) == (True, False)
    assert (by_name["spare"]["expires"], by_name["spare"]["expired"]) == (None, False)
    assert all((tmp_path / name).read_text().strip() not in result.text for name in ("ci-one", "spare"))


def test_expired(stocked):
    stocked.emulator.advance(4000)
    expired = {token["name"]: token["expired"] for token in stocked.ok("grafana_sa_token_info", org_name="one")["tokens"]}
    assert expired == {"ci-one": True, "spare": False}


def test_a_key_that_somebody_uses(stocked, tmp_path):
    stocked.emulator.advance(400)
    key = (tmp_path / "ci-one").read_text().strip()
    assert requests.get(stocked.url + "/api/org", headers={"Authorization": "Bearer " + key}, timeout=10).ok
    used = {token["name"]: token["only_tested"] for token in stocked.ok("grafana_sa_token_info", org_name="one")["tokens"]}
    assert used == {"ci-one": False, "spare": False}


def test_of_some_accounts(stocked):
    assert names(stocked.ok("grafana_sa_token_info", org_name="one", service_accounts=["idle"])) == []
    assert names(stocked.ok("grafana_sa_token_info", org_name="one", service_accounts=["ci-one", "idle"])) == ["ci-one", "spare"]
    assert stocked.fails("grafana_sa_token_info", org_name="one", service_accounts=["nobody"]).code == "account_not_found"


def test_of_all_orgs(stocked):
    result = stocked.ok("grafana_sa_token_info", all_orgs=True)
    assert names(result) == ["ci-one", "ci-two", "spare"]
    assert result["not_a_member_of"] == []
    assert names(stocked.ok("grafana_sa_token_info", all_orgs=True, service_accounts=["ci-two"])) == ["ci-two"]
    result = stocked.fails("grafana_sa_token_info", all_orgs=True, service_accounts=["ci-two", "nobody"])
    assert result.code == "account_not_found"
    assert "named nobody" in result["msg"]


def test_orgs_that_the_caller_is_no_member_of_are_named(stocked):
    stocked.user("boss", OrgId=1)
    stocked.ok("grafana_org_user", org_name="two", login="boss", role="Admin")
    two = stocked.ok("grafana_org_info", name="two")["organizations"][0]["id"]
    stocked.api("DELETE", f"/api/orgs/{two}/users/1")
    stocked.emulator.advance(65)
    result = stocked.ok("grafana_sa_token_info", all_orgs=True)
    assert names(result) == ["ci-one", "spare"]
    assert [org["org_name"] for org in result["not_a_member_of"]] == ["two"]
    assert any("not a member there" in text for text in result["warnings"])


def test_accounts_without_tokens_are_not_asked(stocked):
    before = stocked.requests()
    stocked.ok("grafana_sa_token_info", org_id=stocked.org_id("one"))
    assert stocked.requests() - before == 3  # who the caller is, the accounts, and the tokens of one


@pytest.mark.parametrize("version", ["9.3.2", "12.4.3"])
def test_a_list_that_is_cut_is_said(versioned, version):
    """Older servers say the length of the list as the number of tokens, so that 300 may be more."""
    newest = versioned(version)
    account = newest.ok("grafana_service_account", name="ci")["service_account"]["id"]
    path = f"/api/serviceaccounts/{account}/tokens"
    for number in range(300):
        newest.api("POST", path, {"name": f"t{number:03}"})
    assert bool(newest.ok("grafana_sa_token_info")["warnings"]) is (version == "9.3.2")
    newest.api("POST", path, {"name": "t300"})
    result = newest.ok("grafana_sa_token_info")
    assert len(result["tokens"]) == 300
    assert any("Grafana's list ends at 300" in text for text in result["warnings"])
