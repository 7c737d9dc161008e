# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permissions of a caller as ``GET /api/access-control/user/permissions`` lists them: scopes by action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rules import DASHBOARDS, FOLDERS, GENERAL

if TYPE_CHECKING:
    from ..core.permissions import Caller
    from ..core.server import Server

#: What a Viewer has without any permission entry: (action, scope, first version, version that has it no more).
VIEWER: tuple[tuple[str, str, tuple[int, ...], tuple[int, ...]], ...] = (
    ("alert.instances.external:read", "datasources:*", (9, 0), ()),
    ("alert.instances:read", "folders:*", (9, 0), (10, 0)),
    ("alert.instances:read", "", (10, 4), ()),
    ("alert.notifications.external:read", "datasources:*", (9, 0), ()),
    ("alert.notifications.inhibition-rules:read", "inhibition-rules:*", (13, 0), ()),
    ("alert.notifications.receivers:list", "", (10, 4), ()),
    ("alert.notifications.receivers:read", "", (10, 4), (11, 0)),
    ("alert.notifications.receivers:read", "receivers:*", (11, 0), ()),
    ("alert.notifications.routes:read", "", (11, 0), (13, 0)),
    ("alert.notifications.templates:read", "", (11, 0), ()),
    ("alert.notifications.time-intervals:read", "", (10, 4), ()),
    ("alert.notifications.time-intervals:read", "", (10, 4), ()),
    ("alert.notifications:read", "", (9, 0), (13, 0)),
    ("alert.rules.external:read", "datasources:*", (9, 0), ()),
    ("alert.rules:read", "folders:*", (9, 0), ()),
    ("alert.silences:read", "folders:*", (11, 0), ()),
    ("annotations:create", "annotations:type:dashboard", (9, 0), (12, 0)),
    ("annotations:delete", "annotations:type:dashboard", (9, 0), (12, 0)),
    ("annotations:read", "annotations:*", (9, 0), (13, 0)),
    ("annotations:read", "annotations:type:organization", (13, 0), ()),
    ("annotations:write", "annotations:type:dashboard", (9, 0), (12, 0)),
    ("datasources.id:read", "datasources:*", (9, 0), ()),
    ("datasources:query", "datasources:*", (9, 0), ()),
    ("datasources:query", "datasources:uid:grafana", (9, 0), ()),
    ("datasources:read", "datasources:*", (9, 0), ()),
    ("datasources:read", "datasources:uid:grafana", (9, 0), ()),
    ("folders:read", "folders:uid:general", (10, 0), ()),
    ("library.panels:read", "folders:uid:general", (10, 0), ()),
    ("orgs.quotas:read", "", (9, 0), ()),
    ("orgs:read", "", (9, 0), ()),
    ("playlists:read", "", (13, 0), ()),
    ("plugins.app:access", "plugins:*", (9, 0), ()),
    ("provisioning.repositories:read", "", (12, 1), ()),
    ("provisioning.settings:read", "", (12, 1), ()),
    ("snapshots:read", "", (11, 0), ()),
)
#: What every caller has besides, from 11 on.
SHARED = ("folders:read", "folders:uid:sharedwithme", (11, 0))
#: What Editors and Admins have of their basic role, as far as anything asks for it.
HIGHER = {
    "Editor": (("dashboards:create", f"folders:uid:{GENERAL}"), ("folders:create", f"folders:uid:{GENERAL}")),
    "Admin": (
        ("dashboards:create", "folders:*"),
        ("dashboards:read", "dashboards:*"),
        ("dashboards:write", "dashboards:*"),
        ("dashboards:delete", "dashboards:*"),
        ("datasources:create", ""),
        ("datasources:delete", "datasources:*"),
        ("datasources:write", "datasources:*"),
        ("dashboards.permissions:write", "dashboards:*"),
        ("dashboards.permissions:write", "folders:*"),
        ("folders.permissions:write", "folders:*"),
        ("folders:create", "folders:*"),
        ("folders:read", "folders:*"),
        ("folders:write", "folders:*"),
        ("org.users:read", "users:*"),
        ("serviceaccounts.permissions:write", "serviceaccounts:*"),
        ("serviceaccounts:read", "serviceaccounts:*"),
    ),
}
#: From this version on, each data source shows beside the scope of all of them (recorded at 11.5.1).
SOURCES_SHOWN = (11, 0)
SERVER_ADMIN = (("orgs:read", ""), ("org.users:read", "users:*"))


def permissions_of(server: Server, caller: Caller) -> dict[str, list[str]]:
    """Return the scopes of each action that a caller may do, in the order of its role, its role's entries and its own."""
    numbers, found = server.profile.numbers, _of_role(server, caller)
    grants = caller.grants
    for part in grants.parts if grants is not None else ():
        entries = list(part.levels.items())
        if not (10, 0) <= numbers < (12, 0):
            entries.sort(key=lambda entry: entry[0][0])
        for (kind, uid), level in entries:
            for action in grants.rules.levels if grants is not None else ():
                if kind in (FOLDERS, DASHBOARDS) and grants.rules.level(action, kind) <= level:
                    # 11 lists each of them twice, but one.
                    twice = numbers[0] == 11 and action != "folders:create"
                    found.setdefault(action, []).extend([f"{kind}:uid:{uid}"] * (2 if twice else 1))
    action, scope, since = SHARED
    if numbers >= since:
        found.setdefault(action, []).append(scope)
    return dict(sorted(found.items()))


def _of_role(server: Server, caller: Caller) -> dict[str, list[str]]:
    """Return the scopes that a caller has by its role, without entries."""
    numbers, found = server.profile.numbers, dict[str, list[str]]()
    if caller.role in ("Viewer", "Editor", "Admin"):
        for action, scope, since, until in VIEWER:
            if numbers >= since and (not until or numbers < until):
                found.setdefault(action, []).append(scope)
        if numbers >= SOURCES_SHOWN:
            for action in ("datasources:query", "datasources:read"):
                found[action] += ["datasources:uid:%s" % one["uid"] for one in server.store.datasources(caller.org_id)]
    for action, scope in (*HIGHER.get(caller.role or "", ()), *(SERVER_ADMIN if caller.is_admin else ())):
        found.setdefault(action, []).append(scope)
    return found
