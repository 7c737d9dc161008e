# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in HashiCorp Vault, by a stand-in and a real OpenBao."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import fingerprint
from modules.tokens.sinks import in_vault
from standins import Vault


def test_exact_fields_in_vault(tenant, vault):
    vault.put("team/tenant", {"user": "bob"})
    made = tenant.present(sink=in_vault(vault, key_field="grafana", metadata_field="about"))
    found = vault.data("team/tenant")
    assert sorted(found) == ["about", "grafana", "user"]
    assert tenant.works(found["grafana"])
    about = json.loads(found["about"])
    assert about["token_id"] == made["token"]["id"]
    assert about["fingerprint"] == made["token"]["fingerprint"]
    assert found["about"] == json.dumps(about, sort_keys=True)
    # One version notes the name before the token is made, one holds the key.
    assert vault.versions("team/tenant") == 3


def test_deleted_in_vault(tenant, vault):
    tenant.present(sink=in_vault(vault))
    tenant.absent(sink=in_vault(vault))
    assert vault.data("team/tenant") is None
    tenant.present(sink=in_vault(vault))
    assert tenant.works(vault.data("team/tenant")["key"])


@pytest.mark.parametrize("what", [["read"], ["create", "update"], ["read", "create"]])
def test_policies_that_do_not_allow_it(tenant, vault, what):
    token = vault.allow("hvs.limited-token-of-the-tests", *what)
    with tenant.server.writes_nothing():
        result = tenant.fails(sink=in_vault(vault, token=token))
    assert result.code == "store_failed"
    assert token not in result.text


def test_a_token_that_is_none(tenant, vault):
    with tenant.server.writes_nothing():
        result = tenant.fails(sink=in_vault(vault, token="hvs.wrong-token-of-the-tests"))
    assert "permission denied" in result["msg"]
    assert "hvs.wrong" not in result.text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lambda vault: setattr(vault, "sealed", True), "ealed"),
        (lambda vault: vault.mounts.update(secret="1"), "not a KV of version 2"),
        (lambda vault: vault.mounts.pop("secret"), "route entry not found"),
        (lambda vault: setattr(vault, "namespace", "team-a"), "permission denied"),
        (lambda vault: setattr(vault, "active", "http://elsewhere.invalid:8200"), "redirected"),
        (lambda vault: [vault.fail("GET", "500") for _time in range(8)], "500"),
    ],
    ids=["sealed", "version 1", "no mount", "namespace", "standby", "broken"],
)
def test_a_vault_that_cannot_take_it(tenant, standin, trouble, words):
    trouble(standin)
    for check in (True, False):
        with tenant.server.writes_nothing():
            result = tenant.fails(sink=in_vault(standin), check=check)
        assert words in result["msg"]
    assert standin.versions("team/tenant") == 0


def test_sealed_when_the_token_is_due(tenant, standin):
    """What is stored cannot be read, so nothing is concluded from that."""
    tenant.present(sink=in_vault(standin))
    tenant.advance(hours=2)
    standin.sealed = True
    with tenant.server.writes_nothing():
        assert "sealed" in tenant.fails(sink=in_vault(standin))["msg"]
    standin.sealed = False
    assert tenant.present(sink=in_vault(standin))["changed"]


def test_approle_once_a_task(tenant, standin):
    sink = in_vault(standin, path="team/{name}", token=None, role_id="rotation", secret_id="secret-id-of-the-tests")
    batch = [{"name": name} for name in ("a", "b", "c")]
    result = tenant.present(name=None, sink=sink, batch=batch)
    assert standin.log.count("POST /v1/auth/approle/login") == 1
    assert tenant.works(standin.data("team/b")["key"])
    for secret in ["secret-id-of-the-tests", *standin.tokens, standin.data("team/b")["key"]]:
        assert secret not in result.text
    result = tenant.fails(sink={**sink, "secret_id": "another-secret-of-the-tests"})
    assert "check role_id" in result["msg"]
    assert "another-secret" not in result.text


def test_a_role_of_a_real_server(tenant, real):
    role, secret = real.role()
    sink = in_vault(real, path="team/{name}", token=None, role_id=role, secret_id=secret)
    result = tenant.present(name=None, sink=sink, batch=[{"name": "a"}, {"name": "b"}])
    assert tenant.works(real.data("team/b")["key"])
    assert secret not in result.text
    assert "check role_id" in tenant.fails(sink={**sink, "secret_id": "another-secret-of-the-tests"})["msg"]


def test_mounts_of_a_real_server(tenant, real):
    real.mount("old", "1")
    real.mount("deep/inside")
    for mount, words in (("old", "not a KV of version 2"), ("none", "check sink.mount")):
        with tenant.server.writes_nothing():
            assert words in tenant.fails(sink=in_vault(real, mount=mount))["msg"]
    tenant.present(sink=in_vault(real, mount="deep/inside"))
    assert not tenant.present(sink=in_vault(real, mount="deep/inside"))["changed"]
    assert real.data("team/tenant") is None
    tenant.absent(sink=in_vault(real, mount="deep/inside"))


def test_a_real_server_that_is_sealed(tenant, real):
    if real.unseal_key is None:
        pytest.skip("a server that these tests have not started is not sealed by them")
    real.seal()
    try:
        with tenant.server.writes_nothing():
            assert "ealed" in tenant.fails(sink=in_vault(real))["msg"]
    finally:
        real.unseal()
    assert tenant.present(sink=in_vault(real))["changed"]


def test_a_namespace_of_a_real_server(tenant, real):
    if real.call("POST", "sys/namespaces/tests", {}).status_code == 404:
        pytest.skip("this server has no namespaces")
    real.mount("secret", **{"X-Vault-Namespace": "tests"})
    tenant.present(sink=in_vault(real, namespace="tests"))
    assert real.data("team/tenant") is None
    assert not tenant.present(sink=in_vault(real, namespace="tests"))["changed"]
    tenant.absent(sink=in_vault(real, namespace="tests"))


def test_namespace(tenant, standin):
    standin.namespace = "team-a"
    tenant.present(sink=in_vault(standin, namespace="team-a"))
    assert tenant.works(standin.data("team/tenant")["key"])


def test_a_standby_node_passes_on(tenant, standin):
    with Vault() as active:
        standin.active = active.url
        tenant.present(sink=in_vault(standin))
        assert tenant.works(active.data("team/tenant")["key"])


def test_redirected_into_plain_text(tenant, standin):
    """The token of Vault goes to no other host than asked, unless both are https."""
    standin.active = "http://localhost:1"
    assert "was redirected to http://localhost:1" in tenant.fails(sink=in_vault(standin))["msg"]


@pytest.mark.parametrize("nth", [2, 3])
def test_the_answer_of_vault_is_lost(tenant, standin, nth):
    """The write may have happened: it is looked up, and the token lives if it did."""
    standin.fail("POST", "drop", nth)  # the first asks for capabilities, the second notes, the third stores
    result = tenant.server.run("grafana_sa_token", seconds_to_live="1h", **tenant.wanted, sink=in_vault(standin))
    assert result.failed is (nth == 2)
    assert tenant.present(sink=in_vault(standin))["changed"] is (nth == 2)
    assert tenant.works(standin.data("team/tenant")["key"])
    assert len(tenant.listed()) == 1


def test_a_vault_that_dies_after_the_note(tenant, standin):
    standin.fail("POST", "500", 3)
    assert tenant.fails(sink=in_vault(standin)).code == "store_failed"
    assert tenant.listed() == []
    tenant.present(sink=in_vault(standin))
    assert tenant.works(standin.data("team/tenant")["key"])


def test_somebody_writes_meanwhile(tenant, standin, monkeypatch):
    """Two runs at once: the one that stores first wins, and the other takes its own token back."""
    answer, done = standin.answer, []

    def between(asked):
        # The token of this run is made, and it is about to store the key: now another run stores one.
        if asked.method == "POST" and asked.path[1:3] == ["secret", "data"] and "key" in asked.body["data"] and not done:
            done.append(True)
            winner = tenant.make("ci-2")
            metadata = {"token_id": winner["id"], "name": "ci-2", "org_id": tenant.org, "service_account_id": tenant.account}
            metadata.update(server=tenant.server.url, fingerprint=fingerprint(winner["key"]))
            standin.put("team/tenant", {"key": winner["key"], "metadata": json.dumps(metadata)})
        return answer(asked)

    monkeypatch.setattr(standin, "answer", between)
    mine = tenant.present(sink=in_vault(standin))
    assert done
    assert not mine["changed"]
    assert mine["token"]["name"] == "ci-2"
    assert tenant.works(standin.data("team/tenant")["key"])
    assert tenant.listed() == ["ci-2"]
