# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of the integration targets, run as ansible-test runs them: all tasks have to succeed.

They use organizations and users whose names begin with "integration", and delete them at the end.
"""

from __future__ import annotations

import json

import pytest

from lane.conftest import ROOT

TARGETS = sorted(path.name for path in (ROOT / "tests/integration/targets").iterdir() if (path / "tasks").is_dir())


@pytest.mark.parametrize("target", TARGETS)
def test_target(server, command, tmp_path, target):
    if not server.own and leftovers(server):
        pytest.fail(f"the server has organizations named {leftovers(server)}, which this test would delete")
    servers = [{"version": server.version, "url": server.url}]
    play = {
        "name": target,
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "roles": [target],
        "vars": {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "grafana_servers": servers,
            "grafana_user": server.user,
            "grafana_password": server.password,
        },
    }
    path = tmp_path / "target.yml"
    path.write_text(json.dumps([play]))
    path.chmod(0o600)  # the password of a server that is in use stands in it
    try:
        command("ansible-playbook", str(path), ANSIBLE_ROLES_PATH=str(ROOT / "tests/integration/targets"))
    finally:
        for user in server.made("GET", "/api/users/search?query=integration-&perpage=100")["users"]:
            server.api("DELETE", f"/api/admin/users/{user['id']}")


def leftovers(server):
    """Return the names of organizations that the targets take for their own."""
    return [org["name"] for org in server.made("GET", "/api/orgs?perpage=10000") if org["name"].startswith("integration")]
