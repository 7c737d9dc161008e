# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of Terraform code: its files by folder, the calls between modules, and the files that cannot be rewritten."""

from __future__ import annotations

import posixpath
import typing as t

from .hcl import Block, Document, descendants, line_of, literal
from .keys import KINDS, Problem
from .mentions import mentions


class Tree:
    """The parsed files of *sources* (paths relative to the top, with ``/``).

    ``documents`` has the files that can be rewritten. For the other files, ``problems`` has the lines that mention keys, and
    ``blocked`` the keys (folder, type, name) that stay unchanged because these files refer to them.
    """

    def __init__(self, sources: t.Mapping[str, bytes]) -> None:
        self.documents: dict[str, Document] = {}
        self.problems: list[Problem] = []
        self.blocked: dict[tuple[str, str, str], Problem] = {}
        self._addresses: dict[str, dict[str, Block]] = {}
        for path in sorted(sources):
            self._add(path, sources[path])

    def _add(self, path: str, source: bytes) -> None:
        """Parse one file, and note the problems of a file that cannot be rewritten."""
        try:
            text = source.decode("utf-8")
        except UnicodeDecodeError:
            self._add_problems(path, source.decode("utf-8", "replace"), "the file is not UTF-8")
            return
        if not path.endswith(".tf"):
            why = "it is in JSON syntax" if path.endswith(".json") else "only .tf files are rewritten"
            self._add_problems(path, text, why)
            return
        document = Document(path, source)
        if document.broken:
            node = next(node for node in descendants(document.root) if node.is_error or node.is_missing)
            self._add_problems(path, text, "the file cannot be parsed; the first error is on line %d" % line_of(node))
        else:
            self.documents[path] = document

    def _add_problems(self, path: str, text: str, why: str) -> None:
        """Note each line that mentions a key in a file that cannot be rewritten."""
        folder = posixpath.dirname(path)
        for mention in mentions(path, text):
            problem = Problem(path, mention.line, mention.what, why)
            self.problems.append(problem)
            if not path.endswith((".tf", ".tf.json")):
                continue  # Tests, for example: they are not part of a plan.
            for kind, name in mention.resources:
                self.blocked.setdefault((folder, kind, name), problem)

    def folder(self, folder: str) -> list[Document]:
        """Return the documents of one module, sorted by name."""
        return [document for path, document in self.documents.items() if posixpath.dirname(path) == folder]

    def folders(self) -> list[str]:
        """Return the folders of all modules, sorted."""
        return sorted({posixpath.dirname(path) for path in self.documents})

    def blocks(self, folder: str) -> t.Iterator[Block]:
        """Yield the outermost blocks of one module."""
        for document in self.folder(folder):
            yield from document.blocks()

    def calls(self, folder: str) -> dict[str, str]:
        """Return the modules that *folder* calls by a local path: name to folder."""
        found = {}
        for block in self.blocks(folder):
            # A block without a label is not a call; Terraform reports it.
            source = block.attributes().get("source") if block.type == "module" and block.labels else None
            path = literal(block.document, source) if source is not None else None
            if path is not None and path.startswith((".", "..")):
                called = posixpath.normpath(posixpath.join(folder, path))
                found[block.labels[0]] = "" if called == "." else called
        return found

    def closure(self, folder: str) -> list[str]:
        """Return *folder* and the folders of all modules that it calls, directly or through other modules."""
        found: list[str] = []
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.append(here)
                waiting += self.calls(here).values()
        return found

    def roots(self) -> list[str]:
        """Return the root modules: the folders that no other module calls."""
        called = {target for folder in self.folders() for target in self.calls(folder).values()}
        return [folder for folder in self.folders() if folder not in called]

    def addresses(self, folder: str) -> dict[str, Block]:
        """Return the blocks of the resources that a module declares, by address."""
        if folder not in self._addresses:
            self._addresses[folder] = {".".join(one.labels): one for one in self.blocks(folder) if one.type == "resource"}
        return self._addresses[folder]

    def removed_keys(self, folder: str) -> list[str]:
        """Return the addresses of the keys in the ``removed`` blocks of a module."""
        found = []
        for block in self.blocks(folder):
            node = block.attributes().get("from") if block.type == "removed" else None
            address = block.document.text(node) if node is not None else ""
            if address.partition(".")[0] in KINDS:
                found.append(address)
        return found
