# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server admins that a run leaves: the last one must stay."""

from __future__ import annotations

import threading
import typing as t

from .directory import Entry


class Admins:
    """The ids of the enabled server admins as this run leaves them; usable from several threads."""

    def __init__(self, users: t.Callable[[], t.Iterable[Entry]]) -> None:
        self._users = users
        self._left: set[int] | None = None
        self._lock = threading.Lock()

    def leave(self, user_id: int) -> bool:
        """Note that a user ceases to be an enabled server admin; return whether another one remains, or the user was not one."""
        with self._lock:
            if self._left is None:
                self._left = {int(one["id"]) for one in self._users() if one.get("isAdmin") and not one.get("isDisabled")}
            others = self._left - {user_id}
            if user_id in self._left and not others:
                return False
            self._left = others
            return True

    def forget(self) -> None:
        """Read the list again at the next question: a change has failed."""
        with self._lock:
            self._left = None
