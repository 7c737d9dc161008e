# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: what ansible-builder makes of the recipe, and of the collection's own needs."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs/examples/execution-environment"
PAGE = (ROOT / "docs/execution-environment.md").read_text("utf-8")
#: What ansible-core and requests need themselves.
INCLUDED = {"ansible", "ansible_collections", "jinja2", "markupsafe", "urllib3", "yaml"}


def builder(*arguments: str, cwd: Path = ROOT) -> None:
    """Run ansible-builder; print its output if it fails."""
    done = subprocess.run(["ansible-builder", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def needs(path: Path) -> list[str]:
    """Return the lines of a file of requirements, without comments."""
    return [line.partition("  #")[0].strip() for line in path.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]


def imported(path: Path) -> set[str]:
    """Return the packages that a file imports by absolute names, without INCLUDED and Python's own."""
    text = path.read_text("utf-8")
    known = INCLUDED | sys.stdlib_module_names
    if not set(re.findall(r"^ *(?:import|from) (\w+)", text, re.MULTILINE)) - known:
        return set()  # parsing takes long, and a text that looks like an import is rare
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [str(node.module)]
        found.update(name.partition(".")[0] for name in names)
    return found - known


def test_introspection_finds_what_the_page_says(tmp_path):
    builder("introspect", str(ROOT / ".build"), "--write-pip", str(tmp_path / "pip"), "--write-bindep", str(tmp_path / "bindep"))
    python, system = re.findall(r"```text\n(.+?)\n```", PAGE, re.DOTALL)
    assert needs(tmp_path / "pip") == python.split("\n")
    assert needs(tmp_path / "bindep") == system.split("\n")


def test_the_recipe_makes_a_build_context(tmp_path):
    builder("create", "--context", str(tmp_path), "--output-filename", "Containerfile", cwd=RECIPE)
    steps = (tmp_path / "Containerfile").read_text("utf-8").splitlines()
    recipe = yaml.safe_load((RECIPE / "execution-environment.yml").read_text("utf-8"))
    wanted = recipe["dependencies"]
    assert f'ARG EE_BASE_IMAGE="{recipe["images"]["base_image"]["name"]}"' in steps
    for line in (
        f'ARG PYPKG="{wanted["python_interpreter"]["package_system"]}"',
        f'ARG PYCMD="{wanted["python_interpreter"]["python_path"]}"',
        f'ARG ANSIBLE_INSTALL_REFS="{wanted["ansible_core"]["package_pip"]} {wanted["ansible_runner"]["package_pip"]}"',
    ):
        assert line in steps
    assert any(step.startswith("RUN ANSIBLE_GALAXY") and "install" in step and "requirements.yml" in step for step in steps)
    unbuffered = [number for number, step in enumerate(steps) if "PYTHONUNBUFFERED" in step]
    assert [steps[number] for number in unbuffered] == ["ENV PYTHONUNBUFFERED="]
    assert unbuffered[0] > steps.index("FROM base AS final")
    galaxy = yaml.safe_load((tmp_path / "_build/requirements.yml").read_text("utf-8"))
    assert [one["name"] for one in galaxy["collections"]] == ["orgsmith.grafana"]
    assert needs(tmp_path / "_build/bindep.txt") == needs(RECIPE / "bindep.txt")


@pytest.mark.parametrize(("value", "buffered"), [("", True), ("1", False)])
def test_an_empty_pythonunbuffered_counts_as_unset(value, buffered):
    """The recipe relies on it, as an image cannot remove a variable of its base image."""
    code = "import io, sys; print(isinstance(sys.stdout.buffer, io.BufferedWriter))"
    environment = {**os.environ, "PYTHONUNBUFFERED": value}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(buffered)


def test_the_recipe_takes_every_supported_ansible_core():
    recipe = yaml.safe_load((RECIPE / "execution-environment.yml").read_text("utf-8"))
    supported = yaml.safe_load((ROOT / "meta/runtime.yml").read_text("utf-8"))["requires_ansible"]
    lowest, _comma, _highest = recipe["dependencies"]["ansible_core"]["package_pip"].removeprefix("ansible-core").partition(",")
    assert lowest + ".0" == supported


def test_every_imported_library_is_required():
    outside = set().union(*map(imported, (ROOT / "plugins").rglob("*.py")))
    required = {re.split(r"[>=;]", line)[0].replace("-", "_") for line in needs(ROOT / "meta/ee-requirements.txt")}
    assert outside == required
