# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the references to API keys in Terraform code, and the edits that replace them.

``grafana_api_key.x["a"].key`` is a traversal: the resource, its instance, an attribute. For most references it is enough to
replace the resource type. Code that uses a resource as a whole gets an object with the attributes of the key.
"""

from __future__ import annotations

import typing as t

from .hcl import Block, Document, Edit, Node, ancestors, descendants, line_of, only
from .keys import KINDS, Key, top_block

_STEPS = frozenset(["get_attr", "index", "splat"])
#: ``for k, v in …`` in an expression, and in a template.
_INTROS = ("for_intro", "template_for_start")


class CannotRewrite(Exception):
    """The reference cannot be replaced by references to account and token; the message says why."""


class Target(t.NamedTuple):
    """The addresses of the two resources that replace a key, and whether other keys share the account."""

    account: str
    token: str
    shared: bool

    def resource_of(self, attribute: str, owner: str) -> str:
        """Return the resource that has *attribute*: a shared account does not have the name of the key, so the token does."""
        return self.account if owner == "account" and not (self.shared and attribute == "name") else self.token


class Reference(t.NamedTuple):
    """A reference to a key: the node *root* (the resource type) and the *steps* after it; *name* is empty if it is computed."""

    document: Document
    type: str
    name: str
    root: Node
    steps: tuple[Node, ...]

    @property
    def line(self) -> int:
        return line_of(self.root)

    def text(self) -> str:
        """Return the code of the reference in one line."""
        end = self.steps[-1].end_byte if self.steps else self.root.end_byte
        return " ".join(self.document.source[self.root.start_byte : end].decode("utf-8").split())


def references(document: Document) -> t.Iterator[Reference]:
    """Yield all references to keys, including keys that no block declares."""
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
    """Return whether the node is the key of an object, as in ``{ grafana_api_key = … }``, which is not a reference."""
    above = [above.type for above in ancestors(node)][:2]
    return above == ["expression", "object_elem"]


def _variables(document: Document, loop: Node) -> list[str]:
    """Return the variables of a loop; an empty list for any other node."""
    intros = [child for child in loop.children if child.type in _INTROS]
    return [document.text(child) for intro in intros for child in intro.children if child.type == "identifier"]


def quoted_dependencies(document: Document) -> t.Iterator[tuple[str, str, Node]]:
    """Yield the keys in ``depends_on = ["grafana_api_key.x"]``, the quoted form of old code: type, name and node."""
    for node in descendants(document.root):
        if node.type == "template_literal":
            kind, _dot, name = document.text(node).partition(".")
            names = [above.children[0] for above in ancestors(node) if above.type == "attribute"] if kind in KINDS else []
            if any(document.text(name_) == "depends_on" for name_ in names):
                yield kind, name, node


def edits_of(reference: Reference, key: Key, target: Target) -> list[Edit]:
    """Return the edits that replace *reference*. Raises :class:`CannotRewrite`."""
    return _Rewriter(reference, key, target).edits()


class _Use(t.NamedTuple):
    """Code that reads an *attribute* of a loop's value: the *node* and the *end* of the value, and the node of ``.attribute``."""

    attribute: str
    node: Node
    end: int
    step: Node


class _Rewriter:
    """Rewrites one reference: *index* is the step that selects an instance, *rest* are the steps after it."""

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
        """Return the edits. Raises :class:`CannotRewrite`."""
        usage = self._usage()
        if usage == "nothing":
            return []
        if usage == "token":
            return [self._replace_resource(self.target.token)]
        attribute = self._attribute(self.rest)
        if self.splat and self.key.shape == "for_each":
            raise CannotRewrite("a splat on a resource with for_each")
        if attribute is not None:
            return self._by_attribute(attribute)
        if self.splat:
            return [self._as_object()]
        if self.index is None:
            return self._collection() or [self._as_object()]
        return [self._as_object()]

    def _usage(self) -> str:
        """Return how the code uses the reference.

        ``value``: it reads a value. ``token``: it names the resource without reading a value. ``nothing``: it must stay.
        """
        block = top_block(self.reference.root)
        kind = "" if block is None else self.document.text(block.children[0])
        above = [node for node in ancestors(self.reference.root) if node.type == "attribute"]
        names = [self.document.text(node.children[0]) for node in above]
        if kind in ("moved", "removed"):
            return "nothing"
        if kind == "import" and names[-1:] == ["to"]:
            raise CannotRewrite("an import block for a resource that provider 2 cannot import")
        if "depends_on" in names:
            return "token"
        if "replace_triggered_by" in names and self._attribute(self.rest) is None:
            return "token"
        return "value"

    def _replace_resource(self, resource: str) -> Edit:
        """Return the edit that replaces type and name by *resource*, or the type alone if the name is the same."""
        root, name = self.reference.root, self.reference.steps[0]
        kind, _dot, new_name = resource.partition(".")
        if new_name == self.reference.name:
            return Edit(root.start_byte, root.end_byte, kind.encode())
        return Edit(root.start_byte, name.end_byte, resource.encode())

    def _attribute(self, rest: t.Sequence[Node]) -> str | None:
        """Return the attribute that *rest* reads, by ``.key`` or ``["key"]``; ``None`` if it reads none, or a computed one."""
        if not rest:
            return None
        if rest[0].type == "get_attr":
            return self.document.text(rest[0].children[-1])
        index = only(rest[0], "new_index") if rest[0].type == "index" else None
        inner = index.children[1] if index is not None else None
        string = only(inner, "literal_value", "string_lit") if inner is not None else None
        return None if string is None else self.document.text(string).strip('"')

    def _owner(self, attribute: str) -> str:
        """Return ``account``, ``token`` or ``both``. Raises :class:`CannotRewrite` for an unknown attribute."""
        owner = self.key.kind.attributes.get(attribute)
        if owner is None:
            raise CannotRewrite("%s has no attribute %s" % (self.key.kind.key, attribute))
        return owner

    def _by_attribute(self, attribute: str) -> list[Edit]:
        resource = self.target.resource_of(attribute, self._owner(attribute))
        if resource == self.target.account and self.target.shared:
            if self.splat:
                raise CannotRewrite("a splat that reads %s, but all instances share one account" % attribute)
            last = self.index if self.index is not None else self.reference.steps[0]
            return [Edit(self.reference.root.start_byte, last.end_byte, resource.encode())]
        return [self._replace_resource(resource), *self._new_name(attribute, self.rest[0])]

    def _new_name(self, attribute: str, node: Node) -> list[Edit]:
        """Return the edit for an attribute that has another name in the token; *node* is ``.NAME`` or ``["NAME"]``."""
        new = self.key.kind.new_names.get(attribute)
        if new is None:
            return []
        name = next(one for one in descendants(node) if one.type in ("identifier", "template_literal"))
        return [Edit(name.start_byte, name.end_byte, new.encode())]

    # A resource as a whole.

    def _as_object(self) -> Edit:
        """Return the edit that replaces the reference by an object with the key's attributes, or a collection of these."""
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
        """Return the code of an object with the attributes of *token*, and those of its account."""
        account = self.target.account + ("" if self.target.shared else index)
        parts = ["%s = %s.%s" % (name, account, name) for name in self.key.kind.attributes if self._is_account(name)]
        parts += ["%s = %s.%s" % (name, token, new) for name, new in self.key.kind.new_names.items()]
        return "merge(%s, { %s })" % (token, ", ".join(parts))

    def _collection(self) -> list[Edit]:
        """Return the edits for a reference to a resource with count or for_each as a whole.

        That is one in ``keys()``, ``length()``, ``values()``, a for expression or for_each. For any other use the list is empty,
        and the caller writes an object.
        """
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
        """Return the edits for the only argument of ``keys``, ``length`` or ``values``."""
        call = arguments.parent
        function = self.document.text(call.children[0])
        if len([child for child in arguments.children if child.type == "expression"]) != 1:
            return []
        if function in ("keys", "length"):
            return [self._replace_resource(self.target.token)]
        following = call.next_sibling
        if function != "values" or following is None or following.type not in ("splat", "index"):
            return []
        inner = following.children[0].children[1:] if following.type == "splat" else [following.next_sibling]
        attribute = self._attribute([node for node in inner if node is not None])
        if attribute is None:
            return []
        resource = self.target.resource_of(attribute, self._owner(attribute))
        if self.target.shared and resource == self.target.account:
            return []
        return [self._replace_resource(resource), *self._new_name(attribute, inner[0])]

    def _loop(self, intro: Node) -> list[Edit]:
        """Return the edits for ``for k, v in grafana_api_key.x``, by the attributes of ``v`` that the loop reads."""
        variables = [child for child in intro.children if child.type == "identifier"]
        value = self.document.text(variables[-1])
        uses = self._uses(intro.parent, value, (), intro)
        if uses is None:
            return []
        edits = [self._replace_resource(self.target.token)]
        if not any(self._is_account(use.attribute) for use in uses):
            return edits + self._from_account(uses, "")
        if len(variables) == 2:
            name = self.document.text(variables[0])
        else:
            name = self._free_name(intro.parent)
            edits.append(Edit(variables[0].start_byte, variables[0].start_byte, ("%s, " % name).encode()))
        return edits + self._from_account(uses, "[%s]" % name)

    def _for_each(self, attribute: Node) -> list[Edit]:
        """Return the edits for ``for_each = grafana_api_key.x``, by the attributes of ``each.value`` that the block reads."""
        block = Block(self.document, next(above for above in ancestors(attribute) if above.type == "block"))
        if block.type not in ("resource", "data", "module"):
            return []
        uses = self._uses(block.node, "each", ("value",), None)
        if uses is None:
            return []
        return [self._replace_resource(self.target.token), *self._from_account(uses, "[each.key]")]

    def _is_account(self, attribute: str) -> bool:
        """Return whether the account has an attribute."""
        return self.target.resource_of(attribute, self._owner(attribute)) == self.target.account

    def _from_account(self, uses: list[_Use], index: str) -> list[Edit]:
        """Return the edits of the code that reads the account, or an attribute with a new name, by the value of a loop."""
        account = self.target.account + ("" if self.target.shared else index)
        edits = [Edit(use.node.start_byte, use.end, account.encode()) for use in uses if self._is_account(use.attribute)]
        return edits + [edit for use in uses for edit in self._new_name(use.attribute, use.step)]

    def _uses(self, scope: Node, variable: str, path: tuple[str, ...], intro: Node | None) -> list[_Use] | None:
        """Return the attributes of a loop's value that *scope* reads.

        Returns ``None`` if the code uses the value as a whole, or if an inner loop has a variable of the same name.
        """
        found = []
        for node in descendants(scope):
            if node.type in _INTROS and node != intro and variable in _variables(self.document, node.parent):
                return None
            if node.type != "variable_expr" or self.document.text(node) != variable:
                continue
            steps: list[Node] = []
            following = node.next_sibling
            while following is not None and following.type == "get_attr" and len(steps) <= len(path):
                steps.append(following)
                following = following.next_sibling
            names = tuple(self.document.text(step.children[-1]) for step in steps)
            if names[: len(path)] != path:
                continue
            if len(names) == len(path):
                return None
            value = [node, *steps][len(path)]
            found.append(_Use(names[len(path)], node, value.end_byte, steps[len(path)]))
        return found

    def _free_name(self, scope: Node) -> str:
        """Return a name for a variable that *scope* does not use."""
        kinds = ("variable_expr", *_INTROS)
        used = {self.document.text(node) for node in descendants(scope) if node.parent.type in kinds}
        name = "index" if self.key.shape == "count" else "name"
        while name in used:
            name += "_"
        return name
