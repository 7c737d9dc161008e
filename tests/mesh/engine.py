# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a job gets to a machine and its results come back: over a receptor mesh, or, without receptor, through pipes."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO, Any

from .nodes import Node


class Unit(ABC):
    """A worker that runs a job on a machine."""

    #: What ``ansible-runner process`` reads: events, artifacts and the end.
    results: IO[bytes]

    @abstractmethod
    def abandon(self) -> None:
        """Close the results, because the machine is lost."""

    @abstractmethod
    def state(self) -> str:
        """Return how the worker ended, in words."""

    @abstractmethod
    def release(self) -> None:
        """Delete what the transport stores of the job, on this machine and on the other one as soon as it can be reached."""


class Engine(ABC):
    """The machines, and the way to them. Use it as a context manager."""

    name: str

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.nodes = {name: Node(name, folder / name) for name in names}

    def __enter__(self) -> Any:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @abstractmethod
    def start(self) -> None:
        """Start all machines, and return when they can be reached."""

    @abstractmethod
    def submit(self, node: str, job: str, payload: IO[bytes]) -> Unit:
        """Start a worker with *payload*, the output of ``ansible-runner transmit``."""

    @abstractmethod
    def await_loss(self, node: str) -> None:
        """Return when the other machines know that *node* is lost."""

    @abstractmethod
    def restart(self, node: str) -> None:
        """Start a machine again that was killed, with the disk that it had."""

    @abstractmethod
    def clean(self, node: str) -> None:
        """Remove what killed jobs have left on a machine, as AWX does regularly."""

    def units(self) -> list[Path]:
        """Return the folders in which the transport stores jobs, on all machines."""
        return []

    @property
    def folders(self) -> dict[str, Path]:
        """The disks of all machines by name."""
        return {name: node.folder for name, node in self.nodes.items()}

    def stop(self) -> None:
        """End all machines."""
        for node in self.nodes.values():
            node.kill()


class PipedUnit(Unit):
    """A worker that is a child of this process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        assert process.stdout is not None
        self.results = process.stdout

    def abandon(self) -> None:
        # The pipe has ended with the machine.
        self._process.wait()

    def state(self) -> str:
        return "Succeeded" if self._process.wait() == 0 else "Failed"

    def release(self) -> None:
        self._process.wait()
        self.results.close()


class Pipes(Engine):
    """Workers are started directly: the same jobs, slices and workers, without receptor between them."""

    name = "pipes"

    def start(self) -> None:
        pass

    def submit(self, node: str, job: str, payload: IO[bytes]) -> Unit:
        where = self.nodes[node]
        command = ("ansible-runner", "worker", "--private-data-dir", where.private_data_dir(job), "--delete")
        return PipedUnit(where.start(*command, stdin=payload.fileno(), stdout=subprocess.PIPE))

    def await_loss(self, node: str) -> None:
        assert not self.nodes[node].processes()

    def restart(self, node: str) -> None:
        pass

    def clean(self, node: str) -> None:
        where = self.nodes[node]
        pattern = f"--file-pattern={where.private}/awx_*"
        assert where.start("ansible-runner", "worker", "cleanup", pattern, "--grace-period=0").wait() == 0
