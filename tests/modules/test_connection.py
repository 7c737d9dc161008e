# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to reach a server and to say who asks, on a server that answers as real ones do."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest
import trustme

from servers import NEWEST

#: These tests are about connections.
OVER_THE_NETWORK = True

#: Runs the module of the name that is given, in a process of its own, with arguments from standard input.
MODULE = """
import importlib, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
if hasattr(basic, "_ANSIBLE_PROFILE"):
    basic._ANSIBLE_PROFILE = "legacy"
importlib.import_module("ansible_collections.orgsmith.grafana.plugins.modules." + sys.argv[1]).main()
"""
MANY = [{"name": f"tenant-{number:02}"} for number in range(12)]


def count(server, route, method=None):
    """Return how many requests *route* has seen."""
    routes = server.emulator.stats()["routes"]
    return sum(one["count"] for one in routes if one["route"] == route and method in (None, one["method"]))


def sessions(server):
    """Return how many sessions are open."""
    return len(server.emulator.sessions())


def test_few_requests_use_basic_auth(server):
    server.ok("grafana_org", name="tenant")
    assert count(server, "/login") == 0


def test_many_requests_use_one_session_and_end_it(server):
    assert server.ok("grafana_org", batch=MANY)["summary"]["changed"] == 12
    assert count(server, "/login") == 1
    assert count(server, "/logout") == 1
    assert sessions(server) == 0


def test_session_is_ended_after_a_failure(server):
    server.fails("grafana_org_user", batch=[{"login": f"nobody-{number}"} for number in range(9)])
    assert count(server, "/login") == 1
    assert sessions(server) == 0


def test_session_is_ended_by_a_run_that_is_told_to_end(newest):
    """SIGTERM: the organization that is under way is finished, no other one is begun, and the session is ended."""
    second, goes_on = threading.Event(), threading.Event()
    made = []

    def watch(request):
        if (request.method, request.path) == ("POST", "/api/orgs"):
            made.append(request)
            if len(made) == 2:
                second.set()
                assert goes_on.wait(30)

    newest.emulator.watch(watch)
    connection = {"url": newest.url, "username": "admin", "password": newest.password, "concurrency": 1}
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**connection, "batch": MANY, "_ansible_remote_tmp": "/tmp"}})
    process = subprocess.Popen([sys.executable, "-c", MODULE, "grafana_org"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        process.stdin.write(arguments.encode())
        process.stdin.close()
        assert second.wait(30)
        process.terminate()
        goes_on.set()
        assert process.wait(30) == 128 + 15
    finally:
        goes_on.set()
        newest.emulator.watch(None)
        process.stdout.close()
    assert sessions(newest) == 0
    assert 2 < len(newest.emulator.orgs()) < 13


@pytest.mark.parametrize("version", ["9.3.2", "11.5.1", "12.4.3"])
def test_login_form_switched_off(special, version):
    server = special(version, settings={"auth.disable_login_form": "true"})
    assert server.ok("grafana_org", batch=MANY)["summary"]["changed"] == 12
    assert count(server, "/login") == 1


@pytest.mark.parametrize("version", ["9.3.2", "11.5.1", "12.4.3"])
def test_basic_auth_switched_off(special, version):
    server = special(version, settings={"auth.basic.enabled": "false"})
    server.four("grafana_org", name="tenant")
    assert server.fails("grafana_org", admin=False, username="admin", password="wrong-one", name="x").code == "unauthorized"


@pytest.mark.parametrize("version", ["9.3.2", "12.4.3", "13.1.0-pre"])
def test_session_that_asks_to_be_rotated(special, version):
    server = special(version)
    server.emulator.advance(700)  # leaves the test out where no clock can be moved: the callback below cannot
    server.emulator.fault({"method": "GET", "path": "/api/orgs/.*/users", "kind": "slow", "seconds": 0.01})
    batch = [{"org_id": 1, "login": f"user-{number}", "role": "Viewer"} for number in range(6)]
    for item in batch:
        server.user(item["login"])
    seen = []

    def watch(request):
        seen.append(request)
        if len(seen) == 5:
            server.emulator.advance(700)

    server.emulator.watch(watch)
    server.ok("grafana_org_user", batch=[{**item, "role": "Editor"} for item in batch])
    assert count(server, "/login") == 1
    assert count(server, "/api/user/auth-tokens/rotate") == (0 if version == "9.3.2" else 1)
    assert sessions(server) == 0


def test_session_that_has_ended_is_renewed_once(newest):
    seen = []

    def watch(request):
        seen.append(request)
        if len(seen) == 5:
            newest.emulator.end_sessions()

    newest.emulator.watch(watch)
    assert newest.ok("grafana_org", concurrency=1, batch=MANY)["summary"]["changed"] == 12
    assert count(newest, "/login") == 2


def test_cookie_that_is_for_https_only(special):
    server = special(NEWEST, settings={"security.cookie_secure": "true"})
    assert server.ok("grafana_org", batch=MANY)["summary"]["changed"] == 12
    assert count(server, "/login") == 1
    assert sessions(server) == 0


def test_hidden_version(special):
    server = special(NEWEST, settings={"auth.anonymous.hide_version": "true"})
    server.four("grafana_dashboard", dashboard={"uid": "a", "title": "A"})


def test_sub_path(special):
    server = special(NEWEST, sub_path="/grafana")
    assert server.url.endswith("/grafana")
    assert server.ok("grafana_org", batch=MANY)["summary"]["changed"] == 12
    wrong = server.fails("grafana_org", url=server.url.replace("/grafana", "/monitoring"), name="x")
    # What is no path of the API is redirected to the sub-path.
    assert wrong.code == "redirected"


def test_authentication_proxy(special):
    server = special(NEWEST, settings={"auth.proxy.enabled": "true"})
    server.four("grafana_org", admin=False, headers={"X-WEBAUTH-USER": "admin"}, url=server.url, name="tenant")


def test_jwt_in_a_named_header(special):
    settings = {"auth.jwt.enabled": "true", "auth.jwt.header_name": "X-JWT"}
    server = special(NEWEST, settings=settings)
    server.ok("grafana_org", admin=False, headers={"X-JWT": "admin"}, url=server.url, name="tenant")


def test_secret_header_is_masked(newest):
    secret = "a-very-secret-assertion"
    result = newest.fails("grafana_org", admin=False, url=newest.url, headers={"X-JWT": secret, "X-N": "1"}, name=secret)
    assert secret not in result.text
    assert result["failure"]["details"]["status"] == 401


def test_environment(newest, monkeypatch):
    for name, value in (("URL", newest.url), ("USER", "admin"), ("PASSWORD", newest.password), ("TOKEN", "")):
        monkeypatch.setenv("GRAFANA_" + name, value)
    monkeypatch.setenv("GRAFANA_ORG_ID", "")
    newest.four("grafana_org", admin=False, url="", name="tenant")


def test_organization_of_the_environment_and_of_the_task(newest, monkeypatch):
    newest.ok("grafana_org", name="tenant")
    monkeypatch.setenv("GRAFANA_ORG_ID", "1")
    made = newest.ok("grafana_service_account", org_name="tenant", name="ci")
    assert made["service_account"]["org_name"] == "tenant"
    assert newest.ok("grafana_service_account", name="ci")["service_account"]["org_id"] == 1


def test_netrc_and_proxies_of_the_environment_are_not_used(newest, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    newest.ok("grafana_org", name="tenant")


def test_proxy_that_is_not_there(newest):
    result = newest.fails("grafana_org", proxy="http://someone:proxy-password@127.0.0.1:9", retries=0, name="tenant")
    assert result.code == "proxy"
    assert "proxy-password" not in result.text


def test_explicit_proxy(newest):
    """A request by a proxy names the whole address; the emulator plays both."""
    newest.ok("grafana_org", url="http://grafana.invalid", proxy=newest.url, retries=0, name="tenant")
    assert newest.ok("grafana_org_info", name="tenant")["organizations"]


def test_user_and_password_in_the_url_are_refused_and_hidden(newest):
    url = newest.url.replace("http://", "http://admin:url-password@")
    result = newest.fails("grafana_org", admin=False, url=url, name="tenant")
    assert "must not carry" in result["msg"]
    assert "url-password" not in result.text


def test_redirect_is_an_error(newest):
    """Followed, a POST would become a GET, and the credentials would go elsewhere."""
    fault = {"method": "POST", "path": "/api/orgs", "kind": "redirect", "location": "https://elsewhere.invalid/api/orgs"}
    newest.emulator.fault(fault)
    result = newest.fails("grafana_org", name="tenant")
    assert result.code == "redirected"
    assert "https://elsewhere.invalid/api/orgs" in result["msg"]


def test_not_a_member(server):
    """A server admin sees nothing of an organization without being a member."""
    who = {**server.server_admin("boss", OrgId=1), "org_name": "tenant"}
    server.ok("grafana_org", name="tenant")
    wanted = {"dashboard": {"uid": "a", "title": "A"}}
    result = server.fails("grafana_dashboard", **who, **wanted)
    assert result.code == "not_a_member", result.text
    assert "join_org" in result["msg"]
    checked = server.ok("grafana_dashboard", check=True, join_org=True, **who, **wanted)
    assert checked["changed"]
    assert not any(one["login"] == "boss" for one in server.api("GET", f"/api/orgs/{server.org_id('tenant')}/users"))
    joined = server.ok("grafana_dashboard", join_org=True, **who, **wanted)
    assert joined["changed"]
    assert joined["joined_org"]
    assert not server.ok("grafana_dashboard", join_org=True, **who, **wanted)["changed"]


class TestToken:
    """A token carries its own organization."""

    @pytest.fixture
    def key(self, newer, tmp_path):
        newer.ok("grafana_org", name="tenant")
        newer.ok("grafana_service_account", org_name="tenant", name="ci", role="Editor")
        dest = tmp_path / "key"
        token = {"org_name": "tenant", "service_account": "ci", "name": "ci", "seconds_to_live": 0, "dest": str(dest)}
        newer.ok("grafana_sa_token", **token)
        return dest

    def test_writes_in_its_own_org(self, newer, key):
        who = {"admin": False, "url": newer.url, "token_file": str(key), "org_name": "tenant"}
        newer.four("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, **who)
        assert newer.ok("grafana_dashboard_info", org_name="tenant", uid="a")["dashboards"][0]["title"] == "A"

    def test_another_org_is_refused_before_any_write(self, newer, key):
        who = {"admin": False, "url": newer.url, "token": key.read_text().strip()}
        for org in ({"org_id": 1}, {"org_name": "Main Org."}):
            with newer.writes_nothing():
                result = newer.fails("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, **who, **org)
            assert result.code == "org_mismatch"
            assert key.read_text().strip() not in result.text

    def test_in_an_item_of_a_batch(self, newer, key):
        item = {"org_name": "tenant", "token_file": str(key), "dashboard": {"uid": "a", "title": "A"}}
        assert newer.ok("grafana_dashboard", batch=[item])["summary"]["changed"] == 1
        wrong = newer.fails("grafana_dashboard", batch=[{**item, "org_name": "Main Org."}])
        assert wrong["results"][0]["failure"]["code"] == "org_mismatch"

    def test_items_with_keys_need_no_other_identity(self, newer, key):
        item = {"token_file": str(key), "dashboard": {"uid": "a", "title": "A"}}
        made = newer.ok("grafana_dashboard", admin=False, url=newer.url, batch=[item])
        assert made["results"][0]["org_name"] == "tenant"
        named = newer.ok("grafana_dashboard", admin=False, url=newer.url, batch=[{**item, "org_name": "tenant"}])
        assert named["summary"]["ok"] == 1
        mixed = newer.fails("grafana_dashboard", admin=False, url=newer.url, batch=[item, {"uid": "b", "state": "absent"}])
        assert "no identity is given" in mixed["msg"]

    def test_missing_file_is_planned_in_check_mode(self, newer, tmp_path):
        item = {"token_file": str(tmp_path / "soon"), "dashboard": {"uid": "a", "title": "A"}}
        assert newer.ok("grafana_dashboard", batch=[item], check=True)["summary"]["changed"] == 1
        failed = newer.fails("grafana_dashboard", batch=[item])
        assert "does not exist" in failed["msg"]

    def test_deleted_token(self, newer, key):
        newer.ok("grafana_service_account", org_name="tenant", name="ci", state="absent")
        who = {"admin": False, "url": newer.url, "token_file": str(key)}
        assert newer.fails("grafana_dashboard", dashboard={"uid": "a", "title": "A"}, **who).code == "unauthorized"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority of our own, and certificates of a server and of a client: name -> file."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    for name, host in (("server", "127.0.0.1"), ("client", "client.invalid")):
        made = authority.issue_cert(host)
        made.private_key_pem.write_to_path(str(folder / f"{name}.key"))
        made.cert_chain_pems[0].write_to_path(str(folder / f"{name}.pem"))
    return {path.name: str(path) for path in folder.iterdir()}


class TestTls:
    """https, with an authority of our own, and client certificates."""

    def test_http_and_https_on_the_wrong_port(self, newest):
        secure = newest.url.replace("http:", "https:")
        refused = newest.fails("grafana_org", name="tenant", retries=0, url=secure)
        assert refused.code == "wrong_scheme"
        assert f"{secure}/api/user: this port does not speak https" in refused["msg"]

    def test_authority(self, special, certificates, monkeypatch):
        tls = {"cert": certificates["server.pem"], "key": certificates["server.key"]}
        server = special(NEWEST, tls=tls)
        refused = server.fails("grafana_org", name="tenant", retries=0)
        assert refused.code == "tls"
        assert "ca_path" in refused["msg"]
        server.ok("grafana_org", name="tenant", ca_path=certificates["ca.pem"])
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/hostname")
        server.ok("grafana_org", batch=MANY, validate_certs=False)
        server.ok("grafana_org", name="tenant", ca_path=certificates["ca.pem"])

    def test_client_certificate(self, special, certificates):
        tls = {"cert": certificates["server.pem"], "key": certificates["server.key"], "client_ca": certificates["ca.pem"]}
        server = special(NEWEST, tls=tls)
        assert server.run("grafana_org", name="tenant", retries=0, ca_path=certificates["ca.pem"]).failed
        ours = {"client_cert": certificates["client.pem"], "client_key": certificates["client.key"]}
        server.ok("grafana_org", name="tenant", ca_path=certificates["ca.pem"], **ours)
        missing = server.fails("grafana_org", name="tenant", ca_path="/no/such/file")
        assert "ca_path: no such file" in missing["msg"]
