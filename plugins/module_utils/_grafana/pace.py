# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests of one task are in progress at the same time: fewer while the server is overloaded, then more again."""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t

from .errors import GrafanaError, ServerError

#: After so many good answers one more request may be in progress.
GOOD_ANSWERS = 20
#: The longest time that a client waits because of one Retry-After, in seconds. The windows of Grafana Cloud last up to an
#: hour: an error is more useful than such a wait.
LONGEST_WAIT = 120.0
#: What Grafana says where SQLite refuses a second writer: 12.4 in /apis, and with its message id elsewhere (measured).
_LOCKED = ("database is locked", "database table is locked")
_LOCKED_ID = "sqlstore.max-retries-reached"


def is_overload(method: str, problem: GrafanaError) -> bool:
    """Return whether *problem*, the end of a request of *method*, is a sign that the server has too much to do.

    Most routes hide what the database says: a locked one makes ``POST /api/orgs`` of 12.4 answer "Failed to create
    organization" (measured). So every 5xx to a write is such a sign.
    """
    if problem.status in (429, 503):
        return True
    if not isinstance(problem, ServerError):
        return False
    locked = problem.details.get("message_id") == _LOCKED_ID or any(words in problem.said for words in _LOCKED)
    return locked or (method != "GET" and problem.status is not None)


class Pace:
    """Limits the requests in progress; usable from several threads.

    The limit begins with *most*. A sign of overload halves it, and :data:`GOOD_ANSWERS` good answers raise it by one. Requests
    that began before the limit was lowered do not lower it once more: they are part of the same overload. A Retry-After holds
    back all requests, for at most :data:`LONGEST_WAIT`.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        #: The limit now, its lowest value so far, and how often it was lowered.
        self.limit, self.lowest, self.reductions = most, most, 0
        self._busy = self._peak = self._good = 0
        self._resumes = 0.0
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def turn(self, method: str) -> t.Iterator[None]:
        """Wait for a turn to send one request of *method*, and learn from how the request ends."""
        began = self._enter()
        ended: GrafanaError | None = None
        good = False
        try:
            self._hold()
            yield
            good = True
        except GrafanaError as problem:
            ended = problem
            raise
        finally:
            self._leave(method, began, good, ended)

    def shown(self) -> dict[str, int]:
        """Return the numbers for the result of a module, nothing if the limit was never lowered."""
        if not self.reductions:
            return {}
        return {"highest": self.most, "lowest": self.lowest, "final": self.limit, "reductions": self.reductions}

    def _enter(self) -> int:
        """Wait until one more request may begin; return how often the limit was lowered before."""
        with self._changed:
            while self._busy >= self.limit:
                self._changed.wait()
            self._busy += 1
            self._peak = max(self._peak, self._busy)
            return self.reductions

    def _hold(self) -> None:
        """Wait as long as the server's last Retry-After asks."""
        wait = self._resumes - time.monotonic()
        if wait > 0:
            time.sleep(wait)

    def _leave(self, method: str, began: int, good: bool, problem: GrafanaError | None) -> None:
        with self._changed:
            self._busy -= 1
            if problem is not None and is_overload(method, problem):
                self._overloaded(began, problem.retry_after or 0.0)
            elif good or (problem is not None and problem.status is not None):
                self._answered()
            self._changed.notify_all()

    def _overloaded(self, began: int, wait: float) -> None:
        """Halve the limit, and hold back the next requests for *wait* seconds.

        Where fewer requests than the limit were in progress, half of these is the new limit. A request that was alone says
        nothing about how many are too many.
        """
        self._good = 0
        if wait <= LONGEST_WAIT:
            self._resumes = max(self._resumes, time.monotonic() + wait)
        if began < self.reductions or self.limit == 1:
            return
        in_use = min(self.limit, self._peak) if self._peak > 1 else self.limit
        self.limit = max(1, in_use // 2)
        self._peak = self._busy
        self.lowest = min(self.lowest, self.limit)
        self.reductions += 1

    def _answered(self) -> None:
        if self.limit == self.most:
            return
        self._good += 1
        if self._good >= GOOD_ANSWERS:
            self.limit, self._good = self.limit + 1, 0


__all__ = ["GOOD_ANSWERS", "LONGEST_WAIT", "Pace", "is_overload"]
