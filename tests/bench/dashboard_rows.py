# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, what that makes of larger numbers, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEAD = ("dashboards", "run", "contender", "seconds", "requests", "writes", "to ours")


@dataclass(frozen=True)
class Row:
    """A run: *asked* requests, of which *wrote* wrote dashboards, both ``None`` where nobody counted.

    *cut* says that it was ended before it was through, *guessed* that it is extrapolated.
    """

    size: int
    run: str
    contender: str
    seconds: float
    asked: int | None = None
    wrote: int | None = None
    cut: bool = False
    guessed: bool = False

    def __str__(self) -> str:
        asked = "" if self.asked is None else f"  {self.asked} requests, {self.wrote} of them writes"
        return f"{self.size:5} {self.run:14} {self.contender:18} {self.mark}{self.seconds:.2f} s{asked}"

    @property
    def mark(self) -> str:
        """What stands before the seconds: of what was not measured to the end."""
        return "> " if self.cut else "≈ " if self.guessed else ""


def extrapolated(rows: Iterable[Row], contenders: Iterable[str], sizes: Iterable[int]) -> Iterator[Row]:
    """Yield what the measured sizes of a contender make of the sizes above them.

    Seconds go on along the line through the two largest, requests in proportion to the largest one. That flatters
    the contender where single reads take longer in larger organizations.
    """
    rows, sizes = list(rows), list(sizes)
    for contender in contenders:
        for run in dict.fromkeys(row.run for row in rows):
            known = sorted((row for row in rows if (row.contender, row.run) == (contender, run) and not row.cut), key=_size)
            if len(known) < 2:
                continue
            low, high = known[-2:]
            for size in sizes:
                if size > high.size:
                    far = (size - high.size) / (high.size - low.size)
                    counts = [None if count is None else round(count * size / high.size) for count in (high.asked, high.wrote)]
                    seconds = high.seconds + (high.seconds - low.seconds) * far
                    yield Row(size, run, contender, seconds, *counts, guessed=True)


def _size(row: Row) -> int:
    return row.size


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table, by size and run, each with its ratio to ours; ``≈`` marks what is extrapolated."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    order = {run: place for place, run in enumerate(dict.fromkeys(row.run for row in rows))}
    measured = {(row.size, row.run): row.seconds for row in rows if row.contender == "ours" and not row.cut}
    for row in sorted(rows, key=lambda one: (one.size, order[one.run])):
        ours = measured.get((row.size, row.run))
        ratio = f"{row.mark}{row.seconds / ours:.2f}" if ours else ""
        counts = ["" if count is None else f"{row.mark}{count}" for count in (row.asked, row.wrote)]
        cells = [str(row.size), row.run, row.contender, f"{row.mark}{row.seconds:.2f}", *counts, ratio]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
