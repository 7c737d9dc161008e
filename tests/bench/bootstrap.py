# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to bootstrap N organizations: ours, bare requests, and what people write today.

Each organization gets a member, a service account, a token and a dashboard; then everything is asked for once more.
All contenders work on one server in one run, the embedded Grafana with a real server's costs, or the real one of
GRAFANA_URL, GRAFANA_USER and GRAFANA_PASSWORD. Prints a table: seconds, requests, ratios.

    python tests/bench/bootstrap.py [--sizes 20,200] [--peers 20] [--concurrency 4]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import bare
import requests
from benchmark import HERE, Target, server, versions, written

MEMBER = "bench-member"


class Bench:
    """One server, and the contenders' runs on it."""

    def __init__(self, target: Target, folder: Path, concurrency: int) -> None:
        self.target, self.folder, self.concurrency = target, folder, concurrency

    def tenants(self, prefix: str, size: int) -> list[dict]:
        """Return *size* tenants as the role takes them."""
        keys = self.folder / "keys" / prefix
        keys.mkdir(parents=True, exist_ok=True)
        return [
            {
                "name": f"{prefix}-{number:04}",
                "members": [{"login": MEMBER, "role": "Editor"}],
                "service_accounts": [
                    {
                        "name": f"{prefix}-{number:04}",
                        "role": "Editor",
                        "tokens": [{"name": "ci", "seconds_to_live": 2592000, "dest": str(keys / f"{number:04}")}],
                    }
                ],
                "dashboards": [{"dashboard": {"uid": "overview", "title": "Overview", "panels": [], "schemaVersion": 39}}],
            }
            for number in range(size)
        ]

    def play(self, playbook: str, tenants: list[dict], **more: str) -> dict[str, int]:
        """Run a playbook of this folder with *tenants*; return its recap."""
        given = {"tenants": tenants, "grafana_url": self.target.url, **more}
        variables = written(self.folder / "variables.json", given)
        environment = {"GRAFANA_CONCURRENCY": str(self.concurrency), "ANSIBLE_LIBRARY": str(self.library())}
        return self.target.play(playbook, variables, **environment)

    def library(self) -> Path:
        """Return a folder with the module that does nothing, as Ansible wants modules: with an interpreter line."""
        folder = self.folder / "library"
        folder.mkdir(exist_ok=True)
        text = (HERE / "library" / "bench_nothing.py").read_text(encoding="utf-8")
        (folder / "bench_nothing.py").write_text("#!/usr/bin/python\n" + text, encoding="utf-8")
        return folder

    def ours(self, tenants: list[dict]) -> int:
        return self.play("ours.yml", tenants)["changed"]

    def floor(self, tenants: list[dict]) -> int:
        return self.play("floor.yml", tenants)["changed"]

    def peers(self, tenants: list[dict]) -> int:
        return self.play("peers.yml", tenants, grafana_user=self.target.user, grafana_password=self.target.password)["changed"]

    def bare(self, tenants: list[dict]) -> int:
        return bare.bootstrap(self.target.url, self.target.user, self.target.password, tenants, self.concurrency)

    def measure(self, contender: str, size: int) -> list[dict]:
        """Run a contender twice on *size* new tenants."""
        tenants = self.tenants(f"{contender}{size}", size)
        rows = []
        for run in ("first", "nothing to do"):
            before, start = self.target.requests(), time.perf_counter()
            changed = getattr(self, contender)(tenants)
            seconds = time.perf_counter() - start
            asked = None if before is None else (self.target.requests() or 0) - before
            rows.append({"size": size, "run": run, "contender": contender, "seconds": seconds, "requests": asked})
            rows[-1]["changed"] = changed
            print(f"  {contender:6} {size:4} {run:14} {seconds:8.2f} s  {asked} requests, changed={changed}", flush=True)
        return rows


def table(rows: list[dict]) -> str:
    """Return the rows as a Markdown table, with ratios to ours and to bare requests."""
    lines = ["| organizations | run | contender | seconds | requests | an organization | to bare | to ours |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        same = {r["contender"]: r["seconds"] for r in rows if (r["size"], r["run"]) == (row["size"], row["run"])}
        ratios = [f"{row['seconds'] / same[one]:.2f}" if same.get(one) else "" for one in ("bare", "ours")]
        each = "" if row["requests"] is None else f"{row['requests'] / row['size']:.1f}"
        cells = [row["size"], row["run"], row["contender"], f"{row['seconds']:.2f}", row["requests"], each, *ratios]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="20,200", help="how many organizations, with commas between")
    parser.add_argument("--peers", type=int, default=20, help="measure the peers up to so many; 0 leaves them out")
    parser.add_argument("--concurrency", type=int, default=4)
    options = parser.parse_args()
    rows: list[dict] = []
    with server() as target, tempfile.TemporaryDirectory() as folder:
        bench = Bench(target, Path(folder), options.concurrency)
        made = {"login": MEMBER, "name": "Bench", "password": "long-enough-1"}
        requests.post(f"{target.url}/api/admin/users", json=made, auth=(target.user, target.password), timeout=30)
        print(versions(), flush=True)
        for size in (int(word) for word in options.sizes.split(",")):
            for contender in ("bare", "floor", "ours", *(("peers",) if size <= options.peers else ())):
                rows += bench.measure(contender, size)
    print()
    print(table(rows))


if __name__ == "__main__":
    main()
