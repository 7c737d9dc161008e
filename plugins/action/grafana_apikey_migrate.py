# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module; if the keys of reissued tokens go into a vault file, stores them there, as grafana_sa_token does.

Only the server knows which API keys there are, so the plugin first runs the module in check mode. The last run of the module
deletes the old keys, after the new ones are stored in the vault.
"""

from __future__ import annotations

import typing as t

from ansible_collections.orgsmith.grafana.plugins.action.grafana_sa_token import ActionModule as TokenAction

from ..module_utils._grafana.errors import GrafanaError, Refused
from ..module_utils._sinks.handover import HandoverSink
from ..plugin_utils._vault.action import TaskVault

Result = dict[str, t.Any]
#: What identifies an API key: the organization's id, the key's id and its name.
KeyId = tuple[t.Any, t.Any, t.Any]


class _Failed(GrafanaError):
    """The module failed before it returned the API keys; *result* is the module's result."""

    def __init__(self, result: Result) -> None:
        super().__init__(str(result.get("msg")))
        self.result = result


class ActionModule(TokenAction):
    """The action plugin."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Run the module, store the keys, and return the module's result."""
        try:
            return super().run(tmp, task_vars)
        except _Failed as problem:
            return problem.result

    def _task_vault(self, task_vars: t.Any) -> TaskVault | None:
        args, sink = self._task.args, self._task.args.get("sink")
        if not isinstance(sink, dict) or sink.get("type") != HandoverSink.type:
            return None
        if any(not sink.get(option) for option in HandoverSink.REQUIRED):
            raise Refused("sink: type %s needs %s" % (HandoverSink.type, " and ".join(HandoverSink.REQUIRED)), code="bad_input")
        # Only the module knows which tokens there are, so the files are not read yet.
        planned = self._execute(dict(args), {"pad": "", "stored": {}, "unread": True}, True, task_vars)
        if "organizations" not in planned:
            raise _Failed(planned)
        locations = [key["token"]["dest"] for key in _reissued(planned)]
        return TaskVault(args, self._loader, self._module_environment(), locations)

    def _without_rotation(self, args: Result) -> Result:
        return args  # the module never replaces an existing token

    def _new_tokens(self, planned: Result, vault: TaskVault) -> dict[str, Result]:
        tokens = {}
        for key in _reissued(planned):
            token = key["token"]
            if token.get("id") is None and key["status"] == "changed" and token["dest"] in vault.entries:
                tokens[str(token["dest"])] = token
        return tokens

    def _waiting(self, created: Result, cleaned: Result, vault: TaskVault) -> dict[str, t.Any]:
        succeeded = [key["token"]["dest"] for key in _reissued(cleaned) if key["status"] in ("ok", "changed")]
        return {dest: [] for dest in succeeded if dest in vault.entries}

    def _merged(self, planned: Result, created: Result, cleaned: Result) -> Result:
        """Return the result of the last run, merged with the changes and failures of the run that created tokens."""
        if "organizations" not in cleaned or "organizations" not in created:
            return {**cleaned, "changed": True}
        earlier = dict(_keys(created))
        for key_id, key in _keys(cleaned):
            before = earlier.get(key_id)
            if before is None:
                continue
            if before["status"] == "failed" and key["status"] != "failed":
                key.update(status="failed", failure=before.get("failure"))
            elif before["status"] == "changed" and key["status"] == "ok":
                key["status"] = "changed"
        _add_deleted(created, cleaned)
        for entry in cleaned["organizations"]:
            statuses = [key["status"] for key in entry.get("api_keys") or ()]
            if entry["status"] == "ok":
                entry["status"] = next((one for one in ("failed", "changed") if one in statuses), "ok")
        merged = {**cleaned, "changed": True, "summary": {**cleaned["summary"], **_counts(cleaned)}}
        if "diff" in planned:
            merged["diff"] = planned["diff"]
        if created.get("failed") and not cleaned.get("failed"):
            merged.update(failed=True, msg=created.get("msg"), failure=created.get("failure"))
        return merged


def _add_deleted(created: Result, cleaned: Result) -> None:
    """Add the API keys that only *created* has to *cleaned*: the run before the last one has deleted them."""
    listed = {key_id for key_id, _key in _keys(cleaned)}
    for before, after in zip(created["organizations"], cleaned["organizations"]):
        org = before.get("org_id")
        deleted = [key for key in before.get("api_keys") or () if (org, key.get("id"), key.get("name")) not in listed]
        if deleted:
            after["api_keys"] = sorted([*(after.get("api_keys") or ()), *deleted], key=lambda key: str(key["name"]))


def _counts(result: Result) -> Result:
    """Return the counts of the API keys in *result* for its summary."""
    keys = [key for _key_id, key in _keys(result)]
    return {
        "api_keys": len(keys),
        "reissued": sum(key["action"] == "reissue" and key["status"] in ("ok", "changed") for key in keys),
        "deleted": sum(bool(key.get("deleted")) for key in keys),
        "failed": sum(key["status"] == "failed" for key in keys),
    }


def _keys(result: Result) -> t.Iterator[tuple[KeyId, Result]]:
    """Yield each API key of *result* with its identity."""
    for entry in result.get("organizations") or ():
        for key in entry.get("api_keys") or ():
            yield (entry.get("org_id"), key.get("id"), key.get("name")), key


def _reissued(result: Result) -> t.Iterator[Result]:
    """Yield the API keys of *result* whose new key goes into a sink."""
    for _key_id, key in _keys(result):
        if key["action"] == "reissue" and (key.get("token") or {}).get("dest"):
            yield key
