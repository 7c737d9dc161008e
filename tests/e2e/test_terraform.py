# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/migration/terraform.md, done as it says; and its two applies with Terraform itself, where that and the provider are."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from e2e.conftest import PASSWORD, ROOT

PAGE = ROOT / "docs/migration/terraform.md"
PLAYBOOK = ROOT / "playbooks/migrate_terraform.yml"
TERRAFORM = shutil.which("terraform") or shutil.which("tofu")
#: A directory that `terraform providers mirror` has made, with 2.19 and 3.22 or newer of grafana/grafana.
MIRROR = os.environ.get("TERRAFORM_TEST_MIRROR")


def fences():
    """Return the code of the page: language and text, in order."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


class Reader:
    """Somebody who does what the page says, from its top to its end."""

    def __init__(self, site, terraform=None):
        self.site, self.terraform = site, terraform
        self.folder: Path = site.folder
        self.shown: list[str] = []
        self.played: list[str] = []
        self.ran: list[str] = []

    def read(self):
        # What is shown before the first command that changes it is what people have; later, what they get.
        written: set[str] = set()
        for language, text in fences():
            name = re.match(r"# (\S+)\n", text)
            if language == "shell":
                written.update(self.run(text))
            elif name is not None:
                self._file(name.group(1), text, written)

    def _file(self, name, text, written):
        path = self.folder / name
        folder = name.partition("/")[0]
        # the file that the module writes says itself what it is
        text = text.partition("\n")[2] if path.name == "grafana_api_keys_migration.tf" else text
        if folder in written:
            assert path.read_text() == text
            self.shown.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, text):
        """Run the commands of one fence, and return the directories that a playbook has been run on."""
        folder = self.folder
        for line in text.splitlines():
            for command in line.split(" && "):
                words = shlex.split(command)
                if words[0] == "ansible-playbook":
                    assert words[1] == "orgsmith.grafana.migrate_terraform"
                    self.played.append(command)
                    self.play(*words[2:]).ok()
                    if "--check" not in words:
                        yield from self._directories(words)
                elif words[0] == "cd":
                    folder = self.folder / words[1]
                elif words[0] == "terraform" and self.terraform is not None:
                    self.ran.append(self.terraform(folder, *words[1:]))
                else:
                    assert words[0] in ("pip", "terraform"), command

    def play(self, *words):
        """Run the playbook as from a shell in the folder."""
        return self.site.play(PLAYBOOK, *words, directory=self.folder)

    def _directories(self, words):
        for word in words:
            if word.startswith("terraform_directory="):
                yield word.partition("=")[2]
            if word.startswith("@"):
                yield re.search(r"^terraform_directory: (\S+)", (self.folder / word[1:]).read_text(), re.M).group(1)


def test_the_page(sites):
    reader = Reader(sites())
    reader.read()
    assert reader.shown == [
        "infrastructure/main.tf",
        "infrastructure/grafana_api_keys_migration.tf",
        "adopting/grafana_api_keys_migration.tf",
        "pipeline/main.tf",
    ]
    assert len(reader.played) == 5
    code = reader.folder / "infrastructure"
    assert sorted(path.name for path in code.iterdir()) == ["main.tf"]
    assert 'version = "~> 3.22"' in (code / "main.tf").read_text()
    # a second run of each changes nothing
    for command in reader.played:
        again = [*shlex.split(command)[2:], *(["-e", "terraform_apply=second"] if "directory=infra" in command else [])]
        assert reader.play(*again).ok().recap["changed"] == 0
    if TERRAFORM:
        subprocess.run([TERRAFORM, "fmt", "-check", "-recursive", str(reader.folder)], check=True)


@pytest.mark.by_core
def test_what_the_playbook_prints(sites):
    site = sites()
    shutil.copytree(ROOT / "tests/terraform/before", site.folder / "code")
    variables = {"terraform_directory": str(site.folder / "code")}
    check = site.play(PLAYBOOK, "--check", "--diff", **variables).ok()
    assert check.recap["changed"] == 1
    assert '+resource "grafana_service_account_token" "ci" {' in check.text
    strict = site.play(PLAYBOOK, terraform_strict=True, **variables).failed()
    assert "4 lines cannot be rewritten, so no file was changed" in strict.text
    run = site.play(PLAYBOOK, **variables).ok()
    assert run.recap["changed"] == 1
    for words in (
        "modules/tenant/main.tf",
        "grafana_cloud_stack_api_key.management",
        "cloud_stack_slug",
        "environments/legacy/generated.tf.json",
        "-target=grafana_cloud_stack_service_account_token.management",
    ):
        assert words in run.text
    assert site.play(PLAYBOOK, **variables).ok().recap["changed"] == 0
    refused = site.play(PLAYBOOK, terraform_apply="second", **variables).failed()
    assert "the code still has API keys, which provider 3 does not know" in " ".join(refused.text.split())


@pytest.mark.skipif(
    not (TERRAFORM and MIRROR), reason="needs Terraform, and TERRAFORM_TEST_MIRROR: what `terraform providers mirror` makes"
)
def test_two_applies(sites):
    """No key is destroyed, the new ones work, and provider 3 finds nothing to do."""
    site = sites("9.3.2")
    settings = site.write("terraformrc", 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' % MIRROR)
    environment = {
        **site.environment,
        "GRAFANA_AUTH": "admin:" + PASSWORD,
        "TF_CLI_CONFIG_FILE": str(settings),
        "TF_IN_AUTOMATION": "1",
    }
    started = []

    def terraform(folder, *words):
        if not started:  # what the page takes for granted
            started.append(True)
            terraform(folder, "init")
            assert "3 added" in terraform(folder, "apply", "-auto-approve")
        done = subprocess.run(
            [TERRAFORM, words[0], *words[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)

    reader = Reader(site, terraform)
    reader.read()
    plans = [text for text in reader.ran if "Plan:" in text or "No changes" in text]
    assert "No changes" in plans[0]
    assert "Plan: 6 to add, 0 to change, 0 to destroy." in plans[1]
    assert plans[1].count("will no longer be managed by Terraform, but will not be destroyed") == 3
    assert "No changes" in plans[2]
    keys = site.emulator.tokens()
    assert sorted(key.name for key in keys) == sorted(
        name + end for name in ("ci", "team-checkout", "team-payments") for end in ("", "-token")
    )
    new = terraform(site.folder / "infrastructure", "output", "-raw", "ci_key")
    assert new.startswith("glsa_")
    for secret in (new, *site.keys_made()):
        answer = requests.get(site.emulator.url + "/api/org", headers={"Authorization": "Bearer " + secret}, timeout=10)
        assert answer.status_code == 200
