# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed: its module does not go on writing while the next run begins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest


def alive(marker: str) -> list[int]:
    """Return the processes whose environment holds *marker*."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if (
                marker.encode() in (entry / "environ").read_bytes()
                and (entry / "stat").read_text().split(")")[1].split()[0] != "Z"
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.mark.by_core
def test_module_stops_when_its_playbook_is_killed(sites):
    site = sites()
    batch = [{"name": f"tenant-{number}"} for number in range(30)]
    task = {"name": "Many", "orgsmith.grafana.grafana_org": {"batch": batch, "concurrency": 1}}
    play = {"name": "Killed", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    path = site.write("killed.yml", [play])
    third, goes_on = threading.Event(), threading.Event()
    made = []

    def watch(request):
        # The third organization is made while the playbook dies: its answer waits for that.
        if (request.method, request.path) == ("POST", "/api/orgs"):
            made.append(request)
            if len(made) == 3:
                third.set()
                assert goes_on.wait(60)

    site.emulator.watch(watch)
    marker = f"KILL_TEST={os.getpid()}-{site.folder.name}"
    environment = {**site.environment, **dict([marker.split("=", 1)])}
    tool = str(Path(sys.executable).parent / "ansible-playbook")
    process = subprocess.Popen([tool, str(path)], cwd=site.folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        assert third.wait(60)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
    finally:
        goes_on.set()
    done = threading.Event()
    for _second in range(60):
        if not alive(marker):
            break
        done.wait(1)
    assert alive(marker) == []
    assert len(site.emulator.orgs()) == 4  # the first, the two before, and the one that was under way
    site.emulator.watch(None)
    assert site.play(path).ok().recap["changed"] == 1
    assert len(site.emulator.orgs()) == 31
    assert site.play(path).ok().recap["changed"] == 0
