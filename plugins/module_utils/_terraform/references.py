# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Terraform code speaks of an API key, and what it has to say instead.

``grafana_api_key.x["a"].key`` is a traversal: the resource, its instance, an attribute. Most of the time it is enough to put
another type in the place of the first word. Where code takes a resource as a whole, it gets an object of the old shape.
"""

from __future__ import annotations

import typing as t

from .hcl import Block, Document, Edit, Node, ancestors, descendants, line_of, only
from .keys import KINDS, Key, top_block

_STEPS = frozenset(["get_attr", "index", "splat"])
#: ``for k, v in …`` of an expression, and of a template.
_INTROS = ("for_intro", "template_for_start")


class Impossible(Exception):
    """This reference cannot be said in terms of account and token."""


class Target(t.NamedTuple):
    """What a key becomes: the names of its two resources, and whether the account is shared with other keys."""

    account: str
    token: str
    shared: bool

    def of(self, attribute: str, owner: str) -> str:
        """Return the resource that has *attribute*; a shared account is called otherwise than the key was."""
        return self.account if owner == "account" and not (self.shared and attribute == "name") else self.token


class Reference(t.NamedTuple):
    """One place that speaks of a key: the word *root* (its type) and the *steps* that follow it."""

    document: Document
    type: str
    name: str
    root: Node
    steps: tuple[Node, ...]

    @property
    def line(self) -> int:
        return line_of(self.root)

    def text(self) -> str:
        end = self.steps[-1].end_byte if self.steps else self.root.end_byte
        return " ".join(self.document.source[self.root.start_byte : end].decode("utf-8").split())


def references(document: Document) -> t.Iterator[Reference]:
    """Yield every place that speaks of a key, whether that is declared or not."""
    for node in descendants(document.root):
        if node.type != "variable_expr":
            continue
        name = document.text(node)
        if name not in KINDS or _is_loop_variable(document, node, name):
            continue
        steps = []
        following = node.next_sibling
        while following is not None and following.type in _STEPS:
            steps.append(following)
            following = following.next_sibling
        if not steps:
            if not _is_object_key(node):
                yield Reference(document, name, "", node, ())
        elif steps[0].type == "get_attr":
            yield Reference(document, name, document.text(steps[0].children[-1]), node, tuple(steps))
        else:
            yield Reference(document, name, "", node, tuple(steps))


def _is_loop_variable(document: Document, node: Node, name: str) -> bool:
    return any(name in _variables(document, above) for above in ancestors(node))


def _is_object_key(node: Node) -> bool:
    """``{ grafana_api_key = … }`` is a word, no reference."""
    above = [above.type for above in ancestors(node)][:2]
    return above == ["expression", "object_elem"]


def _variables(document: Document, loop: Node) -> list[str]:
    """Return the variables of a loop, none of any other node."""
    intros = [child for child in loop.children if child.type in _INTROS]
    return [document.text(child) for intro in intros for child in intro.children if child.type == "identifier"]


def quoted_dependencies(document: Document) -> t.Iterator[tuple[str, str, Node]]:
    """Yield the addresses in ``depends_on = ["grafana_api_key.x"]``, as old code has it: type, name and the words."""
    for node in descendants(document.root):
        if node.type == "template_literal":
            kind, _dot, name = document.text(node).partition(".")
            names = [above.children[0] for above in ancestors(node) if above.type == "attribute"] if kind in KINDS else []
            if any(document.text(name_) == "depends_on" for name_ in names):
                yield kind, name, node


def edits_of(reference: Reference, key: Key, target: Target) -> list[Edit]:
    """Return what to write instead of *reference*. Raises :class:`Impossible`."""
    return _Rewriting(reference, key, target).edits()


class _Rewriting:
    def __init__(self, reference: Reference, key: Key, target: Target) -> None:
        self.reference, self.key, self.target = reference, key, target
        self.document = reference.document
        steps = list(reference.steps[1:])
        self.splat = bool(steps) and steps[0].type == "splat"
        self.index: Node | None = None
        if key.shape != "one" and steps and not self.splat:
            self.index = steps.pop(0)
        self.rest = list(steps[0].children[0].children[1:]) if self.splat else steps

    def edits(self) -> list[Edit]:
        place = self._place()
        if place == "nothing":
            return []
        if place == "token":
            return [self._root(self.target.token)]
        attribute = self._attribute(self.rest)
        if self.splat and self.key.shape == "for_each":
            raise Impossible("a splat on a resource with for_each")
        if attribute is not None:
            return self._by_attribute(attribute)
        if self.splat:
            return [self._whole()]
        if self.index is None:
            return self._collection() or [self._whole()]
        return [self._whole()]

    def _place(self) -> str:
        """Return ``token`` where a resource is named and no value is read, ``nothing`` where all stays, else ``value``."""
        block = top_block(self.reference.root)
        kind = "" if block is None else self.document.text(block.children[0])
        above = [node for node in ancestors(self.reference.root) if node.type == "attribute"]
        names = [self.document.text(node.children[0]) for node in above]
        if kind in ("moved", "removed"):
            return "nothing"
        if kind == "import" and names[-1:] == ["to"]:
            raise Impossible("an import block for a resource that provider 2 cannot import")
        if "depends_on" in names:
            return "token"
        if "replace_triggered_by" in names and self._attribute(self.rest) is None:
            return "token"
        return "value"

    def _root(self, resource: str) -> Edit:
        """Put another resource in the place of type and name; the name is usually the same, so only the type moves."""
        root, name = self.reference.root, self.reference.steps[0]
        kind, _dot, called = resource.partition(".")
        if called == self.reference.name:
            return Edit(root.start_byte, root.end_byte, kind.encode())
        return Edit(root.start_byte, name.end_byte, resource.encode())

    def _attribute(self, rest: t.Sequence[Node]) -> str | None:
        """Return the attribute that is read: ``.key``, or ``["key"]``."""
        if not rest:
            return None
        if rest[0].type == "get_attr":
            return self.document.text(rest[0].children[-1])
        index = only(rest[0], "new_index") if rest[0].type == "index" else None
        inner = index.children[1] if index is not None else None
        string = only(inner, "literal_value", "string_lit") if inner is not None else None
        return None if string is None else self.document.text(string).strip('"')

    def _owner(self, attribute: str) -> str:
        owner = self.key.kind.attributes.get(attribute)
        if owner is None:
            raise Impossible("%s has no attribute %s" % (self.key.kind.key, attribute))
        return owner

    def _by_attribute(self, attribute: str) -> list[Edit]:
        resource = self.target.of(attribute, self._owner(attribute))
        if resource == self.target.account and self.target.shared:
            if self.splat:
                raise Impossible("a splat that reads %s, which one account has for all" % attribute)
            last = self.index if self.index is not None else self.reference.steps[0]
            return [Edit(self.reference.root.start_byte, last.end_byte, resource.encode())]
        return [self._root(resource)]

    # A resource as a whole.

    def _whole(self) -> Edit:
        """Return an object with the attributes that the key had, or a collection of such."""
        steps = self.reference.steps
        last = steps[1] if self.splat or self.index is not None else steps[0]
        end = last.end_byte
        if self.splat:
            end = last.children[0].children[0].end_byte
        index = "" if self.index is None else self.document.text(self.index)
        if self.index is not None or self.key.shape == "one":
            text = self._object("%s%s" % (self.target.token, index), index)
            if self.splat:
                text = "[%s]" % text
        elif self.key.shape == "count":
            text = "[for index, token in %s : %s]" % (self.target.token, self._object("token", "[index]"))
        else:
            text = "{ for name, token in %s : name => %s }" % (self.target.token, self._object("token", "[name]"))
        return Edit(self.reference.root.start_byte, end, text.encode())

    def _object(self, token: str, index: str) -> str:
        account = self.target.account + ("" if self.target.shared else index)
        names = [name for name, owner in self.key.kind.attributes.items() if self.target.of(name, owner) == self.target.account]
        return "merge(%s, { %s })" % (token, ", ".join("%s = %s.%s" % (name, account, name) for name in names))

    def _collection(self) -> list[Edit]:
        """Return the edits where all instances are taken together and each is looked into; nothing where that is not seen."""
        if self.key.shape == "one" or self.rest:
            return []
        expression = self.reference.root.parent
        if len(expression.children) != 1 + len(self.reference.steps):
            return []
        above = expression.parent
        if above.type == "function_arguments":
            return self._argument(above)
        if above.type in _INTROS:
            return self._loop(above)
        if above.type == "attribute" and self.document.text(above.children[0]) == "for_each":
            return self._for_each(above)
        return []

    def _argument(self, arguments: Node) -> list[Edit]:
        call = arguments.parent
        function = self.document.text(call.children[0])
        if len([child for child in arguments.children if child.type == "expression"]) != 1:
            return []
        if function in ("keys", "length"):
            return [self._root(self.target.token)]
        following = call.next_sibling
        if function != "values" or following is None or following.type not in ("splat", "index"):
            return []
        inner = following.children[0].children[1:] if following.type == "splat" else [following.next_sibling]
        attribute = self._attribute([node for node in inner if node is not None])
        if attribute is None:
            return []
        resource = self.target.of(attribute, self._owner(attribute))
        return [] if self.target.shared and resource == self.target.account else [self._root(resource)]

    def _loop(self, intro: Node) -> list[Edit]:
        """``for k, v in grafana_api_key.x``: what is read of ``v`` decides."""
        variables = [child for child in intro.children if child.type == "identifier"]
        value = self.document.text(variables[-1])
        uses = self._uses(intro.parent, value, (), intro)
        if uses is None:
            return []
        edits = [self._root(self.target.token)]
        if not any(self._is_account(attribute) for attribute, _node, _end in uses):
            return edits
        if len(variables) == 2:
            name = self.document.text(variables[0])
        else:
            name = self._free_name(intro.parent)
            edits.append(Edit(variables[0].start_byte, variables[0].start_byte, ("%s, " % name).encode()))
        return edits + self._from_account(uses, "[%s]" % name)

    def _for_each(self, attribute: Node) -> list[Edit]:
        """``for_each = grafana_api_key.x``: what is read of ``each.value`` decides."""
        block = Block(self.document, next(above for above in ancestors(attribute) if above.type == "block"))
        if block.type not in ("resource", "data", "module"):
            return []
        uses = self._uses(block.node, "each", ("value",), None)
        if uses is None:
            return []
        return [self._root(self.target.token), *self._from_account(uses, "[each.key]")]

    def _is_account(self, attribute: str) -> bool:
        return self.target.of(attribute, self._owner(attribute)) == self.target.account

    def _from_account(self, uses: list[tuple[str, Node, int]], index: str) -> list[Edit]:
        account = self.target.account + ("" if self.target.shared else index)
        return [Edit(node.start_byte, end, account.encode()) for attribute, node, end in uses if self._is_account(attribute)]

    def _uses(self, scope: Node, variable: str, path: tuple[str, ...], intro: Node | None) -> list[tuple[str, Node, int]] | None:
        """Return the attributes that are read of a loop's value: attribute, where the value starts, and where it ends.

        ``None`` where the value is used as a whole, or where an inner loop has a variable of the same name.
        """
        found = []
        for node in descendants(scope):
            if node.type in _INTROS and node != intro and variable in _variables(self.document, node.parent):
                return None
            if node.type != "variable_expr" or self.document.text(node) != variable:
                continue
            names: list[str] = []
            last, following = node, node.next_sibling
            while following is not None and following.type == "get_attr" and len(names) <= len(path):
                names.append(self.document.text(following.children[-1]))
                if len(names) <= len(path):
                    last = following
                following = following.next_sibling
            if tuple(names[: len(path)]) != path:
                continue
            if len(names) == len(path):
                return None
            found.append((names[len(path)], node, last.end_byte))
        return found

    def _free_name(self, scope: Node) -> str:
        words = ("variable_expr", *_INTROS)
        used = {self.document.text(node) for node in descendants(scope) if node.parent.type in words}
        wanted = "index" if self.key.shape == "count" else "name"
        while wanted in used:
            wanted += "_"
        return wanted
