# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real server's requests cost, put back on demand.

Measured on 12.4.3 with SQLite, two cores, idle: a request takes 4 ms, and 6 more with a password or a key, which is
hashed every time; a dashboard is written in 24 ms (10.5 by the newer route), of which 16 (5.6) are the one writer's;
the legacy read of a dashboard grows with its organization, a list with what it lists. The costs of organizations,
members, accounts and tokens are what is left of 140 ms for a bootstrap of all of them, one at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import Server

#: So many requests are worked on at once.
CORES = 2
#: Seconds, less the half millisecond that the emulator itself takes for each part.
REQUEST = 0.0034
HASH = 0.0062
#: Of a write, while all others wait; and what it takes more, by route.
WRITE = 0.005
WRITES = {
    "/api/orgs": 0.018,
    "/api/orgs/{org_id}/users": 0.006,
    "/api/serviceaccounts": 0.016,
    "/api/serviceaccounts/{account_id}/tokens": 0.006,
    "/api/dashboards/db": 0.0101,
    "/api/admin/users": 0.006,
}
#: More of a request that holds nobody up.
MORE = {"/api/dashboards/db": 0.0042, "/apis/dashboard.grafana.app/{version}/namespaces/{namespace}/dashboards/{name}": 0.0006}
#: More of a legacy read: at least, and for each dashboard of the organization.
LEGACY_READ = "/api/dashboards/uid/{uid}"
LEGACY_READ_BASE, LEGACY_READ_EACH = 0.0027, 0.0000104
LIST_EACH = 0.00025


class Costs:
    """Makes answers take as long as those of a real server; writes wait for each other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._cores = asyncio.Semaphore(CORES)
        self._writer = asyncio.Lock()

    async def pay(self, method: str, template: str, headers: Mapping[str, str], org_id: int, answered: int) -> None:
        """Wait for as long as a request takes; *answered* is the size of its answer in bytes."""
        beside, alone = cost(method, template, headers, self._server.store.count(org_id), answered)
        async with self._cores:
            await asyncio.sleep(beside)
        if alone:
            async with self._writer:
                await asyncio.sleep(alone)


def cost(method: str, template: str, headers: Mapping[str, str], dashboards: int, answered: int) -> tuple[float, float]:
    """Return the seconds of a request in which others go on, and those in which other writes wait."""
    seconds = REQUEST + MORE.get(template, 0.0)
    if "Authorization" in headers or template == "/login":
        seconds += HASH
    if method != "GET":
        return seconds, WRITE + WRITES.get(template, 0.0)
    if template == LEGACY_READ:
        seconds += LEGACY_READ_BASE + LEGACY_READ_EACH * dashboards
    elif template.endswith("/dashboards"):
        seconds += LIST_EACH * answered / 2000
    return seconds, 0.0
