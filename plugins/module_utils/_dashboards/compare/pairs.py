# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Matches the elements of two lists."""

from __future__ import annotations

import collections
import typing as t
from dataclasses import dataclass

Identity = t.Callable[[t.Any], t.Hashable]
Equal = t.Callable[[t.Any, t.Any], bool]


@dataclass(frozen=True)
class Pairs:
    """Indexes into the two lists: *both* has (old, new) of matching elements, in the order of the new list.

    *old_only* and *new_only* are elements without a match.
    """

    both: list[tuple[int, int]]
    old_only: list[int]
    new_only: list[int]


def paired(old: list[t.Any], new: list[t.Any], identities: t.Sequence[Identity], equal: Equal) -> Pairs:
    """Match elements by the first of *identities* that returns the same value for both; without identities, by position."""
    if not identities:
        return _by_position(old, new, equal)
    left, right = list(range(len(old))), list(range(len(new)))
    both: list[tuple[int, int]] = []
    for identity in identities:
        both += _by_identity(old, new, left, right, identity)
    # If both lists have the same number of unmatched elements, assume that these were renamed.
    if len(left) == len(right):
        renamed = [pair for pair in zip(left, right) if _may_be_renamed(old[pair[0]], new[pair[1]], identities)]
        both += renamed
        left = [index for index in left if index not in {pair[0] for pair in renamed}]
        right = [index for index in right if index not in {pair[1] for pair in renamed}]
    return Pairs(sorted(both, key=lambda pair: pair[1]), left, right)


def _by_identity(
    old: list[t.Any], new: list[t.Any], left: list[int], right: list[int], identity: Identity
) -> t.Iterator[tuple[int, int]]:
    """Yield pairs with the same identity, in the order of both lists, and remove them from *left* and *right*."""
    by_identity: dict[t.Hashable, collections.deque[int]] = collections.defaultdict(collections.deque)
    for index in left:
        by_identity[identity(old[index])].append(index)
    by_identity.pop(None, None)
    for index in list(right):
        indexes = by_identity.get(identity(new[index]))
        if indexes:
            match = indexes.popleft()
            left.remove(match)
            right.remove(index)
            yield match, index


def _may_be_renamed(old: t.Any, new: t.Any, identities: t.Sequence[Identity]) -> bool:
    """Return whether two unmatched elements may be the same one under a new name.

    If there are several identities, elements that differ in the first one (for panels the id) are different elements.
    """
    return len(identities) == 1 or None in (identities[0](old), identities[0](new))


def _by_position(old: list[t.Any], new: list[t.Any], equal: Equal) -> Pairs:
    """Match equal elements at the start and the end of the lists, and the elements between them in order."""
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
