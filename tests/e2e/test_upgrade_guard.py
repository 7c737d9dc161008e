# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard before an upgrade, as a pipeline runs it: by its exit status."""

from __future__ import annotations

import pytest
import requests

from e2e.conftest import PASSWORD, ROOT
from e2e.needles import in_files, in_text

pytestmark = pytest.mark.by_core

GUARD = ROOT / "playbooks/upgrade_guard.yml"


@pytest.fixture
def site(sites):
    """A server of 9.3.2 with a key, and a script that makes others."""
    site = sites("9.3.2")
    body = {"name": "ci", "role": "Editor"}
    made = requests.post(site.emulator.url + "/api/auth/keys", json=body, auth=("admin", PASSWORD), timeout=10)
    site.secret = made.json()["key"]
    site.scripts = site.folder / "scripts"
    site.scripts.mkdir()
    (site.scripts / "make.sh").write_text(f"curl -X POST -H 'Authorization: Bearer {site.secret}' $URL/api/auth/keys\n")
    return site


def writes(site):
    routes = site.emulator.stats()["routes"]
    return [route for route in routes if route["method"] != "GET" and route["route"] not in ("/login", "/api/auth/keys")]


def test_exit_status(site):
    """0 where nothing is to be decided, 2 and its name where something is, 0 again once it is decided."""
    quiet = site.play(GUARD, target_version="12.4.3").ok()
    assert "keys_migrate:1" in quiet.text
    scanned = {"target_version": "12.4.3", "upgrade_scan": [str(site.scripts)]}
    decision = f"request_breaks:POST:{site.scripts}/make.sh"
    for words in ([], ["--check"]):
        stopped = site.play(GUARD, *words, **scanned)
        assert stopped.code == 2
        assert f"1 of 5 findings need a decision before the upgrade from Grafana 9.3.2 to 12.4.3: {decision}." in stopped.text
        assert stopped.recap["changed"] == 0
    decided = site.play(GUARD, upgrade_decided=[decision], **scanned).ok()
    assert f"[decided] {decision}" in decided.text
    site.play(GUARD, upgrade_scan_exclude=["*.sh"], **scanned).ok()
    assert writes(site) == []
    assert len(site.emulator.api_keys()) == 1


def test_by_extra_variable_of_the_command_line(site):
    """As the page says it; a version that is a number for YAML is one all the same."""
    site.command("ansible-playbook", str(GUARD), "-e", "target_version=12.4.3").ok()
    short = site.play(GUARD, target_version=12.1).ok()
    assert "keys_end" in short.text
    older = site.play(GUARD, target_version="8.5.15").failed()
    assert "is older than Grafana 9.3.2" in older.text


def test_no_key_is_shown(site):
    """Neither in what is printed, at any verbosity, nor in files that are left behind."""
    run = site.play(GUARD, "-vvvv", target_version="12.4.3", upgrade_scan=[str(site.scripts)])
    assert "key_in_clear" in run.text
    assert in_text([site.secret, PASSWORD], run.text) == []
    assert in_files([site.secret], [site.folder, site.temporary], {site.scripts / "make.sh"}) == []
