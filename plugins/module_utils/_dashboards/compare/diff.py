# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two dashboards and returns the differences that matter to a user.

Changes that servers make themselves (fields added, removed, set to defaults, reordered or migrated) are no differences;
:mod:`.shapes` has the rules.
"""

from __future__ import annotations

import json
import typing as t

from ..._text.json_diff import ABSENT, Difference
from ..._text.json_equal import equal
from ..formats.forms import EXPORT_FIELDS, SERVER_FIELDS
from .pairs import Pairs, paired
from .schema import same_schema
from .shapes import DASHBOARD, PLAIN, Shape

#: Fields that are never compared: those of the server, and the time at which variables were last updated.
_NOT_COMPARED = (*SERVER_FIELDS, "iteration")
BYTE_ORDER_MARK = "\ufeff"
#: The maximum length of a panel's title in a path.
TITLE_LENGTH = 60


def compare(current: t.Mapping[str, t.Any], desired: t.Mapping[str, t.Any]) -> list[Difference]:
    """Return the differences between two bodies of dashboards. List indexes in paths are those of *desired*.

    Equal bodies return at once; otherwise the time depends on the size of the parts that differ.
    """
    if equal(current, desired):
        return []
    differences = _differences(current, desired)
    # Only what differs is searched for byte order marks, which nearly no dashboard has.
    if any(without_marks(part) != part for one in differences for part in (one.path, one.old, one.new)):
        return _differences(without_marks(current), without_marks(desired))
    return differences


def _differences(current: t.Mapping[str, t.Any], desired: t.Mapping[str, t.Any]) -> list[Difference]:
    """Return the differences between two bodies that are not equal."""
    old, new = dict(current), dict(desired)
    for body, other in ((old, new), (new, old)):
        _remove_uncompared(body, other)
    old, new = same_schema(old, new)
    differences: list[Difference] = []
    _compare("", old, new, DASHBOARD, differences)
    return _merged(differences)


def without_marks(value: t.Any) -> t.Any:
    """Return a document without the byte order marks (U+FEFF) in its texts, which servers remove from 13 on (recorded)."""
    if isinstance(value, str):
        return value.replace(BYTE_ORDER_MARK, "")
    if isinstance(value, dict):
        return {key: without_marks(entry) for key, entry in value.items()}
    return [without_marks(entry) for entry in value] if isinstance(value, list) else value


def _remove_uncompared(body: dict[str, t.Any], other: t.Mapping[str, t.Any]) -> None:
    """Remove fields that are not compared from *body*, and spaces around its title, which servers trim."""
    for name in _NOT_COMPARED:
        body.pop(name, None)
    for name in EXPORT_FIELDS:
        if name not in other:
            body.pop(name, None)
    if isinstance(body.get("title"), str):
        body["title"] = body["title"].strip()


def _compare(path: str, old: t.Any, new: t.Any, shape: Shape, differences: list[Difference]) -> None:
    """Append the differences between two values that both exist."""
    if shape.relevant is not None:
        old, new = shape.relevant(old, new)
    if equal(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            inner = "%s.%s" % (path, key) if path else str(key)
            _compare_field(inner, key, old.get(key, ABSENT), new.get(key, ABSENT), shape, differences)
    elif isinstance(old, list) and isinstance(new, list):
        _compare_lists(path, old, new, shape, differences)
    elif not _same_number(old, new):
        differences.append(Difference(path, old, new))


def _compare_field(path: str, key: str, old: t.Any, new: t.Any, shape: Shape, differences: list[Difference]) -> None:
    """Append the differences between two values of the field *key* of an object; either may be ``ABSENT``."""
    inner = shape.fields.get(key) or shape.others or PLAIN
    defaults = () if key in shape.nulls else (None, *shape.defaults.get(key, ()))
    is_set = [value is not ABSENT and not _is_default(value, defaults, inner) for value in (old, new)]
    if not any(is_set) or (not is_set[1] and key in shape.assigned):
        return
    if all(is_set) or _same_container(old, new):
        _compare(path, old, new, inner, differences)
    else:
        differences.append(Difference(path, old, new))


def _same_container(old: t.Any, new: t.Any) -> bool:
    return any(isinstance(old, kind) and isinstance(new, kind) for kind in (dict, list))


def _is_default(value: t.Any, defaults: t.Sequence[t.Any], shape: Shape) -> bool:
    """Return whether a field with *value* means the same as a missing field."""
    if any(equal(value, one) for one in defaults):
        return True
    if isinstance(value, dict) and {} in defaults:
        return all(
            _is_default(entry, (None, *shape.defaults.get(key, ())), shape.fields.get(key, PLAIN)) for key, entry in value.items()
        )
    if isinstance(value, list) and [] in defaults and shape.ignored is not None:
        return all(shape.ignored(entry) for entry in value)
    return False


def _same_number(old: t.Any, new: t.Any) -> bool:
    """Return whether two values are the same number as floats, because servers read numbers as floats."""
    are_numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (old, new))
    try:
        return are_numbers and float(old) == float(new)
    except OverflowError:
        return False


def _compare_lists(path: str, old: list[t.Any], new: list[t.Any], shape: Shape, differences: list[Difference]) -> None:
    """Append the differences between the elements of two lists, and one for their order."""
    if not shape.on_grid and _reordered(old, new):
        differences.append(_order(path, [_label(shape, entry) for entry in old], [_label(shape, entry) for entry in new]))
        return
    pairs = paired(old, new, shape.identities, equal)
    for left, right in pairs.both:
        inner = shape.first if shape.first is not None and left == right == 0 else shape.elements
        _compare(_element(path, right, new[right], shape), old[left], new[right], inner or PLAIN, differences)
    for index in pairs.old_only:
        if shape.ignored is None or not shape.ignored(old[index]):
            differences.append(Difference(_element(path, index, old[index], shape), old[index], ABSENT))
    for index in pairs.new_only:
        if shape.ignored is None or not shape.ignored(new[index]):
            differences.append(Difference(_element(path, index, new[index], shape), ABSENT, new[index]))
    if shape.identities:
        differences.extend(_moved(path, old, new, pairs, shape))


def _moved(path: str, old: list[t.Any], new: list[t.Any], pairs: Pairs, shape: Shape) -> t.Iterator[Difference]:
    """Yield one difference if the matched elements have another order in the new list."""
    before = [left for left, _right in pairs.both]
    after = {right: left for left, right in pairs.both}
    if shape.on_grid:
        if any(not equal(_position(old[left]), _position(new[right])) for left, right in pairs.both):
            return  # The differences of the moved panels' gridPos show this already.
        before.sort(key=lambda index: (_position(old[index]), index))
        order = sorted(after, key=lambda index: (_position(new[index]), index))
    else:
        before.sort()
        order = sorted(after)
    if before != [after[index] for index in order]:
        yield _order(path, [_label(shape, old[index]) for index in before], [_label(shape, new[index]) for index in order])


def _position(panel: t.Any) -> list[float]:
    """Return the position of a panel on the grid as [y, x]; Grafana sorts panels by it when it loads a dashboard."""
    position = panel.get("gridPos") if isinstance(panel, dict) else None
    values = [position.get(axis) if isinstance(position, dict) else 0 for axis in "yx"]
    return [value if isinstance(value, (int, float)) else 0 for value in values]


def _order(path: str, old: list[t.Any], new: list[t.Any]) -> Difference:
    return Difference("%s (order)" % path, old, new)


def _label(shape: Shape, element: t.Any) -> t.Any:
    """Return the title or identity of an element, for a difference that shows only the order of a list."""
    if isinstance(element, dict):
        if shape.on_grid and isinstance(element.get("title"), str) and element["title"]:
            return element["title"]
        for identity in shape.identities:
            name = identity(element)
            if name is not None:
                return name
    return element


def _reordered(old: list[t.Any], new: list[t.Any]) -> bool:
    """Return whether the two lists have the same elements, possibly in another order."""
    if len(old) != len(new):
        return False
    texts = [sorted(json.dumps(entry, sort_keys=True) for entry in side) for side in (old, new)]
    return texts[0] == texts[1]


def _element(path: str, index: int, element: t.Any, shape: Shape) -> str:
    """Return the path of a list element, for a panel with its title."""
    title = element.get("title") if shape.on_grid and isinstance(element, dict) else None
    if not isinstance(title, str) or not title.strip():
        return "%s[%d]" % (path, index)
    title = " ".join(title.split())
    return '%s[%d] "%s"' % (path, index, title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 3] + "...")


def _merged(differences: list[Difference]) -> list[Difference]:
    """Return one difference per path: an element removed and one added at the same path become a replacement."""
    merged: dict[str, Difference] = {}
    for difference in differences:
        known = merged.get(difference.path)
        if known is None:
            merged[difference.path] = difference
        else:
            old = known.old if known.old is not ABSENT else difference.old
            new = known.new if known.new is not ABSENT else difference.new
            merged[difference.path] = Difference(difference.path, old, new)
    return list(merged.values())


__all__ = ["ABSENT", "Difference", "compare", "equal"]
