# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Align code as ``terraform fmt`` does: the equals signs and the trailing comments of consecutive lines.

The rule is that of hclwrite: consecutive lines with an assignment have their equals signs in one column, and consecutive lines
with a comment at their end have these in one column. An assignment counts only if its brackets close on the same line.
"""

from __future__ import annotations

import typing as t
import unicodedata

from .hcl import Document, Edit, Node, apply

_OPENING = frozenset(["{", "[", "(", "template_interpolation_start", "template_directive_start"])
_CLOSING = frozenset(["}", "]", ")", "template_interpolation_end", "template_directive_end"])
#: Nodes that count as one token although they may contain line breaks.
_WHOLE = frozenset(["heredoc_template", "comment"])

Cell = t.Callable[["Line"], "int | None"]


class Line(t.NamedTuple):
    """A line of code: its rows and the offsets of its cells.

    *assign* is the offset of the equals sign, *comment* that of the trailing comment; ``None`` if the line has none.
    """

    row: int
    last_row: int
    start: int
    lead_end: int
    assign: int | None
    assign_end: int
    comment: int | None


def _lines(document: Document) -> list[Line]:
    """Return the lines that are not blank."""
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
    # If brackets stay open, or close those of another line, the line does not count as an assignment.
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
    """Yield the tokens of the tree; a heredoc is one token."""
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
    """Return the lines that have *cell*, in chains of consecutive lines."""
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


def _alignments(source: bytes, lines: t.Sequence[Line]) -> list[tuple[list[Line], list[Edit]]]:
    """Return all chains of *lines*, each with the edits that align it."""
    found = []
    # The column at which the text of each line ends after its equals sign is aligned.
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
    return [(chain, [edit for edit in edits if edit.text != source[edit.start : edit.end]]) for chain, edits in found]


def _unaligned_rows(chains: t.Iterable[tuple[list[Line], list[Edit]]]) -> set[int]:
    """Return the rows of all chains that are not aligned."""
    return {line.row for chain, edits in chains if edits for line in chain}


def _spaces(start: int, end: int, number: int) -> Edit:
    return Edit(start, end, b" " * number)


def out_of_line(document: Document) -> list[Edit]:
    """Return the edits that align *document* as ``terraform fmt`` does; an empty list if it is aligned."""
    return [edit for _chain, edits in _alignments(document.source, _lines(document)) for edit in edits]


def realigned(path: str, before: bytes, after: bytes) -> bytes:
    """Return *after* with its changed lines aligned, except in chains that were not aligned in *before*.

    Both texts have the same number of lines. Code that was not aligned before stays as it is, to keep the diff small.
    """
    pairs = zip(before.split(b"\n"), after.split(b"\n"))
    touched = {row for row, (left, right) in enumerate(pairs) if left != right}
    old, new = Document(path, before), Document(path, after)
    chains = [chain for chain in _alignments(before, _lines(old)) if not touched.isdisjoint(line.row for line in chain[0])]
    not_aligned = _unaligned_rows(chains)
    moves = [
        edit
        for chain, edits in _alignments(after, _lines(new))
        for rows in [{line.row for line in chain}]
        if not touched.isdisjoint(rows) and not_aligned.isdisjoint(rows)
        for edit in edits
    ]
    return apply(after, moves)


def aligned(path: str, source: bytes) -> bytes:
    """Return *source* with all lines aligned."""
    return apply(source, out_of_line(Document(path, source)))


def replaced(path: str, before: bytes, edits: t.Iterable[Edit]) -> bytes:
    """Return *before* with whole lines inserted or replaced by *edits*, each aligned if its lines were aligned before.

    The edits do not overlap. The text is parsed twice, however many edits there are.
    """
    edits = sorted(edits)
    after = apply(before, edits)
    not_aligned = _unaligned_rows(_alignments(before, _lines(Document(path, before))))
    new_rows: set[int] = set()
    offset = row = added = 0
    for edit in edits:
        row += before.count(b"\n", offset, edit.start)
        lines = before.count(b"\n", edit.start, edit.end)
        # An insertion has neighbours on both sides.
        if not_aligned.isdisjoint(range(row - (edit.start == edit.end), row + lines + 1)):
            new_rows.update(range(row + added, row + added + edit.text.count(b"\n") + 1))
        added += edit.text.count(b"\n") - lines
        offset, row = edit.end, row + lines
    chains = _alignments(after, _lines(Document(path, after)))
    return apply(after, [move for chain, moves in chains if any(line.row in new_rows for line in chain) for move in moves])
