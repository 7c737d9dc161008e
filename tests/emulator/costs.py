# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real server's requests cost, put back on demand.

Measured on 12.4.3 with SQLite, two cores, idle: a password or a key is hashed at every request, writes go one
at a time, the legacy read of a dashboard grows with its organization, a list with what it lists.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .server import Server

#: Seconds.
REQUEST = 0.003
HASH = 0.006
WRITE = 0.006
#: Further seconds of a write, by route.
WRITES = {
    "/api/orgs": 0.004,
    "/api/serviceaccounts": 0.004,
    "/api/dashboards/db": 0.012,
    "/api/admin/users": 0.006,
}
LEGACY_READ = "/api/dashboards/uid/{uid}"
LEGACY_READ_BASE, LEGACY_READ_EACH = 0.008, 0.00001
LIST_EACH = 0.00025


class Costs:
    """Makes answers take as long as those of a real server; writes wait for each other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._writer = asyncio.Lock()

    async def pay(self, method: str, template: str, headers: object, answered: int) -> None:
        """Wait for as long as a request takes; *answered* is the size of its answer in bytes."""
        seconds = REQUEST
        if headers.get("Authorization") or template == "/login":  # type: ignore[attr-defined]
            seconds += HASH
        if method == "GET":
            if template == LEGACY_READ:
                seconds += LEGACY_READ_BASE + LEGACY_READ_EACH * self._server.store.size()
            elif template.endswith("/dashboards"):
                seconds += LIST_EACH * answered / 2000
            await asyncio.sleep(seconds)
            return
        await asyncio.sleep(seconds)
        async with self._writer:
            await asyncio.sleep(WRITE + WRITES.get(template, 0.0))
