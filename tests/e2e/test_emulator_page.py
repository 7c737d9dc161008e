# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/emulator.md, worked through: the server that its first command starts, and the commands in a second terminal."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile

import pytest

from e2e import pages, shortcuts
from e2e.conftest import ROOT

#: The address on the page. The test has a port of its own.
ADDRESS = "http://127.0.0.1:3000"
PAGE = (ROOT / "docs/emulator.md").read_text(encoding="utf-8")


@contextlib.contextmanager
def started(command: str):
    """Yield the address of the emulator that ``make emulator …`` starts, on a free port."""
    found = re.fullmatch(r'make emulator PORT=3000 GRAFANA_VERSION=(\S+) ARGS="(.*)"', command.strip())
    words = [sys.executable, "-m", "emulator", "--port", "0", "--grafana-version", found[1], *shlex.split(found[2])]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().split()[1]
        finally:
            server.terminate()


@pytest.fixture
def terminal(tmp_path):
    """Return a function that runs a command in a folder of its own, with some variables, and returns what it prints."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GRAFANA_", "ANSIBLE_"))}
    with tempfile.TemporaryDirectory(prefix="e2e-") as short:
        environment = {
            **inherited,
            "HOME": str(tmp_path),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
            "ANSIBLE_LOCAL_TEMP": short,
            "ANSIBLE_NOCOLOR": "1",
            "ORGSMITH_ALLOW_EPHEMERAL": "true",
        }

        def run(command: str, variables: dict[str, str]) -> str:
            words = shlex.split(command)
            tool = os.path.join(os.path.dirname(sys.executable), words[0])
            words[0] = tool if os.path.exists(tool) else words[0]
            done = shortcuts.run(words, tmp_path, {**environment, **variables})
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        yield run


@pytest.mark.emulator_only("setting", "the page is about the emulator, which the test starts with arguments of its own")
def test_worked_through(terminal, tmp_path):
    start, connect, playbook, first, rotation, lost = pages.blocks(PAGE)
    (tmp_path / "tokens.yml").write_text(playbook.text, encoding="utf-8")
    key = tmp_path / "ci.token"
    with started(start.text) as address:

        def run(block):
            """Run each line of the block; return what the last one prints."""
            variables = dict(word.split("=", 1) for word in shlex.split(connect.text.replace(ADDRESS, address))[1:])
            return [terminal(line, variables) for line in block.text.replace(ADDRESS, address).splitlines()][-1]

        assert re.search(r"changed=2 ", run(first))
        before = key.read_text()
        assert re.search(r"ok=2 +changed=1 ", run(rotation))
        assert key.read_text() != before
        printed = run(lost)
        assert '"changed": true' in printed
        assert '"name": "tenant-1"' in printed
        assert "try-Passw0rd-17" not in printed


def test_the_page_names_each_fault():
    """As the emulator's own list has them."""
    from emulator.core.faults import KINDS

    faults = PAGE.partition("## Faults")[2].partition("## Other")[0]
    assert set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\| (`.*?) \|", faults, re.MULTILINE)))) == set(KINDS)
