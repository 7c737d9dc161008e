# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contracts about imports in pyproject.toml hold for the plugins, and report an import that they forbid."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UTILS = "plugins/module_utils/"


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the plugins and of the contracts, under the collection's full name."""
    copy = tmp_path / "ansible_collections/orgsmith/grafana"
    shutil.copytree(ROOT / "plugins", copy / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint(checkout):
    """Return exit code and output of the linter."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(checkout.parents[2]), "COLUMNS": "300"}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_contracts_hold(checkout):
    code, output = lint(checkout)
    assert (code, "0 broken" in output) == (0, True), output


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        pytest.param(UTILS + "_text/durations.py", "from .._engine import run", "only the packages below it", id="upwards"),
        pytest.param(UTILS + "_engine/info.py", "from .._tokens import model", "only the packages below it", id="engine"),
        pytest.param(UTILS + "_orgs/members.py", "from .._sinks import base", "only the packages below it", id="sideways"),
        pytest.param(UTILS + "_tokens/plan.py", "from . import resource", "in a kind of object", id="plan to resource"),
        pytest.param(UTILS + "_folders/plan.py", "from .._grafana import client", "send no requests", id="plan to client"),
        pytest.param(UTILS + "_grafana/errors.py", "from ...plugin_utils import _bootstrap", "plugins import", id="plugin_utils"),
        pytest.param(
            "plugins/plugin_utils/_bootstrap/items.py", "from ...modules import grafana_org", "plugins import", id="modules"
        ),
    ],
)
def test_a_forbidden_import_is_reported(checkout, path, line, contract):
    with (checkout / path).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    code, output = lint(checkout)
    assert code == 1
    broken = [found for found in output.splitlines() if found.endswith("BROKEN")]
    assert any(contract in found for found in broken), output


def test_a_package_without_a_place_is_reported(checkout):
    (checkout / UTILS / "_new").mkdir()
    (checkout / UTILS / "_new/model.py").write_text("")
    code, output = lint(checkout)
    assert (code, "_new" in output) == (1, True), output
