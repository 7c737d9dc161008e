# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to an emulator, for tests that need no recording."""

from __future__ import annotations

from typing import Any

import requests

from emulator import Emulator

ADMIN = ("admin", "admin")


class Api:
    """Requests to one server; *identity* is (user, password) or a bearer key."""

    def __init__(self, server: Emulator, identity: tuple[str, str] | str | None = ADMIN, org: int = 0) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self._url = server.url
        if isinstance(identity, tuple):
            self.session.auth = identity
        elif identity:
            self.session.headers["Authorization"] = f"Bearer {identity}"
        if org:
            self.session.headers["X-Grafana-Org-Id"] = str(org)

    def __call__(self, method: str, path: str, /, **fields: Any) -> requests.Response:
        return self.session.request(method, self._url + path, json=fields or None, timeout=20, allow_redirects=False)

    def made(self, method: str, path: str, /, **fields: Any) -> Any:
        answer = self(method, path, **fields)
        assert answer.ok, answer.text
        return answer.json()
