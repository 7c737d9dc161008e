# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenants of the demonstration."""

from __future__ import annotations

import json
from pathlib import Path
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


def tenants_file(keys: Path, password: str) -> str:
    """Return the content of the tenants file. *keys* is the shared folder for keys, *password* that of the shared user.

    No two runs work on one tenant at the same time here, so a token whose key is lost need not become old before it is deleted:
    see ``orphan_after`` of ``grafana_sa_token``.
    """
    return json.dumps([_tenant(name, keys, password) for name in names()], indent=1)


def _tenant(name: str, keys: Path, password: str) -> dict[str, Any]:
    token: dict[str, Any] = {"name": TOKEN, "seconds_to_live": "30d", "orphan_after": "0s"}
    if not is_in_vault(name):
        token.update(dest=str(keys / f"{name}.token"), allow_ephemeral=True)
    create = {"email": f"{OPERATOR}@example.org", "password": password}
    return {
        "name": name,
        "members": [{"login": OPERATOR, "role": "Viewer", "create": create}],
        "service_accounts": [{"name": ACCOUNT, "role": "Viewer", "tokens": [token]}],
        "folders": [FOLDER],
    }
