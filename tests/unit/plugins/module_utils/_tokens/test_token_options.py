# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task says of a token: what it means, and what is refused before anything is asked."""

from __future__ import annotations

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._engine.options import HANDOVER
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import BadInput
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import Shared
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.model import LONGEST, Keep, Purge
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.options import desired_token

VAULT = {"type": "hashi_vault", "url": "https://vault.test", "path": "p"}
AWX = {"type": "awx_credential", "url": "https://awx.test", "credential": "c", "key_field": "token"}
COMMAND = {"type": "command", "store_command": ["pass"], "metadata_path": "/m"}


def parse(no_log=False, **options):
    """Return what *options* mean, and the secrets that were hidden."""
    hidden: list[str] = []
    given = {"service_account": "ci", "name": "ci", "org": OrgChoice(name="tenant"), **options}
    told = {HANDOVER: {"pad": "", "stored": {}}}
    return desired_token(given, Shared(hidden.append, told), no_log), hidden


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"seconds_to_live": "max"}, {"lifetime": LONGEST}),
        ({"seconds_to_live": ""}, {"lifetime": None}),
        ({"renew_before": "7d"}, {"renew_before": 604800}),
        ({"orphan_after": "1h"}, {"orphan_after": 3600}),
        ({"dest": "/k", "keep_previous": "7d"}, {"keep": Keep(604800)}),
        ({"dest": "/k", "keep_previous": "until_unused"}, {"keep": Keep(86400, True)}),
        ({"dest": "/k", "keep_previous": "until_unused=2d"}, {"keep": Keep(172800, True)}),
        ({"keep_previous": 0}, {"keep": None}),
        ({"purge": ["expired", "unused_for=90d"]}, {"purge": Purge(expired=True, unused_for=7776000)}),
        ({"purge": ["unlisted"], "name": None}, {"name": None}),
        ({"max_tokens": 3}, {"max_tokens": 3}),
    ],
)
def test_meaning(given, meant):
    desired, _hidden = parse(**given)
    assert {name: getattr(desired, name) for name in meant} == meant


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": None}, "name of the token is missing"),
        ({"name": " "}, "name of the token is missing"),
        ({"name": None, "purge": ["expired"], "state": "absent"}, "name of the token is missing"),
        ({"service_account": None}, "service_account"),
        ({"return_key": True}, "no_log"),
        ({"seconds_to_live": "1d", "renew_before": "1d"}, "shorter than seconds_to_live"),
        ({"keep_previous": "1d"}, "needs dest or sink"),
        ({"dest": "/k", "keep_previous": "until_unuseds"}, "keep_previous"),
        ({"dest": "/k", "keep_previous": "until_unused=5m"}, "10m or more"),
        ({"dest": "/k", "keep_previous": "soon"}, "keep_previous"),
        ({"purge": ["old"]}, "purge knows"),
        ({"purge": ["unused_for"]}, "purge knows"),
        ({"purge": ["expired=1d"]}, "purge knows"),
        ({"purge": ["unused_for=1m"]}, "10m or more"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"orphan_after": "never"}, "orphan_after"),
        ({"name_template": "x"}, "name_template"),
        ({"dest": "/k", "sink": {"type": "file", "path": "/k"}}, "dest and sink exclude each other"),
        ({"sink": {"type": "keychain"}}, "sink.type has to be one of"),
        ({"sink": {"type": "file"}}, "needs path"),
        ({"sink": {"type": "file", "path": "/k", "url": "http://x"}}, "type file does not have the option url"),
        ({"sink": {**VAULT, "url": "ftp://x", "token": "t"}}, "has to look like"),
        ({"sink": {**VAULT}}, "needs an identity"),
        ({"sink": {**VAULT, "token": "t", "role_id": "r"}}, "two identities"),
        ({"sink": {**VAULT, "role_id": "r"}}, "together"),
        ({"sink": {**VAULT, "token": "t", "path": "../x"}}, "has to be the path of a secret"),
        ({"sink": {**VAULT, "token": "t", "key_field": "metadata"}}, "have to differ"),
        ({"sink": {**VAULT, "token_file": "/no/such"}}, "does not exist"),
        ({"sink": {**AWX}}, "needs an identity"),
        ({"sink": {**AWX, "token": "t", "username": "u"}}, "two identities"),
        ({"sink": {**AWX, "username": "u"}}, "needs an identity"),
        ({"sink": {**COMMAND, "store_command": []}}, "list of words"),
        ({"sink": {**COMMAND, "read_command": "cat"}}, "list of words"),
        ({"sink": {"type": "ansible_vault", "path": "v.yml", "variable": "7x"}}, "not a valid name of a variable"),
    ],
)
def test_refused(given, words):
    with pytest.raises(BadInput, match=words):
        parse(**given)


@pytest.mark.parametrize(
    ("sink", "where"),
    [
        ({"type": "file", "path": "/keys/{org_name}/{name}"}, "/keys/tenant/ci"),
        ({**VAULT, "token": "s.1", "path": "g/{org_name}"}, "hashi_vault https://vault.test/secret/g/tenant#key"),
        ({**AWX, "token": "t", "credential": "g {org_name}"}, "awx_credential https://awx.test g tenant#token"),
        (COMMAND, "command pass (/m)"),
        ({"type": "ansible_vault", "path": "v.yml", "variable": "k_{org_name}"}, "v.yml#k_tenant"),
    ],
)
def test_where(sink, where):
    assert parse(sink=sink)[0].sink.where == where


@pytest.mark.parametrize(
    ("sink", "secret"),
    [
        ({**VAULT, "token": "s.the-token"}, "s.the-token"),
        ({**VAULT, "role_id": "r", "secret_id": "the-secret-id"}, "the-secret-id"),
        ({**AWX, "username": "u", "password": "the-password"}, "the-password"),
    ],
)
def test_secrets_are_hidden(sink, secret):
    assert secret in parse(sink=sink)[1]


@pytest.mark.parametrize(
    ("environment", "fits"),
    [
        ({"VAULT_TOKEN": "t"}, True),
        ({"VAULT_ROLE_ID": "r", "VAULT_SECRET_ID": "s"}, True),
        ({"VAULT_ROLE_ID": "r"}, False),
    ],
)
def test_identity_of_the_environment(environment, fits, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if fits:
        assert parse(sink=VAULT)[0].sink is not None
    else:
        with pytest.raises(BadInput, match="needs an identity"):
            parse(sink=VAULT)


def test_one_server_a_task():
    """Tokens of one task share the login."""
    told: dict = {}
    shared = Shared(lambda secret: None, told)
    for name in ("a", "b"):
        sink = {**VAULT, "token": "t", "path": "g/{name}"}
        desired_token({"service_account": "ci", "name": name, "sink": sink}, shared, False)
    assert len(told) == 1
