# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manager of a dashboard, as each route shows it, and what it allows."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards.conversion import from_legacy, from_object


@pytest.mark.parametrize(
    ("kind", "edits", "provisioned", "deletable"),
    [
        (None, None, False, True),
        ("terraform", None, True, True),
        ("terraform", "true", False, True),
        ("terraform", "false", True, True),
        ("kubectl", "true", False, True),
        ("classic-file-provisioning", None, True, False),
        ("classic-file-provisioning", "true", False, False),
        ("repo", "true", True, True),
    ],
)
def test_a_manager_and_what_it_allows(kind, edits, provisioned, deletable):
    notes = {"managedBy": kind, "managerId": "ops", "managerAllowsEdits": edits}
    notes = {"grafana.app/" + name: text for name, text in notes.items() if text and kind}
    current = from_object({"metadata": {"name": "a", "annotations": notes}, "spec": {"title": "A"}})
    assert (current.provisioned is not None, current.deletable) == (provisioned, deletable)
    assert current.manager == (f"{kind} ops" if kind else None)
    assert current.head().provisioned is (provisioned or not deletable)


@pytest.mark.parametrize(
    ("meta", "provisioned", "manager"),
    [
        ({}, None, None),
        ({"provisioned": False, "provisionedExternalId": "a.json"}, None, "a.json"),
        ({"provisioned": True, "provisionedExternalId": "a.json"}, "a.json", "a.json"),
        ({"provisioned": True}, "from a file", "from a file"),
    ],
)
def test_a_file_over_the_legacy_route(meta, provisioned, manager):
    current = from_legacy({"meta": meta, "dashboard": {"uid": "a", "title": "A"}})
    assert (current.provisioned, current.manager, current.deletable) == (provisioned, manager, manager in (None, "from a file"))
