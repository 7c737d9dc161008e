# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of one answer: how long it may take, and how large it may be.

The timeout of ``requests`` starts anew with every byte, so a server that sends a byte now and then would hold a module
forever. Here every read of the socket checks the time and the number of bytes, from the first byte of the headers on.
"""

from __future__ import annotations

import functools
import http.client
import io
import time
import typing as t

try:
    import requests
    from requests import Session
    from requests.adapters import HTTPAdapter
except ImportError:  # the module that uses the client reports it
    HTTPAdapter = Session = object  # type: ignore[assignment,misc]

#: The bytes of a body that are read at once.
_CHUNK = 65536
#: The bytes that headers may have in addition to the size of an answer.
_HEADERS = 2**20
#: The codings that the collection asks for. Other codings compress so well that one chunk may not fit into memory.
_CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")


class Limits(t.NamedTuple):
    """The longest time of a whole answer, in *seconds*, and its largest *size* in bytes, before and after decompression."""

    seconds: float = 600.0
    size: int = 256 * 1024 * 1024


LIMITS = Limits()


class LimitExceeded(Exception):
    """An answer takes too long or is too large. It is no ``OSError``, so that urllib3 neither wraps nor repeats it."""


class _Bounded(io.RawIOBase):
    """Reads from a socket's *raw* stream until a limit is reached. One object serves one answer, headers included."""

    def __init__(self, raw: io.RawIOBase, limits: Limits) -> None:
        super().__init__()
        self._raw, self._limits = raw, limits
        self._ends, self._left = time.monotonic() + limits.seconds, limits.size + _HEADERS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        count = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise _too_large(self._limits)
        if time.monotonic() > self._ends:
            raise LimitExceeded("the answer was not complete after %g s, the limit for a whole request" % self._limits.seconds)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class LimitedAdapter(HTTPAdapter):
    """Opens connections whose answers are limited; one to each host, because one thread at a time uses a session."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        super().__init__(pool_maxsize=1)

    def init_poolmanager(self, *arguments: t.Any, **options: t.Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self._limit(self.poolmanager)

    def proxy_manager_for(self, proxy: t.Any, **options: t.Any) -> t.Any:
        manager = super().proxy_manager_for(proxy, **options)
        self._limit(manager)
        return manager

    def _limit(self, manager: t.Any) -> None:
        """Let *manager* open connections that are limited."""
        known = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: _limited_pool(pool, self._limits) for scheme, pool in known.items()}


@functools.cache
def _limited_pool(pool: t.Any, limits: Limits) -> t.Any:
    """Return a subclass of the class *pool* of urllib3 for connections whose answers are limited; one for all sessions."""
    if hasattr(pool.ConnectionCls, "orgsmith_limits"):
        return pool

    class Response(http.client.HTTPResponse):
        """An answer that is read through a bounded stream."""

        def __init__(self, *arguments: t.Any, **options: t.Any) -> None:
            super().__init__(*arguments, **options)
            self.fp = io.BufferedReader(_Bounded(self.fp.detach(), limits), _CHUNK)

    connection = type(pool.ConnectionCls.__name__, (pool.ConnectionCls,), {"response_class": Response, "orgsmith_limits": limits})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


class PlainSession(Session):
    """A session that never looks at the target of a redirect: ``requests`` would parse it, and read the body unlimited."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def read_body(response: requests.Response, limits: Limits) -> None:
    """Read the body of a streamed *response* into ``response.content``. Raises :class:`LimitExceeded`."""
    if response.raw is None:  # the body is there already
        return
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in _CODINGS:
        response.close()
        raise LimitExceeded("the answer is encoded as %r, which was not asked for" % coding[:40])
    parts, size = [], 0
    for part in response.iter_content(_CHUNK):
        size += len(part)
        if size > limits.size:
            response.close()
            raise _too_large(limits)
        parts.append(part)
    response._content = b"".join(parts)  # pylint: disable=protected-access


def _too_large(limits: Limits) -> LimitExceeded:
    return LimitExceeded("the answer is larger than %d MiB, the limit for an answer" % (limits.size // 2**20))


__all__ = ["LIMITS", "LimitExceeded", "LimitedAdapter", "Limits", "PlainSession", "read_body"]
