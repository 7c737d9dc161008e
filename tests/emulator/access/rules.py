# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables: which level allows which action, and what a basic role may do without any permission entry.

They follow the recorded answers of ``GET /api/access-control/user/permissions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ..core.profile import Profile

#: Levels of a permission entry, as the API writes them.
VIEW, EDIT, ADMIN = 1, 2, 4
LEVELS = {"View": VIEW, "Edit": EDIT, "Admin": ADMIN}
NAMES = {level: name for name, level in LEVELS.items()}
#: Kinds of objects that have permission entries.
FOLDERS, DASHBOARDS, ACCOUNTS, TEAMS = "folders", "dashboards", "serviceaccounts", "teams"
#: The levels of entries on each kind of object, as the API writes them.
LEVELS_ON = {
    FOLDERS: LEVELS,
    DASHBOARDS: LEVELS,
    ACCOUNTS: {"Edit": EDIT, "Admin": ADMIN},
    TEAMS: {"Member": VIEW, "Admin": ADMIN},
}
#: The uid that stands for no folder in scopes.
GENERAL = "general"
#: No level allows the action.
NEVER = 99


class Action(NamedTuple):
    """The least level of an entry on a dashboard, and on a folder above, that allows an action from *since* on."""

    name: str
    on_dashboard: int
    on_folder: int
    since: tuple[int, ...] = (9, 0)


ACTIONS = (
    Action("alert.rules:create", NEVER, EDIT),
    Action("alert.rules:delete", NEVER, EDIT),
    Action("alert.rules:read", NEVER, VIEW),
    Action("alert.rules:write", NEVER, EDIT),
    Action("alert.silences:create", NEVER, EDIT, since=(11, 0)),
    Action("alert.silences:read", NEVER, VIEW, since=(11, 0)),
    Action("alert.silences:write", NEVER, EDIT, since=(11, 0)),
    Action("annotations:create", EDIT, EDIT, since=(11, 0)),
    Action("annotations:delete", EDIT, EDIT, since=(11, 0)),
    Action("annotations:read", VIEW, VIEW, since=(11, 0)),
    Action("annotations:write", EDIT, EDIT, since=(11, 0)),
    Action("dashboards.permissions:read", ADMIN, ADMIN),
    Action("dashboards.permissions:write", ADMIN, ADMIN),
    Action("dashboards:create", NEVER, EDIT),
    Action("dashboards:delete", EDIT, EDIT),
    Action("dashboards:read", VIEW, VIEW),
    Action("dashboards:write", EDIT, EDIT),
    Action("folders.permissions:read", NEVER, ADMIN),
    Action("folders.permissions:write", NEVER, ADMIN),
    Action("folders:create", NEVER, EDIT, since=(11, 0)),
    Action("folders:delete", NEVER, EDIT),
    Action("folders:read", NEVER, VIEW),
    Action("folders:write", NEVER, EDIT),
    Action("library.panels:create", NEVER, EDIT, since=(10, 0)),
    Action("library.panels:delete", NEVER, EDIT, since=(10, 0)),
    Action("library.panels:read", NEVER, VIEW, since=(10, 0)),
    Action("library.panels:write", NEVER, EDIT, since=(10, 0)),
)

#: What a basic role, and every role above it, may do in the General folder: (least role, action, since).
IN_GENERAL = (
    ("Viewer", "folders:read", (10, 0)),
    ("Viewer", "library.panels:read", (10, 0)),
    ("Editor", "dashboards:create", (9, 0)),
    ("Editor", "folders:create", (9, 0)),
    ("Editor", "folders:read", (9, 0)),
    ("Editor", "library.panels:create", (10, 0)),
    ("Editor", "library.panels:delete", (10, 0)),
    ("Editor", "library.panels:write", (10, 0)),
)
ORDER = ("None", "Viewer", "Editor", "Admin")


#: What everybody may do to the folder that stands for what others share, so somewhere, from 11 on.
SHARED = (frozenset({"folders:read"}), (11, 0))

#: The least level of an entry on an object of another kind that allows an action: a member of a team has VIEW, its Admin ADMIN.
ON_OTHERS = {
    ACCOUNTS: {
        "serviceaccounts.permissions:read": ADMIN,
        "serviceaccounts.permissions:write": ADMIN,
        "serviceaccounts:delete": ADMIN,
        "serviceaccounts:read": EDIT,
        "serviceaccounts:write": EDIT,
    },
    TEAMS: {
        "teams:read": VIEW,
        "teams:write": ADMIN,
        "teams:delete": ADMIN,
        "teams.permissions:read": ADMIN,
        "teams.permissions:write": ADMIN,
    },
}


@dataclass(frozen=True)
class Rules:
    """The tables of one version: *levels* by action as (on a dashboard, on a folder), *general* by role.

    *shared* is what everybody may do somewhere.
    """

    levels: dict[str, tuple[int, int]]
    general: dict[str, frozenset[str]]
    shared: frozenset[str]

    def level(self, action: str, kind: str) -> int:
        """Return the least level of an entry on an object of *kind* that allows *action*."""
        if kind in ON_OTHERS:
            return ON_OTHERS[kind].get(action, NEVER)
        on_dashboard, on_folder = self.levels.get(action, (NEVER, NEVER))
        return on_folder if kind == FOLDERS else on_dashboard


@cache
def _rules(numbers: tuple[int, ...]) -> Rules:
    levels = {one.name: (one.on_dashboard, one.on_folder) for one in ACTIONS if numbers >= one.since}
    general = {
        role: frozenset(
            action for least, action, since in IN_GENERAL if numbers >= since and ORDER.index(least) <= ORDER.index(role)
        )
        for role in ORDER
    }
    shared, since = SHARED
    return Rules(levels, general, shared if numbers >= since else frozenset())


def rules_of(profile: Profile) -> Rules:
    """Return the tables of a version."""
    return _rules(profile.numbers)
