# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which role may do what, and who a request is made as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .state import Account, Key, User

if TYPE_CHECKING:
    from ..access.grants import Grants

ROLES = ("None", "Viewer", "Editor", "Admin")

#: Permissions in an organization, by the least role that has them; "None" has none. Those on dashboards and folders count at
#: 8.5 only, which knows no others; see :mod:`emulator.access` for later versions.
BY_ROLE = {
    "Viewer": {
        "orgs:read",
        "orgs.quotas:read",
        "dashboards:read",
        "folders:read",
        "datasources:query",
    },
    "Editor": {
        "dashboards:create",
        "dashboards:write",
        "dashboards:delete",
        "folders:create",
        "folders:write",
        "folders:delete",
    },
    "Admin": {
        "dashboards.permissions:read",
        "dashboards.permissions:write",
        "folders.permissions:read",
        "folders.permissions:write",
        "orgs:write",
        "orgs.preferences:read",
        "orgs.preferences:write",
        "org.users:read",
        "org.users:add",
        "org.users:write",
        "org.users:remove",
        "serviceaccounts:read",
        "serviceaccounts:create",
        "serviceaccounts:write",
        "serviceaccounts:delete",
        "apikeys:read",
        "apikeys:create",
        "apikeys:delete",
        "datasources:read",
        "datasources:create",
        "datasources:write",
        "datasources:delete",
        "teams:read",
        "teams:create",
        "teams:write",
        "teams:delete",
        "teams.permissions:read",
        "teams.permissions:write",
        "alert.provisioning:read",
        "alert.provisioning:write",
    },
}

#: What server admins may do, in whatever organization.
GLOBAL = {
    "orgs:read",
    "orgs:write",
    "orgs:create",
    "orgs:delete",
    "orgs.quotas:read",
    "orgs.quotas:write",
    "org.users:read",
    "org.users:add",
    "org.users:write",
    "org.users:remove",
    "users:read",
    "users:create",
    "users:delete",
    "users:write",
    "users:enable",
    "users:disable",
    "users:logout",
    "users.authtoken:read",
    "users.authtoken:write",
    "users.password:write",
    "users.permissions:write",
    "users.quotas:read",
    "users.quotas:write",
    "settings:read",
}


def allows(role: str | None, permission: str) -> bool:
    """Tell whether *role* has *permission* in its organization."""
    if role not in ROLES:
        return False
    rank = ROLES.index(role)
    return any(permission in BY_ROLE.get(name, ()) for name in ROLES[: rank + 1])


@dataclass
class Caller:
    """Who makes a request: a user, or a key; *org_id* is the org of the request, *role* the role there."""

    user: User | None = None
    key: Key | None = None
    account: Account | None = None
    org_id: int = 0
    role: str | None = None
    session: str | None = None
    #: Whether this is the anonymous caller of ``[auth.anonymous]``.
    anonymous: bool = False
    #: The role whose permissions the caller has: the one of before, where the server remembers them.
    permitted: str | None = None
    #: Whether this is a server admin in the namespace of an org that it is no member of.
    stranger: bool = False
    #: What the caller may do with folders and dashboards.
    grants: Grants | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this is a server admin."""
        return self.user is not None and self.user.is_admin

    @property
    def who(self) -> User | Account | None:
        """The user or service account; ``None`` for an API key and for the anonymous caller."""
        return self.user or self.account

    @property
    def login(self) -> str:
        """How records name who wrote."""
        return self.who.login if self.who else ""

    def may(self, permission: str) -> bool:
        """Tell whether the caller has *permission* in the org of the request."""
        return allows(self.permitted or self.role, permission)

    def may_globally(self, permission: str) -> bool:
        """Tell whether the caller has *permission* everywhere."""
        return self.is_admin and permission in GLOBAL
