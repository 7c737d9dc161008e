# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one caller may do, by the permission entries that count for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .entries import Object
from .rules import FOLDERS, GENERAL, NEVER, Rules


class Part:
    """The levels of one subject at one moment, by object."""

    __slots__ = ("_anywhere", "levels")

    def __init__(self, levels: Mapping[Object, int]) -> None:
        self.levels = levels
        self._anywhere: dict[str, bool] = {}

    def anywhere(self, rules: Rules, action: str) -> bool:
        """Tell whether any entry allows *action* on its object."""
        known = self._anywhere.get(action)
        if known is None:
            known = any(level >= rules.level(action, kind) for (kind, _uid), level in self.levels.items())
            self._anywhere[action] = known
        return known


class Grants:
    """The permissions of a caller in one organization: its basic role, and the entries of its subjects."""

    __slots__ = ("parts", "role", "rules")

    def __init__(self, rules: Rules, role: str | None, parts: tuple[Part, ...]) -> None:
        self.rules, self.role, self.parts = rules, role, parts

    def allows(self, action: str, kind: str, uid: str, folders: Iterable[str]) -> bool:
        """Tell whether *action* is allowed on an object, or by one of the *folders* that it is in.

        An object outside of all folders is in the folder ``general``.
        """
        if self.role == "Admin":
            return True
        own = self.rules.level(action, kind)
        inherited = self.rules.level(action, FOLDERS)
        general = action in self.rules.general.get(self.role or "", ())
        folders = tuple(folders)
        if general and GENERAL in (uid if kind == FOLDERS else "", *folders):
            return True
        for part in self.parts:
            levels = part.levels
            if own != NEVER and levels.get((kind, uid), 0) >= own:
                return True
            if any(levels.get((FOLDERS, folder), 0) >= inherited for folder in folders):
                return True
        return False

    def anywhere(self, action: str) -> bool:
        """Tell whether *action* is allowed on any object at all."""
        if self.role == "Admin" or action in self.rules.general.get(self.role or "", ()):
            return True
        if self.role is not None and action in self.rules.shared:
            return True
        return any(part.anywhere(self.rules, action) for part in self.parts)
