# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization with a service account, and tokens of it."""

from __future__ import annotations

import requests


class Tenant:
    """Org tenant with account ci on a server of the harness; *folder* is for files."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder
        self.org = server.ok("grafana_org", name="tenant")["organization"]["id"]
        account = server.ok("grafana_service_account", org_name="tenant", name="ci", role="Editor")
        self.account = account["service_account"]["id"]
        self.wanted = {"org_name": "tenant", "service_account": "ci", "name": "ci"}

    def present(self, **options):
        return self.server.ok("grafana_sa_token", **{"seconds_to_live": "1h", **self.wanted, **options})

    def absent(self, **options):
        return self.server.ok("grafana_sa_token", state="absent", **{**self.wanted, **options})

    def fails(self, **options):
        return self.server.fails("grafana_sa_token", **{"seconds_to_live": "1h", **self.wanted, **options})

    def four(self, **options):
        return self.server.four("grafana_sa_token", **{"seconds_to_live": "1h", **self.wanted, **options})

    def tokens(self):
        """Return the account's tokens, as the server lists them."""
        return self.server.api("GET", f"/api/serviceaccounts/{self.account}/tokens", org=self.org)

    def listed(self):
        return [entry["name"] for entry in self.tokens()]

    def make(self, name, lifetime=None, account=None):
        """Make a token by hand; return id and key."""
        body = {"name": name, **({"secondsToLive": lifetime} if lifetime else {})}
        return self.server.api("POST", f"/api/serviceaccounts/{account or self.account}/tokens", body, org=self.org)

    def delete(self, token_id):
        self.server.api("DELETE", f"/api/serviceaccounts/{self.account}/tokens/{token_id}", org=self.org)

    def works(self, key):
        """Tell whether the server takes *key*."""
        headers = {"Authorization": "Bearer " + key}
        return requests.get(self.server.url + "/api/org", headers=headers, timeout=10).status_code == 200

    def advance(self, days=0, hours=0, minutes=0):
        self.server.emulator.advance(days * 86400 + hours * 3600 + minutes * 60)
