# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of two JSON documents for results and diffs: by path, shortened, with keys masked."""

from __future__ import annotations

import json
import math
import typing as t
from dataclasses import dataclass

from .._grafana.errors import BadInput
from .._grafana.secrets import masked

#: How many paths a result or a diff shows at most.
MOST_PATHS = 50
#: How many characters of a value a diff shows at most.
MOST_TEXT = 120
#: The deepest nesting of a valid document. Ansible fails on results long before Python's own limit.
DEEPEST = 200
#: What parsed JSON consists of. Comparing types takes half as long as ``isinstance``, for a document with thousands of values.
_CONTAINERS = frozenset((dict, list))


class _Absent:
    """The type of :data:`ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"


#: Stands for a value that one document does not have.
ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One difference of two documents, at a *path* such as ``panels[3] "CPU".targets[0].expr``.

    *old* or *new* is :data:`ABSENT` if that document has no value at the path.
    """

    path: str
    old: t.Any
    new: t.Any


def paths(differences: t.Sequence[Difference]) -> list[str]:
    """Return the paths of at most MOST_PATHS *differences*, and how many more there are. Masks text that looks like a key."""
    names = [masked(difference.path) for difference in differences[:MOST_PATHS]]
    more = len(differences) - len(names)
    return names + (["... and %d more" % more] if more else [])


def shown(differences: t.Sequence[Difference], side: str) -> dict[str, t.Any]:
    """Return the shortened values of one *side*, ``before`` or ``after``, by path, for Ansible's diff.

    Masks text that looks like a key, before shortening: half a key would not look like a key any more.
    """
    values: dict[str, t.Any] = {}
    for difference in differences[:MOST_PATHS]:
        value = difference.old if side == "before" else difference.new
        if value is not ABSENT:
            values[masked(difference.path)] = _short(masked(value))
    more = len(differences) - MOST_PATHS
    if more > 0:
        values["..."] = "and %d more" % more
    return values


def _short(value: t.Any) -> t.Any:
    """Return *value* itself if its JSON is short, else the beginning of its JSON."""
    text = shorten(value)
    return text if isinstance(value, str) or len(text) > MOST_TEXT else value


def shorten(value: t.Any) -> str:
    """Return *value* as JSON (a string as itself), cut after MOST_TEXT characters."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= MOST_TEXT else "%s... (%d characters)" % (text[:MOST_TEXT], len(text))


def check_document(value: t.Any, what: str, plain: str | None = None) -> str | None:
    """Raise :class:`BadInput` for a document that JSON, Grafana or Ansible do not support: too deep, lone surrogates, NaN.

    *what* names the document in the message. *plain* is its text, if that is JSON in which only the depth is left to check.
    Returns the document as JSON, ``None`` if only JSON cannot express it.
    """
    text = plain if plain is not None and _is_flat(value) else _valid_json(value)
    if text is not None:
        return text
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
                raise BadInput("%s contains half of a surrogate pair, which is not valid text" % what)
        elif isinstance(entry, float) and not math.isfinite(entry):
            raise BadInput("%s contains %r, which is not a JSON number" % (what, entry))
    return None


def _valid_json(value: t.Any) -> str | None:
    """Return *value* as JSON if it is valid. Faster than a search for the problem: the JSON encoder checks texts and numbers."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return None
    return text if _is_flat(value) else None


def _is_flat(value: t.Any) -> bool:
    """Return whether *value* is nested at most as deep as a document may be."""
    level = [value] if type(value) in _CONTAINERS else []
    for _depth in range(DEEPEST + 1):
        if not level:
            return True
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if type(inner) in _CONTAINERS
        ]
    return False


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
