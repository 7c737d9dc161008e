# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens and stored keys of other tasks, hosts and persons: nothing is deleted, overwritten or removed that may be in use."""

from __future__ import annotations

import json
import os

from modules.tokens.stored_token import Token


def test_metadata_lost(token):
    """The task knows no more that it created the token, so it must not delete it."""
    token.present()
    key = token.key
    (token.dest.parent / "key.json").unlink()
    assert token.refused() == "foreign_token"
    assert token.works(key)
    replaced = token.present(on_foreign_token="replace")
    assert replaced["diff"]["before"]["status"] == "foreign"
    assert [(one["name"], one["reason"]) for one in replaced["deleted"]] == [("ci", "it is replaced")]
    assert token.listed() == ["ci-2"]
    assert token.works(token.key)
    assert not token.present()["changed"]


def test_both_lost_after_a_replacement(token):
    token.present()
    token.server.emulator.advance(3700)
    token.present()
    for name in ("key", "key.json"):
        (token.dest.parent / name).unlink()
    assert token.present()["changed"]
    # A numbered token may belong to another task.
    assert token.listed() == ["ci", "ci-2"]
    assert not token.present()["changed"]


def test_a_token_that_a_person_created(token):
    """It was used a moment ago: whatever the task wants to keep, it fails before its first write."""
    made = token.make("ci")
    assert token.works(made["key"])
    for options in ({}, {"keep_previous": "1d"}, {"rotate": "always"}, {"orphan_after": 0}):
        assert token.refused(**options) == "foreign_token"
    token.server.emulator.advance(1000)
    assert token.refused() == "foreign_token"
    kept = token.present(on_foreign_token="replace", keep_previous="1d")
    assert (token.listed(), kept["deleted"]) == (["ci", "ci-2"], [])
    assert token.works(made["key"])
    assert not token.present(on_foreign_token="replace")["changed"]
    token.server.emulator.advance(86400)
    assert sorted(one["name"] for one in token.present(seconds_to_live="1d")["deleted"]) == ["ci", "ci-2"]


def test_two_control_nodes(token):
    """Each has its own file of the key: the second one fails, and the key of the first one keeps working."""
    token.present()
    key, second = token.key, str(token.dest.parent / "second")
    for _run in range(2):
        assert token.refused(dest=second) == "foreign_token"
        assert not token.present()["changed"]
    assert token.works(key)
    replaced = token.present(dest=second, on_foreign_token="replace")
    assert replaced["token"]["name"] == "ci-2"
    # The first one finds its token gone, and takes nothing from the second one.
    assert token.present()["token"]["was"] == "gone"
    assert not token.present(dest=second, on_foreign_token="replace")["changed"]
    assert token.listed() == ["ci", "ci-2"]


def test_purge_deletes_a_token_of_others_explicitly(token):
    token.make("ci")
    token.server.emulator.advance(1000)
    assert token.refused(purge=["unlisted"]) == "foreign_token"
    only = {"org_name": "tenant", "service_account": "ci", "purge": ["unlisted"]}
    assert token.server.ok("grafana_sa_token", **only)["deleted"][0]["reason"] == "the task does not name it"
    assert token.present()["token"]["name"] == "ci"


def test_two_tasks_with_one_file(token):
    """Neither overwrites the key of the other, and neither removes it."""
    token.present()
    token.server.ok("grafana_service_account", org_name="tenant", name="other")
    token.server.ok("grafana_org", name="second")
    name = "ci-second" if token.server.version == "9.3.2" else "ci"
    token.server.ok("grafana_service_account", org_name="second", name=name, role="Viewer")
    key = token.key
    for wrong in ({"name": "deploy"}, {"service_account": "other"}, {"org_name": "second", "service_account": name}):
        for state in ("present", "absent"):
            assert token.refused(state=state, **wrong) == "place_taken"
    assert token.works(key)
    assert token.key == key
    assert not token.present()["changed"]


def test_a_dead_key_of_others_is_overwritten(token):
    made = token.present(name="deploy")
    assert token.refused() == "place_taken"
    token.delete(made["token"]["id"])
    assert token.present()["token"]["was"] == "gone"
    assert token.works(token.key)


def test_a_key_that_a_person_stored(token):
    """The server accepts it, so somebody needs it."""
    theirs = token.make("theirs")["key"]
    token.dest.write_text(theirs + "\n")
    assert token.refused() == "place_taken"
    token.dest.unlink()
    token.present()
    token.dest.write_text(theirs + "\n")
    assert token.refused() == "place_taken"
    assert token.key == theirs


def test_an_org_created_again(newest_that_deletes, tmp_path):
    """Its id is another one, and the stored key works nowhere. Up to 10.4 the login of a deleted account stays taken."""
    token = Token(newest_that_deletes, tmp_path)
    token.present()
    for state in ("absent", "present"):
        token.server.ok("grafana_org", name="tenant", state=state)
    token.server.ok("grafana_service_account", org_name="tenant", name="ci", role="Editor")
    assert token.present()["token"]["was"] == "elsewhere"
    assert token.works(token.key)


def test_another_server_that_was_set_up_alike(token, special, tmp_path):
    """Ids and names are the same, and the key belongs to the first server: the second one must not touch it."""
    token.present()
    key = token.key
    (tmp_path / "unused").mkdir()
    other = Token(special(token.server.version, settings={"server.domain": "other.test"}), tmp_path / "unused")
    other.present()
    other.wanted["dest"] = str(token.dest)
    theirs = other.listed()
    for options in ({}, {"state": "absent"}, {"rotate": "always"}, {"seconds_to_live": "2h", "renew_before": "90m"}):
        assert other.refused(**options) == "place_taken"
    assert (other.listed(), token.key) == (theirs, key)
    assert token.works(key)


def test_another_address_of_the_server_is_only_a_warning(token):
    token.present()
    metadata = {**token.metadata, "server": "http://grafana.test"}
    (token.dest.parent / "key.json").write_text(json.dumps(metadata))
    result = token.present()
    assert not result["changed"]
    assert any("two addresses of one server" in text for text in result["warnings"])
    assert token.absent()["changed"]
    assert (token.listed(), os.listdir(token.dest.parent)) == ([], [])
