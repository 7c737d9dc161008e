# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sees and may do what with folders and dashboards, where no recording shows it; a real 12.4.3 answered the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conformance.api import Api

from emulator import Emulator
from emulator.access.entries import Entries
from emulator.access.rules import ADMIN, DASHBOARDS, EDIT, FOLDERS, VIEW

BOARDS = "/apis/dashboard.grafana.app/v1beta1/namespaces/{}/dashboards"
DIRECTORIES = "/apis/folder.grafana.app/v1beta1/namespaces/{}/folders"
GRANT = "grafana.app/grant-permissions"


@pytest.fixture
def newest() -> Iterator[Emulator]:
    with Emulator(version="12.4.3") as running:
        yield running


def _member(admin: Api, role: str, org: int = 1) -> int:
    """Create a user with a role in an organization; return the user's id."""
    fields = {"login": f"an-{role}", "password": "secret", "OrgId": org}
    number: int = admin.made("POST", "/api/admin/users", **fields)["id"]
    admin.made("PATCH", f"/api/orgs/{org}/users/{number}", role=role)
    return number


class Tenant:
    """An organization with one user of each role, and a service account."""

    def __init__(self, server: Emulator) -> None:
        self.server, self.boss = server, Api(server)
        self.org: int = self.boss.made("POST", "/api/orgs", name="tenant")["orgId"]
        self.boards, self.folders = (path.format(f"org-{self.org}") for path in (BOARDS, DIRECTORIES))
        self.ids = {role: _member(self.boss, role, self.org) for role in ("Admin", "Editor", "Viewer")}
        self.admin, self.editor, self.viewer = (Api(server, (f"an-{role}", "secret")) for role in self.ids)
        account = self.admin.made("POST", "/api/serviceaccounts", name="ci", role="Editor")["id"]
        self.token = Api(server, self.admin.made("POST", f"/api/serviceaccounts/{account}/tokens", name="ci")["key"])
        self.account: int = account

    def without_the_boss(self) -> None:
        """Take the server admin out of the organization, and let the server forget that it was in there."""
        self.boss.made("DELETE", f"/api/orgs/{self.org}/users/1")
        self.boss.made("POST", "/api/user/using/1")
        self.server.advance(6)

    def uids(self, api: Api, path: str) -> set[str]:
        """Return the uids that a list shows, but for the folder of what is shared."""
        answer = api.made("GET", path)
        found = [one["metadata"]["name"] for one in answer["items"]] if "items" in answer else [one["uid"] for one in answer]
        return set(found) - {"sharedwithme"}


@pytest.fixture
def tenant(newest: Emulator) -> Tenant:
    return Tenant(newest)


def board(name: str, folder: str = "", grant: str | None = None) -> dict[str, Any]:
    notes = {**({"grafana.app/folder": folder} if folder else {}), **({} if grant is None else {GRANT: grant})}
    return {"metadata": {"name": name, "annotations": notes}, "spec": {"title": name}}


# A server admin in an organization that it is no member of


MISMATCH = (500, "namespace mismatch")


@pytest.mark.parametrize(
    ("method", "path", "fields", "status", "text"),
    [
        ("GET", "{boards}", {}, *MISMATCH),
        ("GET", "{boards}/one", {}, *MISMATCH),
        ("GET", "{boards}/none", {}, 404, 'dashboards.dashboard.grafana.app "none" not found'),
        ("POST", "{boards}", board("new"), *MISMATCH),
        ("POST", "{boards}", board("new", folder="top"), 404, 'folders.folder.grafana.app "top" not found'),
        ("PUT", "{boards}/one", board("one"), *MISMATCH),
        ("PUT", "{boards}/none", board("none"), *MISMATCH),
        ("DELETE", "{boards}/one", {}, *MISMATCH),
        ("DELETE", "{boards}/none", {}, 404, 'dashboards.dashboard.grafana.app "none" not found'),
        ("GET", "{folders}", {}, *MISMATCH),
        ("GET", "{folders}/top", {}, *MISMATCH),
        ("GET", "{folders}/none", {}, 404, 'folders.folder.grafana.app "none" not found'),
        ("POST", "{folders}", board("new"), *MISMATCH),
        ("PUT", "{folders}/top", board("top"), *MISMATCH),
        ("DELETE", "{folders}/top", {}, *MISMATCH),
        ("GET", BOARDS.format("org-99"), {}, *MISMATCH),
    ],
)
def test_a_stranger(tenant: Tenant, method: str, path: str, fields: dict[str, Any], status: int, text: str) -> None:
    tenant.admin.made("POST", "/api/folders", uid="top", title="Top")
    tenant.admin.made("POST", "/api/dashboards/db", dashboard={"uid": "one", "title": "One"})
    tenant.without_the_boss()
    answer = tenant.boss(method, path.format(boards=tenant.boards, folders=tenant.folders), **fields)
    assert (answer.status_code, answer.json()["message"]) == (status, text)


def test_a_stranger_by_the_legacy_routes(tenant: Tenant) -> None:
    tenant.without_the_boss()
    there = Api(tenant.server, org=tenant.org)
    answer = there("GET", "/api/search")
    assert (answer.status_code, answer.json()) == (500, {"message": "Search failed"})
    for path in ("/api/folders", "/api/folders/none", "/api/dashboards/uid/none"):
        assert there("GET", path).status_code == 403


@pytest.mark.parametrize("path", [BOARDS, DIRECTORIES, BOARDS + "/one"])
def test_a_user_who_is_no_member(tenant: Tenant, path: str) -> None:
    tenant.boss.made("POST", "/api/admin/users", login="other", password="secret")
    answer = Api(tenant.server, ("other", "secret"))("GET", path.format(f"org-{tenant.org}"))
    assert answer.status_code == 403
    assert answer.json()["message"].endswith(f'in the namespace "org-{tenant.org}": invalid org')


def test_a_member_who_was_removed(tenant: Tenant) -> None:
    """A list is answered for 5 seconds after that."""
    tenant.editor.made("GET", tenant.boards)
    tenant.admin.made("DELETE", f"/api/orgs/{tenant.org}/users/{tenant.ids['Editor']}")
    tenant.server.advance(4)
    assert tenant.editor("GET", tenant.boards).status_code == 200
    tenant.server.advance(2)
    assert tenant.editor("GET", tenant.boards).status_code == 403


# Default permissions


@pytest.mark.parametrize(("grant", "seen"), [(None, False), ("", False), ("default", True)])
def test_a_dashboard_made_over_apis(tenant: Tenant, grant: str | None, seen: bool) -> None:
    tenant.token.made("POST", tenant.boards, **board("it", grant=grant))
    tenant.server.advance(61)
    for who in (tenant.token, tenant.editor, tenant.viewer):
        for path in (f"{tenant.boards}/it", "/api/dashboards/uid/it"):
            assert who("GET", path).status_code == (200 if seen else 403)
        assert tenant.uids(who, "/api/search") == ({"it"} if seen else set())
        assert tenant.uids(who, tenant.boards) == ({"it"} if seen else set())
    assert tenant.admin("GET", f"{tenant.boards}/it").status_code == 200


def test_a_dashboard_in_a_folder_made_over_apis(tenant: Tenant) -> None:
    tenant.admin.made("POST", "/api/folders", uid="top", title="Top")
    tenant.token.made("POST", tenant.boards, **board("it", folder="top"))
    assert tenant.viewer("GET", f"{tenant.boards}/it").status_code == 200


@pytest.mark.parametrize("name", ["boards", "folders"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_another_value_of_the_annotation(tenant: Tenant, name: str, method: str) -> None:
    path = getattr(tenant, name)
    answer = tenant.admin(method, path if method == "POST" else f"{path}/it", **board("it", grant="other"))
    assert answer.status_code == 500
    assert answer.json()["message"].endswith("invalid permissions value. only 'default' supported")
    assert tenant.admin("GET", f"{path}/it").status_code == 404


def test_the_annotation_on_an_update(tenant: Tenant) -> None:
    tenant.admin.made("POST", tenant.boards, **board("it"))
    tenant.admin.made("PUT", f"{tenant.boards}/it", **board("it", grant="default"))
    assert tenant.admin.made("GET", "/api/dashboards/uid/it/permissions") == []


@pytest.mark.parametrize(("method", "count"), [("POST", 3), ("PUT", 0)])
def test_a_folder_made_over_apis(tenant: Tenant, method: str, count: int) -> None:
    """Only a POST gives it permissions, and does so without any annotation."""
    path = tenant.folders if method == "POST" else f"{tenant.folders}/it"
    tenant.admin.made(method, path, **board("it"))
    assert len(tenant.admin.made("GET", "/api/folders/it/permissions")) == count


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_legacy_write_to_a_hidden_dashboard(tenant: Tenant, overwrite: bool) -> None:
    tenant.admin.made("POST", tenant.boards, **board("it"))
    answer = tenant.editor("POST", "/api/dashboards/db", dashboard={"uid": "it", "title": "Mine"}, overwrite=overwrite)
    assert (answer.status_code, answer.json()) == (403, {})


# What is remembered


@pytest.mark.parametrize("name", ["editor", "token"])
def test_nested_folders_are_missing_from_lists(tenant: Tenant, name: str) -> None:
    maker: Api = getattr(tenant, name)
    maker.made("GET", tenant.folders)
    maker.made("POST", "/api/folders", uid="top", title="Top")
    maker.made("POST", "/api/folders", uid="sub", title="Sub", parentUid="top")
    lists = ("/api/folders?parentUid=top", "/api/search?query=Sub", tenant.folders)
    assert [("sub" in tenant.uids(maker, path)) for path in lists] == [False] * 3
    assert [("sub" in tenant.uids(tenant.admin, path)) for path in lists] == [True] * 3
    assert maker("GET", "/api/folders/sub").status_code == 200
    assert maker("GET", f"{tenant.folders}/sub").status_code == 200
    tenant.server.advance(31)
    assert [("sub" in tenant.uids(maker, path)) for path in lists] == [True] * 3


def test_another_role(tenant: Tenant) -> None:
    """It counts at once for ``/api``, and after 30 seconds for what unified storage decides."""
    tenant.admin.made("POST", "/api/folders", uid="top", title="Top")
    tenant.admin.made("POST", "/api/folders/top/permissions", items=[{"role": "Viewer", "permission": VIEW}])
    assert tenant.editor("GET", f"{tenant.folders}/top").status_code == 403
    tenant.admin.made("PATCH", f"/api/orgs/{tenant.org}/users/{tenant.ids['Editor']}", role="Viewer")
    assert tenant.editor("GET", f"{tenant.folders}/top").status_code == 403
    answer = tenant.editor("GET", "/api/folders/top")
    assert (answer.status_code, answer.json()) == (403, {"message": "Access denied"})
    tenant.server.advance(31)
    assert tenant.editor("GET", f"{tenant.folders}/top").status_code == 200
    assert tenant.editor("GET", "/api/folders/top").status_code == 200


def test_a_write_with_another_role(tenant: Tenant) -> None:
    tenant.viewer.made("GET", tenant.boards)
    answer = tenant.viewer("POST", tenant.boards, **board("it"))
    assert answer.status_code == 403
    tenant.admin.made("PATCH", f"/api/orgs/{tenant.org}/users/{tenant.ids['Viewer']}", role="Editor")
    answer = tenant.viewer("POST", "/api/dashboards/db", dashboard={"uid": "it", "title": "It"})
    assert (answer.status_code, answer.json()) == (403, {})
    answer = tenant.viewer("POST", "/api/folders", uid="top", title="Top")
    assert (answer.status_code, answer.json()) == (403, {"message": "Access denied"})
    tenant.server.advance(31)
    assert tenant.viewer("POST", "/api/dashboards/db", dashboard={"uid": "it", "title": "It"}).status_code == 200
    assert tenant.viewer("POST", "/api/folders", uid="top", title="Top").status_code == 200


def test_a_new_entry_counts_late(tenant: Tenant) -> None:
    """``/api`` goes by what it remembered of the role up to 60 seconds ago, ``/apis`` looks again before it refuses."""
    assert tenant.viewer("GET", "/api/search").status_code == 200
    tenant.admin.made("POST", "/api/dashboards/db", dashboard={"uid": "it", "title": "It"})
    assert tenant.viewer("GET", f"{tenant.boards}/it").status_code == 200
    assert tenant.viewer("GET", "/api/dashboards/uid/it").status_code == 403
    tenant.server.advance(61)
    assert tenant.viewer("GET", "/api/dashboards/uid/it").status_code == 200


@pytest.mark.parametrize(("version", "status"), [("12.4.3", 403), ("13.1.0-pre", 200)])
def test_a_list_of_permissions_counts_at_once_from_13_on(version: str, status: int) -> None:
    """From 13 on a server forgets what it remembered of each user in the list (source: ``SetPermissions``)."""
    with Emulator(version=version) as server:
        tenant = Tenant(server)
        tenant.admin.made("POST", "/api/folders", uid="top", title="Top")
        tenant.admin.made("POST", "/api/folders/top/permissions", items=[])
        assert tenant.viewer("GET", "/api/folders/top").status_code == 403
        items = [{"userId": tenant.ids["Viewer"], "permission": VIEW}]
        tenant.admin.made("POST", "/api/folders/top/permissions", items=items)
        assert tenant.viewer("GET", "/api/folders/top").status_code == status


# The permission lists of 8.5


def test_the_defaults_of_8_5_count_in_a_folder_without_a_list() -> None:
    """A dashboard's own list is beside what it inherits (source: ``GetDashboardAclInfoList``)."""
    with Emulator(version="8.5.15") as server:
        admin = Api(server)
        users = {role: _member(admin, role) for role in ("Viewer", "Editor")}
        apis = [Api(server, (f"an-{role}", "secret")) for role in users]
        folder = admin.made("POST", "/api/folders", uid="top", title="Top")["id"]
        board = {"dashboard": {"uid": "it", "title": "It"}, "folderId": folder, "overwrite": True}
        number = admin.made("POST", "/api/dashboards/db", **board)["id"]

        def answers() -> list[tuple[int, int]]:
            return [
                (api("GET", "/api/dashboards/uid/it").status_code, api("POST", "/api/dashboards/db", **board).status_code)
                for api in apis
            ]

        assert answers() == [(200, 403), (200, 200)]
        own = [{"userId": users["Viewer"], "permission": VIEW}]
        admin.made("POST", f"/api/dashboards/id/{number}/permissions", items=own)
        assert answers() == [(200, 403), (200, 200)]
        admin.made("POST", "/api/folders/top/permissions", items=[{"userId": users["Viewer"], "permission": EDIT}])
        assert answers() == [(200, 200), (403, 403)]
        admin.made("POST", "/api/folders/top/permissions", items=[])
        assert answers() == [(200, 403), (403, 403)]


# Whose permissions there are


@pytest.mark.parametrize("gone", ["member", "user", "account"])
def test_permissions_go_with_their_holder(tenant: Tenant, gone: str) -> None:
    maker, path = {
        "member": (tenant.editor, f"/api/orgs/{tenant.org}/users/{tenant.ids['Editor']}"),
        "user": (tenant.editor, f"/api/admin/users/{tenant.ids['Editor']}"),
        "account": (tenant.token, f"/api/serviceaccounts/{tenant.account}"),
    }[gone]
    maker.made("POST", "/api/folders", uid="top", title="Top")
    assert len(tenant.admin.made("GET", "/api/folders/top/permissions")) == 3
    (tenant.admin if gone == "account" else tenant.boss).made("DELETE", path)
    left = tenant.admin.made("GET", "/api/folders/top/permissions")
    assert {entry.get("role") for entry in left} == {"Viewer", "Editor"}


def test_a_folder_of_a_token(tenant: Tenant) -> None:
    first = tenant.token.made("POST", "/api/folders", uid="top", title="Top")
    assert (first["createdBy"], first["canSave"]) == ("Anonymous", False)
    assert tenant.token.made("POST", "/api/folders", uid="sub", title="Sub", parentUid="top")["canSave"] is True
    assert tenant.token.made("GET", "/api/folders/top")["canSave"] is True


# The folder "general", and the first data source


def test_a_dashboard_in_the_folder_general(tenant: Tenant) -> None:
    fields = {"dashboard": {"uid": "it", "title": "It"}, "folderUid": "general", "overwrite": True}
    answer = tenant.admin("POST", "/api/dashboards/db", **fields)
    assert (answer.status_code, answer.json()["message"]) == (404, 'folders.folder.grafana.app "general" not found')
    tenant.admin.made("POST", "/api/dashboards/db", dashboard={"uid": "it", "title": "It"})
    answer = tenant.admin("POST", "/api/dashboards/db", **fields)
    assert (answer.status_code, answer.json()["message"]) == (500, "access denied to folder")


@pytest.mark.parametrize(("version", "default"), [("9.3.2", False), ("11.5.1", True), ("12.4.3", True)])
def test_the_first_data_source(version: str, default: bool) -> None:
    with Emulator(version=version) as server:
        made = [Api(server).made("POST", "/api/datasources", name=name, type="prometheus", access="proxy") for name in "ab"]
    assert [one["datasource"]["isDefault"] for one in made] == [default, False]


# The table of entries


ONE, TWO, WHO = (FOLDERS, "one"), (DASHBOARDS, "two"), ("user", 7)


def test_what_was_handed_out_does_not_change() -> None:
    entries = Entries()
    before = entries.held(1, WHO)
    entries.set(1, ONE, WHO, EDIT, 0.0)
    between = entries.held(1, WHO)
    entries.set(1, ONE, WHO, ADMIN, 1.0)
    entries.drop(1, ONE)
    assert [dict(levels) for levels in (before, between, entries.held(1, WHO))] == [{}, {ONE: EDIT}, {}]


def test_entries_change_and_go() -> None:
    entries = Entries()
    entries.set(1, ONE, WHO, EDIT, 0.0)
    entries.set(1, ONE, WHO, VIEW, 1.0)
    assert [(entry.level, entry.created, entry.updated) for entry in entries.of(1, ONE)] == [(VIEW, 0.0, 1.0)]
    entries.rename(1, ONE, TWO)
    assert (entries.of(1, ONE), dict(entries.held(1, WHO))) == ([], {TWO: VIEW})
    entries.set(1, TWO, WHO, 0, 2.0)
    assert (entries.of(1, TWO), dict(entries.held(1, WHO))) == ([], {})


@pytest.mark.parametrize(("org", "left"), [(None, []), (1, [2]), (2, [1])])
def test_a_subject_that_is_gone(org: int | None, left: list[int]) -> None:
    entries = Entries()
    for number in (1, 2):
        entries.set(number, ONE, WHO, EDIT, 0.0)
        entries.set(number, ONE, ("role", "Viewer"), VIEW, 0.0)
    entries.drop_subject(WHO, org)
    assert [number for number in (1, 2) if entries.held(number, WHO)] == left
    assert [len(entries.of(number, ONE)) for number in (1, 2)] == [2 if number in left else 1 for number in (1, 2)]


def test_an_organization_that_is_gone() -> None:
    entries = Entries()
    entries.set(1, ONE, WHO, EDIT, 0.0)
    entries.held(1, WHO)
    entries.drop_org(1)
    entries.set(1, TWO, WHO, VIEW, 0.0)
    assert (entries.of(1, ONE), dict(entries.held(1, WHO))) == ([], {TWO: VIEW})


# Teams


@pytest.mark.parametrize("end", ["the member leaves", "the team is deleted"])
def test_a_member_has_the_rights_of_the_team(tenant: Tenant, end: str) -> None:
    """A team of the folder's permissions, until the membership or the team ends."""
    admin, viewer = tenant.admin, tenant.viewer
    admin.made("POST", "/api/folders", uid="ops", title="Ops")
    team = admin.made("POST", "/api/teams", name="crew")["teamId"]
    admin.made("POST", f"/api/teams/{team}/members", userId=tenant.ids["Viewer"])
    admin.made("POST", "/api/folders/ops/permissions", items=[{"teamId": team, "permission": EDIT}])
    tenant.server.advance(10)
    assert viewer("PUT", "/api/folders/ops", title="Ops two", overwrite=True).status_code == 200
    if end == "the team is deleted":
        admin.made("DELETE", f"/api/teams/{team}")
    else:
        admin.made("DELETE", f"/api/teams/{team}/members/{tenant.ids['Viewer']}")
    assert len(admin.made("GET", "/api/folders/ops/permissions")) == (0 if end == "the team is deleted" else 1)
    tenant.server.advance(10)
    assert viewer("GET", "/api/folders/ops").status_code == 403
    assert tenant.uids(viewer, "/api/folders") == set()


def test_permissions_on_a_team(tenant: Tenant) -> None:
    """Service accounts are members as well; entries for teams and roles are refused."""
    team = f"/api/access-control/teams/{tenant.admin.made('POST', '/api/teams', name='crew')['teamId']}"
    tenant.admin.made("POST", f"{team}/users/{tenant.account}", permission="Member")
    tenant.admin.made("POST", team, permissions=[{"userId": tenant.ids["Viewer"], "permission": "Admin"}])
    shown = tenant.admin.made("GET", team)
    assert {(one["userId"], one["permission"], one["isServiceAccount"]) for one in shown} == {
        (tenant.ids["Admin"], "Admin", False),
        (tenant.account, "Member", True),
        (tenant.ids["Viewer"], "Admin", False),
    }
    for item, part in (({"builtInRole": "Viewer"}, "builtInRoles"), ({"teamId": 1}, "teams")):
        answer = tenant.admin("POST", team, permissions=[{**item, "permission": "Member"}])
        assert (answer.status_code, answer.json()["message"]) == (400, f"Assignment [{part}] is invalid for this resource type")
    assert tenant.admin.made("GET", team) == shown


@pytest.mark.parametrize(("version", "status"), [("10.4.3", 400), ("12.4.3", 500)])
def test_a_membership_that_does_not_exist(version: str, status: int) -> None:
    """Both servers refuse to end it."""
    with Emulator(version=version) as server:
        admin = Api(server)
        team = admin.made("POST", "/api/teams", name="crew")["teamId"]
        path = f"/api/access-control/teams/{team}/users/{_member(admin, 'Viewer')}"
        assert admin("POST", path, permission="").status_code == status
