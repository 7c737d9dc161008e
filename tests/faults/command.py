# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make faults``: tries all cases in several processes, lists what must not happen, and counts it.

The last line reads ``N cases, 0 lost, 0 duplicated, 0 leaked``. The exit code is 1 if anything was found.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from .jobs import JOBS
from .trial import FINDINGS, KINDS, Report, Trial
from .world import World

#: How many findings are shown in full.
SHOWN = 40
_worlds: list[World] = []


def _start() -> None:
    import faulthandler; faulthandler.dump_traceback_later(6)
    """Prepare a process for trials."""
    _worlds.append(World(Path(tempfile.mkdtemp(prefix="faults-"))).__enter__())


def _try(work: tuple[int, str, tuple[str, ...]]) -> tuple[str, Report]:
    position, version, kinds = work
    job = JOBS[position]
    return f"{job.name}, {version}", Trial(_worlds[0], job, version).all(kinds)


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("-k", default="", metavar="TEXT", help="only jobs whose name and version contain TEXT")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this fault; may be given more than once")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    kinds = tuple(options.kind or KINDS)
    work = [
        (position, version, kinds)
        for position, job in enumerate(JOBS)
        for version in job.versions
        if options.k in f"{job.name}, {version}"
    ]
    # Migrations and dashboards take longest, so they begin first.
    work.sort(key=lambda one: ("migrate" in JOBS[one[0]].module, "dashboard" in JOBS[one[0]].module), reverse=True)
    total = Report()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(options.processes, len(work)), context, _start) as pool:
        for done in as_completed([pool.submit(_try, one) for one in work]):
            name, report = done.result()
            print(f"{name}: {report.cases} cases, {len(report.findings)} findings", flush=True)
            total.cases += report.cases
            total.codes += report.codes
            total.findings += report.findings
    return _show(total)


def _show(total: Report) -> int:
    """Print what was found; return the exit code."""
    for finding in total.findings[:SHOWN]:
        print(f"\n{finding.kind}: {finding.case}\n{finding.what}")
    if len(total.findings) > SHOWN:
        print(f"\n… and {len(total.findings) - SHOWN} more")
    counts = Counter(finding.kind for finding in total.findings)
    print("ends: " + ", ".join(f"{count} {'success' if code == 'None' else code}" for code, count in total.codes.most_common()))
    print(", ".join(f"{counts[kind]} {kind}" for kind in FINDINGS[3:]))
    print(f"{total.cases} cases, " + ", ".join(f"{counts[kind]} {kind}" for kind in FINDINGS[:3]))
    return 1 if total.findings else 0

