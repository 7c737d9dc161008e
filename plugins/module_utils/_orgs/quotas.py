# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quotas of organizations: limits by target."""

from __future__ import annotations

import typing as t

from .._grafana.client import Client, segment
from .._grafana.connection import text
from .._grafana.errors import BadInput, GrafanaError, Refused, Unsupported

#: The limit that means no limit.
UNLIMITED = -1
#: The organization whose quotas tell what a new one gets: which targets exist, and whether quotas are enabled at all. The server
#: answers for every id, also for one without an organization (recorded).
DEFAULTS_OF = 1
#: What servers answer if quotas are disabled: 404 up to 8.5, and 500 later (recorded).
_DISABLED = ("quotas not enabled", "failed to get quota")


def parsed(value: t.Mapping[str, t.Any]) -> dict[str, int]:
    """Return the limits of the option ``quotas``, by target. Raises :class:`BadInput`."""
    return {text(target, "a target of quotas"): _limit(limit, "quotas.%s" % target) for target, limit in value.items()}


def _limit(value: t.Any, option: str) -> int:
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        number = int(value)
        if number < UNLIMITED:
            raise ValueError
    except (TypeError, ValueError):
        raise BadInput(
            "%s has to be a whole number of at least 0, or %d for no limit, not %r" % (option, UNLIMITED, value)
        ) from None
    return number


def entries(client: Client, org_id: int) -> list[dict[str, t.Any]] | None:
    """Return target, limit and use of each quota of an organization; ``None`` if quotas are disabled on the server."""
    try:
        found = client.request("GET", "/api/orgs/%d/quotas" % org_id, retry=False)
    except GrafanaError as problem:
        if problem.status in (404, 500) and problem.said in _DISABLED:
            return None
        raise
    return [{name: quota[name] for name in ("target", "limit", "used") if name in quota} for quota in found or []]


def limits_of(client: Client, org_id: int) -> dict[str, int]:
    """Return the limits of an organization by target. Raises :class:`Unsupported` (``quotas_disabled``)."""
    found = entries(client, org_id)
    if found is None:
        raise Unsupported(
            "quotas are disabled on %s, and organizations have none: set enabled = true in the section [quota] of its "
            "configuration, or leave quotas out" % client.connection.url,
            code="quotas_disabled",
        )
    return {str(quota["target"]): int(quota["limit"]) for quota in found}


def check_targets(client: Client, wanted: t.Iterable[str], known: t.Iterable[str]) -> None:
    """Raise :class:`Refused` for targets that the server does not have; it answers 500 to them from 9.3 on (recorded)."""
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise Refused(
            "%s has no quota %s for organizations; it has: %s"
            % (client.connection.url, ", ".join(unknown), ", ".join(sorted(known))),
            code="unknown_quota",
        )


def set_limits(client: Client, org_id: int, limits: t.Mapping[str, int], new: bool) -> None:
    """Set limits by target. Raises :class:`Refused` (``quota_stays``) if the server ignored a 0.

    Servers 8.5 to 13.1 accept 0 and ignore it if another limit of that target was set before (recorded). A *new* organization has
    none.
    """
    for target, limit in limits.items():
        client.put("/api/orgs/%d/quotas/%s" % (org_id, segment(target)), {"limit": limit})
    zeros = [target for target, limit in limits.items() if limit == 0]
    if new or not zeros:
        return
    now = limits_of(client, org_id)
    stays = ["%s (%d)" % (target, now[target]) for target in zeros if now.get(target, 0) != 0]
    if stays:
        raise Refused(
            "%s ignores the limit 0 for quotas of an organization that had another limit before: %s stays; use 1, or create "
            "a new organization with the limit 0" % (client.connection.url, ", ".join(stays)),
            code="quota_stays",
        )
