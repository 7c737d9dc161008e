# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of entries on one object, as ``GET /api/access-control/KIND/UID`` shows it: its own, inherited and fixed ones."""

from __future__ import annotations

from typing import Any

from ..access.entries import Entry
from ..access.rules import ACCOUNTS, ADMIN, DASHBOARDS, FOLDERS, LEVELS_ON, NAMES, ON_OTHERS, TEAMS, rules_of
from ..core.pictures import picture, picture_or_default
from ..core.server import Request
from ..core.state import Account

#: The actions that ``basic:admin`` has twice: on all dashboards and on those of all folders, and on the General folder.
TWICE = {
    DASHBOARDS: {"dashboards.permissions:read", "dashboards.permissions:write"}
    | {f"dashboards:{verb}" for verb in ("read", "write", "delete")},
    "general": {"dashboards:create", "folders:read"}
    | {f"library.panels:{verb}" for verb in ("create", "delete", "read", "write")},
}
#: What the role Admin has on no single folder, but in General.
NOT_FIXED = "folders:create"


def actions_of(request: Request, kind: str, level: int, fixed: bool = False) -> list[str]:
    """Return what *level* allows on an object of *kind*, for a dashboard also by an entry on its folder.

    11 lists what the storage has twice, but for creating folders; 13 does so for service accounts.
    """
    rules, profile = rules_of(request.server.profile), request.server.profile
    names = ON_OTHERS.get(kind, rules.levels)
    found = [name for name in names if rules.level(name, kind) <= level]
    if fixed:
        return [name for name in found if name != NOT_FIXED]
    doubled = (profile.numbers[0] == 11 and kind in (FOLDERS, DASHBOARDS)) or (profile >= (13, 0) and kind == ACCOUNTS)
    return [name for name in found for _time in range(2 if doubled and name != NOT_FIXED else 1)]


def entries_of(request: Request, kind: str, uid: str) -> list[dict[str, Any]]:
    """Return the entries on an object: its own, those of the folders above it, and what the role Admin always has.

    A team has its own only.
    """
    entries, access, org_id = request.server.access.entries, request.server.access, request.caller.org_id
    found = [_shown(request, kind, one, False) for one in entries.of(org_id, (kind, uid))]
    if kind == TEAMS:
        return found
    if kind != ACCOUNTS:
        for folder in access.above(org_id, kind, uid):
            found += [_shown(request, kind, one, True) for one in entries.of(org_id, (FOLDERS, folder))]
    return found + _fixed(request, kind, uid)


def _entry(request: Request, role_name: str, **more: Any) -> dict[str, Any]:
    number = sum(map(ord, role_name)) or 1  # which numbers the entries have is never read
    entry: dict[str, Any] = {"id": number, "roleName": role_name, "isManaged": False, "isInherited": False}
    if request.server.profile >= (10, 0):
        entry["isServiceAccount"] = False
    return {**entry, **more}


def _fixed(request: Request, kind: str, uid: str) -> list[dict[str, Any]]:
    """Return what the role Admin has without an entry of the object."""
    actions = actions_of(request, kind, ADMIN, fixed=True)
    admin = {"builtInRole": "Admin", "permission": NAMES[ADMIN]}
    found = []
    if request.server.profile.authorizer:
        twice = TWICE.get("general" if uid == "general" else kind, set())
        found.append(_entry(request, "basic:admin", actions=actions + [one for one in actions if one in twice], **admin))
    if kind != ACCOUNTS:
        found.append(_entry(request, "", actions=actions, **admin))
    return found


def _shown(request: Request, kind: str, entry: Entry, inherited: bool) -> dict[str, Any]:
    """Return an entry as the list shows it."""
    (what, who), profile, state = entry.subject, request.server.profile, request.server.state
    body: dict[str, Any] = {"isManaged": not inherited, "isInherited": inherited}
    name = f"managed:{what}s:{who}:permissions"
    if what == "role":
        name = f"managed:builtins:{str(who).lower()}:permissions"
        body["builtInRole"] = who
    elif what == "user":
        user = state.person(int(who))
        assert user is not None  # entries are deleted together with whom they are for
        if profile >= (10, 0):
            body["isServiceAccount"] = isinstance(user, Account)
        body.update(userId=user.id, userLogin=user.login, userAvatarUrl=picture(profile, user.email))
        if profile.uids:
            body["userUid"] = user.uid
    else:
        team = state.teams[int(who)]
        body.update(teamId=team.id, team=team.name, teamAvatarUrl=picture_or_default(profile, team.email, team.name))
        if profile.uids:
            body["teamUid"] = team.uid
    body["actions"] = actions_of(request, kind, entry.level)
    body["permission"] = next(name for name, level in LEVELS_ON[kind].items() if level == entry.level)
    return _entry(request, name, **body)
