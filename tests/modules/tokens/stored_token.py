# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One token, and the file of its key."""

from __future__ import annotations

import json


class Token:
    """One token of account ci in org tenant, and the file of its key."""

    def __init__(self, server, folder):
        self.server, self.dest = server, folder / "key"
        self.org = server.ok("grafana_org", name="tenant")["organization"]["id"]
        account = server.ok("grafana_service_account", org_name="tenant", name="ci", role="Editor")
        self.account = account["service_account"]["id"]
        self.wanted = {"org_name": "tenant", "service_account": "ci", "name": "ci", "dest": str(self.dest)}

    def present(self, **options):
        return self.server.ok("grafana_sa_token", **{"seconds_to_live": "1h", **self.wanted, **options})

    def refused(self, **options):
        """Return the code of the failure, which check mode reports, too, and which comes before any write."""
        given = {"seconds_to_live": "1h", **self.wanted, **options}
        with self.server.writes_nothing():
            codes = {self.server.fails("grafana_sa_token", **given, check=check).code for check in (True, False)}
        assert len(codes) == 1
        return codes.pop()

    def make(self, name):
        """Create a token as a person does; return the server's answer, with the key."""
        path = f"/api/serviceaccounts/{self.account}/tokens"
        return self.server.api("POST", path, {"name": name}, org=self.org)

    def absent(self, **options):
        return self.server.ok("grafana_sa_token", state="absent", **{**self.wanted, **options})

    @property
    def key(self):
        return self.dest.read_text().strip()

    @property
    def metadata(self):
        return json.loads((self.dest.parent / "key.json").read_text())

    def listed(self):
        """Return the names of the account's tokens, as the server lists them."""
        tokens = self.server.api("GET", f"/api/serviceaccounts/{self.account}/tokens", org=self.org)
        return [entry["name"] for entry in tokens]

    def delete(self, token_id):
        self.server.api("DELETE", f"/api/serviceaccounts/{self.account}/tokens/{token_id}", org=self.org)

    def works(self, key):
        """Tell whether the server takes *key*."""
        import requests

        headers = {"Authorization": "Bearer " + key}
        return requests.get(self.server.url + "/api/org", headers=headers, timeout=10).status_code == 200
