# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long N dashboards of 20 kB take: ours, bare requests, and the two collections that people use today.

Three runs: all are new, there is nothing to do, and one in ten has changed. Each contender has an organization of its own
with one folder in it, on one server: the embedded Grafana with a real server's costs, or the real one of GRAFANA_URL,
GRAFANA_USER and GRAFANA_PASSWORD, where the organizations are deleted at the end. After each run the server is asked whether
it has the dashboards of the files. What is asked before and after a run is neither timed nor counted.

    python tests/bench/dashboards.py [--sizes 1,100,1000,5000] [--peers 100] [--seconds 1800] [--grafana-version 12.4.3]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bare_dashboards
import dashboard_files
import requests
from benchmark import NEWEST, PEERS, Target, server, versions, written
from dashboard_rows import Row, extrapolated, table

#: How our one task names the files: "batch" lists them, "directory" leaves that to the module.
OURS_BY = "directory"
FOLDER, FOLDER_TITLE = "bench", "Bench"
RUNS = ("all new", "nothing to do", "10 % changed")
#: So many dashboards are read back after a run.
READ_BACK = 20
#: How dashboards are written.
WRITES = ("POST", "PUT")


@dataclass
class Tenant:
    """An organization to put dashboards into; *token* is a key that may."""

    org: int
    token: str


class Bench:
    """One server, and the contenders' runs on it, each within *seconds*."""

    def __init__(self, target: Target, folder: Path, seconds: float) -> None:
        self.target, self.folder, self.seconds = target, folder, seconds
        self.files = folder / "dashboards"
        self.admin = requests.Session()
        self.admin.trust_env = False
        self.admin.auth = (target.user, target.password)

    def call(self, method: str, path: str, org: int = 1, body: Any = None) -> Any:
        """Return the server's answer to one of the requests that are not measured."""
        headers = {"X-Grafana-Org-Id": str(org)}
        answer = self.admin.request(method, self.target.url + path, headers=headers, json=body, timeout=120)
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
            with contextlib.suppress(requests.HTTPError):  # 12.0.0 and 12.0.1 delete none
                self.call("DELETE", f"/api/orgs/{org}")

    def _key(self, org: int, name: str) -> str:
        """Return a new key that administers an org: of a service account, or an API key where there are none yet."""
        if self.old():
            return str(self.call("POST", "/api/auth/keys", org, {"name": name, "role": "Admin"})["key"])
        account = self.call("POST", "/api/serviceaccounts", org, {"name": name, "role": "Admin"})["id"]
        return str(self.call("POST", f"/api/serviceaccounts/{account}/tokens", org, {"name": "bench"})["key"])

    # Contenders: each makes the dashboards of the files be those of the tenant

    def bare(self, tenant: Tenant) -> None:
        url, user, password = self.target.url, self.target.user, self.target.password
        bare_dashboards.apply(url, user, password, tenant.org, FOLDER, self.files, self.seconds)

    def ours(self, tenant: Tenant) -> None:
        given: dict[str, Any] = {"directory": str(self.files)}
        if OURS_BY == "batch":
            given = {"batch": [{"path": path} for path in self.paths()]}
        self.play("dashboards_ours.yml", org=tenant.org, folder_uid=FOLDER, **given)

    def community(self, tenant: Tenant) -> None:
        self.play("dashboards_community.yml", token=tenant.token, folder_title=FOLDER_TITLE, paths=self.paths())

    def grafana(self, tenant: Tenant) -> None:
        self.play("dashboards_grafana.yml", token=tenant.token, folder_uid=FOLDER, paths=self.paths())

    def paths(self) -> list[str]:
        """Return the files to make dashboards of."""
        return [str(path) for path in sorted(self.files.glob("*.json"))]

    def play(self, playbook: str, **variables: Any) -> None:
        """Run a playbook of this folder."""
        given = written(self.folder / "variables.json", {"grafana_url": self.target.url, **variables})
        self.target.play(playbook, given, self.seconds)

    # Measuring

    def measure(self, contender: str, size: int) -> Iterator[Row]:
        """Yield the three runs of a contender; those after one that takes too long are left out."""
        run = self.contenders()[contender]
        with self.tenant(f"bench-{contender}-{size}-{secrets.token_hex(3)}") as tenant:
            for name in RUNS:
                if name == RUNS[0]:
                    dashboard_files.write(self.files, size)
                elif name == RUNS[2]:
                    dashboard_files.change(self.files, size)
                row = self._timed(contender, size, name, lambda: run(tenant))
                yield row
                if row.cut:
                    return
                self.check(tenant, contender, size)

    def contenders(self) -> dict[str, Callable[[Tenant], None]]:
        """Return who is measured, by name."""
        peers = dict(zip(PEERS, (self.community, self.grafana), strict=True))
        return {"bare": self.bare, "ours": self.ours, **peers}

    def _timed(self, contender: str, size: int, name: str, run: Callable[[], None]) -> Row:
        before, start, cut = self.target.counts(), time.perf_counter(), False
        try:
            run()
        except (subprocess.TimeoutExpired, bare_dashboards.TooLong):
            cut = True
        seconds = time.perf_counter() - start
        asked = {route: count - before.get(route, 0) for route, count in self.target.counts().items()}
        if not self.target.counted:
            return Row(size, name, contender, seconds, cut=cut)
        wrote = sum(count for (method, route), count in asked.items() if method in WRITES and "/dashboards" in route)
        return Row(size, name, contender, seconds, sum(asked.values()), wrote, cut=cut)

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


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="1,100,1000,5000", help="how many dashboards, with commas between")
    parser.add_argument("--peers", type=int, default=100, help="measure the peers up to so many; 0 leaves them out")
    parser.add_argument("--seconds", type=float, default=1800, help="end a run that takes longer")
    parser.add_argument("--grafana-version", default=NEWEST, help="which version the embedded Grafana is")
    options = parser.parse_args()
    sizes = sorted({int(word) for word in options.sizes.split(",")})
    if sizes[0] < 1:
        parser.error("--sizes: at least one dashboard")
    rows: list[Row] = []
    with server(options.grafana_version) as target, tempfile.TemporaryDirectory() as folder:
        bench = Bench(target, Path(folder), options.seconds)
        print(f"Grafana {bench.call('GET', '/api/health')['version']}, {versions()}", flush=True)
        for size in sizes:
            for contender in bench.contenders():
                if contender in PEERS and size > options.peers:
                    continue
                for row in bench.measure(contender, size):
                    print(f"  {row}", flush=True)
                    rows.append(row)
    print()
    print(table([*rows, *extrapolated(rows, PEERS, sizes)]))


if __name__ == "__main__":
    main()
