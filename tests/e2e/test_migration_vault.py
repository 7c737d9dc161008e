# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reissued keys in the controller's vault, which only the action plugin can write."""

from __future__ import annotations

import pytest
import requests
import yaml

from e2e import needles
from e2e.conftest import PASSWORD

KEYS = ("ci", "reader")


class Migrated:
    """A server with API keys in an organization, and a playbook that reissues them into a vault file."""

    def __init__(self, site):
        self.site, self.file = site, site.folder / "vault.yml"
        (site.folder / "password").write_text("the-vaults-own-Passw0rd\n")
        self.environment = {"ANSIBLE_VAULT_PASSWORD_FILE": str(site.folder / "password")}
        self.org = self.api("POST", "/api/orgs", {"name": "tenant"})["orgId"]
        self.old = {name: self.api("POST", "/api/auth/keys", {"name": name, "role": "Editor"})["key"] for name in KEYS}
        site.emulator.upgrade("11.5.1")

    def api(self, method, path, body=None):
        headers = {"X-Grafana-Org-Id": str(self.org)} if hasattr(self, "org") else {}
        url = self.site.emulator.url + path
        answer = requests.request(method, url, json=body, headers=headers, auth=("admin", PASSWORD), timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def play(self, *words, **options):
        sink = {"type": "ansible_vault", "path": str(self.file), "variable": "{org_name}_{name}"}
        task = {"mode": "reissue", "org_name": "tenant", "sink": sink, "account_template": "my {name}", **options}
        show = {"ansible.builtin.debug": {"var": "migrated"}}
        tasks = [{"orgsmith.grafana.grafana_apikey_migrate": task, "register": "migrated"}, show]
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        path = self.site.write("reissue.yml", [play])
        return self.site.play(path, "-vvv", "--diff", *words, environment=self.environment)

    def stored(self):
        text = self.site.command("ansible-vault", "view", str(self.file), environment=self.environment).ok().text
        found = yaml.safe_load(text)
        return {name: found[f"tenant_replaces_{name}"] for name in KEYS}

    def works(self, key):
        answer = requests.get(self.site.emulator.url + "/api/org", headers={"Authorization": "Bearer " + key}, timeout=10)
        return answer.status_code == 200 and answer.json()["id"] == self.org

    def listed(self):
        return [key["name"] for key in self.api("GET", "/api/auth/keys")]


@pytest.fixture
def migrated(sites):
    return Migrated(sites("9.3.2"))


@pytest.mark.by_core
def test_four_runs_and_no_key_anywhere_else(migrated):
    runs = [migrated.play("--check").ok()]
    assert not migrated.file.exists()
    assert migrated.listed() == list(KEYS)
    runs += [migrated.play(), migrated.play("--check"), migrated.play()]
    assert [run.ok().recap["changed"] for run in runs] == [1, 1, 0, 0]
    assert all(map(migrated.works, migrated.stored().values()))
    assert migrated.listed() == list(KEYS)
    # Only what is stored and works lets an old key go.
    runs += [migrated.play(delete_keys="after_proof"), migrated.play(delete_keys="after_proof")]
    assert [run.ok().recap["changed"] for run in runs[4:]] == [1, 0]
    assert migrated.listed() == []
    assert all(map(migrated.works, migrated.stored().values()))
    secrets = [*migrated.old.values(), *migrated.stored().values()]
    assert needles.in_text(secrets, "".join(run.text for run in runs)) == []
    assert needles.in_files(secrets, [migrated.site.folder, migrated.site.temporary], set()) == []


def test_all_in_one_run(migrated):
    run = migrated.play(delete_keys="after_proof").ok()
    assert run.recap["changed"] == 1
    assert '"deleted": 2' in run.text
    assert '"reissued": 2' in run.text
    assert migrated.listed() == []
    assert all(map(migrated.works, migrated.stored().values()))
    assert migrated.site.emulator.token_names() == ["replaces-ci", "replaces-reader"]


def test_a_vault_that_cannot_be_written_costs_no_key(migrated):
    migrated.file.write_text("plain: 1\n")
    refused = migrated.play(delete_keys="after_proof").failed()
    assert "is not encrypted" in refused.text
    assert migrated.listed() == list(KEYS)
    assert migrated.site.emulator.token_names() == []
