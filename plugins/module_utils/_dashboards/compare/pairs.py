# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which element of one list is which of another."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass

Identity = t.Callable[[t.Any], t.Hashable]
Equal = t.Callable[[t.Any, t.Any], bool]


@dataclass(frozen=True)
class Pairs:
    """Indexes: *both* (old, new) of elements that belong together, in the new order, and what has no match."""

    both: list[tuple[int, int]]
    old_only: list[int]
    new_only: list[int]


def paired(old: list[t.Any], new: list[t.Any], identities: t.Sequence[Identity], equal: Equal) -> Pairs:
    """Match elements by the first of *identities* that says the same of both; without any, by place."""
    if not identities:
        return _by_place(old, new, equal)
    left, right = list(range(len(old))), list(range(len(new)))
    both: list[tuple[int, int]] = []
    for identity in identities:
        both += _by_identity(old, new, left, right, identity)
    # What is left was given another name, as long as neither list has more of it than the other.
    if len(left) == len(right):
        rest = [pair for pair in zip(left, right) if _may_be_one(old[pair[0]], new[pair[1]], identities)]
        both += rest
        left = [index for index in left if index not in {pair[0] for pair in rest}]
        right = [index for index in right if index not in {pair[1] for pair in rest}]
    return Pairs(sorted(both, key=lambda pair: pair[1]), left, right)


def _by_identity(
    old: list[t.Any], new: list[t.Any], left: list[int], right: list[int], identity: Identity
) -> t.Iterator[tuple[int, int]]:
    """Yield pairs of the same identity, the first with the first, and take them out of *left* and *right*."""
    waiting: dict[t.Hashable, collections.deque[int]] = collections.defaultdict(collections.deque)
    for index in left:
        waiting[identity(old[index])].append(index)
    waiting.pop(None, None)
    for index in list(right):
        queue = waiting.get(identity(new[index]))
        if queue:
            match = queue.popleft()
            left.remove(match)
            right.remove(index)
            yield match, index


def _may_be_one(old: t.Any, new: t.Any, identities: t.Sequence[Identity]) -> bool:
    """Tell whether elements that nothing matched may be one; not if the first of several identities tells them apart."""
    return len(identities) == 1 or None in (identities[0](old), identities[0](new))


def _by_place(old: list[t.Any], new: list[t.Any], equal: Equal) -> Pairs:
    """Match what is the same at both ends; between them the first with the first."""
    start = end = 0
    shorter = min(len(old), len(new))
    if len(old) != len(new):
        while start < shorter and equal(old[start], new[start]):
            start += 1
        while end < shorter - start and equal(old[-1 - end], new[-1 - end]):
            end += 1
    middle = range(start, shorter - end)
    both = [(index, index) for index in [*range(start), *middle]]
    both += [(len(old) - back, len(new) - back) for back in range(end, 0, -1)]
    return Pairs(both, list(range(middle.stop, len(old) - end)), list(range(middle.stop, len(new) - end)))
