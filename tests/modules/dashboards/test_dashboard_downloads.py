# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dashboards by address and from the catalogue: what is sent to whom, how often, and what ends the task before a write."""

from __future__ import annotations

import ssl
import types

import pytest
import trustme

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana import download
from modules.conftest import Org
from modules.dashboards.exports import SHARED, source, stored
from standins import Files

BODY = {"uid": "cpu", "title": "CPU", "tags": ["a"], "panels": []}
SECRET = "s3cret-of-the-address"


@pytest.fixture
def files():
    with Files() as server:
        yield server


@pytest.fixture
def tenant(newest):
    newest.ok("grafana_org", name="tenant")
    newest.dashboard_api = "auto"
    return Org(newest)


@pytest.fixture(autouse=True)
def _around(monkeypatch, tmp_path):
    """No proxy for loopback, no waiting between attempts, and a ~/.netrc that would log in everywhere."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setattr(download, "time", types.SimpleNamespace(sleep=lambda _seconds: None, monotonic=lambda: 0.0))
    (tmp_path / "netrc").write_text(f"default login robot password {SECRET}\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


def test_a_file_by_address_gets_nothing_of_the_tasks_identity(tenant, files):
    url = files.put("boards/cpu.json", BODY)
    tenant.four(path=url, headers={"X-Scope": "scope-of-grafana"})
    assert tenant.read("cpu")["dashboard"]["tags"] == ["a"]
    assert len(files.asked) == 4
    for one in files.asked:
        assert set(one.headers) <= {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert "scope" not in str(one.headers)


def test_the_name_of_community_grafana_works(tenant, files):
    tenant.four(dashboard_url=files.put("cpu.json", BODY))
    assert not tenant.ok(batch=[{"dashboard_url": files.url + "/cpu.json"}])["changed"]


def test_a_file_by_address_may_be_yaml_or_behind_redirects(tenant, files):
    files.put("cpu.yaml", b"uid: cpu\ntitle: CPU\n")
    files.redirect("moved", files.redirect("moved-again", "/cpu.yaml", 308))
    tenant.four(path=files.url + "/moved")
    assert tenant.uids() == ["cpu"]


@pytest.mark.parametrize("revision", [{"dashboard_revision": 2}, {"dashboard_revision": "latest"}, {}], ids=str)
def test_a_dashboard_of_the_catalogue(tenant, files, revision):
    wanted = source(tenant, "A")
    files.revision(1860, {**SHARED, "title": "Old"}, SHARED)
    tenant.four(dashboard_id=1860, catalog_url=files.catalog, inputs={"DS_METRICS": "A", "VAR_CLUSTER": "c1"}, **revision)
    assert stored(tenant) == (wanted, "c1")
    assert tenant.read("shared")["dashboard"]["title"] == "Shared"


def test_a_new_revision_changes_latest_and_no_other(tenant, files):
    latest, pinned = {"dashboard_id": 7}, {"dashboard_id": 7, "dashboard_revision": 1, "uid": "pinned", "folder": "Old"}
    files.revision(7, BODY)
    batch = [latest, {**pinned, "create_folder": True}]
    assert tenant.ok(catalog_url=files.catalog, batch=batch)["summary"]["changed"] == 2
    files.revision(7, BODY, {**BODY, "tags": ["b"]})
    changed = tenant.ok(catalog_url=files.catalog, batch=batch)
    assert [one["status"] for one in changed["results"]] == ["changed", "ok"]
    assert not tenant.ok(catalog_url=files.catalog, batch=batch)["changed"]


def test_each_address_is_requested_once_for_many_organizations(tenant, files):
    tenant.server.ok("grafana_org", name="other")
    urls = [files.put(f"{number}.json", {"uid": f"d{number}", "title": f"D{number}"}) for number in range(6)]
    batch = [{"path": url, "org_name": name} for name in ("tenant", "other") for url in urls]
    made = tenant.server.ok("grafana_dashboard", batch=batch)
    assert made["summary"]["changed"] == 12
    assert sorted(files.log) == sorted(f"GET /{number}.json" for number in range(6))


def _refused(tenant, check=False, **options):
    """Run the module with *options*, and expect that it fails before any write, and that no secret is shown."""
    with tenant.server.writes_nothing():
        failed = tenant.fails(check=check, **options)
    assert SECRET not in failed.text
    return failed


@pytest.mark.parametrize("check", [True, False])
def test_one_report_for_all_files_that_cannot_be_downloaded(tenant, files, check):
    good = files.put("cpu.json", BODY)
    bad = f"{files.url}/gone.json?token={SECRET}"
    files.revision(7, BODY)
    batch = [{"path": good}, {"path": bad}, {"dashboard_id": 7, "dashboard_revision": 99}]
    failed = _refused(tenant, check, batch=batch, catalog_url=files.catalog)
    assert failed.code == "download_failed"
    gone, missing = failed["failure"]["details"]["problems"]
    assert gone["message"] == (
        f"batch[1]: path {files.url}/gone.json: GET {files.url}/gone.json: the server answered 404: the server has no such file: "
        "correct the address"
    )
    assert missing["message"].startswith(
        f"batch[2]: dashboard_id 7, revision 99: GET {files.catalog}/dashboards/7/revisions/99/download: the catalogue has no "
    )
    assert tenant.uids() == []


FAILURES = {
    "login needed": (lambda files: files.put("a.json", {}, 401), "answered 401: the address needs a login"),
    "always busy": (lambda files: files.put("a.json", {}, 503), "answered 503"),
    "a page": (lambda files: files.put("a.json", b"<!DOCTYPE html>", Content_Type="text/html"), "with an HTML page"),
    "a page without a type": (lambda files: files.put("a.json", b"\n<html>"), "with an HTML page"),
    "no content": (lambda files: files.put("a.json", b""), "is empty"),
    "broken JSON": (lambda files: files.put("a", b'{"title": '), "is not valid JSON"),
    "text": (lambda files: files.put("a", b"Hello"), "does not contain a dashboard"),
    "endless redirects": (lambda files: files.redirect("a.json", "/a.json"), "redirects more than 5 times"),
    "a redirect to another scheme": (
        lambda files: files.redirect("a.json", "ftp://host/a.json"),
        "redirects to ftp://host/a.json",
    ),
    "a redirect with a password": (
        lambda files: files.redirect("a.json", f"http://robot:{SECRET}@127.0.0.1/"),
        "redirects to http://127.0.0.1/, which is not",
    ),
    "a redirect to nowhere": (lambda files: files.redirect("a.json", ""), "redirects to nowhere"),
    "no server": (lambda _files: "http://127.0.0.1:1/a.json", "no answer: "),
    "no answer": (lambda files: files.fail("GET", "drop") or files.put("a.json", BODY), "no answer: "),
    "too large": (lambda files: files.put("a.json", b" " * 2**20), "larger than 0 MiB"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_is_not_a_dashboard_ends_the_task(tenant, files, monkeypatch, case):
    monkeypatch.setattr(download, "ATTEMPTS", 2 if case == "always busy" else 1)
    monkeypatch.setattr(download, "LIMITS", download.LIMITS._replace(size=1000))
    url, words = FAILURES[case][0](files), FAILURES[case][1]
    failed = _refused(tenant, path=f"{url}?token={SECRET}")
    assert words in failed["msg"]
    assert failed["msg"].startswith(f"path {url}")
    assert failed.code == ("bad_input" if case in ("no content", "broken JSON", "text") else "download_failed")
    if case == "always busy":
        assert len(files.asked) == 2


def test_a_failure_that_passes_is_repeated(tenant, files):
    files.fail("GET", "500")
    files.fail("GET", "drop")
    assert tenant.ok(path=files.put("cpu.json", BODY))["changed"]
    assert len(files.log) == 3


def test_certificates_are_checked_by_the_authorities_of_the_environment(tenant, monkeypatch, tmp_path):
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with Files(context) as files:
        url = files.put("cpu.json", BODY)
        failed = _refused(tenant, path=url, validate_certs=False, ca_path=str(tmp_path / "ca.pem"))
        assert failed.code == "download_failed"
        assert "certificate" in failed["msg"]
        assert "set REQUESTS_CA_BUNDLE" in failed["msg"]
        plain = files.redirect("plain.json", "http://127.0.0.1/cpu.json")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
        assert "redirects to http://127.0.0.1/cpu.json, without TLS" in _refused(tenant, path=plain)["msg"]
        tenant.four(path=url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
        assert "missing.pem" in _refused(tenant, path=url)["msg"]


def test_a_proxy_of_the_environment_is_used(tenant, files, monkeypatch):
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTP_PROXY", files.url.replace("http://", f"http://robot:{SECRET}@"))
    files.put("cpu.json", BODY)
    assert tenant.ok(path="http://files.test/cpu.json", proxy=None)["changed"]
    [asked] = files.asked
    assert asked.headers["Host"] == "files.test"
    assert asked.headers["Proxy-Authorization"].startswith("Basic ")
    failed = _refused(tenant, path="http://files.test/gone.json")
    assert "GET http://files.test/gone.json: the server answered 404" in failed["msg"]
    files.fail("GET", "refuse", 1)
    monkeypatch.setattr(download, "ATTEMPTS", 1)
    assert "check HTTP_PROXY" in _refused(tenant, path="http://files.test/cpu.json")["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"path": f"http://robot:{SECRET}@127.0.0.1/a.json"}, "must not carry a user and a password"),
        ({"path": f"https://{SECRET}@127.0.0.1/a.json"}, "must not carry a user and a password"),
        ({"path": "https:///a.json"}, "path has to look like https://host/file.json"),
        ({"path": "http://[/a.json"}, "path is not a valid address"),
        ({"dashboard_id": 7, "catalog_url": f"http://robot:{SECRET}@127.0.0.1"}, "catalog_url must not carry a user"),
        ({"dashboard_id": 7, "catalog_url": "mirror"}, "catalog_url has to look like"),
        ({"dashboard_id": 7, "catalog_url": "http://mirror?a=b"}, "catalog_url must end with a host or a path"),
        ({"dashboard_id": 0}, "1 or more, not 0"),
        ({"dashboard_id": 7, "dashboard_revision": "newest"}, "has to be latest or a number of 1 or more, not 'newest'"),
        ({"dashboard_id": 7, "dashboard_revision": "0"}, "has to be latest or a number of 1 or more, not '0'"),
        ({"dashboard_id": 7, "path": "http://127.0.0.1/a.json"}, "path and dashboard_id are set"),
        ({"dashboard_id": 7, "directory": "/srv"}, "directory and dashboard_id are set"),
        ({"dashboard_revision": 7, "path": "a.json"}, "dashboard_revision is set without dashboard_id"),
    ],
)
@pytest.mark.parametrize("many", [False, True], ids=["one", "batch"])
def test_what_names_no_download(tenant, options, words, many):
    failed = _refused(tenant, batch=[options]) if many else _refused(tenant, **options)
    assert words in failed["msg"]
    assert failed.code == "bad_input"
