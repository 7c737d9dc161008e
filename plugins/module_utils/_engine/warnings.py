# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The warnings of one task."""

from __future__ import annotations

import threading
import typing as t

#: A task shows at most so many warnings; the last one then says how many it does not show.
MOST = 20


class Warnings:
    """Collects the warnings of one task, each text once; usable from several threads."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}
        self._lock = threading.Lock()

    def add(self, text: str) -> None:
        """Add a warning."""
        with self._lock:
            self._texts.setdefault(text)

    def texts(self) -> list[str]:
        """Return all warnings in the order in which they were added."""
        with self._lock:
            return list(self._texts)

    def show(self, warn: t.Callable[[str], None]) -> None:
        """Pass the warnings to *warn*, but not thousands of them."""
        texts = self.texts()
        for text in texts[:MOST]:
            warn(text)
        if len(texts) > MOST:
            warn("%d more warnings of this task are not shown" % (len(texts) - MOST))
