# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server, the places for keys, and modules that run in this process; what a job left behind."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common.text.converters import to_bytes

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.module import GrafanaModule
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import secrets
from servers.embedded import EmbeddedServer
from standins import Awx, Vault

PACKAGE = "ansible_collections.orgsmith.grafana.plugins.modules."
PASSWORD = "S3cret-of-the-tests"
#: Seconds after which a token that no sink stores is deleted, unless its sink has a lock.
ORPHAN = 900
_sleep = time.sleep


@dataclass(frozen=True)
class Request:
    """A request of a job, and whether its answer has ids."""

    method: str
    path: str
    has_id: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Result:
    """What a module returned, and all that it printed."""

    data: dict[str, Any]
    text: str

    @property
    def failed(self) -> bool:
        return bool(self.data.get("failed"))

    @property
    def changed(self) -> bool:
        return bool(self.data.get("changed"))


class World:
    """Servers of all versions, one of which is in use; stand-ins of Vault and AWX; *folder* is for files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vault, self.awx = Vault(), Awx()
        self.requests: list[Request] = []
        self.created: dict[str, None] = {}
        self._servers: dict[str, EmbeddedServer] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> World:
        self._stack.enter_context(self.vault)
        self._stack.enter_context(self.awx)
        self._stack.enter_context(mock.patch.dict(os.environ))
        for name in list(os.environ):
            if name.startswith(("GRAFANA_", "VAULT_", "CONTROLLER_", "TOWER_")):
                del os.environ[name]
        # These tests may run in a container.
        os.environ["ORGSMITH_ALLOW_EPHEMERAL"] = "true"
        self._stack.enter_context(mock.patch.object(GrafanaModule, "warn", _warn))
        # Pauses between attempts are for real networks.
        self._stack.enter_context(mock.patch.object(time, "sleep", lambda seconds: _sleep(min(seconds, 0.001))))
        for name in ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE"):
            if hasattr(basic, name):
                self._stack.enter_context(mock.patch.object(basic, name, None))
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def begin(self, version: str) -> None:
        """Become an empty server of *version*, without any stored key."""
        if version not in self._servers:
            server = self._servers[version] = EmbeddedServer(version=version, admin_password=PASSWORD)
            self._record(server)
            self._stack.enter_context(server)
        self.server = self._servers[version]
        self.server.reset()
        self.vault.secrets.clear()
        self.awx.credentials.clear()
        self.awx.add("token")
        for path in self.folder.rglob("*"):
            if path.is_file():
                path.unlink()
        self.forget()
        self.created.clear()

    def forget(self) -> None:
        """Begin a new list of requests."""
        self.requests.clear()

    def _record(self, server: EmbeddedServer) -> None:
        """Note the requests that *server* answers, and the keys that it creates."""
        plain = server.server.answer

        def answer(method: str, path: str, query: str, headers: Any, body: bytes) -> Any:
            reply, template = plain(method, path, query, headers, body)
            content = reply.encoded()
            self.requests.append(Request(method, path, b'id":' in content.lower()))
            if method == "POST" and isinstance(reply.body, dict) and isinstance(reply.body.get("key"), str):
                self.created[reply.body["key"]] = None
            return reply, template

        server.server.answer = answer  # type: ignore[method-assign]

    # What a job does by hand.

    def api(self, method: str, path: str, body: Any = None, org: int = 0) -> Any:
        """Make a request as the server's admin, which meets no fault."""
        return self.server.ask(method, path, body, org)

    def org(self, name: str) -> int:
        """Create an organization."""
        return int(self.api("POST", "/api/orgs", {"name": name})["orgId"])

    def user(self, login: str, **more: Any) -> None:
        """Create a user."""
        self.api("POST", "/api/admin/users", {"login": login, "password": "long-enough-1", "name": login, **more})

    def account(self, name: str, org: int, role: str = "Editor") -> int:
        """Create a service account."""
        return int(self.api("POST", "/api/serviceaccounts", {"name": name, "role": role}, org)["id"])

    def key(self, name: str, org: int, role: str = "Editor") -> str:
        """Create an API key."""
        key = str(self.api("POST", "/api/auth/keys", {"name": name, "role": role}, org)["key"])
        self.created[key] = None
        return key

    def sink(self, kind: str) -> dict[str, Any]:
        """Return the options of a sink."""
        if kind == "hashi_vault":
            return {"type": kind, "url": self.vault.url, "token": self.vault.token, "path": "team/token"}
        if kind == "awx_credential":
            where = {"type": kind, "url": self.awx.url, "token": self.awx.token}
            return {**where, "credential": "token", "key_field": "token"}
        return {"type": "file", "path": str(self.folder / "key")}

    def run(self, module: str, **options: Any) -> Result:
        """Run a module as the server's admin."""
        connection = {"url": self.server.url, "username": "admin", "password": PASSWORD, "retries": 1, "concurrency": 1}
        arguments = {**connection, **options, "_ansible_check_mode": False, "_ansible_diff": True, "_ansible_remote_tmp": "/tmp"}
        basic._ANSIBLE_ARGS = to_bytes(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            basic._ANSIBLE_PROFILE = "legacy"
        # A module is a process of its own, which does not know the secrets of an earlier one.
        secrets._KNOWN = secrets._Known()
        printed, _WARNED[:] = io.StringIO(), []
        with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
            importlib.import_module(PACKAGE + module).main()
        # A module ends in an orderly way after this signal; this process must end.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return Result(json.loads(printed.getvalue()), printed.getvalue() + "\n".join(_WARNED))

    # What is left.

    def stored(self) -> list[str]:
        """Return the created keys that a sink stores."""
        files = [path.read_text() for path in self.folder.rglob("*") if path.is_file() and "replaced" not in path.name]
        vault = [json.dumps(versions[-1]) for versions in self.vault.secrets.values() if versions]
        text = "\n".join((*files, *vault, json.dumps(self.awx.credentials)))
        return [key for key in self.created if key in text]

    def alive(self) -> set[str]:
        """Return all keys that the server accepts."""
        return set(self.server.keys())

    def state(self) -> list[str]:
        """Return all objects of the server as sorted texts, which do not differ between two runs of one job."""
        return sorted(json.dumps(one, sort_keys=True) for one in self._objects())

    def _objects(self) -> Iterator[tuple[Any, ...]]:
        for user in self.api("GET", "/api/users/search?perpage=1000")["users"]:
            yield "user", {field: user[field] for field in ("login", "email", "name", "isAdmin", "isDisabled")}
        for org in self.api("GET", "/api/orgs?perpage=1000"):
            number, name = int(org["id"]), org["name"]
            yield "org", name, self.api("GET", f"/api/orgs/{number}").get("address")
            for member in self.api("GET", f"/api/orgs/{number}/users"):
                yield "member", name, member["login"], member["role"]
            yield "preferences", name, self.api("GET", "/api/org/preferences", org=number)
            yield from self._accounts(number, name)
            yield from self._teams(number, name)
            yield from self._contents(number, name)

    def _accounts(self, org: int, name: str) -> Iterator[tuple[Any, ...]]:
        found = self.api("GET", "/api/serviceaccounts/search?perpage=1000", org=org)["serviceAccounts"]
        for account in found:
            yield "account", name, account["name"], account["role"], account["isDisabled"]
            for token in self.api("GET", f"/api/serviceaccounts/{account['id']}/tokens", org=org):
                # A replaced token makes room for the same name with a number.
                base, _dash, number = token["name"].rpartition("-")
                yield "token", name, account["name"], base if number.isdigit() else token["name"]
        status, content = self.server.send("GET", "/api/auth/keys?includeExpired=true", None, org)
        for key in json.loads(content) if status == 200 else []:
            yield "api key", name, key["name"], key["role"]

    def _teams(self, org: int, name: str) -> Iterator[tuple[Any, ...]]:
        for team in self.api("GET", "/api/teams/search", org=org)["teams"]:
            yield "team", name, team["name"], team["email"]
            preferences = self.api("GET", f"/api/teams/{team['id']}/preferences", org=org)
            yield "team preferences", name, team["name"], preferences
            for member in self.api("GET", f"/api/teams/{team['id']}/members", org=org):
                yield "team member", name, team["name"], member["login"], member["permission"]

    def _contents(self, org: int, name: str) -> Iterator[tuple[Any, ...]]:
        for hit in self.api("GET", "/api/search?limit=1000", org=org):
            if hit["type"] == "dash-folder":
                yield "folder", name, hit["title"], hit.get("folderTitle")
                continue
            found = self.api("GET", f"/api/dashboards/uid/{hit['uid']}", org=org)
            board = {field: value for field, value in found["dashboard"].items() if field not in ("id", "uid", "version")}
            yield "dashboard", name, found["meta"]["folderTitle"], board
        elements = self.api("GET", "/api/library-elements?perPage=100", org=org)["result"]["elements"]
        for element in elements:
            yield "library panel", name, element["name"]
        for listed in self.api("GET", "/api/datasources", org=org):
            # The list omits secureJsonFields and basicAuthUser. A repeated update raises the version.
            source = self.api("GET", f"/api/datasources/uid/{listed['uid']}", org=org)
            yield "data source", name, {field: source[field] for field in source.keys() - {"id", "orgId", "version"}}


_WARNED: list[str] = []


def _warn(_module: GrafanaModule, text: str, **_more: Any) -> None:
    _WARNED.append(text)
