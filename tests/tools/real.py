# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make real`: runs the tests on a real server, and writes the results to docs/servers.md.

GRAFANA_START names a command that starts a fresh server, as "../servers/start.sh 12.4.3"; GRAFANA_URL, GRAFANA_USER and
GRAFANA_PASSWORD a server that runs already, on which only the tests in tests/lane run. See tests/servers/README.md.
Arguments are handed to pytest; a run with arguments does not write docs/servers.md.
"""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from servers.choice import Choice, Filled, choice, filled
from servers.process import Process, StartError, Workspace, remove_leftovers, work_folder
from servers.report import HEAD, Results, known_failures, outdated, read_lines, results, section, with_section

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/servers.md"
#: What runs on a server that is started for it, and what on one that may be filled.
FRESH, FILLED = ["tests/lane", "tests/modules", "tests/e2e", "tests/interrupted"], ["tests/lane"]
#: A real server is slower than the emulator: seconds for one test.
TIMEOUT = 1800
#: What Grafana calls the kinds of databases, and their names.
DATABASES = {"sqlite3": "SQLite", "mysql": "MariaDB or MySQL", "postgres": "PostgreSQL"}


def about(url: str, user: str, password: str) -> tuple[str, str]:
    """Return version and kind of database of a server."""
    with requests.Session() as session:
        session.trust_env = False
        version = session.get(url + "/api/health", timeout=30).json()["version"]
        answer = session.get(url + "/api/admin/settings", auth=(user, password), timeout=30)
    database = answer.json().get("database", {}).get("type", "unknown") if answer.ok else "unknown"
    return version, DATABASES.get(database, database)


def started(chosen: Choice) -> tuple[str, str]:
    """Start a server, and return its version and kind of database."""
    workspace = Workspace()
    process = None
    try:
        process = Process(chosen, workspace, {})
        return about(process.address, "admin", "admin")
    finally:
        if process:
            process.stop()
        workspace.remove()


def run_tests(version: str, own: bool, words: list[str], report: Path, work: Path) -> int:
    """Run pytest on servers of its *own*, or on one that runs already; return its exit code."""
    told = {"GRAFANA_VERSION": version, "GRAFANA_REPORT": str(report), "GRAFANA_WORK": str(work)}
    environment = {**os.environ, **told}
    # Twice the processors: most of a test is waiting for the server. On one server that may be filled the targets run one by
    # one: each refuses to run beside organizations that a target has created.
    workers = str(2 * (os.cpu_count() or 1)) if own else "1"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--numprocesses",
        workers,
        "--dist",
        "worksteal",
        f"--timeout={TIMEOUT}",
        "-q",
        "-rfE",
    ]
    return subprocess.run([*command, *(FRESH if own else FILLED), *words], env=environment, cwd=ROOT, check=False).returncode


def conclude(version: str, found: Results) -> int:
    """Print the result; return the exit code: 1 if a test failed without a known reason."""
    numbers = (found.passed, sum(found.not_applicable.values()), len(found.failed))
    print("Grafana %s: %d passed, %d not applicable, %d failed" % (version, *numbers))
    for test, reason in found.failed.items():
        print(f"  {test}: {reason}")
    return 1 if found.unexplained else 0


def main(words: list[str]) -> int:
    """Run the tests; return the exit code."""
    chosen, running = choice(os.environ), filled(os.environ)
    if bool(chosen) == bool(running):
        sys.exit("make real needs either GRAFANA_START, or GRAFANA_URL with GRAFANA_USER and GRAFANA_PASSWORD")
    try:
        if chosen:
            version, database = started(chosen)
        else:
            assert isinstance(running, Filled)
            version, database = about(running.url, running.user, running.password)
    except (StartError, requests.RequestException) as problem:
        sys.exit(f"the server cannot be asked for its version: {problem}")
    print(f"Grafana {version} ({database})", flush=True)
    report = Path(tempfile.mkdtemp(prefix="orgsmith-real-")) / "results.jsonl"
    work = work_folder()
    try:
        code = run_tests(version, bool(chosen), words, report, work)
    finally:
        remove_leftovers(chosen, work)
    found = results(read_lines(report), version, known_failures())
    if code not in (0, 1) or not (found.passed or found.failed):
        print(f"pytest ended with exit code {code}; docs/servers.md stays as it is")
        return code or 1
    if chosen and not words:
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        page = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
        for test in outdated(found, version, known_failures()):
            print(f"{test} does not fail any more: remove it from tests/servers/known_failures.yml")
        PAGE.write_text(with_section(page, section(version, database, today, found)), "utf-8")
    return conclude(version, found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
