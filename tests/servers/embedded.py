# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator behind the test interface."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from emulator import Emulator
from emulator.core.web import CONTROL, sent

from . import direct
from .interface import Seen, TestServer


class EmbeddedServer(Emulator, TestServer):
    """An emulator in a thread of this process; its options are those of :class:`emulator.Emulator`."""

    def __init__(self, *positional: Any, admin_password: str = "admin", **options: Any) -> None:
        super().__init__(*positional, admin_password=admin_password, **options)
        self._admin_password = admin_password
        # Requests come over the network, to the server's thread, and directly: the server answers one at a time.
        self._alone = threading.RLock()
        plain = self.server.answer

        def answer(*request: Any) -> Any:
            with self._alone:
                return plain(*request)

        self.server.answer = self._answer = answer  # type: ignore[method-assign]
        self._only_network = bool(options.get("tls") or options.get("sub_path") or options.get("costs"))

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def start(self) -> None:
        super().start()
        direct.LISTENING[urlsplit(self.url).netloc] = self

    def stop(self) -> None:
        direct.LISTENING.pop(urlsplit(self.url).netloc, None)
        super().stop()

    def direct(self, method: str, path: str, query: str, headers: Any, body: bytes) -> web.Response | None:
        """Return the answer to a request that does not come over the network; ``None`` if it has to."""
        watched = self.server.answer is not self._answer
        if self._only_network or watched or self.server.faults.shown() or path.startswith(CONTROL):
            return None
        reply, _template = self._answer(method, path, query, headers, body)
        return sent(reply, self.server.clock.now())

    def _call(self, work: Any) -> Any:
        def alone() -> Any:
            with self._alone:
                return work()

        return super()._call(alone)

    def watch(self, hook: Callable[[Seen], None] | None) -> None:
        def answer(method: str, path: str, query: str, headers: Any, body: bytes) -> Any:
            assert hook is not None
            hook(Seen(method, path, headers))
            return self._answer(method, path, query, headers, body)

        self.server.answer = answer if hook else self._answer  # type: ignore[method-assign]

    def send(self, method: str, path: str, body: Any, org_id: int) -> tuple[int, bytes]:
        secret = base64.b64encode(f"admin:{self._admin_password}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
        if org_id:
            headers["X-Grafana-Org-Id"] = str(org_id)
        path, _mark, query = path.partition("?")
        content = b"" if body is None else json.dumps(body).encode()

        def work() -> tuple[int, bytes]:
            counts = self.server.counts.copy()
            reply, _template = self._answer(method, path, query, headers, content)
            self.server.counts.clear()
            self.server.counts.update(counts)
            return reply.status, reply.encoded()

        # A hook of watch() runs in the server's thread, which cannot wait for itself.
        inside = threading.current_thread() is self._thread
        answered: tuple[int, bytes] = work() if inside else self._call(work)
        return answered

    def configure(self, settings: dict[str, str]) -> None:
        self.server.settings.values.update(settings)

    def revoke(self, token_id: int) -> None:
        self.state.keys[token_id].revoked = True

    def replace_key(self, token_id: int) -> None:
        del self.state.by_secret[self.state.keys[token_id].secret]

    def keys(self) -> list[str]:
        return list(self.state.by_secret)
