# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the way to a real server: the choice, traces of a test, time, and the page of results."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timezone

import pytest

from emulator import VERSIONS
from servers.choice import ROOT, Choice, Filled, choice, filled
from servers.cleaning import Traces
from servers.kinds import KINDS, kind_of, not_applicable
from servers.report import HEAD, UNEXPLAINED, Known, known_failures, outdated, results, section, with_section
from servers.times import make_older, moment, opened, shift_answer


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"GRAFANA_START": " "}, None),
        ({"GRAFANA_START": "/x/start.sh 12.4.3"}, Choice(("/x/start.sh", "12.4.3"), ("/x/stop.sh", "12.4.3"), "")),
        (
            {"GRAFANA_START": "run", "GRAFANA_STOP": "end -v", "GRAFANA_VERSION": "9.3.2"},
            Choice(("run",), ("end", "-v"), "9.3.2"),
        ),
        ({"GRAFANA_START": "../x/start 1"}, Choice((str(ROOT.parent / "x/start"), "1"), (str(ROOT.parent / "x/stop"), "1"), "")),
    ],
)
def test_choice(environment, expected):
    assert choice(environment) == expected


def test_a_start_command_without_a_stop_command():
    with pytest.raises(ValueError, match="GRAFANA_STOP is needed"):
        choice({"GRAFANA_START": "docker-grafana 12.4.3"})


def test_commands():
    chosen = Choice(("start", "1"), ("stop", "1"), "1")
    assert chosen.start_command(80, {"GF_A_B": "c d"}) == ["start", "1", "80", "GF_A_B=c d"]
    assert chosen.stop_command(80) == ["stop", "1", "80"]


def test_a_server_that_is_filled():
    assert filled({}) is None
    assert filled({"GRAFANA_URL": "http://x/", "GRAFANA_USER": "a", "GRAFANA_PASSWORD": "b"}) == Filled("http://x", "a", "b")
    with pytest.raises(ValueError, match="needs GRAFANA_USER and GRAFANA_PASSWORD"):
        filled({"GRAFANA_URL": "http://x", "GRAFANA_USER": "a"})


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind):
    with pytest.raises(pytest.skip.Exception) as skipped:
        not_applicable(kind, "a reason")
    assert kind_of("Skipped: " + skipped.value.msg) == kind
    assert kind_of("mounting a small file system needs root") is None


IN_2, IN_1 = {"X-Grafana-Org-Id": "2"}, {"X-Grafana-Org-Id": "1"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "lasts"),
    [
        ("GET", "/api/dashboards/uid/a", {}, False),
        ("POST", "/api/orgs", {}, False),
        ("PUT", "/api/orgs/1", {}, True),
        ("PUT", "/api/orgs/12/address", {}, False),
        ("POST", "/api/orgs/1/users", {}, False),
        ("PATCH", "/api/orgs/1/users/1", {}, True),
        ("PATCH", "/api/orgs/1/users/12", {}, False),
        ("PUT", "/api/admin/users/1/permissions", IN_2, True),
        ("PUT", "/api/admin/users/2/permissions", {}, False),
        ("PUT", "/api/user/preferences", IN_2, True),
        ("POST", "/api/serviceaccounts", {}, False),
        ("POST", "/api/dashboards/db", {}, True),
        ("POST", "/api/dashboards/db", IN_1, True),
        ("POST", "/api/dashboards/db", IN_2, False),
        ("POST", "/api/dashboards/db", {"Authorization": "Bearer of-2"}, False),
        ("POST", "/api/dashboards/db", {"Authorization": "Bearer of-1"}, True),
        ("POST", "/apis/dashboard.grafana.app/v1beta1/namespaces/org-2/dashboards", {}, False),
        ("POST", "/apis/dashboard.grafana.app/v1beta1/namespaces/org-1/dashboards", {}, True),
        ("POST", "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards", {}, True),
    ],
)
def test_what_only_a_new_server_makes_undone(method, path, headers, lasts):
    traces = Traces()
    traces.add_key("of-2", IN_2)
    traces.add_key("of-1", {})
    traces.add(method, path, headers)
    assert traces.lasting == (f"{method} {path}" if lasts else "")


def test_a_server_that_was_only_read_is_used_again():
    traces = Traces()
    traces.add("GET", "/api/org", {})
    assert traces.cleaned(lambda *_request: pytest.fail("a request was made"))


class Api:
    """Answers the requests of the cleaning."""

    def __init__(self, refuses=""):
        self.refuses, self.asked = refuses, []

    def __call__(self, method, path, body, org_id):
        self.asked.append(f"{method} {path}")
        lists = {"orgs": [{"id": 1}, {"id": 7}], "users": [{"id": 1}, {"id": 8}], "user": [{"id": 3}]}
        lists["serviceaccounts"] = {"serviceAccounts": [{"id": 9}]}
        status = 500 if self.refuses and self.refuses in self.asked[-1] else 200
        return status, json.dumps(lists.get(path.split("/")[2].partition("?")[0], {})).encode()


def test_cleaning():
    traces, api = Traces(), Api()
    traces.add("POST", "/api/orgs", {})
    assert traces.cleaned(api)
    assert [one for one in api.asked if not one.startswith("GET")] == [
        "POST /api/user/using/1",
        "DELETE /api/serviceaccounts/9",
        "DELETE /api/orgs/7",
        "DELETE /api/admin/users/8",
        "POST /api/user/revoke-auth-token",
    ]


@pytest.mark.parametrize("refuses", ["GET /api/orgs", "DELETE /api/orgs/7", "DELETE /api/admin/users/8", "auth-token"])
def test_a_server_that_cannot_be_cleaned(refuses):
    traces = Traces()
    traces.add("POST", "/api/orgs", {})
    assert not traces.cleaned(Api(refuses))


NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T12:00:00Z",
        "2026-01-02 12:00:00",
        "2026-01-02T13:00:00+01:00",
        "2026-01-02 10:30:00.123456 -01:30",
        NOON.timestamp(),
    ],
)
def test_times(text):
    assert moment(text) == NOON


def test_no_time():
    with pytest.raises(ValueError, match="not a time"):
        moment("noon")


def test_the_past_is_moved(tmp_path):
    database = tmp_path / "grafana.db"
    with opened(database) as connection:
        connection.execute("CREATE TABLE api_key (id, created, updated, last_used_at, expires)")
        connection.execute("INSERT INTO api_key VALUES (1, '2026-01-02 12:00:00', '2026-01-02 12:00:00', NULL, 1000000)")
        connection.execute("CREATE TABLE user_auth_token (created_at, updated_at, rotated_at, seen_at)")
        connection.execute("INSERT INTO user_auth_token VALUES (90000, 90000, 90000, 0)")
    make_older(database, 86400)
    with closing(sqlite3.connect(database)) as connection:
        (key,) = connection.execute("SELECT * FROM api_key").fetchall()
        assert key == (1, "2026-01-01 12:00:00", "2026-01-01 12:00:00", None, 913600)
        assert connection.execute("SELECT * FROM user_auth_token").fetchall() == [(3600, 3600, 3600, 0)]


def test_answers_are_moved_into_the_future():
    headers = [("Date", "Fri, 02 Jan 2026 12:00:00 GMT"), ("X", "y")]
    listed = json.dumps([{"created": "2026-01-02T12:00:00Z", "expiration": None}]).encode()
    later, content = shift_answer("/api/serviceaccounts/3/tokens", headers, listed, 86400)
    assert later == [("Date", "Sat, 03 Jan 2026 12:00:00 GMT"), ("X", "y")]
    assert json.loads(content) == [{"created": "2026-01-03T12:00:00Z", "expiration": None}]
    assert shift_answer("/api/org", headers, listed, 86400) == (later, listed)
    assert shift_answer("/api/auth/keys", headers, b"Bad Gateway", 86400) == (later, b"Bad Gateway")


def line(test, outcome, kind=None, when="call"):
    return {"test": test, "when": when, "outcome": outcome, "kind": kind, "seconds": 1, "reason": ""}


LINES = [
    line("a::one[12.4.3]", "passed"),
    line("a::two[x]", "failed"),
    line("a::two[x]", "failed", when="teardown"),
    line("a::three", "passed"),
    line("a::three", "failed", when="teardown"),
    line("a::four", "skipped", "clock"),
    line("a::five", "skipped", "version"),
    line("a::six", "skipped", "version"),
    line("a::seven", "skipped"),
]


def test_results():
    known = [Known("a::two[*]", "of 9.3", ("9.3.2",)), Known("a::two[*]", "a reason", ("12.4.3",)), Known("b::*", "another")]
    found = results(LINES, "12.4.3", known)
    assert (found.passed, found.skipped, dict(found.not_applicable)) == (1, 1, {"clock": 1, "version": 2})
    assert found.failed == {"a::two[x]": "a reason", "a::three": UNEXPLAINED}
    assert found.unexplained == ["a::three"]
    assert outdated(found, "12.4.3", known) == ["b::*"]


def test_page():
    text = section("12.4.3", "SQLite", "2026-01-02", results(LINES, "12.4.3", []))
    assert "| SQLite | 2026-01-02 | 1 | 3 | 2 |" in text
    assert f"| version | 2 | {KINDS['version']} |" in text
    assert "| unexplained | 2 |" in text
    assert "- `a::three`: unexplained" in text
    pages = [text, "## Grafana 13.1.0-pre on SQLite\n\nnew", "## Grafana 12.4.3 on PostgreSQL\n\nother"]
    page = HEAD
    for one in [*pages, "## Grafana 12.4.3 on SQLite\n\nall passed"]:
        page = with_section(page, one)
    assert page == HEAD + "\n%s\n\n## Grafana 12.4.3 on SQLite\n\nall passed\n\n%s\n" % (pages[1], pages[2])


def test_the_known_failures_can_be_read():
    assert all(one.reason and one.test.startswith("tests/") for one in known_failures())


@pytest.mark.parametrize(("version", "newest"), [("", VERSIONS[-1]), ("12.4.3", "12.4.3"), ("13.1.0", VERSIONS[-1])])
def test_the_newest_version_on_a_real_server(version, newest):
    """Without a version, too, as `make real` is before it has asked the server."""
    environment = {**os.environ, "GRAFANA_START": "start", "GRAFANA_VERSION": version}
    command = [sys.executable, "-c", "import servers; print(servers.NEWEST)"]
    assert subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip() == newest
