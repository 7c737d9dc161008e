# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module; where the keys of reissued tokens go into a vault file, stores them, as grafana_sa_token does.

Which keys there are only the server knows, so the module is asked first. An old key is deleted by the last of its runs, when
its successor stands in the vault.
"""

from __future__ import annotations

import typing as t

from ansible_collections.orgsmith.grafana.plugins.action.grafana_sa_token import ActionModule as TokenAction

from ..module_utils._grafana.errors import GrafanaError, Refused
from ..module_utils._sinks.handover import HandoverSink
from ..plugin_utils._vault.action import Vaulted

Result = dict[str, t.Any]
Place = tuple[t.Any, t.Any, t.Any]


class _Failed(GrafanaError):
    """The module has failed before it could say which keys there are; *result* is what it said."""

    def __init__(self, result: Result) -> None:
        super().__init__(str(result.get("msg")))
        self.result = result


class ActionModule(TokenAction):
    """The action plugin."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Return the module's result, with everything stored."""
        try:
            return super().run(tmp, task_vars)
        except _Failed as problem:
            return problem.result

    def _vaulted(self, task_vars: t.Any) -> Vaulted | None:
        args, sink = self._task.args, self._task.args.get("sink")
        if not isinstance(sink, dict) or sink.get("type") != HandoverSink.type:
            return None
        if any(not sink.get(option) for option in HandoverSink.REQUIRED):
            raise Refused("sink: type %s needs %s" % (HandoverSink.type, " and ".join(HandoverSink.REQUIRED)), code="bad_input")
        seen = self._module(dict(args), {"pad": "", "stored": {}}, True, task_vars)
        if "organizations" not in seen:
            raise _Failed(seen)
        return Vaulted(args, self._loader, self._around(), [key["token"]["dest"] for key in _reissued(seen)])

    def _calm(self, args: Result) -> Result:
        return args  # a token that is there is not made again

    def _names(self, planned: Result, vaulted: Vaulted) -> dict[str, str]:
        names = {}
        for key in _reissued(planned):
            token = key["token"]
            if token.get("id") is None and key["status"] == "changed" and token["dest"] in vaulted.entries:
                names[str(token["dest"])] = str(token["name"])
        return names

    def _waiting(self, made: Result, left: Result, vaulted: Vaulted) -> dict[str, t.Any]:
        well = [key["token"]["dest"] for key in _reissued(left) if key["status"] in ("ok", "changed")]
        return {dest: [] for dest in well if dest in vaulted.entries}

    def _merged(self, planned: Result, made: Result, left: Result) -> Result:
        """Return what is there after the last run, with what the one before it has changed."""
        if "organizations" not in left or "organizations" not in made:
            return {**left, "changed": True}
        earlier = dict(_keys(made))
        for place, key in _keys(left):
            before = earlier.get(place)
            if before is None:
                continue
            if before["status"] == "failed" and key["status"] != "failed":
                key.update(status="failed", failure=before.get("failure"))
            elif before["status"] == "changed" and key["status"] == "ok":
                key["status"] = "changed"
        _add_deleted(made, left)
        for entry in left["organizations"]:
            statuses = [key["status"] for key in entry.get("api_keys") or ()]
            if entry["status"] == "ok":
                entry["status"] = next((one for one in ("failed", "changed") if one in statuses), "ok")
        merged = {**left, "changed": True, "summary": {**left["summary"], **_counted(left)}}
        if "diff" in planned:
            merged["diff"] = planned["diff"]
        if made.get("failed") and not left.get("failed"):
            merged.update(failed=True, msg=made.get("msg"), failure=made.get("failure"))
        return merged


def _add_deleted(made: Result, left: Result) -> None:
    """Put the keys that were deleted before the last run, which did not see them any more, into its result."""
    there = {place for place, _key in _keys(left)}
    for before, after in zip(made["organizations"], left["organizations"]):
        org = before.get("org_id")
        gone = [key for key in before.get("api_keys") or () if (org, key.get("id"), key.get("name")) not in there]
        if gone:
            after["api_keys"] = sorted([*(after.get("api_keys") or ()), *gone], key=lambda key: str(key["name"]))


def _counted(result: Result) -> Result:
    """Return the sums of a result over its keys."""
    keys = [key for _place, key in _keys(result)]
    return {
        "api_keys": len(keys),
        "reissued": sum(key["action"] == "reissue" and key["status"] in ("ok", "changed") for key in keys),
        "deleted": sum(bool(key.get("deleted")) for key in keys),
        "failed": sum(key["status"] == "failed" for key in keys),
    }


def _keys(result: Result) -> t.Iterator[tuple[Place, Result]]:
    """Yield every key of a result with what it is known by."""
    for entry in result.get("organizations") or ():
        for key in entry.get("api_keys") or ():
            yield (entry.get("org_id"), key.get("id"), key.get("name")), key


def _reissued(result: Result) -> t.Iterator[Result]:
    """Yield the keys that are reissued into a place of their own."""
    for _place, key in _keys(result):
        if key["action"] == "reissue" and (key.get("token") or {}).get("dest"):
            yield key
