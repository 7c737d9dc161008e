# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in credentials of AWX."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.awx_credential import CREATED
from modules.tokens.sinks import in_awx, new_in_awx
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


def test_two_of_the_name_in_one_task(tenant, awx):
    awx.add("tenant-token", "Other")
    keys = [{"name": name, "sink": in_awx(awx, organization=name)} for name in ("Default", "Other")]
    tenant.server.ok("grafana_sa_token", org_name="tenant", service_account="ci", seconds_to_live="1h", batch=keys)
    assert all(tenant.works(one["inputs"]["token"]) for one in awx.credentials.values())


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


def test_a_credential_is_created(tenant, awx):
    sink = new_in_awx(awx)
    with tenant.server.writes_nothing():
        planned = tenant.present(sink=sink, check=True)
    assert planned["changed"]
    assert not awx.named("tenant-ci")
    made = tenant.present(sink=sink)
    there = awx.named("tenant-ci")
    assert (there["organization"], there["credential_type"]) == ("Default", 5)
    assert tenant.works(there["inputs"]["token"])
    assert there["inputs"]["token"] not in made.text
    created, line = there["description"].split("\n")
    assert created == CREATED
    assert json.loads(line.removeprefix("orgsmith.grafana: "))["token_id"] == made["token"]["id"]
    awx.log.clear()
    assert not tenant.present(sink=sink)["changed"]
    assert not [one for one in awx.log if not one.startswith("GET")]
    tenant.present(sink=sink, rotate="always")
    assert [one["name"] for one in awx.credentials.values()] == ["tenant-token", "tenant-ci"]
    assert tenant.works(awx.named("tenant-ci")["inputs"]["token"])


@pytest.mark.parametrize("metadata", [{}, {"metadata_field": "about"}], ids=["description", "input"])
def test_a_created_credential_is_deleted_with_its_token(tenant, awx, metadata):
    sink = new_in_awx(awx, **metadata)
    tenant.present(sink=sink)
    assert tenant.present(sink=sink, state="absent")["changed"]
    assert not awx.named("tenant-ci")
    assert not tenant.present(sink=sink, state="absent")["changed"]
    tenant.present(sink=sink)
    assert tenant.works(awx.named("tenant-ci")["inputs"]["token"])


def test_a_created_credential_has_the_inputs_that_its_jobs_need(tenant, awx):
    sink = new_in_awx(awx, credential_inputs={"host": "https://grafana.example.org"})
    tenant.present(sink=sink)
    assert awx.named("tenant-ci")["inputs"]["host"] == "https://grafana.example.org"
    assert not tenant.present(sink={**sink, "credential_inputs": {"host": "https://new.example.org"}})["changed"]
    assert tenant.works(awx.named("tenant-ci")["inputs"]["token"])
    tenant.present(sink=sink, state="absent")
    assert not awx.named("tenant-ci")


@pytest.mark.parametrize(
    ("change", "inputs"),
    [
        (lambda one: one["inputs"].update(host="grafana"), {"host": "grafana"}),
        (lambda one: one.update(description=one["description"].replace(CREATED, "Ours")), {}),
        (lambda one: one.update(description=one["description"] + "\nof team 7"), {}),
    ],
    ids=["an input", "adopted", "a description"],
)
def test_a_created_credential_with_other_content_stays(tenant, awx, change, inputs):
    sink = new_in_awx(awx)
    tenant.present(sink=sink)
    change(awx.named("tenant-ci"))
    tenant.present(sink=sink, state="absent")
    assert awx.named("tenant-ci")["inputs"] == inputs
    assert "orgsmith.grafana: " not in awx.named("tenant-ci")["description"]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lambda awx: awx.type_names.update({5: "Other"}), "no credential type Grafana token"),
        (
            lambda awx: (awx.types.update({6: []}), awx.type_names.update({6: "Grafana token"})),
            "2 credential types have the name",
        ),
        (lambda awx: awx.types[5].pop(0), "has no field token"),
        (lambda awx: awx.types[5][0].update(secret=False), "is not secret"),
        (lambda awx: awx.organizations.pop(1), "no organization Default"),
        (lambda awx: awx.admin_of.clear(), "needs the role Credential Admin"),
        (
            lambda awx: (awx.types.update({6: []}), awx.type_names.update({6: "Vault"}), awx.add("tenant-ci", credential_type=6)),
            "of the type Vault: choose another name",
        ),
    ],
    ids=["no type", "two types", "no field", "in plain", "no organization", "no permission", "another type"],
)
def test_a_credential_that_cannot_be_created(tenant, awx, trouble, words):
    trouble(awx)
    before = json.dumps(awx.credentials)
    for check in (True, False):
        with tenant.server.writes_nothing():
            result = tenant.fails(sink=new_in_awx(awx), check=check)
        assert words in result["msg"]
    assert json.dumps(awx.credentials) == before


def test_the_same_name_in_another_organization_is_another_credential(tenant, awx):
    awx.add("tenant-ci", "Other")
    tenant.present(sink=new_in_awx(awx))
    assert [one["inputs"].keys() for one in awx.credentials.values()] == [set(), set(), {"token"}]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"organization": None}, "needs sink.organization"),
        ({"credential": 7}, "has to be a name"),
        ({"credential_type": None, "credential_inputs": {"host": "a"}}, "set sink.credential_type, too"),
        ({"credential_inputs": {"token": "a"}}, "must not contain the fields of the key"),
    ],
    ids=["no organization", "an id", "inputs without a type", "inputs with the key"],
)
def test_options_that_cannot_create(tenant, awx, options, words):
    awx.log.clear()
    assert words in tenant.fails(sink={**new_in_awx(awx), **options})["msg"]
    assert awx.log == []


@pytest.mark.parametrize("kind", ["drop", "500"])
def test_the_answer_to_the_creation_is_lost(tenant, awx, kind):
    """The run fails before the server creates a token; the next one finds the credential, or creates it."""
    awx.fail("POST", kind)
    with tenant.server.writes_nothing():
        tenant.fails(sink=new_in_awx(awx))
    tenant.present(sink=new_in_awx(awx))
    assert tenant.works(awx.named("tenant-ci")["inputs"]["token"])
    assert len(awx.credentials) == 2
    assert len(tenant.listed()) == 1


def test_a_key_that_cannot_be_stored_leaves_no_new_credential(tenant, awx, monkeypatch):
    answer = awx.answer

    def refuses(asked):
        return Answer(403, {"detail": "no"}) if asked.method == "PATCH" and "token" in asked.body["inputs"] else answer(asked)

    monkeypatch.setattr(awx, "answer", refuses)
    assert "lacks the permission" in tenant.fails(sink=new_in_awx(awx))["msg"]
    assert tenant.listed() == []
    assert not awx.named("tenant-ci")


def test_another_run_creates_the_credential_first(tenant, awx, monkeypatch):
    answer = awx.answer

    def overtaken(asked):
        if asked.method == "POST" and not awx.named("tenant-ci"):
            assert answer(asked).status == 201
        return answer(asked)

    monkeypatch.setattr(awx, "answer", overtaken)
    tenant.present(sink=new_in_awx(awx))
    assert tenant.works(awx.named("tenant-ci")["inputs"]["token"])
    assert len(awx.credentials) == 2


def test_a_credential_that_a_user_deletes_is_created_again(tenant, awx):
    sink = new_in_awx(awx)
    tenant.present(sink=sink)
    awx.credentials.pop(2)
    assert tenant.fails(sink=sink).code == "foreign_token"
    tenant.present(sink=sink, on_foreign_token="replace")
    assert tenant.works(awx.named("tenant-ci")["inputs"]["token"])


def test_a_credential_that_a_user_deletes_during_the_run(tenant, awx, monkeypatch):
    awx.add("tenant-ci")
    answer, asked_for = awx.answer, []

    def deletes(asked):
        if asked.path[-2:] == ["credentials", "2"]:
            asked_for.append(asked)
            if len(asked_for) == 2:
                awx.credentials.pop(2)
        return answer(asked)

    monkeypatch.setattr(awx, "answer", deletes)
    tenant.present(sink=new_in_awx(awx))
    assert CREATED in awx.named("tenant-ci")["description"]
    assert tenant.works(awx.named("tenant-ci")["inputs"]["token"])
    assert len(tenant.listed()) == 1
