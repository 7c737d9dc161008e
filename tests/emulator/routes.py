# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All modules that register routes, in the order in which their routes are tried."""

# pylint: disable=unused-import

from __future__ import annotations

from .boards import (  # noqa: F401
    access_control,
    dashboards,
    datasources,
    folder_contents,
    folder_moves,
    folders,
    library_elements,
    permission_lists,
    restores,
    saves,
    search,
    versions,
)
from .kubernetes import folders as kubernetes_folders  # noqa: F401
from .kubernetes import routes  # noqa: F401
from .tenancy import (  # noqa: F401
    admin_users,
    api_keys,
    cloud,
    general,
    members,
    orgs,
    plugins,
    quotas,
    service_accounts,
    sessions,
    team_members,
    teams,
    tokens,
    users,
)
