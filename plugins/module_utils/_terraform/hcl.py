# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse Terraform's language (HCL) to a concrete syntax tree that has every byte of a file, comments included."""

from __future__ import annotations

import functools
import re
import traceback
import typing as t

try:
    import tree_sitter
    import tree_sitter_hcl

    LANGUAGE = tree_sitter.Language(tree_sitter_hcl.language())
except (ImportError, TypeError, ValueError):  # not installed, or the versions of the two do not fit together
    IMPORT_PROBLEM: str | None = traceback.format_exc()
else:
    IMPORT_PROBLEM = None

#: The requirements in the words of pip.
LIBRARIES = "tree-sitter >= 0.23 and tree-sitter-hcl >= 1.2"

#: A number and its exponent. The grammar does not know all forms that Terraform accepts, such as 1.5E-3 and 1e+3.
_EXPONENT = re.compile(rb"(?<![\w.])(\d+(?:\.\d+)?)([eE][+-]?\d+)(?!\w)")

#: A node of the tree: ``type``, ``start_byte``, ``end_byte``, ``start_point``, ``children``, ``parent``.
Node = t.Any


class Edit(t.NamedTuple):
    """A change: *text* replaces the bytes from *start* to *end*."""

    start: int
    end: int
    text: bytes


class Document:
    """One file: its *path*, its bytes, and the tree over them."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        # Nodes are valid only as long as their tree exists.
        # The parser gets digits instead of an exponent, with the same number of bytes. The text itself does not change.
        parsed = _EXPONENT.sub(lambda found: found.group(1) + b"0" * len(found.group(2)), source)
        self.tree = tree_sitter.Parser(LANGUAGE).parse(parsed)
        self.root: Node = self.tree.root_node

    @property
    def broken(self) -> bool:
        """Whether the file has syntax errors."""
        return bool(self.root.has_error)

    @property
    def newline(self) -> bytes:
        return b"\r\n" if b"\r\n" in self.source else b"\n"

    def text(self, node: Node) -> str:
        """Return the code of *node*."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8")

    @functools.cached_property
    def rows(self) -> list[str]:
        """The lines of the file without line breaks."""
        return self.source.decode("utf-8").replace("\r\n", "\n").split("\n")

    @functools.cached_property
    def _outermost(self) -> list[Block]:
        return _blocks(self, _child(self.root, "body"))

    def blocks(self) -> list[Block]:
        """Return the outermost blocks of the file."""
        return self._outermost


class Block:
    """A block of HCL: ``type "label" "label" { … }``."""

    def __init__(self, document: Document, node: Node) -> None:
        self.document, self.node = document, node
        heads = [child for child in node.children if child.type in ("identifier", "string_lit")]
        self.type = document.text(heads[0])
        self.labels = tuple(document.text(head).strip('"') for head in heads[1:])
        self.body: Node | None = _child(node, "body")

    @property
    def line(self) -> int:
        return line_of(self.node)

    def attributes(self) -> dict[str, Node]:
        """Return the expressions of the block's arguments, by name."""
        found = {}
        for node in self.body.children if self.body is not None else ():
            if node.type == "attribute":
                found[self.document.text(node.children[0])] = node.children[-1]
        return found

    def blocks(self) -> list[Block]:
        """Return the blocks directly inside this block."""
        return _blocks(self.document, self.body)


def _blocks(document: Document, body: Node | None) -> list[Block]:
    return [Block(document, node) for node in (body.children if body is not None else ()) if node.type == "block"]


def _child(node: Node, kind: str) -> Node | None:
    return next((child for child in node.children if child.type == kind), None)


def line_of(node: Node) -> int:
    """Return the number of the line on which *node* starts; the first line is 1."""
    return int(node.start_point[0]) + 1


def descendants(node: Node) -> t.Iterator[Node]:
    """Yield *node* and all nodes below it, in the order of the text."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def ancestors(node: Node) -> t.Iterator[Node]:
    """Yield the nodes above *node*, from its parent to the root."""
    while node.parent is not None:
        node = node.parent
        yield node


def only(node: Node, *kinds: str) -> Node | None:
    """Follow the only child of *node* through the node types *kinds*; ``None`` if one has more children or another type."""
    for kind in kinds:
        if len(node.children) != 1 or node.children[0].type != kind:
            return None
        node = node.children[0]
    return node


def literal(document: Document, expression: Node) -> str | None:
    """Return the value of *expression* if it is a plain string, otherwise ``None``."""
    string = only(expression, "literal_value", "string_lit")
    if string is None:
        return None
    return "".join(document.text(child) for child in string.children if child.type == "template_literal")


def apply(source: bytes, edits: t.Iterable[Edit]) -> bytes:
    """Return *source* with *edits* applied. Edits must not overlap."""
    parts, offset = [], 0
    for edit in sorted(set(edits), key=lambda e: (e.start, e.end)):
        parts += [source[offset : edit.start], edit.text]
        offset = edit.end
    return b"".join([*parts, source[offset:]])
