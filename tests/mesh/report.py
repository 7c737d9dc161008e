# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: what each machine did, and what was true at the end. It contains no secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .jobs import Attempt

#: What the playbook reports of an attempt, by the name in this report. An attempt that was killed has reported nothing.
NUMBERS = {"created": "created", "changed": "changed", "ok": "unchanged", "failed": "failed"}


def row(attempt: Attempt) -> dict[str, Any]:
    """Return the line of one attempt."""
    return {
        "round": attempt.round,
        "slice": attempt.slice,
        "node": attempt.node,
        "organizations": len(attempt.hosts),
        **{name: attempt.stats.get(word, 0) for name, word in NUMBERS.items()},
        "finished": attempt.stats.get("finished", False),
        "changed_tasks": attempt.recap.get("changed"),
        "seconds": attempt.seconds,
        "exit": attempt.state if attempt.state == "lost" else attempt.status,
        "problems": attempt.problems,
    }


def lines(report: dict[str, Any]) -> list[str]:
    """Return the report as text."""
    titles = ("round", "slice", "node", "organizations", *NUMBERS, "seconds", "exit")
    table = [titles, *(tuple(str(one[title]) for title in titles) for one in report["attempts"])]
    widths = [max(len(line[column]) for line in table) for column in range(len(titles))]
    text = ["  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in table]
    killed = report["killed"]
    return [
        f"{report['organizations']} organizations in {report['slices']} slices on {report['nodes']} nodes, "
        f"by {report['engine']}, on {report['server']}",
        *text,
        f"killed: {killed['node']} with {killed['processes']} processes, at key {killed['at_key']} of its slice in Vault",
        f"after first: {report['first']['tokens_on_the_server']} tokens, {len(report['first']['lost'])} of their keys are lost",
        *(f"after {name}: {_summary(report[name])}" for name in ("rerun", "again")),
        f"secrets on the killed node's disk before it returned: {len(report['left']['before_return'])} files; "
        f"on all disks at the end: {len(report['left']['at_the_end'])}",
        "the end state is right" if report["right"] else "THE END STATE IS WRONG",
    ]


def _summary(found: dict[str, Any]) -> str:
    problems = {name: found[name] for name in ("incomplete", "duplicates", "lost") if found[name]}
    numbers = f"{found['tokens_on_the_server']} tokens"
    return f"{numbers}, each with one stored key that works" if found["right"] else f"{numbers}, {json.dumps(problems)}"


def write(report: dict[str, Any], folder: Path) -> None:
    """Write report.json and report.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (folder / "report.txt").write_text("\n".join(lines(report)) + "\n", encoding="utf-8")
