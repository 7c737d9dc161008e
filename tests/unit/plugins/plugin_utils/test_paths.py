# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter user_path: paths that start from the user's working directory."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.orgsmith.grafana.plugins.plugin_utils._paths import user_path

FILES = {"type": "file", "path": "keys/{name}"}
VAULT = {"type": "hashi_vault", "path": "secret/{name}", "ca_path": "ca.pem", "secret_id_file": "/run/secret"}
COMMAND = {"type": "command", "store_command": ["./store", "a/b"], "read_command": ["cat", "a/b"], "metadata_path": "m"}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("path", "keys/one", "/here/keys/one"),
        ("path", "../one", "/one"),
        ("path", "/srv/one", "/srv/one"),
        ("path", "~/one", "/home/me/one"),
        ("path", "", ""),
        ("paths", "a, /b", ["/here/a", "/b"]),
        ("paths", ["a", "b,c"], ["/here/a", "/here/b,c"]),
        ("sink", FILES, {"type": "file", "path": "/here/keys/{name}"}),
        ("sink", '{"type": "file", "path": "keys"}', {"type": "file", "path": "/here/keys"}),
        ("sink", VAULT, {**VAULT, "ca_path": "/here/ca.pem"}),
        ("sink", COMMAND, {**COMMAND, "store_command": ["/here/store", "a/b"], "metadata_path": "/here/m"}),
        (
            "keys",
            [{"path": "a"}, {"sink": FILES}],
            [{"path": "/here/a"}, {"sink": {"type": "file", "path": "/here/keys/{name}"}}],
        ),
    ],
)
def test_user_path(monkeypatch, kind, value, expected):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setattr("os.getcwd", lambda: "/here")
    assert user_path(value, kind) == expected


PATHS = [
    "GRAFANA_TOKEN_FILE",
    "GRAFANA_CA_PATH",
    "GRAFANA_CLIENT_CERT",
    "GRAFANA_CLIENT_KEY",
    "VAULT_CACERT",
    "CONTROLLER_CA_PATH",
]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("value", [None, "", "/a", "~/a", "files/a"])
def test_the_environment_of_a_play(monkeypatch, name, value):
    """Only a relative path gets another value, and values of the play win."""
    for other in PATHS:
        monkeypatch.delenv(other, raising=False)
    if value is not None:
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GRAFANA_TOKEN", "a/secret")
    monkeypatch.setattr("os.getcwd", lambda: "/here")
    assert user_path({"A": "b"}, "environment") == {"A": "b", **({name: "/here/files/a"} if value == "files/a" else {})}
    assert user_path({name: "own"}, "environment") == {name: "own"}


@pytest.mark.parametrize(("value", "kind"), [("a", "file"), ("[", "sink"), (["a"], "keys")])
def test_values_that_are_refused(value, kind):
    with pytest.raises(AnsibleFilterError):
        user_path(value, kind)
