# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/migration/cloud.md as it stands: its playbooks and its shell commands; only addresses are others."""

from __future__ import annotations

import re
import subprocess

import pytest
import requests
import yaml

from e2e import needles
from e2e.conftest import ROOT

PAGE = (ROOT / "docs/migration/cloud.md").read_text(encoding="utf-8")
TOKEN = "glc_eyJvIjoiNjUyOTkyIiwibiI6InBhZ2UiLCJrIjoiMTIzNCJ9"
SETTINGS = {"cloud.stack": "acme", "cloud.token": TOKEN}
DAY = 86400


def blocks(language):
    """Return the blocks of code of the page in one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


class Cloud:
    """Somebody who works through the page on a stack of their own."""

    def __init__(self, site):
        self.site, self.emulator = site, site.emulator
        self.environment = {"GRAFANA_CLOUD_URL": site.emulator.url + "/api", "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default"}
        for name in ("GRAFANA_URL", "GRAFANA_USER", "GRAFANA_PASSWORD"):
            self.environment[name] = ""
        (site.folder / "cloud-token").write_text(TOKEN)

    def shell(self, command):
        """Run a command of the page in the folder, at this stack's addresses."""
        for shown, here in (("https://grafana.com", self.emulator.url), ("https://acme.grafana.net", self.emulator.url)):
            command = command.replace(shown, here)
        words = ["bash", "-euo", "pipefail", "-c", command]
        done = subprocess.run(
            words,
            cwd=self.site.folder,
            env={"PATH": "/usr/bin:/bin", "CLOUD_TOKEN": TOKEN},
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def play(self, number, *words):
        """Run a playbook of the page, counted from 0."""
        path = self.site.write(f"page-{number}.yml", blocks("yaml")[number])
        return self.site.play(path, "-vvv", *words, environment=self.environment)

    def key(self, name):
        return (self.site.keys / name).read_text().strip()

    def works(self, key):
        headers = {"Authorization": "Bearer " + key}
        return requests.get(self.emulator.url + "/api/org", headers=headers, timeout=10).status_code == 200

    def accounts(self):
        return sorted(account["name"] for _org, account in self.emulator.accounts())


@pytest.fixture
def cloud(sites):
    """A stack from the days of API keys, of which two were made as the page shows; and the version that it is now."""
    cloud = Cloud(sites("9.3.2", settings=SETTINGS))
    made = blocks("shell")[0]
    cloud.old = {}
    for name, role in (("backup", "Viewer"), ("pipeline", "Editor")):
        command = made.replace('"backup"', f'"{name}"').replace("Viewer", role)
        cloud.old[name] = yaml.safe_load(cloud.shell(command))["key"]
    cloud.emulator.upgrade("12.4.3")
    return cloud


def test_where_users_are_today(cloud):
    """The keys have become those of accounts that nobody has chosen, and work."""
    assert cloud.accounts() == ["sa-autogen-backup", "sa-autogen-pipeline"]
    assert all(cloud.works(key) for key in cloud.old.values())


def test_a_check_of_the_page(cloud):
    assert cloud.play(0, "--check", "--diff").ok().recap["changed"] == 2
    assert cloud.accounts() == ["sa-autogen-backup", "sa-autogen-pipeline"]


def test_the_whole_way(cloud):
    secrets = [TOKEN, *cloud.old.values()]
    runs = [cloud.play(0, "--diff").ok()]
    assert runs[-1].recap["changed"] == 2
    runs.append(cloud.play(0).ok())
    assert runs[-1].recap["changed"] == 0
    assert all(cloud.works(cloud.key(name)) for name in ("backup", "pipeline"))
    assert cloud.accounts() == ["backup", "pipeline", "sa-autogen-backup", "sa-autogen-pipeline"]

    runs.append(cloud.play(1).ok())
    assert "sa-autogen-backup: never" in runs[-1].text
    assert cloud.works(cloud.old["backup"])
    runs.append(cloud.play(1).ok())
    assert "sa-autogen-backup: 20" in runs[-1].text

    runs.append(cloud.play(2).ok())
    assert runs[-1].recap["changed"] == 1
    assert cloud.accounts() == ["backup", "pipeline"]
    assert not cloud.works(cloud.old["backup"])
    assert cloud.works(cloud.key("backup"))
    assert cloud.play(2).ok().recap["changed"] == 0

    first = cloud.key("backup")
    cloud.emulator.advance(75 * DAY)
    assert cloud.play(0).ok().recap["changed"] == 0
    cloud.emulator.advance(DAY + 60)
    runs.append(cloud.play(0).ok())
    assert runs[-1].recap["changed"] == 1
    assert cloud.key("backup") != first
    assert cloud.works(first)
    cloud.emulator.advance(2 * DAY + 60)
    runs.append(cloud.play(0).ok())
    assert not cloud.works(first)
    assert cloud.works(cloud.key("backup"))

    secrets += [first, cloud.key("backup"), cloud.key("pipeline")]
    assert needles.in_text(secrets, "".join(run.text for run in runs)) == []
    kept = {cloud.site.folder / "cloud-token", cloud.site.keys / "backup", cloud.site.keys / "pipeline"}
    assert needles.in_files(secrets, [cloud.site.folder, cloud.site.temporary], kept) == []


def test_all_of_them_at_once(cloud):
    runs = [cloud.play(3, "--check", "--diff").ok(), cloud.play(3, "--diff").ok(), cloud.play(3).ok()]
    assert [run.recap["changed"] for run in runs] == [1, 1, 0]
    new = {path.name: path.read_text().strip() for path in cloud.site.keys.iterdir() if path.name.startswith("replaces-")}
    new = {name: key for name, key in new.items() if key.startswith("glsa_")}
    assert sorted(new) == ["replaces-backup", "replaces-pipeline"]
    assert all(cloud.works(key) for key in (*new.values(), *cloud.old.values()))
    cloud.emulator.advance(31 * DAY)
    assert cloud.works(cloud.old["pipeline"])
    runs.append(cloud.play(3).ok())
    assert cloud.accounts() == ["backup", "pipeline", "sa-autogen-pipeline"]
    assert not cloud.works(cloud.old["backup"])
    assert all(cloud.works(key) for key in new.values())
    secrets = [TOKEN, *cloud.old.values(), *new.values()]
    assert needles.in_text(secrets, "".join(run.text for run in runs)) == []


def test_by_hand(sites):
    """What the tasks replace does what the page says, too."""
    cloud = Cloud(sites("12.4.3", settings=SETTINGS))
    (cloud.site.folder / "cloud-token").unlink()
    _made, stored, by_hand = blocks("shell")
    cloud.shell(stored)
    assert (cloud.site.folder / "cloud-token").stat().st_mode & 0o777 == 0o600
    assert '"name":"Main Org."' in cloud.shell(by_hand)
    assert cloud.accounts() == ["backup"]
    assert cloud.works((cloud.site.folder / "backup-key").read_text().strip())


def test_every_code_of_the_page_is_one_of_ours():
    """Codes in the page's last table stand in the code, or are those of a class of errors."""
    table = PAGE.rpartition("| code |")[2]
    codes = re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugins/module_utils").rglob("*.py"))
    assert len(codes) >= 6
    assert [code for code in codes if f'"{code}"' not in source] == []
