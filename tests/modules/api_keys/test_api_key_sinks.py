# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys and the sinks that store them: files, commands, Vault; sinks that fail, and sinks with another key."""

from __future__ import annotations

import pytest

from standins import Vault


def test_a_place_that_holds_the_key_of_another_api_key(keys):
    keys.present(name="other")
    key = keys.key
    for check in (True, False):
        with keys.server.writes_nothing():
            assert keys.fails(check=check).code == "place_taken"
    keys.absent()
    assert keys.key == key
    keys.present(replace="when_needed")
    assert keys.key != key
    assert keys.works(keys.key)


def test_a_place_that_holds_a_token(old):
    old.server.ok("grafana_service_account", org_name="tenant", name="sa", role="Viewer")
    token = {"org_name": "tenant", "service_account": "sa", "name": "t", "seconds_to_live": "1h", "dest": str(old.dest)}
    old.server.ok("grafana_sa_token", **token)
    with old.server.writes_nothing():
        refused = old.fails()
        assert not old.absent()["changed"]
    assert refused.code == "place_taken"
    assert "token t of service account sa" in refused["msg"]
    assert old.works(old.key)


def test_a_token_overwrites_the_key_of_a_deleted_api_key_only(old):
    made = old.present()
    old.server.ok("grafana_service_account", org_name="tenant", name="sa", role="Viewer")
    token = {"org_name": "tenant", "service_account": "sa", "name": "t", "seconds_to_live": "1h", "dest": str(old.dest)}
    with old.server.writes_nothing():
        assert old.server.fails("grafana_sa_token", **token).code == "place_taken"
    old.server.api("DELETE", f"/api/auth/keys/{made['api_key']['id']}", org=old.org)
    old.server.four("grafana_sa_token", **token)
    assert old.key.startswith("glsa_")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": None}, "name of the API key is missing"),
        ({"name": 7}, "put it in quotes"),
        ({"role": "Boss"}, "Viewer, Editor, Admin"),
        ({"seconds_to_live": "-5"}, "seconds_to_live has to be"),
        ({"seconds_to_live": "max"}, "seconds_to_live has to be"),
        ({"sink": {"type": "file", "path": "/tmp/x"}}, "dest and sink exclude each other"),
        ({"dest": None, "sink": {"type": "ansible_vault", "path": "v.yml", "variable": "v"}}, "files of ansible-vault"),
        ({"dest": None, "sink": {"type": "file", "path": "/tmp/{service_account}"}}, "an API key has none"),
        ({"dest": "/no/such/directory/key"}, "does not exist; create it first"),
    ],
)
def test_bad_input(old, options, words):
    with old.server.writes_nothing():
        assert words in old.fails(**options)["msg"]


def test_one_place_for_two_keys(old):
    with old.server.writes_nothing():
        result = old.fails(name=None, batch=[{"name": "a"}, {"name": "b"}])
    assert "already stores the key of API key a" in result["msg"]


@pytest.mark.parametrize("replace", ["never", "when_needed"])
def test_a_read_only_file_system(old, mounted, replace):
    folder = mounted("read-only")
    old.make(role="Viewer")
    name = "ci" if replace == "when_needed" else "fresh"
    with old.server.writes_nothing():
        result = old.fails(name=name, dest=f"{folder}/key", replace=replace)
    assert "not writable" in result["msg"]


@pytest.mark.parametrize("replace", ["never", "when_needed"])
def test_a_full_file_system(old, mounted, replace):
    folder = mounted("full")
    old.make(role="Viewer")
    name = "ci" if replace == "when_needed" else "fresh"
    with old.server.writes_nothing():
        result = old.fails(name=name, dest=f"{folder}/key", replace=replace)
    assert "No space left" in result["msg"]
    (folder / "ballast").unlink()
    assert old.present(name=name, dest=f"{folder}/key", replace=replace)["changed"]
    assert old.works((folder / "key").read_text().strip())


def test_storing_that_fails_leaves_no_new_key(old):
    keep = ["sh", "-c", "cat > /dev/null; exit 1"]
    sink = {"type": "command", "store_command": keep, "metadata_path": str(old.folder / "about.json")}
    result = old.fails(dest=None, sink=sink)
    assert result.code == "store_failed"
    assert old.listed() == {}
    old.make(role="Viewer")
    result = old.fails(dest=None, sink=sink, replace="when_needed")
    assert old.listed() == {}
    assert any("was deleted to be replaced" in text for text in result["warnings"])


def test_a_vault(old):
    with Vault() as vault:
        sink = {"type": "hashi_vault", "url": vault.url, "token": vault.token, "path": "team/{org_name}/{name}"}
        results = old.four(dest=None, sink=sink)
        key = vault.data("team/tenant/ci")["key"]
        assert old.works(key)
        assert all(key not in result.text for result in results)
        old.present(dest=None, sink=sink, role="Viewer", replace="when_needed")
        assert old.works(vault.data("team/tenant/ci")["key"])
        assert not old.works(key)
        old.four(dest=None, sink=sink, state="absent")


def test_a_command_that_does_not_give_the_key_back(old):
    keep = ["sh", "-c", 'cat > "$1"', "sh", str(old.dest)]
    sink = {"type": "command", "store_command": keep, "metadata_path": str(old.folder / "about.json")}
    old.four(dest=None, sink=sink)
    assert old.works(old.key)
