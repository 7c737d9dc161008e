# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests' way to a real server, tried with a start command that starts the emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = f"{sys.executable} {Path(__file__).with_name('emulated.py')}"

#: Uses what tests use of a server: counts, faults, watching, resets between tests, markers and versions.
TESTS = """
import pytest
import requests
from servers import Grafana, only_on_the_emulator
from servers.plugin import pytest_configure

AUTH = ("admin", "a-Passw0rd")


@pytest.fixture(scope="module")
def running():
    with Grafana(version="12.4.3", admin_password=AUTH[1]) as server:
        yield server


@pytest.fixture
def server(running):
    running.reset()
    return running


def post(server, path, **body):
    return requests.post(server.url + path, json=body, auth=AUTH, timeout=20)


@pytest.mark.parametrize("_time", [1, 2])
def test_counts_and_is_empty_again(server, _time):
    assert list(server.orgs()) == ["Main Org."]
    assert server.stats() == {"requests": 0, "routes": []}
    made = post(server, "/api/orgs", name="tenant").json()
    post(server, "/api/admin/users", login="alice", password="long-enough-1")
    requests.get(f"{server.url}/api/orgs/{made['orgId']}/users?x=%2F", auth=AUTH, timeout=20)
    counts = {(route["method"], route["route"]): route["count"] for route in server.stats()["routes"]}
    assert counts == {("POST", "/api/orgs"): 1, ("POST", "/api/admin/users"): 1, ("GET", "/api/orgs/{org_id}/users"): 1}
    account = server.ask("POST", "/api/serviceaccounts", {"name": "ci"}, made["orgId"])["id"]
    key = server.ask("POST", f"/api/serviceaccounts/{account}/tokens", {"name": "ci"}, made["orgId"])["key"]
    assert server.keys() == [key]
    assert server.token_names() == ["ci"]


def test_a_write_that_only_a_new_server_makes_undone(server):
    post(server, "/api/dashboards/db", dashboard={"uid": "a", "title": "A"})
    assert server.dashboard(1, "a")["dashboard"]["title"] == "A"


def test_is_empty_again(server):
    assert server.dashboard(1, "a") is None


def test_faults(server):
    server.fault({"method": "POST", "path": "/api/orgs$", "kind": "bad_gateway"})
    server.fault({"method": "POST", "path": "/api/orgs$", "kind": "broken_json"})
    assert post(server, "/api/orgs", name="a").status_code == 502
    assert not post(server, "/api/orgs", name="a").text.endswith("}")
    assert "a" in server.orgs()
    server.fault({"method": "POST", "path": "/api/orgs$", "kind": "drop"})
    with pytest.raises(requests.ConnectionError):
        post(server, "/api/orgs", name="b")
    assert "b" in server.orgs()


def test_watches(server):
    seen = []
    server.watch(lambda request: seen.append((request.method, request.path, server.orgs())))
    post(server, "/api/orgs?x=1", name="a")
    server.watch(None)
    post(server, "/api/orgs", name="b")
    assert seen == [("POST", "/api/orgs", {"Main Org.": 1})]


def test_sessions(server):
    requests.post(server.url + "/login", json={"user": "admin", "password": AUTH[1]}, timeout=20)
    assert len(server.sessions()) == 1
    server.end_sessions()
    assert server.sessions() == []


def test_of_another_version():
    with Grafana(version="9.3.2"):
        raise AssertionError


@pytest.mark.emulator_only("state", "no request does that")
def test_marked(server):
    raise AssertionError


def test_in_part(server):
    only_on_the_emulator("clock", "it stands still")
    raise AssertionError


def test_that_fails(server):
    assert server.url == ""
"""


def run(folder, **environment):
    """Run TESTS in a process of its own, and return (what was printed, the lines of the report)."""
    (folder / "test_it.py").write_text(TESTS)
    report = folder / "report.jsonl"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GRAFANA_", "PYTEST_"))}
    variables = {"GRAFANA_REPORT": str(report), "PYTHONPATH": str(ROOT / "tests"), **environment}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "servers.plugin",
        "-p",
        "no:cacheprovider",
        "--strict-markers",
        "-q",
        "test_it.py",
    ]
    done = subprocess.run(command, env={**clean, **variables}, cwd=folder, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr, [json.loads(line) for line in report.read_text().splitlines()]


def outcomes(lines):
    return {line["test"].rpartition("::")[2]: line["kind"] or line["outcome"] for line in lines}


@pytest.mark.timeout(600)
def test_the_same_tests_on_both(tmp_path):
    """On a real server three tests are not applicable; otherwise the results are the same."""
    real = {"GRAFANA_START": f"{COMMAND} start 12.4.3", "GRAFANA_STOP": f"{COMMAND} stop", "GRAFANA_VERSION": "12.4.3"}
    printed, lines = run(tmp_path, **real)
    found = outcomes(lines)
    not_applicable = {"test_of_another_version": "version", "test_marked": "state", "test_in_part": "clock"}
    assert {name: kind for name, kind in found.items() if name in not_applicable} == not_applicable
    assert [name for name, outcome in found.items() if outcome == "failed"] == ["test_that_fails"], printed
    assert len([name for name, outcome in found.items() if outcome == "passed"]) == 7
    assert "real server 12.4.3, not applicable: 3" in printed
    assert "    1 clock: " in printed
    embedded = outcomes(run(tmp_path)[1])
    assert {name: outcome for name, outcome in embedded.items() if name not in not_applicable} == {
        name: outcome for name, outcome in found.items() if name not in not_applicable
    }
    assert {embedded[name] for name in not_applicable} == {"failed"}
