# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization whose API key ci a task wants, under the versions that create API keys."""

from __future__ import annotations

import json

import pytest
import requests

KEY = "grafana_api_key"
MAKERS = ["8.5.15", "9.3.2", "10.4.3"]
AT_DAWN = "9.3.2"


class Keys:
    """Org tenant, API key ci that is wanted in it, and the file of its key."""

    def __init__(self, server, folder):
        self.server, self.folder, self.dest = server, folder, folder / "key"
        self.org = server.ok("grafana_org", name="tenant")["organization"]["id"]
        self.wanted = {"org_name": "tenant", "name": "ci", "role": "Editor", "seconds_to_live": "1h", "dest": str(self.dest)}

    def options(self, more):
        """Return what a task says: what is wanted, with *more* in its place, and without what is ``None``."""
        return {name: value for name, value in {**self.wanted, **more}.items() if value is not None}

    def present(self, **more):
        return self.server.ok(KEY, **self.options(more))

    def absent(self, **more):
        return self.server.ok(KEY, state="absent", **self.options(more))

    def fails(self, **more):
        return self.server.fails(KEY, **self.options(more))

    def four(self, **more):
        return self.server.four(KEY, **self.options(more))

    @property
    def key(self):
        return self.dest.read_text().strip()

    @property
    def metadata(self):
        return json.loads((self.folder / "key.json").read_text())

    def note(self, **changes):
        """Change what is remembered."""
        (self.folder / "key.json").write_text(json.dumps({**self.metadata, **changes}))

    def make(self, name="ci", role="Editor", lifetime=None, org=None):
        """Make a key by hand; return id and key."""
        body = {"name": name, "role": role, **({"secondsToLive": lifetime} if lifetime else {})}
        return self.server.api("POST", "/api/auth/keys", body, org=org or self.org)

    def delete(self, key_id):
        self.server.api("DELETE", f"/api/auth/keys/{key_id}", org=self.org)

    def listed(self):
        found = self.server.api("GET", "/api/auth/keys?includeExpired=true", org=self.org)
        return {key["name"]: key for key in found}

    def works(self, key):
        headers = {"Authorization": "Bearer " + key}
        return requests.get(self.server.url + "/api/org", headers=headers, timeout=10).status_code == 200

    def upgrade(self, version):
        self.server.emulator.upgrade(version)
        self.server.version = version


@pytest.fixture(params=MAKERS)
def keys(request, versioned, tmp_path):
    return Keys(versioned(request.param), tmp_path)


@pytest.fixture
def old(versioned, tmp_path):
    return Keys(versioned(AT_DAWN), tmp_path)
