# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service that decides for ``/apis``, lists of folders and the search, from 12.1 on.

It remembers permissions for 30 seconds by caller and action, and the tree of an organization's folders. A check that the
remembered permissions refuse is made again with the present ones, but a list is not: so an object can be read by its name, and
is missing from all lists, until the memory is over. A refusal is remembered, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .entries import Subject
from .grants import Grants, Part
from .remembered import all_subjects, subjects_of
from .rules import FOLDERS, GENERAL, rules_of

if TYPE_CHECKING:
    from ..core.permissions import Caller
    from ..core.server import Server
    from .entries import Entries

#: Seconds for which anything is remembered.
SHORT = 30.0
#: Tells by name and folder whether an object is in a list.
Visible = Callable[[str, str], bool]


class Authorizer:
    """Checks of single objects, and filters of lists."""

    def __init__(self, server: Server, entries: Entries) -> None:
        self._server, self._entries = server, entries
        self.clear()

    def clear(self) -> None:
        """Forget all, as a restart does."""
        self._grants: dict[tuple[int, Subject, str], tuple[float, Grants]] = {}
        self._roles: dict[tuple[int, Subject], tuple[float, str | None]] = {}
        self._refused: dict[tuple[int, Subject, str, str, str], float] = {}
        self._trees: dict[int, tuple[float, dict[str, str]]] = {}

    def allows(self, caller: Caller, action: str, kind: str, name: str, folder: str) -> bool:
        """Tell whether *action* is allowed on one object; *name* is empty for one that is to be made in *folder*."""
        now, who = self._server.clock.now(), _who(caller)
        refusal = (caller.org_id, who, action, name, folder)
        if self._refused.get(refusal, 0.0) > now:
            return False
        until, known = self._grants.get((caller.org_id, who, action), (0.0, None))
        if known is not None and until > now and self._allowed(known, caller.org_id, action, kind, name, folder):
            return True
        if self._allowed(self._fresh(caller, action), caller.org_id, action, kind, name, folder):
            return True
        self._refused[refusal] = now + SHORT
        return False

    def visible(self, caller: Caller, action: str, kind: str) -> Visible:
        """Return the filter of a list."""
        now = self._server.clock.now()
        until, known = self._grants.get((caller.org_id, _who(caller), action), (0.0, None))
        grants = known if known is not None and until > now else self._fresh(caller, action)
        if grants.role == "Admin":
            return lambda _name, _folder: True
        tree = self._tree(caller.org_id)
        inside: dict[str, bool] = {}

        def allowed(name: str, folder: str) -> bool:
            if kind == FOLDERS:
                return grants.allows(action, kind, name, _above(tree, tree.get(name, "")))
            if folder not in inside:
                inside[folder] = bool(folder) and grants.allows(action, FOLDERS, folder, _above(tree, folder))
            return inside[folder] or grants.allows(action, kind, name, ())

        return allowed

    def _allowed(self, grants: Grants, org_id: int, action: str, kind: str, name: str, folder: str) -> bool:
        if not name and not folder:
            folder = GENERAL
        if grants.role == "Admin":
            return True
        if folder in ("", GENERAL):
            return grants.allows(action, kind, name, (folder,) if folder else ())
        tree = self._tree(org_id)
        if folder not in tree:
            tree = self._rebuilt(org_id)
        return grants.allows(action, kind, name, _above(tree, folder))

    def _fresh(self, caller: Caller, action: str) -> Grants:
        """Return the present permissions of a caller, and remember them."""
        org_id, who, now = caller.org_id, _who(caller), self._server.clock.now()
        until, role = self._roles.get((org_id, who), (0.0, None))
        if until <= now:
            role = caller.role
            self._roles[(org_id, who)] = (now + SHORT, role)
        subjects = all_subjects(self._server, caller, role)
        parts = tuple(Part(self._entries.held(org_id, one)) for one in subjects)
        found = Grants(rules_of(self._server.profile), role, parts)
        self._grants[(org_id, who, action)] = (now + SHORT, found)
        return found

    def _tree(self, org_id: int) -> dict[str, str]:
        until, tree = self._trees.get(org_id, (0.0, {}))
        return tree if until > self._server.clock.now() else self._rebuilt(org_id)

    def _rebuilt(self, org_id: int) -> dict[str, str]:
        tree = {folder.uid: folder.parent for folder in self._server.store.folders(org_id)}
        self._trees[org_id] = (self._server.clock.now() + SHORT, tree)
        return tree


def _who(caller: Caller) -> Subject:
    """Return what a caller is remembered by."""
    subjects = subjects_of(caller)
    return subjects[0] if subjects else ("key", caller.key.id if caller.key else 0)


def _above(tree: dict[str, str], folder: str) -> Iterator[str]:
    """Yield a folder and those above it, as far as the tree knows them."""
    passed = set()
    while folder and folder not in passed:
        passed.add(folder)
        yield folder
        folder = tree.get(folder, "")
