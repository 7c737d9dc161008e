# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that create and remove tenants: one for each kind of object."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

#: An organization with everything in it, as the role takes it.
Tenant = t.Mapping[str, t.Any]
#: An item of a module's batch, or an entry of a result.
Item = dict[str, t.Any]


@dataclass(frozen=True)
class Step:
    """A step: the word for one of its objects, and whether its failures keep a tenant from the following steps."""

    noun: str
    blocks: bool = True


#: The steps in their order. Accounts exist before folders give them permissions, and dashboards before preferences name one.
STEPS: dict[str, Step] = {
    "organizations": Step("organization"),
    "users": Step("user", blocks=False),
    "members": Step("member"),
    "teams": Step("team"),
    "data_sources": Step("data source"),
    "service_accounts": Step("service account"),
    "tokens": Step("token"),
    "folders": Step("folder"),
    "dashboards": Step("dashboard"),
    "preferences": Step("preferences"),
    "removed_users": Step("user", blocks=False),
}
#: Entries of a tenant that are not options of the module grafana_org.
PARTS = ("members", "teams", "data_sources", "service_accounts", "folders", "dashboards", "preferences")
#: The code of the failure of a member who is no user of the server (yet).
NO_USER = "user_not_found"
