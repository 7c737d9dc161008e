# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logins that the server derives from the names of service accounts."""

from __future__ import annotations

from .scope import Scope

#: How the logins of service accounts begin (9.0 to 13.1).
LOGIN_PREFIX = "sa-"


def slug(name: str) -> str:
    """Return a name as the server puts it into the login: lower case, with dashes for spaces."""
    return name.lower().replace(" ", "-")


def logins(scope: Scope, name: str) -> tuple[str, str]:
    """Return the logins that an account called *name* can have: without the organization, and with it."""
    return LOGIN_PREFIX + slug(name), "%s%d-%s" % (LOGIN_PREFIX, scope.org_id, slug(name))


__all__ = ["LOGIN_PREFIX", "logins", "slug"]
