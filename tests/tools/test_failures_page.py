# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/failures.md has each code that a module can report as ``failure.code``, and no other.

The codes are found in the source: class attributes ``code``, the argument ``code`` of errors (also as their second one), values
of ``code`` in dictionaries, and the constants and tables that these come from.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "failures.md"
#: Variables with a code that is collected where they get it.
CARRIED = {"code"}

#: The values of module-level names, by the name of the file without its ending.
Constants = dict[str, dict[str, ast.expr]]


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def defined(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the texts and tables of a module by their names."""
    found = {}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, (ast.Constant, ast.Tuple)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                found[name_of(target)] = node.value
    return found


def visible(tree: ast.Module, constants: Constants) -> dict[str, ast.expr]:
    """Return what :func:`defined` returns, with the names that the module imports."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            there = constants.get((node.module or "").rpartition(".")[2], {})
            found.update({alias.asname or alias.name: there[alias.name] for alias in node.names if alias.name in there})
    return {**found, **defined(tree)}


class Codes(ast.NodeVisitor):
    """Collects the codes of one module in *found*; *unknown* are names whose values it does not find."""

    def __init__(self, names: dict[str, ast.expr], errors: set[str]) -> None:
        self.names, self.errors = names, errors
        self.found: set[str] = set()
        self.unknown: set[str] = set()

    def add(self, node: ast.expr) -> None:
        """Add the codes that *node* may be."""
        if isinstance(node, ast.Constant):
            self.found |= {node.value} - {None}  # without a code, an error has that of its class
        elif isinstance(node, ast.IfExp):
            self.add(node.body)
            self.add(node.orelse)
        elif isinstance(node, ast.Name) and node.id in self.names:
            self.add(self.names[node.id])
        elif isinstance(node, ast.Name) and node.id not in CARRIED:
            self.unknown.add(node.id)

    def visit_Call(self, node: ast.Call) -> None:
        for argument in node.keywords:
            if argument.arg == "code":
                self.add(argument.value)
        if name_of(node.func) in self.errors and len(node.args) > 1:
            self.add(node.args[1])
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for one in node.body:
            if isinstance(one, ast.Assign) and [name_of(target) for target in one.targets] == ["code"]:
                self.add(one.value)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            key = target.slice if isinstance(target, ast.Subscript) else None
            if name_of(target) == "code" or (isinstance(key, ast.Constant) and key.value == "code"):
                self.add(node.value)
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and key.value == "code":
                self.add(value)
        self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        """Where a row is split into variables, one of which is ``code``: add that column of the tables with such rows."""
        columns = [name_of(one) for one in node.elts]
        if isinstance(node.ctx, ast.Store) and "code" in columns:
            for table in self.names.values():
                rows = table.elts if isinstance(table, ast.Tuple) else []
                if rows and all(isinstance(row, ast.Tuple) and len(row.elts) == len(columns) for row in rows):
                    for row in rows:
                        self.add(row.elts[columns.index("code")])
        self.generic_visit(node)


@pytest.fixture(scope="module")
def in_source() -> dict[str, list[str]]:
    """The files in which each code occurs."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "plugins").rglob("*.py"))}
    constants: Constants = {}
    errors = {"GrafanaError"}
    for path, tree in trees.items():
        constants.setdefault(path.stem, {}).update(defined(tree))
    classes = [node for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef)]
    for _level in range(4):
        errors |= {node.name for node in classes if errors & {name_of(base) for base in node.bases}}
    found: dict[str, list[str]] = {}
    for path, tree in trees.items():
        codes = Codes(visible(tree, constants), errors)
        codes.visit(tree)
        assert not codes.unknown, f"{path}: the values of {codes.unknown} are not found"
        for code in codes.found:
            found.setdefault(code, []).append(str(path.relative_to(ROOT)))
    return found


def on_page() -> list[str]:
    """Return the codes in the first columns of the page's tables, in order."""
    rows = re.findall(r"^\| (`[^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [code for row in rows for code in re.findall(r"`([a-z_]+)`", row)]


def test_each_code_of_the_source_is_on_the_page(in_source):
    missing = {code: files for code, files in in_source.items() if code not in on_page()}
    assert missing == {}, "describe these codes in docs/failures.md"


def test_the_page_has_no_other_code(in_source):
    assert [code for code in on_page() if code not in in_source] == []


def test_each_code_is_described_once():
    codes = on_page()
    assert [code for code in codes if codes.count(code) > 1] == []
    assert len(codes) > 90


def test_codes_are_found_wherever_an_error_gets_them():
    """What the other tests rely on: each way in which the source gives an error its code."""
    source = """
REASON = "by_constant"
ROWS = (("words", "by_table", "advice"),)
class Broken(GrafanaError):
    code = "by_class"
raise Broken("", code="by_keyword" if one else None)
raise Broken("", "by_position", more=1)
raise Broken("", code=REASON)
_words, code, text = next(row for row in ROWS)
code = "by_variable"
fail(failure={"code": "by_dictionary"})
details["code"] = "by_key"
"""
    tree = ast.parse(source)
    codes = Codes(defined(tree), {"Broken"})
    codes.visit(tree)
    ways = ("class", "constant", "dictionary", "key", "keyword", "position", "table", "variable")
    assert codes.found == {"by_" + way for way in ways}
    assert codes.unknown == set()
