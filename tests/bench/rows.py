# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, what that makes of larger numbers, and the one table that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

OURS, REQUESTS, TERRAFORM = "ours", "requests", "terraform"
COMMUNITY, GRAFANA = "community.grafana", "grafana.grafana"
#: In the order of the table's columns.
CONTENDERS = (OURS, REQUESTS, TERRAFORM, COMMUNITY, GRAFANA)
RUNS = ("first", "nothing to do", "10 % changed")
#: From so many tenants on, the modules read them from a file.
BY_FILE = 1000

HEAD = (
    "what",
    "run",
    "ours to requests",
    "ours to Terraform",
    "community.grafana to ours",
    "ours",
    "requests",
    "Terraform",
    "community.grafana",
    "grafana.grafana",
    "HTTP requests of ours",
    "of requests",
)


@dataclass(frozen=True)
class Row:
    """One run of one contender on *size* objects of a *kind*: its seconds and its *asked* requests, where they were counted.

    *cut* says that the run was ended before it was through, *guessed* that it was not made: the numbers are extrapolated.
    """

    kind: str
    size: int
    run: str
    contender: str
    seconds: float
    asked: int | None = None
    cut: bool = False
    guessed: bool = False

    def __str__(self) -> str:
        asked = "" if self.asked is None else f"  {self.asked} requests"
        return f"{self.size:6} {self.kind:10} {self.run:14} {self.contender:18} {self.mark}{self.seconds:.2f} s{asked}"

    @property
    def mark(self) -> str:
        """What stands before the seconds of a run that was not measured to its end."""
        return "> " if self.cut else "≈ " if self.guessed else ""


def extrapolated(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield what the measured sizes of the slow contenders make of the sizes above them.

    Seconds go on along the line through the two largest, requests in proportion to the largest one. That flatters the
    contender where single reads take longer in larger organizations.
    """
    rows = list(rows)
    for kind, run, contender in dict.fromkeys((row.kind, row.run, row.contender) for row in rows):
        same = [row for row in rows if (row.kind, row.run) == (kind, run)]
        known = sorted((row for row in same if row.contender == contender and not row.cut), key=lambda row: row.size)
        if contender in (OURS, REQUESTS) or len(known) < 2:
            continue
        low, high = known[-2:]
        for size in sorted({row.size for row in same if row.size > high.size}):
            far = (size - high.size) / (high.size - low.size)
            seconds = max(high.seconds, high.seconds + (high.seconds - low.seconds) * far)
            asked = None if high.asked is None else round(high.asked * size / high.size)
            yield Row(kind, size, run, contender, seconds, asked, guessed=True)


def table(rows: Iterable[Row]) -> str:
    """Return the rows as one Markdown table: a line for each size and run, ratios first, then seconds and numbers of requests.

    ``≈`` marks what is extrapolated, ``>`` what was ended before it was through.
    """
    rows = list(rows)
    rows += [row for row in extrapolated(rows) if not _has(rows, row)]
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    for kind in dict.fromkeys(row.kind for row in rows):
        for size in sorted({row.size for row in rows if row.kind == kind}):
            for run in RUNS:
                found = {row.contender: row for row in rows if (row.kind, row.size, row.run) == (kind, size, run)}
                if found:
                    lines.append("| " + " | ".join(_cells(kind, size, run, found)) + " |")
    return "\n".join(lines)


def _has(rows: list[Row], row: Row) -> bool:
    return any((one.kind, one.size, one.run, one.contender) == (row.kind, row.size, row.run, row.contender) for one in rows)


def _cells(kind: str, size: int, run: str, found: dict[str, Row]) -> list[str]:
    what = f"{size:,} {kind if size > 1 else kind[:-1]}" + (" (file)" if kind == "tenants" and size >= BY_FILE else "")
    ratios = [_ratio(found, OURS, REQUESTS), _ratio(found, OURS, TERRAFORM), _ratio(found, COMMUNITY, OURS)]
    seconds = [f"{found[one].mark}{found[one].seconds:,.1f} s" if one in found else "" for one in CONTENDERS]
    asked = [_count(found.get(one)) for one in (OURS, REQUESTS)]
    return [what, run, *ratios, *seconds, *asked]


def _ratio(found: dict[str, Row], of: str, to: str) -> str:
    if of not in found or to not in found or not found[to].seconds:
        return ""
    marks = "".join(dict.fromkeys(found[one].mark for one in (of, to)))
    return f"{marks}{found[of].seconds / found[to].seconds:.2f}"


def _count(row: Row | None) -> str:
    return "" if row is None or row.asked is None else f"{row.mark}{row.asked:,}"
