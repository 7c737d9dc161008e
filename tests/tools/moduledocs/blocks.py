# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated blocks in a file: the lines between two comments.

    # BEGIN GENERATED (make generate): status summary returned=always
    ...
    # END GENERATED

The first comment names the parts that stand in the block, and their arguments.
"""

from __future__ import annotations

import re
import shlex
import typing as t
from dataclasses import dataclass

_BEGIN = re.compile(r"( *)# BEGIN GENERATED \(make generate\): (.+)")
_END = "# END GENERATED"


class BlockError(Exception):
    """A file with generated parts has a mistake."""


@dataclass(frozen=True)
class Block:
    """One generated block. *start* is the number of its first comment's line, *indent* the spaces before it."""

    start: int
    indent: int
    call: str
    body: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The parts in the block."""
        return [word for word in shlex.split(self.call) if "=" not in word]

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of the parts."""
        return dict(word.split("=", 1) for word in shlex.split(self.call) if "=" in word)


def blocks(text: str) -> list[Block]:
    """Return the generated blocks of *text*, in order. Raises :class:`BlockError` for a comment without its counterpart."""
    found: list[Block] = []
    lines = text.splitlines()
    start, begin = 0, None
    for number, line in enumerate(lines, 1):
        match = _BEGIN.fullmatch(line)
        if match and begin:
            raise BlockError("line %d: the block that begins in line %d has no end" % (number, start))
        if match:
            start, begin = number, match
        elif line.strip() == _END:
            if begin is None:
                raise BlockError("line %d: the end of a generated block without its beginning" % number)
            found.append(Block(start, len(begin[1]), begin[2], tuple(lines[start : number - 1])))
            begin = None
    if begin is not None:
        raise BlockError("line %d: the block has no end" % start)
    return found


def replace(text: str, body: t.Callable[[Block], list[str] | None]) -> str:
    """Return *text* with the lines that *body* returns in its blocks; ``None`` leaves a block as it is."""
    lines = text.splitlines(keepends=True)
    for block in reversed(blocks(text)):
        new = body(block)
        if new is not None:
            lines[block.start : block.start + len(block.body)] = [line + "\n" for line in new]
    return "".join(lines)
