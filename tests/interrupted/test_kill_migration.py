# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A migration that is killed, before and after each request and each change of a file in turn: the next one ends well.

The server migrates without any old key failing, not even for a while; a reissued key is never deleted before its successor
is stored.
"""

from __future__ import annotations

import pytest
import requests

from interrupted.runner import Runner
from servers import Grafana

PASSWORD = "S3cret-of-the-tests"
KEYS = (("a", "ci"), ("a", "over"), ("a", "reader"), ("b", "ci"))


class Installation:
    """A server with API keys, and a runner."""

    def __init__(self, version, folder):
        self.version, self.folder = version, folder
        self.emulator = Grafana(version="9.3.2", admin_password=PASSWORD)
        self.emulator.start()
        self.runner = Runner({"url": self.emulator.url, "username": "admin", "password": PASSWORD, "retries": 2})

    def close(self):
        self.runner.close()
        self.emulator.stop()

    def reset(self, keys=KEYS):
        self.emulator.reset()
        for path in self.folder.iterdir():
            path.unlink()
        self.orgs, self.secrets = {}, {}
        for org in ("a", "b"):
            self.orgs[org] = self.api("POST", "/api/orgs", {"name": org})["orgId"]
        for org, name in keys:
            body = {"name": name, "role": "Editor", **({"secondsToLive": 1} if name == "over" else {})}
            self.secrets[org, name] = self.api("POST", "/api/auth/keys", body, self.orgs[org])["key"]
        self.emulator.advance(5)
        if self.version != "9.3.2":
            self.emulator.upgrade(self.version)

    def api(self, method, path, body=None, org=None):
        headers = {"X-Grafana-Org-Id": str(org)} if org else {}
        answer = requests.request(
            method, self.emulator.url + path, json=body, headers=headers, auth=("admin", PASSWORD), timeout=20
        )
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer.json()

    def run(self, kill_at=0, **options):
        return self.runner.run("grafana_apikey_migrate", kill_at, orgs="all", **options)

    def works(self, org, key):
        answer = requests.get(self.emulator.url + "/api/org", headers={"Authorization": "Bearer " + key}, timeout=20)
        return answer.status_code == 200 and answer.json()["id"] == self.orgs[org]

    def old_ones_work(self):
        return all(self.works(org, key) for (org, name), key in self.secrets.items() if name != "over")

    def tokens(self, org):
        """Return account and name of each token, sorted."""
        accounts = self.api("GET", "/api/serviceaccounts/search", org=self.orgs[org])["serviceAccounts"]
        return sorted(
            (account["name"], token["name"])
            for account in accounts
            for token in self.api("GET", f"/api/serviceaccounts/{account['id']}/tokens", org=self.orgs[org]) or [{"name": ""}]
        )

    def listed(self, org):
        return [key["name"] for key in self.api("GET", "/api/auth/keys?includeExpired=true", org=self.orgs[org])]


@pytest.fixture(params=["9.3.2", "11.5.1"])
def installation(request, tmp_path):
    made = Installation(request.param, tmp_path)
    yield made
    made.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("work", ["all at once", "one by one, and adopted"])
def test_the_servers_own(installation, work, record_property):
    adopt = [{"pattern": "sa-autogen-(.*)", "name": r"my \1"}]
    options = {"mode": "server", **({"name_pattern": ".", "adopt": adopt} if work != "all at once" else {})}
    start = "sa-autogen-" if work == "all at once" else "my "
    kill_at = 0
    while True:
        kill_at += 1
        installation.reset()
        ended = installation.run(kill_at, **options)
        assert installation.old_ones_work()
        clean = installation.run(**options) if ended.killed else ended
        assert clean.code == 0, clean.result
        assert not installation.run(**options).changed
        assert installation.old_ones_work()
        assert installation.tokens("a") == [(start + name, name) for name in ("ci", "over", "reader")]
        assert installation.tokens("b") == [(start + "ci", "ci")]
        assert (installation.listed("a"), installation.listed("b")) == ([], [])
        if not ended.killed:
            break
    assert kill_at > 4
    record_property("kill points", kill_at - 1)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("installation", ["11.5.1"], indirect=True)
def test_reissuing(installation, record_property):
    sink = {"type": "file", "path": str(installation.folder / "{org_id}-{name}")}
    options = {"mode": "reissue", "sink": sink, "delete_keys": "after_proof", "account_template": "{name}-{org_id}"}
    kill_at = 0
    while True:
        kill_at += 1
        installation.reset((("a", "ci"), ("a", "over"), ("b", "ci")))
        ended = installation.run(kill_at, **options)
        # Whoever has no working old key any more finds a new one.
        for (org, name), key in installation.secrets.items():
            if name != "over" and not installation.works(org, key):
                stored = installation.folder / f"{installation.orgs[org]}-replaces-{name}"
                assert installation.works(org, stored.read_text().strip())
        clean = installation.run(**options) if ended.killed else ended
        assert clean.code == 0, clean.result
        assert not installation.run(**options).changed
        for org, number in installation.orgs.items():
            assert [account for account, _token in installation.tokens(org)] == [f"ci-{number}"]
            assert installation.listed(org) == (["over"] if org == "a" else [])
            assert installation.works(org, (installation.folder / f"{number}-replaces-ci").read_text().strip())
        if not ended.killed:
            break
    assert kill_at > 20
    record_property("kill points", kill_at - 1)
