# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to an emulator of the same process, without sockets.

``requests`` prepares each request and parses each answer as always. What is left out are urllib3, the sockets and the
server's own parsing of HTTP, which cost most of the processor time of a request. A request goes over the network as before
if the way matters: with TLS, a sub-path, a proxy, faults, or a test that watches the requests.
"""

from __future__ import annotations

import io
from http import HTTPStatus
from http.client import HTTPMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from .embedded import EmbeddedServer

#: The emulators of this process that listen, by host and port.
LISTENING: dict[str, EmbeddedServer] = {}

_plain = HTTPAdapter.send


class _Original:
    """What ``requests`` reads the cookies of an answer from, and what urllib3 closes at its end."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Close nothing."""


def send(adapter: HTTPAdapter, request: requests.PreparedRequest, *more: Any, **options: Any) -> requests.Response:
    """Send *request* to an emulator of this process directly, to any other server over the network.

    It takes the place of ``HTTPAdapter.send``.
    """
    host = urlsplit(str(request.url)).netloc
    server = None if options.get("proxies") else LISTENING.get(host)
    body = request.body.encode() if isinstance(request.body, str) else request.body
    if server is None or not isinstance(body, (bytes, type(None))):
        return _plain(adapter, request, *more, **options)
    path, _mark, query = request.path_url.partition("?")
    asked = request.headers.copy()
    asked.setdefault("Host", host)  # http.client would add it
    answer = server.direct(str(request.method), path, query, asked, body or b"")
    if answer is None:
        return _plain(adapter, request, *more, **options)
    headers = [*answer.headers.items()]
    raw = urllib3.HTTPResponse(
        body=io.BytesIO(bytes(answer.body or b"")),
        headers=urllib3.HTTPHeaderDict(headers),
        status=answer.status,
        reason=HTTPStatus(answer.status).phrase,
        preload_content=False,
        original_response=_Original(headers),  # type: ignore[arg-type]
    )
    return adapter.build_response(request, raw)
