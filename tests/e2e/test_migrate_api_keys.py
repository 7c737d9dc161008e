# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/migrate_api_keys.yml as users run it, with and without a terminal, and as AWX does."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pexpect
import pytest

from e2e import needles
from e2e.conftest import PASSWORD, ROOT
from modules.api_keys.old_keys import Old

MIGRATE = ROOT / "playbooks/migrate_api_keys.yml"
ODD = "{{ 1 + 1 }}"
YES = {"confirm": True}


class OldSite(Old):
    """An installation that is migrated by the playbook."""

    def __init__(self, site):
        super().__init__(site)
        self.site, self.reports = site, site.folder / "reports"

    def filled(self):
        for org, name, role in (("a", "ci", "Editor"), ("a", "reader", "Viewer"), ("b", ODD, "Admin")):
            self.key(org, name, role)
        return self

    def migrate(self, *words, **variables):
        return self.site.play(MIGRATE, *words, **variables)

    def report(self):
        """Return the report that was written, as JSON; it is there in every form, and not for everybody."""
        files = [self.reports / f"report.{end}" for end in ("json", "md", "html")]
        assert [path.stat().st_mode & 0o777 for path in files] == [0o640] * 3
        found = json.loads(files[0].read_text())
        names = {key["name"] for org in found["organizations"] for key in org["keys"]}
        made = found["made"].replace("T", " ").replace("Z", " UTC")
        assert all(made in path.read_text() for path in files[1:])
        for path in files[1:]:
            text = path.read_text().replace("\\", "").replace("_", "")
            assert all(name.replace("_", "") in text for name in names if name != ODD)
        return found


@pytest.fixture
def old(sites):
    return OldSite(sites("9.3.2")).filled()


@pytest.mark.parametrize("version", [pytest.param("9.3.2", marks=pytest.mark.by_core), "11.5.1"])
def test_four_runs(old, version):
    if version != "9.3.2":
        old.upgrade(version)
    place = {"migrate_report_dir": str(old.reports)}
    before = old.site.writes()
    assert old.migrate("--check", **place).ok().recap["changed"] == 1
    assert old.site.writes() == before
    assert not old.reports.exists()
    run = old.migrate(**YES, **place).ok()
    assert run.recap["changed"] == 1
    assert run.told("migrated") == 3
    assert old.all_work()
    assert (old.listed("a"), old.listed("b")) == ([], [])
    report = old.report()
    assert not report["planned"]
    assert (report["sums"]["migrated"], report["sums"]["left"]) == (3, 0)
    assert ODD in [key["name"] for org in report["organizations"] for key in org["keys"]]
    assert old.migrate("--check").ok().recap["changed"] == 0
    written = (old.reports / "report.json").read_bytes()
    again = old.migrate(**place).ok()
    assert again.recap["changed"] == 0
    assert "skipping" in again.text.partition("TASK [Ask]")[2].partition("TASK")[0]
    assert (old.reports / "report.json").read_bytes() == written


@pytest.mark.by_core
def test_the_report_of_a_plan(old):
    run = old.migrate("--check", migrate_report_dir=str(old.reports), migrate_report_check=True).ok()
    assert run.recap["changed"] == 1
    report = old.report()
    assert report["planned"]
    assert report["sums"]["left"] == 0
    assert old.listed("a") == ["ci", "reader"]


def test_a_report_that_is_there_is_kept(old):
    place = {"migrate_report_dir": str(old.reports)}
    old.migrate(**YES, **place).ok()
    first = (old.reports / "report.json").read_bytes()
    old.key("b", "late")
    old.migrate(**YES, **place).ok()
    assert [key["name"] for org in old.report()["organizations"] for key in org["keys"]] == ["late"]
    assert first in [path.read_bytes() for path in old.reports.iterdir() if path.name.startswith("report.json.")]


@pytest.mark.by_core
def test_nobody_is_there_to_say_yes(old):
    """No terminal is no yes; nor is a variable that says no."""
    before = old.site.writes()
    for variables in ({}, {"confirm": False}, {"confirm": ""}):
        run = old.migrate(migrate_report_dir=str(old.reports), **variables).failed()
        assert run.code == 2
        assert "-e confirm=true" in run.text
        assert run.recap["changed"] == 0
    assert old.site.writes() == before
    assert not old.reports.exists()


@pytest.mark.by_core
@pytest.mark.parametrize(("answer", "code"), [("Yes ", 0), ("", 2), ("y", 2)])
def test_on_a_terminal(old, answer, code):
    tool = str(Path(sys.executable).parent / "ansible-playbook")
    child = pexpect.spawn(tool, [str(MIGRATE)], cwd=str(old.site.folder), env=old.site.environment, encoding="utf-8", timeout=60)
    child.expect("Type yes to continue")
    asked = " ".join(child.before.split())
    assert "migrate 3 API keys: ci, reader, {{ 1 + 1 }}" in asked
    child.send(answer + "\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code
    assert old.listed("a") == ([] if code == 0 else ["ci", "reader"])


@pytest.mark.by_core
def test_keys_that_fail(old):
    """The others are migrated, the report says which failed, and so does the play."""
    old.account("b", f"autogen-{old.org('a')}-ci")
    run = old.migrate(migrate_report_dir=str(old.reports), **YES).failed()
    assert run.code == 2
    assert run.recap["changed"] == 1
    failed = " ".join(run.text.partition("TASK [Fail if something failed]")[2].split())
    assert "API key ci" in failed
    assert "reader" not in failed
    assert old.listed("a") == ["ci"]
    keys = {key["name"]: key for org in old.report()["organizations"] for key in org["keys"]}
    assert {name: key["outcome"] for name, key in keys.items()} == {"ci": "failed", "reader": "migrated", ODD: "migrated"}
    assert old.all_work()


@pytest.mark.by_core
def test_all_of_what_is_planned_fails(old):
    """Nothing is left that could be done, so nothing is asked; the play fails all the same, with its report."""
    old.migrate(migrate_orgs=["b"], **YES).ok()
    for name in ("ci", "reader"):
        old.account("a", f"autogen-{old.org('a')}-{name}")
    for words in (("--check",), ()):
        run = old.migrate(*words, migrate_report_dir=str(old.reports)).failed()
        assert "TASK [Ask]" in run.text
        assert "The migration was not confirmed" not in run.text
        assert "API key reader" in run.text
        assert run.recap["changed"] == 0
    assert old.report()["sums"]["failed"] == 2


def test_an_organization_that_cannot_be_looked_into(old):
    old.site.user("boss")
    old.site.api("POST", f"/api/orgs/{old.org('b')}/users", {"loginOrEmail": "boss", "role": "Admin"})
    old.site.api("DELETE", f"/api/orgs/{old.org('b')}/users/1")
    old.site.emulator.advance(70)
    run = old.migrate(migrate_report_dir=str(old.reports), **YES).failed()
    assert "is not a member" in " ".join(run.text.split())
    assert old.listed("a") == []
    assert [org["status"] for org in old.report()["organizations"]].count("failed") == 1


def test_the_server_fails_all_along(old):
    """The report says of which keys, and that they work as before."""
    old.site.emulator.fault({"method": "POST", "path": "/api/serviceaccounts/migrate", "kind": "bad_gateway", "times": 99})
    run = old.migrate(migrate_report_dir=str(old.reports), **YES).failed()
    assert run.code == 2
    assert "not yet migrated, run again: API key reader" in " ".join(run.text.split())
    assert old.report()["sums"]["failed"] == old.report()["sums"]["left"] == 3
    assert old.all_work()


def test_a_server_that_would_destroy_keys(sites):
    old = OldSite(sites("9.3.2", settings={"users.auto_assign_org": "false"})).filled()
    run = old.migrate(migrate_report_dir=str(old.reports), **YES).failed()
    assert "would destroy API keys" in " ".join(run.text.split())
    assert old.all_work()
    assert old.listed("a") == ["ci", "reader"]
    assert old.report()["organizations"][0]["failure"]["code"] == "keys_destroyed"


@pytest.mark.by_core
def test_reissue(old):
    variables = {
        "migrate_mode": "reissue",
        "migrate_orgs": ["a"],
        "migrate_sink": {"type": "file", "path": str(old.site.keys / "{org_name}.{name}")},
        "migrate_consolidate": [{"service_account": "all", "pattern": ".*", "role": "Viewer", "mixed_roles": True}],
        "migrate_report_dir": str(old.reports),
    }
    check = old.migrate("--check", **variables).ok()
    assert check.recap["changed"] == 1
    assert '"reissue 2 API keys: ci, reader"' in check.text
    run = old.migrate(**YES, **variables).ok()
    assert run.told("reissued") == 2
    assert old.tokens("a") == {"all": ["replaces-ci", "replaces-reader"]}
    assert old.all_work()
    assert old.migrate(**variables).ok().recap["changed"] == 0
    run = old.migrate(migrate_delete_keys="after_proof", **YES, **variables).ok()
    assert run.recap["changed"] == 1
    assert '"delete 2 API keys that have successors: ci, reader"' in run.text
    assert old.listed("a") == []
    assert not old.works("a", "ci")
    for name in ("ci", "reader"):
        old.secrets["a", name] = (old.site.keys / f"a.replaces-{name}").read_text().strip()
    assert old.all_work()
    assert old.migrate(migrate_delete_keys="after_proof", **variables).ok().recap["changed"] == 0


@pytest.mark.by_core
@pytest.mark.emulator_only("state", "no request reads whether the page is hidden")
def test_names_expired_keys_and_the_page(old):
    old.key("a", "over", lifetime=1)
    old.site.emulator.advance(5)
    variables = {
        "migrate_adopt": [{"pattern": "sa-autogen-(ci|reader)", "name": r"team \1"}],
        "migrate_expired_keys": "delete",
        "migrate_hide_api_keys_page": True,
    }
    steps = "migrate 3 API keys: ci, reader, {{ 1 + 1 }}; delete 1 expired API keys: over"
    assert steps in old.migrate("--check", **variables).ok().text
    assert old.migrate(**YES, **variables).ok().recap["changed"] == 1
    assert old.tokens("a") == {"team ci": ["ci"], "team reader": ["reader"]}
    assert old.site.emulator.state.hidden_keys == {old.org("a"), old.org("b")}
    assert old.migrate(**variables).ok().recap["changed"] == 0


def test_after_an_upgrade(old):
    """Where the server has migrated by itself, only names are left to give, and proof."""
    old.upgrade("12.4.3")
    assert old.migrate().ok().recap["changed"] == 0
    adopt = {"migrate_adopt": [{"pattern": "sa-autogen-(.*)", "name": r"\1"}]}
    check = old.migrate("--check", **adopt).ok()
    assert check.recap["changed"] == 1
    assert "rename 3 service accounts: " in check.text
    assert "sa-autogen-reader to reader" in check.text
    assert "confirm=true" in old.migrate(**adopt).failed().text
    assert old.migrate(**adopt, **YES).ok().recap["changed"] == 1
    assert set(old.tokens("a")) == {"ci", "reader"}
    assert old.migrate(**adopt).ok().recap["changed"] == 0


# Keys that have to work, and leaks.


@pytest.mark.by_core
def test_keys_that_have_to_work(old):
    """In variables and in files: named by where they came from, wherever they are used, and never shown."""
    (old.site.keys / "reader").write_text(old.secrets["a", "reader"])
    gone = old.key("a", "gone")
    old.site.api("DELETE", f"/api/auth/keys/{gone}", org=old.org("a"))
    verify = [
        {"key": old.secrets["a", "ci"], "name": "ci", "role": "Editor", "org_name": "a"},
        {"path": str(old.site.keys / "reader")},
        {"key": old.secrets["b", ODD], "name": "odd"},
    ]
    del old.secrets["a", "gone"]
    # As AWX does, and users with vaulted variables: not on the command line, which everybody sees.
    variables = old.site.write("variables.yml", {"migrate_verify_keys": verify, "migrate_report_dir": str(old.reports), **YES})
    more = ("-vvv", "--diff", "-e", f"@{variables}")
    runs = [old.migrate(*more, "--check", migrate_report_check=True).ok(), old.migrate(*more).ok(), old.migrate(*more).ok()]
    assert [run.recap["changed"] for run in runs] == [1, 1, 0]
    proofs = old.report()["verified"]
    assert {(one["source"], one["service_account"]) for one in proofs} >= {("the variable for ci", "sa-autogen-ci")}
    assert len(proofs) == 3
    assert all(one["works"] and one["worked_before"] for one in proofs)
    text = "".join(run.text for run in runs)
    assert "the variable for ci" in text
    secrets = list(old.secrets.values())
    assert len(secrets) == 3
    assert needles.in_text([*secrets, PASSWORD], text) == []
    allowed = {variables, old.site.keys / "reader"}
    assert needles.in_files([*secrets, PASSWORD], [old.site.folder, old.site.temporary], allowed) == []


@pytest.mark.by_core
def test_keys_that_do_not_work(old):
    gone = old.key("a", "gone")
    old.site.api("DELETE", f"/api/auth/keys/{gone}", org=old.org("a"))
    for name in ("gone", "ci"):
        (old.site.keys / name).write_text(old.secrets["a", name])
    verify = {"migrate_verify_keys": [{"path": str(old.site.keys / "gone")}, {"path": str(old.site.keys / "ci")}]}
    check = old.migrate("--check", **verify).ok()
    assert str(old.site.keys / "gone") in check.text.partition("tested_keys_that_do_not_work")[2]
    for _time in range(2):
        run = old.migrate(migrate_report_dir=str(old.reports), **verify, **YES).failed()
        failed = " ".join(run.text.partition("TASK [Fail if something failed]")[2].split())
        assert f"the key from {old.site.keys / 'gone'}: the server refuses it" in failed
        assert str(old.site.keys / "ci") not in failed
        assert [one["fine"] for one in old.report()["verified"]] == [False, True]
    assert old.listed("a") == []


@pytest.mark.by_core
def test_as_awx_runs_it(old):
    """ansible-runner has a terminal with nobody in front of it: it must not wait there, and keeps every event."""
    folder = old.site.folder / "runner"
    (folder / "project").mkdir(parents=True)
    (folder / "env").mkdir()
    (folder / "project/play.yml").write_text("- import_playbook: orgsmith.grafana.migrate_api_keys\n")
    verify = [{"key": old.secrets["a", "ci"], "name": "ci"}]
    extra = folder / "env/extravars"
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    words = ("ansible-runner", "run", str(folder), "-p", "play.yml", "--cmdline=-vvv --diff")
    variables = {"migrate_verify_keys": verify, "migrate_report_dir": str(old.reports)}
    extra.write_text(json.dumps(variables))
    before = old.site.writes()
    asked = old.site.command(*words, environment=environment).failed()
    assert "confirm=true" in asked.text
    assert old.site.writes() == before
    extra.write_text(json.dumps({**variables, **YES}))
    run = old.site.command(*words, environment=environment).ok()
    assert run.told("migrated") == 3
    assert old.all_work()
    assert old.report()["verified"][0]["works"]
    events = list(folder.glob("artifacts/*/job_events/*.json"))
    assert len(events) > 20
    assert any("the variable for ci" in event.read_text() for event in events)
    secrets = list(old.secrets.values())
    assert needles.in_text([*secrets, PASSWORD], run.text + asked.text) == []
    assert needles.in_files(secrets, [folder, old.reports], {extra}) == []


@pytest.mark.by_core
def test_check_mode_shows_the_error_of_the_plan(old):
    """The error is that of the plan, not that of an expression of the playbook."""
    sink = {"type": "file", "path": str(old.site.keys / "{name}")}
    for words in (("--check",), ()):
        run = old.migrate(*words, migrate_mode="reissue", migrate_sink=sink, migrate_delete_keys="sometimes").failed()
        assert "delete_keys must be never, after_proof" in " ".join(run.text.split())
        assert "TASK [Show the plan]" not in run.text
        assert "no attribute 'organizations'" not in run.text


@pytest.mark.by_core
def test_failures_name_the_variables_of_the_playbook(old):
    variables = {
        "migrate_mode": "reissue",
        "migrate_orgs": ["a"],
        "migrate_sink": {"type": "file", "path": str(old.site.keys / "{name}")},
        "migrate_consolidate": [{"service_account": "all", "pattern": ".*"}],
    }
    run = old.migrate("--check", **variables).failed()
    failed = " ".join(run.text.partition("TASK [Fail if something failed]")[2].split())
    assert "or set mixed_roles and role in its rule of migrate_consolidate" in failed
