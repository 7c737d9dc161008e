# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: created and stored, replaced only where that is allowed, and deleted."""

from __future__ import annotations

import base64
import json
import os
import stat

import pytest

from e2e import needles

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
