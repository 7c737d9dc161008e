# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of all keys of one task: each is one key's alone, and is looked at before anything is written."""

from __future__ import annotations

import threading
import typing as t

from .._grafana.errors import BadInput
from .base import Sink
from .private_files import StoreError, git_work_tree

#: Different warnings that a task gives at most.
_MOST_WARNINGS = 20


class SinkClaims:
    """The places of a task; usable from several threads. *warn* gives a warning, *check* tells of check mode."""

    def __init__(self, warn: t.Callable[[str], None], check: bool) -> None:
        self._tell, self._check = warn, check
        self._taken: dict[str, str] = {}
        self._warned: set[str] = set()
        self._lock = threading.Lock()

    def claim(self, sink: Sink, owner: str) -> None:
        """Remember that *sink* is the place of *owner*. Raises :class:`BadInput` if it is another's."""
        for place in {sink.where, *(path + end for path in sink.paths() for end in ("", ".json"))}:
            if place in self._taken:
                raise BadInput("%s is the place of %s already: each key needs one of its own" % (place, self._taken[place]))
            self._taken[place] = owner

    def look_at(self, sink: Sink) -> None:
        """Warn of a place that is allowed and unwise; refuse one where a key cannot be put."""
        for path in sink.paths():
            tree = git_work_tree(path)
            if tree:
                self.warn("keys are stored in the git work tree %s: see that they are never committed" % tree)
        self.ask(sink.check)

    def ask(self, check: t.Callable[[], None]) -> None:
        """Make a check of a place; in check mode an earlier task may be about to make the directory."""
        try:
            check()
        except StoreError as problem:
            if not (self._check and "missing" in problem.details):
                raise

    def warn(self, message: str) -> None:
        """Warn, of each thing once, and not of thousands."""
        with self._lock:
            known = message in self._warned or len(self._warned) >= _MOST_WARNINGS
            self._warned.add(message)
        if not known:
            self._tell(message)
