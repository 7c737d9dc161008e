# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The export of all organizations, imported with ``import_orgs``."""

from __future__ import annotations

import pytest

from modules.dashboards.export_org import files


@pytest.fixture
def two_orgs(newest, tmp_path):
    """A server with dashboards in two organizations, and the directory of an export with ``all_orgs``."""
    for name in ("tenant", "a/b"):
        newest.ok("grafana_org", name=name)
        for uid, folder in (("x", "F"), ("y", "")):
            place = {"folder": folder, "create_folder": True} if folder else {}
            newest.ok(
                "grafana_dashboard", org_name=name, dashboard={"uid": uid, "title": f"{uid} of {name}"}, source="git", **place
            )
    newest.ok("grafana_dashboard_info", all_orgs=True, directory=str(tmp_path / "export"))
    return tmp_path / "export"


def test_import_of_all_organizations(two_orgs, versioned, tmp_path):
    """Into another server: its export is the same."""
    other = versioned("12.4.3")
    wanted = {"import_orgs": str(two_orgs), "org_id": 1}
    with other.writes_nothing():
        missing = other.fails("grafana_dashboard", **wanted)
        planned = other.ok("grafana_dashboard", check=True, missing_parent="plan", **wanted)
    assert (missing.code, missing["failure"]["details"]["orgs"]) == ("org_not_found", ["a/b", "tenant"])
    assert planned["summary"]["changed"] == 4
    assert {entry["org_name"]: entry["file"] for entry in planned["results"]}["a/b"] == "a%2Fb/y of a-b.json"
    other.ok("grafana_org", name="a/b")
    with other.writes_nothing():
        assert other.fails("grafana_dashboard", check=True, **wanted)["failure"]["details"]["orgs"] == ["tenant"]
        assert other.fails("grafana_dashboard", **wanted).code == "org_not_found"
    other.ok("grafana_org", name="tenant")
    runs = other.four("grafana_dashboard", **wanted)
    assert len(runs[1]["diff"]) == 4
    other.ok("grafana_dashboard_info", all_orgs=True, directory=str(tmp_path / "again"))
    assert files(tmp_path / "again") == files(two_orgs)


def test_import_of_all_organizations_reports_all_broken_files(newest, two_orgs):
    (two_orgs / "tenant" / "F" / "broken.json").write_text("{")
    (two_orgs / "a%2Fb" / "empty.json").write_text("")
    with newest.writes_nothing():
        result = newest.fails("grafana_dashboard", import_orgs=str(two_orgs))
        assert newest.fails("grafana_dashboard", import_orgs=str(two_orgs), batch=[])["msg"].startswith("import_orgs and batch")
    assert "F/broken.json" in result["msg"]
    assert "empty.json" in result["msg"]


def test_import_of_all_organizations_with_prune(newest, two_orgs):
    (two_orgs / "tenant" / "y of tenant.json").unlink()
    result = newest.ok("grafana_dashboard", import_orgs=str(two_orgs), source="git", prune=True, results="changed")
    assert [(entry["org_name"], entry["dashboard"]) for entry in result["results"]] == [("tenant", None)]
