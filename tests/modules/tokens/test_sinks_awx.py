# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in credentials of AWX."""

from __future__ import annotations

import json

import pytest

from modules.tokens.sinks import in_awx
from standins import Awx
from standins.web import Answer


def test_exact_inputs_in_awx(tenant, awx):
    awx.credentials[1].update(description="Ours\n", inputs={"host": "grafana", "token": "old"})
    made = tenant.present(sink=in_awx(awx))
    there = awx.credentials[1]
    assert there["inputs"] == {"host": "grafana", "token": there["inputs"]["token"]}
    assert tenant.works(there["inputs"]["token"])
    first, line = there["description"].split("\n")
    assert first == "Ours"
    assert json.loads(line.removeprefix("orgsmith.grafana: "))["token_id"] == made["token"]["id"]


def test_metadata_in_an_input(tenant, awx):
    made = tenant.present(sink=in_awx(awx, metadata_field="about"))
    assert json.loads(awx.credentials[1]["inputs"]["about"])["token_id"] == made["token"]["id"]
    assert awx.credentials[1]["description"] == ""
    assert not tenant.present(sink=in_awx(awx, metadata_field="about"))["changed"]


@pytest.mark.usefixtures("_no_vault_around")
def test_behind_the_gateway_and_by_password(tenant):
    with Awx(root="api/controller/v2") as awx:
        number = awx.add("tenant-token")
        who = {"token": None, "username": "robot", "password": "awx-password-of-the-tests"}
        result = tenant.present(sink=in_awx(awx, credential=number, **who))
        assert tenant.works(awx.credentials[1]["inputs"]["token"])
        assert "awx-password-of-the-tests" not in result.text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lambda awx: awx.credentials.clear(), "create it first"),
        (lambda awx: awx.add("tenant-token", "Other"), "2 credentials have that name"),
        (lambda awx: awx.credentials[1].update(edit=False), "may not edit"),
        (lambda awx: awx.credentials[1].update(managed=True), "may not edit"),
        (lambda awx: awx.types[5].pop(0), "has no field token"),
        (lambda awx: awx.types[5][0].update(secret=False), "is not secret"),
        (lambda awx: awx.sources.update({1: ["token"]}), "another secret store"),
        (lambda awx: awx.identities.clear(), "401"),
    ],
    ids=["none", "two", "no permission", "managed", "no field", "in plain", "external", "unauthorized"],
)
def test_a_credential_that_cannot_take_it(tenant, awx, trouble, words):
    trouble(awx)
    for check in (True, False):
        with tenant.server.writes_nothing():
            result = tenant.fails(sink=in_awx(awx), check=check)
        assert words in result["msg"]
        assert awx.token not in result.text


def test_two_of_the_name_in_two_organizations(tenant, awx):
    awx.add("tenant-token", "Other")
    tenant.present(sink=in_awx(awx, organization="Other"))
    assert awx.credentials[1]["inputs"] == {}
    assert tenant.works(awx.credentials[2]["inputs"]["token"])


def test_no_controller(tenant, standin):
    assert "is not a controller" in tenant.fails(sink=in_awx(standin, token="another-awx-token"))["msg"]


def test_the_answer_of_awx_is_lost(tenant, awx):
    awx.fail("PATCH", "drop", 2)
    tenant.present(sink=in_awx(awx))
    assert tenant.works(awx.credentials[1]["inputs"]["token"])
    assert not tenant.present(sink=in_awx(awx))["changed"]


@pytest.mark.parametrize("before", [0, 240, 265])
def test_a_controller_that_says_the_key(tenant, awx, monkeypatch, before):
    answer = awx.answer

    def refuses(asked):
        key = (asked.body or {}).get("inputs", {}).get("token")
        if asked.method == "PATCH" and key and key.startswith("glsa_"):
            return Answer(400, {"inputs": ["%s%s is no token" % ("x" * before, key)]})
        return answer(asked)

    monkeypatch.setattr(awx, "answer", refuses)
    result = tenant.fails(sink=in_awx(awx))
    assert "answered 400" in result["msg"]
    assert "glsa_" not in result.text
    assert tenant.listed() == []


@pytest.mark.parametrize("created", [None, "2020-01-01T00:00:00Z"], ids=["same server", "another server"])
def test_a_due_token_in_awx_that_names_another_address(tenant, awx, created):
    """Nothing can test the key: only the time at which the server created the token tells two servers apart."""
    sink = in_awx(awx, metadata_field="about")
    tenant.present(sink=sink)
    inputs = awx.credentials[1]["inputs"]
    about = json.loads(inputs["about"])
    inputs["about"] = json.dumps({**about, "server": "http://elsewhere", "created": created or about["created"]})
    before = dict(inputs)
    if created is None:
        assert "http://elsewhere" in tenant.present(sink=sink, rotate="always")["warnings"][0]
        assert awx.credentials[1]["inputs"]["token"] != before["token"]
        return
    for check in (True, False):
        with tenant.server.writes_nothing():
            for options in ({"rotate": "always"}, {"state": "absent"}):
                assert tenant.fails(sink=sink, check=check, **options).code == "place_taken"
    assert awx.credentials[1]["inputs"] == before
