# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules write to syslog and the journal, and what their errors about arguments show."""

from __future__ import annotations

import types

import pytest
from ansible.module_utils import basic

#: Characters that look different in the log and in the task: where Ansible masks by text, it misses them.
SECRET = "n33dle\\of 'the' \"log\"\nand-its-second-line"
NEEDLES = ("n33dle", "second-line")


@pytest.fixture
def logged(monkeypatch):
    """What a module writes to syslog, and to the journal where Ansible uses that."""
    found = []
    syslog = types.SimpleNamespace(
        openlog=lambda *_words: None, syslog=lambda _level, text: found.append(text), LOG_USER=0, LOG_INFO=0
    )
    journal = types.SimpleNamespace(send=lambda *words, **fields: found.append(repr((words, fields))))
    monkeypatch.setattr(basic, "syslog", syslog)
    monkeypatch.setattr(basic, "journal", journal, raising=False)

    def use(has_journal):
        monkeypatch.setattr(basic, "has_journal", has_journal)
        return found

    return use


def without_needles(found, result):
    text = "\n".join([*found, result.text])
    assert not [needle for needle in NEEDLES if needle in text]


@pytest.mark.parametrize("has_journal", [False, True], ids=["syslog", "journal"])
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("grafana_org", {"name": "tenant", "headers": {"X-JWT": SECRET}}),
        ("grafana_org_info", {"headers": {"X-JWT": SECRET}}),
        ("grafana_org_info", {"proxy": "user:n33dle@127.0.0.1:9", "retries": 0}),
        ("grafana_sa_token", {"sink": {"type": "hashi_vault", "path": "p", "url": "http://127.0.0.1:9", "token": SECRET}}),
        ("grafana_user", {"login": "alice", "user_password": SECRET, "name": SECRET}),
        ("grafana_user", {"login": "alice", "batch": [{"user_password": SECRET}, {"login": "bob", "email": SECRET}]}),
        ("grafana_datasource", {"name": "M", "type": "loki", "secure_json_data": {"password": SECRET}}),
        ("grafana_datasource", {"name": "M", "type": "loki", "tls_client_key": SECRET, "http_headers": {"X-Key": SECRET}}),
        ("grafana_upgrade_guard_info", {"target_version": "13.0.0", "headers": {"X-JWT": SECRET}}),
        ("grafana_terraform_migrate", {"path": "/nowhere", "consolidate": [{"account": SECRET, "keys": [SECRET]}]}),
    ],
)
def test_option_names_only(newest, logged, has_journal, module, options):
    found = logged(has_journal)
    result = newest.run(module, admin=None if module == "grafana_terraform_migrate" else True, **options)
    assert any("Invoked with the options" in text and next(iter(options)) in text for text in found)
    if module != "grafana_terraform_migrate":
        without_needles(found, result)
    assert not [text for text in found if "n33dle" in text]


#: Options of secrets that have wrong types: those of a token and its connection, and those of a data source.
WRONG_TOKENS = [
    {"password": ["n33dle"]},
    {"token": {"a": "n33dle"}},
    {"headers": ["n33dle"]},
    {"headers": "n33dle"},
    {"sink": ["n33dle"]},
    {"sink": "n33dle"},
    {"sink": {"type": "hashi_vault", "path": "p", "token": {"a": "n33dle"}}},
    {"sink": {"type": "hashi_vault", "path": "p", "token": "n33dle", "timeout": "n33dle"}},
    {"batch": [{"service_account": "a", "name": "n", "sink": {"type": "hashi_vault", "path": "p", "token": ["n33dle"]}}]},
    {"batch": [{"service_account": "a", "name": "n", "sink": {"type": "hashi_vault", "path": "p", "token": 87654321}}]},
]
WRONG_SOURCES = [
    {"secure_json_data": ["n33dle"]},
    {"secure_json_data": "n33dle"},
    {"secure_json_data": {"password": ["n33dle"]}},
    {"secure_json_data": {"password": 87654321}},
    {"tls_client_key": {"a": "n33dle"}},
    {"http_headers": ["n33dle"]},
    {"http_headers": {"X-Key": ["n33dle-long-enough"]}},
]
TOKEN, SOURCE = {"service_account": "a", "name": "n"}, {"name": "M", "type": "loki"}


@pytest.mark.parametrize(
    ("module", "options"),
    [
        *(("grafana_sa_token", {**TOKEN, **options}) for options in WRONG_TOKENS),
        *(("grafana_datasource", {**SOURCE, **options}) for options in WRONG_SOURCES),
        *(("grafana_datasource", {"batch": [{**SOURCE, **options}]}) for options in WRONG_SOURCES),
    ],
)
def test_wrong_types(newest, logged, module, options):
    found = logged(False)
    result = newest.fails(module, **options)
    assert result.code == "bad_input"
    without_needles(found, result)
    assert "87654321" not in result.text


def test_secrets_that_a_server_quotes(newest, logged):
    """A secret is masked in everything that a module prints, also where a batch has it."""
    found = logged(False)
    secrets = {"secure_json_data": {"password": "n33dle-1"}, "http_headers": {"Authorization": "Bearer n33dle-2"}}
    item = {"name": "n33dle-1", "type": "n33dle-2", "tls_ca_cert": "n33dle-3", "json_data": {"a": "n33dle-3"}, **secrets}
    for many in (False, True):
        without_needles(found, newest.ok("grafana_datasource", **({"batch": [item]} if many else item)))
