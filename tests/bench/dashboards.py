# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long N dashboards of 20 kB take: ours, plain requests, the two collections that people use today, and Terraform.

Three runs: all are new, there is nothing to do, and one in ten has changed. Each contender has an organization of its own
with one folder in it. After each run the server is asked whether it has the dashboards of the files. What is asked before and
after a run is neither timed nor counted.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import bare_dashboards
import dashboard_files
import terraform
from benchmark import Target, written
from rows import COMMUNITY, GRAFANA, OURS, REQUESTS, RUNS, TERRAFORM, Row

FOLDER, FOLDER_TITLE = "bench", "Bench"
#: How many dashboards are read back after a run.
READ_BACK = 20


@dataclass
class Tenant:
    """An organization to put dashboards into; *token* is a key that may."""

    org: int
    token: str


class Dashboards:
    """The contenders' runs on one server. With *keep* the organizations stay."""

    kind = "dashboards"

    def __init__(self, target: Target, folder: Path, concurrency: int, keep: bool) -> None:
        self.target, self.folder, self.concurrency, self.keep = target, folder, concurrency, keep
        self.files, self.seconds = folder / "dashboards", 0.0

    def prepare(self) -> None:
        """Create nothing: each run has an organization of its own."""

    def call(self, method: str, path: str, org: int = 1, body: Any = None) -> Any:
        """Return the server's answer to one of the requests that are not measured."""
        answer = self.target.call(method, path, body, org)
        answer.raise_for_status()
        return answer.json()

    @contextlib.contextmanager
    def tenant(self, name: str) -> Iterator[Tenant]:
        """Yield a new organization with a folder and a token, which is gone afterwards."""
        org = self.call("POST", "/api/orgs", body={"name": name})["orgId"]
        try:
            self.call("POST", "/api/folders", org, {"uid": FOLDER, "title": FOLDER_TITLE})
            yield Tenant(org, self._key(org, name))
        finally:
            if not self.keep:
                self.target.call("DELETE", f"/api/orgs/{org}")  # 12.0.0 and 12.0.1 delete none

    def _key(self, org: int, name: str) -> str:
        """Return a new key that administers an org: of a service account, or an API key where there are none yet."""
        if self.old():
            return str(self.call("POST", "/api/auth/keys", org, {"name": name, "role": "Admin"})["key"])
        account = self.call("POST", "/api/serviceaccounts", org, {"name": name, "role": "Admin"})["id"]
        return str(self.call("POST", f"/api/serviceaccounts/{account}/tokens", org, {"name": "bench"})["key"])

    # Contenders: each makes the dashboards of the files be those of the tenant

    def contenders(self) -> dict[str, Callable[[Tenant, str], None]]:
        """Return who is measured, by name."""
        found = {OURS: self._ours, REQUESTS: self._requests, COMMUNITY: self._community, GRAFANA: self._grafana}
        return {**found, TERRAFORM: self._terraform} if terraform.BINARY and terraform.MIRROR else found

    def _ours(self, tenant: Tenant, run: str) -> None:
        self._play("dashboards_ours.yml", org=tenant.org, folder_uid=FOLDER, directory=str(self.files))

    def _requests(self, tenant: Tenant, run: str) -> None:
        target, ends = self.target, time.monotonic() + self.seconds
        who = (target.url, target.user, target.password)
        bare_dashboards.apply(*who, tenant.org, FOLDER, self.files, self.concurrency, ends)

    def _community(self, tenant: Tenant, run: str) -> None:
        self._play("dashboards_community.yml", token=tenant.token, folder_title=FOLDER_TITLE, paths=self._paths())

    def _grafana(self, tenant: Tenant, run: str) -> None:
        self._play("dashboards_grafana.yml", token=tenant.token, folder_uid=FOLDER, paths=self._paths())

    def _terraform(self, tenant: Tenant, run: str) -> None:
        code = terraform.Code(self.folder / f"terraform-{tenant.org}", self.target, self.seconds)
        if run == RUNS[0]:
            code.write(terraform.of_dashboards(self.files, tenant.org, FOLDER))
        if run == RUNS[1]:
            code.plan()
        else:
            code.apply()

    def _paths(self) -> list[str]:
        """Return the files to make dashboards of."""
        return [str(path) for path in sorted(self.files.glob("*.json"))]

    def _play(self, playbook: str, **variables: Any) -> None:
        given = written(self.folder / "variables.json", {"grafana_url": self.target.url, **variables})
        self.target.play(playbook, given, self.seconds, GRAFANA_CONCURRENCY=str(self.concurrency))

    # Measuring

    def measure(self, contender: str, size: int, seconds: float) -> Iterator[Row]:
        """Yield the three runs of a contender, each within *seconds*; those after one that takes too long are left out."""
        self.seconds = seconds
        with self.tenant(f"bench-{contender}-{size}-{secrets.token_hex(3)}") as tenant:
            for name in RUNS:
                if name == RUNS[0]:
                    dashboard_files.write(self.files, size)
                elif name == RUNS[2]:
                    dashboard_files.change(self.files, size)
                run = partial(self.contenders()[contender], tenant, name)
                row = Row(self.kind, size, name, contender, *self.target.timed(run))
                yield row
                if row.cut:
                    return
                self.check(tenant, contender, size)

    def check(self, tenant: Tenant, contender: str, size: int) -> None:
        """Exit unless the tenant has the dashboards of the files, all of them in the folder."""
        found = self._found(tenant, size)
        wrong = [f"{found} dashboards in the folder"] if found != min(size, 5000) else []
        for number in sorted({0, size - 1, *range(0, size, max(1, size // READ_BACK))}):
            wanted = json.loads((self.files / f"{number:05}.json").read_text(encoding="utf-8"))
            answer = self.call("GET", f"/api/dashboards/uid/{wanted['uid']}", tenant.org)
            there = answer["dashboard"]
            same = [there["title"], _queries(there)] == [wanted["title"], _queries(wanted)]
            if not same or answer["meta"]["folderUid"] != FOLDER:
                wrong.append(wanted["uid"])
        if wrong:
            sys.exit(f"{contender} has not done what was asked for {size} dashboards: {', '.join(wrong)}")

    def _found(self, tenant: Tenant, size: int) -> int:
        """Return how many dashboards the folder has; a search may see a write late."""
        path = f"/api/search?type=dash-db&folderUIDs={FOLDER}&limit=5000"
        path += f"&folderIds={self.call('GET', f'/api/folders/{FOLDER}', tenant.org)['id']}" if self.old() else ""
        for _attempt in range(30):
            found = len(self.call("GET", path, tenant.org))
            if found >= min(size, 5000):
                break
            time.sleep(1)
        return found

    def old(self) -> bool:
        """Tell whether the server is older than 9: it has API keys alone, and finds what is in a folder by the folder's id."""
        return int(self.call("GET", "/api/health")["version"].partition(".")[0]) < 9


def _queries(dashboard: dict[str, Any]) -> list[Any]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
