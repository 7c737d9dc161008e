# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of the role org_bootstrap: what happened to each tenant."""

from __future__ import annotations

import typing as t

from ansible.utils.display import Display

from ...module_utils._tenants.outcomes import Results
from ...module_utils._tenants.steps import Item, Tenant
from .removal import users_of
from .results import tenants


def report(
    chunk: t.Sequence[Tenant],
    results: Results,
    missing: str = "fail",
    organizations: t.Sequence[Tenant] = (),
    checked: t.Mapping[str, t.Any] | None = None,
) -> list[Item]:
    """Return what happened to each tenant of *chunk*, see :func:`tenants`.

    *missing* is ``org_bootstrap_missing_members``. *organizations* are all tenants, and *checked* is the result of the step
    ``organizations`` for the absent ones in check mode, both for users who are removed.
    """
    owners = {"removed_users": [user["tenant"] for user in users_of(chunk, organizations, checked or {})]}
    found = tenants(chunk, results, owners, missing)
    if missing == "warn":
        for tenant in (tenant for tenant in found if tenant["pending"]):
            Display().warning(
                "organization %s: no user of the server has the login %s: set create for the member, or wait for the first login"
                % (tenant["name"], " or ".join(tenant["pending"]))
            )
    return found
