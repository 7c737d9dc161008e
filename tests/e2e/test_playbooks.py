# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that come with the collection, and the demo."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from e2e import shortcuts
from e2e.conftest import BY_A_TOKEN, ROOT
from servers import DELETES_ORGS
from tools import demo


@pytest.mark.by_core
def test_bootstrap_and_teardown(sites):
    site = sites(DELETES_ORGS)
    variables = {"org_name": "apiorg", "key_file": str(site.keys / "apiorg.token")}
    bootstrap, teardown = ROOT / "playbooks/bootstrap_org.yml", ROOT / "playbooks/teardown_org.yml"
    assert site.play(bootstrap, "--check", **variables).ok().recap["changed"] == 1
    assert site.play(bootstrap, **variables).ok().recap["changed"] == 1
    assert site.play(bootstrap, **variables).ok().recap["changed"] == 0
    org = site.emulator.orgs()["apiorg"]
    dashboard = site.emulator.dashboard(org, "production-overview")["dashboard"]
    assert dashboard["title"] == "Production Overview"
    assert site.emulator.creator(org, "production-overview").startswith(BY_A_TOKEN)
    assert dashboard["panels"][1]["targets"][0]["legendFormat"] == "{{instance}}"
    assert site.emulator.ask("GET", "/api/user")["orgId"] == 1
    assert site.play(teardown, **variables).ok().recap["changed"] == 4
    assert site.play(teardown, **variables).ok().recap["changed"] == 0
    assert list(site.emulator.orgs()) == ["Main Org."]
    assert list(site.keys.iterdir()) == []
    assert site.play(bootstrap, **variables).ok().recap["changed"] == 1


def test_demo(tmp_path):
    """`make demo` on the embedded Grafana."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRAFANA_")}
    folder = tempfile.mkdtemp(prefix="e2e-")  # short, for a socket of ansible-core's
    environment.update(HOME=str(tmp_path), TMPDIR=folder, ANSIBLE_CONFIG=str(ROOT / "ansible.cfg"))
    environment["PATH"] = f"{os.path.dirname(sys.executable)}:{environment['PATH']}"
    environment["PYTHONPATH"] = f"{ROOT / '.build'}:{ROOT / 'tests'}"
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT / ".build")
    command = [sys.executable, str(ROOT / "tests/tools/demo.py")]
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Second run: changed=0." in ended.stdout
    key = next(Path(folder).glob("orgsmith-demo-*/apiorg.token"))
    assert str(key) in ended.stdout
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text().strip() not in ended.stdout + ended.stderr
    shutil.rmtree(folder)


def test_demo_on_a_real_server(sites, monkeypatch, capsys):
    """With GRAFANA_URL the demo works on that server, and says how to undo it; that undoes it."""
    site = sites("9.3.2")

    def run(command, env, **_options):
        return shortcuts.run([str(Path(sys.executable).parent / command[0]), *command[1:]], site.folder, env)

    monkeypatch.setattr(demo, "subprocess", SimpleNamespace(run=run))
    monkeypatch.setattr(sys, "argv", ["demo.py"])
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    demo.main()
    printed = capsys.readouterr().out
    assert "Second run: changed=0." in printed
    known = json.loads((site.home / ".config/orgsmith-grafana/keys/apiorg.token.json").read_text())
    assert known["server"] == site.emulator.url
    org = site.emulator.orgs()["apiorg"]
    assert site.emulator.creator(org, "production-overview").startswith(BY_A_TOKEN)
    undo = shlex.split(printed.strip().splitlines()[-1])
    assert undo[1] == "playbooks/teardown_org.yml"
    assert site.command(*undo, directory=ROOT).ok().recap["changed"] == 4
    assert list(site.emulator.orgs()) == ["Main Org."]


@pytest.mark.by_core
def test_installed_from_the_tarball(sites, tmp_path_factory):
    """The collection as Galaxy would install it works in an empty collections path."""
    site = sites()
    folder = tmp_path_factory.mktemp("installed")
    copy = folder / "tree"
    subprocess.run([str(ROOT / "tests/tools/copy-tree.sh"), str(copy)], check=True, capture_output=True, cwd=ROOT)
    tree = copy / "ansible_collections/orgsmith/grafana"
    site.command("ansible-galaxy", "collection", "build", "--output-path", str(folder), str(tree)).ok()
    tarball = next(folder.glob("orgsmith-grafana-*.tar.gz"))
    installed = {"ANSIBLE_COLLECTIONS_PATH": str(folder / "collections")}
    site.command("ansible-galaxy", "collection", "install", str(tarball), environment=installed).ok()
    site.play("orgsmith.grafana.bootstrap_org", environment=installed, key_file=str(site.keys / "k")).ok()
    assert (site.keys / "k.json").exists()
