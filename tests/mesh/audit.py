# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is true at the end: asked of the server and of the places that store the keys, not of what runs have reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import requests

from standins import Vault

from .tenants import ACCOUNT, FOLDER, OPERATOR, PREFIX, is_in_vault, names


@dataclass
class Server:
    """A Grafana server, and a server admin of it."""

    url: str
    user: str
    password: str

    def ask(self, method: str, path: str, org_id: int = 0) -> Any:
        """Return the answer to a request; raises for an error."""
        headers = {"X-Grafana-Org-Id": str(org_id)} if org_id else {}
        found = requests.request(method, self.url + path, auth=(self.user, self.password), headers=headers, timeout=60)
        found.raise_for_status()
        return found.json()

    def tenants(self) -> dict[str, int]:
        """Return the ids of the demonstration's organizations by name."""
        listed = self.ask("GET", "/api/orgs?perpage=10000")
        return {one["name"]: one["id"] for one in listed if one["name"].startswith(PREFIX)}

    def opened_by(self, key: str) -> str | None:
        """Return the organization that *key* works in; ``None`` if the server refuses it."""
        headers = {"Authorization": f"Bearer {key}"}
        found = requests.get(self.url + "/api/org", headers=headers, timeout=60)
        return str(found.json()["name"]) if found.status_code == 200 else None


@dataclass
class Found:
    """What is wrong, as names of tenants; and what must stay the same from now on."""

    incomplete: list[str]
    #: Accounts with more than one token, and names of accounts, folders or members that occur twice.
    duplicates: list[str]
    #: Tokens on the server whose key nothing stores, or whose stored key does not work.
    lost: list[str]
    #: The ids of tokens, and how often a key was stored, by tenant.
    tokens: dict[str, list[int]]
    stored: dict[str, int]

    @property
    def right(self) -> bool:
        """Whether every tenant is complete, and each token has one working, stored key."""
        return not (self.incomplete or self.duplicates or self.lost)

    def as_dict(self) -> dict[str, Any]:
        """Return it for the report."""
        return {"right": self.right, "tokens_on_the_server": sum(map(len, self.tokens.values())), **asdict(self)}


class Keys:
    """The keys that Vault and the shared folder store."""

    def __init__(self, vault: Vault, folder: Path) -> None:
        self.vault, self.folder = vault, folder

    def of(self, name: str) -> str | None:
        """Return the stored key of a tenant."""
        if is_in_vault(name):
            return (self.vault.data(_path(name)) or {}).get("key")
        path = self.folder / f"{name}.token"
        return path.read_text().strip() if path.exists() else None

    def all(self) -> list[str]:
        """Return all keys that are or were stored."""
        versions = [version or {} for versions in self.vault.secrets.values() for version in versions]
        return [key for key in [*(one.get("key") for one in versions), *(self.of(name) for name in names())] if key]

    def versions(self, name: str) -> int:
        """Return how many different keys Vault has stored for a tenant, or whether there is a file."""
        if not is_in_vault(name):
            return int(self.of(name) is not None)
        return len({one["key"] for one in self.vault.secrets.get(("secret", _path(name)), []) if one and one.get("key")})


def _path(name: str) -> str:
    return f"grafana/{name}/{ACCOUNT}"


def audit(server: Server, keys: Keys) -> Found:
    """Compare the server with what was wanted."""
    found = Found([], [], [], {}, {})
    orgs = server.tenants()
    for name in names():
        if name not in orgs:
            found.incomplete.append(f"{name}: no organization")
            continue
        _audit_tenant(found, name, keys, lambda path, org=orgs[name]: server.ask("GET", path, org), server.opened_by)
        found.stored[name] = keys.versions(name)
    return found


def _audit_tenant(found: Found, name: str, keys: Keys, ask: Callable[[str], Any], opened_by: Callable[[str], str | None]) -> None:
    accounts = ask("/api/serviceaccounts/search?perpage=1000")["serviceAccounts"]
    lists = {
        ("account", ACCOUNT): [one["name"] for one in accounts],
        ("folder", FOLDER): [one["title"] for one in ask("/api/folders")],
        ("member", OPERATOR): [one["login"] for one in ask("/api/org/users")],
    }
    for (kind, wanted), present in lists.items():
        if wanted not in present:
            found.incomplete.append(f"{name}: no {kind} {wanted}")
        if present.count(wanted) > 1:
            found.duplicates.append(f"{name}: {kind} {wanted}")
    tokens = [token for one in accounts for token in ask(f"/api/serviceaccounts/{one['id']}/tokens")]
    found.tokens[name] = [token["id"] for token in tokens]
    key = keys.of(name)
    if not tokens or key is None:
        found.incomplete.append(f"{name}: {len(tokens)} tokens, and {'no' if key is None else 'one'} key is stored")
    if len(tokens) > 1:
        found.duplicates.append(f"{name}: tokens {json.dumps([token['name'] for token in tokens])}")
    if tokens and (key is None or opened_by(key) != name):
        found.lost.append(f"{name}: the stored key does not work")
