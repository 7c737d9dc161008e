# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts and their tokens of a stack of Grafana Cloud, by the Cloud API."""

from __future__ import annotations

import json

import pytest

from modules.conftest import WITH_ACCOUNTS
from modules.orgs.stack import ACCOUNTS, SETTINGS, SLUG, TOKEN, Stack

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
