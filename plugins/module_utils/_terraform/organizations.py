# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move ``org_id`` from ``provider "grafana"``, where version 3 does not accept it, to the resources that use this provider."""

from __future__ import annotations

import json
import posixpath
import re
import typing as t

from .hcl import Block, Document, Edit, Node, line_of
from .keys import Problem
from .tree import Tree

#: The types that have ``org_id`` in 2.19 and in 3.22, without ``grafana_``. Source: the schemas of both versions.
_HAVE = {
    "resource": frozenset(
        [
            "annotation",
            "contact_point",
            "dashboard",
            "dashboard_permission",
            "dashboard_permission_item",
            "dashboard_public",
            "data_source",
            "data_source_config",
            "data_source_permission",
            "data_source_permission_item",
            "folder",
            "folder_permission",
            "folder_permission_item",
            "library_panel",
            "message_template",
            "mute_timing",
            "notification_policy",
            "organization_preferences",
            "playlist",
            "report",
            "role",
            "role_assignment",
            "role_assignment_item",
            "rule_group",
            "service_account",
            "service_account_permission",
            "service_account_permission_item",
            "team",
        ]
    ),
    "data": frozenset(
        [
            "dashboard",
            "dashboards",
            "data_source",
            "folder",
            "folders",
            "library_panel",
            "organization_preferences",
            "role",
            "service_account",
            "team",
        ]
    ),
}
#: The types that do not belong to the organization of the provider, or get it from the resource to which they belong.
_NEED_NONE = re.compile(r"(cloud|oncall|synthetic_monitoring)_\w+|service_account_token|organization|users?")
_REFERENCE = re.compile(r'"?grafana(?:\.([\w-]+))?"?')
_LITERAL = re.compile(r'\d+|"\d+"')
_IN_TESTS = re.compile(r'^[ \t]*provider[ \t]+"grafana"[ \t]*\{[^}]{0,2000}\borg_id\b', re.MULTILINE)
#: A type of Grafana's provider in a file that is not parsed, or a call of a module, which may get the provider.
_USE = re.compile(r'(?<![\w.-])(?:"?grafana_\w+(?=["\s]*[.\["])|"module"|module(?=\s+"))')
_WHERE = "provider 3 does not accept it here, and it cannot be moved to the resources: "


class _Config(t.NamedTuple):
    """A provider block with ``org_id``: its module, its block, and the expression."""

    folder: str
    block: Block
    node: Node

    @property
    def text(self) -> str:
        return self.block.document.text(self.node)

    def problem(self, why: str) -> Problem:
        """Return the problem that keeps ``org_id`` in this block."""
        return Problem(self.block.document.path, line_of(self.node), "org_id in provider.grafana", _WHERE + why)


class Moves:
    """The *edits* by file that move each ``org_id``, or the *problems* that prevent this, and *notes* on what is not known."""

    def __init__(self, tree: Tree, sources: t.Mapping[str, bytes]) -> None:
        self.tree = tree
        self.edits: dict[str, list[Edit]] = {}
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        #: All provider blocks by module and alias, with ``None`` for a block without ``org_id``.
        self.configs: dict[tuple[str, str], _Config | None] = {}
        #: The calls of each module: the module that calls it, and the block.
        self.callers: dict[str, list[tuple[str, Block]]] = {}
        #: What references to providers mean, by module and alias: many calls may lead to one module.
        self.resolved: dict[tuple[str, str], list[_Config | None]] = {}
        for folder in tree.folders():
            self._add(folder)
        self._check_other_files(sources)
        moved = [config for config in self.configs.values() if config is not None]
        if not moved:
            return
        for config in moved:
            self._remove(config)
        for folder in tree.folders():
            for block in tree.blocks(folder):
                self._visit(folder, block)

    def _add(self, folder: str) -> None:
        """Note the provider blocks and the calls of a module."""
        calls = self.tree.calls(folder)
        for block in self.tree.blocks(folder):
            if (block.type, block.labels) == ("provider", ("grafana",)):
                parts = block.attributes()
                alias = block.document.text(parts["alias"]).strip('"') if "alias" in parts else ""
                config = _Config(folder, block, parts["org_id"]) if "org_id" in parts else None
                self.configs[folder, alias] = config or self.configs.get((folder, alias))
            elif block.type == "module" and block.labels and block.labels[0] in calls:
                self.callers.setdefault(calls[block.labels[0]], []).append((folder, block))

    def _check_other_files(self, sources: t.Mapping[str, bytes]) -> None:
        """Add a problem for each file that is not parsed, and has ``org_id`` in a provider block or may use such a provider."""
        moves = any(self.configs.values())
        for path in sorted(set(sources) - set(self.tree.documents)):
            text = sources[path].decode("utf-8", "replace")
            here = _IN_TESTS.search(text)
            if _in_json(text) if path.endswith(".json") else here:
                line = text.count("\n", 0, here.end()) + 1 if here else 1
                self.problems.append(Problem(path, line, "org_id in provider.grafana", _WHERE + "only .tf files are rewritten"))
                continue
            use = _USE.search(text) if moves else None
            if use is not None:
                why = "org_id moves out of the provider block, but this file is not rewritten, and may use that provider"
                self.problems.append(Problem(path, text.count("\n", 0, use.start()) + 1, use.group(0).strip('"'), why))

    def _remove(self, config: _Config) -> None:
        """Remove ``org_id`` from a provider block; a comment at the end of its line stays."""
        document = config.block.document
        if _is_override(document.path):
            self.problems.append(config.problem("it is in an override file, which is merged into another block"))
        elif re.search(r"\beach\b|\n", config.text):
            self.problems.append(config.problem("its expression has several lines or reads each"))
        attribute = config.node.parent
        self._edit(document, _removal(document, config.block, attribute))

    def _visit(self, folder: str, block: Block) -> None:
        """Give a resource or data source its organization, or note a remote module that gets the provider."""
        if block.type == "check":
            for inner in block.blocks():
                self._visit(folder, inner)
        elif block.type == "module" and block.labels and block.labels[0] not in self.tree.calls(folder):
            self._check_remote(folder, block)
        elif block.type in _HAVE and block.labels and block.labels[0].startswith("grafana_"):
            self._give(folder, block)

    def _give(self, folder: str, block: Block) -> None:
        type_ = block.labels[0][len("grafana_") :]
        arguments = block.attributes()
        if "org_id" in arguments or _NEED_NONE.fullmatch(type_):
            return
        provider = block.document.text(arguments["provider"]) if "provider" in arguments else "grafana"
        found = self._resolve(folder, provider)
        config = next((config for config in found if config is not None), None)
        if config is None:
            return
        why = _obstacle(folder, block, found)
        if why:
            where = "%s:%d (%s)" % (block.document.path, block.line, ".".join(block.labels))
            self.problems.append(config.problem("%s %s" % (where, why)))
        else:
            self._edit(block.document, _insertion(block, config.text))

    def _resolve(self, folder: str, reference: str) -> list[_Config | None]:
        """Return the provider blocks that a reference may mean, over all calls of the module; ``None`` is one without org_id."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            unclear = [config for config in self.configs.values() if config is not None] if "grafana" in reference else []
            self.problems += [config.problem("the reference %s to a provider is not clear" % reference) for config in unclear[:1]]
            return [None]
        here = (folder, match.group(1) or "")
        if here in self.configs:
            return [self.configs[here]]
        if here in self.resolved or folder not in self.callers:
            return self.resolved.get(here, [None])
        self.resolved[here] = [None]  # for modules that call each other in a circle, which Terraform refuses
        found: list[_Config | None] = []
        for caller, call in self.callers[folder]:
            name = "grafana.%s" % here[1] if here[1] else "grafana"
            for config in self._resolve(caller, _providers(call).get(name, name)):
                if config not in found:
                    found.append(config)
        self.resolved[here] = found
        return found

    def _check_remote(self, folder: str, call: Block) -> None:
        """Refuse a remote module that gets a provider with ``org_id`` explicitly; note one that may inherit it."""
        where = "%s:%d (module.%s)" % (call.document.path, call.line, call.labels[0])
        given = [reference for reference in _providers(call).values() if _REFERENCE.fullmatch(reference)]
        for reference in given:
            for config in self._resolve(folder, reference):
                if config is not None:
                    self.problems.append(config.problem("%s gets this provider, and its code is not in the directory" % where))
        if not given and any(self._resolve(folder, "grafana")):
            self.notes.append(
                "%s: org_id moved out of the provider block. If the code of this module has resources of Grafana, they need "
                "org_id too" % where
            )

    def _edit(self, document: Document, edit: Edit) -> None:
        self.edits.setdefault(document.path, []).append(edit)


def _obstacle(folder: str, block: Block, found: list[_Config | None]) -> str:
    """Return why a block cannot get the organization of the providers *found*, one of which has one; empty if it can."""
    configs = [config for config in found if config is not None]
    if block.labels[0][len("grafana_") :] not in _HAVE[block.type]:
        return "uses this provider, and it is not known whether its type has org_id"
    if _is_override(block.document.path):
        return "uses this provider, and is in an override file"
    if len(configs) < len(found) or len({config.text.strip('"') for config in configs}) > 1:
        return "is used with providers of different organizations"
    if [config.folder for config in configs] != [folder] and not _LITERAL.fullmatch(configs[0].text):
        return "is in another module, and the value is not a number that can be copied there"
    return ""


def _is_override(path: str) -> bool:
    name = posixpath.basename(path)
    return name == "override.tf" or name.endswith("_override.tf")


def _providers(call: Block) -> dict[str, str]:
    """Return the argument ``providers`` of a module's call: the name in the module, and the reference in the caller."""
    node = call.attributes().get("providers")
    text = call.document.text(node) if node is not None else ""
    text = re.sub(r"(#|//)[^\n]*", "", text)
    return {name.strip('"'): reference for name, reference in re.findall(r'(?<![\w."-])([\w."-]+)\s*[=:]\s*([^\s,}]+)', text)}


def _in_json(text: str) -> bool:
    """Return whether code in JSON syntax has ``org_id`` in a provider block of Grafana."""
    try:
        blocks = json.loads(text)["provider"]["grafana"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return False
    return any("org_id" in block for block in (blocks if isinstance(blocks, list) else [blocks]) if isinstance(block, dict))


def _braces(block: Block) -> tuple[int, int]:
    """Return the offsets after the opening brace and before the closing one."""
    ends = {child.type: child for child in block.node.children}
    return int(ends["block_start"].end_byte), int(ends["block_end"].start_byte)


def _removal(document: Document, block: Block, attribute: Node) -> Edit:
    source = document.source
    if block.node.start_point[0] == block.node.end_point[0]:
        return Edit(*_braces(block), b"")
    start = source.rfind(b"\n", 0, attribute.start_byte) + 1
    end = source.find(b"\n", attribute.end_byte) + 1
    rest = source[attribute.end_byte : end]
    if rest.strip():
        return Edit(attribute.start_byte, end - len(rest.lstrip()), b"")
    before = attribute.prev_sibling
    if before is not None and before.end_point[0] == attribute.start_point[0] - 1:
        # Also an edit of the line above, which may be aligned with this one.
        return Edit(start - len(document.newline), end - len(document.newline), b"")
    return Edit(start, end, b"")


def _insertion(block: Block, value: str) -> Edit:
    """Return the edit that adds ``org_id``: after the arguments that come first by custom, or at the start of the block."""
    document = block.document
    source, newline = document.source, document.newline
    line = source[source.rfind(b"\n", 0, block.node.start_byte) + 1 : block.node.start_byte]
    margin = line[: len(line) - len(line.lstrip())] + b"  "
    argument = margin + b"org_id = " + value.encode()
    start, end = _braces(block)
    if block.node.start_point[0] == block.node.end_point[0]:
        inner = source[start:end].strip()
        lines = [b"", *([margin + inner] if inner else []), argument, margin[:-2]]
        return Edit(start, end, newline.join(lines))
    first = [node.end_byte for name, node in block.attributes().items() if name in ("count", "for_each", "provider")]
    at = source.find(b"\n", max([start, *first])) + 1
    return Edit(at, at, argument + newline)
