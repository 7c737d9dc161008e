# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that hold for all shipped playbooks on organizations: surveys, hosts, and reports, as docs/playbooks.md has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/playbooks.md").read_text(encoding="utf-8")
#: They manage no organizations: the first play of the others, and the setup of AWX.
OTHERS = ("find_organizations", "awx_setup")
PLAYBOOKS = sorted(path for path in (ROOT / "playbooks").glob("*.yml") if path.stem not in OTHERS)
#: The row of a playbook in the first table of the page.
ROWS = {found[0]: found[1:] for found in re.findall(r"^\| `(\w+)` \| .* \| (yes|no) \| `(\w+)` \|$", PAGE, re.MULTILINE)}


def plays(path):
    return [play for play in yaml.safe_load(path.read_text(encoding="utf-8")) if "hosts" in play]


def names(block):
    """Return the names of variables that are read in quotes, as survey('kind', 'NAME'."""
    return set(re.findall(r"orgsmith\.grafana\.survey\(\s*'\w+',\s*'(\w+)'", block))


def test_the_page_lists_every_playbook():
    assert sorted(ROWS) == [path.stem for path in PLAYBOOKS]


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_playbook_reports_also_if_it_fails(path):
    (play,) = plays(path)
    (block,) = [task for task in play["tasks"] if "block" in task]
    report = block["always"][-1]
    assert report["ansible.builtin.set_stats"]["per_host"] is False
    hosts, name = ROWS[path.stem]
    assert f"'{name}', awx_job_id if awx_workflow_job_id is defined else none" in report["ansible.builtin.set_stats"]["data"]
    assert (play["hosts"] != "localhost") == (hosts == "yes") == report.get("run_once", False)


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_a_playbook_on_hosts_takes_their_connection(path):
    (play,) = plays(path)
    defaults = play.get("module_defaults", {}).get("group/orgsmith.grafana.grafana", "")
    assert ("grafana_connection" in defaults) == (ROWS[path.stem][0] == "yes")


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_the_page_lists_what_a_playbook_reports(path):
    text = path.read_text(encoding="utf-8")
    reported = re.findall(r"^ {16,18}'(\w+)': ", text, re.MULTILINE)
    (row,) = re.findall(rf"^\| `{ROWS[path.stem][1]}` \| (`.*) \|$", PAGE, re.MULTILINE)
    assert len(reported) >= 6
    assert sorted(reported) == sorted(re.findall(r"`(\w+)`", row))


@pytest.mark.parametrize("path", PLAYBOOKS, ids=lambda path: path.stem)
def test_the_name_in_a_message_is_the_variable(path):
    """And each variable of the user passes through the filter, so that empty text means that it is not set."""
    text = path.read_text(encoding="utf-8")
    for variable, name in re.findall(r"(\w+) \| default\(''\)\s*\| orgsmith\.grafana\.survey\(\s*'\w+',\s*'(\w+)'", text):
        assert variable == name
    prefix = {"migrate_api_keys": "migrate_", "upgrade_guard": "upgrade_", "migrate_terraform": "terraform_"}.get(path.stem)
    if prefix:
        described = set(re.findall(rf"^#   ({prefix}\w+)", text, re.MULTILINE)) - {"migrate_report_dir"}
        assert described
        assert described - names(text) <= {"migrate_account_template,"}
