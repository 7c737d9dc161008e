# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: ansible-runner in a directory of its own, with an inventory, answers and credentials.

What AWX does is in awx/main/tasks/jobs.py, awx/main/utils/safe_yaml.py and awx/main/models/credential.py, at
commit e21dd0a0933f (after 24.6.1). A container is the only thing that is missing here: the job runs on this machine.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from awx.conftest import PROJECT, ROOT
from standins import awx_rules
from standins.awx_inventory import Inventory
from tools import awx_objects

SETUP = awx_objects.read()
TYPES = {one["name"]: one for one in SETUP["credential_types"]}
TEMPLATES = {one["key"]: one for one in SETUP["job_templates"]}


class _Unsafe(yaml.SafeDumper):
    """Marks every text as unsafe, also the names of variables."""

    def represent_data(self, data: Any) -> yaml.Node:
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


def extra_variables(answers: dict[str, Any], trusted: dict[str, Any]) -> str:
    """Return the file of extra variables: only those of the job template itself are not marked as unsafe."""
    parts = []
    for name, value in answers.items():
        dumper = yaml.SafeDumper if name in trusted and trusted[name] == value else _Unsafe
        parts.append(yaml.dump_all([{name: value}], None, Dumper=dumper, default_flow_style=False))
    return "".join(parts)


class Job:
    """A finished job: its status, its output, what it reports to the next node, and its directory."""

    def __init__(self, folder: Path, code: int) -> None:
        self.folder, self.code = folder, code
        self.artifacts_folder = folder / "artifacts/1"
        self.text = (self.artifacts_folder / "stdout").read_text(encoding="utf-8")
        events = sorted((self.artifacts_folder / "job_events").glob("*.json"), key=lambda path: int(path.name.split("-")[0]))
        self.events = [json.loads(path.read_text(encoding="utf-8")) for path in events]
        stats = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        self.artifacts: dict[str, Any] = stats[-1].get("artifact_data", {}) if stats else {}
        self.changed = sum(stats[-1].get("changed", {}).values()) if stats else 0

    def stored_command(self, hidden: dict[str, str]) -> str:
        """Return what AWX stores of the command and its environment: without the values of secret inputs."""
        found = json.loads((self.artifacts_folder / "command").read_text(encoding="utf-8"))
        for name in found["env"]:
            if name in hidden:
                found["env"][name] = hidden[name]
            elif re.search("API|TOKEN|KEY|SECRET|PASS", name, re.IGNORECASE) and not name.startswith("ANSIBLE_"):
                found["env"][name] = awx_rules.HIDDEN
        return json.dumps(found)


class Awx:
    """What jobs need: the collection installed from the checkout, and the inputs of the credentials by their types."""

    def __init__(self, folder: Path, credentials: dict[str, dict[str, Any]]) -> None:
        self.folder, self.credentials = folder, credentials
        self.home = folder / "home"
        self.home.mkdir()
        self.collections = folder / "requirements_collections"
        subprocess.run([str(ROOT / "tests/tools/copy-tree.sh"), str(self.collections)], cwd=ROOT, check=True)
        self.count = 0

    def environment(self, folder: Path) -> tuple[dict[str, str], dict[str, str]]:
        """Return the environment of a job, and the part of it that credentials set as AWX shows it."""

        def write(text: str) -> str:
            path = folder / "env" / ("file-%d" % len(list((folder / "env").iterdir())))
            path.write_text(text, encoding="utf-8")
            return str(path)

        given: dict[str, str] = {}
        hidden: dict[str, str] = {}
        for name, inputs in self.credentials.items():
            one, other = awx_rules.injected(TYPES[name], inputs, write)
            given, hidden = {**given, **one}, {**hidden, **other}
        own = {
            "PATH": "%s:%s" % (Path(sys.executable).parent, os.environ["PATH"]),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "AWX_PRIVATE_DATA_DIR": str(folder),
            "JOB_ID": str(self.count),
            "INVENTORY_ID": "1",
        }
        return {**own, **given}, hidden

    def _folder(self) -> Path:
        self.count += 1
        folder = self.folder / ("awx_%d" % self.count)
        for name in ("env", "inventory", "cp"):
            (folder / name).mkdir(parents=True)
        subprocess.run(["cp", "-R", str(PROJECT), str(folder / "project")], check=True)
        return folder

    def inventory(self, name: str) -> Inventory:
        """Update an inventory from the project."""
        folder = self._folder()
        environment, _shown = self.environment(folder)
        path = "inventories/%s.grafana_orgs.yml" % name
        command = ["ansible-inventory", "-i", path, "--list", "--export"]
        found = subprocess.run(command, cwd=folder / "project", env=environment, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        return Inventory(json.loads(found.stdout))

    def launch(
        self,
        key: str,
        inventory: Inventory,
        answers: dict[str, Any] | None = None,
        artifacts: dict[str, Any] | None = None,
        part: tuple[int, int] = (1, 1),
    ) -> Job:
        """Run a job of the template *key*; *part* is the number of its slice, and of how many."""
        template, folder = TEMPLATES[key], self._folder()
        inventory.write(folder / "inventory/hosts", *part)
        trusted = {**({"orgs_hosts": "all"} if template.get("sliced") else {}), **template.get("extra_vars", {})}
        given = {**trusted, **awx_rules.defaults(SETUP["surveys"][template["survey"]]), **(answers or {}), **(artifacts or {})}
        given.update(awx_job_id=self.count, awx_job_launch_type="workflow", awx_workflow_job_id=99, awx_user_name="robot")
        (folder / "env/extravars").write_text(extra_variables(given, trusted), encoding="utf-8")
        (folder / "env/settings").write_text('{"fact_cache_type": "jsonfile", "fact_cache": "fact_cache"}', encoding="utf-8")
        check = ["--cmdline=--check"] if template.get("job_type") == "check" else []
        environment, self.hidden = self.environment(folder)
        command = ["ansible-runner", "run", str(folder), "--ident", "1", "-p", template["playbook"], *check]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (folder / "artifacts/1/stdout").exists(), found.stdout + found.stderr
        return Job(folder, found.returncode)
