# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-ins share: a server in a thread, a log of requests, and answers that get lost."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


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
    """What is answered."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """A server; a subclass answers. Use it as a context manager."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.lock = threading.RLock()
        self._fail: list[tuple[str, int, str]] = []
        self.url = ""

    def answer(self, asked: Asked) -> Answer:
        """Return what a request is answered with."""
        raise NotImplementedError

    def fail(self, method: str, kind: str, nth: int = 1) -> None:
        """Let the *nth* request of *method* from now on go wrong: ``500``, ``drop`` (handled, not answered), ``refuse``."""
        self._fail.append((method, nth, kind))

    def strikes(self, method: str) -> str | None:
        """Return how the request that is made now goes wrong, if it does."""
        for index, (wanted, nth, kind) in enumerate(self._fail):
            if wanted != method:
                continue
            if nth > 1:
                self._fail[index] = (wanted, nth - 1, kind)
                continue
            del self._fail[index]
            return kind
        return None

    def __enter__(self) -> Any:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer in several small packets waits 40 ms for the client's acknowledgement.
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle_one(self) -> None:
                parts = urlsplit(self.path)
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(
                    self.command,
                    [unquote(one) for one in parts.path.strip("/").split("/")],
                    parse_qs(parts.query),
                    self.headers,
                    json.loads(raw) if raw else None,
                )
                with standin.lock:
                    standin.log.append(f"{self.command} {parts.path}")
                    kind = standin.strikes(self.command)
                    answer = Answer(500, {"errors": ["internal error"]}) if kind in ("500", "refuse") else standin.answer(asked)
                if kind in ("drop", "refuse"):
                    self.close_connection = True
                    return
                content = b"" if answer.body is None else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in {**answer.headers, "Content-Type": "application/json"}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                self.wfile.flush()

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = "http://127.0.0.1:%d" % self._server.server_address[1]
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
