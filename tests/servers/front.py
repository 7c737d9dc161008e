# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network in front of a real server: the emulator's, so that statistics, faults, TLS and watching work as there."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from emulator.core.faults import HANDLED, LOST, Faults, spoilt
from emulator.core.replies import Reply
from emulator.core.server import Server
from emulator.core.web import LARGEST, Application

from .interface import Seen
from .times import RealClock, shift_answer

#: Headers that belong to one connection, and lengths, which are computed again.
_OF_THE_CONNECTION = frozenset(("connection", "proxy-connection", "keep-alive", "content-length", "transfer-encoding", "upgrade"))


@dataclass
class Upstream:
    """What the front knows of the server behind it. It has the attributes of :class:`emulator.server.Server` that the
    emulator's network code uses."""

    version: str
    sub_path: str
    clock: RealClock
    address: str = ""
    faults: Faults = field(default_factory=Faults)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    hook: Callable[[Seen], None] | None = None
    #: Called with (method, path, headers, status, body of the answer) after each request.
    record: Callable[[str, str, Any, int, bytes], None] = lambda *_anything: None

    def __post_init__(self) -> None:
        self._routes = Server(self.version)

    def template(self, method: str, path: str) -> str:
        """Return the template of the route, as ``/api/orgs/{org_id}``; *path* itself if the emulator has no such route."""
        found, _parameters = self._routes.find(method, path)
        return found.template if found else path

    def stats(self) -> dict[str, Any]:
        """Return the requests by route, as :meth:`servers.interface.TestServer.stats`."""
        routes = [{"method": method, "route": route, "count": count} for (method, route), count in sorted(self.counts.items())]
        return {"requests": sum(self.counts.values()), "routes": routes}


class Front(Application):
    """Takes requests, lets faults strike, and forwards the rest to the server."""

    def __init__(self, upstream: Upstream) -> None:
        super().__init__(upstream)  # type: ignore[arg-type]
        self.upstream = upstream
        self._hooks = ThreadPoolExecutor(64)
        self._client: aiohttp.ClientSession | None = None

    def app(self) -> web.Application:
        """Return the aiohttp application."""
        application = web.Application(client_max_size=LARGEST)
        application.router.add_route("*", "/{path:.*}", self.handle)
        application.on_cleanup.append(self._close)
        return application

    async def _close(self, _application: web.Application) -> None:
        if self._client is not None:
            await self._client.close()
        self._hooks.shutdown(wait=False)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        upstream, method = self.upstream, request.method
        body = await request.read()
        # A client that takes this for a proxy sends a whole address.
        whole = re.sub(r"^https?://[^/]*", "", request.raw_path)
        path = whole.partition("?")[0]
        if upstream.sub_path:
            if not path.startswith(upstream.sub_path + "/"):
                return await self._forward(request, whole, path, body)
            path = path[len(upstream.sub_path) :]
        fault = upstream.faults.strike(method, path)
        if fault is not None and fault.kind not in HANDLED:
            upstream.counts[(method, path)] += 1
            return await self._fail(request, fault)
        upstream.counts[(method, upstream.template(method, path))] += 1
        if upstream.hook is not None:
            seen = Seen(method, path, request.headers)
            await asyncio.get_running_loop().run_in_executor(self._hooks, upstream.hook, seen)
        response = await self._forward(request, whole, path, body, whole_answer=fault is None)
        if fault is None:
            return response
        if fault.kind in LOST:
            return await self._fail(request, fault)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return response
        reply = spoilt(fault, Reply(response.status, response.body or b"", response.content_type))
        response.set_status(reply.status)
        response.body = reply.encoded()
        return response

    async def _forward(
        self, request: web.Request, target: str, path: str, body: bytes, whole_answer: bool = True
    ) -> web.Response:
        """Return the server's answer; uncompressed if it is changed here, or afterwards by a fault."""
        if self._client is None:
            # A new connection each time: the server behind is replaced between two tests.
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            self._client = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
        upstream = self.upstream
        sent = [(name, value) for name, value in request.headers.items() if name.lower() not in _OF_THE_CONNECTION]
        async with self._client.request(
            request.method,
            URL(upstream.address + target, encoded=True),
            headers=sent,
            data=body or None,
            allow_redirects=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(total=300),
        ) as answer:
            content = await answer.read()
        headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _OF_THE_CONNECTION]
        plain_headers, plain = _uncompressed(headers, content)
        upstream.record(request.method, path, request.headers, answer.status, plain)
        if upstream.clock.ahead or not whole_answer:
            headers, content = shift_answer(path, plain_headers, plain, int(upstream.clock.ahead))
        response = web.Response(status=answer.status, body=content or None)
        response.headers.popall("Content-Type", None)
        for name, value in headers:
            response.headers.add(name, value)
        return response


def _uncompressed(headers: list[tuple[str, str]], content: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Return an answer without its compression, which servers from 13.1 on use."""
    if not any((name.lower(), value.lower()) == ("content-encoding", "gzip") for name, value in headers):
        return headers, content
    return [(name, value) for name, value in headers if name.lower() != "content-encoding"], gzip.decompress(content)
