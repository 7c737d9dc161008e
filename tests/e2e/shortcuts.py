# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible does again in each run of a playbook, and what is the same each time, is done once in a session of tests.

- startup/sitecustomize.py, which all processes of a playbook import, keeps the payloads of modules, and bytecode.
- startup/warm_ansible.py has everything imported that ansible-playbook needs, and forks for each run of it.
- startup/modules.py has everything imported that a module needs, and forks for each run of it.

A playbook takes less than half of the time with these. Each still runs in processes of its own, with the code of
ansible-core and of the collection. Without shortcuts run, always: the demo on the embedded Grafana, what AWX and people at a
terminal start, runs that are killed, the installed tarball, and all targets of the integration tests; and with E2E_SHORTCUTS=no
in the environment of pytest everything, with E2E_SHORTCUTS=no in the environment of a command that one.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

STARTUP = Path(__file__).with_name("startup")
NAME = "E2E_SHORTCUTS"
ROOT = Path(__file__).resolve().parents[2]
#: Settings that ansible-core reads before the fork; a command with others starts by itself.
SETTINGS = {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build")}


def takes(command: list[str], environment: dict[str, str]) -> bool:
    """Tell whether a run of *command* is the same with and without shortcuts."""
    settings = {**SETTINGS, **{name: os.environ.get(name) for name in ("PYTHONPATH", NAME)}}
    known = Path(command[0]).name in ("ansible-playbook", "ansible-vault")
    return known and environment.get(NAME, "no") != "no" and settings.items() <= environment.items()


class Warm:
    """A process that forks ansible-playbook and ansible-vault."""

    def __init__(self, environment: dict[str, str]) -> None:
        # the files of whoever runs the tests are not for it
        self._home = tempfile.TemporaryDirectory()
        places = dict.fromkeys(("HOME", "ANSIBLE_LOCAL_TEMP", "ANSIBLE_REMOTE_TEMP"), self._home.name)
        command = [sys.executable, str(STARTUP / "warm_ansible.py")]
        self._process = subprocess.Popen(command, env={**environment, **places}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, command: list[str], cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run *command* to its end."""
        with tempfile.NamedTemporaryFile() as output, tempfile.NamedTemporaryFile() as errors:
            job = {"command": command, "directory": str(cwd), "environment": environment}
            files = {"output": output.name, "errors": errors.name}
            self._process.stdin.write(json.dumps({**job, **files}).encode() + b"\n")
            self._process.stdin.flush()
            pid = int(self._process.stdout.readline())
            try:
                code = int(self._process.stdout.readline())
            except BaseException:  # the test has run out of time
                os.kill(pid, signal.SIGKILL)
                self._process.stdout.readline()
                raise
            texts = [stream.read().decode() for stream in (output, errors)]
        return subprocess.CompletedProcess(command, code, *texts)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait(30)
        self._home.cleanup()


_warm: list[Warm] = []


def run(command: list[str], cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing on its standard input, and return its exit code and what it has printed."""
    if takes(command, environment):
        if not _warm:
            _warm.append(Warm(environment))
        return _warm[0].run(command, cwd, environment)
    return subprocess.run(
        command, cwd=cwd, env=environment, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@contextlib.contextmanager
def switched_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let all processes that are started with the environment of this one use shortcuts."""
    if os.environ.get(NAME) == "no":
        yield
        return
    # The processes of pytest-xdist have directories of their own, in one that they share.
    base = tmp_path_factory.getbasetemp()
    kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "e2e-shortcuts"
    for name in ("payloads", "bytecode", "m"):
        (kept / name).mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(NAME, str(kept))
        patch.setenv("PYTHONPATH", str(STARTUP), prepend=os.pathsep)
        yield
    while _warm:
        _warm.pop().close()
