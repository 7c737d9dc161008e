# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin: keys in the result of a job that Ansible does not wait for, and keys that cannot be stored."""

from __future__ import annotations

import json
import types

import pytest

from ansible_collections.orgsmith.grafana.plugins.action.grafana_sa_token import ActionModule
from ansible_collections.orgsmith.grafana.plugins.module_utils._orgs.service_accounts import Account
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.base import Metadata, Previous, Stored
from ansible_collections.orgsmith.grafana.plugins.module_utils._sinks.file import FileSink
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.model import DesiredToken, Token, TokenState
from ansible_collections.orgsmith.grafana.plugins.module_utils._tokens.plan import plan
from ansible_collections.orgsmith.grafana.plugins.plugin_utils._vault.action import Entry, TaskVault


def run(monkeypatch, args, async_val, poll):
    plugin = ActionModule.__new__(ActionModule)
    plugin._task = types.SimpleNamespace(args=args, async_val=async_val, poll=poll)
    monkeypatch.setattr(ActionModule, "_task_vault", lambda *_words: None)
    monkeypatch.setattr(ActionModule, "_run_module", lambda *_words: {"changed": False})
    return plugin.run(None, {})


@pytest.mark.parametrize(
    ("args", "async_val", "poll", "refused"),
    [
        ({"return_key": True}, 60, 0, True),
        ({"return_key": "yes"}, 60, 0, True),
        ({"batch": [{"return_key": True}]}, 60, 0, True),
        ({"return_key": True}, 60, 5, False),  # Ansible deletes the status file
        ({"return_key": True}, 0, 0, False),
        ({"return_key": False, "batch": ["wrong"]}, 60, 0, False),
    ],
)
def test_return_key_in_a_job(monkeypatch, args, async_val, poll, refused):
    result = run(monkeypatch, args, async_val, poll)
    assert bool(result.get("failed")) is refused
    assert not refused or result["failure"]["code"] == "key_would_show"


@pytest.mark.parametrize(
    ("chosen", "listed"),
    [(None, [0, 1]), ("all", [0, 1]), ("changed", [1]), ("failed", []), (["changed", "failed"], [1]), ("none", None)],
)
def test_the_vault_steps_see_all_results(monkeypatch, chosen, listed):
    """The plugin compares the entries of several runs by their positions, so it selects results only at the end."""
    entries = [{"index": 0, "status": "ok"}, {"index": 1, "status": "changed"}]
    asked = []

    def execute(_self, args, *_words):
        asked.append(args.get("results"))
        return {"failed": True, "msg": "refused"} if asked[-1] == "none" else {"changed": True, "results": entries}

    plugin = ActionModule.__new__(ActionModule)
    plugin._task = types.SimpleNamespace(args={"results": chosen} if chosen else {}, check_mode=True)
    monkeypatch.setattr(ActionModule, "_execute", execute)
    result = plugin._run_with_vault(types.SimpleNamespace(message=dict), {})
    assert asked == [chosen if chosen in (None, "none") else ["all"]]
    assert listed is None or [entry["index"] for entry in result["results"]] == listed


@pytest.mark.parametrize("name", ["ci", "ci-2", "ci-20260101"])
def test_only_the_token_whose_key_could_not_be_stored_is_deleted(monkeypatch, name):
    """The key of the token that it was to replace is still stored, and another one has been promised some time."""
    executed = []
    plugin = ActionModule.__new__(ActionModule)
    monkeypatch.setattr(ActionModule, "_execute", lambda _self, *words: executed.append(words))
    then = "2026-01-01T00:00:00Z"
    previous = (Previous(7, "ci", then), Previous(6, "ci-0", then, keep_until="2099-01-01T00:00:00Z"))
    new = Metadata(9, name, "ci", 5, "build", 2, "tenant", previous=previous, pending=("ci-3",))
    plugin._delete_unstored({"url": "http://g", "name": "ci"}, {"vault.yml#key": {"metadata": new.plain()}}, False, {})
    [(args, message, check, _variables, _module)] = executed
    [item] = args["batch"]
    [told] = message["stored"].values()
    sink = FileSink.at("/k")
    desired = DesiredToken(item["service_account"], item["name"], sink=sink, state=item["state"])
    tokens = (Token(6, "ci-0"), Token(7, "ci-1" if name == "ci" else "ci"), Token(9, name), Token(10, "ci-3"))
    account = Account(5, "build", "sa-build")
    state = TokenState(account, 2, tokens, Stored(Metadata.parse(told["metadata"]), None, True), org_name="tenant")
    assert [entry.id for entry in plan(desired, state).work.to_delete] == [9]
    assert not check


@pytest.mark.parametrize(("was", "kept"), [("due", 7), ("elsewhere", None)])
def test_a_note_belongs_to_the_account_of_the_new_token(was, kept):
    """Beside the ids of a deleted account the next run would not see the note."""
    vault = TaskVault.__new__(TaskVault)
    saved = {}
    file = types.SimpleNamespace(get=lambda _name: Metadata(7, "ci", service_account_id=5).plain(), set=saved.__setitem__)
    file.save = lambda: None
    vault.entries, vault._files = {"v#key": Entry("v#key", file, "key")}, {"v": file}
    vault.add_pending({"v#key": {"name": "ci-2", "was": was}})
    noted = Metadata.parse(saved["key_metadata"])
    assert (noted.token_id, noted.pending) == (kept, ("ci-2",))


VAULT = {"type": "ansible_vault", "path": "keys.yml", "variable": "key_{org_name}"}


@pytest.mark.parametrize(
    ("own", "default", "transport", "expected"),
    [
        (VAULT, None, "local", "batch"),
        (None, VAULT, "local", "batch"),
        (None, {"type": "file", "path": "key"}, "local", "tenants_file"),
        (None, VAULT, "ssh", "refused"),
    ],
)
@pytest.mark.parametrize("chosen", [{}, {"tenants": "one"}, {"tenants": ["one"]}], ids=["all", "text", "list"])
def test_a_file_with_tenants_is_read_here_if_keys_go_into_a_vault(
    monkeypatch, tmp_path, own, default, transport, expected, chosen
):
    token = {"name": "t", **({"sink": own} if own else {})}
    tenant = {"name": "one", "service_accounts": [{"name": "ci", "tokens": [token]}]}
    (tmp_path / "tenants.json").write_text(json.dumps([tenant]))
    args = {"tenants_file": "tenants.json", "tenants_rules": {"folder": str(tmp_path)}, "results": ["brief"], **chosen}
    plugin = ActionModule.__new__(ActionModule)
    plugin._task = types.SimpleNamespace(args={**args, **({"sink": default} if default else {})}, async_val=0, poll=0)
    plugin._connection = types.SimpleNamespace(transport=transport)
    monkeypatch.setattr(ActionModule, "_task_vault", lambda *_words: None)
    monkeypatch.setattr(ActionModule, "_run_module", lambda *_words: {"changed": False})
    result = plugin.run(None, {})
    if expected == "refused":
        assert "cannot be used with tenants_file on another host" in result["msg"]
    elif expected == "batch":
        sink = {**VAULT, "path": str(tmp_path / "keys.yml")}
        assert plugin._task.args == {
            "results": ["brief"],
            "batch": [{"org_name": "one", "service_account": "ci", "name": "t", "sink": sink}],
        }
    else:
        assert plugin._task.args["tenants_file"] == "tenants.json"
