# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of a stack of Grafana Cloud in the controller's vault, which only the action plugin can write."""

from __future__ import annotations

import pytest
import requests
import yaml

from e2e import needles

TOKEN = "glc_eyJvIjoiNjUyOTkyIiwibiI6InZhdWx0IiwiayI6IjU2NzgifQ"
SETTINGS = {"cloud.stack": "acme", "cloud.token": TOKEN}


class Vaulted:
    """A stack, and a playbook that keeps the key of one account of it in a vault file."""

    def __init__(self, site):
        self.site, self.file = site, site.folder / "vault.yml"
        (site.folder / "password").write_text("the-vaults-own-Passw0rd\n")
        (site.folder / "cloud-token").write_text(TOKEN)
        self.environment = {"ANSIBLE_VAULT_PASSWORD_FILE": str(site.folder / "password"), "GRAFANA_URL": ""}
        self.connection = {
            "cloud_stack": "acme",
            "cloud_url": site.emulator.url + "/api",
            "token_file": str(site.folder / "cloud-token"),
        }

    def play(self, *words, **options):
        token = {
            "service_account": "ci",
            "name": "ci",
            "seconds_to_live": "30d",
            "sink": {"type": "ansible_vault", "path": str(self.file), "variable": "ci_key"},
            **options,
        }
        tasks = [
            {"orgsmith.grafana.grafana_service_account": {**self.connection, "name": "ci", "role": "Editor"}},
            {"orgsmith.grafana.grafana_sa_token": {**self.connection, **token}},
        ]
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        return self.site.play(self.site.write("vault-play.yml", [play]), "-vvv", *words, environment=self.environment)

    def key(self):
        text = self.site.command("ansible-vault", "view", str(self.file), environment=self.environment).ok().text
        return yaml.safe_load(text)["ci_key"]

    def works(self):
        headers = {"Authorization": "Bearer " + self.key()}
        return requests.get(self.site.emulator.url + "/api/org", headers=headers, timeout=10).status_code == 200

    def living(self):
        return self.site.emulator.token_names()


@pytest.fixture
def vaulted(sites):
    return Vaulted(sites(settings=SETTINGS))


@pytest.mark.by_core
def test_four_runs_rotation_and_no_key_anywhere_else(vaulted):
    runs = [vaulted.play().ok(), vaulted.play("--check").ok(), vaulted.play().ok()]
    assert [run.recap["changed"] for run in runs] == [2, 0, 0]
    assert vaulted.works()
    first = vaulted.key()
    runs.append(vaulted.play(prove="always").ok())
    assert runs[-1].recap["changed"] == 0
    runs.append(vaulted.play(rotate="always").ok())
    assert runs[-1].recap["changed"] == 1
    assert vaulted.key() != first
    assert vaulted.works()
    assert vaulted.living() == ["ci-2"]
    secrets = [TOKEN, first, vaulted.key()]
    assert needles.in_text(secrets, "".join(run.text for run in runs)) == []
    folders = [vaulted.site.folder, vaulted.site.temporary]
    assert needles.in_files(secrets, folders, {vaulted.site.folder / "cloud-token"}) == []


def test_a_key_that_does_not_work_any_more_is_found_from_the_control_node(vaulted):
    vaulted.play().ok()
    (token,) = vaulted.site.emulator.tokens()
    vaulted.site.emulator.revoke(token.id)
    assert vaulted.play(prove="always").ok().recap["changed"] == 1
    assert vaulted.works()


#: Runs in every Python process of the playbook: the vault file can be replaced once, for the note, and then no more.
HOOK = """
import errno, os
plain, seen = os.replace, []
def replace(source, target, **more):
    if str(target).endswith("vault.yml"):
        seen.append(target)
        if len(seen) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
    return plain(source, target, **more)
os.replace = replace
"""


def test_a_key_that_cannot_be_stored_is_deleted_again(vaulted, tmp_path):
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK)
    vaulted.environment["PYTHONPATH"] = str(tmp_path / "hook")
    assert "No space left on device" in vaulted.play().failed().text
    made = [one for one in vaulted.site.emulator.stats()["routes"] if (one["method"], one["route"][-7:]) == ("POST", "/tokens")]
    assert [one["count"] for one in made] == [1]
    assert vaulted.living() == []
