# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README's example, unchanged, on a fresh server."""

from __future__ import annotations

import requests
import yaml

from e2e import pages
from e2e.conftest import ROOT

BLOCKS = pages.blocks((ROOT / "README.md").read_text(encoding="utf-8"))


def test_the_example_runs_on_a_fresh_server(sites):
    (example,) = [block for block in BLOCKS if block.heading == "First example" and block.language == "yaml"]
    assert len(example.text.splitlines()) <= 20
    site = sites()
    playbook = site.write("tenants.yml", example.text)
    assert site.play(playbook).ok().recap["changed"] == 1
    assert site.play(playbook).ok().recap["changed"] == 0
    key = (site.folder / "tenant-1.token").read_text(encoding="utf-8").strip()
    answer = requests.get(site.url + "/api/org", headers={"Authorization": f"Bearer {key}"}, timeout=10)
    assert answer.json()["name"] == "tenant-1"
    found = site.api("GET", "/api/dashboards/uid/overview", org="tenant-1")
    assert (found["dashboard"]["title"], found["meta"]["folderTitle"]) == ("Overview", "Operations")


def test_the_requirements_name_this_collection():
    (wanted,) = [yaml.safe_load(block.text) for block in BLOCKS if block.heading == "Installation" and block.language == "yaml"]
    collection = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    (entry,) = wanted["collections"]
    assert entry["name"] == f"{collection['namespace']}.{collection['name']}"
    assert entry["version"] == f">={collection['version']}"
