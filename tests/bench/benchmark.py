# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all measurements share: the server that is measured on, and playbooks run against it."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

HERE = Path(__file__).resolve().parent
USER, PASSWORD = "admin", "bench-Passw0rd-51aa"
NEWEST = "12.4.3"
PEERS = ("community.grafana", "grafana.grafana")


class TooLong(Exception):
    """It took more time than it was given."""


@dataclass
class Target:
    """The server to measure on; *counted* says whether it tells how many requests it has had."""

    url: str
    user: str
    password: str
    counted: bool

    def requests(self) -> int | None:
        """Return how many requests the server has seen, where it counts them."""
        return requests.get(f"{self.url}/__emulator__/stats", timeout=30).json()["requests"] if self.counted else None

    def call(self, method: str, path: str, body: Any = None, org: int = 1) -> requests.Response:
        """Send one of the requests that are not measured, as the user; return the answer, whatever it is."""
        headers = {"X-Grafana-Org-Id": str(org)}
        auth = (self.user, self.password)
        return requests.request(method, self.url + path, json=body, headers=headers, auth=auth, timeout=120)

    def timed(self, work: Callable[[], None]) -> tuple[float, int | None, bool]:
        """Do some *work*; return its seconds, how many requests it has sent, and whether it was ended for taking too long."""
        before, start, cut = self.requests(), time.perf_counter(), False
        try:
            work()
        except (subprocess.TimeoutExpired, TooLong):
            cut = True
        spent, after = time.perf_counter() - start, self.requests()
        return spent, None if before is None or after is None else after - before, cut

    def play(self, playbook: str, variables: Path, seconds: float | None = None, **environment: str) -> None:
        """Run a playbook of this folder with the variables of a file.

        Exits when it fails, and raises ``subprocess.TimeoutExpired`` when it takes more than *seconds*.
        """
        command = ["ansible-playbook", str(HERE / "playbooks" / playbook), "-e", f"@{variables}"]
        given = {
            **os.environ,
            "GRAFANA_URL": self.url,
            "GRAFANA_USER": self.user,
            "GRAFANA_PASSWORD": self.password,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ORGSMITH_ALLOW_EPHEMERAL": "true",  # the keys are thrown away
            **environment,
        }
        started = subprocess.Popen(
            command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        with started:
            try:
                output, errors = started.communicate(timeout=seconds)
            except BaseException:
                os.killpg(started.pid, signal.SIGKILL)  # with the modules that it runs
                raise
        if started.returncode:
            sys.exit(f"{playbook} failed:\n{output[-3000:]}\n{errors[-2000:]}")


def written(path: Path, variables: dict[str, Any]) -> Path:
    """Write the variables of a play into a file."""
    path.write_text(json.dumps(variables), encoding="utf-8")
    return path


@contextlib.contextmanager
def server(version: str = NEWEST) -> Iterator[Target]:
    """Yield the server to measure on: the one of ``GRAFANA_URL``, or the embedded one with a real server's costs."""
    if os.environ.get("GRAFANA_URL"):
        url = os.environ["GRAFANA_URL"].rstrip("/")
        yield Target(url, os.environ["GRAFANA_USER"], os.environ["GRAFANA_PASSWORD"], counted=False)
        return
    command = [sys.executable, "-m", "emulator", "--port", "0", "--grafana-version", version]
    command += ["--admin-password", PASSWORD, "--costs", "real"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Target(process.stdout.readline().split()[1], USER, PASSWORD, counted=True)
    finally:
        process.terminate()
        process.wait(10)


def versions() -> str:
    """Return what is measured with what."""
    words = subprocess.run(["ansible", "--version"], check=True, capture_output=True, text=True).stdout.split("\n")[0]
    found = subprocess.run(["ansible-galaxy", "collection", "list"], check=False, capture_output=True, text=True)
    listed = dict(line.split()[:2] for line in found.stdout.splitlines() if line.startswith(PEERS))
    peers = ", ".join(f"{name} {listed.get(name, 'none')}" for name in PEERS)
    return f"{words}, {peers}, Python {platform.python_version()}"
