# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of the role and the playbooks that read the results of a batch."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def tasks(value):
    """Yield each dictionary in *value*."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from tasks(one)


def test_module_defaults_hide_no_result_from_the_role_and_the_playbooks():
    """A play may set ``results: changed`` for all modules; the role would then overlook failures."""
    batches = [
        (path.name, task["name"], options.get("results"))
        for path in [*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")]
        for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8")))
        if "register" in task
        for module, options in task.items()
        if module.startswith("orgsmith.grafana.grafana_") and "batch" in options
    ]
    assert len(batches) >= 7
    assert [task for task in batches if task[2] not in ("all", ["brief"], ["changed", "failed"])] == []
