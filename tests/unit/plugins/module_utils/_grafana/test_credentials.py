# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials are checked before the first request, and no text that is quoted shows one."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import secrets
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice, from_options, text
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.errors import Answer, BadInput, from_answer
from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.transport import NoAnswer, Transport
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import KeyOwner, Shared
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.registry import sink_from

NEEDLE = "n33dle-0f-the-t3st"
SPLIT = NEEDLE + "\nX-Other: 1"


@pytest.mark.parametrize(
    ("options", "environ"),
    [
        ({"token": SPLIT}, {}),
        ({"token": NEEDLE + "\u20ac"}, {}),
        ({}, {"GRAFANA_TOKEN": SPLIT}),
        ({"username": "u", "password": SPLIT}, {}),
        ({"username": "u"}, {"GRAFANA_PASSWORD": SPLIT}),
        ({"headers": {"X-JWT": SPLIT}}, {}),
        ({"headers": {"X-JWT": NEEDLE + "\u20ac"}}, {}),
        ({"headers": {"Bearer " + NEEDLE: "x"}}, {}),
        ({"token": "t", "proxy": "http://u:%s#x@p:1" % NEEDLE}, {}),
        ({"token": "t", "proxy": "u:%s@p:port" % NEEDLE}, {}),
    ],
)
def test_refused_without_its_value(options, environ):
    with pytest.raises(BadInput) as caught:
        from_options({"url": "http://g", **options}, environ)
    assert NEEDLE not in json.dumps(caught.value.failure())


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_end_at_the_end(end):
    found = from_options({"url": "http://g", "token": "t" + end, "headers": {"X-JWT": "value" + end}}, {})
    assert found.identity.token == "t"
    assert found.headers == {"X-JWT": "value"}
    assert from_options({"url": "http://g", "username": "u", "password": "p " + end}, {}).identity.password == "p "


@pytest.mark.parametrize(
    ("proxy", "expected"),
    [("u:p@h:3128", "http://u:p@h:3128"), ("h:3128", "http://h:3128"), ("https://h", "https://h"), ("", None)],
)
def test_proxy(proxy, expected):
    assert from_options({"url": "http://g", "token": "t", "proxy": proxy}, {}).proxy == expected


@pytest.mark.parametrize("variable", ["", "env"])
@pytest.mark.parametrize(
    ("kind", "option", "name"),
    [
        ("hashi_vault", "token", "VAULT_TOKEN"),
        ("awx_credential", "token", "CONTROLLER_OAUTH_TOKEN"),
        ("awx_credential", "password", "CONTROLLER_PASSWORD"),
    ],
)
def test_sinks(monkeypatch, kind, option, name, variable):
    options = {"type": kind, "url": "https://s", "path": "p"} if kind == "hashi_vault" else {"type": kind, "url": "https://s"}
    options.update({} if kind == "hashi_vault" else {"credential": "c", "key_field": "k"})
    options.update({"username": "u"} if option == "password" else {})
    for value, refused in ((SPLIT, True), (NEEDLE + "\n", False)):
        if variable:
            monkeypatch.setenv(name, value)
        else:
            options[option] = value
        owner, shared = KeyOwner(OrgChoice(), "a", "n"), Shared(lambda secret: None, {})
        if not refused:
            sink_from(options, owner, shared)
            continue
        with pytest.raises(BadInput) as caught:
            sink_from(options, owner, shared)
        assert NEEDLE not in caught.value.message


def test_header_that_gets_through_is_not_printed():
    with pytest.raises(NoAnswer) as caught:
        Transport(1).send("GET", "http://127.0.0.1:9/", None, {"X-Vault-Token": SPLIT})
    assert NEEDLE not in caught.value.reason
    assert caught.value.kind == "not_connected"


def test_type_checks():
    with pytest.raises(BadInput) as caught:
        text(87654321, "password")
    assert "87654321" not in caught.value.message


PAIR = base64.b64encode(("admin:" + NEEDLE).encode()).decode()


@pytest.mark.parametrize(
    "answer",
    [
        "upstream got Authorization: Basic %s and failed" % PAIR,
        json.dumps({"message": "request was {'Authorization': 'Bearer %s'}" % NEEDLE}),
        json.dumps({"error": "Set-Cookie: grafana_session=%s; Path=/" % NEEDLE}),
        json.dumps([{"fieldNames": ["x"], "message": "cookie grafana_session=%s is old" % NEEDLE}]),
        "cannot reach http://admin:%s@proxy:3128" % NEEDLE,
        json.dumps({"message": "bad", "messageId": "token=%s" % NEEDLE}),
        json.dumps({"message": 'sent: {"password": "%s"}' % NEEDLE}),
    ],
)
def test_unknown_credentials_in_answers(answer):
    problem = from_answer("GET", "http://g/api", Answer(400, {}, answer))
    shown = json.dumps(problem.failure())
    assert NEEDLE not in shown
    assert PAIR not in shown


@pytest.mark.parametrize(
    "write",
    [str, lambda s: quote(s, safe=""), lambda s: base64.b64encode(s.encode()).decode(), repr, json.dumps],
    ids=["plain", "url", "base64", "repr", "json"],
)
@pytest.mark.parametrize("secret", ["pass\\word/'of the test", 'p\u00e4ss"word&of-the test'])
def test_known_secrets_in_all_forms(monkeypatch, secret, write):
    monkeypatch.setattr(secrets, "_KNOWN", secrets._Known())
    secrets.remember(secret)
    assert secrets.quoted("x %s y" % write(secret)).strip("x y'\"") == "***"


@pytest.mark.parametrize("message", ["Invalid Basic Auth Header", "invalid token: not found", "basic authentication is off"])
def test_messages_that_stay(message):
    assert secrets.quoted(message) == message


def test_cut_after_masking():
    text_ = "." * 1990 + " http://u:%s@h" % (NEEDLE * 3)
    assert NEEDLE[:4] not in secrets.quoted(text_)
    assert len(secrets.quoted("x" * 5000)) == 2000
