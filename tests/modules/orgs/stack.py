# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack of Grafana Cloud, and modules that use it by the Cloud API."""

from __future__ import annotations

from collections import Counter

import requests

SLUG, TOKEN = "acme", "glc_eyJvIjoiNjUyOTkyIiwibiI6InRlc3RzIn0="
SETTINGS = {"cloud.stack": SLUG, "cloud.token": TOKEN}
ACCOUNTS = "/api/instances/{slug}/api/serviceaccounts"


class Stack:
    """A stack, and modules run against it by the Cloud API."""

    def __init__(self, server, folder):
        self.server, self.emulator, self.folder = server, server.emulator, folder
        self.dest = folder / "key"
        self._made = Counter()
        self.wanted = {"service_account": "ci", "name": "ci", "seconds_to_live": "1h", "dest": str(self.dest)}

    def options(self, **changed):
        connection = {"url": "", "cloud_stack": SLUG, "cloud_url": self.server.url + "/api", "token": TOKEN}
        return {"admin": False, **connection, **changed}

    def ok(self, module, **options):
        return self.server.ok(module, **self.options(**options))

    def fails(self, module, **options):
        return self.server.fails(module, **self.options(**options))

    def four(self, module, **options):
        return self.server.four(module, **self.options(**options))

    def account(self, **options):
        return self.ok("grafana_service_account", **{"name": "ci", "role": "Editor", **options})

    def key(self, **options):
        return self.ok("grafana_sa_token", **{**self.wanted, **options})

    def set(self, **settings):
        """Change settings of the Cloud API, or the stack's status."""
        self.emulator.configure({"cloud." + name: value for name, value in settings.items()})

    def accounts(self):
        """Return the stack's accounts as its admin sees them: name -> role."""
        found = self.server.api("GET", "/api/serviceaccounts/search")["serviceAccounts"]
        return {entry["name"]: entry["role"] for entry in found}

    def living(self):
        """Return the names of all tokens."""
        return self.emulator.token_names()

    def works(self):
        """Tell whether the stored key works at the stack."""
        headers = {"Authorization": "Bearer " + self.dest.read_text().strip()}
        return requests.get(self.server.url + "/api/org", headers=headers, timeout=10).status_code == 200

    def made(self):
        """Return how many requests were made of each kind since the last call: (method, route) -> count."""
        now = Counter({(one["method"], one["route"]): one["count"] for one in self.emulator.stats()["routes"]})
        found, self._made = now - self._made, now
        return dict(found)
