# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of one answer, with answers from a socket: in time, in size, in headers, after decompression."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import transport as transports
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import LostAnswer, Unreachable
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.limits import LIMITS, Limits
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.transport import NoAnswer, Transport

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True)
def _no_network():
    """Requests to loopback are sent here."""


@pytest.fixture(autouse=True)
def naps():
    """Nothing waits in these tests but the server."""


@pytest.fixture
def serve():
    """A function that takes the parts of one answer, and returns the address of a server that sends them to everyone."""
    with contextlib.ExitStack() as stack:

        def start(parts):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            ended = threading.Event()
            stack.callback(ended.set)
            counted = []

            def answer():
                with contextlib.suppress(OSError):
                    while not ended.is_set():
                        connection, _address = listener.accept()
                        counted.append(connection)
                        with connection, contextlib.suppress(OSError):
                            connection.recv(65536)
                            for part in parts:
                                if ended.wait(0.001):
                                    return
                                connection.sendall(part)

            threading.Thread(target=answer, daemon=True).start()
            start.counted = counted
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        yield start


def body(content, coding=""):
    coded = f"Content-Encoding: {coding}\r\n".encode() if coding else b""
    return HEAD + coded + b"Content-Length: %d\r\n\r\n" % len(content) + content


def endless(first, part):
    yield first
    while True:
        yield part


LARGE = 2**20
CASES = {
    "slow bytes": (lambda: endless(HEAD + b"Content-Length: 100000000\r\n\r\n", b"x"), "not complete after 0.2 s"),
    "slow headers": (lambda: endless(HEAD + b"X-A: ", b"x"), "not complete after 0.2 s"),
    "endless interim answers": (lambda: endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 5000), "larger than 1 MiB"),
    "a large body": (lambda: [body(b"x" * (LARGE + 1))], "larger than 1 MiB"),
    "a body without end": (lambda: endless(HEAD + b"\r\n", b"x" * 65536), "larger than 1 MiB"),
    "a compressed bomb": (lambda: [body(gzip.compress(b"x" * 5 * LARGE), "gzip")], "larger than 1 MiB"),
    "a bomb in a bomb": (lambda: [body(gzip.compress(gzip.compress(b"x" * LARGE)), "gzip, gzip")], "encoded as 'gzip, gzip'"),
    "another coding": (lambda: [body(b"x", "br")], "encoded as 'br'"),
}


@pytest.mark.parametrize("case", CASES)
def test_an_answer_beyond_a_limit_is_an_error(serve, case):
    parts, message = CASES[case]
    limits = Limits(seconds=0.2 if "slow" in case else 60, size=LARGE)
    with pytest.raises(NoAnswer, match=message) as raised:
        Transport(5.0, limits=limits).send("GET", serve(parts()), None, {})
    assert raised.value.kind == "limit"


def test_defaults():
    """In seconds, and in bytes; the documentation names them."""
    assert tuple(LIMITS) == (10 * 60, 256 * 2**20)


def test_a_hundred_headers_at_most(serve):
    with pytest.raises(NoAnswer, match="100 headers"):
        Transport(5.0).send("GET", serve(endless(HEAD, b"X-A: b\r\n" * 50)), None, {})


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_an_answer_within_the_limits(serve, coding):
    content = b"x" * LARGE
    sent = gzip.compress(content) if coding else content
    response = Transport(5.0, limits=Limits(60, LARGE)).send("GET", serve([body(sent, coding)]), None, {})
    assert (response.status_code, response.content) == (200, content)


@pytest.mark.parametrize(("method", "kind"), [("GET", Unreachable), ("POST", LostAnswer)])
def test_the_error_names_request_and_limit(serve, client, monkeypatch, method, kind):
    monkeypatch.setattr(transports, "LIMITS", Limits(60, LARGE))
    url = serve(CASES["a body without end"][0]())
    with client(url=url) as one, pytest.raises(kind) as raised:
        one.request(method, "/api/orgs", body=None if method == "GET" else {}, anonymous=True)
    assert raised.value.code == "answer_limit"
    assert raised.value.message.startswith(f"{method} {url}/api/orgs: ")
    assert "the answer is larger than 1 MiB, the limit for an answer" in raised.value.message
    assert len(serve.counted) == 1  # a read is not repeated either


def test_the_target_of_a_redirect_is_not_looked_at(serve):
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://[bad\r\nContent-Length: 0\r\n\r\n"
    assert Transport(5.0).send("GET", serve([answer]), None, {}).status_code == 302
