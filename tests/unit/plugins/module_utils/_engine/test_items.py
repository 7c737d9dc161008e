# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which results of a batch are listed."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.items import listed

FAILURE = {"code": "not_empty", "message": "it has contents", "details": {"dashboards": 3}}
OK = {"index": 0, "status": "ok", "folder": {"uid": "a"}, "org_id": 1}
CHANGED = {"index": 1, "status": "changed", "folder": {"uid": "b"}, "org_id": 1, "diff": {}, "joined_org": True}
FAILED = {"index": 2, "status": "failed", "folder": None, "planned": "why", "org_id": 1, "label": "C", "failure": FAILURE}
NOT_RUN = {"index": 3, "status": "not_run", "folder": None, "org_id": 1}
IDENTIFIED = {"index": 2, "status": "failed", "org_id": 1, "label": "C", "failure": FAILURE}


@pytest.mark.parametrize(
    ("which", "expected"),
    [("all", [OK, CHANGED, FAILED, NOT_RUN]), ("changed", [CHANGED]), ("failed", [IDENTIFIED])],
)
def test_listed(which, expected):
    assert listed([OK, CHANGED, FAILED, NOT_RUN], which) == expected


def test_the_file_of_a_failed_dashboard_is_listed():
    entry = {"index": 0, "file": "a.json", "status": "failed", "dashboard": None, "label": "a", "failure": FAILURE}
    assert listed([entry], "failed")[0]["file"] == "a.json"
