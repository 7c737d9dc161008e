# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks as users run them: ansible-playbook in a process of its own, with a home of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import requests

from e2e import shortcuts
from servers import NEWEST, Grafana, TestServer, plugin

#: pytest calls it: it switches the plugin on.
pytest_configure = plugin.pytest_configure

ROOT = Path(__file__).resolve().parents[2]
#: How servers name a token that has created something: by its account, and at 9.3 not at all (recorded: dashboards-by-token).
BY_A_TOKEN = ("sa-", "service-account:", "Anonymous")
#: Masked wherever it stands, so it must not be a word of what tests look for.
PASSWORD = "e2e-Passw0rd-83c1"
FREE = ("/login", "/logout", "/api/health", "/api/frontend/settings", "/api/orgs")


class Run:
    """What a playbook printed, and its recap."""

    def __init__(self, found: subprocess.CompletedProcess) -> None:
        self.code, self.text = found.returncode, found.stdout + found.stderr

    @property
    def recap(self) -> dict[str, int]:
        line = self.text.rpartition("PLAY RECAP")[2].splitlines()[1]
        return {name: int(value) for name, value in (word.split("=") for word in line.split(":", 1)[1].split())}

    def told(self, name: str) -> int:
        """Return the count of a name in what a task has shown; before ansible-core 2.19 a template gives text there."""
        return int(re.findall(rf'"{name}": "?(\d+)"?,?$', self.text, re.MULTILINE)[-1])

    @property
    def stats(self) -> dict[str, Any]:
        """What the playbook has reported with set_stats; it needs the environment variable ANSIBLE_SHOW_CUSTOM_STATS."""
        return json.JSONDecoder().raw_decode(self.text.rpartition("RUN: ")[2])[0]

    def ok(self) -> Run:
        assert self.code == 0, self.text
        return self

    def failed(self) -> Run:
        assert self.code != 0, self.text
        return self


class Site:
    """A server, a folder to work in, and playbooks run there."""

    def __init__(self, emulator: TestServer, folder: Path) -> None:
        self.emulator, self.folder = emulator, folder
        self.home, self.keys = folder / "home", folder / "keys"
        for path in (self.home, self.keys):
            path.mkdir(mode=0o700, exist_ok=True)
        # ansible-core puts a socket there, whose path must not be long.
        self.temporary = Path(tempfile.mkdtemp(prefix="e2e-"))

    def close(self) -> None:
        """Remove what lies outside of the folder."""
        shutil.rmtree(self.temporary, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GRAFANA_", "ANSIBLE_"))}
        return {
            **inherited,
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
            "ANSIBLE_LOCAL_TEMP": str(self.temporary / "local"),
            "ANSIBLE_REMOTE_TEMP": str(self.temporary / "remote"),
            "ANSIBLE_NOCOLOR": "1",
            "GRAFANA_URL": self.emulator.url,
            "GRAFANA_USER": "admin",
            "GRAFANA_PASSWORD": PASSWORD,
        }

    def command(self, *words: str, environment: dict[str, str] | None = None, directory: Path | None = None) -> Run:
        """Run a tool that stands beside this Python, in *directory* or in the folder of the site."""
        tool = Path(sys.executable).parent / words[0]
        directory = directory or self.folder
        return Run(shortcuts.run([str(tool), *words[1:]], directory, {**self.environment, **(environment or {})}))

    def play(self, playbook: str | Path, *words: str, environment=None, directory: Path | None = None, **variables) -> Run:
        """Run a playbook with *variables*."""
        extra = ["-e", json.dumps(variables)] if variables else []
        return self.command("ansible-playbook", str(playbook), *extra, *words, environment=environment, directory=directory)

    def write(self, name: str, content) -> Path:
        """Write a playbook (as JSON, which is YAML)."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
        return path

    def role(self, tenants, name: str = "role.yml", play=None, file: str | None = None, **variables) -> Path:
        """Write a playbook that runs the role on *tenants*; with *file* the modules read them from a file of that name."""
        source = {"org_bootstrap_organizations": tenants}
        if file:
            source = {"org_bootstrap_tenants_file": str(self.write(file, tenants))}
        task = {
            "name": "Bootstrap",
            "ansible.builtin.include_role": {"name": "orgsmith.grafana.org_bootstrap"},
            "vars": {**source, **variables},
        }
        whole = {"name": "Tenants", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
        whole["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        return self.write(name, [{**whole, **(play or {})}])

    def tenants(self, size: int, prefix: str = "tenant", login: str = "alice"):
        """Return *size* tenants, each with a member, an account, a token and a dashboard."""
        return [
            {
                "name": f"{prefix}-{number}",
                "members": [{"login": login, "role": "Editor"}],
                "service_accounts": [
                    {
                        "name": f"{prefix}-{number}",
                        "role": "Editor",
                        "tokens": [{"name": "ci", "seconds_to_live": "30d", "dest": str(self.keys / f"{prefix}-{number}")}],
                    }
                ],
                "dashboards": [{"dashboard": {"uid": "overview", "title": "Overview", "panels": []}}],
            }
            for number in range(size)
        ]

    @property
    def url(self) -> str:
        """The server's address."""
        return self.emulator.url

    def api(self, method: str, path: str, body=None, org: int | str | None = None):
        """Make a request by hand, as the server's admin; it has to succeed. *org* is an organization's id or name."""
        org = self.emulator.orgs()[org] if isinstance(org, str) else org
        headers = {"X-Grafana-Org-Id": str(org)} if org else {}
        whole = self.url + path
        answer = requests.request(method, whole, json=body, headers=headers, auth=("admin", PASSWORD), timeout=10)
        assert answer.ok, (answer.status_code, answer.text)
        return answer.json()

    def writes(self) -> int:
        """Return how many writing requests were made, without logins."""
        routes = self.emulator.stats()["routes"]
        return sum(route["count"] for route in routes if route["method"] != "GET" and route["route"] != "/login")

    def user(self, login: str) -> None:
        """Make a user."""
        user = {"login": login, "email": f"{login}@example.org", "name": login, "password": "long-enough-1", "OrgId": 1}
        self.emulator.ask("POST", "/api/admin/users", user)

    def keys_made(self) -> list[str]:
        """Return every key that the server has given."""
        return self.emulator.keys()

    def requests(self) -> int:
        """Return how many requests were made, without login, logout, health and discovery."""
        routes = self.emulator.stats()["routes"]
        free = [r for r in routes if r["route"] in FREE and not (r["route"] == "/api/orgs" and r["method"] == "POST")]
        return sum(route["count"] for route in routes) - sum(route["count"] for route in free)


@pytest.fixture(scope="session", autouse=True)
def _shortcuts(tmp_path_factory):
    """What is the same in all runs of playbooks is done once."""
    with shortcuts.switched_on(tmp_path_factory):
        yield


@pytest.fixture(scope="module")
def site(request, tmp_path_factory):
    """A server for a module of tests: of the newest version, or of the module's ``VERSION``."""
    with Grafana(version=getattr(request.module, "VERSION", NEWEST), admin_password=PASSWORD) as emulator:
        site = Site(emulator, tmp_path_factory.mktemp("site"))
        yield site
        site.close()


@pytest.fixture
def sites(tmp_path):
    """A function that starts a server of its own."""
    with contextlib.ExitStack() as stack:

        def start(version: str = NEWEST, **options) -> Site:
            emulator = stack.enter_context(Grafana(version=version, admin_password=PASSWORD, **options))
            folder = tmp_path / version
            folder.mkdir()
            site = Site(emulator, folder)
            stack.callback(site.close)
            return site

        yield start
