# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The example project as AWX runs it: each job template with the defaults of its survey, one after the other on one server."""

from __future__ import annotations

import json

import pytest

from awx.conftest import PASSWORD
from awx.jobs import SETUP, TEMPLATES, Awx
from e2e import needles
from servers import Grafana
from standins import Vault

TENANTS = ["tenant-a", "tenant-b"]


class World:
    """A Grafana with API keys, a Vault, and a finished job of each template."""

    def __init__(self, grafana, vault, folder):
        self.grafana, self.vault = grafana, vault
        self.awx = Awx(
            folder,
            {
                "Grafana password": {"url": grafana.url, "username": "admin", "password": PASSWORD},
                "Grafana keys in Vault": {"address": vault.url, "token": vault.token},
            },
        )
        self.jobs = {}
        tenants = self.awx.inventory("tenants")
        assert sorted(tenants.hosts) == TENANTS
        self.run("bootstrap_org", tenants)
        first = self.run("bootstrap_orgs", tenants, part=(1, 2))
        self.halves = [first, self.run("bootstrap_orgs", tenants, part=(2, 2))]
        self.run("rotate", tenants)
        self.old = [self.key(name) for name in TENANTS]
        organizations = self.awx.inventory("organizations")
        self.run("inspect", organizations)
        plan = self.run("plan", organizations)
        self.planned = self.api_keys()
        self.run("migrate", organizations, artifacts=plan.artifacts)
        questions = SETUP["surveys"]["migrate"]
        self.run("verify", organizations, answers={one["variable"]: "" for one in questions if not one["required"]})

    def run(self, key, inventory, **more):
        self.jobs[key] = self.awx.launch(key, inventory, **more)
        assert self.jobs[key].code == 0, (key, self.jobs[key].text[-4000:])
        self.jobs[key].hidden = self.awx.hidden
        return self.jobs[key]

    def key(self, org):
        """Make an API key as users once did; return it."""
        body = {"name": "old", "role": "Editor"}
        return self.grafana.ask("POST", "/api/auth/keys", body, self.grafana.orgs()[org])["key"]

    def api_keys(self):
        return [len(self.grafana.ask("GET", "/api/auth/keys", org_id=self.grafana.orgs()[name])) for name in TENANTS]

    def secrets(self):
        return [PASSWORD, self.vault.token, *self.old, *self.grafana.keys()]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with Grafana(version="9.3.2", admin_password=PASSWORD) as grafana, Vault() as vault:
        yield World(grafana, vault, tmp_path_factory.mktemp("awx"))


@pytest.mark.parametrize("key", TEMPLATES)
def test_no_secret(world, key):
    """No file of the job's directory contains a secret. AWX censors one file, the command with its environment."""
    job = world.jobs[key]
    command = job.artifacts_folder / "command"
    secrets = world.secrets()
    assert len(secrets) > 6
    assert needles.in_files(secrets, [job.folder], {command}) == []
    assert needles.in_text([PASSWORD], command.read_text()) == [PASSWORD]
    assert needles.in_text(secrets, job.stored_command(job.hidden)) == []
    assert len(job.events) > 5


@pytest.mark.parametrize("key", TEMPLATES)
def test_stats(world, key):
    """Each job reports to the next node of a workflow, and no name of what it reports is a variable of a survey."""
    found = world.jobs[key].artifacts
    assert found
    assert all(name.startswith("orgsmith_") for name in found)
    assert needles.in_text(world.secrets(), json.dumps(found)) == []


def test_bootstrap(world):
    """Organizations exist, and their keys are in Vault and work."""
    assert {"apiorg", *TENANTS} <= set(world.grafana.orgs())
    stored = {path for _mount, path in world.vault.secrets}
    assert stored == {"grafana/apiorg/test", "grafana/tenant-a/ci", "grafana/tenant-b/ci"}
    # nothing was due
    assert world.jobs["rotate"].changed == 0


def test_slices(world):
    """Each slice creates the organizations of its own hosts only."""
    created = [job.artifacts["orgsmith_bootstrap"]["created_organizations"] for job in world.halves]
    assert created == [["tenant-a"], ["tenant-b"]]


def test_migration(world):
    """The plan writes nothing, the migration follows it, and the verification finds nothing left."""
    assert world.planned == [1, 1]
    assert world.jobs["plan"].changed > 0
    assert world.jobs["migrate"].changed > 0
    assert world.api_keys() == [0, 0]
    assert world.jobs["verify"].changed == 0
