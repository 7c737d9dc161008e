# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys are replaced by tokens of accounts that the task names; old keys show that they work."""

from __future__ import annotations

import json

import pytest
import requests

from modules.api_keys.old_keys import Old, by_name, of_org

MIGRATE = "grafana_apikey_migrate"


@pytest.fixture
def old(versioned):
    return Old(versioned("9.3.2"))


@pytest.fixture(params=["9.3.2", "11.5.1"])
def keys(request, old):
    """Two organizations with keys, on a server that has API keys."""
    old.key("a", "ci-build", "Editor")
    old.key("a", "ci-deploy", "Editor", 7200)
    old.key("a", "reader", "Viewer")
    old.key("b", "ci-build", "Viewer")
    if request.param != "9.3.2":
        old.upgrade(request.param)
    return old


@pytest.fixture
def sink(tmp_path):
    return {"type": "file", "path": str(tmp_path / "{org_id}-{name}")}


def reissue(keys, sink, **options):
    """Return the options of a task that reissues everything."""
    template = {"account_template": "{name}-{org_id}"} if keys.server.version == "9.3.2" else {}
    return {"mode": "reissue", "orgs": "all", "sink": sink, **template, **options}


def works(keys, path, org):
    key = path.read_text().strip()
    answer = requests.get(keys.server.url + "/api/org", headers={"Authorization": "Bearer " + key}, timeout=10)
    return answer.status_code == 200 and answer.json()["id"] == keys.org(org)


def needles(keys, folder):
    """Return every key that there is."""
    return [*keys.secrets.values(), *(path.read_text().strip() for path in folder.glob("*-replaces-*") if path.suffix == "")]


def test_reissue(keys, sink, tmp_path):
    results = keys.server.four(MIGRATE, **reissue(keys, sink))
    run, again = results[1], results[3]
    for org, name in (("a", "ci-build"), ("a", "ci-deploy"), ("a", "reader"), ("b", "ci-build")):
        path = tmp_path / f"{keys.org(org)}-replaces-{name}"
        assert works(keys, path, org)
        entry = by_name(run, org)[name]
        assert entry["token"]["name"] == f"replaces-{name}"
        assert entry["token"]["dest"] == str(path)
        assert entry["service_account"]["role"] == entry["role"] == entry["role_after"]
        assert entry["reason"] == "delete_keys is never"
        assert by_name(again, org)[name]["status"] == "ok"
    assert keys.all_work()
    assert (run["summary"]["reissued"], run["summary"]["left"]) == (4, 4)
    # A lifetime goes on as it would have.
    assert by_name(run, "a")["ci-build"]["token"]["expires"] is None
    assert by_name(run, "a")["ci-deploy"]["token"]["expires"][:15] == by_name(run, "a")["ci-deploy"]["expires"][:15]
    for result in results:
        assert not [needle for needle in needles(keys, tmp_path) if needle in result.text]


def test_the_old_ones_are_deleted_once_the_new_ones_are_proven(keys, sink, tmp_path):
    check, run, _check, again = keys.server.four(MIGRATE, **reissue(keys, sink, delete_keys="after_proof"))
    assert check["summary"]["deleted"] == run["summary"]["deleted"] == 4
    assert check["summary"]["left"] == run["summary"]["left"] == again["summary"]["left"] == 0
    assert (keys.listed("a"), keys.listed("b")) == ([], [])
    assert works(keys, tmp_path / f"{keys.org('a')}-replaces-reader", "a")


def test_told_later_to_delete_them(keys, sink):
    keys.server.ok(MIGRATE, **reissue(keys, sink))
    keys.server.four(MIGRATE, **reissue(keys, sink, delete_keys="after_proof"))
    assert keys.listed("a") == []


def test_the_old_ones_are_deleted_once_nobody_uses_them(keys, sink):
    options = reissue(keys, sink, delete_keys="unused_for=30d", seconds_to_live="90d")
    assert keys.all_work()
    keys.server.ok(MIGRATE, **options)
    keys.server.emulator.advance(20 * 86400)
    assert keys.works("a", "reader")
    keys.server.emulator.advance(20 * 86400)
    result = keys.server.ok(MIGRATE, **options)
    if keys.server.version == "9.3.2":
        assert "does not tell" in by_name(result, "a")["ci-build"]["reason"]
        assert not result["changed"]
        return
    # ci-deploy has expired meanwhile, and is kept: nobody said that expired ones are to go.
    assert keys.listed("a") == ["ci-deploy", "reader"]
    assert keys.listed("b") == []


def test_consolidate(keys, sink, tmp_path):
    rules = [{"service_account": "pipelines", "pattern": "ci-.*"}]
    run = keys.server.four(MIGRATE, **reissue(keys, sink, consolidate=rules, org_name="a", orgs=None))[1]
    assert keys.tokens("a")["pipelines"] == ["replaces-ci-build", "replaces-ci-deploy"]
    assert by_name(run, "a")["ci-build"]["service_account"]["id"] == by_name(run, "a")["ci-deploy"]["service_account"]["id"]


def test_consolidate_by_what_the_pattern_catches(keys, sink):
    rules = [{"service_account": r"team-\1", "pattern": "(ci)-.*"}]
    keys.server.four(MIGRATE, **reissue(keys, sink, consolidate=rules, org_name="a", orgs=None))
    assert set(keys.tokens("a")) >= {"team-ci"}


def test_the_name_of_an_account_with_a_backslash(keys, sink):
    """It is most often the result of wrong quoting."""
    with keys.server.writes_nothing():
        result = keys.server.fails(MIGRATE, **reissue(keys, sink, org_name="a", orgs=None, account_template=r"team\{name}"))
    assert result.code == "bad_input"
    assert r"the service account's name 'team\ci-" in result["msg"]


def test_keys_of_different_roles(keys, sink):
    """Nobody's role is raised without being told so, and nothing is made before that is known."""
    rule = {"service_account": "all", "keys": ["ci-build", "reader"]}
    for check in (True, False):
        with keys.server.writes_nothing():
            result = keys.server.fails(MIGRATE, **reissue(keys, sink, consolidate=[rule]), check=check)
        assert result.code == "mixed_roles"
        assert "Editor: ci-build; Viewer: reader" in result["msg"]
    told = {**rule, "mixed_roles": True, "role": "Viewer"}
    run = keys.server.four(MIGRATE, **reissue(keys, sink, consolidate=[told], org_name="a", orgs=None))[1]
    entry = by_name(run, "a")["ci-build"]
    assert (entry["role"], entry["role_after"]) == ("Editor", "Viewer")


def test_an_account_that_is_there(keys, sink):
    keys.account("a", "ci-build", "Admin")
    options = {"org_name": "a", "key_name": ["ci-build"], "mode": "reissue", "sink": sink}
    refused = keys.server.fails(MIGRATE, **options)
    assert refused.code == "account_role"
    rule = {"service_account": "ci-build", "keys": ["ci-build"], "role": "Editor"}
    keys.server.four(MIGRATE, **options, consolidate=[rule])
    assert keys.accounts("a")["ci-build"]["role"] == "Editor"


def test_names_across_organizations_up_to_10_4_0(old, sink):
    old.key("a", "ci")
    old.key("b", "ci")
    with old.server.writes_nothing():
        refused = old.server.fails(MIGRATE, mode="reissue", orgs="all", sink=sink)
    assert refused.code == "login_taken"
    assert "{org_id}" in refused["msg"]


def test_a_place_that_two_keys_would_share(keys, tmp_path):
    with keys.server.writes_nothing():
        refused = keys.server.fails(MIGRATE, **reissue(keys, {"type": "file", "path": str(tmp_path / "{name}")}))
    assert refused.code == "bad_input"
    assert "replaces-ci-build" in refused["msg"]


def test_a_place_that_cannot_be_written(keys, tmp_path):
    with keys.server.writes_nothing():
        refused = keys.server.fails(MIGRATE, **reissue(keys, {"type": "file", "path": str(tmp_path / "no" / "{org_id}-{name}")}))
    assert "no" in refused["msg"]


def test_lifetimes(old, sink):
    old.key("a", "forever")
    old.key("a", "short", lifetime=3600)
    old.key("a", "over", lifetime=1)
    old.server.emulator.advance(5)
    options = {"org_name": "a", "mode": "reissue", "sink": sink}
    kept = old.server.ok(MIGRATE, **options, check=True)
    assert by_name(kept, "a")["over"]["action"] == "keep"
    refused = old.server.fails(MIGRATE, **options, expired_keys="migrate")
    assert "seconds_to_live" in refused["msg"]
    run = old.server.ok(MIGRATE, **options, expired_keys="migrate", seconds_to_live="1d")
    found = {name: key["token"]["expires"] for name, key in by_name(run, "a").items()}
    assert found["short"] < found["over"]
    assert found["forever"][:15] == found["over"][:15]


def test_keys_that_the_task_names(old, sink, tmp_path):
    """On a server that has forgotten them: name and role are all that is known."""
    old.org("a")
    old.org("b")
    old.upgrade("12.4.3")
    given = [
        {"name": "ci", "role": "Editor", "org_name": "a"},
        {"name": "reader", "role": "Viewer", "org_name": "b", "service_account": "reports", "seconds_to_live": "30d"},
    ]
    run = old.server.four(MIGRATE, mode="reissue", keys=given, sink=sink)[1]
    assert old.tokens("a") == {"ci": ["replaces-ci"]}
    assert old.tokens("b") == {"reports": ["replaces-reader"]}
    assert by_name(run, "b")["reader"]["token"]["expires"]
    assert works(old, tmp_path / f"{old.org('b')}-replaces-reader", "b")


def test_grouping_what_the_server_has_migrated(old, sink):
    for name in ("ci-build", "ci-deploy"):
        old.key("a", name)
    old.key("a", "reader", "Viewer")
    old.upgrade("12.4.3")
    rules = [{"service_account": "pipelines", "pattern": "ci-.*"}]
    options = {"mode": "reissue", "org_name": "a", "sink": sink, "reissue_migrated": True, "consolidate": rules}
    options.update(name_pattern="^ci-", delete_keys="after_proof")
    old.server.four(MIGRATE, **options)
    assert old.tokens("a") == {"pipelines": ["replaces-ci-build", "replaces-ci-deploy"], "sa-autogen-reader": ["reader"]}


@pytest.mark.parametrize("version", ["9.3.2", "12.4.3"])
def test_an_account_that_a_person_called_autogen_stays(old, sink, version):
    """Its login looks like that of an account which the server's migration created, and its token works for somebody."""
    old.key("a", "ci")
    if version != "9.3.2":
        old.upgrade(version)
    org = old.org("a")
    theirs = old.account("a", f"autogen-{org}-theirs")
    old.server.api("POST", f"/api/serviceaccounts/{theirs}/tokens", {"name": "theirs"}, org=org)
    options = {"mode": "reissue", "org_name": "a", "sink": sink, "reissue_migrated": True, "delete_keys": "after_proof"}
    run = old.server.four(MIGRATE, **options)[1]
    assert list(by_name(run, "a")) == ["ci"]
    assert old.tokens("a")[f"autogen-{org}-theirs"] == ["theirs"]


def test_a_hundred_and_fifty_keys(old, sink):
    for number in range(150):
        old.key("a", "key-%03d" % number, "Viewer")
    options = {"mode": "reissue", "org_name": "a", "sink": sink, "diff": False}
    stuck = old.server.fails(MIGRATE, **options)
    assert stuck.code == "list_cut"
    assert len(old.tokens("a")) == 100
    run = old.server.ok(MIGRATE, **options, delete_keys="after_proof")
    assert (run["summary"]["reissued"], run["summary"]["left"]) == (150, 0)
    assert len(old.tokens("a")) == 150


def test_one_key_that_cannot_be_stored_fails_alone(keys, tmp_path):
    (tmp_path / f"{keys.org('a')}-replaces-reader").mkdir()
    result = keys.server.fails(MIGRATE, **reissue(keys, {"type": "file", "path": str(tmp_path / "{org_id}-{name}")}))
    statuses = {name: key["status"] for name, key in by_name(result, "a").items()}
    assert statuses == {"ci-build": "changed", "ci-deploy": "changed", "reader": "failed"}
    assert by_name(result, "b")["ci-build"]["status"] == "changed"
    assert not [name for name in keys.tokens("a") if name.startswith("reader")]
    assert keys.all_work()


@pytest.mark.parametrize("kind", ["drop", "database_locked"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_lost_answers(keys, sink, tmp_path, kind, nth):
    keys.server.emulator.fault({"method": "(POST|DELETE)", "path": "/api/(serviceaccounts|auth)", "kind": kind, "nth": nth})
    keys.server.run(MIGRATE, **reissue(keys, sink, delete_keys="after_proof"))
    keys.server.emulator.clear_faults()
    keys.server.ok(MIGRATE, **reissue(keys, sink, delete_keys="after_proof"))
    assert not keys.server.ok(MIGRATE, **reissue(keys, sink, delete_keys="after_proof"))["changed"]
    assert sorted(name for names in keys.tokens("a").values() for name in names) == [
        "replaces-ci-build",
        "replaces-ci-deploy",
        "replaces-reader",
    ]
    assert keys.listed("a") == []


class TestVerifyKeys:
    """Old keys show that they work, as whom, where, and with what role."""

    def write(self, old, folder, *places):
        for org, name in places:
            (folder / name).write_text(old.secrets[org, name] + "\n")
        return [{"path": str(folder / name), "org_name": org} for org, name in places]

    @pytest.mark.parametrize("version", ["9.3.2", "11.5.1"])
    def test_before_and_after(self, old, tmp_path, version):
        old.key("a", "ci", "Editor")
        old.key("b", "reader", "Viewer")
        if version != "9.3.2":
            old.upgrade(version)
        verify = self.write(old, tmp_path, ("a", "ci"), ("b", "reader"))
        planned = old.server.ok(MIGRATE, mode="plan", orgs="all", verify_keys=verify)
        assert [(one["works"], one["api_key"], one["service_account"], one["role"]) for one in planned["verified"]] == [
            (True, "ci", None, "Editor"),
            (True, "reader", None, "Viewer"),
        ]
        run = old.server.ok(MIGRATE, mode="server", orgs="all", verify_keys=verify)
        assert [(one["works"], one["worked_before"], one["service_account"], one["role"]) for one in run["verified"]] == [
            (True, True, "sa-autogen-ci", "Editor"),
            (True, True, "sa-autogen-reader", "Viewer"),
        ]
        assert [one["org_name"] for one in run["verified"]] == ["a", "b"]
        for result in (planned, run):
            assert not [secret for secret in old.secrets.values() if secret in result.text]

    @pytest.mark.parametrize("version", ["12.0.0-pre", "12.4.3"])
    def test_after_the_server_has_migrated(self, old, tmp_path, version):
        old.key("a", "ci", "Editor")
        verify = self.write(old, tmp_path, ("a", "ci"))
        old.upgrade(version)
        adopt = [{"pattern": "sa-autogen-(.*)", "name": r"\1"}]
        run = old.server.ok(MIGRATE, mode="server", orgs="all", verify_keys=verify, adopt=adopt)
        assert (run["verified"][0]["works"], run["verified"][0]["service_account"]) == (True, "ci")

    @pytest.mark.parametrize("version", ["9.3.2", "12.4.3"])
    def test_what_does_not_work_is_told_apart(self, old, tmp_path, version):
        for name, lifetime in (("over", 1), ("deleted", None), ("ci", None)):
            old.key("a", name, lifetime=lifetime)
        number = old.key("a", "gone")
        verify = self.write(old, tmp_path, ("a", "over"), ("a", "gone"), ("a", "ci"))
        old.server.api("DELETE", f"/api/auth/keys/{number}", org=old.org("a"))
        old.server.emulator.advance(5)
        if version != "9.3.2":
            old.upgrade(version)
        verify[2].update(org_name="b", role="Admin")
        verify += [{"key": "glsa_" + "a" * 32 + "_00000000", "name": "typo"}, {"path": str(tmp_path / "ci"), "role": "Admin"}]
        result = old.server.fails(MIGRATE, mode="server", orgs="all", verify_keys=verify)
        assert [one["reason"] for one in result["verified"]] == ["expired", "refused", "other org", "mistyped", "other role"]
        assert [one["works"] for one in result["verified"]] == [False, False, True, False, True]
        assert "a" * 32 not in result.text

    def test_a_key_from_a_sink(self, old, sink):
        old.key("a", "ci")
        options = {"mode": "reissue", "org_name": "a", "sink": sink}
        old.server.ok(MIGRATE, **options)
        place = {"sink": {**sink, "path": sink["path"].replace("{org_id}", str(old.org("a")))}, "name": "replaces-ci"}
        verified = old.server.ok(MIGRATE, mode="plan", org_name="a", verify_keys=[place])["verified"]
        assert (verified[0]["works"], verified[0]["org_name"]) == (True, "a")

    @pytest.mark.parametrize(
        "bad",
        [
            {"kex": "NEEDLE-which-nobody-may-see"},
            {"key": "NEEDLE-which-nobody-may-see", "path": "/nowhere"},
            {"path": "/nowhere/at/all"},
            "NEEDLE-which-nobody-may-see",
            {},
        ],
    )
    def test_bad_ones_are_refused_unseen(self, old, bad):
        with old.server.writes_nothing():
            result = old.server.fails(MIGRATE, mode="server", orgs="all", verify_keys=[bad])
        assert "NEEDLE" not in result.text
        assert "verify_keys" in result["msg"] or "/nowhere" in result["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mode": "server", "sink": {"type": "file", "path": "/tmp/x"}}, "mode: reissue"),
        ({"mode": "reissue"}, "needs sink"),
        ({"mode": "server", "orgs": "none"}, "the word all"),
        ({"mode": "server", "orgs": ["a", "a"]}, "twice"),
        ({"mode": "server", "name_pattern": "("}, "regular expression"),
        ({"mode": "plan", "delete_keys": "sometimes"}, "after_proof"),
        ({"mode": "plan", "account_template": "{nam}"}, "account_template"),
        ({"mode": "plan", "sink": {"type": "file", "path": "/tmp/{name}"}, "token_template": "x"}, "{name}"),
        ({"mode": "plan", "consolidate": [{"service_account": "a"}]}, "pattern"),
        ({"mode": "plan", "consolidate": [{"service_account": "a", "pattern": ".*", "mixed_roles": True}]}, "role"),
        ({"mode": "plan", "keys": [{"name": "a"}]}, "role is missing"),
        ({"mode": "plan", "keys": [{"name": "a", "role": "Boss"}]}, "keys[0]"),
        ({"mode": "plan", "keys": [{"name": "a", "role": "Editor"}], "key_id": [1]}, "keys already selects"),
        ({"mode": "plan", "adopt": [{"name": "a"}]}, "service_account"),
        ({"mode": "plan", "adopt": [{"pattern": "a"}]}, "nothing to change"),
        ({"mode": "plan", "unused_for": "soon"}, "unused_for"),
    ],
)
def test_refused_before_anything_is_asked(old, options, words):
    with old.server.writes_nothing():
        result = old.server.fails(MIGRATE, **options)
    assert result.code == "bad_input"
    assert words in result["msg"]
    assert json.loads(json.dumps(result))["failed"]


def test_a_plan_of_reissuing(old, sink):
    old.key("a", "ci")
    with old.server.writes_nothing():
        result = old.server.ok(MIGRATE, mode="plan", org_name="a", consolidate=[{"service_account": "all", "pattern": ".*"}])
    entry = by_name(result, "a")["ci"]
    assert (entry["action"], entry["status"], entry["service_account"]["name"]) == ("reissue", "changed", "all")
    assert of_org(result, "a")["service_accounts"] == []


def test_a_directory_that_is_missing(keys, tmp_path):
    """Check mode warns of it, as an earlier task may create it; the run fails before it writes anything."""
    folder = tmp_path / "missing"
    options = reissue(keys, {"type": "file", "path": str(folder / "{org_id}-{name}")})
    with keys.server.writes_nothing():
        check = keys.server.ok(MIGRATE, check=True, **options)
        run = keys.server.fails(MIGRATE, **options)
    assert check["changed"]
    words = f"the directory {folder} does not exist"
    assert [text for text in check["warnings"] if words in text] == [
        f"{words}: without check mode the task fails, unless an earlier task creates it"
    ]
    assert f"{words}; create it first" in run["msg"]
    folder.mkdir()
    assert not [text for text in keys.server.ok(MIGRATE, check=True, **options)["warnings"] if "directory" in text]
