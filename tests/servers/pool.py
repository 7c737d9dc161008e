# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that stand ready: the next one starts in the background while a test runs."""

from __future__ import annotations

import atexit
import functools
import json
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from .choice import CHOICE
from .process import Process, Workspace


class Pool:
    """Starts servers ahead of time, one for each configuration that was asked for lately, and stops used ones."""

    #: Starts and stops that run at the same time, and configurations for which a server stands ready.
    THREADS, READY = 2, 2

    def __init__(self) -> None:
        assert CHOICE is not None
        self._choice, self._workspace = CHOICE, Workspace()
        self._threads = ThreadPoolExecutor(self.THREADS)
        self._lock = threading.Lock()
        self._ready: dict[str, Future[Process]] = {}
        self._running: set[Process] = set()
        atexit.register(self.close)

    def take(self, settings: Mapping[str, str], again: bool) -> Process:
        """Return a server that nobody has used. *again* starts another one of these settings in the background."""
        key = json.dumps(sorted(settings.items()))
        with self._lock:
            future = self._ready.pop(key, None)
        process = future.result() if future else self._new(settings)
        if again:
            self._prepare(key, settings)
        return process

    def _prepare(self, key: str, settings: Mapping[str, str]) -> None:
        with self._lock:
            if key in self._ready:
                return
            self._ready[key] = self._threads.submit(self._new, settings)
            unused = self._ready.pop(next(iter(self._ready))) if len(self._ready) > self.READY else None
        if unused:
            self._threads.submit(lambda: self._stop(unused.result()))

    def give_back(self, process: Process) -> None:
        """Stop a server in the background."""
        self._threads.submit(self._stop, process)

    def close(self) -> None:
        """Stop all servers."""
        while self._ready:
            self._ready.popitem()[1].cancel()
        self._threads.shutdown(wait=True)
        for process in list(self._running):
            self._stop(process)
        self._workspace.remove()

    def _new(self, settings: Mapping[str, str]) -> Process:
        process = Process(self._choice, self._workspace, settings)
        self._running.add(process)
        return process

    def _stop(self, process: Process) -> None:
        self._running.discard(process)
        process.stop()

    @property
    def workspace(self) -> Workspace:
        """Where the servers keep their data."""
        return self._workspace


@functools.cache
def pool() -> Pool:
    """Return the pool of this process, which is made when it is first asked for."""
    return Pool()


def close_pool() -> None:
    """Stop all servers, if any were started."""
    if pool.cache_info().currsize:
        pool().close()
