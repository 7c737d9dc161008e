# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards as a playbook keeps them: a directory that changes, told in a diff that people can read."""

from __future__ import annotations

import json

import pytest

from e2e import needles
from e2e.conftest import PASSWORD

#: A key as Grafana makes them, that somebody has left in a dashboard.
KEY = "glsa_" + "8fQ2" * 8 + "_0a1b2c3d"


def task(module, **options):
    return {"name": module, f"orgsmith.grafana.{module}": {"org_name": "tenant", **options}}


@pytest.fixture
def kept(site):
    """A site with a playbook that keeps folders and a directory of dashboards, and a function that writes one of them."""
    top = site.folder / "dashboards"

    def write(name, **dashboard):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dashboard))

    site.api("POST", "/api/orgs", {"name": "tenant"})
    play = {"name": "Dashboards", "hosts": "localhost", "connection": "local", "gather_facts": False}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    play["tasks"] = [
        task("grafana_folder", title="Hosts", description="Machines"),
        task("grafana_dashboard", directory=str(top), source="e2e", prune=True, on_conflict="fail", allow_secrets="{{ insist }}"),
    ]
    site.write_dashboard = write
    site.playbook = site.write("dashboards.yml", [play])
    return site


def panel(expression):
    return [{"id": 1, "type": "timeseries", "title": "CPU", "targets": [{"refId": "A", "expr": expression}]}]


@pytest.mark.by_core
def test_a_directory_that_changes(kept):
    def play(*words, insist=False):
        return kept.play(kept.playbook, *words, insist=insist)

    kept.write_dashboard("Hosts/linux.json", uid="linux", title="Linux", panels=panel("rate(node_cpu[5m])"))
    kept.write_dashboard("top.json", uid="top", title="Top")
    for words, changed in ((["--check"], 2), ([], 2), (["--check"], 0), ([], 0)):
        assert play(*words).ok().recap["changed"] == changed

    kept.write_dashboard("Hosts/linux.json", uid="linux", title="Linux", panels=panel("rate(node_cpu_seconds_total[5m])"))
    (kept.folder / "dashboards/top.json").unlink()
    before = kept.writes()
    told = play("--check", "--diff").ok()
    assert kept.writes() == before
    path = 'panels[0] "CPU".targets[0].expr'
    old = [line for line in told.text.splitlines() if line.startswith("-") and path in line.replace("\\", "")]
    new = [line for line in told.text.splitlines() if line.startswith("+") and path in line.replace("\\", "")]
    assert "rate(node_cpu[5m])" in old[0]
    assert "rate(node_cpu_seconds_total[5m])" in new[0]
    assert told.recap["changed"] == 1
    assert play().ok().recap["changed"] == 1
    left = kept.api("GET", "/api/search?type=dash-db", org="tenant")
    assert [(hit["uid"], hit["folderTitle"]) for hit in left] == [("linux", "Hosts")]

    # a key in a dashboard is refused, and nowhere to be read even where the task insists
    kept.write_dashboard("key.json", uid="key", title="Key", description=f"Bearer {KEY}")
    refused = play("-vvv", "--diff").failed()
    assert "contains what looks like a Grafana key" in refused.text
    insisted = play("-vvv", "--diff", insist=True).ok()
    kept.write_dashboard("key.json", uid="key", title="Key", description="none", tags=["x"])
    cleaned = play("-vvv", "--diff", insist=True).ok()
    texts = "".join(run.text for run in (refused, insisted, cleaned))
    assert needles.in_text([KEY, PASSWORD], texts) == []
    assert needles.in_files([KEY], [kept.temporary], set()) == []
