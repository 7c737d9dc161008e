# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The block of an API key, divided into one for the account and one for the token.

Each argument goes where its successor is, with the comments above it and beside it; what both need (``for_each``, ``provider``,
…) is repeated in the token without them. Blank lines stay between the groups that they were between.
"""

from __future__ import annotations

import typing as t

from .hcl import Block, Document, Node, only
from .keys import META_ARGUMENTS, Key
from .layout import aligned

_ACCOUNT = frozenset(["name", "role", "org_id", "stack_slug"])
_TOKEN = frozenset(["name", "seconds_to_live", "stack_slug"])
#: Of a lifecycle, what concerns both resources, and what only one.
_BOTH_LIFECYCLES = frozenset(["create_before_destroy", "prevent_destroy", "ignore_changes"])


class Item(t.NamedTuple):
    """A part of a block's body: an argument, a block, or comments that stand alone (*name* is empty)."""

    name: str
    node: Node | None
    #: whole lines, without their breaks: the comments above it, and itself with what stands beside it
    above: tuple[str, ...]
    lines: tuple[str, ...]
    #: whether a blank line is before it
    gap: bool


class Shared(t.NamedTuple):
    """An account for several keys: the *label* of its resource, its *name*, and whether this key's block is to declare it."""

    label: str
    name: str
    declared: bool


class Wishes(t.NamedTuple):
    """What the options say of one key."""

    token_suffix: str = "-token"
    shared: Shared | None = None
    #: whether the name that the account has on the server must stay
    keep_name: bool = False


def items_of(block: Block) -> list[Item]:
    """Return the body of *block* in parts that together are all of its lines."""
    document = block.document
    rows = document.source.decode("utf-8").replace("\r\n", "\n").split("\n")
    last = block.node.end_point[0]
    start = next(child for child in block.node.children if child.type == "block_start").end_point[0] + 1
    nodes = {node.start_point[0]: node for node in (block.body.children if block.body else ()) if node.type != "comment"}
    items: list[Item] = []
    comments: list[str] = []
    gap = False
    row = start
    while row < last:
        node = nodes.get(row)
        if node is not None:
            end = node.end_point[0]
            items.append(Item(_name(document, node), node, tuple(comments), tuple(rows[row : end + 1]), gap))
            comments, gap, row = [], False, end + 1
            continue
        if rows[row].strip():
            comments.append(rows[row])
        else:
            if comments:
                items.append(Item("", None, tuple(comments), (), gap))
                comments = []
            gap = True
        row += 1
    if comments:
        items.append(Item("", None, tuple(comments), (), gap))
    return items


def _name(document: Document, node: Node) -> str:
    return document.text(node.children[0])


class _Body:
    """Lines of a new block, with blank lines where there was one before anything that stood in between."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._gap = False

    def add(self, lines: t.Iterable[str], gap: bool) -> None:
        lines = list(lines)
        if (gap or self._gap) and self.lines and lines:
            self.lines.append("")
        self._gap = (gap or self._gap) and not lines
        self.lines += lines

    def pass_over(self, gap: bool) -> None:
        self._gap = self._gap or gap


class Division:
    """The two blocks that a key becomes, as text."""

    def __init__(self, key: Key, wishes: Wishes) -> None:
        self.key, self.wishes = key, wishes
        self.document = key.document
        self.items = items_of(key.block)
        node = key.block.node
        start = self.document.source.rfind(b"\n", 0, node.start_byte) + 1
        self.margin = self.document.source[start : node.start_byte].decode()
        inner = next((item.lines[0] for item in self.items if item.lines), "  ")
        self.indent = inner[: len(inner) - len(inner.lstrip())]

    def text(self) -> bytes:
        """Return what stands in the place of the key's block, without the line's end."""
        blocks = [self._block(self.key.kind.token, self.key.name, self._token())]
        if self.wishes.shared is None:
            blocks.insert(0, self._block(self.key.kind.account, self.key.name, self._account(), self._beside_opening()))
        elif self.wishes.shared.declared:
            blocks.insert(0, self._block(self.key.kind.account, self.wishes.shared.label, self._shared_account()))
        text = "\n\n".join(aligned(self.document.path, block.encode("utf-8")).decode("utf-8") for block in blocks)
        return text[len(self.margin) :].replace("\n", self.document.newline.decode()).encode("utf-8")

    def _block(self, type_: str, name: str, body: list[str], beside: str = "") -> str:
        head = '%sresource "%s" "%s" {%s' % (self.margin, type_, name, beside)
        return "\n".join([head, *body, self.margin + "}"])

    def _beside_opening(self) -> str:
        """Return the comment after the opening brace."""
        brace = next(child for child in self.key.block.node.children if child.type == "block_start")
        end = self.document.source.find(b"\n", brace.end_byte)
        return self.document.source[brace.end_byte : end].decode("utf-8").rstrip()

    def _account(self) -> list[str]:
        body = _Body()
        lifecycle = False
        for item in self.items:
            if not item.name or item.name in META_ARGUMENTS or item.name in _ACCOUNT:
                body.add((*item.above, *item.lines), item.gap)
            elif item.name == "lifecycle":
                lifecycle = True
                kept = self._lifecycle(item, account=True)
                body.add((*item.above, *kept) if kept else (), item.gap)
            else:
                body.pass_over(item.gap)
        if self.wishes.keep_name and not lifecycle:
            inner = self.indent + "  "
            body.add([self.indent + "lifecycle {", inner + "ignore_changes = [name]", self.indent + "}"], True)
        return body.lines

    def _shared_account(self) -> list[str]:
        shared = t.cast(Shared, self.wishes.shared)
        lines = []
        for name in ("provider", "stack_slug", "name", "role", "org_id", "depends_on"):
            if name == "name":
                lines.append('%sname = "%s"' % (self.indent, shared.name))
            elif name in self.key.attributes:
                lines.append("%s%s = %s" % (self.indent, name, self.key.said(name)))
        return lines

    def _token(self) -> list[str]:
        shared = self.wishes.shared is not None
        body = _Body()
        for item in self.items:
            lines = list(self._of_token(item, shared))
            if lines:
                body.add(lines, item.gap)
            else:
                body.pass_over(item.gap)
        return body.lines

    def _of_token(self, item: Item, shared: bool) -> t.Iterator[str]:
        """Yield the lines of the token that come of *item*; with a shared account its comments too, as no other has them."""
        if not item.name:
            yield from item.above if shared else ()
        elif item.name == "lifecycle":
            kept = self._lifecycle(item, account=False)
            if kept and (shared or not self._lifecycle(item, account=True)):
                yield from item.above
            yield from kept
        elif item.name == "name":
            yield from item.above if shared else ()
            yield "%sname = %s%s" % (self.indent, self._token_name(), self._beside(item) if shared else "")
            yield "%sservice_account_id = %s.id" % (self.indent, self._account_address())
        elif item.name in META_ARGUMENTS or item.name == "stack_slug":
            if shared:
                yield from (*item.above, *item.lines)
            else:
                yield from self._bare(item)
        elif item.name in ("role", "org_id"):
            if shared:
                yield from item.above
                if self._beside(item):
                    yield self.indent + self._beside(item).strip()
        else:
            yield from (*item.above, *item.lines)

    def _bare(self, item: Item) -> list[str]:
        """Return the lines of an argument without the comment beside it."""
        return (self.indent + self.document.text(t.cast(Node, item.node))).replace("\r\n", "\n").split("\n")

    def _beside(self, item: Item) -> str:
        start = t.cast(Node, item.node).end_byte
        end = self.document.source.find(b"\n", start)
        rest = self.document.source[start:end].decode("utf-8").strip()
        return " " + rest if rest else ""

    def _account_address(self) -> str:
        if self.wishes.shared is not None:
            return "%s.%s" % (self.key.kind.account, self.wishes.shared.label)
        index = {"for_each": "[each.key]", "count": "[count.index]", "one": ""}[self.key.shape]
        return "%s.%s%s" % (self.key.kind.account, self.key.name, index)

    def _token_name(self) -> str:
        return suffixed(self.document, self.key.attributes["name"], self.wishes.token_suffix)

    def _lifecycle(self, item: Item, account: bool) -> list[str]:
        """Return the lines of the lifecycle of one of the two, none if there is nothing in it."""
        block = Block(self.document, t.cast(Node, item.node))
        only_here = {"precondition"} if account or self.wishes.shared is not None else set()
        if not account:
            only_here |= {"replace_triggered_by", "postcondition"}
        body = _Body()
        ignored = False
        for part in items_of(block):
            kept: t.Iterable[str] = ()
            if part.name == "ignore_changes":
                ignored = True
                kept = self._ignored(part, account)
            elif part.name in only_here or (account and not part.name):
                kept = (*part.above, *part.lines)
            elif part.name in _BOTH_LIFECYCLES:
                kept = (*part.above, *part.lines) if account or self.wishes.shared is not None else self._bare_inner(part)
            body.add(kept, part.gap)
        inner = self.indent + "  "
        if account and self.wishes.keep_name and not ignored:
            body.add([inner + "ignore_changes = [name]"], False)
        return [self.indent + "lifecycle {", *body.lines, self.indent + "}"] if body.lines else []

    def _bare_inner(self, part: Item) -> list[str]:
        indent = part.lines[0][: len(part.lines[0]) - len(part.lines[0].lstrip())]
        return (indent + self.document.text(t.cast(Node, part.node))).replace("\r\n", "\n").split("\n")

    def _ignored(self, part: Item, account: bool) -> list[str]:
        """Return ``ignore_changes`` with the attributes that this resource has."""
        expression = t.cast(Node, part.node).children[-1]
        known = _ACCOUNT if account else _TOKEN
        names = ignored_names(self.document, expression)
        kept = [name for name in names if name in known]
        if "name" not in kept and account and self.wishes.keep_name and names != ["all"]:
            kept.append("name")
        # what is said of it is said once: in the account's block, if that has the list
        alone = account or not [name for name in names if name in (*_ACCOUNT, "all")]
        above = part.above if alone else ()
        if names == ["all"] or kept == names:
            return [*above, *(part.lines if alone else self._bare_inner(part))]
        indent = part.lines[0][: len(part.lines[0]) - len(part.lines[0].lstrip())]
        beside = self._beside(part) if alone else ""
        return [*above, "%signore_changes = [%s]%s" % (indent, ", ".join(kept), beside)] if kept else []


def ignored_names(document: Document, expression: Node) -> list[str]:
    """Return what ``ignore_changes`` names; ``["all"]`` for everything."""
    values = only(expression, "collection_value", "tuple")
    elements = [expression] if values is None else [child for child in values.children if child.type == "expression"]
    return [document.text(element).strip('"') for element in elements]


def suffixed(document: Document, expression: Node, suffix: str) -> str:
    """Return the expression of a name with *suffix* at its end."""
    text = document.text(expression)
    if not suffix:
        return text
    quoted = only(expression, "literal_value", "string_lit") or only(expression, "template_expr", "quoted_template")
    if quoted is not None:
        return '%s%s"' % (text[:-1], suffix)
    if "\n" in text:
        return 'format("%%s%s", %s)' % (suffix, text)
    return '"${%s}%s"' % (text, suffix)
