# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The requests with which the sink awx_credential creates, fills and deletes a credential."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.connection import OrgChoice
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.awx_credential import CREATED, AwxCredentialSink
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import NOTHING, KeyOwner, Metadata, Shared

from ..conftest import URL, Call

ROOT = "/api/v2"
FIELDS = {"fields": [{"id": "token", "secret": True}]}
KIND = {"id": 5, "name": "Grafana token", "inputs": FIELDS}
ORGANIZATION = {"id": 3, "name": "Monitoring"}
NOTED = Metadata(org_id=7, pending=("ci",))
STORED = Metadata(org_id=7, token_id=1, fingerprint="sha256:x")


def described(metadata):
    return f"{CREATED}\norgsmith.grafana: {metadata.text()}"


def credential(metadata, inputs, modified):
    return {
        "id": 9,
        "name": "g t",
        "credential_type": 5,
        "description": described(metadata),
        "inputs": inputs,
        "modified": modified,
    }


def lists(path, *entries, **query):
    return Call("GET", f"{ROOT}/{path}/?{urlencode(query)}").exactly({"results": list(entries)})


def reads(metadata, inputs, modified):
    return Call("GET", ROOT + "/credentials/9/").exactly(credential(metadata, inputs, modified))


@pytest.fixture
def sink():
    owner = KeyOwner(OrgChoice(None, "t"), "ci", "ci")
    new = {"credential": "g {org_name}", "credential_type": "Grafana token", "organization": "Monitoring"}
    return AwxCredentialSink({**new, "key_field": "token", "url": URL, "token": "a"}, owner, Shared(lambda _secret: None, {}))


def test_the_life_of_a_credential(script, sink):
    named = {"name": "g t", "organization__name": "Monitoring"}
    new = {"name": "g t", "organization": 3, "credential_type": 5, "inputs": {}, "description": described(NOTED)}
    filled = {"inputs": {"token": "glsa_x"}, "description": described(STORED)}
    secret = {"token": "$encrypted$"}
    script.expect(
        # probe: type and organization are asked for once in a task
        Call("GET", ROOT + "/ping/").exactly({"version": "24.6.1"}),
        Call("GET", "/api/controller/v2/ping/").exactly({}, 404),
        lists("credentials", **named),
        lists("credential_types", KIND, name="Grafana token"),
        lists("credentials", **named),
        lists("organizations", ORGANIZATION, name="Monitoring"),
        lists("organizations", ORGANIZATION, name="Monitoring", role_level="credential_admin_role"),
        # the note about a token that is about to be created creates the credential, without a key
        lists("credentials", **named),
        Call("POST", ROOT + "/credentials/", json=new).exactly(credential(NOTED, {}, "1"), 201),
        lists("credentials", credential(NOTED, {}, "1"), **named),
        reads(NOTED, {}, "1"),
        Call("PATCH", ROOT + "/credentials/9/", json=filled).exactly(credential(STORED, secret, "2")),
        reads(STORED, secret, "2"),
        reads(STORED, secret, "2"),
        Call("DELETE", ROOT + "/credentials/9/").exactly("", 204),
    )
    sink.probe()
    noted = sink.remember(NOTED, NOTHING)
    assert (noted.metadata, noted.fingerprint, noted.there) == (NOTED, None, True)
    assert sink.write("glsa_x", STORED, noted).fingerprint == "sha256:x"
    sink.remove()
