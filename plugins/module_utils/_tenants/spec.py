# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument spec of a tenant: the options of its organization, with a list for each kind of object in it."""

from __future__ import annotations

import typing as t

from .._dashboards.options import OPTIONS as DASHBOARD
from .._datasources.model import OPTIONS as DATA_SOURCE
from .._engine.options import check
from .._grafana.errors import BadInput
from .._orgs.members import OPTIONS as MEMBER
from .._orgs.model import OPTIONS as ORGANIZATION
from .._orgs.service_accounts import OPTIONS as ACCOUNT
from .._preferences.options import OPTIONS as PREFERENCES
from .._teams.resource import OPTIONS as TEAM
from .._tokens.options import OPTIONS as TOKEN
from .._users.model import OPTIONS as USER
from .steps import Tenant

#: The options that a member's ``create`` does not have: the role sets them, or they are not for new users.
_NOT_OF_NEW_USERS = (
    "login",
    "is_admin",
    "is_disabled",
    "user_password",
    "update_password",
    "initial_org_name",
    "initial_org_id",
    "on_existing",
    "orphans_only",
    "ignored_orgs",
    "state",
)
_Options = dict[str, t.Any]


def _without(options: _Options, *names: str) -> _Options:
    return {name: rule for name, rule in options.items() if name not in names}


def _list_of(options: _Options) -> _Options:
    return {"type": "list", "elements": "dict", "options": options}


_CREATE = {**_without(USER, *_NOT_OF_NEW_USERS), "password": {"type": "str", "no_log": True}}
_ACCOUNT = {**ACCOUNT, "tokens": _list_of(_without(TOKEN, "service_account"))}
#: An entry of ``folders`` may also be a text, so ``check_tenants`` checks them.
SPEC: _Options = {
    **ORGANIZATION,
    "members": _list_of({**MEMBER, "create": {"type": "dict", "options": _CREATE}}),
    "teams": _list_of(TEAM),
    "data_sources": _list_of(DATA_SOURCE),
    "service_accounts": _list_of(_ACCOUNT),
    "folders": {"type": "raw"},
    "dashboards": _list_of(_without(DASHBOARD, "import_orgs")),
    "preferences": {"type": "dict", "options": _without(PREFERENCES, "team")},
}


def check_options(tenants: t.Sequence[Tenant]) -> None:
    """Raise :class:`BadInput` for a tenant with an unknown option, or with a value of another type than the option has."""
    for tenant in tenants:
        try:
            check(tenant, SPEC)
        except BadInput as problem:
            raise BadInput("organization %s: %s" % (tenant["name"], problem.message), code=problem.code) from None
