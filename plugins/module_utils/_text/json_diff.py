# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of two JSON documents, as users see them: by path, shortened."""

from __future__ import annotations

import json
import math
import typing as t
from dataclasses import dataclass

from .._grafana.errors import BadInput
from .secrets import masked

#: The most paths that a result or a diff names.
MOST_PATHS = 50
#: The most characters of a value that a diff shows.
MOST_TEXT = 120
#: The deepest nesting that is taken; Ansible itself fails on results far below Python's own limit.
DEEPEST = 200


class _Absent:
    """What is missing on one side."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One place where two documents differ: *path* such as ``panels[3] "CPU".targets[0].expr``.

    *old* or *new* is :data:`ABSENT` where that side has nothing.
    """

    path: str
    old: t.Any
    new: t.Any


def paths(differences: t.Sequence[Difference]) -> list[str]:
    """Return the paths of *differences*, so many as a result should carry; what looks like a key in them is masked."""
    found = [masked(difference.path) for difference in differences[:MOST_PATHS]]
    more = len(differences) - len(found)
    return found + (["... and %d more" % more] if more else [])


def shown(differences: t.Sequence[Difference], side: str) -> dict[str, t.Any]:
    """Return the values of one *side*, ``before`` or ``after``, by path and shortened, for Ansible's diff.

    What looks like a key is masked, and before it is shortened: half a key would not be recognised as one.
    """
    found: dict[str, t.Any] = {}
    for difference in differences[:MOST_PATHS]:
        value = difference.old if side == "before" else difference.new
        if value is not ABSENT:
            found[masked(difference.path)] = _short(masked(value))
    more = len(differences) - MOST_PATHS
    if more > 0:
        found["..."] = "and %d more" % more
    return found


def _short(value: t.Any) -> t.Any:
    """Return *value* itself where it is short, else the beginning of its JSON."""
    text = shorten(value)
    return text if isinstance(value, str) or len(text) > MOST_TEXT else value


def shorten(value: t.Any) -> str:
    """Return *value* as JSON of a readable length."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= MOST_TEXT else "%s... (%d characters)" % (text[:MOST_TEXT], len(text))


def check_document(value: t.Any, what: str) -> None:
    """Raise :class:`BadInput` for what JSON, Grafana or Ansible cannot carry: depth, lone surrogates, NaN."""
    if _is_sound(value):
        return
    stack: list[tuple[t.Any, int]] = [(value, 0)]
    while stack:
        entry, depth = stack.pop()
        if depth > DEEPEST:
            raise BadInput("%s is nested more than %d deep" % (what, DEEPEST))
        if isinstance(entry, dict):
            stack.extend((inner, depth + 1) for pair in entry.items() for inner in pair)
        elif isinstance(entry, list):
            stack.extend((inner, depth + 1) for inner in entry)
        elif isinstance(entry, str):
            if not _encodable(entry):
                raise BadInput("%s holds half of a surrogate pair, which is no valid text" % what)
        elif isinstance(entry, float) and not math.isfinite(entry):
            raise BadInput("%s holds %r, which is no JSON number" % (what, entry))


def _is_sound(value: t.Any) -> bool:
    """Tell quickly whether nothing is wrong with *value*: its text by the parser's own means, its depth by its containers."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    level = [value] if isinstance(value, (dict, list)) else []
    for _depth in range(DEEPEST + 1):
        if not level:
            return True
        parts = (inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer))
        level = [inner for inner in parts if isinstance(inner, (dict, list))]
    return False


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
