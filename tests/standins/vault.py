# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for HashiCorp Vault and OpenBao: KV of version 2, AppRole, health, capabilities.

Built from the API documents "KV secrets engine - version 2 (API)", "AppRole auth method (API)", "/sys/health",
"/sys/capabilities-self" and "Namespaces", and compared with what HashiCorp Vault 1.21.4 answers. The tests of the sink run
against a real OpenBao too (openbao.py).
"""

from __future__ import annotations

import secrets
from typing import Any

from .web import Answer, Asked, StandIn

ROOT = ("root",)
CAS = "check-and-set parameter did not match the current version"


def errors(status: int, *words: str) -> Answer:
    return Answer(status, {"errors": list(words)})


class Vault(StandIn):
    """The server. *token* is the root's; *policies* of other tokens are what they may do with every path."""

    def __init__(self, token: str = "hvs.root-of-the-tests") -> None:
        super().__init__()
        self.token = token
        self.tokens: dict[str, tuple[str, ...]] = {token: ROOT}
        self.roles = {"rotation": "secret-id-of-the-tests"}
        self.mounts = {"secret": "2", "old": "1"}
        self.namespace: str | None = None
        self.sealed = False
        self.active: str | None = None
        #: (mount, path) -> versions, oldest first; ``None`` for a deleted one.
        self.secrets: dict[tuple[str, str], list[dict[str, Any] | None]] = {}

    def put(self, path: str, data: dict[str, Any], mount: str = "secret") -> None:
        """Write a version by hand."""
        self.secrets.setdefault((mount, path), []).append(data)

    def data(self, path: str, mount: str = "secret") -> dict[str, Any] | None:
        """Return the newest version."""
        return (self.secrets.get((mount, path)) or [None])[-1]

    def versions(self, path: str, mount: str = "secret") -> int:
        """Return how many versions there are."""
        return len(self.secrets.get((mount, path)) or [])

    def allow(self, token: str, *what: str) -> str:
        """Let *token* do *what*."""
        self.tokens[token] = what
        return token

    def answer(self, asked: Asked) -> Answer:
        path = asked.path[1:]
        if path[:2] == ["sys", "health"]:
            return self._health(asked)
        if self.sealed:
            return errors(503, "Vault is sealed")
        if self.active is not None:
            return Answer(307, None, {"Location": self.active + "/" + "/".join(asked.path)})
        if self.namespace is not None and (asked.headers.get("X-Vault-Namespace") or "").strip("/") != self.namespace:
            return errors(403, "permission denied")
        if path[0] == "auth" and path[-1] == "login":
            return self._login(asked)
        may = self.tokens.get(asked.headers.get("X-Vault-Token") or "")
        if may is None:
            return errors(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n")
        if path[:2] == ["sys", "capabilities-self"]:
            wanted = {one: list(may) or ["deny"] for one in asked.body["paths"]}
            return Answer(200, {**wanted, "data": wanted})
        if path[:4] == ["sys", "internal", "ui", "mounts"]:
            version = self.mounts.get(path[4])
            if version is None:
                return errors(403, "preflight capability check returned 403, please ensure client's policies grant access")
            return Answer(200, {"data": {"type": "kv", "path": path[4] + "/", "options": {"version": version}}})
        if path[0] not in self.mounts:
            return errors(404, f'no handler for route "{"/".join(path)}". route entry not found.')
        return self._kv(asked, may, path)

    def _health(self, asked: Asked) -> Answer:
        if self.sealed:
            return Answer(int(asked.query.get("sealedcode", ["503"])[0]), {"initialized": True, "sealed": True})
        return Answer(200, {"initialized": True, "sealed": False, "standby": self.active is not None})

    def _login(self, asked: Asked) -> Answer:
        if asked.path[2] != "approle" or self.roles.get(asked.body["role_id"]) != asked.body["secret_id"]:
            return errors(400, "invalid role or secret ID")
        token = self.allow("hvs.of-a-login-" + secrets.token_hex(8), "create", "read", "update")
        return Answer(200, {"auth": {"client_token": token, "lease_duration": 600}})

    def _kv(self, asked: Asked, may: tuple[str, ...], path: list[str]) -> Answer:
        mount, kind, where = path[0], path[1], "/".join(path[2:])
        needed = {"GET": "read", "POST": "update", "DELETE": "delete"}[asked.method]
        if "root" not in may and needed not in may:
            return errors(403, "1 error occurred:\n\t* permission denied\n\n")
        if self.mounts[mount] != "2" or kind != "data":
            return errors(404)
        versions = self.secrets.get((mount, where), [])
        if asked.method == "GET":
            return self._read(versions)
        if asked.method == "DELETE":
            if versions:
                versions[-1] = None
            return Answer(204)
        cas = (asked.body.get("options") or {}).get("cas")
        if cas is not None and cas != len(versions):
            return errors(400, CAS)
        self.secrets.setdefault((mount, where), []).append(dict(asked.body["data"]))
        return Answer(200, {"data": {"version": len(self.secrets[mount, where]), "destroyed": False}})

    def _read(self, versions: list[dict[str, Any] | None]) -> Answer:
        if not versions:
            return errors(404)
        metadata = {"version": len(versions), "destroyed": False, "deletion_time": "" if versions[-1] else "2026-01-01T00:00:00Z"}
        if versions[-1] is None:
            return Answer(404, {"data": {"data": None, "metadata": metadata}})
        return Answer(200, {"data": {"data": versions[-1], "metadata": metadata}})
