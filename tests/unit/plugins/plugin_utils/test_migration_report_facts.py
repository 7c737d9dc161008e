# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of a migration report: outcomes, sums, and what somebody has to do."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.advice import findings, headline, label
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._migration_report.model import read
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils import migration_results as results
from ansible_collections.orgsmith.grafana.tests.unit.plugins.plugin_utils.migration_results import NOW, key, org, result


def report_of(*organizations, **changes):
    return read(result(*organizations, **changes), now=NOW)


def findings_of(*organizations, **changes):
    return {finding.what: finding for finding in findings(report_of(*organizations, **changes))}


# Outcomes of keys


@pytest.mark.parametrize(
    ("given", "outcome", "done", "planned", "left"),
    [
        (key("k"), "migrated", "Migrated", "To be migrated", False),
        (key("k", status="ok"), "migrated", "Migrated before", "Migrated before", False),
        (key("k", "reissued"), "reissued", "Reissued", "To be reissued", True),
        (key("k", "reissued", deleted=True), "reissued", "Reissued", "To be reissued", False),
        (key("k", "reissued", status="ok"), "reissued", "Reissued before", "Reissued before", True),
        (key("k", "reissued", id=None), "reissued", "Reissued", "To be reissued", False),
        (key("k", "deleted"), "deleted", "Deleted", "To be deleted", False),
        (key("k", "deleted", status="ok", deleted=False), "deleted", "Deleted before", "Deleted before", False),
        (key("k", "kept"), "kept", "Kept", "To be kept", True),
        (key("k", "failed"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", action="reissue"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", action="delete"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", action="keep"), "failed", "Failed", "Would fail", True),
        (key("k", "failed", failure={"code": "key_lost", "message": "m"}), "failed", "Failed", "Would fail", False),
        (key("k", "failed", failure=None), "failed", "Failed", "Would fail", True),
        (key("k", "kept", left=False), "kept", "Kept", "To be kept", False),
        (key("k", action="burn"), "other", "burn", "burn", True),
        ({"name": "k"}, "kept", "Kept", "To be kept", False),
        ({}, "kept", "Kept", "To be kept", False),
    ],
)
def test_outcome_of_a_key(given, outcome, done, planned, left):
    (found,) = report_of({**org("o", key("another")), "api_keys": [given]}).organizations[0].keys
    assert (found.outcome, label(found, False), label(found, True), found.left) == (outcome, done, planned, left)


@pytest.mark.parametrize("found", ["gone", "none"])
def test_a_server_without_api_keys_has_none_left(found):
    assert report_of(org("o", key("k", "reissued"), found=found)).sums["left"] == 0


@pytest.mark.parametrize(
    ("given", "changes", "planned"),
    [
        (key("k"), {}, False),
        (key("k"), {"mode": "plan"}, True),
        (key("k"), {"check_mode": True}, True),
        (key("k", token=None), {}, True),
        (key("k", "reissued", token={"id": None, "name": "n"}), {}, True),
        (key("k", status="ok", token=None), {}, False),
        (key("k", "failed"), {}, False),
        (key("k", "deleted"), {}, False),
    ],
)
def test_whether_the_task_only_planned(given, changes, planned):
    assert report_of(org("o", given), **changes).planned is planned


def test_check_mode_as_an_argument():
    assert read(result(org("o", key("k", "deleted"))), now=NOW, check_mode=True).planned


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"expires": "2026-11-25T11:59:59Z", "expired": None}, False),
        ({"expires": "2026-11-25T11:59:59Z"}, False),
        ({"expires": "2026-11-25T11:59:59Z", "expired": True}, True),
    ],
)
def test_expiry_as_the_server_reports_it(given, expected):
    assert report_of(org("o", key("k", **given))).organizations[0].keys[0].expired is expected


def test_expiry_without_a_report_of_the_server():
    entries = [{"name": "a", "expires": "2026-11-25T11:59:59Z"}, {"name": "b", "expires": "2026-11-25T12:00:01Z"}]
    assert [one.expired for one in report_of({"api_keys": entries}).organizations[0].keys] == [True, False]


# Organizations and sums


def test_the_most_urgent_organizations_come_first():
    report = report_of(
        org("nothing"),
        org("done", key("k")),
        org("kept", key("b", "kept"), key("a")),
        org("not run", status="not_run"),
        org("failed key", key("a"), key("b", "kept"), key("c", "failed")),
        org("failed", status="failed", failure={"code": "not_a_member", "message": "m"}),
        org("also done", key("k")),
    )
    names = [one.name for one in report.organizations]
    assert names == ["failed key", "failed", "not run", "kept", "done", "also done", "nothing"]
    assert [one.name for one in report.organizations[0].keys] == ["c", "b", "a"]
    assert [one.anchor for one in report.organizations[:2]] == ["org-5", "org-6"]


def test_sums_are_counted_or_from_the_summary():
    report = report_of(*results.customer()["organizations"])
    assert report.sums == {
        "organizations": 6,
        "api_keys": 9,
        "migrated": 4,
        "reissued": 1,
        "deleted": 1,
        "kept": 2,
        "failed": 1,
        "left": 4,
        "service_accounts": 2,
        "organizations_failed": 2,
    }
    assert report_of(org("o", key("k")), summary={"left": 120, "migrated": True, "what": 3}).sums["left"] == 120


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"org_name": "o", "org_id": 3}, "o"),
        ({"org_name": None, "org_id": 3}, "organization 3"),
        ({"index": 4}, "organization no. 5 of the task"),
    ],
)
def test_label_of_an_organization(entry, name):
    assert read({"organizations": [entry]}, now=NOW).organizations[0].label == name


@pytest.mark.parametrize(
    ("organizations", "changes", "expected"),
    [
        ([], {}, "The task processed no organizations."),
        ([org("o")], {}, "There are no API keys to migrate."),
        ([org("o", key("k"))], {}, "Nothing failed, and no API key is left."),
        ([org("o", key("k", "kept"))], {}, "Nothing failed; 1 API key is left."),
        ([org("o", key("k"))], {"mode": "plan"}, "Nothing was changed: this report shows what a run would do."),
        ([org("o", key("k", "failed"))], {"mode": "plan"}, "1 API key would fail."),
        ([org("o", key("k", "failed"), key("l", "failed"))], {}, "2 API keys failed; 2 API keys are left."),
        ([org("o", status="failed")], {}, "1 organization failed."),
        ([org("o", key("k"))], {"verified": [{"works": False}]}, "Some tested keys do not work as expected."),
    ],
)
def test_headline(organizations, changes, expected):
    assert headline(report_of(*organizations, **changes)) == expected


# Findings

ACCOUNT = {"id": 1, "name": "sa-autogen-k", "role": "Editor", "disabled": False, "adopted": False}


@pytest.mark.parametrize(
    ("entry", "changes", "level", "what"),
    [
        (org("o", key("k", "failed")), {}, "act", "1 API key failed (collision)"),
        (org("o", key("k", "failed")), {"mode": "plan"}, "act", "1 API key would fail (collision)"),
        (org("o", failure={"code": "quota_reached", "message": "m"}), {}, "act", "1 organization failed (quota_reached)"),
        (org("o", failure={"message": "m"}), {}, "act", "1 organization failed (error)"),
        (org("o", status="not_run"), {}, "act", "1 organization was not processed"),
        (
            org("o", key("k", service_account={**ACCOUNT, "disabled": True})),
            {},
            "act",
            "1 key belongs to a disabled account and does not work",
        ),
        (org("o"), {"verified": [{"source": "s", "works": False}]}, "act", "1 tested key does not work as expected"),
        (org("o"), {"verified": [{"works": True, "reason": "other org"}]}, "act", "1 tested key does not work as expected"),
        (
            org("o", service_accounts=[{**ACCOUNT, "failure": {"code": "name_taken"}}]),
            {},
            "act",
            "1 service account failed (name_taken)",
        ),
        (org("o", key("k"), cut=True), {}, "decide", "1 organization may have more API keys than the server lists"),
        (org("o", key("k", role_after="Viewer")), {}, "decide", "1 key gets another role"),
        (org("o", key("k", "reissued")), {}, "decide", "1 reissued key still works with its old secret"),
        (org("o", key("k", "kept", expired=True)), {}, "decide", "1 expired API key is kept"),
        (org("o", key("k", "kept"), key("l", "kept")), {}, "decide", "2 working API keys are kept"),
        (org("o", key("k", role="Admin", role_after="Admin")), {}, "know", "1 key has the role Admin"),
        (org("o", key("k", token={"id": 1, "name": "k", "expires": None})), {}, "know", "1 key never expires"),
        (org("o", key("k", last_used="2026-01-01T00:00:00Z")), {}, "know", "1 key has not been used for half a year"),
        (
            org("o", key("k", last_used=None)),
            {"server": {"version": "11.5.1"}},
            "know",
            "1 key has not been used for half a year",
        ),
        (
            org("o", key("k", "kept")),
            {"server": {"migrates_at_start": True}},
            "know",
            "1 remaining API key becomes a service account at the server's next start",
        ),
        (org("o", service_accounts=[ACCOUNT]), {}, "know", "1 service account has a name generated by the server"),
    ],
)
def test_findings(entry, changes, level, what):
    found = findings_of(entry, **changes)
    assert what in found, list(found)
    assert found[what].level == level
    assert found[what].advice


@pytest.mark.parametrize(
    "entry",
    [
        org("o"),
        org("o", key("k")),
        org("o", key("k", last_used=None)),  # This version does not report the last use.
        org("o", key("k", "deleted")),
        org("o", service_accounts=[{**ACCOUNT, "adopted": True}]),
    ],
)
def test_no_findings(entry):
    assert findings_of(entry) == {}


def test_the_most_urgent_finding_comes_first_with_its_places():
    found = findings(read(results.customer(), now=NOW))
    levels = [finding.level for finding in found]
    assert levels == sorted(levels, key=["act", "decide", "know"].index)
    assert [(place.organization, place.anchor) for place in found[0].places] == [("Initech", "org-4")]
    assert [(place.organization, place.names) for place in found[1].places] == [("Contoso", ["ci"])]
