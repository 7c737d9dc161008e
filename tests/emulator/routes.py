# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All modules that register routes, in the order in which their routes are tried."""

# pylint: disable=unused-import

from __future__ import annotations

from . import (  # noqa: F401
    access_control,
    admin_users,
    api_keys,
    cloud,
    dashboard_restores,
    dashboard_versions,
    dashboards,
    datasources,
    folder_contents,
    folder_moves,
    folders,
    general,
    kubernetes,
    kubernetes_folders,
    library_elements,
    members,
    orgs,
    permission_lists,
    plugins,
    quotas,
    search,
    service_accounts,
    sessions,
    tokens,
    users,
)
