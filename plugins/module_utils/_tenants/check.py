# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of all tenants, before anything is written."""

from __future__ import annotations

import typing as t

from .._engine.options import check
from .._folders.plan import OPTIONS as FOLDER_OPTIONS
from .._grafana.errors import BadInput, GrafanaError
from .items import FOLDERS, USERS, Rules, is_absent
from .steps import Tenant
from .tokens import tokens_of, writer_of


def check_tenants(tenants: t.Sequence[Tenant], rules: Rules) -> None:
    """Raise :class:`BadInput` for two tenants with one name, and for what only several objects of a tenant show.

    That are tokens without a sink, dashboards that no token may write, users who differ, and folders with wrong options.
    """
    seen: set[str] = set()
    for tenant in tenants:
        if tenant["name"] in seen:
            raise BadInput("two organizations have the name %s" % tenant["name"])
        seen.add(tenant["name"])
        if is_absent(tenant):
            continue
        _check_sinks(tenant, rules.sink)
        if rules.dashboards_as == "token" and tenant.get("dashboards"):
            writer_of(tenant, "", rules.sink)
        _check_folders(tenant)
    USERS.of(tenants, rules)


def _check_sinks(tenant: Tenant, sink: Tenant | None) -> None:
    """Raise for a token whose key has no destination."""
    for account, token in tokens_of(tenant):
        absent = token.get("state") == "absent"
        if not (absent or token.get("dest") or token.get("sink") or sink):
            raise BadInput(
                "organization %s: token %s of %s has no destination for its key: set its dest or sink, or set "
                "org_bootstrap_sink for all tokens" % (tenant["name"], token["name"], account["name"])
            )


def _check_folders(tenant: Tenant) -> None:
    """Raise for a folder with wrong options: the argument spec of a role cannot check an entry that may also be a text."""
    for number, item in enumerate(FOLDERS.present(tenant, Rules())):
        try:
            check({name: value for name, value in item.items() if name != "org_name"}, FOLDER_OPTIONS)
        except GrafanaError as problem:
            raise BadInput("organization %s, folders[%d]: %s" % (tenant["name"], number, problem.message)) from None
