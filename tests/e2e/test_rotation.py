# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in the controller's vault, nightly rotation, and no key anywhere else: as users, AWX and attackers see it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests
import yaml

from e2e import needles, shortcuts
from e2e.conftest import PASSWORD, ROOT
from standins import Vault

ROTATE = ROOT / "playbooks/rotate_tokens.yml"
OTHERS = "# ours\nzebra: 1   # stays\napple: {x: !vault abc}\n"
HOUR, DAY = 3600, 86400


class Vaulted:
    """A site whose tenants' keys are in an encrypted file."""

    def __init__(self, site, size=2):
        self.site = site
        self.file = site.folder / "vault.yml"
        self.password = site.folder / "password"
        self.password.write_text("the-vaults-own-Passw0rd\n")
        self.environment = {"ANSIBLE_VAULT_PASSWORD_FILE": str(self.password)}
        self.sink = {"type": "ansible_vault", "path": str(self.file), "variable": "key_{org_name}"}
        self.tenants = site.tenants(size)
        for tenant in self.tenants:
            del tenant["dashboards"], tenant["members"]
            for token in tenant["service_accounts"][0]["tokens"]:
                token.pop("dest")
                token.update(name=tenant["name"], renew_before="7d")

    def bootstrap(self, *words):
        playbook = self.site.role(self.tenants, org_bootstrap_sink=self.sink)
        return self.site.play(playbook, *words, environment=self.environment)

    def rotate(self, *words, **variables):
        variables = {"org_bootstrap_organizations": self.tenants, "org_bootstrap_sink": self.sink, **variables}
        return self.site.play(ROTATE, *words, environment=self.environment, **variables)

    def text(self):
        """Return what is in the file, as ansible-vault shows it."""
        return self.site.command("ansible-vault", "view", str(self.file), environment=self.environment).ok().text

    def variables(self):
        return yaml.safe_load(self.text().replace("!vault", ""))

    def works(self, name):
        """Tell whether the stored key of a tenant works."""
        key = self.variables()[f"key_{name.replace('-', '_')}"]
        answer = requests.get(self.site.emulator.url + "/api/org", headers={"Authorization": "Bearer " + key}, timeout=10)
        return answer.status_code == 200 and answer.json()["name"] == name

    def task(self, *items, environment=None, play=None, words=(), more=(), **options):
        """Run one task of the module, for the first tenant or for *items* of a batch, with what it is to print."""
        one = {"org_name": "tenant-0", "service_account": "tenant-0"}
        token = {"name": "tenant", "seconds_to_live": "30d", "sink": self.sink, **({"batch": list(items)} if items else one)}
        module = {"name": "Tokens", "orgsmith.grafana.grafana_sa_token": {**token, **options}, "register": "made"}
        shown = {"name": "Made", "ansible.builtin.debug": {"var": "made"}}
        tasks = [module, shown, *more]
        whole = {"name": "All", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        whole["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        path = self.site.write("task.yml", [{**whole, **(play or {})}])
        return self.site.play(path, "--diff", *words, environment={**self.environment, **(environment or {})})

    def edit(self, change):
        """Change what is in the file, as its owner does."""
        text = change(self.text())
        self.file.write_text(text)
        self.site.command("ansible-vault", "encrypt", str(self.file), environment=self.environment).ok()

    def living(self):
        """Return the names of the tokens that the server has."""
        return self.site.emulator.token_names()


@pytest.mark.by_core
def test_four_runs_with_the_controllers_vault(sites):
    vaulted = Vaulted(sites())
    vaulted.file.write_text(OTHERS)
    vaulted.site.command("ansible-vault", "encrypt", str(vaulted.file), environment=vaulted.environment).ok()
    raw = vaulted.file.read_bytes()
    assert vaulted.bootstrap("--check", "--diff").ok().recap["changed"] == 2
    assert vaulted.file.read_bytes() == raw
    assert vaulted.bootstrap().ok().recap["changed"] == 2
    assert vaulted.text().startswith(OTHERS)
    assert vaulted.works("tenant-0")
    assert vaulted.works("tenant-1")
    raw = vaulted.file.read_bytes()
    assert vaulted.bootstrap("--check").ok().recap["changed"] == 0
    assert vaulted.bootstrap().ok().recap["changed"] == 0
    assert vaulted.file.read_bytes() == raw
    assert vaulted.file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in vaulted.site.folder.iterdir() if "vault" in path.name) == ["vault.yml"]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (lambda v: v.file.write_text("plain: 1\n"), "is not encrypted"),
        pytest.param(lambda v: v.environment.clear(), "no vault secret is known", marks=pytest.mark.by_core),
        (lambda v: v.sink.update(path=str(v.site.folder / "none" / "v.yml")), "does not exist"),
        (lambda v: v.sink.update(variable="same"), "each key needs a variable of its own"),
        (lambda v: v.sink.update(variable="key_{nobody}"), "{nobody} is unknown"),
        pytest.param(lambda v: v.sink.update(vault_id="prod"), "has the id prod", marks=pytest.mark.by_core),
    ],
    ids=["plain", "no password", "no directory", "one place", "template", "vault id"],
)
def test_a_vault_that_cannot_take_it(sites, trouble, words):
    vaulted = Vaulted(sites())
    trouble(vaulted)
    assert words in " ".join(vaulted.bootstrap().failed().text.split())
    assert vaulted.living() == []


@pytest.mark.by_core
def test_nightly(sites):
    """Rotated when due, kept for a day beside the old one, and then the old one goes; failures are named."""
    vaulted = Vaulted(sites(), 3)
    vaulted.bootstrap().ok()
    assert vaulted.rotate().ok().recap["changed"] == 0
    vaulted.site.emulator.advance(24 * DAY)
    assert vaulted.rotate("--check").ok().recap["changed"] == 1
    night = vaulted.rotate().ok()
    assert night.recap["changed"] == 1
    assert "tenant-2 / tenant-2 / tenant-2-2" in night.text.partition("rotated")[2]
    assert vaulted.living() == sorted(f"tenant-{number}{end}" for number in range(3) for end in ("", "-2"))
    assert '"tenant-0 / tenant-0 / tenant-0"' in vaulted.rotate().ok().text.partition("waiting_for_last_use")[2]
    vaulted.site.emulator.advance(DAY + HOUR)
    assert vaulted.rotate().ok().recap["changed"] == 1
    assert vaulted.living() == [f"tenant-{number}-2" for number in range(3)]
    assert vaulted.rotate().ok().recap["changed"] == 0
    assert all(vaulted.works(f"tenant-{number}") for number in range(3))
    vaulted.tenants.append({**vaulted.tenants[0], "name": "nobody"})
    failed = vaulted.rotate().failed()
    assert "1 of 4 failed" in failed.text
    assert "org nobody was not found" in " ".join(failed.text.split())


@pytest.mark.by_core
def test_relative_paths_start_where_the_keys_were_stored(sites):
    vaulted = Vaulted(sites(), 1)
    vaulted.sink["path"] = "vault.yml"
    vaulted.bootstrap().ok()
    vaulted.site.emulator.advance(24 * DAY)
    assert vaulted.rotate("--check").ok().recap["changed"] == 1  # nothing is known there, and so one would be made
    assert not (ROTATE.parent / "vault.yml").exists()
    rotated = vaulted.rotate("--check", "--diff", rotate_folder=str(vaulted.site.folder)).ok()
    assert "it expires within renew_before" in rotated.text
    assert vaulted.rotate(rotate_folder=str(vaulted.site.folder)).ok().recap["changed"] == 1
    assert vaulted.works("tenant-0")


def test_an_item_that_fails_stops_no_other(sites):
    vaulted = Vaulted(sites(), 2)
    vaulted.bootstrap().ok()
    vaulted.site.emulator.advance(31 * DAY)
    batch = [{"org_name": name, "service_account": name} for name in ("tenant-0", "nobody", "tenant-1")]
    task = {"name": "Tokens", "orgsmith.grafana.grafana_sa_token": {"name": "t", "sink": vaulted.sink, "batch": batch}}
    play = {"name": "All", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    path = vaulted.site.write("some.yml", [play])
    assert "1 of 3 failed" in vaulted.site.play(path, environment=vaulted.environment).failed().text
    assert vaulted.works("tenant-0")
    assert vaulted.works("tenant-1")
    assert "key_nobody" not in vaulted.variables()


@pytest.mark.by_core
@pytest.mark.parametrize("why", ["told to", "another address"])
def test_the_stored_key_is_asked(sites, why):
    """By the controller, as keys never travel: where the task says so, and where the metadata names another address."""
    vaulted = Vaulted(sites(), 1)
    if why == "told to":
        vaulted.tenants[0]["service_accounts"][0]["tokens"][0]["prove"] = "always"
    vaulted.bootstrap().ok()
    if why == "another address":
        vaulted.environment["GRAFANA_URL"] = vaulted.site.emulator.url.replace("127.0.0.1", "localhost")
    assert vaulted.bootstrap().ok().recap["changed"] == 0
    # The database was restored: the id is listed, and its key is another one.
    (token,) = vaulted.site.emulator.tokens()
    vaulted.site.emulator.replace_key(token.id)
    if why == "another address":  # or it is another server, and the key works on the first one
        assert "stores the key of token tenant-0" in " ".join(vaulted.bootstrap().failed().text.split())
        return
    assert vaulted.bootstrap().ok().recap["changed"] == 1
    assert vaulted.works("tenant-0")


@pytest.mark.by_core
def test_a_disabled_account_is_said_and_keeps_its_token(sites):
    """The server refuses all keys of a disabled account: no reason to replace any, and none to be lost."""
    vaulted = Vaulted(sites(), 1)
    vaulted.bootstrap().ok()
    (token,) = vaulted.site.emulator.tokens()
    account = f"/api/serviceaccounts/{token.account_id}"
    vaulted.site.api("PATCH", account, {"isDisabled": True}, org=token.org_id)
    run = vaulted.task(name="tenant-0", prove="always").ok()
    assert run.recap["changed"] == 0
    assert "do not work until it is enabled" in run.text
    # A warning is an object from ansible-core 2.19 on, and is shown as text all the same.
    rotated = vaulted.task(name="tenant-0", prove="always", rotate="always").ok()
    assert "cannot be tested" in rotated.text
    assert "WarningSummary" not in rotated.text
    assert vaulted.living() == ["tenant-0-2"]
    vaulted.site.api("PATCH", account, {"isDisabled": False}, org=token.org_id)
    assert vaulted.works("tenant-0")


def test_what_failed_is_not_made_by_the_way(sites):
    """Where one of two tokens cannot be made, cleaning up after the other makes none that nobody would store."""
    vaulted = Vaulted(sites(), 2)
    vaulted.bootstrap().ok()
    other = next(token for token in vaulted.site.emulator.tokens() if token.name == "tenant-1")
    vaulted.site.emulator.advance(31 * DAY)
    vaulted.site.emulator.fault({"method": "POST", "path": f"/{other.account_id}/tokens", "kind": "rate_limit"})
    items = [{"org_name": name, "service_account": name, "name": name} for name in ("tenant-0", "tenant-1")]
    run = vaulted.task(*items, retries=0).failed()
    assert "1 of 2 failed" in run.text
    assert vaulted.living() == ["tenant-0-2", "tenant-1"]
    assert vaulted.task(*items).ok().recap["changed"] == 1
    assert vaulted.works("tenant-0")
    assert vaulted.works("tenant-1")
    assert vaulted.living() == ["tenant-0-2", "tenant-1-2"]


@pytest.mark.by_core
def test_the_connection_stands_in_the_environment_of_the_play(sites):
    """Set by the keyword environment, it is seen by the module and not by ansible-playbook."""
    vaulted = Vaulted(sites(), 1)
    vaulted.bootstrap().ok()
    names = ("GRAFANA_URL", "GRAFANA_USER", "GRAFANA_PASSWORD")
    around = {**{name: vaulted.site.environment[name] for name in names}, "GRAFANA_ORG_NAME": "{{ 'tenant-' ~ 0 }}"}
    nothing = dict.fromkeys(names, "")
    run = vaulted.task(name="tenant-0", org_name=None, prove="always", play={"environment": around}, environment=nothing)
    assert run.ok().recap["changed"] == 0
    assert vaulted.living() == ["tenant-0"]


def test_a_mistyped_key_is_told_from_another_one(sites):
    vaulted = Vaulted(sites(), 1)
    vaulted.bootstrap().ok()
    key = vaulted.variables()["key_tenant_0"]
    vaulted.edit(lambda text: text.replace(key, key[:-1] + ("0" if key[-1] != "0" else "1")))
    assert "its checksum is wrong" in vaulted.task(name="tenant-0").ok().text
    vaulted.edit(lambda text: text.replace(vaulted.variables()["key_tenant_0"], key))
    assert "the sink stores another key than the module stored there" in vaulted.task(name="tenant-0").ok().text
    assert vaulted.works("tenant-0")


#: Runs in every Python process of the playbook: ends all of them when the vault file was replaced KILL_AT times, or, with 0,
#: before the first time.
HOOK = """
import os, signal
if os.environ.get("KILL_AT"):
    plain, count = os.replace, [0]
    def replace(source, target, **more):
        if not str(target).endswith("vault.yml"):
            return plain(source, target, **more)
        if os.environ["KILL_AT"] == "0":
            os.killpg(0, signal.SIGKILL)
        plain(source, target, **more)
        count[0] += 1
        if str(count[0]) == os.environ["KILL_AT"]:
            os.killpg(0, signal.SIGKILL)
    os.replace = replace
"""


@pytest.mark.parametrize("kill_at", [0, pytest.param(1, marks=pytest.mark.by_core), 2, 3])
def test_killed_around_each_write_of_the_vault(sites, kill_at, tmp_path):
    """What is noted, stored and tidied: wherever the run dies, the next one ends with one key that works."""
    vaulted = Vaulted(sites(), 1)
    vaulted.bootstrap().ok()
    vaulted.site.emulator.advance(24 * DAY)
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(HOOK)
    playbook = vaulted.site.role(vaulted.tenants, org_bootstrap_sink=vaulted.sink)
    environment = {**vaulted.site.environment, **vaulted.environment, "KILL_AT": str(kill_at), "PYTHONPATH": str(hook)}
    tool = str(Path(sys.executable).parent / "ansible-playbook")
    process = subprocess.Popen(
        [tool, str(playbook)],
        cwd=vaulted.site.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    output, _nothing = process.communicate(timeout=120)
    # Workers of newer versions have a group of their own; the playbook ends when it misses its worker.
    assert process.returncode in (-signal.SIGKILL, 1), output
    assert "PLAY RECAP" not in output
    assert vaulted.bootstrap().ok()
    assert vaulted.works("tenant-0")
    assert vaulted.bootstrap().ok().recap["changed"] == 0
    assert len(vaulted.living()) == 1


# Leaks.


class Watch:
    """Looks at the arguments of every process that starts, again and again, as a new one may still become another program."""

    def __init__(self):
        self.seen: set[bytes] = set()
        self._older = {entry.name for entry in os.scandir("/proc")}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        self._stop.set()
        self._thread.join()

    def _look(self):
        while not self._stop.wait(0.005):
            for entry in os.scandir("/proc"):
                if entry.name.isdigit() and entry.name not in self._older:
                    with contextlib.suppress(OSError), open(f"/proc/{entry.name}/cmdline", "rb") as stream:
                        self.seen.add(stream.read())


@pytest.fixture(scope="module")
def leaky(site):
    """A site on which keys go everywhere, talkatively; returns it, what was printed, the watch, and the keys."""
    vaulted = Vaulted(site, 2)
    keep = site.folder / "keep.sh"
    keep.write_text('#!/bin/sh\numask 077\ncat > "$1"\n')
    keep.chmod(0o755)
    tokens = vaulted.tenants[0]["service_accounts"][0]["tokens"]
    places = [
        {"type": "file", "path": str(site.keys / "{org_name}.{name}")},
        {"type": "command", "store_command": [str(keep), str(site.keys / "kept")], "metadata_path": str(site.keys / "kept.json")},
    ]
    tokens += [{**tokens[0], "name": f"extra-{number}", "sink": place} for number, place in enumerate(places)]
    keys: set[str] = set()
    with Watch() as watch:
        text = ""
        for days in (0, 24, 2):
            site.emulator.advance(days * DAY)
            if days == 24:
                vaulted.environment[shortcuts.NAME] = "no"  # the arguments of ansible-playbook are looked at, too
            else:
                vaulted.environment.pop(shortcuts.NAME, None)
            text += vaulted.bootstrap("-vvv", "--diff", "--check").ok().text
            text += vaulted.bootstrap("-vvv", "--diff").ok().text
            text += vaulted.rotate("-vvv", "--diff").ok().text
            keys.update(site.keys_made())
    return vaulted, text, watch, sorted(keys)


@pytest.mark.by_core
def test_no_key_in_output(leaky):
    _vaulted, text, _watch, keys = leaky
    assert len(keys) >= 8
    assert "extra-1" in text
    assert needles.in_text([*keys, PASSWORD, "the-vaults-own-Passw0rd"], text) == []


@pytest.mark.by_core
def test_no_key_in_arguments(leaky):
    _vaulted, _text, watch, keys = leaky
    assert any(b"ansible-playbook" in one for one in watch.seen)
    assert needles.in_text(keys, b"\n".join(watch.seen)) == []


@pytest.mark.by_core
def test_no_key_in_files(site, leaky):
    _vaulted, _text, _watch, keys = leaky
    allowed = {path for path in site.keys.iterdir() if not path.name.endswith(".json")}
    assert len(allowed) == 2
    assert needles.in_files(keys, [site.folder, site.temporary], allowed) == []


@pytest.mark.by_core
def test_no_key_in_facts(site, leaky):
    """Results are registered, kept as facts in a cache on the disk, and printed with all variables of the host."""
    vaulted, _text, _watch, _keys = leaky
    site.emulator.advance(40 * DAY)
    cache = site.folder / "facts"
    fact = {"name": "Keep", "ansible.builtin.set_fact": {"kept": "{{ made }}", "cacheable": True}}
    shown = {"name": "All", "ansible.builtin.debug": {"msg": "{{ hostvars['localhost'] }}"}}
    around = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache)}
    secret = "sink-token-of-the-tests"
    with Vault(token=secret) as vault:
        there = {"type": "hashi_vault", "url": vault.url, "token": secret, "path": "{name}"}
        items = [
            {"org_name": "tenant-1", "service_account": "tenant-1", "name": "tenant-1"},
            {"org_name": "tenant-1", "service_account": "tenant-1", "name": "in-vault", "sink": there},
        ]
        run = vaulted.task(*items, words=("-vvv",), more=[fact, shown], environment=around).ok()
        wrong = vaulted.task({**items[1], "sink": {**there, "mount": ["x"]}}, words=("-vvv",)).failed()
        assert needles.in_text(site.keys_made(), vault.data("in-vault")["key"]) != []
    facts = [path.read_text() for path in cache.iterdir()]
    assert "in-vault" in "".join(facts)
    keys = site.keys_made()
    assert len(keys) >= 4
    assert needles.in_text([*keys, secret], "".join(facts)) == []
    assert needles.in_text(keys, run.text + wrong.text) == []
    # What ansible-core quotes of the playbook is no business of the module's.
    for text in (run.text, wrong.text):
        assert needles.in_text([secret], text.partition("=> {")[2]) == []


@pytest.mark.by_core
def test_no_key_in_awx_artifacts(site, leaky):
    """AWX runs playbooks by ansible-runner, and keeps every event of it."""
    vaulted, _text, _watch, _keys = leaky
    site.emulator.advance(40 * DAY)
    folder = site.folder / "runner"
    (folder / "project").mkdir(parents=True)
    playbook = vaulted.site.role(vaulted.tenants, org_bootstrap_sink=vaulted.sink)
    shutil.copy(playbook, folder / "project/play.yml")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    words = ("ansible-runner", "run", str(folder), "-p", "play.yml", "--cmdline=-vvv --diff")
    site.command(*words, environment={**vaulted.environment, "PATH": path}).ok()
    events = list(folder.glob("artifacts/*/job_events/*.json"))
    assert len(events) > 10
    keys = site.keys_made()
    assert len(keys) >= 4
    assert needles.in_files(keys, [folder], set()) == []
    assert any("extra-1" in event.read_text() for event in events)
