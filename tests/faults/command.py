# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make faults``: tries all cases in several processes, lists what must not happen, and counts it.

The last line reads ``N cases, 0 lost, 0 duplicated, 0 leaked``. The exit code is 1 if anything was found.
"""

from __future__ import annotations

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from .jobs import JOBS
from .trial import FINDINGS, KINDS, Report, Trial
from .world import World

#: How many findings of a job are shown in full.
SHOWN = 10


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("-k", default="", metavar="TEXT", help="only jobs whose name and version contain TEXT")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this fault; may be given more than once")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Run the command; return its exit code."""
    options = _options()
    if options.part is not None:
        options.into.write_bytes(pickle.dumps(_part(options)))
        return 0
    total = Report()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        files = [Path(folder, str(part)) for part in range(options.processes)]
        command = [sys.executable, "-m", "faults", *sys.argv[1:]]
        parts = [
            subprocess.Popen([*command, f"--part={part}", f"--into={file}"], stdin=subprocess.DEVNULL)
            for part, file in enumerate(files)
        ]
        if sum(part.wait() for part in parts):
            return 1
        for file in files:
            total.add(pickle.loads(file.read_bytes()))
    return _show(total)


def _part(options: argparse.Namespace) -> Report:
    """Try the cases of one process: each has another share of the jobs."""
    work = [(job, version) for job in JOBS for version in job.versions if options.k in f"{job.name}, {version}"]
    total = Report()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, World(Path(folder)) as world:
        for job, version in work[options.part :: options.processes]:
            report = Trial(world, job, version).all(tuple(options.kind or KINDS))
            print(f"{job.name}, {version}: {report.cases} cases, {len(report.findings)} findings", flush=True)
            for finding in report.findings[:SHOWN]:
                print(f"{finding.kind}: {finding.case}\n{finding.what}\n", flush=True)
            total.add(report)
    return total


def _show(total: Report) -> int:
    """Print what was found; return the exit code."""
    counts = Counter(finding.kind for finding in total.findings)
    print("ends: " + ", ".join(f"{count} {'success' if code == 'None' else code}" for code, count in total.codes.most_common()))
    print(", ".join(f"{counts[kind]} {kind}" for kind in FINDINGS[3:]))
    print(f"{total.cases} cases, " + ", ".join(f"{counts[kind]} {kind}" for kind in FINDINGS[:3]))
    return 1 if total.findings else 0
