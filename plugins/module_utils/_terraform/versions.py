# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of the provider: the versions that a constraint allows, and the pins of the first and the second apply."""

from __future__ import annotations

import re
import typing as t

from .._grafana.errors import BadInput
from .hcl import Block, Document, Edit, Node, apply, literal, only
from .layout import aligned, realigned, replaced

Version = tuple[int, ...]
_END: Version = (10**9,)
_TERM = re.compile(r"(=|!=|>=|<=|>|<|~>)?[ \t]*v?(\d{1,9}(?:\.\d{1,9}){0,2})(?:[-+][\w.-]+)?")

#: The first version of Terraform with ``removed`` blocks.
TERRAFORM_NEEDED: Version = (1, 7, 0)


class Range(t.NamedTuple):
    """The versions from *first* up to, but not including, *end*."""

    first: Version
    end: Version

    def within(self, other: Range) -> bool:
        return other.first <= self.first and self.end <= other.end

    def overlaps(self, other: Range) -> bool:
        return max(self.first, other.first) < min(self.end, other.end)


def admitted(constraint: str) -> Range | None:
    """Return the versions that *constraint* allows; ``None`` if it is not a valid constraint. Ignores ``!=``."""
    first: Version = (0, 0, 0)
    end = _END
    for term in constraint.split(","):
        found = _TERM.fullmatch(term.strip(" \t"))
        if found is None:
            return None
        operator, given = found.group(1) or "=", tuple(int(part) for part in found.group(2).split("."))
        version = given + (0,) * (3 - len(given))
        above = (*version[:2], version[2] + 1)
        if operator in ("=", ">=", "~>"):
            first = max(first, version)
        if operator == ">":
            first = max(first, above)
        if operator in ("=", "<="):
            end = min(end, above)
        if operator == "<":
            end = min(end, version)
        if operator == "~>":
            # The last of several numbers may grow; "~> 2" is the same as "~> 2.0".
            upper = given[:-1] or given
            end = min(end, (*upper[:-1], upper[-1] + 1, *(0,) * (3 - len(upper))))
    return Range(first, end)


class Pin(t.NamedTuple):
    """A pinned version: the *constraint* to write. A constraint of the user within the range *accepted* is left unchanged."""

    constraint: str
    accepted: Range

    @property
    def range(self) -> Range:
        return t.cast(Range, admitted(self.constraint))


#: 2.19 is the last minor version that knows API keys; its accounts and tokens are the same as those of version 3.
FIRST = Pin("~> 2.19", Range((2, 19, 0), (3, 0, 0)))


def second(constraint: str) -> Pin:
    """Return the pin of the second apply, which accepts any version from 3 on."""
    return Pin(constraint, Range((3, 0, 0), _END))


class Requirement(t.NamedTuple):
    """The version requirement of a module: its *entry*, and the node *text* of the version; ``None`` if it has no version."""

    document: Document
    entry: Node
    text: Node | None
    constraint: str | None


def requirement_in(document: Document) -> Requirement | None:
    """Return the requirement for Grafana's provider in ``required_providers``, ``None`` if there is none."""
    for block in _required_providers(document):
        for name, expression in block.attributes().items():
            constraint = literal(document, expression)
            if constraint is not None:
                if name == "grafana":
                    return Requirement(document, expression, expression, constraint)
                continue
            parts = _parts(document, expression)
            source = parts.get("source")
            address = literal(document, source) if source is not None else None
            if (address or "").endswith("grafana/grafana") or (name == "grafana" and address is None):
                version = parts.get("version")
                return Requirement(document, expression, version, literal(document, version) if version is not None else None)
    return None


def pinned(document: Document, pin: Pin, is_root: bool) -> bytes | None:
    """Return the text of *document* with the provider pinned; ``None`` if it has no requirement for the provider.

    A root module must have the pin. In a called module, a constraint that allows a pinned version stays unchanged.
    """
    found = requirement_in(document)
    if found is None:
        return None
    allowed = admitted(found.constraint) if found.constraint is not None else Range((0, 0, 0), _END)
    if allowed is not None and (allowed.within(pin.accepted) if is_root else allowed.overlaps(pin.range)):
        return document.source
    if found.text is not None:
        return _replaced(document, found.text, pin)
    if _object(found.entry) is None:
        raise BadInput(
            "%s: the requirement for grafana in required_providers is computed, so the version %s cannot be added to it: "
            "write an object with source and version" % (document.path, pin.constraint)
        )
    return _version_added(document, found.entry, pin)


def provider_blocks(document: Document, pin: Pin) -> bytes:
    """Return the text of *document* with the pin in each ``provider`` block whose version (old syntax) excludes the pin."""
    for block in document.blocks():
        node = block.attributes().get("version") if (block.type, block.labels) == ("provider", ("grafana",)) else None
        constraint = literal(document, node) if node is not None else None
        allowed = admitted(constraint) if constraint is not None else None
        if node is not None and allowed is not None and not allowed.overlaps(pin.range):
            return provider_blocks(Document(document.path, _replaced(document, node, pin)), pin)
    return document.source


def _replaced(document: Document, text: Node, pin: Pin) -> bytes:
    edit = Edit(text.start_byte, text.end_byte, ('"%s"' % pin.constraint).encode())
    return realigned(document.path, document.source, apply(document.source, [edit]))


def _version_added(document: Document, entry: Node, pin: Pin) -> bytes:
    """Return the text of *document* with a version added to the requirement *entry*, which has none."""
    elements = [node for node in _object(entry).children if node.type == "object_elem"]
    version = 'version = "%s"' % pin.constraint
    if not elements:
        return _entry_replaced(document, entry, 'source = "grafana/grafana", %s' % version)
    last = elements[-1]
    if entry.start_point[0] == entry.end_point[0]:
        edit = Edit(last.end_byte, last.end_byte, (", %s" % version).encode())
        return realigned(document.path, document.source, apply(document.source, [edit]))
    margin = document.source[document.source.rfind(b"\n", 0, last.start_byte) + 1 : last.start_byte]
    line = margin + version.encode() + document.newline
    offset = document.source.find(b"\n", last.end_byte) + 1
    return replaced(document.path, document.source, [Edit(offset, offset, line)])


def _entry_replaced(document: Document, entry: Node, content: str) -> bytes:
    """Return the text of *document* with the empty object *entry* replaced by an object with *content*, on one line."""
    edit = Edit(entry.start_byte, entry.end_byte, ("{ %s }" % content).encode())
    return realigned(document.path, document.source, apply(document.source, [edit]))


def with_requirement(document: Document, pin: Pin) -> bytes | None:
    """Return the text of *document* with a requirement added; ``None`` if it has no ``terraform`` block of several lines."""
    blocks = _required_providers(document)
    entry = ["grafana = {", '  source  = "grafana/grafana"', '  version = "%s"' % pin.constraint, "}"]
    if not blocks:
        blocks = [block for block in document.blocks() if block.type == "terraform"]
        entry = ["required_providers {", *("  " + line for line in entry), "}"]
    for block in blocks:
        closing = block.node.end_byte - 1
        start = document.source.rfind(b"\n", 0, closing) + 1
        if block.node.start_point[0] == block.node.end_point[0]:
            continue
        margin = document.source[start:closing] + b"  "
        text = b"".join(margin + line.encode() + document.newline for line in entry)
        return replaced(document.path, document.source, [Edit(start, start, text)])
    return None


def new_requirement(pin: Pin) -> bytes:
    """Return the text of a new file that requires the provider."""
    lines = ["terraform {", "required_providers {", "grafana = {", 'source = "grafana/grafana"']
    text = "".join("  " * depth + line + "\n" for depth, line in enumerate(lines))
    text += '      version = "%s"\n    }\n  }\n}\n' % pin.constraint
    return aligned("versions.tf", text.encode())


def terraform_versions(document: Document) -> t.Iterator[tuple[Node, str]]:
    """Yield each ``required_version``, node and constraint, that excludes all versions of Terraform with ``removed`` blocks."""
    for block in document.blocks():
        node = block.attributes().get("required_version") if block.type == "terraform" else None
        constraint = literal(document, node) if node is not None else None
        allowed = admitted(constraint) if constraint is not None else None
        if node is not None and allowed is not None and allowed.end <= TERRAFORM_NEEDED:
            yield node, constraint or ""


def _required_providers(document: Document) -> list[Block]:
    terraform = [block for block in document.blocks() if block.type == "terraform"]
    return [inner for block in terraform for inner in block.blocks() if inner.type == "required_providers"]


def _object(expression: Node) -> Node:
    return only(expression, "collection_value", "object")


def _parts(document: Document, expression: Node) -> dict[str, Node]:
    """Return the elements of an object by their keys; an empty dictionary if *expression* is not an object."""
    found = _object(expression)
    elements = [node for node in found.children if node.type == "object_elem"] if found is not None else []
    return {document.text(node.children[0]).strip('"'): node.children[-1] for node in elements}
