# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A long batch shows how far it has come while it works."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

LINE = "progress: [localhost] grafana_org: 4 of 5 done, 0 failed, concurrency 1"


@pytest.mark.by_core
def test_a_long_batch_shows_its_progress(sites):
    site = sites()
    batch = [{"name": f"tenant-{number}"} for number in range(5)]
    play = {"name": "Long", "hosts": "localhost", "connection": "local", "gather_facts": False}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    # The name of the server comes from the defaults of the action group, for a module with a redirected action plugin, too.
    play["module_defaults"] = {"group/orgsmith.grafana.grafana": {"url": site.emulator.url, "concurrency": 1}}
    play["tasks"] = [{"name": "Many", "orgsmith.grafana.grafana_org": {"batch": batch}}]
    path, errors = site.write("long.yml", [play]), site.folder / "errors"
    posts = []

    def watch(request):
        if (request.method, request.path) == ("POST", "/api/orgs"):
            posts.append(request)
            time.sleep(0.05)
            ends = time.monotonic() + 60
            # The fifth organization waits until four are shown as done.
            while len(posts) == 5 and LINE not in errors.read_text() and time.monotonic() < ends:
                time.sleep(0.05)

    site.emulator.watch(watch)
    environment = {**site.environment, "ORGSMITH_PROGRESS_SECONDS": "0.05", "GRAFANA_URL": "http://127.0.0.1:1"}
    tool = str(Path(sys.executable).parent / "ansible-playbook")
    options = {"cwd": site.folder, "env": environment, "stdout": subprocess.PIPE, "text": True}
    with errors.open("w") as stream:
        done = subprocess.run([tool, str(path)], stderr=stream, check=False, **options)
    assert done.returncode == 0, done.stdout + errors.read_text()
    assert len(posts) == 5
    assert LINE in errors.read_text().splitlines()
    assert "progress" not in done.stdout
