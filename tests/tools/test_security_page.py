# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/security.md: each statement names its tests, and these exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`([\w/.]+\.py)::(\w+)`", PAGE)))
STATEMENTS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| statement ", "| --- "))]


@cache
def files(end: str) -> list[Path]:
    """Return the files below tests/ whose path ends with the names in *end*."""
    parts = Path(end).parts
    return [path for path in (ROOT / "tests").rglob(parts[-1]) if path.parts[-len(parts) :] == parts]


@cache
def functions(path: Path) -> set[str]:
    """Return the names of the test functions in a file, those of classes included."""
    found = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef))
    return {node.name for node in found if node.name.startswith("test_")}


def test_each_named_test_exists():
    unclear = [file for file, _test in NAMED if len(files(file)) != 1]
    assert unclear == []
    missing = [f"{file}::{test}" for file, test in NAMED if test not in functions(files(file)[0])]
    assert missing == []
    assert len(NAMED) > 60


def test_each_statement_names_a_test():
    without = [line for line in STATEMENTS if not re.search(r"`[\w/.]+\.py::\w+`", line.rpartition(" | ")[2])]
    assert without == []
    assert len(STATEMENTS) > 30
