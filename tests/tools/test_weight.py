# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process compiles before it begins to work stays small.

Ansible compiles a collection's files in every process that imports them, without a bytecode cache: filters and action plugins in
the process of each task, modules on the host. So the tests follow imports, and do not measure seconds.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
CLIENT = PLUGINS / "module_utils/_grafana/client.py"


@cache
def imported(path, everywhere=False):
    """Return the files of the collection that the file at *path* imports at its start, or *everywhere* in it."""
    found = set()

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if not everywhere and (isinstance(child, (ast.FunctionDef, ast.Lambda)) or _is_for_types(child)):
                continue
            if isinstance(child, ast.ImportFrom) and child.level:
                found.update(_files(path, child))
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


def _is_for_types(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _files(path, statement):
    base = path.parents[statement.level - 1].joinpath(*(statement.module or "").split("."))
    if base.with_suffix(".py").is_file():
        return {base.with_suffix(".py")}
    return {base / f"{name.name}.py" for name in statement.names if (base / f"{name.name}.py").is_file()}


def closure(path, everywhere=False):
    """Return all files that importing the file at *path* compiles, itself included."""
    found, waiting = set(), {path}
    while waiting:
        found |= waiting
        waiting = {one for seen in waiting for one in imported(seen, everywhere)} - found
    return found


@pytest.mark.parametrize("path", sorted((PLUGINS / "filter").glob("*.py")), ids=lambda path: path.stem)
def test_a_filter_that_is_not_used_compiles_nothing(path):
    assert imported(path) == set(), "import it in the function: each process that uses one filter loads the files of all"


@pytest.mark.parametrize("name", ["items", "removal", "report", "rotation"])
def test_the_filters_of_the_role_compile_no_client(name):
    files = closure(PLUGINS / f"plugin_utils/_bootstrap/{name}.py")
    assert CLIENT not in files
    assert sum(file.stat().st_size for file in files) < 80_000


def test_a_resource_is_described_without_the_client():
    assert CLIENT not in closure(PLUGINS / "module_utils/_engine/resource.py")


def test_the_action_plugin_of_tokens_compiles_no_client():
    files = closure(PLUGINS / "action/grafana_sa_token.py")
    assert CLIENT not in files
    assert PLUGINS / "plugin_utils/_vault/action.py" not in files, "only tasks with keys in vault files need it"
