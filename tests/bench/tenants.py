# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to bootstrap N organizations: each gets a member, a service account, a token and a dashboard.

The second run finds everything done. Contenders: the role of this collection, plain `requests`, community.grafana with
`ansible.builtin.uri`, and Terraform.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import bare
import requests
import terraform
from benchmark import Target, written
from rows import BY_FILE, COMMUNITY, OURS, REQUESTS, RUNS, TERRAFORM, Row

MEMBER, EMAIL = "bench-member", "bench-member@example.org"


class Tenants:
    """The contenders' runs on one server, *concurrency* tenants at a time. With *keep* the organizations stay."""

    kind = "tenants"

    def __init__(self, target: Target, folder: Path, concurrency: int, keep: bool) -> None:
        self.target, self.folder, self.concurrency, self.keep = target, folder, concurrency, keep
        self.seconds = 0.0

    def prepare(self) -> None:
        """Create the user who becomes a member everywhere; 412 says that there is one."""
        user = {"login": MEMBER, "email": EMAIL, "name": "Bench", "password": secrets.token_urlsafe(16)}
        answer = self.target.call("POST", "/api/admin/users", user)
        assert answer.status_code in (200, 412), answer.text

    def contenders(self) -> dict[str, Callable[[list[dict], str], Any]]:
        """Return who is measured, by name."""
        found = {OURS: self._ours, REQUESTS: self._requests, COMMUNITY: self._community}
        return {**found, TERRAFORM: self._terraform} if terraform.BINARY and terraform.MIRROR else found

    def measure(self, contender: str, size: int, seconds: float) -> Iterator[Row]:
        """Yield the first run of a contender on *size* new tenants, and the second; each within *seconds*."""
        name = f"bench-{contender[:4]}-{size}-{secrets.token_hex(2)}"
        tenants, self.seconds = self._tenants(name, size), seconds
        try:
            for run in RUNS[:2]:
                work = partial(self.contenders()[contender], tenants, run)
                row = Row(self.kind, size, run, contender, *self.target.timed(work))
                yield row
                if row.cut:
                    return
        finally:
            if not self.keep:
                self._remove(name)

    def _tenants(self, name: str, size: int) -> list[dict]:
        """Return *size* tenants as the role takes them."""
        keys = self.folder / "keys" / name
        keys.mkdir(parents=True, exist_ok=True)
        return [
            {
                "name": f"{name}-{number:04}",
                "members": [{"login": MEMBER, "role": "Editor"}],
                "service_accounts": [
                    {
                        "name": f"{name}-{number:04}",
                        "role": "Editor",
                        "tokens": [{"name": "ci", "seconds_to_live": 2592000, "dest": str(keys / f"{number:04}")}],
                    }
                ],
                "dashboards": [{"dashboard": {"uid": "overview", "title": "Overview", "panels": [], "schemaVersion": 39}}],
            }
            for number in range(size)
        ]

    # Contenders: each makes the tenants be there.

    def _ours(self, tenants: list[dict], run: str) -> None:
        if len(tenants) >= BY_FILE:
            file = written(self.folder / "tenants.json", {"org_bootstrap_organizations": tenants})
            self._play("ours_file.yml", tenants_file=str(file))
        else:
            self._play("ours.yml", tenants=tenants)

    def _requests(self, tenants: list[dict], run: str) -> None:
        target, ends = self.target, time.monotonic() + self.seconds
        bare.bootstrap(target.url, target.user, target.password, tenants, self.concurrency, ends)

    def _community(self, tenants: list[dict], run: str) -> None:
        self._play("peers.yml", tenants=tenants, grafana_user=self.target.user, grafana_password=self.target.password)

    def _terraform(self, tenants: list[dict], run: str) -> None:
        code = terraform.Code(self.folder / "terraform" / tenants[0]["name"], self.target, self.seconds)
        if run == RUNS[0]:
            code.write(terraform.of_tenants(tenants, EMAIL))
            code.apply()
        else:
            code.plan()

    def _play(self, playbook: str, **more: Any) -> None:
        variables = written(self.folder / "variables.json", {"grafana_url": self.target.url, **more})
        self.target.play(playbook, variables, self.seconds, GRAFANA_CONCURRENCY=str(self.concurrency))

    def _remove(self, name: str) -> None:
        """Delete the organizations whose names begin with *name*, as far as the server does that."""
        found = self.target.call("GET", "/api/orgs?perpage=100000").json()
        ids = [org["id"] for org in found if org["name"].startswith(name)]

        def delete(org: int) -> None:
            with contextlib.suppress(requests.RequestException):
                for _attempt in range(5):  # SQLite may be locked
                    if self.target.call("DELETE", f"/api/orgs/{org}").status_code < 500:
                        return

        with ThreadPoolExecutor(self.concurrency) as pool:
            list(pool.map(delete, ids))
