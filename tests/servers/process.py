# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process of Grafana with data of its own, started and stopped by the commands of :mod:`servers.choice`."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import requests

from .choice import WORK, Choice

#: Seconds until a started server answers below ``/apis``, too.
PATIENCE = 30.0
#: Settings that a server writes to its database when it migrates it.
STORED = ("GF_SECURITY_ADMIN_USER", "GF_SECURITY_ADMIN_PASSWORD")


#: Tests change HOME and other variables, which a start command may need as they were.
ENVIRONMENT = dict(os.environ)


class StartError(RuntimeError):
    """The start command failed, or the server does not answer."""


def work_folder(parent: str | None = None) -> Path:
    """Return a new folder in *parent*, or in memory where the machine has such a file system."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    return Path(tempfile.mkdtemp(prefix="orgsmith-servers-", dir=parent or memory))


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a start or stop command without the variables that configure Grafana, Ansible or the tests."""
    hidden = ("GF_", "GRAFANA_", "ANSIBLE_")
    environment = {name: value for name, value in ENVIRONMENT.items() if not name.startswith(hidden)}
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def stop(choice: Choice, port: int) -> None:
    """Stop the server on *port*."""
    run(choice.stop_command(port))


def remove_leftovers(choice: Choice | None, work: Path) -> None:
    """Stop the servers that a test run in the folder *work* has left, and delete the folder."""
    for path in work.glob("*/ports/*"):
        assert choice is not None
        stop(choice, int(path.name))
    shutil.rmtree(work, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Workspace:
    """A folder for the data of this test run's servers, in memory where the machine has such a file system.

    A server that starts on an empty database migrates it first, which takes most of its start. So one server with default
    settings migrates a database for each admin password, and all others start on a copy of it.
    """

    def __init__(self) -> None:
        self.path = work_folder(WORK)
        self.ports = self.path / "ports"
        self.ports.mkdir()
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._free: list[int] = []

    def folder(self, name: str) -> Path:
        """Return a new, empty folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.path))

    def template(self, settings: Mapping[str, str]) -> Path:
        """Return where the migrated database for *settings* is, or will be."""
        text = json.dumps(sorted(settings.items()))
        return self.path / ("template-" + hashlib.sha256(text.encode()).hexdigest()[:16])

    def lock_of(self, template: Path) -> threading.Lock:
        """Return the lock to hold while *template* is made."""
        with self._lock:
            return self._locks.setdefault(template.name, threading.Lock())

    def take_port(self) -> int:
        """Return a port for a server: a start command may keep a folder for each, so ports are used again."""
        with self._lock:
            port = self._free.pop() if self._free else _free_port()
        (self.ports / str(port)).touch()
        return port

    def give_port(self, port: int) -> None:
        """Take back the port of a server that has stopped."""
        (self.ports / str(port)).unlink()
        with self._lock:
            self._free.append(port)

    def remove(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self.path, ignore_errors=True)


class Process:
    """A running server. *settings* are ``GF_SECTION_KEY`` to value. Raises :class:`StartError`."""

    def __init__(self, choice: Choice, workspace: Workspace, settings: Mapping[str, str]) -> None:
        self._choice, self._workspace = choice, workspace
        self._folder = workspace.folder("server")
        self._data = self._folder / "data"
        self.port = 0
        stored = {name: value for name, value in settings.items() if name in STORED}
        template = workspace.template(stored)
        with workspace.lock_of(template):
            if not template.exists():
                self._make_template(template, stored)
        if template.is_dir():
            shutil.copytree(template, self._data)
        else:
            self._data.mkdir()
        self._start(settings)

    @property
    def address(self) -> str:
        """The server's address, without a sub-path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path | None:
        """The server's SQLite file; ``None`` if the start command keeps its data elsewhere."""
        path = self._data / "grafana.db"
        return path if path.is_file() else None

    def stop(self) -> None:
        """Stop it, and delete its data."""
        self._stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_template(self, template: Path, settings: Mapping[str, str]) -> None:
        self._data.mkdir()
        self._start(settings)
        self._stop()
        if self.database:
            shutil.copytree(self._data, template)
        else:
            template.touch()  # nothing to copy: the command keeps its data elsewhere
        shutil.rmtree(self._data)

    def _start(self, settings: Mapping[str, str]) -> None:
        self.port = self._workspace.take_port()
        done = run(self._choice.start_command(self.port, {**settings, "GF_PATHS_DATA": str(self._data)}))
        if done.returncode:
            raise StartError(
                f"{' '.join(self._choice.start)} {self.port}: exit code {done.returncode}: {done.stdout}{done.stderr}"
            )
        self._wait_for_apis()

    def _wait_for_apis(self) -> None:
        """Wait for ``/apis``: ``/api/health``, which start commands look at, answers earlier."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if requests.get(self.address + "/apis", timeout=5, allow_redirects=False).status_code < 500:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise StartError(f"{self.address}/apis does not answer within {PATIENCE:g} s of the start")

    def _stop(self) -> None:
        stop(self._choice, self.port)
        self._workspace.give_port(self.port)
