# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of dashboards, and who wrote them: no recording shows it, so this holds the emulator to Grafana's source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conformance.api import Api

from emulator import VERSIONS, Emulator

UNIFIED = "12.4.3"
OBJECT = "/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards/d1"
COMMON = {"id", "dashboardId", "parentVersion", "restoredFrom", "version", "created", "createdBy", "message"}
#: Which fields a list shows more.
LISTED = {
    "8.5.15": set(),
    "9.3.2": {"dashboardUid"},
    "10.4.3": {"uid", "data"},
    "11.5.1": {"uid", "data"},
    "12.0.0-pre": {"uid", "data"},
    "12.4.3": {"uid", "data"},
    "13.1.0-pre": {"uid", "data"},
}
#: Versions with unified storage.
STORED_ONCE = ("12.4.3", "13.1.0-pre")


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(version=request.param) as running:
        yield running


@pytest.fixture
def newest() -> Iterator[Emulator]:
    with Emulator(version=UNIFIED) as running:
        yield running


def post(api: Api, title: str, message: str = "") -> dict[str, Any]:
    dashboard = {"uid": "d1", "title": title}
    written: dict[str, Any] = api.made("POST", "/api/dashboards/db", dashboard=dashboard, message=message, overwrite=True)
    return written


def put(api: Api, title: str, message: str = "", agent: str = "robot/1.0 (linux)") -> dict[str, Any]:
    api.session.headers["User-Agent"] = agent
    notes = {"grafana.app/message": message} if message else {}
    written: dict[str, Any] = api.made("PUT", OBJECT, metadata={"name": "d1", "annotations": notes}, spec={"title": title})
    return written


def history(api: Api, server: Emulator, query: str = "") -> list[dict[str, Any]]:
    number = server.server.store.dashboard(1, "d1").id  # type: ignore[union-attr]
    place = f"id/{number}" if server.version == "8.5.15" else "uid/d1"
    found = api.made("GET", f"/api/dashboards/{place}/versions{query}")
    bare = server.version in ("8.5.15", "9.3.2", "10.4.3", "11.5.1")
    assert isinstance(found, list) == bare
    versions: list[dict[str, Any]] = found if bare else found["versions"]
    return versions


# What a list says


def test_newest_first(server: Emulator) -> None:
    api = Api(server)
    written = [post(api, title, message) for title, message in (("A", "first"), ("B", "second"), ("C", ""))]
    found = history(api, server)
    assert [(one["version"], one["parentVersion"], one["message"]) for one in found] == [
        (3, 2, ""),
        (2, 1, "second"),
        (1, 0, "Initial save"),
    ]
    assert all(set(one) == COMMON | LISTED[server.version] for one in found)
    assert {one["dashboardId"] for one in found} == {written[0]["id"]}
    assert {one["createdBy"] for one in found} == {"admin"}


def test_one_version(server: Emulator) -> None:
    """By itself the first version tells its message, and the dashboard as it was."""
    api = Api(server)
    number = post(api, "A", "first")["id"]
    post(api, "B")
    place = f"id/{number}" if server.version == "8.5.15" else "uid/d1"
    found = api.made("GET", f"/api/dashboards/{place}/versions/1")
    assert (found["version"], found["message"], found["data"]["title"]) == (1, "first", "A")
    assert found.get("uid") == (None if server.version == "8.5.15" else "d1")
    # 12.4 names nobody here where the version came of no change.
    assert found["createdBy"] == ("Anonymous" if server.version in STORED_ONCE else "admin")


def test_the_same_once_more(server: Emulator) -> None:
    """Older storage makes a version of every write, unified storage of every change."""
    api = Api(server)
    for _number in range(3):
        post(api, "A")
    assert len(history(api, server)) == (1 if server.version in STORED_ONCE else 3)


@pytest.mark.parametrize("write", [post, put])
def test_another_message_alone(newest: Emulator, write: Any) -> None:
    """At 12.4 it is written, under the version that is there."""
    api = Api(newest)
    write(api, "A", "first")
    write(api, "A", "second")
    assert [(one["version"], one["message"]) for one in history(api, newest)] == [(1, "Initial save"), (1, "Initial save")]
    assert api.made("GET", OBJECT)["metadata"]["annotations"]["grafana.app/message"] == "second"


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2", "11.5.1", "13.1.0-pre"])
def test_pages_by_number(version: str) -> None:
    with Emulator(version=version) as server:
        api = Api(server)
        for title in "ABC":
            post(api, title)
        assert [one["version"] for one in history(api, server, "?limit=2")] == [3, 2]
        assert [one["version"] for one in history(api, server, "?limit=2&start=2")] == [1]


@pytest.mark.parametrize("version", ["12.0.0-pre", "12.4.3"])
def test_pages_by_token(version: str) -> None:
    with Emulator(version=version) as server:
        api = Api(server)
        for title in "ABC":
            post(api, title)
        path = "/api/dashboards/uid/d1/versions?limit=2"
        first = api.made("GET", path + "&start=2")
        assert [one["version"] for one in first["versions"]] == [3, 2]
        last = api.made("GET", f"{path}&continueToken={first['continueToken']}")
        assert ([one["version"] for one in last["versions"]], last["continueToken"]) == ([1], "")


def test_old_versions_go(server: Emulator) -> None:
    api = Api(server)
    for number in range(22):
        post(api, f"T{number}")
    assert len(history(api, server)) == 22
    server.advance(601)
    assert [one["version"] for one in history(api, server)] == list(range(22, 2, -1))


# Who may, and what is missing


@pytest.mark.parametrize(
    ("version", "path", "status", "text"),
    [
        ("8.5.15", "id/99/versions", 404, "No versions found for dashboardId 99"),
        ("8.5.15", "id/99/versions/1", 500, "Dashboard version 1 not found for dashboardId 99"),
        ("8.5.15", "uid/nope/versions", 404, "Not found"),
        ("9.3.2", "id/x/versions", 400, "dashboardId is invalid"),
        ("9.3.2", "id/99/versions", 500, "Error while checking dashboard permissions"),
        ("9.3.2", "uid/nope/versions", 400, "failed to get dashboard by UID"),
        ("11.5.1", "uid/nope/versions", 404, "Dashboard not found"),
        ("11.5.1", "id/99/versions", 404, "Dashboard not found"),
        ("12.4.3", "uid/nope/versions/1", 404, "Dashboard not found"),
        ("12.4.3", "uid/d1/versions/x", 500, "Internal Server Error"),
        ("12.4.3", "id/1/versions", 404, "Not found"),
    ],
)
def test_what_is_missing(version: str, path: str, status: int, text: str) -> None:
    with Emulator(version=version) as server:
        api = Api(server)
        post(api, "A")
        answer = api("GET", f"/api/dashboards/{path}")
        assert (answer.status_code, answer.json()["message"]) == (status, text)


def test_no_such_version(server: Emulator) -> None:
    api = Api(server)
    number = post(api, "A")["id"]
    place = f"id/{number}" if server.version == "8.5.15" else "uid/d1"
    answer = api("GET", f"/api/dashboards/{place}/versions/7")
    assert answer.status_code == 500
    assert answer.json()["message"] == f"Dashboard version 7 not found for dashboardId {number}"


def test_viewers_may_not(server: Emulator) -> None:
    api = Api(server)
    number = post(api, "A")["id"]
    api.made("POST", "/api/admin/users", login="alice", password="secret", OrgId=1)
    place = f"id/{number}" if server.version == "8.5.15" else "uid/d1"
    answer = Api(server, ("alice", "secret"))("GET", f"/api/dashboards/{place}/versions")
    assert answer.status_code == 403


# Who wrote


@pytest.mark.parametrize(
    ("version", "listed", "alone"),
    [
        ("9.3.2", "sa-ci", "Anonymous"),
        ("11.5.1", "ci", "ci"),
        ("12.0.0-pre", "ci", "ci"),
        ("12.4.3", "ci", "ci"),
    ],
)
def test_a_service_account_writes(version: str, listed: str, alone: str) -> None:
    with Emulator(version=version) as server:
        api = Api(server)
        account = api.made("POST", "/api/serviceaccounts", name="ci", role="Editor")["id"]
        key = api.made("POST", f"/api/serviceaccounts/{account}/tokens", name="ci")["key"]
        post(api, "A")
        post(Api(server, key), "B")
        assert [one["createdBy"] for one in history(api, server)] == [listed, "admin"]
        assert api.made("GET", "/api/dashboards/uid/d1/versions/2")["createdBy"] == alone
        assert api.made("GET", "/api/dashboards/uid/d1")["meta"]["updatedBy"] == alone


def test_the_legacy_route_says_who(server: Emulator) -> None:
    api = Api(server)
    post(api, "A")
    meta = api.made("GET", "/api/dashboards/uid/d1")["meta"]
    first = "Anonymous" if server.version in STORED_ONCE else "admin"
    assert (meta["createdBy"], meta["updatedBy"]) == (first, first)
    assert meta["created"] == meta["updated"]
    server.advance(60)
    post(api, "B")
    meta = api.made("GET", "/api/dashboards/uid/d1")["meta"]
    assert (meta["createdBy"], meta["updatedBy"]) == ("admin", "admin")
    assert meta["created"] < meta["updated"]


# By the newer routes


@pytest.mark.parametrize("version", ["12.0.0-pre", "12.4.3"])
def test_writes_of_both_routes_are_one_history(version: str) -> None:
    with Emulator(version=version) as server:
        api = Api(server)
        put(api, "A", "one")
        post(api, "B", "two")
        put(api, "C", "three")
        assert [(one["version"], one["message"]) for one in history(api, server)] == [
            (3, "three"),
            (2, "two"),
            (1, "Initial save"),
        ]


def test_the_newer_route_of_11_keeps_no_message() -> None:
    with Emulator(version="11.5.1") as server:
        api = Api(server)
        post(api, "A", "one")
        put(api, "B", "two")
        assert [(one["version"], one["message"]) for one in history(api, server)] == [(2, ""), (1, "Initial save")]


@pytest.mark.parametrize(
    ("agent", "manager"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla"),
        ("ansible-httpget", "ansible-httpget"),
        ("orgsmith.grafana 1.0/x", "orgsmith.grafana 1.0"),
        ("a" * 200 + "/1", "a" * 128),
    ],
)
def test_a_client_is_named_by_its_user_agent(newest: Emulator, agent: str, manager: str) -> None:
    api = Api(newest)
    assert put(api, "A", agent=agent)["metadata"]["managedFields"][0]["manager"] == manager


def test_an_object_says_who_changed_it(newest: Emulator) -> None:
    api = Api(newest)
    assert "grafana.app/updatedBy" not in put(api, "A")["metadata"]["annotations"]
    changed = put(api, "B", agent="Mozilla/5.0")["metadata"]
    notes = changed["annotations"]
    assert notes["grafana.app/updatedBy"] == notes["grafana.app/createdBy"]
    assert notes["grafana.app/updatedBy"].startswith("user:")
    assert "grafana.app/updatedTimestamp" in notes
    # What of the fields is its own stays with each client.
    assert [entry["manager"] for entry in changed["managedFields"]] == ["Mozilla"]
