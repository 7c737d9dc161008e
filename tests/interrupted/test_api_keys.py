# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that makes, replaces or removes an API key and is killed, at every point in turn: the next one ends well."""

from __future__ import annotations

import json

import pytest
import requests

from interrupted.runner import Runner
from interrupted.world import LIFETIME, ORPHAN, PASSWORD
from servers import Grafana
from standins import Vault

WORKS = {
    "make": {},
    "replace": {"role": "Viewer", "replace": "when_needed"},
    "remove": {"state": "absent"},
}


class World:
    """A server, a place for the key of API key ci, and two runners; *sink* is file, command or hashi_vault."""

    def __init__(self, version, sink, folder):
        self.emulator = Grafana(version=version, admin_password=PASSWORD)
        self.emulator.start()
        connection = {"url": self.emulator.url, "username": "admin", "password": PASSWORD, "retries": 2}
        self.runners = [Runner(connection), Runner(connection)]
        self.kind, self.folder, self.vault = sink, folder, Vault().__enter__()

    def close(self):
        for runner in self.runners:
            runner.close()
        self.vault.__exit__()
        self.emulator.stop()

    def reset(self):
        self.emulator.reset()
        self.vault.secrets.clear()
        for path in self.folder.iterdir():
            path.unlink()

    def options(self, more):
        sinks = {
            "file": {"type": "file", "path": str(self.folder / "key")},
            "hashi_vault": {"type": "hashi_vault", "url": self.vault.url, "token": self.vault.token, "path": "team/key"},
            "command": {
                "type": "command",
                "store_command": ["sh", "-c", 'cat > "$1.new" && mv "$1.new" "$1"', "sh", str(self.folder / "key")],
                "remove_command": ["rm", "-f", str(self.folder / "key")],
                "metadata_path": str(self.folder / "about.json"),
            },
        }
        return {"name": "ci", "role": "Editor", "seconds_to_live": LIFETIME, "sink": sinks[self.kind], **more}

    def run(self, kill_at=0, **more):
        return self.runners[0].run("grafana_api_key", kill_at, **self.options(more))

    def both(self, **more):
        for runner in self.runners:
            runner.begin("grafana_api_key", **self.options(more))
        return [runner.end() for runner in self.runners]

    def stored(self):
        if self.kind == "hashi_vault":
            return (self.vault.data("team/key") or {}).get("key")
        path = self.folder / "key"
        return path.read_text().strip() if path.exists() else None

    def listed(self):
        address = self.emulator.url + "/api/auth/keys?includeExpired=true"
        return [(key["name"], key["role"]) for key in requests.get(address, auth=("admin", PASSWORD), timeout=20).json()]

    def works(self, key):
        headers = {"Authorization": f"Bearer {key}"}
        return bool(key) and requests.get(self.emulator.url + "/api/org", headers=headers, timeout=20).status_code == 200

    def finished(self, more):
        """Run the same task again, which has to bring it about, and once more, which has to change nothing."""
        ended = self.run(**more)
        if ended.code and self.kind == "hashi_vault":
            # Without a lock the next run cannot tell whether the other one is still at work, and waits.
            assert ended.result["failure"]["code"] == "replace_needed", ended.result
            assert "another run may be about to store it" in ended.result["msg"]
            self.emulator.advance(ORPHAN + 60)
            ended = self.run(**more)
        assert ended.code == 0, ended.result
        last = self.run(**more)
        assert last.code == 0, last.result
        assert not last.changed, last.result
        if more.get("state") == "absent":
            assert (self.listed(), self.stored()) == ([], None)
            return
        assert self.listed() == [("ci", more.get("role", "Editor"))]
        assert self.works(self.stored()), last.result
        assert str(self.stored()) not in json.dumps(last.result)
        left = [path for path in self.folder.iterdir() if path.name != "key"]
        assert not [path.name for path in left if str(self.stored()) in path.read_text()]


@pytest.fixture(scope="module", params=["file", "command", "hashi_vault"])
def world(request, tmp_path_factory):
    made = World("9.3.2", request.param, tmp_path_factory.mktemp("keys"))
    yield made
    made.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("work", WORKS)
def test_killed_at_every_point(world, work, record_property):
    more = WORKS[work]
    kill_at = 0
    while True:
        kill_at += 1
        world.reset()
        if work != "make":
            assert world.run().code == 0
        ended = world.run(kill_at, **more)
        if not ended.killed:
            break
        world.finished(more)
    assert ended.code == 0, ended.result
    assert ended.points == kill_at - 1
    assert kill_at > 4
    record_property("kill points", kill_at - 1)


@pytest.mark.parametrize("work", WORKS)
def test_two_at_once(world, work):
    more = WORKS[work]
    for _time in range(5):
        world.reset()
        if work != "make":
            assert world.run().code == 0
        ended = world.both(**more)
        # One of them at least brings it about; the other may have been told that it is at work.
        assert any(one.code == 0 for one in ended), [one.result for one in ended]
        world.finished(more)
