# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests of `make real` that also run on a server that is filled already: they use names of their own, and clean up."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from servers import CHOICE, Grafana, plugin
from servers.choice import filled

#: pytest calls it: it switches the plugin on.
pytest_configure = plugin.pytest_configure

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "lane-Passw0rd-51d7"


@dataclass(frozen=True)
class Server:
    """The address of a server, and one of its admins; *own* says that it was started for these tests."""

    url: str
    user: str
    password: str
    own: bool

    def api(self, method, path, body=None, org=None, auth=None):
        """Make a request, by default as the admin, and return the answer."""
        headers = {"X-Grafana-Org-Id": str(org)} if org else {}
        if isinstance(auth, str):
            headers["Authorization"] = "Bearer " + auth
        with requests.Session() as session:
            session.trust_env = False
            login = None if isinstance(auth, str) else auth or (self.user, self.password)
            return session.request(method, self.url + path, json=body, headers=headers, auth=login, timeout=60)

    def made(self, method, path, body=None, org=None):
        """Make a request that has to succeed, and return the parsed answer."""
        answer = self.api(method, path, body, org)
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer.json()

    @property
    def version(self):
        return self.made("GET", "/api/health")["version"]


@pytest.fixture(scope="session")
def server():
    """The server of GRAFANA_URL; otherwise a fresh one."""
    given = None if CHOICE else filled(os.environ)
    if given:
        yield Server(given.url, given.user, given.password, own=False)
        return
    with Grafana(admin_password=PASSWORD) as started:
        yield Server(started.url, "admin", PASSWORD, own=True)


@pytest.fixture
def unique():
    """A part of names that nobody else has."""
    return secrets.token_hex(4)


@pytest.fixture
def command(server, tmp_path):
    """A function that runs a tool beside this Python with the connection in its environment, and returns what it printed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GRAFANA_", "ANSIBLE_", "DEMO_"))}
    environment = {
        **inherited,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT / '.build'}:{ROOT / 'tests'}",
        "HOME": str(tmp_path),
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
        "ANSIBLE_NOCOLOR": "1",
        "GRAFANA_URL": server.url,
        "GRAFANA_USER": server.user,
        "GRAFANA_PASSWORD": server.password,
    }

    def run(*words, **more):
        done = subprocess.run(
            words,
            env={**environment, **more},
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
