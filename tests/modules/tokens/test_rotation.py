# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof, rotation, and what becomes of the other tokens of an account."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
import requests

from modules.tenant import Tenant
from servers import NEWEST


class WithFile(Tenant):
    """A tenant whose key is in a file."""

    def __init__(self, server, folder):
        super().__init__(server, folder)
        self.wanted["dest"] = str(folder / "key")

    @property
    def key(self):
        return (self.folder / "key").read_text().strip()

    @property
    def metadata(self):
        return json.loads((self.folder / "key.json").read_text())

    def change(self, **metadata):
        """Change the metadata by hand."""
        (self.folder / "key.json").write_text(json.dumps({**self.metadata, **metadata}))

    def use(self, key=None):
        """Use a key, as a pipeline does."""
        assert self.works(key or self.key)


@pytest.fixture
def tenant(outermost_newer, tmp_path):
    return WithFile(outermost_newer, tmp_path)


@pytest.fixture(params=["9.3.2", "12.4.3"])
def cut_tenant(request, versioned, tmp_path):
    """A tenant of a server of the version; by default of the oldest and the newest whose lists of tokens end at 300."""
    return WithFile(versioned(request.param), tmp_path)


@pytest.fixture
def newest_tenant(newest, tmp_path):
    return WithFile(newest, tmp_path)


# Proof.


def test_revoked(tenant):
    made = tenant.present()
    tenant.server.emulator.revoke(made["token"]["id"])
    replaced = tenant.present()
    assert replaced["diff"]["before"]["status"] == "revoked"
    assert replaced["token"]["reason"] == "it is revoked"
    assert tenant.works(tenant.key)
    assert tenant.listed() == ["ci-2"]


@pytest.mark.parametrize("prove", ["new", "always"])
def test_mistyped(tenant, prove):
    tenant.present()
    (tenant.folder / "key").write_text(tenant.key[:-1] + ("0" if tenant.key[-1] != "0" else "1") + "\n")
    assert tenant.present(prove=prove)["diff"]["before"]["status"] == "mistyped"


def test_the_key_of_another_account(tenant):
    """The metadata may be wrong about the key: from 11.5 on a test shows that it works for another account, so it is kept."""
    tenant.present()
    tenant.server.ok("grafana_service_account", org_name="tenant", name="other")
    other = WithFile.__new__(WithFile)
    other.__dict__.update(tenant.__dict__, folder=tenant.folder / "other")
    other.folder.mkdir()
    other.wanted = {**tenant.wanted, "service_account": "other", "name": "other", "dest": str(other.folder / "key")}
    theirs = other.present()
    (tenant.folder / "key").write_text(other.key + "\n")
    tenant.change(fingerprint=theirs["token"]["fingerprint"])
    assert not tenant.present()["changed"]
    if tenant.server.version == "9.3.2":
        assert not tenant.present(prove="always")["changed"]
        return
    with tenant.server.writes_nothing():
        result = tenant.fails(prove="always")
    assert (result.code, tenant.key) == ("place_taken", other.key)
    assert "its key is that of another service account" in result["msg"]


def test_the_key_of_another_organization(tenant):
    tenant.present()
    org = tenant.server.ok("grafana_org", name="other")["organization"]["id"]
    account = tenant.server.api("POST", "/api/serviceaccounts", {"name": "x", "role": "Viewer"}, org=org)["id"]
    theirs = tenant.server.api("POST", f"/api/serviceaccounts/{account}/tokens", {"name": "x"}, org=org)
    (tenant.folder / "key").write_text(theirs["key"] + "\n")
    tenant.change(fingerprint=fingerprint_of(theirs["key"]))
    with tenant.server.writes_nothing():
        result = tenant.fails(prove="always")
    assert (result.code, tenant.key) == ("place_taken", theirs["key"])
    assert "its key works in another organization" in result["msg"]


def fingerprint_of(key):
    from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import fingerprint

    return fingerprint(key)


def test_a_key_that_the_server_refuses(tenant):
    """The token with this id is another one by now, as after a restore of the database."""
    tenant.present()
    other = tenant.make("elsewhere")
    tenant.delete(other["id"])
    (tenant.folder / "key").write_text(other["key"] + "\n")
    tenant.change(fingerprint=fingerprint_of(other["key"]))
    assert not tenant.present()["changed"]
    assert tenant.present(prove="always")["token"]["reason"] == "the server refuses its key"


def test_a_disabled_account_is_said(tenant):
    tenant.present()
    tenant.server.ok("grafana_service_account", org_name="tenant", name="ci", disabled=True)
    result = tenant.present(prove="always")
    assert not result["changed"]
    assert any("do not work until it is enabled" in text for text in result["warnings"])


@pytest.mark.parametrize(("used", "told"), [(False, True), (True, False)])
def test_never_used(tenant, used, told):
    tenant.present(seconds_to_live="90d")
    tenant.advance(days=1)
    if used:
        tenant.use()
    assert not tenant.present(seconds_to_live="90d")["token"]["never_used"]
    tenant.advance(days=8)
    result = tenant.present(seconds_to_live="90d")
    assert result["token"]["never_used"] is told
    assert any("has not been used since it was stored" in text for text in result["warnings"]) is told


# Rotation.


def test_rotation_by_time(tenant):
    options = {"seconds_to_live": "30d", "renew_before": "7d"}
    tenant.present(**options)
    tenant.advance(days=22)
    assert not tenant.present(**options)["changed"]
    tenant.advance(days=1, minutes=1)
    assert not tenant.present(rotate="never", **options)["changed"]
    assert tenant.present(check=True, **options)["changed"]
    assert tenant.present(**options)["diff"]["before"]["status"] == "due"
    assert not tenant.present(**options)["changed"]


def test_rotate_always(tenant):
    tenant.present()
    names = [tenant.present(rotate="always")["token"]["name"] for _time in range(3)]
    assert names == ["ci-2", "ci", "ci-2"]
    assert tenant.listed() == ["ci-2"]
    tenant.advance(hours=2)
    assert tenant.present(rotate="never")["changed"]


def test_names_by_date(newest_tenant):
    tenant = newest_tenant
    names = [tenant.present(rotate="always", name_template="{name}-{date}")["token"]["name"] for _time in range(2)]
    tenant.advance(days=1)
    names.append(tenant.present(name_template="{name}-{date}")["token"]["name"])
    today = names[0].removeprefix("ci-")
    assert len(today) == 8
    assert names[1] == names[0] + "-2"
    assert names[2].removeprefix("ci-") > today
    assert not tenant.present(name_template="{name}-{date}")["changed"]


def test_until_unused(tenant):
    options = {"seconds_to_live": "90d", "keep_previous": "until_unused=2d"}
    tenant.present(**options)
    old = tenant.key
    rotated = tenant.present(rotate="always", **options)
    assert [one["name"] for one in rotated["token"]["waiting"]] == ["ci"]
    for _day in range(3):
        tenant.advance(days=1)
        tenant.use(old)  # its pipeline has not learned of the new key yet
        assert not tenant.present(**options)["changed"]
    tenant.advance(days=1, hours=23)
    assert not tenant.present(**options)["changed"]
    tenant.advance(hours=2)
    gone = tenant.present(**options)
    assert gone["diff"]["before"]["left_over"] == {"ci": "it is replaced, and has not been used since"}
    assert tenant.listed() == ["ci-2"]
    assert not tenant.works(old)
    assert gone["token"]["waiting"] == []


def test_several_are_kept(tenant):
    options = {"seconds_to_live": "90d", "keep_previous": "3d"}
    tenant.present(**options)
    for _day in range(3):
        tenant.advance(days=1)
        tenant.present(rotate="always", **options)
    assert len(tenant.listed()) == 4
    tenant.advance(days=1, minutes=1)
    assert tenant.present(**options)["changed"]
    assert len(tenant.listed()) == 3
    # A task without the option keeps what the earlier ones promised.
    assert not tenant.present(**{**options, "keep_previous": None})["changed"]
    tenant.advance(days=2)
    assert tenant.present(**{**options, "keep_previous": None})["changed"]
    assert len(tenant.listed()) == 1
    assert "previous" not in tenant.metadata


def test_max_tokens(tenant):
    tenant.make("other")
    with tenant.server.writes_nothing():
        for check in (True, False):
            result = tenant.fails(max_tokens=1, check=check)
            assert result.code == "too_many_tokens"
    tenant.present(max_tokens=2)
    assert tenant.present(max_tokens=2, rotate="always")["changed"]
    tenant.present(max_tokens=3, rotate="always", keep_previous="1d")
    assert tenant.fails(max_tokens=3, rotate="always", keep_previous="1d").code == "too_many_tokens"


def test_the_account_is_renamed(tenant):
    tenant.present(service_account=tenant.account)
    tenant.server.api("PATCH", f"/api/serviceaccounts/{tenant.account}", {"name": "renamed"}, org=tenant.org)
    assert not tenant.present(service_account="renamed")["changed"]


# The longest lifetime.


def lifetime(tenant, result):
    """Return for how many seconds the token of *result* was created, by the server's list; ``None`` means without end."""
    (token,) = [token for token in tenant.tokens() if token["id"] == result["token"]["id"]]
    created, expiration = (token[name] and datetime.fromisoformat(token[name][:19]) for name in ("created", "expiration"))
    return round((expiration - created).total_seconds()) if expiration else None


@pytest.mark.parametrize(
    ("version", "settings", "seconds"),
    [
        ("12.4.3", {"auth.api_key_max_seconds_to_live": "7200"}, 7200),
        ("12.4.3", {"service_accounts.token_expiration_day_limit": "3"}, 3 * 86400),
        ("11.5.1", {"service_accounts.token_expiration_day_limit": "3", "auth.api_key_max_seconds_to_live": "99"}, 99),
        ("9.3.2", {"service_accounts.token_expiration_day_limit": "3"}, None),
        ("9.3.2", {"auth.api_key_max_seconds_to_live": "7200"}, 7200),
        ("12.4.3", {}, None),
    ],
)
def test_the_longest_lifetime(special, tmp_path, version, settings, seconds):
    tenant = WithFile(special(version, settings=settings), tmp_path)
    result = tenant.present(seconds_to_live="max")
    assert lifetime(tenant, result) == seconds
    assert any("never expire" in text for text in result["warnings"]) is (seconds is None)
    assert not tenant.present(seconds_to_live="max")["changed"]


def test_the_longest_lifetime_for_somebody_who_may_not_see_the_settings(special, tmp_path):
    tenant = WithFile(special(NEWEST, settings={"service_accounts.token_expiration_day_limit": "3"}), tmp_path)
    admin = tenant.server.api("POST", "/api/serviceaccounts", {"name": "admin", "role": "Admin"}, org=tenant.org)["id"]
    token = tenant.make("admin", 3600, admin)["key"]
    made = tenant.server.run("grafana_sa_token", admin=False, token=token, seconds_to_live="max", **tenant.wanted)
    assert made["changed"], made.text
    assert lifetime(tenant, made) == 3 * 86400


def test_due_as_soon_as_it_is_made(special, tmp_path):
    tenant = WithFile(special(NEWEST, settings={"auth.api_key_max_seconds_to_live": "7200"}), tmp_path)
    with tenant.server.writes_nothing():
        result = tenant.fails(seconds_to_live="max", renew_before="2h")
    assert "has to be shorter than seconds_to_live (7200 s)" in result["msg"]


# Hygiene.


def test_purge(tenant):
    tenant.present(seconds_to_live="90d")
    tenant.make("expired", 60)
    tenant.make("old")
    used = tenant.make("used")["key"]
    tenant.advance(days=30)
    tenant.use(used)
    tenant.use()
    options = {"seconds_to_live": "90d", "purge": ["expired", "unused_for=20d"]}
    planned = tenant.present(check=True, **options)
    listed = {"expired": "it has expired", "old": "it has not been used for so long"}
    assert planned["diff"]["before"]["left_over"] == listed
    assert planned["token"]["left_over"] == listed
    assert len(tenant.listed()) == 4
    replaced = tenant.present(check=True, rotate="always", **options)
    assert replaced["diff"]["before"]["left_over"] == replaced["token"]["left_over"] == listed
    assert tenant.present(**options)["diff"]["before"]["left_over"] == listed
    assert sorted(tenant.listed()) == ["ci", "used"]
    assert not tenant.present(**options)["changed"]
    assert tenant.present(seconds_to_live="90d", purge=["unlisted"])["changed"]
    assert tenant.listed() == ["ci"]


def test_purge_without_a_token(tenant):
    tenant.make("expired", 60)
    tenant.make("mine")
    tenant.advance(hours=1)
    options = {**tenant.wanted, "name": None, "dest": None, "purge": ["expired"]}
    planned = tenant.server.four("grafana_sa_token", **options)[0]
    assert planned["token"]["left_over"] == {"expired": "it has expired"}
    assert tenant.listed() == ["mine"]


def test_purge_in_a_batch_spares_the_other_items(tenant):
    batch = [{"name": name, "dest": str(tenant.folder / name)} for name in ("ci", "build", "deploy")]
    options = {**tenant.wanted, "name": None, "dest": None, "seconds_to_live": "90d", "batch": batch, "purge": ["unlisted"]}
    tenant.make("stranger")
    tenant.server.ok("grafana_sa_token", **options)
    assert sorted(tenant.listed()) == ["build", "ci", "deploy", "stranger"]  # as young as another run's might be
    tenant.advance(hours=1)
    assert tenant.server.ok("grafana_sa_token", **options)["changed"]
    assert sorted(tenant.listed()) == ["build", "ci", "deploy"]
    assert not tenant.server.ok("grafana_sa_token", **options)["changed"]


@pytest.mark.parametrize("cut_tenant", ["13.1.0-pre"], indirect=True)
def test_lists_of_13_do_not_end_at_300(cut_tenant):
    tenant = cut_tenant
    for number in range(301):
        tenant.make(f"a-{number:04d}", 0)
    tenant.present(name="z")
    assert len(tenant.listed()) == 302
    again = tenant.present(name="z")
    assert (again["changed"], again["warnings"]) == (False, [])


def test_more_tokens_than_the_list_shows(cut_tenant):
    tenant = cut_tenant
    for number in range(320):
        tenant.make(f"a-{number:04d}", 60)
    tenant.present(name="z")
    assert len(tenant.listed()) == 300
    assert "z" not in tenant.listed()
    for check in (True, False):
        with tenant.server.writes_nothing():
            result = tenant.fails(name="z", check=check)
        assert result.code == "list_cut"
        assert "purge" in result["msg"]
    assert tenant.fails(name="y", dest=None, state="absent").code == "list_cut"
    tenant.advance(minutes=5)
    planned = tenant.present(name="z", purge=["expired"], check=True)
    number = "300 tokens or more" if tenant.server.version == "9.3.2" else "321 tokens"
    assert any(f"has {number}, but Grafana's list ends at 300" in text for text in planned["warnings"])
    key = tenant.key
    purged = tenant.present(name="z", purge=["expired"])
    assert (tenant.listed(), tenant.key) == (["z"], key)
    assert len({one["name"] for one in purged["deleted"]}) == 320
    assert {one["reason"] for one in purged["deleted"]} == {"it has expired"}
    assert not tenant.present(name="z")["changed"]


@pytest.mark.parametrize("cut_tenant", ["12.4.3"], indirect=True)
def test_more_tokens_than_the_list_shows_and_the_stored_one_is_due(cut_tenant):
    """The purge of the task makes its token visible, and then the token is replaced."""
    tenant = cut_tenant
    for number in range(310):
        tenant.make(f"a-{number:04d}", 60)
    tenant.present(name="z")
    tenant.advance(minutes=5)
    result = tenant.present(name="z", purge=["expired"], rotate="always")
    assert (tenant.listed(), result["token"]["was"], len(result["deleted"])) == (["z-2"], "told", 311)
    assert tenant.works(tenant.key)


@pytest.mark.parametrize("cut_tenant", ["12.4.3"], indirect=True)
def test_a_token_beyond_the_end_of_the_list_is_deleted(cut_tenant):
    tenant = cut_tenant
    for number in range(300):
        tenant.make(f"a-{number:04d}", 0)
    tenant.present(name="z")
    key = tenant.key
    assert tenant.server.ok("grafana_sa_token", **{**tenant.wanted, "name": "z"}, state="absent")["changed"]
    assert not tenant.works(key)
    assert not (tenant.folder / "key").exists()


# Many.


def test_many_due_in_one_task(newest, tmp_path):
    """100 tokens of 25 organizations; a run that changes nothing asks one request a token and two an org, at most."""
    batch = []
    newest.ok("grafana_org", batch=[{"name": f"org-{org}"} for org in range(25)])
    for org in range(25):
        accounts = [{"org_name": f"org-{org}", "name": f"ci-{number}", "role": "Viewer"} for number in range(4)]
        newest.ok("grafana_service_account", batch=accounts)
        # A name is taken in the whole organization.
        batch += [{"org_name": one["org_name"], "service_account": one["name"], "name": one["name"]} for one in accounts]
    sink = {"type": "file", "path": str(tmp_path / "{org_name}.{service_account}")}
    options = {"seconds_to_live": "30d", "renew_before": "7d", "sink": sink, "batch": batch}
    newest.ok("grafana_sa_token", **options)
    newest.emulator.advance(24 * 86400)
    assert newest.ok("grafana_sa_token", **options)["summary"]["changed"] == 100
    before = newest.requests()
    assert newest.ok("grafana_sa_token", **options)["summary"]["ok"] == 100
    assert newest.requests() - before <= 100 + 2 * 25
    for entry in batch:
        path = tmp_path / f"{entry['org_name']}.{entry['service_account']}"
        key = path.read_text().strip()
        assert requests.get(newest.url + "/api/org", headers={"Authorization": "Bearer " + key}, timeout=10).ok
