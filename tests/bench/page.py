# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/performance.md: its measured tables are written from the files in tests/bench/results."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

from rows import Row, table

ROOT = Path(__file__).resolve().parents[2]
RESULTS, BUILD = ROOT / "tests/bench/results", ROOT / ".build/bench"
PAGE, PICTURE = ROOT / "docs/performance.md", ROOT / "docs/performance.svg"

Result = tuple[dict[str, Any], list[Row]]


def save(file: Path, facts: dict[str, Any], rows: list[Row]) -> None:
    """Write *facts* and *rows*; an interrupted write leaves the old file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    data = {"facts": facts, "rows": [dataclasses.asdict(row) for row in rows]}
    new = file.with_suffix(".new")
    new.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    new.replace(file)


def load(file: Path) -> Result:
    """Return facts and rows of a file."""
    data = json.loads(file.read_text(encoding="utf-8"))
    return data["facts"], [Row(**row) for row in data["rows"]]


def published() -> dict[str, Result]:
    """Return the published results by name: ``emulator`` and ``real``, as far as they exist."""
    return {file.stem: load(file) for file in sorted(RESULTS.glob("*.json"))}


def section(result: Result | None) -> str:
    """Return the generated part of the page about one server."""
    if result is None:
        return "`--publish` writes the table here."
    facts, rows = result
    words = "Measured in %(date)s: %(server)s; %(tools)s; %(machine)s; %(concurrency)s at a time. "
    words += "What else was running at the start: %(before)s."
    return words % facts + "\n\n" + table(rows)


def rendered(text: str) -> str:
    """Return the *text* of the page with its generated parts anew."""
    results = published()

    def block(match: re.Match[str]) -> str:
        return "%s\n\n%s\n\n%s" % (match[1], section(results.get(match[2])), match[4])

    marks = r"(<!-- BEGIN GENERATED \(make bench\): (\w+) -->)(.*?)(<!-- END GENERATED -->)"
    return re.sub(marks, block, text, flags=re.DOTALL)


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
