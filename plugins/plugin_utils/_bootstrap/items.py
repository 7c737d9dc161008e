# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The batch of each step of the role org_bootstrap, for all tenants."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from ...module_utils._grafana.errors import GrafanaError
from ...module_utils._tenants.items import Rules, is_absent
from ...module_utils._tenants.outcomes import Results, by_step, failed_tenants, pending_members
from ...module_utils._tenants.steps import Tenant
from ...module_utils._tenants.tokens import PART_OF_STEP, WHOLE, may_end, with_renewal


def items(
    organizations: t.Sequence[Tenant],
    kind: str,
    earlier: Results | None = None,
    folder: str = "",
    dashboards_as: str = "caller",
    sink: Tenant | None = None,
    renew_before: t.Any = None,
    ephemeral_on: str | None = None,
    steps: t.Collection[str] = (),
) -> list[t.Any]:
    """Return the batch of the step *kind* for all *organizations* that failed at no *earlier* step.

    *sink* and *renew_before* are defaults for tokens without these options. A token whose lifetime is shorter than
    *renew_before* is due in the last third of its lifetime. Relative paths start from *folder*. With *ephemeral_on*, the
    connection plugin of the host, only those tokens are returned whose key may end with a container. With *steps*, those that
    the organizations of a file need, the modules read the file themselves, and the names of the organizations are returned.
    Raises ``AnsibleFilterError`` for invalid input.
    """
    part = WHOLE if kind == "tenants" else PART_OF_STEP.get(kind)
    if part is None:
        raise AnsibleFilterError("kind has to be one of tenants, %s, not %r" % (", ".join(PART_OF_STEP), kind))
    done = by_step(earlier or {})
    failed = failed_tenants(organizations, done)
    if steps:
        return _names(organizations, kind, failed) if kind in ("tenants", *steps) else []
    rules = Rules(folder, dashboards_as, sink, pending_members(done))
    try:
        if kind == "organizations":
            from ...module_utils._tenants.check import check_tenants  # pylint: disable=import-outside-toplevel

            check_tenants(organizations, rules)
        reached = [tenant for tenant in organizations if tenant["name"] not in failed]
        batch = [item for _name, item in part.of(reached, rules)]
        if kind == "tokens" and renew_before:
            batch = [with_renewal(item, renew_before) for item in batch]
    except GrafanaError as problem:
        raise AnsibleFilterError(problem.message) from None
    if kind == "tokens" and ephemeral_on is not None:
        batch = [item for item in batch if may_end(item, ephemeral_on)]
    return batch


def _names(organizations: t.Sequence[Tenant], kind: str, failed: t.Collection[str]) -> list[str]:
    """Return the names of the tenants that the step *kind* concerns: those that stay, that are removed, or both."""
    reached = [tenant for tenant in organizations if tenant["name"] not in failed]
    if kind not in ("tenants", "organizations", "tokens", "vault_tokens"):
        reached = [tenant for tenant in reached if is_absent(tenant) == (kind == "removed_accounts")]
    return [tenant["name"] for tenant in reached]
