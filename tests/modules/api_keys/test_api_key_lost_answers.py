# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to the making of an API key that are lost: the next request or run finds out what happened."""

from __future__ import annotations

import pytest

from standins import Vault


@pytest.mark.parametrize("kind", ["drop", "empty", "broken_json", "database_locked", "refuse"])
@pytest.mark.parametrize("place", ["dest", "vault"])
def test_a_lost_answer_to_the_making(keys, kind, place):
    with Vault() as vault:
        sink = {"type": "hashi_vault", "url": vault.url, "token": vault.token, "path": "team/ci"}
        options = {} if place == "dest" else {"dest": None, "sink": sink}
        keys.server.emulator.fault({"method": "POST", "path": "/api/auth/keys", "kind": kind})
        assert keys.present(**options)["changed"]
        key = keys.key if place == "dest" else vault.data("team/ci")["key"]
        assert keys.works(key)
        assert list(keys.listed()) == ["ci"]
        assert not keys.present(**options)["changed"]


@pytest.mark.parametrize("kind", ["drop", "empty", "broken_json", "database_locked", "refuse"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_lost_answer_to_a_replacement(old, kind, method, nth):
    old.present()
    old.server.emulator.fault({"method": method, "path": "/api/auth/keys", "kind": kind, "nth": nth})
    assert old.present(role="Viewer", replace="when_needed")["changed"]
    old.server.emulator.clear_faults()
    assert old.works(old.key)
    assert [key["role"] for key in old.listed().values()] == ["Viewer"]
    assert not old.present(role="Viewer")["changed"]


@pytest.mark.parametrize("kind", ["drop", "database_locked"])
def test_a_key_that_an_earlier_run_lost(keys, kind):
    keys.server.emulator.fault({"method": "POST", "path": "/api/auth/keys", "kind": kind, "times": 50})
    keys.fails(retries=0)
    keys.server.emulator.clear_faults()
    made = keys.present()
    assert made["api_key"]["was"] == ("unanswered" if kind == "drop" else "absent")
    assert keys.works(keys.key)
    assert list(keys.listed()) == ["ci"]
    assert not keys.present()["changed"]


def test_a_key_that_another_run_may_be_storing(old):
    """Without a lock another run may be between making a key and storing it."""
    with Vault() as vault:
        sink = {"type": "hashi_vault", "url": vault.url, "token": vault.token, "path": "team/ci"}
        options = {"dest": None, "sink": sink}
        old.server.emulator.fault({"method": "POST", "path": "/api/auth/keys", "kind": "drop"})
        old.fails(retries=0, **options)
        old.server.emulator.clear_faults()
        with old.server.writes_nothing():
            refused = old.fails(**options)
        assert refused.code == "replace_needed"
        assert "another run may be about to store it" in refused["msg"]
        old.server.emulator.advance(1000)
        assert old.present(**options)["api_key"]["was"] == "unanswered"
        assert old.works(vault.data("team/ci")["key"])


def test_a_proof_that_fails_leaves_nothing(old):
    old.server.emulator.fault({"method": "GET", "path": "/api/user$", "kind": "database_locked", "times": 50})
    result = old.fails(retries=0)
    old.server.emulator.clear_faults()
    assert result.code == "server_error"
    assert old.listed() == {}
    assert not old.dest.exists()
    assert old.present()["changed"]


def test_two_runs_with_two_places(old):
    old.present()
    with old.server.writes_nothing():
        assert old.fails(dest=str(old.folder / "second"))["failure"]["details"]["reasons"] == ["lost"]
