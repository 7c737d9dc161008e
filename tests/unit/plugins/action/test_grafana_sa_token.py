# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin refuses a key in the result of a job that Ansible does not wait for: its status file would keep the key."""

from __future__ import annotations

import types

import pytest

from ansible_collections.orgsmith.grafana.plugins.action.grafana_sa_token import ActionModule


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
