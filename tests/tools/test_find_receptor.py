# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that finds receptor, or has Go install it, and what CI says if there is none."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests" / "tools" / "find-receptor.sh"
INSTALLS = '#!/bin/sh\necho "$@" >>"$HOME/asked"\nmkdir -p "$GOBIN" && : >"$GOBIN/receptor-cl" && chmod +x "$GOBIN/receptor-cl"\n'
REFUSED = "#!/bin/sh\necho 'reading the module: 403 Forbidden' >&2\nexit 1\n"


@pytest.fixture
def find(tmp_path):
    """Run the script with only these programs on PATH, as ``find(go="its script", RECEPTOR="…")``."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "sh", "mkdir", "chmod"):
        (programs / name).symlink_to(shutil.which(name))

    def run(go=None, receptor=None, **environment):
        for name, script in (("go", go), ("receptor", receptor)):
            if script is not None:
                (programs / name).write_text(script)
                (programs / name).chmod(0o755)
        words = {"PATH": str(programs), "HOME": str(tmp_path), **environment}
        return subprocess.run(["bash", str(SCRIPT)], env=words, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("named", ["/opt/receptor", "none"])
def test_the_named_one_comes_first(find, named):
    found = find(receptor="#!/bin/sh\n", go=INSTALLS, RECEPTOR=named)
    assert (found.returncode, found.stdout) == (0, f"{named}\n")


def test_an_installed_one_is_found(find, tmp_path):
    assert find(receptor="#!/bin/sh\n").stdout == f"{tmp_path}/bin/receptor\n"


def test_go_installs_it_once(find, tmp_path):
    path = tmp_path / ".cache/orgsmith-grafana/receptor-1.6.4/receptor-cl"
    for _again in range(2):
        found = find(go=INSTALLS)
        assert (found.returncode, found.stdout) == (0, f"{path}\n"), found.stderr
    asked = (tmp_path / "asked").read_text()
    assert asked == "install -p 2 github.com/ansible/receptor/cmd/receptor-cl@v1.6.4\n"


@pytest.mark.parametrize(
    ("go", "reason"), [(None, "Go, which would install it, is not either"), (REFUSED, "Go cannot install it")]
)
def test_without_it_the_script_says_why(find, go, reason):
    found = find(go=go)
    assert (found.returncode, found.stdout) == (1, "")
    assert reason in found.stderr.splitlines()[-1]


def test_ci_reports_a_stage_that_did_not_run(tmp_path):
    (tmp_path / ".build/ci").mkdir(parents=True)
    command = f'. {ROOT}/.ci/stages.sh; not_run mesh "there is no receptor"'
    said = subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "!!!!! mesh DID NOT RUN: there is no receptor !!!!!" in said.stderr
    assert (tmp_path / ".build/ci/notes").read_text() == "NOT RUN\tmesh\t0\t0\t there is no receptor\n"
