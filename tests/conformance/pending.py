# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded steps that the emulator does not answer as recorded yet.

``pending.yaml`` lists them by recording, as numbers and ranges: ``12.4.3/teams: 3-5 9``. The tests fail where a step that is not
listed differs, and where a listed one does not differ any more. ``python -m conformance.pending`` removes from the list what
replays by now; it never adds anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

LIST = Path(__file__).parent / "pending.yaml"


def steps_of(text: str) -> set[int]:
    """Return the numbers in a text such as ``3-5 9``."""
    steps: set[int] = set()
    for part in str(text).split():
        first, _dash, last = part.partition("-")
        steps.update(range(int(first), int(last or first) + 1))
    return steps


def text_of(steps: Iterable[int]) -> str:
    """Return numbers as a text such as ``3-5 9``."""
    ranges: list[list[int]] = []
    for step in sorted(steps):
        if ranges and ranges[-1][1] == step - 1:
            ranges[-1][1] = step
        else:
            ranges.append([step, step])
    return " ".join(f"{first}-{last}" if first != last else str(first) for first, last in ranges)


def pending() -> dict[str, set[int]]:
    """Return the listed steps by the name of their recording."""
    listed = yaml.safe_load(LIST.read_text("utf-8")) or {}
    return {name: steps_of(text) for name, text in listed.items()}


def shrink() -> None:
    """Remove from the list the steps that replay."""
    from .suite import cases

    before, known = pending(), {case.name: case for case in cases()}
    lines = [line for line in LIST.read_text("utf-8").splitlines() if line.startswith("#")]
    for name, steps in sorted(before.items()):
        left = steps & {difference.step for difference in known[name].replay()} if name in known else set()
        if left:
            lines.append(f"{name}: {text_of(left)}")
    LIST.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    shrink()
