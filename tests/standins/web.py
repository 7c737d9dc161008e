# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The common part of the stand-ins: a server in a thread, a log of requests, and answers that get lost."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from aiohttp import web


@dataclass
class Asked:
    """A request: path segments decoded one by one, the query as lists of values."""

    method: str
    path: list[str]
    query: dict[str, list[str]]
    headers: Any
    body: Any


@dataclass
class Answer:
    """An answer: *body* is sent as JSON, bytes as they are."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """A server; a subclass answers. Use it as a context manager. With *tls* it answers by https."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.log: list[str] = []
        self.lock = threading.RLock()
        self._fail: list[tuple[str, int, str]] = []
        self.url = ""

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a request."""
        raise NotImplementedError

    def fail(self, method: str, kind: str, nth: int = 1) -> None:
        """Let the *nth* request of *method* from now on go wrong: ``500``, ``drop`` (handled, not answered), ``refuse``."""
        self._fail.append((method, nth, kind))

    def strikes(self, method: str) -> str | None:
        """Return how the present request of *method* goes wrong, if it does."""
        for index, (wanted, nth, kind) in enumerate(self._fail):
            if wanted != method:
                continue
            if nth > 1:
                self._fail[index] = (wanted, nth - 1, kind)
                continue
            del self._fail[index]
            return kind
        return None

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        parts, raw = urlsplit(request.raw_path), await request.read()
        asked = Asked(
            request.method,
            [unquote(one) for one in parts.path.strip("/").split("/")],
            parse_qs(parts.query),
            request.headers,
            json.loads(raw) if raw else None,
        )
        with self.lock:
            self.log.append(f"{request.method} {parts.path}")
            kind = self.strikes(request.method)
            answer = Answer(500, {"errors": ["internal error"]}) if kind in ("500", "refuse") else self.answer(asked)
        if kind in ("drop", "refuse") and request.transport is not None:
            request.transport.abort()
        body = answer.body
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **answer.headers}
        return web.Response(status=answer.status, body=content, headers=headers)

    async def _start(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._handle), access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        self.url = ("https" if self._tls else "http") + "://127.0.0.1:%d" % self._runner.addresses[0][1]

    def __enter__(self) -> Any:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(30)
        return self

    def __exit__(self, *_exception: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()
