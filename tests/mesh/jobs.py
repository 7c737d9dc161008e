# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: a private data directory, `ansible-runner transmit`, a worker, `ansible-runner process`.

The steps, arguments and settings are those of ``RunJob`` and ``AWXReceptorJob`` in AWX (awx/main/tasks).
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner

from standins.awx_inventory import Inventory

from .engine import Engine, Unit
from .nodes import Node
from .tenants import VAULT_PATH

PROJECT = Path(__file__).parent / "project"
#: The answers to the survey, which are text.
ANSWERS = {"org_bootstrap_sink": f'type: hashi_vault\npath: "{VAULT_PATH}"\n'}


def inventory_of(node: Node, tenants: Path) -> Inventory:
    """Return what AWX stores when it updates an inventory from the file *tenants*."""
    source = node.folder / "tenants.grafana_orgs.yml"
    source.write_text(json.dumps({"plugin": "orgsmith.grafana.grafana_orgs", "tenants_file": str(tenants)}))
    process = node.start("ansible-inventory", "-i", str(source), "--list", "--export", stdout=subprocess.PIPE)
    output, _nothing = process.communicate()
    assert process.returncode == 0, (node.folder / "log").read_text()
    return Inventory(json.loads(output))


@dataclass
class Attempt:
    """One run of one slice on one machine."""

    round: str
    slice: int
    node: str
    hosts: list[str]
    status: str = ""
    state: str = ""
    seconds: float = 0.0
    #: What the playbook reports with ``set_stats``, and the recap.
    stats: dict[str, Any] = field(default_factory=dict)
    recap: dict[str, int] = field(default_factory=dict)
    #: What failed tasks printed.
    problems: list[str] = field(default_factory=list)

    @property
    def job(self) -> str:
        """A name of the job, as AWX has a number."""
        return f"{self.round}_{self.slice}_{self.node}"


class Jobs:
    """Runs attempts, each with a slice of *inventory*. *secrets* is the environment that AWX's credentials set."""

    def __init__(self, engine: Engine, folder: Path, inventory: Inventory, secrets: dict[str, str]) -> None:
        self.engine, self.folder, self.inventory, self.secrets = engine, folder, inventory, secrets
        self.units: dict[str, Unit] = {}
        self.events = folder / "events"
        folder.mkdir()

    def private_data_dir(self, attempt: Attempt) -> Path:
        """Return AWX's own folder of a job."""
        return self.folder / f"awx_{attempt.job}"

    def run(self, attempt: Attempt) -> None:
        """Run an attempt to its end, or to the loss of its machine, and release its unit of work."""
        start = time.monotonic()
        folder = self._prepare(attempt)
        params = self._params(attempt, folder)
        unit = self.units[attempt.job] = self._transmit(attempt, params)
        shutil.rmtree(folder / "artifacts", ignore_errors=True)
        result = ansible_runner.run(
            streamer="process", quiet=True, _input=unit.results, event_handler=lambda event: _note(attempt, event), **params
        )
        attempt.status, attempt.seconds = str(result.status), round(time.monotonic() - start, 1)
        attempt.state = "lost" if attempt.state == "lost" else unit.state()
        unit.release()

    def lost(self, attempt: Attempt) -> None:
        """Give up an attempt whose machine is lost."""
        attempt.state = "lost"
        self.units[attempt.job].abandon()

    def remove(self) -> None:
        """Delete the private data directories, and keep the events, as AWX keeps them in its database."""
        self.events.mkdir()
        for folder in self.folder.glob("awx_*"):
            for events in folder.glob("artifacts/*/job_events"):
                events.rename(self.events / folder.name)
            shutil.rmtree(folder)

    def _prepare(self, attempt: Attempt) -> Path:
        """Write the private data directory: project, inventory of the slice, answers to the survey and settings."""
        folder = self.private_data_dir(attempt)
        shutil.copytree(PROJECT, folder / "project")
        for name in ("inventory", "env"):
            (folder / name).mkdir()
        self.inventory.write(folder / "inventory" / "hosts", attempt.slice, len(self.engine.nodes))
        (folder / "env" / "extravars").write_text(json.dumps({"orgs_hosts": "all", **ANSWERS}))
        (folder / "env" / "settings").write_text(json.dumps({"suppress_ansible_output": True, "suppress_output_file": True}))
        return folder

    def _params(self, attempt: Attempt, folder: Path) -> dict[str, Any]:
        return {
            "ident": attempt.job,
            "private_data_dir": str(folder),
            "playbook": "bootstrap.yml",
            "inventory": str(folder / "inventory" / "hosts"),
            "suppress_env_files": True,
            "envvars": {"ANSIBLE_RETRY_FILES_ENABLED": "False", **self.secrets},
            "fact_cache_type": "",
        }

    def _transmit(self, attempt: Attempt, params: dict[str, Any]) -> Unit:
        """Send the job to its machine while another thread still writes it."""
        ours, theirs = socket.socketpair()

        def transmit() -> None:
            with ours, ours.makefile("wb") as output:
                ansible_runner.run(streamer="transmit", _output=output, **params)

        thread = threading.Thread(target=transmit)
        thread.start()
        with theirs, theirs.makefile("rb") as payload:
            unit = self.engine.submit(attempt.node, attempt.job, payload)
        thread.join()
        return unit


def _note(attempt: Attempt, event: dict[str, Any]) -> bool:
    """Take what the report needs from an event. All events are stored, as AWX stores them in its database."""
    data = event.get("event_data") or {}
    if event["event"] == "playbook_on_stats":
        attempt.stats = (data.get("artifact_data") or {}).get("orgsmith_bootstrap") or {}
        kinds = ("ok", "changed", "failures", "dark")
        attempt.recap = {kind: sum((data.get(kind) or {}).values()) for kind in kinds}
    elif event["event"] in ("runner_on_failed", "runner_on_unreachable") and not data.get("ignore_errors"):
        attempt.problems.append(str((data.get("res") or {}).get("msg") or event.get("stdout")))
    return True
