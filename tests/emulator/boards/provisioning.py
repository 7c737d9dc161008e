# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards from files, which the API must not change."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ..access.rules import DASHBOARDS
from .store import SERVER_MANAGER, DashboardStore, Provisioned

if TYPE_CHECKING:
    from ..core.server import Server

FOLDER = "/srv/dashboards/"


def provision(server: Server, store: DashboardStore) -> None:
    """Make the dashboards that the server was started with, in organization 1.

    Each is a dashboard, or ``{"dashboard", "path", "modified"}`` to say what file it stands in.
    """
    for number, given in enumerate(server.provisioned, 1):
        wrapped = isinstance(given.get("dashboard"), dict)
        document = given["dashboard"] if wrapped else given
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n"
        path = given.get("path") if wrapped else None
        source = Provisioned(
            path=path or f"{FOLDER}{document.get('uid') or number}.json",
            checksum=hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
            modified=float(given.get("modified") or server.clock.now()) if wrapped else server.clock.now(),
        )
        spec = {key: value for key, value in document.items() if key not in ("id", "uid", "version")}
        made = store.add(1, document.get("uid"), spec, "", "", provisioned=source)
        server.access.made(None, DASHBOARDS, made.uid, "", 1)
        made.managers[SERVER_MANAGER] = {*spec, "uid", "version"}
