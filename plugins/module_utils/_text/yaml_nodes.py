# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The size of a YAML document whose aliases are replaced with what they refer to."""

from __future__ import annotations

import typing as t

from .._grafana.errors import BadInput
from .json_diff import DEEPEST

#: The most values of a document. A few lines of nested aliases can stand for billions of values.
MOST_VALUES = 2_000_000


def check_size(node: t.Any, what: str) -> None:
    """Raise :class:`BadInput` if the PyYAML *node* has more than :data:`MOST_VALUES` values, or contains itself.

    *what* names the document in the message. Raises ``RecursionError`` for a document that is nested very deeply.
    """
    _size(node, what, {})


def _size(node: t.Any, what: str, sizes: dict[int, int]) -> int:
    """Return how many values *node* has if each alias is a copy of what it refers to; *sizes* has those of nodes by their id."""
    if id(node) in sizes:
        if not sizes[id(node)]:
            raise BadInput(
                "%s is nested more than %d levels deep: a YAML alias is inside the value that it refers to" % (what, DEEPEST)
            )
        return sizes[id(node)]
    sizes[id(node)] = 0
    size = 1
    for inner in node.value if isinstance(node.value, list) else ():
        for one in inner if isinstance(inner, tuple) else (inner,):
            size += _size(one, what, sizes)
            if size > MOST_VALUES:
                raise BadInput("%s has more than %d values, because its YAML aliases repeat values" % (what, MOST_VALUES))
    sizes[id(node)] = size
    return size
