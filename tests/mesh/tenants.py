# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants of the demonstration, and how AWX divides an inventory into slices."""

from __future__ import annotations

import json
from typing import Any

PREFIX, COUNT = "mesh-tenant-", 60
#: A user that each tenant has as a member, so all slices need it, and whichever comes first creates it.
OPERATOR = "mesh-operator"
ACCOUNT, TOKEN, FOLDER = "ci", "ci", "Operations"
#: Where Vault keeps the keys of tenants with even numbers.
VAULT_PATH = "grafana/{org_name}/{service_account}"


def names(count: int = COUNT) -> list[str]:
    """Return the names of the tenants."""
    return [f"{PREFIX}{number:03d}" for number in range(1, count + 1)]


def is_in_vault(name: str) -> bool:
    """Tell whether Vault stores the key of this tenant. The keys of the others are files in a shared folder."""
    return int(name[-3:]) % 2 == 0


def sliced(hosts: list[str], number: int, count: int) -> list[str]:
    """Return slice *number* (from 1 on) of *count*, as ``Inventory.get_sliced_hosts`` of AWX does."""
    return sorted(hosts)[number - 1 :: count]


def script_data(hosts: list[str]) -> dict[str, Any]:
    """Return the inventory of one slice, as ``Inventory.get_script_data`` of AWX does for hosts without groups."""
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    facts = {name: {"grafana_org_name": name, **local} for name in hosts}
    for number, name in enumerate(hosts, start=1):
        for prefix in ("host", "tower"):
            facts[name].update({f"remote_{prefix}_enabled": "true", f"remote_{prefix}_id": str(number)})
    return {"all": {"hosts": hosts}, "_meta": {"hostvars": facts}}


def tenants_file() -> str:
    """Return the file with all tenants. A job template's survey or the project has it; it contains no secret.

    No two runs work on one tenant at the same time here, so a lost key need not wait until its token is old: see
    ``orphan_after`` of ``grafana_sa_token``.
    """
    return json.dumps({"tenants": [_tenant(name) for name in names()]}, indent=1)


def _tenant(name: str) -> dict[str, Any]:
    token: dict[str, Any] = {"name": TOKEN, "seconds_to_live": "30d", "orphan_after": "0s"}
    if not is_in_vault(name):
        token.update(dest="{{ keys }}/%s.token" % name, allow_ephemeral=True)
    create = {"email": f"{OPERATOR}@example.org", "password": "{{ lookup('env', 'MESH_OPERATOR_PASSWORD') }}"}
    return {
        "name": name,
        "members": [{"login": OPERATOR, "role": "Viewer", "create": create}],
        "service_accounts": [{"name": ACCOUNT, "role": "Viewer", "tokens": [token]}],
        "folders": [FOLDER],
    }
