# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: how long the same work takes with this collection, plain requests, today's collections and Terraform.

On the embedded Grafana with a real server's costs, or on the one of GRAFANA_URL, GRAFANA_USER and GRAFANA_PASSWORD. Prints one
table, and keeps the rows in .build/bench, also of a run that is interrupted. With --publish they go to tests/bench/results,
and docs/performance.md and its picture are written anew from there; --render writes them without measuring.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chart
import machine
import page
import terraform
from benchmark import NEWEST, server, versions
from dashboards import Dashboards
from rows import COMMUNITY, CONTENDERS, GRAFANA, TERRAFORM, Row, table
from tenants import Tenants

#: A run is left out if the previous size, scaled up, says that it takes longer than the time that is left.
SLACK = 1.2


class Session:
    """One session of measurements: what is measured, until when, and its rows."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.ends = options, time.monotonic() + 60 * options.minutes
        self.rows: list[Row] = []
        self.facts: dict[str, Any] = {}
        self.name = "real" if os.environ.get("GRAFANA_URL") else "emulator"

    def run(self) -> None:
        """Measure; whatever ends it, what was measured is kept."""
        with server(self.options.grafana_version) as target, tempfile.TemporaryDirectory() as folder:
            version = target.call("GET", "/api/health").json()["version"]
            self.facts = {"server": f"{'real' if self.name == 'real' else 'embedded'} Grafana {version}", "tools": versions()}
            self.facts |= {"machine": machine.described(), "before": machine.others(), "date": time.strftime("%B %Y")}
            self.facts["concurrency"] = self.options.concurrency
            print("\n".join(f"{name}: {value}" for name, value in self.facts.items()), flush=True)
            if not (terraform.BINARY and terraform.MIRROR):
                print(terraform.ABSENT, flush=True)
            suites = [one(target, Path(folder), self.options.concurrency, self.options.keep) for one in (Tenants, Dashboards)]
            for suite in suites:
                suite.prepare()
            for size, suite in self._order(suites):
                for contender in suite.contenders():
                    self._measure(suite, contender, size)
            self.facts["after"] = machine.others()

    def _order(self, suites: list[Any]) -> Iterator[tuple[int, Any]]:
        """Yield sizes and suites, the small sizes first."""
        sizes = {"tenants": self.options.sizes, "dashboards": self.options.dashboards}
        yield from sorted(((size, one) for one in suites for size in sizes[one.kind]), key=lambda pair: pair[0])

    def _measure(self, suite: Any, contender: str, size: int) -> None:
        most = {COMMUNITY: self.options.peers, GRAFANA: self.options.peers, TERRAFORM: self.options.terraform}
        if contender not in self.options.contenders or size > most.get(contender, size):
            return
        left = self.ends - time.monotonic()
        known = [row for row in self.rows if (row.kind, row.contender) == (suite.kind, contender)]
        largest = max((row.size for row in known), default=0)
        spent = sum(row.seconds for row in known if row.size == largest)
        if left <= 0 or (largest and spent * size / largest * SLACK > left and spent * size / largest > 60):
            print(f"  {size:6} {suite.kind:10} {contender}: left out, {max(left, 0):.0f} s are left", flush=True)
            return
        try:
            for row in suite.measure(contender, size, left):
                print(f"  {row}", flush=True)
                self.rows.append(row)
                self.save(page.BUILD)
        except SystemExit as problem:  # one contender that fails does not end the others
            print(f"  {size:6} {suite.kind:10} {contender} failed: {problem}", flush=True)

    def save(self, folder: Path) -> None:
        """Write facts and rows into a file of *folder*."""
        page.save(folder / f"{self.name}.json", self.facts, self.rows)


def sizes(text: str) -> list[int]:
    """Return the sizes of an option, such as 1,10,100; none for an empty text."""
    found = sorted({int(word) for word in text.split(",") if word})
    if found and found[0] < 1:
        raise argparse.ArgumentTypeError("a size is at least 1")
    return found


def parsed() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=sizes, default="1,10,20,100,1000,5000", help="how many tenants, with commas between")
    parser.add_argument("--dashboards", type=sizes, default="1,10,100,1000,10000", help="how many dashboards; '' for none")
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help="who is measured")
    parser.add_argument("--peers", type=int, default=20, help="measure community.grafana and grafana.grafana up to so many")
    parser.add_argument("--terraform", type=int, default=1000, help="measure Terraform up to so many")
    parser.add_argument("--concurrency", type=int, default=4, help="of ours and of plain requests")
    parser.add_argument("--minutes", type=float, default=60, help="end after so many minutes")
    parser.add_argument("--grafana-version", default=NEWEST, help="which version the embedded Grafana is")
    parser.add_argument("--keep", action="store_true", help="keep the organizations: the server is thrown away afterwards")
    parser.add_argument("--publish", action="store_true", help="write docs/performance.md from what is measured")
    parser.add_argument("--render", action="store_true", help="only write docs/performance.md from the published results")
    options = parser.parse_args()
    options.contenders = options.contenders.split(",")
    return options


def render() -> None:
    """Write the page and its picture from the published results."""
    page.write()
    chart.write(page.published(), page.PICTURE)


def main() -> None:
    options = parsed()
    if not options.render:
        session = Session(options)
        try:
            session.run()
        except KeyboardInterrupt:
            print("\ninterrupted: these rows were finished")
        finally:
            if session.rows:
                session.save(page.BUILD)
                print("\n" + table(session.rows))
                print("\nelsewhere on the machine, before: %(before)s" % session.facts)
        if not (options.publish and session.rows):
            return
        session.save(page.RESULTS)
    render()


if __name__ == "__main__":
    main()
