# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles that a user or a service account can have in an organization."""

from __future__ import annotations

from .client import Client
from .errors import Unsupported
from .versions import ROLE_NONE

#: Spelled as the server spells them.
ADMIN = "Admin"
ROLES = ["Viewer", "Editor", ADMIN, "None"]
#: From the least privilege to the most.
_RANKS = ["None", "Viewer", "Editor", ADMIN]


def is_above(role: str, other: str) -> bool:
    """Return whether *role* has more privileges than the role *other*; ``False`` for a role that is unknown here."""
    return role in _RANKS and other in _RANKS and _RANKS.index(role) > _RANKS.index(other)


def check_role(client: Client, role: str | None) -> None:
    """Raise :class:`Unsupported` if *role* is None and the server does not know that role (before 10.2)."""
    if role == "None" and client.at_least(ROLE_NONE) is False:
        raise Unsupported(
            "the role None needs Grafana %s or later, and %s is %s: use Viewer"
            % (ROLE_NONE, client.connection.url, client.version())
        )
