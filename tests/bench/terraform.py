# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terraform as a contender: the same objects as its code, applied and planned by its binary.

`TERRAFORM_TEST_MIRROR` names a directory that `terraform providers mirror` has made, with the provider grafana/grafana.
Terraform works on ten objects at a time, its default.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from benchmark import Target

BINARY = shutil.which("terraform") or shutil.which("tofu")
MIRROR = os.environ.get("TERRAFORM_TEST_MIRROR")
ABSENT = "Terraform is left out: it needs its binary (terraform or tofu) and TERRAFORM_TEST_MIRROR"


class Code:
    """A directory with code, and the binary run in it, each time within *seconds*."""

    def __init__(self, folder: Path, target: Target, seconds: float) -> None:
        self.folder, self.target, self.seconds = folder, target, seconds

    def write(self, resources: dict[str, Any]) -> None:
        """Write the code and let Terraform initialize the directory."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' % MIRROR
        (self.folder / "terraformrc").write_text(settings, encoding="utf-8")
        provider = {"grafana": {"source": "grafana/grafana"}}
        code = {"terraform": {"required_providers": provider}, "provider": {"grafana": {"url": self.target.url}}, **resources}
        (self.folder / "main.tf.json").write_text(json.dumps(code, indent=1), encoding="utf-8")
        self._run("init", "-input=false")

    def apply(self) -> None:
        """Create and change what differs."""
        self._run("apply", "-auto-approve", "-input=false")

    def plan(self) -> None:
        """Find nothing to do. Exits if there is something: the exit code 2 says so."""
        self._run("plan", "-detailed-exitcode", "-input=false")

    def _run(self, *words: str) -> None:
        environment = {
            **os.environ,
            "GRAFANA_AUTH": f"{self.target.user}:{self.target.password}",
            "TF_CLI_CONFIG_FILE": str(self.folder / "terraformrc"),
            "TF_IN_AUTOMATION": "1",
        }
        command = [str(BINARY), *words, "-no-color"]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=self.seconds
        )
        if done.returncode:
            raise SystemExit(f"terraform {words[0]} failed ({done.returncode}):\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def of_tenants(tenants: list[dict], email: str) -> dict[str, Any]:
    """Return the code for *tenants* as the role takes them; the user with *email* is the member of each."""
    wanted = {tenant["name"]: {"account": tenant["service_accounts"][0]["name"]} for tenant in tenants}
    dashboard = json.dumps(tenants[0]["dashboards"][0]["dashboard"])
    org = "${grafana_organization.tenant[each.key].id}"
    every = {"for_each": "${local.tenants}"}
    return {
        "locals": {"tenants": wanted},
        "resource": {
            "grafana_organization": {"tenant": {**every, "name": "${each.key}", "create_users": False, "editors": [email]}},
            "grafana_service_account": {"ci": {**every, "org_id": org, "name": "${each.value.account}", "role": "Editor"}},
            "grafana_service_account_token": {
                "ci": {
                    **every,
                    "name": "ci",
                    "seconds_to_live": 2592000,
                    "service_account_id": "${grafana_service_account.ci[each.key].id}",
                }
            },
            "grafana_dashboard": {"overview": {**every, "org_id": org, "config_json": dashboard}},
        },
    }


def of_dashboards(files: Path, org: int, folder: str) -> dict[str, Any]:
    """Return the code for all dashboards of the directory *files*, in one *folder* (a uid) of an *org* (an id)."""
    return {
        "resource": {
            "grafana_dashboard": {
                "all": {
                    "for_each": '${fileset("%s", "*.json")}' % files,
                    "org_id": str(org),
                    "folder": folder,
                    "config_json": '${file("%s/${each.key}")}' % files,
                }
            }
        }
    }
