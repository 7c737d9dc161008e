# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file with ``removed`` and ``import`` blocks in each module: the first apply needs it, the second deletes it."""

from __future__ import annotations

import posixpath
import typing as t

from .hcl import Block, Document, literal
from .keys import KINDS
from .tree import Tree

NAME = "grafana_api_keys_migration.tf"
_HEADER = """\
# For the apply that replaces API keys with service accounts: Terraform forgets the keys without deleting them in Grafana.
# Written by orgsmith.grafana.grafana_terraform_migrate, which deletes this file for the second apply.
"""
_REMOVED = """
removed {
  from = %s

  lifecycle {
    destroy = false
  }
}
"""
_IMPORT = """
import {
  to = %s
  id = "%s"
}
"""
_ACCOUNTS = tuple(kind.account for kind in KINDS.values())
_TOKENS = tuple(kind.token for kind in KINDS.values())


def path_in(folder: str) -> str:
    """Return the path of the file in a module."""
    return posixpath.join(folder, NAME)


def with_removed(text: bytes, addresses: t.Iterable[str]) -> bytes:
    """Return the file's *text* with a ``removed`` block added for each of *addresses*."""
    return (text or _HEADER.encode()) + "".join(_REMOVED % address for address in addresses).encode()


def with_imports(text: bytes, entries: t.Iterable[tuple[str, str]]) -> bytes:
    """Return the file's *text* with an ``import`` block added for each of *entries*: resource and id."""
    return (text or _HEADER.encode()) + "".join(_IMPORT % entry for entry in entries).encode()


def imports(tree: Tree, folder: str) -> dict[str, str]:
    """Return the ``import`` blocks of a module: resource to id, or to the code of the id if it is not a plain string."""
    found = {}
    for block in tree.blocks(folder):
        parts = block.attributes() if block.type == "import" else {}
        if "to" in parts and "id" in parts:
            found[block.document.text(parts["to"])] = literal(block.document, parts["id"]) or block.document.text(parts["id"])
    return found


def is_migrated(tree: Tree, folder: str) -> bool:
    """Return whether a module declares tokens of service accounts, or removes keys from the state."""
    return bool(tree.removed_keys(folder)) or any(address.startswith(_TOKENS) for address in tree.addresses(folder))


def cleaned(tree: Tree, folder: str) -> dict[str, bytes | None]:
    """Return the change to the module's file: ``None`` deletes it; if users added blocks to it, only these remain."""
    path = path_in(folder)
    document = tree.documents.get(path)
    if document is None:
        return {}
    blocks = document.blocks()
    if all(_is_generated(block) for block in blocks):
        return {path: None}
    return {path: _without(document, [block for block in blocks if _is_generated(block)])}


def _is_generated(block: Block) -> bool:
    """Return whether this module writes such blocks: ``removed`` for a key, or ``import`` for a service account."""
    parts = block.attributes()
    if block.type == "removed" and "from" in parts:
        return block.document.text(parts["from"]).partition(".")[0] in KINDS
    if block.type == "import" and "to" in parts:
        return any("%s." % account in block.document.text(parts["to"]) for account in _ACCOUNTS)
    return False


def _without(document: Document, blocks: t.Iterable[Block]) -> bytes:
    """Return the text without *blocks*, each with its line and the blank line before it."""
    source = document.source
    for block in sorted(blocks, key=lambda one: -int(one.node.start_byte)):
        start, end = block.node.start_byte, source.find(b"\n", block.node.end_byte) + 1 or len(source)
        if source[:start].endswith(b"\n\n"):
            start -= 1
        source = source[:start] + source[end:]
    return source
