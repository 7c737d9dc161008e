# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys in Terraform code: the resource blocks of a tree, and whether a service account and a token can replace them."""

from __future__ import annotations

import dataclasses
import posixpath
import typing as t

from .hcl import Block, Document, Node, ancestors, descendants, line_of


class Kind(t.NamedTuple):
    """A kind of key in provider 1 or 2, and the two resource types that replace it in provider 3.

    *attributes* maps each attribute of the key to the resource that has it: ``account``, ``token`` or ``both``.
    *stack* is the argument that has the stack in Grafana Cloud; it is empty for a key of another Grafana.
    """

    key: str
    account: str
    token: str
    attributes: t.Mapping[str, str]
    required: tuple[str, ...]
    stack: str = ""

    @property
    def new_names(self) -> dict[str, str]:
        """The attributes that have another name in account and token, with that name."""
        return {self.stack: STACK} if self.stack not in ("", STACK) else {}


#: The argument of the accounts and tokens in Grafana Cloud that has the stack.
STACK = "stack_slug"


def _stack_key(type_: str, stack: str) -> Kind:
    """Return the kind of a key in Grafana Cloud."""
    attributes = {
        "name": "account",
        "role": "account",
        stack: "token",
        "seconds_to_live": "token",
        "id": "token",
        "key": "token",
        "expiration": "token",
    }
    types = ("grafana_cloud_stack_service_account", "grafana_cloud_stack_service_account_token")
    return Kind(type_, *types, attributes, ("name", "role", stack), stack)


#: The account gets the name of the key. The token cannot: the names of tokens and API keys are unique in an organization.
KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "grafana_api_key",
            "grafana_service_account",
            "grafana_service_account_token",
            {
                "name": "account",
                "role": "account",
                "org_id": "account",
                "seconds_to_live": "token",
                "id": "token",
                "key": "token",
                "expiration": "token",
            },
            ("name", "role"),
        ),
        _stack_key("grafana_cloud_stack_api_key", STACK),
    )
}
#: A key of provider 1 for a stack: it has the type of other keys, and this argument.
_OLD_STACK_KEY = _stack_key("grafana_api_key", "cloud_stack_slug")
READ_ONLY = frozenset(["id", "key", "expiration"])
META_ARGUMENTS = frozenset(["count", "for_each", "provider", "depends_on"])
META_BLOCKS = frozenset(["lifecycle", "provisioner", "connection"])
LIFECYCLE = frozenset(
    ["create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by", "precondition", "postcondition"]
)
#: Functions that return another value at each call, so that account and token would differ.
_IMPURE = frozenset(["bcrypt", "plantimestamp", "timestamp", "uuid"])


def kinds_of(type_: str) -> list[Kind]:
    """Return the kinds of keys that have this resource type: first the kind that only keys with a certain argument have."""
    return [kind for kind in (_OLD_STACK_KEY, *KINDS.values()) if kind.key == type_]


class Problem(t.NamedTuple):
    """Code that is not rewritten: its *file* and *line*, *what* it is, and *why* it is not rewritten."""

    file: str
    line: int
    what: str
    why: str


@dataclasses.dataclass(frozen=True, order=True)
class Address:
    """A resource in a module: its *folder* relative to the top of the tree, its type and its name."""

    folder: str
    type: str
    name: str

    def __str__(self) -> str:
        return "%s.%s" % (self.type, self.name)


class Key:
    """One ``resource`` block of a key. ``shape`` is ``one``, ``count`` or ``for_each``."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.document = block.document
        self.name = block.labels[1]
        self.attributes = block.attributes()
        self.kind = next(kind for kind in kinds_of(block.labels[0]) if kind.stack in ("", STACK, *self.attributes))
        self.address = Address(posixpath.dirname(block.document.path), self.kind.key, self.name)
        self.shape = next((name for name in ("for_each", "count") if name in self.attributes), "one")

    @property
    def file(self) -> str:
        return self.document.path

    @property
    def first_line(self) -> int:
        return self.block.line

    @property
    def last_line(self) -> int:
        return int(self.block.node.end_point[0]) + 1

    def argument(self, name: str) -> Node | None:
        """Return the expression of an argument by its name in account and token, ``None`` if the block does not have it."""
        return self.attributes.get(self.kind.stack if name == STACK and self.kind.stack else name)

    def expression(self, attribute: str) -> str | None:
        """Return the expression of an argument as code, ``None`` if the block does not have it. See :meth:`argument`."""
        node = self.argument(attribute)
        return None if node is None else self.document.text(node)


def keys_of(documents: t.Iterable[Document]) -> list[Key]:
    """Return the keys that the documents declare, in the order of files and lines."""
    return [
        Key(block)
        for document in documents
        for block in document.blocks()
        if block.type == "resource" and len(block.labels) == 2 and block.labels[0] in KINDS
    ]


def problems_of(key: Key, existing: t.Container[str]) -> list[Problem]:
    """Return why the block of a key cannot be rewritten. *existing* are the addresses of the resources in its module."""
    return sorted({Problem(key.file, line, str(key.address), why) for line, why in _reasons(key, existing)})


def _reasons(key: Key, existing: t.Container[str]) -> t.Iterator[tuple[int, str]]:
    line = key.block.line
    name = posixpath.basename(key.file)
    if name == "override.tf" or name.endswith("_override.tf"):
        yield line, "it is in an override file, which is merged into another block"
    if key.block.node.start_point[0] == key.block.node.end_point[0]:
        yield line, "the block is on one line: put each argument on a line of its own"
    for type_ in (key.kind.account, key.kind.token):
        if "%s.%s" % (type_, key.name) in existing:
            yield line, "%s.%s exists already" % (type_, key.name)
    for attribute in key.kind.required:
        if attribute not in key.attributes:
            yield line, "%s is missing" % attribute
    yield from _reasons_in_arguments(key)
    yield from _reasons_in_blocks(key)


def _reasons_in_arguments(key: Key) -> t.Iterator[tuple[int, str]]:
    for attribute, node in key.attributes.items():
        if attribute in META_ARGUMENTS:
            continue
        if attribute not in key.kind.attributes or attribute in READ_ONLY:
            yield line_of(node), _no_argument(key.kind, attribute)
        for inner in descendants(node):
            if inner.type == "function_call" and key.document.text(inner.children[0]) in _IMPURE:
                yield line_of(inner), "%s() returns different values for account and token" % key.document.text(inner.children[0])
        if attribute == "name" and any(inner.type == "heredoc_template" for inner in descendants(node)):
            yield line_of(node), "the name is a heredoc"


def _no_argument(kind: Kind, attribute: str) -> str:
    if attribute == "org_id" and kind.stack:
        return "a key with %s has no organization: remove org_id" % kind.stack
    return "%s has no argument %s in provider 2" % (kind.key, attribute)


def _reasons_in_blocks(key: Key) -> t.Iterator[tuple[int, str]]:
    for block in key.block.blocks():
        if block.type not in META_BLOCKS:
            yield block.line, "%s has no block %s" % (key.kind.key, block.type)
        elif block.type == "lifecycle":
            names = [*block.attributes(), *(inner.type for inner in block.blocks())]
            for name in sorted(set(names) - LIFECYCLE):
                yield block.line, "lifecycle has no %s" % name
            ignored = block.attributes().get("ignore_changes")
            if ignored is not None and any(inner.type == "comment" for inner in descendants(ignored)):
                yield line_of(ignored), "there are comments in the list ignore_changes, which would be split"
        for attribute, node in self_attributes(key, block.node):
            if attribute in key.kind.new_names:
                yield line_of(node), "self.%s is %s in the token: rewrite it by hand" % (attribute, STACK)
            elif key.kind.attributes.get(attribute) != "token":
                yield line_of(node), "self.%s is an attribute of the account, not of the token" % attribute


def self_attributes(key: Key, node: Node) -> t.Iterator[tuple[str, Node]]:
    """Yield attribute and node of each ``self.ATTRIBUTE`` below *node*; the attribute is ``*`` for ``self`` alone."""
    for inner in descendants(node):
        if inner.type == "variable_expr" and key.document.text(inner) == "self":
            following = inner.next_sibling
            if following is not None and following.type == "get_attr":
                yield key.document.text(following.children[-1]), inner
            else:
                yield "*", inner


def depends_on_instance(key: Key, attribute: str) -> bool:
    """Return whether an argument differs between the instances of one resource."""
    node = key.argument(attribute)
    if node is None:
        return False
    return any(inner.type == "variable_expr" and key.document.text(inner) in ("each", "count") for inner in descendants(node))


def top_block(node: Node) -> Node | None:
    """Return the outermost block around *node*, ``None`` if there is no block around it."""
    blocks = [above for above in ancestors(node) if above.type == "block"]
    return blocks[-1] if blocks else None
