# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Split the block of an API key into a block for the account and a block for the token.

Each argument goes to the resource that has it, with the comments above it and at the end of its line. An argument that both
resources need (``for_each``, ``provider``, …) is repeated in the token without its comments. Blank lines between groups stay.
"""

from __future__ import annotations

import typing as t

from .hcl import Block, Document, Node, only
from .keys import META_ARGUMENTS, STACK, Key
from .layout import aligned

_ACCOUNT = frozenset(["name", "role", "org_id", STACK])
_TOKEN = frozenset(["name", "seconds_to_live", STACK])
#: The arguments of ``lifecycle`` that both resources get.
_BOTH_LIFECYCLES = frozenset(["create_before_destroy", "prevent_destroy", "ignore_changes"])


class Item(t.NamedTuple):
    """A part of a block's body: an argument, a block, or comments that belong to neither (*name* is empty)."""

    name: str
    node: Node | None
    #: Whole lines without line breaks: the comments above the item, and the item with the comment at its end.
    above: tuple[str, ...]
    lines: tuple[str, ...]
    #: Whether a blank line is before it.
    gap: bool


class Shared(t.NamedTuple):
    """An account for several keys: the *label* of its resource, its *name*, and whether this key's block declares it."""

    label: str
    name: str
    declared: bool


class KeyOptions(t.NamedTuple):
    """The options that apply to one key."""

    token_suffix: str = "-token"
    shared: Shared | None = None
    #: Whether the account must keep the name that it has on the server.
    keep_name: bool = False


def items_of(block: Block) -> list[Item]:
    """Split the body of *block* into items; together they have all of its lines that are not blank."""
    document = block.document
    rows = document.rows
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
    """The lines of a new block. A blank line before an item that the block does not get moves to the next item that it gets."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._gap = False

    def add(self, lines: t.Iterable[str], gap: bool) -> None:
        """Add the lines of an item, which may be none; *gap* is whether a blank line is before the item."""
        lines = list(lines)
        if (gap or self._gap) and self.lines and lines:
            self.lines.append("")
        self._gap = (gap or self._gap) and not lines
        self.lines += lines


class SplitBlock:
    """The blocks for account and token that replace the block of a key."""

    def __init__(self, key: Key, options: KeyOptions) -> None:
        self.key, self.options = key, options
        self.document = key.document
        self.items = [self._with_new_name(item) for item in items_of(key.block)]
        node = key.block.node
        start = self.document.source.rfind(b"\n", 0, node.start_byte) + 1
        # A comment or a byte order mark before the block stays there; only the indentation is repeated.
        before = self.document.source[start : node.start_byte].decode().lstrip("\ufeff")
        self.margin = before[: len(before) - len(before.lstrip())]
        inner = next((item.lines[0] for item in self.items if item.lines), "  ")
        self.indent = inner[: len(inner) - len(inner.lstrip())]

    def _with_new_name(self, item: Item) -> Item:
        """Return an argument with the name that it has in account and token."""
        new = self.key.kind.new_names.get(item.name)
        if new is None:
            return item
        return item._replace(name=new, lines=(item.lines[0].replace(item.name, new, 1), *item.lines[1:]))

    def text(self) -> bytes:
        """Return the text that replaces the key's block, without a line break at its end."""
        blocks = [self._block(self.key.kind.token, self.key.name, self._token())]
        if self.options.shared is None:
            blocks.insert(0, self._block(self.key.kind.account, self.key.name, self._account(), self._comment_after_brace()))
        elif self.options.shared.declared:
            blocks.insert(0, self._block(self.key.kind.account, self.options.shared.label, self._shared_account()))
        text = "\n\n".join(aligned(self.document.path, block.encode("utf-8")).decode("utf-8") for block in blocks)
        return text[len(self.margin) :].replace("\n", self.document.newline.decode()).encode("utf-8")

    def _block(self, type_: str, name: str, body: list[str], comment: str = "") -> str:
        head = '%sresource "%s" "%s" {%s' % (self.margin, type_, name, comment)
        return "\n".join([head, *body, self.margin + "}"])

    def _comment_after_brace(self) -> str:
        """Return the comment after the opening brace."""
        brace = next(child for child in self.key.block.node.children if child.type == "block_start")
        end = self.document.source.find(b"\n", brace.end_byte)
        return self.document.source[brace.end_byte : end].decode("utf-8").rstrip()

    def _account(self) -> list[str]:
        """Return the body of the account of this key alone."""
        body = _Body()
        lifecycle = False
        for item in self.items:
            if not item.name or item.name in META_ARGUMENTS or item.name in _ACCOUNT:
                body.add((*item.above, *item.lines), item.gap)
            elif item.name == "lifecycle":
                lifecycle = True
                lines = self._lifecycle(item, account=True)
                body.add((*item.above, *lines) if lines else (), item.gap)
            else:
                body.add((), item.gap)
        if self.options.keep_name and not lifecycle:
            inner = self.indent + "  "
            body.add([self.indent + "lifecycle {", inner + "ignore_changes = [name]", self.indent + "}"], True)
        return body.lines

    def _shared_account(self) -> list[str]:
        """Return the body of the account that several keys share."""
        shared = t.cast(Shared, self.options.shared)
        lines = []
        for name in ("provider", STACK, "name", "role", "org_id", "depends_on"):
            if name == "name":
                lines.append('%sname = "%s"' % (self.indent, shared.name))
            elif self.key.argument(name) is not None:
                lines.append("%s%s = %s" % (self.indent, name, self.key.expression(name)))
        return lines

    def _token(self) -> list[str]:
        """Return the body of the token."""
        shared = self.options.shared is not None
        body = _Body()
        for item in self.items:
            body.add(self._token_lines(item, shared), item.gap)
        return body.lines

    def _token_lines(self, item: Item, shared: bool) -> t.Iterator[str]:
        """Yield the lines of *item* for the token. If the account is *shared*, the token gets all comments of the key."""
        if not item.name:
            yield from item.above if shared else ()
        elif item.name == "lifecycle":
            lines = self._lifecycle(item, account=False)
            if lines and (shared or not self._lifecycle(item, account=True)):
                yield from item.above
            yield from lines
        elif item.name == "name":
            yield from item.above if shared else ()
            yield "%sname = %s%s" % (self.indent, self._token_name(), self._trailing_comment(item) if shared else "")
            yield "%sservice_account_id = %s.id" % (self.indent, self._account_address())
        elif item.name in META_ARGUMENTS or item.name == STACK:
            if shared:
                yield from (*item.above, *item.lines)
            else:
                yield from self._without_comment(item)
        elif item.name in ("role", "org_id"):
            if shared:
                yield from item.above
                if self._trailing_comment(item):
                    yield self.indent + self._trailing_comment(item).strip()
        else:
            yield from (*item.above, *item.lines)

    def _without_comment(self, item: Item) -> list[str]:
        """Return the lines of an argument without the comment at its end."""
        node = t.cast(Node, item.node)
        code = item.name + self.document.text(node)[len(_name(self.document, node)) :]
        return (self.indent + code).replace("\r\n", "\n").split("\n")

    def _trailing_comment(self, item: Item) -> str:
        """Return the comment at the end of an item's last line, with a space before it; empty without a comment."""
        start = t.cast(Node, item.node).end_byte
        end = self.document.source.find(b"\n", start)
        rest = self.document.source[start:end].decode("utf-8").strip()
        return " " + rest if rest else ""

    def _account_address(self) -> str:
        if self.options.shared is not None:
            return "%s.%s" % (self.key.kind.account, self.options.shared.label)
        index = {"for_each": "[each.key]", "count": "[count.index]", "one": ""}[self.key.shape]
        return "%s.%s%s" % (self.key.kind.account, self.key.name, index)

    def _token_name(self) -> str:
        return suffixed(self.document, self.key.attributes["name"], self.options.token_suffix)

    def _lifecycle(self, item: Item, account: bool) -> list[str]:
        """Return the lines of the ``lifecycle`` block of the account or the token; no lines if it would be empty."""
        block = Block(self.document, t.cast(Node, item.node))
        # The comments go to the account, or to the token if it is the only resource of this key.
        with_comments = account or self.options.shared is not None
        only_here = {"precondition"} if with_comments else set()
        if not account:
            only_here |= {"replace_triggered_by", "postcondition"}
        body = _Body()
        ignored = False
        for part in items_of(block):
            lines: t.Iterable[str] = ()
            if part.name == "ignore_changes":
                ignored = True
                lines = self._ignore_changes(part, account)
            elif part.name in only_here or (account and not part.name):
                lines = (*part.above, *part.lines)
            elif part.name in _BOTH_LIFECYCLES:
                lines = (*part.above, *part.lines) if with_comments else self._without_comment_inner(part)
            body.add(lines, part.gap)
        inner = self.indent + "  "
        if account and self.options.keep_name and not ignored:
            body.add([inner + "ignore_changes = [name]"], False)
        return [self.indent + "lifecycle {", *body.lines, self.indent + "}"] if body.lines else []

    def _without_comment_inner(self, part: Item) -> list[str]:
        """Return the lines of an argument of ``lifecycle`` without the comment at its end."""
        indent = part.lines[0][: len(part.lines[0]) - len(part.lines[0].lstrip())]
        return (indent + self.document.text(t.cast(Node, part.node))).replace("\r\n", "\n").split("\n")

    def _ignore_changes(self, part: Item, account: bool) -> list[str]:
        """Return ``ignore_changes`` with those attributes that the account or the token has; no lines if it has none."""
        expression = t.cast(Node, part.node).children[-1]
        stack = self.key.kind.stack
        accounts = _ACCOUNT - {"org_id" if stack else STACK}
        known = accounts if account else _TOKEN if stack else _TOKEN - {STACK}
        names = ignored_names(self.document, expression)
        new_names = [self.key.kind.new_names.get(name, name) for name in names]
        ignored = [name for name in new_names if name in known]
        if "name" not in ignored and account and self.options.keep_name and names != ["all"]:
            ignored.append("name")
        # Comments are written once: in the account's block if that has the list.
        with_comments = account or not [name for name in new_names if name in (*accounts, "all")]
        above = part.above if with_comments else ()
        if names == ["all"] or ignored == names:
            return [*above, *(part.lines if with_comments else self._without_comment_inner(part))]
        indent = part.lines[0][: len(part.lines[0]) - len(part.lines[0].lstrip())]
        comment = self._trailing_comment(part) if with_comments else ""
        return [*above, "%signore_changes = [%s]%s" % (indent, ", ".join(ignored), comment)] if ignored else []


def ignored_names(document: Document, expression: Node) -> list[str]:
    """Return the attributes that ``ignore_changes`` names; ``["all"]`` if it ignores all."""
    values = only(expression, "collection_value", "tuple")
    elements = [expression] if values is None else [child for child in values.children if child.type == "expression"]
    return [document.text(element).strip('"') for element in elements]


def suffixed(document: Document, expression: Node, suffix: str) -> str:
    """Return the expression of a name, as code, with *suffix* appended to its value."""
    text = document.text(expression)
    if not suffix:
        return text
    quoted = only(expression, "literal_value", "string_lit") or only(expression, "template_expr", "quoted_template")
    if quoted is not None:
        return '%s%s"' % (text[:-1], suffix)
    if "\n" in text:
        return 'format("%%s%s", %s)' % (suffix, text)
    return '"${%s}%s"' % (text, suffix)
