# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops a module when the run that started it has ended.

Killing ansible-playbook does not kill the module: it would continue to write while the next run begins. So the module checks
before each write whether its parents still run.
"""

from __future__ import annotations

import os
import typing as t

from .._grafana.errors import Abandoned

#: How many parents are searched for processes of Ansible.
_DEPTH = 12


class ParentWatch:
    """Remembers the processes that started this one; a call raises :class:`Abandoned` if one of them has ended.

    These are the direct parent and, if ``/proc`` shows them, the Ansible processes above it. The process that started those (a
    shell, a scheduler) may end.
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
