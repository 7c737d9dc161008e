# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No key anywhere but where it was asked for; and the search itself finds what is planted."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from e2e import needles
from e2e.conftest import PASSWORD, ROOT

pytestmark = pytest.mark.by_core


@pytest.fixture(scope="module")
def bootstrapped(site):
    """The tutorial's example, run and run again, talkative; returns the output."""
    site.user("alice")
    words = ("-vvv", "--diff")
    variables = {"key_file": str(site.keys / "apiorg.token"), "org_name": "apiorg"}
    playbook = ROOT / "playbooks" / "bootstrap_org.yml"
    text = site.play(playbook, *words, **variables).ok().text
    first = site.keys_made()
    site.emulator.advance(40 * 86400)  # the token expires and is replaced
    text += site.play(playbook, *words, **variables).ok().text
    text += site.play(playbook, *words, "--check", **variables).ok().text
    return text, sorted({*first, *site.keys_made()})


def test_output(bootstrapped):
    text, keys = bootstrapped
    assert len(keys) == 2
    assert needles.in_text([*keys, PASSWORD], text) == []
    assert "production-overview" in text


def test_files(site, bootstrapped):
    _text, keys = bootstrapped
    dest = site.keys / "apiorg.token"
    assert needles.in_files(keys, [site.folder, site.temporary], {dest}) == []
    assert needles.in_files([PASSWORD], [site.folder, site.temporary], set()) == []
    assert dest.read_text().strip() in keys


def test_a_planted_leak_is_found(site, bootstrapped):
    """The search is of use: a key in the output or in a file, in each disguise, makes it red."""
    _text, keys = bootstrapped
    key = keys[0]
    forms = [key, quote(key + "/&"), json.dumps({"key": key}), base64.b64encode(f"user:{key}".encode()).decode()]
    forms += [base64.b64encode(b"x" * offset + key.encode() + b"yz").decode() for offset in range(3)]
    for form in forms:
        assert needles.in_text([key], f"before {form} after") == [key], form
    leak = site.temporary / "leak.txt"
    leak.write_text(f"oops {key}\n")
    try:
        assert needles.in_files(keys, [site.folder, site.temporary], {site.keys / "apiorg.token"}) == [(key, leak)]
    finally:
        leak.unlink()


def test_a_leaking_task_is_found(site, bootstrapped):
    """A playbook that prints the key, as people do, is caught by the same search."""
    dest = site.keys / "apiorg.token"
    task = {"name": "Oops", "ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.file', '%s') }}" % dest}}
    play = site.write("leak.yml", [{"name": "Leak", "hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    key = dest.read_text().strip()
    assert needles.in_text([key], site.play(play).ok().text) == [key]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"batch": [7]}, id="malformed batch"),
        pytest.param({"batch": [{"login": "alice", "token": "glsa_in-an-item"}]}, id="unknown option with a secret"),
        pytest.param({"batch": [{"login": "alice", "role": "Boss"}]}, id="unknown role"),
        pytest.param({"login": "alice", "rle": "Viewer"}, id="misspelt option"),
        pytest.param({"login": "alice", "timeout": "soon"}, id="no number"),
        pytest.param({"login": "alice", "token": "glsa_beside-a-password"}, id="two identities"),
        pytest.param({"login": ["alice"]}, id="login that is no string"),
    ],
)
def test_bad_arguments_show_no_secret(site, arguments):
    """Ansible rejects arguments before it has collected the secret ones, and prints them at -vvv."""
    connection = {
        "url": site.emulator.url,
        "username": "admin",
        "password": "direct-Passw0rd-1",
        "headers": {"X-JWT": "secret-jwt-1"},
    }
    task = {"name": "Bad", "orgsmith.grafana.grafana_org_user": {**connection, **arguments}}
    play = {"name": "Bad", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    path = site.write("bad.yml", [play])
    text = site.play(path, "-vvv").failed().text
    # -vvv of 2.19 and later quotes the task as it stands in the playbook; what a module got is what counts here.
    answered = text.partition("fatal: [localhost]")[2]
    assert answered
    assert needles.in_text(["direct-Passw0rd-1", "secret-jwt-1", "glsa_in-an-item", "glsa_beside-a-password"], answered) == []
