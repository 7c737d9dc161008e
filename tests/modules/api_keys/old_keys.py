# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An installation of Grafana that is old enough to have API keys."""

from __future__ import annotations

import requests


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

    def account(self, org, name, role="Viewer"):
        """Make a service account by hand."""
        return self.server.api("POST", "/api/serviceaccounts", {"name": name, "role": role}, org=self.org(org))["id"]

    def tokens(self, org):
        """Return the names of all tokens by their accounts' names."""
        found = {}
        for name, account in self.accounts(org).items():
            tokens = self.server.api("GET", f"/api/serviceaccounts/{account['id']}/tokens", org=self.org(org))
            found[name] = [one["name"] for one in tokens]
        return found


def by_name(result, org):
    """Return the keys of an organization in a result, by name."""
    entry = of_org(result, org)
    return {key["name"]: key for key in entry["api_keys"]}


def of_org(result, org):
    """Return what a result says of an organization."""
    return next(one for one in result["organizations"] if one["org_name"] == org)
