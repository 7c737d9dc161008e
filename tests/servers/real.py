# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Grafana behind the test interface.

The tests talk to the emulator's network code (:mod:`servers.front`), which forwards their requests to the server that the start
command has started. The address of the front stays the same while :meth:`RealServer.reset` replaces the server behind it.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from time import sleep as _sleep  # a name of its own: tests replace time.sleep
from typing import Any

import requests

from emulator import VERSIONS, Emulator
from emulator.core.profile import Profile
from emulator.core.settings import CLOUD, DEFAULTS

from .choice import CHOICE, variable
from .cleaning import Traces
from .front import Front, Upstream
from .interface import Seen, TestServer
from .kinds import not_applicable
from .pool import pool
from .process import Process
from .provisioning import provision
from .times import WAITED, RealClock, make_older, opened

#: Settings of the emulator that are not Grafana's, or that need more there (files with keys).
ONLY_EMULATED = frozenset(("unified_storage.folder_permission_delay", "auth.jwt.enabled", "auth.jwt.header_name"))


def tested_version(real: str) -> str:
    """Return the version of the emulator whose tests a server of version *real* is expected to pass.

    It is the newest one that is not newer: 12.4.3 for 12.4.7, which the emulator does not know.
    """
    numbers = Profile(real).numbers
    older = [version for version in VERSIONS if Profile(version).numbers <= numbers]
    if not older:
        raise ValueError(f"there are no tests for Grafana {real}: the oldest version with tests is {VERSIONS[0]}")
    return older[-1]


def variables(settings: dict[str, str]) -> dict[str, str]:
    """Return Grafana's environment variables for settings by ``section.key``. Skips the test where there is none."""
    found = {}
    for name, value in settings.items():
        if name in CLOUD:
            not_applicable("cloud", f"{name} is a setting of the emulated Cloud API")
        if name in ONLY_EMULATED or name not in DEFAULTS:
            not_applicable("setting", f"{name} is a setting of the emulator")
        found[variable(name)] = str(value)
    return found


class RealServer(Emulator, TestServer):
    """A real server; its options are those of :class:`emulator.Emulator`, but for *costs*.

    A test that names no *version* runs on every real server.
    """

    def __init__(
        self,
        version: str = "",
        settings: dict[str, str] | None = None,
        admin_password: str = "admin",
        dashboards: list[dict[str, Any]] | None = None,
        port: int = 0,
        sub_path: str = "",
        tls: dict[str, str] | None = None,
        sources: list[dict[str, Any]] | None = None,
    ) -> None:
        assert CHOICE is not None
        version = version or tested_version(CHOICE.version)
        if version != tested_version(CHOICE.version):
            not_applicable("version", f"{version}, and the server is {CHOICE.version}")
        super().__init__(version, admin_password=admin_password, port=port, sub_path=sub_path, tls=tls)
        self._clock = RealClock()
        self.upstream = Upstream(version, sub_path.rstrip("/"), self._clock, record=self._record)
        self._application = Front(self.upstream)
        self._password = admin_password
        self._settings = {"GF_SECURITY_ADMIN_PASSWORD": admin_password, **variables(settings or {})}
        if sub_path:
            self._settings["GF_SERVER_ROOT_URL"] = f"%(protocol)s://%(domain)s:%(http_port)s{self.upstream.sub_path}/"
            self._settings["GF_SERVER_SERVE_FROM_SUB_PATH"] = "true"
        if dashboards or sources:
            folder = pool().workspace.folder("provisioning")
            self._settings["GF_PATHS_PROVISIONING"] = str(provision(folder, dashboards or [], sources or []))
        # A configuration of one test is not worth a server that stands ready.
        self._common = not (settings or sub_path or dashboards or sources)
        self._process: Process | None = None
        self._traces = Traces()
        self._keys: list[str] = []

    @property
    def version(self) -> str:
        """The version that the test has asked for. The server's own may be newer."""
        return self.upstream.version

    # Its life

    def start(self) -> None:
        self._begin()
        super().start()

    def stop(self) -> None:
        super().stop()
        self._end()

    def reset(self) -> None:
        self.clear_faults()
        self.watch(None)
        self._keys.clear()
        if not self._cleaned():
            self._end()
            self._begin()
        self._traces = Traces()
        self._clock.ahead = 0.0
        self.upstream.counts.clear()

    def _cleaned(self) -> bool:
        """Delete what tests have left on the server; tell whether it is as good as new."""
        try:
            return self._traces.cleaned(self.send)
        except requests.ConnectionError as problem:
            # Without another server, every further test of this process would fail.
            warnings.warn(f"the server has ended by itself: {problem}", stacklevel=1)
            return False

    def upgrade(self, to: str) -> None:
        not_applicable("upgrade", f"to {to}")

    def _begin(self) -> None:
        self._process = pool().take(self._settings, self._common)
        self.upstream.address = self._process.address

    def _end(self) -> None:
        if self._process is not None:
            pool().give_back(self._process)
            self._process = None

    # Requests

    def stats(self) -> dict[str, Any]:
        return self.upstream.stats()

    def fault(self, wanted: dict[str, Any]) -> None:
        self.upstream.faults.add(wanted)

    def clear_faults(self) -> None:
        self.upstream.faults.clear()

    def watch(self, hook: Callable[[Seen], None] | None) -> None:
        self.upstream.hook = hook

    def send(self, method: str, path: str, body: Any, org_id: int) -> tuple[int, bytes]:
        headers = {"X-Grafana-Org-Id": str(org_id)} if org_id else {}
        address = self.upstream.address + self.upstream.sub_path + path
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, address, json=body, headers=headers, auth=("admin", self._password), timeout=60)
        self._record(method, path.partition("?")[0], answer.request.headers, answer.status_code, answer.content)
        return answer.status_code, answer.content

    def _record(self, method: str, path: str, headers: Any, status: int, content: bytes) -> None:
        self._traces.add(method, path, headers)
        if method == "POST" and status in (200, 201) and path.endswith(("/tokens", "/api/auth/keys")):
            self._keys.append(json.loads(content)["key"])
            self._traces.add_key(self._keys[-1], headers)

    # What no request does

    def configure(self, settings: dict[str, str]) -> None:
        not_applicable("setting", f"the running server's {', '.join(settings)}")

    def advance(self, seconds: float) -> None:
        if seconds <= WAITED:
            _sleep(seconds)
            return
        make_older(self._database_or_skip(), int(seconds))
        self._clock.ahead += int(seconds)

    def revoke(self, token_id: int) -> None:
        self._write("UPDATE api_key SET is_revoked = 1 WHERE id = ?", token_id)

    def replace_key(self, token_id: int) -> None:
        # The column holds a hash: no key has this one.
        self._write("UPDATE api_key SET key = 'x' || key WHERE id = ?", token_id)

    def keys(self) -> list[str]:
        return list(self._keys)

    # Its database

    def _database(self) -> Path | None:
        return self._process.database if self._process else None

    def _database_or_skip(self) -> Path:
        return self._database() or not_applicable("database", f"{CHOICE} keeps its data elsewhere")

    def _write(self, statement: str, *values: Any) -> None:
        with opened(self._database_or_skip()) as connection:
            connection.execute(statement, values)
