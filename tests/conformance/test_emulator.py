# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no recording shows: the emulator's own controls, settings, caches and speed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from conformance.api import Api

from emulator import VERSIONS, Emulator
from emulator.core.costs import HASH, cost

ROTATING = ("11.5.1", "12.0.0-pre", "12.4.3")


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(version=request.param) as running:
        yield running


@pytest.fixture
def newest() -> Iterator[Emulator]:
    with Emulator(version="12.4.3") as running:
        yield running


def new_token(api: Api, role: str = "Editor", **more: Any) -> str:
    account = api.made("POST", "/api/serviceaccounts", name="ci", role=role)["id"]
    key: str = api.made("POST", f"/api/serviceaccounts/{account}/tokens", name="ci", **more)["key"]
    return key


# Control endpoints


def test_clock(newest: Emulator) -> None:
    key = new_token(Api(newest), secondsToLive=60)
    assert Api(newest, key)("GET", "/api/org").status_code == 200
    assert Api(newest, None)("POST", "/__emulator__/clock", advance=61).status_code == 200
    assert Api(newest, key)("GET", "/api/org").json()["messageId"] == "api-key.expired"


def test_stats(newest: Emulator) -> None:
    api = Api(newest)
    for _number in range(3):
        api("GET", "/api/orgs/1")
    api("GET", "/api/org")
    stats = Api(newest, None).made("GET", "/__emulator__/stats")
    assert stats["requests"] == 4
    assert {"method": "GET", "route": "/api/orgs/{org_id}", "count": 3} in stats["routes"]


def test_reset(newest: Emulator) -> None:
    api = Api(newest)
    api("POST", "/api/orgs", name="x")
    api("POST", "/__emulator__/reset")
    assert newest.stats()["requests"] == 0
    assert [org["name"] for org in api.made("GET", "/api/orgs")] == ["Main Org."]


def test_upgrade_keeps_what_is_there() -> None:
    with Emulator(version="9.3.2") as server:
        api = Api(server)
        org = api.made("POST", "/api/orgs", name="tenant")["orgId"]
        key = new_token(Api(server, org=org))
        assert Api(server, None)("POST", "/__emulator__/upgrade", to="12.4.3").status_code == 200
        assert api.made("GET", "/api/health")["version"] == "12.4.3"
        account = Api(server, key).made("GET", "/api/user")
        assert (account["login"], account["email"], account["orgId"]) == (f"sa-{org}-ci", "sa-ci", org)


def test_controls_refuse_nonsense(newest: Emulator) -> None:
    api = Api(newest, None)
    assert api("POST", "/__emulator__/upgrade", to="1.0").status_code == 400
    assert api("POST", "/__emulator__/faults", kind="fire").status_code == 400
    assert api("POST", "/__emulator__/clock").status_code == 400


# Faults


@pytest.mark.parametrize(("kind", "status"), [("rate_limit", 429), ("database_locked", 500), ("bad_gateway", 502)])
def test_fault_instead_of_an_answer(newest: Emulator, kind: str, status: int) -> None:
    api = Api(newest)
    api("POST", "/__emulator__/faults", kind=kind, method="POST", path="/api/orgs$", nth=2)
    answers = [api("POST", "/api/orgs", name=f"o{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [200, status, 200]
    assert ("Retry-After" in answers[1].headers) == (kind == "rate_limit")
    assert "o1" not in [org["name"] for org in api.made("GET", "/api/orgs")]


@pytest.mark.parametrize("kind", ["empty", "broken_json"])
def test_fault_in_an_answer(newest: Emulator, kind: str) -> None:
    api = Api(newest)
    newest.fault({"kind": kind, "path": "/api/orgs"})
    answer = api("POST", "/api/orgs", name="x")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        answer.json()
    assert api("GET", "/api/orgs/name/x").status_code == 200


@pytest.mark.parametrize(("kind", "made"), [("drop", 200), ("refuse", 404)])
def test_fault_of_a_connection(newest: Emulator, kind: str, made: int) -> None:
    api = Api(newest)
    newest.fault({"kind": kind, "path": "/api/orgs"})
    with pytest.raises(requests.ConnectionError):
        api("POST", "/api/orgs", name="x")
    assert api("GET", "/api/orgs/name/x").status_code == made


def test_slow(newest: Emulator) -> None:
    newest.fault({"kind": "slow", "path": "/api/org$", "seconds": 0.3})
    begun = time.monotonic()
    Api(newest)("GET", "/api/org")
    assert time.monotonic() - begun > 0.3


def test_faults_are_listed_and_cleared(newest: Emulator) -> None:
    api = Api(newest, None)
    api("POST", "/__emulator__/faults", kind="empty")
    assert [fault["kind"] for fault in api.made("GET", "/__emulator__/faults")] == ["empty"]
    api("DELETE", "/__emulator__/faults")
    assert api.made("GET", "/__emulator__/faults") == []


# Costs


def test_real_costs() -> None:
    password, cookie = {"Authorization": "Basic x"}, {"Cookie": "grafana_session=x"}
    (hashed, _none), (plain, nothing) = (cost("GET", "/api/org", who, 0, 100) for who in (password, cookie))
    assert (hashed - plain, nothing) == (pytest.approx(HASH), 0.0)
    assert cost("POST", "/api/orgs", cookie, 0, 100)[1] > cost("POST", "/api/user/using/{org_id}", cookie, 0, 100)[1] > 0
    read = "/api/dashboards/uid/{uid}"
    assert cost("GET", read, cookie, 1000, 100)[0] > cost("GET", read, cookie, 10, 100)[0]


#: The route of the newer API for one dashboard.
OBJECT = "/apis/dashboard.grafana.app/{version}/namespaces/{namespace}/dashboards/{name}"


@pytest.mark.parametrize(
    ("method", "template", "cookie", "dashboards", "answered", "milliseconds", "waiting"),
    [
        ("GET", "/api/org", True, 0, 100, 4.1, 0),
        ("GET", "/api/org", False, 0, 100, 10.5, 0),
        ("GET", "/api/dashboards/uid/{uid}", False, 200, 2000, 15, 0),
        ("GET", "/api/dashboards/uid/{uid}", False, 1000, 2000, 21, 0),
        ("GET", "/api/dashboards/uid/{uid}", False, 2500, 2000, 39, 0),
        ("GET", "/api/dashboards/uid/{uid}", True, 200, 2000, 8.7, 0),
        ("GET", OBJECT, True, 200, 2000, 5.35, 0),
        ("GET", OBJECT.removesuffix("/{name}"), True, 1000, 1000 * 2000, 264, 0),
        ("POST", "/api/dashboards/db", True, 200, 100, 24, 15.9),
        ("PUT", OBJECT, True, 200, 2000, 10.5, 5.6),
    ],
)
def test_costs_are_those_measured(
    method: str, template: str, cookie: bool, dashboards: int, answered: int, milliseconds: float, waiting: float
) -> None:
    """What a request takes on a real server: by itself, and the part in which other writers wait (see emulator/costs.py)."""
    headers = {"Cookie": "grafana_session=x"} if cookie else {"Authorization": "Basic x"}
    beside, alone = cost(method, template, headers, dashboards, answered)
    own = 0.0005 * (2 if alone else 1)  # what the emulator itself takes
    assert (beside + alone + own) * 1000 == pytest.approx(milliseconds, rel=0.2)
    assert alone * 1000 == pytest.approx(waiting, rel=0.15)


def test_costs_are_paid() -> None:
    with Emulator(version="12.4.3", costs="real") as server:
        begun = time.monotonic()
        Api(server)("GET", "/api/org")
        assert time.monotonic() - begun > HASH


# Settings


@pytest.mark.parametrize("version", VERSIONS)
def test_new_users_get_an_org_of_their_own(version: str) -> None:
    with Emulator(version=version, settings={"users.auto_assign_org": "false"}) as server:
        api = Api(server)
        user = api.made("POST", "/api/admin/users", login="alice", password="secret", OrgId=1)["id"]
        assert [(org["name"], org["role"]) for org in api.made("GET", f"/api/users/{user}/orgs")] == [("alice", "Admin")]
        assert api.made("GET", "/api/admin/settings")["users"]["auto_assign_org"] == "false"


@pytest.mark.parametrize("version", VERSIONS)
def test_lock_out(version: str) -> None:
    with Emulator(version=version, settings={"security.disable_brute_force_login_protection": "false"}) as server:
        for _number in range(5):
            assert Api(server, ("admin", "wrong"))("GET", "/api/org").status_code == 401
        assert Api(server)("GET", "/api/org").status_code == 401
        server.advance(301)
        assert Api(server)("GET", "/api/org").status_code == 200


def test_proxy_header() -> None:
    with Emulator(version="12.4.3", settings={"auth.proxy.enabled": "true", "auth.proxy.header_name": "X-User"}) as server:
        api = Api(server, None)
        assert api("GET", "/api/org").status_code == 401
        api.session.headers["X-User"] = "admin"
        assert api.made("GET", "/api/user")["login"] == "admin"


def test_sub_path() -> None:
    with Emulator(version="12.4.3", sub_path="/grafana") as server:
        assert server.url.endswith("/grafana")
        assert Api(server)("GET", "/api/org").status_code == 200
        root = server.url.removesuffix("/grafana")
        assert requests.get(root + "/api/health", timeout=20).status_code == 200
        wrong = requests.get(root + "/monitoring/api/health", timeout=20, allow_redirects=False)
        assert (wrong.status_code, wrong.headers["Location"]) == (301, server.url + "/monitoring/api/health")


@pytest.mark.parametrize(
    ("version", "life", "status"),
    [("9.3.2", 0, 200), ("11.5.1", 0, 200), ("12.4.3", 0, 400), ("9.3.2", 3 * 86400, 200), ("12.4.3", 3 * 86400, 400)],
)
def test_day_limit(version: str, life: int, status: int) -> None:
    with Emulator(version=version, settings={"service_accounts.token_expiration_day_limit": "1"}) as server:
        api = Api(server)
        account = api.made("POST", "/api/serviceaccounts", name="ci", role="Viewer")["id"]
        answer = api("POST", f"/api/serviceaccounts/{account}/tokens", name="t", secondsToLive=life)
        assert answer.status_code == status


# Users and roles


def test_the_header_moves_nobody(server: Emulator) -> None:
    org = Api(server).made("POST", "/api/orgs", name="x")["orgId"]
    assert Api(server, org=org).made("GET", "/api/user")["orgId"] == 1


def test_last_server_admin_stays(server: Emulator) -> None:
    answer = Api(server)("PUT", "/api/admin/users/1/permissions", isGrafanaAdmin=False)
    assert (answer.status_code, answer.json()["message"]) == (400, "cannot remove last grafana admin")


def test_disabled_users_are_out(server: Emulator) -> None:
    api = Api(server)
    user = api.made("POST", "/api/admin/users", login="alice", password="secret")["id"]
    api.made("POST", f"/api/admin/users/{user}/disable")
    answer = Api(server, ("alice", "secret"))("GET", "/api/org")
    assert answer.status_code == 401
    assert answer.json().get("messageId", "identity.disabled") == "identity.disabled"


@pytest.mark.parametrize(("role", "status"), [("", 200), ("editor", 200), ("eDitor", 400), ("Owner", 400), (None, 400)])
def test_roles_of_members(newest: Emulator, role: str | None, status: int) -> None:
    api = Api(newest)
    api.made("POST", "/api/admin/users", login="alice", password="secret")
    org = api.made("POST", "/api/orgs", name="x")["orgId"]
    assert api("POST", f"/api/orgs/{org}/users", loginOrEmail="alice", role=role).status_code == status


@pytest.mark.parametrize(("version", "seconds"), [("8.5.15", 5), ("9.3.2", 10), ("12.4.3", 5)])
def test_a_new_role_is_seen_late(version: str, seconds: int) -> None:
    """The signed-in user is remembered for 5 seconds, at 9.x the permissions for 10."""
    with Emulator(version=version) as server:
        api = Api(server)
        user = api.made("POST", "/api/admin/users", login="alice", password="secret")["id"]
        org = api.made("POST", "/api/orgs", name="x")["orgId"]
        api.made("POST", f"/api/orgs/{org}/users", loginOrEmail="alice", role="Viewer")
        alice = Api(server, ("alice", "secret"), org=org)
        assert alice("GET", "/api/org/users").status_code == 403
        api.made("PATCH", f"/api/orgs/{org}/users/{user}", role="Admin")
        server.advance(seconds - 1)
        assert alice("GET", "/api/org/users").status_code == 403
        server.advance(2)
        assert alice("GET", "/api/org/users").status_code == 200


# Sessions


@pytest.mark.parametrize("version", ROTATING)
def test_a_session_is_to_be_rotated(version: str) -> None:
    with Emulator(version=version) as server:
        api = Api(server, None)
        api.made("POST", "/login", user="admin", password="admin")
        server.advance(601)
        assert api("GET", "/api/org").json()["messageId"] == "session.token.rotate"
        assert api("POST", "/api/user/auth-tokens/rotate").json() == {}
        assert api("GET", "/api/org").status_code == 200


@pytest.mark.parametrize("version", ["8.5.15", "9.3.2"])
def test_old_servers_rotate_by_themselves(version: str) -> None:
    with Emulator(version=version) as server:
        api = Api(server, None)
        api.made("POST", "/login", user="admin", password="admin")
        before = api.session.cookies["grafana_session"]
        server.advance(601)
        assert api("GET", "/api/org").status_code == 200
        assert api.session.cookies["grafana_session"] != before


# The command


def test_command(tmp_path: Path) -> None:
    dashboard = tmp_path / "d.json"
    dashboard.write_text(json.dumps({"uid": "prov", "title": "Provisioned"}), encoding="utf-8")
    command = [sys.executable, "-m", "emulator", "--port", "0", "--grafana-version", "9.3.2", "--admin-password", "other"]
    command += ["--set", "users.auto_assign_org=false", "--provision", str(dashboard)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            ready, url = process.stdout.readline().split()
            assert ready == "ready"
            answer = requests.get(f"{url}/api/dashboards/uid/prov", auth=("admin", "other"), timeout=20)
            assert answer.json()["meta"]["provisioned"] is True
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()


@pytest.mark.parametrize("field", ["elements", "layout"])
def test_13_takes_no_body_of_a_newer_layout_by_the_legacy_route(field: str) -> None:
    """Source: ``LooksLikeV2Spec`` of 13.1.0-pre."""
    with Emulator(version="13.1.0-pre") as server:
        answer = Api(server)("POST", "/api/dashboards/db", dashboard={"uid": "a", "title": "A", field: {}}, overwrite=True)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("dashboard appears to be in v2 format")


def test_13_keeps_provisioned_dashboards_by_the_legacy_route() -> None:
    provisioned = {"dashboard": {"uid": "p", "title": "P"}, "path": "/srv/p.json"}
    with Emulator(version="13.1.0-pre", dashboards=[provisioned]) as server:
        answer = Api(server)("POST", "/api/dashboards/db", dashboard={"uid": "p", "title": "Other"}, overwrite=True)
        assert (answer.status_code, answer.json()) == (400, {"message": "Cannot save provisioned dashboard"})
