# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the first apply needs: a file with ``removed`` and ``import`` blocks in each module, gone with the second."""

from __future__ import annotations

import posixpath
import typing as t

from .hcl import Block, Document, literal
from .keys import KINDS
from .tree import Tree

NAME = "grafana_api_keys_migration.tf"
_HEADER = """\
# For the apply that goes from API keys to service accounts: Terraform forgets the keys without deleting them in Grafana.
# Written by orgsmith.grafana.grafana_terraform_migrate, which takes this file away again for the second apply.
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
    return posixpath.join(folder, NAME)


def with_removed(there: bytes, addresses: t.Iterable[str]) -> bytes:
    """Return the file's text with a block for each of *addresses*."""
    return (there or _HEADER.encode()) + "".join(_REMOVED % address for address in addresses).encode()


def with_imports(there: bytes, entries: t.Iterable[tuple[str, str]]) -> bytes:
    """Return the file's text with a block for each of *entries*: resource and id."""
    return (there or _HEADER.encode()) + "".join(_IMPORT % entry for entry in entries).encode()


def imports(tree: Tree, folder: str) -> dict[str, str]:
    """Return what is imported in a folder: resource to id, where that is written out."""
    found = {}
    for block in tree.blocks(folder):
        parts = block.attributes() if block.type == "import" else {}
        if "to" in parts and "id" in parts:
            found[block.document.text(parts["to"])] = literal(block.document, parts["id"]) or block.document.text(parts["id"])
    return found


def has_successors(tree: Tree, folder: str) -> bool:
    """Tell whether tokens are declared in a folder, or keys forgotten there."""
    return bool(tree.forgotten(folder)) or any(address.startswith(_TOKENS) for address in tree.addresses(folder))


def taken_away(tree: Tree, folder: str) -> dict[str, bytes | None]:
    """Return what becomes of the folder's file: nothing, or what somebody else has written there."""
    path = path_in(folder)
    document = tree.documents.get(path)
    if document is None:
        return {}
    blocks = document.blocks()
    strangers = [block for block in blocks if not _is_ours(block)]
    if not strangers:
        return {path: None}
    return {path: _without(document, [block for block in blocks if _is_ours(block)])}


def _is_ours(block: Block) -> bool:
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
