# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests are in progress at the same time, by what the server answers."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import pace as module
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import Identity
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import (
    Answer,
    GrafanaError,
    LostAnswer,
    ServerError,
    Unreachable,
    from_answer,
)
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.pace import GOOD_ANSWERS, Pace, is_overload

from ..conftest import Call, Clock

# What servers answer that have too much to do. The first three are a real 12.4.3 on SQLite, with 16 writers.
LOCKED = '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"database is locked","code":500}'
MAX_RETRIES = '{"statusCode":500,"messageId":"sqlstore.max-retries-reached","message":"InternalError"}'
ORGS = '{"message":"Failed to create organization"}'


@pytest.mark.parametrize(
    ("method", "status", "body", "expected"),
    [
        pytest.param("POST", 500, LOCKED, True, id="locked"),
        pytest.param("GET", 500, LOCKED, True, id="read-locked"),
        pytest.param("POST", 500, MAX_RETRIES, True, id="max-retries"),
        pytest.param("GET", 500, MAX_RETRIES, True, id="read-max-retries"),
        pytest.param("POST", 500, ORGS, True, id="hidden"),
        pytest.param("PUT", 502, "<html></html>", True, id="gateway"),
        pytest.param("DELETE", 504, "<html></html>", True, id="gateway-timeout"),
        pytest.param("GET", 429, "{}", True, id="429"),
        pytest.param("POST", 429, "{}", True, id="write-429"),
        pytest.param("GET", 503, "{}", True, id="503"),
        pytest.param("GET", 500, '{"message":"Search failed"}', False, id="no-member"),
        pytest.param("POST", 500, '{"message":"namespace mismatch"}', False, id="no-member-of-apis"),
        pytest.param("GET", 502, "<html></html>", False, id="read-gateway"),
        pytest.param("POST", 409, "{}", False, id="conflict"),
        pytest.param("POST", 412, "{}", False, id="precondition"),
        pytest.param("POST", 403, "{}", False, id="refused"),
        pytest.param("POST", 408, "{}", False, id="timeout"),
    ],
)
def test_signs_of_overload(method, status, body, expected):
    assert is_overload(method, from_answer(method, "http://grafana.test/api/x", Answer(status, {}, body))) is expected


@pytest.mark.parametrize("problem", [LostAnswer("reset"), Unreachable("down"), ServerError("not from an answer")])
def test_without_an_answer_there_is_no_sign(problem):
    assert not is_overload("POST", problem)


BUSY = ServerError("database is locked", status=500, server_message="database is locked")
REFUSED = GrafanaError("no", status=403)
NO_ANSWER = LostAnswer("reset")


def send(pace, *ends, method="POST"):
    """Send requests one after the other; each ends with an error, or well (``None``)."""
    for end in ends:
        with pytest.raises(GrafanaError) if end is not None else ExitStack(), pace.turn(method):
            if end is not None:
                raise end


@contextmanager
def in_progress(pace, count):
    """Have so many requests in progress at the same time."""
    with ExitStack() as stack:
        for _number in range(count):
            stack.enter_context(pace.turn("GET"))
        yield


GOOD = [None] * GOOD_ANSWERS


@pytest.mark.parametrize(
    ("most", "ends", "limit", "shown"),
    [
        pytest.param(4, GOOD, 4, {}, id="never-above-the-highest"),
        pytest.param(1, [BUSY, BUSY, None], 1, {}, id="one-stays-one"),
        pytest.param(8, [BUSY], 4, (4, 4, 1), id="alone"),
        pytest.param(8, [BUSY, BUSY], 2, (2, 2, 2), id="again"),
        pytest.param(8, [BUSY, *GOOD[1:]], 4, (4, 4, 1), id="not-yet"),
        pytest.param(8, [BUSY, *GOOD], 5, (4, 5, 1), id="up"),
        pytest.param(8, [BUSY, *GOOD[1:], REFUSED], 5, (4, 5, 1), id="a-refusal-is-an-answer"),
        pytest.param(8, [BUSY, *GOOD[1:], NO_ANSWER], 4, (4, 4, 1), id="no-answer-is-none"),
        pytest.param(8, [BUSY, *GOOD[1:], BUSY, *GOOD[1:]], 2, (2, 2, 2), id="counted-anew"),
        pytest.param(2, [BUSY, *GOOD, *GOOD], 2, (1, 2, 1), id="up-to-the-highest"),
        pytest.param(3, [BUSY, *GOOD, *GOOD, *GOOD], 3, (1, 3, 1), id="one-by-one"),
    ],
)
def test_limit(most, ends, limit, shown):
    pace = Pace(most)
    send(pace, *ends)
    assert pace.limit == limit
    lowest, final, reductions = shown or (0, 0, 0)
    expected = {"highest": most, "lowest": lowest, "final": final, "reductions": reductions} if shown else {}
    assert pace.shown() == expected


@pytest.mark.parametrize(("most", "busy", "limit"), [(16, 15, 8), (16, 3, 2), (4, 3, 2), (5, 4, 2), (3, 2, 1), (2, 1, 1)])
def test_the_limit_is_halved(most, busy, limit):
    pace = Pace(most)
    with in_progress(pace, busy):
        send(pace, BUSY)
    assert (pace.limit, pace.lowest, pace.reductions) == (limit, limit, 1)


def test_one_overload_lowers_the_limit_once():
    pace = Pace(16)

    def eighth(depth):
        """Have eight requests in progress that end with the same overload, the last one first."""
        with pace.turn("POST"):
            if depth == 8:
                raise BUSY
            eighth(depth + 1)

    with pytest.raises(ServerError):
        eighth(1)
    assert (pace.limit, pace.reductions) == (4, 1)
    with in_progress(pace, 3):
        send(pace, BUSY)  # this request began with the lower limit
    assert (pace.limit, pace.lowest, pace.reductions) == (2, 2, 2)


def test_requests_wait_until_others_have_ended():
    pace, entered, leave = Pace(2), threading.Semaphore(0), threading.Semaphore(0)
    pace.limit = 1

    def request():
        with pace.turn("GET"):
            entered.release()
            assert leave.acquire(timeout=30)

    threads = [threading.Thread(target=request) for _number in range(3)]
    for thread in threads:
        thread.start()
    for _thread in threads:
        assert entered.acquire(timeout=30)
        assert not entered.acquire(blocking=False)  # the others wait
        leave.release()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def limited(seconds, status=429):
    problem = GrafanaError("slow down", status=status)
    problem.retry_after = seconds
    return problem


@pytest.mark.parametrize(
    ("ends", "slept"),
    [
        pytest.param([limited(7.0)], [7.0], id="429"),
        pytest.param([limited(7.0, 503)], [7.0], id="503"),
        pytest.param([limited(0.0)], [], id="at-once"),
        pytest.param([limited(120.0)], [120.0], id="the-longest"),
        pytest.param([limited(3600.0)], [], id="too-long-is-an-error"),
        pytest.param([limited(5.0, 400)], [], id="no-overload"),
        pytest.param([BUSY], [], id="without-a-wait"),
    ],
)
def test_retry_after_holds_all_requests_back(monkeypatch, ends, slept):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    pace = Pace(4)
    send(pace, *ends)
    send(pace, None, None)  # the second one comes when the time is over
    assert clock.slept == slept


def test_clients_of_one_task_share_the_pace(script, client):
    by_password = client(concurrency=8, identity=Identity(token="glsa_one"))
    by_token = by_password.as_token("glsa_two")
    script.expect(Call("POST", "/api/x").answers(500, {"message": "no"}))
    with pytest.raises(ServerError):
        by_token.post("/api/x", {})
    assert by_password.pace.shown() == {"highest": 8, "lowest": 4, "final": 4, "reductions": 1}
