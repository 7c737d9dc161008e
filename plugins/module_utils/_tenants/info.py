# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role needs to know of the tenants of a file, after a check of all of them. Sends no requests."""

from __future__ import annotations

import typing as t

from .._engine.arguments import secrets_of
from .._engine.module import GrafanaModule, guarded
from .._engine.options import TENANTS
from .._grafana.errors import GrafanaError
from .check import check_tenants
from .file import chosen, read_tenants
from .items import Rules, is_absent, logins_of
from .source import rules_of, tenants_path
from .spec import SPEC, check_options
from .steps import Item, Tenant
from .tokens import PART_OF_STEP, TOKENS, may_end

OPTIONS: dict[str, dict[str, t.Any]] = {
    **TENANTS,
    "tenants_file": {"type": "path", "required": True},
    "ephemeral_on": {"type": "str"},
}


def info() -> None:
    """Run the module."""
    guarded(_info, GrafanaModule(argument_spec=OPTIONS))


def _info(module: GrafanaModule) -> None:
    rules, path = rules_of(module.params), tenants_path(module.params)
    tenants = read_tenants(path)
    try:
        everyone = chosen(tenants, None, path)
        check_options(everyone)
        check_tenants(everyone, rules)
        module.exit_json(changed=False, **_summary(chosen(tenants, module.params["tenants"], path), rules, module.params))
    except GrafanaError:
        module.hide(*(secret for tenant in tenants for secret in secrets_of(SPEC, t.cast(Item, tenant))))
        raise


def _summary(tenants: t.Sequence[Tenant], rules: Rules, params: t.Mapping[str, t.Any]) -> Item:
    """Return the module's result for the chosen *tenants*."""
    connection = params["ephemeral_on"]
    ending = [name for name, token in TOKENS.of(tenants, rules) if may_end(token, connection)] if connection else []
    # The role always runs the step of the organizations.
    steps = [step for step, part in PART_OF_STEP.items() if step == "organizations" or part.is_needed(tenants, rules)]
    return {
        "tenants": [_short(tenant) for tenant in tenants],
        "steps": steps,
        "ephemeral": list(dict.fromkeys(ending)),
    }


def _short(tenant: Tenant) -> Item:
    """Return the name of a tenant; for one that is removed also the logins of its members."""
    if not is_absent(tenant):
        return {"name": tenant["name"]}
    return {"name": tenant["name"], "state": "absent", "members": [{"login": login} for login in logins_of(tenant)]}
