# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What were the API keys of a stack of Grafana Cloud get successors, by the Cloud API."""

from __future__ import annotations

import pytest
import requests

from modules.orgs.stack import SETTINGS, TOKEN, Stack

MIGRATE = "grafana_apikey_migrate"
DAY = 86400


class OldStack(Stack):
    """A stack that had API keys, and has become one of today."""

    def __init__(self, server, folder):
        super().__init__(server, folder)
        self.old = {}
        self.keys = folder / "keys"
        self.keys.mkdir()
        self.reissue = {
            "mode": "reissue",
            "reissue_migrated": True,
            "seconds_to_live": "90d",
            "sink": {"type": "file", "path": str(self.keys / "{name}")},
        }

    def api_key(self, name, role):
        """Make an API key as people did."""
        headers = {"Authorization": "Bearer " + TOKEN, "x-request-id": name}
        url = self.server.url + "/api/instances/acme/api/auth/keys"
        answer = requests.post(url, json={"name": name, "role": role}, headers=headers, timeout=10)
        self.old[name] = answer.json()["key"]

    def takes(self, key):
        """Tell whether the stack takes a key."""
        headers = {"Authorization": "Bearer " + key}
        return requests.get(self.server.url + "/api/org", headers=headers, timeout=10).status_code == 200

    def new(self):
        """Return the new keys by the names of their files."""
        return {path.name: path.read_text().strip() for path in self.keys.iterdir() if path.suffix not in (".json", ".lock")}


@pytest.fixture
def old(special, tmp_path):
    stack = OldStack(special("9.3.2", settings=SETTINGS), tmp_path)
    for name, role in (("backup", "Viewer"), ("pipeline", "Editor")):
        stack.api_key(name, role)
    stack.emulator.upgrade("12.4.3")
    return stack


def test_a_plan_tells_what_there_is(old):
    with old.server.writes_nothing():
        result = old.ok(MIGRATE, **{**old.reissue, "mode": "plan"})
    assert not result["changed"]
    assert result["summary"]["api_keys"] == 2
    assert result["server"]["api_keys"] == "gone"
    assert {key["name"] for key in result["organizations"][0]["api_keys"]} == {"backup", "pipeline"}


def test_four_runs(old):
    results = old.four(MIGRATE, **old.reissue)
    assert results[1]["summary"]["reissued"] == 2
    assert old.accounts() == {
        "backup": "Viewer",
        "pipeline": "Editor",
        "sa-autogen-backup": "Viewer",
        "sa-autogen-pipeline": "Editor",
    }
    assert all(old.takes(key) for key in (*old.old.values(), *old.new().values()))
    assert len(old.new()) == 2
    # From here on it is a token like any other.
    renewed = {"service_account": "backup", "name": "replaces-backup", "dest": str(old.keys / "replaces-backup")}
    assert not old.ok("grafana_sa_token", **renewed, seconds_to_live="90d", renew_before="14d")["changed"]


def test_old_keys_go_when_nobody_uses_them_any_more(old):
    going = {**old.reissue, "delete_keys": "unused_for=30d"}
    old.ok(MIGRATE, **going)
    assert old.takes(old.old["backup"])
    old.emulator.advance(20 * DAY)
    assert old.takes(old.old["pipeline"])
    old.emulator.advance(20 * DAY)
    assert old.ok(MIGRATE, **going)["changed"]
    assert sorted(old.accounts()) == ["backup", "pipeline", "sa-autogen-pipeline"]
    assert not old.takes(old.old["backup"])
    assert old.takes(old.old["pipeline"])


def test_keys_that_the_task_names(old):
    keys = [{"name": "backup", "role": "Viewer"}, {"name": "elsewhere", "role": "Editor", "service_account": "ci"}]
    given = {**old.reissue, "reissue_migrated": False, "keys": keys}
    results = old.four(MIGRATE, **given)
    assert results[1]["summary"]["reissued"] == 2
    assert {"backup", "ci"} <= set(old.accounts())


def test_a_key_that_clients_have_is_proven_at_the_stack(old):
    (old.folder / "backup").write_text(old.old["backup"])
    result = old.ok(MIGRATE, **old.reissue, verify_keys=[{"path": str(old.folder / "backup"), "role": "Viewer"}])
    (proof,) = result["verified"]
    assert (proof["works"], proof["worked_before"], proof["service_account"]) == (True, True, "sa-autogen-backup")


def test_no_secret_is_shown(old):
    results = [old.ok(MIGRATE, **old.reissue), old.ok(MIGRATE, **{**old.reissue, "delete_keys": "after_proof"})]
    secrets = [TOKEN, *old.old.values(), *old.new().values()]
    assert len(secrets) == 5
    assert not [secret for secret in secrets for result in results if secret in result.text]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mode": "server"}, "mode: server cannot be used with cloud_stack"),
        ({"mode": "plan", "adopt": [{"pattern": "sa-autogen-(.*)", "name": "\\1"}]}, "adopt cannot be used with cloud_stack"),
        ({"mode": "plan", "orgs": "all"}, "a stack is one organization"),
        ({"mode": "plan", "orgs": ["tenant"]}, "a stack is one organization"),
        ({"mode": "plan", "org_name": "tenant"}, "org_id and org_name have no meaning"),
    ],
)
def test_what_the_cloud_api_cannot_do(old, options, words):
    old.made()
    result = old.fails(MIGRATE, **options)
    assert result.code == "bad_input"
    assert words in result["msg"]
    assert old.made() == {}
