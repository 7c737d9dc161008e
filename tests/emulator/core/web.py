# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network around a server: aiohttp, the control endpoints, faults and costs."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
import threading
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from .. import routes as _routes  # noqa: F401 - registers them
from .costs import Costs
from .faults import HANDLED, LOST, Fault, instead, spoilt
from .profile import DEFAULT, VERSIONS
from .replies import JSON, Reply, message
from .server import Server

CONTROL = "/__emulator__/"
#: The largest body that is read, in bytes.
LARGEST = 256 * 1024 * 1024


class Application:
    """Answers requests for one server."""

    def __init__(self, server: Server, costs: str | None = None) -> None:
        self.server = server
        self._costs_wanted = costs == "real"
        self._costs: Costs | None = None

    def app(self) -> web.Application:
        """Return the aiohttp application."""
        application = web.Application(client_max_size=LARGEST)
        application.router.add_route("*", "/{path:.*}", self.handle)
        return application

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path, query = request.rel_url.raw_path, request.rel_url.raw_query_string
        body = await request.read()
        if path.startswith(CONTROL):
            return sent(self._control(request, path[len(CONTROL) :], body), self.server.clock.now())
        if self.server.sub_path:
            if path.startswith(self.server.sub_path + "/"):
                path = path[len(self.server.sub_path) :]
            elif not path.startswith("/api"):  # the API answers without the sub-path, too
                url = f"{request.scheme}://{request.host}{self.server.sub_path}{request.rel_url.raw_path_qs}"
                moved = Reply(301, f'<a href="{url}">Moved Permanently</a>.\n\n', "text/html", {"Location": url})
                return sent(moved, self.server.clock.now())
        return await self._grafana(request, path, query, body)

    async def _grafana(self, request: web.Request, path: str, query: str, body: bytes) -> web.StreamResponse:
        fault = self.server.faults.strike(request.method, path)
        if fault is not None and fault.kind not in HANDLED:
            self.server.counts[(request.method, path)] += 1
            return await self._fail(request, fault)
        reply, template = self.server.answer(request.method, path, query, request.headers, body)
        content = reply.encoded()
        if self._costs_wanted:
            self._costs = self._costs or Costs(self.server)
            await self._costs.pay(request.method, template, request.headers, reply.org_id, len(content))
        if fault is not None:
            if fault.kind in LOST:
                return await self._fail(request, fault)
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            reply = spoilt(fault, reply)
        return sent(reply, self.server.clock.now(), content if fault is None else None)

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        reply = instead(fault)
        if reply is not None:
            return sent(reply, self.server.clock.now())
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds if fault.seconds > 1 else 3600)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _control(self, request: web.Request, what: str, body: bytes) -> Reply:
        if not ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback:
            return message("loopback only", 403)
        try:
            wanted = json.loads(body) if body.strip() else {}
            return self._controlled(request.method, what, wanted)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            return message(f"{type(problem).__name__}: {problem}", 400)

    def _controlled(self, method: str, what: str, wanted: Any) -> Reply:
        server = self.server
        if (method, what) == ("GET", "stats"):
            return Reply(200, server.stats())
        if (method, what) == ("GET", "faults"):
            return Reply(200, server.faults.shown())
        if (method, what) == ("DELETE", "faults"):
            server.faults.clear()
        elif (method, what) == ("POST", "faults"):
            for one in wanted if isinstance(wanted, list) else [wanted]:
                server.faults.add(one)
        elif (method, what) == ("POST", "clock"):
            server.clock.ahead += float(wanted["advance"])
        elif (method, what) == ("POST", "revoke"):
            # As secret scanning does; no route of the API revokes a token.
            server.state.keys[int(wanted["id"])].revoked = True
        elif (method, what) == ("POST", "reset"):
            server.reset()
        elif (method, what) == ("POST", "upgrade"):
            if wanted["to"] not in VERSIONS:
                raise ValueError(f"to has to be one of {', '.join(VERSIONS)}")
            server.upgrade(wanted["to"])
        else:
            return message("no such control", 404)
        return Reply(200, {"version": server.version, "now": server.clock.now()})


def sent(reply: Reply, now: float, content: bytes | None = None) -> web.Response:
    """Return *reply* as aiohttp sends it, at *now* by the server's clock."""
    body = reply.encoded() if content is None else content
    headers = dict(reply.headers)
    if not reply.type:
        headers["Content-Type"] = ""
    elif body or reply.type != JSON:
        charset = "; charset=UTF-8" if reply.type in (JSON, "text/html", "text/plain") else ""
        headers["Content-Type"] = reply.type + charset
    # A server tells the time by its own clock, which tests move.
    headers["Date"] = formatdate(now, usegmt=True)
    response = web.Response(status=reply.status, body=body, headers=headers)
    if not body and reply.type == JSON:
        response.headers.popall("Content-Type", None)
    for cookie in reply.cookies:
        response.headers.add("Set-Cookie", cookie)
    return response


def tls_context(cert: str, key: str | None = None, client_ca: str | None = None) -> ssl.SSLContext:
    """Return a TLS context; with *client_ca* only clients with a certificate of that authority are let in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def serve(application: Application, host: str, port: int, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    """Listen; return the runner, whose ``addresses`` tell the port."""
    runner = web.AppRunner(application.app(), access_log=None, shutdown_timeout=0.1, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, host, port, ssl_context=tls, backlog=512).start()
    return runner


class Emulator:
    """A server in a thread of its own, listening on loopback.

    *settings* are ``section.key`` of the server's configuration, *dashboards* and data *sources* are provisioned into
    organization 1, *costs* ``"real"`` makes requests as slow as a real server's, *tls* is a dict of
    ``cert``, ``key`` and ``client_ca``. Use it as a context manager, or ``start`` and ``stop``.
    """

    def __init__(
        self,
        version: str = DEFAULT,
        settings: dict[str, str] | None = None,
        admin_password: str = "admin",
        dashboards: list[dict[str, Any]] | None = None,
        costs: str | None = None,
        port: int = 0,
        sub_path: str = "",
        tls: dict[str, str] | None = None,
        sources: list[dict[str, Any]] | None = None,
    ) -> None:
        self.server = Server(version, settings, admin_password, dashboards, sub_path, sources)
        self._application = Application(self.server, costs)
        self._port = port
        self._tls = tls_context(**tls) if tls else None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def version(self) -> str:
        """The version that the server is now."""
        return self.server.version

    @property
    def state(self) -> Any:
        """What the server holds, for tests that look behind the API."""
        return self.server.state

    def start(self) -> None:
        """Listen, and return when requests are answered."""
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()

        async def begin() -> None:
            self._runner = await serve(self._application, "127.0.0.1", self._port, self._tls)
            ready.set()

        def run() -> None:
            assert self._loop is not None
            asyncio.set_event_loop(self._loop)
            self._loop.create_task(begin())
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, name="emulator", daemon=True)
        self._thread.start()
        if not ready.wait(20):
            raise RuntimeError("the emulator does not listen")
        assert self._runner is not None
        self._port = self._runner.addresses[0][1]
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._port}{self.server.sub_path}"

    def stop(self) -> None:
        """Stop listening."""
        if self._loop is None or self._thread is None:
            return
        if self._runner is not None:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._loop = None

    def _call(self, work: Any) -> Any:
        """Run *work* between two requests."""
        assert self._loop is not None

        async def inside() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(inside(), self._loop).result(30)

    def stats(self) -> dict[str, Any]:
        """Return ``{"requests", "routes": [{"method", "route", "count"}]}`` since the start."""
        return self._call(self.server.stats)

    def reset(self) -> None:
        """Forget everything that was done."""
        self._call(self.server.reset)

    def advance(self, seconds: float) -> None:
        """Move the server's clock."""
        self.server.clock.ahead += seconds

    def upgrade(self, to: str) -> None:
        """Become a newer version with the same data."""
        self._call(lambda: self.server.upgrade(to))

    def fault(self, wanted: dict[str, Any]) -> None:
        """Set a fault: see :class:`emulator.faults.Fault`."""
        self.server.faults.add(wanted)

    def clear_faults(self) -> None:
        """Unset all faults."""
        self.server.faults.clear()


def provisioned(path: str) -> dict[str, Any]:
    """Return the dashboard in a file."""
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found
