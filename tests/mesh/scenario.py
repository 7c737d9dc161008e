# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps: three slices on three machines, one of which dies; its slice again on another one; all slices again.

The machine dies while its slice stores a key in Vault: the token exists on the server, and its key gets lost with the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from e2e import needles
from emulator import Emulator
from standins import Vault
from standins.awx_inventory import sliced
from standins.web import Answer, Asked

from .audit import Keys, Server, audit
from .engine import Engine, Pipes
from .jobs import Attempt, Jobs, inventory_of
from .report import row
from .tenants import PREFIX, names, tenants_file

NODES = ["node-1", "node-2", "node-3"]
VICTIM, HEIR = "node-2", "node-3"
#: The machine dies when its slice stores this key of those that Vault gets from it.
AT_KEY = 4
VERSION = "12.4.3"
PASSWORD, OPERATOR_PASSWORD = "mesh-Passw0rd-5d20", "mesh-0perator-c81e"


class WatchedVault(Vault):
    """Calls *at_key* when a key of one of *watched* is stored the AT_KEY-th time, and does not store that one."""

    def __init__(self, at_key: Callable[[], None]) -> None:
        super().__init__("hvs.root-of-the-mesh-7b1d")
        self.watched: list[str] = []
        self._at_key, self._left = at_key, AT_KEY

    def answer(self, asked: Asked) -> Answer:
        data = asked.body.get("data") or {} if asked.method == "POST" and isinstance(asked.body, dict) else {}
        if self._left and data.get("key") and set(asked.path) & set(self.watched):
            self._left -= 1
            if not self._left:
                self._at_key()
                return Answer(503, {"errors": ["the machine that has asked is gone"]})
        return super().answer(asked)


@contextlib.contextmanager
def grafana() -> Iterator[tuple[Server, str]]:
    """Yield a server and its name: the one that GRAFANA_URL names, or the embedded one."""
    if os.environ.get("GRAFANA_URL"):
        user, password = (os.environ.get(name, "admin") for name in ("GRAFANA_USER", "GRAFANA_PASSWORD"))
        server = Server(os.environ["GRAFANA_URL"].rstrip("/"), user, password)
        yield server, f"Grafana {server.ask('GET', '/api/health')['version']}"
        return
    with Emulator(version=VERSION, admin_password=PASSWORD) as embedded:
        yield Server(embedded.url, "admin", PASSWORD), f"the embedded Grafana {VERSION}"


def engine_of(receptor: str | None, folder: Path) -> Engine:
    """Return a mesh of *receptor*, or, without it, workers that are started directly."""
    if receptor is None:
        return Pipes(folder, NODES)
    from .receptor import Mesh

    return Mesh(receptor, folder, NODES)


def run(receptor: str | None = None) -> dict[str, Any]:
    """Run all steps, and return the report. Raises :class:`RuntimeError` if the server has such organizations already."""
    # a short path, because sockets have one of at most 100 characters
    with grafana() as (server, name), tempfile.TemporaryDirectory(prefix="mesh-", dir="/tmp") as folder:
        if server.tenants():
            raise RuntimeError(f"the server has organizations whose names begin with {PREFIX}: delete them first")
        return Scenario(server, name, Path(folder)).run(receptor)


class Scenario:
    """One run of all steps on one server. *folder* gets the disks of all machines."""

    def __init__(self, server: Server, name: str, folder: Path) -> None:
        self.server, self.name, self.folder = server, name, folder
        self.attempts: list[Attempt] = []
        self.killed: dict[str, Any] = {}
        self._dead = threading.Event()
        # what all machines mount
        self.shared = folder / "shared"
        self.shared.mkdir(mode=0o700)
        self.tenants = self.shared / "tenants.json"

    def run(self, receptor: str | None) -> dict[str, Any]:
        """Run all steps, and return the report."""
        with engine_of(receptor, self.folder) as self.engine, WatchedVault(self._kill) as self.vault:
            self.keys = Keys(self.vault, self.shared)
            self.tenants.touch(mode=0o600)
            self.tenants.write_text(tenants_file(self.shared, OPERATOR_PASSWORD))
            inventory = inventory_of(self.engine.nodes["node-1"], self.tenants)
            self.hosts = list(inventory.hosts)
            self.jobs = Jobs(self.engine, self.folder / "awx", inventory, self._environment())
            self._first()
            first = audit(self.server, self.keys)
            before_return = self._secrets({VICTIM: self.engine.folders[VICTIM]})
            self._round("rerun", {2: HEIR})
            rerun = audit(self.server, self.keys)
            self.engine.restart(VICTIM)
            self.engine.clean(VICTIM)
            self._round("again", dict(enumerate(NODES, start=1)))
            again = audit(self.server, self.keys)
            with_jobs = self._secrets({"awx": self.jobs.folder})
            self.jobs.remove()
            left = {
                "before_return": before_return,
                "until_a_job_is_removed": sorted({Path(path).name for path in with_jobs if "job_events" not in path}),
                "at_the_end": self._secrets({**self.engine.folders, "awx": self.jobs.folder}),
                "work_units": len(self.engine.units()),
            }
        report = self._report(first.as_dict(), rerun.as_dict(), again.as_dict(), left)
        assert not any(secret in json.dumps(report) for secret in self._known()), "the report contains a secret"
        return report

    def _first(self) -> None:
        """Run all slices; the machine of slice 2 dies in the middle."""
        self.vault.watched = sliced(self.hosts, 2, len(NODES))
        attempts = self._attempts("first", dict(enumerate(NODES, start=1)))
        with ThreadPoolExecutor(len(attempts)) as pool:
            running = [pool.submit(self.jobs.run, attempt) for attempt in attempts]
            victim = next(index for index, attempt in enumerate(attempts) if attempt.node == VICTIM)
            while not self._dead.wait(0.2):
                # A worker may end a moment before the kill has returned.
                if running[victim].done() and not self._dead.wait(10):
                    running[victim].result()
                    raise RuntimeError(f"{VICTIM} has finished its slice: {attempts[victim]}")
            self.engine.await_loss(VICTIM)
            self.jobs.lost(attempts[victim])
            for one in running:
                one.result()

    def _round(self, name: str, nodes: dict[int, str]) -> None:
        """Run slices, each on its machine."""
        attempts = self._attempts(name, nodes)
        with ThreadPoolExecutor(len(attempts)) as pool:
            for one in [pool.submit(self.jobs.run, attempt) for attempt in attempts]:
                one.result()

    def _attempts(self, name: str, nodes: dict[int, str]) -> list[Attempt]:
        made = [Attempt(name, number, node, sliced(self.hosts, number, len(NODES))) for number, node in nodes.items()]
        self.attempts += made
        return made

    def _kill(self) -> None:
        """Kill the machine, in the thread of Vault, which answers nothing meanwhile."""
        self.killed = {"node": VICTIM, "at_key": AT_KEY, "processes": self.engine.nodes[VICTIM].kill()}
        self._dead.set()

    def _environment(self) -> dict[str, str]:
        """The variables that the credentials of a job template set."""
        return {
            "GRAFANA_URL": self.server.url,
            "GRAFANA_USER": self.server.user,
            "GRAFANA_PASSWORD": self.server.password,
            "VAULT_ADDR": self.vault.url,
            "VAULT_TOKEN": self.vault.token,
        }

    def _secrets(self, folders: dict[str, Path]) -> dict[str, list[str]]:
        """Return the files with a secret, by a path that begins with the machine's name."""
        known, files = self._known(), defaultdict(set)
        for machine, folder in folders.items():
            for secret, path in needles.in_files(list(known), [folder], set()):
                files[f"{machine}/{path.relative_to(folder)}"].add(known[secret])
        return {file: sorted(names) for file, names in files.items()}

    def _known(self) -> dict[str, str]:
        """Return the name of each secret. A password that is the caller's name cannot be searched for."""
        known = {self.vault.token: "token of Vault", OPERATOR_PASSWORD: "password of a user"}
        if self.server.password != self.server.user:
            known[self.server.password] = "password of the caller"
        return {**known, **dict.fromkeys(self.keys.all(), "key of a token")}

    def _report(
        self, first: dict[str, Any], rerun: dict[str, Any], again: dict[str, Any], left: dict[str, Any]
    ) -> dict[str, Any]:
        rows = [row(attempt) for attempt in self.attempts]
        kept = all(rerun[name] == again[name] for name in ("tokens", "stored"))
        idle = all(one["changed_tasks"] == 0 for one in rows if one["round"] == "again")
        clean = not (left["at_the_end"] or left["work_units"])
        return {
            "engine": self.engine.name,
            "server": self.name,
            "organizations": len(names()),
            "slices": len(NODES),
            "nodes": len(NODES),
            "attempts": rows,
            "killed": self.killed,
            "first": first,
            "rerun": rerun,
            "again": again,
            "left": left,
            "second_run_changed_nothing": idle and kept,
            "right": rerun["right"] and again["right"] and idle and kept and clean,
        }
