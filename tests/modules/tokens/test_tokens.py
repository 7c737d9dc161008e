# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens: present means that the stored key works, and everything else is replaced without losing a key."""

from __future__ import annotations

import os
import stat
import subprocess

import pytest

from modules.conftest import DELETES_ORGS
from modules.tokens.stored_token import Token
from servers import NEWEST


def test_what_is_kept(token):
    result = token.present()
    known = token.metadata
    assert known["token_id"] == result["token"]["id"]
    assert (known["name"], known["service_account"], known["org_id"]) == ("ci", "ci", token.org)
    assert known["server"] == token.server.url
    assert known["expires"] > known["created"]
    assert known["fingerprint"].startswith("sha256:")
    assert token.key not in (token.dest.parent / "key.json").read_text()
    assert sorted(os.listdir(token.dest.parent)) == ["key", "key.json"]


def test_the_stored_key_works(token):
    token.present()
    assert token.works(token.key)


def test_expired(token):
    token.present()
    old = token.key
    token.server.emulator.advance(3700)
    replaced = token.present()
    assert replaced["changed"]
    assert replaced["diff"]["before"]["status"] == "expired"
    assert token.listed() == ["ci-2"]
    assert token.key != old
    assert token.works(token.key)
    assert not token.present()["changed"]


def test_deleted_on_the_server(token):
    made = token.present()
    token.delete(made["token"]["id"])
    assert token.present()["changed"]
    assert token.listed() == ["ci"]
    assert token.works(token.key)


def test_key_file_lost(token):
    token.present()
    old = token.key
    token.dest.unlink()
    result = token.present()
    assert result["diff"]["before"]["status"] == "no key"
    assert token.listed() == ["ci-2"]
    assert not token.works(old)


@pytest.mark.parametrize(
    ("key", "status"), [("glsa_something-else", "mistyped"), ("glsa_" + "a" * 32 + "_b1a40a94", "other key")]
)
def test_key_file_overwritten(token, key, status):
    token.present()
    token.dest.write_text(key + "\n")
    assert token.present()["diff"]["before"]["status"] == status
    assert token.works(token.key)
    assert token.listed() == ["ci-2"]


def test_absent_without_the_directory_of_the_key(token, tmp_path):
    """As after a restart, if the directory was in memory."""
    folder = tmp_path / "run"
    folder.mkdir()
    token.present(dest=str(folder / "key"))
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    results = token.server.four("grafana_sa_token", **{**token.wanted, "dest": str(folder / "key")}, state="absent")
    assert any("no key was stored in" in text for text in results[1]["warnings"])
    assert [one["name"] for one in results[1]["deleted"]] == ["ci"]
    assert token.listed() == []


def test_deleted_tokens_in_check_mode_and_for_real(token):
    token.present()
    token.server.emulator.advance(3700)
    results = token.server.four("grafana_sa_token", **token.wanted, seconds_to_live="1h", purge=["expired"])
    for result in results[:2]:
        assert [(one["name"], one["reason"]) for one in result["deleted"]] == [("ci", "it is expired or revoked")]


# Check mode fails where a run would.


def test_check_mode_knows_the_limit_of_the_server(special, tmp_path):
    limited = Token(special(NEWEST, settings={"auth.api_key_max_seconds_to_live": "7200"}), tmp_path)
    for lifetime, code in ((None, "lifetime_needed"), ("1d", "lifetime_too_long")):
        result = limited.server.fails("grafana_sa_token", **limited.wanted, seconds_to_live=lifetime, check=True)
        assert result.code == code
    assert limited.present(check=True, seconds_to_live="2h")["changed"]
    assert limited.present(check=True, seconds_to_live="max")["changed"]


def test_check_mode_knows_that_a_name_is_taken(token):
    token.server.ok("grafana_service_account", org_name="tenant", name="other")
    token.present(service_account="other", dest=str(token.dest.parent / "other"))
    result = token.server.fails("grafana_sa_token", **token.wanted, seconds_to_live="1h", check=True)
    assert result.code == "name_taken"
    assert "a token of service account other" in result["msg"]


def test_mode_of_an_existing_file(token):
    token.dest.write_text("old\n")
    token.dest.chmod(0o644)
    token.present()
    assert stat.S_IMODE(os.stat(token.dest).st_mode) == 0o600


def test_no_directory_stops_before_any_write(token):
    with token.server.writes_nothing():
        result = token.server.fails("grafana_sa_token", **{**token.wanted, "dest": "/no/such/directory/key"})
    assert result.code == "store_failed"


def test_dest_that_is_a_link(token):
    token.dest.symlink_to("/dev/null")
    with token.server.writes_nothing():
        assert token.server.fails("grafana_sa_token", **token.wanted).code == "store_failed"


def test_no_lifetime_warns_and_zero_means_it(token):
    warned = token.present(seconds_to_live=None)
    assert any("never expires" in str(warning) for warning in warned["warnings"])
    assert warned["token"]["expires"] is None
    token.absent()
    assert "never expires" not in str(token.present(seconds_to_live=0).get("warnings"))


@pytest.mark.parametrize("lifetime", [-1, "-5", "30 days", "1x", "", 1.5, True])
def test_lifetimes_that_are_none(newest_token, lifetime):
    if lifetime == "":
        assert newest_token.present(seconds_to_live="")["changed"]
        return
    with newest_token.server.writes_nothing():
        result = newest_token.server.fails("grafana_sa_token", **newest_token.wanted, seconds_to_live=lifetime)
    assert "seconds_to_live" in result["msg"]


def test_git_work_tree_warns(newest_token):
    subprocess.run(["git", "init", "-q", str(newest_token.dest.parent)], check=True)
    assert any("git work tree" in str(warning) for warning in newest_token.present()["warnings"])


def test_by_id(token):
    token.present(service_account=token.account)
    assert not token.present(service_account=str(token.account))["changed"]


def test_unknown_account(token):
    with token.server.writes_nothing():
        result = token.server.fails("grafana_sa_token", **{**token.wanted, "service_account": "nobody"})
    assert result.code == "account_not_found"
    planned = token.present(service_account="soon", check=True, missing_parent="plan")
    assert planned["changed"]


def test_name_taken_by_another_account(token):
    token.server.ok("grafana_service_account", org_name="tenant", name="other")
    other = str(token.dest.parent / "other")
    token.present(service_account="other", dest=other)
    result = token.server.fails("grafana_sa_token", **token.wanted, seconds_to_live="1h")
    assert result.code == "name_taken"
    assert "a token of service account other" in result["msg"]
    assert not token.dest.exists()
    assert sorted(os.listdir(token.dest.parent)) == ["other", "other.json"]


def test_name_taken_by_an_api_key(versioned, tmp_path):
    token = Token(versioned("9.3.2"), tmp_path)
    token.server.api("POST", "/api/auth/keys", {"name": "ci", "role": "Viewer"}, org=token.org)
    result = token.server.fails("grafana_sa_token", **token.wanted)
    assert result.code == "name_taken"
    assert "an API key" in result["msg"]


def test_nowhere_to_put_the_key(token):
    del token.wanted["dest"]
    for check in (True, False):
        with token.server.writes_nothing():
            result = token.server.fails("grafana_sa_token", **token.wanted, check=check)
        assert result.code == "no_place_for_key"


def test_without_dest_any_living_token_is_enough(token):
    token.present()
    del token.wanted["dest"]
    assert not token.present()["changed"]


def test_return_key_needs_no_log(token):
    with token.server.writes_nothing():
        result = token.server.fails("grafana_sa_token", **token.wanted, return_key=True)
    assert result.code == "key_would_show"


def test_return_key(token):
    del token.wanted["dest"]
    made = token.present(return_key=True, no_log=True)
    assert token.works(made["token"]["key"])
    assert "key" not in token.present(return_key=True, no_log=True)["token"]


def test_absent_removes_what_is_ours(token):
    token.present()
    token.server.emulator.advance(3700)
    token.present()
    assert token.absent()["changed"]
    assert token.listed() == []
    assert os.listdir(token.dest.parent) == []
    assert not token.absent()["changed"]


def test_absent_without_metadata_goes_by_the_name(token):
    token.present()
    for name in ("key", "key.json"):
        (token.dest.parent / name).unlink()
    token.absent()
    assert token.listed() == []


@pytest.mark.parametrize("version", ["9.3.2", DELETES_ORGS])
def test_absent_in_a_deleted_org_removes_the_files(versioned, tmp_path, version):
    token = Token(versioned(version), tmp_path)
    token.present()
    token.server.ok("grafana_org", name="tenant", state="absent")
    gone = token.server.four("grafana_sa_token", state="absent", **token.wanted)
    assert gone[1]["token"] is None
    assert os.listdir(token.dest.parent) == []


def test_neighbours_are_left_alone(token):
    second = {**token.wanted, "name": "ci-2", "dest": str(token.dest.parent / "second")}
    token.present()
    token.server.ok("grafana_sa_token", seconds_to_live=0, **second)
    token.server.emulator.advance(3700)
    token.present()
    assert sorted(token.listed()) == ["ci-2", "ci-3"]
    assert not token.server.ok("grafana_sa_token", seconds_to_live=0, **second)["changed"]


def test_neighbours_in_one_batch(token):
    batch = [{"name": "ci", "dest": str(token.dest)}, {"name": "ci-2", "dest": str(token.dest.parent / "second")}]
    options = {"org_name": "tenant", "service_account": "ci", "seconds_to_live": "1h", "batch": batch}
    token.server.ok("grafana_sa_token", **options)
    token.server.emulator.advance(3700)
    assert token.server.ok("grafana_sa_token", **options)["summary"]["changed"] == 2
    assert token.server.ok("grafana_sa_token", **options)["summary"]["ok"] == 2
    assert len(token.listed()) == 2


def test_two_items_for_one_file(newest_token):
    batch = [{"name": "a", "dest": str(newest_token.dest)}, {"name": "b", "dest": str(newest_token.dest)}]
    with newest_token.server.writes_nothing():
        result = newest_token.server.fails("grafana_sa_token", org_name="tenant", service_account="ci", batch=batch)
    assert "each key needs a sink of its own" in result["msg"]


def test_disabled_account_is_not_proven(token):
    token.server.ok("grafana_service_account", org_name="tenant", name="ci", disabled=True)
    result = token.present()
    assert any("is disabled" in str(warning) for warning in result["warnings"])
    assert not token.present()["changed"]


def test_prove_moves_last_use_only_when_asked(token):
    token.present(prove="never")
    assert token.present(prove="new")["token"]["last_used"] is None
    token.present(prove="always")
    assert token.present()["token"]["last_used"] is not None


def test_a_limit_of_the_server(special, tmp_path):
    limited = Token(special(NEWEST, settings={"auth.api_key_max_seconds_to_live": "7200"}), tmp_path)
    for lifetime, code, words in ((None, "lifetime_needed", "more than 0"), ("1d", "lifetime_too_long", "uses 7200 s")):
        result = limited.server.fails("grafana_sa_token", **limited.wanted, seconds_to_live=lifetime)
        assert result.code == code
        assert "api_key_max_seconds_to_live" in result["msg"]
        assert words in result["msg"]
    assert os.listdir(tmp_path) == []


def test_a_day_limit_of_the_server(special, tmp_path):
    settings = {"service_accounts.token_expiration_day_limit": "1"}
    limited = Token(special(NEWEST, settings=settings), tmp_path)
    result = limited.server.fails("grafana_sa_token", **limited.wanted, seconds_to_live="2d")
    assert result.code == "lifetime_too_long"
    assert "token_expiration_day_limit" in result["msg"]
    assert "uses 86400 s" in result["msg"]


@pytest.mark.parametrize("kind", ["drop", "empty", "broken_json", "database_locked"])
def test_lost_answer(newest_token, kind):
    """The token may have been made and its key is lost: it is replaced, and nothing is left over."""
    newest_token.server.emulator.fault({"method": "POST", "path": "/api/serviceaccounts/.*/tokens", "kind": kind})
    assert newest_token.present()["changed"]
    assert len(newest_token.listed()) == 1
    assert newest_token.works(newest_token.key)
    assert not newest_token.present()["changed"]


def test_an_answer_that_is_broken_each_time(newest_token):
    """It holds a key that works: it is not quoted, and the token is taken away by the next run."""
    fault = {"method": "POST", "path": "/api/serviceaccounts/.*/tokens", "kind": "broken_json", "times": 50}
    newest_token.server.emulator.fault(fault)
    result = newest_token.server.fails("grafana_sa_token", **newest_token.wanted, seconds_to_live="1h")
    assert result.code == "lost_answer"
    assert newest_token.listed() != []
    assert "glsa_" not in result.text
    newest_token.server.emulator.clear_faults()
    assert newest_token.present()["changed"]
    assert len(newest_token.listed()) == 1


def test_key_that_cannot_be_proven_leaves_nothing(newest_token):
    newest_token.server.emulator.fault({"method": "GET", "path": "/api/user$", "kind": "database_locked", "times": 50})
    result = newest_token.server.fails("grafana_sa_token", **newest_token.wanted, retries=1)
    assert result.code == "server_error"
    newest_token.server.emulator.clear_faults()
    assert newest_token.listed() == []
    assert not newest_token.dest.exists()


def test_deletion_that_fails_is_made_up_for(newest_token):
    newest_token.present()
    newest_token.server.emulator.advance(3700)
    fault = {"method": "DELETE", "path": "/api/serviceaccounts/.*", "kind": "database_locked", "times": 50}
    newest_token.server.emulator.fault(fault)
    newest_token.server.fails("grafana_sa_token", **newest_token.wanted, seconds_to_live="1h", retries=0)
    newest_token.server.emulator.clear_faults()
    assert newest_token.works(newest_token.key)
    assert newest_token.metadata["pending"] == ["ci"]
    assert newest_token.present()["changed"]
    assert newest_token.listed() == ["ci-2"]
    assert not newest_token.present()["changed"]
