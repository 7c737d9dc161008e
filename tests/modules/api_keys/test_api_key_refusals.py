# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys that the server refuses: names, lifetimes, quotas, cut lists, and versions that make none."""

from __future__ import annotations

import os

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.client import Client
from modules.api_keys.conftest import Keys

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
