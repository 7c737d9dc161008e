# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of organizations, members, accounts and dashboards, and small pure functions, as tables."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import model as dashboards
from ansible_collections.orgsmith.grafana.plugins.module_utils._dashboards import options as dashboard_options
from ansible_collections.orgsmith.grafana.plugins.module_utils._folders.paths import steps
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput, GrafanaError
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.versions import parse
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import members
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import organizations as orgs
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs import service_accounts as accounts
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.durations import seconds
from ansible_collections.orgsmith.grafana.plugins.module_utils._text.json_diff import check_document

ORG = orgs.CurrentOrg(2, "tenant", {"city": "Basel", "country": ""})


@pytest.mark.parametrize(
    ("options", "current", "action"),
    [
        ({"name": "tenant"}, None, "create"),
        ({"name": "tenant"}, ORG, None),
        ({"name": "tenant", "address": {"city": "Basel"}}, ORG, None),
        ({"name": "tenant", "address": {"city": "Bern"}}, ORG, "update"),
        ({"name": "tenant", "address": {"country": ""}}, ORG, None),
        ({"name": "tenant", "address": {"zip_code": "4001"}}, ORG, "update"),
        ({"id": 2, "name": "other"}, ORG, "update"),
        ({"id": 2}, ORG, None),
        ({"id": 2, "state": "absent"}, ORG, "delete"),
        ({"name": "tenant", "state": "absent"}, None, None),
    ],
)
def test_organizations(options, current, action):
    resource = orgs.Organizations(many=False)
    change = resource.plan(resource.parse(options), current)
    assert (change.action if change else None) == action


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"id": 9, "name": "x"}, "org_not_found"),
        ({"name": "tenant", "address": {"city": ""}}, "cannot_clear"),
    ],
)
def test_organizations_refused(options, code):
    resource = orgs.Organizations(many=False)
    with pytest.raises(GrafanaError) as caught:
        resource.plan(resource.parse(options), None if "id" in options else ORG)
    assert caught.value.code == code


@pytest.mark.parametrize("options", [{}, {"name": ""}, {"name": "  "}, {"name": 5}, {"id": "x"}, {"id": 0}, {"id": 1.5}])
def test_organizations_bad(options):
    with pytest.raises(BadInput):
        orgs.Organizations(many=False).parse(options)


ALICE = members.CurrentMember(3, "alice", "alice@x", "Alice", "Editor")


@pytest.mark.parametrize(
    ("options", "current", "action", "after"),
    [
        ({"login": "alice"}, None, "create", {"login": "alice", "role": "Viewer"}),
        ({"login": "alice", "role": "Admin"}, None, "create", {"login": "alice", "role": "Admin"}),
        ({"login": "alice", "role": "Admin"}, ALICE, "update", {"login": "alice", "role": "Admin"}),
        ({"login": "alice", "role": "Editor"}, ALICE, None, None),
        ({"login": "alice"}, ALICE, None, None),
        ({"login": "alice@x", "state": "absent"}, ALICE, "delete", {}),
        ({"login": "alice", "state": "absent"}, None, None, None),
    ],
)
def test_members(options, current, action, after):
    resource = members.OrgUsers()
    change = resource.plan(resource.parse(options), current)
    assert (change.action if change else None) == action
    assert (change.after if change else None) == after


def test_members_whose_role_comes_from_elsewhere():
    resource = members.OrgUsers()
    synced = members.member({"userId": 3, "login": "a", "role": "Viewer", "isExternallySynced": True})
    assert resource.plan(resource.parse({"login": "a", "role": "Viewer"}), synced) is None
    with pytest.raises(GrafanaError) as caught:
        resource.plan(resource.parse({"login": "a", "role": "Admin"}), synced)
    assert caught.value.code == "externally_synced"
    assert "skip_org_role_sync" in caught.value.message


CI = accounts.Account(5, "ci", "sa-1-ci", "Viewer", False)
FIXED = accounts.Account(5, "ci", "sa-1-ci", "Viewer", False, tokens=2, fixed=True)


@pytest.mark.parametrize(
    ("options", "current", "action", "after"),
    [
        ({"name": "ci"}, None, "create", {"name": "ci", "role": "Viewer", "disabled": False}),
        ({"name": "ci", "role": "Editor", "disabled": True}, None, "create", {"name": "ci", "role": "Editor", "disabled": True}),
        ({"name": "ci"}, CI, None, None),
        ({"name": "ci", "disabled": False}, CI, None, None),
        ({"name": "ci", "disabled": True}, CI, "update", {"name": "ci", "role": "Viewer", "disabled": True}),
        ({"name": "ci", "role": "None"}, CI, "update", {"name": "ci", "role": "None", "disabled": False}),
        ({"name": "ci", "state": "absent"}, CI, "delete", {}),
        ({"name": "ci", "state": "absent"}, None, None, None),
        ({"name": "ci", "role": "None", "recreate": True}, CI, "update", {"name": "ci", "role": "None", "disabled": False}),
        ({"name": "ci", "role": "Viewer"}, FIXED, None, None),
        ({"name": "ci", "state": "absent"}, FIXED, "delete", {}),
        (
            {"name": "ci", "role": "None", "recreate": True},
            FIXED,
            "recreate",
            {"name": "ci", "role": "None", "disabled": False, "tokens": 0},
        ),
        ({"name": "ci", "role": "Viewer", "recreate": True}, FIXED, None, None),
    ],
)
def test_accounts(options, current, action, after):
    resource = accounts.ServiceAccounts()
    change = resource.plan(resource.parse(options), current)
    assert (change.action if change else None) == action
    assert (change.after if change else None) == after


@pytest.mark.parametrize(
    ("options", "words"), [({"role": "Admin"}, "role Viewer, not Admin"), ({"disabled": True}, "disabled False")]
)
def test_an_account_that_cannot_be_changed(options, words):
    resource = accounts.ServiceAccounts()
    with pytest.raises(GrafanaError) as caught:
        resource.plan(resource.parse({"name": "ci", **options}), FIXED)
    assert caught.value.code == "unsupported"
    assert words in caught.value.message
    assert "its tokens (now 2)" in caught.value.message


@pytest.mark.parametrize(("name", "slug"), [("CI x", "ci-x"), ("ci-x", "ci-x"), ("A B  C", "a-b--c")])
def test_slug(name, slug):
    assert accounts.slug(name) == slug


def found(body, folder="", version=3, provisioned=None):
    return dashboards.DashboardState(dashboards.CurrentDashboard("cpu", body["title"], body, folder, version, provisioned))


CPU = {"title": "CPU", "panels": [{"id": 1, "title": "A"}], "schemaVersion": 39}


@pytest.mark.parametrize(
    ("document", "current", "changed"),
    [
        pytest.param(CPU, dashboards.DashboardState(None), [], id="new"),
        pytest.param(CPU, found(CPU), None, id="the same"),
        pytest.param({**CPU, "id": 9, "version": 7}, found(CPU), None, id="what the server owns"),
        pytest.param({**CPU, "title": " CPU "}, found(CPU), None, id="trimmed title"),
        pytest.param({**CPU, "schemaVersion": 39.0}, found(CPU), None, id="39.0 is 39"),
        pytest.param({"title": "CPU", "schemaVersion": 0}, found({"title": "CPU"}), None, id="schema version 0 of 12.0"),
        pytest.param({**CPU, "tags": ["x"]}, found(CPU), ["tags"], id="added"),
        pytest.param({"title": "CPU", "schemaVersion": 39}, found(CPU), ["panels"], id="removed"),
        pytest.param({**CPU, "panels": [{"id": 1, "title": "B"}]}, found(CPU), ['panels[0] "B".title'], id="deep"),
        pytest.param({**CPU, "panels": [{"id": True, "title": "A"}]}, found(CPU), ['panels[0] "A".id'], id="true is not 1"),
    ],
)
def test_dashboards(document, current, changed):
    wanted = dashboard_options.parse({"dashboard": {"uid": "cpu", **document}})
    change = dashboards.plan(wanted, current)
    assert (list(change.data[1]) if change else None) == changed


@pytest.mark.parametrize(
    ("options", "folder", "moves"),
    [
        ({}, "old", False),
        ({"folder_uid": "old"}, "old", False),
        ({"folder_uid": "new"}, "old", True),
        ({"folder_uid": "general"}, "old", True),
    ],
)
def test_dashboards_move_only_when_told(options, folder, moves):
    wanted = dashboard_options.parse({"dashboard": {"uid": "cpu", **CPU}, **options})
    there = found(CPU, folder)
    state = dashboards.DashboardState(there.current, wanted.folder_uid)
    assert (dashboards.plan(wanted, state) is not None) is moves


@pytest.mark.parametrize(
    ("options", "uid", "title", "folder", "message"),
    [
        ({"dashboard": {"uid": "a", "title": "A"}}, "a", "A", None, None),
        ({"dashboard": {"title": "A"}, "uid": "b"}, "b", "A", None, None),
        ({"content": '{"dashboard": {"uid": "a", "title": "A"}, "folderUid": "f", "message": "m"}'}, "a", "A", "f", "m"),
        ({"content": '{"dashboard": {"uid": "a", "title": "A"}, "meta": {"folderUid": "f"}}'}, "a", "A", None, None),
        ({"dashboard": {"uid": "", "title": "A"}, "folder_uid": "General"}, None, "A", "", None),
        ({"uid": "a", "state": "absent"}, "a", "a", None, None),
    ],
)
def test_dashboards_as_they_are_given(options, uid, title, folder, message):
    wanted = dashboard_options.parse(options)
    assert (wanted.uid, wanted.title, wanted.folder_uid, wanted.message) == (uid, title, folder, message)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "no dashboard is given"),
        ({"dashboard": {"title": "A"}, "content": "{}"}, "dashboard and content are set: keep one of them"),
        ({"content": "{"}, "is not valid JSON"),
        ({"content": "[]"}, "contains a list of 0 entries"),
        ({"content": "{}"}, "has no title"),
        ({"dashboard": {"title": "A", "uid": 5}}, "has to be a string"),
        ({"dashboard": {"title": "A"}, "folder": "a", "folder_uid": "b"}, "both folder_uid and folder"),
        ({"dashboard": {"title": "A", "x": float("nan")}}, "no JSON number"),
        ({"state": "absent"}, "or uid"),
    ],
)
def test_dashboards_refused(options, words):
    with pytest.raises(BadInput) as caught:
        dashboard_options.parse(options)
    assert words in caught.value.message


@pytest.mark.parametrize(("value", "expected"), [("\ud800", "surrogate"), ([float("inf")], "no JSON number")])
def test_documents_that_nothing_can_carry(value, expected):
    with pytest.raises(BadInput, match=expected):
        check_document({"x": value}, "it")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (3600, 3600),
        ("3600", 3600),
        ("30d", 2592000),
        ("1M", 2592000),
        ("1m", 60),
        ("1y", 31536000),
        ("2w", 1209600),
        ("1d12h", 129600),
    ],
)
def test_seconds(value, expected):
    assert seconds(value, "x") == expected


@pytest.mark.parametrize("value", [-1, "-1", "1x", "d", "1 d", "1.5h", 1.5, True, None, [], "12h3"])
def test_seconds_that_are_none(value):
    with pytest.raises(BadInput, match="has to be a number of seconds or a duration"):
        seconds(value, "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.4.3", (12, 4, 3)),
        ("v9.1", (9, 1, 0)),
        ("12.0.0-pre", (12, 0, 0)),
        ("11.2.0+security-01", (11, 2, 0)),
        ("", None),
        (None, None),
    ],
)
def test_versions(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(("path", "titles"), [("A/B", ["A", "B"]), (" A / B ", ["A", "B"]), ("A", ["A"]), ("/A//B/", ["A", "B"])])
def test_folder_steps(path, titles):
    assert steps(path) == titles
