# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A receptor mesh on loopback, used as AWX uses it: one controller, and execution nodes that run ansible-runner."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from receptorctl.socket_interface import ReceptorControl

from .engine import Engine, Unit
from .nodes import Node

CONTROLLER, WORK = "controller", "ansible-runner"
#: Seconds that anything in the mesh may take; a mesh that needs longer has failed.
PATIENCE, STEP = 90.0, 0.2


class MeshUnit(Unit):
    """A unit of work that the controller has handed to an execution node."""

    def __init__(self, control: ReceptorControl, number: str) -> None:
        self._control, self.number = control, number
        self._socket, self.results = control.get_work_results(number, return_socket=True, return_sockfile=True)

    def abandon(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)

    def state(self) -> str:
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(self._control.simple_command(f"work status {self.number}"))
            return found["StateName"] not in ("Pending", "Running")

        until(ended, f"the end of work unit {self.number}")
        return str(found["StateName"])

    def release(self) -> None:
        self._control.simple_command(f"work release {self.number}")
        self.results.close()
        self._socket.close()
        self._control.close()


class Mesh(Engine):
    """The controller connects to a TCP port of each execution node, and takes commands at a Unix socket."""

    name = "receptor"

    def __init__(self, program: str, folder: Path, names: list[str]) -> None:
        super().__init__(folder, names)
        self.program = program
        self.controller = Node(CONTROLLER, folder / CONTROLLER)
        self._ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def folders(self) -> dict[str, Path]:
        return {**super().folders, CONTROLLER: self.controller.folder}

    def start(self) -> None:
        for name in self.nodes:
            self._start_node(name)
        peers = [{"tcp-peer": {"address": f"127.0.0.1:{port}"}} for port in self._ports.values()]
        self._start(self.controller, *peers)
        until((self.controller.folder / "receptor.sock").exists, "the controller's socket")
        until(lambda: self.reachable() >= set(self.nodes), "the mesh")

    def stop(self) -> None:
        super().stop()
        self.controller.kill()
        for process in self._processes.values():
            process.wait()

    def _start_node(self, name: str) -> None:
        listener = {"bindaddr": "127.0.0.1", "port": self._ports[name]}
        work = {"worktype": WORK, "command": "ansible-runner", "params": "worker", "allowruntimeparams": True}
        self._start(self.nodes[name], {"tcp-listener": listener}, {"work-command": work})

    def _start(self, node: Node, *more: dict[str, Any]) -> None:
        """Start receptor on a machine."""
        sections = [
            {"node": {"id": node.name, "datadir": str(node.folder / "receptor")}},
            {"log-level": "warning"},
            {"control-service": {"service": "control", "filename": str(node.folder / "receptor.sock")}},
            *more,
        ]
        path = node.folder / "receptor.yml"
        path.write_text(json.dumps(sections, indent=1))  # JSON is YAML
        (node.folder / "receptor.sock").unlink(missing_ok=True)
        self._processes[node.name] = node.start(self.program, "--config", str(path))

    def _control(self) -> ReceptorControl:
        return ReceptorControl(str(self.controller.folder / "receptor.sock"))

    def reachable(self) -> set[str]:
        """Return the execution nodes that the controller has a route to, and whose kinds of work it knows."""
        control = self._control()
        status = control.simple_command("status")
        control.close()
        routes = set(status.get("RoutingTable") or {})
        known = status["Advertisements"] or []
        offers = {one["NodeID"]: [kind["WorkType"] for kind in one["WorkCommands"] or []] for one in known}
        return {node for node in routes if WORK in offers.get(node, [])}

    def submit(self, node: str, job: str, payload: IO[bytes]) -> Unit:
        return self._submit(node, f"--private-data-dir={self.nodes[node].private_data_dir(job)} --delete", payload)

    def _submit(self, node: str, params: str, payload: IO[bytes] | str) -> MeshUnit:
        control = self._control()
        answer = control.submit_work(WORK, payload, node=node, params={"params": params})
        return MeshUnit(control, answer["unitid"])

    def await_loss(self, node: str) -> None:
        self._processes[node].wait()
        until(lambda: node not in self.reachable(), f"the loss of {node}")

    def restart(self, node: str) -> None:
        self._start_node(node)
        until(lambda: node in self.reachable(), f"the return of {node}")

    def clean(self, node: str) -> None:
        unit = self._submit(node, f"cleanup --file-pattern={self.nodes[node].private}/awx_* --grace-period=0", "")
        assert unit.state() == "Succeeded", unit.results.read()
        unit.release()
        until(lambda: not self.units(), "the release of all work units")

    def units(self) -> list[Path]:
        return [path.parent for folder in self.folders.values() for path in folder.glob("receptor/*/*/status")]


def until(is_true: Callable[[], bool], what: str) -> None:
    """Return as soon as *is_true* says so. Raises :class:`TimeoutError` after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {PATIENCE:.0f} seconds")
        time.sleep(STEP)


def _free_ports(count: int) -> Iterator[int]:
    """Yield *count* different free ports on loopback."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    yield from ports
