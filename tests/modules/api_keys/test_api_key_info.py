# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of API keys, and that it is never a secret."""

from __future__ import annotations

import pytest

INFO = "grafana_api_key_info"


@pytest.fixture(params=["8.5.15", "9.3.2", "10.4.3"])
def stocked(request, versioned, tmp_path):
    """Two organizations with an API key each, and one in the first that has expired."""
    server = versioned(request.param)
    for org in ("one", "two"):
        server.ok("grafana_org", name=org)
        wanted = {"org_name": org, "name": f"ci-{org}", "role": "Editor", "seconds_to_live": "1h"}
        server.ok("grafana_api_key", dest=str(tmp_path / org), **wanted)
    server.api("POST", "/api/auth/keys", {"name": "over", "role": "Viewer", "secondsToLive": 1}, org="one")
    server.emulator.advance(600)
    return server


def names(result):
    return [key["name"] for key in result["api_keys"]]


def test_of_one_org(stocked, tmp_path):
    result = stocked.ok(INFO, org_name="one")
    assert names(result) == ["ci-one", "over"]
    first, over = result["api_keys"]
    assert (first["role"], first["expired"], first["org_name"]) == ("Editor", False, "one")
    assert first["expires"]
    assert (over["role"], over["expired"]) == ("Viewer", True)
    assert (first["last_used"] is not None) == (stocked.version == "10.4.3")
    assert (first["created"], first["age"]) == (None, None)
    assert result["cut_in"] == []
    assert result["server"] == {
        "version": stocked.version,
        "lists": True,
        "creates": True,
        "migrates": stocked.version != "8.5.15",
        "migrates_at_start": False,
    }
    assert (tmp_path / "one").read_text().strip() not in result.text


def test_the_age_where_it_is_remembered(stocked, tmp_path):
    dests = [str(tmp_path / name) for name in ("one", "two", "nothing")]
    ages = {key["name"]: key["age"] for key in stocked.ok(INFO, all_orgs=True, dests=dests)["api_keys"]}
    assert ages["over"] is None
    assert all(590 < ages[name] < 660 for name in ("ci-one", "ci-two"))


def test_selected(stocked):
    assert names(stocked.ok(INFO, org_name="one", expired=True)) == ["over"]
    assert names(stocked.ok(INFO, org_name="one", expired=False)) == ["ci-one"]
    assert names(stocked.ok(INFO, org_name="one", name="over")) == ["over"]
    assert names(stocked.ok(INFO, org_name="one", name="Over")) == []


def test_of_all_orgs(stocked):
    before = stocked.requests()
    result = stocked.ok(INFO, all_orgs=True)
    assert stocked.requests() - before == 6  # the caller, the orgs, the memberships, and the keys of each
    assert sorted(names(result)) == ["ci-one", "ci-two", "over"]
    assert result["not_a_member_of"] == []


def test_orgs_that_the_caller_is_no_member_of_are_named(stocked):
    stocked.user("boss", OrgId=1)
    stocked.ok("grafana_org_user", org_name="two", login="boss", role="Admin")
    two = stocked.ok("grafana_org_info", name="two")["organizations"][0]["id"]
    stocked.api("DELETE", f"/api/orgs/{two}/users/1")
    stocked.emulator.advance(120)
    result = stocked.ok(INFO, all_orgs=True)
    assert sorted(names(result)) == ["ci-one", "over"]
    assert [org["org_name"] for org in result["not_a_member_of"]] == ["two"]
    assert any("not a member there" in text for text in result["warnings"])


def test_a_list_that_is_cut_is_said(stocked):
    for number in range(100):
        stocked.api("POST", "/api/auth/keys", {"name": f"z{number:03}", "role": "Viewer"}, org="one")
    result = stocked.ok(INFO, all_orgs=True)
    assert [org["org_name"] for org in result["cut_in"]] == ["one"]
    assert any("ends at 100" in text for text in result["warnings"])


def test_missing_org(stocked):
    assert stocked.fails(INFO, org_name="nowhere").code == "org_not_found"


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("11.5.1", {"lists": True, "creates": False, "migrates": True, "migrates_at_start": False}),
        ("12.0.0-pre", {"lists": True, "creates": False, "migrates": True, "migrates_at_start": True}),
        ("12.4.3", {"lists": False, "creates": False, "migrates": False, "migrates_at_start": True}),
        ("13.1.0-pre", {"lists": False, "creates": False, "migrates": False, "migrates_at_start": True}),
    ],
)
def test_newer_versions(versioned, version, told):
    result = versioned(version).ok(INFO, all_orgs=True)
    assert result["api_keys"] == []
    server = dict(result["server"])
    assert version.startswith(server.pop("version"))
    assert server == told
    assert any("no API keys any more" in text for text in result["warnings"]) == (not told["lists"])
