# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts and their tokens of a stack of Grafana Cloud, by the Cloud API."""

from __future__ import annotations

import json
from collections import Counter

import pytest
import requests

from modules.conftest import WITH_ACCOUNTS

SLUG, TOKEN = "acme", "glc_eyJvIjoiNjUyOTkyIiwibiI6InRlc3RzIn0="
SETTINGS = {"cloud.stack": SLUG, "cloud.token": TOKEN}
ACCOUNTS = "/api/instances/{slug}/api/serviceaccounts"


class Stack:
    """A stack, and modules run against it by the Cloud API."""

    def __init__(self, server, folder):
        self.server, self.emulator, self.folder = server, server.emulator, folder
        self.dest = folder / "key"
        self._made = Counter()
        self.wanted = {"service_account": "ci", "name": "ci", "seconds_to_live": "1h", "dest": str(self.dest)}

    def options(self, **changed):
        connection = {"url": "", "cloud_stack": SLUG, "cloud_url": self.server.url + "/api", "token": TOKEN}
        return {"admin": False, **connection, **changed}

    def ok(self, module, **options):
        return self.server.ok(module, **self.options(**options))

    def fails(self, module, **options):
        return self.server.fails(module, **self.options(**options))

    def four(self, module, **options):
        return self.server.four(module, **self.options(**options))

    def account(self, **options):
        return self.ok("grafana_service_account", **{"name": "ci", "role": "Editor", **options})

    def key(self, **options):
        return self.ok("grafana_sa_token", **{**self.wanted, **options})

    def set(self, **settings):
        """Change settings of the Cloud API, or the stack's status."""
        self.emulator.configure({"cloud." + name: value for name, value in settings.items()})

    def accounts(self):
        """Return the stack's accounts as its admin sees them: name -> role."""
        found = self.server.api("GET", "/api/serviceaccounts/search")["serviceAccounts"]
        return {entry["name"]: entry["role"] for entry in found}

    def living(self):
        """Return the names of all tokens."""
        return self.emulator.token_names()

    def works(self):
        """Tell whether the stored key works at the stack."""
        headers = {"Authorization": "Bearer " + self.dest.read_text().strip()}
        return requests.get(self.server.url + "/api/org", headers=headers, timeout=10).status_code == 200

    def made(self):
        """Return how many requests were made of each kind since the last call: (method, route) -> count."""
        now = Counter({(one["method"], one["route"]): one["count"] for one in self.emulator.stats()["routes"]})
        found, self._made = now - self._made, now
        return dict(found)


@pytest.fixture(params=WITH_ACCOUNTS)
def each(request, special, tmp_path):
    """A stack of each version that has service accounts."""
    return Stack(special(request.param, settings=SETTINGS), tmp_path)


@pytest.fixture
def stack(special, tmp_path):
    """A stack of the newest version."""
    return Stack(special(WITH_ACCOUNTS[-1], settings=SETTINGS), tmp_path)


@pytest.fixture
def sleeps(monkeypatch):
    """The waits that were asked for, which take no time but move the server's clock in the test that says so."""
    asked = []
    monkeypatch.setattr("time.sleep", asked.append)
    return asked


# The four runs.


def test_account_is_made(each):
    results = each.four("grafana_service_account", name="ci", role="Editor")
    account = results[1]["service_account"]
    assert (account["name"], account["role"], account["cloud_stack"], account["org_id"]) == ("ci", "Editor", SLUG, 1)
    assert account["org_name"] is None
    assert each.accounts() == {"ci": "Editor"}


def test_account_is_made_disabled(each):
    each.four("grafana_service_account", name="ci", role="Viewer", disabled=True)


def test_account_is_deleted(each):
    each.account()
    each.four("grafana_service_account", name="ci", state="absent")
    assert each.accounts() == {}


def test_token_is_made_and_works_at_the_stack(each):
    each.account()
    results = each.four("grafana_sa_token", **each.wanted)
    assert each.works()
    known = json.loads((each.folder / "key.json").read_text())
    assert known["server"] == each.server.url + "/api/instances/" + SLUG
    assert (known["org_id"], known["token_id"]) == (1, results[1]["token"]["id"])


def test_token_is_deleted(each):
    each.account()
    each.key()
    each.four("grafana_sa_token", service_account="ci", name="ci", dest=str(each.dest), state="absent")
    assert each.living() == []
    assert not each.dest.exists()


def test_token_of_an_account_by_id(stack):
    number = stack.account()["service_account"]["id"]
    stack.four("grafana_sa_token", **{**stack.wanted, "service_account": number})


def test_batch(each):
    batch = [{"name": f"ci-{number}", "role": "Editor"} for number in range(5)]
    results = each.four("grafana_service_account", batch=batch)
    assert results[1]["summary"]["changed"] == 5
    keys = [{"service_account": one["name"], "name": one["name"], "dest": str(each.folder / one["name"])} for one in batch]
    each.four("grafana_sa_token", batch=keys, seconds_to_live="1d")
    assert each.living() == sorted(one["name"] for one in batch)
    assert each.ok("grafana_service_account", batch=[{**one, "state": "absent"} for one in batch])["summary"]["changed"] == 5


def test_from_the_environment(stack, monkeypatch):
    for name, value in {"CLOUD_STACK": SLUG, "CLOUD_URL": stack.server.url + "/api", "TOKEN": TOKEN}.items():
        monkeypatch.setenv("GRAFANA_" + name, value)
    assert stack.server.ok("grafana_service_account", admin=False, url="", name="ci")["changed"]
    told = stack.server.ok("grafana_service_account_info", admin=False, url="")["service_accounts"]
    assert [one["name"] for one in told] == ["ci"]


# What a run costs.


def test_requests_of_a_second_run(stack):
    """One for the stack, where a server is asked for the organization of a token; one for the account as a whole."""
    stack.account()
    stack.key()
    stack.made()
    stack.account()
    base = {("GET", "/api/instances/{slug}"): 1, ("GET", ACCOUNTS + "/search"): 1, ("GET", ACCOUNTS + "/{account_id}"): 1}
    assert stack.made() == base
    stack.key()
    assert stack.made() == {**base, ("GET", ACCOUNTS + "/{account_id}/tokens"): 1}


def test_requests_of_a_batch(stack):
    batch = [{"name": f"ci-{number}", "role": "Editor"} for number in range(20)]
    stack.ok("grafana_service_account", batch=batch)
    stack.made()
    stack.ok("grafana_service_account", batch=batch)
    made = stack.made()
    assert made[("GET", "/api/instances/{slug}")] == made[("GET", ACCOUNTS + "/search")] == 1
    assert made[("GET", ACCOUNTS + "/{account_id}")] == 20
    assert sum(made.values()) == 22


def test_nothing_but_the_proof_goes_to_the_stack_itself(stack):
    stack.account()
    stack.key()
    there = {route: count for route, count in stack.made().items() if "/instances/" not in route[1]}
    assert there == {("GET", "/api/user"): 1}


# Rotation.


def test_rotation_keeps_the_old_key_for_a_while(each):
    each.account()
    rotated = {"seconds_to_live": "30d", "renew_before": "7d", "keep_previous": "1d"}
    each.key(**rotated)
    old = each.dest.read_text()
    each.emulator.advance(25 * 86400)
    results = each.four("grafana_sa_token", **{**each.wanted, **rotated})
    assert results[1]["token"]["was"] == "due"
    assert each.works()
    assert each.dest.read_text() != old
    assert each.living() == ["ci", "ci-2"]
    each.emulator.advance(2 * 86400)
    assert each.key(**rotated)["changed"]
    assert each.living() == ["ci-2"]


def test_a_revoked_key_is_found_with_prove_always(each):
    each.account()
    made = each.key()["token"]["id"]
    assert not each.key(prove="always")["changed"]
    each.emulator.revoke(made)
    assert each.key(prove="always")["token"]["was"] in ("revoked", "refused")
    assert each.works()


def test_the_longest_lifetime_is_not_told(stack):
    stack.account()
    result = stack.key(seconds_to_live="max")
    assert result["token"]["expires"] is None
    assert any("does not report it" in warning for warning in result["warnings"])


def test_a_limit_of_the_stack_is_explained_and_not_asked_again(special, tmp_path, sleeps):
    limit = {"service_accounts.token_expiration_day_limit": "10"}
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, **limit}), tmp_path)
    stack.account()
    result = stack.fails("grafana_sa_token", **{**stack.wanted, "seconds_to_live": "30d"})
    assert result.code == "lifetime_too_long"
    assert "shorten it (" in result["msg"]  # not: or give max, as the Cloud API does not tell how long that is
    assert sleeps == []


# What cannot be changed.


@pytest.mark.parametrize(
    ("change", "words"), [({"role": "Admin"}, "role Editor, not Admin"), ({"disabled": True}, "disabled False")]
)
def test_a_change_is_refused(stack, change, words):
    stack.account()
    stack.key()
    for check in (True, False):
        with stack.server.writes_nothing():
            result = stack.fails("grafana_service_account", **{"name": "ci", "role": "Editor", **change}, check=check)
        assert result.code == "unsupported"
        assert words in result["msg"]
        assert "recreate: true, which deletes it with its tokens (now 1)" in result["msg"]
    assert stack.accounts() == {"ci": "Editor"}
    assert stack.works()


def test_a_change_of_an_item_fails_that_item(stack):
    stack.account()
    result = stack.fails("grafana_service_account", batch=[{"name": "ci", "role": "Admin"}, {"name": "other"}])
    assert [one["status"] for one in result["results"]] == ["failed", "changed"]


def test_recreate(each):
    old = each.account()["service_account"]["id"]
    each.key()
    results = each.four("grafana_service_account", name="ci", role="Admin", recreate=True)
    assert results[1]["diff"]["before"] == {"name": "ci", "role": "Editor", "disabled": False, "tokens": 1}
    assert results[1]["diff"]["after"] == {"name": "ci", "role": "Admin", "disabled": False, "tokens": 0}
    assert results[1]["service_account"]["id"] != old
    assert (each.accounts(), each.living()) == ({"ci": "Admin"}, [])
    assert each.key()["token"]["was"] == "elsewhere"
    assert each.works()


def test_recreate_leaves_alone_what_is_as_it_should_be(stack):
    stack.account()
    with stack.server.writes_nothing():
        assert not stack.account(recreate=True)["changed"]


def test_recreate_changes_an_account_of_a_server_in_place(newest):
    newest.ok("grafana_service_account", name="ci", role="Editor")
    result = newest.ok("grafana_service_account", name="ci", role="Viewer", recreate=True)
    assert result["service_account"]["id"] == newest.ok("grafana_service_account", name="ci")["service_account"]["id"]


# What goes wrong in passing.


def test_a_token_right_after_its_account(special, tmp_path, sleeps, monkeypatch):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "cloud.settling_seconds": "2.5"}), tmp_path)
    monkeypatch.setattr("time.sleep", lambda seconds: (sleeps.append(seconds), stack.emulator.advance(seconds)))
    stack.account()
    assert stack.key()["changed"]
    assert sleeps == [1.0, 2.0]
    assert stack.works()


def test_a_token_that_is_refused_for_good_is_asked_for_within_a_bound(special, tmp_path, sleeps):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "cloud.settling_seconds": "99999"}), tmp_path)
    stack.account()
    result = stack.fails("grafana_sa_token", **stack.wanted)
    assert result.code == "refused"
    assert "answered 400" in result["msg"]
    assert sleeps == [1.0, 2.0, 4.0, 8.0]
    assert not stack.dest.exists()


def test_a_400_of_an_account_that_has_tokens_is_not_asked_again(stack, sleeps):
    stack.account()
    stack.key()
    stack.set(settling_seconds="99999")
    other = {**stack.wanted, "name": "other", "dest": str(stack.folder / "other")}
    assert stack.fails("grafana_sa_token", **other).code == "refused"
    assert sleeps == []


@pytest.mark.parametrize("kind", ["rate_limit", "unavailable"])
def test_what_is_put_off_is_waited_for(stack, sleeps, kind):
    for method in ("GET", "POST"):
        stack.emulator.fault({"kind": kind, "method": method, "path": "serviceaccounts", "retry_after": 110})
    assert stack.account()["changed"]
    assert sleeps == [110.0, 110.0]
    assert stack.accounts() == {"ci": "Editor"}


def test_an_hour_is_not_waited_for(stack, sleeps):
    stack.emulator.fault({"kind": "rate_limit", "path": "serviceaccounts", "retry_after": 3600})
    result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "rate_limited"
    assert "asks to wait 3600 s" in result["msg"]
    assert sleeps == []


@pytest.mark.parametrize("kind", ["request_timeout", "bad_gateway", "database_locked"])
def test_reads_are_repeated(stack, sleeps, kind):
    stack.emulator.fault({"kind": kind, "method": "GET", "path": "search", "times": 2})
    assert stack.account()["changed"]


@pytest.mark.parametrize("kind", ["drop", "empty", "refuse", "request_timeout", "bad_gateway"])
def test_a_lost_answer_to_a_new_account(stack, sleeps, kind):
    """Looked at, and made again only if it is not there."""
    stack.emulator.fault({"kind": kind, "method": "POST", "path": "serviceaccounts$"})
    result = stack.account()
    assert result["changed"]
    assert stack.accounts() == {"ci": "Editor"}
    assert not stack.account()["changed"]


@pytest.mark.parametrize("kind", ["drop", "empty", "broken_json", "refuse", "request_timeout", "bad_gateway"])
def test_a_lost_answer_to_a_new_token(stack, sleeps, kind):
    """Its key is lost, so another one is made, and no token is left that nobody has."""
    stack.account()
    stack.emulator.fault({"kind": kind, "method": "POST", "path": "tokens$"})
    assert stack.key()["changed"]
    assert stack.works()
    assert len(stack.living()) == 1
    assert not stack.key()["changed"]


@pytest.mark.parametrize("kind", ["drop", "refuse", "request_timeout", "bad_gateway"])
@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_a_lost_answer_in_the_middle_of_recreation(stack, sleeps, kind, method):
    stack.account()
    stack.emulator.fault({"kind": kind, "method": method, "path": "serviceaccounts"})
    assert stack.account(role="Admin", recreate=True)["changed"]
    assert stack.accounts() == {"ci": "Admin"}


@pytest.mark.parametrize("kind", ["drop", "refuse", "request_timeout", "bad_gateway"])
def test_a_lost_answer_to_a_deletion(stack, sleeps, kind):
    stack.account()
    stack.emulator.fault({"kind": kind, "method": "DELETE", "path": "serviceaccounts"})
    assert stack.account(state="absent")["changed"]
    assert stack.accounts() == {}


def test_a_key_that_cannot_be_proven_leaves_nothing_behind(stack):
    """The stack itself cannot be reached from here, though the Cloud API can."""
    stack.account()
    stack.set(stack_url="http://127.0.0.1:9")
    result = stack.fails("grafana_sa_token", **stack.wanted, retries=0)
    assert result.code == "unreachable"
    assert stack.living() == []
    assert not stack.dest.exists()
    assert stack.key(prove="never")["changed"]
    assert stack.living() == ["ci"]


# The stack, and who may ask.


def test_a_stack_that_starts_is_waited_for(special, tmp_path, sleeps, monkeypatch):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "cloud.starting_seconds": "12"}), tmp_path)
    monkeypatch.setattr("time.sleep", lambda seconds: (sleeps.append(seconds), stack.emulator.advance(seconds)))
    assert stack.account()["changed"]
    assert sleeps == [5.0, 5.0, 5.0]


def test_a_stack_that_never_starts(stack, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    stack.set(status="provisioning")
    result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "stack_not_ready"
    assert "has not become ready within 300 s" in result["msg"]
    assert now == [300.0]


@pytest.mark.parametrize(("status", "words"), [("paused", "open its address in a browser"), ("deleted", "correct cloud_stack")])
def test_a_stack_that_is_not_there_for_good(stack, sleeps, status, words):
    stack.set(status=status)
    with stack.server.writes_nothing():
        result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "stack_not_ready"
    assert result["failure"]["details"]["stack_status"] == status
    assert words in result["msg"]
    assert sleeps == []


@pytest.mark.parametrize("module", ["grafana_service_account", "grafana_service_account_info", "grafana_sa_token_info"])
def test_unknown_slug(stack, module):
    options = {"name": "ci"} if module != "grafana_sa_token_info" else {}
    result = stack.fails(module, cloud_stack="nobody", **options)
    assert result.code == "stack_not_found"
    assert "no stack nobody" in result["msg"]
    assert "https://SLUG.grafana.net" in result["msg"]


def test_refused_token(stack):
    result = stack.fails("grafana_service_account", name="ci", token="glc_another-one-entirely")
    assert result.code == "unauthorized"
    assert "access policy of Grafana Cloud (glc_...), neither deleted nor expired" in result["msg"]
    assert "password" not in result["msg"]
    assert "glc_another-one-entirely" not in result.text


@pytest.mark.parametrize("left", ["stacks:read", "stack-service-accounts:write"])
def test_missing_scope(stack, left):
    stack.set(scopes=left)
    result = stack.fails("grafana_service_account", name="ci")
    assert result.code == "forbidden"
    assert "stacks:read and stack-service-accounts:write" in result["msg"]
    assert "a realm that includes the stack acme" in result["msg"]


def test_a_role_that_the_stack_does_not_know(special, tmp_path):
    stack = Stack(special("9.3.2", settings=SETTINGS), tmp_path)
    result = stack.fails("grafana_service_account", name="ci", role="None")
    assert result.code == "unsupported"
    assert "9.3.2" in result["msg"]


def test_the_version_is_asked_of_the_stack_where_the_cloud_api_does_not_tell_it(special, tmp_path):
    stack = Stack(special(WITH_ACCOUNTS[-1], settings={**SETTINGS, "auth.anonymous.hide_version": "true"}), tmp_path)
    assert stack.account(role="None")["changed"]
    assert stack.made()[("GET", "/api/health")] == 1


def test_a_like_name(stack):
    stack.account(name="CI x")
    result = stack.fails("grafana_service_account", name="ci-x")
    assert result.code == "login_taken"
    assert "belongs to the account named CI x" in result["msg"]


def test_a_name_of_a_token_that_is_taken(stack):
    stack.account()
    stack.account(name="other")
    stack.key()
    taken = {**stack.wanted, "service_account": "other", "dest": str(stack.folder / "other")}
    result = stack.fails("grafana_sa_token", **taken)
    assert result.code == "name_taken"
    assert "a token of service account ci" in result["msg"]


# What is told.


def test_information(each):
    each.account()
    each.account(name="idle", role="Viewer")
    each.key()
    told = each.ok("grafana_service_account_info")["service_accounts"]
    assert [(one["name"], one["role"], one["tokens"], one["cloud_stack"]) for one in told] == [
        ("ci", "Editor", 1, SLUG),
        ("idle", "Viewer", 0, SLUG),
    ]
    assert [one["name"] for one in each.ok("grafana_service_account_info", name="idle")["service_accounts"]] == ["idle"]
    tokens = each.ok("grafana_sa_token_info")["tokens"]
    assert [(one["name"], one["service_account"], one["cloud_stack"]) for one in tokens] == [("ci", "ci", SLUG)]
    assert each.fails("grafana_sa_token_info", service_accounts=["nobody"]).code == "account_not_found"


# Arguments.


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"url": "http://127.0.0.1:9"}, "two servers in the options: url and cloud_stack", id="two servers"),
        pytest.param({"org_name": "tenant"}, "org_id and org_name have no meaning", id="org"),
        pytest.param({"org_id": 2}, "org_id and org_name have no meaning", id="org id"),
        pytest.param({"token": "", "username": "admin", "password": "S3cret-of-somebody"}, "access policy", id="password"),
        pytest.param({"token": "glsa_00000000000000000000000000000000_00000000"}, "the key of a service account", id="key"),
        pytest.param({"cloud_stack": "https://acme.grafana.net"}, "slug of a stack alone", id="address for a slug"),
        pytest.param({"cloud_stack": "acme/../other"}, "slug of a stack alone", id="path for a slug"),
        pytest.param({"cloud_url": "grafana.com"}, "cloud_url has to look like https://grafana.com/api", id="cloud_url"),
        pytest.param({"cloud_url": "https://me:hunter-two-secret@x/api"}, "cloud_url must not carry", id="password in cloud_url"),
        pytest.param({"cloud_stack": ""}, "cloud_url is set without cloud_stack", id="no slug"),
        pytest.param({"batch": [{"name": "a", "org_name": "x"}]}, "batch[0], org x: org_name cannot", id="org of an item"),
        pytest.param(
            {"batch": [{"name": "a", "token_file": "/k"}]},
            "batch[0]: token_file cannot be used with cloud_stack",
            id="key of an item",
        ),
    ],
)
def test_bad_arguments(stack, options, words):
    result = stack.fails("grafana_service_account", **{"name": None if "batch" in options else "ci", **options})
    assert result.code == "bad_input"
    assert words in result["msg"]
    assert stack.made() == {}
    assert "hunter-two-secret" not in result.text


def test_all_orgs_has_no_meaning(stack):
    assert "all_orgs cannot be used with cloud_stack" in stack.fails("grafana_sa_token_info", all_orgs=True)["msg"]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("grafana_org", {"name": "tenant"}),
        ("grafana_org_user", {"login": "alice"}),
        ("grafana_team", {"name": "crew"}),
        ("grafana_team_info", {}),
        ("grafana_dashboard", {"dashboard": {"uid": "a", "title": "A"}}),
        ("grafana_folder", {"title": "A"}),
        ("grafana_org_info", {}),
        ("grafana_dashboard_info", {}),
        ("grafana_folder_info", {}),
    ],
)
def test_other_modules_refuse_a_stack(stack, module, options):
    result = stack.fails(module, **stack.options(cloud_url="", **options))
    assert result.code == "bad_input"
    assert "cloud_stack cannot be used with" in result["msg"]
    assert "a key of the stack" in result["msg"]
    assert stack.made() == {}
    assert stack.server.run(module, cloud_stack="", cloud_url=None, **options).get("failure", {}).get("code") != "bad_input"
    assert stack.made() != {}


def test_other_modules_do_not_look_at_the_environment(newest, monkeypatch):
    monkeypatch.setenv("GRAFANA_CLOUD_STACK", SLUG)
    assert newest.ok("grafana_org", name="tenant")["changed"]
    assert newest.ok("grafana_service_account", name="ci")["changed"]


# Secrets.


def test_no_secret_is_shown(stack):
    shown = [stack.account(), stack.key(), stack.key(rotate="always")]
    shown += [
        stack.fails("grafana_service_account", name="ci", role="Admin"),
        stack.ok("grafana_sa_token_info"),
        stack.key(prove="always"),
        stack.fails("grafana_service_account", name=""),
    ]
    stack.emulator.fault({"kind": "broken_json", "method": "POST", "path": "tokens$", "times": 99})
    shown.append(stack.fails("grafana_sa_token", **stack.wanted, rotate="always", retries=0))
    stack.emulator.fault({"kind": "redirect", "path": "instances", "times": 99})
    shown.append(stack.fails("grafana_service_account", name="ci"))
    keys = [*stack.emulator.keys(), stack.dest.read_text().strip(), TOKEN]
    assert len(keys) >= 3
    for result in shown:
        assert not [key for key in keys if key in result.text]
    assert TOKEN not in (stack.folder / "key.json").read_text()


def test_what_is_for_the_cloud_api_is_not_told_to_the_stack(stack):
    """Headers of the task go to the address that they were given for."""
    seen = []

    def watch(request):
        token = request.headers.get("Authorization", "").partition(" ")[2]
        seen.append((request.path, request.headers.get("X-Proxy-Secret"), token, request.headers.get("x-request-id")))

    stack.emulator.watch(watch)
    stack.account(headers={"X-Proxy-Secret": "of-the-proxy"})
    stack.key(headers={"X-Proxy-Secret": "of-the-proxy"})
    cloud = [one for one in seen if "/instances/" in one[0]]
    direct = [one for one in seen if "/instances/" not in one[0]]
    assert {(secret, token) for _path, secret, token, _number in cloud} == {("of-the-proxy", TOKEN)}
    assert [(path, secret) for path, secret, _token, _number in direct] == [("/api/user", None)]
    assert direct[0][2].startswith("glsa_")
    ids = [number for *_rest, number in cloud if number]
    assert len(ids) == len(set(ids)) == 2
