# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the run that started this module still lives.

Killing ansible-playbook does not kill the module: it would go on writing while the next run begins.
Before each write the module looks, and stops when nobody waits for its result any more.
"""

from __future__ import annotations

import os
import typing as t

from .._grafana.errors import Abandoned

#: How far up the chain of parents ansible's own processes are looked for.
_DEPTH = 12


class ParentWatch:
    """Remembers who started this process; calling it raises :class:`Abandoned` when they are gone.

    Watched are the direct parent and, where ``/proc`` shows them, the ansible processes above it: what
    started those (a shell, a scheduler) may end without a word.
    """

    def __init__(self) -> None:
        self._parent = os.getppid()
        self._watched = [(pid, started) for pid, started, name in _ancestors(self._parent) if "ansible" in name]

    def __call__(self) -> None:
        alive = os.getppid() == self._parent and all(_started(pid) == since for pid, since in self._watched)
        if not alive:
            raise Abandoned("the process that started this module has ended: nothing more is written")


def _ancestors(pid: int) -> t.Iterator[tuple[int, str, str]]:
    """Yield process *pid* and those above it as (pid, start time, name)."""
    for _level in range(_DEPTH):
        stat = _stat(pid)
        if pid <= 1 or stat is None:
            return
        yield pid, stat[19], _command(pid)
        pid = int(stat[1])


def _stat(pid: int) -> list[str] | None:
    """Return the fields of /proc/PID/stat from the state on: 1 is the parent, 19 the start time in ticks."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as stream:
            return stream.read().rpartition(")")[2].split()
    except OSError:
        return None


def _started(pid: int) -> str | None:
    stat = _stat(pid)
    return stat[19] if stat and stat[0] != "Z" else None


def _command(pid: int) -> str:
    """Return the names of the program and of the script that it runs."""
    try:
        with open("/proc/%d/cmdline" % pid, encoding="utf-8", errors="replace") as stream:
            return " ".join(os.path.basename(word) for word in stream.read().split("\0")[:2])
    except OSError:
        return ""
