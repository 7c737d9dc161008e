# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: made and stored where the server still makes them, replaced only where that is allowed, refused where it does not."""

from __future__ import annotations

import base64
import json
import os
import stat

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client
from e2e import needles
from modules.api_keys.conftest import Keys
from standins import Vault

# Present and absent.


def test_made(keys):
    check, made, _again, last = results = keys.four()
    assert stat.S_IMODE(os.stat(keys.dest).st_mode) == 0o600
    assert keys.works(keys.key)
    assert all(keys.key not in result.text for result in results)
    assert check["api_key"]["was"] == made["api_key"]["was"] == "absent"
    assert made["diff"]["before"] == {}
    assert made["diff"]["after"]["role"] == "Editor"
    assert keys.listed()["ci"]["id"] == made["api_key"]["id"] == last["api_key"]["id"]
    assert (last["api_key"]["expired"], last["api_key"]["cut"], last["api_key"]["org_name"]) == (False, False, "tenant")
    assert any("grafana_apikey_migrate" in text for text in last["warnings"])


def test_what_is_kept(keys):
    result = keys.present()
    known = keys.metadata
    assert (known["token_id"], known["name"], known["org_id"]) == (result["api_key"]["id"], "ci", keys.org)
    assert known["server"] == keys.server.url
    assert known["expires"] > known["created"]
    assert "service_account_id" not in known
    assert "pending" not in known
    assert keys.key not in (keys.folder / "key.json").read_text()
    assert sorted(os.listdir(keys.folder)) == ["key", "key.json"]


def test_the_age_is_told_as_long_as_it_is_remembered(keys):
    assert keys.present()["api_key"]["age"] == 0
    keys.server.emulator.advance(600)
    assert 590 < keys.present()["api_key"]["age"] < 660
    keys.note(created=None)
    assert keys.present()["api_key"]["age"] is None


def test_the_last_use(keys):
    keys.present()
    last = keys.present()["api_key"]["last_used"]
    assert (last is not None) == (keys.server.version == "10.4.3")


def test_removed(keys):
    keys.present()
    key = keys.key
    results = keys.four(state="absent")
    assert results[1]["api_key"] is None
    assert keys.listed() == {}
    assert list(keys.folder.iterdir()) == []
    assert not keys.works(key)


def test_removed_without_a_place(keys):
    keys.make()
    keys.four(state="absent", dest=None)
    assert keys.listed() == {}


def test_the_least_role_by_default(keys):
    assert keys.present(role=None)["api_key"]["role"] == "Viewer"


def test_any_role_and_lifetime_are_fine_where_the_task_says_none(keys):
    keys.present(role="Admin")
    assert not keys.present(role=None, seconds_to_live=None)["changed"]


def test_without_a_place_a_listed_key_is_enough(keys):
    keys.make(lifetime=1800)
    assert not keys.present(dest=None)["changed"]


def test_without_a_place_none_is_made(keys):
    for check in (True, False):
        with keys.server.writes_nothing():
            result = keys.fails(dest=None, check=check)
        assert result.code == "no_place_for_key"


def test_no_lifetime_warns_and_zero_means_it(keys):
    assert any("never expires" in text for text in keys.present(seconds_to_live=None)["warnings"])
    keys.absent()
    made = keys.present(seconds_to_live=0)
    assert not any("never expires" in text for text in made["warnings"])
    assert made["api_key"]["expires"] is None
    assert not keys.present(seconds_to_live=0)["changed"]


def test_deleted_on_the_server(keys):
    keys.delete(keys.present()["api_key"]["id"])
    assert keys.present()["api_key"]["was"] == "gone"
    assert keys.works(keys.key)


def test_names_are_exact(keys):
    keys.make("CI")
    keys.present()
    assert sorted(keys.listed()) == ["CI", "ci"]


def test_one_list_serves_a_batch(keys):
    sink = {"type": "file", "path": f"{keys.folder}/{{org_name}}.{{name}}"}
    batch = {"batch": [{"name": f"key-{number}"} for number in range(5)], "name": None, "dest": None, "sink": sink}
    made = keys.four(**batch)
    assert made[1]["summary"] == {"ok": 0, "changed": 5, "failed": 0, "not_run": 0, "total": 5}
    assert all(keys.works((keys.folder / f"tenant.key-{number}").read_text().strip()) for number in range(5))
    before = keys.server.requests()
    keys.present(**batch)
    assert keys.server.requests() - before == 2  # the org by its name, and its keys; the login shows the caller


def test_what_fails_in_a_batch_fails_alone(keys):
    keys.make("taken", "Viewer")
    sink = {"type": "file", "path": f"{keys.folder}/{{name}}"}
    batch = [{"name": "one"}, {"name": "taken"}, {"name": "two"}]
    result = keys.fails(batch=batch, name=None, dest=None, sink=sink)
    assert [entry["status"] for entry in result["results"]] == ["changed", "failed", "changed"]
    assert result["results"][1]["failure"]["code"] == "replace_needed"
    assert sorted(keys.listed()) == ["one", "taken", "two"]


# What is not as the task says.

DIFFERENT = [
    pytest.param({"role": "Viewer"}, 0, "role", "its role is Editor, not Viewer", id="role"),
    pytest.param({"seconds_to_live": "2h"}, 0, "lifetime", "which differs from seconds_to_live", id="longer"),
    pytest.param({"seconds_to_live": "10m"}, 0, "lifetime", "which differs from seconds_to_live", id="shorter"),
    pytest.param({"seconds_to_live": 0}, 0, "lifetime", "which differs from seconds_to_live", id="for ever"),
    pytest.param({}, 4000, "expired", "it has expired", id="expired"),
]


@pytest.mark.parametrize(("options", "later", "was", "words"), DIFFERENT)
def test_a_key_that_differs(keys, options, later, was, words):
    first = keys.present()["api_key"]["id"]
    key = keys.key
    keys.server.emulator.advance(later)
    for check in (True, False):
        with keys.server.writes_nothing():
            refused = keys.fails(check=check, **options)
        assert refused.code == "replace_needed"
        assert words in refused["msg"]
        assert "replace: when_needed" in refused["msg"]
        assert refused["failure"]["details"]["reasons"] == [was]
    assert keys.key == key
    made = keys.four(replace="when_needed", **options)
    assert made[1]["api_key"]["was"] == made[1]["diff"]["before"]["status"] == was
    assert made[3]["api_key"]["id"] != first
    assert not keys.works(key)
    assert keys.works(keys.key)


def test_a_lifetime_is_as_it_was_when_time_has_passed(keys):
    keys.present()
    keys.server.emulator.advance(1800)
    assert not keys.present()["changed"]


def lose_the_key(keys):
    keys.dest.unlink()


def overwrite_the_key(keys):
    keys.dest.write_text("something else\n")


def lose_everything(keys):
    for path in list(keys.folder.iterdir()):
        path.unlink()


def lose_the_metadata_and_the_key(keys):
    (keys.folder / "key.json").unlink()
    keys.dest.write_text("no key\n")


def make_it_again_by_hand(keys):
    keys.delete(keys.listed()["ci"]["id"])
    keys.make(lifetime=3600)


@pytest.mark.parametrize(
    ("lose", "was"),
    [
        (lose_the_key, "no key"),
        (overwrite_the_key, "other key"),
        (lose_everything, "lost"),
        (lose_the_metadata_and_the_key, "lost"),
        (make_it_again_by_hand, "remade"),
    ],
)
def test_a_key_that_is_lost(keys, lose, was):
    keys.present()
    lose(keys)
    for check in (True, False):
        with keys.server.writes_nothing():
            assert keys.fails(check=check)["failure"]["details"]["reasons"] == [was]
    made = keys.four(replace="when_needed")
    assert made[1]["api_key"]["was"] == was
    assert keys.works(keys.key)
    assert list(keys.listed()) == ["ci"]


def test_a_key_that_was_stored_by_hand_is_taken_over(keys):
    made = keys.make(lifetime=3600)
    keys.dest.write_text(made["key"] + "\n")
    results = keys.four()
    assert results[3]["api_key"]["id"] == made["id"]
    assert (keys.key, keys.metadata["token_id"]) == (made["key"], made["id"])
    assert results[3]["api_key"]["age"] is None
    assert all(made["key"] not in result.text for result in results)


def test_a_key_of_the_name_that_does_not_work_is_not_taken_over(keys):
    first = keys.make()
    keys.dest.write_text(first["key"] + "\n")
    keys.delete(first["id"])
    keys.make(lifetime=3600)
    with keys.server.writes_nothing():
        assert keys.fails()["failure"]["details"]["reasons"] == ["lost"]


@pytest.mark.emulator_only("state", "no request renames an API key")
def test_another_server_that_was_set_up_alike(keys):
    keys.present()
    keys.note(server="http://elsewhere.invalid")
    assert not keys.present()["changed"]  # the key has shown that it is the same server
    keys.server.emulator.state.keys[keys.metadata["token_id"]].name = "ci"
    other = keys.make("other")
    keys.note(server="http://elsewhere.invalid", fingerprint=None)
    keys.dest.write_text(other["key"])
    assert keys.fails()["failure"]["details"]["reasons"] == ["other key"]


# Refusals of the server.


def test_a_token_has_the_name(old):
    old.server.ok("grafana_service_account", org_name="tenant", name="sa", role="Viewer")
    token = {"org_name": "tenant", "service_account": "sa", "name": "ci", "seconds_to_live": "1h"}
    old.server.ok("grafana_sa_token", dest=str(old.folder / "token"), **token)
    for check in (True, False):
        result = old.fails(check=check)
        assert result.code == "name_taken"
        assert "a token of service account sa" in result["msg"]
    assert sorted(os.listdir(old.folder)) == ["token", "token.json"]


def test_a_key_that_was_migrated(old):
    old.present()
    key = old.key
    old.server.ok("grafana_apikey_migrate", mode="server", org_name="tenant")
    refused = old.fails()
    assert refused.code == "name_taken"
    assert "its key works as before" in refused["msg"]
    gone = old.absent()
    assert not gone["changed"]
    assert any("sa-autogen-ci" in text for text in gone["warnings"])
    assert old.key == key
    assert old.works(key)


@pytest.mark.parametrize("replace", ["never", "when_needed"])
@pytest.mark.parametrize("lifetime", ["30d", 0])
def test_a_lifetime_that_is_refused(special, tmp_path, lifetime, replace):
    keys = Keys(special("9.3.2", settings={"auth.api_key_max_seconds_to_live": "7200"}), tmp_path)
    keys.present()
    key = keys.key
    name = "ci" if replace == "when_needed" else "fresh"
    dest = str(keys.dest) if name == "ci" else str(tmp_path / "fresh")
    result = keys.fails(name=name, dest=dest, seconds_to_live=lifetime, replace=replace)
    assert result.code == ("lifetime_too_long" if lifetime else "lifetime_needed")
    # What the server refuses, it refuses before the old key is deleted.
    assert keys.works(key)
    assert not keys.present()["changed"]
    assert sorted(os.listdir(tmp_path))[:2] == ["key", "key.json"]


def test_a_full_quota(special, tmp_path):
    keys = Keys(special("9.3.2", settings={"quota.enabled": "true", "quota.org_api_key": "1"}), tmp_path)
    keys.present()
    key = keys.key
    assert keys.fails(name="other", dest=str(tmp_path / "other")).code == "quota_reached"
    assert keys.fails(role="Viewer", replace="when_needed").code == "quota_reached"
    assert keys.works(key)
    assert not keys.present()["changed"]


def test_a_role_that_is_not_known(old):
    with old.server.writes_nothing():
        assert old.fails(role="None").code == "unsupported"


def test_a_list_that_is_cut(old):
    for number in range(100):
        old.server.api("POST", "/api/auth/keys", {"name": f"a{number:03}", "role": "Viewer"}, org=old.org)
    made = old.present()  # the server says whether the name is free
    assert made["changed"]
    assert made["api_key"]["cut"]
    assert any("list ends there" in text for text in made["warnings"])
    for call in (old.fails, lambda: old.fails(state="absent"), lambda: old.fails(check=True)):
        with old.server.writes_nothing():
            assert call().code == "list_cut"
    assert old.fails(dest=str(old.folder / "fresh")).code == "list_cut"
    assert not (old.folder / "fresh").exists()


# Versions that make none any more.


@pytest.mark.parametrize(("version", "said"), [("11.5.1", "11.5.1"), ("12.0.0-pre", "12.0.0"), ("12.4.3", "12.4.3")])
def test_newer_versions_make_none(versioned, tmp_path, version, said):
    keys = Keys(versioned(version), tmp_path)
    for check in (True, False):
        with keys.server.writes_nothing():
            result = keys.fails(check=check)
        assert result.code == "unsupported"
        assert "grafana_service_account, grafana_sa_token" in result["msg"]
        assert said in result["msg"]
        assert not keys.absent(check=check)["changed"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("version", ["11.5.1"])
def test_keys_that_are_left_after_an_upgrade(old, version):
    old.present()
    old.upgrade(version)
    assert not old.present()["changed"]
    with old.server.writes_nothing():
        assert old.fails(role="Viewer", replace="when_needed").code == "unsupported"
    old.four(state="absent")
    assert old.listed() == {}
    assert list(old.folder.iterdir()) == []


@pytest.mark.parametrize("version", ["12.0.0-pre", "12.4.3"])
def test_keys_that_the_server_has_migrated(old, version):
    old.present()
    old.upgrade("11.6.0")
    old.upgrade(version)
    key = old.key
    with old.server.writes_nothing():
        refused = old.fails()
        gone = old.absent()
    assert refused.code == "unsupported"
    assert "sa-autogen-ci" in refused["msg"]
    assert not gone["changed"]
    assert any("its key works" in text for text in gone["warnings"])
    assert old.works(key)


def test_stored_keys_of_a_server_that_has_none_any_more(old):
    old.present()
    old.delete(old.listed()["ci"]["id"])
    old.upgrade("12.4.3")
    results = old.four(state="absent")
    assert any("no API keys any more" in text for text in results[3]["warnings"])
    assert list(old.folder.iterdir()) == []


@pytest.fixture
def _hidden(monkeypatch):
    """No server tells its version."""
    monkeypatch.setattr(Client, "_ask_version", lambda _client: None)


@pytest.mark.usefixtures("_hidden")
def test_a_server_that_hides_its_version(old):
    old.four()
    old.present(role="Viewer", replace="when_needed")
    key = old.key
    old.upgrade("11.5.1")
    # The new key is asked for before the old one is deleted.
    assert old.fails(role="Admin", replace="when_needed").code == "unsupported"
    assert old.works(key)
    assert not old.present(role="Viewer")["changed"]
    old.upgrade("12.4.3")
    with old.server.writes_nothing():
        assert old.fails().code == "unsupported"


# Answers that are lost.


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


# Organizations that are not there.


def test_the_stored_key_of_an_organization_that_is_gone(keys):
    keys.present()
    keys.server.ok("grafana_org", name="tenant", state="absent")
    keys.four(state="absent")
    assert list(keys.folder.iterdir()) == []


def test_what_else_is_stored_stays_when_the_organization_is_gone(keys):
    keys.present(name="other")
    keys.server.ok("grafana_org", name="tenant", state="absent")
    assert not keys.absent()["changed"]
    assert keys.dest.exists()


def test_an_organization_that_an_earlier_task_would_make(old):
    planned = old.present(org_name="to-come", check=True, missing_parent="plan")
    assert planned["changed"]
    assert planned["api_key"]["role"] == "Editor"
    assert old.fails(org_name="to-come", check=True).code == "org_not_found"


def test_no_secret_anywhere(keys):
    """Every way in which a run ends, and none of the keys, nor what is spelt in them, in what it says."""
    texts, secrets = [], []

    def note(result):
        texts.append(result.text)
        for path in keys.folder.iterdir():
            if path.name == "key":
                secrets.append(path.read_text().strip())
            elif path.suffix == ".json":
                texts.append(path.read_text())

    note(keys.present())
    note(keys.present(check=True))
    note(keys.fails(role="Viewer"))
    note(keys.present(role="Viewer", replace="when_needed"))
    keys.server.emulator.fault({"method": "GET", "path": "/api/user$", "kind": "database_locked", "times": 50})
    note(keys.fails(retries=0, replace="when_needed"))
    keys.server.emulator.clear_faults()
    note(keys.present(replace="when_needed"))
    note(keys.server.ok("grafana_api_key_info", org_name="tenant", dests=[str(keys.dest)]))
    note(keys.absent())
    secrets += [json.loads(base64.b64decode(secret))["k"] for secret in secrets]
    assert len(set(secrets)) == 6
    assert needles.in_text(secrets, "\n".join(texts)) == []
