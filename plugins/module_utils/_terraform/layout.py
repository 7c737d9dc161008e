# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of ``terraform fmt``: where the equals signs and the comments of neighbouring lines stand.

The rule is that of hclwrite: lines with an assignment that follow each other have their equals signs in one column, lines
with a comment at their end have these in one column. An assignment counts when its brackets are closed on the same line.
"""

from __future__ import annotations

import typing as t
import unicodedata

from .hcl import Document, Edit, Node, apply

_OPENING = frozenset(["{", "[", "(", "template_interpolation_start", "template_directive_start"])
_CLOSING = frozenset(["}", "]", ")", "template_interpolation_end", "template_directive_end"])
#: What is one token here although it may hold line breaks.
_WHOLE = frozenset(["heredoc_template", "comment"])

Cell = t.Callable[["Line"], "int | None"]


class Line(t.NamedTuple):
    """A line as it is laid out: its rows, and the offsets of its cells. *assign* and *comment* are where they start."""

    row: int
    last_row: int
    start: int
    lead_end: int
    assign: int | None
    assign_end: int
    comment: int | None


def _lines(document: Document) -> list[Line]:
    """Return the lines that hold anything."""
    lines: list[Line] = []
    pending: list[Node] = []
    for leaf in _leaves(document.root):
        if pending and b"\n" in document.source[pending[-1].end_byte : leaf.start_byte]:
            lines.append(_line(document, pending))
            pending = []
        pending.append(leaf)
    if pending:
        lines.append(_line(document, pending))
    return lines


def _line(document: Document, leaves: list[Node]) -> Line:
    source, first, last = document.source, leaves[0], leaves[-1]
    comment = None
    if len(leaves) > 1 and last.type == "comment" and not source.startswith(b"/*", last.start_byte):
        comment = last.start_byte
        leaves = leaves[:-1]
    equal = next((at for at, leaf in enumerate(leaves) if at and leaf.type == "="), None)
    # Brackets that stay open (or close what another line has opened) make it no assignment of its own.
    if equal is not None and _net(leaves[equal:]):
        equal = None
    return Line(
        row=first.start_point[0],
        last_row=last.end_point[0],
        start=source.rfind(b"\n", 0, first.start_byte) + 1,
        lead_end=leaves[-1 if equal is None else equal - 1].end_byte,
        assign=None if equal is None else leaves[equal].start_byte,
        assign_end=leaves[-1].end_byte,
        comment=comment,
    )


def _net(leaves: t.Iterable[Node]) -> int:
    """Return how many brackets stay open after *leaves*."""
    kinds = [str(leaf.type) for leaf in leaves]
    return sum(kind in _OPENING for kind in kinds) - sum(kind in _CLOSING for kind in kinds)


def _leaves(root: Node) -> t.Iterator[Node]:
    """Yield the tokens of the tree, a heredoc as one."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.children and node.type not in _WHOLE:
            waiting.extend(reversed(node.children))
        elif node.end_byte > node.start_byte:
            yield node


def _columns(text: bytes) -> int:
    return sum(not unicodedata.combining(char) for char in text.decode("utf-8"))


def _chains(lines: t.Sequence[Line], cell: Cell) -> list[list[Line]]:
    """Return the lines that have *cell*, those that follow each other directly together."""
    chains: list[list[Line]] = []
    for line in lines:
        if cell(line) is None:
            continue
        if chains and chains[-1][-1].last_row + 1 == line.row:
            chains[-1].append(line)
        else:
            chains.append([line])
    return chains


def _assign(line: Line) -> int | None:
    return line.assign


def _comment(line: Line) -> int | None:
    return line.comment


def _wanted(source: bytes, lines: t.Sequence[Line], rows: t.Container[int] | None) -> list[tuple[list[Line], list[Edit]]]:
    """Return the chains that touch *rows* (all, if ``None``), each with what has to move in it."""
    found = []
    # where the text of a line ends once its equals sign is in its column
    widths = {line.row: _columns(source[line.start : line.assign_end]) for line in lines}
    for chain in _chains(lines, _assign):
        leads = {line.row: _columns(source[line.start : line.lead_end]) for line in chain}
        spaces = {row: max(leads.values()) - lead + 1 for row, lead in leads.items()}
        edits = [_spaces(line.lead_end, line.assign or 0, spaces[line.row]) for line in chain]
        for line in chain:
            widths[line.row] = leads[line.row] + spaces[line.row] + _columns(source[line.assign or 0 : line.assign_end])
        found.append((chain, edits))
    for chain in _chains(lines, _comment):
        widest = max(widths[line.row] for line in chain)
        edits = [_spaces(line.assign_end, line.comment or 0, widest - widths[line.row] + 1) for line in chain]
        found.append((chain, edits))
    return [
        (chain, [edit for edit in edits if edit.text != source[edit.start : edit.end]])
        for chain, edits in found
        if rows is None or any(line.row in rows for line in chain)
    ]


def _spaces(start: int, end: int, wanted: int) -> Edit:
    return Edit(start, end, b" " * wanted)


def out_of_line(document: Document) -> list[Edit]:
    """Return what has to move for the columns to be those of ``terraform fmt``."""
    return [edit for _chain, edits in _wanted(document.source, _lines(document), None) for edit in edits]


def realigned(path: str, before: bytes, after: bytes) -> bytes:
    """Return *after* with the columns put right around the lines that differ, where *before* had them right.

    Both have the same number of lines. What was out of line stays so: it is not this change's to tidy.
    """
    pairs = zip(before.split(b"\n"), after.split(b"\n"))
    touched = {row for row, (left, right) in enumerate(pairs) if left != right}
    old, new = Document(path, before), Document(path, after)
    crooked = {line.row for chain, edits in _wanted(before, _lines(old), touched) if edits for line in chain}
    moves = [
        edit
        for chain, edits in _wanted(after, _lines(new), touched)
        if crooked.isdisjoint(line.row for line in chain)
        for edit in edits
    ]
    return apply(after, moves)


def aligned(path: str, source: bytes) -> bytes:
    """Return *source* with every column in its place."""
    return apply(source, out_of_line(Document(path, source)))


def replaced(path: str, before: bytes, edit: Edit) -> bytes:
    """Return *before* with whole lines put in or exchanged, and the columns there put right where they were right."""
    after = apply(before, [edit])
    first = before.count(b"\n", 0, edit.start)
    # an insertion has neighbours on both sides
    there = range(first - (edit.start == edit.end), first + before.count(b"\n", edit.start, edit.end) + 1)
    here = range(first, first + edit.text.count(b"\n") + 1)
    if any(edits for _chain, edits in _wanted(before, _lines(Document(path, before)), there)):
        return after
    return apply(after, [move for _chain, moves in _wanted(after, _lines(Document(path, after)), here) for move in moves])
