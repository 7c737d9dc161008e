# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What real servers made of real dashboards (tests/data/normalisations)."""

from __future__ import annotations

import copy
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data"
NONE = "<none>"
NAMES = sorted(str(path.relative_to(DATA / "dashboards")) for path in (DATA / "dashboards").glob("*/*.json"))


@functools.cache
def _text(name: str) -> str:
    return (DATA / "dashboards" / name).read_text()


def dashboard(name: str) -> dict[str, Any]:
    """Return a fresh copy of the dashboard of this name."""
    found: dict[str, Any] = json.loads(_text(name))
    return found


@functools.cache
def recorded(version: str) -> dict[str, dict[str, Any]]:
    """Return what was recorded of a server, by dashboard."""
    found: dict[str, dict[str, Any]] = json.loads((DATA / "normalisations" / f"{version}.json").read_text())
    return found


def rebuilt(posted: dict[str, Any], changes: dict[str, list[Any]]) -> dict[str, Any]:
    """Return what was read back of *posted*, by the recorded differences."""
    read = copy.deepcopy(posted)
    for path, (before, after) in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
        place: Any = read
        for step in way:
            place = place[step]
        assert (place[last] if isinstance(last, int) else place.get(last, NONE)) == before
        if after == NONE:
            del place[last]
        else:
            place[last] = copy.deepcopy(after)
    return read


def changes(posted: Any, read: Any, path: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield where *read* differs from *posted*, in the form of the recordings."""
    if isinstance(posted, dict) and isinstance(read, dict):
        for key in {**posted, **read}:
            inner = f"{path}.{key}" if path else key
            yield from changes(posted.get(key, NONE), read.get(key, NONE), inner)
    elif isinstance(posted, list) and isinstance(read, list) and len(posted) == len(read):
        for index, pair in enumerate(zip(posted, read, strict=True)):
            yield from changes(*pair, f"{path}[{index}]")
    elif json.dumps(posted) != json.dumps(read):
        yield path, [posted, read]
