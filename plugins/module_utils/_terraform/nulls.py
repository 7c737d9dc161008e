# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find out whether a key of provider 1 may have no stack: with ``cloud_stack_slug = null`` it is a key of another Grafana."""

from __future__ import annotations

import typing as t

from .hcl import Document, Node, ancestors, descendants, line_of
from .keys import Key, Problem
from .tree import Tree

#: The functions that return null for some arguments, and ``optional(TYPE)`` in the type of a variable.
_NULL_FUNCTIONS = frozenset(["one", "optional"])


class _Place(t.NamedTuple):
    """An expression, and the module that contains it."""

    folder: str
    document: Document
    node: Node


def without_stack(tree: Tree, key: Key) -> t.Iterator[Problem]:
    """Yield a problem if the stack of a key of provider 1 may be null, as far as the code of *tree* shows it."""
    for name in key.kind.new_names:
        node = key.attributes.get(name)
        if node is None:
            continue
        cause = _null(tree, _Place(key.address.folder, key.document, node))
        if cause is not None:
            where = "%s:%d" % (cause.document.path, line_of(cause.node))
            why = "%s may be null (%s), and then the key belongs to no stack: rewrite it by hand" % (name, where)
            yield Problem(key.file, line_of(node), str(key.address), why)


def _null(tree: Tree, start: _Place) -> _Place | None:
    """Return the first place where *start*, or a value that it reads, may become null."""
    waiting, seen = [start], set()
    while waiting:
        place = waiting.pop()
        where = (place.document.path, place.node.start_byte)
        if where in seen:
            continue
        seen.add(where)
        for node in descendants(place.node):
            if _is_null(place.document, node):
                return place._replace(node=node)
            if node.type == "variable_expr":
                waiting += _sources(tree, place, node)
    return None


def _is_null(document: Document, node: Node) -> bool:
    if node.type == "function_call":
        name = document.text(node.children[0])
        arguments = [child for one in node.children if one.type == "function_arguments" for child in one.children]
        return name in _NULL_FUNCTIONS and len([child for child in arguments if child.type == "expression"]) == 1
    return bool(node.type == "null_lit")


def _sources(tree: Tree, place: _Place, node: Node) -> list[_Place]:
    """Return the expressions that a variable, a local value or ``each`` has its value from."""
    kind = place.document.text(node)
    if kind == "each":
        blocks = [above for above in ancestors(node) if above.type == "block"]
        found = [child for block in blocks for child in _arguments(place.document, block).get("for_each", [])]
        return [place._replace(node=child) for child in found]
    step = node.next_sibling
    if kind not in ("var", "local") or step is None or step.type != "get_attr":
        return []
    name = place.document.text(step.children[-1])
    return _local(tree, place.folder, name) if kind == "local" else _variable(tree, place.folder, name)


def _arguments(document: Document, block: Node) -> dict[str, list[Node]]:
    """Return the expressions of the arguments of a block, by name."""
    found: dict[str, list[Node]] = {}
    for body in block.children:
        for child in body.children if body.type == "body" else ():
            if child.type == "attribute":
                found.setdefault(document.text(child.children[0]), []).append(child.children[-1])
    return found


def _local(tree: Tree, folder: str, name: str) -> list[_Place]:
    blocks = [block for block in tree.blocks(folder) if block.type == "locals"]
    return [_Place(folder, block.document, block.attributes()[name]) for block in blocks if name in block.attributes()]


def _variable(tree: Tree, folder: str, name: str) -> list[_Place]:
    """Return the default and the type of a variable, and the values that calls of its module give it."""
    found = []
    for block in tree.blocks(folder):
        if (block.type, block.labels) == ("variable", (name,)):
            parts = block.attributes()
            found += [_Place(folder, block.document, parts[part]) for part in ("default", "type") if part in parts]
    for caller in tree.folders():
        for block in tree.blocks(caller):
            if block.type == "module" and block.labels and tree.calls(caller).get(block.labels[0]) == folder:
                value = block.attributes().get(name)
                found += [] if value is None else [_Place(caller, block.document, value)]
    return found
