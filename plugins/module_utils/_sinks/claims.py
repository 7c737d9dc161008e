# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sinks of all keys of one task: each stores one key only, and is checked before the first write."""

from __future__ import annotations

import typing as t

from .._grafana.errors import BadInput
from .base import Sink
from .private_files import StoreError, git_work_tree


class SinkClaims:
    """Remembers which key of a task each sink is for; *check* tells whether this is check mode."""

    def __init__(self, check: bool) -> None:
        self._check = check
        self._owners: dict[str, str] = {}
        self._missing: dict[str, str] = {}

    def claim(self, sink: Sink, owner: str) -> None:
        """Reserve *sink* for *owner*. Raises :class:`BadInput` if it is reserved for another key."""
        for place in {sink.where, *(path + end for path in sink.paths() for end in ("", ".json"))}:
            if place in self._owners:
                raise BadInput("%s already stores the key of %s: each key needs a sink of its own" % (place, self._owners[place]))
            self._owners[place] = owner

    def hints(self, sink: Sink) -> list[str]:
        """Return warnings about a sink that is allowed and unwise."""
        trees = (git_work_tree(path) for path in sink.paths())
        committed = "keys are stored in the git work tree %s: make sure that they are never committed"
        found = [*sink.hints(), *(committed % tree for tree in trees if tree)]
        if sink.where in self._missing:
            absent = "the directory %s does not exist: without check mode the task fails, unless an earlier task creates it"
            found.append(absent % self._missing[sink.where])
        return found

    def check(self, sink: Sink) -> None:
        """Call ``sink.check()``. In check mode a missing directory is no failure: :meth:`hints` warns of it."""
        self._run(sink, sink.check)

    def probe(self, sink: Sink) -> None:
        """Call ``sink.probe()``. In check mode a missing directory is no failure, as for :meth:`check`."""
        self._run(sink, sink.probe)

    def _run(self, sink: Sink, check: t.Callable[[], None]) -> None:
        try:
            check()
        except StoreError as problem:
            if not (self._check and "missing" in problem.details):
                raise
            # An earlier task may create it.
            self._missing[sink.where] = str(problem.details["missing"])
