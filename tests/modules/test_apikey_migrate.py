# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys become service accounts, by the server's own migration."""

from __future__ import annotations

import pytest
import requests

MIGRATE = "grafana_apikey_migrate"


class Old:
    """An installation of 9.3.2 with API keys, and what it becomes."""

    def __init__(self, server):
        self.server, self.secrets = server, {}
        self.orgs = {}

    def org(self, name):
        if name not in self.orgs:
            self.orgs[name] = self.server.api("POST", "/api/orgs", {"name": name})["orgId"]
        return self.orgs[name]

    def key(self, org, name, role="Editor", lifetime=None):
        """Make an API key, and return its id."""
        body = {"name": name, "role": role, **({"secondsToLive": lifetime} if lifetime else {})}
        made = self.server.api("POST", "/api/auth/keys", body, org=self.org(org))
        self.secrets[org, name] = made["key"]
        return made["id"]

    def upgrade(self, version):
        self.server.emulator.upgrade(version)
        self.server.version = version
        return self

    def works(self, org, name):
        """Return whether an old key is taken, in its organization."""
        headers = {"Authorization": "Bearer " + self.secrets[org, name]}
        answer = requests.get(self.server.url + "/api/org", headers=headers, timeout=10)
        return answer.status_code == 200 and answer.json()["id"] == self.orgs[org]

    def all_work(self, but=()):
        return all(self.works(*place) for place in self.secrets if place not in but)

    def listed(self, org):
        found = self.server.api("GET", "/api/auth/keys?includeExpired=true", org=self.org(org))
        return [key["name"] for key in found]

    def accounts(self, org):
        found = self.server.api("GET", "/api/serviceaccounts/search", org=self.org(org))["serviceAccounts"]
        return {account["name"]: account for account in found}


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


def by_name(result, org):
    entry = next(one for one in result["organizations"] if one["org_name"] == org)
    return {key["name"]: key for key in entry["api_keys"]}


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
    found = next(one for one in again["organizations"] if one["org_name"] == "a")
    assert found["found"] == "none"
    assert {one["name"] for one in found["service_accounts"]} == {"sa-autogen-ci", "sa-autogen-reader", "sa-autogen-over"}
    assert again["summary"]["service_accounts"] == 5


def test_plan_writes_nothing(keys):
    with keys.server.writes_nothing():
        result = keys.server.ok(MIGRATE, mode="plan", orgs="all")
    assert not result["changed"]
    assert by_name(result, "a")["over"]["expired"]
    assert {key["action"] for key in by_name(result, "a").values()} == {"migrate"}
