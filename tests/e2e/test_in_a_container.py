# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job as AWX runs it in an execution environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from e2e.conftest import ROOT, Run
from standins import Awx

#: Runs a command as a user without an entry in /etc/passwd, in the group root, as OpenShift does.
NAMELESS = ["unshare", "--user", "--map-user=1000670000", "--map-group=0", "--"]


def as_nameless_user(command: list[str], environment: dict[str, str], directory: Path) -> Run:
    """Run *command* as a user without a name, where this machine allows that; otherwise as the user of the tests."""
    allowed = shutil.which(NAMELESS[0]) and subprocess.run([*NAMELESS, "true"], capture_output=True, check=False).returncode == 0
    whole = [*(NAMELESS if allowed else []), *command]
    return Run(subprocess.run(whole, cwd=directory, env=environment, capture_output=True, text=True, check=False))


def read_only_collection(folder: Path) -> Path:
    """Return a collections path with a copy of this collection that nobody may write to."""
    copy = folder / "collections/ansible_collections/orgsmith/grafana"
    for part in ("plugins", "roles", "playbooks", "meta"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "galaxy.yml", copy)
    for path in [*copy.rglob("*"), copy]:
        path.chmod(path.stat().st_mode & 0o555)
    return folder / "collections"


@pytest.mark.by_core
def test_a_token_in_an_execution_environment(sites):
    """The collection is read-only, the user has no name, and only HOME and /tmp can be written to."""
    site = sites()
    site.api("POST", "/api/serviceaccounts", {"name": "ci", "role": "Editor"})
    runner = site.folder / "runner"
    runner.mkdir(mode=0o770)
    sink = {"type": "awx_credential", "credential": "{name}", "credential_type": "Grafana token", "organization": "Default"}
    token = {"org_id": 1, "service_account": "ci", "name": "ci", "seconds_to_live": "30d", "sink": {**sink, "key_field": "token"}}
    tasks = [{"name": "Create a token", "orgsmith.grafana.grafana_sa_token": token}]
    playbook = site.write("token.yml", [{"name": "In a job", "hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    collections = read_only_collection(site.folder)
    tool = str(Path(sys.executable).with_name("ansible-playbook"))
    with Awx() as awx:
        environment = {
            **site.environment,
            "HOME": str(runner),
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "AWX_PRIVATE_DATA_DIR": "/tmp/awx_7_x",
            "CONTROLLER_HOST": awx.url,
            "CONTROLLER_OAUTH_TOKEN": awx.token,
        }
        for name in ("ANSIBLE_LOCAL_TEMP", "ANSIBLE_REMOTE_TEMP", "USER", "LOGNAME", "PYTHONPATH"):
            environment.pop(name, None)
        run = as_nameless_user([tool, str(playbook)], environment, site.folder).ok()
        [key] = site.keys_made()
        assert awx.named("ci")["inputs"] == {"token": key}
    assert key not in run.text
    assert "WARNING" not in run.text.replace("provided hosts list is empty", "").replace("[WARNING]: No inventory", "")
    assert not [*collections.rglob("__pycache__")]
    left = [path for path in runner.rglob("*") if path.is_file()]
    assert not [path for path in left if key in path.read_text("utf-8", errors="replace")]


#: A directory that is a mount on most machines, as a volume is in a container.
VOLUME = Path("/dev/shm")


@pytest.mark.parametrize("place", ["the folder of the job", "a volume", "a container that stays"])
def test_the_report_of_a_migration_is_lost_with_the_container(sites, place):
    """The playbook warns, and says so to the next node; on a volume, and in a container that stays, it does not."""
    if place == "a volume" and not os.path.ismount(VOLUME):
        pytest.skip(f"{VOLUME} is no mount here")
    site = sites("9.3.2")
    job = site.folder / "awx_7_x"
    parent = Path(tempfile.mkdtemp(prefix="e2e-", dir=VOLUME)) if place == "a volume" else job / "project"
    try:
        environment = {
            "AWX_PRIVATE_DATA_DIR": str(job),
            "ORGSMITH_ALLOW_EPHEMERAL": str(place == "a container that stays").lower(),
            "ANSIBLE_SHOW_CUSTOM_STATS": "1",
        }
        reports = parent / "reports"
        run = site.play(ROOT / "playbooks/migrate_api_keys.yml", environment=environment, migrate_report_dir=str(reports)).ok()
        lost = place == "the folder of the job"
        report = run.stats["orgsmith_migrate"]
        assert report["reports_lost_with_the_container"] is lost
        assert report["reports"] == [str(reports / "report.html")]
        assert (reports / "report.html").is_file()
        assert (f"WARNING: {reports} lies on the own file system of this container" in run.text) is lost
    finally:
        if place == "a volume":
            shutil.rmtree(parent)
