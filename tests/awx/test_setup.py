# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/awx_setup.yml with the real modules of awx.awx, on a stand-in that refuses what AWX refuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from awx.conftest import PASSWORD, PROJECT, ROOT
from e2e import needles
from standins.awx_api import Controller
from tools import awx_objects

SETUP = awx_objects.read()
VARIABLES = {
    "awx_setup_project_url": "https://git.example.org/grafana.git",
    "awx_setup_image": "registry.example.org/grafana-ee:1",
    "awx_setup_notification_url": "https://hooks.example.org/failures",
    "awx_setup_slices": 3,
}


class Setup:
    """The stand-in, and runs of the playbook."""

    def __init__(self, awx: Controller) -> None:
        self.awx = awx
        self.text = ""

    def run(self, *words: str, **variables: object) -> dict[str, int]:
        """Run the playbook, which has to succeed; return its recap."""
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(("GRAFANA_", "ANSIBLE_", "CONTROLLER_", "TOWER_"))}
        environment = {
            **inherited,
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": "%s:%s" % (ROOT / ".build", os.environ["AWX_COLLECTION"]),
            "ANSIBLE_NOCOLOR": "1",
            "CONTROLLER_HOST": self.awx.url,
            "CONTROLLER_OAUTH_TOKEN": self.awx.token,
            "GRAFANA_URL": "https://grafana.example.org",
            "GRAFANA_USER": "admin",
            "GRAFANA_PASSWORD": PASSWORD,
        }
        tool = Path(sys.executable).parent / "ansible-playbook"
        extra = json.dumps({**VARIABLES, **variables})
        command = [str(tool), "orgsmith.grafana.awx_setup", "-e", extra, *words]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        self.text = found.stdout + found.stderr
        assert found.returncode == 0, (self.awx.refused, self.text[-5000:])
        line = self.text.rpartition("PLAY RECAP")[2].splitlines()[1]
        return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}

    def writes(self) -> list[str]:
        """Return the writing requests so far."""
        return [line for line in self.awx.log if not line.startswith("GET")]


@pytest.fixture(scope="module")
def setup():
    with Controller([path.name for path in PROJECT.glob("*.yml")]) as awx:
        yield Setup(awx)


@pytest.fixture(scope="module")
def done(setup):
    """The stand-in after a first run, in check mode before."""
    assert setup.run("--check")["changed"] > 0
    assert setup.writes() == []
    assert "Would also create what needs the objects above" in setup.text
    assert setup.run("-vvv", "--diff")["changed"] > 10
    assert setup.awx.refused == []
    assert needles.in_text([PASSWORD], setup.text) == []
    return setup


def test_second_run(done):
    """It sends no writing request at all, so check mode, in which the modules end at the first one, finds nothing either."""
    before = len(done.writes())
    assert done.run()["changed"] == 0
    assert len(done.writes()) == before


def test_credentials(done):
    stored = done.awx.named("credentials", "Grafana server")
    assert stored["inputs"] == {"url": "https://grafana.example.org", "username": "admin", "password": "$encrypted$"}
    for one in SETUP["credential_types"]:
        made = done.awx.named("credential_types", one["name"])
        assert (made["kind"], made["inputs"], made["injectors"]) == ("cloud", one["inputs"], one["injectors"])


def test_inventories(done):
    project = done.awx.named("projects", "Grafana project")
    assert (project["scm_type"], project["scm_url"]) == ("git", VARIABLES["awx_setup_project_url"])
    for name in ("organizations", "tenants"):
        source = done.awx.named("inventory_sources", f"inventories/{name}.grafana_orgs.yml")
        assert source["inventory"] == done.awx.named("inventories", f"Grafana {name}")["id"]
        assert (source["source"], source["source_project"]) == ("scm", project["id"])
        assert (source["overwrite"], source["update_on_launch"], source["update_cache_timeout"]) == (True, True, 300)


@pytest.mark.parametrize("wanted", SETUP["job_templates"], ids=lambda one: one["key"])
def test_job_templates(done, wanted):
    made = done.awx.named("job_templates", wanted["name"])
    sliced = wanted.get("sliced", False)
    assert made["playbook"] == wanted["playbook"]
    assert made["job_type"] == wanted.get("job_type", "run")
    assert made["inventory"] == done.awx.named("inventories", "Grafana " + wanted["inventory"])["id"]
    assert json.loads(made["extra_vars"]) == {**({"orgs_hosts": "all"} if sliced else {}), **wanted.get("extra_vars", {})}
    assert made["job_slice_count"] == (3 if sliced else 1)
    assert made["execution_environment"] == done.awx.named("execution_environments", "Grafana execution environment")["id"]
    assert done.awx.objects["job_templates"][made["id"]]["survey_spec"]["spec"] == SETUP["surveys"][wanted["survey"]]
    assert done.awx.members("job_templates", wanted["name"], "credentials") == ["Grafana server"]
    assert done.awx.members("job_templates", wanted["name"], "notification_templates_error") == ["Grafana failures"]


def test_workflow(done):
    """A plan, an approval, the migration, and a verification, each only after the success of the one before."""
    names = ["plan", "approval", "migrate", "verify"]
    followers = {name: done.awx.members("workflow_job_template_nodes", name, "success_nodes") for name in names}
    assert followers == {"plan": ["approval"], "approval": ["migrate"], "migrate": ["verify"], "verify": []}
    for name in ("plan", "migrate", "verify"):
        (template,) = [one["name"] for one in SETUP["job_templates"] if one["key"] == name]
        node = done.awx.named("workflow_job_template_nodes", name)
        assert node["unified_job_template"] == done.awx.named("job_templates", template)["id"]
    approval = done.awx.named("workflow_approval_templates", "Grafana approve migration")
    assert done.awx.named("workflow_job_template_nodes", "approval")["unified_job_template"] == approval["id"]
    assert approval["timeout"] == 86400
    workflow = "Grafana migrate after approval"
    assert done.awx.members("workflow_job_templates", workflow, "notification_templates_approvals") == ["Grafana failures"]
    stored = done.awx.objects["workflow_job_templates"][done.awx.named("workflow_job_templates", workflow)["id"]]
    assert stored["survey_spec"]["spec"] == SETUP["surveys"]["migrate"]


def test_schedule(done):
    made = done.awx.named("schedules", "Grafana rotate tokens every night")
    assert made["unified_job_template"] == done.awx.named("job_templates", "Grafana rotate tokens")["id"]
    assert (made["rrule"], made["enabled"]) == ("DTSTART:20260101T010000Z RRULE:FREQ=DAILY;INTERVAL=1", True)


def test_missing_project(setup):
    """The playbook says what it needs before it asks AWX for anything."""
    before = len(setup.awx.log)
    with pytest.raises(AssertionError):
        setup.run(awx_setup_project_url="")
    assert "Set awx_setup_project_url to the address" in setup.text
    assert len(setup.awx.log) == before
