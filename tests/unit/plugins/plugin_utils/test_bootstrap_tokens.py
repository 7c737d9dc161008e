# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role org_bootstrap: where keys of tokens go, when tokens are due, and the summary of a rotation."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks import container
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.container import Host
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._bootstrap.items import items
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._bootstrap.rotation import summary

DEST = {"dest": "/key"}


@pytest.mark.parametrize(
    ("token", "connection", "doubtful"),
    [
        (DEST, "local", True),
        (DEST, "ansible.builtin.local", True),
        ({"dest": "/mounted/key"}, "local", False),
        ({**DEST, "allow_ephemeral": True}, "local", False),
        ({**DEST, "allow_ephemeral": "true"}, "local", False),
        ({**DEST, "allow_ephemeral": "false"}, "local", True),
        ({**DEST, "allow_ephemeral": ""}, "local", True),
        ({**DEST, "state": "absent"}, "local", False),
        (DEST, "ssh", False),
        (DEST, "community.docker.docker", True),
        ({"dest": "/mounted/key"}, "podman", True),
        ({**DEST, "allow_ephemeral": True}, "podman", False),
        ({"sink": {"type": "file", "path": "/{name}"}}, "local", True),
        ({"sink": {"type": "file", "path": "/{name}", "allow_ephemeral": True}}, "local", False),
        ({"sink": {"type": "ansible_vault", "path": "/vault.yml"}}, "ssh", True),
        ({"sink": {"type": "hashi_vault", "path": "/x"}}, "local", False),
        ({}, "local", True),
    ],
)
def test_tokens_whose_keys_may_end_with_a_container(monkeypatch, tmp_path, token, connection, doubtful):
    (tmp_path / ".dockerenv").touch()
    (tmp_path / "proc" / "self").mkdir(parents=True)
    mounts = ["1 0 0:1 / / rw - overlay overlay rw", "2 1 0:2 / /mounted rw - ext4 /dev/a rw"]
    (tmp_path / "proc" / "self" / "mountinfo").write_text("\n".join(mounts) + "\n")
    host = Host(str(tmp_path), {})
    monkeypatch.setattr(container, "Host", lambda: host)
    tenant = {"name": "one", "service_accounts": [{"name": "ci", "tokens": [{"name": "t", **token}]}]}
    found = items([tenant], "tokens", sink={"type": "file", "path": "/key"}, ephemeral_on=connection)
    assert bool(found) is doubtful


SINK = {"type": "file", "path": "keys/{org_name}.{name}"}


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ({"dest": "k"}, {"dest": "/play/k"}),
        ({}, {"sink": {"type": "file", "path": "/play/keys/{org_name}.{name}"}}),
        ({"sink": {"type": "file", "path": "/abs"}}, {"sink": {"type": "file", "path": "/abs"}}),
        (
            {"sink": {"type": "ansible_vault", "path": "v.yml", "variable": "v"}},
            {"sink": {"type": "ansible_vault", "path": "/play/v.yml", "variable": "v"}},
        ),
        (
            {"sink": {"type": "command", "store_command": ["x"], "metadata_path": "m"}},
            {"sink": {"type": "command", "store_command": ["x"], "metadata_path": "/play/m"}},
        ),
    ],
)
def test_sinks_of_tokens(token, expected):
    tenant = {"name": "one", "service_accounts": [{"name": "ci", "role": "Editor", "tokens": [{"name": "t", **token}]}]}
    org = {"org_name": "one", "service_account": "ci", "name": "t"}
    assert items([tenant], "tokens", folder="/play", sink=SINK) == [{**org, **expected}]


def test_the_tenants_token_in_a_templated_file():
    tenant = {"name": "a/b", "service_accounts": [{"name": "ci", "role": "Editor", "tokens": [{"name": "t"}]}]}
    tenant["dashboards"] = [{"path": "d"}]
    found = items([tenant], "dashboards", folder="/play", dashboards_as="token", sink=SINK)
    assert found[0]["token_file"] == "/play/keys/a%2Fb.t"
    with pytest.raises(AnsibleFilterError, match="whose key is in a file"):
        items([tenant], "organizations", dashboards_as="token", sink={"type": "hashi_vault", "path": "p"})


def test_a_token_without_a_destination():
    tenant = {"name": "one", "service_accounts": [{"name": "ci", "tokens": [{"name": "t"}]}]}
    with pytest.raises(AnsibleFilterError, match="token t of ci has no destination for its key"):
        items([tenant], "organizations")


@pytest.mark.parametrize(
    ("token", "default", "needs"),
    [
        ({"sink": {"type": "ansible_vault"}}, None, True),
        ({}, {"type": "ansible_vault"}, True),
        ({"dest": "/k"}, {"type": "ansible_vault"}, False),
        ({"sink": {"type": "file"}}, {"type": "ansible_vault"}, False),
        ({}, None, False),
    ],
)
def test_tokens_whose_keys_the_control_node_stores(token, default, needs):
    account = {"name": "ci", "tokens": [{"name": "t", **token}]}
    assert bool(items([{"name": "a", "service_accounts": [account]}], "vault_tokens", sink=default)) is needs


@pytest.mark.parametrize(
    ("token", "due"),
    [
        ({}, 7 * 86400),
        ({"seconds_to_live": "30d"}, 7 * 86400),
        ({"seconds_to_live": "max"}, 7 * 86400),
        ({"seconds_to_live": 0}, 7 * 86400),
        ({"seconds_to_live": "7d"}, 7 * 86400 // 3),
        ({"seconds_to_live": "3h"}, 3600),
        ({"seconds_to_live": "3h", "renew_before": "1h"}, "1h"),
        ({"state": "absent", "seconds_to_live": "3h"}, None),
    ],
)
def test_when_a_token_is_due(token, due):
    """A token with a short lifetime is due in the last third of its lifetime, and the module accepts it."""
    tenant = {"name": "a", "service_accounts": [{"name": "ci", "tokens": [{"name": "ci", "dest": "/k", **token}]}]}
    [item] = items([tenant], "tokens", renew_before="7d")
    assert item.get("renew_before") == due


def test_an_invalid_lifetime_is_reported_with_its_token():
    tenant = {"name": "a", "service_accounts": [{"name": "ci", "tokens": [{"name": "ci", "dest": "/k", "seconds_to_live": "x"}]}]}
    with pytest.raises(AnsibleFilterError, match="token ci: seconds_to_live"):
        items([tenant], "tokens", renew_before="7d")


def test_summary():
    def entry(status, name, **token):
        return {"status": status, "org_name": "one", "token": {"service_account": "ci", "name": name, **token}}

    failed = {"status": "failed", "org_name": "two", "token": None, "failure": {"message": "m"}}
    results = [
        entry("changed", "a", was="absent"),
        entry("changed", "b-2", was="due", waiting=[{"id": 1, "name": "b"}]),
        {**entry("changed", "c-2"), "deleted": [{"id": 3, "name": "c", "reason": "it is replaced"}]},
        entry("ok", "d"),
        entry("ok", "e-2", waiting=[{"id": 2, "name": "e"}]),
        failed,
        {
            "status": "changed",
            "org_name": "three",
            "token": None,
            "deleted": [{"id": 4, "name": "f", "reason": "it has the name"}],
        },
        {"status": "ok", "org_name": "three", "token": None},
    ]
    assert summary(results) == {
        "made": ["one / ci / a"],
        "rotated": ["one / ci / b-2"],
        "cleaned": ["one / ci / c (it is replaced)", "three / f (it has the name)"],
        "waiting": ["one / ci / b", "one / ci / e"],
        "failed": ["two: m"],
        "kept": 3,
    }
