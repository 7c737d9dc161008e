# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two JSON documents differ, as paths such as ``panels[3].targets[0].expr``."""

from __future__ import annotations

import json
import math
import typing as t

from ansible_collections.orgsmith.grafana.plugins.module_utils._errors import BadInput

#: The most paths that a result or a diff names.
MOST_PATHS = 50
#: The most characters of a value that a diff shows.
MOST_TEXT = 120
#: The deepest nesting that is taken; Ansible itself fails on results far below Python's own limit.
DEEPEST = 200

_ABSENT = object()


def differences(old: t.Any, new: t.Any, path: str = "") -> t.Iterator[tuple[str, t.Any, t.Any]]:
    """Yield ``(path, old value, new value)`` for what differs; what is missing on a side is :data:`ABSENT`.

    ``1`` and ``1.0`` are the same number, ``1`` and ``true`` are not the same.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            inner = "%s.%s" % (path, key) if path else str(key)
            yield from differences(old.get(key, _ABSENT), new.get(key, _ABSENT), inner)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            left = old[index] if index < len(old) else _ABSENT
            right = new[index] if index < len(new) else _ABSENT
            yield from differences(left, right, "%s[%d]" % (path, index))
    elif old is not new and (isinstance(old, bool) != isinstance(new, bool) or old != new):
        yield path, old, new


def paths(changes: t.Sequence[tuple[str, t.Any, t.Any]]) -> list[str]:
    """Return the paths of *changes*, so many as a result should carry."""
    found = [path for path, _old, _new in changes[:MOST_PATHS]]
    more = len(changes) - len(found)
    return found + (["... and %d more" % more] if more else [])


def side(changes: t.Sequence[tuple[str, t.Any, t.Any]], index: int) -> dict[str, str]:
    """Return the old (*index* 1) or new (2) values of *changes* by path, shortened, for a diff."""
    found = {change[0]: shorten(change[index]) for change in changes[:MOST_PATHS] if change[index] is not _ABSENT}
    if len(changes) > MOST_PATHS:
        found["..."] = "%d more paths" % (len(changes) - MOST_PATHS)
    return found


def shorten(value: t.Any) -> str:
    """Return *value* as JSON of a readable length."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= MOST_TEXT else "%s... (%d characters)" % (text[:MOST_TEXT], len(text))


def check_document(value: t.Any, what: str) -> None:
    """Raise :class:`BadInput` for what JSON, Grafana or Ansible cannot carry: depth, lone surrogates, NaN."""
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


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
