# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines on loopback: a folder with everything that a machine stores, and processes that can be killed together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The environment variable that all processes of a machine have, with a value of its own for each machine.
MARK = "MESH_NODE"


class Node:
    """A machine. *folder* is its disk: home, temporary files and receptor's data. Its processes know it by MARK."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.private = folder / "runner"
        for path in (folder, self.private, folder / "tmp", folder / "home"):
            path.mkdir()

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes. The collection is there, as in an execution environment."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
            "ORGSMITH_ALLOW_EPHEMERAL": "true",
            MARK: str(self.folder),
        }

    def private_data_dir(self, job: str) -> str:
        """Return the folder in which this machine runs a job."""
        return str(self.private / f"awx_{job}")

    def start(self, *command: str, stdin: int | None = subprocess.DEVNULL, stdout: int | None = None) -> subprocess.Popen[bytes]:
        """Start a process of this machine, with a session of its own. Without *stdout* its output goes to a log."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=stdin,
                stdout=log if stdout is None else stdout,
                stderr=log,
                start_new_session=True,
            )

    def processes(self) -> list[int]:
        """Return the ids of all its processes that run."""
        mark = f"{MARK}={self.folder}".encode()
        return [number for number, environment in _environments() if mark in environment.split(b"\0")]

    def kill(self) -> int:
        """End all its processes at once, as a power cut does, and return how many there were.

        They are stopped before they are killed, so none of them sees another one end.
        """
        killed: set[int] = set()
        while found := self.processes():
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for process in found:
                    _send(process, number)
            killed.update(found)
        return len(killed)


def _send(process: int, number: int) -> None:
    """Send a signal to a process that may have ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def _environments() -> Iterator[tuple[int, bytes]]:
    """Yield (process id, environment). A process that has ended has an empty environment until its parent asks for it."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), (entry / "environ").read_bytes()
            except OSError:
                continue
