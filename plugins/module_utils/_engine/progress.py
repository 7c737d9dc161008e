# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a module has come: numbers in a small file, which the module writes and the action plugin reads.

Ansible shows what a module prints only after it has ended. The action plugin runs on the control node while the module
works, so it can show a line; see ``plugin_utils/_progress.py``. The file holds numbers only, never a name or a secret.
"""

from __future__ import annotations

import json
import os
import threading
import time
import typing as t

#: The argument with the ``file`` to write and the ``seconds`` between two lines; passed by the action plugin, not by users.
PROGRESS = "_progress"


class Progress:
    """Counts the items of a task that are done; usable from several threads.

    *wanted* is the argument of the action plugin. Without a valid one, or for a single item, nothing is written. The file
    is first written after half of the seconds, and then ten times as often as lines are shown: a short task writes none. A file
    that cannot be written is no failure of the task.
    """

    def __init__(self, wanted: t.Any, total: int, concurrency: t.Callable[[], int]) -> None:
        file, seconds = (wanted.get("file"), wanted.get("seconds")) if isinstance(wanted, dict) else (None, None)
        usable = isinstance(file, str) and isinstance(seconds, (int, float))
        self._file: str | None = str(file) if usable and total > 1 else None
        self._seconds = float(t.cast(float, seconds)) if usable else 0.0
        self._total, self._concurrency = total, concurrency
        self._done = self._failed = 0
        self._next = time.monotonic() + self._seconds / 2
        self._lock = threading.Lock()

    def count(self, failed: bool) -> None:
        """Count one item that is done, *failed* or not."""
        with self._lock:
            self._done += 1
            self._failed += failed
            if self._file is not None and time.monotonic() >= self._next:
                self._write(self._file)
                self._next = time.monotonic() + self._seconds / 10

    def _write(self, file: str) -> None:
        numbers = {"done": self._done, "total": self._total, "failed": self._failed, "concurrency": self._concurrency()}
        try:
            # O_NOFOLLOW: the module may run as another user than the one who made the path.
            handle = os.open(file + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with open(handle, "w", encoding="ascii") as stream:
                json.dump(numbers, stream)
            os.replace(file + ".new", file)
        except OSError:
            self._file = None


def read(file: str) -> dict[str, int] | None:
    """Return the numbers that a module has written, ``None`` if there are none (yet)."""
    try:
        with open(file, encoding="ascii") as stream:
            numbers = json.load(stream)
        return {name: int(numbers[name]) for name in ("done", "total", "failed", "concurrency")}
    except (OSError, ValueError, KeyError, TypeError):
        return None
