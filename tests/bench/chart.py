# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of seconds against size, as SVG."""

from __future__ import annotations

import io
from pathlib import Path

from page import Result
from rows import CONTENDERS, OURS, RUNS, Row, extrapolated

HEADER = """<!--
Copyright (c) 2026, orgsmith contributors
GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
-->
"""
COLOURS = dict(zip(CONTENDERS, ("#1f6feb", "#6e7781", "#8250df", "#cf222e", "#bf8700"), strict=True))


def write(results: dict[str, Result], file: Path) -> None:
    """Write the picture: a row of two diagrams for each server, seconds against size, both logarithmic.

    The full line is the first run, the dashed one finds nothing to do. Dotted parts are extrapolated.
    """
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    if not results:
        return
    figure, grid = pyplot.subplots(len(results), 2, figsize=(10, 4 * len(results)), squeeze=False, layout="constrained")
    for axes, (facts, rows) in zip(grid, results.values(), strict=True):
        for axis, kind in zip(axes, ("tenants", "dashboards"), strict=True):
            _draw(axis, [row for row in rows if row.kind == kind])
            axis.set(xscale="log", yscale="log", xlabel=kind, ylabel="seconds", title=facts["server"])
            axis.grid(alpha=0.3)
    for axis in grid.flat:
        axis.legend(fontsize=8)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    head, _break, rest = text.getvalue().partition("\n")
    lines = (line.rstrip() for line in rest.splitlines())
    file.write_text(head + "\n" + HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def _draw(axis: object, rows: list[Row]) -> None:
    guessed = list(extrapolated(rows))
    for contender in CONTENDERS:
        for run, style in zip(RUNS[:2], ("-", "--"), strict=True):
            points = sorted(
                (row.size, row.seconds) for row in rows if (row.contender, row.run) == (contender, run) and not row.cut
            )
            if not points:
                continue
            label = contender if run == RUNS[0] else None
            width = 2.2 if contender == OURS else 1.2
            axis.plot(*zip(*points, strict=True), style, marker=".", color=COLOURS[contender], label=label, linewidth=width)
            more = sorted((row.size, row.seconds) for row in guessed if (row.contender, row.run) == (contender, run))
            if more:
                axis.plot(*zip(points[-1], *more, strict=True), ":", color=COLOURS[contender], linewidth=1)
