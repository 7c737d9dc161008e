# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that a command stores."""

from __future__ import annotations

import json
import os
import stat
import sys

import pytest

from modules.tokens.sinks import in_files


def test_what_a_command_gets(tenant, tmp_path):
    script = tmp_path / "store"
    script.write_text('#!/bin/sh\ncat > "%s/got"\nenv > "%s/env"\necho "$@" > "%s/args"\n' % (tmp_path, tmp_path, tmp_path))
    script.chmod(0o755)
    sink = {"type": "command", "store_command": [str(script), "{org_name}"], "metadata_path": str(tmp_path / "{name}.json")}
    made = tenant.present(sink=sink)
    got = (tmp_path / "got").read_text()
    assert got.endswith("\n")
    assert tenant.works(got[:-1])
    assert (tmp_path / "args").read_text() == "tenant\n"
    around = (tmp_path / "env").read_text()
    assert "GRAFANA_SINK_ORG_NAME=tenant\n" in around
    assert "GRAFANA_SINK_NAME=ci\n" in around
    assert got.strip() not in around
    assert json.loads((tmp_path / "ci.json").read_text())["token_id"] == made["token"]["id"]
    assert stat.S_IMODE(os.stat(tmp_path / "ci.json").st_mode) == 0o600


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ({"store_command": ["/no/such/program"]}, "cannot be run"),
        ({"store_command": [sys.executable, "-c", "import sys; sys.exit(sys.stdin.read())"]}, "exited with 1: ***"),
        ({"store_command": [sys.executable, "-c", "import time; time.sleep(9)"], "timeout": 0.2}, "did not end within 0.2 s"),
        ({"store_command": [sys.executable, "-c", "pass"]}, "does not return the key"),
    ],
    ids=["missing", "failing with the key", "slow", "lying"],
)
def test_a_command_that_does_not_store(tenant, tmp_path, command, words):
    result = tenant.fails(sink=in_files(tmp_path, **command))
    assert words in result["msg"]
    assert "glsa_" not in result.text
    assert tenant.listed() == []
    assert tenant.present(sink=in_files(tmp_path))["changed"]
    assert tenant.works((tmp_path / "stored").read_text().strip())
    assert len(tenant.listed()) == 1


@pytest.mark.parametrize("before", [0, 270, 290])
def test_a_command_that_says_the_key(tenant, tmp_path, before):
    """Where what it says is cut off, no half of a key is left at the end."""
    program = "import sys; sys.exit('x' * %d + ' ' + (sys.stdin.read() or open(sys.argv[1]).read()))" % before
    said = [sys.executable, "-c", program, str(tmp_path / "stored")]
    for command in ({"store_command": said}, {"read_command": said}):
        result = tenant.fails(sink=in_files(tmp_path, **command))
        assert "exited with 1" in result["msg"]
        assert "glsa_" not in result.text
        tenant.present(sink=in_files(tmp_path))
        tenant.advance(hours=2)


def test_probe_command(tenant, tmp_path):
    sink = in_files(tmp_path, probe_command=[sys.executable, "-c", "import sys; sys.exit('the safe is shut')"])
    for check in (True, False):
        with tenant.server.writes_nothing():
            assert "the safe is shut" in tenant.fails(sink=sink, check=check)["msg"]


def test_a_command_that_failed_when_the_old_key_was_there(tenant, tmp_path):
    """What cannot be read again is uncertain after a failure, and is replaced by the next run."""
    sink = in_files(tmp_path)
    del sink["read_command"]
    tenant.present(sink=sink)
    tenant.advance(hours=2)
    tenant.fails(sink={**sink, "store_command": ["false"]})
    assert tenant.present(sink=sink)["changed"]
    assert tenant.works((tmp_path / "stored").read_text().strip())
    assert len(tenant.listed()) == 1
