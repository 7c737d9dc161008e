# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the text of a Terraform tree to what it has to be: pure, nothing is read or written here."""

from __future__ import annotations

import posixpath
import typing as t

from .._grafana.errors import BadInput
from . import leftovers, versions
from .blocks import Division, Wishes
from .hcl import Block, Document, Edit, apply, line_of
from .keys import Address, Key, Problem, keys_of, problems_of, top_block
from .layout import realigned, replaced
from .options import Options
from .references import Impossible, Target, edits_of, quoted_dependencies, references
from .tree import Tree

#: How many places the message of an error quotes.
QUOTED = 10


class Rewritten(t.NamedTuple):
    """A key and what stands in its place: *file* and *line* are where it was."""

    address: Address
    file: str
    line: int
    account: str
    token: str


class Plan(t.NamedTuple):
    """*files* has the new bytes of each file that changes, ``None`` for one that goes."""

    files: dict[str, bytes | None]
    resources: list[Rewritten]
    not_rewritten: list[Problem]
    notes: list[str]


def first_apply(sources: t.Mapping[str, bytes], options: Options) -> Plan:
    """Rewrite the keys, let Terraform forget the old ones, and pin the last provider that knows both."""
    return _First(sources, options).plan()


def second_apply(sources: t.Mapping[str, bytes], options: Options) -> Plan:
    """Pin a provider from version 3 on, and take away what only the first apply needed. Raises :class:`BadInput`."""
    tree = Tree(sources)
    _refuse_keys(tree)
    pin = versions.second(options.provider_version)
    roots = [root for root in tree.roots() if any(leftovers.has_successors(tree, folder) for folder in tree.closure(root))]
    work = _Work(sources)
    for root in roots:
        work.pin(tree, root, pin)
    for folder in tree.folders():
        work.files.update(leftovers.taken_away(tree, folder))
    return Plan(work.changed(), [], [], [])


def _refuse_keys(tree: Tree) -> None:
    """Provider 3 does not know keys of any kind: a plan with it would fail."""
    places = ["%s:%d (%s)" % (key.file, key.first_line, key.address) for key in keys_of(tree.documents.values())]
    places += ["%s:%d (%s)" % (problem.file, problem.line, problem.what) for problem in tree.problems]
    if places:
        raise BadInput(
            "the second apply is for a tree without API keys: rewrite or remove what is left, and apply that with provider 2 "
            "first: %s" % ", ".join(places[:QUOTED]),
            code="keys_left",
        )
    others = ["%s:%d" % (block.document.path, block.line) for block in _cloud_keys(tree)]
    if others:
        raise BadInput(
            "provider 3 does not know grafana_cloud_api_key either: put grafana_cloud_access_policy and "
            "grafana_cloud_access_policy_token in its place first, in %s" % ", ".join(others[:QUOTED]),
            code="keys_left",
        )


def _cloud_keys(tree: Tree) -> list[Block]:
    """Return the keys of Grafana Cloud itself, which become no service accounts."""
    resources = [block for folder in tree.folders() for block in tree.addresses(folder).values()]
    return [block for block in resources if block.labels[0] == "grafana_cloud_api_key"]


class _Work:
    """The files as they become."""

    def __init__(self, sources: t.Mapping[str, bytes]) -> None:
        self.sources = sources
        self.files: dict[str, bytes | None] = {}

    def now(self, path: str) -> bytes:
        changed = self.files.get(path)
        return self.sources.get(path, b"") if changed is None else changed

    def changed(self) -> dict[str, bytes | None]:
        return {path: new for path, new in sorted(self.files.items()) if new != self.sources.get(path)}

    def pin(self, tree: Tree, root: str, pin: versions.Pin) -> None:
        """Pin the provider in *root*, and in modules that it calls where they would not admit that version."""
        for folder in tree.closure(root):
            paths = [document.path for document in tree.folder(folder)]
            done = [self._pinned(path, pin, folder == root) for path in paths]
            if folder == root and not any(done):
                self._require(root, paths, pin)

    def _pinned(self, path: str, pin: versions.Pin, needed: bool) -> bool:
        text = versions.provider_blocks(Document(path, self.now(path)), pin)
        new = versions.pinned(Document(path, text), pin, needed)
        self.files[path] = text if new is None else new
        return new is not None

    def _require(self, root: str, paths: list[str], pin: versions.Pin) -> None:
        for path in paths:
            new = versions.with_requirement(Document(path, self.now(path)), pin)
            if new is not None:
                self.files[path] = new
                return
        path = posixpath.join(root, "versions.tf")
        there = self.now(path)
        self.files[path] = there + (b"\n" if there else b"") + versions.new_requirement(pin)


class _First:
    def __init__(self, sources: t.Mapping[str, bytes], options: Options) -> None:
        self.options = options
        self.tree = Tree(sources)
        self.work = _Work(sources)
        self.keys = {key.address: key for key in keys_of(self.tree.documents.values())}
        self.problems: set[Problem] = set()
        #: keys that stay as they are, with the reason
        self.staying: dict[Address, Problem] = {}
        self.edits: dict[str, dict[Edit, Address]] = {}
        self.notes: list[str] = []
        self.shared = options.shared_accounts(self.tree, self.keys)

    def plan(self) -> Plan:
        self._judge_blocks()
        self._judge_references()
        self._spread()
        resources = [self._rewritten(key) for key in self._going()]
        for path in self.tree.documents:
            self._rewrite(path)
        self._forget()
        self._adopt()
        self._pin()
        self._note_cloud_keys()
        problems = self.problems | set(self.tree.problems) | self._left_behind()
        return Plan(self.work.changed(), resources, sorted(problems), sorted(set(self.notes)))

    def _going(self) -> list[Key]:
        return [key for address, key in self.keys.items() if address not in self.staying]

    def _stay(self, address: Address, problem: Problem) -> None:
        self.problems.add(problem)
        self.staying.setdefault(address, problem)

    def _judge_blocks(self) -> None:
        seen: set[Address] = set()
        for document in self.tree.documents.values():
            for key in keys_of([document]):
                if key.address in seen:
                    self._stay(key.address, Problem(key.file, key.first_line, str(key.address), "it is declared twice"))
                seen.add(key.address)
                taken = self.tree.addresses(key.address.folder)
                for problem in problems_of(key, taken):
                    self._stay(key.address, problem)
        for (folder, kind, name), problem in self.tree.blocked.items():
            if Address(folder, kind, name) in self.keys:
                self._stay(Address(folder, kind, name), problem)

    def _target(self, key: Key) -> Target:
        shared = self.shared.get(key.address)
        account = key.name if shared is None else shared.label
        return Target("%s.%s" % (key.kind.account, account), "%s.%s" % (key.kind.token, key.name), shared is not None)

    def _judge_references(self) -> None:
        for path, document in self.tree.documents.items():
            folder = posixpath.dirname(path)
            for reference in references(document):
                address = Address(folder, reference.type, reference.name)
                key = self.keys.get(address)
                if not reference.name:
                    self._stay_all(
                        folder,
                        reference.type,
                        Problem(path, reference.line, reference.text(), "which key is meant is not written out"),
                    )
                    continue
                if key is None:
                    continue
                try:
                    self._note_edits(path, address, edits_of(reference, key, self._target(key)))
                except Impossible as why:
                    self._stay(address, Problem(path, reference.line, reference.text(), str(why)))
                block = top_block(reference.root)
                if block is not None and document.text(block.children[0]) == "provider":
                    self._note_provider(path, reference.line, key)
            for kind, name, node in quoted_dependencies(document):
                key = self.keys.get(Address(folder, kind, name))
                if key is not None:
                    new = "%s.%s" % (key.kind.token, name)
                    self._note_edits(path, key.address, [Edit(node.start_byte, node.end_byte, new.encode())])

    def _stay_all(self, folder: str, kind: str, problem: Problem) -> None:
        self.problems.add(problem)
        for address in self.keys:
            if (address.folder, address.type) == (folder, kind):
                self._stay(address, problem)

    def _note_provider(self, path: str, line: int, key: Key) -> None:
        self.notes.append(
            "%s:%d: a provider is configured with the key of %s, which is there only after the apply that makes it: apply with "
            "-target=%s first" % (path, line, self._target(key).token, self._target(key).token)
        )

    def _note_edits(self, path: str, address: Address, edits: list[Edit]) -> None:
        noted = self.edits.setdefault(path, {})
        for edit in edits:
            for other, owner in noted.items():
                if edit != other and edit.start < other.end and other.start < edit.end:
                    line = self.work.sources[path].count(b"\n", 0, edit.start) + 1
                    why = "one reference is inside of another"
                    self._stay(address, Problem(path, line, str(address), why))
                    self._stay(owner, Problem(path, line, str(owner), why))
            noted[edit] = address

    def _spread(self) -> None:
        """A key stays where one that shares its account does."""
        for key in self._going():
            shared = self.shared.get(key.address)
            group = [one for one, theirs in self.shared.items() if (one.folder, theirs) == (key.address.folder, shared)]
            for other in group:
                if other in self.staying:
                    why = "%s, which is to have the same account, stays" % other
                    self._stay(key.address, Problem(key.file, key.first_line, str(key.address), why))

    def _left_behind(self) -> set[Problem]:
        """Return the blocks of keys that stay because of something elsewhere."""
        found = set()
        for address, cause in self.staying.items():
            key = self.keys[address]
            if cause.file != key.file or not key.first_line <= cause.line <= key.last_line:
                why = "%s:%d cannot be rewritten: %s" % (cause.file, cause.line, cause.why)
                found.add(Problem(key.file, key.first_line, str(address), why))
        return found

    def _rewritten(self, key: Key) -> Rewritten:
        target = self._target(key)
        return Rewritten(key.address, key.file, key.first_line, target.account, target.token)

    def _rewrite(self, path: str) -> None:
        """First the references, which move no line; then the blocks, in the text that this has made."""
        before = self.work.sources[path]
        edits = [edit for edit, address in self.edits.get(path, {}).items() if address not in self.staying]
        after = realigned(path, before, apply(before, edits)) if edits else before
        # from the last to the first, so that the places of those that are still to come stay
        for key in reversed(keys_of([Document(path, after)])):
            if key.address not in self.staying:
                node, text = key.block.node, Division(key, self._wishes(key)).text()
                after = replaced(path, after, Edit(node.start_byte, node.end_byte, text))
        self.work.files[path] = after

    def _wishes(self, key: Key) -> Wishes:
        shared = self.shared.get(key.address)
        if shared is not None:
            members = [one.address for one in self.keys.values() if self.shared.get(one.address) == shared]
            exists = "%s.%s" % (key.kind.account, shared.label) in self.tree.addresses(key.address.folder)
            shared = shared._replace(declared=members[0] == key.address and not exists)
        return Wishes(self.options.token_suffix, shared, self._keeps_name(key))

    def _keeps_name(self, key: Key) -> bool:
        """An account of a stack cannot be renamed: with another name Terraform would put a new one in its place."""
        return "stack_slug" in key.kind.attributes and key.address in self.options.adopted(self.tree)

    def _forget(self) -> None:
        for folder in self.tree.folders():
            names = [str(key.address) for key in self._going() if key.address.folder == folder]
            path = leftovers.path_in(folder)
            if names:
                self.work.files[path] = leftovers.with_removed(self.work.now(path), names)

    def _adopt(self) -> None:
        for root, entries in self.options.imports(self.tree, self.keys, self.shared).items():
            path = leftovers.path_in(root)
            wanted = [(to, id_) for address, to, id_ in entries if self._leaves_state(address)]
            there = leftovers.imports(self.tree, root)
            for to, id_ in wanted:
                if there.get(to, id_) != id_:
                    raise BadInput("%s is imported already, with the id %s and not %s" % (to, there[to], id_))
            new = [(to, id_) for to, id_ in wanted if to not in there]
            if new:
                self.work.files[path] = leftovers.with_imports(self.work.now(path), new)

    def _leaves_state(self, address: Address) -> bool:
        if address in self.keys:
            return address not in self.staying
        return str(address) in self.tree.forgotten(address.folder)

    def _pin(self) -> None:
        """Where keys leave the state, the provider has to know them, and Terraform how to forget them."""
        going = {key.address.folder for key in self._going()}
        for root in self.tree.roots():
            closure = self.tree.closure(root)
            if any(folder in going or self.tree.forgotten(folder) for folder in closure):
                self.work.pin(self.tree, root, versions.FIRST)
                for folder in closure:
                    self._judge_terraform(folder)

    def _note_cloud_keys(self) -> None:
        for block in _cloud_keys(self.tree) if self._going() else ():
            self.notes.append(
                "%s:%d: grafana_cloud_api_key is no key of a stack and stays; provider 3 does not know it, so access policies "
                "have to be put in its place before the second apply" % (block.document.path, block.line)
            )

    def _judge_terraform(self, folder: str) -> None:
        for document in self.tree.folder(folder):
            for node, said in versions.terraform_versions(document):
                why = "%s admits no Terraform from 1.7 on, which removed blocks need" % said
                self.problems.add(Problem(document.path, line_of(node), "required_version", why))
