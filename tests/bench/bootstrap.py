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
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bare
import requests

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
USER, PASSWORD = "admin", "bench-Passw0rd-51aa"
MEMBER = "bench-member"


class Bench:
    """One server, and the contenders' runs on it."""

    def __init__(self, url: str, user: str, password: str, folder: Path, concurrency: int, counted: bool) -> None:
        self.url, self.user, self.password = url, user, password
        self.folder, self.concurrency, self.counted = folder, concurrency, counted

    def requests(self) -> int | None:
        """Return how many requests the server has seen, where it counts them."""
        return requests.get(f"{self.url}/__emulator__/stats", timeout=30).json()["requests"] if self.counted else None

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
        variables = self.folder / "variables.json"
        variables.write_text(json.dumps({"tenants": tenants, "grafana_url": self.url, **more}), encoding="utf-8")
        environment = {
            **os.environ,
            "GRAFANA_URL": self.url,
            "GRAFANA_USER": self.user,
            "GRAFANA_PASSWORD": self.password,
            "GRAFANA_CONCURRENCY": str(self.concurrency),
            "ANSIBLE_LIBRARY": str(self.library()),
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        command = ["ansible-playbook", str(HERE / "playbooks" / playbook), "-e", f"@{variables}"]
        found = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if found.returncode:
            sys.exit(f"{playbook} failed:\n{found.stdout[-3000:]}\n{found.stderr[-2000:]}")
        recap = found.stdout.rpartition("PLAY RECAP")[2].splitlines()[1].split(":", 1)[1].split()
        return {name: int(value) for name, value in (word.split("=") for word in recap)}

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
        return self.play("peers.yml", tenants, grafana_user=self.user, grafana_password=self.password)["changed"]

    def bare(self, tenants: list[dict]) -> int:
        return bare.bootstrap(self.url, self.user, self.password, tenants, self.concurrency)

    def measure(self, contender: str, size: int) -> list[dict]:
        """Run a contender twice on *size* new tenants."""
        tenants = self.tenants(f"{contender}{size}", size)
        rows = []
        for run in ("first", "nothing to do"):
            before, start = self.requests(), time.perf_counter()
            changed = getattr(self, contender)(tenants)
            seconds = time.perf_counter() - start
            asked = None if before is None else (self.requests() or 0) - before
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


@contextlib.contextmanager
def server():
    """Yield (url, user, password, whether it counts requests) of the server to measure on."""
    if os.environ.get("GRAFANA_URL"):
        yield os.environ["GRAFANA_URL"].rstrip("/"), os.environ["GRAFANA_USER"], os.environ["GRAFANA_PASSWORD"], False
        return
    command = [sys.executable, "-m", "emulator", "--port", "0", "--admin-password", PASSWORD, "--costs", "real"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1], USER, PASSWORD, True
    finally:
        process.terminate()
        process.wait(10)


def versions() -> str:
    """Return what was measured with what."""
    words = subprocess.run(["ansible", "--version"], check=True, capture_output=True, text=True).stdout.split("\n")[0]
    found = subprocess.run(
        ["ansible-galaxy", "collection", "list", "community.grafana"], check=False, capture_output=True, text=True
    )
    peer = [line.split() for line in found.stdout.splitlines() if line.startswith("community.grafana")]
    return (
        f"{words}, community.grafana {peer[0][1] if peer else 'none'}, Python {platform.python_version()}, {os.cpu_count()} CPUs"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", default="20,200", help="how many organizations, with commas between")
    parser.add_argument("--peers", type=int, default=20, help="measure the peers up to so many; 0 leaves them out")
    parser.add_argument("--concurrency", type=int, default=4)
    options = parser.parse_args()
    rows: list[dict] = []
    with server() as (url, user, password, counted), tempfile.TemporaryDirectory() as folder:
        bench = Bench(url, user, password, Path(folder), options.concurrency, counted)
        made = {"login": MEMBER, "name": "Bench", "password": "long-enough-1"}
        requests.post(f"{url}/api/admin/users", json=made, auth=(user, password), timeout=30)
        print(versions(), flush=True)
        for size in (int(word) for word in options.sizes.split(",")):
            for contender in ("bare", "floor", "ours", *(("peers",) if size <= options.peers else ())):
                rows += bench.measure(contender, size)
    print()
    print(table(rows))


if __name__ == "__main__":
    main()
