# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server with files, and with a catalogue of dashboards as grafana.com has it."""

from __future__ import annotations

import ssl
from typing import Any

from .web import Answer, Asked, StandIn


class Files(StandIn):
    """Files and redirects by path. *asked* are all requests, with their headers."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.files: dict[str, Answer] = {}
        self.asked: list[Asked] = []

    def put(self, path: str, body: Any, status: int = 200, **headers: str) -> str:
        """Serve *body* (bytes as they are, anything else as JSON) at *path*; return its address."""
        self.files[path.strip("/")] = Answer(status, body, {name.replace("_", "-"): text for name, text in headers.items()})
        return f"{self.url}/{path.strip('/')}"

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        """Redirect *path* to *target*; return the address of *path*."""
        return self.put(path, b"", status, Location=target)

    def revision(self, number: int, *revisions: Any) -> None:
        """Publish a dashboard of the catalogue; *revisions* are its documents, from 1 on. The last one is the latest."""
        route = f"api/dashboards/{number}/revisions/%s/download"
        for position, document in enumerate(revisions, start=1):
            self.put(route % position, document)
        self.put(route % "latest", revisions[-1])

    @property
    def catalog(self) -> str:
        """The address of the catalogue."""
        return self.url + "/api"

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.files.get("/".join(asked.path), Answer(404, {"code": "NotFound", "message": "Not found"}))
