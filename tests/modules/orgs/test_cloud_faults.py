# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Cloud API or the stack is slow, busy or silent: a run waits and asks again, within bounds."""

from __future__ import annotations

import pytest

from modules.conftest import WITH_ACCOUNTS
from modules.orgs.stack import SETTINGS, Stack


def test_a_token_right_after_its_account(special, tmp_path, sleeps, monkeypatch):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "cloud.settling_seconds": "2.5"}), tmp_path)
    monkeypatch.setattr("time.sleep", lambda seconds: (sleeps.append(seconds), stack.emulator.advance(seconds)))
    stack.account()
    assert stack.key()["changed"]
    assert sleeps == [1.0, 2.0]
    assert stack.works()


def test_a_token_that_is_refused_for_good_is_asked_for_within_a_bound(special, tmp_path, sleeps):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "cloud.settling_seconds": "99999"}), tmp_path)
    stack.account()
    result = stack.fails("grafana_sa_token", **stack.wanted)
    assert result.code == "refused"
    assert "answered 400" in result["msg"]
    assert sleeps == [1.0, 2.0, 4.0, 8.0]
    assert not stack.dest.exists()


def test_a_400_of_an_account_that_has_tokens_is_not_asked_again(stack, sleeps):
    stack.account()
    stack.key()
    stack.set(settling_seconds="99999")
    other = {**stack.wanted, "name": "other", "dest": str(stack.folder / "other")}
    assert stack.fails("grafana_sa_token", **other).code == "refused"
    assert sleeps == []


@pytest.mark.parametrize("kind", ["rate_limit", "unavailable"])
def test_what_is_put_off_is_waited_for(stack, sleeps, kind):
    for method in ("GET", "POST"):
        stack.emulator.fault({"kind": kind, "method": method, "path": "serviceaccounts", "retry_after": 110})
    assert stack.account()["changed"]
    assert sleeps == [110.0, 110.0]
    assert stack.accounts() == {"ci": "Editor"}


def test_an_hour_is_not_waited_for(stack, sleeps):
    stack.emulator.fault({"kind": "rate_limit", "path": "serviceaccounts", "retry_after": 3600})
    result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "rate_limited"
    assert "asks to wait 3600 s" in result["msg"]
    assert sleeps == []


@pytest.mark.parametrize("kind", ["request_timeout", "bad_gateway", "database_locked"])
def test_reads_are_repeated(stack, sleeps, kind):
    stack.emulator.fault({"kind": kind, "method": "GET", "path": "search", "times": 2})
    assert stack.account()["changed"]


@pytest.mark.parametrize("kind", ["drop", "empty", "refuse", "request_timeout", "bad_gateway"])
def test_a_lost_answer_to_a_new_account(stack, sleeps, kind):
    """Looked at, and made again only if it is not there."""
    stack.emulator.fault({"kind": kind, "method": "POST", "path": "serviceaccounts$"})
    result = stack.account()
    assert result["changed"]
    assert stack.accounts() == {"ci": "Editor"}
    assert not stack.account()["changed"]


@pytest.mark.parametrize("kind", ["drop", "empty", "broken_json", "refuse", "request_timeout", "bad_gateway"])
def test_a_lost_answer_to_a_new_token(stack, sleeps, kind):
    """Its key is lost, so another one is made, and no token is left that nobody has."""
    stack.account()
    stack.emulator.fault({"kind": kind, "method": "POST", "path": "tokens$"})
    assert stack.key()["changed"]
    assert stack.works()
    assert len(stack.living()) == 1
    assert not stack.key()["changed"]


@pytest.mark.parametrize("kind", ["drop", "refuse", "request_timeout", "bad_gateway"])
@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_a_lost_answer_in_the_middle_of_recreation(stack, sleeps, kind, method):
    stack.account()
    stack.emulator.fault({"kind": kind, "method": method, "path": "serviceaccounts"})
    assert stack.account(role="Admin", recreate=True)["changed"]
    assert stack.accounts() == {"ci": "Admin"}


@pytest.mark.parametrize("kind", ["drop", "refuse", "request_timeout", "bad_gateway"])
def test_a_lost_answer_to_a_deletion(stack, sleeps, kind):
    stack.account()
    stack.emulator.fault({"kind": kind, "method": "DELETE", "path": "serviceaccounts"})
    assert stack.account(state="absent")["changed"]
    assert stack.accounts() == {}


def test_a_key_that_cannot_be_proven_leaves_nothing_behind(stack):
    """The stack itself cannot be reached from here, though the Cloud API can."""
    stack.account()
    stack.set(stack_url="http://127.0.0.1:9")
    result = stack.fails("grafana_sa_token", **stack.wanted, retries=0)
    assert result.code == "unreachable"
    assert stack.living() == []
    assert not stack.dest.exists()
    assert stack.key(prove="never")["changed"]
    assert stack.living() == ["ci"]


def test_a_stack_that_starts_is_waited_for(special, tmp_path, sleeps, monkeypatch):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "cloud.starting_seconds": "12"}), tmp_path)
    monkeypatch.setattr("time.sleep", lambda seconds: (sleeps.append(seconds), stack.emulator.advance(seconds)))
    assert stack.account()["changed"]
    assert sleeps == [5.0, 5.0, 5.0]


def test_a_stack_that_never_starts(stack, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    stack.set(status="provisioning")
    result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "stack_not_ready"
    assert "has not become ready within 300 s" in result["msg"]
    assert now == [300.0]
