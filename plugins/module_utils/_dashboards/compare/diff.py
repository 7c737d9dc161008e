# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two dashboards differ for a person who looks at them.

What servers add, drop, default, reorder or migrate is no difference; :mod:`_dashboard_shapes` has the tables.
"""

from __future__ import annotations

import json
import typing as t

from ..._text.json_diff import ABSENT, Difference
from ..formats.forms import EXPORT_FIELDS, SERVER_FIELDS
from .pairs import Pairs, paired
from .schema import same_schema
from .shapes import DASHBOARD, PLAIN, Shape

#: What says nothing: the server's own, and the moment when variables were last filled.
_NOT_COMPARED = (*SERVER_FIELDS, "iteration")
#: The most characters of a title in a path.
MOST_TITLE = 60


def compare(current: t.Mapping[str, t.Any], desired: t.Mapping[str, t.Any]) -> list[Difference]:
    """Return where *desired* differs from *current*, both bodies of dashboards; paths count in *desired*.

    Takes a time proportional to what differs, and next to none where nothing does.
    """
    old, new = dict(current), dict(desired)
    if equal(old, new):
        return []
    for body, other in ((old, new), (new, old)):
        _tidy(body, other)
    old, new = same_schema(old, new)
    found: list[Difference] = []
    _compare("", old, new, DASHBOARD, found)
    return _merged(found)


def _tidy(body: dict[str, t.Any], other: t.Mapping[str, t.Any]) -> None:
    for name in _NOT_COMPARED:
        body.pop(name, None)
    for name in EXPORT_FIELDS:
        if name not in other:
            body.pop(name, None)
    if isinstance(body.get("title"), str):
        body["title"] = body["title"].strip()


def equal(one: t.Any, other: t.Any) -> bool:
    """Tell whether two documents are the same JSON: ``1`` is ``1.0``, and ``1`` is not ``true``."""
    return bool(one == other) and _same_kinds(one, other)


def _same_kinds(one: t.Any, other: t.Any) -> bool:
    """Tell of two that Python finds equal whether no number meets a truth value."""
    if isinstance(one, dict):
        for key, value in one.items():
            match = other[key]
            if value is not match and not isinstance(value, str) and not _same_kinds(value, match):
                return False
        return True
    if isinstance(one, list):
        for value, match in zip(one, other):
            if value is not match and not isinstance(value, str) and not _same_kinds(value, match):
                return False
        return True
    return isinstance(one, bool) == isinstance(other, bool)


def _compare(path: str, old: t.Any, new: t.Any, shape: Shape, found: list[Difference]) -> None:
    if shape.compared is not None:
        old, new = shape.compared(old, new)
    if equal(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            inner = "%s.%s" % (path, key) if path else str(key)
            _compare_field(inner, key, old.get(key, ABSENT), new.get(key, ABSENT), shape, found)
    elif isinstance(old, list) and isinstance(new, list):
        _compare_lists(path, old, new, shape, found)
    elif not _same_number(old, new):
        found.append(Difference(path, old, new))


def _compare_field(path: str, key: str, old: t.Any, new: t.Any, shape: Shape, found: list[Difference]) -> None:
    inner = shape.fields.get(key) or shape.others or PLAIN
    usual = () if key in shape.nulls else (None, *shape.usual.get(key, ()))
    says = [value is not ABSENT and not _says_nothing(value, usual, inner) for value in (old, new)]
    if not any(says) or (not says[1] and key in shape.assigned):
        return
    if all(says) or _alike(old, new):
        _compare(path, old, new, inner, found)
    else:
        found.append(Difference(path, old, new))


def _alike(old: t.Any, new: t.Any) -> bool:
    return any(isinstance(old, kind) and isinstance(new, kind) for kind in (dict, list))


def _says_nothing(value: t.Any, usual: t.Sequence[t.Any], shape: Shape) -> bool:
    """Tell whether a field of *value* is the same as no field."""
    if any(equal(value, one) for one in usual):
        return True
    if isinstance(value, dict) and {} in usual:
        return all(
            _says_nothing(entry, (None, *shape.usual.get(key, ())), shape.fields.get(key, PLAIN)) for key, entry in value.items()
        )
    if isinstance(value, list) and [] in usual and shape.untold is not None:
        return all(shape.untold(entry) for entry in value)
    return False


def _same_number(old: t.Any, new: t.Any) -> bool:
    """Tell whether two are one number, as far as a server that reads numbers as floats can tell."""
    kinds = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in (old, new)]
    try:
        return all(kinds) and float(old) == float(new)
    except OverflowError:
        return False


def _compare_lists(path: str, old: list[t.Any], new: list[t.Any], shape: Shape, found: list[Difference]) -> None:
    if not shape.placed and _reordered(old, new):
        found.append(_order(path, [_label(shape, entry) for entry in old], [_label(shape, entry) for entry in new]))
        return
    pairs = paired(old, new, shape.identities, equal)
    for left, right in pairs.both:
        inner = shape.first if shape.first is not None and left == right == 0 else shape.elements
        _compare(_element(path, right, new[right], shape), old[left], new[right], inner or PLAIN, found)
    for index in pairs.old_only:
        if shape.untold is None or not shape.untold(old[index]):
            found.append(Difference(_element(path, index, old[index], shape), old[index], ABSENT))
    for index in pairs.new_only:
        if shape.untold is None or not shape.untold(new[index]):
            found.append(Difference(_element(path, index, new[index], shape), ABSENT, new[index]))
    if shape.identities:
        found.extend(_moved(path, old, new, pairs, shape))


def _moved(path: str, old: list[t.Any], new: list[t.Any], pairs: Pairs, shape: Shape) -> t.Iterator[Difference]:
    """Yield one difference where elements that both lists have are in another order."""
    before = [left for left, _right in pairs.both]
    after = {right: left for left, right in pairs.both}
    if shape.placed:
        if any(not equal(_place(old[left]), _place(new[right])) for left, right in pairs.both):
            return  # said already, panel by panel
        before.sort(key=lambda index: (_place(old[index]), index))
        order = sorted(after, key=lambda index: (_place(new[index]), index))
    else:
        before.sort()
        order = sorted(after)
    if before != [after[index] for index in order]:
        yield _order(path, [_label(shape, old[index]) for index in before], [_label(shape, new[index]) for index in order])


def _place(panel: t.Any) -> list[float]:
    """Return where a panel is on the grid, (y, x): Grafana sorts by it what it loads."""
    place = panel.get("gridPos") if isinstance(panel, dict) else None
    values = [place.get(axis) if isinstance(place, dict) else 0 for axis in "yx"]
    return [value if isinstance(value, (int, float)) else 0 for value in values]


def _order(path: str, old: list[t.Any], new: list[t.Any]) -> Difference:
    return Difference("%s (order)" % path, old, new)


def _label(shape: Shape, element: t.Any) -> t.Any:
    """Return what stands for an element where only the order is shown."""
    if isinstance(element, dict):
        if shape.placed and isinstance(element.get("title"), str) and element["title"]:
            return element["title"]
        for identity in shape.identities:
            name = identity(element)
            if name is not None:
                return name
    return element


def _reordered(old: list[t.Any], new: list[t.Any]) -> bool:
    """Tell whether one list is the other in another order, and no more than that."""
    if len(old) != len(new):
        return False
    texts = [sorted(json.dumps(entry, sort_keys=True) for entry in side) for side in (old, new)]
    return texts[0] == texts[1]


def _element(path: str, index: int, element: t.Any, shape: Shape) -> str:
    """Return the path of a list's element; beside a panel stands its title."""
    title = element.get("title") if shape.placed and isinstance(element, dict) else None
    if not isinstance(title, str) or not title.strip():
        return "%s[%d]" % (path, index)
    title = " ".join(title.split())
    return '%s[%d] "%s"' % (path, index, title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 3] + "...")


def _merged(found: list[Difference]) -> list[Difference]:
    """Return one difference a path: what went and what came at one index is what was replaced."""
    merged: dict[str, Difference] = {}
    for difference in found:
        known = merged.get(difference.path)
        if known is None:
            merged[difference.path] = difference
        else:
            old = known.old if known.old is not ABSENT else difference.old
            new = known.new if known.new is not ABSENT else difference.new
            merged[difference.path] = Difference(difference.path, old, new)
    return list(merged.values())


__all__ = ["ABSENT", "Difference", "compare", "equal"]
