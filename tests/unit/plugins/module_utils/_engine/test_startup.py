# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each file of an archive is compiled once."""

from __future__ import annotations

import gc
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine import startup

MODULES = sorted((Path(__file__).resolve().parents[5] / "plugins/modules").glob("*.py"))
FILES = {
    "top/__init__.py": "",
    "top/startup.py": Path(startup.__file__).read_text("utf-8"),
    "top/early.py": "",
    "top/inner/__init__.py": "from . import late\n",
    "top/inner/late.py": "WHERE = __file__\n",
}
#: Imports a package and a module of the archive, and prints which of its files have been compiled, and where the module is.
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import top.startup, top.early
if sys.argv[2] == "once":
    top.startup.start_quickly()
    assert top.startup.start_quickly.__module__ == "top.startup"
compiled = []
sys.addaudithook(lambda event, details: compiled.append(details[1]) if event == "compile" else None)
import top.inner
print(sorted(str(name).rpartition(sys.argv[1])[2] for name in compiled if sys.argv[1] in str(name)))
print(top.inner.late.WHERE)
try:
    import top.missing
except ImportError as problem:
    print(problem)
"""


def run(tmp_path, how):
    path = tmp_path / "payload.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in FILES.items():
            file.writestr(name, text)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path), how], capture_output=True, text=True, check=True)
    return path, done.stdout.splitlines()


def test_each_file_is_compiled_once(tmp_path):
    path, (compiled, where, missing) = run(tmp_path, "once")
    assert compiled == "['/top/inner/__init__.py', '/top/inner/late.py']"
    assert where == f"{path}/top/inner/late.py"
    assert missing == "No module named 'top.missing'"


def test_the_same_modules_without_it(tmp_path):
    path, (_compiled, where, missing) = run(tmp_path, "as Python does it")
    assert (where, missing) == (f"{path}/top/inner/late.py", "No module named 'top.missing'")


def test_a_module_that_runs_from_files():
    before, pace = list(sys.path_hooks), gc.get_threshold()
    try:
        startup.start_quickly()
        assert sys.path_hooks == before
        assert gc.get_threshold()[0] > pace[0] or pace[0] == gc.get_threshold()[0] == 50_000
    finally:
        gc.set_threshold(*pace)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_module_begins_with_it(path):
    imports = [line for line in path.read_text("utf-8").splitlines() if line.startswith(("from ..", "start_quickly"))]
    assert imports[:2] == ["from ..module_utils._engine.startup import start_quickly", "start_quickly()"]
