# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permissions that a server remembers in front of ``/api``.

9.x remembers all of a caller's permissions together, its role included; later versions remember those of each basic role, team
and user apart, so that a caller who has never asked may meet old ones, and another role counts at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .entries import Subject
from .grants import Grants, Part
from .rules import rules_of

if TYPE_CHECKING:
    from ..core.permissions import Caller
    from ..core.server import Server
    from .entries import Entries

#: Seconds for which permissions are remembered, by version.
TOGETHER, APART = 10.0, 60.0


def subjects_of(caller: Caller) -> tuple[Subject, ...]:
    """Return the caller itself as a subject of entries; nothing for an API key."""
    return (("user", caller.who.id),) if caller.who is not None else ()


def all_subjects(server: Server, caller: Caller, role: str | None) -> tuple[Subject, ...]:
    """Return whose entries count for a caller: those of its basic role, of its teams and its own, in this order."""
    teams = server.state.teams_of(caller.org_id, caller.who.id) if caller.who is not None else ()
    return (("role", role or ""), *(("team", team.id) for team in teams), *subjects_of(caller))


class Remembered:
    """Permissions by caller, or by subject, each with the time until which they are good."""

    def __init__(self, server: Server, entries: Entries) -> None:
        self._server, self._entries = server, entries
        self._together: dict[tuple[int, Subject], tuple[float, Grants]] = {}
        self._apart: dict[tuple[int, Subject], tuple[float, Part]] = {}

    def clear(self) -> None:
        """Forget all, as a restart does."""
        self._together.clear()
        self._apart.clear()

    def forget(self, caller: Caller) -> None:
        """Forget what a caller may do itself: what its role may do stays remembered."""
        for subject in subjects_of(caller):
            self._together.pop((caller.org_id, subject), None)
            self._apart.pop((caller.org_id, subject), None)

    def drop(self, org_id: int, subject: Subject) -> None:
        """Forget what a subject may do itself."""
        self._apart.pop((org_id, subject), None)

    def grants(self, caller: Caller) -> Grants:
        """Return the permissions that a request of *caller* goes by."""
        profile = self._server.profile
        rules = rules_of(profile)
        now = self._server.clock.now()
        if profile >= (11, 0):
            subjects = all_subjects(self._server, caller, caller.role)
            return Grants(rules, caller.role, tuple(self._part(caller.org_id, one, now) for one in subjects))
        own = subjects_of(caller) or (("role", caller.role or ""),)
        key = (caller.org_id, own[0])
        until, known = self._together.get(key, (0.0, None))
        if known is None or until <= now:
            subjects = all_subjects(self._server, caller, caller.role)
            parts = tuple(Part(self._entries.held(caller.org_id, one)) for one in subjects)
            known = Grants(rules, caller.role, parts)
            if profile.rbac and caller.role is not None:
                self._together[key] = (now + TOGETHER, known)
        return known

    def _part(self, org_id: int, subject: Subject, now: float) -> Part:
        until, known = self._apart.get((org_id, subject), (0.0, None))
        if known is None or until <= now:
            known = Part(self._entries.held(org_id, subject))
            if known.levels or subject[0] != "team":  # a team without permissions is asked for anew (seen at 12.4.3)
                self._apart[(org_id, subject)] = (now + APART, known)
        return known
