# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan the new text of each file of a Terraform tree. Nothing here reads or writes files."""

from __future__ import annotations

import posixpath
import typing as t

from .._grafana.errors import BadInput
from . import leftovers, provider3, versions
from .blocks import KeyOptions, SplitBlock
from .hcl import Block, Document, Edit, apply, line_of
from .keys import Address, Key, Problem, keys_of, problems_of, top_block
from .layout import realigned, replaced
from .nulls import without_stack
from .options import Options
from .organizations import Moves
from .references import CannotRewrite, Reference, Target, edits_of, quoted_dependencies, references
from .tree import Tree

#: How many lines of code an error message quotes.
QUOTED = 10


class Rewritten(t.NamedTuple):
    """A rewritten key: its old address, *file* and *line*, and the addresses of its new *account* and *token*."""

    address: Address
    file: str
    line: int
    account: str
    token: str


class Plan(t.NamedTuple):
    """The changes to a tree: *files* has the new bytes of each file that changes, or ``None`` for a file to delete."""

    files: dict[str, bytes | None]
    resources: list[Rewritten]
    not_rewritten: list[Problem]
    notes: list[str]


def first_apply(sources: t.Mapping[str, bytes], options: Options) -> Plan:
    """Plan the first apply: replace the keys, remove the old ones from the state, and pin a provider that knows both.

    Raises :class:`BadInput` for options that do not fit the tree. The pinned provider is 2.19.
    """
    return _FirstApply(sources, options).plan()


def second_apply(sources: t.Mapping[str, bytes], options: Options) -> Plan:
    """Plan the second apply: pin provider 3 or later, and delete the blocks that only the first apply needs.

    Raises :class:`BadInput` if the code still has keys (code ``keys_left``), or anything else that provider 3 does not accept.
    """
    tree = Tree(sources)
    _refuse_keys(tree)
    moves = Moves(tree, sources)
    _refuse_gone(tree, moves.problems)
    pin = versions.second(options.provider_version)
    roots = [root for root in tree.roots() if any(leftovers.is_migrated(tree, folder) for folder in tree.closure(root))]
    new_files = _NewFiles(sources)
    for path, edits in moves.edits.items():
        new_files.files[path] = replaced(path, sources[path], edits)
    for root in roots:
        new_files.pin(tree, root, pin)
    for folder in tree.folders():
        new_files.files.update(leftovers.cleaned(tree, folder))
    return Plan(new_files.changed(), [], [], moves.notes)


def _refuse_keys(tree: Tree) -> None:
    """Raise :class:`BadInput` if the tree has keys of any kind: provider 3 does not know them, so its plan would fail."""
    left = ["%s:%d (%s)" % (key.file, key.first_line, key.address) for key in keys_of(tree.documents.values())]
    left += ["%s:%d (%s)" % (problem.file, problem.line, problem.what) for problem in tree.problems]
    if left:
        raise BadInput(
            "the code still has API keys, which provider 3 does not know: rewrite or remove them, and apply that with provider 2 "
            "before the second apply: %s" % ", ".join(left[:QUOTED]),
            code="keys_left",
        )
    cloud_keys = ["%s:%d" % (block.document.path, block.line) for block in _cloud_keys(tree)]
    if cloud_keys:
        raise BadInput(
            "provider 3 does not know grafana_cloud_api_key: replace it with grafana_cloud_access_policy and "
            "grafana_cloud_access_policy_token before the second apply, in %s" % ", ".join(cloud_keys[:QUOTED]),
            code="keys_left",
        )


def _refuse_gone(tree: Tree, problems: list[Problem]) -> None:
    """Raise :class:`BadInput` for *problems*, and if the tree has arguments or types that provider 3 no longer accepts."""
    found = [*problems, *(one for document in tree.documents.values() for one in provider3.gone(document))]
    if found:
        lines = ["%s:%d (%s: %s)" % (one.file, one.line, one.what, one.why) for one in found]
        more = ", and %d more" % (len(lines) - QUOTED) if len(lines) > QUOTED else ""
        raise BadInput(
            "the code has arguments that provider 3 does not accept: change them, and apply that with provider 2 before the "
            "second apply: %s%s" % (", ".join(lines[:QUOTED]), more)
        )


def _cloud_keys(tree: Tree) -> list[Block]:
    """Return the ``grafana_cloud_api_key`` blocks. These are keys of Grafana Cloud itself; no service account replaces them."""
    resources = [block for folder in tree.folders() for block in tree.addresses(folder).values()]
    return [block for block in resources if block.labels[:1] == ("grafana_cloud_api_key",)]


class _NewFiles:
    """The new bytes of the files: those of *sources*, and the changes so far."""

    def __init__(self, sources: t.Mapping[str, bytes]) -> None:
        self.sources = sources
        self.files: dict[str, bytes | None] = {}

    def current(self, path: str) -> bytes:
        """Return the bytes of a file with the changes so far; no bytes for a file that does not exist."""
        changed = self.files.get(path)
        return self.sources.get(path, b"") if changed is None else changed

    def changed(self) -> dict[str, bytes | None]:
        """Return the files whose bytes differ from the sources, sorted by path."""
        return {path: new for path, new in sorted(self.files.items()) if new != self.sources.get(path)}

    def pin(self, tree: Tree, root: str, pin: versions.Pin) -> None:
        """Pin the provider in *root*, and in the modules it calls whose constraint excludes the pinned versions."""
        for folder in tree.closure(root):
            paths = [document.path for document in tree.folder(folder)]
            has_requirement = [self._pin_file(path, pin, folder == root) for path in paths]
            if folder == root and not any(has_requirement):
                self._add_requirement(root, paths, pin)

    def _pin_file(self, path: str, pin: versions.Pin, is_root: bool) -> bool:
        """Pin the provider in one file, and return whether the file has a requirement for it."""
        text = provider3.with_policy_token(Document(path, self.current(path)))
        text = versions.provider_blocks(Document(path, text), pin)
        new = versions.pinned(Document(path, text), pin, is_root)
        self.files[path] = text if new is None else new
        return new is not None

    def _add_requirement(self, root: str, paths: list[str], pin: versions.Pin) -> None:
        """Add the requirement to the first file that has a block for it, otherwise to ``versions.tf``."""
        for path in paths:
            new = versions.with_requirement(Document(path, self.current(path)), pin)
            if new is not None:
                self.files[path] = new
                return
        path = posixpath.join(root, "versions.tf")
        text = self.current(path)
        self.files[path] = text + (b"\n" if text else b"") + versions.new_requirement(pin)


class _FirstApply:
    """Plans the first apply. A key with a problem, and every reference to it, stays unchanged."""

    def __init__(self, sources: t.Mapping[str, bytes], options: Options) -> None:
        self.options = options
        self.tree = Tree(sources)
        self.new_files = _NewFiles(sources)
        self.keys = {key.address: key for key in keys_of(self.tree.documents.values())}
        self.problems: set[Problem] = set()
        #: The keys that stay unchanged, each with the first problem found.
        self.unchanged: dict[Address, Problem] = {}
        #: The edits of references by file, each with the key that it refers to.
        self.edits: dict[str, dict[Edit, Address]] = {}
        #: The notes on references, each with its key: a key that stays unchanged gets no notes.
        self.notes_of: list[tuple[Address, str]] = []
        self.notes: list[str] = []
        self.shared = options.shared_accounts(self.tree, self.keys)
        self.adopted = options.adopted(self.tree)

    def plan(self) -> Plan:
        """Return the plan. Raises :class:`BadInput` for options that do not fit the tree."""
        self._check_blocks()
        self._collect_edits()
        self._exclude_shared_accounts()
        resources = [self._rewritten(key) for key in self._rewritable()]
        for path in self.tree.documents:
            self._rewrite(path)
        self._add_removed_blocks()
        self._add_import_blocks()
        self._pin()
        self._note_cloud_keys()
        self.notes += [note for address, note in self.notes_of if address not in self.unchanged]
        problems = self.problems | set(self.tree.problems) | self._problems_elsewhere()
        return Plan(self.new_files.changed(), resources, sorted(problems), sorted(set(self.notes)))

    def _rewritable(self) -> list[Key]:
        """Return the keys that this plan rewrites."""
        return [key for address, key in self.keys.items() if address not in self.unchanged]

    def _exclude(self, address: Address, problem: Problem) -> None:
        """Leave a key unchanged because of a problem."""
        self.problems.add(problem)
        self.unchanged.setdefault(address, problem)

    def _check_blocks(self) -> None:
        """Exclude the keys whose blocks cannot be rewritten."""
        seen: set[Address] = set()
        for document in self.tree.documents.values():
            for key in keys_of([document]):
                if key.address in seen:
                    self._exclude(key.address, Problem(key.file, key.first_line, str(key.address), "it is declared twice"))
                seen.add(key.address)
                existing = self.tree.addresses(key.address.folder)
                for problem in [*problems_of(key, existing), *without_stack(self.tree, key)]:
                    self._exclude(key.address, problem)
        for (folder, kind, name), problem in self.tree.blocked.items():
            if Address(folder, kind, name) in self.keys:
                self._exclude(Address(folder, kind, name), problem)

    def _target(self, key: Key) -> Target:
        shared = self.shared.get(key.address)
        account = key.name if shared is None else shared.label
        return Target("%s.%s" % (key.kind.account, account), "%s.%s" % (key.kind.token, key.name), shared is not None)

    def _collect_edits(self) -> None:
        """Collect the edits of all references to keys, and exclude the keys that a reference prevents."""
        for path, document in self.tree.documents.items():
            for reference in references(document):
                self._collect_reference(path, reference)
            for kind, name, node in quoted_dependencies(document):
                key = self.keys.get(Address(posixpath.dirname(path), kind, name))
                if key is not None:
                    new = "%s.%s" % (key.kind.token, name)
                    self._add_edits(path, key.address, [Edit(node.start_byte, node.end_byte, new.encode())])

    def _collect_reference(self, path: str, reference: Reference) -> None:
        folder = posixpath.dirname(path)
        if not reference.name:
            why = "the code does not name the key: its name is computed"
            self._exclude_all(folder, reference.type, Problem(path, reference.line, reference.text(), why))
            return
        key = self.keys.get(Address(folder, reference.type, reference.name))
        if key is None:
            return
        try:
            self._add_edits(path, key.address, edits_of(reference, key, self._target(key)))
        except CannotRewrite as why:
            self._exclude(key.address, Problem(path, reference.line, reference.text(), str(why)))
        if key.address in self.shared and any(reference.document.text(step) == ".name" for step in reference.steps):
            note = "%s:%d: name was %s and is now the name of its token, which ends with the suffix %s"
            name = key.expression("name")
            self.notes_of.append((key.address, note % (path, reference.line, name, self.options.token_suffix or "''")))
        block = top_block(reference.root)
        if block is not None and reference.document.text(block.children[0]) == "provider":
            self._note_provider(path, reference.line, key)

    def _exclude_all(self, folder: str, kind: str, problem: Problem) -> None:
        """Leave all keys of one type in a module unchanged because of a problem."""
        self.problems.add(problem)
        for address in self.keys:
            if (address.folder, address.type) == (folder, kind):
                self._exclude(address, problem)

    def _note_provider(self, path: str, line: int, key: Key) -> None:
        token = self._target(key).token
        note = (
            "%s:%d: a provider is configured with the key of %s, which exists only after the apply that creates it: apply with "
            "-target=%s first" % (path, line, token, token)
        )
        self.notes_of.append((key.address, note))

    def _add_edits(self, path: str, address: Address, edits: list[Edit]) -> None:
        """Add edits for references to a key. If two edits overlap, exclude the keys of both."""
        collected = self.edits.setdefault(path, {})
        for edit in edits:
            for other, owner in collected.items():
                if edit != other and edit.start < other.end and other.start < edit.end:
                    line = self.new_files.sources[path].count(b"\n", 0, edit.start) + 1
                    why = "one reference is inside another"
                    self._exclude(address, Problem(path, line, str(address), why))
                    self._exclude(owner, Problem(path, line, str(owner), why))
            collected[edit] = address

    def _exclude_shared_accounts(self) -> None:
        """Exclude each key that shares its account with an excluded key."""
        for key in self._rewritable():
            shared = self.shared.get(key.address)
            group = [one for one, other in self.shared.items() if (one.folder, other) == (key.address.folder, shared)]
            for other in group:
                if other in self.unchanged:
                    why = "%s, which shares its account, cannot be rewritten" % other
                    self._exclude(key.address, Problem(key.file, key.first_line, str(key.address), why))

    def _problems_elsewhere(self) -> set[Problem]:
        """Return a problem for the block of each excluded key whose cause is outside that block."""
        found = set()
        for address, cause in self.unchanged.items():
            key = self.keys[address]
            if cause.file != key.file or not key.first_line <= cause.line <= key.last_line:
                why = "%s:%d cannot be rewritten: %s" % (cause.file, cause.line, cause.why)
                found.add(Problem(key.file, key.first_line, str(address), why))
        return found

    def _rewritten(self, key: Key) -> Rewritten:
        target = self._target(key)
        return Rewritten(key.address, key.file, key.first_line, target.account, target.token)

    def _rewrite(self, path: str) -> None:
        """Rewrite one file: first the references, which change no line numbers, then the blocks."""
        before = self.new_files.sources[path]
        edits = [edit for edit, address in self.edits.get(path, {}).items() if address not in self.unchanged]
        after = realigned(path, before, apply(before, edits)) if edits else before
        keys = [key for key in keys_of([Document(path, after)]) if key.address not in self.unchanged]
        if keys:
            after = replaced(path, after, [self._split(key) for key in keys])
        self.new_files.files[path] = after

    def _split(self, key: Key) -> Edit:
        """Return the edit that replaces the block of a key by the blocks of its account and its token."""
        node = key.block.node
        return Edit(node.start_byte, node.end_byte, SplitBlock(key, self._key_options(key)).text())

    def _key_options(self, key: Key) -> KeyOptions:
        shared = self.shared.get(key.address)
        if shared is not None:
            members = [one.address for one in self.keys.values() if self.shared.get(one.address) == shared]
            exists = "%s.%s" % (key.kind.account, shared.label) in self.tree.addresses(key.address.folder)
            shared = shared._replace(declared=members[0] == key.address and not exists)
        return KeyOptions(self.options.token_suffix, shared, self._keeps_name(key))

    def _keeps_name(self, key: Key) -> bool:
        """Return whether the account must keep its name: Terraform would replace an adopted account of a stack to rename it."""
        return bool(key.kind.stack) and key.address in self.adopted

    def _add_removed_blocks(self) -> None:
        """Add a ``removed`` block for each rewritten key, in its module."""
        for folder in self.tree.folders():
            names = [str(key.address) for key in self._rewritable() if key.address.folder == folder]
            path = leftovers.path_in(folder)
            if names:
                self.new_files.files[path] = leftovers.with_removed(self.new_files.current(path), names)

    def _add_import_blocks(self) -> None:
        """Add the missing ``import`` blocks for adopted accounts. Raises :class:`BadInput` for one that has another id."""
        for root, entries in self.options.imports(self.tree, self.keys, self.shared).items():
            path = leftovers.path_in(root)
            wanted = [(to, id_) for address, to, id_ in entries if self._leaves_state(address)]
            existing = leftovers.imports(self.tree, root)
            for to, id_ in wanted:
                if existing.get(to, id_) != id_:
                    raise BadInput("%s has an import block already, with the id %s and not %s" % (to, existing[to], id_))
            new = [(to, id_) for to, id_ in wanted if to not in existing]
            if new:
                self.new_files.files[path] = leftovers.with_imports(self.new_files.current(path), new)

    def _leaves_state(self, address: Address) -> bool:
        """Return whether this run, or an earlier one, removes a key from the state."""
        if address in self.keys:
            return address not in self.unchanged
        return str(address) in self.tree.removed_keys(address.folder)

    def _pin(self) -> None:
        """Pin the provider in each root whose keys leave the state, and report a Terraform without ``removed`` blocks."""
        rewritten = {key.address.folder for key in self._rewritable()}
        for root in self.tree.roots():
            closure = self.tree.closure(root)
            if any(folder in rewritten or self.tree.removed_keys(folder) for folder in closure):
                self.new_files.pin(self.tree, root, versions.FIRST)
                for folder in closure:
                    self._check_terraform_version(folder)
                    self.problems.update(one for document in self.tree.folder(folder) for one in provider3.both_tokens(document))

    def _note_cloud_keys(self) -> None:
        for block in _cloud_keys(self.tree) if self._rewritable() else ():
            self.notes.append(
                "%s:%d: grafana_cloud_api_key is not a key of a stack, so it was not rewritten. Provider 3 does not know it: "
                "replace it with access policies before the second apply" % (block.document.path, block.line)
            )

    def _check_terraform_version(self, folder: str) -> None:
        for document in self.tree.folder(folder):
            for node, constraint in versions.terraform_versions(document):
                why = "%s excludes Terraform 1.7 and later, which removed blocks need" % constraint
                self.problems.add(Problem(document.path, line_of(node), "required_version", why))
